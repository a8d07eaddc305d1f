//! Strings of AWS API objects that are known only when they are applied: parts of load balancer ARNs, policy ARNs.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Str;

/// The one key of the JSON object that stands for a lookup.
pub(crate) const LOOKUP: &str = "$lookup";
/// The name under which a topic's ARN reaches encoders that write a reference instead.
pub(crate) const TOPIC: &str = "$topic";

/// A string of an API object.
///
/// As JSON it is a string, or `{"$lookup": …}`: no string of the spec's can be taken for a lookup.
#[derive(Debug, Clone, PartialEq)]
pub enum Text<'f> {
    /// A string that is known.
    Known(Str<'f>),
    /// The ARN of the environment's own SNS topic: known, and a reference where the topic is in the same module.
    Topic(Str<'f>),
    /// A string that is looked up when it is applied.
    Lookup(Lookup<'f>),
}

/// What is looked up when it is applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lookup<'f> {
    /// `app/NAME/ID` of an Application Load Balancer.
    LoadBalancer(Str<'f>),
    /// `targetgroup/NAME/ID` of one of its target groups.
    #[serde(rename_all = "PascalCase")]
    TargetGroup {
        /// Name of the load balancer.
        load_balancer: Str<'f>,
        /// Name of the target group.
        target_group: Str<'f>,
    },
    /// `app/NAME/ID/targetgroup/NAME/ID`: the resource label of ALBRequestCountPerTarget.
    #[serde(rename_all = "PascalCase")]
    ResourceLabel {
        /// Name of the load balancer.
        load_balancer: Str<'f>,
        /// Name of the target group.
        target_group: Str<'f>,
    },
    /// The ARN of a scaling policy of the same service, by its name.
    #[serde(rename = "PolicyARN")]
    PolicyArn(Str<'f>),
}

impl Text<'_> {
    /// The string, where it is known before AWS is asked.
    pub fn known(&self) -> Option<&str> {
        match self {
            Self::Known(text) | Self::Topic(text) => Some(text),
            Self::Lookup(_) => None,
        }
    }
}

impl<'f> From<&'f str> for Text<'f> {
    fn from(text: &'f str) -> Self {
        Self::Known(text.into())
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self::Known(text.into())
    }
}

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(text) => serializer.serialize_str(text),
            Self::Topic(arn) => serializer.serialize_newtype_struct(TOPIC, arn),
            Self::Lookup(lookup) => serializer.serialize_newtype_variant("Text", 2, LOOKUP, lookup),
        }
    }
}

impl<'de> Deserialize<'de> for Text<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Read {
            Known(String),
            Lookup(std::collections::BTreeMap<String, Lookup<'static>>),
        }
        match Read::deserialize(deserializer)? {
            Read::Known(text) => Ok(text.into()),
            Read::Lookup(mut map) => match (map.remove(LOOKUP), map.is_empty()) {
                (Some(lookup), true) => Ok(Self::Lookup(lookup)),
                _ => Err(D::Error::custom("a string, or an object with the one key `$lookup`")),
            },
        }
    }
}

//! AWS API objects that a fleet asks for: scalable targets, scaling policies, scheduled actions, CloudWatch alarms,
//! dashboards, SNS topics and EventBridge rules, under the names of the APIs' own fields.
//!
//! One form for all: every dialect prints it, scripts compare it with what is live, fingerprints and permissions are
//! made from it. Field names are those of botocore's service models (application-autoscaling, cloudwatch), which a test
//! holds them to. A field that is `None` is not managed: it stays as it is live.

pub mod alarm;
pub mod balancer;
pub mod dashboard;
mod data;
pub mod desired;
pub mod fingerprint;
pub mod monitoring;
pub mod scaling;
mod text;

pub use data::Data;
pub use text::{Lookup, Text};

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A string that is borrowed from the fleet, or read from somewhere.
pub type Str<'f> = Cow<'f, str>;

/// What AWS must hold for one ECS service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Service<'f> {
    /// Its name in the spec.
    pub service: Str<'f>,
    /// The scalable target (RegisterScalableTarget).
    pub scalable_target: scaling::ScalableTarget<'f>,
    /// The scaling policies (PutScalingPolicy), in the order in which they are written.
    #[serde(default)]
    pub scaling_policies: Vec<scaling::ScalingPolicy<'f>>,
    /// The scheduled actions (PutScheduledAction).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scheduled_actions: Vec<scaling::ScheduledAction<'f>>,
    /// The alarms (PutMetricAlarm); those of step scaling policies come first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metric_alarms: Vec<alarm::MetricAlarm<'f>>,
    /// What is deleted where it is live.
    #[serde(default, skip_serializing_if = "Absent::is_empty")]
    pub absent: Absent<'f>,
    /// Metrics that ECS must measure every 20 seconds (`MonitoringConfiguration` of an ECS service).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub high_resolution_metrics: Vec<Str<'f>>,
    /// Tags of the scalable target and the alarms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag<'f>>,
}

/// What is deleted where it is live: it was switched off in the spec, or has another name now.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Absent<'f> {
    /// Scaling policies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scaling_policies: Vec<AbsentPolicy<'f>>,
    /// Names of scheduled actions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scheduled_actions: Vec<Str<'f>>,
    /// Names of alarms, but for those that go with a policy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metric_alarms: Vec<Str<'f>>,
}

impl Absent<'_> {
    fn is_empty(&self) -> bool {
        self.scaling_policies.is_empty() && self.scheduled_actions.is_empty() && self.metric_alarms.is_empty()
    }
}

/// A scaling policy that is deleted where it is live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AbsentPolicy<'f> {
    /// Its name.
    pub policy_name: Str<'f>,
    /// The alarm that triggers it and goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarm_name: Option<Str<'f>>,
    /// The name of the policy that takes its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_to: Option<Str<'f>>,
}

/// A tag, as CloudFormation, CloudWatch and others take it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag<'f> {
    /// Its key.
    pub key: Str<'f>,
    /// Its value.
    pub value: Str<'f>,
}

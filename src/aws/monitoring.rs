//! What the services of an environment have together: SNS topic, EventBridge rules, CloudWatch dashboards (API
//! references of SNS, EventBridge and CloudWatch).

use serde::{Deserialize, Serialize};

use super::{Data, Str, Text};

/// What the services of an environment have together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Monitoring<'f> {
    /// The `Id` in the topic's policy, by which our topic is known again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_id: Option<Str<'f>>,
    /// What stands in the descriptions of all of it, so that it is known again.
    pub mark: Str<'f>,
    /// The topic that alarms and events go to, where it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Topic<'f>>,
    /// The rules that send events to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule<'f>>,
    /// The dashboards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dashboards: Vec<Dashboard<'f>>,
}

/// CreateTopic, with its attribute `Policy`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Topic<'f> {
    /// Its name.
    pub name: Str<'f>,
    /// Who may do what with it: an IAM policy document.
    pub policy: Data<'f>,
}

/// PutRule, with its one target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Rule<'f> {
    /// Its name.
    pub name: Str<'f>,
    /// What it is for.
    pub description: Str<'f>,
    /// Which events.
    pub event_pattern: Data<'f>,
    /// ARN of the topic that they are sent to.
    pub target: Text<'f>,
}

/// PutDashboard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Dashboard<'f> {
    /// Its name.
    pub dashboard_name: Str<'f>,
    /// What is drawn (CloudWatch API reference, Dashboard Body Structure).
    pub dashboard_body: Data<'f>,
}

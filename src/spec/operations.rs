//! Notifications, dashboards and service level objectives in the spec.

use schemars::JsonSchema;
use serde::Deserialize;

use super::leaf::{Count, Duration, Latency};
use super::sourced::Sourced;

/// Where alarms and events are sent: an SNS topic that is made for an environment, or one that exists.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notifications {
    /// Whether anything is sent. Built in: true, where a layer has `notifications`.
    #[schemars(extend("examples" = [false]))]
    pub enabled: Option<Sourced<bool>>,
    /// Name of the topic to make; `{project}` and `{environment}` are replaced. Built in: `{project}-{environment}-autoscaling`.
    #[schemars(extend("examples" = ["{project}-{environment}-autoscaling"]))]
    pub topic: Option<Sourced<String>>,
    /// ARN of a topic that exists, instead of `topic`. Nothing is changed about it: its own policy must let
    /// `cloudwatch.amazonaws.com` and `events.amazonaws.com` publish.
    #[schemars(extend("examples" = ["arn:aws:sns:eu-west-1:111111111111:on-call"]))]
    pub topic_arn: Option<Sourced<String>>,
}

/// A dashboard of CloudWatch for all services of an environment; where they are many, several.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dashboard {
    /// Whether it is made. Built in: true, where a layer has `dashboard`.
    #[schemars(extend("examples" = [false]))]
    pub enabled: Option<Sourced<bool>>,
    /// Its name; `{project}` and `{environment}` are replaced. Further ones end in `-2`, `-3`. Built in:
    /// `{project}-{environment}-autoscaling`.
    #[schemars(extend("examples" = ["{project}-{environment}-autoscaling"]))]
    pub name: Option<Sourced<String>>,
}

/// What a change has to achieve: the thresholds of load tests, of alarms and of the runbooks' go or no-go.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expectations {
    /// Response time that 95 of 100 requests stay below. Built in: 1s.
    #[schemars(extend("examples" = ["500ms"]))]
    pub p95: Option<Sourced<Latency>>,
    /// Response time that 99 of 100 requests stay below. Built in: 2500ms.
    #[schemars(extend("examples" = ["2s"]))]
    pub p99: Option<Sourced<Latency>>,
    /// Most requests that may fail with a 5xx of the tasks, in per cent. Built in: 1.
    #[schemars(extend("examples" = [0.5]))]
    pub error_rate: Option<Sourced<f64>>,
    /// Time from load to the first scale-out. Built in: 7m; AWS measured 363 seconds with 60-second metrics.
    #[schemars(extend("examples" = ["7m"]))]
    pub scale_out_within: Option<Sourced<Duration>>,
    /// Most scale-outs within 30 minutes after a scale-in, in a load test. Built in: 0.
    #[schemars(extend("examples" = [0]))]
    pub max_flaps: Option<Sourced<Count>>,
    /// Most that task-hours of a whole day may rise, in per cent. Built in: 10.
    #[schemars(extend("examples" = [10]))]
    pub cost_increase: Option<Sourced<f64>>,
}

//! CloudWatch alarms on services in the spec.

use schemars::JsonSchema;
use serde::Deserialize;

use super::leaf::{AtLeastOne, Latency, Minutes, Threshold};
use super::sourced::{Both, Holder, Sourced};
use super::words::MissingData;

/// Alarms on how a service does, besides those that scale it. A layer that has `alarms` turns all of them on; each can be
/// changed or switched off by its key. They look at data points of one minute, and go off where all of `minutes` are
/// beyond the threshold. AWS charges each metric of an alarm.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alarms {
    /// Whether there are any. `false` deletes them where they are live. Built in: true, where a layer has `alarms`.
    #[schemars(extend("examples" = [false]))]
    pub enabled: Option<Sourced<bool>>,
    /// CPU is high while as many tasks run as may: scaling is at its end. `threshold` is CPU in per cent; built in: 10
    /// above the target of the CPU policy and at most 95, or 85 without one. Built in: 10 minutes. No data is no CPU:
    /// not breaching.
    #[schemars(extend("examples" = [{ "threshold": 85, "minutes": 10 }]))]
    pub cpu_at_max: Option<Holder<Alarm>>,
    /// As many tasks run as may, for long: the maximum is too low, or something keeps the service from scaling in.
    /// `threshold` is the number of tasks; built in: the highest maximum, those of scheduled actions included; without it,
    /// a service whose minimum is its maximum has no such alarm. Built in: 30 minutes. No data is no task: not breaching.
    #[schemars(extend("examples" = [{ "minutes": 60 }]))]
    pub at_max: Option<Holder<Alarm>>,
    /// Tasks are missing: they do not start, or do not stay. `threshold` is how many; built in: 1. Counted from the desired
    /// tasks with Container Insights, without it from the lowest minimum, because AWS/ECS has no metric of desired tasks.
    /// Built in: 15 minutes. No data is no measurement with Container Insights (missing: the alarm shows
    /// INSUFFICIENT_DATA), and no running task without it: breaching.
    #[schemars(extend("examples" = [{ "threshold": 2 }]))]
    pub below_desired: Option<Holder<Alarm>>,
    /// Requests fail with a 5xx of the tasks. `threshold` is their share in per cent; built in: `expectations.error_rate`.
    /// Built in: 5 minutes. The load balancer reports errors only where there are some: no data is not breaching.
    #[schemars(extend("examples" = [{ "threshold": 2, "min_requests": 100 }]))]
    pub errors: Option<Holder<ErrorAlarm>>,
    /// 5 of 100 requests take longer than `threshold`; built in: `expectations.p95`. Built in: 10 minutes, longer than
    /// scaling out takes. No data is no request: not breaching.
    #[schemars(extend("examples" = [{ "threshold": "800ms" }]))]
    pub latency_p95: Option<Holder<LatencyAlarm>>,
    /// 1 of 100 requests takes longer than `threshold`; built in: `expectations.p99`. Built in: 10 minutes, longer than
    /// scaling out takes. No data is no request: not breaching.
    #[schemars(extend("examples" = [{ "enabled": false }]))]
    pub latency_p99: Option<Holder<LatencyAlarm>>,
    /// Tasks fail the health check of their target group. `threshold` is how many; built in: 1. Built in: 10 minutes. No
    /// data is no registered task, which `below_desired` is about: not breaching.
    #[schemars(extend("examples" = [{ "minutes": 5 }]))]
    pub unhealthy_hosts: Option<Holder<Alarm>>,
    /// The number of tasks goes up and down. `threshold` is how many of `minutes` have another number than the minute
    /// before; built in: one more than on the way from minimum to maximum, at least 6 and at most 18; without Container
    /// Insights twice that, because running tasks are counted then, which deployments change too. Built in: 180 minutes.
    /// No data is no change: not breaching.
    #[schemars(extend("examples" = [{ "threshold": 12, "minutes": 180 }]))]
    pub flapping: Option<Holder<Alarm>>,
}

/// The keys that all alarms have.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlarmKeys {
    /// Whether there is such an alarm. `false` deletes it where it is live.
    #[schemars(extend("examples" = [false]))]
    pub enabled: Option<Sourced<bool>>,
    /// For how many minutes, at most a day.
    #[schemars(extend("examples" = [10]))]
    pub minutes: Option<Sourced<Minutes>>,
    /// What a minute without data counts as.
    #[schemars(extend("examples" = ["breaching"]))]
    pub missing_data: Option<Sourced<MissingData>>,
    /// Name of the alarm, instead of the pattern.
    #[schemars(extend("examples" = ["prod-eu-web-is-full"]))]
    pub alarm_name: Option<Sourced<String>>,
}

/// An alarm on a number.
pub type Alarm = Both<AlarmKeys, Numbered>;
/// An alarm on the share of requests that fail.
pub type ErrorAlarm = Both<AlarmKeys, Failing>;
/// An alarm on response times.
pub type LatencyAlarm = Both<AlarmKeys, Slow>;

/// An alarm on a number.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Alarm")]
pub struct Numbered {
    /// The number from which on it goes off: a share in per cent, or a count.
    #[schemars(extend("examples" = [85]))]
    pub threshold: Option<Sourced<Threshold>>,
}

/// An alarm on the share of requests that fail.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ErrorAlarm")]
pub struct Failing {
    /// The share above which it goes off, in per cent.
    #[schemars(extend("examples" = [1]))]
    pub threshold: Option<Sourced<Threshold>>,
    /// Fewest requests of a minute that say something about a share: one error of ten requests is 10 per cent and an
    /// accident. A minute with fewer counts as one without errors. Built in: 50.
    #[schemars(extend("examples" = [100]))]
    pub min_requests: Option<Sourced<AtLeastOne>>,
}

/// An alarm on response times.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LatencyAlarm")]
pub struct Slow {
    /// The response time above which it goes off.
    #[schemars(extend("examples" = ["500ms"]))]
    pub threshold: Option<Sourced<Latency>>,
}

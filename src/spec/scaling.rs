//! Scaling policies and scheduled actions in the spec.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{self, Deserializer, MapAccess, Visitor};

use super::leaf::{AtLeastOne, Count, Duration, Target, WholePercent};
use super::sourced::{Both, Holder, Sourced};
use super::words::{
    Adjustment, Aggregation, Comparison, ForecastMetric, ForecastMode, MissingData, Resolution, Statistic,
    StepAdjustment,
};
use super::{Cooldown, LoadBalancer};

/// When the number of tasks changes: out when any policy is above its target, in when all agree.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scaling {
    /// Cooldowns of all target tracking policies, unless a policy has its own.
    #[schemars(extend("examples" = [{ "out": "60s", "in": "300s" }]))]
    pub cooldown: Option<Cooldown>,
    /// Track the requests that each task gets through the load balancer: the sum over one MINUTE.
    #[schemars(extend("examples" = [{ "target": 1000 }]))]
    pub requests: Option<Holder<RequestsPolicy>>,
    /// Track the average CPU of the service, in per cent of what its tasks reserve.
    #[schemars(extend("examples" = [{ "target": 70 }]))]
    pub cpu: Option<Holder<UtilizationPolicy>>,
    /// Track the average memory of the service, in per cent of what its tasks reserve.
    #[schemars(extend("examples" = [{ "target": 75 }]))]
    pub memory: Option<Holder<UtilizationPolicy>>,
    /// Track the requests through further target groups, by a name of yours: one policy for each target group.
    #[serde(default)]
    #[schemars(extend("examples" = [{ "admin": { "target": 200, "load_balancer": { "target_group": "admin-tg" } } }]))]
    pub more_requests: BTreeMap<String, Holder<MoreRequestsPolicy>>,
    /// Track metrics of your own, by a name of yours: one CloudWatch metric or metric math each.
    #[serde(default)]
    #[schemars(extend("examples" = [{ "backlog": { "target": 10, "metric": { "namespace": "Shop", "name": "BacklogPerTask", "statistic": "average" } } }]))]
    pub custom: BTreeMap<String, Holder<CustomPolicy>>,
    /// Step scaling, by a name of yours: each policy with the alarm that triggers it. Target tracking has no veto over
    /// its scaling in.
    #[serde(default)]
    #[schemars(extend("examples" = [{ "burst": { "metric": "cpu", "threshold": 90, "steps": [{ "from": 0, "by": 2 }] } }]))]
    pub step: BTreeMap<String, Holder<StepPolicy>>,
    /// Scale ahead of a load that repeats itself, from a forecast of AWS. Forecasts only, unless `mode` says otherwise.
    #[schemars(extend("examples" = [{ "metric": "cpu", "target": 60 }]))]
    pub predictive: Option<Holder<PredictivePolicy>>,
    /// Change the limits at given times, by a name of yours.
    #[serde(default)]
    #[schemars(extend("examples" = [{ "morning": { "schedule": "cron(0 7 ? * MON-FRI *)", "min": 4 } }]))]
    pub schedule: BTreeMap<String, Holder<ScheduledAction>>,
    /// Hold scaling back. Left out, what is live stays as it is.
    #[schemars(extend("examples" = [{ "in": true }]))]
    pub suspended: Option<Suspended>,
}

/// The keys that all kinds of policies have.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyKeys {
    /// Whether there is such a policy. `false` removes it where it is live, and nothing else.
    #[schemars(extend("examples" = [false]))]
    pub enabled: Option<Sourced<bool>>,
    /// Name of the policy, instead of the pattern: the live name of one that exists.
    #[schemars(extend("examples" = ["prod-eu-web-cpu-tracking-policy"]))]
    pub policy_name: Option<Sourced<String>>,
    /// The live name that the policy had until now: that one is deleted before this one is made, because two
    /// policies on one metric are refused by AWS.
    #[schemars(extend("examples" = ["cpu-tracking-policy"]))]
    pub renamed_from: Option<Sourced<String>>,
    /// Whether the policy is live already and is to be imported. Built in: what `adopt` of the service says.
    #[schemars(extend("examples" = [true]))]
    pub adopt: Option<Sourced<bool>>,
}

/// The keys that all kinds of target tracking policies have.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrackingKeys {
    /// The value to keep: per cent for CPU and memory, requests per task and minute for requests.
    #[schemars(extend("examples" = [70, 1000, 72.5]))]
    pub target: Option<Sourced<Target>>,
    /// Cooldowns of this policy.
    #[schemars(extend("examples" = [{ "out": "60s", "in": "10m" }]))]
    pub cooldown: Option<Cooldown>,
    /// Never scale in because of this policy. Built in: false.
    #[schemars(extend("examples" = [true]))]
    pub disable_scale_in: Option<Sourced<bool>>,
}

/// Target tracking: the keys of all policies, of all target tracking policies, and the kind's own.
pub type Tracked<Own> = Both<PolicyKeys, Both<TrackingKeys, Own>>;
/// `requests`
pub type RequestsPolicy = Tracked<Requests>;
/// `cpu` and `memory`
pub type UtilizationPolicy = Tracked<Utilization>;
/// `more_requests.NAME`
pub type MoreRequestsPolicy = Tracked<MoreRequests>;
/// `custom.NAME`
pub type CustomPolicy = Tracked<Custom>;
/// `step.NAME`
pub type StepPolicy = Both<PolicyKeys, Stepping>;
/// `predictive`
pub type PredictivePolicy = Both<PolicyKeys, Forecasting>;

/// Target tracking of the requests through the service's load balancer.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Policy")]
pub struct Requests {}

/// Target tracking of CPU or memory.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "UtilizationPolicy")]
pub struct Utilization {
    /// How often ECS measures. `20s` makes scaling out faster; ECS must be told so first, and bills the metrics.
    /// Not with the deployment controllers CODE_DEPLOY and EXTERNAL. Built in: 60s.
    #[schemars(extend("examples" = ["20s"]))]
    pub resolution: Option<Sourced<Resolution>>,
}

/// Target tracking of the requests through another target group of the service.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RequestsPolicy")]
pub struct MoreRequests {
    /// The target group, and its load balancer where it is not the service's.
    #[schemars(extend("examples" = [{ "target_group": "admin-tg" }]))]
    pub load_balancer: Option<LoadBalancer>,
}

/// Target tracking of a metric of your own: `metric` or `metrics`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CustomPolicy")]
pub struct Custom {
    /// The metric to track.
    #[schemars(extend("examples" = [{ "namespace": "Shop", "name": "BacklogPerTask", "statistic": "average" }]))]
    pub metric: Option<Sourced<CustomMetric>>,
    /// Metric math: metrics and expressions over them, one of which is tracked.
    #[schemars(extend("examples" = [[{ "id": "queue", "metric": { "namespace": "AWS/SQS", "name": "ApproximateNumberOfMessagesVisible", "dimensions": { "QueueName": "jobs" }, "statistic": "sum" } }, { "id": "tasks", "metric": { "namespace": "ECS/ContainerInsights", "name": "RunningTaskCount", "dimensions": { "ClusterName": "prod", "ServiceName": "prod-worker" }, "statistic": "average" } }, { "id": "backlog", "expression": "queue / tasks", "return": true }]]))]
    pub metrics: Option<Sourced<Vec<Sourced<MetricQuery>>>>,
}

/// A step scaling policy and its alarm.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "StepPolicy")]
pub struct Stepping {
    /// What the alarm watches: `cpu`, `memory`, or a metric of your own.
    #[schemars(extend("examples" = ["cpu", { "namespace": "Shop", "name": "Backlog", "statistic": "maximum" }]))]
    pub metric: Option<Sourced<AlarmMetric>>,
    /// The value with which the alarm compares.
    #[schemars(extend("examples" = [90]))]
    pub threshold: Option<Sourced<f64>>,
    /// When the alarm goes off. Built in: above.
    #[schemars(extend("examples" = ["above"]))]
    pub comparison: Option<Sourced<Comparison>>,
    /// Length of a data point. Built in: 60s.
    #[schemars(extend("examples" = ["60s"]))]
    pub period: Option<Sourced<Duration>>,
    /// How many data points the alarm looks at. Built in: 3.
    #[schemars(extend("examples" = [3]))]
    pub evaluation_periods: Option<Sourced<AtLeastOne>>,
    /// How many of these must be beyond the threshold. Built in: all.
    #[schemars(extend("examples" = [2]))]
    pub datapoints: Option<Sourced<AtLeastOne>>,
    /// What a missing data point counts as. Built in: missing.
    #[schemars(extend("examples" = ["not_breaching"]))]
    pub missing_data: Option<Sourced<MissingData>>,
    /// Name of the alarm, instead of the pattern.
    #[schemars(extend("examples" = ["prod-eu-web-burst"]))]
    pub alarm_name: Option<Sourced<String>>,
    /// What a step's `by` means. Built in: change.
    #[schemars(extend("examples" = ["percent"]))]
    pub adjustment: Option<Sourced<Adjustment>>,
    /// How data points between two evaluations become one. Built in: average.
    #[schemars(extend("examples" = ["maximum"]))]
    pub aggregation: Option<Sourced<Aggregation>>,
    /// With `adjustment: percent`: the fewest tasks to add or remove.
    #[schemars(extend("examples" = [1]))]
    pub min_adjustment: Option<Sourced<AtLeastOne>>,
    /// How long to credit or wait after a step. Built in: 60s.
    #[schemars(extend("examples" = ["60s"]))]
    pub cooldown: Option<Sourced<Duration>>,
    /// What to do how far beyond the threshold. Bounds are distances from the threshold.
    #[schemars(extend("examples" = [[{ "from": 0, "to": 10, "by": 1 }, { "from": 10, "by": 3 }]]))]
    pub steps: Option<Sourced<Vec<Sourced<StepAdjustment>>>>,
}

/// Predictive scaling.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PredictivePolicy")]
pub struct Forecasting {
    /// What is forecast. Built in: cpu.
    #[schemars(extend("examples" = ["cpu"]))]
    pub metric: Option<Sourced<ForecastMetric>>,
    /// The value to keep: per cent for CPU and memory, requests per task and minute for requests.
    #[schemars(extend("examples" = [60]))]
    pub target: Option<Sourced<Target>>,
    /// Whether the forecast scales. Built in: forecast_only.
    #[schemars(extend("examples" = ["forecast_and_scale"]))]
    pub mode: Option<Sourced<ForecastMode>>,
    /// How long before the forecast need the tasks start: at most an hour. Built in: 300s.
    #[schemars(extend("examples" = ["5m"]))]
    pub buffer: Option<Sourced<Duration>>,
    /// Lets a forecast above `capacity.max` raise it, by at most this many per cent above the forecast (0 to 100).
    /// Left out, the maximum holds.
    #[schemars(extend("examples" = [10]))]
    pub max_capacity_buffer: Option<Sourced<WholePercent>>,
}

/// One CloudWatch metric.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomMetric {
    /// Namespace of the metric.
    #[schemars(extend("examples" = ["AWS/SQS"]))]
    pub namespace: Sourced<String>,
    /// Name of the metric.
    #[schemars(extend("examples" = ["ApproximateNumberOfMessagesVisible"]))]
    pub name: Sourced<String>,
    /// Dimensions of the metric, all of them: CloudWatch matches the whole set.
    #[schemars(extend("examples" = [{ "QueueName": "jobs" }]))]
    pub dimensions: Option<Sourced<BTreeMap<String, Sourced<String>>>>,
    /// How the samples of a minute become one value.
    #[schemars(extend("examples" = ["average"]))]
    pub statistic: Sourced<Statistic>,
    /// Unit of the samples that count, in CloudWatch's words. Left out, all count.
    #[schemars(extend("examples" = ["Count"]))]
    pub unit: Option<Sourced<String>>,
}

/// One line of metric math: `metric` or `expression`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricQuery {
    /// Its name in expressions: a small letter first, then letters, digits and `_`.
    #[schemars(extend("examples" = ["queue"]))]
    pub id: Sourced<String>,
    /// A metric of CloudWatch.
    #[schemars(extend("examples" = [{ "namespace": "AWS/SQS", "name": "ApproximateNumberOfMessagesVisible", "statistic": "sum" }]))]
    pub metric: Option<Sourced<CustomMetric>>,
    /// An expression over other ids.
    #[schemars(extend("examples" = ["queue / tasks"]))]
    pub expression: Option<Sourced<String>>,
    /// What graphs call it.
    #[schemars(extend("examples" = ["Backlog per task"]))]
    pub label: Option<Sourced<String>>,
    /// Whether this is the value to track; exactly one is. Built in: false.
    #[serde(rename = "return")]
    #[schemars(extend("examples" = [true]))]
    pub returned: Option<Sourced<bool>>,
}

/// What an alarm watches.
#[derive(Debug, Clone, JsonSchema)]
#[serde(untagged)]
pub enum AlarmMetric {
    /// A metric of the service.
    Service(ServiceMetric),
    /// A metric of your own.
    Custom(CustomMetric),
}

/// A word or a mapping. What serde derives keeps no places.
impl<'de> Deserialize<'de> for AlarmMetric {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordOrMapping;
        impl<'de> Visitor<'de> for WordOrMapping {
            type Value = AlarmMetric;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word or a mapping")
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<AlarmMetric, E> {
                ServiceMetric::deserialize(StrDeserializer::new(word)).map(AlarmMetric::Service)
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<AlarmMetric, M::Error> {
                CustomMetric::deserialize(MapAccessDeserializer::new(map)).map(AlarmMetric::Custom)
            }
        }
        deserializer.deserialize_any(WordOrMapping)
    }
}

/// A metric that ECS measures of every service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceMetric {
    /// Average CPU, per cent of what the tasks reserve.
    Cpu,
    /// Average memory, per cent of what the tasks reserve.
    Memory,
}

/// A change of limits at given times.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduledAction {
    /// Whether there is such an action. `false` removes it where it is live.
    #[schemars(extend("examples" = [false]))]
    pub enabled: Option<Sourced<bool>>,
    /// Name of the action, instead of the pattern: the live name of one that exists.
    #[schemars(extend("examples" = ["prod-eu-web-morning"]))]
    pub action_name: Option<Sourced<String>>,
    /// The live name that the action had until now: that one is deleted.
    #[schemars(extend("examples" = ["morning"]))]
    pub renamed_from: Option<Sourced<String>>,
    /// When: `cron(minute hour day month weekday year)`, `rate(n minutes)` or `at(yyyy-mm-ddThh:mm:ss)`.
    #[schemars(extend("examples" = ["cron(0 7 ? * MON-FRI *)", "rate(1 days)", "at(2027-01-01T06:00:00)"]))]
    pub schedule: Option<Sourced<String>>,
    /// IANA time zone of the schedule. Built in: UTC.
    #[schemars(extend("examples" = ["Europe/Berlin"]))]
    pub time_zone: Option<Sourced<String>>,
    /// When it begins to count, with its offset from UTC.
    #[schemars(extend("examples" = ["2027-01-01T00:00:00Z"]))]
    pub start: Option<Sourced<String>>,
    /// When it ceases to count, with its offset from UTC.
    #[schemars(extend("examples" = ["2027-02-01T00:00:00Z"]))]
    pub end: Option<Sourced<String>>,
    /// The new minimum; left out, it stays.
    #[schemars(extend("examples" = [4]))]
    pub min: Option<Sourced<Count>>,
    /// The new maximum; left out, it stays.
    #[schemars(extend("examples" = [20]))]
    pub max: Option<Sourced<Count>>,
}

/// Which kinds of scaling are held back. Alarms go on, their actions are dropped.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Suspended {
    /// Scaling in by policies. Built in: false.
    #[schemars(extend("examples" = [true]))]
    pub r#in: Option<Sourced<bool>>,
    /// Scaling out by policies. Built in: false.
    #[schemars(extend("examples" = [false]))]
    pub out: Option<Sourced<bool>>,
    /// Scheduled actions. Built in: false.
    #[schemars(extend("examples" = [false]))]
    pub scheduled: Option<Sourced<bool>>,
}

//! The part of the format that says when the number of tasks changes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::words::{
    Adjustment, Aggregation, Comparison, ForecastMetric, ForecastMode, MissingData, Resolution, Statistic,
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
    pub requests: Option<Policy>,
    /// Track the average CPU of the service, in per cent of what its tasks reserve.
    #[schemars(extend("examples" = [{ "target": 70 }]))]
    pub cpu: Option<UtilizationPolicy>,
    /// Track the average memory of the service, in per cent of what its tasks reserve.
    #[schemars(extend("examples" = [{ "target": 75 }]))]
    pub memory: Option<UtilizationPolicy>,
    /// Track the requests through further target groups, by a name of yours: one policy for each target group.
    #[serde(default)]
    #[schemars(extend("examples" = [{ "admin": { "target": 200, "load_balancer": { "target_group": "admin-tg" } } }]))]
    pub more_requests: BTreeMap<String, RequestsPolicy>,
    /// Track metrics of your own, by a name of yours: one CloudWatch metric or metric math each.
    #[serde(default)]
    #[schemars(extend("examples" = [{ "backlog": { "target": 10, "metric": { "namespace": "Shop", "name": "BacklogPerTask", "statistic": "average" } } }]))]
    pub custom: BTreeMap<String, CustomPolicy>,
    /// Step scaling, by a name of yours: each policy with the alarm that triggers it. Target tracking has no veto over
    /// its scaling in.
    #[serde(default)]
    #[schemars(extend("examples" = [{ "burst": { "metric": "cpu", "threshold": 90, "steps": [{ "from": 0, "by": 2 }] } }]))]
    pub step: BTreeMap<String, StepPolicy>,
    /// Scale ahead of a load that repeats itself, from a forecast of AWS. Forecasts only, unless `mode` says otherwise.
    #[schemars(extend("examples" = [{ "metric": "cpu", "target": 60 }]))]
    pub predictive: Option<PredictivePolicy>,
    /// Change the limits at given times, by a name of yours.
    #[serde(default)]
    #[schemars(extend("examples" = [{ "morning": { "schedule": "cron(0 7 ? * MON-FRI *)", "min": 4 } }]))]
    pub schedule: BTreeMap<String, ScheduledAction>,
    /// Hold scaling back. Left out, what is live stays as it is.
    #[schemars(extend("examples" = [{ "in": true }]))]
    pub suspended: Option<Suspended>,
}

/// The keys that all kinds of policies have.
pub trait PolicyKeys {
    /// `enabled`
    fn enabled(&self) -> Option<bool>;
    /// `policy_name`
    fn policy_name(&self) -> Option<&String>;
    /// `renamed_from`
    fn renamed_from(&self) -> Option<&String>;
    /// `adopt`
    fn adopt(&self) -> Option<bool>;
}

/// The keys that all kinds of target tracking policies have.
pub trait TrackingKeys: PolicyKeys {
    /// `target`
    fn target(&self) -> Option<f64>;
    /// `cooldown`
    fn cooldown(&self) -> Option<&Cooldown>;
    /// `disable_scale_in`
    fn disable_scale_in(&self) -> Option<bool>;
}

/// Defines a kind of policy: the keys that all kinds have, and its own.
macro_rules! policy {
    ($(#[$about:meta])+ $name:ident { $($own:tt)* }) => {
        $(#[$about])+
        #[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// Whether there is such a policy. `false` removes it where it is live, and nothing else.
            #[schemars(extend("examples" = [false]))]
            pub enabled: Option<bool>,
            /// Name of the policy, instead of the pattern: the live name of one that exists.
            #[schemars(extend("examples" = ["prod-eu-web-cpu-tracking-policy"]))]
            pub policy_name: Option<String>,
            /// The live name that the policy had until now: that one is deleted before this one is made, because two
            /// policies on one metric are refused by AWS.
            #[schemars(extend("examples" = ["cpu-tracking-policy"]))]
            pub renamed_from: Option<String>,
            /// Whether the policy is live already and is to be imported. Built in: what `adopt` of the service says.
            #[schemars(extend("examples" = [true]))]
            pub adopt: Option<bool>,
            $($own)*
        }

        impl PolicyKeys for $name {
            fn enabled(&self) -> Option<bool> {
                self.enabled
            }
            fn policy_name(&self) -> Option<&String> {
                self.policy_name.as_ref()
            }
            fn renamed_from(&self) -> Option<&String> {
                self.renamed_from.as_ref()
            }
            fn adopt(&self) -> Option<bool> {
                self.adopt
            }
        }
    };
}

/// Defines a kind of target tracking policy.
macro_rules! tracking_policy {
    ($(#[$about:meta])+ $name:ident { $($own:tt)* }) => {
        policy! {
            $(#[$about])+
            $name {
                /// The value to keep: per cent for CPU and memory, requests per task and minute for requests.
                #[schemars(extend("examples" = [70, 1000, 72.5], "exclusiveMinimum" = 0))]
                pub target: Option<f64>,
                /// Cooldowns of this policy.
                #[schemars(extend("examples" = [{ "out": "60s", "in": "10m" }]))]
                pub cooldown: Option<Cooldown>,
                /// Never scale in because of this policy. Built in: false.
                #[schemars(extend("examples" = [true]))]
                pub disable_scale_in: Option<bool>,
                $($own)*
            }
        }

        impl TrackingKeys for $name {
            fn target(&self) -> Option<f64> {
                self.target
            }
            fn cooldown(&self) -> Option<&Cooldown> {
                self.cooldown.as_ref()
            }
            fn disable_scale_in(&self) -> Option<bool> {
                self.disable_scale_in
            }
        }
    };
}

tracking_policy! {
    /// Target tracking of the requests through the service's load balancer.
    Policy {}
}

tracking_policy! {
    /// Target tracking of CPU or memory.
    UtilizationPolicy {
        /// How often ECS measures. `20s` makes scaling out faster; ECS must be told so first, and bills the metrics.
        /// Not with the deployment controllers CODE_DEPLOY and EXTERNAL. Built in: 60s.
        #[schemars(extend("examples" = ["20s"]))]
        pub resolution: Option<Resolution>,
    }
}

tracking_policy! {
    /// Target tracking of the requests through another target group of the service.
    RequestsPolicy {
        /// The target group, and its load balancer where it is not the service's.
        #[schemars(extend("examples" = [{ "target_group": "admin-tg" }]))]
        pub load_balancer: Option<LoadBalancer>,
    }
}

tracking_policy! {
    /// Target tracking of a metric of your own: `metric` or `metrics`.
    CustomPolicy {
        /// The metric to track.
        #[schemars(extend("examples" = [{ "namespace": "Shop", "name": "BacklogPerTask", "statistic": "average" }]))]
        pub metric: Option<CustomMetric>,
        /// Metric math: metrics and expressions over them, one of which is tracked.
        #[schemars(extend("examples" = [[{ "id": "queue", "metric": { "namespace": "AWS/SQS", "name": "ApproximateNumberOfMessagesVisible", "dimensions": { "QueueName": "jobs" }, "statistic": "sum" } }, { "id": "tasks", "metric": { "namespace": "ECS/ContainerInsights", "name": "RunningTaskCount", "dimensions": { "ClusterName": "prod", "ServiceName": "prod-worker" }, "statistic": "average" } }, { "id": "backlog", "expression": "queue / tasks", "return": true }]]))]
        pub metrics: Option<Vec<MetricQuery>>,
    }
}

policy! {
    /// A step scaling policy and its alarm.
    StepPolicy {
        /// What the alarm watches: `cpu`, `memory`, or a metric of your own.
        #[schemars(extend("examples" = ["cpu", { "namespace": "Shop", "name": "Backlog", "statistic": "maximum" }]))]
        pub metric: Option<AlarmMetric>,
        /// The value with which the alarm compares.
        #[schemars(extend("examples" = [90]))]
        pub threshold: Option<f64>,
        /// When the alarm goes off. Built in: above.
        #[schemars(extend("examples" = ["above"]))]
        pub comparison: Option<Comparison>,
        /// Length of a data point. Built in: 60s.
        #[schemars(extend("examples" = ["60s"]), regex(pattern = r"^(0|[0-9]+(s|m|h|d))$"))]
        pub period: Option<String>,
        /// How many data points the alarm looks at. Built in: 3.
        #[schemars(extend("examples" = [3]), range(min = 1))]
        pub evaluation_periods: Option<i64>,
        /// How many of these must be beyond the threshold. Built in: all.
        #[schemars(extend("examples" = [2]), range(min = 1))]
        pub datapoints: Option<i64>,
        /// What a missing data point counts as. Built in: missing.
        #[schemars(extend("examples" = ["not_breaching"]))]
        pub missing_data: Option<MissingData>,
        /// Name of the alarm, instead of the pattern.
        #[schemars(extend("examples" = ["prod-eu-web-burst"]))]
        pub alarm_name: Option<String>,
        /// What a step's `by` means. Built in: change.
        #[schemars(extend("examples" = ["percent"]))]
        pub adjustment: Option<Adjustment>,
        /// How data points between two evaluations become one. Built in: average.
        #[schemars(extend("examples" = ["maximum"]))]
        pub aggregation: Option<Aggregation>,
        /// With `adjustment: percent`: the fewest tasks to add or remove.
        #[schemars(extend("examples" = [1]), range(min = 1))]
        pub min_adjustment: Option<i64>,
        /// How long to credit or wait after a step. Built in: 60s.
        #[schemars(extend("examples" = ["60s"]), regex(pattern = r"^(0|[0-9]+(s|m|h|d))$"))]
        pub cooldown: Option<String>,
        /// What to do how far beyond the threshold. Bounds are distances from the threshold.
        #[schemars(extend("examples" = [[{ "from": 0, "to": 10, "by": 1 }, { "from": 10, "by": 3 }]]))]
        pub steps: Option<Vec<Step>>,
    }
}

policy! {
    /// Predictive scaling.
    PredictivePolicy {
        /// What is forecast. Built in: cpu.
        #[schemars(extend("examples" = ["cpu"]))]
        pub metric: Option<ForecastMetric>,
        /// The value to keep: per cent for CPU and memory, requests per task and minute for requests.
        #[schemars(extend("examples" = [60], "exclusiveMinimum" = 0))]
        pub target: Option<f64>,
        /// Whether the forecast scales. Built in: forecast_only.
        #[schemars(extend("examples" = ["forecast_and_scale"]))]
        pub mode: Option<ForecastMode>,
        /// How long before the forecast need the tasks start: at most an hour. Built in: 300s.
        #[schemars(extend("examples" = ["5m"]), regex(pattern = r"^(0|[0-9]+(s|m|h|d))$"))]
        pub buffer: Option<String>,
        /// Lets a forecast above `capacity.max` raise it, by at most this many per cent above the forecast (0 to 100).
        /// Left out, the maximum holds.
        #[schemars(extend("examples" = [10]), range(min = 0, max = 100))]
        pub max_capacity_buffer: Option<i64>,
    }
}

/// One CloudWatch metric.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomMetric {
    /// Namespace of the metric.
    #[schemars(extend("examples" = ["AWS/SQS"]))]
    pub namespace: String,
    /// Name of the metric.
    #[schemars(extend("examples" = ["ApproximateNumberOfMessagesVisible"]))]
    pub name: String,
    /// Dimensions of the metric, all of them: CloudWatch matches the whole set.
    #[serde(default)]
    #[schemars(extend("examples" = [{ "QueueName": "jobs" }]))]
    pub dimensions: BTreeMap<String, String>,
    /// How the samples of a minute become one value.
    #[schemars(extend("examples" = ["average"]))]
    pub statistic: Statistic,
    /// Unit of the samples that count, in CloudWatch's words. Left out, all count.
    #[schemars(extend("examples" = ["Count"]))]
    pub unit: Option<String>,
}

/// One line of metric math: `metric` or `expression`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricQuery {
    /// Its name in expressions: a small letter first, then letters, digits and `_`.
    #[schemars(extend("examples" = ["queue"]))]
    pub id: String,
    /// A metric of CloudWatch.
    #[schemars(extend("examples" = [{ "namespace": "AWS/SQS", "name": "ApproximateNumberOfMessagesVisible", "statistic": "sum" }]))]
    pub metric: Option<CustomMetric>,
    /// An expression over other ids.
    #[schemars(extend("examples" = ["queue / tasks"]))]
    pub expression: Option<String>,
    /// What graphs call it.
    #[schemars(extend("examples" = ["Backlog per task"]))]
    pub label: Option<String>,
    /// Whether this is the value to track; exactly one is. Built in: false.
    #[serde(rename = "return")]
    #[schemars(extend("examples" = [true]))]
    pub returned: Option<bool>,
}

/// What an alarm watches.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum AlarmMetric {
    /// A metric of the service.
    Service(ServiceMetric),
    /// A metric of your own.
    Custom(CustomMetric),
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

/// One step: what to do between two distances from the threshold.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Lower end of the range; left out, it has none.
    #[schemars(extend("examples" = [0]))]
    pub from: Option<f64>,
    /// Upper end of the range; left out, it has none.
    #[schemars(extend("examples" = [10]))]
    pub to: Option<f64>,
    /// Tasks, or per cent, to add; negative to remove.
    #[schemars(extend("examples" = [2]))]
    pub by: i64,
}

/// A change of limits at given times.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduledAction {
    /// Whether there is such an action. `false` removes it where it is live.
    #[schemars(extend("examples" = [false]))]
    pub enabled: Option<bool>,
    /// Name of the action, instead of the pattern: the live name of one that exists.
    #[schemars(extend("examples" = ["prod-eu-web-morning"]))]
    pub action_name: Option<String>,
    /// The live name that the action had until now: that one is deleted.
    #[schemars(extend("examples" = ["morning"]))]
    pub renamed_from: Option<String>,
    /// When: `cron(minute hour day month weekday year)`, `rate(n minutes)` or `at(yyyy-mm-ddThh:mm:ss)`.
    #[schemars(extend("examples" = ["cron(0 7 ? * MON-FRI *)", "rate(1 days)", "at(2027-01-01T06:00:00)"]))]
    pub schedule: Option<String>,
    /// IANA time zone of the schedule. Built in: UTC.
    #[schemars(extend("examples" = ["Europe/Berlin"]))]
    pub time_zone: Option<String>,
    /// When it begins to count, with its offset from UTC.
    #[schemars(extend("examples" = ["2027-01-01T00:00:00Z"]))]
    pub start: Option<String>,
    /// When it ceases to count, with its offset from UTC.
    #[schemars(extend("examples" = ["2027-02-01T00:00:00Z"]))]
    pub end: Option<String>,
    /// The new minimum; left out, it stays.
    #[schemars(extend("examples" = [4]), range(min = 0))]
    pub min: Option<i64>,
    /// The new maximum; left out, it stays.
    #[schemars(extend("examples" = [20]), range(min = 0))]
    pub max: Option<i64>,
}

/// Which kinds of scaling are held back. Alarms go on, their actions are dropped.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Suspended {
    /// Scaling in by policies. Built in: false.
    #[schemars(extend("examples" = [true]))]
    pub r#in: Option<bool>,
    /// Scaling out by policies. Built in: false.
    #[schemars(extend("examples" = [false]))]
    pub out: Option<bool>,
    /// Scheduled actions. Built in: false.
    #[schemars(extend("examples" = [false]))]
    pub scheduled: Option<bool>,
}

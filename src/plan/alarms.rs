//! CloudWatch alarms on services: what people are called for. Those that scale a service are part of its policies.

use serde::Serialize;

use super::policy::{Comparison, CustomMetric, MissingData, Policy, PolicyId, Statistic, TargetGroup};
use super::units::{AlarmName, Seconds};
use super::{Origin, Service, Sourced};

/// The alarms of a service, and what has become of the others.
#[derive(Debug, Clone, Default)]
pub struct Alarms {
    /// Those that it has, in the order of [`AlarmKind`].
    pub on: Vec<ServiceAlarm>,
    /// Those that are switched off: to be deleted where they are live.
    pub gone: Vec<AlarmName>,
    /// Those that look at something else than they would like to, or are not there at all.
    pub instead: Vec<Instead>,
    /// Where the spec says that there are alarms.
    pub from: Option<Origin>,
}

/// What an alarm is about: each is named like its key in the spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlarmKind {
    CpuAtMax,
    AtMax,
    BelowDesired,
    Errors,
    LatencyP95,
    LatencyP99,
    UnhealthyHosts,
    Flapping,
}

impl AlarmKind {
    /// All, in the order in which they are written.
    pub const ALL: [Self; 8] = [
        Self::CpuAtMax,
        Self::AtMax,
        Self::BelowDesired,
        Self::Errors,
        Self::LatencyP95,
        Self::LatencyP99,
        Self::UnhealthyHosts,
        Self::Flapping,
    ];

    /// Its key in the spec.
    pub fn key(self) -> &'static str {
        match self {
            Self::CpuAtMax => "cpu_at_max",
            Self::AtMax => "at_max",
            Self::BelowDesired => "below_desired",
            Self::Errors => "errors",
            Self::LatencyP95 => "latency_p95",
            Self::LatencyP99 => "latency_p99",
            Self::UnhealthyHosts => "unhealthy_hosts",
            Self::Flapping => "flapping",
        }
    }

    /// `{alarm}` in names.
    pub fn word(self) -> String {
        self.key().replace('_', "-")
    }

    /// The unit of its threshold in the spec.
    pub fn threshold_unit(self) -> &'static str {
        match self {
            Self::CpuAtMax | Self::Errors => "%",
            Self::AtMax | Self::BelowDesired | Self::UnhealthyHosts => "tasks",
            Self::LatencyP95 | Self::LatencyP99 => "ms",
            Self::Flapping => "changes",
        }
    }

    /// Whether it is about requests, so that it needs a load balancer.
    pub fn is_of_requests(self) -> bool {
        matches!(self, Self::Errors | Self::LatencyP95 | Self::LatencyP99 | Self::UnhealthyHosts)
    }
}

/// CPU in per cent that is high: so much above the target of the CPU policy, but at most; and without such a policy.
const HIGH_ABOVE_TARGET: f64 = 10.0;
const HIGH_AT_MOST: f64 = 95.0;
const HIGH: f64 = 85.0;
/// Fewest and most changes of the number of tasks in three hours that are flapping. Target tracking scales in 15 minutes
/// after the load has fallen, so once out and in takes about 20 minutes and counts as two.
pub const CHANGES: (u32, u32) = (6, 18);
/// Length of a data point of all alarms on services.
pub const PERIOD: Seconds = Seconds::literal(60);

/// What is built in of an alarm and depends on its service.
impl AlarmKind {
    /// The threshold of an alarm on a number, where the spec says none; nothing where there is no alarm then.
    pub fn usual_threshold(self, service: &Service) -> Option<f64> {
        let (lowest, highest) = limits(service);
        match self {
            Self::CpuAtMax => {
                let cpu = service.policy(&PolicyId::Cpu).and_then(Policy::tracking);
                Some(cpu.map_or(HIGH, |tracking| {
                    let target = tracking.target.get();
                    (target + HIGH_ABOVE_TARGET).min(HIGH_AT_MOST).max(target)
                }))
            }
            Self::AtMax => (service.min.get() != highest).then_some(f64::from(highest)),
            Self::Flapping => {
                let changes = changes(lowest, highest);
                Some(f64::from(if service.container_insights.value { changes } else { 2 * changes }))
            }
            Self::BelowDesired
            | Self::Errors
            | Self::LatencyP95
            | Self::LatencyP99
            | Self::UnhealthyHosts => None,
        }
    }

    /// What missing data counts as, where the spec does not say it.
    pub fn usual_missing_data(self, service: &Service) -> MissingData {
        match self {
            Self::BelowDesired if service.container_insights.value => MissingData::Missing,
            Self::BelowDesired => MissingData::Breaching,
            _ => MissingData::NotBreaching,
        }
    }
}

/// The lowest minimum and the highest maximum of a service, those of scheduled actions included.
pub fn limits(service: &Service) -> (u32, u32) {
    let mins = service.schedule.iter().filter_map(|action| action.min.as_ref());
    let maxs = service.schedule.iter().filter_map(|action| action.max.as_ref());
    let lowest = mins.map(|min| min.get()).fold(service.min.get(), u32::min);
    (lowest, maxs.map(|max| max.get()).fold(service.max.get(), u32::max))
}

/// Changes of the number of tasks that prove a way back: one way alone, from the minimum to the maximum, has at most one for
/// each task.
pub fn changes(min: u32, max: u32) -> u32 {
    max.saturating_sub(min).saturating_add(1).clamp(CHANGES.0, CHANGES.1)
}

#[derive(Debug, Clone)]
pub struct ServiceAlarm {
    /// What it is about.
    pub kind: AlarmKind,
    /// Its name: unique in an account and region.
    pub name: Sourced<AlarmName>,
    /// What it says to who is called, its reason for how missing data counts included.
    pub description: String,
    /// What it looks at.
    pub metric: CustomMetric,
    /// When it goes off.
    pub comparison: Comparison,
    /// With what it compares.
    pub threshold: f64,
    /// Seconds of a data point.
    pub period: Seconds,
    /// How many data points it looks at.
    pub evaluation_periods: u32,
    /// How many must be beyond the threshold.
    pub datapoints: u32,
    /// What missing ones count as.
    pub missing_data: MissingData,
}

impl ServiceAlarm {
    /// The target groups that it looks at.
    pub fn target_groups(&self) -> Vec<&TargetGroup> {
        self.metric.target_groups()
    }

    /// Whether it stays as it is where there are too few samples for a percentile. Only an alarm on a single metric can
    /// (CloudWatch API reference, PutMetricAlarm, EvaluateLowSampleCountPercentile).
    pub fn ignores_few_samples(&self) -> bool {
        match &self.metric {
            CustomMetric::Single(metric) => matches!(metric.statistic, Statistic::P95 | Statistic::P99),
            CustomMetric::Math(_) => false,
        }
    }
}

/// An alarm that is not what it would be elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instead {
    pub kind: AlarmKind,
    /// What about it.
    pub why: Why,
    /// Where the alarms of the service, or this one, are said.
    pub from: Origin,
}

/// Why an alarm is not what it would be elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Desired tasks are not known without Container Insights: it looks at the minimum.
    Minimum,
    /// Nor is there a minimum that it could look at: it is left out.
    NoMinimum,
    /// Desired tasks are not known without Container Insights: it counts changes of the running ones.
    Running,
    /// Minimum and maximum are one: a service that is always at its maximum has no alarm on it.
    FixedSize,
    /// There is no load balancer: an alarm on requests, although it is asked for by name, is left out.
    NoBalancer,
}

/// How a description ends, so that whoever writes the alarm knows it for its own.
pub fn made_by(project: &str) -> String {
    format!("Made by gen for {project}.")
}

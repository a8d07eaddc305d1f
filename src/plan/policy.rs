//! The policies and scheduled actions of a service.

use std::borrow::Cow;
use std::fmt;

use super::units::{
    ActionName, AlarmName, DimensionName, DimensionValue, EcsName, Expression, Key, MetricLabel, MetricName,
    Namespace, PolicyName, QueryId, Schedule, Seconds, TargetValue, Tasks, TimeZone, Timestamp, Unit,
};
use super::{LoadBalancer, Origin, Sourced};

pub use crate::spec::words::{
    Adjustment, Aggregation, Comparison, ForecastMetric, ForecastMode, MissingData, Resolution, Statistic,
    StepAdjustment,
};

/// A scaling policy.
#[derive(Debug, Clone)]
pub struct Policy {
    /// What the spec calls it.
    pub id: PolicyId,
    /// Its name on AWS.
    pub name: Sourced<PolicyName>,
    /// The name on AWS that it had until now.
    pub renamed_from: Option<Sourced<PolicyName>>,
    /// Whether it is live and is to be imported.
    pub adopt: bool,
    /// What it does.
    pub kind: PolicyKind,
}

/// What the spec calls a policy. The order is that in which policies are written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyId {
    /// `requests`
    Requests,
    /// `cpu`
    Cpu,
    /// `memory`
    Memory,
    /// `more_requests.K`
    MoreRequests(Key),
    /// `custom.K`
    Custom(Key),
    /// `step.K`
    Step(Key),
    /// `predictive`
    Predictive,
}

impl PolicyId {
    /// Its key below `scaling` in the spec, and the user's name below that.
    pub fn kind(&self) -> (&'static str, Option<&Key>) {
        match self {
            Self::Requests => ("requests", None),
            Self::Cpu => ("cpu", None),
            Self::Memory => ("memory", None),
            Self::MoreRequests(key) => ("more_requests", Some(key)),
            Self::Custom(key) => ("custom", Some(key)),
            Self::Step(key) => ("step", Some(key)),
            Self::Predictive => ("predictive", None),
        }
    }

    /// `{metric}` in names: its key, or its name.
    pub fn metric(&self) -> &str {
        let (kind, key) = self.kind();
        key.map_or(kind, |key| key)
    }

    /// Where it stands in a layer of the spec.
    pub fn path(&self) -> String {
        match self.kind() {
            (kind, None) => format!("scaling.{kind}"),
            (kind, Some(key)) => format!("scaling.{kind}.{key}"),
        }
    }
}

/// What a policy does.
#[derive(Debug, Clone)]
pub enum PolicyKind {
    /// Keeps a metric at a target.
    Tracking(Tracking),
    /// Acts on an alarm.
    Step(StepScaling),
    /// Acts on a forecast.
    Predictive(Predictive),
}

/// Target tracking.
#[derive(Debug, Clone)]
pub struct Tracking {
    /// What it tracks. One policy a metric: AWS refuses a second.
    pub metric: TrackedMetric,
    /// Where that is said: the target group, the metric of the user's, or the target.
    pub measured: Origin,
    /// The value to keep.
    pub target: Sourced<TargetValue>,
    /// Seconds to credit capacity already added, after scaling out.
    pub cooldown_out: Sourced<Seconds>,
    /// Seconds to wait after scaling in.
    pub cooldown_in: Sourced<Seconds>,
    /// Whether it never scales in; then it has no say in the others' scaling in either.
    pub disable_scale_in: Sourced<bool>,
}

/// What a target tracking policy tracks.
#[derive(Debug, Clone, PartialEq)]
pub enum TrackedMetric {
    /// Average CPU of the service, per cent.
    Cpu(Sourced<Resolution>),
    /// Average memory of the service, per cent.
    Memory(Sourced<Resolution>),
    /// Requests per target of one target group, summed over a minute.
    Requests(TargetGroup),
    /// A metric, or metric math.
    Custom(CustomMetric),
}

impl TrackedMetric {
    /// Whether ECS must measure it every 20 seconds.
    pub fn is_high_resolution(&self) -> bool {
        match self {
            Self::Cpu(resolution) | Self::Memory(resolution) => resolution.value == Resolution::High,
            Self::Requests(_) | Self::Custom(_) => false,
        }
    }
}

/// A target group that something counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TargetGroup {
    /// Which of the service's target groups it is.
    pub role: Role,
    /// The load balancer and the target group.
    pub balancer: LoadBalancer,
}

/// Which of a service's target groups.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The one.
    Only,
    /// The first of a blue/green deployment.
    Blue,
    /// The second of a blue/green deployment.
    Green,
    /// That of `more_requests.K`.
    More(Key),
}

impl Role {
    /// Whether deployments alternate between it and another: either may be idle.
    pub fn alternates(&self) -> bool {
        matches!(self, Self::Blue | Self::Green)
    }
}

/// A metric of the user's.
#[derive(Debug, Clone, PartialEq)]
pub enum CustomMetric {
    /// One metric of CloudWatch.
    Single(Metric),
    /// Metric math; exactly one line is the value.
    Math(Vec<Query>),
}

/// One metric of CloudWatch.
#[derive(Debug, Clone)]
pub struct Metric {
    pub namespace: Namespace,
    pub name: MetricName,
    /// All dimensions, sorted by name.
    pub dimensions: Vec<(DimensionName, Dimension)>,
    /// How samples become one value.
    pub statistic: Statistic,
    /// Which unit counts, if not all.
    pub unit: Option<Unit>,
    /// Where the spec says it; nowhere, if it is ours.
    pub from: Option<MetricFrom>,
}

/// Where the spec says what a metric is.
#[derive(Debug, Clone, Copy)]
pub struct MetricFrom {
    pub namespace: Origin,
    pub name: Origin,
    pub statistic: Origin,
}

/// Two metrics are one wherever they are said.
impl PartialEq for Metric {
    fn eq(&self, other: &Self) -> bool {
        let Self { namespace, name, dimensions, statistic, unit, from: _ } = self;
        *namespace == other.namespace
            && *name == other.name
            && *dimensions == other.dimensions
            && *statistic == other.statistic
            && *unit == other.unit
    }
}

/// The value of a dimension.
#[derive(Debug, Clone, PartialEq)]
pub enum Dimension {
    /// As it is.
    Text(DimensionValue),
    /// `app/<name>/<id>` of the load balancer.
    LoadBalancer(TargetGroup),
    /// `targetgroup/<name>/<id>` of the target group.
    TargetGroup(TargetGroup),
}

/// A line of metric math.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub id: QueryId,
    /// What graphs call it.
    pub label: Option<MetricLabel>,
    /// Whether it is the value to track.
    pub returned: bool,
    /// What it is.
    pub term: Term,
}

/// What a line of metric math is.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    Metric(Metric),
    /// An expression over other lines.
    Expression(Expression),
}

#[derive(Debug, Clone)]
pub struct StepScaling {
    /// What the steps' numbers mean.
    pub adjustment: Adjustment,
    /// How data points become one.
    pub aggregation: Aggregation,
    /// Fewest tasks to add or remove, with percentages.
    pub min_adjustment: Option<u32>,
    /// Seconds to credit or wait.
    pub cooldown: Sourced<Seconds>,
    /// The steps, lowest first, without gaps or overlaps.
    pub steps: Sourced<Vec<StepAdjustment>>,
    /// What triggers it.
    pub alarm: Alarm,
}

/// An alarm on one metric.
#[derive(Debug, Clone)]
pub struct Alarm {
    /// Its name: unique in an account and region.
    pub name: Sourced<AlarmName>,
    /// What it watches.
    pub metric: Metric,
    /// When it goes off.
    pub comparison: Comparison,
    /// With what it compares.
    pub threshold: Sourced<f64>,
    /// Seconds of a data point.
    pub period: Seconds,
    /// How many data points it looks at.
    pub evaluation_periods: u32,
    /// How many must be beyond the threshold.
    pub datapoints: u32,
    /// What missing ones count as.
    pub missing_data: MissingData,
}

/// Predictive scaling.
#[derive(Debug, Clone)]
pub struct Predictive {
    /// What is forecast.
    pub metric: ForecastedMetric,
    /// The value to keep.
    pub target: Sourced<TargetValue>,
    /// Whether the forecast scales.
    pub mode: ForecastMode,
    /// Seconds that tasks start before they are needed.
    pub buffer: Sourced<Seconds>,
    /// Per cent above the forecast to which the maximum may rise; `None`: the maximum holds.
    pub max_capacity_buffer: Option<Sourced<u32>>,
}

/// What is forecast.
#[derive(Debug, Clone, PartialEq)]
pub enum ForecastedMetric {
    /// CPU of the service.
    Cpu,
    /// Memory of the service.
    Memory,
    /// Requests through a target group.
    Requests(TargetGroup),
}

/// A change of limits at given times.
#[derive(Debug, Clone)]
pub struct ScheduledAction {
    /// What the spec calls it.
    pub key: Key,
    /// Its name on AWS.
    pub name: Sourced<ActionName>,
    /// When.
    pub schedule: Schedule,
    /// In which time zone.
    pub time_zone: TimeZone,
    /// From when on.
    pub start: Option<Timestamp>,
    /// Until when.
    pub end: Option<Timestamp>,
    /// The new minimum.
    pub min: Option<Sourced<Tasks>>,
    /// The new maximum.
    pub max: Option<Sourced<Tasks>>,
}

/// What is to be deleted where it is live: switched off, or known under another name now.
#[derive(Debug, Clone, Default)]
pub struct Gone {
    /// Policies by name, each with the alarm that goes with it.
    pub policies: Vec<GonePolicy>,
    /// Scheduled actions.
    pub actions: Vec<ActionName>,
}

/// A policy to be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GonePolicy {
    /// Its name on AWS.
    pub name: PolicyName,
    /// Our alarm that triggers it, for step scaling.
    pub alarm: Option<AlarmName>,
    /// The name of the policy that takes its place, if it is renamed.
    pub renamed_to: Option<PolicyName>,
}

/// What the spec calls it.
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id.metric())
    }
}

impl Policy {
    /// Its target tracking, if it is that.
    pub fn tracking(&self) -> Option<&Tracking> {
        match &self.kind {
            PolicyKind::Tracking(tracking) => Some(tracking),
            PolicyKind::Step(_) | PolicyKind::Predictive(_) => None,
        }
    }

    /// What it acts on, where that is no target: a word for tables.
    pub fn word(&self) -> &'static str {
        match &self.kind {
            PolicyKind::Tracking(_) => "target",
            PolicyKind::Step(_) => "steps",
            PolicyKind::Predictive(_) => "forecast",
        }
    }

    /// Its steps, if it scales by steps.
    pub fn step(&self) -> Option<&StepScaling> {
        match &self.kind {
            PolicyKind::Step(step) => Some(step),
            PolicyKind::Tracking(_) | PolicyKind::Predictive(_) => None,
        }
    }

    /// Its forecast, if it acts on one.
    pub fn predictive(&self) -> Option<&Predictive> {
        match &self.kind {
            PolicyKind::Predictive(predictive) => Some(predictive),
            PolicyKind::Tracking(_) | PolicyKind::Step(_) => None,
        }
    }

    /// The number of its alarms: Application Auto Scaling makes two for target tracking, one of them for scaling in.
    pub fn alarms(&self) -> usize {
        match &self.kind {
            PolicyKind::Tracking(tracking) if tracking.disable_scale_in.value => 1,
            PolicyKind::Tracking(_) => 2,
            PolicyKind::Step(_) => 1,
            PolicyKind::Predictive(_) => 0,
        }
    }

    /// The target groups that it counts.
    pub fn target_groups(&self) -> Vec<&TargetGroup> {
        match &self.kind {
            PolicyKind::Tracking(Tracking { metric: TrackedMetric::Requests(group), .. })
            | PolicyKind::Predictive(Predictive { metric: ForecastedMetric::Requests(group), .. }) => {
                vec![group]
            }
            PolicyKind::Tracking(Tracking { metric: TrackedMetric::Custom(metric), .. }) => {
                metric.target_groups()
            }
            PolicyKind::Tracking(_) | PolicyKind::Step(_) | PolicyKind::Predictive(_) => Vec::new(),
        }
    }
}

impl Metric {
    /// A metric of an ECS service.
    pub fn of_service(
        namespace: &'static str,
        name: &'static str,
        service: (&EcsName, &EcsName),
        statistic: Statistic,
    ) -> Self {
        let text = |name: &EcsName| DimensionValue::parse(name).expect("ECS names are dimension values");
        let dimensions = [
            ("ClusterName", Dimension::Text(text(service.0))),
            ("ServiceName", Dimension::Text(text(service.1))),
        ];
        Self::ours(namespace, name, dimensions, statistic)
    }

    /// A metric of a load balancer and one of its target groups.
    pub fn of_target_group(group: &TargetGroup, name: &'static str, statistic: Statistic) -> Self {
        let dimensions = [
            ("LoadBalancer", Dimension::LoadBalancer(group.clone())),
            ("TargetGroup", Dimension::TargetGroup(group.clone())),
        ];
        Self::ours("AWS/ApplicationELB", name, dimensions, statistic)
    }

    fn ours(
        namespace: &'static str,
        name: &'static str,
        dimensions: [(&'static str, Dimension); 2],
        statistic: Statistic,
    ) -> Self {
        let dimension = |(name, value): (&'static str, _)| (DimensionName::known(name), value);
        Self {
            namespace: Namespace::known(namespace),
            name: MetricName::known(name),
            dimensions: dimensions.into_iter().map(dimension).collect(),
            statistic,
            unit: None,
            from: None,
        }
    }
}

impl Query {
    /// A metric that the value is made of.
    pub fn measured(id: impl Into<Cow<'static, str>>, metric: Metric) -> Self {
        Self::ours(id, Term::Metric(metric), false)
    }

    pub fn returned(id: impl Into<Cow<'static, str>>, expression: impl Into<Cow<'static, str>>) -> Self {
        Self::ours(id, Term::Expression(Expression::known(expression)), true)
    }

    fn ours(id: impl Into<Cow<'static, str>>, term: Term, returned: bool) -> Self {
        Self { id: QueryId::known(id), label: None, returned, term }
    }
}

impl CustomMetric {
    /// Requests per target over both target groups of a blue/green deployment. The idle one reports 0, so their sum is
    /// that of the live one (AWS sample "ECS blue/green deployment patterns", auto scaling).
    pub fn requests_of_both(blue: &TargetGroup, green: &TargetGroup) -> Self {
        let requests = |group| Metric::of_target_group(group, "RequestCountPerTarget", Statistic::Sum);
        Self::Math(vec![
            Query::measured("blue", requests(blue)),
            Query::measured("green", requests(green)),
            Query::returned("requests", "blue + green"),
        ])
    }

    /// The metrics that it is made of.
    pub fn metrics(&self) -> impl Iterator<Item = &Metric> {
        let (one, lines): (_, &[Query]) = match self {
            Self::Single(metric) => (Some(metric), &[]),
            Self::Math(lines) => (None, lines),
        };
        let of_lines = lines.iter().filter_map(|line| match &line.term {
            Term::Metric(metric) => Some(metric),
            Term::Expression(_) => None,
        });
        one.into_iter().chain(of_lines)
    }

    pub(super) fn target_groups(&self) -> Vec<&TargetGroup> {
        let of = |value| match value {
            &Dimension::LoadBalancer(ref group) | &Dimension::TargetGroup(ref group) => Some(group),
            Dimension::Text(_) => None,
        };
        self.metrics().flat_map(|metric| &metric.dimensions).filter_map(|(_, value)| of(value)).collect()
    }
}

//! Policies and scheduled actions, as templates see them.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::group::Groups;
use super::shared::Shared;
use super::{api, read_back};
use crate::plan::policy::{
    Alarm, CustomMetric, Dimension, ForecastedMetric, Gone, Metric, Policy, PolicyId, PolicyKind, Predictive,
    Query, Resolution, ScheduledAction, StepScaling, TargetGroup, Term, TrackedMetric, Tracking,
};
use crate::plan::{self};

/// A policy; exactly one of `tracking`, `step` and `predictive` is there.
#[derive(Debug, Serialize)]
pub(super) struct PolicyView<'f> {
    /// The spec's name of it: `requests`, `cpu`, `memory`, or the user's.
    metric: &'f str,
    /// The same with its kind, so that no two policies of a service have one: `cpu`, `step.burst`.
    path: String,
    /// `requests`, `cpu`, `memory`, `more_requests`, `custom`, `step`, `predictive`.
    kind: &'static str,
    name: &'f str,
    renamed_from: Option<&'f str>,
    adopt: bool,
    policy_type: &'static str,
    logical_id: String,
    /// The logical id of the policy before it: written one after another.
    after: Option<String>,
    tracking: Option<TrackingView<'f>>,
    step: Option<StepView<'f>>,
    predictive: Option<PredictiveView>,
    /// The configuration as the API takes it, with placeholders for what is looked up.
    configuration_json: String,
    /// All of it but the tracked metric, in the form in which scripts read it back.
    settings: String,
    /// What the script reads back of it, column by column.
    read_back: Vec<String>,
}

/// Target tracking; `metric_type` or `custom` is there.
#[derive(Debug, Serialize)]
struct TrackingView<'f> {
    #[serde(serialize_with = "plain_number")]
    target: f64,
    cooldown_out: u32,
    cooldown_in: u32,
    disable_scale_in: bool,
    metric_type: Option<&'static str>,
    /// The group whose label the metric needs.
    group: Option<Shared>,
    /// `CPUUtilization` or `MemoryUtilization`, where ECS must measure it every 20 s.
    high_resolution: Option<&'static str>,
    custom: Option<CustomView<'f>>,
    /// The metric in the form in which scripts read it back.
    fingerprint: String,
}

/// A metric, or metric math; one of both is there.
#[derive(Debug, Serialize)]
pub(super) struct CustomView<'f> {
    single: Option<MetricView<'f>>,
    math: Vec<QueryView<'f>>,
}

#[derive(Debug, Serialize)]
struct MetricView<'f> {
    namespace: &'f str,
    name: &'f str,
    statistic: &'static str,
    unit: Option<&'f str>,
    dimensions: Vec<DimensionView<'f>>,
}

/// A dimension; one of the three values is there.
#[derive(Debug, Serialize)]
struct DimensionView<'f> {
    name: &'f str,
    text: Option<&'f str>,
    load_balancer: Option<Shared>,
    target_group: Option<Shared>,
}

#[derive(Debug, Serialize)]
struct QueryView<'f> {
    id: &'f str,
    label: Option<&'f str>,
    returned: bool,
    metric: Option<MetricView<'f>>,
    expression: Option<&'f str>,
}

#[derive(Debug, Serialize)]
struct StepView<'f> {
    adjustment: &'static str,
    aggregation: &'static str,
    min_adjustment: Option<u32>,
    cooldown: u32,
    steps: Vec<StepAdjustmentView>,
    alarm: AlarmView<'f>,
}

#[derive(Debug, Serialize)]
struct StepAdjustmentView {
    #[serde(serialize_with = "optional_number")]
    from: Option<f64>,
    #[serde(serialize_with = "optional_number")]
    to: Option<f64>,
    by: i64,
}

#[derive(Debug, Serialize)]
struct AlarmView<'f> {
    name: &'f str,
    logical_id: String,
    metric: MetricView<'f>,
    comparison: &'static str,
    #[serde(serialize_with = "plain_number")]
    threshold: f64,
    period: u32,
    evaluation_periods: u32,
    datapoints: u32,
    missing_data: &'static str,
    /// The arguments of PutMetricAlarm, with a placeholder for the ARN of the policy.
    json: String,
    /// All of it but its actions, in the form in which scripts read it back.
    fingerprint: String,
    /// What the script reads back of it, column by column.
    read_back: Vec<String>,
}

#[derive(Debug, Serialize)]
struct PredictiveView {
    metric_type: &'static str,
    group: Option<Shared>,
    #[serde(serialize_with = "plain_number")]
    target: f64,
    mode: &'static str,
    buffer: u32,
    breach: &'static str,
    max_capacity_buffer: Option<u32>,
}

/// A scheduled action.
#[derive(Debug, Serialize)]
pub(super) struct ScheduledActionView<'f> {
    key: &'f str,
    name: &'f str,
    schedule: &'f str,
    time_zone: &'f str,
    start: Option<&'f str>,
    end: Option<&'f str>,
    min: Option<u32>,
    max: Option<u32>,
    /// What the script reads back of it, column by column.
    read_back: Vec<String>,
}

/// What is to be deleted where it is live.
#[derive(Debug, Serialize)]
pub(super) struct GoneView<'f> {
    policies: Vec<GonePolicyView<'f>>,
    actions: Vec<&'f str>,
}

#[derive(Debug, Serialize)]
struct GonePolicyView<'f> {
    name: &'f str,
    alarm: Option<&'f str>,
    renamed_to: Option<&'f str>,
}

/// The policies of a service, in the order in which they are written.
pub(super) fn views<'f>(service: &'f plan::Service, groups: &Groups<'f>) -> Vec<PolicyView<'f>> {
    views_of(&service.policies, groups)
}

/// Some of the policies of a service.
pub(super) fn views_of<'f>(
    policies: impl IntoIterator<Item = &'f Policy>,
    groups: &Groups<'f>,
) -> Vec<PolicyView<'f>> {
    let mut after = None;
    let view = |policy| {
        let view = PolicyView::new(policy, after.clone(), groups);
        after = Some(view.logical_id.clone());
        view
    };
    policies.into_iter().map(view).collect()
}

/// The names of a service's own alarms, of those of its policies first.
pub(super) fn alarm_names(service: &plan::Service) -> Vec<&str> {
    let names = service.policies.iter().filter_map(Policy::step).map(|step| &**step.alarm.name);
    names.chain(service.alarms.on.iter().map(|alarm| &**alarm.name)).collect()
}

/// The names of all that is to be deleted where it is live.
pub(super) fn gone_names(service: &plan::Service) -> Vec<&str> {
    let policies = service.gone.policies.iter();
    let of_policies = policies.flat_map(|gone| [Some(&*gone.name), gone.alarm.as_deref()]).flatten();
    let others = service.alarms.gone.iter().map(|name| &**name);
    of_policies.chain(service.gone.actions.iter().map(|name| &**name)).chain(others).collect()
}

/// The scheduled actions of a service.
pub(super) fn schedule(service: &plan::Service) -> Vec<ScheduledActionView<'_>> {
    service.schedule.iter().map(ScheduledActionView::new).collect()
}

impl<'f> ScheduledActionView<'f> {
    fn new(action: &'f ScheduledAction) -> Self {
        Self {
            key: &action.key,
            name: &action.name,
            schedule: &action.schedule,
            time_zone: &action.time_zone,
            start: action.start.as_deref(),
            end: action.end.as_deref(),
            min: action.min.as_ref().map(|tasks| tasks.get()),
            max: action.max.as_ref().map(|tasks| tasks.get()),
            read_back: read_back::scheduled_action(action),
        }
    }
}

impl<'f> PolicyView<'f> {
    fn new(policy: &'f Policy, after: Option<String>, groups: &Groups<'f>) -> Self {
        let (kind, prefix, key) = match &policy.id {
            PolicyId::Requests => ("requests", "Requests", None),
            PolicyId::Cpu => ("cpu", "Cpu", None),
            PolicyId::Memory => ("memory", "Memory", None),
            PolicyId::MoreRequests(key) => ("more_requests", "MoreRequests", Some(key)),
            PolicyId::Custom(key) => ("custom", "Custom", Some(key)),
            PolicyId::Step(key) => ("step", "Step", Some(key)),
            PolicyId::Predictive => ("predictive", "Predictive", None),
        };
        let index = |group: &TargetGroup| groups.index(group);
        let logical_id = format!("{prefix}{}Policy", key.map(|key| key.camel()).unwrap_or_default());
        let (mut tracking, mut step, mut predictive) = (None, None, None);
        let policy_type = match &policy.kind {
            PolicyKind::Tracking(said) => {
                tracking = Some(TrackingView::new(said, groups));
                "TargetTrackingScaling"
            }
            PolicyKind::Step(said) => {
                step = Some(StepView::new(said, policy, &logical_id, groups));
                "StepScaling"
            }
            PolicyKind::Predictive(said) => {
                predictive = Some(PredictiveView::new(said, groups));
                "PredictiveScaling"
            }
        };
        Self {
            metric: policy.id.metric(),
            path: policy.id.path().trim_start_matches("scaling.").to_owned(),
            kind,
            name: &policy.name,
            renamed_from: policy.renamed_from.as_ref().map(|name| &***name),
            adopt: policy.adopt,
            policy_type,
            logical_id,
            after,
            tracking,
            step,
            predictive,
            configuration_json: api::configuration(&policy.kind, &index).to_string(),
            settings: read_back::settings(&policy.kind, &index),
            read_back: read_back::policy(&policy.kind, &index),
        }
    }
}

impl<'f> TrackingView<'f> {
    fn new(tracking: &'f Tracking, groups: &Groups<'f>) -> Self {
        let (group, custom) = match &tracking.metric {
            TrackedMetric::Requests(group) => (Some(groups.view(group)), None),
            TrackedMetric::Custom(metric) => (None, Some(CustomView::new(metric, groups))),
            TrackedMetric::Cpu(_) | TrackedMetric::Memory(_) => (None, None),
        };
        let high_resolution = match &tracking.metric {
            TrackedMetric::Cpu(resolution) if resolution.value == Resolution::High => Some("CPUUtilization"),
            TrackedMetric::Memory(resolution) if resolution.value == Resolution::High => {
                Some("MemoryUtilization")
            }
            _ => None,
        };
        Self {
            target: tracking.target.get(),
            cooldown_out: tracking.cooldown_out.get(),
            cooldown_in: tracking.cooldown_in.get(),
            disable_scale_in: tracking.disable_scale_in.value,
            metric_type: api::metric_type(&tracking.metric),
            group,
            high_resolution,
            custom,
            fingerprint: read_back::metric(&tracking.metric, &|group| groups.index(group)),
        }
    }
}

impl<'f> CustomView<'f> {
    /// How the samples of a single metric become one value.
    pub(super) fn statistic(&self) -> Option<&'static str> {
        self.single.as_ref().map(|metric| metric.statistic)
    }

    pub(super) fn new(metric: &'f CustomMetric, groups: &Groups<'f>) -> Self {
        match metric {
            CustomMetric::Single(metric) => {
                Self { single: Some(MetricView::new(metric, groups)), math: Vec::new() }
            }
            CustomMetric::Math(lines) => {
                Self { single: None, math: lines.iter().map(|line| QueryView::new(line, groups)).collect() }
            }
        }
    }
}

impl<'f> QueryView<'f> {
    fn new(line: &'f Query, groups: &Groups<'f>) -> Self {
        let (metric, expression) = match &line.term {
            Term::Metric(metric) => (Some(MetricView::new(metric, groups)), None),
            Term::Expression(text) => (None, Some(&**text)),
        };
        Self { id: &line.id, label: line.label.as_deref(), returned: line.returned, metric, expression }
    }
}

impl<'f> MetricView<'f> {
    fn new(metric: &'f Metric, groups: &Groups<'f>) -> Self {
        let dimension = |(name, value): &'f (plan::units::DimensionName, Dimension)| {
            let mut view = DimensionView { name, text: None, load_balancer: None, target_group: None };
            match value {
                Dimension::Text(text) => view.text = Some(text),
                Dimension::LoadBalancer(group) => view.load_balancer = Some(groups.view(group)),
                Dimension::TargetGroup(group) => view.target_group = Some(groups.view(group)),
            }
            view
        };
        Self {
            namespace: &metric.namespace,
            name: &metric.name,
            statistic: api::statistic(metric.statistic),
            unit: metric.unit.as_deref(),
            dimensions: metric.dimensions.iter().map(dimension).collect(),
        }
    }
}

impl<'f> StepView<'f> {
    fn new(step: &'f StepScaling, policy: &Policy, logical_id: &str, groups: &Groups<'f>) -> Self {
        let view = |step: &plan::policy::StepAdjustment| StepAdjustmentView {
            from: step.from,
            to: step.to,
            by: step.by,
        };
        Self {
            adjustment: api::adjustment(step.adjustment),
            aggregation: api::aggregation(step.aggregation),
            min_adjustment: step.min_adjustment,
            cooldown: step.cooldown.get(),
            steps: step.steps.iter().map(view).collect(),
            alarm: AlarmView::new(&step.alarm, policy, logical_id, groups),
        }
    }
}

impl<'f> AlarmView<'f> {
    fn new(alarm: &'f Alarm, policy: &Policy, logical_id: &str, groups: &Groups<'f>) -> Self {
        Self {
            name: &alarm.name,
            logical_id: format!("{}Alarm", logical_id.trim_end_matches("Policy")),
            metric: MetricView::new(&alarm.metric, groups),
            comparison: api::comparison(alarm.comparison),
            threshold: *alarm.threshold,
            period: alarm.period.get(),
            evaluation_periods: alarm.evaluation_periods,
            datapoints: alarm.datapoints,
            missing_data: api::missing_data(alarm.missing_data),
            json: api::alarm(alarm, &policy.name).to_string(),
            fingerprint: read_back::alarm_settings(alarm),
            read_back: read_back::alarm(alarm, &policy.name),
        }
    }
}

impl PredictiveView {
    fn new(forecast: &Predictive, groups: &Groups<'_>) -> Self {
        Self {
            metric_type: api::forecast_type(&forecast.metric),
            group: match &forecast.metric {
                ForecastedMetric::Requests(group) => Some(groups.view(group)),
                ForecastedMetric::Cpu | ForecastedMetric::Memory => None,
            },
            target: forecast.target.get(),
            mode: api::mode(forecast.mode),
            buffer: forecast.buffer.get(),
            breach: api::breach(forecast),
            max_capacity_buffer: forecast.max_capacity_buffer.as_deref().copied(),
        }
    }
}

impl<'f> GoneView<'f> {
    pub(super) fn new(gone: &'f Gone) -> Self {
        let policy = |gone: &'f plan::policy::GonePolicy| GonePolicyView {
            name: &gone.name,
            alarm: gone.alarm.as_deref(),
            renamed_to: gone.renamed_to.as_deref(),
        };
        Self {
            policies: gone.policies.iter().map(policy).collect(),
            actions: gone.actions.iter().map(|name| &**name).collect(),
        }
    }
}

/// 70.0 is written as 70 in every dialect.
pub(super) fn number(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 1e15 { (number as i64).into() } else { number.into() }
}

pub(super) fn plain_number<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    number(*value).serialize(serializer)
}

fn optional_number<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    value.map(number).serialize(serializer)
}

//! Console pages: the values to type, as rows of tables, and settings that the Console does not have.

use serde::Serialize;
use serde_json::Value;

use super::super::number;
use crate::aws::desired;
use crate::plan::policy::{
    Adjustment, Comparison, Dimension, MissingData, Policy, PolicyKind, Resolution, ScheduledAction,
    StepAdjustment, StepScaling, TrackedMetric, Tracking,
};
use crate::plan::units::DimensionName;
use crate::plan::{self, LoadBalancer};

/// What a person types into the Console for the services of an environment, and what the Console cannot take.
#[derive(Debug, Default, Serialize)]
pub(super) struct Console<'f> {
    tracking: Vec<TypedTracking<'f>>,
    steps: Vec<TypedStep<'f>>,
    actions: Vec<TypedAction<'f>>,
    /// What has to be written by command.
    by_command: Vec<ByCommand<'f>>,
    /// Policies to delete.
    gone: Vec<GonePolicy<'f>>,
}

#[derive(Debug, Serialize)]
struct GonePolicy<'f> {
    service: &'f str,
    name: &'f str,
    alarm: Option<&'f str>,
}

/// A target tracking policy that can be typed.
#[derive(Debug, Serialize)]
struct TypedTracking<'f> {
    service: &'f str,
    name: &'f str,
    metric_type: &'static str,
    balancer: Option<Balancer<'f>>,
    target: Value,
    cooldown_out: u32,
    cooldown_in: u32,
    disable_scale_in: bool,
}

#[derive(Debug, Serialize)]
struct Balancer<'f> {
    load_balancer: &'f str,
    target_group: &'f str,
}

/// What a step does: where the metric stands then, and how far that is from the threshold, which is what the API keeps.
#[derive(Debug, Serialize)]
struct StepRow {
    by: u64,
    metric: String,
    distance: String,
}

/// A step scaling policy that can be typed, and its alarm.
#[derive(Debug, Serialize)]
struct TypedStep<'f> {
    service: &'f str,
    name: &'f str,
    /// The half of the form.
    section: &'static str,
    aggregation: &'static str,
    /// What the steps change.
    unit: &'static str,
    cooldown: u32,
    steps: Vec<StepRow>,
    alarm: &'f str,
    metric: &'f str,
    namespace: &'f str,
    dimensions: Vec<TypedDimension<'f>>,
    statistic: &'static str,
    period: u32,
    comparison: &'static str,
    threshold: Value,
    datapoints: u32,
    evaluation_periods: u32,
    missing_data: &'static str,
}

#[derive(Debug, Serialize)]
struct TypedDimension<'f> {
    name: &'f str,
    value: String,
}

/// A scheduled action that can be typed.
#[derive(Debug, Serialize)]
struct TypedAction<'f> {
    service: &'f str,
    name: &'f str,
    schedule: &'f str,
    /// What to choose for the recurrence.
    recurrence: &'static str,
    time_zone: &'f str,
    start: Option<&'f str>,
    min: u32,
    max: u32,
}

#[derive(Debug, Serialize)]
struct ByCommand<'f> {
    service: &'f str,
    name: &'f str,
    what: &'static str,
    why: &'static str,
}

impl<'f> Console<'f> {
    pub(super) fn new(environment: &'f plan::Environment) -> Self {
        let mut console = Self::default();
        for service in &environment.services {
            service.policies.iter().for_each(|policy| console.add(service, policy));
            service.schedule.iter().for_each(|action| console.add_action(service, action));
            console.gone.extend(service.gone.policies.iter().map(|policy| GonePolicy {
                service: &service.name,
                name: &policy.name,
                alarm: policy.alarm.as_deref(),
            }));
        }
        console
    }

    fn add(&mut self, service: &'f plan::Service, policy: &'f Policy) {
        let (name, what) = (&*policy.name, kind(policy));
        let why = match &policy.kind {
            PolicyKind::Tracking(tracking) => match TypedTracking::new(service, policy, tracking) {
                Ok(typed) => return self.tracking.push(typed),
                Err(why) => why,
            },
            PolicyKind::Step(step) => match TypedStep::new(service, policy, step) {
                Ok(typed) => return self.steps.push(typed),
                Err(why) => why,
            },
            PolicyKind::Predictive(_) => {
                "AWS documents no field for the mode, the buffer and the maximum of a forecast"
            }
        };
        self.by_command.push(ByCommand { service: &service.name, name, what, why });
    }

    fn add_action(&mut self, service: &'f plan::Service, action: &'f ScheduledAction) {
        match TypedAction::new(service, action) {
            Ok(typed) => self.actions.push(typed),
            Err(why) => self.by_command.push(ByCommand {
                service: &service.name,
                name: &action.name,
                what: "scheduled action",
                why,
            }),
        }
    }
}

/// What is typed, or why it cannot be.
type Typed<T> = Result<T, &'static str>;

impl<'f> TypedTracking<'f> {
    /// The form offers three metrics (ECS developer guide, Create a target tracking scaling policy).
    fn new(service: &'f plan::Service, policy: &'f Policy, tracking: &'f Tracking) -> Typed<Self> {
        let balancer = match &tracking.metric {
            TrackedMetric::Custom(_) => {
                return Err("the form offers three metrics of AWS, no custom metric and no metric math");
            }
            TrackedMetric::Cpu(resolution) | TrackedMetric::Memory(resolution) => {
                if resolution.value == Resolution::High {
                    return Err(
                        "AWS documents metrics of 20 seconds for the API, and the service has to measure them first",
                    );
                }
                None
            }
            TrackedMetric::Requests(group) => Some(match &group.balancer {
                LoadBalancer::Named { name, target_group } => Balancer { load_balancer: name, target_group },
                LoadBalancer::Literal { arn_suffix, target_group_arn_suffix } => {
                    Balancer { load_balancer: arn_suffix, target_group: target_group_arn_suffix }
                }
            }),
        };
        Ok(Self {
            service: &service.name,
            name: &policy.name,
            metric_type: desired::metric_type(&tracking.metric).unwrap_or_default(),
            balancer,
            target: number(tracking.target.get()),
            cooldown_out: tracking.cooldown_out.get(),
            cooldown_in: tracking.cooldown_in.get(),
            disable_scale_in: tracking.disable_scale_in.value,
        })
    }
}

impl<'f> TypedStep<'f> {
    /// The form has two halves of steps that add and steps that remove (ECS developer guide, Create a step scaling policy).
    fn new(service: &'f plan::Service, policy: &'f Policy, step: &'f StepScaling) -> Typed<Self> {
        let unit = match step.adjustment {
            Adjustment::Change => "number of tasks",
            Adjustment::Percent => "percentage of tasks",
            Adjustment::Exact => return Err("the form changes a number of tasks and sets none"),
        };
        if step.min_adjustment.is_some() {
            return Err("AWS documents no field for the least adjustment of percentages");
        }
        let adds = step.steps.iter().all(|step| step.by >= 0);
        if !adds && step.steps.iter().any(|step| step.by > 0) {
            return Err("it adds and removes, and the form makes a policy of each");
        }
        let alarm = &step.alarm;
        let dimension =
            |(name, value): &'f (DimensionName, Dimension)| TypedDimension { name, value: dimension(value) };
        Ok(Self {
            service: &service.name,
            name: &policy.name,
            section: if adds { "Steps to add tasks" } else { "Steps to remove tasks" },
            aggregation: desired::aggregation(step.aggregation),
            unit,
            cooldown: step.cooldown.get(),
            steps: step.steps.iter().map(|step| StepRow::new(step, *alarm.threshold)).collect(),
            alarm: &alarm.name,
            metric: &alarm.metric.name,
            namespace: &alarm.metric.namespace,
            dimensions: alarm.metric.dimensions.iter().map(dimension).collect(),
            statistic: desired::statistic(alarm.metric.statistic),
            period: alarm.period.get(),
            comparison: comparison(alarm.comparison),
            threshold: number(*alarm.threshold),
            datapoints: alarm.datapoints,
            evaluation_periods: alarm.evaluation_periods,
            missing_data: missing_data(alarm.missing_data),
        })
    }
}

impl StepRow {
    fn new(step: &StepAdjustment, threshold: f64) -> Self {
        let metric = |bound: Option<f64>| bound.map(|distance| threshold + distance);
        Self {
            by: step.by.unsigned_abs(),
            metric: between(metric(step.from), metric(step.to)),
            distance: between(step.from, step.to),
        }
    }
}

fn between(from: Option<f64>, to: Option<f64>) -> String {
    match (from.map(number), to.map(number)) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        (Some(from), None) => format!("{from} and more"),
        (None, Some(to)) => format!("up to {to}"),
        (None, None) => "any value".to_owned(),
    }
}

impl<'f> TypedAction<'f> {
    /// The form has both limits and no end (ECS developer guide, Create a scheduled action).
    fn new(service: &'f plan::Service, action: &'f ScheduledAction) -> Typed<Self> {
        let (Some(min), Some(max)) = (&action.min, &action.max) else {
            return Err("AWS documents both limits as fields of the form, and this sets one");
        };
        if action.end.is_some() {
            return Err("AWS documents no field for the end of a schedule");
        }
        let recurrence = match &*action.schedule {
            once if once.starts_with("at(") => "Once",
            rate if rate.starts_with("rate(") => "Rate",
            _ => "Cron",
        };
        Ok(Self {
            service: &service.name,
            name: &action.name,
            schedule: &action.schedule,
            recurrence,
            time_zone: &action.time_zone,
            start: action.start.as_deref(),
            min: min.get(),
            max: max.get(),
        })
    }
}

/// The value of a dimension, which for a load balancer that is looked up is known by its name only.
fn dimension(value: &Dimension) -> String {
    match value {
        Dimension::Text(text) => text.to_string(),
        Dimension::LoadBalancer(group) => match &group.balancer {
            LoadBalancer::Named { name, .. } => format!("app/{name}/..."),
            LoadBalancer::Literal { arn_suffix, .. } => arn_suffix.to_string(),
        },
        Dimension::TargetGroup(group) => match &group.balancer {
            LoadBalancer::Named { target_group, .. } => format!("targetgroup/{target_group}/..."),
            LoadBalancer::Literal { target_group_arn_suffix, .. } => target_group_arn_suffix.to_string(),
        },
    }
}

/// As the Console of CloudWatch words it.
fn comparison(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Above => "Greater than the threshold",
        Comparison::AtLeast => "Greater than or equal to the threshold",
        Comparison::Below => "Lower than the threshold",
        Comparison::AtMost => "Lower than or equal to the threshold",
    }
}

fn missing_data(missing: MissingData) -> &'static str {
    match missing {
        MissingData::Missing => "as missing",
        MissingData::NotBreaching => "as good, not breaching the threshold",
        MissingData::Breaching => "as bad, breaching the threshold",
        MissingData::Ignore => "as ignore, maintaining the alarm state",
    }
}

fn kind(policy: &Policy) -> &'static str {
    match policy.kind {
        PolicyKind::Tracking(_) => "target tracking",
        PolicyKind::Step(_) => "step scaling",
        PolicyKind::Predictive(_) => "predictive scaling",
    }
}

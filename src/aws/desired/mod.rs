//! The desired state of an ECS service: what its plan is in the words of the APIs.
//!
//! The order of policies, the names of alarms and the metrics they watch are the plan's; no choice is made here but
//! which field of an API a setting is.

pub mod monitoring;

use super::alarm::MetricAlarm;
use super::balancer::{load_balancer, resource_label, target_group};
use super::scaling::{
    Configuration, CustomizedMetric, DIMENSION, Dimension, MetricDataQuery, MetricStat, NAMESPACE,
    PredefinedMetric, Predictive, PredictiveMetric, ScalableTarget, ScalableTargetAction, ScalingPolicy,
    ScheduledAction, Step, StepAdjustment, SuspendedState, Tracking,
};
use super::{Absent, AbsentPolicy, Lookup, Service, Str, Tag, Text};
use crate::plan::alarms::ServiceAlarm;
use crate::plan::operations::Topic;
use crate::plan::policy::{
    self, Adjustment, Aggregation, Comparison, CustomMetric, ForecastMode, ForecastedMetric, MissingData,
    PolicyKind, Resolution, Statistic, StepScaling, Term, TrackedMetric,
};
use crate::plan::{self, Environment};

/// What AWS must hold for a service of an environment.
pub fn service<'f>(environment: &'f Environment, service: &'f plan::Service) -> Service<'f> {
    let actions = actions(environment);
    let of_policies = service.policies.iter().filter_map(|policy| Some((policy, policy.step()?)));
    let of_policies = of_policies.map(|(policy, step)| step_alarm(&policy.name, &step.alarm));
    let of_service = service.alarms.on.iter().map(|alarm| service_alarm(alarm, &actions));
    Service {
        service: (&*service.name).into(),
        scalable_target: scalable_target(service),
        scaling_policies: service.policies.iter().map(scaling_policy).collect(),
        scheduled_actions: service.schedule.iter().map(scheduled_action).collect(),
        metric_alarms: of_policies.chain(of_service).collect(),
        absent: absent(service),
        high_resolution_metrics: high_resolution_metrics(service),
        tags: tags(&environment.tags),
    }
}

/// Tags in the form of most APIs.
pub fn tags(tags: &plan::Tags) -> Vec<Tag<'_>> {
    tags.iter().map(|(key, value)| Tag { key: key.into(), value: value.into() }).collect()
}

/// Who is told of an alarm.
fn actions(environment: &Environment) -> Vec<Text<'_>> {
    topic(environment).into_iter().collect()
}

/// ARN of the topic that alarms and events go to.
fn topic(environment: &Environment) -> Option<Text<'_>> {
    let arn = environment.topic_arn()?;
    Some(match environment.topic {
        Some(Topic::Made(_)) => Text::Topic(arn.into()),
        _ => Text::Known(arn.into()),
    })
}

/// The scalable target of a service.
pub fn scalable_target(service: &plan::Service) -> ScalableTarget<'_> {
    ScalableTarget {
        service_namespace: NAMESPACE.into(),
        resource_id: service.resource_id().into(),
        scalable_dimension: DIMENSION.into(),
        min_capacity: service.min.get(),
        max_capacity: service.max.get(),
        suspended_state: service.suspended.as_ref().map(|held| SuspendedState {
            dynamic_scaling_in_suspended: held.scale_in,
            dynamic_scaling_out_suspended: held.scale_out,
            scheduled_scaling_suspended: held.scheduled,
        }),
    }
}

/// A scaling policy.
pub fn scaling_policy(policy: &policy::Policy) -> ScalingPolicy<'_> {
    let (policy_type, configuration) = match &policy.kind {
        PolicyKind::Tracking(said) => ("TargetTrackingScaling", Configuration::Tracking(tracking(said))),
        PolicyKind::Step(said) => ("StepScaling", Configuration::Step(step(said))),
        PolicyKind::Predictive(said) => ("PredictiveScaling", Configuration::Predictive(predictive(said))),
    };
    ScalingPolicy { policy_name: (&**policy.name).into(), policy_type: policy_type.into(), configuration }
}

fn tracking(said: &policy::Tracking) -> Tracking<'_> {
    let resource_label = match &said.metric {
        TrackedMetric::Requests(group) => Some(resource_label(group)),
        _ => None,
    };
    let predefined = metric_type(&said.metric)
        .map(|name| PredefinedMetric { predefined_metric_type: name.into(), resource_label });
    let customized = match &said.metric {
        TrackedMetric::Custom(metric) => Some(customized_metric(metric)),
        _ => None,
    };
    Tracking {
        target_value: said.target.get(),
        predefined_metric_specification: predefined,
        customized_metric_specification: customized,
        scale_out_cooldown: Some(said.cooldown_out.get()),
        scale_in_cooldown: Some(said.cooldown_in.get()),
        disable_scale_in: Some(said.disable_scale_in.value),
    }
}

/// The type of a predefined metric.
pub fn metric_type(metric: &TrackedMetric) -> Option<&'static str> {
    Some(match metric {
        TrackedMetric::Cpu(resolution) => match resolution.value {
            Resolution::Standard => "ECSServiceAverageCPUUtilization",
            Resolution::High => "ECSServiceAverageCPUUtilizationHighResolution",
        },
        TrackedMetric::Memory(resolution) => match resolution.value {
            Resolution::Standard => "ECSServiceAverageMemoryUtilization",
            Resolution::High => "ECSServiceAverageMemoryUtilizationHighResolution",
        },
        TrackedMetric::Requests(_) => "ALBRequestCountPerTarget",
        TrackedMetric::Custom(_) => return None,
    })
}

/// Metrics that ECS must measure every 20 seconds, in the names of ECS.
fn high_resolution_metrics(service: &plan::Service) -> Vec<Str<'_>> {
    let metric = |policy: &policy::Policy| match &policy.tracking()?.metric {
        TrackedMetric::Cpu(said) if said.value == Resolution::High => Some("CPUUtilization"),
        TrackedMetric::Memory(said) if said.value == Resolution::High => Some("MemoryUtilization"),
        _ => None,
    };
    service.policies.iter().filter_map(metric).map(Str::from).collect()
}

fn dimensions(metric: &policy::Metric) -> Vec<Dimension<'_>> {
    let said = metric.dimensions.iter();
    said.map(|(name, value)| Dimension { name: (&**name).into(), value: dimension_value(value) }).collect()
}

fn dimension_value(value: &policy::Dimension) -> Text<'_> {
    match value {
        policy::Dimension::Text(text) => (&**text).into(),
        policy::Dimension::LoadBalancer(group) => load_balancer(group),
        policy::Dimension::TargetGroup(group) => target_group(group),
    }
}

fn customized_metric(metric: &CustomMetric) -> CustomizedMetric<'_> {
    match metric {
        CustomMetric::Single(metric) => CustomizedMetric {
            namespace: Some((&*metric.namespace).into()),
            metric_name: Some((&*metric.name).into()),
            dimensions: dimensions(metric),
            statistic: Some(statistic(metric.statistic).into()),
            unit: metric.unit.as_deref().map(Str::from),
            metrics: Vec::new(),
        },
        CustomMetric::Math(lines) => {
            CustomizedMetric { metrics: queries(lines, None), ..CustomizedMetric::default() }
        }
    }
}

/// Lines of metric math. CloudWatch's alarms want a period in each metric, target tracking has none.
fn queries(lines: &[policy::Query], period: Option<u32>) -> Vec<MetricDataQuery<'_>> {
    lines.iter().map(|line| query(line, period)).collect()
}

fn query(line: &policy::Query, period: Option<u32>) -> MetricDataQuery<'_> {
    let (expression, metric_stat) = match &line.term {
        Term::Expression(text) => (Some((&**text).into()), None),
        Term::Metric(metric) => {
            let stat = MetricStat {
                metric: super::scaling::Metric {
                    namespace: (&*metric.namespace).into(),
                    metric_name: (&*metric.name).into(),
                    dimensions: dimensions(metric),
                },
                period,
                stat: statistic(metric.statistic).into(),
                unit: metric.unit.as_deref().map(Str::from),
            };
            (None, Some(stat))
        }
    };
    let label = line.label.as_deref().map(Str::from);
    MetricDataQuery {
        id: (&*line.id).into(),
        expression,
        metric_stat,
        label,
        return_data: Some(line.returned),
    }
}

fn step(said: &StepScaling) -> Step<'_> {
    let adjustment = |step: &policy::StepAdjustment| StepAdjustment {
        metric_interval_lower_bound: step.from,
        metric_interval_upper_bound: step.to,
        scaling_adjustment: step.by,
    };
    Step {
        adjustment_type: adjustment_type(said.adjustment).into(),
        min_adjustment_magnitude: said.min_adjustment,
        cooldown: Some(said.cooldown.get()),
        metric_aggregation_type: Some(aggregation(said.aggregation).into()),
        step_adjustments: said.steps.iter().map(adjustment).collect(),
    }
}

fn predictive(said: &policy::Predictive) -> Predictive<'_> {
    let pair = PredefinedMetric {
        predefined_metric_type: metric_pair_type(&said.metric).into(),
        resource_label: match &said.metric {
            ForecastedMetric::Requests(group) => Some(resource_label(group)),
            ForecastedMetric::Cpu | ForecastedMetric::Memory => None,
        },
    };
    let raises = said.max_capacity_buffer.is_some();
    Predictive {
        metric_specifications: vec![PredictiveMetric {
            target_value: said.target.get(),
            predefined_metric_pair_specification: pair,
        }],
        mode: Some(mode(said.mode).into()),
        scheduling_buffer_time: Some(said.buffer.get()),
        max_capacity_breach_behavior: Some(
            if raises { "IncreaseMaxCapacity" } else { "HonorMaxCapacity" }.into(),
        ),
        max_capacity_buffer: said.max_capacity_buffer.as_deref().copied(),
    }
}

fn scheduled_action(action: &policy::ScheduledAction) -> ScheduledAction<'_> {
    ScheduledAction {
        scheduled_action_name: (&**action.name).into(),
        schedule: (&*action.schedule).into(),
        timezone: Some((&*action.time_zone).into()),
        start_time: action.start.as_deref().map(Str::from),
        end_time: action.end.as_deref().map(Str::from),
        scalable_target_action: ScalableTargetAction {
            min_capacity: action.min.as_ref().map(|tasks| tasks.get()),
            max_capacity: action.max.as_ref().map(|tasks| tasks.get()),
        },
    }
}

/// The alarm that triggers a step scaling policy.
fn step_alarm<'f>(policy: &'f str, alarm: &'f policy::Alarm) -> MetricAlarm<'f> {
    MetricAlarm {
        alarm_name: (&**alarm.name).into(),
        namespace: Some((&*alarm.metric.namespace).into()),
        metric_name: Some((&*alarm.metric.name).into()),
        dimensions: dimensions(&alarm.metric),
        statistic: Some(statistic(alarm.metric.statistic).into()),
        unit: alarm.metric.unit.as_deref().map(Str::from),
        period: Some(alarm.period.get()),
        comparison_operator: comparison(alarm.comparison).into(),
        threshold: *alarm.threshold,
        evaluation_periods: alarm.evaluation_periods,
        datapoints_to_alarm: Some(alarm.datapoints),
        treat_missing_data: Some(missing_data(alarm.missing_data).into()),
        alarm_actions: vec![Text::Lookup(Lookup::PolicyArn(policy.into()))],
        ..MetricAlarm::default()
    }
}

/// An alarm on how a service does.
fn service_alarm<'f>(alarm: &'f ServiceAlarm, actions: &[Text<'f>]) -> MetricAlarm<'f> {
    let mut made = MetricAlarm {
        alarm_name: (&**alarm.name).into(),
        alarm_description: Some((&*alarm.description).into()),
        comparison_operator: comparison(alarm.comparison).into(),
        threshold: alarm.threshold,
        evaluation_periods: alarm.evaluation_periods,
        datapoints_to_alarm: Some(alarm.datapoints),
        treat_missing_data: Some(missing_data(alarm.missing_data).into()),
        alarm_actions: actions.to_vec(),
        ok_actions: actions.to_vec(),
        ..MetricAlarm::default()
    };
    match &alarm.metric {
        CustomMetric::Single(metric) => {
            let stat = Some(Str::from(statistic(metric.statistic)));
            if alarm.ignores_few_samples() {
                made.extended_statistic = stat;
                made.evaluate_low_sample_count_percentile = Some("ignore".into());
            } else {
                made.statistic = stat;
            }
            made.namespace = Some((&*metric.namespace).into());
            made.metric_name = Some((&*metric.name).into());
            made.dimensions = dimensions(metric);
            made.period = Some(alarm.period.get());
        }
        CustomMetric::Math(lines) => made.metrics = queries(lines, Some(alarm.period.get())),
    }
    made
}

fn absent(service: &plan::Service) -> Absent<'_> {
    Absent {
        scaling_policies: service.gone.policies.iter().map(absent_policy).collect(),
        scheduled_actions: service.gone.actions.iter().map(|name| (&**name).into()).collect(),
        metric_alarms: service.alarms.gone.iter().map(|name| (&**name).into()).collect(),
    }
}

fn absent_policy(gone: &policy::GonePolicy) -> AbsentPolicy<'_> {
    AbsentPolicy {
        policy_name: (&*gone.name).into(),
        alarm_name: gone.alarm.as_deref().map(Str::from),
        renamed_to: gone.renamed_to.as_deref().map(Str::from),
    }
}

/// How samples become one value, in the API's words.
pub fn statistic(said: Statistic) -> &'static str {
    match said {
        Statistic::Average => "Average",
        Statistic::Minimum => "Minimum",
        Statistic::Maximum => "Maximum",
        Statistic::Sum => "Sum",
        Statistic::SampleCount => "SampleCount",
        Statistic::P95 => "p95",
        Statistic::P99 => "p99",
    }
}

fn adjustment_type(said: Adjustment) -> &'static str {
    match said {
        Adjustment::Change => "ChangeInCapacity",
        Adjustment::Percent => "PercentChangeInCapacity",
        Adjustment::Exact => "ExactCapacity",
    }
}

/// How data points become one, in the API's words.
pub fn aggregation(said: Aggregation) -> &'static str {
    match said {
        Aggregation::Average => "Average",
        Aggregation::Minimum => "Minimum",
        Aggregation::Maximum => "Maximum",
    }
}

fn comparison(said: Comparison) -> &'static str {
    match said {
        Comparison::Above => "GreaterThanThreshold",
        Comparison::AtLeast => "GreaterThanOrEqualToThreshold",
        Comparison::Below => "LessThanThreshold",
        Comparison::AtMost => "LessThanOrEqualToThreshold",
    }
}

fn missing_data(said: MissingData) -> &'static str {
    match said {
        MissingData::Missing => "missing",
        MissingData::NotBreaching => "notBreaching",
        MissingData::Breaching => "breaching",
        MissingData::Ignore => "ignore",
    }
}

/// The names of metric pairs (service model of application-autoscaling, PredefinedMetricPairSpecification).
fn metric_pair_type(metric: &ForecastedMetric) -> &'static str {
    match metric {
        ForecastedMetric::Cpu => "ECSServiceCPUUtilization",
        ForecastedMetric::Memory => "ECSServiceMemoryUtilization",
        ForecastedMetric::Requests(_) => "ALBRequestCount",
    }
}

fn mode(said: ForecastMode) -> &'static str {
    match said {
        ForecastMode::ForecastOnly => "ForecastOnly",
        ForecastMode::ForecastAndScale => "ForecastAndScale",
    }
}

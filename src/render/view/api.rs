//! What the APIs call things (Application Auto Scaling and CloudWatch API references): configurations as JSON, with
//! placeholders for what is looked up when applied.

use serde_json::{Value, json};

use super::policy::number;
use crate::plan::alarms::ServiceAlarm;
use crate::plan::policy::{
    Adjustment, Aggregation, Alarm, Comparison, CustomMetric, Dimension, ForecastMode, ForecastedMetric,
    Metric, MissingData, PolicyKind, Predictive, Query, Resolution, Statistic, StepScaling, TargetGroup,
    Term, TrackedMetric, Tracking,
};

/// The place of a target group among those of its service.
pub(super) type Index<'i> = &'i dyn Fn(&TargetGroup) -> usize;

pub(super) fn label(group: &TargetGroup, index: Index<'_>) -> String {
    group.balancer.resource_label().unwrap_or_else(|| format!("@scalegen:label:{}@", index(group)))
}

pub(super) fn dimension(value: &Dimension, index: Index<'_>) -> String {
    let known = |group: &TargetGroup, part: fn(&str) -> &str| {
        group.balancer.resource_label().map(|label| part(&label).to_owned())
    };
    match value {
        Dimension::Text(text) => text.to_string(),
        Dimension::LoadBalancer(group) => known(group, |label| split(label).0)
            .unwrap_or_else(|| format!("@scalegen:load_balancer:{}@", index(group))),
        Dimension::TargetGroup(group) => known(group, |label| split(label).1)
            .unwrap_or_else(|| format!("@scalegen:target_group:{}@", index(group))),
    }
}

/// A label is the two ends of ARNs that it is made of.
fn split(label: &str) -> (&str, &str) {
    let at = label.find("/targetgroup/").expect("a resource label");
    (&label[..at], &label[at + 1..])
}

pub(super) fn metric_type(metric: &TrackedMetric) -> Option<&'static str> {
    match metric {
        TrackedMetric::Cpu(resolution) => Some(match resolution.value {
            Resolution::Standard => "ECSServiceAverageCPUUtilization",
            Resolution::High => "ECSServiceAverageCPUUtilizationHighResolution",
        }),
        TrackedMetric::Memory(resolution) => Some(match resolution.value {
            Resolution::Standard => "ECSServiceAverageMemoryUtilization",
            Resolution::High => "ECSServiceAverageMemoryUtilizationHighResolution",
        }),
        TrackedMetric::Requests(_) => Some("ALBRequestCountPerTarget"),
        TrackedMetric::Custom(_) => None,
    }
}

/// The configuration of a policy.
pub(super) fn configuration(kind: &PolicyKind, index: Index<'_>) -> Value {
    match kind {
        PolicyKind::Tracking(said) => tracking(said, index),
        PolicyKind::Step(said) => step(said),
        PolicyKind::Predictive(said) => predictive(said, index),
    }
}

/// Every optional field is written: left out, the API means 300 s and Terraform 0.
fn tracking(tracking: &Tracking, index: Index<'_>) -> Value {
    let mut configuration = json!({ "TargetValue": number(tracking.target.get()) });
    match &tracking.metric {
        TrackedMetric::Custom(metric) => {
            configuration["CustomizedMetricSpecification"] = custom(metric, index)
        }
        metric => {
            let mut specification = json!({ "PredefinedMetricType": metric_type(metric) });
            if let TrackedMetric::Requests(group) = metric {
                specification["ResourceLabel"] = label(group, index).into();
            }
            configuration["PredefinedMetricSpecification"] = specification;
        }
    }
    configuration["ScaleOutCooldown"] = tracking.cooldown_out.get().into();
    configuration["ScaleInCooldown"] = tracking.cooldown_in.get().into();
    configuration["DisableScaleIn"] = tracking.disable_scale_in.value.into();
    configuration
}

fn custom(metric: &CustomMetric, index: Index<'_>) -> Value {
    match metric {
        CustomMetric::Single(metric) => {
            let mut single = plain_metric(metric, index);
            single["Statistic"] = statistic(metric.statistic).into();
            if let Some(unit) = &metric.unit {
                single["Unit"] = unit.to_string().into();
            }
            single
        }
        CustomMetric::Math(lines) => {
            json!({ "Metrics": lines.iter().map(|line| query(line, index)).collect::<Vec<_>>() })
        }
    }
}

fn plain_metric(metric: &Metric, index: Index<'_>) -> Value {
    let mut value = json!({ "MetricName": &*metric.name, "Namespace": &*metric.namespace });
    if !metric.dimensions.is_empty() {
        let pair = |(name, value): &(_, Dimension)| {
            let name: &crate::plan::units::DimensionName = name;
            json!({ "Name": &**name, "Value": dimension(value, index) })
        };
        value["Dimensions"] = metric.dimensions.iter().map(pair).collect();
    }
    value
}

fn query(line: &Query, index: Index<'_>) -> Value {
    let mut value = json!({ "Id": &*line.id });
    match &line.term {
        Term::Expression(text) => value["Expression"] = text.to_string().into(),
        Term::Metric(metric) => {
            value["MetricStat"] =
                json!({ "Metric": plain_metric(metric, index), "Stat": statistic(metric.statistic) });
            if let Some(unit) = &metric.unit {
                value["MetricStat"]["Unit"] = unit.to_string().into();
            }
        }
    }
    if let Some(label) = &line.label {
        value["Label"] = label.to_string().into();
    }
    value["ReturnData"] = line.returned.into();
    value
}

fn step(step: &StepScaling) -> Value {
    let adjustment_of = |step: &crate::plan::policy::StepAdjustment| {
        let mut value = json!({ "ScalingAdjustment": step.by });
        if let Some(from) = step.from {
            value["MetricIntervalLowerBound"] = number(from);
        }
        if let Some(to) = step.to {
            value["MetricIntervalUpperBound"] = number(to);
        }
        value
    };
    let mut configuration = json!({
        "AdjustmentType": adjustment(step.adjustment),
        "StepAdjustments": step.steps.iter().map(adjustment_of).collect::<Vec<_>>(),
        "Cooldown": step.cooldown.get(),
        "MetricAggregationType": aggregation(step.aggregation),
    });
    if let Some(least) = step.min_adjustment {
        configuration["MinAdjustmentMagnitude"] = least.into();
    }
    configuration
}

fn predictive(forecast: &Predictive, index: Index<'_>) -> Value {
    let mut pair = json!({ "PredefinedMetricType": forecast_type(&forecast.metric) });
    if let ForecastedMetric::Requests(group) = &forecast.metric {
        pair["ResourceLabel"] = label(group, index).into();
    }
    let mut configuration = json!({
        "MetricSpecifications": [
            { "TargetValue": number(forecast.target.get()), "PredefinedMetricPairSpecification": pair }
        ],
        "Mode": mode(forecast.mode),
        "SchedulingBufferTime": forecast.buffer.get(),
        "MaxCapacityBreachBehavior": breach(forecast),
    });
    if let Some(percent) = forecast.max_capacity_buffer.as_deref() {
        configuration["MaxCapacityBuffer"] = (*percent).into();
    }
    configuration
}

/// PutMetricAlarm; `policy:NAME` stands for the ARN of the policy that it triggers.
pub(super) fn alarm(alarm: &Alarm, policy: &str) -> Value {
    let none: Index<'_> = &|_| unreachable!("alarms of steps name no target group");
    let mut value = json!({ "AlarmName": &**alarm.name });
    value
        .as_object_mut()
        .expect("an object")
        .extend(plain_metric(&alarm.metric, none).as_object().expect("an object").clone());
    value["Statistic"] = statistic(alarm.metric.statistic).into();
    if let Some(unit) = &alarm.metric.unit {
        value["Unit"] = unit.to_string().into();
    }
    value["ComparisonOperator"] = comparison(alarm.comparison).into();
    value["Threshold"] = number(*alarm.threshold);
    value["Period"] = alarm.period.get().into();
    value["EvaluationPeriods"] = alarm.evaluation_periods.into();
    value["DatapointsToAlarm"] = alarm.datapoints.into();
    value["TreatMissingData"] = missing_data(alarm.missing_data).into();
    value["AlarmActions"] = json!([policy_placeholder(policy)]);
    value
}

/// PutMetricAlarm of an alarm on a service. Periods stand in the lines of metric math, or outside.
pub(super) fn service_alarm(alarm: &ServiceAlarm, actions: &[String], index: Index<'_>) -> Value {
    let mut value = match &alarm.metric {
        CustomMetric::Single(metric) => {
            let mut single = plain_metric(metric, index);
            let key = if alarm.ignores_few_samples() { "ExtendedStatistic" } else { "Statistic" };
            single[key] = statistic(metric.statistic).into();
            single["Period"] = alarm.period.get().into();
            single
        }
        CustomMetric::Math(lines) => {
            let with_period = |line| {
                let mut line = query(line, index);
                if let Some(stat) = line.get_mut("MetricStat") {
                    stat["Period"] = alarm.period.get().into();
                }
                line
            };
            json!({ "Metrics": lines.iter().map(with_period).collect::<Vec<_>>() })
        }
    };
    value["AlarmName"] = alarm.name.to_string().into();
    value["AlarmDescription"] = alarm.description.as_str().into();
    value["ComparisonOperator"] = comparison(alarm.comparison).into();
    value["Threshold"] = number(alarm.threshold);
    value["EvaluationPeriods"] = alarm.evaluation_periods.into();
    value["DatapointsToAlarm"] = alarm.datapoints.into();
    value["TreatMissingData"] = missing_data(alarm.missing_data).into();
    if alarm.ignores_few_samples() {
        value["EvaluateLowSampleCountPercentile"] = "ignore".into();
    }
    if !actions.is_empty() {
        value["AlarmActions"] = json!(actions);
        value["OKActions"] = json!(actions);
    }
    value
}

/// What stands for a policy's ARN: every action of an alarm is an ARN, so this is none.
pub(super) fn policy_placeholder(policy: &str) -> String {
    format!("policy:{policy}")
}

pub(super) fn statistic(statistic: Statistic) -> &'static str {
    match statistic {
        Statistic::Average => "Average",
        Statistic::Minimum => "Minimum",
        Statistic::Maximum => "Maximum",
        Statistic::Sum => "Sum",
        Statistic::SampleCount => "SampleCount",
        Statistic::P95 => "p95",
        Statistic::P99 => "p99",
    }
}

pub(super) fn adjustment(adjustment: Adjustment) -> &'static str {
    match adjustment {
        Adjustment::Change => "ChangeInCapacity",
        Adjustment::Percent => "PercentChangeInCapacity",
        Adjustment::Exact => "ExactCapacity",
    }
}

pub(super) fn aggregation(aggregation: Aggregation) -> &'static str {
    match aggregation {
        Aggregation::Average => "Average",
        Aggregation::Minimum => "Minimum",
        Aggregation::Maximum => "Maximum",
    }
}

pub(super) fn comparison(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Above => "GreaterThanThreshold",
        Comparison::AtLeast => "GreaterThanOrEqualToThreshold",
        Comparison::Below => "LessThanThreshold",
        Comparison::AtMost => "LessThanOrEqualToThreshold",
    }
}

pub(super) fn missing_data(missing: MissingData) -> &'static str {
    match missing {
        MissingData::Missing => "missing",
        MissingData::NotBreaching => "notBreaching",
        MissingData::Breaching => "breaching",
        MissingData::Ignore => "ignore",
    }
}

/// The names of metric pairs (service model of application-autoscaling, PredefinedMetricPairSpecification).
pub(super) fn forecast_type(metric: &ForecastedMetric) -> &'static str {
    match metric {
        ForecastedMetric::Cpu => "ECSServiceCPUUtilization",
        ForecastedMetric::Memory => "ECSServiceMemoryUtilization",
        ForecastedMetric::Requests(_) => "ALBRequestCount",
    }
}

pub(super) fn mode(mode: ForecastMode) -> &'static str {
    match mode {
        ForecastMode::ForecastOnly => "ForecastOnly",
        ForecastMode::ForecastAndScale => "ForecastAndScale",
    }
}

pub(super) fn breach(forecast: &Predictive) -> &'static str {
    if forecast.max_capacity_buffer.is_some() { "IncreaseMaxCapacity" } else { "HonorMaxCapacity" }
}

//! Scalable targets, scaling policies and scheduled actions (API reference of Application Auto Scaling; service model
//! application-autoscaling 2016-02-06).

use serde::{Deserialize, Serialize};

use super::{Str, Text};

/// The namespace of ECS services.
pub const NAMESPACE: &str = "ecs";
/// The dimension that is scaled: the desired count of an ECS service.
pub const DIMENSION: &str = "ecs:service:DesiredCount";

/// RegisterScalableTarget: which ECS service, between which limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScalableTarget<'f> {
    /// Always [`NAMESPACE`].
    pub service_namespace: Str<'f>,
    /// `service/CLUSTER/SERVICE`: names, never ARNs.
    pub resource_id: Str<'f>,
    /// Always [`DIMENSION`].
    pub scalable_dimension: Str<'f>,
    /// Fewest tasks.
    pub min_capacity: u32,
    /// Most tasks.
    pub max_capacity: u32,
    /// What is held back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended_state: Option<SuspendedState>,
}

/// Which kinds of scaling are held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SuspendedState {
    /// Scaling in by policies.
    pub dynamic_scaling_in_suspended: bool,
    /// Scaling out by policies.
    pub dynamic_scaling_out_suspended: bool,
    /// Scheduled actions.
    pub scheduled_scaling_suspended: bool,
}

/// PutScalingPolicy, but for the identity of the scalable target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScalingPolicy<'f> {
    /// Its name: unique for the scalable target.
    pub policy_name: Str<'f>,
    /// `TargetTrackingScaling`, `StepScaling` or `PredictiveScaling`.
    pub policy_type: Str<'f>,
    /// What it does.
    #[serde(flatten)]
    pub configuration: Configuration<'f>,
}

/// The configuration of a policy, under the key of its type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Configuration<'f> {
    /// Target tracking.
    #[serde(rename = "TargetTrackingScalingPolicyConfiguration")]
    Tracking(Tracking<'f>),
    /// Step scaling.
    #[serde(rename = "StepScalingPolicyConfiguration")]
    Step(Step<'f>),
    /// Predictive scaling.
    #[serde(rename = "PredictiveScalingPolicyConfiguration")]
    Predictive(Predictive<'f>),
}

/// TargetTrackingScalingPolicyConfiguration. Every optional field is written: left out, the API means 300 s and
/// Terraform 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tracking<'f> {
    /// The value to keep.
    #[serde(serialize_with = "super::data::plain_number")]
    pub target_value: f64,
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale_out_cooldown: Option<u32>,
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale_in_cooldown: Option<u32>,
    /// Whether it never scales in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disable_scale_in: Option<bool>,
    /// A metric that AWS defines; this or the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predefined_metric_specification: Option<PredefinedMetric<'f>>,
    /// A metric of the user's, or metric math.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customized_metric_specification: Option<CustomizedMetric<'f>>,
}

/// PredefinedMetricSpecification, and its twin PredefinedMetricPairSpecification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PredefinedMetric<'f> {
    /// Such as `ECSServiceAverageCPUUtilization`.
    pub predefined_metric_type: Str<'f>,
    /// Which load balancer and target group, for ALBRequestCountPerTarget and ALBRequestCount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_label: Option<Text<'f>>,
}

/// CustomizedMetricSpecification: one metric, or metric math.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CustomizedMetric<'f> {
    /// Namespace of the one metric.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Str<'f>>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric_name: Option<Str<'f>>,
    /// Its dimensions, sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<Dimension<'f>>,
    /// How samples become one value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statistic: Option<Str<'f>>,
    /// Which unit counts, if not all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Str<'f>>,
    /// Metric math instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<MetricDataQuery<'f>>,
}

/// MetricDimension of Application Auto Scaling, Dimension of CloudWatch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Dimension<'f> {
    /// Its name.
    pub name: Str<'f>,
    /// Its value.
    pub value: Text<'f>,
}

/// TargetTrackingMetricDataQuery, and MetricDataQuery of CloudWatch: a line of metric math.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricDataQuery<'f> {
    /// Its name.
    pub id: Str<'f>,
    /// An expression over other lines; this or the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<Str<'f>>,
    /// What graphs call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Str<'f>>,
    /// Whether it is the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_data: Option<bool>,
    /// A metric.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric_stat: Option<MetricStat<'f>>,
}

/// TargetTrackingMetricStat, and MetricStat of CloudWatch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricStat<'f> {
    /// Seconds of a data point; CloudWatch's alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<u32>,
    /// How samples become one value.
    pub stat: Str<'f>,
    /// Which unit counts, if not all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Str<'f>>,
    /// Which metric.
    pub metric: Metric<'f>,
}

/// TargetTrackingMetric, and Metric of CloudWatch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Metric<'f> {
    /// Namespace.
    pub namespace: Str<'f>,
    /// Name.
    pub metric_name: Str<'f>,
    /// Dimensions, sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<Dimension<'f>>,
}

/// StepScalingPolicyConfiguration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Step<'f> {
    /// What the adjustments mean.
    pub adjustment_type: Str<'f>,
    /// Fewest tasks to add or remove, with percentages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_adjustment_magnitude: Option<u32>,
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cooldown: Option<u32>,
    /// How data points become one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric_aggregation_type: Option<Str<'f>>,
    /// The steps, lowest first.
    pub step_adjustments: Vec<StepAdjustment>,
}

/// StepAdjustment: its bounds are distances from the alarm's threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StepAdjustment {
    /// Lower bound.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "super::data::optional_number"
    )]
    pub metric_interval_lower_bound: Option<f64>,
    /// Upper bound.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "super::data::optional_number"
    )]
    pub metric_interval_upper_bound: Option<f64>,
    /// Tasks or per cent.
    pub scaling_adjustment: i64,
}

/// PredictiveScalingPolicyConfiguration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Predictive<'f> {
    /// What is forecast; exactly one.
    pub metric_specifications: Vec<PredictiveMetric<'f>>,
    /// `ForecastOnly` or `ForecastAndScale`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Str<'f>>,
    /// Seconds that tasks start before they are needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduling_buffer_time: Option<u32>,
    /// What happens where the forecast is above the maximum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_capacity_breach_behavior: Option<Str<'f>>,
    /// Per cent above the forecast to which the maximum may rise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_capacity_buffer: Option<u32>,
}

/// PredictiveScalingMetricSpecification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PredictiveMetric<'f> {
    /// The value to keep.
    #[serde(serialize_with = "super::data::plain_number")]
    pub target_value: f64,
    /// Load and scaling metric in one.
    pub predefined_metric_pair_specification: PredefinedMetric<'f>,
}

/// PutScheduledAction, but for the identity of the scalable target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScheduledAction<'f> {
    /// Its name.
    pub scheduled_action_name: Str<'f>,
    /// `at(…)`, `rate(…)` or `cron(…)`.
    pub schedule: Str<'f>,
    /// An IANA time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<Str<'f>>,
    /// From when on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_time: Option<Str<'f>>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_time: Option<Str<'f>>,
    /// The new limits.
    pub scalable_target_action: ScalableTargetAction,
}

/// ScalableTargetAction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScalableTargetAction {
    /// The new minimum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_capacity: Option<u32>,
    /// The new maximum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_capacity: Option<u32>,
}

//! Words of the format that mean themselves: the plan uses them as they are, and says them as the format does.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How often ECS measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum Resolution {
    /// Every minute.
    #[serde(rename = "60s")]
    Standard,
    /// Every 20 seconds.
    #[serde(rename = "20s")]
    High,
}

/// How samples become one value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Statistic {
    /// Their mean.
    #[default]
    Average,
    /// The lowest.
    Minimum,
    /// The highest.
    Maximum,
    /// Their total.
    Sum,
    /// How many there were.
    SampleCount,
    /// What 95 of 100 stay below. Only for alarms of ours: target tracking takes no percentile.
    #[serde(skip_deserializing)]
    #[schemars(skip)]
    P95,
    /// What 99 of 100 stay below. Only for alarms of ours.
    #[serde(skip_deserializing)]
    #[schemars(skip)]
    P99,
}

/// When an alarm goes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// Above the threshold.
    Above,
    /// At the threshold or above.
    AtLeast,
    /// Below the threshold.
    Below,
    /// At the threshold or below.
    AtMost,
}

/// What a missing data point counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingData {
    /// As nothing: the alarm goes to INSUFFICIENT_DATA if all are missing.
    Missing,
    /// As within the threshold.
    NotBreaching,
    /// As beyond the threshold.
    Breaching,
    /// The alarm stays as it is.
    Ignore,
}

/// What a step does with the number of tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Adjustment {
    /// Adds `by` tasks, or removes them if negative.
    Change,
    /// Adds `by` per cent.
    Percent,
    /// Sets it to `by`.
    Exact,
}

/// How data points become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Aggregation {
    /// Their mean.
    Average,
    /// The lowest.
    Minimum,
    /// The highest.
    Maximum,
}

/// What a forecast is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ForecastMetric {
    /// CPU of the service.
    Cpu,
    /// Memory of the service.
    Memory,
    /// Requests through the load balancer.
    Requests,
}

/// Whether a forecast scales.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ForecastMode {
    /// It is only shown.
    ForecastOnly,
    /// It scales out ahead of the load; it never scales in.
    ForecastAndScale,
}

/// Who deploys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Controller {
    /// ECS itself.
    Ecs,
    /// CodeDeploy (blue/green).
    CodeDeploy,
    /// Something else, through task sets.
    External,
}

/// How ECS replaces tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Task by task, in one target group.
    Rolling,
    /// All at once, to the other target group.
    BlueGreen,
    /// In equal parts, to the other target group.
    Linear,
    /// A small part first, to the other target group.
    Canary,
}

/// Processor architecture of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Architecture {
    /// 64-bit Intel and AMD.
    #[serde(rename = "x86_64")]
    X8664,
    /// 64-bit ARM (Graviton).
    Arm64,
}

/// One step: what to do between two distances from the threshold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Step")]
pub struct StepAdjustment {
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

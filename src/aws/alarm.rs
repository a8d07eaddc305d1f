//! CloudWatch alarms (CloudWatch API reference, PutMetricAlarm; service model cloudwatch 2010-08-01).

use serde::{Deserialize, Serialize};

use super::scaling::{Dimension, MetricDataQuery};
use super::{Str, Text};

/// PutMetricAlarm: an alarm on one metric, or on metric math.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricAlarm<'f> {
    /// Its name: unique in an account and region.
    pub alarm_name: Str<'f>,
    /// What it says to who is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarm_description: Option<Str<'f>>,
    /// Namespace of the one metric.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Str<'f>>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric_name: Option<Str<'f>>,
    /// Its dimensions, sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<Dimension<'f>>,
    /// How samples become one value; this or the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statistic: Option<Str<'f>>,
    /// A percentile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_statistic: Option<Str<'f>>,
    /// What it does with too few samples for a percentile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluate_low_sample_count_percentile: Option<Str<'f>>,
    /// Which unit counts, if not all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Str<'f>>,
    /// Seconds of a data point; metric math has its periods in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<u32>,
    /// Metric math instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<MetricDataQuery<'f>>,
    /// How the value is compared.
    pub comparison_operator: Str<'f>,
    /// With what.
    #[serde(serialize_with = "super::data::plain_number")]
    pub threshold: f64,
    /// How many data points it looks at.
    pub evaluation_periods: u32,
    /// How many of them must be beyond the threshold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub datapoints_to_alarm: Option<u32>,
    /// What missing ones count as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub treat_missing_data: Option<Str<'f>>,
    /// ARNs of what it triggers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alarm_actions: Vec<Text<'f>>,
    /// ARNs of who is told that it is over.
    #[serde(default, skip_serializing_if = "Vec::is_empty", rename = "OKActions")]
    pub ok_actions: Vec<Text<'f>>,
}

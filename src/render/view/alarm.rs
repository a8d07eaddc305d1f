//! Alarms on how a service does, as templates see them.

use serde::Serialize;

use super::group::Groups;
use super::policy::{CustomView, plain_number};
use super::{api, read_back};
use crate::plan::alarms::ServiceAlarm;
use crate::plan::{self, policy::TargetGroup};

/// An alarm of a service.
#[derive(Debug, Serialize)]
pub(super) struct ServiceAlarmView<'f> {
    /// Its key in the spec.
    key: &'static str,
    name: &'f str,
    description: &'f str,
    logical_id: String,
    metric: CustomView<'f>,
    /// How samples become one value, where it looks at a single metric: one of both.
    statistic: Option<&'static str>,
    percentile: Option<&'static str>,
    /// What it does with too few samples for a percentile.
    few_samples: Option<&'static str>,
    comparison: &'static str,
    #[serde(serialize_with = "plain_number")]
    threshold: f64,
    period: u32,
    evaluation_periods: u32,
    datapoints: u32,
    missing_data: &'static str,
    /// ARNs of who is told that it goes off, and that it is over.
    actions: Vec<String>,
    /// The arguments of PutMetricAlarm, with placeholders for what is looked up.
    json: String,
    /// What the script reads back of it, column by column.
    read_back: Vec<String>,
}

/// The alarms of a service.
pub(super) fn views<'f>(
    environment: &plan::Environment,
    service: &'f plan::Service,
    groups: &Groups<'f>,
) -> Vec<ServiceAlarmView<'f>> {
    if service.alarms.on.is_empty() {
        return Vec::new();
    }
    let actions: Vec<String> = environment.topic_arn().into_iter().collect();
    service.alarms.on.iter().map(|alarm| ServiceAlarmView::new(alarm, &actions, groups)).collect()
}

impl<'f> ServiceAlarmView<'f> {
    fn new(alarm: &'f ServiceAlarm, actions: &[String], groups: &Groups<'f>) -> Self {
        let index = |group: &TargetGroup| groups.index(group);
        let metric = CustomView::new(&alarm.metric, groups);
        let few_samples = alarm.ignores_few_samples().then_some("ignore");
        let stat = metric.statistic();
        let words = alarm.kind.key().split('_');
        let camel: String =
            words.map(|word| format!("{}{}", word[..1].to_ascii_uppercase(), &word[1..])).collect();
        Self {
            key: alarm.kind.key(),
            name: &alarm.name,
            description: &alarm.description,
            logical_id: format!("{camel}ServiceAlarm"),
            metric,
            statistic: stat.filter(|_| few_samples.is_none()),
            percentile: stat.filter(|_| few_samples.is_some()),
            few_samples,
            comparison: api::comparison(alarm.comparison),
            threshold: alarm.threshold,
            period: alarm.period.get(),
            evaluation_periods: alarm.evaluation_periods,
            datapoints: alarm.datapoints,
            missing_data: api::missing_data(alarm.missing_data),
            json: api::service_alarm(alarm, actions, &index).to_string(),
            read_back: read_back::service_alarm(alarm, actions, &index),
            actions: actions.to_vec(),
        }
    }
}

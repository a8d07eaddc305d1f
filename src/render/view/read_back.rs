//! What scripts read back of a policy, an alarm or a scheduled action: the columns that the queries of
//! templates/cli/_live.sh.tera print, and the lists that those of templates/cloudformation/_live.sh.tera print, with the
//! text that the AWS CLI prints.

use std::io;

use serde::Serialize;
use serde_json::ser::Formatter;
use serde_json::{Serializer, Value, json};

use super::api::{self, Index};
use super::policy::number;
use crate::plan::alarms::ServiceAlarm;
use crate::plan::policy::{
    Alarm, CustomMetric, Dimension, ForecastedMetric, Metric, PolicyKind, Predictive, Query, ScheduledAction,
    StepAdjustment, StepScaling, Term, TrackedMetric, Tracking,
};
use crate::plan::units::DimensionName;

/// How the AWS CLI prints that there is nothing.
const NONE: &str = "None";

/// A policy, column by column.
pub(super) fn policy(kind: &PolicyKind, index: Index<'_>) -> Vec<String> {
    match kind {
        PolicyKind::Tracking(said) => tracking(said, index).iter().map(column).collect(),
        PolicyKind::Predictive(said) => predictive(said, index).iter().map(column).collect(),
        PolicyKind::Step(said) => {
            let (steps, others) = step(said);
            let mut steps: Vec<String> = steps.iter().map(text).collect();
            steps.sort_unstable();
            others.iter().map(column).chain([steps.join(" ")]).collect()
        }
    }
}

/// All of a policy but what it tracks, as one list.
pub(super) fn settings(kind: &PolicyKind, index: Index<'_>) -> String {
    match kind {
        PolicyKind::Tracking(said) => text(&tracking(said, index)[2..].into()),
        PolicyKind::Predictive(said) => text(&json!(predictive(said, index))),
        PolicyKind::Step(said) => {
            let (steps, mut all) = step(said);
            all.push(steps.into());
            text(&all.into())
        }
    }
}

/// Metric, resource label, target, scale-out cooldown, scale-in cooldown, scale-in disabled.
fn tracking(tracking: &Tracking, index: Index<'_>) -> [Value; 6] {
    let label = match &tracking.metric {
        TrackedMetric::Requests(group) => Some(api::label(group, index)),
        TrackedMetric::Cpu(_) | TrackedMetric::Memory(_) | TrackedMetric::Custom(_) => None,
    };
    [
        metric(&tracking.metric, index).into(),
        label.into(),
        number(tracking.target.get()),
        tracking.cooldown_out.get().into(),
        tracking.cooldown_in.get().into(),
        tracking.disable_scale_in.value.into(),
    ]
}

/// The type of a predefined metric; of a custom one `[Namespace, MetricName, [[Name, Value]…], Statistic, Unit, [[Id,
/// Expression, Label, ReturnData, [Stat, Unit, [Namespace, MetricName, [[Name, Value]…]]]]…]]`.
pub(super) fn metric(metric: &TrackedMetric, index: Index<'_>) -> String {
    let custom = match metric {
        TrackedMetric::Custom(metric) => metric,
        predefined => return api::metric_type(predefined).unwrap_or(NONE).to_owned(),
    };
    let [namespace, name, dimensions, statistic, unit, lines] = match custom {
        CustomMetric::Single(metric) => {
            let [namespace, name, dimensions] = plain(metric, index);
            [namespace, name, dimensions, json!(api::statistic(metric.statistic)), unit(metric), json!([])]
        }
        CustomMetric::Math(lines) => {
            let mut lines: Vec<&Query> = lines.iter().collect();
            lines.sort_by_key(|line| &*line.id);
            let lines = lines.into_iter().map(|line| query(line, index)).collect();
            [Value::Null, Value::Null, json!([]), Value::Null, Value::Null, lines]
        }
    };
    text(&json!([namespace, name, dimensions, statistic, unit, lines]))
}

fn query(line: &Query, index: Index<'_>) -> Value {
    let (expression, stat) = match &line.term {
        Term::Expression(text) => (Some(&**text), Value::Null),
        Term::Metric(metric) => {
            (None, json!([api::statistic(metric.statistic), unit(metric), plain(metric, index)]))
        }
    };
    json!([&*line.id, expression, line.label.as_deref(), line.returned, stat])
}

fn plain(metric: &Metric, index: Index<'_>) -> [Value; 3] {
    let pair = |(name, value): &(DimensionName, Dimension)| json!([&**name, api::dimension(value, index)]);
    let dimensions = metric.dimensions.iter().map(pair).collect();
    [json!(&*metric.namespace), json!(&*metric.name), dimensions]
}

fn unit(metric: &Metric) -> Value {
    json!(metric.unit.as_deref())
}

/// The steps, `[lower, upper, adjustment]` each; and adjustment, least adjustment, cooldown, aggregation.
fn step(step: &StepScaling) -> (Vec<Value>, Vec<Value>) {
    let row = |step: &StepAdjustment| json!([step.from.map(number), step.to.map(number), step.by]);
    let others = vec![
        api::adjustment(step.adjustment).into(),
        step.min_adjustment.into(),
        step.cooldown.get().into(),
        api::aggregation(step.aggregation).into(),
    ];
    (step.steps.iter().map(row).collect(), others)
}

/// Mode, buffer, behaviour at the maximum, maximum buffer, forecasts: `[[TargetValue, [type, label]]…]`.
fn predictive(forecast: &Predictive, index: Index<'_>) -> [Value; 5] {
    let label = match &forecast.metric {
        ForecastedMetric::Requests(group) => Some(api::label(group, index)),
        ForecastedMetric::Cpu | ForecastedMetric::Memory => None,
    };
    let pair = json!([api::forecast_type(&forecast.metric), label]);
    [
        api::mode(forecast.mode).into(),
        forecast.buffer.get().into(),
        api::breach(forecast).into(),
        forecast.max_capacity_buffer.as_deref().copied().into(),
        json!([[number(forecast.target.get()), pair]]),
    ]
}

/// An alarm, column by column: `[Namespace, MetricName, [[Name, Value]…], Statistic, Unit]`, comparison, threshold,
/// period, evaluation periods, data points, missing data, `[enabled, actions, of OK, of no data]`, `[description]`, few
/// samples.
pub(super) fn alarm(alarm: &Alarm, policy: &str) -> Vec<String> {
    let actions = json!([true, [api::policy_placeholder(policy)], [], []]).to_string();
    let metric = text(&watched(alarm).to_vec().into());
    let rest = [actions, "[null]".to_owned(), NONE.to_owned()];
    [metric].into_iter().chain(alarming(alarm).iter().map(column)).chain(rest).collect()
}

/// An alarm on a service, in the same columns. The metric is that of a step's alarm, or metric math: `[[Id, Expression,
/// ReturnData, [Stat, Period, [Namespace, MetricName, [[Name, Value]…]]]]…]`, which has its periods in it.
pub(super) fn service_alarm(alarm: &ServiceAlarm, actions: &[String], index: Index<'_>) -> Vec<String> {
    let (metric, period) = match &alarm.metric {
        CustomMetric::Single(metric) => {
            let [namespace, name, dimensions] = plain(metric, index);
            let watched =
                json!([namespace, name, dimensions, api::statistic(metric.statistic), unit(metric)]);
            (watched, alarm.period.get().into())
        }
        CustomMetric::Math(lines) => {
            let mut lines: Vec<&Query> = lines.iter().collect();
            lines.sort_by_key(|line| &*line.id);
            let lines = lines.into_iter().map(|line| watched_line(line, alarm, index)).collect();
            (lines, Value::Null)
        }
    };
    let columns: [Value; 10] = [
        text(&metric).into(),
        api::comparison(alarm.comparison).into(),
        number(alarm.threshold),
        period,
        alarm.evaluation_periods.into(),
        alarm.datapoints.into(),
        api::missing_data(alarm.missing_data).into(),
        json!([true, actions, actions, []]),
        json!([alarm.description]),
        alarm.ignores_few_samples().then_some("ignore").into(),
    ];
    columns.iter().map(column).collect()
}

fn watched_line(line: &Query, alarm: &ServiceAlarm, index: Index<'_>) -> Value {
    let (expression, stat) = match &line.term {
        Term::Expression(text) => (Some(&**text), Value::Null),
        Term::Metric(metric) => {
            let stat = json!([api::statistic(metric.statistic), alarm.period.get(), plain(metric, index)]);
            (None, stat)
        }
    };
    json!([&*line.id, expression, line.returned, stat])
}

/// All of an alarm but its actions, as one list.
pub(super) fn alarm_settings(alarm: &Alarm) -> String {
    text(&watched(alarm).into_iter().chain(alarming(alarm)).collect())
}

fn watched(alarm: &Alarm) -> [Value; 5] {
    let metric = &alarm.metric;
    let [namespace, name, dimensions] =
        plain(metric, &|_| unreachable!("alarms of steps name no target group"));
    [namespace, name, dimensions, api::statistic(metric.statistic).into(), unit(metric)]
}

fn alarming(alarm: &Alarm) -> [Value; 6] {
    [
        api::comparison(alarm.comparison).into(),
        number(*alarm.threshold),
        alarm.period.get().into(),
        alarm.evaluation_periods.into(),
        alarm.datapoints.into(),
        api::missing_data(alarm.missing_data).into(),
    ]
}

/// A scheduled action, column by column: schedule, time zone, start, end, min, max.
pub(super) fn scheduled_action(action: &ScheduledAction) -> Vec<String> {
    let columns: [Value; 6] = [
        action.schedule.to_string().into(),
        action.time_zone.to_string().into(),
        action.start.as_deref().into(),
        action.end.as_deref().into(),
        action.min.as_ref().map(|tasks| tasks.get()).into(),
        action.max.as_ref().map(|tasks| tasks.get()).into(),
    ];
    columns.iter().map(column).collect()
}

/// A value as the AWS CLI prints it in a column.
fn column(value: &Value) -> String {
    match value {
        Value::Null => NONE.to_owned(),
        Value::String(text) => text.clone(),
        other => text(other),
    }
}

/// JSON as `to_string` of the AWS CLI's queries writes it, which is Python's way.
fn text(value: &Value) -> String {
    let mut out = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut out, Python)).expect("memory takes it");
    String::from_utf8(out).expect("ASCII")
}

struct Python;

impl Formatter for Python {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut start = 0; // of what is copied
        for (at, c) in fragment.char_indices().filter(|(_, c)| !matches!(c, ' '..='~')) {
            writer.write_all(&fragment.as_bytes()[start..at])?;
            c.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(writer, "\\u{unit:04x}"))?;
            start = at + c.len_utf8();
        }
        writer.write_all(&fragment.as_bytes()[start..])
    }

    /// Rust's `{:?}` turns to exponents where Python's `repr` does, and writes them without sign and leading zero.
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        let text = format!("{value:?}");
        match text.split_once('e') {
            None => write!(writer, "{}", text.trim_end_matches(".0")),
            Some((digits, exponent)) => {
                let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |e| ('-', e));
                write!(writer, "{digits}e{sign}{exponent:0>2}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_as_python_writes_it() {
        for (value, expected) in [
            (json!(["Tasks é 😀 \"x\"", null, true]), r#"["Tasks \u00e9 \ud83d\ude00 \"x\"",null,true]"#),
            (json!([70.5, 0.0001, 0.00001, 1.5e-7]), "[70.5,0.0001,1e-05,1.5e-07]"),
            (json!([1e15, 1e16, 1.5e300]), "[1000000000000000,1e+16,1.5e+300]"),
        ] {
            assert_eq!(text(&value), expected);
        }
    }
}

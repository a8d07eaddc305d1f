//! The units of settings.

use serde_json::Value;

use super::Setting;
use crate::plan::alarms::AlarmKind;
use crate::plan::units::{Milliseconds, Seconds};

const SECONDS: &str = "s";
const MILLISECONDS: &str = "ms";
const TASKS: &str = "tasks";
const PER_CENT: &str = "%";
const REQUESTS: &str = "requests/task/min";
const DATAPOINTS: &str = "data points";
const MINUTES: &str = "min";

/// Gives each setting its unit, and lengths of time their number of seconds.
pub(super) fn give(settings: &mut [Setting]) {
    let units: Vec<_> = settings.iter().map(|setting| of(&setting.key, settings)).collect();
    for (setting, unit) in settings.iter_mut().zip(units) {
        setting.unit = unit;
        let count = match unit {
            Some(SECONDS) => seconds,
            Some(MILLISECONDS) => milliseconds,
            _ => continue,
        };
        for said in std::iter::once(&mut setting.by).chain(&mut setting.overridden) {
            if let Some(number) = said.value.as_str().and_then(count) {
                said.value = number;
            }
        }
    }
}

/// `5m` as the number of its seconds.
fn seconds(text: &str) -> Option<Value> {
    Some(Seconds::parse(text).ok()?.get().into())
}

/// `1s` as the number of its milliseconds.
fn milliseconds(text: &str) -> Option<Value> {
    Some(Milliseconds::parse(text).ok()?.get().into())
}

fn of(key: &str, settings: &[Setting]) -> Option<&'static str> {
    let word = |key: String| settings.iter().find(|s| s.key == key).and_then(|s| s.by.value.as_str());
    match key.split('.').collect::<Vec<_>>().as_slice() {
        ["capacity", "min" | "max"] | ["scaling", "schedule", _, "min" | "max"] => Some(TASKS),
        ["task", "vcpu"] => Some("vCPU"),
        ["task", "memory_gib"] => Some("GiB"),
        [.., "cooldown", "out" | "in"]
        | ["scaling", "step", _, "cooldown" | "period"]
        | ["scaling", "predictive", "buffer"] => Some(SECONDS),
        ["alarms", _, "minutes"] => Some(MINUTES),
        ["alarms", alarm, "threshold"] => {
            AlarmKind::ALL.into_iter().find(|kind| kind.key() == *alarm).map(AlarmKind::threshold_unit)
        }
        ["alarms", "errors", "min_requests"] => Some("requests/min"),
        ["scaling", "cpu" | "memory", "target"]
        | ["scaling", "predictive", "max_capacity_buffer"]
        | ["expectations", "error_rate" | "cost_increase"] => Some(PER_CENT),
        ["expectations", "p95" | "p99"] => Some(MILLISECONDS),
        ["expectations", "scale_out_within"] => Some(SECONDS),
        ["expectations", "max_flaps"] => Some("scale-outs"),
        ["scaling", "requests", "target"] | ["scaling", "more_requests", _, "target"] => Some(REQUESTS),
        ["scaling", "predictive", "target"] => of_metric(word("scaling.predictive.metric".to_owned())?),
        ["scaling", "step", name, "threshold"] => of_metric(word(format!("scaling.step.{name}.metric"))?),
        ["scaling", "step", _, "evaluation_periods" | "datapoints"] => Some(DATAPOINTS),
        ["scaling", "step", _, "min_adjustment"] => Some(TASKS),
        _ => None,
    }
}

fn of_metric(metric: &str) -> Option<&'static str> {
    match metric {
        "cpu" | "memory" => Some(PER_CENT),
        "requests" => Some(REQUESTS),
        _ => None,
    }
}

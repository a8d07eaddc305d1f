//! The units of settings.

use super::{Setting, in_seconds};

const SECONDS: &str = "s";
const TASKS: &str = "tasks";
const PER_CENT: &str = "%";
const REQUESTS: &str = "requests/task/min";
const DATAPOINTS: &str = "data points";

/// Gives each setting its unit, and lengths of time their number of seconds.
pub(super) fn give(settings: &mut [Setting]) {
    let units: Vec<_> = settings.iter().map(|setting| of(&setting.key, settings)).collect();
    for (setting, unit) in settings.iter_mut().zip(units) {
        setting.unit = unit;
        if unit == Some(SECONDS) {
            for said in std::iter::once(&mut setting.by).chain(&mut setting.overridden) {
                if let Some(seconds) = in_seconds(&said.value) {
                    said.value = seconds;
                }
            }
        }
    }
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
        ["scaling", "cpu" | "memory", "target"] | ["scaling", "predictive", "max_capacity_buffer"] => {
            Some(PER_CENT)
        }
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

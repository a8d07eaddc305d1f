//! Two states of a predictive policy.

use super::found::{ChangeList, high, low, medium, none};
use super::values::{self, word};
use crate::plan::policy::{ForecastMode, ForecastedMetric, PolicyId, Predictive};
use crate::plan::units::Seconds;

pub(super) fn compare(found: &mut ChangeList, id: &PolicyId, (old, new): (&Predictive, &Predictive)) {
    let Predictive { metric, target, mode, buffer, max_capacity_buffer } = old;
    let path = id.path();
    let acts = new.mode == ForecastMode::ForecastAndScale;
    found.compare(format!("{path}.metric"), "", (metric, &new.metric), values::forecast, |_, _| match acts {
        true => medium("another load is forecast; AWS needs a day of its data first, two weeks are better"),
        false => none("another load is forecast, and only shown"),
    });
    let unit = match &new.metric {
        ForecastedMetric::Cpu | ForecastedMetric::Memory => "%",
        ForecastedMetric::Requests(_) => "requests per task and minute",
    };
    let targets = (target.value.get(), new.target.value.get());
    found.value(format!("{path}.target"), unit, targets, |old, new| match (acts, new > old) {
        (false, _) => none("the forecast is only shown"),
        (true, true) => medium("fewer tasks are started ahead of the load"),
        (true, false) => low("more tasks are started ahead of the load"),
    });
    found.compare(format!("{path}.mode"), "", (mode, &new.mode), word, |_, new| match new {
        ForecastMode::ForecastAndScale => {
            medium("the forecast starts tasks ahead of the load; it never removes any")
        }
        ForecastMode::ForecastOnly => high("no tasks are started ahead of the load any more"),
    });
    let show = |seconds: &Seconds| seconds.get().to_string();
    found.compare(
        format!("{path}.buffer"),
        "s",
        (&buffer.value, &new.buffer.value),
        show,
        |old, new| match (acts, new < old) {
            (false, _) => none("the forecast is only shown"),
            (true, true) => medium("tasks start later before they are needed"),
            (true, false) => low("tasks start earlier before they are needed, and cost longer"),
        },
    );
    let buffers = (
        max_capacity_buffer.as_ref().map(|buffer| buffer.value),
        new.max_capacity_buffer.as_ref().map(|buffer| buffer.value),
    );
    let buffers = (buffers.0.as_ref(), buffers.1.as_ref());
    found.option(format!("{path}.max_capacity_buffer"), "%", buffers, u32::to_string, |_, new| {
        match (acts, new) {
            (false, _) => none("the forecast is only shown"),
            (true, Some(_)) => medium("a forecast above the maximum raises it so far: more tasks, and more cost, than `capacity.max` says"),
            (true, None) => medium("the maximum holds, whatever is forecast"),
        }
    });
}

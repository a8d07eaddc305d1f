//! Differences of a predictive policy.

use super::found::{ChangeList, high, low, medium, none};
use crate::plan::policy::{ForecastMode, ForecastedMetric, PolicyId, Predictive};

pub(super) fn compare(found: &mut ChangeList, id: &PolicyId, old: &Predictive, new: &Predictive) {
    let Predictive { metric, target, mode, buffer, max_capacity_buffer } = old;
    let mut forecast = found.below(id.path());
    let acts = new.mode == ForecastMode::ForecastAndScale;
    forecast.value("metric", (metric, &new.metric), |_, _| match acts {
        true => medium("another load is forecast; AWS needs a day of its data first, two weeks are better"),
        false => none("another load is forecast, and only shown"),
    });
    let unit = match &new.metric {
        ForecastedMetric::Cpu | ForecastedMetric::Memory => "%",
        ForecastedMetric::Requests(_) => "requests per task and minute",
    };
    forecast.value_in(unit, "target", (target, &new.target), |old, new| {
        match (acts, new.value > old.value) {
            (false, _) => none("the forecast is only shown"),
            (true, true) => medium("fewer tasks are started ahead of the load"),
            (true, false) => low("more tasks are started ahead of the load"),
        }
    });
    forecast.value("mode", (mode, &new.mode), |_, new| match new {
        ForecastMode::ForecastAndScale => {
            medium("the forecast starts tasks ahead of the load; it never removes any")
        }
        ForecastMode::ForecastOnly => high("no tasks are started ahead of the load any more"),
    });
    forecast.value("buffer", (buffer, &new.buffer), |old, new| match (acts, new.value < old.value) {
        (false, _) => none("the forecast is only shown"),
        (true, true) => medium("tasks start later before they are needed"),
        (true, false) => low("tasks start earlier before they are needed, and cost longer"),
    });
    let buffers = (max_capacity_buffer, &new.max_capacity_buffer);
    forecast.value_in("%", "max_capacity_buffer", buffers, |_, new| match (acts, new) {
        (false, _) => none("the forecast is only shown"),
        (true, Some(_)) => medium("a forecast above the maximum raises it so far: more tasks, and more cost, than `capacity.max` says"),
        (true, None) => medium("the maximum holds, whatever is forecast"),
    });
}

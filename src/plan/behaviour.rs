//! What AWS does with a target tracking policy: the facts that rules, explanations and documents go by, each with its
//! source. Nothing here is a setting of gen's.

use super::policy::Tracking;

/// Below which part of its target a policy is ready to remove tasks. AWS documents "usually more than 10 % lower";
/// alarms exported from accounts have 63 for 70, 72 for 80 and 45 for 50.
pub const READY_BELOW: f64 = 0.9;
/// Data points in a row above the target, until tasks are added (exported alarms; 20-second metrics: 3 as well).
pub const HIGH_DATAPOINTS: u32 = 3;
/// Data points in a row below, until a policy is ready to remove tasks (exported alarms: 15 minutes).
pub const LOW_DATAPOINTS: u32 = 15;
/// The same with data points of 20 s: 10 minutes (a re-implementation that follows AWS's alarms; AWS does not say).
pub const LOW_DATAPOINTS_FAST: u32 = 30;
/// What was measured with data points of 60 s, and of 20 s (AWS What's New, 2026-06-18: ECS 20-second metrics).
const MEASURED: Reaction = Reaction { decided: 363, running: 386 };
const MEASURED_FAST: Reaction = Reaction { decided: 86, running: 109 };

/// The two alarms that AWS makes for a policy. Both comparisons are strict: at the line nothing happens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alarms {
    /// Seconds of a data point.
    pub period: u32,
    /// Tasks are added above this line.
    pub high: Line,
    /// The policy is ready to remove tasks below this line; `None` if it never is (`disable_scale_in`).
    pub low: Option<Line>,
}

/// A value, and how many data points in a row must be beyond it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// In the metric's unit.
    pub threshold: f64,
    /// How many data points.
    pub datapoints: u32,
}

/// Seconds from a rise in load on, as AWS measured them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reaction {
    /// Until scaling out is decided.
    pub decided: u32,
    /// Until the new tasks run.
    pub running: u32,
}

/// Seconds of a data point of what is tracked. Only CPU and memory come faster than every minute.
pub fn period(tracking: &Tracking) -> u32 {
    if tracking.metric.is_high_resolution() { 20 } else { 60 }
}

/// The alarms of a policy.
pub fn alarms(tracking: &Tracking) -> Alarms {
    let (period, target) = (period(tracking), tracking.target.get());
    let datapoints = if period < 60 { LOW_DATAPOINTS_FAST } else { LOW_DATAPOINTS };
    let low = Line { threshold: ready_below(target), datapoints };
    Alarms {
        period,
        high: Line { threshold: target, datapoints: HIGH_DATAPOINTS },
        low: (!tracking.disable_scale_in.value).then_some(low),
    }
}

/// How long scaling out takes, with data points of so many seconds.
pub fn reaction(period: u32) -> Reaction {
    if period < 60 { MEASURED_FAST } else { MEASURED }
}

/// Where the lower alarm of a target lies.
fn ready_below(target: f64) -> f64 {
    rounded(target * READY_BELOW)
}

/// What the metric must be below for one of so many tasks to go: the rest must be enough for the same load, because AWS
/// rounds up ("removing a minimum unit of capacity would likely bring the metric back above the target"), and the
/// alarm must be on.
pub fn removes_below(target: f64, tasks: u32) -> f64 {
    let left = f64::from(tasks.saturating_sub(1));
    (target * left / f64::from(tasks.max(1))).min(ready_below(target))
}

/// The number of tasks from which on the alarm alone says when one goes: with fewer, the metric has to fall further.
pub fn alarm_decides_from() -> u32 {
    // (n - 1) / n >= READY_BELOW
    rounded(1.0 / (1.0 - READY_BELOW)).ceil() as u32
}

/// By how much one round multiplies the tasks at most, if the metric ends at 100 %.
pub fn growth(tracking: &Tracking) -> f64 {
    100.0 / tracking.target.get()
}

/// Without the noise of binary fractions.
fn rounded(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_alarm_is_where_exported_ones_are() {
        for (target, low) in [(70.0, 63.0), (80.0, 72.0), (50.0, 45.0), (1000.0, 900.0), (72.5, 65.25)] {
            assert_eq!(ready_below(target), low);
        }
    }

    /// With a target of 70: three tasks 46.7, four 52.5, five 56; from ten on the alarm's 63.
    #[test]
    fn few_tasks_need_a_lower_metric() {
        let below = |tasks| (removes_below(70.0, tasks) * 10.0).round() / 10.0;
        assert_eq!([1, 2, 3, 4, 5, 9].map(below), [0.0, 35.0, 46.7, 52.5, 56.0, 62.2]);
        assert_eq!([10, 11, 1000].map(below), [63.0; 3]);
        assert_eq!(alarm_decides_from(), 10);
        assert_eq!(below(0), 0.0);
    }
}

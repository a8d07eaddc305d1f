//! Minimum and maximum capacity: bounds that policies cannot work between.

use crate::diagnostic::{Code, Diagnostic};
use crate::plan::behaviour::{growth, period, reaction};
use crate::plan::policy::{Policy, PolicyId, Tracking};
use crate::plan::stage::is_production;
use crate::plan::{Scope, Service};
use crate::words::counted;

/// How long an incident is let last before the service must be at its maximum, in seconds.
const INCIDENT: u32 = 30 * 60;
/// Until tasks that were added run and are counted; a slow start makes each round longer.
const START: u32 = 60;

pub(super) fn min_equals_max(scope: &Scope<'_>) -> Option<Diagnostic> {
    let Service { min, max, schedule, .. } = scope.service;
    (min.value == max.value && schedule.is_empty()).then(|| {
        let message =
            format!("{scope} always runs {}: its policies can change nothing", counted(max.get(), "task"));
        Diagnostic::new(Code::MinEqualsMax, scope.at(&max.from), message)
            .label(format!("max {max}"))
            .also(scope.at(&min.from), format!("min {min}"))
            .help("raise `max`, or, if the number is meant, switch scaling off with `enabled: false`")
    })
}

/// Application Auto Scaling rounds up: of n tasks one is removed only when n - 1 are enough.
pub(super) fn small_fleet(scope: &Scope<'_>) -> Option<Diagnostic> {
    let Service { min, max, policies, .. } = scope.service;
    let may_remove = |tracking: &&Tracking| !tracking.disable_scale_in.value;
    let tracking = policies.iter().filter_map(Policy::tracking).find(may_remove)?;
    (max.get() == 2 && min.get() == 1).then(|| {
        let message = format!(
            "{scope} runs 1 or 2 tasks: the second is removed only when the metric is below half of its target, {}",
            tracking.target.get() / 2.0
        );
        Diagnostic::new(Code::SmallFleet, scope.at(&max.from), message)
            .also(scope.at(&tracking.target.from), "the target")
            .help("smaller tasks and more of them scale in finer steps")
    })
}

pub(super) fn production_of_one(scope: &Scope<'_>) -> Option<Diagnostic> {
    let min = &scope.service.min;
    (min.get() == 1 && is_production(scope.environment)).then(|| {
        let message =
            format!("{scope} may run on one task: while it is replaced, or its zone is down, there is none");
        Diagnostic::new(Code::ProductionOfOne, scope.at(&min.from), message)
            .help("let production run at least 2 tasks, which ECS spreads over zones")
    })
}

pub(super) fn max_out_of_reach(scope: &Scope<'_>) -> Option<Diagnostic> {
    let Service { min, max, policies, schedule, .. } = scope.service;
    let bounded = |policy: &Policy| matches!(policy.id, PolicyId::Cpu | PolicyId::Memory);
    if !policies.iter().all(bounded) || !schedule.is_empty() {
        return None; // Something else adds tasks, and may add many.
    }
    let fastest = policies.iter().filter_map(Policy::tracking);
    let fastest = fastest.min_by(|a, b| a.target.get().total_cmp(&b.target.get()))?;
    let rounds = rounds(min.get().max(1), max.get(), growth(fastest))?;
    let seconds = duration(rounds, fastest);
    (seconds > INCIDENT).then(|| {
        let message = format!(
            "{scope} takes {rounds} rounds, at least {} minutes, from {min} to {}: its metric ends at 100 %, so that a round adds at most {:.0} %",
            seconds / 60,
            counted(max.get(), "task"),
            10_000.0 / fastest.target.get() - 100.0
        );
        Diagnostic::new(Code::MaxOutOfReach, scope.at(&max.from), message)
            .also(scope.at(&min.from), "from here")
            .also(scope.at(&fastest.target.from), "the target")
            .help("raise `min`, add a `step` policy that adds many tasks at once, or a `schedule` before the peak")
    })
}

/// How many scale-outs lead from `least` tasks to `most`, if each multiplies by at most `factor`. `None`: no number does.
fn rounds(least: u32, most: u32, factor: f64) -> Option<u32> {
    let mut running = f64::from(least);
    let mut rounds = 0;
    while running < f64::from(most) {
        let next = (running * factor).ceil();
        if next <= running {
            return None;
        }
        running = next;
        rounds += 1;
    }
    Some(rounds)
}

fn duration(rounds: u32, tracking: &Tracking) -> u32 {
    let period = period(tracking);
    reaction(period).decided + rounds.saturating_sub(1) * (tracking.cooldown_out.get().max(period) + START)
}

#[cfg(test)]
mod tests {
    use super::rounds;

    #[test]
    fn a_saturated_fleet_grows_by_the_inverse_of_its_target() {
        // 2, 3, 5, 8, 12, 18
        assert_eq!(rounds(2, 15, 100.0 / 70.0), Some(5));
        assert_eq!(rounds(4, 4, 100.0 / 70.0), Some(0));
        assert_eq!(rounds(1, 2, 1.0), None);
    }
}

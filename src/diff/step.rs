//! Differences of a step scaling policy.

use super::alarm;
use super::found::{ChangeList, low, medium};
use crate::plan::policy::{PolicyId, StepScaling};

pub(super) fn compare(found: &mut ChangeList, id: &PolicyId, old: &StepScaling, new: &StepScaling) {
    let StepScaling { adjustment, aggregation, min_adjustment, cooldown, steps, alarm: before } = old;
    let path = id.path();
    let mut step = found.below(&*path);
    step.value("adjustment", (adjustment, &new.adjustment), |_, _| {
        medium("the same numbers of its steps mean something else: tasks, per cent, or the number to set")
    });
    step.value("aggregation", (aggregation, &new.aggregation), |_, _| {
        medium("another value of the metric decides which step is taken")
    });
    step.value_in("tasks", "min_adjustment", (min_adjustment, &new.min_adjustment), |_, _| {
        medium("the fewest tasks that a step in per cent adds or removes")
    });
    step.value("cooldown", (cooldown, &new.cooldown), |old, new| match new.value < old.value {
        true => medium("it acts sooner again after the last time, perhaps before the last tasks take load"),
        false => low("it waits longer after the last time; only a larger step goes through at once"),
    });
    step.value("steps", (steps, &new.steps), |_, new| match new.iter().any(|step| step.by < 0) {
        true => medium("another number of tasks is removed at once; target tracking has no veto over it"),
        false => medium("another number of tasks is added at once"),
    });
    alarm::compare(found, &path, before, &new.alarm);
}

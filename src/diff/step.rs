//! Two states of a step scaling policy.

use super::alarm;
use super::found::{ChangeList, Verdict, low, medium};
use super::values::{self, word};
use crate::plan::policy::{PolicyId, StepAdjustment, StepScaling};
use crate::plan::units::Seconds;

pub(super) fn compare(found: &mut ChangeList, id: &PolicyId, (old, new): (&StepScaling, &StepScaling)) {
    let StepScaling { adjustment, aggregation, min_adjustment, cooldown, steps, alarm: before } = old;
    let path = id.path();
    found.compare(format!("{path}.adjustment"), "", (adjustment, &new.adjustment), word, |_, _| {
        medium("the same numbers of its steps mean something else: tasks, per cent, or the number to set")
    });
    found.compare(format!("{path}.aggregation"), "", (aggregation, &new.aggregation), word, |_, _| {
        medium("another value of the metric decides which step is taken")
    });
    let fewest = (min_adjustment.as_ref(), new.min_adjustment.as_ref());
    found.option(format!("{path}.min_adjustment"), "tasks", fewest, u32::to_string, |_, _| {
        medium("the fewest tasks that a step in per cent adds or removes")
    });
    let show = |seconds: &Seconds| seconds.get().to_string();
    let cooldowns = (&cooldown.value, &new.cooldown.value);
    found.compare(format!("{path}.cooldown"), "s", cooldowns, show, |old, new| match new < old {
        true => medium("it acts sooner again after the last time, perhaps before the last tasks take load"),
        false => low("it waits longer after the last time; only a larger step goes through at once"),
    });
    let both = (steps.value.as_slice(), new.steps.value.as_slice());
    found.compare(format!("{path}.steps"), "", both, values::steps, |_, new| stepped(new));
    alarm::compare(found, &path, (before, &new.alarm));
}

fn stepped(new: &[StepAdjustment]) -> Verdict {
    match new.iter().any(|step| step.by < 0) {
        true => medium("another number of tasks is removed at once; target tracking has no veto over it"),
        false => medium("another number of tasks is added at once"),
    }
}

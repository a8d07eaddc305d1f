//! Differences of the scheduled actions of a service.

use super::found::{ChangeList, Pair, Verdict, high, low, medium, none};
use crate::plan::Sourced;
use crate::plan::policy::ScheduledAction;
use crate::plan::units::Tasks;

pub(super) fn compare(
    found: &mut ChangeList,
    pair: Pair<'_>,
    old: &[ScheduledAction],
    new: &[ScheduledAction],
) {
    for action in old {
        match new.iter().find(|later| later.key == action.key) {
            Some(later) => changed(found, pair, action, later),
            None => found.add(path(action), "", (Some(summary(action)), None), deleted(pair, action)),
        }
    }
    for action in new.iter().filter(|action| !old.iter().any(|before| before.key == action.key)) {
        let said = match action.max {
            Some(_) => medium(
                "changes the limits at that time and leaves them so; tasks above its maximum are stopped at once",
            ),
            None => medium("changes the limits at that time and leaves them so"),
        };
        found.add(path(action), "", (None, Some(summary(action))), said);
    }
}

fn path(action: &ScheduledAction) -> String {
    format!("scaling.schedule.{}", action.key)
}

fn changed(found: &mut ChangeList, pair: Pair<'_>, old: &ScheduledAction, new: &ScheduledAction) {
    let ScheduledAction { key: _, name, schedule, time_zone, start, end, min, max } = old;
    let mut action = found.below(path(old));
    let other_time = || medium("schedule changed: its limits come at another time");
    action.value("action_name", (name, &new.name), |old, _| {
        let deleted = pair.new.gone.actions.contains(old);
        match pair.elsewhere() || deleted {
            true => none("the action of the old name is deleted"),
            false => high("without `renamed_from` the old action stays live where the CLI script made it, and both change the limits. Say `renamed_from` with the old name"),
        }
    });
    action.value("schedule", (schedule, &new.schedule), |_, _| other_time());
    action.value("time_zone", (time_zone, &new.time_zone), |_, _| other_time());
    action.value("start", (start, &new.start), |_, _| medium("it begins to count at another time"));
    action.value("end", (end, &new.end), |_, _| {
        medium("it ceases to count at another time; the limits it set last stay")
    });
    action.value("min", (min, &new.min), |old, new| match (old, new) {
        (_, None) => medium("the minimum stays as it is at that time"),
        (Some(old), Some(new)) if new.value < old.value => {
            medium("fewer tasks wait for the load from that time on")
        }
        _ => low("more tasks run from that time on, and cost"),
    });
    action.value("max", (max, &new.max), |old, new| match (old, new) {
        (_, None) => medium("the maximum stays as it is at that time"),
        (Some(old), Some(new)) if new.value > old.value => {
            low("under load more tasks may run from that time on")
        }
        (_, Some(new)) => high(format!("from that time on, tasks above {} are stopped at once", new.get())),
    });
}

fn deleted(pair: Pair<'_>, old: &ScheduledAction) -> Verdict {
    let effect = "the limits stay as it set them last, until they are set again";
    match pair.elsewhere() || pair.new.gone.actions.contains(&old.name.value) {
        true => medium(format!("it does not run any more; {effect}")),
        false => high(format!(
            "Terraform and CloudFormation delete it, the CLI script leaves it live; {effect}. To delete it everywhere, keep its entry with `enabled: false`"
        )),
    }
}

/// An action in a few words.
pub(super) fn summary(action: &ScheduledAction) -> String {
    let bound = |name: &str, bound: &Option<Sourced<Tasks>>| {
        bound.as_ref().map(|bound| format!(", {name} {}", bound.value.get())).unwrap_or_default()
    };
    let (min, max) = (bound("min", &action.min), bound("max", &action.max));
    format!("{} {}{min}{max}", action.schedule, action.time_zone)
}

//! Two states of the scheduled actions of a service.

use super::found::{ChangeList, Pair, Verdict, high, low, medium, none};
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
    let of = |key: &str| format!("{}.{key}", path(old));
    let other_time = || medium("schedule changed: its limits come at another time");
    found.value(of("action_name"), "", (&name.value, &new.name.value), |old, _| {
        let deleted = pair.new.gone.actions.contains(old);
        match pair.elsewhere() || deleted {
            true => none("the action of the old name is deleted"),
            false => high("without `renamed_from` the old action stays live where the CLI script made it, and both change the limits. Say `renamed_from` with the old name"),
        }
    });
    found.value(of("schedule"), "", (schedule, &new.schedule), |_, _| other_time());
    found.value(of("time_zone"), "", (time_zone, &new.time_zone), |_, _| other_time());
    found.option(of("start"), "", (start.as_ref(), new.start.as_ref()), ToString::to_string, |_, _| {
        medium("it begins to count at another time")
    });
    found.option(of("end"), "", (end.as_ref(), new.end.as_ref()), ToString::to_string, |_, _| {
        medium("it ceases to count at another time; the limits it set last stay")
    });
    let value = |bound: &Option<crate::plan::Sourced<Tasks>>| bound.as_ref().map(|bound| bound.value.get());
    let mins = (value(min), value(&new.min));
    found.option(of("min"), "tasks", (mins.0.as_ref(), mins.1.as_ref()), u32::to_string, |old, new| {
        match (old, new) {
            (_, None) => medium("the minimum stays as it is at that time"),
            (Some(old), Some(new)) if new < old => medium("fewer tasks wait for the load from that time on"),
            _ => low("more tasks run from that time on, and cost"),
        }
    });
    let maxs = (value(max), value(&new.max));
    found.option(of("max"), "tasks", (maxs.0.as_ref(), maxs.1.as_ref()), u32::to_string, |old, new| {
        match (old, new) {
            (_, None) => medium("the maximum stays as it is at that time"),
            (Some(old), Some(new)) if new > old => low("under load more tasks may run from that time on"),
            (_, Some(new)) => high(format!("from that time on, tasks above {new} are stopped at once")),
        }
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
    let bound = |name: &str, bound: &Option<crate::plan::Sourced<Tasks>>| {
        bound.as_ref().map(|bound| format!(", {name} {}", bound.value.get())).unwrap_or_default()
    };
    let (min, max) = (bound("min", &action.min), bound("max", &action.max));
    format!("{} {}{min}{max}", action.schedule, action.time_zone)
}

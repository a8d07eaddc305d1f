//! Scheduled actions: each sets limits that stay until something sets others.

use crate::diagnostic::{Code, Diagnostic};
use crate::plan::policy::ScheduledAction;
use crate::plan::units::Tasks;
use crate::plan::{Scope, Service, Sourced};

/// One limit alone must fit the other one, which is that of the spec unless another action sets it.
pub(super) fn schedule_outside_band(scope: &Scope<'_>, action: &ScheduledAction) -> Option<Diagnostic> {
    let Service { min, max, schedule, .. } = scope.service;
    let (here, there, help) = match (&action.min, &action.max) {
        (Some(new), None) if new.value > max.value => (new, max, "say `max` too, at least as high"),
        (None, Some(new)) if new.value < min.value => (new, min, "say `min` too, at most as high"),
        _ => return None,
    };
    let fits = |other: &ScheduledAction| match action.min {
        Some(_) => other.max.as_ref().is_some_and(|max| max.value >= here.value),
        None => other.min.as_ref().is_some_and(|min| min.value <= here.value),
    };
    if schedule.iter().any(fits) {
        return None;
    }
    let (what, other) = if action.min.is_some() { ("minimum", "maximum") } else { ("maximum", "minimum") };
    let message = format!(
        "the scheduled action `{}` sets the {what} of {scope} to {here}, beyond its {other} of {there}: AWS refuses it when it runs",
        action.key
    );
    let problem = Diagnostic::new(Code::ScheduleOutsideBand, scope.at(&here.from), message)
        .also(scope.at(&there.from), format!("the {other}"))
        .help(help);
    Some(problem)
}

pub(super) fn schedule_without_return(scope: &Scope<'_>) -> Option<Diagnostic> {
    let Service { min, max, schedule, .. } = scope.service;
    let limits = |get: fn(&ScheduledAction) -> Option<&Sourced<Tasks>>| {
        schedule.iter().filter_map(move |action| Some((action, get(action)?)))
    };
    let mins = || limits(|action| action.min.as_ref());
    let maxes = || limits(|action| action.max.as_ref());
    let raised = mins().max_by_key(|(_, limit)| limit.value).filter(|(_, limit)| limit.value > min.value);
    let raised = raised.filter(|(_, limit)| mins().all(|(_, other)| other.value == limit.value));
    let lowered = maxes().min_by_key(|(_, limit)| limit.value).filter(|(_, limit)| limit.value < max.value);
    let lowered = lowered.filter(|(_, limit)| maxes().all(|(_, other)| other.value == limit.value));
    let (action, limit, before, did, back) = match (raised, lowered) {
        (Some((action, limit)), _) => (action, limit, min, "raises the minimum", "lowers it again"),
        (_, Some((action, limit))) => (action, limit, max, "lowers the maximum", "raises it again"),
        _ => return None,
    };
    let message = format!(
        "the scheduled action `{}` {did} of {scope} to {limit}, and no other {back}: from then on it stays",
        action.key
    );
    let problem = Diagnostic::new(Code::ScheduleWithoutReturn, scope.at(&limit.from), message)
        .also(scope.at(&before.from), format!("{before} until then"))
        .help("add an action that sets it back; `end` only ends further runs");
    Some(problem)
}

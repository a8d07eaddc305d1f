//! Rules between the values of one service.

use super::Scope;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::plan::Service;
use crate::plan::policy::PolicyId;

pub(super) fn max_below_min(scope: &Scope<'_>) -> Option<Diagnostic> {
    let Service { min, max, .. } = scope.service;
    (max.value < min.value).then(|| {
        let (min_tasks, max_tasks) = (min.get(), max.get());
        let message = format!("{scope} may run at most {max_tasks} tasks but must run at least {min_tasks}");
        Diagnostic::new(Code::MaxBelowMin, scope.at(&max.from), message)
            .label(format!("max {max_tasks} comes from here"))
            .also(scope.at(&min.from), format!("min {min_tasks} is set here"))
            .help(format!("raise `max` to at least {min_tasks}, or lower `min` for this service"))
    })
}

pub(super) fn min_zero(scope: &Scope<'_>) -> Option<Diagnostic> {
    let Service { min, scale_to_zero, .. } = scope.service;
    (min.get() == 0 && !scale_to_zero.value).then(|| {
        let message = format!("{scope} may be scaled to no task at all");
        Diagnostic::new(Code::MinZero, scope.at(&min.from), message)
            .help("set `min: 1`, or ask for it with `scale_to_zero: true` beside it")
    })
}

pub(super) fn scale_to_zero(scope: &Scope<'_>) -> Option<Diagnostic> {
    let Service { min, scale_to_zero, .. } = scope.service;
    (min.get() == 0 && scale_to_zero.value).then(|| {
        let wakes = scope.service.policy(&PolicyId::Requests).is_some();
        let consequence = if wakes {
            "only requests wake it, and the first ones meet no task"
        } else {
            "CPU has no data points then, so nothing wakes it"
        };
        let message = format!("{scope} may be scaled to no task at all: {consequence}");
        Diagnostic::new(Code::ScaleToZero, scope.at(&min.from), message).help("AWS recommends at least 1")
    })
}

pub(super) fn no_policy(scope: &Scope<'_>) -> Option<Diagnostic> {
    scope.service.policies.is_empty().then(|| {
        let place = Location::key(["services", &*scope.service.name]);
        let message = format!("{scope} has no policy: it would be registered and never scale");
        Diagnostic::new(Code::NoPolicy, place, message).help(
            "give it a target (`scaling: { cpu: { target: 70 } }`), or switch it off with `enabled: false`",
        )
    })
}

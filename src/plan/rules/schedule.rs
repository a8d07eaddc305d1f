//! Rules between the values of scheduled actions.

use super::Scope;
use crate::diagnostic::{Code, Diagnostic};

pub(super) fn schedule_max_below_min(scope: &Scope<'_>) -> Option<Diagnostic> {
    scope.service.schedule.iter().find_map(|action| {
        let (min, max) = (action.min.as_ref()?, action.max.as_ref()?);
        (max.value < min.value).then(|| {
            let message = format!(
                "the scheduled action `{}` of {scope} lets at most {max} tasks run but at least {min}",
                action.key
            );
            Diagnostic::new(Code::ScheduleMaxBelowMin, scope.at(&max.from), message)
                .also(scope.at(&min.from), "the minimum")
                .help("raise `max` or lower `min`")
        })
    })
}

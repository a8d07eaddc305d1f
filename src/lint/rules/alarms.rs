//! Missing CloudWatch alarms and notifications.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::plan::stage::is_production;
use crate::plan::{Environment, Fleet, Scope};

pub(super) fn production_without_alarms(fleet: &Fleet, found: &mut Diagnostics) {
    let silent = |environment: &&Environment| {
        is_production(environment) && environment.services.iter().all(|service| service.alarms.on.is_empty())
    };
    for environment in fleet.environments.iter().filter(silent) {
        let place = environment.place();
        let message = format!("no service of {} has an alarm on how it does", environment.name);
        let problem = Diagnostic::new(Code::ProductionWithoutAlarms, place, message);
        found.push_once(problem.help("add `alarms: {}` to it, or to `defaults`; and `notifications: {}`"));
    }
}

pub(super) fn alarms_without_notifications(fleet: &Fleet, found: &mut Diagnostics) {
    for environment in fleet.environments.iter().filter(|environment| environment.topic.is_none()) {
        let alarming = environment.services.iter().find_map(|service| {
            let from = service.alarms.from.as_ref().filter(|_| !service.alarms.on.is_empty())?;
            Some(Scope { environment, service }.at(from))
        });
        let Some(place) = alarming else { continue };
        let message = format!("alarms of {} notify nobody", environment.name);
        let problem = Diagnostic::new(Code::AlarmsWithoutNotifications, place, message);
        found.push_once(problem.help("add `notifications: {}`, or `topic_arn` of a topic that exists"));
    }
}

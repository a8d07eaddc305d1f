//! What must hold between values that are each right by themselves. One function and one [`Code`] each, of one name;
//! the fixture is `tests/invalid/<code>.yaml`. Add a rule: write the fixture, the code, the function, and list it.

mod alarms;
mod dialects;
mod fleet;
mod monitoring;
mod policy;
mod schedule;
mod service;
mod together;

use std::collections::HashSet;

use super::policy::Policy;
use super::{Fleet, Scope};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location};

/// Runs every rule.
pub(super) fn check(fleet: &Fleet, found: &mut Diagnostics) {
    for scope in fleet.services() {
        for rule in SERVICE_RULES {
            if let Some(problem) = rule(&scope) {
                found.push_once(problem);
            }
        }
        for policy in &scope.service.policies {
            for rule in POLICY_RULES {
                if let Some(problem) = rule(&scope, policy) {
                    found.push_once(problem);
                }
            }
        }
    }
    for rule in FLEET_RULES {
        rule(fleet, found);
    }
}

/// A notice at the first of some places, which points at two more of them.
fn notice(code: Code, places: impl IntoIterator<Item = Location>, message: String) -> Option<Diagnostic> {
    let mut seen = HashSet::new();
    let mut places = places.into_iter().filter(|place| seen.insert(place.clone()));
    let notice = Diagnostic::new(code, places.next()?, message);
    Some(places.take(2).fold(notice, |notice, place| notice.also(place, "here too")))
}

type ServiceRule = fn(&Scope<'_>) -> Option<Diagnostic>;
type PolicyRule = fn(&Scope<'_>, &Policy) -> Option<Diagnostic>;
type FleetRule = fn(&Fleet, &mut Diagnostics);

const SERVICE_RULES: &[ServiceRule] = &[
    service::max_below_min,
    service::min_zero,
    service::scale_to_zero,
    service::no_policy,
    together::duplicate_policy_name,
    together::duplicate_action_name,
    together::duplicate_metric,
    together::too_many_policies,
    together::rename_collision,
    schedule::schedule_max_below_min,
];
const POLICY_RULES: &[PolicyRule] = &[
    policy::cpu_target_unusual,
    policy::cooldown_zero,
    policy::cooldown_order,
    policy::requests_on_alternating_groups,
    policy::resolution_with_controller,
];
const FLEET_RULES: &[FleetRule] = &[
    fleet::duplicate_ecs_service,
    fleet::duplicate_stack_name,
    fleet::duplicate_alarm_name,
    monitoring::duplicate_monitoring_name,
    fleet::account_in_two_partitions,
    fleet::duplicate_wave_environment,
    fleet::environment_without_wave,
    fleet::environment_without_services,
    dialects::dialect_gap,
    alarms::alarm_instead,
];

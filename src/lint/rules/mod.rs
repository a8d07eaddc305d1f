//! The rules, by theme: one function and one [`crate::diagnostic::Code`] each, of one name; the fixture is
//! `tests/invalid/<code>.yaml`. Add a rule: write the fixture, the code, the function, and list it.

mod alarms;
mod capacity;
mod environments;
mod forecast;
mod metrics;
mod quotas;
mod requests;
mod rollout;
mod scale_in;
mod schedule;
mod service;
mod timing;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::plan::policy::{Policy, ScheduledAction, Tracking};
use crate::plan::{Fleet, Scope};

/// Runs every rule.
pub fn check(fleet: &Fleet, found: &mut Diagnostics) {
    for scope in fleet.services() {
        for problem in of_service(&scope) {
            found.push_once(problem);
        }
    }
    for rule in FLEET_RULES {
        rule(fleet, found);
    }
}

fn of_service(scope: &Scope<'_>) -> impl Iterator<Item = Diagnostic> {
    let service = scope.service;
    let of_service = SERVICE_RULES.iter().filter_map(|rule| rule(scope));
    let of_tracking = service.tracking().flat_map(move |(policy, tracking)| {
        TRACKING_RULES.iter().filter_map(move |rule| rule((scope, policy, tracking)))
    });
    let of_actions = service
        .schedule
        .iter()
        .flat_map(move |action| ACTION_RULES.iter().filter_map(move |rule| rule(scope, action)));
    of_service.chain(of_tracking).chain(of_actions)
}

type ServiceRule = fn(&Scope<'_>) -> Option<Diagnostic>;
/// A target tracking policy of a service.
type Tracked<'f> = (&'f Scope<'f>, &'f Policy, &'f Tracking);
type TrackingRule = fn(Tracked<'_>) -> Option<Diagnostic>;
type ActionRule = fn(&Scope<'_>, &ScheduledAction) -> Option<Diagnostic>;
type FleetRule = fn(&Fleet, &mut Diagnostics);

const SERVICE_RULES: &[ServiceRule] = &[
    requests::requests_without_cpu,
    requests::cpu_without_requests,
    capacity::min_equals_max,
    capacity::small_fleet,
    capacity::production_of_one,
    capacity::max_out_of_reach,
    timing::cooldowns_differ,
    scale_in::never_scales_in,
    scale_in::step_removes_tasks,
    scale_in::step_below_target,
    scale_in::memory_alone,
    scale_in::memory_veto,
    forecast::schedule_and_forecast,
    forecast::forecast_target_differs,
    forecast::forecast_raises_maximum,
    forecast::forecast_alone,
    schedule::schedule_without_return,
    service::suspended_scaling,
    service::cpu_during_blue_green,
];
const TRACKING_RULES: &[TrackingRule] = &[
    requests::requests_target_low,
    requests::requests_target_high,
    timing::scale_in_cooldown_short,
    timing::scale_out_cooldown_short,
    timing::scale_out_cooldown_long,
    scale_in::idle_floor,
    metrics::bare_queue_length,
    metrics::total_requests_as_target,
    metrics::latency_as_target,
    metrics::sparse_metric,
    metrics::container_insights,
    metrics::requests_statistic,
];
const ACTION_RULES: &[ActionRule] = &[schedule::schedule_outside_band];
const FLEET_RULES: &[FleetRule] = &[
    requests::target_group_of_two_balancers,
    requests::shared_target_group,
    requests::copied_arn_suffix,
    environments::staging_larger_than_production,
    environments::targets_differ_in_production,
    environments::account_shared_across_stages,
    alarms::production_without_alarms,
    alarms::alarms_without_notifications,
    quotas::too_many_targets,
    quotas::too_many_alarms,
    rollout::production_first,
    rollout::no_soak_before_production,
    rollout::production_all_at_once,
];

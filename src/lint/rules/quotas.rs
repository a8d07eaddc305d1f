//! AWS quotas of an account and region: scalable targets and CloudWatch alarms.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::plan::policy::Policy;
use crate::plan::{Environment, Fleet, Service};

/// Scalable targets of ECS in a region (quota L-782A3EE2, adjustable).
const TARGETS: usize = 3000;
/// CloudWatch alarms in a region (adjustable).
const ALARMS: usize = 5000;

pub(super) fn too_many_targets(fleet: &Fleet, found: &mut Diagnostics) {
    let help = "have the quota L-782A3EE2 raised, or spread the services over accounts";
    for (environment, count) in beyond(fleet, TARGETS, |_| 1) {
        let Environment { name, account, region, .. } = environment;
        let message = format!(
            "{name} brings the scalable targets of account {account} in {region} to {count}; AWS takes {TARGETS}"
        );
        found.push_once(Diagnostic::new(Code::TooManyTargets, environment.place(), message).help(help));
    }
}

pub(super) fn too_many_alarms(fleet: &Fleet, found: &mut Diagnostics) {
    let of_policies = |service: &Service| service.policies.iter().map(Policy::alarms).sum::<usize>();
    let alarms = |service: &Service| of_policies(service) + service.alarms.on.len();
    let help = "have CloudWatch's quota of alarms raised, or spread the services over accounts";
    for (environment, count) in beyond(fleet, ALARMS, alarms) {
        let Environment { name, account, region, .. } = environment;
        let message = format!(
            "{name} brings the alarms of account {account} in {region} to {count}, others not counted; AWS takes {ALARMS}"
        );
        found.push_once(Diagnostic::new(Code::TooManyAlarms, environment.place(), message).help(help));
    }
}

/// For each account and region, the environment with which a count passes a limit, and the whole count.
fn beyond(fleet: &Fleet, limit: usize, count: impl Fn(&Service) -> usize) -> Vec<(&Environment, usize)> {
    let mut sums: BTreeMap<(&str, &str), (usize, Option<&Environment>)> = BTreeMap::new();
    for environment in &fleet.environments {
        let (sum, passing) = sums.entry((&environment.account, &environment.region)).or_default();
        *sum += environment.services.iter().map(&count).sum::<usize>();
        if *sum > limit && passing.is_none() {
            *passing = Some(environment);
        }
    }
    sums.into_values().filter_map(|(sum, passing)| Some((passing?, sum))).collect()
}

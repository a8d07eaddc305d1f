//! Differences between production and the environments before it: capacity, targets, accounts.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location};
use crate::plan::policy::{PolicyId, Tracking};
use crate::plan::stage::{is_before, is_production};
use crate::plan::units::Tasks;
use crate::plan::{Environment, Fleet, Scope, Service, Sourced};

type Bound = fn(&Service) -> &Sourced<Tasks>;

const BOUNDS: [(&str, Bound); 2] =
    [("at most", |service| &service.max), ("at least", |service| &service.min)];

pub(super) fn staging_larger_than_production(fleet: &Fleet, found: &mut Diagnostics) {
    for (words, bound) in BOUNDS {
        let production = largest_in_production(fleet, bound);
        for staging in fleet.services().filter(|scope| is_before(scope.environment)) {
            let Some(largest) = production.get(&*staging.service.name) else { continue };
            let (here, there) = (bound(staging.service), bound(largest.service));
            if here.value <= there.value {
                continue;
            }
            let message = format!(
                "{staging} runs {words} {here} tasks, {largest} only {there}: what is tried here is not what production gets"
            );
            let place = staging.at(&here.from);
            let problem = Diagnostic::new(Code::StagingLargerThanProduction, place, message)
                .also(largest.at(&there.from), format!("{there} in production"))
                .help("lower it here, or raise it there");
            found.push_once(problem);
        }
    }
}

/// For each service, where in production a bound is highest.
fn largest_in_production(fleet: &Fleet, bound: Bound) -> BTreeMap<&str, Scope<'_>> {
    let mut largest: BTreeMap<&str, Scope<'_>> = BTreeMap::new();
    for scope in fleet.services().filter(|scope| is_production(scope.environment)) {
        let before = largest.entry(&scope.service.name).or_insert(scope);
        if bound(scope.service).value > bound(before.service).value {
            *before = scope;
        }
    }
    largest
}

pub(super) fn targets_differ_in_production(fleet: &Fleet, found: &mut Diagnostics) {
    let mut targets: BTreeMap<(&str, &PolicyId), Vec<(Scope<'_>, &Tracking)>> = BTreeMap::new();
    for scope in fleet.services().filter(|scope| is_production(scope.environment)) {
        for policy in &scope.service.policies {
            let Some(tracking) = policy.tracking() else { continue };
            targets.entry((&scope.service.name, &policy.id)).or_default().push((scope, tracking));
        }
    }
    let mut differing = Vec::new();
    for ((_, id), targets) in &targets {
        let usual = usual(targets);
        let odd = targets.iter().map(|odd| (ratio(odd.1, usual.1), odd));
        differing.extend(odd.filter(|(ratio, _)| *ratio > 1.0).map(|(ratio, odd)| (ratio, *id, odd, usual)));
    }
    // One line can say the target of several services: the one speaks for it that is furthest off.
    differing.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (_, id, (scope, tracking), (usual_scope, usual)) in differing {
        let message = format!(
            "the `{}` target of {scope} is {}, that of {usual_scope} is {}",
            id.metric(),
            tracking.target.get(),
            usual.target.get()
        );
        let place = scope.at(&tracking.target.from);
        let problem = Diagnostic::new(Code::TargetsDifferInProduction, place, message)
            .also(usual_scope.at(&usual.target.from), "what most of production has")
            .help("a task carries the same everywhere if it is the same: if it is not, say why beside it");
        found.push_once(problem);
    }
}

/// How many times one target is the other, whichever is larger.
fn ratio(one: &Tracking, other: &Tracking) -> f64 {
    let ratio = one.target.get() / other.target.get();
    ratio.max(1.0 / ratio)
}

/// The target that most environments have; of several, the first.
fn usual<'t, 'f>(targets: &'t [(Scope<'f>, &'f Tracking)]) -> &'t (Scope<'f>, &'f Tracking) {
    let key = |of: &Tracking| of.target.get().to_bits();
    let mut alike: BTreeMap<u64, usize> = BTreeMap::new();
    targets.iter().for_each(|(_, tracking)| *alike.entry(key(tracking)).or_default() += 1);
    let most = alike.values().copied().max().unwrap_or_default();
    targets.iter().find(|(_, tracking)| alike[&key(tracking)] == most).expect("there is at least one")
}

pub(super) fn account_shared_across_stages(fleet: &Fleet, found: &mut Diagnostics) {
    let account = |of: &Environment| Location::value(["environments", &*of.name, "account"]);
    let mut in_production: BTreeMap<&str, &Environment> = BTreeMap::new();
    for environment in fleet.environments.iter().filter(|environment| is_production(environment)) {
        in_production.entry(&environment.account).or_insert(environment);
    }
    for staging in fleet.environments.iter().filter(|environment| is_before(environment)) {
        let Some(production) = in_production.get(&*staging.account) else { continue };
        let message = format!(
            "{} and {} share the account {}: what fills its quotas or is deleted by mistake there is missing here",
            staging.name, production.name, staging.account
        );
        let problem = Diagnostic::new(Code::AccountSharedAcrossStages, account(staging), message)
            .also(account(production), "production")
            .help("give production an account of its own");
        found.push_once(problem);
    }
}

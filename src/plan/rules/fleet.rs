//! Names used twice by services and environments, and rollout waves that miss some.

use std::collections::{BTreeMap, BTreeSet};

use super::Scope;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location};
use crate::plan::policy::Policy;
use crate::plan::units::AlarmName;
use crate::plan::{Environment, Fleet, Layer, Service, Sourced, Wave};

pub(super) fn duplicate_ecs_service(fleet: &Fleet, found: &mut Diagnostics) {
    let key = |scope: &Scope<'_>| {
        let (environment, service) = (scope.environment, scope.service);
        [&*environment.account, &*environment.region, &**service.cluster, &**service.ecs_service].join("/")
    };
    for (first, second) in collisions(fleet, key) {
        let message = format!(
            "{first} and {second} scale the same ECS service, {}/{}",
            &**second.service.cluster, &**second.service.ecs_service
        );
        let problem = Diagnostic::new(Code::DuplicateEcsService, place_of(&second), message)
            .label("second")
            .also(place_of(&first), "first")
            .help("one ECS service has one scalable target: correct the cluster or service name, or switch one off with `enabled: false`");
        found.push_once(problem);
    }
}

pub(super) fn duplicate_stack_name(fleet: &Fleet, found: &mut Diagnostics) {
    let key = |scope: &Scope<'_>| {
        [&*scope.environment.account, &*scope.environment.region, &*scope.service.stack].join("/")
    };
    for (first, second) in collisions(fleet, key) {
        let message = format!("{first} and {second} would share the stack {:?}", &*second.service.stack);
        let problem = Diagnostic::new(Code::DuplicateStackName, place_of(&second), message)
            .also(place_of(&first), "the other")
            .help("make `names.stack` tell them apart, for example with `{environment}`");
        found.push_once(problem);
    }
}

pub(super) fn duplicate_alarm_name(fleet: &Fleet, found: &mut Diagnostics) {
    let mut first_of = BTreeMap::new();
    for scope in fleet.services() {
        for name in alarm_names(scope.service) {
            let key = [&*scope.environment.account, &*scope.environment.region, &**name].join("/");
            let Some(first) = first_of.insert(key, scope.at(&name.from)) else { continue };
            let message = format!("two alarms of one account and region have the name {:?}", &***name);
            let problem = Diagnostic::new(Code::DuplicateAlarmName, scope.at(&name.from), message);
            let problem =
                if first == problem.primary.location { problem } else { problem.also(first, "the first") };
            let help = "make `names.alarm` and `names.service_alarm` tell them apart, or give `alarm_name`";
            found.push_once(problem.help(help));
        }
    }
}

/// The names of the alarms that are made of a service, but for those that AWS makes itself.
fn alarm_names(service: &Service) -> impl Iterator<Item = &Sourced<AlarmName>> {
    let of_policies = service.policies.iter().filter_map(Policy::step).map(|step| &step.alarm.name);
    of_policies.chain(service.alarms.on.iter().map(|alarm| &alarm.name))
}

/// Pairs of services with one key: each later one with the first.
fn collisions<'f>(fleet: &'f Fleet, key: impl Fn(&Scope<'f>) -> String) -> Vec<(Scope<'f>, Scope<'f>)> {
    let mut first_of = BTreeMap::new();
    let mut pairs = Vec::new();
    for scope in fleet.services() {
        match first_of.get(&key(&scope)) {
            None => _ = first_of.insert(key(&scope), scope),
            Some(first) => pairs.push((*first, scope)),
        }
    }
    pairs
}

/// The place that best stands for a service: where its ECS name is said, else where the environment is.
fn place_of(scope: &Scope<'_>) -> Location {
    match scope.service.ecs_service.from.layer {
        Layer::BuiltIn => {
            Location::key(["environments", &*scope.environment.name, "services", &*scope.service.name])
        }
        _ => scope.at(&scope.service.ecs_service.from),
    }
}

pub(super) fn account_in_two_partitions(fleet: &Fleet, found: &mut Diagnostics) {
    let mut first_of: BTreeMap<&str, &Environment> = BTreeMap::new();
    for environment in &fleet.environments {
        let first = *first_of.entry(&environment.account).or_insert(environment);
        if first.region.partition() == environment.region.partition() {
            continue;
        }
        let message = format!(
            "account {} cannot have {} (partition {}) and {} (partition {})",
            environment.account,
            first.region,
            first.region.partition(),
            environment.region,
            environment.region.partition()
        );
        let region = |of: &Environment| Location::value(["environments", &*of.name, "region"]);
        let problem = Diagnostic::new(Code::AccountInTwoPartitions, region(environment), message)
            .also(region(first), "the other region")
            .help("an account lies in one partition; correct the account or the region");
        found.push_once(problem);
    }
}

pub(super) fn duplicate_wave_environment(fleet: &Fleet, found: &mut Diagnostics) {
    let mut seen = BTreeSet::new();
    for (wave, position, name) in fleet.wave_members() {
        if !seen.insert(name) {
            let message = format!("`{name}` is rolled out twice");
            let problem =
                Diagnostic::new(Code::DuplicateWaveEnvironment, Wave::member_place(wave, position), message);
            found.push_once(problem.help("name each environment in one wave"));
        }
    }
}

pub(super) fn environment_without_wave(fleet: &Fleet, found: &mut Diagnostics) {
    if fleet.waves.is_empty() {
        return;
    }
    let reached: BTreeSet<_> = fleet.wave_members().map(|(_, _, name)| name).collect();
    for environment in fleet.environments.iter().filter(|environment| !reached.contains(&environment.name)) {
        let place = environment.place();
        let message = format!("no rollout wave reaches `{}`", environment.name);
        found.push_once(
            Diagnostic::new(Code::EnvironmentWithoutWave, place, message)
                .help("add it to a wave of `rollout`"),
        );
    }
}

pub(super) fn environment_without_services(fleet: &Fleet, found: &mut Diagnostics) {
    // Services that could not be resolved are reported already and are no reason for a second message.
    for environment in fleet.environments.iter().filter(|environment| environment.services.is_empty()) {
        if found.has_errors() {
            return;
        }
        let place = environment.place();
        let message = format!("every service of `{}` is switched off", environment.name);
        found.push_once(
            Diagnostic::new(Code::EnvironmentWithoutServices, place, message).help("remove the environment"),
        );
    }
}

//! What must hold between values that are each right by themselves. One function and one [`Code`] each, of one name;
//! the fixture is `tests/invalid/<code>.yaml`. Add a rule: write the fixture, the code, the function, and list it.

use std::collections::BTreeMap;

use super::{Environment, Fleet, Metric, Origin, Policy, Service};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location};

/// Runs every rule.
pub(super) fn check(fleet: &Fleet, found: &mut Diagnostics) {
    for environment in &fleet.environments {
        for service in &environment.services {
            let scope = Scope { environment, service };
            for rule in SERVICE_RULES {
                if let Some(problem) = rule(&scope) {
                    found.push_once(problem);
                }
            }
            for policy in &service.policies {
                for rule in POLICY_RULES {
                    if let Some(problem) = rule(&scope, policy) {
                        found.push_once(problem);
                    }
                }
            }
        }
    }
    for rule in FLEET_RULES {
        rule(fleet, found);
    }
}

type ServiceRule = fn(&Scope<'_>) -> Option<Diagnostic>;
type PolicyRule = fn(&Scope<'_>, &Policy) -> Option<Diagnostic>;
type FleetRule = fn(&Fleet, &mut Diagnostics);

const SERVICE_RULES: &[ServiceRule] =
    &[max_below_min, min_zero, scale_to_zero, no_policy, duplicate_policy_name];
const POLICY_RULES: &[PolicyRule] = &[cpu_target_unusual, cooldown_zero, cooldown_order];
const FLEET_RULES: &[FleetRule] = &[
    duplicate_ecs_service,
    duplicate_stack_name,
    account_in_two_partitions,
    duplicate_wave_environment,
    environment_without_wave,
    environment_without_services,
];

/// One service of one environment, able to say where its values stand.
struct Scope<'f> {
    environment: &'f Environment,
    service: &'f Service,
}

impl Scope<'_> {
    fn at(&self, from: Origin) -> Location {
        from.location(&self.environment.name, &self.service.name)
    }

    fn called(&self) -> String {
        format!("{}/{}", self.environment.name, self.service.name)
    }
}

fn max_below_min(scope: &Scope<'_>) -> Option<Diagnostic> {
    let Service { min, max, .. } = scope.service;
    (max.value < min.value).then(|| {
        let (min_tasks, max_tasks) = (min.get(), max.get());
        let message =
            format!("{} may run at most {max_tasks} tasks but must run at least {min_tasks}", scope.called());
        Diagnostic::new(Code::MaxBelowMin, scope.at(max.from), message)
            .label(format!("max {max_tasks} comes from here"))
            .also(scope.at(min.from), format!("min {min_tasks} is set here"))
            .help(format!("raise `max` to at least {min_tasks}, or lower `min` for this service"))
    })
}

fn min_zero(scope: &Scope<'_>) -> Option<Diagnostic> {
    let Service { min, scale_to_zero, .. } = scope.service;
    (min.get() == 0 && !scale_to_zero.value).then(|| {
        let message = format!("{} may be scaled to no task at all", scope.called());
        Diagnostic::new(Code::MinZero, scope.at(min.from), message)
            .help("set `min: 1`, or ask for it with `scale_to_zero: true` beside it")
    })
}

fn scale_to_zero(scope: &Scope<'_>) -> Option<Diagnostic> {
    let Service { min, scale_to_zero, .. } = scope.service;
    (min.get() == 0 && scale_to_zero.value).then(|| {
        let wakes = scope.service.policy(Metric::Requests).is_some();
        let consequence = if wakes {
            "only requests wake it, and the first ones meet no task"
        } else {
            "CPU has no data points then, so nothing wakes it"
        };
        let message = format!("{} may be scaled to no task at all: {consequence}", scope.called());
        Diagnostic::new(Code::ScaleToZero, scope.at(min.from), message).help("AWS recommends at least 1")
    })
}

fn no_policy(scope: &Scope<'_>) -> Option<Diagnostic> {
    scope.service.policies.is_empty().then(|| {
        let place = Location::key(["services", &*scope.service.name]);
        let message = format!("{} has no policy: it would be registered and never scale", scope.called());
        Diagnostic::new(Code::NoPolicy, place, message).help(
            "give it a target (`scaling: { cpu: { target: 70 } }`), or switch it off with `enabled: false`",
        )
    })
}

fn duplicate_policy_name(scope: &Scope<'_>) -> Option<Diagnostic> {
    let policies = &scope.service.policies;
    let (at, second) =
        policies.iter().enumerate().find(|(at, p)| policies[..*at].iter().any(|q| *q.name == *p.name))?;
    let first = policies[..at].iter().find(|policy| *policy.name == *second.name)?;
    let message = format!("two policies of {} have the name {:?}", scope.called(), &**second.name);
    let problem = Diagnostic::new(Code::DuplicatePolicyName, scope.at(second.name.from), message)
        .label(format!("the {} policy", second.metric.name()))
        .also(scope.at(first.name.from), format!("the {} policy", first.metric.name()))
        .help("use `{metric}` in `names.policy`, or give one of them another `policy_name`");
    Some(problem)
}

fn cpu_target_unusual(scope: &Scope<'_>, policy: &Policy) -> Option<Diagnostic> {
    let target = policy.target.get();
    (policy.metric == Metric::Cpu && !(50.0..=90.0).contains(&target)).then(|| {
        let consequence = if target < 50.0 {
            "pays for idle CPU"
        } else {
            "comes too late: nothing is left while new tasks start"
        };
        let message = format!("a CPU target of {target} % {consequence}");
        Diagnostic::new(Code::CpuTargetUnusual, scope.at(policy.target.from), message)
            .help("usual are 50 to 90")
    })
}

fn cooldown_zero(scope: &Scope<'_>, policy: &Policy) -> Option<Diagnostic> {
    (policy.cooldown_out.get() == 0).then(|| {
        let message = "without a scale-out cooldown, tasks that still start are not credited and every minute of alarm adds more";
        Diagnostic::new(Code::CooldownZero, scope.at(policy.cooldown_out.from), message).help("usual is `out: 60s`")
    })
}

fn cooldown_order(scope: &Scope<'_>, policy: &Policy) -> Option<Diagnostic> {
    let (out, in_) = (policy.cooldown_out.get(), policy.cooldown_in.get());
    (in_ < out).then(|| {
        let message = format!(
            "{} waits {in_} s after scaling in but {out} s after scaling out: it may flap",
            scope.called()
        );
        Diagnostic::new(Code::CooldownOrder, scope.at(policy.cooldown_in.from), message)
            .label(format!("{in_} s"))
            .also(scope.at(policy.cooldown_out.from), format!("{out} s"))
            .help("let `in` be the longer one; usual are `out: 60s` and `in: 300s`")
    })
}

fn duplicate_ecs_service(fleet: &Fleet, found: &mut Diagnostics) {
    let key = |scope: &Scope<'_>| {
        let (environment, service) = (scope.environment, scope.service);
        [&*environment.account, &*environment.region, &**service.cluster, &**service.ecs_service].join("/")
    };
    for (first, second) in collisions(fleet, key) {
        let message = format!(
            "{} and {} scale the same ECS service, {}/{}",
            first.called(),
            second.called(),
            &**second.service.cluster,
            &**second.service.ecs_service
        );
        let problem = Diagnostic::new(Code::DuplicateEcsService, place_of(&second), message)
            .label("second")
            .also(place_of(&first), "first")
            .help("one ECS service has one scalable target: correct the cluster or service name, or switch one off with `enabled: false`");
        found.push_once(problem);
    }
}

fn duplicate_stack_name(fleet: &Fleet, found: &mut Diagnostics) {
    let key = |scope: &Scope<'_>| {
        [&*scope.environment.account, &*scope.environment.region, &*scope.service.stack].join("/")
    };
    for (first, second) in collisions(fleet, key) {
        let message = format!(
            "{} and {} would share the stack {:?}",
            first.called(),
            second.called(),
            &*second.service.stack
        );
        let problem = Diagnostic::new(Code::DuplicateStackName, place_of(&second), message)
            .also(place_of(&first), "the other")
            .help("make `names.stack` tell them apart, for example with `{environment}`");
        found.push_once(problem);
    }
}

/// Pairs of services with one key: each later one with the first.
fn collisions<'f>(fleet: &'f Fleet, key: impl Fn(&Scope<'f>) -> String) -> Vec<(Scope<'f>, Scope<'f>)> {
    let mut first_of = BTreeMap::new();
    let mut pairs = Vec::new();
    for environment in &fleet.environments {
        for service in &environment.services {
            let scope = Scope { environment, service };
            match first_of.get(&key(&scope)) {
                None => _ = first_of.insert(key(&scope), (environment, service)),
                Some(&(environment, service)) => pairs.push((Scope { environment, service }, scope)),
            }
        }
    }
    pairs
}

/// The place that best stands for a service: where its ECS name is said, else where the environment is.
fn place_of(scope: &Scope<'_>) -> Location {
    match scope.service.ecs_service.from.layer {
        super::Layer::BuiltIn => {
            Location::key(["environments", &*scope.environment.name, "services", &*scope.service.name])
        }
        _ => scope.at(scope.service.ecs_service.from),
    }
}

fn account_in_two_partitions(fleet: &Fleet, found: &mut Diagnostics) {
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

fn duplicate_wave_environment(fleet: &Fleet, found: &mut Diagnostics) {
    let mut seen = Vec::new();
    for (wave, position, name) in wave_members(fleet) {
        if seen.contains(&name) {
            let message = format!("`{name}` is rolled out twice");
            let problem =
                Diagnostic::new(Code::DuplicateWaveEnvironment, wave_place(wave, position), message);
            found.push_once(problem.help("name each environment in one wave"));
        }
        seen.push(name);
    }
}

fn environment_without_wave(fleet: &Fleet, found: &mut Diagnostics) {
    if fleet.waves.is_empty() {
        return;
    }
    for environment in &fleet.environments {
        if wave_members(fleet).any(|(_, _, name)| *name == environment.name) {
            continue;
        }
        let place = Location::key(["environments", &*environment.name]);
        let message = format!("no rollout wave reaches `{}`", environment.name);
        found.push_once(
            Diagnostic::new(Code::EnvironmentWithoutWave, place, message)
                .help("add it to a wave of `rollout`"),
        );
    }
}

fn environment_without_services(fleet: &Fleet, found: &mut Diagnostics) {
    // Services that could not be resolved are reported already and are no reason for a second message.
    for environment in fleet.environments.iter().filter(|environment| environment.services.is_empty()) {
        if found.has_errors() {
            return;
        }
        let place = Location::key(["environments", &*environment.name]);
        let message = format!("every service of `{}` is switched off", environment.name);
        found.push_once(
            Diagnostic::new(Code::EnvironmentWithoutServices, place, message).help("remove the environment"),
        );
    }
}

fn wave_members(fleet: &Fleet) -> impl Iterator<Item = (usize, usize, &super::units::Slug)> {
    fleet.waves.iter().enumerate().flat_map(|(wave, members)| {
        members.environments.iter().enumerate().map(move |(position, name)| (wave, position, name))
    })
}

fn wave_place(wave: usize, position: usize) -> Location {
    use crate::diagnostic::{Part, Step};
    let steps = vec![
        Step::Key("rollout".into()),
        Step::Key("waves".into()),
        Step::Index(wave),
        Step::Key("environments".into()),
        Step::Index(position),
    ];
    Location::Path(steps, Part::Value)
}

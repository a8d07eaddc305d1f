//! Spec → fleet: layers merged, and ALL defaults applied, here and last. Every value keeps its origin.

use std::collections::BTreeMap;

use super::units::{
    AccountId, BalancerName, EcsName, Invalid, LoadBalancerSuffix, PolicyName, Region, Seconds, Slug,
    StackName, TargetGroupSuffix, TargetValue, Tasks, check_tag,
};
use super::{
    Architecture, Environment, Fleet, Layer, LoadBalancer, Metric, Origin, Policy, Service, Sourced,
    Suspended, Tags, Task, Wave, names, regions, rules,
};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location, Part, Severity, Step, did_you_mean};
use crate::spec::{self, Settings, Spec};

const CLUSTER_PATTERN: &str = "{environment}-cluster";
const SERVICE_PATTERN: &str = "{environment}-{service}";
const POLICY_PATTERN: &str = "{ecs_service}-{metric}-tracking-policy";
const STACK_PATTERN: &str = "{ecs_service}-autoscaling";
/// Seconds between scale-outs and between scale-ins. AWS's own default is 300 for both.
const COOLDOWN_OUT: Seconds = Seconds::literal(60);
const COOLDOWN_IN: Seconds = Seconds::literal(300);
/// Tags AWS accepts on one resource.
const MOST_TAGS: usize = 50;

/// Resolves a spec. `None` if it asks for something impossible; every reason is in `diagnostics` then.
pub fn resolve(spec: &Spec, diagnostics: &mut Diagnostics) -> Option<Fleet> {
    let errors_before = diagnostics.count(Severity::Error);
    let mut resolver = Resolver { spec, diagnostics };
    let fleet = resolver.fleet();
    if let Some(fleet) = &fleet {
        rules::check(fleet, diagnostics);
    }
    if diagnostics.count(Severity::Error) == errors_before {
        spec.unjudged.iter().for_each(|left| diagnostics.push(left.clone()));
    }
    fleet.filter(|_| diagnostics.count(Severity::Error) == errors_before)
}

struct Resolver<'s, 'd> {
    spec: &'s Spec,
    diagnostics: &'d mut Diagnostics,
}

/// The layers that speak about one service of one environment, strongest first.
struct Layers<'s> {
    environment: &'s str,
    service: &'s str,
    stack: [(Layer, Option<&'s Settings>); 4],
}

impl Layers<'_> {
    /// What the strongest layer says that says anything.
    fn pick<T>(&self, field: &'static str, get: impl Fn(&Settings) -> Option<T>) -> Option<Sourced<T>> {
        self.stack.iter().find_map(|(layer, settings)| {
            let value = get((*settings)?)?;
            Some(Sourced { value, from: Origin { layer: *layer, field } })
        })
    }

    fn pick_or<T>(
        &self,
        field: &'static str,
        default: T,
        get: impl Fn(&Settings) -> Option<T>,
    ) -> Sourced<T> {
        self.pick(field, get)
            .unwrap_or(Sourced { value: default, from: Origin { layer: Layer::BuiltIn, field } })
    }

    fn locate(&self, from: Origin) -> Location {
        from.location(self.environment, self.service)
    }

    /// How a message calls this service.
    fn called(&self) -> String {
        format!("{}/{}", self.environment, self.service)
    }
}

impl Resolver<'_, '_> {
    fn fleet(&mut self) -> Option<Fleet> {
        let spec = self.spec;
        let project = self.checked(Location::value(["project"]), Slug::parse("project", &spec.project));
        let tags = self.tags(&spec.tags, &["tags"]);
        let service_names = self.service_names();
        self.unknown_services();
        let environments: Vec<Option<Environment>> = spec
            .environments
            .iter()
            .map(|(name, environment)| self.environment(name, environment, &tags, &service_names))
            .collect();
        let waves = self.waves();
        Some(Fleet {
            project: project?,
            change: spec.change.clone(),
            tags,
            // A broken environment is reported; the rules still judge the others.
            environments: environments.into_iter().flatten().collect(),
            waves,
        })
    }

    fn service_names(&mut self) -> BTreeMap<String, Slug> {
        let checked = self.spec.services.keys().filter_map(|name| {
            let slug = self.checked(Location::key(["services", name]), Slug::parse("service", name))?;
            Some((name.clone(), slug))
        });
        checked.collect()
    }

    fn unknown_services(&mut self) {
        let spec = self.spec;
        for (environment, settings) in &spec.environments {
            for service in settings.services.keys().filter(|service| !spec.services.contains_key(*service)) {
                let known = spec.services.keys().map(String::as_str);
                let help = match did_you_mean(service, known) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("declare it under `services`: `{service}: {{}}`"),
                };
                let place = Location::key(["environments", environment, "services", service]);
                let message = format!(
                    "`{environment}` overrides the service `{service}`, which `services` does not have"
                );
                self.diagnostics.push(Diagnostic::new(Code::UnknownService, place, message).help(help));
            }
        }
    }

    fn environment(
        &mut self,
        name: &str,
        said: &spec::Environment,
        project_tags: &Tags,
        service_names: &BTreeMap<String, Slug>,
    ) -> Option<Environment> {
        let slug = self.checked(Location::key(["environments", name]), Slug::parse("environment", name));
        let account =
            self.checked(Location::value(["environments", name, "account"]), AccountId::parse(&said.account));
        let region =
            self.checked(Location::value(["environments", name, "region"]), Region::parse(&said.region));
        if let (Some(region), Some(partition)) = (&region, &said.partition) {
            self.region_partition(name, region, partition);
        }
        let mut tags = project_tags.clone();
        tags.extend(self.tags(&said.tags, &["environments", name, "tags"]));
        if tags.len() > MOST_TAGS {
            let message = format!("`{name}` has {} tags; AWS accepts {MOST_TAGS}", tags.len());
            let place = Location::key(["environments", name, "tags"]);
            self.diagnostics.push(Diagnostic::new(Code::TooManyTags, place, message).help("remove some"));
        }
        let here = said.settings();
        let services = service_names
            .iter()
            .filter_map(|(service, slug)| {
                let layers = Layers {
                    environment: name,
                    service,
                    stack: [
                        (Layer::EnvironmentService, said.services.get(service)),
                        (Layer::Environment, Some(&here)),
                        (Layer::Service, self.spec.services.get(service)),
                        (Layer::Defaults, self.spec.defaults.as_ref()),
                    ],
                };
                let enabled = layers.pick_or("enabled", true, |s| s.enabled).value;
                enabled.then(|| self.service(slug, &layers)).flatten()
            })
            .collect();
        Some(Environment { name: slug?, account: account?, region: region?, tags, services })
    }

    fn region_partition(&mut self, environment: &str, region: &Region, partition: &str) {
        if region.partition() == partition {
            return;
        }
        let place = Location::value(["environments", environment, "partition"]);
        let message = format!("{region} lies in the partition {}, not in {partition:?}", region.partition());
        let help = match did_you_mean(partition, regions::partitions()) {
            Some(meant) if meant == region.partition() => format!("did you mean `{meant}`?"),
            _ => "correct the region or remove `partition`".to_owned(),
        };
        let problem = Diagnostic::new(Code::RegionPartition, place, message)
            .also(Location::value(["environments", environment, "region"]), "the region")
            .help(help);
        self.diagnostics.push(problem);
    }

    fn tags(&mut self, said: &Tags, path: &[&str]) -> Tags {
        for (key, value) in said {
            let place = Location::value(path.iter().copied().chain([key.as_str()]));
            self.checked(place, check_tag(key, value));
        }
        said.clone()
    }

    fn service(&mut self, name: &Slug, layers: &Layers<'_>) -> Option<Service> {
        let names = self.spec.names.clone().unwrap_or_default();
        let cluster = self.ecs_name(
            "cluster",
            layers,
            layers.pick("cluster", |s| s.cluster.clone()),
            names.cluster.as_deref(),
        );
        let ecs_service = self.ecs_name(
            "service",
            layers,
            layers.pick("ecs_service", |s| s.ecs_service.clone()),
            names.service.as_deref(),
        );
        let (min, max) = self.capacity(layers);
        let load_balancer = self.load_balancer(layers);
        let task = self.task(layers);
        let ecs_service = ecs_service?;
        let stack = self.stack(layers, &ecs_service, names.stack.as_deref());
        let policies = Metric::ALL
            .into_iter()
            .filter_map(|metric| self.policy(metric, layers, &ecs_service, names.policy.as_deref()))
            .collect::<Vec<_>>();
        if policies.iter().any(|policy| policy.metric == Metric::Requests)
            && matches!(load_balancer, Found::Nothing)
        {
            self.requests_without_load_balancer(layers);
        }
        Some(Service {
            name: name.clone(),
            cluster: cluster?,
            ecs_service,
            stack: stack?,
            min: min?,
            max: max?,
            scale_to_zero: layers
                .pick_or("capacity.scale_to_zero", false, |s| s.capacity.as_ref()?.scale_to_zero),
            task,
            suspended: suspended(layers),
            load_balancer: load_balancer.into_option(),
            policies,
        })
    }

    fn ecs_name(
        &mut self,
        what: &str,
        layers: &Layers<'_>,
        said: Option<Sourced<String>>,
        pattern: Option<&str>,
    ) -> Option<Sourced<EcsName>> {
        if let Some(said) = said {
            return self.parsed(layers, said, |text| EcsName::parse(what, &text));
        }
        let (key, field, built_in) = match what {
            "cluster" => ("cluster", "cluster", CLUSTER_PATTERN),
            _ => ("service", "ecs_service", SERVICE_PATTERN),
        };
        let values = [
            ("project", self.spec.project.as_str()),
            ("environment", layers.environment),
            ("service", layers.service),
        ];
        let value = self.named(key, pattern, built_in, &values, |text| EcsName::parse(what, text))?;
        Some(Sourced { value, from: Origin { layer: Layer::BuiltIn, field } })
    }

    fn stack(
        &mut self,
        layers: &Layers<'_>,
        ecs_service: &EcsName,
        pattern: Option<&str>,
    ) -> Option<StackName> {
        let values = [
            ("project", self.spec.project.as_str()),
            ("environment", layers.environment),
            ("service", layers.service),
            ("ecs_service", ecs_service),
        ];
        let place = if pattern.is_some() {
            Location::value(["names", "stack"])
        } else {
            Location::key(["services", layers.service])
        };
        let name = self.checked(place.clone(), names::fill(pattern.unwrap_or(STACK_PATTERN), &values))?;
        self.checked(place, StackName::parse(&name))
    }

    /// A name made by a pattern; what is wrong with it is wrong with the pattern.
    fn named<T>(
        &mut self,
        key: &str,
        pattern: Option<&str>,
        built_in: &str,
        values: &[(&str, &str)],
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        let place = Location::value(["names", key]);
        let name = self.checked(place.clone(), names::fill(pattern.unwrap_or(built_in), values))?;
        self.checked(place, parse(&name))
    }

    fn capacity(&mut self, layers: &Layers<'_>) -> (Option<Sourced<Tasks>>, Option<Sourced<Tasks>>) {
        let min = layers.pick("capacity.min", |s| s.capacity.as_ref()?.min);
        let max = layers.pick("capacity.max", |s| s.capacity.as_ref()?.max);
        for (said, key) in [(&min, "min"), (&max, "max")] {
            if said.is_none() {
                let place = Location::key(["services", layers.service]);
                let message = format!("nothing says the {key} number of tasks of {}", layers.called());
                let help = "say it for all under `defaults`: `capacity: { min: 2, max: 10 }`";
                self.diagnostics.push_once(Diagnostic::new(Code::MissingCapacity, place, message).help(help));
            }
        }
        (
            min.and_then(|said| self.parsed(layers, said, Tasks::parse)),
            max.and_then(|said| self.parsed(layers, said, Tasks::parse)),
        )
    }

    fn task(&mut self, layers: &Layers<'_>) -> Option<Task> {
        let vcpu = layers.pick("task.vcpu", |s| s.task.as_ref()?.vcpu);
        let memory = layers.pick("task.memory_gib", |s| s.task.as_ref()?.memory_gib);
        let architecture =
            layers.pick_or("task.architecture", spec::Architecture::X8664, |s| s.task.as_ref()?.architecture);
        for size in
            [&vcpu, &memory].into_iter().flatten().filter(|size| !(size.value > 0.0 && size.value < 1e6))
        {
            let message = format!("{} cannot be the size of a task", size.value);
            let problem = Diagnostic::new(Code::TaskSize, layers.locate(size.from), message);
            self.diagnostics
                .push_once(problem.help("write virtual CPUs and GiB: `task: { vcpu: 1, memory_gib: 2 }`"));
        }
        Some(Task {
            vcpu: vcpu?.value,
            memory_gib: memory?.value,
            architecture: match architecture.value {
                spec::Architecture::X8664 => Architecture::X8664,
                spec::Architecture::Arm64 => Architecture::Arm64,
            },
        })
    }

    fn load_balancer(&mut self, layers: &Layers<'_>) -> Found<LoadBalancer> {
        let name = layers.pick("load_balancer.name", |s| s.load_balancer.as_ref()?.name.clone());
        let group =
            layers.pick("load_balancer.target_group", |s| s.load_balancer.as_ref()?.target_group.clone());
        let suffix =
            layers.pick("load_balancer.arn_suffix", |s| s.load_balancer.as_ref()?.arn_suffix.clone());
        let group_suffix = layers.pick("load_balancer.target_group_arn_suffix", |s| {
            s.load_balancer.as_ref()?.target_group_arn_suffix.clone()
        });

        let named = name.as_ref().or(group.as_ref());
        let literal = suffix.as_ref().or(group_suffix.as_ref());
        if let (Some(named), Some(literal)) = (named, literal) {
            let message =
                format!("the load balancer of {} is both named and given by ARN suffix", layers.called());
            let problem = Diagnostic::new(Code::LoadBalancerAmbiguous, layers.locate(literal.from), message)
                .label("given by suffix here")
                .also(layers.locate(named.from), "named here")
                .help("use `name` and `target_group`, or `arn_suffix` and `target_group_arn_suffix`, on the same layers");
            self.diagnostics.push_once(problem);
            return Found::Broken;
        }
        // Each is checked where it is said, also when the other half is missing.
        let name =
            name.map(|said| self.parsed(layers, said, |text| BalancerName::parse("load balancer", &text)));
        let group =
            group.map(|said| self.parsed(layers, said, |text| BalancerName::parse("target group", &text)));
        let suffix = suffix.map(|said| self.parsed(layers, said, |text| LoadBalancerSuffix::parse(&text)));
        let group_suffix =
            group_suffix.map(|said| self.parsed(layers, said, |text| TargetGroupSuffix::parse(&text)));
        match (name, group, suffix, group_suffix) {
            (Some(name), Some(group), _, _) => Found::from(name.zip(group).map(|(name, target_group)| {
                LoadBalancer::Named { name: name.value, target_group: target_group.value }
            })),
            (_, _, Some(suffix), Some(group)) => Found::from(suffix.zip(group).map(|(suffix, group)| {
                LoadBalancer::Literal { arn_suffix: suffix.value, target_group_arn_suffix: group.value }
            })),
            _ => Found::Nothing,
        }
    }

    fn requests_without_load_balancer(&mut self, layers: &Layers<'_>) {
        let fields = Fields::of(Metric::Requests);
        let asked = layers.pick_or(fields.target, 0.0, |s| policy_settings(s, Metric::Requests)?.target);
        let has = |get: fn(&spec::LoadBalancer) -> &Option<String>| {
            layers.pick("load_balancer", |s| get(s.load_balancer.as_ref()?).clone()).is_some()
        };
        let lacks = match (
            has(|lb| &lb.name),
            has(|lb| &lb.target_group),
            has(|lb| &lb.arn_suffix),
            has(|lb| &lb.target_group_arn_suffix),
        ) {
            (true, ..) => "`target_group`",
            (_, true, ..) => "`name`",
            (_, _, true, _) => "`target_group_arn_suffix`",
            (.., true) => "`arn_suffix`",
            _ => "`name` and `target_group`",
        };
        let service = layers.service;
        // One mistake for every service that lacks it, so the place is the service, not the shared target.
        let overridden =
            self.spec.environments.get(layers.environment).is_some_and(|e| e.services.contains_key(service));
        let place = if overridden {
            Location::key(["environments", layers.environment, "services", service])
        } else {
            Location::key(["services", service])
        };
        let message = format!("{} tracks requests, but its load balancer lacks {lacks}", layers.called());
        let help = format!(
            "add `load_balancer: {{ name: …, target_group: … }}` under `environments.{}.services.{service}`, or switch the policy off with `scaling: {{ requests: {{ enabled: false }} }}`",
            layers.environment
        );
        let problem = Diagnostic::new(Code::RequestsWithoutLoadBalancer, place, message)
            .also(layers.locate(asked.from), "the target is set here")
            .help(help);
        self.diagnostics.push_once(problem);
    }

    fn policy(
        &mut self,
        metric: Metric,
        layers: &Layers<'_>,
        ecs_service: &EcsName,
        pattern: Option<&str>,
    ) -> Option<Policy> {
        let fields = Fields::of(metric);
        let enabled = layers.pick(fields.enabled, |s| policy_settings(s, metric)?.enabled);
        let target = layers.pick(fields.target, |s| policy_settings(s, metric)?.target);
        match (&enabled, &target) {
            (Some(Sourced { value: false, .. }), _) | (None, None) => return None,
            (Some(enabled), None) => {
                let message =
                    format!("the {} policy of {} is on, but has no target", metric.name(), layers.called());
                let problem = Diagnostic::new(Code::MissingTarget, layers.locate(enabled.from), message);
                self.diagnostics.push_once(problem.help(format!(
                    "add a target: `{}: {{ target: {} }}`",
                    metric.name(),
                    fields.usual
                )));
                return None;
            }
            _ => {}
        }
        let target = self.parsed(layers, target?, fields.parse);
        let name = self.policy_name(metric, layers, ecs_service, pattern);
        let cooldown_out = self.cooldown(
            layers,
            fields.cooldown_out,
            "scaling.cooldown.out",
            COOLDOWN_OUT,
            |s, of_policy| cooldown(s, metric, of_policy)?.out.clone(),
        );
        let cooldown_in =
            self.cooldown(layers, fields.cooldown_in, "scaling.cooldown.in", COOLDOWN_IN, |s, of_policy| {
                cooldown(s, metric, of_policy)?.r#in.clone()
            });
        Some(Policy {
            metric,
            name: name?,
            target: target?,
            cooldown_out: cooldown_out?,
            cooldown_in: cooldown_in?,
            disable_scale_in: layers
                .pick_or(fields.disable_scale_in, false, |s| policy_settings(s, metric)?.disable_scale_in),
        })
    }

    fn policy_name(
        &mut self,
        metric: Metric,
        layers: &Layers<'_>,
        ecs_service: &EcsName,
        pattern: Option<&str>,
    ) -> Option<Sourced<PolicyName>> {
        let field = Fields::of(metric).policy_name;
        if let Some(said) = layers.pick(field, |s| policy_settings(s, metric)?.policy_name.clone()) {
            return self.parsed(layers, said, |text| PolicyName::parse(&text));
        }
        let values = [
            ("project", self.spec.project.as_str()),
            ("environment", layers.environment),
            ("service", layers.service),
            ("ecs_service", ecs_service),
            ("metric", metric.name()),
        ];
        let value = self.named("policy", pattern, POLICY_PATTERN, &values, PolicyName::parse)?;
        Some(Sourced { value, from: Origin { layer: Layer::BuiltIn, field } })
    }

    /// The policy's own cooldown, else the common one of all policies, else the built-in one.
    fn cooldown(
        &mut self,
        layers: &Layers<'_>,
        own: &'static str,
        common: &'static str,
        built_in: Seconds,
        get: impl Fn(&Settings, bool) -> Option<String>,
    ) -> Option<Sourced<Seconds>> {
        let said = layers.pick(own, |s| get(s, true)).or_else(|| layers.pick(common, |s| get(s, false)));
        let Some(said) = said else {
            return Some(Sourced { value: built_in, from: Origin { layer: Layer::BuiltIn, field: common } });
        };
        self.parsed(layers, said, |text| Seconds::parse_cooldown(&text))
    }

    fn waves(&mut self) -> Vec<Wave> {
        let spec = self.spec;
        let waves = spec.rollout.iter().flat_map(|rollout| rollout.waves.iter().enumerate());
        waves
            .map(|(index, wave)| {
                let below = |rest: &[Step]| {
                    let base = [Step::Key("rollout".into()), Step::Key("waves".into()), Step::Index(index)];
                    Location::Path(base.iter().chain(rest).cloned().collect(), Part::Value)
                };
                let environments = wave.environments.iter().enumerate().filter_map(|(position, name)| {
                    let place = below(&[Step::Key("environments".into()), Step::Index(position)]);
                    self.wave_environment(name, place)
                });
                let environments = environments.collect();
                let soak = wave
                    .soak
                    .as_deref()
                    .and_then(|soak| self.checked(below(&[Step::Key("soak".into())]), Seconds::parse(soak)));
                Wave { environments, soak }
            })
            .collect()
    }

    fn wave_environment(&mut self, name: &str, place: Location) -> Option<Slug> {
        if self.spec.environments.contains_key(name) {
            return Slug::parse("environment", name).ok();
        }
        let help = match did_you_mean(name, self.spec.environments.keys().map(String::as_str)) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "name one of `environments`".to_owned(),
        };
        let message = format!("the wave names the environment `{name}`, which the spec does not have");
        self.diagnostics.push(Diagnostic::new(Code::UnknownWaveEnvironment, place, message).help(help));
        None
    }

    fn parsed<R, T>(
        &mut self,
        layers: &Layers<'_>,
        said: Sourced<R>,
        parse: impl FnOnce(R) -> Result<T, Invalid>,
    ) -> Option<Sourced<T>> {
        let from = said.from;
        let value = self.checked(layers.locate(from), parse(said.value))?;
        Some(Sourced { value, from })
    }

    fn checked<T>(&mut self, place: Location, result: Result<T, Invalid>) -> Option<T> {
        result
            .map_err(|invalid| {
                self.diagnostics
                    .push_once(Diagnostic::new(invalid.code, place, invalid.message).help(invalid.help));
            })
            .ok()
    }
}

/// A value of several parts: complete, not there, or there and wrong (which is reported already).
enum Found<T> {
    Complete(T),
    Nothing,
    Broken,
}

impl<T> From<Option<T>> for Found<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Broken, Self::Complete)
    }
}

impl<T> Found<T> {
    fn into_option(self) -> Option<T> {
        match self {
            Self::Complete(value) => Some(value),
            Self::Nothing | Self::Broken => None,
        }
    }
}

fn suspended(layers: &Layers<'_>) -> Option<Suspended> {
    let scale_in = layers.pick("scaling.suspended.in", |s| s.scaling.as_ref()?.suspended.as_ref()?.r#in);
    let scale_out = layers.pick("scaling.suspended.out", |s| s.scaling.as_ref()?.suspended.as_ref()?.out);
    let scheduled =
        layers.pick("scaling.suspended.scheduled", |s| s.scaling.as_ref()?.suspended.as_ref()?.scheduled);
    let said = scale_in.is_some() || scale_out.is_some() || scheduled.is_some();
    let on = |flag: Option<Sourced<bool>>| flag.is_some_and(|flag| flag.value);
    said.then(|| Suspended { scale_in: on(scale_in), scale_out: on(scale_out), scheduled: on(scheduled) })
}

fn policy_settings(settings: &Settings, metric: Metric) -> Option<&spec::Policy> {
    let scaling = settings.scaling.as_ref()?;
    match metric {
        Metric::Requests => scaling.requests.as_ref(),
        Metric::Cpu => scaling.cpu.as_ref(),
    }
}

fn cooldown(settings: &Settings, metric: Metric, of_policy: bool) -> Option<&spec::Cooldown> {
    if of_policy {
        policy_settings(settings, metric)?.cooldown.as_ref()
    } else {
        settings.scaling.as_ref()?.cooldown.as_ref()
    }
}

/// The dotted names of a policy's keys, so that an origin can point at them, and how its target is read.
struct Fields {
    enabled: &'static str,
    target: &'static str,
    cooldown_out: &'static str,
    cooldown_in: &'static str,
    policy_name: &'static str,
    disable_scale_in: &'static str,
    usual: u32,
    parse: fn(f64) -> Result<TargetValue, Invalid>,
}

impl Fields {
    fn of(metric: Metric) -> &'static Fields {
        macro_rules! fields {
            ($name:literal, $usual:literal, $parse:expr) => {
                &Fields {
                    enabled: concat!("scaling.", $name, ".enabled"),
                    target: concat!("scaling.", $name, ".target"),
                    cooldown_out: concat!("scaling.", $name, ".cooldown.out"),
                    cooldown_in: concat!("scaling.", $name, ".cooldown.in"),
                    policy_name: concat!("scaling.", $name, ".policy_name"),
                    disable_scale_in: concat!("scaling.", $name, ".disable_scale_in"),
                    usual: $usual,
                    parse: $parse,
                }
            };
        }
        match metric {
            Metric::Requests => fields!("requests", 1000, TargetValue::requests),
            Metric::Cpu => fields!("cpu", 70, TargetValue::percent),
        }
    }
}

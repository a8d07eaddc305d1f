//! Spec → fleet: layers merged, and ALL defaults applied, here and last. Every value keeps its origin.

mod alarms;
mod balancer;
mod found;
mod layers;
mod metric;
mod operations;
mod policy;
mod predictive;
mod prices;
mod record;
mod removed;
mod schedule;
mod service;
mod step;
mod tracking;
mod watched;

use std::collections::BTreeMap;

use layers::Layers;
use rayon::prelude::*;
use record::Record;

use super::units::{AccountId, Invalid, Milliseconds, Percent, Region, Seconds, Slug, check_tag};
use super::{Environment, Fleet, Layer, Service, Setting, Sourced, Tags, Wave, regions, rules};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location, Part, Severity, Step, did_you_mean};
use crate::spec::{self, Spec};

const CLUSTER_PATTERN: &str = "{environment}-cluster";
const SERVICE_PATTERN: &str = "{environment}-{service}";
const POLICY_PATTERN: &str = "{ecs_service}-{metric}-tracking-policy";
const STEP_PATTERN: &str = "{ecs_service}-{metric}-step-policy";
const PREDICTIVE_PATTERN: &str = "{ecs_service}-{metric}-predictive-policy";
const ALARM_PATTERN: &str = "{ecs_service}-{metric}-alarm";
const ACTION_PATTERN: &str = "{ecs_service}-{action}";
const STACK_PATTERN: &str = "{ecs_service}-autoscaling";
/// Seconds between scale-outs and between scale-ins. AWS's own default is 300 for both.
const COOLDOWN_OUT: Seconds = Seconds::literal(60);
const COOLDOWN_IN: Seconds = Seconds::literal(300);
/// Seconds between steps. AWS's own default is 300.
const COOLDOWN_STEP: Seconds = Seconds::literal(60);
/// Seconds that a forecast is ahead: AWS's own default.
const FORECAST_BUFFER: Seconds = Seconds::literal(300);
/// An alarm's data points: their length in seconds, and how many.
const ALARM_PERIOD: Seconds = Seconds::literal(60);
const ALARM_PERIODS: i64 = 3;
/// Alarms on how a service does: their names, and for how many minutes something must be so. Latency is longer than
/// scaling out takes (SCALE_OUT_WITHIN), or people are called while it helps itself.
const SERVICE_ALARM_PATTERN: &str = "{ecs_service}-{alarm}-alarm";
const ALARM_HOT_MINUTES: i64 = 10;
const ALARM_FULL_MINUTES: i64 = 30;
const ALARM_MISSING_MINUTES: i64 = 15;
const ALARM_ERRORS_MINUTES: i64 = 5;
const ALARM_LATENCY_MINUTES: i64 = 10;
const ALARM_UNHEALTHY_MINUTES: i64 = 10;
const ALARM_SWINGS_MINUTES: i64 = 180;
/// CPU in per cent that is hot: so much above the target of the CPU policy, but at most; and without such a policy.
const ALARM_HOT_ABOVE_TARGET: f64 = 10.0;
const ALARM_HOT_MOST: f64 = 95.0;
const ALARM_HOT: f64 = 85.0;
/// Fewest requests of a minute whose share of errors says something.
const ALARM_MIN_REQUESTS: i64 = 50;
/// Fewest and most changes of the number of tasks in three hours that are flapping. Target tracking scales in 15 minutes
/// after the load has fallen, so once out and in takes about 20 minutes and counts as two.
const ALARM_SWINGS: (u32, u32) = (6, 18);
/// Names of what is made once an environment: its topic, its EventBridge rules, its dashboard, the stack of them all.
const TOPIC_PATTERN: &str = "{project}-{environment}-autoscaling";
const RULE_PATTERN: &str = "{project}-{environment}-autoscaling";
const DASHBOARD_PATTERN: &str = "{project}-{environment}-autoscaling";
const MONITORING_STACK_PATTERN: &str = "monitoring-{project}-{environment}";
/// What is expected where the spec says nothing: response times in milliseconds, the share of requests that fail, seconds
/// to the first scale-out (AWS measured 363 with 60-second metrics: What's New, 2026-06-18), task-hours of a day.
const P95: Milliseconds = Milliseconds::literal(1_000);
const P99: Milliseconds = Milliseconds::literal(2_500);
const ERROR_RATE: Percent = Percent::literal(1.0);
const SCALE_OUT_WITHIN: Seconds = Seconds::literal(420);
const MAX_FLAPS: u32 = 0;
const COST_INCREASE: Percent = Percent::literal(10.0);
/// Tags AWS accepts on one resource.
const MOST_TAGS: usize = 50;

/// Resolves a spec. `None` if it asks for something impossible, or an error was found before; every reason is in
/// `diagnostics` then.
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
    fleet.filter(|_| !diagnostics.has_errors())
}

/// How every setting of one service came about, in the order in which the resolver asks. Empty where a spec has no such
/// environment or service; what is wrong with the spec is for [`resolve`] to say.
pub fn trace(spec: &Spec, environment: &str, service: &str) -> Vec<Setting> {
    let record = Record::default();
    if let (Some(said), true) = (spec.environments.get(environment), spec.services.contains_key(service))
        && let Ok(name) = Slug::parse("service", service)
    {
        let here = said.settings();
        let layers = layers(spec, (environment, &here), service, Some(&record));
        let mut said_by_resolve = Diagnostics::default();
        Resolver { spec, diagnostics: &mut said_by_resolve }.enabled(&name, layers);
    }
    record.into_settings()
}

/// The layers of one service; those of its environment are at hand already.
fn layers<'s>(
    spec: &'s Spec,
    (environment, here): (&'s str, &'s spec::Settings),
    service: &'s str,
    record: Option<&'s Record>,
) -> Layers<'s> {
    let of_environment = spec.environments.get(environment);
    let stack = [
        (Layer::EnvironmentService, of_environment.and_then(|said| said.services.get(service))),
        (Layer::Environment, Some(here)),
        (Layer::Service, spec.services.get(service)),
        (Layer::Defaults, spec.defaults.as_ref()),
    ];
    Layers { environment, service, stack, record }
}

struct Resolver<'s, 'd> {
    spec: &'s Spec,
    diagnostics: &'d mut Diagnostics,
}

impl Resolver<'_, '_> {
    fn fleet(&mut self) -> Option<Fleet> {
        let spec = self.spec;
        let project = self.checked(Location::value(["project"]), Slug::parse("project", &spec.project));
        let tags = self.tags(&spec.tags, &["tags"]);
        let service_names = self.service_names();
        self.unknown_services();
        self.removed_still_there();
        let environments = self.environments(&tags, &service_names);
        let waves = self.waves();
        let prices = self.prices();
        Some(Fleet {
            project: project?,
            change: spec.change.clone(),
            tags,
            contacts: spec.contacts.clone(),
            environments,
            waves,
            prices,
            allowed: spec.lint.as_ref().map(|lint| lint.allow.clone()).unwrap_or_default(),
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

    /// The environments, on all cores. A broken one is reported; the rules still judge the others.
    fn environments(
        &mut self,
        project_tags: &Tags,
        service_names: &BTreeMap<String, Slug>,
    ) -> Vec<Environment> {
        let spec = self.spec;
        let resolved = spec.environments.iter().collect::<Vec<_>>().into_par_iter().map(|(name, said)| {
            let mut found = Diagnostics::default();
            let mut resolver = Resolver { spec, diagnostics: &mut found };
            (resolver.environment(name, said, project_tags, service_names), found)
        });
        let mut environments = Vec::new();
        for (environment, found) in resolved.collect::<Vec<_>>() {
            environments.extend(environment);
            self.diagnostics.absorb(found);
        }
        environments
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
            .filter_map(|(service, slug)| self.enabled(slug, layers(self.spec, (name, &here), service, None)))
            .collect();
        let removed = self.removed(name);
        let topic = self.topic(name, said.notifications.as_ref(), region.as_ref());
        let monitoring = self.monitoring(name, said.dashboard.as_ref(), topic.is_some());
        Some(Environment {
            name: slug?,
            account: account?,
            region: region?,
            tags,
            topic,
            monitoring,
            services,
            removed,
        })
    }

    fn enabled(&mut self, name: &Slug, layers: Layers<'_>) -> Option<Service> {
        let enabled = layers.pick_or("enabled", true, |s| s.enabled).value;
        enabled.then(|| self.service(name, layers)).flatten()
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
                Wave { environments, soak, gates: wave.gates.clone() }
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
        let value = self.checked_at(|| layers.locate(&from), parse(said.value))?;
        Some(Sourced { value, from })
    }

    fn checked<T>(&mut self, place: Location, result: Result<T, Invalid>) -> Option<T> {
        self.checked_at(|| place, result)
    }

    /// The same where it takes time to say the place, and there are many.
    fn checked_at<T>(&mut self, place: impl FnOnce() -> Location, result: Result<T, Invalid>) -> Option<T> {
        let problem =
            |invalid: Invalid| Diagnostic::new(invalid.code, place(), invalid.message).help(invalid.help);
        result.map_err(|invalid| self.diagnostics.push_once(problem(invalid))).ok()
    }
}

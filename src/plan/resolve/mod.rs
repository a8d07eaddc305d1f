//! Spec → fleet: what the layers say together, checked and completed. Every value keeps its origin.

mod alarms;
mod balancer;
mod here;
mod metric;
mod operations;
mod policy;
mod predictive;
mod prices;
mod removed;
mod schedule;
mod service;
mod step;
mod tracking;
mod watched;

use std::collections::BTreeMap;

use here::Here;
use rayon::prelude::*;
use serde::Deserialize;

use super::units::{AccountId, Invalid, Region, Seconds, Slug, check_tag};
use super::{Environment, Fleet, Service, Sourced, Tags, Wave, regions, rules};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location, Severity, did_you_mean, hint};
use crate::spec::{self, Spec};

/// Tags AWS accepts on one resource.
const MOST_TAGS: usize = 50;

/// Resolves a spec. `None` if it asks for something impossible, or an error was found before; every reason is in
/// `diagnostics` then.
pub fn resolve(spec: &Spec<'_>, diagnostics: &mut Diagnostics) -> Option<Fleet> {
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

struct Resolver<'s, 'd> {
    spec: &'s Spec<'s>,
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
        for (environment, settings) in spec.environments.iter() {
            for service in settings.services.keys().filter(|service| !spec.services.contains_key(*service)) {
                let known = spec.services.keys().map(String::as_str);
                let help = hint(service, known, format!("declare it under `services`: `{service}: {{}}`"));
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
        let by_themselves = spec.layers.running_by_themselves();
        let resolved = spec.environments.iter().collect::<Vec<_>>().into_par_iter().map(|(name, said)| {
            let mut found = Diagnostics::default();
            let mut resolver = Resolver { spec, diagnostics: &mut found };
            let running = spec.layers.running(name, &by_themselves);
            let running = running.into_iter().filter_map(|service| service_names.get(service));
            (resolver.environment((name, said), project_tags, running), found)
        });
        let mut environments = Vec::new();
        for (environment, found) in resolved.collect::<Vec<_>>() {
            environments.extend(environment);
            self.diagnostics.absorb(found);
        }
        environments
    }

    fn environment<'n>(
        &mut self,
        (name, said): (&str, &spec::Environment),
        project_tags: &Tags,
        running: impl Iterator<Item = &'n Slug>,
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
        let services = running.filter_map(|service| self.merged(name, service)).collect();
        let removed = self.removed(name);
        let topic = self.topic(name, region.as_ref());
        let monitoring = self.monitoring(name, topic.is_some());
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

    /// A service, from all its layers.
    fn merged(&mut self, environment: &str, name: &Slug) -> Option<Service> {
        match self.spec.layers.of(environment, name).settings() {
            Ok(said) => self.service(name, Here { environment, service: name, said: &said }),
            Err(error) => self.unreadable(Location::key(["services", &**name]), &error),
        }
    }

    /// What the spec and an environment say at a key that both have.
    fn of_environment<'s, T: Deserialize<'s>>(&mut self, key: &str, environment: &str) -> Option<T>
    where
        Self: 's,
    {
        match self.spec.layers.of_environment(key, environment) {
            Ok(said) => said,
            Err(error) => self.unreadable(Location::key([key]), &error),
        }
    }

    /// Each layer is right by itself, and yet they cannot be read together: a mistake of ours, said rather than passed over.
    fn unreadable<T>(&mut self, place: Location, error: &dyn std::fmt::Display) -> Option<T> {
        let message = format!("its layers cannot be read together: {error}");
        let problem = Diagnostic::new(Code::InvalidValue, place, message);
        self.diagnostics.push(problem.help("please report this spec"));
        None
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
        let resolved = waves.map(|(index, wave)| {
            let environments = wave.environments.iter().enumerate().filter_map(|(position, name)| {
                self.wave_environment(name, Wave::member_place(index, position))
            });
            let environments = environments.collect();
            let soak = wave.soak.as_deref();
            let soak = soak.and_then(|soak| self.checked(Wave::soak_place(index), Seconds::parse(soak)));
            Wave { environments, soak, gates: wave.gates.clone() }
        });
        resolved.collect()
    }

    fn wave_environment(&mut self, name: &str, place: Location) -> Option<Slug> {
        if self.spec.environments.contains_key(name) {
            return Slug::parse("environment", name).ok();
        }
        let help =
            hint(name, self.spec.environments.keys().map(String::as_str), "name one of `environments`");
        let message = format!("the wave names the environment `{name}`, which the spec does not have");
        self.diagnostics.push(Diagnostic::new(Code::UnknownWaveEnvironment, place, message).help(help));
        None
    }

    /// A value that is said, checked where it is said.
    fn parsed<R, T>(
        &mut self,
        here: &Here<'_>,
        said: &Sourced<R>,
        parse: impl FnOnce(&R) -> Result<T, Invalid>,
    ) -> Option<Sourced<T>> {
        let value = self.checked_at(|| here.at(&said.from), parse(&said.value))?;
        Some(Sourced { value, from: said.from })
    }

    /// The same of a value that may not be said. `None`: it is said and wrong.
    #[allow(clippy::option_option)]
    fn optional<R, T>(
        &mut self,
        here: &Here<'_>,
        said: &Option<Sourced<R>>,
        parse: impl FnOnce(&R) -> Result<T, Invalid>,
    ) -> Option<Option<Sourced<T>>> {
        match said {
            Some(said) => self.parsed(here, said, parse).map(Some),
            None => Some(None),
        }
    }

    /// Reports what cannot be, once, and gives nothing for it.
    fn refuse<T>(
        &mut self,
        code: Code,
        place: Location,
        message: impl Into<String>,
        help: &str,
    ) -> Option<T> {
        self.diagnostics.push_once(Diagnostic::new(code, place, message).help(help));
        None
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

//! What is known about the spec to write: checked values, by the rules of the spec.

use super::super::Failure;
use crate::cli::Init;
use crate::plan::units::{AccountId, Invalid, Region, Slug, TargetValue, Tasks};

/// What flags and answers say so far.
#[derive(Debug, Default)]
pub(super) struct Answers {
    pub(super) project: Option<Slug>,
    pub(super) environments: Vec<Environment>,
    pub(super) services: Vec<Slug>,
    pub(super) min: Option<Tasks>,
    pub(super) max: Option<Tasks>,
    pub(super) cpu: Option<TargetValue>,
    pub(super) requests: Option<TargetValue>,
    /// Patterns with `{environment}` and `{service}`.
    pub(super) load_balancer: Option<String>,
    pub(super) target_group: Option<String>,
}

/// An environment and where it lies.
#[derive(Debug)]
pub(super) struct Environment {
    pub(super) name: Slug,
    pub(super) account: AccountId,
    pub(super) region: Region,
}

impl Answers {
    /// What the flags say.
    pub(super) fn of_flags(args: &Init) -> Result<Self, Failure> {
        let mut answers = Self {
            project: args
                .project
                .as_deref()
                .map(|name| flag("--project", name, slug("project")))
                .transpose()?,
            min: args.min.map(|number| flag("--min", number, Tasks::parse)).transpose()?,
            max: args.max.map(|number| flag("--max", number, Tasks::parse)).transpose()?,
            cpu: args.cpu.map(|number| flag("--cpu", number, TargetValue::percent)).transpose()?,
            requests: args
                .requests
                .map(|number| flag("--requests", number, TargetValue::requests))
                .transpose()?,
            load_balancer: args.load_balancer.clone(),
            target_group: args.target_group.clone(),
            ..Self::default()
        };
        for said in &args.environments {
            let environment = environment(said)?;
            let known = answers.environments.iter().map(|environment| &environment.name);
            refuse_twice("--env", &environment.name, known)?;
            answers.environments.push(environment);
        }
        for said in &args.services {
            let service = flag("--service", said.as_str(), slug("service"))?;
            refuse_twice("--service", &service, answers.services.iter())?;
            answers.services.push(service);
        }
        Ok(answers)
    }

    /// The flags without which there is no spec.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        let balanced = self.requests.is_some() || self.load_balancer.is_some() || self.target_group.is_some();
        [
            (self.project.is_none(), "--project NAME"),
            (self.environments.is_empty(), "--env NAME=ACCOUNT:REGION"),
            (self.services.is_empty(), "--service NAME"),
            (balanced && self.requests.is_none(), "--requests NUMBER"),
            (balanced && self.load_balancer.is_none(), "--load-balancer PATTERN"),
            (balanced && self.target_group.is_none(), "--target-group PATTERN"),
        ]
        .into_iter()
        .filter_map(|(missing, flag)| missing.then_some(flag))
        .collect()
    }
}

/// The check of a name; `what` says whose.
pub(super) fn slug(what: &'static str) -> impl Fn(&str) -> Result<Slug, Invalid> {
    move |name| Slug::parse(what, name)
}

fn environment(said: &str) -> Result<Environment, Failure> {
    let parts = said.split_once('=').and_then(|(name, place)| Some((name, place.split_once(':')?)));
    let Some((name, (account, region))) = parts else {
        let example = "--env prod=111111111111:eu-west-1";
        return Err(Failure::Usage(format!("--env {said}: write NAME=ACCOUNT:REGION, as in {example}")));
    };
    let refuse = |invalid| refused(&format!("--env {said}"), &invalid);
    Ok(Environment {
        name: slug("environment")(name).map_err(refuse)?,
        account: AccountId::parse(account).map_err(refuse)?,
        region: Region::parse(region).map_err(refuse)?,
    })
}

fn flag<V: std::fmt::Display + Copy, T>(
    flag: &str,
    value: V,
    check: impl FnOnce(V) -> Result<T, Invalid>,
) -> Result<T, Failure> {
    check(value).map_err(|invalid| refused(&format!("{flag} {value}"), &invalid))
}

fn refused(flag: &str, invalid: &Invalid) -> Failure {
    Failure::Usage(format!("{flag}: {}\nhelp: {}", invalid.message, invalid.help))
}

fn refuse_twice<'n>(
    flag: &str,
    name: &Slug,
    mut known: impl Iterator<Item = &'n Slug>,
) -> Result<(), Failure> {
    match known.any(|other| other == name) {
        true => Err(Failure::Usage(format!("{flag} names `{name}` twice"))),
        false => Ok(()),
    }
}

//! The load balancer and target groups whose requests are counted: named or literal, complete or not there.

use super::Resolver;
use super::here::Here;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::plan::units::{BalancerName, LoadBalancerSuffix, TargetGroupSuffix};
use crate::plan::{LoadBalancer, Origin, Sourced};
use crate::spec;

/// The target groups of a service or a policy, and where they are said.
pub(super) enum Groups {
    /// One target group.
    One(Sourced<LoadBalancer>),
    /// The two of a blue/green deployment.
    Two(Sourced<LoadBalancer>, Sourced<LoadBalancer>),
    /// None, because the spec does not say this.
    Lacking(&'static str),
    /// Some that are wrong, which is reported.
    Broken,
}

/// What the layers say, unchecked.
struct BalancerSpec<'s> {
    name: Option<&'s Sourced<String>>,
    suffix: Option<&'s Sourced<String>>,
    groups: Option<Sourced<Vec<&'s str>>>,
    group_suffixes: Option<Sourced<Vec<&'s str>>>,
}

impl<'s> BalancerSpec<'s> {
    fn new(said: &'s spec::LoadBalancer) -> Self {
        let two = |pair: &'s Option<Sourced<spec::Pair>>| {
            let pair = pair.as_ref()?;
            Some(Sourced { value: pair.iter().map(String::as_str).collect(), from: pair.from })
        };
        let one = |name: &'s Option<Sourced<String>>| {
            name.as_ref().map(|name| Sourced { value: vec![name.as_str()], from: name.from })
        };
        Self {
            name: said.name.as_ref(),
            suffix: said.arn_suffix.as_ref(),
            groups: two(&said.target_groups).or_else(|| one(&said.target_group)),
            group_suffixes: two(&said.target_group_arn_suffixes)
                .or_else(|| one(&said.target_group_arn_suffix)),
        }
    }

    /// A name and a suffix that are both said.
    fn contradiction(&self) -> Option<(&Origin, &Origin)> {
        let named = self.name.map(|said| &said.from).or(self.groups.as_ref().map(|said| &said.from));
        let literal = self.suffix.map(|s| &s.from).or(self.group_suffixes.as_ref().map(|s| &s.from));
        named.zip(literal)
    }

    fn lacks(&self) -> &'static str {
        match (&self.name, &self.groups, &self.suffix, &self.group_suffixes) {
            (Some(_), ..) => "`target_group`",
            (_, Some(_), ..) => "`name`",
            (_, _, Some(_), _) => "`target_group_arn_suffix`",
            (.., Some(_)) => "`arn_suffix`",
            _ => "`name` and `target_group`",
        }
    }
}

impl Resolver<'_, '_> {
    pub(super) fn target_groups(&mut self, here: &Here<'_>, said: Option<&spec::LoadBalancer>) -> Groups {
        let nothing = spec::LoadBalancer::default();
        let said = BalancerSpec::new(said.unwrap_or(&nothing));
        if let Some((named, literal)) = said.contradiction() {
            let message = format!("the load balancer of {here} is both named and given by ARN suffix");
            let problem = Diagnostic::new(Code::LoadBalancerAmbiguous, here.at(literal), message)
                .label("given by suffix here")
                .also(here.at(named), "named here")
                .help("use `name` and `target_group`, or `arn_suffix` and `target_group_arn_suffix`, on the same layers");
            self.diagnostics.push_once(problem);
            return Groups::Broken;
        }
        let lacks = said.lacks();
        // Each is checked where it is said, also when the other half is missing.
        let name =
            said.name.map(|said| self.parsed(here, said, |text| BalancerName::parse("load balancer", text)));
        let groups = said.groups.map(|said| {
            self.parsed(here, &said, |names| {
                names
                    .iter()
                    .map(|name| BalancerName::parse("target group", name))
                    .collect::<Result<Vec<_>, _>>()
            })
        });
        let suffix = said.suffix.map(|said| self.parsed(here, said, |text| LoadBalancerSuffix::parse(text)));
        let group_suffixes = said.group_suffixes.map(|said| {
            self.parsed(here, &said, |texts| {
                texts.iter().map(|text| TargetGroupSuffix::parse(text)).collect::<Result<Vec<_>, _>>()
            })
        });
        let balancers: Option<Vec<_>> = match (name, groups, suffix, group_suffixes) {
            (Some(name), Some(groups), _, _) => name.zip(groups).map(|(name, groups)| {
                let named = |group| LoadBalancer::Named { name: name.value.clone(), target_group: group };
                let sourced = |group| Sourced { value: named(group), from: groups.from };
                groups.value.into_iter().map(sourced).collect()
            }),
            (_, _, Some(suffix), Some(groups)) => suffix.zip(groups).map(|(suffix, groups)| {
                let literal = |group| LoadBalancer::Literal {
                    arn_suffix: suffix.value.clone(),
                    target_group_arn_suffix: group,
                };
                let sourced = |group| Sourced { value: literal(group), from: groups.from };
                groups.value.into_iter().map(sourced).collect()
            }),
            _ => return Groups::Lacking(lacks),
        };
        let mut balancers = balancers.into_iter().flatten();
        match (balancers.next(), balancers.next(), balancers.next()) {
            (Some(one), None, None) => Groups::One(one),
            (Some(blue), Some(green), None) => Groups::Two(blue, green),
            // They are wrong, or of another number, which the schema has refused.
            _ => Groups::Broken,
        }
    }

    /// A policy counts requests and has no complete load balancer.
    pub(super) fn requests_without_load_balancer<T>(
        &mut self,
        here: &Here<'_>,
        lacks: &str,
        asked: &Origin,
    ) -> Option<T> {
        let (environment, service) = (here.environment, here.service);
        // One mistake for every service that lacks it, so the place is the service, not the shared target.
        let place = if self.spec.layers.overrides(environment, service) {
            Location::key(["environments", environment, "services", service])
        } else {
            Location::key(["services", service])
        };
        let message = format!("{here} tracks requests, but its load balancer lacks {lacks}");
        let help = format!(
            "add `load_balancer: {{ name: …, target_group: … }}` under `environments.{environment}.services.{service}`, or switch the policy off with `scaling: {{ requests: {{ enabled: false }} }}`"
        );
        let problem = Diagnostic::new(Code::RequestsWithoutLoadBalancer, place, message)
            .also(here.at(asked), "the target is set here")
            .help(help);
        self.diagnostics.push_once(problem);
        None
    }
}

//! The load balancer and target groups whose requests are counted: named or literal, complete or not there.

use std::borrow::Cow;

use super::Resolver;
use super::found::Found;
use super::layers::Layers;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::plan::units::{BalancerName, LoadBalancerSuffix, TargetGroupSuffix};
use crate::plan::{Field, LoadBalancer, Origin, Sourced};
use crate::spec::{self, Settings};

/// A load balancer and one target group, or the two of a blue/green deployment; where the target group is said.
pub(super) enum Groups {
    One(Sourced<LoadBalancer>),
    Two(Sourced<LoadBalancer>, Sourced<LoadBalancer>),
}

/// Where a layer says it.
pub(super) type Get<'e> = &'e dyn for<'s> Fn(&'s Settings) -> Option<&'s spec::LoadBalancer>;

/// What the layers say, unchecked.
struct Said {
    name: Option<Sourced<String>>,
    suffix: Option<Sourced<String>>,
    groups: Option<Sourced<Vec<String>>>,
    group_suffixes: Option<Sourced<Vec<String>>>,
}

pub(super) fn of_service(settings: &Settings) -> Option<&spec::LoadBalancer> {
    settings.load_balancer.as_ref()
}

impl Said {
    /// The target group is said at the holder; the load balancer may be the service's.
    fn new(layers: &Layers<'_>, holder: Cow<'static, str>, get: Get<'_>) -> Self {
        let field = |key| Field::of(holder.clone(), key);
        // The load balancer of the service, where the holder says none.
        let or_of_service = |said, key, pick: fn(&spec::LoadBalancer) -> Option<String>| {
            layers.or_pick(said, || field(key), Field::of("load_balancer", key), |s| pick(of_service(s)?))
        };
        let name = layers.pick(field("name"), |s| get(s)?.name.clone());
        let suffix = layers.pick(field("arn_suffix"), |s| get(s)?.arn_suffix.clone());
        let own = name.is_some() || suffix.is_some();
        let one = |group: &Option<String>| group.clone().map(|group| vec![group]);
        Self {
            name: if own { name } else { or_of_service(name, "name", |lb| lb.name.clone()) },
            suffix: if own {
                suffix
            } else {
                or_of_service(suffix, "arn_suffix", |lb| lb.arn_suffix.clone())
            },
            groups: layers
                .pick(field("target_groups"), |s| get(s)?.target_groups.clone())
                .or_else(|| layers.pick(field("target_group"), |s| one(&get(s)?.target_group))),
            group_suffixes: layers
                .pick(field("target_group_arn_suffixes"), |s| get(s)?.target_group_arn_suffixes.clone())
                .or_else(|| {
                    layers.pick(field("target_group_arn_suffix"), |s| one(&get(s)?.target_group_arn_suffix))
                }),
        }
    }

    /// A name and a suffix that are both said.
    fn contradiction(&self) -> Option<(&Origin, &Origin)> {
        let named = self.name.as_ref().map(|said| &said.from).or(self.groups.as_ref().map(|said| &said.from));
        let literal = self.suffix.as_ref().map(|s| &s.from).or(self.group_suffixes.as_ref().map(|s| &s.from));
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
    pub(super) fn target_groups(
        &mut self,
        layers: &Layers<'_>,
        holder: impl Into<Cow<'static, str>>,
        get: Get<'_>,
    ) -> Found<Groups> {
        let said = Said::new(layers, holder.into(), get);
        if let Some((named, literal)) = said.contradiction() {
            let message =
                format!("the load balancer of {} is both named and given by ARN suffix", layers.called());
            let problem = Diagnostic::new(Code::LoadBalancerAmbiguous, layers.locate(literal), message)
                .label("given by suffix here")
                .also(layers.locate(named), "named here")
                .help("use `name` and `target_group`, or `arn_suffix` and `target_group_arn_suffix`, on the same layers");
            self.diagnostics.push_once(problem);
            return Found::Broken;
        }
        // Each is checked where it is said, also when the other half is missing.
        let name = said
            .name
            .map(|said| self.parsed(layers, said, |text| BalancerName::parse("load balancer", &text)));
        let groups = said.groups.map(|said| {
            self.parsed(layers, said, |names| {
                names
                    .iter()
                    .map(|name| BalancerName::parse("target group", name))
                    .collect::<Result<Vec<_>, _>>()
            })
        });
        let suffix =
            said.suffix.map(|said| self.parsed(layers, said, |text| LoadBalancerSuffix::parse(&text)));
        let group_suffixes = said.group_suffixes.map(|said| {
            self.parsed(layers, said, |texts| {
                texts.iter().map(|text| TargetGroupSuffix::parse(text)).collect::<Result<Vec<_>, _>>()
            })
        });
        let balancers = match (name, groups, suffix, group_suffixes) {
            (Some(name), Some(groups), _, _) => name.zip(groups).map(|(name, groups)| {
                let named = |group| LoadBalancer::Named { name: name.value.clone(), target_group: group };
                let sourced = |group| Sourced { value: named(group), from: groups.from.clone() };
                groups.value.into_iter().map(sourced).collect()
            }),
            (_, _, Some(suffix), Some(groups)) => suffix.zip(groups).map(|(suffix, groups)| {
                let literal = |group| LoadBalancer::Literal {
                    arn_suffix: suffix.value.clone(),
                    target_group_arn_suffix: group,
                };
                let sourced = |group| Sourced { value: literal(group), from: groups.from.clone() };
                groups.value.into_iter().map(sourced).collect::<Vec<_>>()
            }),
            _ => return Found::Nothing,
        };
        match balancers.map(|found| (found.len(), found.into_iter())) {
            Some((1, mut one)) => Found::from(one.next().map(Groups::One)),
            Some((2, mut two)) => Found::from(two.next().zip(two.next()).map(|(a, b)| Groups::Two(a, b))),
            // The schema has refused other numbers.
            _ => Found::Broken,
        }
    }

    /// A policy counts requests and has no complete load balancer.
    pub(super) fn requests_without_load_balancer(
        &mut self,
        layers: &Layers<'_>,
        holder: impl Into<Cow<'static, str>>,
        get: Get<'_>,
        asked: &Origin,
    ) {
        let lacks = Said::new(layers, holder.into(), get).lacks();
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
            .also(layers.locate(asked), "the target is set here")
            .help(help);
        self.diagnostics.push_once(problem);
    }
}

//! The load balancer whose requests are counted: named or literal, complete or not there.

use super::Resolver;
use super::found::Found;
use super::layers::Layers;
use super::policy::{Fields, policy_settings};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::plan::units::{BalancerName, LoadBalancerSuffix, TargetGroupSuffix};
use crate::plan::{LoadBalancer, Metric};
use crate::spec;

impl Resolver<'_, '_> {
    pub(super) fn load_balancer(&mut self, layers: &Layers<'_>) -> Found<LoadBalancer> {
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

    pub(super) fn requests_without_load_balancer(&mut self, layers: &Layers<'_>) {
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
}

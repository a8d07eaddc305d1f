//! Target tracking policies.

use super::Resolver;
use super::balancer::Groups;
use super::here::{Here, known};
use super::policy::{Entry, Of, Policies, target_help};
use crate::diagnostic::Code;
use crate::plan::policy::{CustomMetric, PolicyId, PolicyKind, Role, TargetGroup, TrackedMetric, Tracking};
use crate::plan::units::{Invalid, Key, Seconds, TargetValue};
use crate::plan::{LoadBalancer, Origin, Sourced};
use crate::spec::{
    CustomPolicy, Duration, Holder, MoreRequestsPolicy, PolicyKeys, RequestsPolicy, Target, TrackingKeys,
    UtilizationPolicy,
};

type ParseTarget = fn(f64) -> Result<TargetValue, Invalid>;

impl Resolver<'_, '_> {
    /// Requests through the service's own target group, or both of a blue/green deployment.
    pub(super) fn requests(&mut self, of: &Of<'_>, said: &Holder<RequestsPolicy>, found: &mut Policies) {
        let entry = Entry { id: PolicyId::Requests, keys: &said.common, from: said.from };
        self.tracking(
            of,
            &entry,
            &said.own.common,
            found,
            TargetValue::requests,
            |resolver, asked| match &of.groups {
                Groups::One(balancer) => Some((TrackedMetric::Requests(only(balancer)), balancer.from)),
                Groups::Two(blue, green) => {
                    let from = blue.from;
                    let group =
                        |role, balancer: &LoadBalancer| TargetGroup { role, balancer: balancer.clone() };
                    let (blue, green) = (group(Role::Blue, blue), group(Role::Green, green));
                    Some((TrackedMetric::Custom(CustomMetric::requests_of_both(&blue, &green)), from))
                }
                Groups::Lacking(lacking) => {
                    resolver.requests_without_load_balancer(&of.here, lacking, &asked.from)
                }
                Groups::Broken => None,
            },
        );
    }

    /// Requests through another target group.
    pub(super) fn more_requests(
        &mut self,
        of: &Of<'_>,
        key: Key,
        said: &Holder<MoreRequestsPolicy>,
        found: &mut Policies,
    ) {
        let id = PolicyId::MoreRequests(key.clone());
        let entry = Entry { id, keys: &said.common, from: said.from };
        self.tracking(of, &entry, &said.own.common, found, TargetValue::requests, |resolver, asked| {
            match resolver.target_groups(&of.here, said.own.own.load_balancer.as_ref()) {
                Groups::One(balancer) => {
                    let Sourced { value: balancer, from } = balancer;
                    let group = TargetGroup { role: Role::More(key.clone()), balancer };
                    Some((TrackedMetric::Requests(group), from))
                }
                Groups::Two(..) => {
                    let message =
                        format!("{} of {} tracks one target group, not two", entry.id.metric(), of.here);
                    let help = "write one entry of `more_requests` for each target group";
                    resolver.refuse(Code::LoadBalancerAmbiguous, of.here.at(&asked.from), message, help)
                }
                Groups::Lacking(lacking) => {
                    resolver.requests_without_load_balancer(&of.here, lacking, &asked.from)
                }
                Groups::Broken => None,
            }
        });
    }

    /// CPU or memory.
    pub(super) fn utilization(
        &mut self,
        of: &Of<'_>,
        id: PolicyId,
        said: &Holder<UtilizationPolicy>,
        found: &mut Policies,
    ) {
        let parse: ParseTarget = match id {
            PolicyId::Cpu => TargetValue::percent,
            _ => TargetValue::memory,
        };
        let entry = Entry { id: id.clone(), keys: &said.common, from: said.from };
        self.tracking(of, &entry, &said.own.common, found, parse, |_, asked| {
            let resolution = known(&said.own.own.resolution).clone();
            let metric = match id {
                PolicyId::Cpu => TrackedMetric::Cpu(resolution),
                _ => TrackedMetric::Memory(resolution),
            };
            Some((metric, asked.from))
        });
    }

    /// A metric of the user's.
    pub(super) fn custom(
        &mut self,
        of: &Of<'_>,
        key: Key,
        said: &Holder<CustomPolicy>,
        found: &mut Policies,
    ) {
        let entry = Entry { id: PolicyId::Custom(key), keys: &said.common, from: said.from };
        self.tracking(of, &entry, &said.own.common, found, TargetValue::of_metric, |resolver, _| {
            let (metric, from) = resolver.custom_metric(of, &entry, &said.own.own)?;
            Some((TrackedMetric::Custom(metric), from))
        });
    }

    fn tracking(
        &mut self,
        of: &Of<'_>,
        entry: &Entry<'_>,
        keys: &TrackingKeys,
        found: &mut Policies,
        parse: ParseTarget,
        metric: impl FnOnce(&mut Self, &Sourced<Target>) -> Option<(TrackedMetric, Origin)>,
    ) {
        let unnamed = matches!(entry.id, PolicyId::Requests | PolicyId::Cpu | PolicyId::Memory);
        if unnamed && !asked_for(entry.keys, keys) {
            return; // Settings of a policy that nobody asked for.
        }
        self.switched(of, entry, found, |resolver| {
            let Some(said) = &keys.target else {
                let lacks = "is on, but has no target";
                return resolver.missing(of, entry, Code::MissingTarget, lacks, target_help(&entry.id));
            };
            let metric = metric(resolver, said);
            let target = resolver.parsed(&of.here, said, |target| parse(target.0));
            let (cooldown_out, cooldown_in) = resolver.cooldowns(&of.here, keys);
            let (metric, measured) = metric?;
            Some(PolicyKind::Tracking(Tracking {
                metric,
                measured,
                target: target?,
                cooldown_out: cooldown_out?,
                cooldown_in: cooldown_in?,
                disable_scale_in: known(&keys.disable_scale_in).clone(),
            }))
        });
    }

    fn cooldowns(
        &mut self,
        here: &Here<'_>,
        keys: &TrackingKeys,
    ) -> (Option<Sourced<Seconds>>, Option<Sourced<Seconds>>) {
        let Some(said) = &keys.cooldown else { return (None, None) };
        (self.cooldown(here, known(&said.out)), self.cooldown(here, known(&said.r#in)))
    }

    pub(super) fn cooldown(&mut self, here: &Here<'_>, said: &Sourced<Duration>) -> Option<Sourced<Seconds>> {
        self.parsed(here, said, |text| Seconds::parse_cooldown(text))
    }
}

/// Whether a policy that has no name of the user's is there: where a layer gives it a target, or switches it.
fn asked_for(keys: &PolicyKeys, tracking: &TrackingKeys) -> bool {
    keys.enabled.is_some() || tracking.target.is_some()
}

/// The one target group of a service.
pub(super) fn only(balancer: &LoadBalancer) -> TargetGroup {
    TargetGroup { role: Role::Only, balancer: balancer.clone() }
}

//! Target tracking policies.

use super::balancer::{Get, Groups, of_service};
use super::found::Found;
use super::layers::Layers;
use super::policy::{Entry, Of, Policies, target_help};
use super::{COOLDOWN_IN, COOLDOWN_OUT, Resolver};
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::policy::{
    CustomMetric, PolicyId, PolicyKind, Resolution, Role, TargetGroup, TrackedMetric, Tracking,
};
use crate::plan::units::{Invalid, Key, Seconds, TargetValue};
use crate::plan::{LoadBalancer, Origin, Sourced};
use crate::spec::{self, Settings, TrackingKeys, UtilizationPolicy};

type ParseTarget = fn(f64) -> Result<TargetValue, Invalid>;

impl Resolver<'_, '_> {
    /// Requests through the service's own target group, or both of a blue/green deployment.
    pub(super) fn requests(&mut self, of: &Of<'_>, found: &mut Policies) {
        let entry: Entry<'_, dyn TrackingKeys> = Entry {
            id: PolicyId::Requests,
            holder: "scaling.requests".into(),
            get: &|s| s.scaling.as_ref()?.requests.as_ref().map(|policy| policy as &dyn TrackingKeys),
        };
        self.tracking(of, &entry, found, TargetValue::requests, |resolver, asked| match &of.groups {
            Found::Complete(Groups::One(balancer)) => {
                Some((TrackedMetric::Requests(only(balancer)), balancer.from.clone()))
            }
            Found::Complete(Groups::Two(blue, green)) => {
                let from = blue.from.clone();
                let group = |role, balancer: &LoadBalancer| TargetGroup { role, balancer: balancer.clone() };
                let (blue, green) = (group(Role::Blue, blue), group(Role::Green, green));
                Some((TrackedMetric::Custom(CustomMetric::requests_of_both(&blue, &green)), from))
            }
            Found::Nothing => {
                resolver.requests_without_load_balancer(
                    &of.layers,
                    "load_balancer",
                    &of_service,
                    &asked.from,
                );
                None
            }
            Found::Broken => None,
        });
    }

    /// Requests through another target group.
    pub(super) fn more_requests(&mut self, of: &Of<'_>, key: Key, found: &mut Policies) {
        let id = PolicyId::MoreRequests(key.clone());
        let holder = id.path();
        let entry: Entry<'_, dyn TrackingKeys> = Entry {
            id,
            holder: holder.clone().into(),
            get: &|s| s.scaling.as_ref()?.more_requests.get(&*key).map(|policy| policy as &dyn TrackingKeys),
        };
        self.tracking(of, &entry, found, TargetValue::requests, |resolver, asked| {
            let holder = format!("{holder}.load_balancer");
            let get: Get<'_> = &|s| s.scaling.as_ref()?.more_requests.get(&*key)?.load_balancer.as_ref();
            match resolver.target_groups(&of.layers, holder.clone(), get) {
                Found::Complete(Groups::One(balancer)) => {
                    let Sourced { value: balancer, from } = balancer;
                    let group = TargetGroup { role: Role::More(key.clone()), balancer };
                    Some((TrackedMetric::Requests(group), from))
                }
                Found::Complete(Groups::Two(..)) => {
                    let message = format!(
                        "{} of {} tracks one target group, not two",
                        entry.id.metric(),
                        of.layers.called()
                    );
                    let problem =
                        Diagnostic::new(Code::LoadBalancerAmbiguous, of.layers.locate(&asked.from), message);
                    resolver
                        .diagnostics
                        .push_once(problem.help("write one entry of `more_requests` for each target group"));
                    None
                }
                Found::Nothing => {
                    resolver.requests_without_load_balancer(&of.layers, holder, get, &asked.from);
                    None
                }
                Found::Broken => None,
            }
        });
    }

    /// CPU or memory.
    pub(super) fn utilization(&mut self, of: &Of<'_>, id: PolicyId, found: &mut Policies) {
        type Get = for<'s> fn(&'s Settings) -> Option<&'s UtilizationPolicy>;
        let (get, holder, parse): (Get, _, ParseTarget) = match id {
            PolicyId::Cpu => (|s| s.scaling.as_ref()?.cpu.as_ref(), "scaling.cpu", TargetValue::percent),
            _ => (|s| s.scaling.as_ref()?.memory.as_ref(), "scaling.memory", TargetValue::memory),
        };
        let entry: Entry<'_, dyn TrackingKeys> = Entry {
            id: id.clone(),
            holder: holder.into(),
            get: &move |s| get(s).map(|p| p as &dyn TrackingKeys),
        };
        self.tracking(of, &entry, found, parse, |_, asked| {
            let field = entry.field("resolution");
            let resolution = of.layers.pick_or(field, Resolution::Standard, |s| get(s)?.resolution);
            let metric = match id {
                PolicyId::Cpu => TrackedMetric::Cpu(resolution),
                _ => TrackedMetric::Memory(resolution),
            };
            Some((metric, asked.from.clone()))
        });
    }

    /// A metric of the user's.
    pub(super) fn custom(&mut self, of: &Of<'_>, key: Key, found: &mut Policies) {
        let id = PolicyId::Custom(key.clone());
        let entry: Entry<'_, dyn TrackingKeys> = Entry {
            holder: id.path().into(),
            id,
            get: &|s| s.scaling.as_ref()?.custom.get(&*key).map(|policy| policy as &dyn TrackingKeys),
        };
        self.tracking(of, &entry, found, TargetValue::of_metric, |resolver, _| {
            let (metric, from) = resolver.custom_metric(of, &key)?;
            Some((TrackedMetric::Custom(metric), from))
        });
    }

    fn tracking(
        &mut self,
        of: &Of<'_>,
        entry: &Entry<'_, dyn TrackingKeys>,
        found: &mut Policies,
        parse: ParseTarget,
        metric: impl FnOnce(&mut Self, &Sourced<f64>) -> Option<(TrackedMetric, Origin)>,
    ) {
        let layers = &of.layers;
        let unnamed = matches!(entry.id, PolicyId::Requests | PolicyId::Cpu | PolicyId::Memory);
        let asked_for =
            || layers.any(|s| (entry.get)(s)?.enabled()) || layers.any(|s| (entry.get)(s)?.target());
        if unnamed && !asked_for() {
            return; // Settings of a policy that nobody asked for.
        }
        self.switched(of, entry, found, |resolver| {
            let Some(said) = layers.pick(entry.field("target"), |s| (entry.get)(s)?.target()) else {
                resolver.missing(
                    of,
                    &entry.id,
                    Code::MissingTarget,
                    "is on, but has no target",
                    target_help(&entry.id),
                );
                return None;
            };
            let metric = metric(resolver, &said);
            let target = resolver.parsed(layers, said, parse);
            let (cooldown_out, cooldown_in) = resolver.cooldowns(layers, entry);
            let disable_scale_in = layers
                .pick_or(entry.field("disable_scale_in"), false, |s| (entry.get)(s)?.disable_scale_in());
            let (metric, measured) = metric?;
            Some(PolicyKind::Tracking(Tracking {
                metric,
                measured,
                target: target?,
                cooldown_out: cooldown_out?,
                cooldown_in: cooldown_in?,
                disable_scale_in,
            }))
        });
    }

    /// The policy's own cooldowns, else the common ones of all policies, else the built-in ones.
    fn cooldowns(
        &mut self,
        layers: &Layers<'_>,
        entry: &Entry<'_, dyn TrackingKeys>,
    ) -> (Option<Sourced<Seconds>>, Option<Sourced<Seconds>>) {
        let own = |s| (entry.get)(s)?.cooldown();
        type Part = fn(&spec::Cooldown) -> Option<String>;
        let mut cooldown = |own_key, common_key: &'static str, part: Part, default| {
            let said = layers.pick(entry.field(own_key), |s| part(own(s)?));
            let common = |s: &Settings| part(s.scaling.as_ref()?.cooldown.as_ref()?);
            let said = layers.or_pick(said, || entry.field(own_key), common_key, common);
            let said = said.map(|said| self.parsed(layers, said, |text| Seconds::parse_cooldown(&text)));
            layers.or_built_in(said, || entry.field(own_key), default)
        };
        (
            cooldown("cooldown.out", "scaling.cooldown.out", |c| c.out.clone(), COOLDOWN_OUT),
            cooldown("cooldown.in", "scaling.cooldown.in", |c| c.r#in.clone(), COOLDOWN_IN),
        )
    }
}

/// The one target group of a service.
pub(super) fn only(balancer: &LoadBalancer) -> TargetGroup {
    TargetGroup { role: Role::Only, balancer: balancer.clone() }
}

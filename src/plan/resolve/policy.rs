//! What all kinds of policies have: a switch, a name, a former name; and which policies a service has.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::balancer::Groups;
use super::found::Found;
use super::layers::Layers;
use super::predictive::{metric_said, word};
use super::{ALARM_PATTERN, POLICY_PATTERN, PREDICTIVE_PATTERN, Resolver, STEP_PATTERN};
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::policy::{GonePolicy, Policy, PolicyId, PolicyKind};
use crate::plan::units::{AlarmName, EcsName, Key, PolicyName};
use crate::plan::{Field, Sourced};
use crate::spec::{PolicyKeys, Scaling, Settings};

/// What is known of a service before its policies are resolved.
pub(super) struct Of<'s> {
    pub(super) project: &'s str,
    pub(super) layers: Layers<'s>,
    pub(super) cluster: EcsName,
    pub(super) ecs_service: EcsName,
    pub(super) groups: Found<Groups>,
}

/// One policy of the spec: what it is called, and where each layer speaks of it.
pub(super) struct Entry<'e, P: ?Sized> {
    pub(super) id: PolicyId,
    pub(super) holder: Cow<'static, str>,
    pub(super) get: &'e dyn for<'s> Fn(&'s Settings) -> Option<&'s P>,
}

impl<P: ?Sized> Entry<'_, P> {
    pub(super) fn field(&self, key: &'static str) -> Field {
        Field::of(self.holder.clone(), key)
    }
}

/// A mapping below `scaling` whose keys are names of the user's.
#[derive(Clone, Copy)]
pub(super) struct Holder {
    key: &'static str,
    what: &'static str,
    names: fn(&Scaling) -> Vec<&String>,
}

const MORE_REQUESTS: Holder =
    Holder { key: "more_requests", what: "policy", names: |scaling| scaling.more_requests.keys().collect() };
const CUSTOM: Holder =
    Holder { key: "custom", what: "policy", names: |scaling| scaling.custom.keys().collect() };
const STEP: Holder = Holder { key: "step", what: "policy", names: |scaling| scaling.step.keys().collect() };
pub(super) const SCHEDULE: Holder =
    Holder { key: "schedule", what: "scheduled action", names: |scaling| scaling.schedule.keys().collect() };

impl Holder {
    /// All names that any layer says, sorted.
    pub(super) fn names<'s>(self, layers: &Layers<'s>) -> BTreeSet<&'s str> {
        let said = layers.stack.iter().filter_map(|(_, settings)| settings.as_ref()?.scaling.as_ref());
        said.flat_map(self.names).map(String::as_str).collect()
    }
}

/// What has become of the policies of a service.
#[derive(Default)]
pub(super) struct Policies {
    pub(super) on: Vec<Policy>,
    pub(super) gone: Vec<GonePolicy>,
    pub(super) broken: bool,
}

impl Resolver<'_, '_> {
    /// All policies, in the order in which they are written.
    pub(super) fn policies(&mut self, of: &Of<'_>) -> Policies {
        let mut found = Policies::default();
        self.requests(of, &mut found);
        self.utilization(of, PolicyId::Cpu, &mut found);
        self.utilization(of, PolicyId::Memory, &mut found);
        self.each_key(of, MORE_REQUESTS, &mut found, Self::more_requests);
        self.each_key(of, CUSTOM, &mut found, Self::custom);
        self.each_key(of, STEP, &mut found, Self::step);
        self.predictive(of, &mut found);
        found
    }

    /// Resolves the entry of each name that any layer has.
    fn each_key(
        &mut self,
        of: &Of<'_>,
        holder: Holder,
        found: &mut Policies,
        resolve: fn(&mut Self, &Of<'_>, Key, &mut Policies),
    ) {
        for name in holder.names(&of.layers) {
            match self.key(&of.layers, holder, name) {
                Some(key) => resolve(self, of, key, found),
                None => found.broken = true,
            }
        }
    }

    /// The name of an entry, checked where the strongest layer says it.
    pub(super) fn key(&mut self, layers: &Layers<'_>, holder: Holder, name: &str) -> Option<Key> {
        let said = layers.stack.iter().find(|(_, settings)| {
            let scaling = settings.and_then(|settings| settings.scaling.as_ref());
            scaling.is_some_and(|scaling| (holder.names)(scaling).iter().any(|known| *known == name))
        })?;
        let place = said.0.entry(layers.environment, layers.service, &["scaling", holder.key, name]);
        self.checked(place, Key::parse(holder.what, name))
    }

    /// Adds a policy that is on, or says that it is gone. `None` from `kind`: something in it is wrong and reported.
    pub(super) fn switched<P: PolicyKeys + ?Sized>(
        &mut self,
        of: &Of<'_>,
        entry: &Entry<'_, P>,
        found: &mut Policies,
        kind: impl FnOnce(&mut Self) -> Option<PolicyKind>,
    ) {
        let layers = &of.layers;
        let off = layers
            .pick(entry.field("enabled"), |s| (entry.get)(s)?.enabled())
            .is_some_and(|said| !said.value);
        let name = self.policy_name(of, entry);
        if off {
            let alarm = match &entry.id {
                PolicyId::Step(key) => self.alarm_name(of, key).map(|name| name.value),
                _ => None,
            };
            match name {
                Some(name) => found.gone.push(GonePolicy { name: name.value, alarm, renamed_to: None }),
                None => found.broken = true,
            }
            return;
        }
        let renamed_from =
            layers.pick(entry.field("renamed_from"), |s| (entry.get)(s)?.renamed_from().cloned());
        let renamed_from =
            renamed_from.map(|said| self.parsed(layers, said, |text| PolicyName::parse(&text)));
        let adopt = layers.pick(entry.field("adopt"), |s| (entry.get)(s)?.adopt());
        let adopt = layers.or_pick(adopt, || entry.field("adopt"), "adopt", |s| s.adopt);
        let adopt = layers.or_built_in(adopt.map(Some), || entry.field("adopt"), false);
        let adopt = adopt.is_some_and(|said| said.value);
        // Every part is checked before any missing one ends it.
        let kind = kind(self);
        let complete = || {
            let renamed_from = match renamed_from {
                Some(old) => Some(old?),
                None => None,
            };
            Some(Policy { id: entry.id.clone(), name: name?, renamed_from, adopt, kind: kind? })
        };
        let Some(policy) = complete() else {
            found.broken = true;
            return;
        };
        if let Some(old) = &policy.renamed_from {
            let renamed_to = Some(policy.name.value.clone());
            found.gone.push(GonePolicy { name: old.value.clone(), alarm: None, renamed_to });
        }
        found.on.push(policy);
    }

    fn policy_name<P: PolicyKeys + ?Sized>(
        &mut self,
        of: &Of<'_>,
        entry: &Entry<'_, P>,
    ) -> Option<Sourced<PolicyName>> {
        let field = entry.field("policy_name");
        if let Some(said) = of.layers.pick(field.clone(), |s| (entry.get)(s)?.policy_name().cloned()) {
            return self.parsed(&of.layers, said, |text| PolicyName::parse(&text));
        }
        let spec = self.spec;
        let names = spec.names.as_ref();
        let (key, pattern, built_in_pattern) = match entry.id {
            PolicyId::Step(_) => ("step_policy", names.and_then(|n| n.step_policy.as_deref()), STEP_PATTERN),
            PolicyId::Predictive => {
                ("predictive_policy", names.and_then(|n| n.predictive_policy.as_deref()), PREDICTIVE_PATTERN)
            }
            _ => ("policy", names.and_then(|n| n.policy.as_deref()), POLICY_PATTERN),
        };
        let values = self.placeholders(of, ("metric", self.metric_word(of, &entry.id)));
        let value = self.named(key, pattern, built_in_pattern, &values, PolicyName::parse)?;
        Some(of.layers.made(field, (key, pattern, built_in_pattern), value))
    }

    /// `{metric}`: for a forecast, the metric that it is about.
    fn metric_word<'i>(&self, of: &Of<'_>, id: &'i PolicyId) -> &'i str {
        match id {
            PolicyId::Predictive => word(metric_said(&of.layers)),
            id => id.metric(),
        }
    }

    pub(super) fn alarm_name(&mut self, of: &Of<'_>, key: &Key) -> Option<Sourced<AlarmName>> {
        let field = Field::of(PolicyId::Step(key.clone()).path(), "alarm_name");
        let get = |s: &Settings| s.scaling.as_ref()?.step.get(&**key)?.alarm_name.clone();
        if let Some(said) = of.layers.pick(field.clone(), get) {
            return self.parsed(&of.layers, said, |text| AlarmName::parse(&text));
        }
        let spec = self.spec;
        let pattern = spec.names.as_ref().and_then(|names| names.alarm.as_deref());
        let values = self.placeholders(of, ("metric", key));
        let value = self.named("alarm", pattern, ALARM_PATTERN, &values, AlarmName::parse)?;
        Some(of.layers.made(field, ("alarm", pattern, ALARM_PATTERN), value))
    }

    /// The placeholders of patterns below a service, and one more.
    pub(super) fn placeholders<'p>(
        &self,
        of: &'p Of<'_>,
        last: (&'static str, &'p str),
    ) -> [(&'static str, &'p str); 5]
    where
        Self: 'p,
    {
        [
            ("project", of.project),
            ("environment", of.layers.environment),
            ("service", of.layers.service),
            ("ecs_service", &of.ecs_service),
            last,
        ]
    }

    /// A key without which a policy is nothing.
    pub(super) fn missing(&mut self, of: &Of<'_>, id: &PolicyId, code: Code, lacks: &str, help: &str) {
        let path = id.path();
        let steps: Vec<&str> = path.split('.').collect();
        let said = of
            .layers
            .stack
            .iter()
            .find(|(_, settings)| settings.is_some_and(|settings| has_entry(settings, id)));
        let Some((layer, _)) = said else { return };
        let place = layer.entry(of.layers.environment, of.layers.service, &steps);
        let message = format!("the `{}` policy of {} {lacks}", id.metric(), of.layers.called());
        self.diagnostics.push_once(Diagnostic::new(code, place, message).help(help));
    }
}

/// What to write where a target is missing.
pub(super) fn target_help(id: &PolicyId) -> &'static str {
    match id {
        PolicyId::Requests | PolicyId::MoreRequests(_) => {
            "add the requests that a task shall get in a minute: `target: 1000`"
        }
        PolicyId::Cpu | PolicyId::Memory | PolicyId::Predictive => "add the value to keep: `target: 70`",
        PolicyId::Custom(_) | PolicyId::Step(_) => "add the value to keep: `target:`",
    }
}

fn has_entry(settings: &Settings, id: &PolicyId) -> bool {
    let Some(scaling) = &settings.scaling else { return false };
    match id {
        PolicyId::Requests => scaling.requests.is_some(),
        PolicyId::Cpu => scaling.cpu.is_some(),
        PolicyId::Memory => scaling.memory.is_some(),
        PolicyId::MoreRequests(key) => scaling.more_requests.contains_key(&**key),
        PolicyId::Custom(key) => scaling.custom.contains_key(&**key),
        PolicyId::Step(key) => scaling.step.contains_key(&**key),
        PolicyId::Predictive => scaling.predictive.is_some(),
    }
}

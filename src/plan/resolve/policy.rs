//! What all kinds of policies have: a switch, a name, a former name; and which policies a service has.

use super::Resolver;
use super::balancer::Groups;
use super::here::{Here, known};
use crate::diagnostic::Code;
use crate::plan::policy::{GonePolicy, Policy, PolicyId, PolicyKind};
use crate::plan::units::{AlarmName, EcsName, Key, PolicyName};
use crate::plan::{Origin, Sourced};
use crate::spec::{PolicyKeys, Stepping};
use crate::words::word;

/// What is known of a service before its policies are resolved.
pub(super) struct Of<'s> {
    pub(super) project: &'s str,
    pub(super) here: Here<'s>,
    pub(super) cluster: EcsName,
    pub(super) ecs_service: EcsName,
    pub(super) groups: Groups,
}

/// One policy of the spec: what it is called, what all policies can say, and where it begins.
pub(super) struct Entry<'e> {
    pub(super) id: PolicyId,
    pub(super) keys: &'e PolicyKeys,
    pub(super) from: Origin,
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
        let Some(scaling) = &of.here.said.scaling else { return found };
        if let Some(said) = &scaling.requests {
            self.requests(of, said, &mut found);
        }
        if let Some(said) = &scaling.cpu {
            self.utilization(of, PolicyId::Cpu, said, &mut found);
        }
        if let Some(said) = &scaling.memory {
            self.utilization(of, PolicyId::Memory, said, &mut found);
        }
        for (name, said) in &scaling.more_requests {
            if let Some(key) = self.policy_key(of, name, &said.from, &mut found) {
                self.more_requests(of, key, said, &mut found);
            }
        }
        for (name, said) in &scaling.custom {
            if let Some(key) = self.policy_key(of, name, &said.from, &mut found) {
                self.custom(of, key, said, &mut found);
            }
        }
        for (name, said) in &scaling.step {
            if let Some(key) = self.policy_key(of, name, &said.from, &mut found) {
                self.step(of, key, said, &mut found);
            }
        }
        if let Some(said) = &scaling.predictive {
            self.predictive(of, said, &mut found);
        }
        found
    }

    /// The user's name of a policy, checked where the strongest layer says it.
    fn policy_key(&mut self, of: &Of<'_>, name: &str, from: &Origin, found: &mut Policies) -> Option<Key> {
        let key = self.checked_at(|| of.here.at(from), Key::parse("policy", name));
        found.broken |= key.is_none();
        key
    }

    /// Adds a policy that is on, or says that it is gone. `None` from `kind`: something in it is wrong and reported.
    pub(super) fn switched(
        &mut self,
        of: &Of<'_>,
        entry: &Entry<'_>,
        found: &mut Policies,
        kind: impl FnOnce(&mut Self) -> Option<PolicyKind>,
    ) {
        let here = &of.here;
        let name = self.policy_name(of, entry);
        if entry.keys.enabled.as_ref().is_some_and(|enabled| !enabled.value) {
            let alarm = match &entry.id {
                PolicyId::Step(key) => self.step_alarm_name(of, key),
                _ => None,
            };
            match name {
                Some(name) => found.gone.push(GonePolicy { name: name.value, alarm, renamed_to: None }),
                None => found.broken = true,
            }
            return;
        }
        let renamed_from = self.optional(here, &entry.keys.renamed_from, |text| PolicyName::parse(text));
        let adopt = known(&entry.keys.adopt).value;
        // Every part is checked before any missing one ends it.
        let kind = kind(self);
        let complete = || {
            let (id, name, renamed_from) = (entry.id.clone(), name?, renamed_from?);
            Some(Policy { id, name, renamed_from, adopt, kind: kind? })
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

    fn policy_name(&mut self, of: &Of<'_>, entry: &Entry<'_>) -> Option<Sourced<PolicyName>> {
        if let Some(said) = &entry.keys.policy_name {
            return self.parsed(&of.here, said, |text| PolicyName::parse(text));
        }
        let names = &self.spec.names;
        let (key, pattern) = match entry.id {
            PolicyId::Step(_) => ("step_policy", &names.step_policy),
            PolicyId::Predictive => ("predictive_policy", &names.predictive_policy),
            _ => ("policy", &names.policy),
        };
        let metric = metric_word(of, &entry.id);
        let values = placeholders(of, ("metric", &metric));
        self.named(key, pattern, &values, PolicyName::parse).map(Sourced::built_in)
    }

    /// The name of the alarm of a step scaling policy that is off.
    fn step_alarm_name(&mut self, of: &Of<'_>, key: &Key) -> Option<AlarmName> {
        let said = of.here.said.scaling.as_ref()?.step.get(&**key)?;
        self.alarm_name(of, key, &said.own).map(|name| name.value)
    }

    pub(super) fn alarm_name(
        &mut self,
        of: &Of<'_>,
        key: &Key,
        said: &Stepping,
    ) -> Option<Sourced<AlarmName>> {
        if let Some(said) = &said.alarm_name {
            return self.parsed(&of.here, said, |text| AlarmName::parse(text));
        }
        let values = placeholders(of, ("metric", key));
        self.named("alarm", &self.spec.names.alarm, &values, AlarmName::parse).map(Sourced::built_in)
    }

    /// A key without which a policy is nothing.
    pub(super) fn missing<T>(
        &mut self,
        of: &Of<'_>,
        entry: &Entry<'_>,
        code: Code,
        lacks: &str,
        help: &str,
    ) -> Option<T> {
        let place = of.here.at(&entry.from);
        let message = format!("the `{}` policy of {} {lacks}", entry.id.metric(), of.here);
        self.refuse(code, place, message, help)
    }
}

/// The placeholders of patterns below a service, and one more.
pub(super) fn placeholders<'p>(
    of: &'p Of<'_>,
    last: (&'static str, &'p str),
) -> [(&'static str, &'p str); 5] {
    [
        ("project", of.project),
        ("environment", of.here.environment),
        ("service", of.here.service),
        ("ecs_service", &of.ecs_service),
        last,
    ]
}

/// `{metric}`: for a forecast, the metric that it is about.
fn metric_word(of: &Of<'_>, id: &PolicyId) -> String {
    let forecast = of.here.said.scaling.as_ref().and_then(|scaling| scaling.predictive.as_ref());
    match (id, forecast) {
        (PolicyId::Predictive, Some(forecast)) => word(&known(&forecast.own.metric).value),
        _ => id.metric().to_owned(),
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

//! Services in the Terraform root of their environment: what the module makes of them, what stands beside it, under
//! which addresses, and what is imported and moved.

use std::fmt;

use serde::Serialize;

use crate::plan;
use crate::plan::alarms::AlarmKind;
use crate::plan::policy::{Policy, PolicyId, PolicyKind, ScheduledAction, TrackedMetric};

/// Where something stands in a root: `module.web`, `module.web.aws_appautoscaling_policy.cpu[0]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Address {
    /// Identifiers, to be joined by dots.
    steps: Vec<String>,
    /// The key of an instance: `[0]`, `["errors"]`.
    key: Option<Key>,
}

/// The key of an instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Key {
    Number(u32),
    Name(String),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.steps.join("."))?;
        match &self.key {
            Some(Key::Number(number)) => write!(f, "[{number}]"),
            // Kinds of alarms need no escapes.
            Some(Key::Name(name)) => write!(f, "[\"{name}\"]"),
            None => Ok(()),
        }
    }
}

/// What is taken into the state.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Import {
    to: Address,
    id: String,
    /// Whether it is imported under its former name, so that Terraform replaces it.
    renamed: bool,
}

/// What has another address than before.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Move {
    from: Address,
    to: Address,
    /// Whether a policy leaves the module because its service is deployed blue/green.
    leaves_module: bool,
}

impl Address {
    fn new(steps: &[&str]) -> Self {
        Self { steps: steps.iter().map(|step| (*step).to_owned()).collect(), key: None }
    }

    fn module(service: &str) -> Self {
        Self::new(&["module", service])
    }

    /// A policy, of a service with this identifier.
    fn policy(service: &str, policy: &Policy) -> Self {
        if in_module(policy) {
            return Self::module_policy(service, policy);
        }
        Self::new(&["aws_appautoscaling_policy", &policy_ident(service, &policy.id)])
    }

    fn module_policy(service: &str, policy: &Policy) -> Self {
        let steps = ["module", service, "aws_appautoscaling_policy", policy.id.metric()];
        Self { key: Some(Key::Number(0)), ..Self::new(&steps) }
    }

    fn alarm(service: &str, policy: &Policy) -> Self {
        Self::new(&["aws_cloudwatch_metric_alarm", &policy_ident(service, &policy.id)])
    }

    /// An alarm of a service.
    fn service_alarm(service: &str, kind: AlarmKind) -> Self {
        let steps = ["module", service, "aws_cloudwatch_metric_alarm", "this"];
        Self { key: Some(Key::Name(kind.key().to_owned())), ..Self::new(&steps) }
    }

    /// Where an alarm stood when each was a resource of its own.
    fn former_alarm(service: &str, kind: AlarmKind) -> Self {
        Self::new(&["aws_cloudwatch_metric_alarm", &alarm_ident(service, kind)])
    }

    /// The scalable target: another resource where scheduled actions set its limits.
    fn target(service: &str, scheduled: bool) -> Self {
        let name = if scheduled { "scheduled" } else { "this" };
        let steps = ["module", service, "aws_appautoscaling_target", name];
        Self { key: Some(Key::Number(0)), ..Self::new(&steps) }
    }

    fn action(service: &str, action: &ScheduledAction) -> Self {
        Self::new(&["aws_appautoscaling_scheduled_action", &action_ident(service, action)])
    }
}

/// Whether the module makes a policy. The others have too many shapes for variables: they are written out in the root.
pub(super) fn in_module(policy: &Policy) -> bool {
    let counts_one = matches!(policy.tracking().map(|t| &t.metric), Some(TrackedMetric::Requests(_)));
    match policy.id {
        PolicyId::Cpu | PolicyId::Memory => true,
        PolicyId::Requests => counts_one,
        _ => false,
    }
}

/// The name of a policy, and of its alarm, in the root: `step__web__burst`. The kind is first and the key last, neither
/// of which can hold `__`, so that no two policies get one name.
pub(super) fn policy_ident(service: &str, id: &PolicyId) -> String {
    match id.kind() {
        (kind, None) => format!("{kind}__{service}"),
        (kind, Some(key)) => format!("{kind}__{service}__{}", key.ident()),
    }
}

/// The name of a scheduled action in the root.
pub(super) fn action_ident(service: &str, action: &ScheduledAction) -> String {
    format!("schedule__{service}__{}", action.key.ident())
}

/// The name of an alarm on a service in the root: `alarm__web__errors`, which no policy's alarm can have.
pub(super) fn alarm_ident(service: &str, kind: AlarmKind) -> String {
    format!("alarm__{service}__{}", kind.key())
}

/// What a policy of the root is written after: the one before it, or all that the module makes.
pub(super) fn policy_follows(service: &plan::Service, policy: &Policy) -> Address {
    let before = service.policies.iter().take_while(|other| other.id != policy.id);
    last_written(&service.name.ident(), before)
}

/// What a scheduled action is written after.
pub(super) fn action_follows(service: &plan::Service, action: &ScheduledAction) -> Address {
    let ident = service.name.ident();
    let before = service.schedule.iter().take_while(|other| other.key != action.key);
    match before.last() {
        Some(action) => Address::action(&ident, action),
        None => last_written(&ident, service.policies.iter()),
    }
}

fn last_written<'p>(service: &str, policies: impl Iterator<Item = &'p Policy>) -> Address {
    let in_root = policies.filter(|policy| !in_module(policy));
    in_root.last().map_or_else(|| Address::module(service), |policy| Address::policy(service, policy))
}

/// Import ids are those of the provider's documentation: `<namespace>/<resource id>/<dimension>[/<policy name>]`.
pub(super) fn imports(service: &plan::Service) -> Vec<Import> {
    let ident = service.name.ident();
    let target = format!("ecs/{}/ecs:service:DesiredCount", service.resource_id());
    let mut imports = Vec::new();
    if service.adopt.value {
        let to = Address::target(&ident, !service.schedule.is_empty());
        imports.push(Import { to, id: target.clone(), renamed: false });
    }
    // What has another name now is live under the former one, and is imported to be deleted: nothing else would do it.
    let live = |policy: &&Policy| policy.adopt || (service.adopt.value && policy.renamed_from.is_some());
    for policy in service.policies.iter().filter(live) {
        let name = policy.renamed_from.as_ref().unwrap_or(&policy.name);
        let id = format!("{target}/{}", &**name);
        let renamed = policy.renamed_from.is_some();
        imports.push(Import { to: Address::policy(&ident, policy), id, renamed });
        if let PolicyKind::Step(step) = &policy.kind {
            let id = step.alarm.name.to_string();
            imports.push(Import { to: Address::alarm(&ident, policy), id, renamed: false });
        }
    }
    imports
}

pub(super) fn left(service: &plan::Service) -> Vec<String> {
    let off = service.gone.policies.iter().filter(|gone| gone.renamed_to.is_none());
    off.filter(|_| service.adopt.value).map(|gone| gone.name.to_string()).collect()
}

pub(super) fn moves(service: &plan::Service) -> Vec<Move> {
    let ident = service.name.ident();
    let mut moves = Vec::new();
    if let Some(old) = &service.renamed_from {
        renames(service, &old.ident(), &ident, &mut moves);
    }
    if let Some(policy) = service.policy(&PolicyId::Requests).filter(|policy| !in_module(policy)) {
        let from = Address::module_policy(&ident, policy);
        moves.push(Move { from, to: Address::policy(&ident, policy), leaves_module: true });
    }
    moves
}

/// What moves whatever the spec says: the scalable target where a schedule comes or goes, and alarms from where each was a
/// resource of its own.
pub(super) fn moved(service: &plan::Service) -> Vec<(Address, Address)> {
    let ident = service.name.ident();
    let (this, with_schedule) = (Address::target(&ident, false), Address::target(&ident, true));
    let mut moved = vec![match service.schedule.is_empty() {
        false => (this, with_schedule),
        // By way of the address without a key, from which it moves anyway: two moves to one address are refused.
        true => (with_schedule, Address { key: None, ..this }),
    }];
    for alarm in &service.alarms.on {
        if let Some(old) = &service.renamed_from {
            let old = old.ident();
            moved.push((Address::former_alarm(&old, alarm.kind), Address::service_alarm(&old, alarm.kind)));
        }
        let to = Address::service_alarm(&ident, alarm.kind);
        moved.push((Address::former_alarm(&ident, alarm.kind), to));
    }
    moved
}

/// What moves because its address holds the service's name.
fn renames(service: &plan::Service, old: &str, new: &str, moves: &mut Vec<Move>) {
    let mut add = |from, to| moves.push(Move { from, to, leaves_module: false });
    add(Address::module(old), Address::module(new));
    for policy in service.policies.iter().filter(|policy| !in_module(policy)) {
        // By way of the module, where it stood without blue/green: two moves to one address are refused.
        let to = match policy.id {
            PolicyId::Requests => Address::module_policy(new, policy),
            _ => Address::policy(new, policy),
        };
        add(Address::policy(old, policy), to);
        if let PolicyKind::Step(_) = policy.kind {
            add(Address::alarm(old, policy), Address::alarm(new, policy));
        }
    }
    for action in &service.schedule {
        add(Address::action(old, action), Address::action(new, action));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::plan::units::{Key, Slug};

    #[test]
    fn no_two_policies_of_an_environment_get_one_name() {
        let services =
            ["a", "a--step", "a--custom", "step", "a--requests", "more--requests", "2fa", "requests--a"];
        let keys = ["predictive", "requests", "step", "a", "requests-a", "x-2"];
        let mut names = BTreeSet::new();
        let mut number = 0;
        for service in services {
            let service = Slug::parse("service", service).unwrap().ident();
            let keyed = [PolicyId::MoreRequests, PolicyId::Custom, PolicyId::Step];
            let keys = keys.iter().filter_map(|key| Key::parse("policy", key).ok());
            let keyed = keys.flat_map(|key| keyed.map(|id| id(key.clone())));
            for id in keyed.chain([PolicyId::Requests, PolicyId::Predictive]) {
                names.insert(policy_ident(&service, &id));
                number += 1;
            }
            for kind in AlarmKind::ALL {
                names.insert(alarm_ident(&service, kind));
                number += 1;
            }
        }
        assert_eq!(names.len(), number, "{names:?}");
    }
}

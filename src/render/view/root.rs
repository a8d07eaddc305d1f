//! Services in the Terraform root of their environment: what the module makes of them, what stands beside it, under
//! which addresses, and what is imported and moved.

use serde::Serialize;

use crate::plan::alarms::AlarmKind;
use crate::plan::policy::{Policy, PolicyId, PolicyKind, ScheduledAction, TrackedMetric};
use crate::plan::{self, Environment};

/// Where something stands in a root: `module.web`, `module.web.aws_appautoscaling_policy.cpu[0]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Address {
    /// Identifiers, to be joined by dots.
    steps: Vec<String>,
    /// Whether `[0]` follows: the module's policies are counted.
    counted: bool,
}

/// What is taken into the state.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Import {
    to: Address,
    id: String,
    /// Whether it is imported under its former name, so that Terraform replaces it.
    renamed: bool,
}

/// What has another address than before.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Move {
    from: Address,
    to: Address,
    /// Whether a policy leaves the module because its service is deployed blue/green.
    leaves_module: bool,
}

/// One service in the root of its environment.
#[derive(Debug, Serialize)]
pub(super) struct InRoot {
    /// The folder of its module.
    source: &'static str,
    /// Whether all its policies are resources of the root, none the module's.
    bare: bool,
    /// Whether policies of it are resources of the root, and whether it has alarms there.
    policies: bool,
    alarms: bool,
    imports: Vec<Import>,
    /// Policies that are off and may be live: Terraform never deletes what its state does not hold.
    left: Vec<String>,
    moves: Vec<Move>,
}

/// Which files a root has besides those that every root has.
#[derive(Debug, Serialize)]
pub(super) struct RootFiles {
    policies: bool,
    alarms: bool,
    schedule: bool,
    imports: bool,
    moves: bool,
}

/// The module that owns the limits of the target.
const MODULE: &str = "../modules/ecs-autoscaling";
/// The same module, but that scheduled actions own the limits.
const MODULE_SCHEDULED: &str = "../modules/ecs-autoscaling-scheduled";

impl Address {
    fn new(steps: &[&str]) -> Self {
        Self { steps: steps.iter().map(|step| (*step).to_owned()).collect(), counted: false }
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
        Self { counted: true, ..Self::new(&steps) }
    }

    fn alarm(service: &str, policy: &Policy) -> Self {
        Self::new(&["aws_cloudwatch_metric_alarm", &policy_ident(service, &policy.id)])
    }

    fn service_alarm(service: &str, kind: AlarmKind) -> Self {
        Self::new(&["aws_cloudwatch_metric_alarm", &alarm_ident(service, kind)])
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
    match id {
        PolicyId::Requests | PolicyId::Cpu | PolicyId::Memory | PolicyId::Predictive => {
            format!("{}__{service}", id.metric())
        }
        PolicyId::MoreRequests(key) => format!("more_requests__{service}__{}", key.ident()),
        PolicyId::Custom(key) => format!("custom__{service}__{}", key.ident()),
        PolicyId::Step(key) => format!("step__{service}__{}", key.ident()),
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

impl InRoot {
    pub(super) fn new(service: &plan::Service) -> Self {
        Self {
            source: if service.schedule.is_empty() { MODULE } else { MODULE_SCHEDULED },
            bare: !service.policies.iter().any(in_module),
            policies: !service.policies.iter().all(in_module),
            alarms: !service.alarms.on.is_empty()
                || service.policies.iter().any(|policy| matches!(policy.kind, PolicyKind::Step(_))),
            imports: imports(service),
            left: left(service),
            moves: moves(service),
        }
    }
}

/// Import ids are those of the provider's documentation: `<namespace>/<resource id>/<dimension>[/<policy name>]`.
fn imports(service: &plan::Service) -> Vec<Import> {
    let ident = service.name.ident();
    let target = format!("ecs/{}/ecs:service:DesiredCount", service.resource_id());
    let mut imports = Vec::new();
    if service.adopt.value {
        let to = Address::new(&["module", &ident, "aws_appautoscaling_target", "this"]);
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

fn left(service: &plan::Service) -> Vec<String> {
    let off = service.gone.policies.iter().filter(|gone| gone.renamed_to.is_none());
    off.filter(|_| service.adopt.value).map(|gone| gone.name.to_string()).collect()
}

fn moves(service: &plan::Service) -> Vec<Move> {
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
    for alarm in &service.alarms.on {
        add(Address::service_alarm(old, alarm.kind), Address::service_alarm(new, alarm.kind));
    }
    for action in &service.schedule {
        add(Address::action(old, action), Address::action(new, action));
    }
}

impl RootFiles {
    pub(super) fn of(environment: &Environment) -> Self {
        let any = |has: fn(&plan::Service) -> bool| environment.services.iter().any(has);
        Self {
            policies: any(|service| !service.policies.iter().all(in_module)),
            alarms: any(|service| !service.alarms.on.is_empty()),
            schedule: any(|service| !service.schedule.is_empty()),
            imports: any(|service| !imports(service).is_empty()),
            moves: any(|service| !moves(service).is_empty()) || !environment.removed.is_empty(),
        }
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

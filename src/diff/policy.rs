//! The policies of a service: which are new, which have gone, which have other names.

use super::found::{ChangeList, Pair, Verdict, high, low, medium, none};
use super::values;
use super::{predictive, step, tracking};
use crate::plan::Service;
use crate::plan::policy::{ForecastMode, GonePolicy, Policy, PolicyKind, Predictive, StepScaling, Tracking};
use crate::plan::units::ActionName;
use crate::words::word;

pub(super) fn compare(found: &mut ChangeList, pair: Pair<'_>, old: &[Policy], new: &[Policy]) {
    for policy in old {
        match pair.new.policy(&policy.id) {
            Some(later) => changed(found, pair, policy, later),
            None => found.add(policy.id.path(), "", (Some(summary(policy)), None), deleted(pair, policy)),
        }
    }
    for policy in new.iter().filter(|policy| pair.old.policy(&policy.id).is_none()) {
        found.add(policy.id.path(), "", (None, Some(summary(policy))), added(policy));
    }
}

fn changed(found: &mut ChangeList, pair: Pair<'_>, old: &Policy, new: &Policy) {
    let Policy { id, name, renamed_from, adopt, kind } = old;
    let mut policy = found.below(id.path());
    policy.value("policy_name", (name, &new.name), |_, _| renamed(pair, old, new));
    policy.value("renamed_from", (renamed_from, &new.renamed_from), |_, new| match new {
        Some(from) if from.value == name.value => none("goes with the new name"),
        Some(_) => medium("a policy of that name is deleted where it is live"),
        None => low("right once every environment was applied with it"),
    });
    // A policy that does as its service does is said there.
    let inherited = *adopt == pair.old.adopt.value && new.adopt == pair.new.adopt.value;
    if !inherited {
        policy.value("adopt", (adopt, &new.adopt), |_, new| match new {
            true => low("what is live is imported instead of made"),
            false => none("it is not imported any more: right once it is in the state or the stack"),
        });
    }
    match (kind, &new.kind) {
        (PolicyKind::Tracking(old), PolicyKind::Tracking(new)) => {
            tracking::compare(found, pair, id, old, new)
        }
        (PolicyKind::Step(old), PolicyKind::Step(new)) => step::compare(found, id, old, new),
        (PolicyKind::Predictive(old), PolicyKind::Predictive(new)) => {
            predictive::compare(found, id, old, new)
        }
        (PolicyKind::Tracking(_) | PolicyKind::Step(_) | PolicyKind::Predictive(_), _) => {
            let values = (Some(summary(old)), Some(summary(new)));
            found.add(id.path(), "", values, medium("another kind of policy takes its place"));
        }
    }
}

/// Names of policies cannot be changed: one of another name is another policy (AWS_FACTS: PutScalingPolicy).
fn renamed(pair: Pair<'_>, old: &Policy, new: &Policy) -> Verdict {
    if pair.elsewhere() {
        return none("the policy of the other service");
    }
    if new.renamed_from.as_ref().is_some_and(|from| from.value == old.name.value) {
        return medium(
            "the old policy is deleted before the new one is made: for a moment its metric scales nothing",
        );
    }
    match (old.tracking(), new.tracking()) {
        (Some(before), Some(after)) if before.metric == after.metric => high(
            "without `renamed_from` CloudFormation and the CLI script ask AWS for a second policy on the same metric, which it refuses; the old one stays and keeps its veto over scaling in. Say `renamed_from` with the old name",
        ),
        _ => high(
            "without `renamed_from` the old policy stays live beside the new one where the CLI script made it, and both act. Say `renamed_from` with the old name",
        ),
    }
}

fn added(policy: &Policy) -> Verdict {
    match &policy.kind {
        PolicyKind::Tracking(tracking) if tracking.disable_scale_in.value => {
            low("a further reason to add tasks; it has no say in removing them")
        }
        PolicyKind::Tracking(_) => medium(
            "a further reason to add tasks, and from now on tasks are removed only when it agrees too; without data it never does",
        ),
        PolicyKind::Step(_) => medium(
            "acts as soon as its alarm goes off; target tracking has no veto over the tasks it removes",
        ),
        PolicyKind::Predictive(forecast) if forecast.mode == ForecastMode::ForecastOnly => {
            none("a forecast that is only shown")
        }
        PolicyKind::Predictive(_) => low("starts tasks ahead of the load it foresees, after a day of data"),
    }
}

/// A policy that is not there any more. What follows depends on whether the spec says that it is switched off.
fn deleted(pair: Pair<'_>, old: &Policy) -> Verdict {
    let Service { gone, .. } = pair.new;
    let said_so = gone.policies.iter().any(|gone| gone.name == old.name.value);
    let left = "Terraform and CloudFormation delete it, the CLI script leaves it live; to delete it everywhere, keep its entry with `enabled: false`";
    let effect = match &old.kind {
        PolicyKind::Tracking(tracking) if tracking.disable_scale_in.value => {
            "its metric adds no tasks any more"
        }
        PolicyKind::Tracking(_) => {
            "its metric adds no tasks any more, and its veto over scaling in goes: tasks that only it kept may go soon after"
        }
        PolicyKind::Step(_) => "its alarm changes the number of tasks no more",
        PolicyKind::Predictive(forecast) if forecast.mode == ForecastMode::ForecastOnly => {
            return none("the forecast is not shown any more");
        }
        PolicyKind::Predictive(_) => "no tasks are started ahead of the load",
    };
    match said_so || pair.elsewhere() {
        true => high(effect),
        false => high(format!("{effect}. {left}")),
    }
}

/// What is deleted where it is live, as far as it is not said at the policy or action that was there before.
pub(super) fn gone(found: &mut ChangeList, pair: Pair<'_>) {
    let (old, new) = (&pair.old.gone, &pair.new.gone);
    let crate::plan::policy::Gone { policies, actions } = old;
    let delete = |kind: &str| medium(format!("a {kind} of that name is deleted where it is live"));
    let keep = |kind: &str| none(format!("a {kind} of that name is not looked for any more"));
    let in_policies = |of: &Service, gone: &GonePolicy| of.policies.iter().any(|p| p.name.value == gone.name);
    let in_actions =
        |of: &Service, name: &ActionName| of.schedule.iter().any(|action| action.name.value == *name);
    let own = |gone: &&GonePolicy| gone.renamed_to.is_none();
    for gone in new.policies.iter().filter(own).filter(|gone| !policies.contains(gone)) {
        if !in_policies(pair.old, gone) {
            found.add("scaling", "", (None, Some(deletion(gone))), delete("policy"));
        }
    }
    for gone in policies.iter().filter(own).filter(|gone| !new.policies.contains(gone)) {
        if !in_policies(pair.new, gone) {
            found.add("scaling", "", (Some(deletion(gone)), None), keep("policy"));
        }
    }
    for name in new.actions.iter().filter(|name| !actions.contains(name) && !in_actions(pair.old, name)) {
        let deletion = Some(format!("delete {name}"));
        found.add("scaling.schedule", "", (None, deletion), delete("scheduled action"));
    }
    for name in actions.iter().filter(|name| !new.actions.contains(name) && !in_actions(pair.new, name)) {
        let deletion = Some(format!("delete {name}"));
        found.add("scaling.schedule", "", (deletion, None), keep("scheduled action"));
    }
}

fn deletion(gone: &GonePolicy) -> String {
    let GonePolicy { name, alarm, renamed_to: _ } = gone;
    match alarm {
        Some(alarm) => format!("delete {name} and its alarm {alarm}"),
        None => format!("delete {name}"),
    }
}

/// A policy in a few words.
pub(super) fn summary(policy: &Policy) -> String {
    match &policy.kind {
        PolicyKind::Tracking(Tracking { metric, target, .. }) => {
            format!("{} at {}", values::tracked(metric), target.value.get())
        }
        PolicyKind::Step(StepScaling { alarm, steps, .. }) => format!(
            "{} {} {}: {}",
            values::metric(&alarm.metric),
            word(&alarm.comparison),
            alarm.threshold.value,
            values::steps(&steps.value)
        ),
        PolicyKind::Predictive(Predictive { metric, target, mode, .. }) => {
            format!("{} at {}, {}", values::forecast(metric), target.value.get(), word(mode))
        }
    }
}

//! Rules between the policies of one service: names, metrics, quotas.

use super::Scope;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::plan::policy::{CustomMetric, TrackedMetric};

/// Policies and scheduled actions that one scalable target takes (quotas L-B395C81B and L-95848B5F, fixed).
const MOST_POLICIES: usize = 50;
const MOST_ACTIONS: usize = 200;

pub(super) fn duplicate_policy_name(scope: &Scope<'_>) -> Option<Diagnostic> {
    let policies = &scope.service.policies;
    let (first, second) = first_pair(policies, |a, b| *a.name == *b.name)?;
    let message = format!("two policies of {scope} have the name {:?}", &**second.name);
    let problem = Diagnostic::new(Code::DuplicatePolicyName, scope.at(&second.name.from), message)
        .label(format!("the `{second}` policy"))
        .also(scope.at(&first.name.from), format!("the `{first}` policy"))
        .help("use `{metric}` in `names.policy`, or give one of them another `policy_name`");
    Some(problem)
}

pub(super) fn duplicate_action_name(scope: &Scope<'_>) -> Option<Diagnostic> {
    let (first, second) = first_pair(&scope.service.schedule, |a, b| *a.name == *b.name)?;
    let message = format!("two scheduled actions of {scope} have the name {:?}", &**second.name);
    let problem = Diagnostic::new(Code::DuplicateActionName, scope.at(&second.name.from), message)
        .label(&*second.key)
        .also(scope.at(&first.name.from), &*first.key)
        .help("use `{action}` in `names.scheduled_action`, or give one of them another `action_name`");
    Some(problem)
}

/// Application Auto Scaling User Guide, "Target tracking scaling policies": several policies, each with another metric.
pub(super) fn duplicate_metric(scope: &Scope<'_>) -> Option<Diagnostic> {
    let tracking: Vec<_> = scope.service.tracking().collect();
    let (first, second) = first_pair(&tracking, |a, b| one_metric(&a.1.metric, &b.1.metric))?;
    let message = format!(
        "the policies `{}` and `{}` of {scope} track one metric",
        first.0.id.metric(),
        second.0.id.metric()
    );
    let problem = Diagnostic::new(Code::DuplicateMetric, scope.at(&second.1.target.from), message)
        .also(scope.at(&first.1.target.from), "the first")
        .help("AWS takes one target tracking policy for each metric of a service: remove one");
    Some(problem)
}

fn one_metric(a: &TrackedMetric, b: &TrackedMetric) -> bool {
    match (a, b) {
        (TrackedMetric::Requests(a), TrackedMetric::Requests(b)) => a.balancer == b.balancer,
        (TrackedMetric::Custom(CustomMetric::Single(a)), TrackedMetric::Custom(CustomMetric::Single(b))) => {
            a == b
        }
        (TrackedMetric::Custom(CustomMetric::Math(a)), TrackedMetric::Custom(CustomMetric::Math(b))) => {
            a == b
        }
        _ => false,
    }
}

pub(super) fn too_many_policies(scope: &Scope<'_>) -> Option<Diagnostic> {
    let (policies, actions) = (scope.service.policies.len(), scope.service.schedule.len());
    let (number, what, most) = match (policies > MOST_POLICIES, actions > MOST_ACTIONS) {
        (true, _) => (policies, "policies", MOST_POLICIES),
        (_, true) => (actions, "scheduled actions", MOST_ACTIONS),
        _ => return None,
    };
    let place = Location::key(["services", &*scope.service.name]);
    let message = format!("{scope} has {number} {what}; a scalable target takes {most}");
    Some(
        Diagnostic::new(Code::TooManyPolicies, place, message)
            .help("AWS does not raise this quota: remove some"),
    )
}

pub(super) fn rename_collision(scope: &Scope<'_>) -> Option<Diagnostic> {
    let policies = &scope.service.policies;
    let (old, current) = policies.iter().find_map(|policy| {
        let old = policy.renamed_from.as_ref()?;
        Some((old, policies.iter().find(|other| *other.name == **old)?))
    })?;
    let message = format!("the former name {:?} is the name of the `{current}` policy", &***old);
    let problem = Diagnostic::new(Code::RenameCollision, scope.at(&old.from), message)
        .also(scope.at(&current.name.from), "it has this name")
        .help(
            "the former name is deleted: remove `renamed_from`, or give the other policy another name first",
        );
    Some(problem)
}

/// The first two items that are alike.
fn first_pair<T>(items: &[T], alike: impl Fn(&T, &T) -> bool) -> Option<(&T, &T)> {
    let later =
        |at: usize| items[..at].iter().find(|item| alike(item, &items[at])).map(|first| (first, &items[at]));
    (0..items.len()).find_map(later)
}

//! Scaling in: what blocks it, what goes round the veto of target tracking.

use super::Tracked;
use super::requests::counts_requests;
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::behaviour::removes_below;
use crate::plan::policy::{
    Adjustment, Comparison, Policy, PolicyId, PolicyKind, StepScaling, TrackedMetric, Tracking,
};
use crate::plan::{Scope, Service};

/// CPU that a task can need while it serves nobody: runtime, agents, health checks. Per cent.
const IDLE_CPU: f64 = 10.0;
/// Requests in a minute that a service can get while nobody uses it: a monitor that asks every ten seconds.
const IDLE_REQUESTS: f64 = 6.0;

pub(super) fn never_scales_in(scope: &Scope<'_>) -> Option<Diagnostic> {
    let Service { policies, schedule, .. } = scope.service;
    let tracking: Vec<&Tracking> = policies.iter().filter_map(Policy::tracking).collect();
    let all_disabled = tracking.iter().all(|tracking| tracking.disable_scale_in.value);
    let others = policies.iter().filter_map(Policy::step).any(removes)
        || schedule.iter().any(|action| action.max.is_some());
    let first = tracking.first()?;
    (all_disabled && !others).then(|| {
        let message = format!(
            "{scope} never scales in: all its target tracking policies have `disable_scale_in`, and nothing else removes tasks"
        );
        Diagnostic::new(Code::NeverScalesIn, scope.at(&first.disable_scale_in.from), message)
            .help("let one policy scale in; the others still have no say in it")
    })
}

pub(super) fn step_removes_tasks(scope: &Scope<'_>) -> Option<Diagnostic> {
    let policies = &scope.service.policies;
    let (policy, step) = policies.iter().find_map(|policy| match &policy.kind {
        PolicyKind::Step(step) if removes(step) => Some((policy, step)),
        _ => None,
    })?;
    let tracking = policies.iter().find_map(Policy::tracking)?;
    let message = format!(
        "the step policy `{policy}` of {scope} removes tasks without asking target tracking, which adds them again"
    );
    let problem = Diagnostic::new(Code::StepRemovesTasks, scope.at(&step.steps.from), message)
        .also(scope.at(&tracking.target.from), "target tracking")
        .help("let steps add tasks and target tracking remove them");
    Some(problem)
}

pub(super) fn step_below_target(scope: &Scope<'_>) -> Option<Diagnostic> {
    let policies = &scope.service.policies;
    policies.iter().filter_map(Policy::step).find_map(|step| {
        let above = matches!(step.alarm.comparison, Comparison::Above | Comparison::AtLeast);
        let name = match (&*step.alarm.metric.namespace, &*step.alarm.metric.name) {
            ("AWS/ECS", "CPUUtilization") => PolicyId::Cpu,
            ("AWS/ECS", "MemoryUtilization") => PolicyId::Memory,
            _ => return None,
        };
        let tracking = scope.service.policy(&name)?.tracking()?;
        let (threshold, target) = (step.alarm.threshold.value, tracking.target.get());
        (above && adds(step) && threshold <= target).then(|| {
            let message = format!(
                "at {threshold} % this step adds tasks where target tracking still wants fewer: below {} % that removes what this adds",
                tracking.target.get()
            );
            Diagnostic::new(Code::StepBelowTarget, scope.at(&step.alarm.threshold.from), message)
                .also(scope.at(&tracking.target.from), format!("target {target}"))
                .help("put the threshold well above the target: the step is for what target tracking is too slow for")
        })
    })
}

pub(super) fn memory_alone(scope: &Scope<'_>) -> Option<Diagnostic> {
    let policies = &scope.service.policies;
    let memory = scope.service.policy(&PolicyId::Memory)?.tracking()?;
    (policies.len() == 1).then(|| {
        let message = format!(
            "{scope} scales on memory alone, which hardly falls when tasks are added and says little of the load"
        );
        Diagnostic::new(Code::MemoryAlone, scope.at(&memory.target.from), message)
            .help("add `cpu` or `requests`, which follow the load")
    })
}

pub(super) fn memory_veto(scope: &Scope<'_>) -> Option<Diagnostic> {
    let Service { policies, min, max, .. } = scope.service;
    let memory = scope.service.policy(&PolicyId::Memory)?.tracking()?;
    let line = scale_in_line(memory, min.get())?;
    (policies.len() > 1 && min.value < max.value && !memory.disable_scale_in.value).then(|| {
        let message = format!(
            "memory has a veto over scaling {scope} in: back to {min} only below {line:.0} %, which a runtime that keeps its memory never reaches"
        );
        Diagnostic::new(Code::MemoryVeto, scope.at(&memory.target.from), message)
            .help("`disable_scale_in: true` beside the target lets memory add tasks and leaves removing them to the others")
    })
}

/// What must be fallen below for the last task above the minimum to go: one of n tasks is removed when n - 1 are enough.
pub(super) fn idle_floor((scope, policy, tracking): Tracked<'_>) -> Option<Diagnostic> {
    let Service { min, max, .. } = scope.service;
    let line = scale_in_line(tracking, min.get())?;
    let requests = line * f64::from(min.get() + 1);
    let what = match &tracking.metric {
        TrackedMetric::Cpu(_) if line < IDLE_CPU => format!("its CPU is below {line:.1} %"),
        _ if counts_requests(policy) && requests < IDLE_REQUESTS => {
            format!("all its tasks together get less than {requests:.1} requests in a minute")
        }
        _ => return None,
    };
    (min.value < max.value && !tracking.disable_scale_in.value).then(|| {
        let message = format!("{scope} goes back to {min} only while {what}: idle tasks alone can need more");
        Diagnostic::new(Code::IdleFloor, scope.at(&tracking.target.from), message)
            .also(scope.at(&min.from), format!("min {min}"))
            .help("raise the target, or measure what an idle task needs and allow this")
    })
}

fn scale_in_line(tracking: &Tracking, min: u32) -> Option<f64> {
    (min > 0).then(|| removes_below(tracking.target.get(), min + 1))
}

fn removes(step: &StepScaling) -> bool {
    step.adjustment != Adjustment::Exact && step.steps.iter().any(|step| step.by < 0)
}

fn adds(step: &StepScaling) -> bool {
    step.adjustment != Adjustment::Exact && step.steps.iter().any(|step| step.by > 0)
}

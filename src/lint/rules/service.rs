//! Suspended scaling, and CPU tracking during blue/green deployments.

use crate::diagnostic::{Code, Diagnostic};
use crate::plan::policy::{Policy, PolicyId};
use crate::plan::{Scope, Suspended};

pub(super) fn suspended_scaling(scope: &Scope<'_>) -> Option<Diagnostic> {
    let suspended = scope.service.suspended.as_ref()?;
    let Suspended { scale_in, scale_out, scheduled, from } = suspended;
    let held: Vec<&str> =
        [(scale_in, "scaling in"), (scale_out, "scaling out"), (scheduled, "scheduled actions")]
            .into_iter()
            .filter_map(|(on, what)| on.then_some(what))
            .collect();
    (!held.is_empty()).then(|| {
        let message =
            format!("{scope} holds back {}, until somebody thinks of it", held.join(" and "));
        Diagnostic::new(Code::SuspendedScaling, scope.at(from), message).help(
            "lift it when the reason is gone; for an incident there is `cli/autoscaling.sh <env> suspend` and `resume`",
        )
    })
}

pub(super) fn cpu_during_blue_green(scope: &Scope<'_>) -> Option<Diagnostic> {
    let policies = &scope.service.policies;
    let cpu = scope.service.policy(&PolicyId::Cpu)?.tracking()?;
    let utilization = |policy: &Policy| matches!(policy.id, PolicyId::Cpu | PolicyId::Memory);
    (scope.service.deployment.alternates() && policies.iter().all(utilization)).then(|| {
        let message = format!(
            "during a deployment {scope} runs twice, and its CPU is the average over both: it looks half as busy and does not scale out"
        );
        Diagnostic::new(Code::CpuDuringBlueGreen, scope.at(&cpu.target.from), message)
            .also(scope.at(&scope.service.deployment.strategy.from), "deployed so")
            .help("add `requests` over both target groups, or deploy while there is room to spare")
    })
}

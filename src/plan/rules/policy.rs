//! Rules between the values of one policy and its service.

use super::Scope;
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::Controller;
use crate::plan::policy::{ForecastedMetric, Policy, PolicyId, Resolution, TrackedMetric};

pub(super) fn cpu_target_unusual(scope: &Scope<'_>, policy: &Policy) -> Option<Diagnostic> {
    let tracking = policy.tracking()?;
    let target = tracking.target.get();
    (policy.id == PolicyId::Cpu && !(50.0..=90.0).contains(&target)).then(|| {
        let consequence = if target < 50.0 {
            "pays for idle CPU"
        } else {
            "comes too late: nothing is left while new tasks start"
        };
        let message = format!("a CPU target of {target} % {consequence}");
        Diagnostic::new(Code::CpuTargetUnusual, scope.at(&tracking.target.from), message)
            .help("usual are 50 to 90")
    })
}

pub(super) fn cooldown_zero(scope: &Scope<'_>, policy: &Policy) -> Option<Diagnostic> {
    let out = &policy.tracking()?.cooldown_out;
    (out.get() == 0).then(|| {
        let message = "without a scale-out cooldown, tasks that still start are not credited and every minute of alarm adds more";
        Diagnostic::new(Code::CooldownZero, scope.at(&out.from), message).help("usual is `out: 60s`")
    })
}

pub(super) fn cooldown_order(scope: &Scope<'_>, policy: &Policy) -> Option<Diagnostic> {
    let tracking = policy.tracking()?;
    let (out, in_) = (tracking.cooldown_out.get(), tracking.cooldown_in.get());
    (in_ < out).then(|| {
        let message =
            format!("{scope} waits {in_} s after scaling in but {out} s after scaling out: it may flap");
        Diagnostic::new(Code::CooldownOrder, scope.at(&tracking.cooldown_in.from), message)
            .label(format!("{in_} s"))
            .also(scope.at(&tracking.cooldown_out.from), format!("{out} s"))
            .help("let `in` be the longer one; usual are `out: 60s` and `in: 300s`")
    })
}

/// Amazon ECS Developer Guide, "Target tracking": ALBRequestCountPerTarget is not supported for blue/green deployments.
pub(super) fn requests_on_alternating_groups(scope: &Scope<'_>, policy: &Policy) -> Option<Diagnostic> {
    let deployment = &scope.service.deployment;
    let counts_one = matches!(policy.tracking().map(|t| &t.metric), Some(TrackedMetric::Requests(_)))
        || matches!(policy.predictive().map(|p| &p.metric), Some(ForecastedMetric::Requests(_)));
    (counts_one && deployment.alternates()).then(|| {
        let target = policy.tracking().map(|tracking| &tracking.target);
        let target = target.or_else(|| policy.predictive().map(|forecast| &forecast.target));
        let from = target.map_or(&policy.name.from, |target| &target.from);
        let message = format!(
            "{scope} is deployed to two target groups by turns, and this policy counts the requests of one: idle, it has no requests, and with CodeDeploy no data, which blocks scaling in"
        );
        let why = if deployment.controller.value == Controller::Ecs { &deployment.strategy.from } else { &deployment.controller.from };
        Diagnostic::new(Code::RequestsOnAlternatingGroups, scope.at(from), message)
            .also(scope.at(why), "deployed so")
            .help("name both: `load_balancer: { target_groups: [blue, green] }` tracks the sum over both; or switch the policy off")
    })
}

/// Amazon ECS Developer Guide, "Target tracking with high-resolution metrics".
pub(super) fn resolution_with_controller(scope: &Scope<'_>, policy: &Policy) -> Option<Diagnostic> {
    let (TrackedMetric::Cpu(resolution) | TrackedMetric::Memory(resolution)) = &policy.tracking()?.metric
    else {
        return None;
    };
    let controller = &scope.service.deployment.controller;
    (resolution.value == Resolution::High && controller.value != Controller::Ecs).then(|| {
        let name = if controller.value == Controller::CodeDeploy { "CODE_DEPLOY" } else { "EXTERNAL" };
        let message = format!("{scope} cannot be measured every 20 s: its deployment controller is {name}");
        Diagnostic::new(Code::ResolutionWithController, scope.at(&resolution.from), message)
            .also(scope.at(&controller.from), "the controller")
            .help("remove `resolution`, or let ECS deploy the service")
    })
}

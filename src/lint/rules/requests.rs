//! Request counts: what they miss, in which unit they are, and through which target group they come.

use std::collections::BTreeMap;

use super::Tracked;
use super::metrics::measures_cpu;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location};
use crate::plan::policy::{Policy, PolicyId, Tracking};
use crate::plan::{Environment, Fleet, LoadBalancer, Scope};

/// A web task serves tens to thousands of requests in a minute: one every three seconds is more likely a number per second.
const LOW: f64 = 20.0;
/// 1,667 requests in a second are more than one task serves: more likely a number of the whole fleet, or per hour.
const HIGH: f64 = 100_000.0;

pub(super) fn requests_without_cpu(scope: &Scope<'_>) -> Option<Diagnostic> {
    let policies = &scope.service.policies;
    let requests = policies.iter().find(|policy| counts_requests(policy))?.tracking()?;
    let sees_cpu = policies.iter().any(measures_cpu);
    (!sees_cpu).then(|| {
        let message = format!(
            "{scope} scales on requests and not on CPU: busy tasks that get few requests are not relieved"
        );
        Diagnostic::new(Code::RequestsWithoutCpu, scope.at(&requests.target.from), message)
            .help("add `cpu: { target: 70 }`: tasks are added when either is above its target")
    })
}

pub(super) fn cpu_without_requests(scope: &Scope<'_>) -> Option<Diagnostic> {
    let policies = &scope.service.policies;
    let cpu = policies.iter().find(|policy| policy.id == PolicyId::Cpu)?.tracking()?;
    let alone = policies.iter().all(|policy| matches!(policy.id, PolicyId::Cpu | PolicyId::Memory));
    // Of two target groups by turns another rule speaks.
    let rolling = !scope.service.deployment.alternates();
    (scope.service.balanced && alone && rolling).then(|| {
        let message = format!(
            "{scope} is behind a load balancer and scales on CPU alone: requests that wait for others do not add tasks"
        );
        Diagnostic::new(Code::CpuWithoutRequests, scope.at(&cpu.target.from), message)
            .help("if a task can be full while its CPU is idle, add `requests: { target: … }` per task and minute")
    })
}

pub(super) fn requests_target_low((scope, policy, tracking): Tracked<'_>) -> Option<Diagnostic> {
    let target = tracking.target.get();
    (counts_requests(policy) && target <= LOW).then(|| {
        let message = format!("{scope} asks for a task for every {target} requests in a MINUTE");
        Diagnostic::new(Code::RequestsTargetLow, scope.at(&tracking.target.from), message)
            .label("per task and minute")
            .help(format!("if it was meant per second, write {}", target * 60.0))
    })
}

pub(super) fn requests_target_high((scope, policy, tracking): Tracked<'_>) -> Option<Diagnostic> {
    let target = tracking.target.get();
    (counts_requests(policy) && target >= HIGH).then(|| {
        let message = format!(
            "{scope} lets one task have {target} requests in a minute, {:.0} in a second, before a second one is added",
            target / 60.0
        );
        Diagnostic::new(Code::RequestsTargetHigh, scope.at(&tracking.target.from), message)
            .label("per task and minute")
            .help("write what ONE task serves well in a minute, not the whole service, and not in an hour")
    })
}

/// Elastic Load Balancing knows one load balancer for each target group ("TargetGroupAssociationLimit").
pub(super) fn target_group_of_two_balancers(fleet: &Fleet, found: &mut Diagnostics) {
    let mut first_of: BTreeMap<String, Counted<'_>> = BTreeMap::new();
    for counted in counted(fleet) {
        let first = first_of.entry(counted.key()).or_insert_with(|| counted.clone());
        if first.balancer == counted.balancer {
            continue;
        }
        let message = format!(
            "the target group {:?} cannot be behind the load balancers {:?} and {:?}: one of the two has no data",
            counted.group, first.balancer, counted.balancer
        );
        let problem = Diagnostic::new(Code::TargetGroupOfTwoBalancers, counted.place(), message)
            .label(format!("behind {:?}", counted.balancer))
            .also(first.place(), format!("behind {:?}", first.balancer))
            .help("name the load balancer whose listener forwards to this target group");
        found.push_once(problem);
    }
}

pub(super) fn shared_target_group(fleet: &Fleet, found: &mut Diagnostics) {
    let mut first_of: BTreeMap<String, Counted<'_>> = BTreeMap::new();
    for counted in counted(fleet) {
        let first = first_of.entry(counted.key()).or_insert_with(|| counted.clone());
        let one_service = first.scope.service.resource_id() == counted.scope.service.resource_id();
        if one_service || first.balancer != counted.balancer {
            continue;
        }
        let message = format!(
            "{} and {} count the requests of one target group, {:?}: tasks of either lower the count of both",
            first.scope, counted.scope, counted.group
        );
        let problem = Diagnostic::new(Code::SharedTargetGroup, counted.place(), message)
            .also(first.place(), format!("{} counts it too", first.scope))
            .help("name the target group that is attached to this service");
        found.push_once(problem);
    }
}

/// The 16 digits at the end of an ARN are given once: nowhere else is there another of the same.
pub(super) fn copied_arn_suffix(fleet: &Fleet, found: &mut Diagnostics) {
    let mut first_of: BTreeMap<&str, Counted<'_>> = BTreeMap::new();
    for counted in counted(fleet) {
        let LoadBalancer::Literal { arn_suffix, target_group_arn_suffix } = counted.literal else { continue };
        for suffix in [&**target_group_arn_suffix, &**arn_suffix] {
            let first = first_of.entry(suffix).or_insert_with(|| counted.clone());
            if home(first.scope.environment) == home(counted.scope.environment) {
                continue;
            }
            let (here, there) = (&counted.scope.environment.name, &first.scope.environment.name);
            let message =
                format!("{here} and {there} both have `{suffix}`, but it exists in one account and region");
            let problem = Diagnostic::new(Code::CopiedArnSuffix, counted.place(), message)
                .also(first.place(), format!("the same in {there}"))
                .help(format!(
                    "take the ARN from {here}, or name the load balancer and target group instead"
                ));
            found.push_once(problem);
            break;
        }
    }
}

/// A policy of requests, however many target groups they come through.
pub(super) fn counts_requests(policy: &Policy) -> bool {
    matches!(policy.id, PolicyId::Requests | PolicyId::MoreRequests(_))
}

/// A target group that a policy counts.
#[derive(Clone)]
struct Counted<'f> {
    scope: Scope<'f>,
    tracking: &'f Tracking,
    literal: &'f LoadBalancer,
    balancer: &'f str,
    group: &'f str,
}

impl Counted<'_> {
    /// Names of target groups are unique in an account and region.
    fn key(&self) -> String {
        let [account, region] = home(self.scope.environment);
        [account, region, self.group].join("/")
    }

    fn place(&self) -> Location {
        self.scope.at(&self.tracking.measured)
    }
}

fn home(environment: &Environment) -> [&str; 2] {
    [&environment.account, &environment.region]
}

fn counted(fleet: &Fleet) -> Vec<Counted<'_>> {
    let mut counted = Vec::new();
    for scope in fleet.services() {
        for policy in &scope.service.policies {
            let Some(tracking) = policy.tracking() else { continue };
            counted.extend(policy.target_groups().into_iter().map(|group| {
                let (balancer, target_group) = names(&group.balancer);
                Counted { scope, tracking, literal: &group.balancer, balancer, group: target_group }
            }));
        }
    }
    counted
}

/// The names of a load balancer and its target group.
fn names(balancer: &LoadBalancer) -> (&str, &str) {
    let name = |suffix| str::split(suffix, '/').nth(1).unwrap_or(suffix);
    match balancer {
        LoadBalancer::Named { name, target_group } => (name, target_group),
        LoadBalancer::Literal { arn_suffix, target_group_arn_suffix } => {
            (name(arn_suffix), name(target_group_arn_suffix))
        }
    }
}

//! A service to show commands and diagrams with, and where the generated files of an environment lie.

use serde::Serialize;

use super::scaling;
use super::words::{duration, number, rounded};
use crate::plan::behaviour::{alarms, growth, removes_below};
use crate::plan::policy::{PolicyId, Tracking};
use crate::plan::{Environment, Fleet, Service};

/// A service to show commands and diagrams with: one of the first wave, with as many policies as any.
#[derive(Debug, Serialize)]
pub(super) struct Example<'f> {
    environment: &'f str,
    service: &'f str,
    region: &'f str,
    resource_id: String,
    cluster: &'f str,
    ecs_service: &'f str,
    min: u32,
    max: u32,
    page: String,
    environment_page: String,
    script: String,
    terraform: String,
    deploy: String,
    /// Target tracking of CPU, to be put by hand.
    cpu: Option<ByHand<'f>>,
    /// Its first two policies, for the sequence of what they say to each other.
    duet: Option<Duet>,
}

#[derive(Debug, Serialize)]
struct ByHand<'f> {
    policy_name: &'f str,
    /// The configuration as the API takes it.
    configuration: String,
    target: String,
    /// By how much one round multiplies the tasks at most.
    factor: String,
    /// What CPU must be below for one of two tasks to go.
    two_below: String,
    cooldown_out: String,
}

/// Two policies in turns: which asks for how many tasks, and what keeps them.
#[derive(Debug, Serialize)]
struct Duet {
    first: String,
    second: String,
    tasks: u32,
    more: u32,
    less: u32,
    first_low: String,
    second_high: String,
    second_low: String,
    first_below: String,
    second_below: String,
    out_time: String,
    in_time: String,
}

/// Where the generated files of an environment lie, seen from the folder that holds all targets.
pub(super) struct Paths {
    pub(super) script: String,
    pub(super) terraform: String,
    pub(super) deploy: String,
}

impl Paths {
    pub(super) fn of(environment: &Environment) -> Self {
        Self {
            script: format!("cli/{}.sh", environment.name),
            terraform: format!("terraform/{}", environment.name),
            deploy: format!("cloudformation/{}/deploy.sh", environment.name),
        }
    }
}

impl<'f> Example<'f> {
    pub(super) fn of(fleet: &'f Fleet) -> Option<Self> {
        let first = fleet.waves.first().and_then(|wave| wave.environments.first());
        let named = fleet.environments.iter().find(|environment| Some(&environment.name) == first);
        let with_services = |environment: &&Environment| !environment.services.is_empty();
        let environment =
            named.filter(with_services).or_else(|| fleet.environments.iter().find(with_services))?;
        let most = environment.services.iter().map(|service| service.policies.len()).max();
        let service = environment.services.iter().find(|service| Some(service.policies.len()) == most)?;
        let Paths { script, terraform, deploy } = Paths::of(environment);
        let cpu = service.policy(&PolicyId::Cpu).and_then(|policy| {
            let tracking = policy.tracking()?;
            Some(ByHand {
                policy_name: &policy.name,
                configuration: super::api::configuration(&policy.kind, &|_| 0).to_string(),
                target: scaling::in_unit(tracking, tracking.target.get()),
                factor: number(growth(tracking), 2),
                two_below: scaling::in_unit(tracking, removes_below(tracking.target.get(), 2)),
                cooldown_out: duration(tracking.cooldown_out.get()),
            })
        });
        Some(Self {
            environment: &environment.name,
            service: &service.name,
            region: &environment.region,
            resource_id: service.resource_id(),
            cluster: &service.cluster,
            ecs_service: &service.ecs_service,
            min: service.min.get(),
            max: service.max.get(),
            page: format!("{}/{}/scaling.md", environment.name, service.name),
            environment_page: format!("{}/README.md", environment.name),
            script,
            terraform,
            deploy,
            cpu,
            duet: duet(service),
        })
    }
}

/// The first policy is low while the second is high, then both are low.
fn duet(service: &Service) -> Option<Duet> {
    let mut votes = service.policies.iter().filter_map(|policy| Some((policy, policy.tracking()?)));
    let (first, one) = votes.find(|(_, tracking)| !tracking.disable_scale_in.value)?;
    let (second, other) = votes.find(|(_, tracking)| !tracking.disable_scale_in.value)?;
    let most = service.max.get();
    let tasks = service.min.get().max(2).min(most.checked_sub(1)?);
    let high = rounded((other.target.get() * 1.3).min(scaling::most(other)));
    let more = (f64::from(tasks) * high / other.target.get() - 1e-9).ceil() as u32;
    let more = more.min(most);
    if tasks == 0 || more <= tasks {
        return None;
    }
    let low = |tracking: &Tracking| rounded(removes_below(tracking.target.get(), more) / 2.0);
    let unit = |tracking: &Tracking, value: f64| scaling::in_unit(tracking, value);
    Some(Duet {
        first: scaling::path(first),
        second: scaling::path(second),
        tasks,
        more,
        less: more - 1,
        first_low: unit(one, low(one)),
        second_high: unit(other, high),
        second_low: unit(other, low(other)),
        first_below: unit(one, removes_below(one.target.get(), more)),
        second_below: unit(other, removes_below(other.target.get(), more)),
        out_time: duration(alarms(other).high.datapoints * alarms(other).period),
        in_time: duration(
            [one, other]
                .iter()
                .filter_map(|tracking| Some(alarms(tracking).low?.datapoints * alarms(tracking).period))
                .max()
                .unwrap_or(0),
        ),
    })
}

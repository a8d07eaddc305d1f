//! The example service of commands and diagrams: real targets, invented numbers of tasks.

use serde::Serialize;

use super::scaling::{self, tracked};
use crate::plan::Environment;
use crate::plan::behaviour::{alarms, growth, removes_below};
use crate::plan::policy::{Policy, PolicyId, Tracking};
use crate::words::{duration, number, rounded};

/// A service to show commands and diagrams with: one of the first wave, with as many policies as any.
#[derive(Debug, Serialize)]
pub(super) struct Example<'f> {
    environment: &'f str,
    service: &'f str,
    /// How `gen` calls it: `prod-eu/web`.
    address: String,
    region: &'f str,
    resource_id: String,
    cluster: &'f str,
    ecs_service: &'f str,
    /// ARN of the topic of its environment, and what the names of the rules begin with.
    topic: Option<String>,
    rules: Option<&'f str>,
    /// How a policy asks for tasks.
    asks: Option<Asks>,
    /// Two policies that disagree about scaling in.
    veto: Option<Veto>,
    /// By how much one round multiplies the tasks of a service with saturated CPU.
    growth: Option<String>,
    /// Its first two policies, for the sequence of what they say to each other.
    duet: Option<Duet>,
}

/// With so many tasks and the metric there, it asks for more.
#[derive(Debug, Serialize)]
struct Asks {
    path: String,
    running: u32,
    value: String,
    target: String,
    wanted: u32,
}

/// Two policies that disagree.
#[derive(Debug, Serialize)]
struct Veto {
    tasks: u32,
    willing: String,
    willing_value: String,
    willing_below: String,
    holding: String,
    holding_value: String,
    holding_below: String,
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

impl<'f> Example<'f> {
    /// Out of environments in the order of the rollout.
    pub(super) fn of(environments: &[&'f Environment]) -> Option<Self> {
        let environment = *environments.iter().find(|environment| !environment.services.is_empty())?;
        let most = environment.services.iter().map(|service| service.policies.len()).max();
        let service = environment.services.iter().find(|service| Some(service.policies.len()) == most)?;
        let monitoring = environment.monitoring.as_ref();
        let voters: Vec<(&Policy, &Tracking)> =
            tracked(service).filter(|(_, tracking)| !tracking.disable_scale_in.value).collect();
        let cpu = tracked(service).find(|(policy, _)| policy.id == PolicyId::Cpu);
        Some(Self {
            environment: &environment.name,
            service: &service.name,
            address: format!("{}/{}", environment.name, service.name),
            region: &environment.region,
            resource_id: service.resource_id(),
            cluster: &service.cluster,
            ecs_service: &service.ecs_service,
            topic: environment.topic_arn(),
            rules: monitoring.and_then(|monitoring| monitoring.rules.as_deref()),
            asks: cpu.or(tracked(service).next()).map(|(policy, tracking)| asks(policy, tracking)),
            veto: veto(&voters),
            growth: cpu.map(|(_, tracking)| number(growth(tracking), 2)),
            duet: duet(&voters),
        })
    }
}

/// How a policy asks for tasks, with two of them: the number is an example, so that it does not follow the capacity.
fn asks(policy: &Policy, tracking: &Tracking) -> Asks {
    let running = 2;
    let target = tracking.target.get();
    let value = rounded((target * 1.3).min(scaling::most(tracking)));
    Asks {
        path: scaling::path(policy),
        running,
        value: scaling::in_unit(tracking, value),
        target: scaling::in_unit(tracking, target),
        wanted: (f64::from(running) * value / target - 1e-9).ceil() as u32,
    }
}

/// Two policies at a size where one of them wants to remove a task.
fn veto(voters: &[(&Policy, &Tracking)]) -> Option<Veto> {
    let [.., (holding, holds), (willing, wants)] = voters else { return None };
    let tasks = 6;
    let below = |tracking: &Tracking| removes_below(tracking.target.get(), tasks);
    let midway = |tracking: &Tracking| rounded(below(tracking).midpoint(tracking.target.get()));
    Some(Veto {
        tasks,
        willing: scaling::path(willing),
        willing_value: scaling::in_unit(wants, rounded(below(wants) / 2.0)),
        willing_below: scaling::in_unit(wants, below(wants)),
        holding: scaling::path(holding),
        holding_value: scaling::in_unit(holds, midway(holds)),
        holding_below: scaling::in_unit(holds, below(holds)),
    })
}

/// The first policy is low while the second is high, then both are low.
fn duet(voters: &[(&Policy, &Tracking)]) -> Option<Duet> {
    let [(first, one), (second, other), ..] = *voters else { return None };
    let tasks = 2;
    let high = rounded((other.target.get() * 1.3).min(scaling::most(other)));
    let more = (f64::from(tasks) * high / other.target.get() - 1e-9).ceil() as u32;
    if more <= tasks {
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

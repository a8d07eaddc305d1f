//! How a service scales, worked through with its own numbers: what its page says of it.

use serde::Serialize;

use super::words::{counted, duration, number, range, rounded};
use crate::plan::behaviour::{self, alarms, growth, reaction, removes_below};
use crate::plan::policy::{Policy, PolicyId, PolicyKind, Resolution, TrackedMetric, Tracking};
use crate::plan::{Controller, Environment, Service};

/// Until tasks that were added run and are counted, in seconds; a slow start makes each round longer.
const START: u32 = 60;

/// What the page of a service says, in plain words.
#[derive(Debug, Serialize)]
pub(super) struct ScalingView<'f> {
    /// `2 to 10 tasks`
    limits: String,
    /// Its targets on one line: `requests 1000, cpu 70 %`.
    targets: String,
    /// How `gen` calls it: `prod-eu/web`.
    address: String,
    /// What the names of the alarms of this service begin with, and of no other: `web` is not `web-iso`.
    alarm_prefix: String,
    tracked: Vec<TrackedView<'f>>,
    /// The policies that have a say in scaling in.
    voters: Vec<TrackedView<'f>>,
    /// The policies that have none (`disable_scale_in`).
    silent: Vec<TrackedView<'f>>,
    /// A request for tasks, worked through.
    asks: Option<Asks>,
    /// One policy that wants to remove a task, and one that does not.
    veto: Option<Veto>,
    sizes: Vec<Size>,
    /// The number of tasks from which on the lower alarms alone decide.
    alarm_decides_from: u32,
    /// `90 %`
    ready_below: String,
    growth: Option<Growth>,
    /// Seconds, of the policy that is slowest.
    reaction: Reaction,
    /// Whether CPU and memory are all that could wake it from no task at all.
    stuck_at_zero: bool,
    /// Whether anything tracked counts requests.
    counts_requests: bool,
    steps: Vec<Key<'f>>,
    forecasts: bool,
    /// Whether ECS itself deploys, so that a deployment holds scaling in.
    held_by_deployments: bool,
    longest_cooldown_in: String,
    scale_out_within: String,
}

/// A target tracking policy.
#[derive(Debug, Clone, Serialize)]
struct TrackedView<'f> {
    /// The spec's name of it: `cpu`, `custom.backlog`.
    path: String,
    /// Its name on AWS.
    name: &'f str,
    /// What it looks at.
    what: &'static str,
    target: String,
    period: String,
    out_datapoints: u32,
    /// How long that many data points take.
    out_time: String,
    ready_below: String,
    in_datapoints: u32,
    in_time: String,
    cooldown_out: String,
    cooldown_in: String,
    votes: bool,
}

/// With so many tasks and the metric there, it asks for more.
#[derive(Debug, Serialize)]
struct Asks {
    path: String,
    running: u32,
    value: String,
    target: String,
    wanted: u32,
    /// The same, held to the maximum.
    gets: u32,
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

/// What every metric must be below for one of so many tasks to go.
#[derive(Debug, Serialize)]
struct Size {
    tasks: u32,
    left: u32,
    below: Vec<String>,
}

/// How a fleet grows whose CPU, which ends at 100 %, is saturated.
#[derive(Debug, Serialize)]
struct Growth {
    path: String,
    factor: String,
    /// `2, 3, 5, 8, 10`
    sizes: String,
    rounds: String,
    least: String,
}

#[derive(Debug, Serialize)]
struct Reaction {
    decided: u32,
    running: u32,
}

#[derive(Debug, Serialize)]
struct Key<'f> {
    key: &'f str,
}

impl<'f> ScalingView<'f> {
    pub(super) fn new(environment: &Environment, service: &'f Service) -> Self {
        let tracking: Vec<(&Policy, &Tracking)> =
            service.policies.iter().filter_map(|policy| Some((policy, policy.tracking()?))).collect();
        let all: Vec<TrackedView<'f>> =
            tracking.iter().map(|(policy, tracking)| TrackedView::new(policy, tracking)).collect();
        let (voters, silent): (Vec<_>, Vec<_>) = all.iter().cloned().partition(|view| view.votes);
        let voting: Vec<_> =
            tracking.iter().copied().filter(|(_, tracking)| !tracking.disable_scale_in.value).collect();
        let slowest = tracking.iter().map(|(_, tracking)| behaviour::period(tracking)).max();
        let measured = reaction(slowest.unwrap_or(60));
        let counts_requests =
            tracking.iter().any(|(_, tracking)| matches!(tracking.metric, TrackedMetric::Requests(_)));
        let longest = voting.iter().map(|(_, tracking)| tracking.cooldown_in.get()).max();
        Self {
            limits: format!("{} tasks", range(service.min.get(), service.max.get())),
            targets: targets(service),
            address: format!("{}/{}", environment.name, service.name),
            alarm_prefix: format!("TargetTracking-{}-Alarm", service.resource_id()),
            asks: asks(service, &tracking),
            veto: veto(service, &voting),
            sizes: sizes(service, &voting),
            alarm_decides_from: behaviour::alarm_decides_from(),
            ready_below: ready_below(),
            growth: saturated(service, &tracking),
            reaction: Reaction { decided: measured.decided, running: measured.running },
            stuck_at_zero: service.min.get() == 0 && service.policies.iter().all(of_tasks),
            counts_requests,
            steps: service.policies.iter().filter_map(step_key).collect(),
            forecasts: service.policies.iter().any(|policy| policy.id == PolicyId::Predictive),
            held_by_deployments: service.deployment.controller.value != Controller::External,
            longest_cooldown_in: duration(longest.unwrap_or(0)),
            scale_out_within: duration(service.expectations.scale_out_within.get()),
            tracked: all,
            voters,
            silent,
        }
    }
}

impl<'f> TrackedView<'f> {
    fn new(policy: &'f Policy, tracking: &Tracking) -> Self {
        let said = alarms(tracking);
        let low = said.low.unwrap_or(said.high);
        Self {
            path: path(policy),
            name: &policy.name,
            what: what(&tracking.metric),
            target: in_unit(tracking, tracking.target.get()),
            period: format!("{} s", said.period),
            out_datapoints: said.high.datapoints,
            out_time: duration(said.high.datapoints * said.period),
            ready_below: in_unit(tracking, low.threshold),
            in_datapoints: low.datapoints,
            in_time: duration(low.datapoints * said.period),
            cooldown_out: duration(tracking.cooldown_out.get()),
            cooldown_in: duration(tracking.cooldown_in.get()),
            votes: said.low.is_some(),
        }
    }
}

/// The targets of a service on one line.
pub(super) fn targets(service: &Service) -> String {
    let of = |policy: &Policy| match &policy.kind {
        PolicyKind::Tracking(tracking) => {
            format!("{} {}", path(policy), in_unit(tracking, tracking.target.get()))
        }
        PolicyKind::Step(_) | PolicyKind::Predictive(_) => path(policy),
    };
    match service.policies.as_slice() {
        [] => "none".to_owned(),
        policies => policies.iter().map(of).collect::<Vec<_>>().join(", "),
    }
}

/// The spec's name of a policy.
pub(super) fn path(policy: &Policy) -> String {
    policy.id.path().trim_start_matches("scaling.").to_owned()
}

fn step_key(policy: &Policy) -> Option<Key<'_>> {
    match &policy.id {
        PolicyId::Step(key) => Some(Key { key }),
        _ => None,
    }
}

fn what(metric: &TrackedMetric) -> &'static str {
    match metric {
        TrackedMetric::Cpu(resolution) if resolution.value == Resolution::High => {
            "average CPU of the service, every 20 s"
        }
        TrackedMetric::Cpu(_) => "average CPU of the service",
        TrackedMetric::Memory(resolution) if resolution.value == Resolution::High => {
            "average memory of the service, every 20 s"
        }
        TrackedMetric::Memory(_) => "average memory of the service",
        TrackedMetric::Requests(_) => "requests per target and minute",
        TrackedMetric::Custom(_) => "a metric of its own",
    }
}

/// A value of the tracked metric. Requests and metrics of the user's have no unit that a reader needs.
pub(super) fn in_unit(tracking: &Tracking, value: f64) -> String {
    match tracking.metric {
        TrackedMetric::Cpu(_) | TrackedMetric::Memory(_) => format!("{} %", number(value, 1)),
        TrackedMetric::Requests(_) | TrackedMetric::Custom(_) => number(value, 2),
    }
}

/// Below which part of its target a policy is ready to remove tasks.
pub(super) fn ready_below() -> String {
    format!("{} %", number(behaviour::READY_BELOW * 100.0, 1))
}

/// Where a metric ends.
pub(super) fn most(tracking: &Tracking) -> f64 {
    if matches!(tracking.metric, TrackedMetric::Cpu(_)) { 100.0 } else { f64::INFINITY }
}

/// Whether a policy has no data while no task runs.
fn of_tasks(policy: &Policy) -> bool {
    matches!(policy.id, PolicyId::Cpu | PolicyId::Memory)
}

/// The policy that shows best how tasks are asked for: CPU, else the first.
fn asks(service: &Service, tracking: &[(&Policy, &Tracking)]) -> Option<Asks> {
    let cpu = tracking.iter().find(|(policy, _)| policy.id == PolicyId::Cpu);
    let (policy, tracking) = cpu.or(tracking.first())?;
    let running = service.min.get().max(2).min(service.max.get().max(1));
    let target = tracking.target.get();
    let above = rounded((target * 1.3).min(most(tracking)));
    let wanted = (f64::from(running) * above / target - 1e-9).ceil() as u32;
    Some(Asks {
        path: path(policy),
        running,
        value: in_unit(tracking, above),
        target: in_unit(tracking, target),
        wanted,
        gets: wanted.min(service.max.get()),
    })
}

/// Two policies at a size where one of them wants to remove a task.
fn veto(service: &Service, voting: &[(&Policy, &Tracking)]) -> Option<Veto> {
    let [.., (holding, holds), (willing, wants)] = voting else { return None };
    let tasks = (service.min.get() + 1).max(service.max.get().midpoint(service.min.get()));
    let below = |tracking: &Tracking| removes_below(tracking.target.get(), tasks);
    let midway = |tracking: &Tracking| rounded(below(tracking).midpoint(tracking.target.get()));
    (tasks <= service.max.get()).then(|| Veto {
        tasks,
        willing: path(willing),
        willing_value: in_unit(wants, rounded(below(wants) / 2.0)),
        willing_below: in_unit(wants, below(wants)),
        holding: path(holding),
        holding_value: in_unit(holds, midway(holds)),
        holding_below: in_unit(holds, below(holds)),
    })
}

/// What it takes to remove one of so many tasks: up to where the alarms alone decide, from there on nothing changes.
fn sizes(service: &Service, voting: &[(&Policy, &Tracking)]) -> Vec<Size> {
    if voting.is_empty() {
        return Vec::new();
    }
    let size = |tasks: u32| Size {
        tasks,
        left: tasks - 1,
        below: voting
            .iter()
            .map(|(_, tracking)| match tasks {
                1 => "exactly 0".to_owned(), // the last task goes only when there is nothing to do
                _ => format!("below {}", in_unit(tracking, removes_below(tracking.target.get(), tasks))),
            })
            .collect(),
    };
    let least = service.min.get() + 1;
    let last = behaviour::alarm_decides_from().max(least).min(service.max.get());
    (least..=last).map(size).collect()
}

/// How many rounds lead from the minimum to the maximum while a metric is at 100 %, where it ends.
fn saturated(service: &Service, tracking: &[(&Policy, &Tracking)]) -> Option<Growth> {
    let bounded = tracking.iter().filter(|(policy, _)| policy.id == PolicyId::Cpu);
    let (policy, tracking) = bounded.min_by(|(_, a), (_, b)| a.target.get().total_cmp(&b.target.get()))?;
    let (factor, most) = (growth(tracking), service.max.get());
    let mut sizes = vec![service.min.get().max(1)];
    while let Some(&running) = sizes.last().filter(|&&running| running < most) {
        let next = ((f64::from(running) * factor - 1e-9).ceil() as u32).min(most);
        if next <= running {
            return None;
        }
        sizes.push(next);
    }
    let rounds = u32::try_from(sizes.len()).unwrap_or(u32::MAX) - 1;
    let period = behaviour::period(tracking);
    let seconds = reaction(period).decided
        + rounds.saturating_sub(1) * (tracking.cooldown_out.get().max(period) + START);
    (rounds > 0).then(|| Growth {
        path: path(policy),
        factor: number(factor, 2),
        sizes: sizes.iter().map(u32::to_string).collect::<Vec<_>>().join(", "),
        rounds: counted(rounds, "round"),
        least: counted(seconds / 60, "minute"),
    })
}

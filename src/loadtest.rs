//! Load tests of a service: four scenarios whose rates follow from its targets and its capacity.
//!
//! They are those of an incident that the request count did not see, on a service that stands at its minimum: CPU high at
//! normal requests, requests high at normal CPU, both, and a gradual ramp. A service cannot be tested if nothing says how
//! many requests one of its tasks takes, or if it has no room to scale; [`LoadTest::of`] says which.

use serde::Serialize;

use crate::plan::policy::PolicyId;
use crate::plan::stage::Stage;
use crate::plan::{Environment, Service};

/// Share of the request target before and after the load: below 0.9, where the low alarm of target tracking begins, so
/// that the service may scale in; as in the incident.
const BASE: f64 = 0.8;
/// Share of the request target that still counts as normal requests.
pub const NORMAL: f64 = 0.85;
/// Multiple of what the first tasks take at their target.
const HIGH: f64 = 2.25;
/// CPU of the first tasks under high CPU, per cent: a service never uses more than 100.
const HIGH_CPU: f64 = 95.0;
/// Multiple of what the first tasks take that a ramp stays gradual up to.
const GRADUAL: f64 = 4.0;
/// Share of the maximum that loads need, so that the service does not stop at it.
const ROOM: f64 = 0.8;

const MINUTE: u32 = 60;
/// Before the load: longer than the 15 data points of the low alarm (exports of real alarms).
const BEFORE: u32 = 20 * MINUTE;
/// The load, at least.
const LOAD: u32 = 60 * MINUTE;
/// After the load, at least and at most.
const AFTER: (u32, u32) = (60 * MINUTE, 120 * MINUTE);
/// The ramp, each way.
const RAMP: u32 = 120 * MINUTE;
/// From the decision to tasks that serve: AWS measured 23 s, users up to 4 minutes.
const START: u32 = 5 * MINUTE;
/// From the end of a load to the first scale-in: 15 data points and the delay of metrics, measured by users.
const SCALE_IN_AFTER: u32 = 17 * MINUTE;
/// One scale-in removes one task, and its drain comes before the cooldown (activity logs).
const DRAIN: u32 = MINUTE;

/// The load tests of a service. Rates are requests per minute, as the targets are.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadTest {
    /// Tasks at the start: the minimum, or one.
    pub start: u32,
    /// Requests that one task takes in a minute, at its target.
    pub per_task: f64,
    /// CPU target in per cent.
    pub cpu_target: Option<f64>,
    /// Requests per minute that the most tasks take at their target: no scenario goes above.
    pub ceiling: u64,
    /// Requests per minute before and after the load.
    pub base: u64,
    /// Whether target tracking removes tasks again.
    pub scales_in: bool,
    /// The scenarios that the service has.
    pub scenarios: Vec<Scenario>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    pub kind: Kind,
    /// Requests per minute at its highest.
    pub rate: u64,
    /// What it needs, in tasks at their target.
    pub needed: f64,
    /// CPU time in milliseconds that a request has to cost on average. `None`: CPU is not pressed, or the size of a task is
    /// not known.
    pub cpu_ms: Option<f64>,
    /// Whole tasks that target tracking needs for it.
    pub tasks: u32,
    /// Its phases, one after another.
    pub phases: Vec<Phase>,
}

/// What a scenario presses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// CPU, at normal requests.
    HighCpu,
    /// Requests, at normal CPU.
    HighRequests,
    /// CPU and requests.
    Both,
    /// Requests, little by little.
    Ramp,
}

/// A part of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phase {
    /// Its name, by which `scenarios.js` knows its requests.
    pub name: &'static str,
    pub seconds: u32,
}

/// Why a service has no load test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// No load balancer sends it requests.
    NoRequests,
    /// No policy says how many requests a task takes.
    NoTarget,
    /// Its minimum is its maximum.
    Fixed,
    /// Scaling out is held back.
    HeldBack,
    /// Its targets leave no rate between the minimum and the maximum that triggers anything.
    NoRate,
}

impl LoadTest {
    /// The load tests of a service.
    ///
    /// # Errors
    /// Why it has none.
    pub fn of(service: &Service) -> Result<Self, Unfit> {
        let tracked = |id: PolicyId| service.policy(&id).and_then(|policy| policy.tracking());
        if !service.balanced && tracked(PolicyId::Requests).is_none() {
            return Err(Unfit::NoRequests);
        }
        let per_task = tracked(PolicyId::Requests).ok_or(Unfit::NoTarget)?.target.get();
        if service.suspended.as_ref().is_some_and(|held| held.scale_out) {
            return Err(Unfit::HeldBack);
        }
        let (start, max) = (service.min.get().max(1), service.max.get());
        if start >= max {
            return Err(Unfit::Fixed);
        }
        let load = Load {
            service,
            start: f64::from(start),
            max: f64::from(max),
            per_task,
            cpu_target: tracked(PolicyId::Cpu).map(|cpu| cpu.target.get()),
        };
        let scenarios = load.scenarios();
        if scenarios.is_empty() {
            return Err(Unfit::NoRate);
        }
        Ok(Self {
            start,
            per_task,
            cpu_target: load.cpu_target,
            ceiling: down(per_task * load.max),
            base: load.base(),
            scales_in: scales_in(service),
            scenarios,
        })
    }
}

/// Why an environment is not tested without a word; `None`: its name says that it comes before production.
pub fn guarded(environment: &Environment) -> Option<&'static str> {
    match Stage::of(&environment.name) {
        Stage::Before => None,
        Stage::Production => Some("its name says that it is production"),
        Stage::Unknown => Some("its name does not say that it comes before production"),
    }
}

fn scales_in(service: &Service) -> bool {
    let held = service.suspended.as_ref().is_some_and(|held| held.scale_in);
    !held && service.tracking().any(|(_, tracking)| !tracking.disable_scale_in.value)
}

/// What rates follow from.
struct Load<'s> {
    service: &'s Service,
    start: f64,
    max: f64,
    per_task: f64,
    cpu_target: Option<f64>,
}

impl Load<'_> {
    fn scenarios(&self) -> Vec<Scenario> {
        let high = (HIGH * self.start).min(self.most());
        let ramp = self.most().min(GRADUAL * self.start);
        let all = [
            self.high_cpu(),
            self.requests(Kind::HighRequests, high),
            self.both(high),
            self.requests(Kind::Ramp, ramp),
        ];
        all.into_iter().flatten().collect()
    }

    /// Tasks that a load may need: room is left below the maximum, where there is any.
    fn most(&self) -> f64 {
        (ROOM * self.max).max(f64::midpoint(self.start, self.max))
    }

    fn base(&self) -> u64 {
        down(BASE * self.per_task * self.start)
    }

    /// A CPU target that [`HIGH_CPU`] does not exceed is exceeded by nothing that can be relied on.
    fn cpu(&self) -> Option<f64> {
        self.cpu_target.filter(|target| *target < HIGH_CPU)
    }

    fn high_cpu(&self) -> Option<Scenario> {
        let target = self.cpu()?;
        let needed = (self.start * HIGH_CPU / target).min(self.most());
        let rate = down(NORMAL * self.per_task * self.start);
        self.scenario(Kind::HighCpu, rate, needed, self.cpu_ms(needed, target, rate))
    }

    fn requests(&self, kind: Kind, needed: f64) -> Option<Scenario> {
        let rate = self.pressing(needed)?;
        self.scenario(kind, rate, needed, None)
    }

    fn both(&self, needed: f64) -> Option<Scenario> {
        let (target, rate) = (self.cpu()?, self.pressing(needed)?);
        self.scenario(Kind::Both, rate, needed, self.cpu_ms(needed, target, rate))
    }

    /// The rate that needs so many tasks, if it is above the target of the first ones.
    fn pressing(&self, needed: f64) -> Option<u64> {
        let rate = down(self.per_task * needed);
        (rate as f64 > self.per_task * self.start).then_some(rate)
    }

    /// CPU time of a request, so that at so many requests a minute so many tasks stand at their CPU target.
    fn cpu_ms(&self, needed: f64, target: f64, rate: u64) -> Option<f64> {
        let vcpu = self.service.task?.vcpu;
        let milliseconds = needed * target / 100.0 * vcpu * 60_000.0 / rate as f64;
        Some((milliseconds * 100.0).round() / 100.0)
    }

    fn scenario(&self, kind: Kind, rate: u64, needed: f64, cpu_ms: Option<f64>) -> Option<Scenario> {
        if self.base() == 0 || rate == 0 {
            return None;
        }
        let tasks = up(needed).min(up(self.max));
        let phases = match kind {
            Kind::Ramp => phases([("before", BEFORE), ("up", RAMP), ("hold", LOAD), ("down", RAMP)]),
            Kind::HighCpu | Kind::HighRequests | Kind::Both => self.step(tasks),
        };
        Some(Scenario { kind, rate, needed, cpu_ms, tasks, phases })
    }

    fn step(&self, tasks: u32) -> Vec<Phase> {
        let within = self.service.expectations.scale_out_within.get();
        let scale_out = whole_minutes(within.saturating_add(START));
        let steady = LOAD.saturating_sub(scale_out).max(LOAD / 2);
        let cooldown = self.service.tracking().map(|(_, tracking)| tracking.cooldown_in.get()).max();
        let scale_ins = tasks.saturating_sub(up(self.start));
        let each = cooldown.unwrap_or_default().saturating_add(DRAIN);
        let after = SCALE_IN_AFTER.saturating_add(scale_ins.saturating_mul(each));
        phases([
            ("before", BEFORE),
            ("scale_out", scale_out),
            ("steady", steady),
            ("after", whole_minutes(after.clamp(AFTER.0, AFTER.1))),
        ])
    }
}

fn phases(all: [(&'static str, u32); 4]) -> Vec<Phase> {
    all.map(|(name, seconds)| Phase { name, seconds }).to_vec()
}

/// Rounded down; a product such as 0.85 × 20 is a hair below what it stands for.
fn down(number: f64) -> u64 {
    (number + 1e-6).floor() as u64
}

/// Rounded up, likewise.
fn up(number: f64) -> u32 {
    (number - 1e-6).ceil() as u32
}

fn whole_minutes(seconds: u32) -> u32 {
    seconds.div_ceil(MINUTE).saturating_mul(MINUTE)
}

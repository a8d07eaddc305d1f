//! Scaling of services as rows of tables: policies, thresholds, rounds, notes.

use serde::Serialize;

use crate::plan::behaviour::{self, alarms, growth, reaction, removes_below};
use crate::plan::policy::{
    CustomMetric, Policy, PolicyId, Resolution, ScheduledAction, Term, TrackedMetric, Tracking,
};
use crate::plan::{Service, Suspended};
use crate::words::{counted, duration, number};

/// Until tasks that were added run and are counted, in seconds; a slow start makes each round longer.
const START: u32 = 60;

/// A target tracking policy.
#[derive(Debug, Serialize)]
pub(super) struct Tracked<'f> {
    service: &'f str,
    /// The spec's name of it: `cpu`, `custom.backlog`.
    path: String,
    /// Its name on AWS.
    name: &'f str,
    metric: &'static str,
    /// The custom metric: its namespace and name, or the expression.
    custom: Option<String>,
    target: String,
    /// How long the metric must be above.
    out_time: String,
    /// None: it never scales in.
    ready_below: Option<String>,
    in_time: String,
    cooldown_out: String,
    cooldown_in: String,
    /// The metric below which one of 2, 3, … tasks is removed.
    sizes: Vec<String>,
}

/// How a service with saturated CPU grows from its minimum to its maximum.
#[derive(Debug, Serialize)]
pub(super) struct Growth<'f> {
    service: &'f str,
    factor: String,
    /// `2, 3, 5, 8, 10`
    sizes: String,
    rounds: String,
    least: String,
}

/// A policy or an action in one row.
#[derive(Debug, Serialize)]
pub(super) struct Named<'f> {
    service: &'f str,
    path: String,
    name: &'f str,
    alarm: Option<&'f str>,
}

/// A scheduled action.
#[derive(Debug, Serialize)]
pub(super) struct Action<'f> {
    service: &'f str,
    name: &'f str,
    schedule: &'f str,
    time_zone: &'f str,
    min: String,
    max: String,
}

/// Notes that only some services have.
#[derive(Debug, Serialize)]
pub(super) struct Note<'f> {
    service: &'f str,
    text: String,
}

impl<'f> Tracked<'f> {
    pub(super) fn of(service: &'f Service) -> impl Iterator<Item = Self> {
        tracked(service).map(|(policy, tracking)| Self::new(service, policy, tracking))
    }

    fn new(service: &'f Service, policy: &'f Policy, tracking: &Tracking) -> Self {
        let said = alarms(tracking);
        let time = |datapoints: u32| {
            format!("{}, {datapoints} x {} s", duration(datapoints * said.period), said.period)
        };
        let size = |tasks| in_unit(tracking, removes_below(tracking.target.get(), tasks));
        Self {
            service: &service.name,
            path: path(policy),
            name: &policy.name,
            metric: metric(&tracking.metric),
            custom: custom(&tracking.metric),
            target: in_unit(tracking, tracking.target.get()),
            out_time: time(said.high.datapoints),
            ready_below: said.low.map(|low| in_unit(tracking, low.threshold)),
            in_time: said.low.map_or_else(String::new, |low| time(low.datapoints)),
            cooldown_out: duration(tracking.cooldown_out.get()),
            cooldown_in: duration(tracking.cooldown_in.get()),
            sizes: match said.low {
                Some(_) => (2..=behaviour::alarm_decides_from()).map(size).collect(),
                None => Vec::new(),
            },
        }
    }
}

impl<'f> Growth<'f> {
    /// None without CPU, and where the first round leads nowhere.
    pub(super) fn of(service: &'f Service) -> Option<Self> {
        let (_, tracking) = tracked(service).find(|(policy, _)| policy.id == PolicyId::Cpu)?;
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
        (rounds > 0).then(|| Self {
            service: &service.name,
            factor: number(factor, 2),
            sizes: shortened(&sizes),
            rounds: rounds.to_string(),
            least: counted(seconds / 60, "minute"),
        })
    }
}

/// The sizes on the way; of many the first ones and the last.
fn shortened(sizes: &[u32]) -> String {
    let text = |sizes: &[u32]| sizes.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    match sizes {
        [first @ .., last] if sizes.len() > 12 => format!("{}, and so on, {last}", text(&first[..8])),
        sizes => text(sizes),
    }
}

impl<'f> Named<'f> {
    /// The step scaling policies.
    pub(super) fn steps(service: &'f Service) -> impl Iterator<Item = Self> {
        service.policies.iter().filter_map(|policy| {
            let step = policy.step()?;
            Some(Self { alarm: Some(&step.alarm.name), ..Self::new(service, policy) })
        })
    }

    /// The predictive scaling policy.
    pub(super) fn forecasts(service: &'f Service) -> impl Iterator<Item = Self> {
        let forecasts = service.policies.iter().filter(|policy| policy.id == PolicyId::Predictive);
        forecasts.map(|policy| Self::new(service, policy))
    }

    fn new(service: &'f Service, policy: &'f Policy) -> Self {
        Self { service: &service.name, path: path(policy), name: &policy.name, alarm: None }
    }
}

impl<'f> Action<'f> {
    pub(super) fn new(service: &'f Service, action: &'f ScheduledAction) -> Self {
        let limit = |tasks: Option<u32>| tasks.map_or("as it is".to_owned(), |tasks| tasks.to_string());
        Self {
            service: &service.name,
            name: &action.name,
            schedule: &action.schedule,
            time_zone: &action.time_zone,
            min: limit(action.min.as_ref().map(|min| min.get())),
            max: limit(action.max.as_ref().map(|max| max.get())),
        }
    }
}

impl<'f> Note<'f> {
    /// Notes on a service that no table has.
    pub(super) fn of(service: &'f Service) -> impl Iterator<Item = Self> {
        let tracking: Vec<_> = tracked(service).collect();
        let of_tasks = |policy: &Policy| matches!(policy.id, PolicyId::Cpu | PolicyId::Memory);
        let notes = [
            service.suspended.as_ref().and_then(suspended),
            (service.min.get() == service.max.get())
                .then(|| "minimum and maximum are equal, so policies change nothing.".to_owned()),
            tracking.is_empty().then(|| "no target tracking policy: the number of tasks follows no target.".to_owned()),
            (!tracking.is_empty() && tracking.iter().all(|(_, tracking)| tracking.disable_scale_in.value)).then(|| {
                "every target tracking policy has scale-in disabled, so what was added stays until something else removes it."
                    .to_owned()
            }),
            (service.min.get() == 0 && service.policies.iter().all(of_tasks)).then(|| {
                "CPU and memory have no data while no task runs, so nothing starts the first task.".to_owned()
            }),
        ];
        notes.into_iter().flatten().map(|text| Self { service: &service.name, text })
    }
}

/// What the spec suspends.
fn suspended(held: &Suspended) -> Option<String> {
    let kinds =
        [(held.scale_in, "scale-in"), (held.scale_out, "scale-out"), (held.scheduled, "scheduled scaling")];
    let on: Vec<&str> = kinds.iter().filter(|(on, _)| *on).map(|(_, kind)| *kind).collect();
    (!on.is_empty()).then(|| {
        format!(
            "the spec suspends {}. Scaling that is due meanwhile is dropped, not made up for later.",
            on.join(", ")
        )
    })
}

/// The target tracking policies of a service.
pub(super) fn tracked(service: &Service) -> impl Iterator<Item = (&Policy, &Tracking)> {
    service.policies.iter().filter_map(|policy| Some((policy, policy.tracking()?)))
}

/// The spec's name of a policy.
pub(super) fn path(policy: &Policy) -> String {
    policy.id.path().trim_start_matches("scaling.").to_owned()
}

fn metric(metric: &TrackedMetric) -> &'static str {
    match metric {
        TrackedMetric::Cpu(resolution) if resolution.value == Resolution::High => "average CPU, every 20 s",
        TrackedMetric::Cpu(_) => "average CPU",
        TrackedMetric::Memory(resolution) if resolution.value == Resolution::High => {
            "average memory, every 20 s"
        }
        TrackedMetric::Memory(_) => "average memory",
        TrackedMetric::Requests(_) => "requests per target and minute",
        TrackedMetric::Custom(_) => "custom metric",
    }
}

fn custom(metric: &TrackedMetric) -> Option<String> {
    match metric {
        TrackedMetric::Custom(CustomMetric::Single(metric)) => {
            Some(format!("{} {}", &*metric.namespace, &*metric.name))
        }
        TrackedMetric::Custom(CustomMetric::Math(queries)) => {
            let returned = queries.iter().find(|query| query.returned)?;
            Some(match &returned.term {
                Term::Expression(expression) => expression.to_string(),
                Term::Metric(metric) => format!("{} {}", &*metric.namespace, &*metric.name),
            })
        }
        _ => None,
    }
}

/// A value of the tracked metric. Requests and custom metrics have no unit that a reader needs.
pub(super) fn in_unit(tracking: &Tracking, value: f64) -> String {
    match tracking.metric {
        TrackedMetric::Cpu(_) | TrackedMetric::Memory(_) => format!("{} %", number(value, 1)),
        TrackedMetric::Requests(_) | TrackedMetric::Custom(_) => number(value, 2),
    }
}

/// Below which part of its target a policy is ready to scale in.
pub(super) fn ready_below() -> String {
    format!("{} %", number(behaviour::READY_BELOW * 100.0, 1))
}

/// Where a metric ends.
pub(super) fn most(tracking: &Tracking) -> f64 {
    if matches!(tracking.metric, TrackedMetric::Cpu(_)) { 100.0 } else { f64::INFINITY }
}

//! What a plan may cost: between as few and as many tasks as it allows, and what watches them.
//!
//! The bounds are those of the declared capacity. Where a service stands between them is decided by its load, which no
//! spec knows; so two bounds are given and no forecast. Prices come with the plan ([`crate::plan::prices`]).

mod money;

use std::collections::BTreeSet;

use crate::plan::policy::{Policy, TrackedMetric};
use crate::plan::prices::{Price, Prices};
use crate::plan::units::{Currency, nanos};
use crate::plan::{Environment, Fleet, Service};

pub use money::{Money, grouped};

/// Metrics that Container Insights makes of a service and its task family, each billed as a custom metric: 13 with the
/// dimension ServiceName and 8 with TaskDefinitionFamily (CloudWatch user guide, Amazon ECS Container Insights metrics).
/// The levels of tasks and containers, which `enhanced` adds, and its log events come on top.
const INSIGHTS_METRICS: u64 = 21;
/// Those of a cluster.
const INSIGHTS_METRICS_OF_CLUSTER: u64 = 11;

/// A length of time for which costs are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// 1 hour.
    Hour,
    /// 24 hours.
    Day,
    /// 730 hours, AWS's own month: a year of 8760 hours in twelve parts.
    Month,
}

impl Period {
    pub fn hours(self) -> u64 {
        match self {
            Self::Hour => 1,
            Self::Day => 24,
            Self::Month => 730,
        }
    }
}

/// A number of tasks that run all the time, and what that costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    pub tasks: u64,
    /// What an hour costs of those whose price is known; `None` if no price is known.
    pub hourly: Option<Money>,
}

impl Amount {
    /// Task-hours of a period.
    pub fn task_hours(&self, period: Period) -> u64 {
        self.tasks * period.hours()
    }

    /// Money of a period.
    pub fn money(&self, period: Period) -> Option<Money> {
        Some(self.hourly?.times(period.hours()))
    }

    fn plus(self, other: Self) -> Self {
        Self { tasks: self.tasks + other.tasks, hourly: sum(self.hourly, other.hourly) }
    }

    fn minus(self, other: Self) -> Self {
        let hourly = self.hourly.zip(other.hourly).and_then(|(more, less)| more.minus(less));
        Self { tasks: self.tasks.saturating_sub(other.tasks), hourly }
    }
}

/// Bounds that scheduled actions set and clear: the least and the most that each limit becomes in the course of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scheduled {
    /// The lowest and the highest minimum.
    pub min: (u32, u32),
    /// The lowest and the highest maximum.
    pub max: (u32, u32),
}

/// Things that are billed one by one, a month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Watch {
    /// Metrics that alarms look at in periods of a minute or more. An alarm on metric math is billed for each of its metrics.
    pub alarms: u64,
    /// The same with shorter periods.
    pub high_resolution_alarms: u64,
    /// Metrics that ECS measures every 20 seconds: AWS gives no rate of their own, so they count as custom metrics.
    pub high_resolution_metrics: u64,
    /// Metrics of Container Insights where it is on; with those of clusters in an environment.
    pub insights_metrics: u64,
}

/// Why a service has no money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unpriced {
    /// The spec does not say its `task`.
    NoSize,
    /// Nobody said what its region or architecture costs.
    NoPrice,
}

/// Between what the costs of a service, or of several, lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope {
    /// As few tasks as the declared capacity allows, all the time.
    pub floor: Amount,
    /// As many.
    pub ceiling: Amount,
    /// What watches them.
    pub watch: Watch,
    /// What that costs a month, as far as prices are known.
    pub watch_monthly: Option<Money>,
    /// What Container Insights would cost a month if it were on everywhere; with the metrics of clusters in an environment.
    pub insights_monthly: Option<Money>,
    /// Services without money because the spec does not say their `task`.
    pub without_size: usize,
    /// Services without money because no price is known.
    pub without_price: usize,
    /// Services whose limits scheduled actions move.
    pub scheduled: usize,
    /// Services that a forecast may take above their maximum.
    pub beyond_maximum: usize,
}

impl Envelope {
    /// What scaling adds at most: all of the way from the floor to the ceiling.
    pub fn span(&self) -> Amount {
        self.ceiling.minus(self.floor)
    }

    fn zero(currency: Currency) -> Self {
        let nothing = Amount { tasks: 0, hourly: None };
        Self {
            floor: nothing,
            ceiling: nothing,
            watch: Watch::default(),
            watch_monthly: Some(Money::zero(currency)),
            insights_monthly: Some(Money::zero(currency)),
            without_size: 0,
            without_price: 0,
            scheduled: 0,
            beyond_maximum: 0,
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            floor: self.floor.plus(other.floor),
            ceiling: self.ceiling.plus(other.ceiling),
            watch: self.watch.plus(other.watch),
            watch_monthly: both(self.watch_monthly, other.watch_monthly),
            insights_monthly: both(self.insights_monthly, other.insights_monthly),
            without_size: self.without_size + other.without_size,
            without_price: self.without_price + other.without_price,
            scheduled: self.scheduled + other.scheduled,
            beyond_maximum: self.beyond_maximum + other.beyond_maximum,
        }
    }
}

impl Watch {
    fn plus(self, other: Self) -> Self {
        Self {
            alarms: self.alarms + other.alarms,
            high_resolution_alarms: self.high_resolution_alarms + other.high_resolution_alarms,
            high_resolution_metrics: self.high_resolution_metrics + other.high_resolution_metrics,
            insights_metrics: self.insights_metrics + other.insights_metrics,
        }
    }
}

/// The bounds of a service.
pub fn of_service(prices: &Prices, environment: &Environment, service: &Service) -> Envelope {
    let task_hour = task_hour(prices, environment, service);
    let amount = |tasks: u32| Amount {
        tasks: u64::from(tasks),
        hourly: task_hour.ok().map(|hour| hour.times(u64::from(tasks))),
    };
    let of_region = prices.of(&environment.region);
    let watch = watch(service);
    let watch_monthly = [
        monthly(prices, watch.alarms, of_region.alarm),
        monthly(prices, watch.high_resolution_alarms, of_region.high_resolution_alarm),
        monthly(prices, watch.high_resolution_metrics + watch.insights_metrics, of_region.metric),
    ];
    Envelope {
        floor: amount(service.min.get()),
        ceiling: amount(service.max.get()),
        watch,
        watch_monthly: watch_monthly.into_iter().fold(Some(Money::zero(prices.currency)), both),
        insights_monthly: monthly(prices, INSIGHTS_METRICS, of_region.metric),
        without_size: usize::from(task_hour == Err(Unpriced::NoSize)),
        without_price: usize::from(task_hour == Err(Unpriced::NoPrice)),
        scheduled: usize::from(scheduled(service).is_some()),
        beyond_maximum: usize::from(beyond_maximum(service)),
    }
}

/// What a number of things costs a month; nothing costs nothing, at whatever price.
fn monthly(prices: &Prices, count: u64, price: Option<Price>) -> Option<Money> {
    match count {
        0 => Some(Money::zero(prices.currency)),
        count => Some(Money::of(count, price?.rate, prices.currency)),
    }
}

/// The bounds of all services of an environment.
pub fn of_environment(prices: &Prices, environment: &Environment) -> Envelope {
    let services = environment.services.iter().map(|service| of_service(prices, environment, service));
    let sum = services.fold(Envelope::zero(prices.currency), Envelope::plus);
    let metric = prices.of(&environment.region).metric;
    let (on, all) = (metrics_of_clusters(environment, true), metrics_of_clusters(environment, false));
    Envelope {
        watch: Watch { insights_metrics: sum.watch.insights_metrics + on, ..sum.watch },
        watch_monthly: both(sum.watch_monthly, monthly(prices, on, metric)),
        insights_monthly: both(sum.insights_monthly, monthly(prices, all, metric)),
        ..sum
    }
}

/// What Container Insights makes of the clusters, of those where it is on, or of all.
fn metrics_of_clusters(environment: &Environment, only_on: bool) -> u64 {
    let counted = environment.services.iter().filter(|service| service.container_insights.value || !only_on);
    let clusters: BTreeSet<&str> = counted.map(|service| &*service.cluster.value).collect();
    INSIGHTS_METRICS_OF_CLUSTER * clusters.len() as u64
}

/// The bounds of the whole fleet.
pub fn of_fleet(fleet: &Fleet) -> Envelope {
    let of = |environment| of_environment(&fleet.prices, environment);
    fleet.environments.iter().map(of).fold(Envelope::zero(fleet.prices.currency), Envelope::plus)
}

/// What one task costs an hour.
pub fn task_hour(prices: &Prices, environment: &Environment, service: &Service) -> Result<Money, Unpriced> {
    let task = service.task.ok_or(Unpriced::NoSize)?;
    let of_tasks = prices.of(&environment.region).tasks(task.architecture).ok_or(Unpriced::NoPrice)?;
    let vcpu = Money::of_size(billionths(task.vcpu), of_tasks.vcpu_hour.rate, prices.currency);
    let memory = Money::of_size(billionths(task.memory_gib), of_tasks.gb_hour.rate, prices.currency);
    Ok(vcpu.plus(memory).expect("of one currency"))
}

/// A size in billionths: exactly, or to the nearest one where more digits are given.
fn billionths(size: f64) -> u64 {
    nanos(size).unwrap_or_else(|| format!("{size:.9}").replace('.', "").parse().unwrap_or(u64::MAX))
}

/// Where the limits of a service lie in the course of time, if scheduled actions move them.
pub fn scheduled(service: &Service) -> Option<Scheduled> {
    let range = |declared: u32, said: &mut dyn Iterator<Item = u32>| {
        said.fold((declared, declared), |(least, most), limit| (least.min(limit), most.max(limit)))
    };
    let actions = &service.schedule;
    let min =
        range(service.min.get(), &mut actions.iter().filter_map(|a| a.min.as_ref()).map(|limit| limit.get()));
    let max =
        range(service.max.get(), &mut actions.iter().filter_map(|a| a.max.as_ref()).map(|limit| limit.get()));
    (min.0 != min.1 || max.0 != max.1).then_some(Scheduled { min, max })
}

/// Whether a forecast may raise the maximum.
fn beyond_maximum(service: &Service) -> bool {
    let raises = |policy: &Policy| policy.predictive().is_some_and(|it| it.max_capacity_buffer.is_some());
    service.policies.iter().any(raises)
}

/// What watches a service: the alarms that AWS makes of its policies, those of its own, and metrics that cost.
fn watch(service: &Service) -> Watch {
    let resolutions = service.tracking().filter(|(_, tracking)| tracking.metric.is_high_resolution());
    let high_resolution_metrics = u64::try_from(resolutions.count()).unwrap_or(u64::MAX);
    let alarms = service.policies.iter().map(alarms).fold(Watch::default(), Watch::plus);
    let on_the_service: usize = service.alarms.on.iter().map(|alarm| alarm.metric.metrics().count()).sum();
    let insights_metrics = if service.container_insights.value { INSIGHTS_METRICS } else { 0 };
    Watch {
        alarms: alarms.alarms + on_the_service as u64,
        high_resolution_metrics,
        insights_metrics,
        ..alarms
    }
}

/// The metrics that the alarms of a policy look at.
fn alarms(policy: &Policy) -> Watch {
    let (metrics, high_resolution) = match policy.tracking().map(|tracking| &tracking.metric) {
        Some(TrackedMetric::Custom(metric)) => (metric.metrics().count(), false),
        Some(metric) => (1, metric.is_high_resolution()),
        None => (1, policy.step().is_some_and(|step| step.alarm.period.get() < 60)),
    };
    let count = (policy.alarms() * metrics) as u64;
    if high_resolution {
        Watch { high_resolution_alarms: count, ..Watch::default() }
    } else {
        Watch { alarms: count, ..Watch::default() }
    }
}

/// Of what is known.
pub fn sum(one: Option<Money>, other: Option<Money>) -> Option<Money> {
    match (one, other) {
        (Some(one), Some(other)) => one.plus(other),
        (known, None) | (None, known) => known,
    }
}

/// Only if both are known.
fn both(one: Option<Money>, other: Option<Money>) -> Option<Money> {
    one.zip(other).and_then(|(one, other)| one.plus(other))
}

//! Costs as text: thousands separators, cents rounded, notes in words.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cost::{self, Amount, Envelope, Money, Period, Scheduled, grouped};
use crate::plan::prices::{Price, Prices};
use crate::plan::units::Region;
use crate::plan::{Architecture, Environment, Fleet, Service};
use crate::words::counted;

/// The costs of an environment.
#[derive(Debug, Serialize)]
pub(super) struct EnvironmentCost<'f> {
    currency: &'f str,
    total: TotalCost,
    /// Whether any service has a note.
    notes: bool,
}

/// The costs of the fleet.
#[derive(Debug, Serialize)]
pub(super) struct FleetCost<'f> {
    currency: &'f str,
    environments: Vec<EnvironmentTotal<'f>>,
    total: TotalCost,
    prices: Vec<PriceView<'f>>,
    sources: Vec<SourceView<'f>>,
    /// The regions and architectures in use without a price of tasks.
    missing: Vec<Missing<'f>>,
    /// Whether Cost Explorer answers: in the partition `aws` only.
    explorer: bool,
    /// Whether ECS measures any service every 20 seconds: there are more samples of these.
    measured_faster: bool,
}

#[derive(Debug, Serialize)]
struct EnvironmentTotal<'f> {
    name: &'f str,
    region: &'f str,
    cost: TotalCost,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Missing<'f> {
    region: &'f str,
    architecture: &'static str,
}

/// The costs of several services.
#[derive(Debug, Serialize)]
pub(super) struct TotalCost {
    services: String,
    month: Bounds,
    periods: [PeriodCost; 3],
    watch: WatchView,
    /// Services that the amounts of money leave out.
    left_out: Option<String>,
    /// Whether any amount of money is known.
    priced: bool,
    /// Whether Container Insights is on anywhere.
    insights: bool,
    scheduled: bool,
    beyond_maximum: bool,
}

/// The costs of a service.
#[derive(Debug, Serialize)]
pub(super) struct ServiceCost {
    task: Option<String>,
    month: Bounds,
    watch: WatchView,
    note: Option<String>,
}

#[derive(Debug, Serialize)]
struct PeriodCost {
    period: &'static str,
    hours: u64,
    bounds: Bounds,
}

#[derive(Debug, Serialize)]
struct Bounds {
    floor: Cell,
    ceiling: Cell,
    span: Cell,
}

#[derive(Debug, Serialize)]
struct Cell {
    task_hours: String,
    money: String,
}

#[derive(Debug, Serialize)]
struct WatchView {
    alarms: u64,
    high_resolution_alarms: u64,
    high_resolution_metrics: u64,
    insights_metrics: u64,
    money: String,
    insights: String,
}

#[derive(Debug, Serialize)]
struct PriceView<'f> {
    region: &'f str,
    what: &'static str,
    unit: &'static str,
    price: String,
    date: String,
    /// Its source, by number.
    source: usize,
}

#[derive(Debug, Serialize)]
struct SourceView<'f> {
    number: usize,
    source: &'f str,
}

impl<'f> FleetCost<'f> {
    pub(super) fn new(fleet: &'f Fleet) -> Self {
        let environments = fleet.environments.iter().map(|environment| EnvironmentTotal {
            name: &environment.name,
            region: &environment.region,
            cost: TotalCost::of(&fleet.prices, environment),
        });
        let total =
            TotalCost::new(&cost::of_fleet(fleet), fleet.environments.iter().map(|e| e.services.len()).sum());
        let (prices, sources) = priced(fleet);
        Self {
            currency: fleet.prices.currency.code(),
            environments: environments.collect(),
            measured_faster: total.watch.high_resolution_metrics > 0,
            total,
            prices,
            sources,
            missing: missing(fleet),
            explorer: fleet.environments.iter().any(|e| e.region.partition() == "aws"),
        }
    }
}

impl<'f> EnvironmentCost<'f> {
    pub(super) fn new(prices: &'f Prices, environment: &'f Environment) -> Self {
        let total = TotalCost::of(prices, environment);
        Self {
            currency: prices.currency.code(),
            notes: total.left_out.is_some() || total.scheduled || total.beyond_maximum,
            total,
        }
    }
}

impl TotalCost {
    fn of(prices: &Prices, environment: &Environment) -> Self {
        Self::new(&cost::of_environment(prices, environment), environment.services.len())
    }

    fn new(envelope: &Envelope, services: usize) -> Self {
        let period = |name, period: Period| PeriodCost {
            period: name,
            hours: period.hours(),
            bounds: Bounds::new(envelope, period),
        };
        let left_out = envelope.without_size + envelope.without_price;
        Self {
            services: grouped(services as u128),
            month: Bounds::new(envelope, Period::Month),
            periods: [
                period("An hour", Period::Hour),
                period("A day", Period::Day),
                period("A month", Period::Month),
            ],
            watch: WatchView::new(envelope),
            left_out: (left_out > 0).then(|| counted(left_out, "service")),
            priced: envelope.ceiling.hourly.is_some(),
            insights: envelope.watch.insights_metrics > 0,
            scheduled: envelope.scheduled > 0,
            beyond_maximum: envelope.beyond_maximum > 0,
        }
    }
}

impl ServiceCost {
    pub(super) fn new(prices: &Prices, environment: &Environment, service: &Service) -> Self {
        let envelope = cost::of_service(prices, environment, service);
        Self {
            task: service.task.map(|task| {
                format!("{} vCPU, {} GB, {}", task.vcpu, task.memory_gib, architecture(task.architecture))
            }),
            month: Bounds::new(&envelope, Period::Month),
            watch: WatchView::new(&envelope),
            note: note(&envelope, cost::task_hour(prices, environment, service).ok(), service),
        }
    }
}

/// Notes on the cost bounds of a service.
fn note(envelope: &Envelope, task_hour: Option<Money>, service: &Service) -> Option<String> {
    let mut notes = Vec::new();
    if envelope.without_size > 0 {
        notes.push("no task size in the spec".to_owned());
    }
    if envelope.without_price > 0 {
        notes.push("no price known".to_owned());
    }
    notes.extend(cost::scheduled(service).map(|limits| scheduled(task_hour, service, limits)));
    if envelope.beyond_maximum > 0 {
        notes.push("a forecast may pass the maximum".to_owned());
    }
    (!notes.is_empty()).then(|| notes.join(", "))
}

/// The range of scheduled limits, and the cost of as many tasks as a scheduled maximum allows.
fn scheduled(task_hour: Option<Money>, service: &Service, limits: Scheduled) -> String {
    let range =
        |name: &str, (least, most): (u32, u32)| (least < most).then(|| format!("{name} {least} to {most}"));
    let ranges: Vec<_> =
        [range("minimum", limits.min), range("maximum", limits.max)].into_iter().flatten().collect();
    let ranges = format!("scheduled: {}", ranges.join(" and "));
    let most = u64::from(limits.max.1);
    let hourly = (limits.max.1 > service.max.get()).then_some(task_hour).flatten();
    match hourly {
        Some(hourly) => format!("{ranges}, an hour of {most} tasks: {}", hourly.times(most).number()),
        None => ranges,
    }
}

impl Bounds {
    fn new(envelope: &Envelope, period: Period) -> Self {
        let cell = |amount: Amount| Cell {
            task_hours: grouped(u128::from(amount.task_hours(period))),
            money: number(amount.money(period)),
        };
        Self { floor: cell(envelope.floor), ceiling: cell(envelope.ceiling), span: cell(envelope.span()) }
    }
}

fn number(money: Option<Money>) -> String {
    money.map_or_else(|| "unknown".to_owned(), Money::number)
}

impl WatchView {
    fn new(envelope: &Envelope) -> Self {
        Self {
            alarms: envelope.watch.alarms,
            high_resolution_alarms: envelope.watch.high_resolution_alarms,
            high_resolution_metrics: envelope.watch.high_resolution_metrics,
            insights_metrics: envelope.watch.insights_metrics,
            money: number(envelope.watch_monthly),
            insights: number(envelope.insights_monthly),
        }
    }
}

/// The prices that the amounts are made of, region by region, and where they come from.
fn priced(fleet: &Fleet) -> (Vec<PriceView<'_>>, Vec<SourceView<'_>>) {
    let prices = &fleet.prices;
    let mut list = Vec::new();
    let mut quotes = Vec::new();
    for (region, used) in regions(fleet) {
        let mut add = |what, unit, price: Option<Price>| {
            let Some(price) = price else { return };
            let number = quotes.iter().position(|quote| *quote == price.quote).unwrap_or_else(|| {
                quotes.push(price.quote);
                quotes.len() - 1
            });
            let date = prices.quotes[price.quote].date.clone();
            list.push(PriceView {
                region,
                what,
                unit,
                price: price.rate.to_string(),
                date,
                source: number + 1,
            });
        };
        let of_region = prices.of(region);
        for used in used {
            let tasks = of_region.tasks(used);
            let (vcpu, memory) = match used {
                Architecture::X8664 => ("Fargate vCPU, x86_64", "Fargate memory, x86_64"),
                Architecture::Arm64 => ("Fargate vCPU, arm64", "Fargate memory, arm64"),
            };
            add(vcpu, "vCPU and hour", tasks.map(|tasks| tasks.vcpu_hour));
            add(memory, "GB and hour", tasks.map(|tasks| tasks.gb_hour));
        }
        add("alarm, periods of a minute or more", "metric and month", of_region.alarm);
        add("alarm, shorter periods", "metric and month", of_region.high_resolution_alarm);
        add("custom metric", "metric and month", of_region.metric);
        add("dashboard", "dashboard and month", of_region.dashboard);
    }
    let sources =
        (1..).zip(quotes).map(|(number, quote)| SourceView { number, source: &prices.quotes[quote].source });
    (list, sources.collect())
}

/// The regions and architectures in use for which there is no price of tasks.
fn missing(fleet: &Fleet) -> Vec<Missing<'_>> {
    let unknown = |(region, used): (&'_ Region, Vec<Architecture>)| {
        let of_region = fleet.prices.of(region);
        used.into_iter().filter(move |used| of_region.tasks(*used).is_none())
    };
    let missing = regions(fleet).into_iter().flat_map(|(region, used)| {
        unknown((region, used)).map(move |used| Missing { region, architecture: architecture(used) })
    });
    missing.collect()
}

/// The regions, sorted, with the architectures that tasks in them have.
fn regions(fleet: &Fleet) -> Vec<(&Region, Vec<Architecture>)> {
    let mut regions: BTreeMap<&str, (&Region, Vec<Architecture>)> = BTreeMap::new();
    for environment in &fleet.environments {
        let (_, used) = regions.entry(&environment.region).or_insert((&environment.region, Vec::new()));
        used.extend(architectures(environment));
    }
    let sorted = |(region, mut used): (_, Vec<Architecture>)| {
        used.sort_by_key(|used| architecture(*used) == "arm64");
        used.dedup();
        (region, used)
    };
    regions.into_values().map(sorted).collect()
}

fn architectures(environment: &Environment) -> Vec<Architecture> {
    let uses = |asked: &Architecture| {
        environment.services.iter().filter_map(|service| service.task).any(|task| task.architecture == *asked)
    };
    [Architecture::X8664, Architecture::Arm64].into_iter().filter(uses).collect()
}

/// As the spec calls it.
fn architecture(of: Architecture) -> &'static str {
    match of {
        Architecture::X8664 => "x86_64",
        Architecture::Arm64 => "arm64",
    }
}

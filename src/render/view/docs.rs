//! What documents say of the fleet and of an environment: counts, ranges, regions, the rollout in time. Summaries only,
//! so that a page stays readable whatever the size of the fleet.

use std::collections::BTreeMap;

use serde::Serialize;

use super::example::{Example, Paths};
use super::scaling;
use super::timeline::{RolloutChart, watched, wave_of};
use super::words::{counted, number, range};
use crate::cost::{self, Period};
use crate::plan::behaviour::{self, reaction};
use crate::plan::policy::{Policy, PolicyId, TrackedMetric};
use crate::plan::{Environment, Fleet, Service};

/// A diagram shows at most so many environments; more are counted.
const MOST_ENVIRONMENTS: usize = 12;

/// What the fleet's documents see.
#[derive(Debug, Serialize)]
pub(super) struct FleetDocs<'f> {
    services: usize,
    /// `3 environments`, `16 services`
    counted_environments: String,
    counted_services: String,
    /// Tasks of all services at their minimum and at their maximum.
    least_tasks: u64,
    most_tasks: u64,
    /// Whether any service tracks more than one metric.
    several: bool,
    /// Services whose money is not known.
    unpriced: usize,
    /// What they cost a month, where prices are known.
    least_cost: Option<String>,
    most_cost: Option<String>,
    environments: Vec<EnvironmentRow<'f>>,
    regions: Vec<RegionGroup<'f>>,
    /// Whether the diagram names environments, or only counts them.
    names_environments: bool,
    metrics: Vec<MetricRow>,
    example: Option<Example<'f>>,
    rollout: Option<RolloutChart>,
    contacts: Vec<Contact<'f>>,
    expectations: Expected,
    facts: Facts,
    suspended: usize,
    steps: usize,
    schedules: usize,
    forecasts: usize,
}

/// What AWS does, whatever the spec says.
#[derive(Debug, Serialize)]
struct Facts {
    /// `3 data points`
    out_datapoints: String,
    in_datapoints: String,
    in_datapoints_fast: String,
    /// `90 %`
    ready_below: String,
    decided: u32,
    running: u32,
    decided_fast: u32,
    running_fast: u32,
}

#[derive(Debug, Serialize)]
struct EnvironmentRow<'f> {
    name: &'f str,
    account: &'f str,
    region: &'f str,
    services: String,
    tasks: String,
    /// `wave 1`, or a dash.
    wave: String,
    page: String,
}

#[derive(Debug, Serialize)]
struct RegionGroup<'f> {
    id: String,
    region: &'f str,
    /// `eu-west-1: 2 environments, 8 services`
    label: String,
    environments: Vec<RegionMember>,
}

#[derive(Debug, Serialize)]
struct RegionMember {
    id: String,
    /// `prod-eu, account 222222222222, 4 services, 8 to 40 tasks`
    label: String,
}

/// One kind of metric, over the fleet.
#[derive(Debug, Serialize)]
struct MetricRow {
    /// Its node in diagrams, and the node that it comes from.
    id: &'static str,
    from: &'static str,
    /// `CPU policies: target 70 to 75 %`
    label: String,
    what: &'static str,
    services: String,
    targets: String,
}

#[derive(Debug, Serialize)]
struct Contact<'f> {
    role: &'f str,
    who: &'f str,
}

/// What is expected, as ranges over the fleet.
#[derive(Debug, Serialize)]
struct Expected {
    p95: String,
    p99: String,
    error_rate: String,
    scale_out_within: String,
    max_flaps: String,
    cost_increase: String,
}

/// What an environment's documents see.
#[derive(Debug, Serialize)]
pub(super) struct EnvironmentDocs {
    /// `4 services`
    counted_services: String,
    least_tasks: u64,
    most_tasks: u64,
    wave: Option<EnvironmentWave>,
    script: String,
    terraform: String,
    deploy: String,
}

#[derive(Debug, Serialize)]
struct EnvironmentWave {
    number: usize,
    of: usize,
    watched: String,
}

impl<'f> FleetDocs<'f> {
    pub(super) fn new(fleet: &'f Fleet) -> Self {
        let services = || fleet.services().map(|scope| scope.service);
        let envelope = cost::of_fleet(fleet);
        let month = |amount: cost::Amount| amount.money(Period::Month).map(|money| money.to_string());
        let having = |has: fn(&PolicyId) -> bool| {
            services().filter(|service| service.policies.iter().any(|policy| has(&policy.id))).count()
        };
        let (slow, fast) = (reaction(60), reaction(20));
        Self {
            services: services().count(),
            counted_environments: count(fleet.environments.len(), "environment"),
            counted_services: count(services().count(), "service"),
            least_tasks: envelope.floor.tasks,
            most_tasks: envelope.ceiling.tasks,
            several: services().any(|s| s.policies.iter().filter_map(Policy::tracking).count() > 1),
            unpriced: envelope.without_size + envelope.without_price,
            least_cost: month(envelope.floor),
            most_cost: month(envelope.ceiling),
            environments: fleet.environments.iter().map(|e| EnvironmentRow::new(fleet, e)).collect(),
            regions: regions(fleet),
            names_environments: fleet.environments.len() <= MOST_ENVIRONMENTS,
            metrics: metrics(fleet),
            example: Example::of(fleet),
            rollout: (!fleet.waves.is_empty()).then(|| RolloutChart::new(&fleet.waves)),
            contacts: fleet.contacts.iter().map(|(role, who)| Contact { role, who }).collect(),
            expectations: Expected::of(fleet),
            facts: Facts {
                out_datapoints: counted(behaviour::HIGH_DATAPOINTS, "data point"),
                in_datapoints: counted(behaviour::LOW_DATAPOINTS, "data point"),
                in_datapoints_fast: counted(behaviour::LOW_DATAPOINTS_FAST, "data point"),
                ready_below: scaling::ready_below(),
                decided: slow.decided,
                running: slow.running,
                decided_fast: fast.decided,
                running_fast: fast.running,
            },
            suspended: services().filter(|service| service.suspended.is_some()).count(),
            steps: having(|id| matches!(id, PolicyId::Step(_))),
            forecasts: having(|id| *id == PolicyId::Predictive),
            schedules: services().filter(|service| !service.schedule.is_empty()).count(),
        }
    }
}

impl EnvironmentDocs {
    pub(super) fn new(fleet: &Fleet, environment: &Environment) -> Self {
        let (least_tasks, most_tasks) = tasks(environment);
        let wave = wave_of(fleet, environment).map(|(number, wave)| EnvironmentWave {
            number,
            of: fleet.waves.len(),
            watched: watched(wave),
        });
        let Paths { script, terraform, deploy } = Paths::of(environment);
        let counted_services = count(environment.services.len(), "service");
        Self { counted_services, least_tasks, most_tasks, wave, script, terraform, deploy }
    }
}

impl<'f> EnvironmentRow<'f> {
    fn new(fleet: &Fleet, environment: &'f Environment) -> Self {
        let (least, most) = tasks(environment);
        let wave = wave_of(fleet, environment);
        Self {
            name: &environment.name,
            account: &environment.account,
            region: &environment.region,
            services: environment.services.len().to_string(),
            tasks: range(least, most),
            wave: wave.map_or("none".to_owned(), |(number, _)| format!("wave {number}")),
            page: format!("{}/README.md", environment.name),
        }
    }
}

/// Tasks of an environment's services at their minimum and at their maximum.
fn tasks(environment: &Environment) -> (u64, u64) {
    let sum = |of: fn(&Service) -> u32| environment.services.iter().map(|s| u64::from(of(s))).sum();
    (sum(|service| service.min.get()), sum(|service| service.max.get()))
}

pub(super) fn count(number: usize, what: &str) -> String {
    counted(u32::try_from(number).unwrap_or(u32::MAX), what)
}

fn regions(fleet: &Fleet) -> Vec<RegionGroup<'_>> {
    let mut by_region: BTreeMap<&str, Vec<&Environment>> = BTreeMap::new();
    for environment in &fleet.environments {
        by_region.entry(&environment.region).or_default().push(environment);
    }
    let named = fleet.environments.len() <= MOST_ENVIRONMENTS;
    let groups = by_region.into_iter().enumerate().map(|entry| {
        let (at, (region, environments)) = entry;
        let services = environments.iter().map(|environment| environment.services.len()).sum();
        let members = environments.iter().enumerate().map(|(member, environment)| {
            let (least, most) = tasks(environment);
            let services = count(environment.services.len(), "service");
            RegionMember {
                id: format!("r{at}e{member}"),
                label: format!(
                    "{}\naccount {}\n{services}, {} tasks",
                    environment.name,
                    &*environment.account,
                    range(least, most)
                ),
            }
        });
        RegionGroup {
            id: format!("r{at}"),
            region,
            label: format!(
                "{region}\n{}\n{}",
                count(environments.len(), "environment"),
                count(services, "service")
            ),
            environments: if named { members.collect() } else { Vec::new() },
        }
    });
    groups.collect()
}

/// The kinds of metrics that are tracked, in the order of policies, each with the range of its targets.
fn metrics(fleet: &Fleet) -> Vec<MetricRow> {
    let kind = |metric: &TrackedMetric| match metric {
        TrackedMetric::Requests(_) => (0, "requests", "lb", "requests per target and minute", ""),
        TrackedMetric::Cpu(_) => (1, "cpu", "tasks", "CPU", " %"),
        TrackedMetric::Memory(_) => (2, "memory", "tasks", "memory", " %"),
        TrackedMetric::Custom(_) => (3, "custom", "tasks", "other metrics", ""),
    };
    let mut found: BTreeMap<_, (usize, f64, f64)> = BTreeMap::new();
    for tracking in fleet.services().flat_map(|s| s.service.policies.iter().filter_map(Policy::tracking)) {
        let target = tracking.target.get();
        let entry = found.entry(kind(&tracking.metric)).or_insert((0, target, target));
        *entry = (entry.0 + 1, entry.1.min(target), entry.2.max(target));
    }
    let row = |((_, id, from, what, unit), (policies, least, most)): (_, (usize, f64, f64))| {
        let targets = format!("{}{unit}", range(number(least, 2), number(most, 2)));
        let services = if policies == 1 { "1 policy".to_owned() } else { format!("{policies} policies") };
        MetricRow { id, from, label: format!("{services}\ntarget {targets}"), what, services, targets }
    };
    found.into_iter().map(row).collect()
}

impl Expected {
    fn of(fleet: &Fleet) -> Self {
        let each = || fleet.services().map(|scope| &scope.service.expectations);
        Self {
            p95: of_all(each().map(|e| f64::from(e.p95.get())), " ms"),
            p99: of_all(each().map(|e| f64::from(e.p99.get())), " ms"),
            error_rate: of_all(each().map(|e| e.error_rate.get()), " %"),
            scale_out_within: of_all(each().map(|e| f64::from(e.scale_out_within.get())), " s"),
            max_flaps: of_all(each().map(|e| f64::from(*e.max_flaps)), ""),
            cost_increase: of_all(each().map(|e| e.cost_increase.get()), " %"),
        }
    }
}

fn of_all(values: impl Iterator<Item = f64>, unit: &str) -> String {
    let ends = values.fold(None, |ends: Option<(f64, f64)>, value| {
        Some(ends.map_or((value, value), |(least, most)| (least.min(value), most.max(value))))
    });
    ends.map_or("none".to_owned(), |(least, most)| {
        format!("{}{unit}", range(number(least, 3), number(most, 3)))
    })
}

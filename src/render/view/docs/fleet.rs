//! The pages about the fleet: counts, metrics, regions, the rollout, costs. Summaries only, one row per environment at
//! most, so that a page stays readable whatever the size of the fleet. No number of a service's capacity is in them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::cost::FleetCost;
use super::example::Example;
use super::objectives::Stated;
use super::rollout::{Chart, Wave, wave_of, waves};
use super::{console_host, scaling};
use crate::plan::behaviour::{self, reaction};
use crate::plan::operations::Topic;
use crate::plan::policy::{Policy, PolicyId, TrackedMetric};
use crate::plan::{Controller, Environment, Fleet, Service};
use crate::render::syntax::is_prose;
use crate::words::{counted, number, range};

/// A diagram shows at most so many environments; more are counted.
const MOST_ENVIRONMENTS: usize = 12;
/// Roles that a runbook needs, whether the spec says who they are or not.
const ROLES: [&str; 2] = ["decides", "on-call"];

/// What the pages about the fleet see.
#[derive(Debug, Serialize)]
pub(in crate::render::view) struct FleetPages<'f> {
    project: &'f str,
    change: Option<&'f str>,
    /// `3 environments`, `4 services`: each service once, in however many environments it runs.
    counted_environments: String,
    counted_services: String,
    has: Has,
    environments: Vec<EnvironmentRow<'f>>,
    regions: Vec<RegionGroup<'f>>,
    /// Whether the diagram names environments, or only counts them.
    names_environments: bool,
    metrics: Vec<MetricRow>,
    /// The environment that comes first, and its region.
    first: &'f str,
    first_region: &'f str,
    /// A service to show commands and diagrams with.
    example: Option<Example<'f>>,
    waves: Vec<Wave<'f>>,
    chart: Option<Chart>,
    contacts: Vec<Contact<'f>>,
    stated: Vec<Stated>,
    facts: Facts,
    cost: FleetCost<'f>,
}

/// Features that any service of the fleet uses: pages leave out the others.
#[derive(Debug, Default, Serialize)]
struct Has {
    requests: bool,
    cpu: bool,
    memory: bool,
    custom: bool,
    /// A service with several target tracking policies.
    several: bool,
    /// `disable_scale_in`.
    silent: bool,
    steps: bool,
    schedules: bool,
    forecasts: bool,
    /// Metrics of 20 seconds.
    fast: bool,
    suspended: bool,
    /// A minimum of 0.
    zero: bool,
    /// A service that ECS itself deploys.
    deployed: bool,
    balanced: bool,
    unbalanced: bool,
    alarms: bool,
    topics: bool,
    existing_topics: bool,
    rules: bool,
    dashboards: bool,
    /// Policies to be deleted where they are live.
    gone: bool,
    rollout: bool,
    adopts: bool,
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
    /// The number of tasks from which the low alarms alone decide.
    alarm_decides_from: u32,
    /// Which part of the target a metric must be below, by number of tasks.
    sizes: Vec<Size>,
}

/// The share of the target below which a service of so many tasks scales in.
#[derive(Debug, Serialize)]
struct Size {
    tasks: u32,
    below: String,
}

#[derive(Debug, Serialize)]
struct EnvironmentRow<'f> {
    name: &'f str,
    account: &'f str,
    region: &'f str,
    services: usize,
    /// `wave 1`, or `none`.
    wave: String,
    /// Name of the dashboard; of several, of the first.
    dashboard: Option<&'f str>,
    /// Whether its name can be a part of a link.
    linked: bool,
    /// Host of the Console in the region.
    console: Option<String>,
    /// ARN of the topic.
    topic: Option<String>,
    /// What the names of the rules begin with.
    rules: Option<&'f str>,
}

#[derive(Debug, Serialize)]
struct RegionGroup<'f> {
    id: String,
    region: &'f str,
    /// `eu-west-1: 2 environments`
    label: String,
    environments: Vec<RegionMember>,
}

#[derive(Debug, Serialize)]
struct RegionMember {
    id: String,
    /// `prod-eu, account 222222222222, 4 services`
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
    policies: String,
    targets: String,
}

#[derive(Debug, Serialize)]
struct Contact<'f> {
    role: &'f str,
    /// None: the spec does not say.
    who: Option<&'f str>,
}

impl<'f> FleetPages<'f> {
    pub(in crate::render::view) fn new(fleet: &'f Fleet) -> Self {
        let waves = waves(fleet);
        let named = waves.iter().flat_map(|wave| &wave.environments);
        let ordered: Vec<&Environment> = named
            .filter_map(|name| fleet.environments.iter().find(|environment| *environment.name == **name))
            .collect();
        let first = ordered.first();
        let names: BTreeSet<&str> = fleet.services().map(|scope| &*scope.service.name as &str).collect();
        Self {
            project: &fleet.project,
            change: fleet.change.as_deref(),
            counted_environments: counted(fleet.environments.len(), "environment"),
            counted_services: counted(names.len(), "service"),
            has: Has::of(fleet),
            environments: fleet.environments.iter().map(|e| EnvironmentRow::new(fleet, e)).collect(),
            regions: regions(fleet),
            names_environments: fleet.environments.len() <= MOST_ENVIRONMENTS,
            metrics: metrics(fleet),
            first: first.map_or("none", |environment| &environment.name),
            first_region: first.map_or("us-east-1", |environment| &environment.region),
            example: Example::of(&ordered),
            waves,
            chart: (!fleet.waves.is_empty()).then(|| Chart::new(&fleet.waves)),
            contacts: contacts(fleet),
            stated: Stated::of(fleet),
            facts: Facts::new(),
            cost: FleetCost::new(fleet),
        }
    }
}

impl Has {
    fn of(fleet: &Fleet) -> Self {
        let mut has = Self { rollout: !fleet.waves.is_empty(), ..Self::default() };
        for environment in &fleet.environments {
            has.topics |= environment.topic.is_some();
            has.existing_topics |= matches!(environment.topic, Some(Topic::Existing(_)));
            let monitoring = environment.monitoring.as_ref();
            has.rules |= monitoring.is_some_and(|monitoring| monitoring.rules.is_some());
            has.dashboards |= monitoring.is_some_and(|monitoring| monitoring.dashboard.is_some());
            environment.services.iter().for_each(|service| has.add(service));
        }
        has
    }

    fn add(&mut self, service: &Service) {
        for policy in &service.policies {
            match &policy.id {
                PolicyId::Requests | PolicyId::MoreRequests(_) => self.requests = true,
                PolicyId::Cpu => self.cpu = true,
                PolicyId::Memory => self.memory = true,
                PolicyId::Custom(_) => self.custom = true,
                PolicyId::Step(_) => self.steps = true,
                PolicyId::Predictive => self.forecasts = true,
            }
            self.adopts |= policy.adopt;
        }
        let tracking = || service.policies.iter().filter_map(Policy::tracking);
        self.several |= tracking().count() > 1;
        self.silent |= tracking().any(|tracking| tracking.disable_scale_in.value);
        self.fast |= tracking().any(|tracking| behaviour::period(tracking) < 60);
        self.schedules |= !service.schedule.is_empty();
        self.suspended |= service.suspended.is_some();
        self.zero |= service.min.get() == 0;
        self.deployed |= service.deployment.controller.value != Controller::External;
        let balanced = service.balanced || !service.target_groups().is_empty();
        self.balanced |= balanced;
        self.unbalanced |= !balanced;
        self.alarms |= !service.alarms.on.is_empty();
        self.gone |= !service.gone.policies.is_empty();
        self.adopts |= service.adopt.value;
    }
}

impl Facts {
    fn new() -> Self {
        let (slow, fast) = (reaction(60), reaction(20));
        let size =
            |tasks| Size { tasks, below: format!("{} %", number(behaviour::removes_below(100.0, tasks), 1)) };
        Self {
            out_datapoints: counted(behaviour::HIGH_DATAPOINTS, "data point"),
            in_datapoints: counted(behaviour::LOW_DATAPOINTS, "data point"),
            in_datapoints_fast: counted(behaviour::LOW_DATAPOINTS_FAST, "data point"),
            ready_below: scaling::ready_below(),
            decided: slow.decided,
            running: slow.running,
            decided_fast: fast.decided,
            running_fast: fast.running,
            alarm_decides_from: behaviour::alarm_decides_from(),
            sizes: (2..=behaviour::alarm_decides_from()).map(size).collect(),
        }
    }
}

impl<'f> EnvironmentRow<'f> {
    fn new(fleet: &Fleet, environment: &'f Environment) -> Self {
        let wave = wave_of(fleet, &environment.name);
        let (console, monitoring) = (console_host(environment), environment.monitoring.as_ref());
        let dashboard = monitoring.and_then(|monitoring| monitoring.dashboard.as_deref());
        Self {
            name: &environment.name,
            account: &environment.account,
            region: &environment.region,
            services: environment.services.len(),
            wave: wave.map_or("none".to_owned(), |(number, _)| format!("wave {number}")),
            dashboard,
            linked: console.is_some() && dashboard.is_some_and(is_prose),
            console,
            topic: environment.topic_arn(),
            rules: monitoring.and_then(|monitoring| monitoring.rules.as_deref()),
        }
    }
}

fn contacts(fleet: &Fleet) -> Vec<Contact<'_>> {
    let said = fleet.contacts.iter().map(|(role, who)| Contact { role, who: Some(who) });
    let missing = ROLES.into_iter().filter(|role| !fleet.contacts.contains_key(*role));
    said.chain(missing.map(|role| Contact { role, who: None })).collect()
}

fn regions(fleet: &Fleet) -> Vec<RegionGroup<'_>> {
    let mut by_region: BTreeMap<&str, Vec<&Environment>> = BTreeMap::new();
    for environment in &fleet.environments {
        by_region.entry(&environment.region).or_default().push(environment);
    }
    let named = fleet.environments.len() <= MOST_ENVIRONMENTS;
    let groups = by_region.into_iter().enumerate().map(|(at, (region, environments))| {
        let members = environments.iter().enumerate().map(|(member, environment)| RegionMember {
            id: format!("r{at}e{member}"),
            label: format!(
                "{}\naccount {}\n{}",
                environment.name,
                &*environment.account,
                counted(environment.services.len(), "service")
            ),
        });
        RegionGroup {
            id: format!("r{at}"),
            region,
            label: format!("{region}\n{}", counted(environments.len(), "environment")),
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
        TrackedMetric::Custom(_) => (3, "custom", "tasks", "custom metrics", ""),
    };
    let mut found: BTreeMap<_, (usize, f64, f64)> = BTreeMap::new();
    for tracking in fleet.services().flat_map(|s| s.service.policies.iter().filter_map(Policy::tracking)) {
        let target = tracking.target.get();
        let entry = found.entry(kind(&tracking.metric)).or_insert((0, target, target));
        *entry = (entry.0 + 1, entry.1.min(target), entry.2.max(target));
    }
    let row = |((_, id, from, what, unit), (policies, least, most)): (_, (usize, f64, f64))| {
        let targets = format!("{}{unit}", range(number(least, 2), number(most, 2)));
        let policies = counted(policies, "policy");
        MetricRow { id, from, label: format!("{policies}\ntarget {targets}"), what, policies, targets }
    };
    found.into_iter().map(row).collect()
}

//! What documents say of the fleet and of an environment: counts, ranges, regions, the rollout in time. Summaries only,
//! so that a page stays readable whatever the size of the fleet.

use std::collections::BTreeMap;

use serde::Serialize;

use super::scaling;
use super::words::{counted, duration, number, range, rounded};
use crate::cost::{self, Period};
use crate::plan::behaviour::{self, alarms, growth, reaction, removes_below};
use crate::plan::policy::{Policy, PolicyId, TrackedMetric, Tracking};
use crate::plan::{Environment, Fleet, Service, Wave};

/// A diagram shows at most so many environments, a chart so many waves, a line so many names; the rest is counted.
const MOST_ENVIRONMENTS: usize = 12;
const MOST_WAVES: usize = 20;
const MOST_NAMES: usize = 3;
/// The day on which charts begin: a Monday and the first day of a year, so that the day of the year is the day of the
/// rollout.
const FIRST_DAY: &str = "2001-01-01";

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
    /// What they cost a month, where prices are known.
    least_cost: Option<String>,
    most_cost: Option<String>,
    environments: Vec<EnvironmentRow<'f>>,
    regions: Vec<RegionGroup<'f>>,
    /// Whether the diagram names environments, or only counts them.
    names_environments: bool,
    metrics: Vec<MetricRow>,
    /// The metric that "before" watches, and whether there is another that it does not see.
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

/// A service to show commands and diagrams with: one of the first wave, with as many policies as any.
#[derive(Debug, Serialize)]
struct Example<'f> {
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

#[derive(Debug, Serialize)]
struct RolloutChart {
    waves: Vec<WaveBar>,
    /// What the chart leaves out: `4 more waves`.
    more: Option<String>,
    axis: &'static str,
    tick: &'static str,
    total: String,
    first_day: &'static str,
}

#[derive(Debug, Serialize)]
struct WaveBar {
    number: usize,
    id: String,
    /// The bar that it begins after.
    after: Option<String>,
    /// `staging`, `prod-eu, prod-us and 4 more`
    names: String,
    /// As charts take it: `48h`; none is a milestone.
    length: Option<String>,
    watched: String,
    gates: usize,
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

/// Where the generated files of an environment lie, seen from the folder that holds all targets.
struct Paths {
    script: String,
    terraform: String,
    deploy: String,
}

impl Paths {
    fn of(environment: &Environment) -> Self {
        Self {
            script: format!("cli/{}.sh", environment.name),
            terraform: format!("terraform/{}", environment.name),
            deploy: format!("cloudformation/{}/deploy.sh", environment.name),
        }
    }
}

/// Tasks of an environment's services at their minimum and at their maximum.
fn tasks(environment: &Environment) -> (u64, u64) {
    let sum = |of: fn(&Service) -> u32| environment.services.iter().map(|s| u64::from(of(s))).sum();
    (sum(|service| service.min.get()), sum(|service| service.max.get()))
}

fn wave_of<'f>(fleet: &'f Fleet, environment: &Environment) -> Option<(usize, &'f Wave)> {
    (1..).zip(&fleet.waves).find(|(_, wave)| wave.environments.contains(&environment.name))
}

fn watched(wave: &Wave) -> String {
    wave.soak.map_or("not watched".to_owned(), |soak| format!("watched for {}", duration(soak.get())))
}

fn count(number: usize, what: &str) -> String {
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

impl<'f> Example<'f> {
    fn of(fleet: &'f Fleet) -> Option<Self> {
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
                configuration: super::api::tracking(tracking, &|_| 0).to_string(),
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
    let tasks = service.min.get().max(2);
    let high = rounded((other.target.get() * 1.3).min(scaling::most(other)));
    let more = (f64::from(tasks) * high / other.target.get() - 1e-9).ceil() as u32;
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

impl RolloutChart {
    fn new(waves: &[Wave]) -> Self {
        let shown = if waves.len() > MOST_WAVES { MOST_WAVES - 1 } else { waves.len() };
        let soak = |wave: &Wave| wave.soak.map_or(0, |soak| soak.get());
        let total: u64 = waves.iter().map(|wave| u64::from(soak(wave))).sum();
        let days = total / 86_400;
        let bar = |(number, wave): (usize, &Wave)| WaveBar {
            number,
            id: format!("w{number}"),
            after: (number > 1).then(|| format!("after w{}", number - 1)),
            names: names(wave),
            length: wave.soak.map(|soak| chart_length(soak.get())).filter(|length| length != "0s"),
            watched: watched(wave),
            gates: wave.gates.len(),
        };
        Self {
            waves: (1..).zip(&waves[..shown]).map(bar).collect(),
            more: (shown < waves.len()).then(|| count(waves.len() - shown, "more wave")),
            axis: if days < 3 { "day %-j %H:%M" } else { "day %-j" },
            tick: match days {
                0..3 => "12hour",
                3..15 => "1day",
                15..100 => "1week",
                _ => "1month",
            },
            total: duration(u32::try_from(total).unwrap_or(u32::MAX)),
            first_day: FIRST_DAY,
        }
    }
}

/// A length of time in the words of Mermaid.
fn chart_length(seconds: u32) -> String {
    match seconds {
        s if s.is_multiple_of(3_600) => format!("{}h", s / 3_600),
        s if s.is_multiple_of(60) => format!("{}m", s / 60),
        s => format!("{s}s"),
    }
}

fn names(wave: &Wave) -> String {
    let shown: Vec<&str> = wave.environments.iter().take(MOST_NAMES).map(|name| &**name).collect();
    let rest = wave.environments.len() - shown.len();
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
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

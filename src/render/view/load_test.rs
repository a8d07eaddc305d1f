//! Load tests: the data that `scenarios.js` reads for an environment, and what their page says of the fleet.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::number;
use crate::loadtest::{self, Kind, LoadTest, Phase, Scenario, Unfit};
use crate::plan::policy::PolicyId;
use crate::plan::{self, Fleet, stage};
use crate::words::counted;

/// What the page sees.
#[derive(Debug, Serialize)]
pub(super) struct LoadTestsPage<'f> {
    environments: Vec<Guarded<'f>>,
    /// A service to show commands of.
    example: Option<Example<'f>>,
}

#[derive(Debug, Serialize)]
struct Guarded<'f> {
    name: &'f str,
    guard: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Example<'f> {
    environment: &'f str,
    service: &'f str,
}

/// The load tests of an environment.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LoadTests<'f> {
    environment: &'f str,
    /// Why ALLOW_PRODUCTION must name the environment.
    guard: Option<&'static str>,
    host_words: HostWords,
    services: BTreeMap<&'f str, ServiceTests<'f>>,
    /// Why the others have none.
    untested: BTreeMap<&'f str, &'static str>,
}

/// Words of host names that look like production, and words that say that they are none.
#[derive(Debug, Serialize)]
struct HostWords {
    production: &'static [&'static str],
    before: &'static [&'static str],
}

/// The load tests of a service. Rates are requests per minute.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ServiceTests<'f> {
    /// Tasks at the start, and at most.
    start: u32,
    max: u32,
    vcpu: Option<Value>,
    per_task: Value,
    cpu_target: Option<Value>,
    ceiling: u64,
    base: u64,
    p95: u32,
    p99: u32,
    error_rate: Value,
    scale_out_within: u32,
    max_flaps: u32,
    scenarios: BTreeMap<Kind, ScenarioData<'f>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ScenarioData<'f> {
    rate: u64,
    /// How the rate comes about.
    how: String,
    tasks: u32,
    /// Names of the policies of which one has to act.
    policies: Vec<&'f str>,
    /// Whether requests have to be heavy on CPU.
    heavy: bool,
    cpu_ms: Option<f64>,
    /// Its phases one after another: how long each takes.
    #[serde(serialize_with = "by_name")]
    seconds: Vec<Phase>,
}

fn by_name<S: Serializer>(phases: &[Phase], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(phases.iter().map(|phase| (phase.name, phase.seconds)))
}

impl<'f> LoadTestsPage<'f> {
    pub(super) fn new(fleet: &'f Fleet) -> Self {
        let guarded = |environment: &'f plan::Environment| Guarded {
            name: &environment.name,
            guard: loadtest::guarded(environment),
        };
        let tested = fleet.services().filter(|scope| LoadTest::of(scope.service).is_ok());
        let example = tested.min_by_key(|scope| loadtest::guarded(scope.environment).is_some());
        Self {
            environments: fleet.environments.iter().map(guarded).collect(),
            example: example
                .map(|scope| Example { environment: &scope.environment.name, service: &scope.service.name }),
        }
    }
}

impl<'f> LoadTests<'f> {
    pub(super) fn of(environment: &'f plan::Environment) -> Self {
        let (mut services, mut untested) = (BTreeMap::new(), BTreeMap::new());
        for service in &environment.services {
            let name = &*service.name;
            match LoadTest::of(service) {
                Ok(test) => drop(services.insert(name, ServiceTests::new(service, &test))),
                Err(unfit) => drop(untested.insert(name, why(unfit))),
            }
        }
        Self {
            environment: &environment.name,
            guard: loadtest::guarded(environment),
            host_words: HostWords { production: stage::PRODUCTION, before: stage::BEFORE },
            services,
            untested,
        }
    }
}

impl<'f> ServiceTests<'f> {
    fn new(service: &'f plan::Service, test: &LoadTest) -> Self {
        let expected = &service.expectations;
        let scenario = |scenario: &Scenario| (scenario.kind, ScenarioData::new(scenario, test, service));
        Self {
            start: test.start,
            max: service.max.get(),
            vcpu: service.task.map(|task| number(task.vcpu)),
            per_task: number(test.per_task),
            cpu_target: test.cpu_target.map(number),
            ceiling: test.ceiling,
            base: test.base,
            p95: expected.p95.get(),
            p99: expected.p99.get(),
            error_rate: number(expected.error_rate.get()),
            scale_out_within: expected.scale_out_within.get(),
            max_flaps: expected.max_flaps.value,
            scenarios: test.scenarios.iter().map(scenario).collect(),
        }
    }
}

impl<'f> ScenarioData<'f> {
    fn new(scenario: &Scenario, test: &LoadTest, service: &'f plan::Service) -> Self {
        let acting: &[PolicyId] = match scenario.kind {
            Kind::HighCpu => &[PolicyId::Cpu],
            Kind::HighRequests | Kind::Ramp => &[PolicyId::Requests],
            Kind::Both => &[PolicyId::Requests, PolicyId::Cpu],
        };
        let per_task = number(test.per_task);
        let how = match scenario.kind {
            Kind::HighCpu => {
                format!("{} x {per_task} per task x {}", loadtest::NORMAL, counted(test.start, "task"))
            }
            Kind::HighRequests | Kind::Both | Kind::Ramp => {
                format!("{per_task} per task x {:.2} tasks", scenario.needed)
            }
        };
        Self {
            rate: scenario.rate,
            how,
            tasks: scenario.tasks,
            policies: acting.iter().filter_map(|id| Some(&**service.policy(id)?.name)).collect(),
            heavy: matches!(scenario.kind, Kind::HighCpu | Kind::Both),
            cpu_ms: scenario.cpu_ms,
            seconds: scenario.phases.clone(),
        }
    }
}

fn why(unfit: Unfit) -> &'static str {
    match unfit {
        Unfit::NoRequests => "takes no requests through a load balancer",
        Unfit::NoTarget => "has no policy on requests, so nothing says how many a task takes",
        Unfit::Fixed => "has the same minimum and maximum, so nothing can scale",
        Unfit::HeldBack => "has scaling out suspended",
        Unfit::NoRate => "has a request target that leaves no rate to test with",
    }
}

//! Load tests, as scripts and their pages show them.

use serde::Serialize;

use super::policy::number;
use crate::loadtest::{self, Kind, LoadTest, Phase, Scenario, Unfit};
use crate::plan::policy::PolicyId;
use crate::plan::{self, stage};

/// The load tests of a service.
#[derive(Debug, Serialize)]
pub(super) struct LoadTestView<'f> {
    /// Why ALLOW_PRODUCTION must name the environment.
    guard: Option<&'static str>,
    start: u32,
    /// Tasks at the start and at most.
    range: String,
    vcpu: Option<serde_json::Value>,
    per_task: serde_json::Value,
    cpu_target: Option<serde_json::Value>,
    ceiling: u64,
    base: u64,
    scales_in: bool,
    p95: u32,
    p99: u32,
    error_rate: serde_json::Value,
    scale_out_within: u32,
    max_flaps: u32,
    scenarios: Vec<ScenarioView<'f>>,
    /// The same, one cell for each kind of scenario.
    cells: Vec<Option<Cell>>,
    /// What a request has to cost in those that press CPU, one cell each.
    heavy: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ScenarioView<'f> {
    name: &'static str,
    rate: u64,
    tasks: u32,
    /// Whether requests have to be heavy on CPU.
    heavy: bool,
    cpu_ms: Option<f64>,
    /// How the rate comes about.
    how: String,
    /// Names of the policies of which one has to act.
    policies: Vec<&'f str>,
    phases: Vec<PhaseView>,
}

#[derive(Debug, Serialize)]
struct Cell {
    rate: String,
    tasks: u32,
}

#[derive(Debug, Serialize)]
struct PhaseView {
    name: &'static str,
    seconds: u32,
    from: u64,
    to: u64,
    pressed: bool,
    judged: bool,
}

/// The load tests of an environment.
#[derive(Debug, Default, Serialize)]
pub(super) struct LoadTestsView<'f> {
    /// Why ALLOW_PRODUCTION must name the environment.
    guard: Option<&'static str>,
    /// The service to show commands of; with it is all that follows.
    example: Option<&'f str>,
    script: String,
    cluster: &'f str,
    ecs_service: &'f str,
    resource_id: String,
    /// Whether a scenario of it needs heavy requests.
    heavy: bool,
    /// Whether what they have to cost is known.
    cost_known: bool,
}

/// Words of host names that look like production, and words that say that they are none.
#[derive(Debug, Serialize)]
pub(super) struct HostWords {
    production: &'static [&'static str],
    before: &'static [&'static str],
}

impl Default for HostWords {
    fn default() -> Self {
        Self { production: stage::PRODUCTION, before: stage::BEFORE }
    }
}

const KINDS: [Kind; 4] = [Kind::HighCpu, Kind::HighRequests, Kind::Both, Kind::Ramp];

impl<'f> LoadTestView<'f> {
    /// The view, or why there is none.
    pub(super) fn of(
        environment: &plan::Environment,
        service: &'f plan::Service,
    ) -> (Option<Self>, Option<&'static str>) {
        match LoadTest::of(service) {
            Ok(test) => (Some(Self::new(environment, service, &test)), None),
            Err(unfit) => (None, Some(why(unfit))),
        }
    }

    fn new(environment: &plan::Environment, service: &'f plan::Service, test: &LoadTest) -> Self {
        let scenario = |kind| test.scenarios.iter().find(move |scenario| scenario.kind == kind);
        let expected = &service.expectations;
        Self {
            guard: loadtest::guarded(environment),
            start: test.start,
            range: format!("{}-{}", test.start, service.max.get()),
            vcpu: service.task.map(|task| number(task.vcpu)),
            per_task: number(test.per_task),
            cpu_target: test.cpu_target.map(number),
            ceiling: test.ceiling,
            base: test.base,
            scales_in: test.scales_in,
            p95: expected.p95.get(),
            p99: expected.p99.get(),
            error_rate: number(expected.error_rate.get()),
            scale_out_within: expected.scale_out_within.get(),
            max_flaps: expected.max_flaps.value,
            scenarios: test
                .scenarios
                .iter()
                .map(|scenario| ScenarioView::new(scenario, test, service))
                .collect(),
            cells: KINDS.iter().map(|kind| scenario(*kind).map(Cell::new)).collect(),
            heavy: KINDS.iter().filter(|kind| heavy(**kind)).map(|kind| cost(scenario(*kind))).collect(),
        }
    }
}

impl<'f> LoadTestsView<'f> {
    pub(super) fn of(environment: &'f plan::Environment) -> Self {
        let guard = loadtest::guarded(environment);
        let tested =
            environment.services.iter().find_map(|service| Some((service, LoadTest::of(service).ok()?)));
        let Some((service, test)) = tested else {
            return Self { guard, ..Self::default() };
        };
        Self {
            guard,
            example: Some(&service.name),
            script: format!("{}.js", service.name),
            cluster: &service.cluster,
            ecs_service: &service.ecs_service,
            resource_id: service.resource_id(),
            heavy: test.scenarios.iter().any(|scenario| heavy(scenario.kind)),
            cost_known: service.task.is_some(),
        }
    }
}

impl<'f> ScenarioView<'f> {
    fn new(scenario: &Scenario, test: &LoadTest, service: &'f plan::Service) -> Self {
        let acting: &[PolicyId] = match scenario.kind {
            Kind::HighCpu => &[PolicyId::Cpu],
            Kind::HighRequests | Kind::Ramp => &[PolicyId::Requests],
            Kind::Both => &[PolicyId::Requests, PolicyId::Cpu],
        };
        let per_task = number(test.per_task);
        let how = match scenario.kind {
            Kind::HighCpu => format!("{} x {per_task} a task x {} tasks", loadtest::NORMAL, test.start),
            Kind::HighRequests | Kind::Both | Kind::Ramp => {
                format!("{per_task} a task x {:.2} tasks", scenario.needed)
            }
        };
        Self {
            name: scenario.kind.name(),
            rate: scenario.rate,
            tasks: scenario.tasks,
            heavy: heavy(scenario.kind),
            cpu_ms: scenario.cpu_ms,
            how,
            policies: acting.iter().filter_map(|id| Some(&**service.policy(id)?.name)).collect(),
            phases: scenario.phases.iter().map(PhaseView::new).collect(),
        }
    }
}

impl Cell {
    fn new(scenario: &Scenario) -> Self {
        Self { rate: scenario.rate.to_string(), tasks: scenario.tasks }
    }
}

/// What a request has to cost; the size of a task may not be known.
fn cost(scenario: Option<&Scenario>) -> String {
    match scenario.map(|scenario| scenario.cpu_ms) {
        Some(Some(milliseconds)) => format!("{milliseconds} ms"),
        Some(None) => "not known".to_owned(),
        None => "none".to_owned(),
    }
}

impl PhaseView {
    fn new(phase: &Phase) -> Self {
        Self {
            name: phase.name,
            seconds: phase.seconds,
            from: phase.from,
            to: phase.to,
            pressed: phase.pressed,
            judged: phase.judged,
        }
    }
}

/// Whether the load presses CPU.
fn heavy(kind: Kind) -> bool {
    matches!(kind, Kind::HighCpu | Kind::Both)
}

fn why(unfit: Unfit) -> &'static str {
    match unfit {
        Unfit::NoRequests => "takes no requests through a load balancer",
        Unfit::NoTarget => "has no policy on requests, so nothing says how many a task takes",
        Unfit::Fixed => "has as many tasks at least as at most, so nothing can scale",
        Unfit::HeldBack => "has scaling out suspended",
        Unfit::NoRate => "has a request target that leaves no rate to test with",
    }
}

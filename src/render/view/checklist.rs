//! The checklist: what is expected of a service, and where an environment stands in the rollout.

use serde::Serialize;

use super::policy::number;
use crate::plan::policy::Policy;
use crate::plan::{self, Fleet};

/// As many environments are listed one by one.
const FEW: usize = 20;

/// What is expected of a service, in words and numbers of prose.
#[derive(Debug, Serialize)]
pub(super) struct ExpectedView {
    p95: String,
    p99: String,
    error_rate: String,
    scale_out_within: String,
    max_flaps: u32,
    cost_increase: String,
    /// The policies and their targets.
    policies: String,
}

/// Where an environment stands in the rollout.
#[derive(Debug, Serialize)]
pub(super) struct PlaceView<'f> {
    /// `None`: the rollout does not name it.
    wave: Option<usize>,
    waves: usize,
    /// The environments that come right before it, if they are few.
    before: Vec<&'f str>,
    /// The same in words.
    all_before: String,
    /// How many are in its own wave.
    beside: Option<String>,
    /// How long to watch it.
    soak: Option<String>,
    gates: Vec<&'f str>,
}

impl ExpectedView {
    pub(super) fn new(service: &plan::Service) -> Self {
        let expected = &service.expectations;
        let policy = |policy: &Policy| match policy.tracking() {
            Some(tracking) => format!("{} {}", policy.id.metric(), number(tracking.target.get())),
            None => policy.id.metric().to_owned(),
        };
        // Of a service without a load balancer nobody measures these.
        let served = service.balanced || !service.target_groups().is_empty();
        let of_requests = |text: String| if served { text } else { "not measured".to_owned() };
        Self {
            p95: of_requests(format!("{} ms", expected.p95.get())),
            p99: of_requests(format!("{} ms", expected.p99.get())),
            error_rate: of_requests(format!("{} %", expected.error_rate.get())),
            scale_out_within: duration(expected.scale_out_within.get()),
            max_flaps: expected.max_flaps.value,
            cost_increase: format!("{} %", expected.cost_increase.get()),
            policies: service.policies.iter().map(policy).collect::<Vec<_>>().join(", "),
        }
    }
}

impl<'f> PlaceView<'f> {
    pub(super) fn new(fleet: &'f Fleet, environment: &plan::Environment) -> Self {
        let wave = fleet.waves.iter().position(|wave| wave.environments.contains(&environment.name));
        let own = wave.map(|wave| &fleet.waves[wave]);
        let before = wave.and_then(|wave| fleet.waves.get(wave.checked_sub(1)?));
        let before = before.map_or(&[][..], |wave| &wave.environments[..]);
        Self {
            wave: wave.map(|wave| wave + 1),
            waves: fleet.waves.len(),
            all_before: match before.len() {
                0 => "Nothing comes before it, this is where the change is tried".to_owned(),
                several => {
                    format!("The checklists of the {several} environments of the wave before are closed")
                }
            },
            before: before.iter().filter(|_| before.len() <= FEW).map(|name| &**name).collect(),
            beside: own.and_then(|wave| match wave.environments.len() - 1 {
                0 => None,
                1 => Some("one other environment".to_owned()),
                others => Some(format!("{others} other environments")),
            }),
            soak: own.and_then(|wave| wave.soak).map(|soak| duration(soak.get())),
            gates: own.into_iter().flat_map(|wave| wave.gates.iter().map(String::as_str)).collect(),
        }
    }
}

/// In the largest unit that leaves no rest.
fn duration(seconds: u32) -> String {
    match seconds {
        0 => "0 s".to_owned(),
        s if s % 3600 == 0 => format!("{} h", s / 3600),
        s if s % 60 == 0 => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}

//! The rollout: its waves and the environments of each.

use serde::Serialize;

use super::github::{Jobs, WaveOfJobs};
use crate::plan::{self, Fleet};

/// The waves of a fleet that has a rollout.
#[derive(Debug, Clone, Serialize)]
pub struct Rollout<'f> {
    waves: Vec<WaveView<'f>>,
}

/// Environments that get a change together.
#[derive(Debug, Clone, Serialize)]
struct WaveView<'f> {
    /// From 1.
    number: usize,
    /// How long it is watched, in seconds.
    soak: u32,
    /// What people confirm after it.
    gates: Vec<&'f str>,
    environments: Vec<Member<'f>>,
    jobs: WaveOfJobs,
}

#[derive(Debug, Clone, Serialize)]
struct Member<'f> {
    name: &'f str,
    ident: String,
    account: &'f str,
    region: &'f str,
    jobs: Jobs,
}

impl<'f> Rollout<'f> {
    /// None where the spec has no waves.
    pub fn new(fleet: &'f Fleet) -> Option<Self> {
        let waves: Vec<_> = (1..).zip(&fleet.waves).map(|(number, wave)| view(fleet, number, wave)).collect();
        (!waves.is_empty()).then_some(Self { waves })
    }
}

fn view<'f>(fleet: &'f Fleet, number: usize, wave: &'f plan::Wave) -> WaveView<'f> {
    let named =
        |name: &plan::units::Slug| fleet.environments.iter().find(|environment| environment.name == *name);
    let environments = wave.environments.iter().filter_map(named).map(|environment| Member {
        name: &environment.name,
        ident: environment.name.ident(),
        account: &environment.account,
        region: &environment.region,
        jobs: Jobs::new(number, environment),
    });
    let soak = wave.soak.map_or(0, plan::units::Seconds::get);
    WaveView {
        number,
        soak,
        gates: wave.gates.iter().map(String::as_str).collect(),
        environments: environments.collect(),
        jobs: WaveOfJobs::new(number, fleet.waves[..number - 1].last()),
    }
}

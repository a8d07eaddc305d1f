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
    /// The same for people; none where it is not watched.
    soak_text: Option<String>,
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
        soak_text: (soak > 0).then(|| spoken(soak)),
        gates: wave.gates.iter().map(String::as_str).collect(),
        environments: environments.collect(),
        jobs: WaveOfJobs::new(number, fleet.waves[..number - 1].last()),
    }
}

/// `48 hours`, `90 minutes`, `30 seconds`
pub(super) fn spoken(seconds: u32) -> String {
    let (number, unit) = match seconds {
        s if s % 3600 == 0 => (s / 3600, "hour"),
        s if s % 60 == 0 => (s / 60, "minute"),
        s => (s, "second"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

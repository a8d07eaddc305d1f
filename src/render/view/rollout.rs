//! The rollout: its waves, and the fingerprint of what each environment gets, by which a success is known again.

use serde::Serialize;

use super::github::{Jobs, WaveOfJobs};
use crate::aws::fingerprint::fingerprint;
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
    fingerprint: String,
    jobs: Jobs,
}

/// Where an environment stands in the rollout.
#[derive(Debug, Serialize)]
pub(super) struct Place<'r> {
    wave: usize,
    waves: usize,
    fingerprint: &'r str,
    before: &'r [WaveView<'r>],
}

impl<'f> Rollout<'f> {
    /// None where the spec has no waves.
    pub fn new(fleet: &'f Fleet) -> Option<Self> {
        let waves: Vec<_> = (1..).zip(&fleet.waves).map(|(number, wave)| view(fleet, number, wave)).collect();
        (!waves.is_empty()).then_some(Self { waves })
    }

    /// The fingerprint of an environment, if a wave names it.
    pub(super) fn fingerprint(&self, environment: &str) -> Option<&str> {
        let mut members = self.waves.iter().flat_map(|wave| &wave.environments);
        members.find(|member| member.name == environment).map(|member| &*member.fingerprint)
    }

    /// None for an environment that no wave names.
    pub(super) fn place(&self, environment: &str) -> Option<Place<'_>> {
        self.waves.iter().enumerate().find_map(|(at, wave)| {
            let member = wave.environments.iter().find(|member| member.name == environment)?;
            Some(Place {
                wave: wave.number,
                waves: self.waves.len(),
                fingerprint: &member.fingerprint,
                before: &self.waves[..at],
            })
        })
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
        fingerprint: fingerprint(fleet, environment),
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

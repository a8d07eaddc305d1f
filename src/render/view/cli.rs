//! Data of the AWS CLI program: what AWS must hold, as JSON in the words of the APIs.

use serde::Serialize;

use super::Common;
use crate::aws::{self, desired};
use crate::render::encode::json;
use crate::render::structure::Structure;

/// What the template of a data file sees.
#[derive(Debug, Serialize)]
pub struct DataView {
    /// The whole file.
    data: Structure,
}

impl DataView {
    pub(super) fn of(data: &impl Serialize) -> Self {
        Self { data: Structure::of(&json::pretty(data)) }
    }

    /// An environment, and what its services have together.
    pub fn environment(common: &Common<'_>) -> Self {
        Self::of(&EnvironmentData {
            head: Head::new(common),
            monitoring: common.monitoring.as_ref(),
            tags: desired::tags(&common.environment.tags),
        })
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct EnvironmentData<'f> {
    #[serde(flatten)]
    head: Head<'f>,
    #[serde(skip_serializing_if = "Option::is_none")]
    monitoring: Option<&'f aws::monitoring::Monitoring<'f>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<aws::Tag<'f>>,
}

/// What the data of every program begins with: which environment, and its place in the rollout.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Head<'f> {
    project: &'f str,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<&'f str>,
    environment: &'f str,
    account: &'f str,
    partition: &'f str,
    region: &'f str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rollout: Option<Place<'f>>,
    services: Vec<&'f str>,
}

/// Where an environment stands in the rollout.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Place<'f> {
    wave: usize,
    waves: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    before: Vec<WaveBefore<'f>>,
}

/// A wave that comes before. Its environments' fingerprints stand in their own data.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct WaveBefore<'f> {
    wave: usize,
    /// Seconds.
    soak: u32,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    gates: &'f [String],
    environments: Vec<&'f str>,
}

impl<'f> Head<'f> {
    pub(super) fn new(common: &'f Common<'_>) -> Self {
        let (fleet, environment) = (common.fleet, common.environment);
        let of_environment =
            fleet.waves.iter().position(|wave| wave.environments.contains(&environment.name));
        let before = |until: usize| (1..).zip(&fleet.waves[..until]);
        Self {
            project: &fleet.project,
            change: fleet.change.as_deref(),
            environment: &environment.name,
            account: &environment.account,
            partition: environment.region.partition(),
            region: &environment.region,
            fingerprint: of_environment.map(|_| common.fingerprint()),
            rollout: of_environment.map(|at| Place {
                wave: at + 1,
                waves: fleet.waves.len(),
                before: before(at)
                    .map(|(wave, said)| WaveBefore {
                        wave,
                        soak: said.soak.map_or(0, |soak| soak.get()),
                        gates: &said.gates,
                        environments: said.environments.iter().map(|name| &**name).collect(),
                    })
                    .collect(),
            }),
            services: environment.services.iter().map(|service| &*service.name).collect(),
        }
    }
}

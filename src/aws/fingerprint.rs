//! The fingerprint of an environment's desired state, by which the rollout knows a success again.

use rayon::prelude::*;
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_64;

use super::{Service, desired};
use crate::plan::{Environment, Fleet};

/// Stands for all that applying the environment does to services and to who is told of them, in whatever dialect. Nothing
/// else that the spec says is in it, and nothing of how dashboards look: neither a new price nor a new graph begins a
/// rollout anew. `state` is that of its services.
pub fn fingerprint(fleet: &Fleet, environment: &Environment, state: &[Service<'_>]) -> String {
    let services: Vec<u64> = state.par_iter().map(hash).collect();
    let head = (&*fleet.project, &*environment.account, &*environment.region);
    let together = desired::monitoring::monitoring(fleet, environment, Vec::new());
    let dashboard = environment.monitoring.as_ref().and_then(|monitoring| monitoring.dashboard.as_deref());
    format!("{:016x}", hash(&(head, &environment.tags, services, together, dashboard)))
}

fn hash(value: &impl Serialize) -> u64 {
    xxh3_64(&serde_json::to_vec(value).expect("states are JSON"))
}

//! What the templates of documents see: the fleet, and for its two pages an environment with all its services.

mod console;
mod cost;
mod environment;
mod example;
mod fleet;
mod objectives;
mod rollout;
mod scaling;

pub(super) use environment::EnvironmentPages;
pub(super) use fleet::FleetPages;

use crate::plan::{Environment, regions};

/// Host of the AWS Console in an environment's region.
fn console_host(environment: &Environment) -> Option<String> {
    let host = regions::console_host(environment.region.partition())?;
    Some(format!("{}.{host}", &*environment.region))
}

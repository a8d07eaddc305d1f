//! What changes between two fleets: which setting of what, from what to what, what follows from it on AWS, and how bad
//! that can be.
//!
//! Every comparison takes its structs apart without `..`: a new setting does not compile until it is compared here, or
//! said to be of no concern.

mod alarm;
mod cost;
mod environment;
mod files;
mod fleet;
mod found;
mod operations;
mod policy;
mod predictive;
mod prices;
mod schedule;
mod service;
mod service_alarm;
mod step;
mod tags;
mod tracking;
mod values;

pub use cost::{Bound, Cost, Costs, costs};
pub use files::{Files, files};
pub use fleet::fleets;

/// How bad it can be that a setting changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Risk {
    /// Scaling does not change.
    None,
    /// Scaling changes for the careful: more tasks, or later fewer.
    Low,
    /// Scaling changes; somebody should watch it.
    Medium,
    /// Tasks may be stopped, scaling may end, or AWS may refuse what is applied.
    High,
}

impl Risk {
    /// All of them, worst first.
    pub const ALL: [Self; 4] = [Self::High, Self::Medium, Self::Low, Self::None];

    /// Its name in every format.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// A setting that changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Its path below the service, environment or spec: `capacity.max`.
    pub setting: String,
    /// Unit of both values, where they have one.
    pub unit: &'static str,
    /// What it was; `None` if it was not there.
    pub old: Option<String>,
    /// What it becomes; `None` if it is not there any more.
    pub new: Option<String>,
    /// What follows from it, in a sentence.
    pub consequence: String,
    /// How bad that can be.
    pub risk: Risk,
}

/// What changes for one service of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceChanges {
    /// Its name in the newer spec that has it.
    pub name: String,
    /// What changes.
    pub changes: Vec<Change>,
}

/// What changes in one environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentChanges {
    pub name: String,
    /// What changes for all of it.
    pub changes: Vec<Change>,
    /// The services for which something changes, sorted by name.
    pub services: Vec<ServiceChanges>,
}

/// What changes between two fleets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// What changes for all environments.
    pub fleet: Vec<Change>,
    /// The environments in which something changes, sorted by name.
    pub environments: Vec<EnvironmentChanges>,
}

impl Differences {
    /// Every change.
    pub fn iter(&self) -> impl Iterator<Item = &Change> {
        let below = self.environments.iter().flat_map(|environment| {
            let services = environment.services.iter().flat_map(|service| &service.changes);
            environment.changes.iter().chain(services)
        });
        self.fleet.iter().chain(below)
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

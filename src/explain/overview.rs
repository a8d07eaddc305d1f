//! Key numbers of the services of environments.

use super::outlook::unit;
use crate::plan::policy::Policy;
use crate::plan::{Fleet, Scope};
use crate::words::figure;

/// The key numbers of a service.
#[derive(Debug)]
pub struct Row {
    pub environment: String,
    pub service: String,
    /// Fewest tasks.
    pub min: u32,
    /// Most tasks.
    pub max: u32,
    /// Each policy by what the spec calls it, with what it keeps or does.
    pub policies: Vec<(String, String)>,
    /// Seconds of the cooldowns out and in, of the first target tracking policy.
    pub cooldown: Option<(u32, u32)>,
}

/// The services of an environment, or of all of them.
pub fn overview(fleet: &Fleet, environment: Option<&str>) -> Vec<Row> {
    let asked = |scope: &Scope<'_>| environment.is_none_or(|name| &*scope.environment.name == name);
    fleet.services().filter(asked).map(|scope| row(&scope)).collect()
}

fn row(scope: &Scope<'_>) -> Row {
    let service = scope.service;
    let actions = service.schedule.iter().map(|action| (action.key.to_string(), "schedule".to_owned()));
    Row {
        environment: scope.environment.name.to_string(),
        service: service.name.to_string(),
        min: service.min.get(),
        max: service.max.get(),
        policies: service.policies.iter().map(summary).chain(actions).collect(),
        cooldown: service
            .policies
            .iter()
            .find_map(Policy::tracking)
            .map(|tracking| (tracking.cooldown_out.get(), tracking.cooldown_in.get())),
    }
}

fn summary(policy: &Policy) -> (String, String) {
    let what = match policy.tracking() {
        Some(tracking) => format!("{}{}", figure(tracking.target.get()), unit(&tracking.metric)),
        None => policy.word().to_owned(),
    };
    (policy.id.metric().to_owned(), what)
}

//! The two pages of an environment: how its services scale, and what to type into the Console.

use serde::Serialize;

use super::console::Console;
use super::console_host;
use super::cost::{EnvironmentCost, ServiceCost};
use super::objectives::Objectives;
use super::rollout::wave_of;
use super::scaling::{Action, Growth, Named, Note, Tracked};
use crate::plan::behaviour;
use crate::plan::prices::Prices;
use crate::plan::{Environment, Fleet, Service};
use crate::render::syntax::is_prose;
use crate::words::range;

/// What the pages of an environment see.
#[derive(Debug, Serialize)]
pub(in crate::render::view) struct EnvironmentPages<'f> {
    name: &'f str,
    account: &'f str,
    region: &'f str,
    /// Host of the Console in the region.
    console_host: Option<String>,
    wave: Option<Wave>,
    services: Vec<ServiceRow<'f>>,
    /// A service to show commands with.
    first_service: Option<&'f str>,
    /// Services that left the spec and whose scaling stays.
    removed: Vec<&'f str>,
    tracked: Vec<Tracked<'f>>,
    /// Numbers of tasks, the columns of the scale-in table.
    sizes: Vec<u32>,
    growth: Vec<Growth<'f>>,
    steps: Vec<Named<'f>>,
    forecasts: Vec<Named<'f>>,
    actions: Vec<Action<'f>>,
    notes: Vec<Note<'f>>,
    objectives: Vec<Objectives>,
    console: Console<'f>,
    cost: EnvironmentCost<'f>,
}

#[derive(Debug, Serialize)]
struct Wave {
    number: usize,
    of: usize,
}

#[derive(Debug, Serialize)]
struct ServiceRow<'f> {
    name: &'f str,
    ecs_service: &'f str,
    cluster: &'f str,
    resource_id: String,
    /// `2 to 10`
    tasks: String,
    min: u32,
    max: u32,
    /// Whether its names can be a part of a link.
    linked: bool,
    cost: ServiceCost,
}

impl<'f> EnvironmentPages<'f> {
    pub(in crate::render::view) fn new(fleet: &'f Fleet, environment: &'f Environment) -> Self {
        let services = &environment.services;
        let tracked: Vec<_> = services.iter().flat_map(Tracked::of).collect();
        let action =
            |service: &'f Service| service.schedule.iter().map(|action| Action::new(service, action));
        Self {
            name: &environment.name,
            account: &environment.account,
            region: &environment.region,
            console_host: console_host(environment),
            wave: wave_of(fleet, &environment.name).map(|(number, _)| Wave { number, of: fleet.waves.len() }),
            services: services.iter().map(|s| ServiceRow::new(&fleet.prices, environment, s)).collect(),
            first_service: services.first().map(|service| &*service.name),
            removed: environment.removed.iter().map(|name| &**name).collect(),
            sizes: (2..=behaviour::alarm_decides_from()).collect(),
            growth: services.iter().filter_map(Growth::of).collect(),
            steps: services.iter().flat_map(Named::steps).collect(),
            forecasts: services.iter().flat_map(Named::forecasts).collect(),
            actions: services.iter().flat_map(action).collect(),
            notes: services.iter().flat_map(Note::of).collect(),
            objectives: Objectives::of(environment),
            console: Console::new(environment),
            cost: EnvironmentCost::new(&fleet.prices, environment),
            tracked,
        }
    }
}

impl<'f> ServiceRow<'f> {
    fn new(prices: &Prices, environment: &Environment, service: &'f Service) -> Self {
        Self {
            name: &service.name,
            ecs_service: &service.ecs_service,
            cluster: &service.cluster,
            resource_id: service.resource_id(),
            tasks: range(service.min.get(), service.max.get()),
            min: service.min.get(),
            max: service.max.get(),
            linked: console_host(environment).is_some()
                && is_prose(&service.cluster)
                && is_prose(&service.ecs_service),
            cost: ServiceCost::new(prices, environment, service),
        }
    }
}

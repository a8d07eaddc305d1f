//! What a change costs: by how much the bounds of the monthly cost move.

use std::collections::BTreeSet;

use super::fleet::names;
use crate::cost::{Amount, Envelope, Money, Period, of_environment, of_fleet, sum, task_hour};
use crate::plan::prices::Prices;
use crate::plan::{Environment, Fleet, Scope};

/// An amount a month, before and after; `None` if nothing there has a price.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bound {
    /// Before.
    pub old: Option<Money>,
    /// After.
    pub new: Option<Money>,
}

/// The cost of an environment, or of all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cost {
    /// Which environment; empty for all of them.
    pub name: String,
    /// The fewest tasks all the time.
    pub floor: Bound,
    /// The most tasks all the time.
    pub ceiling: Bound,
    /// Services without a price, which are not counted, before and after.
    pub uncounted: (usize, usize),
    /// Whether those are the same ones: only then is a difference one of scaling.
    pub comparable: bool,
}

/// What a change costs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Costs {
    /// The environments whose cost changes, sorted by name.
    pub environments: Vec<Cost>,
    /// All environments, those included whose cost does not change.
    pub total: Cost,
    /// ECS services that are not in the newer fleet any more. What they run goes on costing.
    pub left: usize,
    /// Services of the newer fleet whose bounds scheduled actions move.
    pub scheduled: usize,
    /// Services of the newer fleet that a forecast may take above their maximum.
    pub beyond_maximum: usize,
}

/// Compares the costs of two fleets: both at the prices of the newer one, so that what is left is what scaling changes.
pub fn costs(old: &Fleet, new: &Fleet) -> Costs {
    let all: Vec<Cost> = names(old, new)
        .into_iter()
        .map(|name| cost(&new.prices, name, old.environment(name), new.environment(name)))
        .collect();
    let whole = of_fleet(new);
    Costs {
        total: all.iter().fold(Cost { comparable: true, ..Cost::default() }, Cost::plus),
        environments: all.into_iter().filter(Cost::changes).collect(),
        left: ecs_services(old).difference(&ecs_services(new)).count(),
        scheduled: whole.scheduled,
        beyond_maximum: whole.beyond_maximum,
    }
}

/// Account, region and name of every ECS service.
fn ecs_services(fleet: &Fleet) -> BTreeSet<(String, String, String)> {
    let of = |scope: Scope<'_>| {
        let Scope { environment, service } = scope;
        (environment.account.to_string(), environment.region.to_string(), service.resource_id())
    };
    fleet.services().map(of).collect()
}

fn cost(prices: &Prices, name: &str, old: Option<&Environment>, new: Option<&Environment>) -> Cost {
    let [before, after] = [old, new].map(|side| side.map(|environment| of_environment(prices, environment)));
    let month = |amount: Option<Amount>| amount.and_then(|amount| amount.money(Period::Month));
    let bound = |of: fn(Envelope) -> Amount| Bound { old: month(before.map(of)), new: month(after.map(of)) };
    let [old, new] = [old, new].map(|side| side.map(|side| without_price(prices, side)).unwrap_or_default());
    Cost {
        name: name.to_owned(),
        floor: bound(|envelope| envelope.floor),
        ceiling: bound(|envelope| envelope.ceiling),
        uncounted: (old.len(), new.len()),
        comparable: old == new,
    }
}

fn without_price<'f>(prices: &Prices, environment: &'f Environment) -> BTreeSet<&'f str> {
    let services = environment.services.iter();
    let unknown = services.filter(|service| task_hour(prices, environment, service).is_err());
    unknown.map(|service| &*service.name).collect()
}

impl Bound {
    /// The difference. What is not there costs nothing.
    pub fn delta(&self) -> Option<Money> {
        let zero = Money::zero(self.new.or(self.old)?.currency());
        self.new.unwrap_or(zero).minus(self.old.unwrap_or(zero))
    }

    fn plus(self, other: Self) -> Self {
        Self { old: sum(self.old, other.old), new: sum(self.new, other.new) }
    }
}

impl Cost {
    /// Whether it is another one.
    pub fn changes(&self) -> bool {
        self.floor.old != self.floor.new
            || self.ceiling.old != self.ceiling.new
            || self.uncounted.0 != self.uncounted.1
    }

    fn plus(self, other: &Self) -> Self {
        Self {
            name: self.name,
            floor: self.floor.plus(other.floor),
            ceiling: self.ceiling.plus(other.ceiling),
            uncounted: (self.uncounted.0 + other.uncounted.0, self.uncounted.1 + other.uncounted.1),
            comparable: self.comparable && other.comparable,
        }
    }
}

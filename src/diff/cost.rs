//! What a change costs: by how much the bounds of the monthly cost move.

use crate::cost::{Envelope, Money, Period, of_environment, of_fleet};
use crate::plan::Fleet;

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
}

/// What a change costs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Costs {
    /// The environments whose cost changes, sorted by name.
    pub environments: Vec<Cost>,
    /// All environments, those included whose cost does not change.
    pub total: Cost,
    /// Services of the newer fleet whose bounds scheduled actions move.
    pub scheduled: usize,
    /// Services of the newer fleet that a forecast may take above their maximum.
    pub beyond_maximum: usize,
}

/// Compares the costs of two fleets: both at the prices of the newer one, so that what is left is what scaling changes.
pub fn costs(old: &Fleet, new: &Fleet) -> Costs {
    let find = |fleet: &Fleet, name: &str| {
        let at = fleet.environments.binary_search_by(|environment| (*environment.name).cmp(name)).ok()?;
        Some(of_environment(&new.prices, &fleet.environments[at]))
    };
    let mut names: Vec<&str> = [old, new]
        .iter()
        .flat_map(|fleet| &fleet.environments)
        .map(|environment| &*environment.name)
        .collect();
    names.sort_unstable();
    names.dedup();
    let all: Vec<Cost> = names.into_iter().map(|name| cost(name, find(old, name), find(new, name))).collect();
    let whole = of_fleet(new);
    Costs {
        total: all.iter().fold(Cost::default(), |sum, cost| sum.plus(cost)),
        environments: all.into_iter().filter(Cost::changes).collect(),
        scheduled: whole.scheduled,
        beyond_maximum: whole.beyond_maximum,
    }
}

fn cost(name: &str, old: Option<Envelope>, new: Option<Envelope>) -> Cost {
    let month = |side: Option<Envelope>, ceiling: bool| {
        let envelope = side?;
        if ceiling { envelope.ceiling } else { envelope.floor }.money(Period::Month)
    };
    let uncounted =
        |side: Option<Envelope>| side.map_or(0, |envelope| envelope.without_size + envelope.without_price);
    let bound = |ceiling| Bound { old: month(old, ceiling), new: month(new, ceiling) };
    Cost {
        name: name.to_owned(),
        floor: bound(false),
        ceiling: bound(true),
        uncounted: (uncounted(old), uncounted(new)),
    }
}

impl Bound {
    /// The difference. What is not there costs nothing.
    pub fn delta(&self) -> Option<Money> {
        let zero = Money::zero(self.new.or(self.old)?.currency());
        self.new.unwrap_or(zero).minus(self.old.unwrap_or(zero))
    }

    fn plus(self, other: Self) -> Self {
        let sum = |one: Option<Money>, other: Option<Money>| match (one, other) {
            (Some(one), Some(other)) => one.plus(other),
            (known, None) | (None, known) => known,
        };
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

    /// Whether all services are counted, before and after: only then is a difference one of scaling.
    pub fn complete(&self) -> bool {
        self.uncounted == (0, 0)
    }

    fn plus(self, other: &Self) -> Self {
        Self {
            name: self.name,
            floor: self.floor.plus(other.floor),
            ceiling: self.ceiling.plus(other.ceiling),
            uncounted: (self.uncounted.0 + other.uncounted.0, self.uncounted.1 + other.uncounted.1),
        }
    }
}

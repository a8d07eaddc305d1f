//! For programs: a versioned type. Fields are added, never renamed or removed, without a new version.

use std::io::{self, Write};

use serde::Serialize;

use super::DiffReport;
use crate::cost::{Money, Period};
use crate::diff::{self, Bound, Cost, Costs};
use crate::report::json::{VERSION, print};

#[derive(Serialize)]
struct Document<'d> {
    version: u32,
    project: &'d str,
    old: &'d str,
    new: &'d str,
    changed: bool,
    changes: Vec<Change<'d>>,
    files: Files<'d>,
    cost: CostOf<'d>,
}

/// Both sides at the prices of the newer spec.
#[derive(Serialize)]
struct CostOf<'d> {
    currency: Option<String>,
    hours: u64,
    environments: Vec<EnvironmentCost<'d>>,
    total: EnvironmentCost<'d>,
    left: usize,
    scheduled: usize,
    beyond_maximum: usize,
}

#[derive(Serialize)]
struct EnvironmentCost<'d> {
    environment: Option<&'d str>,
    floor: Amounts,
    ceiling: Amounts,
    uncounted: Counts,
}

/// Rounded to cents; `null` where no price is known.
#[derive(Serialize)]
struct Amounts {
    old: Option<f64>,
    new: Option<f64>,
    delta: Option<f64>,
}

#[derive(Serialize)]
struct Counts {
    old: usize,
    new: usize,
}

#[derive(Serialize)]
struct Change<'d> {
    environment: Option<&'d str>,
    service: Option<&'d str>,
    setting: &'d str,
    unit: &'d str,
    old: Option<&'d str>,
    new: Option<&'d str>,
    consequence: &'d str,
    risk: &'static str,
}

#[derive(Serialize)]
struct Files<'d> {
    created: &'d [String],
    changed: &'d [String],
    deleted: &'d [String],
    unchanged: usize,
}

/// Prints every change.
///
/// # Errors
/// If `out` cannot be written to.
pub fn json(report: &DiffReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let DiffReport { project, old, new, differences, files, costs } = report;
    let mut changes: Vec<Change<'_>> =
        differences.fleet.iter().map(|change| one(None, None, change)).collect();
    for environment in &differences.environments {
        let name = Some(environment.name.as_str());
        changes.extend(environment.changes.iter().map(|change| one(name, None, change)));
        for service in &environment.services {
            changes.extend(service.changes.iter().map(|change| one(name, Some(&service.name), change)));
        }
    }
    let changed = !differences.is_empty() || !files.is_empty();
    let files = Files {
        created: &files.created,
        changed: &files.changed,
        deleted: &files.deleted,
        unchanged: files.unchanged,
    };
    let cost = cost_of(costs);
    print(&Document { version: VERSION, project, old, new, changed, changes, files, cost }, out)
}

fn cost_of(costs: &Costs) -> CostOf<'_> {
    let Costs { environments, total, left, scheduled, beyond_maximum } = costs;
    let known = [total.ceiling.new, total.ceiling.old];
    CostOf {
        currency: known.into_iter().flatten().next().map(|money| money.currency().code().to_owned()),
        hours: Period::Month.hours(),
        environments: environments.iter().map(|cost| environment(Some(&cost.name), cost)).collect(),
        total: environment(None, total),
        left: *left,
        scheduled: *scheduled,
        beyond_maximum: *beyond_maximum,
    }
}

fn environment<'d>(name: Option<&'d str>, cost: &'d Cost) -> EnvironmentCost<'d> {
    let amounts = |bound: &Bound| Amounts {
        old: bound.old.map(number),
        new: bound.new.map(number),
        delta: bound.delta().filter(|_| cost.comparable).map(number),
    };
    EnvironmentCost {
        environment: name,
        floor: amounts(&cost.floor),
        ceiling: amounts(&cost.ceiling),
        uncounted: Counts { old: cost.uncounted.0, new: cost.uncounted.1 },
    }
}

fn number(money: Money) -> f64 {
    money.cents() as f64 / 100.0
}

fn one<'d>(environment: Option<&'d str>, service: Option<&'d str>, change: &'d diff::Change) -> Change<'d> {
    let diff::Change { setting, unit, old, new, consequence, risk } = change;
    Change {
        environment,
        service,
        setting,
        unit,
        old: old.as_deref(),
        new: new.as_deref(),
        consequence,
        risk: risk.name(),
    }
}

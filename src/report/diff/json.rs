//! For programs: a versioned document. Fields are added, never renamed or removed, without a new version.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::DiffReport;
use crate::cost::{Money, Period};
use crate::diff::{Bound, Change, Cost, Costs};
use crate::report::json::{VERSION, print};

/// Prints every change.
pub fn json(report: &DiffReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let DiffReport { project, old, new, differences, files, costs } = report;
    let all = |environment, service, changes: &[Change]| -> Vec<Value> {
        changes.iter().map(|of| change(environment, service, of)).collect()
    };
    let mut changes = all(None, None, &differences.fleet);
    for environment in &differences.environments {
        let name = Some(&*environment.name);
        changes.extend(all(name, None, &environment.changes));
        for service in &environment.services {
            changes.extend(all(name, Some(&*service.name), &service.changes));
        }
    }
    let report = json!({
        "version": VERSION,
        "project": project,
        "old": old,
        "new": new,
        "changed": !differences.is_empty() || !files.is_empty(),
        "changes": changes,
        "files": {
            "created": files.created,
            "changed": files.changed,
            "deleted": files.deleted,
            "unchanged": files.unchanged,
        },
        "cost": cost(costs),
    });
    print(&report, out)
}

fn change(environment: Option<&str>, service: Option<&str>, change: &Change) -> Value {
    let Change { setting, unit, old, new, consequence, risk } = change;
    json!({
        "environment": environment,
        "service": service,
        "setting": setting,
        "unit": unit,
        "old": old,
        "new": new,
        "consequence": consequence,
        "risk": risk.name(),
    })
}

/// Both sides at the prices of the newer spec.
fn cost(costs: &Costs) -> Value {
    let Costs { environments, total, left, scheduled, beyond_maximum } = costs;
    let currency = total.ceiling.new.or(total.ceiling.old).map(|money| money.currency().code().to_owned());
    let environments = environments.iter().map(|cost| amounts(Some(&cost.name), cost));
    json!({
        "currency": currency,
        "hours": Period::Month.hours(),
        "environments": environments.collect::<Vec<_>>(),
        "total": amounts(None, total),
        "left": left,
        "scheduled": scheduled,
        "beyond_maximum": beyond_maximum,
    })
}

/// Amounts rounded to cents; `null` where no price is known.
fn amounts(environment: Option<&str>, cost: &Cost) -> Value {
    let cents = |money: Option<Money>| money.map(|money| money.cents() as f64 / 100.0);
    let bound = |bound: &Bound| {
        let delta = bound.delta().filter(|_| cost.comparable);
        json!({ "old": cents(bound.old), "new": cents(bound.new), "delta": cents(delta) })
    };
    json!({
        "environment": environment,
        "floor": bound(&cost.floor),
        "ceiling": bound(&cost.ceiling),
        "uncounted": { "old": cost.uncounted.0, "new": cost.uncounted.1 },
    })
}

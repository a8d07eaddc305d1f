//! For programs: a versioned type. Fields are added, never renamed or removed, without a new version.

use std::io::{self, Write};

use serde::Serialize;

use super::DiffReport;
use crate::diff;
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
    let DiffReport { project, old, new, differences, files } = report;
    let mut changes: Vec<Change<'_>> = differences.fleet.iter().map(|change| one(None, None, change)).collect();
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
    print(&Document { version: VERSION, project, old, new, changed, changes, files }, out)
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

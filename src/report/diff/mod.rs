//! What changes between two specs: what its formats share.

mod cost;
mod json;
mod markdown;
mod text;

use std::collections::BTreeMap;

use crate::diff::{Change, Costs, Differences, EnvironmentChanges, Files, Risk};
use crate::printable::unprintable;
use crate::words::counted;

pub use json::json;
pub use markdown::{LIMIT, markdown};
pub use text::text;

/// A comparison, ready to be printed.
#[derive(Debug)]
pub struct DiffReport<'d> {
    pub project: &'d str,
    /// How the user calls the older spec.
    pub old: &'d str,
    /// How the user calls the newer spec.
    pub new: &'d str,
    /// What changes.
    pub differences: &'d Differences,
    /// Which generated files change.
    pub files: &'d Files,
    pub costs: &'d Costs,
}

/// Services of an environment for which the same changes, and what does.
struct Group<'d> {
    services: Vec<&'d str>,
    changes: &'d [Change],
}

impl Group<'_> {
    fn worst(&self) -> Risk {
        worst(self.changes)
    }
}

/// The changes of an environment, the worst first; equally bad ones by the names of their services.
fn groups(environment: &EnvironmentChanges) -> Vec<Group<'_>> {
    let mut known: BTreeMap<&[Change], usize> = BTreeMap::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for service in &environment.services {
        let at = *known.entry(&service.changes).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.services.push(&service.name),
            None => groups.push(Group { services: vec![&service.name], changes: &service.changes }),
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.worst()));
    groups
}

fn worst(changes: &[Change]) -> Risk {
    changes.iter().map(|change| change.risk).max().unwrap_or(Risk::None)
}

/// `1 high, 2 low`, the worst first.
fn by_risk<'c>(changes: impl IntoIterator<Item = &'c Change>) -> String {
    let mut counts = [0; Risk::ALL.len()];
    for change in changes {
        let at = Risk::ALL.iter().position(|risk| *risk == change.risk).expect("all are listed");
        counts[at] += 1;
    }
    let said = Risk::ALL.iter().zip(counts).filter(|(_, count)| *count > 0);
    said.map(|(risk, count)| format!("{count} {}", risk.name())).collect::<Vec<_>>().join(", ")
}

/// `7 changes for 4 services in 2 environments`
fn size(differences: &Differences) -> String {
    let environments = &differences.environments;
    let services: usize = environments.iter().map(|environment| environment.services.len()).sum();
    let mut said = counted(differences.iter().count(), "change");
    if services > 0 {
        said += &format!(" for {}", counted(services, "service"));
    }
    if !environments.is_empty() {
        said += &format!(" in {}", counted(environments.len(), "environment"));
    }
    said
}

/// `2 created, 14 changed, 0 deleted`
fn file_counts(files: &Files) -> String {
    let Files { created, changed, deleted, unchanged: _ } = files;
    format!("{} created, {} changed, {} deleted", created.len(), changed.len(), deleted.len())
}

/// Every file that changes, and how.
fn listed(files: &Files) -> impl Iterator<Item = (&'static str, &str)> {
    let created = files.created.iter().map(|path| ("created", path.as_str()));
    let changed = files.changed.iter().map(|path| ("changed", path.as_str()));
    let deleted = files.deleted.iter().map(|path| ("deleted", path.as_str()));
    created.chain(changed).chain(deleted)
}

/// A text of the spec's, at most `most` characters of it, with nothing in it that a terminal acts on or that turns text
/// around.
fn visible(text: &str, most: usize) -> String {
    let hidden = |c: char| c.is_control() || unprintable(c);
    let mut shown = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == most {
            shown.push('…');
            break;
        }
        match hidden(c) {
            true => shown.extend(c.escape_default()),
            false => shown.push(c),
        }
    }
    shown
}

/// Both values as they are shown, and the unit behind the last that is there.
fn with_unit(change: &Change, old: String, new: String) -> (String, String) {
    let unit = if change.unit.is_empty() { String::new() } else { format!(" {}", change.unit) };
    match change.new {
        Some(_) => (old, new + &unit),
        None => (old + &unit, new),
    }
}

/// What a change has where a value is missing.
const NOTHING: &str = "—";

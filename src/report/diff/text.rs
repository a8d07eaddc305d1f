//! For people at a terminal.

use std::io::{self, Write};

use super::{DiffReport, NOTHING, by_risk, cost, file_counts, groups, listed, size, visible, with_unit};
use crate::diff::{Change, Cost, Costs, Risk};
use crate::report::table::table;

/// More names of files than this are nobody's reading.
const MOST_FILES: usize = 20;
/// More services in one title, too.
const MOST_SERVICES: usize = 20;
/// Longer values are cut, in characters.
const LONGEST: usize = 200;
const RISK_WIDTH: usize = 6;

/// Prints what changes, environment by environment, the worst first.
pub fn text(report: &DiffReport<'_>, color: bool, quiet: bool, out: &mut dyn Write) -> io::Result<()> {
    let DiffReport { project: _, old, new, differences, files, costs } = report;
    if !quiet {
        writeln!(out, "{} → {}\n", visible(old, LONGEST), visible(new, LONGEST))?;
    }
    block("all environments", &differences.fleet, color, out)?;
    for environment in &differences.environments {
        block(&environment.name, &environment.changes, color, out)?;
        for group in groups(environment) {
            let shown = group.services.iter().take(MOST_SERVICES);
            let names: Vec<String> = shown.map(|service| format!("{}/{service}", environment.name)).collect();
            let left = group.services.len() - names.len();
            let more = if left > 0 { format!(" and {left} more") } else { String::new() };
            block(&format!("{}{more}", names.join(", ")), group.changes, color, out)?;
        }
    }
    if !files.is_empty() {
        writeln!(out, "generated files: {}", file_counts(files))?;
        for (word, path) in listed(files).take(MOST_FILES) {
            writeln!(out, "  {word}  {path}")?;
        }
        let left = listed(files).count().saturating_sub(MOST_FILES);
        if left > 0 {
            writeln!(out, "  … and {left} more")?;
        }
        writeln!(out)?;
    }
    if cost::changes(costs) {
        cost_table(costs, out)?;
    }
    match (differences.is_empty() && files.is_empty(), quiet) {
        (_, true) => Ok(()),
        (true, false) => writeln!(out, "nothing changes"),
        (false, false) => writeln!(out, "{}: {}", size(differences), by_risk(differences.iter())),
    }
}

fn cost_table(costs: &Costs, out: &mut dyn Write) -> io::Result<()> {
    let row = |name: &str, cost: &Cost| {
        vec![name.to_owned(), cost::bound(cost, &cost.floor), cost::bound(cost, &cost.ceiling)]
    };
    let mut rows: Vec<_> = costs.environments.iter().map(|cost| row(&cost.name, cost)).collect();
    rows.push(row("all environments", &costs.total));
    writeln!(out, "cost of {}:", cost::ABOUT)?;
    let table = table(&["", "fewest tasks", "most tasks"], &rows, None);
    table.lines().try_for_each(|line| writeln!(out, "  {line}"))?;
    cost::notes(costs).iter().try_for_each(|note| writeln!(out, "  {note}"))?;
    writeln!(out)
}

fn block(title: &str, changes: &[Change], color: bool, out: &mut dyn Write) -> io::Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    match color {
        true => writeln!(out, "\x1b[1m{title}\x1b[0m")?,
        false => writeln!(out, "{title}")?,
    }
    let width = changes.iter().map(|change| setting(change).chars().count()).max().unwrap_or_default();
    for change in changes {
        let (on, off) = if color { (style(change.risk), "\x1b[0m") } else { ("", "") };
        let risk = format!("{on}{:RISK_WIDTH$}{off}", change.risk.name());
        writeln!(out, "  {risk}  {:width$}  {}", setting(change), values(change))?;
        writeln!(out, "  {:RISK_WIDTH$}  {}", "", change.consequence)?;
    }
    writeln!(out)
}

fn setting(change: &Change) -> String {
    visible(&change.setting, LONGEST)
}

/// `10 → 6 tasks`
fn values(change: &Change) -> String {
    let side =
        |value: &Option<String>| value.as_deref().map_or(NOTHING.into(), |text| visible(text, LONGEST));
    let (old, new) = with_unit(change, side(&change.old), side(&change.new));
    format!("{old} → {new}")
}

fn style(risk: Risk) -> &'static str {
    match risk {
        Risk::High => "\x1b[1;31m",
        Risk::Medium => "\x1b[33m",
        Risk::Low => "\x1b[36m",
        Risk::None => "\x1b[2m",
    }
}

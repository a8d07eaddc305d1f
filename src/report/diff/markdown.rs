//! For a comment on a pull request: the same bytes for the same change, collapsible, and never too long to be posted.
//!
//! Text of the spec stands in `<code>`, with every character that means something to Markdown or HTML as a number: there
//! it is no markup, no link, and nobody is mentioned.

use std::io::{self, Write};

use super::{
    DiffReport, Group, NOTHING, by_risk, cost, file_counts, groups, listed, size, visible, with_unit,
};
use crate::diff::{Change, Cost, EnvironmentChanges, Risk};
use crate::words::counted;

/// The most bytes that are printed. GitHub takes 65,536 characters.
pub const LIMIT: usize = 65_000;
/// Kept free for what is said about what is left out.
const FOOTER: usize = 600;
/// More changes of one group, services in its title, and files are counted only.
const MOST_ROWS: usize = 20;
const MOST_SERVICES: usize = 12;
const MOST_FILES: usize = 40;
const MOST_COSTS: usize = 20;
/// Longer settings and values are cut, in characters. One character becomes 8 bytes at most.
const LONGEST: usize = 60;

/// Changes with one title: they are printed together, or not at all.
struct Block<'d> {
    risk: Risk,
    text: String,
    changes: &'d [Change],
}

/// An environment, or what is above all of them.
struct Section<'d> {
    open: String,
    blocks: Vec<Block<'d>>,
}

/// Prints what changes. The first line marks the comment, for whoever wants to replace it later.
pub fn markdown(report: &DiffReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let head = head(report);
    let (cost, files) = (costs(report), files(report));
    let room = LIMIT.saturating_sub(head.len() + cost.len() + files.len() + FOOTER);
    let mut sections: Vec<Section<'_>> = Vec::new();
    if !report.differences.fleet.is_empty() {
        let blocks = vec![block("", &report.differences.fleet)];
        sections.push(Section { open: "#### All environments\n\n".to_owned(), blocks });
    }
    sections.extend(report.differences.environments.iter().map(section));
    let (body, left) = fitted(&sections, room);
    write!(out, "{head}{cost}{body}{left}{files}")
}

fn head(report: &DiffReport<'_>) -> String {
    let DiffReport { project, old, new, differences, files, costs: _ } = report;
    let mut text = format!(
        "<!-- scalegen diff: {project} -->\n### What changes for the scaling of {}\n\n",
        code(project)
    );
    let between = format!("From {} to {}", code(old), code(new));
    if differences.is_empty() && files.is_empty() {
        return text + &format!("{between}: nothing.\n");
    }
    text += &format!("{between}: {}.\n", size(differences));
    let risks = by_risk(differences.iter());
    if !risks.is_empty() {
        text += &format!("Risk: {risks}.\n");
    }
    text + "\n"
}

fn section(environment: &EnvironmentChanges) -> Section<'_> {
    let services = environment.services.iter().flat_map(|service| &service.changes);
    let risks = by_risk(environment.changes.iter().chain(services));
    let groups = groups(environment);
    let bad = groups.iter().any(|group| group.worst() == Risk::High)
        || super::worst(&environment.changes) == Risk::High;
    let open = format!(
        "<details{}><summary>{}: {} ({risks})</summary>\n\n",
        if bad { " open" } else { "" },
        code(&environment.name),
        counted(environment.services.len(), "service"),
    );
    let mut blocks = Vec::new();
    if !environment.changes.is_empty() {
        blocks.push(block("", &environment.changes));
    }
    blocks.extend(groups.iter().map(|group| block(&title(group), group.changes)));
    Section { open, blocks }
}

/// The services of a group.
fn title(group: &Group<'_>) -> String {
    let names: Vec<String> = group.services.iter().take(MOST_SERVICES).map(|name| code(name)).collect();
    let left = group.services.len().saturating_sub(MOST_SERVICES);
    let more = if left > 0 { format!(" and {left} more") } else { String::new() };
    format!("{}{more}\n\n", names.join(", "))
}

fn block<'d>(title: &str, changes: &'d [Change]) -> Block<'d> {
    let mut text = format!("{title}| risk | setting | from → to | what follows |\n|---|---|---|---|\n");
    for change in changes.iter().take(MOST_ROWS) {
        text += &row(change);
    }
    if changes.len() > MOST_ROWS {
        let left = &changes[MOST_ROWS..];
        text += &format!("| | | | … and {} more: {} |\n", left.len(), by_risk(left));
    }
    text.push('\n');
    Block { risk: super::worst(changes), text, changes }
}

fn row(change: &Change) -> String {
    let side = |value: &Option<String>| value.as_deref().map_or(NOTHING.into(), code);
    let (old, new) = with_unit(change, side(&change.old), side(&change.new));
    format!(
        "| {} {} | {} | {old} → {new} | {} |\n",
        mark(change.risk),
        change.risk.name(),
        code(&change.setting),
        change.consequence
    )
}

fn mark(risk: Risk) -> char {
    match risk {
        Risk::High => '🔴',
        Risk::Medium => '🟠',
        Risk::Low => '🟡',
        Risk::None => '⚪',
    }
}

/// The blocks that have room, the worst first, printed in the order of the spec; and what is said of those that have not.
fn fitted(sections: &[Section<'_>], room: usize) -> (String, String) {
    const CLOSE: &str = "</details>\n\n";
    let mut order: Vec<(usize, usize)> =
        sections.iter().enumerate().flat_map(|(at, s)| (0..s.blocks.len()).map(move |b| (at, b))).collect();
    order.sort_by_key(|(at, block)| std::cmp::Reverse(sections[*at].blocks[*block].risk));
    let mut shown: Vec<Vec<usize>> = vec![Vec::new(); sections.len()];
    let (mut used, mut left) = (0, Vec::new());
    for (at, index) in order {
        let block = &sections[at].blocks[index];
        let frame = if shown[at].is_empty() { sections[at].open.len() + CLOSE.len() } else { 0 };
        if used + frame + block.text.len() > room {
            left.push(block.changes);
            continue;
        }
        used += frame + block.text.len();
        shown[at].push(index);
    }
    let mut body = String::with_capacity(used);
    for (section, mut blocks) in sections.iter().zip(shown).filter(|(_, blocks)| !blocks.is_empty()) {
        blocks.sort_unstable();
        body += &section.open;
        blocks.iter().for_each(|block| body += &section.blocks[*block].text);
        if section.open.starts_with("<details") {
            body += CLOSE;
        }
    }
    (body, if left.is_empty() { String::new() } else { cut(&left) })
}

fn cut(left: &[&[Change]]) -> String {
    let count: usize = left.iter().map(|changes| changes.len()).sum();
    format!(
        "**Not shown, because a comment has no room for them: {} ({}).** `gen diff` prints all of them.\n\n",
        counted(count, "further change"),
        by_risk(left.iter().copied().flatten())
    )
}

fn costs(report: &DiffReport<'_>) -> String {
    let costs = report.costs;
    if !cost::changes(costs) {
        return String::new();
    }
    let row = |name: &str, of: &Cost| {
        format!("| {name} | {} | {} |\n", cost::bound(of, &of.floor), cost::bound(of, &of.ceiling))
    };
    let mut text = format!("Cost of {}:\n\n| | fewest tasks | most tasks |\n|---|---|---|\n", cost::ABOUT);
    for of in costs.environments.iter().take(MOST_COSTS) {
        text += &row(&code(&of.name), of);
    }
    let left = costs.environments.len().saturating_sub(MOST_COSTS);
    if left > 0 {
        text += &format!("| … and {} more | | |\n", counted(left, "environment"));
    }
    text += &row("**all environments**", &costs.total);
    for note in cost::notes(costs) {
        text += &format!("\n- {note}");
    }
    text + if cost::notes(costs).is_empty() { "\n" } else { "\n\n" }
}

fn files(report: &DiffReport<'_>) -> String {
    let files = report.files;
    if files.is_empty() {
        return String::new();
    }
    let mut text = format!("<details><summary>Generated files: {}</summary>\n\n", file_counts(files));
    for (word, path) in listed(files).take(MOST_FILES) {
        text += &format!("- {word} {}\n", long_code(path, 2 * LONGEST));
    }
    let left = listed(files).count().saturating_sub(MOST_FILES);
    if left > 0 {
        text += &format!("- … and {left} more\n");
    }
    text + "\n</details>\n"
}

fn code(text: &str) -> String {
    long_code(text, LONGEST)
}

/// Text as text: in `<code>`, where neither Markdown nor HTML nor a mention is looked for.
fn long_code(text: &str, most: usize) -> String {
    let mut shown = String::from("<code>");
    for c in visible(text, most).chars() {
        match c.is_alphanumeric() || matches!(c, ' ' | '-' | '/') || !c.is_ascii() {
            true => shown.push(c),
            false => shown += &format!("&#{};", u32::from(c)),
        }
    }
    shown + "</code>"
}

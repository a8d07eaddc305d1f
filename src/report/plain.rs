//! Findings and differences for people: excerpts with underlines, unified diffs.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use similar::TextDiff;

use super::{FileReport, explained, fixable, in_file_order};
use crate::artifacts::Kind;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Label, Location, Severity};
use crate::document::Document;
use crate::words::counted;

/// Labels of one finding are quoted in one excerpt if so many bytes of the text hold them all: laying out an excerpt takes
/// time in the size of what it is cut from.
const ONE_EXCERPT: usize = 16 << 10;
/// So many findings of one code are shown in full; the others are counted.
const IN_FULL: usize = 3;
/// More diffs than this are nobody's reading; the files are still named.
const MOST_DIFFS: usize = 50;

/// How findings are printed for people.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shown {
    /// Whether in colour.
    pub color: bool,
    /// Whether all findings are shown in full, or the first ones of each code.
    pub all: bool,
}

/// Prints findings with excerpts, in the order of the file; then how many more there are, and how many in all.
pub fn diagnostics(
    document: &Document,
    diagnostics: &Diagnostics,
    shown: Shown,
    out: &mut dyn Write,
) -> io::Result<()> {
    let renderer = if shown.color { Renderer::styled() } else { Renderer::plain() };
    let mut seen: BTreeMap<Code, usize> = BTreeMap::new();
    for finding in in_file_order(document, diagnostics) {
        let seen = seen.entry(finding.code).or_default();
        *seen += 1;
        if shown.all || *seen <= IN_FULL {
            writeln!(out, "{}\n", renderer.render(&report(document, finding, true)))?;
        }
    }
    if !shown.all {
        left_out(&seen, out)?;
    }
    let counts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Notice]
        .into_iter()
        .map(|severity| (diagnostics.count(severity), severity))
        .filter(|(count, _)| *count > 0)
        .map(|(count, severity)| counted(count, &severity.to_string()))
        .collect();
    if counts.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}: {}", document.name(), counts.join(", "))
}

/// Says how many findings were not shown, and the flag that shows them.
fn left_out(seen: &BTreeMap<Code, usize>, out: &mut dyn Write) -> io::Result<()> {
    let more = seen.iter().filter(|(_, count)| **count > IN_FULL);
    for (code, count) in more.clone() {
        writeln!(out, "{}[{code}]: and {} more like these", code.severity(), count - IN_FULL)?;
    }
    match more.count() {
        0 => Ok(()),
        _ => writeln!(out, "--all-findings shows all of them\n"),
    }
}

/// One finding, as its own page shows it: without the pointer to that page.
pub(super) fn finding(document: &Document, finding: &Diagnostic) -> String {
    Renderer::plain().render(&report(document, finding, false))
}

fn report<'d>(document: &'d Document, finding: &'d Diagnostic, docs: bool) -> Vec<Group<'d>> {
    let level = match finding.code.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Notice => Level::NOTE.with_name("notice"),
    };
    let title = level.primary_title(&finding.message).id(finding.code.name());
    let mut group = quoted(Group::with_title(title), document, &finding.primary, &finding.related);
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(help));
    }
    if let Some(fix) = &finding.fix {
        group = group.element(Level::NOTE.with_name("fix").message(fixable(fix)));
    }
    if docs {
        group = group.element(Level::NOTE.with_name("docs").message(finding.code.docs()));
    }
    vec![group]
}

/// Quotes places of the text below a title.
pub(super) fn excerpt(
    document: &Document,
    title: &str,
    primary: &Label,
    related: &[Label],
    color: bool,
) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let group = Group::with_title(Level::NOTE.no_name().primary_title(title));
    renderer.render(&[quoted(group, document, primary, related)])
}

fn quoted<'d>(
    mut group: Group<'d>,
    document: &'d Document,
    primary: &'d Label,
    related: &'d [Label],
) -> Group<'d> {
    if primary.location == Location::File {
        return group.element(annotate_snippets::Origin::path(document.name()));
    }
    let primary = annotation(document, primary, AnnotationKind::Primary);
    let related = related.iter().map(|label| annotation(document, label, AnnotationKind::Context));
    let labels: Vec<Marked<'d>> = std::iter::once(primary).chain(related).collect();
    let start = labels.iter().map(|label| label.range.start).min().unwrap_or(0);
    let end = labels.iter().map(|label| label.range.end).max().unwrap_or(start);
    if end - start <= ONE_EXCERPT {
        return group.element(lines_of(document, start..end, &labels));
    }
    for label in &labels {
        group = group.element(lines_of(document, label.range.clone(), std::slice::from_ref(label)));
    }
    group
}

/// A snippet of the lines in which labels stand, and of no other.
fn lines_of<'d>(
    document: &'d Document,
    bytes: Range<usize>,
    labels: &[Marked<'d>],
) -> Snippet<'d, Annotation<'d>> {
    let (line, lines) = document.lines_around(&bytes);
    let snippet = Snippet::source(&document.text()[lines.clone()]).path(document.name()).line_start(line);
    labels.iter().fold(snippet, |snippet, label| {
        let range = label.range.start - lines.start..label.range.end - lines.start;
        let annotation = label.kind.span(range);
        snippet.annotation(match label.message {
            "" => annotation,
            message => annotation.label(message),
        })
    })
}

struct Marked<'d> {
    kind: AnnotationKind,
    range: Range<usize>,
    message: &'d str,
}

fn annotation<'d>(document: &Document, label: &'d Label, kind: AnnotationKind) -> Marked<'d> {
    let range = document.locate(&label.location);
    // An underline has to have something under it.
    let text = document.text();
    let end =
        range.end.max(text[range.start..].chars().next().map_or(range.start, |c| range.start + c.len_utf8()));
    Marked { kind, range: range.start..end.min(text.len()), message: &label.message }
}

/// Prints each difference and, for files that differ in content, a unified diff.
pub fn drift(files: &[FileReport<'_>], color: bool, out: &mut dyn Write) -> io::Result<()> {
    for file in files {
        writeln!(out, "{}: {}", file.shown, explained(file.kind))?;
    }
    let differing = files.iter().filter(|file| matches!(file.kind, Kind::Stale | Kind::Edited));
    for file in differing.clone().take(MOST_DIFFS) {
        let (Some(found), Some(wanted)) = (&file.found, file.wanted) else { continue };
        writeln!(out)?;
        let diff = TextDiff::from_lines(found.as_str(), wanted);
        let (old, new) = (format!("a/{} (on disk)", file.shown), format!("b/{} (from the spec)", file.shown));
        let diff = diff.unified_diff().context_radius(3).header(&old, &new).to_string();
        if color { coloured(&diff, out)? } else { write!(out, "{diff}")? }
    }
    let left = differing.count().saturating_sub(MOST_DIFFS);
    if left > 0 {
        writeln!(out, "\n… and {} more; `git diff` shows them after `gen`", counted(left, "diff"))?;
    }
    Ok(())
}

/// A unified diff in the colours of `git diff`.
fn coloured(diff: &str, out: &mut dyn Write) -> io::Result<()> {
    for (index, line) in diff.lines().enumerate() {
        let style = match line.as_bytes().first() {
            _ if index < 2 => "1", // the names of the two files
            Some(b'@') => "36",
            Some(b'+') => "32",
            Some(b'-') => "31",
            _ => "",
        };
        match style {
            "" => writeln!(out, "{line}")?,
            style => writeln!(out, "\u{1b}[{style}m{line}\u{1b}[0m")?,
        }
    }
    Ok(())
}

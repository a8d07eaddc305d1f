//! For people: excerpts with underlines, unified diffs.

use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use similar::TextDiff;

use super::{FileReport, explained, fixable, in_file_order};
use crate::artifacts::Kind;
use crate::diagnostic::{Diagnostic, Diagnostics, Label, Location, Severity};
use crate::document::Document;

/// Texts larger than this are quoted line by line, in bytes: laying out one excerpt costs time in the size of its text.
const WHOLE_TEXT: usize = 256 << 10;
/// More diffs than this are nobody's reading; the files are still named.
const MOST_DIFFS: usize = 50;

/// Prints findings with excerpts, then how many there were.
///
/// # Errors
/// If `out` cannot be written to.
pub fn diagnostics(
    document: &Document,
    diagnostics: &Diagnostics,
    color: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    for finding in in_file_order(document, diagnostics) {
        writeln!(out, "{}\n", renderer.render(&report(document, finding, true)))?;
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
    let whole_file = primary.location == Location::File;
    let primary = annotation(document, primary, AnnotationKind::Primary);
    let related = related.iter().map(|label| annotation(document, label, AnnotationKind::Context));
    if whole_file {
        group = group.element(annotate_snippets::Origin::path(document.name()));
    } else if document.text().len() <= WHOLE_TEXT {
        let snippet = Snippet::source(document.text()).path(document.name()).annotation(marked(&primary));
        group = group.element(related.fold(snippet, |snippet, label| snippet.annotation(marked(&label))));
    } else {
        for label in std::iter::once(primary).chain(related) {
            group = group.element(line_of(document, &label));
        }
    }
    group
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

fn marked<'d>(label: &Marked<'d>) -> Annotation<'d> {
    let annotation = label.kind.span(label.range.clone());
    if label.message.is_empty() { annotation } else { annotation.label(label.message) }
}

/// A snippet of the one line that a label points at.
fn line_of<'d>(document: &'d Document, label: &Marked<'d>) -> Snippet<'d, Annotation<'d>> {
    let text = document.text();
    let start = text[..label.range.start].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[label.range.start..].find('\n').map_or(text.len(), |newline| label.range.start + newline);
    let within = label.range.start - start..label.range.end.min(end).max(label.range.start) - start;
    let (line, _) = document.line_column(label.range.start);
    let shown = Marked { kind: label.kind, range: within, message: label.message };
    Snippet::source(&text[start..end]).path(document.name()).line_start(line).annotation(marked(&shown))
}

/// Prints each difference and, for files that differ in content, a unified diff.
///
/// # Errors
/// If `out` cannot be written to.
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

/// `1 file`, `2 files`.
pub fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

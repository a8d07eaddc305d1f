//! For programs: versioned types. Fields are added, never renamed or removed, without a new version.

use std::io::{self, Write};

use serde::Serialize;

use super::{FileReport, Place, explained, in_file_order, status};
use crate::diagnostic::{Diagnostics, Edit, Label};
use crate::document::Document;

/// Version of all JSON that `gen` prints.
pub const VERSION: u32 = 1;

#[derive(Serialize)]
struct Findings<'d> {
    version: u32,
    findings: Vec<Finding<'d>>,
}

#[derive(Serialize)]
struct Finding<'d> {
    code: &'static str,
    severity: String,
    message: &'d str,
    help: Option<&'d str>,
    docs: String,
    #[serde(flatten)]
    place: Position<'d>,
    related: Vec<Position<'d>>,
    fix: Option<FixOf<'d>>,
}

#[derive(Serialize)]
struct FixOf<'d> {
    does: &'d str,
    edits: Vec<EditOf<'d>>,
}

/// What is replaced, and the new text.
#[derive(Serialize)]
struct EditOf<'d> {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    text: &'d str,
}

#[derive(Serialize)]
struct Position<'d> {
    file: &'d str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    label: &'d str,
}

#[derive(Serialize)]
struct Drift<'d> {
    version: u32,
    clean: bool,
    unchanged: usize,
    files: Vec<DriftFile<'d>>,
    fix: Option<&'d str>,
}

#[derive(Serialize)]
struct DriftFile<'d> {
    path: &'d str,
    status: &'static str,
    message: String,
}

/// Prints findings.
///
/// # Errors
/// If `out` cannot be written to.
pub fn diagnostics(document: &Document, diagnostics: &Diagnostics, out: &mut dyn Write) -> io::Result<()> {
    let findings = in_file_order(document, diagnostics).into_iter().map(|finding| Finding {
        code: finding.code.name(),
        severity: finding.code.severity().to_string(),
        message: &finding.message,
        help: finding.help.as_deref(),
        docs: finding.code.docs(),
        place: position(document, &finding.primary),
        related: finding.related.iter().map(|label| position(document, label)).collect(),
        fix: finding.fix.as_ref().map(|fix| FixOf {
            does: &fix.does,
            edits: fix.edits.iter().map(|edit| edit_of(document, edit)).collect(),
        }),
    });
    print(&Findings { version: VERSION, findings: findings.collect() }, out)
}

/// Prints the differences of `gen check`.
///
/// # Errors
/// If `out` cannot be written to.
pub fn drift(
    files: &[FileReport<'_>],
    unchanged: usize,
    fix: Option<&str>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let listed = files.iter().map(|file| DriftFile {
        path: &file.shown,
        status: status(file.kind),
        message: explained(file.kind),
    });
    print(&Drift { version: VERSION, clean: files.is_empty(), unchanged, files: listed.collect(), fix }, out)
}

fn position<'d>(document: &'d Document, label: &'d Label) -> Position<'d> {
    let Place { file, line, column, end_line, end_column } = Place::new(document, &label.location);
    Position { file, line, column, end_line, end_column, label: &label.message }
}

fn edit_of<'d>(document: &Document, edit: &'d Edit) -> EditOf<'d> {
    let Place { line, column, end_line, end_column, .. } = Place::new(document, &edit.at);
    EditOf { line, column, end_line, end_column, text: &edit.text }
}

pub(super) fn print(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

//! For programs: versioned documents. Fields are added, never renamed or removed, without a new version.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{FileReport, Position, explained, in_file_order, status};
use crate::diagnostic::{Diagnostic, Diagnostics, Label};
use crate::document::Document;

/// Version of all JSON that `gen` prints.
pub const VERSION: u32 = 1;

/// Prints findings.
pub fn diagnostics(document: &Document, diagnostics: &Diagnostics, out: &mut dyn Write) -> io::Result<()> {
    let findings = in_file_order(document, diagnostics).into_iter().map(|found| finding(document, found));
    print(&json!({ "version": VERSION, "findings": findings.collect::<Vec<_>>() }), out)
}

/// Prints the differences of `gen check`.
pub fn drift(
    files: &[FileReport<'_>],
    unchanged: usize,
    fix: Option<&str>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let listed = files.iter().map(
        |file| json!({ "path": file.shown, "status": status(file.kind), "message": explained(file.kind) }),
    );
    let (clean, listed) = (files.is_empty(), listed.collect::<Vec<_>>());
    let drift = json!({
        "version": VERSION, "clean": clean, "unchanged": unchanged, "files": listed, "fix": fix,
    });
    print(&drift, out)
}

fn finding(document: &Document, finding: &Diagnostic) -> Value {
    let said = json!({
        "code": finding.code.name(),
        "severity": finding.code.severity().to_string(),
        "message": finding.message,
        "help": finding.help,
        "docs": finding.code.docs(),
    });
    let related = finding.related.iter().map(|label| position(document, label));
    let fix = finding.fix.as_ref().map(|fix| {
        let edits = fix.edits.iter().map(|edit| {
            let Position { line, column, end_line, end_column, .. } = Position::new(document, &edit.at);
            json!({
                "line": line,
                "column": column,
                "end_line": end_line,
                "end_column": end_column,
                "text": edit.text,
            })
        });
        json!({ "does": fix.does, "edits": edits.collect::<Vec<_>>() })
    });
    let more = json!({ "related": related.collect::<Vec<_>>(), "fix": fix });
    joined([said, position(document, &finding.primary), more])
}

fn position(document: &Document, label: &Label) -> Value {
    let Position { file, line, column, end_line, end_column } = Position::new(document, &label.location);
    json!({
        "file": file,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "label": label.message,
    })
}

/// One object with the keys of several.
pub(super) fn joined<const N: usize>(objects: [Value; N]) -> Value {
    let maps = objects.into_iter().filter_map(|object| match object {
        Value::Object(map) => Some(map),
        _ => None,
    });
    Value::Object(maps.flatten().collect())
}

pub(super) fn print(document: &Value, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, document)?;
    writeln!(out)
}

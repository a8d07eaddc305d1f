//! The only layer that turns results into text. Each format has its file; all of them write to what they are given, and
//! fail only if that cannot be written to.

pub mod diff;
pub mod explain;
mod explain_json;
pub mod github;
pub mod json;
pub mod plain;
pub mod rule;
pub mod sarif;
mod table;

use std::ops::Range;

use crate::artifacts::Kind;
use crate::diagnostic::{Diagnostic, Diagnostics, Fix, Location};
use crate::document::Document;

/// One file's difference, ready to be printed.
#[derive(Debug)]
pub struct FileReport<'a> {
    /// The path as the user would type it.
    pub shown: String,
    /// What is wrong.
    pub kind: &'a Kind,
    /// What is there, where it can be shown as text.
    pub found: Option<String>,
    /// What should be there.
    pub wanted: Option<&'a str>,
}

/// A place as numbers: file, lines and columns from 1, columns in characters.
struct Position<'d> {
    file: &'d str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

impl<'d> Position<'d> {
    fn new(document: &'d Document, location: &Location) -> Self {
        let Range { start, end } = document.locate(location);
        let (line, column) = document.line_column(start);
        let (end_line, end_column) = document.line_column(end);
        Self { file: document.name(), line, column, end_line, end_column }
    }
}

/// The findings in the order of the file.
fn in_file_order<'d>(document: &Document, diagnostics: &'d Diagnostics) -> Vec<&'d Diagnostic> {
    let mut findings: Vec<_> = diagnostics.iter().collect();
    findings.sort_by_cached_key(|finding| document.locate(&finding.primary.location).start);
    findings
}

/// What can be done about a finding without anybody's judgement.
fn fixable(fix: &Fix) -> String {
    format!("`gen lint --fix` does it: {}", fix.does)
}

/// How a difference is called in every format.
pub fn status(kind: &Kind) -> &'static str {
    match kind {
        Kind::Missing => "missing",
        Kind::Stale => "stale",
        Kind::Edited => "hand-edited",
        Kind::Mode => "wrong-mode",
        Kind::Orphaned => "orphaned",
        Kind::OrphanedEdited => "orphaned-hand-edited",
        Kind::Foreign(_) => "foreign",
    }
}

/// A difference in a sentence.
pub fn explained(kind: &Kind) -> String {
    match kind {
        Kind::Missing => "missing: the spec asks for this file".to_owned(),
        Kind::Stale => "stale: the spec asks for other content".to_owned(),
        Kind::Edited => "hand-edited: its content is not what gen wrote".to_owned(),
        Kind::Mode => "wrong mode: the execute permission is not what gen sets".to_owned(),
        Kind::Orphaned => "orphaned: the spec no longer asks for this file".to_owned(),
        Kind::OrphanedEdited => "orphaned and hand-edited: the spec no longer asks for this file".to_owned(),
        Kind::Foreign(what) => format!("foreign: {what} stands where gen would write"),
    }
}

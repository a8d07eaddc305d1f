//! Annotations of GitHub Actions: `::error file=…,line=…::message` (workflow commands).

use std::io::{self, Write};

use super::{FileReport, Position, explained, fixable, in_file_order};
use crate::diagnostic::Diagnostics;
use crate::document::Document;

/// Prints findings.
pub fn diagnostics(document: &Document, diagnostics: &Diagnostics, out: &mut dyn Write) -> io::Result<()> {
    for finding in in_file_order(document, diagnostics) {
        let place = Position::new(document, &finding.primary.location);
        let mut message = finding.message.clone();
        for label in &finding.related {
            let at = Position::new(document, &label.location);
            message.push_str(&format!("\n{}:{}:{}: {}", at.file, at.line, at.column, label.message));
        }
        if let Some(help) = &finding.help {
            message.push_str(&format!("\nhelp: {help}"));
        }
        if let Some(fix) = &finding.fix {
            message.push_str(&format!("\nfix: {}", fixable(fix)));
        }
        message.push_str(&format!("\ndocs: {}", finding.code.docs()));
        writeln!(
            out,
            "::{} file={},line={},endLine={},col={},endColumn={},title={}::{}",
            finding.code.severity(),
            property(place.file),
            place.line,
            place.end_line,
            place.column,
            place.end_column,
            property(finding.code.name()),
            data(&message)
        )?;
    }
    Ok(())
}

/// Prints the differences of `gen check`.
pub fn drift(files: &[FileReport<'_>], fix: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    for file in files {
        let mut message = explained(file.kind);
        if let Some(fix) = fix {
            message.push_str(&format!("\nfix: {fix}"));
        }
        writeln!(
            out,
            "::error file={},title=generated file differs::{}",
            property(&file.shown),
            data(&message)
        )?;
    }
    Ok(())
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

//! What was found in a spec, in the format that was asked for.

use std::io;

use super::Streams;
use crate::cli::Format;
use crate::diagnostic::Diagnostics;
use crate::document::Document;
use crate::plan::Fleet;
use crate::report::plain::counted;
use crate::report::{github, json, plain, sarif};

/// Prints the findings of a command whose result they are.
pub(super) fn print(
    command: &str,
    format: Format,
    document: &Document,
    diagnostics: &Diagnostics,
    streams: &mut Streams<'_>,
) -> io::Result<()> {
    match format {
        Format::Text => plain::diagnostics(document, diagnostics, streams.out_color, streams.out),
        Format::Json => json::diagnostics(document, diagnostics, streams.out),
        Format::Github => github::diagnostics(document, diagnostics, streams.out),
        Format::Sarif => sarif::of_command(command, document, diagnostics, streams.out),
    }
}

/// `16 services in 4 environments`
pub(super) fn size(fleet: &Fleet) -> String {
    let environments = counted(fleet.environments.len(), "environment");
    format!("{} in {environments}", counted(fleet.services().count(), "service"))
}

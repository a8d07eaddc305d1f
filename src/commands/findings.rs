//! Findings of a spec, printed in the format that was asked for.

use std::borrow::Cow;
use std::io;

use super::Streams;
use crate::cli::Format;
use crate::diagnostic::{Diagnostics, Severity};
use crate::plan::Fleet;
use crate::reading::Reading;
use crate::report::plain::Shown;
use crate::report::{github, json, plain, sarif};
use crate::words::counted;

/// Prints the findings of a command whose result they are. Programs get all of them.
pub(super) fn print(
    command: &str,
    format: Format,
    reading: &Reading,
    streams: &mut Streams<'_>,
) -> io::Result<()> {
    let (document, found) = (reading.document(), reading.found());
    let shown = Shown { color: streams.out_color, all: streams.all_findings };
    match format {
        Format::Text => plain::diagnostics(document, &wanted(found, streams.quiet), shown, streams.out),
        Format::Json => json::diagnostics(document, found, streams.out),
        Format::Github => github::diagnostics(document, found, streams.out),
        Format::Sarif => sarif::diagnostics(command, document, found, streams.out),
    }
}

/// Prints the findings beside the result of a command.
pub(super) fn warn(reading: &Reading, streams: &mut Streams<'_>) -> io::Result<()> {
    let shown = Shown { color: streams.err_color, all: streams.all_findings };
    let found = wanted(reading.found(), streams.quiet);
    plain::diagnostics(reading.document(), &found, shown, streams.err)
}

/// What a reader wants to see: without notices, if quiet.
fn wanted(found: &Diagnostics, quiet: bool) -> Cow<'_, Diagnostics> {
    if !quiet || found.count(Severity::Notice) == 0 {
        return Cow::Borrowed(found);
    }
    let worse = found.iter().filter(|finding| finding.code.severity() != Severity::Notice);
    Cow::Owned(worse.cloned().collect())
}

/// `16 services in 4 environments`
pub(super) fn size(fleet: &Fleet) -> String {
    let environments = counted(fleet.environments.len(), "environment");
    format!("{} in {environments}", counted(fleet.services().count(), "service"))
}

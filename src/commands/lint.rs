//! `gen lint`: valid settings that will not scale as intended. What it finds is its result.

use std::io;
use std::path::Path;

use super::{Failure, Outcome, Streams, findings, load};
use crate::artifacts;
use crate::cli::{Format, Lint};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Document;
use crate::lint;
use crate::reading::Reading;

/// A fix can make room for another one; more rounds than this are a fix that mends nothing.
const MOST_ROUNDS: usize = 10;

pub(super) fn run(args: &Lint, streams: &mut Streams<'_>) -> Result<Outcome, Failure> {
    let path = load::find(&args.input)?;
    let mut linted = load::read(&path)?.linted();
    if args.fix {
        linted = mended(&path, linted, args, streams)?;
    }
    findings::print("lint", args.format, &linted, streams)?;
    let Some(fleet) = linted.fleet() else { return Ok(Outcome::Failed) };
    if linted.found().count(Severity::Error) + linted.found().count(Severity::Warning) > 0 {
        return Ok(Outcome::No);
    }
    if args.format == Format::Text && !streams.quiet {
        writeln!(streams.out, "{} is clean: {}", linted.document().name(), findings::size(fleet))?;
    }
    Ok(Outcome::Done)
}

/// Mends the spec until nothing is left to mend, and judges it again. The file is written once, whole.
fn mended(path: &Path, linted: Reading, args: &Lint, streams: &mut Streams<'_>) -> Result<Reading, Failure> {
    let before = linted.document().text().to_owned();
    let mut linted = linted;
    let mut done = Vec::new();
    for _ in 0..MOST_ROUNDS {
        let Some(mended) = linted.fleet().and_then(|_| lint::mend(linted.document(), linted.found())) else {
            break;
        };
        done.extend(mended.findings.iter().map(|finding| fixed(linted.document(), finding)));
        let next = Reading::of(linted.document().name(), mended.text).linted();
        if next.fleet().is_none() {
            return Err(io::Error::other(
                "a fix made the spec invalid: this is a bug in gen; nothing was written",
            )
            .into());
        }
        linted = next;
    }
    if !done.is_empty() {
        artifacts::replace(path, before.as_bytes(), linted.document().text().as_bytes())?;
    }
    if !streams.quiet {
        let out: &mut dyn io::Write = if args.format == Format::Text { streams.out } else { streams.err };
        done.iter().try_for_each(|line| writeln!(out, "{line}"))?;
    }
    Ok(linted)
}

/// What was done about a finding; the line is the one on which it was found.
fn fixed(document: &Document, finding: &Diagnostic) -> String {
    let line = document.line_column(document.locate(&finding.primary.location).start).0;
    let does = finding.fix.as_ref().map_or("", |fix| &fix.does);
    format!("fixed  {}:{line}: {}: {does}", document.name(), finding.code)
}

//! `gen diff`: what changes between two specs.

use std::path::{Path, PathBuf};

use super::progress::Progress;
use super::revision::{self, Named};
use super::{Failure, Outcome, Streams, findings, load};
use crate::cli::{Diff, DiffFormat};
use crate::diff;
use crate::plan::Fleet;
use crate::reading::Reading;
use crate::render::{Selection, Templates, render};
use crate::report::{self, diff::DiffReport};

pub(super) fn run(args: &Diff, streams: &mut Streams<'_>) -> Result<Outcome, Failure> {
    let old = side(&args.old, args)?;
    let new = match &args.new {
        Some(named) => side(named, args)?,
        None => load::spec(&args.input)?,
    };
    let (before, after) = (old.document().name().to_owned(), new.document().name().to_owned());
    // Both sides are judged before either one's mistakes end the run.
    let (old, new) = (valid(old, streams)?, valid(new, streams)?);
    let (old, new) = (old.ok_or(Failure::Spec)?, new.ok_or(Failure::Spec)?);
    let progress = Progress::new(streams);
    progress.phase("rendering both".to_owned());
    let (templates, everything) = (Templates::embedded(), Selection::default());
    let files_of = |fleet: &Fleet| {
        render(fleet, &templates, &everything).map_err(|error| Failure::Template(error, false))
    };
    let files = diff::files(&files_of(&old)?, &files_of(&new)?);
    let (differences, costs) = (diff::fleets(&old, &new), diff::costs(&old, &new));
    drop(progress);
    let report = DiffReport {
        project: &new.project,
        old: &before,
        new: &after,
        differences: &differences,
        files: &files,
        costs: &costs,
    };
    match args.format {
        DiffFormat::Text => report::diff::text(&report, streams.out_color, streams.quiet, streams.out)?,
        DiffFormat::Json => report::diff::json(&report, streams.out)?,
        DiffFormat::Markdown => report::diff::markdown(&report, streams.out)?,
    }
    let changed = !differences.is_empty() || !files.is_empty();
    Ok(if changed && args.exit_code { Outcome::No } else { Outcome::Done })
}

/// One side: a file if there is one of that name, a revision otherwise.
fn side(named: &str, args: &Diff) -> Result<Reading, Failure> {
    let path = Path::new(named);
    // In a pipeline, files are made by whoever makes the change: one could pass for the branch to compare with.
    if path.is_file() && !args.git {
        return Ok(load::read(path)?.without_allowed());
    }
    let found = match revision::parse(named) {
        Named::Alone(revision) => {
            let path: PathBuf = load::find(&args.input)?;
            revision::beside(revision, named, &path)?
        }
        Named::WithPath { revision, path } => revision::at(revision, named, path)?,
    };
    Ok(Reading::of(found.name, found.text).without_allowed())
}

/// The fleet of a side. What is wrong with it is said in full; what is not worse than a warning is not of interest here.
fn valid(side: Reading, streams: &mut Streams<'_>) -> Result<Option<Fleet>, Failure> {
    if side.fleet().is_none() {
        findings::warn(&side, streams)?;
    }
    Ok(side.into_parts().2)
}

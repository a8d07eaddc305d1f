//! `gen`: render, compare, apply.

use std::io;

use super::progress::Progress;
use super::{Failure, Outcome, Streams, dropped, handle_interrupts, interrupted, load};
use crate::artifacts::{Change, Changes, Comparison, Disk, Interrupted, Kind, Purpose, slashed};
use crate::cli::Generate;
use crate::render::{RenderError, TemplateError};
use crate::report::explained;

pub(super) fn run(args: &Generate, streams: &mut Streams<'_>) -> Result<Outcome, Failure> {
    let job = load::job(&args.scope, streams)?;
    handle_interrupts();
    let progress = Progress::new(streams);
    let changes = differences(&job, Purpose::Write, &progress)?;
    drop(progress);
    dropped::warn(&job, &changes, streams)?;
    refuse_foreign(&job.disk, &changes)?;
    if !args.force {
        refuse_edited(&job.disk, &changes)?;
    }
    let summary = summary(&job.disk, &changes);
    let progress = Progress::new(streams);
    progress.counted("writing files", changes.changes.len());
    let between_files = || {
        progress.step();
        interrupted()
    };
    changes.apply(&job.disk, between_files)?;
    drop(progress);
    if !streams.quiet {
        streams.out.write_all(summary.as_bytes())?;
    }
    Ok(Outcome::Done)
}

/// How the disk differs from what the spec asks for: each file is compared as soon as it is rendered. `gen` and `gen check`
/// share this.
pub(super) fn differences<'j>(
    job: &'j load::Job,
    purpose: Purpose,
    progress: &Progress,
) -> Result<Changes<'j>, Failure> {
    let broken = |error: TemplateError| Failure::Template(error, job.own_templates);
    progress.phase("rendering and comparing".to_owned());
    let comparison = Comparison::new(&job.disk, &job.fleet.project, purpose);
    let take = |path: &str, artifact| match interrupted() {
        true => Err(io::Error::other(Interrupted)),
        false => comparison.take(path, artifact),
    };
    job.engines.render_each(&job.fleet, &job.selection, &take).map_err(|error| match error {
        RenderError::Template(error) => broken(error),
        RenderError::Taken(error) => error.into(),
    })?;
    let outputs = job.engines.templates().outputs().map_err(broken)?;
    let mut owned = Vec::new();
    for target in job.engines.templates().targets() {
        let files = job.disk.list(target)?;
        owned.extend(files.into_iter().filter(|path| job.selection.owns(path, &outputs)));
    }
    Ok(comparison.finish(&owned)?)
}

/// A path below the output folder, as the user would type it.
pub(super) fn shown(disk: &Disk, path: &str) -> String {
    format!("{}/{path}", slashed(disk.root()).trim_end_matches('/'))
}

fn refuse_foreign(disk: &Disk, changes: &Changes<'_>) -> Result<(), Failure> {
    let line = |change: &Change<'_>| format!("{}: {}", shown(disk, &change.path), explained(&change.kind));
    let what = "files that are not of this project stand where gen would write";
    refuse(changes.foreign().map(line), what, "move them away, or write elsewhere with --out")
}

fn refuse_edited(disk: &Disk, changes: &Changes<'_>) -> Result<(), Failure> {
    let help = "`gen check` shows the edits; move them into the spec, then run `gen --force` to discard them";
    let lines = changes.edited().map(|change| shown(disk, &change.path));
    refuse(lines, "generated files were edited by hand", help)
}

/// Refuses to write if there are any files of a kind.
fn refuse(files: impl Iterator<Item = String>, what: &str, help: &str) -> Result<(), Failure> {
    let listed: String = files.map(|file| format!("\n  {file}")).collect();
    match listed.is_empty() {
        true => Ok(()),
        false => Err(Failure::Usage(format!("{what}; nothing was written:{listed}\n{help}"))),
    }
}

fn summary(disk: &Disk, changes: &Changes<'_>) -> String {
    let mut text = String::new();
    let (mut created, mut changed, mut deleted) = (0, 0, 0);
    for change in &changes.changes {
        let (word, count) = match change.kind {
            Kind::Missing => ("created", &mut created),
            Kind::Stale | Kind::Edited | Kind::Mode => ("changed", &mut changed),
            Kind::Orphaned | Kind::OrphanedEdited => ("deleted", &mut deleted),
            Kind::Foreign(_) => continue,
        };
        *count += 1;
        text.push_str(&format!("{word}  {}\n", shown(disk, &change.path)));
    }
    let unchanged = changes.unchanged;
    text + &format!("{created} created, {changed} changed, {deleted} deleted, {unchanged} unchanged\n")
}

//! `gen`: render, compare, apply.

use super::progress::Progress;
use super::{Failure, Outcome, Streams, dropped, handle_interrupts, interrupted, load};
use crate::artifacts::{Artifacts, Changes, Disk, Kind, compare, slashed};
use crate::cli::Generate;
use crate::render::TemplateError;
use crate::report::explained;
use crate::words::counted;

pub(super) fn run(args: &Generate, streams: &mut Streams<'_>) -> Result<Outcome, Failure> {
    let job = load::job(&args.scope, streams)?;
    let progress = Progress::new(streams);
    let (wanted, changes) = differences(&job, &progress)?;
    drop(progress);
    dropped::warn(&job, &wanted, &changes, streams)?;
    refuse_foreign(&job.disk, &changes)?;
    if !args.force {
        refuse_edited(&job.disk, &changes)?;
    }
    handle_interrupts();
    let progress = Progress::new(streams);
    progress.counted("writing files", changes.changes.len());
    let between_files = || {
        progress.step();
        interrupted()
    };
    changes.apply(&job.disk, &wanted, between_files)?;
    drop(progress);
    if !streams.quiet {
        summary(&job.disk, &changes, streams)?;
    }
    Ok(Outcome::Done)
}

/// What the spec asks for, and how the disk differs from it. `gen` and `gen check` share this.
pub(super) fn differences(job: &load::Job, progress: &Progress) -> Result<(Artifacts, Changes), Failure> {
    let broken = |error: TemplateError| Failure::Template(error, job.own_templates);
    progress.phase("rendering".to_owned());
    let wanted = job.engines.render(&job.fleet, &job.selection).map_err(broken)?;
    let outputs = job.engines.templates().outputs().map_err(broken)?;
    let mut owned = Vec::new();
    for target in job.engines.templates().targets() {
        let files = job.disk.list(target)?;
        owned.extend(files.into_iter().filter(|path| job.selection.owns(path, &outputs)));
    }
    progress.phase(format!("comparing {}", counted(wanted.len(), "file")));
    let changes = compare(&job.disk, &job.fleet.project, &wanted, &owned)?;
    Ok((wanted, changes))
}

/// A path below the output folder, as the user would type it.
pub(super) fn shown(disk: &Disk, path: &str) -> String {
    format!("{}/{path}", slashed(disk.root()).trim_end_matches('/'))
}

fn refuse_foreign(disk: &Disk, changes: &Changes) -> Result<(), Failure> {
    let foreign: Vec<String> = changes
        .foreign()
        .map(|change| format!("\n  {}: {}", shown(disk, &change.path), explained(&change.kind)))
        .collect();
    if foreign.is_empty() {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "files that are not of this project stand where gen would write; nothing was written:{}\nmove them away, or write elsewhere with --out",
        foreign.concat()
    )))
}

fn refuse_edited(disk: &Disk, changes: &Changes) -> Result<(), Failure> {
    let edited: Vec<String> =
        changes.edited().map(|change| format!("\n  {}", shown(disk, &change.path))).collect();
    if edited.is_empty() {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "generated files were edited by hand; nothing was written:{}\n`gen check` shows the edits; move them into the spec, then run `gen --force` to discard them",
        edited.concat()
    )))
}

fn summary(disk: &Disk, changes: &Changes, streams: &mut Streams<'_>) -> Result<(), Failure> {
    let (mut created, mut changed, mut deleted) = (0, 0, 0);
    for change in &changes.changes {
        let (word, count) = match change.kind {
            Kind::Missing => ("created", &mut created),
            Kind::Stale | Kind::Edited | Kind::Mode => ("changed", &mut changed),
            Kind::Orphaned | Kind::OrphanedEdited => ("deleted", &mut deleted),
            Kind::Foreign(_) => continue,
        };
        *count += 1;
        writeln!(streams.out, "{word}  {}", shown(disk, &change.path))?;
    }
    let unchanged = changes.unchanged;
    writeln!(streams.out, "{created} created, {changed} changed, {deleted} deleted, {unchanged} unchanged")?;
    Ok(())
}

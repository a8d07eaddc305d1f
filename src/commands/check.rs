//! `gen check`: render, compare, and say so.

use super::generate::{differences, shown};
use super::progress::Progress;
use super::{Failure, Outcome, Streams, dropped, load};
use crate::artifacts::{Change, Changes, Disk, Found, Kind, Purpose, slashed};
use crate::cli::{Check, Format, Scope};
use crate::report::{FileReport, github, json, plain, sarif};
use crate::words::counted;

pub(super) fn run(args: &Check, streams: &mut Streams<'_>) -> Result<Outcome, Failure> {
    let job = load::job(&args.scope, streams)?;
    let progress = Progress::new(streams);
    let changes = differences(&job, Purpose::Show, &progress)?;
    drop(progress);
    dropped::warn(&job, &changes, streams)?;
    let files =
        changes.changes.iter().map(|change| file_report(&job.disk, change)).collect::<Result<Vec<_>, _>>()?;
    let fix = (!changes.is_empty()).then(|| fix(&args.scope, &changes));
    match args.format {
        Format::Text => text(&files, &changes, fix.as_deref(), streams)?,
        Format::Json => json::drift(&files, changes.unchanged, fix.as_deref(), streams.out)?,
        Format::Github => github::drift(&files, fix.as_deref(), streams.out)?,
        Format::Sarif => sarif::drift(&files, fix.as_deref(), streams.out)?,
    }
    Ok(if changes.is_empty() { Outcome::Done } else { Outcome::No })
}

fn text(
    files: &[FileReport<'_>],
    changes: &Changes<'_>,
    fix: Option<&str>,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    plain::drift(files, streams.out_color, streams.out)?;
    match fix {
        None if streams.quiet => {}
        None => writeln!(streams.out, "{} as the spec says", counted(changes.unchanged, "file"))?,
        Some(fix) => writeln!(
            streams.out,
            "\n{} of {} differ; to fix: {fix}",
            files.len(),
            files.len() + changes.unchanged
        )?,
    }
    Ok(())
}

fn file_report<'a>(disk: &Disk, change: &'a Change<'_>) -> Result<FileReport<'a>, Failure> {
    let found = match (&change.kind, disk.read(&change.path)?) {
        (Kind::Stale | Kind::Edited, Found::File { bytes, .. }) => String::from_utf8(bytes).ok(),
        _ => None,
    };
    Ok(FileReport { shown: shown(disk, &change.path), kind: &change.kind, found, wanted: change.kept() })
}

/// The one command that makes the difference go away.
fn fix(scope: &Scope, changes: &Changes<'_>) -> String {
    if changes.foreign().next().is_some() {
        return "move the foreign files away, then run `gen`".to_owned();
    }
    let mut command = String::from("gen");
    let mut option =
        |name: &str, value: &str| command.push_str(&format!(" {name} {}", load::shell_word(value)));
    if let Some(spec) = &scope.input.spec {
        option("--spec", &slashed(spec));
    }
    scope.targets.iter().for_each(|target| option("--target", target));
    scope.environments.iter().for_each(|environment| option("--env", environment));
    scope.services.iter().for_each(|service| option("--service", service));
    for (name, path) in [("--out", &scope.out), ("--templates", &scope.templates)] {
        if let Some(path) = path {
            option(name, &slashed(path));
        }
    }
    if changes.edited().next().is_some() {
        command.push_str(" --force   (discards the edits made by hand)");
    }
    command
}

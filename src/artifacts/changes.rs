//! Wanted tree against disk → changes, and the changes onto the disk.

use std::fmt;
use std::io;

use rayon::prelude::*;

use super::{Artifact, Artifacts, Disk, Found, Ownership};

/// What must happen to one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Path below the output folder.
    pub path: String,
    /// What.
    pub kind: Kind,
}

/// Why a file differs from what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// It is not there.
    Missing,
    /// It is as `gen` wrote it, from an older spec or by an older `gen`.
    Stale,
    /// Somebody changed it by hand.
    Edited,
    /// Its text is right, its execute permission is not.
    Mode,
    /// It is ours and the spec no longer asks for it.
    Orphaned,
    /// It is ours, the spec no longer asks for it, and somebody changed it by hand.
    OrphanedEdited,
    /// Something that is not ours stands in its place; in words, what.
    Foreign(String),
}

/// All differences, sorted by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// The differences.
    pub changes: Vec<Change>,
    /// How many files are as they should be.
    pub unchanged: usize,
}

/// Applying was stopped between two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interrupted;

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("interrupted between two files; every file is whole, run `gen` again to finish")
    }
}

impl std::error::Error for Interrupted {}

/// Compares the wanted files with the disk. `owned` are the files that an unwanted one of ours may be deleted from.
///
/// # Errors
/// If the disk cannot be read.
pub fn compare(disk: &Disk, project: &str, wanted: &Artifacts, owned: &[String]) -> io::Result<Changes> {
    let orphans: Vec<&String> = owned.iter().filter(|path| !wanted.contains_key(*path)).collect();
    let differing = wanted.par_iter().map(|(path, artifact)| difference(disk, project, path, artifact));
    let differing = differing.collect::<io::Result<Vec<_>>>()?;
    let orphaned = orphans.par_iter().map(|path| orphan(disk, project, path));
    let orphaned = orphaned.collect::<io::Result<Vec<_>>>()?;
    let unchanged = differing.iter().filter(|change| change.is_none()).count();
    let mut changes: Vec<Change> = differing.into_iter().chain(orphaned).flatten().collect();
    changes.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok(Changes { changes, unchanged })
}

fn difference(disk: &Disk, project: &str, path: &str, wanted: &Artifact) -> io::Result<Option<Change>> {
    let kind = match disk.read(path)? {
        Found::Nothing => Kind::Missing,
        Found::Other(what) => Kind::Foreign(what.to_owned()),
        Found::File { bytes, executable } if bytes == wanted.text.as_bytes() => {
            if executable == wanted.executable || cfg!(not(unix)) {
                return Ok(None);
            }
            Kind::Mode
        }
        Found::File { bytes, .. } => match Ownership::read(&bytes) {
            None => Kind::Foreign("a file without our header".to_owned()),
            Some(owner) if owner.project != project => {
                Kind::Foreign(format!("a file of the project `{}`", owner.project))
            }
            Some(owner) if owner.intact => Kind::Stale,
            Some(_) => Kind::Edited,
        },
    };
    Ok(Some(Change { path: path.to_owned(), kind }))
}

fn orphan(disk: &Disk, project: &str, path: &str) -> io::Result<Option<Change>> {
    let Found::File { bytes, .. } = disk.read(path)? else { return Ok(None) };
    let kind = match Ownership::read(&bytes) {
        Some(owner) if owner.project == project && owner.intact => Kind::Orphaned,
        Some(owner) if owner.project == project => Kind::OrphanedEdited,
        _ => return Ok(None),
    };
    Ok(Some(Change { path: path.to_owned(), kind }))
}

impl Changes {
    /// Whether the disk is as it should be.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Files that stand in our place and are not ours: they stop everything.
    pub fn foreign(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| matches!(change.kind, Kind::Foreign(_)))
    }

    /// Files of ours whose edits by hand would be lost.
    pub fn edited(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| matches!(change.kind, Kind::Edited | Kind::OrphanedEdited))
    }

    /// Writes and deletes; deletes last. Foreign files are not touched. `stop` is asked between two files.
    ///
    /// # Errors
    /// If the disk refuses, or with [`Interrupted`] inside.
    pub fn apply(&self, disk: &Disk, wanted: &Artifacts, stop: impl Fn() -> bool + Sync) -> io::Result<()> {
        let apply = |change: &Change| {
            if stop() {
                return Err(io::Error::other(Interrupted));
            }
            match (&change.kind, wanted.get(&change.path)) {
                (Kind::Foreign(_), _) => Ok(()),
                (_, Some(artifact)) => {
                    disk.write(&change.path, artifact.text.as_bytes(), artifact.executable)
                }
                (_, None) => disk.delete(&change.path),
            }
        };
        let (written, deleted): (Vec<_>, Vec<_>) =
            self.changes.iter().partition(|change| wanted.contains_key(&change.path));
        written.into_par_iter().try_for_each(apply)?;
        deleted.into_iter().try_for_each(apply)
    }
}

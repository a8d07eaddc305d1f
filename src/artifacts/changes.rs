//! Files as they are rendered against the disk: each is compared at once, and staged beside its place if it differs, so
//! that a large tree needs no memory. Nothing is visible until all are applied.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::sync::Mutex;

use rayon::prelude::*;

use super::disk::Staged;
use super::{Artifact, Artifacts, Disk, Found, Ownership};

/// What must happen to one file.
#[derive(Debug)]
pub struct Change<'d> {
    /// Path below the output folder.
    pub path: String,
    pub kind: Kind,
    /// The new file; an orphan has none.
    new: Option<New<'d>>,
}

/// A new file.
#[derive(Debug)]
enum New<'d> {
    /// Staged beside its place.
    Staged(Staged<'d>),
    /// Kept, to be shown.
    Kept(Artifact),
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
#[derive(Debug, Default)]
pub struct Changes<'d> {
    /// The differences.
    pub changes: Vec<Change<'d>>,
    /// How many files are as they should be.
    pub unchanged: usize,
}

/// What becomes of the text of files that differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// They are written beside their places, to be renamed into them.
    Write,
    /// They are kept, to be shown.
    Show,
}

/// Compares wanted files with the disk, one by one and from any thread.
#[derive(Debug)]
pub struct Comparison<'d> {
    disk: &'d Disk,
    project: &'d str,
    purpose: Purpose,
    seen: Mutex<Seen<'d>>,
}

#[derive(Debug, Default)]
struct Seen<'d> {
    wanted: BTreeSet<String>,
    changes: Vec<Change<'d>>,
    unchanged: usize,
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

/// Compares a tree with the disk. `owned` are the files that an unwanted one of ours may be deleted from.
pub fn compare<'d>(
    disk: &'d Disk,
    project: &'d str,
    wanted: &Artifacts,
    owned: &[String],
) -> io::Result<Changes<'d>> {
    let comparison = Comparison::new(disk, project, Purpose::Show);
    wanted.par_iter().try_for_each(|(path, artifact)| comparison.take(path, artifact.clone()))?;
    comparison.finish(owned)
}

impl<'d> Comparison<'d> {
    /// A comparison that has seen nothing yet.
    pub fn new(disk: &'d Disk, project: &'d str, purpose: Purpose) -> Self {
        Self { disk, project, purpose, seen: Mutex::default() }
    }

    /// Compares a file with what stands in its place.
    pub fn take(&self, path: &str, wanted: Artifact) -> io::Result<()> {
        let change = match self.difference(path, &wanted)? {
            None => None,
            Some(kind) => {
                Some(Change { path: path.to_owned(), new: self.new_file(path, &kind, wanted)?, kind })
            }
        };
        let mut seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        seen.wanted.insert(path.to_owned());
        match change {
            Some(change) => seen.changes.push(change),
            None => seen.unchanged += 1,
        }
        Ok(())
    }

    fn new_file(&self, path: &str, kind: &Kind, wanted: Artifact) -> io::Result<Option<New<'d>>> {
        Ok(match (self.purpose, kind) {
            (_, Kind::Foreign(_)) => None,
            (Purpose::Write, _) => {
                let staged = self.disk.stage(path, wanted.text.as_bytes(), wanted.executable)?;
                Some(New::Staged(staged))
            }
            (Purpose::Show, _) => Some(New::Kept(wanted)),
        })
    }

    /// All differences. `owned` are the files that an unwanted one of ours may be deleted from.
    pub fn finish(self, owned: &[String]) -> io::Result<Changes<'d>> {
        let (disk, project) = (self.disk, self.project);
        let seen = self.seen.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let orphans: Vec<&String> = owned.iter().filter(|path| !seen.wanted.contains(*path)).collect();
        let orphaned = orphans.par_iter().map(|path| orphan(disk, project, path));
        let orphaned = orphaned.collect::<io::Result<Vec<_>>>()?;
        let mut changes = seen.changes;
        changes.extend(orphaned.into_iter().flatten());
        changes.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Ok(Changes { changes, unchanged: seen.unchanged })
    }

    fn difference(&self, path: &str, wanted: &Artifact) -> io::Result<Option<Kind>> {
        Ok(Some(match self.disk.read(path)? {
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
                Some(owner) if !owner.is_of(self.project) => {
                    Kind::Foreign(format!("a file of the project `{}`", owner.project))
                }
                Some(owner) if owner.intact => Kind::Stale,
                Some(_) => Kind::Edited,
            },
        }))
    }
}

fn orphan<'d>(disk: &Disk, project: &str, path: &str) -> io::Result<Option<Change<'d>>> {
    let Found::File { bytes, .. } = disk.read(path)? else { return Ok(None) };
    let kind = match Ownership::read(&bytes) {
        Some(owner) if owner.project == project && owner.intact => Kind::Orphaned,
        Some(owner) if owner.project == project => Kind::OrphanedEdited,
        _ => return Ok(None),
    };
    Ok(Some(Change { path: path.to_owned(), kind, new: None }))
}

impl Change<'_> {
    /// The text of the new file.
    ///
    /// # Errors
    /// If it was staged and cannot be read.
    pub fn text(&self) -> io::Result<Option<String>> {
        Ok(match &self.new {
            None => None,
            Some(New::Kept(artifact)) => Some(artifact.text.clone()),
            Some(New::Staged(staged)) => Some(staged.text()?),
        })
    }

    /// The text of the new file, where it was kept to be shown.
    pub fn kept(&self) -> Option<&str> {
        match &self.new {
            Some(New::Kept(artifact)) => Some(&artifact.text),
            _ => None,
        }
    }

    fn apply(self, disk: &Disk) -> io::Result<()> {
        match self.new {
            Some(New::Staged(staged)) => staged.persist(),
            Some(New::Kept(new)) => disk.stage(&self.path, new.text.as_bytes(), new.executable)?.persist(),
            None if matches!(self.kind, Kind::Foreign(_)) => Ok(()),
            None => disk.delete(&self.path),
        }
    }
}

impl<'d> Changes<'d> {
    /// Whether the disk is as it should be.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Files that stand in our place and are not ours: they stop everything.
    pub fn foreign(&self) -> impl Iterator<Item = &Change<'d>> {
        self.changes.iter().filter(|change| matches!(change.kind, Kind::Foreign(_)))
    }

    /// Files of ours whose edits by hand would be lost.
    pub fn edited(&self) -> impl Iterator<Item = &Change<'d>> {
        self.changes.iter().filter(|change| matches!(change.kind, Kind::Edited | Kind::OrphanedEdited))
    }

    /// Writes and deletes; deletes last. Foreign files are not touched. `stop` is asked between two files.
    ///
    /// # Errors
    /// If the disk refuses, or with [`Interrupted`] inside.
    pub fn apply(self, disk: &Disk, stop: impl Fn() -> bool + Sync) -> io::Result<()> {
        let apply = |change: Change<'d>| {
            if stop() {
                return Err(io::Error::other(Interrupted));
            }
            change.apply(disk)
        };
        let (written, deleted): (Vec<_>, Vec<_>) =
            self.changes.into_iter().partition(|change| change.new.is_some());
        written.into_par_iter().try_for_each(apply)?;
        deleted.into_iter().try_for_each(apply)
    }
}

//! A directory tree as a value, and the one comparison that `gen` and `gen check` share.

mod changes;
mod disk;
mod ownership;
mod slashed;

use std::collections::BTreeMap;

pub use changes::{Change, Changes, Comparison, Interrupted, Kind, Purpose, compare};
pub use disk::{Disk, Found, plainly, replace};
pub use ownership::{ANY_PROJECT, Comment, Ownership};
pub use slashed::slashed;

/// A file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Its text, ownership header included.
    pub text: String,
    /// Whether it is a script.
    pub executable: bool,
}

/// Generated files by path below the output folder, `/` on every system, sorted.
pub type Artifacts = BTreeMap<String, Artifact>;

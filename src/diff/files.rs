//! Which generated files change.

use crate::artifacts::Artifacts;

/// Paths of generated files below the output folder, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    /// Those that are new.
    pub created: Vec<String>,
    /// Those whose content changes.
    pub changed: Vec<String>,
    /// Those that are gone.
    pub deleted: Vec<String>,
    /// How many stay as they are.
    pub unchanged: usize,
}

impl Files {
    /// Whether all stay as they are.
    pub fn is_empty(&self) -> bool {
        self.created.is_empty() && self.changed.is_empty() && self.deleted.is_empty()
    }
}

/// Compares what is generated for two fleets.
pub fn files(old: &Artifacts, new: &Artifacts) -> Files {
    let mut files = Files::default();
    for (path, artifact) in new {
        match old.get(path) {
            None => files.created.push(path.clone()),
            Some(before) if before != artifact => files.changed.push(path.clone()),
            Some(_) => files.unchanged += 1,
        }
    }
    files.deleted = old.keys().filter(|path| !new.contains_key(*path)).cloned().collect();
    files
}

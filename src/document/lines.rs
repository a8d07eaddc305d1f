//! Where the lines of a text begin, and where keys stand in large mappings: made once, by the first who asks.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::Entry;

/// The first byte of every line of a text.
#[derive(Debug)]
pub(super) struct LineStarts(Vec<u32>);

impl LineStarts {
    pub(super) fn of(text: &str) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let behind = newlines.map(|(at, _)| u32::try_from(at + 1).expect("a text is at most MAX_BYTES long"));
        Self([0].into_iter().chain(behind).collect())
    }

    /// The line of a byte, counted from 0.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.0.partition_point(|start| *start as usize <= offset) - 1
    }

    /// The first byte of a line, counted from 0; `None` behind the last one.
    pub(super) fn start(&self, line: usize) -> Option<usize> {
        self.0.get(line).map(|start| *start as usize)
    }
}

/// The keys of mappings that are long to search, by the byte at which the mapping begins.
#[derive(Debug, Default)]
pub(super) struct Keys(Mutex<HashMap<u32, HashMap<Box<str>, usize>>>);

/// A mapping of so many entries is searched from its beginning.
const SHORT: usize = 32;

impl Keys {
    /// The entry of a key in the mapping that begins at a byte.
    pub(super) fn find<'n>(&self, start: u32, entries: &'n [Entry], key: &str) -> Option<&'n Entry> {
        if entries.len() <= SHORT {
            return entries.iter().find(|entry| *entry.key == *key);
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let positions = || entries.iter().enumerate().map(|(at, entry)| (entry.key.clone(), at)).collect();
        let keys = known.entry(start).or_insert_with(positions);
        keys.get(key).map(|at| &entries[*at])
    }
}

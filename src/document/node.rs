//! The values of a document, for those who read them with their places.

use super::{Document, Entry, Kind, Node, Scalar};
use crate::diagnostic::Place;

impl Document {
    /// What the text says; `None` if it could not be read.
    pub fn root(&self) -> Option<&Node> {
        self.root.as_ref()
    }
}

impl Node {
    /// What it is.
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The entries of a mapping; none of anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Mapping(entries) => entries,
            Kind::Scalar(_) | Kind::Sequence(_) => &[],
        }
    }

    /// The entry of a mapping with this key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| *entry.key == *key)
    }

    /// The value at a dotted path of keys.
    pub fn at(&self, path: &str) -> Option<&Self> {
        path.split('.').try_fold(self, |node, key| node.entry(key).map(Entry::value))
    }

    /// The items of a list; none of anything else.
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::Sequence(items) => items,
            Kind::Scalar(_) | Kind::Mapping(_) => &[],
        }
    }

    /// The text of a single value that is text.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(Scalar::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The same without places.
    pub fn value(&self) -> serde_json::Value {
        self.to_value()
    }

    /// The bytes to point at. A whole mapping or list is a poor thing to underline: its key says the same in one line.
    pub fn place(&self, entry: Option<&Entry>) -> Place {
        let span = match (&self.kind, entry) {
            (Kind::Scalar(_), _) => self.span,
            (_, Some(entry)) => entry.key_span,
            (_, None) => return Place { file: 0, start: self.span.start, end: self.span.start },
        };
        Place { file: 0, start: span.start, end: span.end }
    }
}

impl Entry {
    pub fn key(&self) -> &str {
        &self.key
    }

    pub fn value(&self) -> &Node {
        &self.value
    }
}

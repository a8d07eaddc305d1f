//! YAML text → a tree of values that remember where they stand.
//!
//! The tree is built from the parser's event stream by hand: that is the only way to keep the place of keys
//! as well as of values, and it halves the time of the largest cost in a big run (ARCHITECTURE.md, Speed).

mod build;
mod lines;
mod node;
mod scalar;

use std::ops::Range;
use std::sync::OnceLock;

use serde_json::Value;
use serde_saphyr::granit_parser::{Event, Options, Parser};

use crate::diagnostic::{Diagnostics, Location, Part, Step};
use build::{Builder, not_utf8, too_large, warn_of_odd_encoding};
use lines::{Keys, LineStarts};
pub use scalar::Scalar;

/// Specs larger than this are refused, in bytes: ten times what 10,000 services need.
pub const MAX_BYTES: u64 = 64 << 20;
/// Limit on the nodes of a document, aliases expanded.
pub const MAX_NODES: usize = 2_000_000;
/// Limit on the nesting of mappings and sequences.
pub const MAX_DEPTH: usize = 32;

/// A spec file: its name, its text, and what the text says.
#[derive(Debug)]
pub struct Document {
    name: String,
    text: String,
    root: Option<Node>,
    anchored: bool,
    lines: OnceLock<LineStarts>,
    keys: Keys,
}

/// A value of the text and its place. Small, because a large spec has a million of them.
#[derive(Debug, Clone)]
pub struct Node {
    span: Bytes,
    kind: Kind,
}

/// What a value is.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A single value.
    Scalar(Scalar),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values, in the order of the text.
    Mapping(Vec<Entry>),
}

/// A key of a mapping and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    key: Box<str>,
    key_span: Bytes,
    value: Node,
}

/// A place in a text of at most [`MAX_BYTES`].
#[derive(Debug, Clone, Copy)]
struct Bytes {
    start: u32,
    end: u32,
}

impl Bytes {
    fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl From<Range<usize>> for Bytes {
    fn from(range: Range<usize>) -> Self {
        let short = |at: usize| u32::try_from(at).expect("a text is at most MAX_BYTES long");
        Self { start: short(range.start), end: short(range.end) }
    }
}

impl Document {
    /// Reads a spec. What is wrong with the text goes to `diagnostics`; the document is there in any case, because
    /// a report needs the text to quote from. `name` is how the user calls the file.
    pub fn parse(name: impl Into<String>, bytes: Vec<u8>, diagnostics: &mut Diagnostics) -> Self {
        let name = name.into();
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                diagnostics.push(not_utf8(valid, error.as_bytes()));
                let text = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
                return Self::new(name, text, None, false);
            }
        };
        if text.len() as u64 > MAX_BYTES {
            diagnostics.push(too_large(Location::File, format!("the spec has {} bytes", text.len())));
            return Self::new(name, text, None, false);
        }
        warn_of_odd_encoding(&text, diagnostics);
        let body = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut builder = Builder::new(body, text.len() - body.len(), diagnostics);
        let root = builder.document();
        let anchored = builder.anchored;
        Self::new(name, text, root, anchored)
    }

    /// A file that was not read at all; the reason is in the diagnostics.
    pub fn unread(name: impl Into<String>) -> Self {
        Self::new(name.into(), String::new(), None, false)
    }

    fn new(name: String, text: String, root: Option<Node>, anchored: bool) -> Self {
        Self { name, text, root, anchored, lines: OnceLock::new(), keys: Keys::default() }
    }

    /// How the user calls the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Calls the file so from now on.
    pub fn rename(&mut self, name: impl Into<String>) {
        self.name = name.into();
    }

    /// The text, to quote from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the text says; `None` if it could not be read.
    pub fn value(&self) -> Option<Value> {
        self.root.as_ref().map(Node::to_value)
    }

    /// The bytes of a place. A path that leads nowhere gives its nearest known ancestor; this never fails.
    pub fn locate(&self, location: &Location) -> Range<usize> {
        match location {
            Location::File => 0..0,
            Location::Bytes(range) => range.clone(),
            Location::Place(place) => place.range(),
            Location::Path(steps, part) => {
                self.root.as_ref().map_or(0..0, |root| self.locate_below(root, steps, *part))
            }
        }
    }

    /// The bytes of a value that can be replaced by another one. `None` where it is a mapping, a list or not there, and in a
    /// text with anchors, in which one value may stand for several.
    pub fn replaceable(&self, location: &Location) -> Option<Range<usize>> {
        match location {
            Location::File => None,
            Location::Bytes(range) => Some(range.clone()),
            Location::Path(..) | Location::Place(_) if self.anchored => None,
            Location::Place(place) => Some(place.range()),
            Location::Path(steps, _) => {
                let node = steps.iter().try_fold(self.root.as_ref()?, |node, step| self.child(node, step))?;
                matches!(node.kind, Kind::Scalar(_)).then(|| node.span.range())
            }
        }
    }

    /// The bytes of every comment, `#` included, in the order of the text.
    pub fn comments(&self) -> Vec<Range<usize>> {
        let body = self.text.strip_prefix('\u{feff}').unwrap_or(&self.text);
        let skipped = self.text.len() - body.len();
        let mut options = Options::default();
        options.max_buffered_comment_events = usize::MAX;
        let mut events = Parser::new_from_str_with_options(body, options);
        let mut comments = Vec::new();
        while let Some(Ok((event, span))) = events.next_event() {
            if let (Event::Comment(..), Some(range)) = (event, span.byte_range()) {
                comments.push(range.start + skipped..range.end + skipped);
            }
        }
        comments
    }

    /// Line and column of a byte, both counted from 1, columns in characters.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let (line, before) = self.line_before(offset);
        (line, before.chars().count() + 1)
    }

    /// The line of a byte, counted from 1, and what stands before the byte on that line.
    pub fn line_before(&self, offset: usize) -> (usize, &str) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.lines().line(offset);
        let start = self.lines().start(line).unwrap_or(0);
        (line + 1, self.text[start..offset].trim_start_matches('\u{feff}'))
    }

    /// The lines in which bytes stand, whole: the number of the first, counted from 1, and their bytes with all line ends.
    pub fn lines_around(&self, bytes: &Range<usize>) -> (usize, Range<usize>) {
        let (first, last) = (self.lines().line(bytes.start), self.lines().line(bytes.end));
        let start = |line| self.lines().start(line).unwrap_or(self.text.len());
        (first + 1, start(first)..start(last + 1))
    }

    /// The text from a line on, counted from 1.
    pub fn text_from(&self, line: usize) -> &str {
        let start = self.lines().start(line.saturating_sub(1));
        &self.text[start.unwrap_or(self.text.len())..]
    }

    fn lines(&self) -> &LineStarts {
        self.lines.get_or_init(|| LineStarts::of(&self.text))
    }

    fn locate_below(&self, root: &Node, steps: &[Step], part: Part) -> Range<usize> {
        let mut node = root;
        let mut key = None;
        for (depth, step) in steps.iter().enumerate() {
            let found = match (&node.kind, step) {
                (Kind::Mapping(entries), Step::Key(name)) => self
                    .keys
                    .find(node.span.start, entries, name)
                    .map(|entry| (&entry.value, Some(entry.key_span.range()))),
                (Kind::Sequence(items), Step::Index(index)) => items.get(*index).map(|item| (item, None)),
                _ => None,
            };
            match found {
                Some((value, span)) => (node, key) = (value, span),
                None => break,
            }
            if part == Part::Key && depth + 1 == steps.len() {
                return key.unwrap_or(node.span.range());
            }
        }
        match &node.kind {
            Kind::Scalar(_) => node.span.range(),
            // A whole mapping is a poor thing to underline: its key says the same in one line.
            _ => key.unwrap_or(node.span.range().start..node.span.range().start),
        }
    }

    fn child<'n>(&self, node: &'n Node, step: &Step) -> Option<&'n Node> {
        match (&node.kind, step) {
            (Kind::Mapping(entries), Step::Key(name)) => {
                self.keys.find(node.span.start, entries, name).map(|entry| &entry.value)
            }
            (Kind::Sequence(items), Step::Index(index)) => items.get(*index),
            _ => None,
        }
    }
}

impl Node {
    fn to_value(&self) -> Value {
        match &self.kind {
            Kind::Scalar(scalar) => Value::from(scalar),
            Kind::Sequence(items) => Value::Array(items.iter().map(Node::to_value).collect()),
            Kind::Mapping(entries) => {
                Value::Object(entries.iter().map(|e| (e.key.to_string(), e.value.to_value())).collect())
            }
        }
    }

    fn size(&self) -> usize {
        1 + match &self.kind {
            Kind::Scalar(_) => 0,
            Kind::Sequence(items) => items.iter().map(Node::size).sum(),
            Kind::Mapping(entries) => entries.iter().map(|entry| 1 + entry.value.size()).sum(),
        }
    }

    /// How many mappings and lists stand in one another below it.
    fn height(&self) -> usize {
        match &self.kind {
            Kind::Scalar(_) => 0,
            Kind::Sequence(items) => 1 + items.iter().map(Node::height).max().unwrap_or(0),
            Kind::Mapping(entries) => 1 + entries.iter().map(|entry| entry.value.height()).max().unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::build::aliased;
    use super::*;
    use crate::diagnostic::Code;

    fn parse(text: &str) -> (Document, Diagnostics) {
        let mut diagnostics = Diagnostics::default();
        let document = Document::parse("spec.yaml", text.as_bytes().to_vec(), &mut diagnostics);
        (document, diagnostics)
    }

    #[test]
    fn a_place_is_found_by_path_and_falls_back_to_its_nearest_ancestor() {
        let (document, diagnostics) = parse("a:\n  b: [1, 22]\nc: é x\n");
        assert!(diagnostics.is_empty());
        let at = |location: Location| &document.text()[document.locate(&location)];
        assert_eq!(at(Location::key(["a", "b"])), "b");
        assert_eq!(at(Location::value(["c"])), "é x");
        assert_eq!(at(Location::value(["a", "missing", "deeper"])), "a");
        let item =
            Location::Path(vec![Step::Key("a".into()), Step::Key("b".into()), Step::Index(1)], Part::Value);
        assert_eq!(at(item), "22");
        assert_eq!(document.line_column(document.locate(&Location::value(["c"])).start), (3, 4));
    }

    #[test]
    fn places_are_right_behind_a_byte_order_mark_and_windows_line_ends() {
        let (document, diagnostics) = parse("\u{feff}a: 1\r\nb: two\r\n");
        assert_eq!(diagnostics.count(crate::diagnostic::Severity::Warning), 2);
        assert_eq!(&document.text()[document.locate(&Location::value(["b"]))], "two");
        assert_eq!(document.line_column(document.locate(&Location::key(["a"])).start), (1, 1));
    }

    #[test]
    fn aliases_expand_but_bombs_are_refused() {
        let (document, diagnostics) = parse("a: &x { b: 1 }\nc: *x\n");
        assert!(diagnostics.is_empty());
        assert_eq!(document.value().unwrap()["c"]["b"], 1);

        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..9 {
            let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
        }
        let (document, diagnostics) = parse(&bomb);
        assert!(document.value().is_none());
        assert_eq!(diagnostics.iter().map(|d| d.code).collect::<Vec<_>>(), [Code::AliasBomb]);
    }

    #[test]
    fn nesting_is_limited_through_aliases_too() {
        let mut chain = String::from("a0: &a0 [x]\n");
        for level in 1..200 {
            let (open, close) = ("[".repeat(31), "]".repeat(31));
            chain.push_str(&format!("a{level}: &a{level} {open}*a{}{close}\n", level - 1));
        }
        let (document, diagnostics) = parse(&chain);
        assert!(document.value().is_none());
        assert_eq!(diagnostics.iter().map(|d| d.code).collect::<Vec<_>>(), [Code::SpecTooLarge]);
        let place = document.locate(&diagnostics.iter().next().unwrap().primary.location);
        assert_eq!(&document.text()[place], "*a0");
    }

    #[test]
    fn anchors_cost_nothing_until_they_are_used() {
        assert!(aliased("a: &x [1]\nb: &y { c: '*x' }\n").is_empty());
        assert_eq!(aliased("a: &x [1]\nb: &y 2\nc: *y\n").len(), 1);
        let (document, diagnostics) = parse("a: &x 1\nb: &y { c: &x 2, d: *x }\ne: [*x, *y]\n");
        assert!(diagnostics.is_empty());
        assert_eq!(document.value().unwrap()["e"], serde_json::json!([2, { "c": 2, "d": 2 }]));
    }

    #[test]
    fn keys_of_large_mappings_are_found_by_their_first_place() {
        let text: String = (0..100).map(|n| format!("k{n}: {{ a: {n} }}\n")).collect();
        let (document, _) = parse(&text);
        for n in [0, 31, 32, 99] {
            let place = document.locate(&Location::value([format!("k{n}"), "a".to_owned()]));
            assert_eq!(&document.text()[place.clone()], n.to_string());
            assert_eq!(document.line_column(place.start).0, n + 1);
            let (line, bytes) = document.lines_around(&place);
            assert_eq!((line, &text[bytes]), (n + 1, &*format!("k{n}: {{ a: {n} }}\n")));
        }
        assert_eq!(document.line_column(text.len()), (101, 1));
        assert_eq!(&document.text_from(101), &"");
        assert_eq!(document.text_from(100), "k99: { a: 99 }\n");
    }
}

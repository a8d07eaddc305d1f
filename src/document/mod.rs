//! YAML text → a tree of values that remember where they stand.
//!
//! The tree is built from the parser's event stream by hand: that is the only way to keep the place of keys
//! as well as of values, and it halves the time of the largest cost in a big run (ARCHITECTURE.md, Speed).

mod node;
mod scalar;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use serde_json::Value;
use serde_saphyr::granit_parser::{Event, Options, Parser, ScalarStyle, Span, Tag};

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location, Part, Step};
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
                return Self { name, text, root: None, anchored: false };
            }
        };
        if text.len() as u64 > MAX_BYTES {
            diagnostics.push(too_large(Location::File, format!("the spec has {} bytes", text.len())));
            return Self { name, text, root: None, anchored: false };
        }
        warn_of_odd_encoding(&text, diagnostics);
        let body = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut builder = Builder::new(body, text.len() - body.len(), diagnostics);
        let root = builder.document();
        let anchored = !builder.anchors.is_empty();
        Self { name, text, root, anchored }
    }

    /// A file that was not read at all; the reason is in the diagnostics.
    pub fn unread(name: impl Into<String>) -> Self {
        Self { name: name.into(), text: String::new(), root: None, anchored: false }
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
            Location::Path(steps, part) => self.root.as_ref().map_or(0..0, |root| locate(root, steps, *part)),
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
                let node = steps.iter().try_fold(self.root.as_ref()?, Node::child)?;
                matches!(node.kind, Kind::Scalar(_)).then(|| node.span.range())
            }
        }
    }

    /// What stands at a place. `None` where a path leads nowhere.
    pub fn value_at(&self, location: &Location) -> Option<Value> {
        let Location::Path(steps, _) = location else { return None };
        Some(steps.iter().try_fold(self.root.as_ref()?, Node::child)?.to_value())
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
        let before = &self.text[..offset];
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[start..].trim_start_matches('\u{feff}'))
    }
}

fn locate(root: &Node, steps: &[Step], part: Part) -> Range<usize> {
    let mut node = root;
    let mut key = None;
    for (depth, step) in steps.iter().enumerate() {
        let found = match (&node.kind, step) {
            (Kind::Mapping(entries), Step::Key(name)) => entries
                .iter()
                .find(|entry| *entry.key == **name)
                .map(|e| (&e.value, Some(e.key_span.range()))),
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

impl Node {
    fn child(&self, step: &Step) -> Option<&Self> {
        match (&self.kind, step) {
            (Kind::Mapping(entries), Step::Key(name)) => {
                entries.iter().find(|entry| *entry.key == **name).map(|entry| &entry.value)
            }
            (Kind::Sequence(items), Step::Index(index)) => items.get(*index),
            _ => None,
        }
    }

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
}

/// Stops reading: the reason is already in the diagnostics.
struct Stop;

struct Builder<'t, 'd> {
    events: Parser<'t, serde_saphyr::granit_parser::StrInput<'t>>,
    text: &'t str,
    /// Bytes before the text that the parser was not shown (a byte order mark).
    skipped: usize,
    diagnostics: &'d mut Diagnostics,
    anchors: HashMap<usize, Node>,
    nodes: usize,
}

impl<'t, 'd> Builder<'t, 'd> {
    fn new(text: &'t str, skipped: usize, diagnostics: &'d mut Diagnostics) -> Self {
        // Comments are asked for on their own, by who needs them.
        let mut options = Options::default();
        options.set_emit_comments(false);
        let events = Parser::new_from_str_with_options(text, options);
        Self { events, text, skipped, diagnostics, anchors: HashMap::new(), nodes: 0 }
    }

    fn document(&mut self) -> Option<Node> {
        let mut root = None;
        loop {
            let Ok((event, span)) = self.next() else { return None };
            match event {
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                Event::StreamEnd => break,
                _ if root.is_some() => {
                    let location = Location::Bytes(self.range(span));
                    self.fail(
                        Code::YamlSyntax,
                        location,
                        "the file holds a second YAML document",
                        "keep one spec in one file",
                    );
                    return None;
                }
                event => root = Some(self.node(event, span, 0).ok()?),
            }
        }
        if matches!(&root, None | Some(Node { kind: Kind::Scalar(Scalar::Null), .. })) {
            let help = "start with `version: 1` and `project: NAME`; `gen schema` prints the whole format";
            let comment = self.text.lines().next().filter(|line| !line.trim().is_empty());
            let place = comment
                .map_or(Location::File, |line| Location::Bytes(self.skipped..self.skipped + line.len()));
            self.fail(Code::EmptySpec, place, "the spec is empty", help);
            return None;
        }
        root
    }

    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<Node, Stop> {
        let start = self.range(span);
        self.count(1, Code::SpecTooLarge, &start)?;
        if depth > MAX_DEPTH {
            let message = format!("mappings and lists are nested more than {MAX_DEPTH} deep");
            self.diagnostics.push(too_large(Location::Bytes(start), message));
            return Err(Stop);
        }
        let (anchor, node) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value = self.scalar(&text, style, tag.as_deref(), &start)?;
                (anchor, Node { span: start.into(), kind: Kind::Scalar(value) })
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.collection_tag(tag.as_deref(), &start)?;
                (anchor, self.sequence(start.start, depth)?)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.collection_tag(tag.as_deref(), &start)?;
                (anchor, self.mapping(start.start, depth)?)
            }
            Event::Alias(id) => (0, self.alias(id, start)?),
            other => unreachable!("the parser gave {other:?} where a node begins"),
        };
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn sequence(&mut self, start: usize, depth: usize) -> Result<Node, Stop> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                items.shrink_to_fit();
                return Ok(Node { span: (start..self.range(span).end).into(), kind: Kind::Sequence(items) });
            }
            items.push(self.node(event, span, depth + 1)?);
        }
    }

    fn mapping(&mut self, start: usize, depth: usize) -> Result<Node, Stop> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen: HashMap<Cow<'t, str>, Range<usize>> = HashMap::new();
        loop {
            let (event, span) = self.next()?;
            let key_span = self.range(span);
            let key = match event {
                Event::MappingEnd => {
                    entries.shrink_to_fit();
                    return Ok(Node { span: (start..key_span.end).into(), kind: Kind::Mapping(entries) });
                }
                Event::Scalar(text, ..) => text,
                _ => {
                    let location = Location::Bytes(key_span);
                    self.fail(Code::YamlSyntax, location, "a key must be a plain word", "write `key: value`");
                    return Err(Stop);
                }
            };
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            if let Some(first) = seen.get(&key) {
                self.diagnostics.push(duplicate_key(&key, key_span, first.clone()));
                continue;
            }
            entries.push(Entry { key: key.as_ref().into(), key_span: key_span.clone().into(), value });
            seen.insert(key, key_span);
        }
    }

    fn alias(&mut self, id: usize, span: Range<usize>) -> Result<Node, Stop> {
        let Some(target) = self.anchors.get(&id) else {
            let location = Location::Bytes(span);
            self.fail(
                Code::YamlSyntax,
                location,
                "an alias inside its own anchor has no end",
                "write the values out",
            );
            return Err(Stop);
        };
        let size = target.size();
        self.count(size, Code::AliasBomb, &span)?;
        Ok(Node { kind: self.anchors[&id].kind.clone(), span: span.into() })
    }

    fn count(&mut self, more: usize, code: Code, at: &Range<usize>) -> Result<(), Stop> {
        self.nodes += more;
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        let message = match code {
            Code::AliasBomb => format!("aliases expand the spec to more than {MAX_NODES} values"),
            _ => format!("the spec has more than {MAX_NODES} values"),
        };
        let help = "put what is common under `defaults` or `services`, and split very large fleets into several specs";
        self.fail(code, Location::Bytes(at.clone()), message, help);
        Err(Stop)
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        at: &Range<usize>,
    ) -> Result<Scalar, Stop> {
        match tag.map(|tag| (tag.is_yaml_core_schema(), tag.suffix())) {
            None if style == ScalarStyle::Plain => Ok(Scalar::plain(text)),
            None | Some((true, "str")) => Ok(Scalar::Text(text.into())),
            Some(_) => Err(self.refuse_tag(at)),
        }
    }

    fn collection_tag(&mut self, tag: Option<&Tag>, at: &Range<usize>) -> Result<(), Stop> {
        if tag.is_some() { Err(self.refuse_tag(at)) } else { Ok(()) }
    }

    fn refuse_tag(&mut self, at: &Range<usize>) -> Stop {
        let location = Location::Bytes(at.clone());
        self.fail(
            Code::YamlSyntax,
            location,
            "YAML tags have no meaning in a spec",
            "remove the `!…` before the value",
        );
        Stop
    }

    fn next(&mut self) -> Result<(Event<'t>, Span), Stop> {
        match self.events.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => {
                let at = self.skipped + error.marker().byte_offset().unwrap_or(0).min(self.text.len());
                let message = format!("this is not valid YAML: {}", error.info());
                let help = "check the indentation, the colons and the quotes here and on the line above";
                self.fail(Code::YamlSyntax, Location::Bytes(at..at), message, help);
                Err(Stop)
            }
            None => unreachable!("the parser ends with StreamEnd"),
        }
    }

    fn range(&self, span: Span) -> Range<usize> {
        let range = span.byte_range().unwrap_or(0..0);
        range.start + self.skipped..range.end + self.skipped
    }

    fn fail(&mut self, code: Code, location: Location, message: impl Into<String>, help: &str) {
        self.diagnostics.push(Diagnostic::new(code, location, message).help(help));
    }
}

fn warn_of_odd_encoding(text: &str, diagnostics: &mut Diagnostics) {
    if text.starts_with('\u{feff}') {
        let message = "the spec starts with a byte order mark, which is ignored";
        let warning = Diagnostic::new(Code::ByteOrderMark, Location::Bytes(0..0), message);
        let warning = warning.help("save the file as UTF-8 without a BOM");
        let mark = Location::Bytes(0..'\u{feff}'.len_utf8());
        diagnostics.push(warning.fix("remove the byte order mark", mark, ""));
    }
    if let Some(at) = text.find("\r\n") {
        let message = "the spec has Windows line ends, which are read as plain ones";
        let warning = Diagnostic::new(Code::CrlfLineEnds, Location::Bytes(at..at), message);
        diagnostics.push(
            warning.help("save the file with LF line ends, or add `*.yaml text eol=lf` to .gitattributes"),
        );
    }
}

fn not_utf8(valid: usize, bytes: &[u8]) -> Diagnostic {
    let line = bytes[..valid].iter().filter(|byte| **byte == b'\n').count() + 1;
    let message =
        format!("the spec is not UTF-8 text: byte {valid}, on line {line}, is 0x{:02x}", bytes[valid]);
    Diagnostic::new(Code::NotUtf8, Location::Bytes(valid..valid), message).help("save the file as UTF-8")
}

fn too_large(location: Location, message: String) -> Diagnostic {
    let help = format!(
        "a spec may have {} MiB, {MAX_NODES} values and {MAX_DEPTH} levels; split larger fleets into several specs",
        MAX_BYTES >> 20
    );
    Diagnostic::new(Code::SpecTooLarge, location, message).help(help)
}

fn duplicate_key(key: &str, second: Range<usize>, first: Range<usize>) -> Diagnostic {
    Diagnostic::new(Code::DuplicateKey, Location::Bytes(second), format!("`{key}` stands here twice"))
        .label("second")
        .also(Location::Bytes(first), "first")
        .help("keep one of them")
}

#[cfg(test)]
mod tests {
    use super::*;

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
}

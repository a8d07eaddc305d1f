//! Events of the YAML parser → the tree of a document, within limits on its size and nesting.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use serde_saphyr::granit_parser::{Event, Options, Parser, ScalarStyle, Span, StrInput, Tag};

use super::scalar::Scalar;
use super::{Entry, Kind, MAX_BYTES, MAX_DEPTH, MAX_NODES, Node};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location};

/// Stops reading: the reason is already in the diagnostics.
struct Stop;

pub(super) struct Builder<'t, 'd> {
    events: Parser<'t, StrInput<'t>>,
    text: &'t str,
    /// Bytes before the text that the parser was not shown (a byte order mark).
    skipped: usize,
    diagnostics: &'d mut Diagnostics,
    /// Anchors that an alias names, and what they hold: a copy, which is counted where the alias stands.
    anchors: HashMap<usize, Option<Node>>,
    /// Whether the text has anchors, used or not.
    pub(super) anchored: bool,
    nodes: usize,
}

impl<'t, 'd> Builder<'t, 'd> {
    pub(super) fn new(text: &'t str, skipped: usize, diagnostics: &'d mut Diagnostics) -> Self {
        let anchors = aliased(text).into_iter().map(|anchor| (anchor, None)).collect();
        Self { events: events(text), text, skipped, diagnostics, anchors, anchored: false, nodes: 0 }
    }

    pub(super) fn document(&mut self) -> Option<Node> {
        let mut root = None;
        loop {
            let Ok((event, span)) = self.next() else { return None };
            match event {
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                Event::StreamEnd => break,
                _ if root.is_some() => {
                    let second = self.range(span);
                    self.syntax(second, "the file holds a second YAML document", "keep one spec in one file");
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
        self.refuse_depth(depth, &start)?;
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
            Event::Alias(id) => (0, self.alias(id, start, depth)?),
            other => unreachable!("the parser gave {other:?} where a node begins"),
        };
        self.anchored |= anchor != 0;
        if let Some(held) = self.anchors.get_mut(&anchor) {
            *held = Some(node.clone());
        }
        Ok(node)
    }

    fn refuse_depth(&mut self, depth: usize, at: &Range<usize>) -> Result<(), Stop> {
        if depth <= MAX_DEPTH {
            return Ok(());
        }
        let message = format!("mappings and lists are nested more than {MAX_DEPTH} deep");
        self.diagnostics.push(too_large(Location::Bytes(at.clone()), message));
        Err(Stop)
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
                    return Err(self.syntax(key_span, "a key must be a plain word", "write `key: value`"));
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

    fn alias(&mut self, id: usize, span: Range<usize>, depth: usize) -> Result<Node, Stop> {
        let Some(Some(target)) = self.anchors.get(&id) else {
            let message = "an alias inside its own anchor has no end";
            return Err(self.syntax(span, message, "write the values out"));
        };
        let (size, height) = (target.size(), target.height());
        let kind = target.kind.clone();
        self.count(size, Code::AliasBomb, &span)?;
        self.refuse_depth(depth + height, &span)?;
        Ok(Node { kind, span: span.into() })
    }

    fn count(&mut self, more: usize, code: Code, at: &Range<usize>) -> Result<(), Stop> {
        self.nodes += more;
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        let holder = if code == Code::AliasBomb { "aliases expand the spec to" } else { "the spec has" };
        let message = format!("{holder} more than {MAX_NODES} values");
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
        let message = "YAML tags have no meaning in a spec";
        self.syntax(at.clone(), message, "remove the `!…` before the value")
    }

    fn next(&mut self) -> Result<(Event<'t>, Span), Stop> {
        match self.events.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => {
                let at = self.skipped + error.marker().byte_offset().unwrap_or(0).min(self.text.len());
                let (message, help) = in_words(&error.info());
                Err(self.syntax(at..at, message, help))
            }
            None => unreachable!("the parser ends with StreamEnd"),
        }
    }

    fn range(&self, span: Span) -> Range<usize> {
        let range = span.byte_range().unwrap_or(0..0);
        range.start + self.skipped..range.end + self.skipped
    }

    fn syntax(&mut self, at: Range<usize>, message: impl Into<String>, help: &str) -> Stop {
        self.fail(Code::YamlSyntax, Location::Bytes(at), message, help);
        Stop
    }

    fn fail(&mut self, code: Code, location: Location, message: impl Into<String>, help: &str) {
        self.diagnostics.push(Diagnostic::new(code, location, message).help(help));
    }
}

/// What the parser says, and what to do about it; the commonest in plainer words.
fn in_words(info: &str) -> (String, &'static str) {
    let of = |message: &str, help| (format!("this is not valid YAML: {message}"), help);
    if info.starts_with("tabs disallowed") {
        return of("the line is indented with a tab", "indent with spaces; YAML takes no tabs there");
    }
    if info.contains("did not find expected ',' or '}'") {
        return of(
            "a mapping in braces, begun here or above, is not closed or lacks a comma",
            "write `}` where it ends, or `,` between its entries",
        );
    }
    if info.contains("did not find expected ',' or ']'") {
        return of(
            "a list in brackets, begun here or above, is not closed or lacks a comma",
            "write `]` where it ends, or `,` between its items",
        );
    }
    of(info, "check the indentation, the colons and the quotes here and on the line above")
}

fn events(text: &str) -> Parser<'_, StrInput<'_>> {
    // Comments are asked for on their own, by who needs them.
    let mut options = Options::default();
    options.set_emit_comments(false);
    Parser::new_from_str_with_options(text, options)
}

/// The anchors of a text that aliases name. Most texts have none, and are not read twice.
pub(super) fn aliased(text: &str) -> HashSet<usize> {
    let mut found = HashSet::new();
    if text.contains('&') && text.contains('*') {
        let mut events = events(text);
        while let Some(Ok((event, _))) = events.next_event() {
            if let Event::Alias(anchor) = event {
                found.insert(anchor);
            }
        }
    }
    found
}

pub(super) fn warn_of_odd_encoding(text: &str, diagnostics: &mut Diagnostics) {
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

pub(super) fn not_utf8(valid: usize, bytes: &[u8]) -> Diagnostic {
    let line = bytes[..valid].iter().filter(|byte| **byte == b'\n').count() + 1;
    let message =
        format!("the spec is not UTF-8 text: byte {valid}, on line {line}, is 0x{:02x}", bytes[valid]);
    Diagnostic::new(Code::NotUtf8, Location::Bytes(valid..valid), message).help("save the file as UTF-8")
}

pub(super) fn too_large(location: Location, message: String) -> Diagnostic {
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

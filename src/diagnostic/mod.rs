//! What the user did wrong, as data: a [`Code`], a message, where, and how to mend it.
//!
//! A [`Diagnostic`] says *where* symbolically (a path into the document); [`crate::document::Document::locate`]
//! turns that into bytes when a report is printed. Nothing here prints.

mod code;
mod example;

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

pub use code::{Code, Trait};
pub use example::Example;

use crate::printable::printable;

/// How bad a finding is. Errors stop generation, warnings do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Generation goes on; the user should look.
    Warning,
    /// Nothing is wrong; the user should know.
    Notice,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        })
    }
}

/// One step of a path into the document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// A mapping key.
    Key(String),
    /// A position in a sequence.
    Index(usize),
}

/// Which part of an entry is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The key: for entries that should not be there.
    Key,
    /// The value: for entries with a wrong value.
    Value,
}

/// Where in the spec, said symbolically.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Location {
    /// The file as a whole.
    File,
    /// Bytes of the text: only where there is no path yet, because the text could not be read.
    Bytes(Range<usize>),
    /// An entry of the document.
    Path(Vec<Step>, Part),
    /// A value of the document whose bytes are known: what a reader of the document kept of it.
    Place(Place),
}

/// Bytes of one file of a spec.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Place {
    /// Which file: a spec may be several. 0 is the file that was named.
    pub file: u16,
    /// The first byte.
    pub start: u32,
    /// The byte behind the last one.
    pub end: u32,
}

impl Place {
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl Location {
    /// The value at a path of mapping keys.
    pub fn value<S: Into<String>>(keys: impl IntoIterator<Item = S>) -> Self {
        Self::Path(keys.into_iter().map(|key| Step::Key(key.into())).collect(), Part::Value)
    }

    /// The key at a path of mapping keys.
    pub fn key<S: Into<String>>(keys: impl IntoIterator<Item = S>) -> Self {
        Self::Path(keys.into_iter().map(|key| Step::Key(key.into())).collect(), Part::Key)
    }
}

/// A place and what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub location: Location,
    /// What, in a few words; may be empty for the primary label.
    pub message: String,
}

/// A change of the text that mends a finding and cannot be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as a command: "remove the comment".
    pub does: String,
    /// What it replaces.
    pub edits: Vec<Edit>,
}

/// A piece of the text and what to put there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The piece: bytes, or a value that is not a mapping or list.
    pub at: Location,
    /// The new text; empty to remove the piece.
    pub text: String,
}

/// One finding. Its texts show unprintable characters escaped: they quote specs, which anybody may have written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of finding.
    pub code: Code,
    /// One sentence with the values that matter.
    pub message: String,
    /// The culprit.
    pub primary: Label,
    /// The other culprits.
    pub related: Vec<Label>,
    /// What to write instead.
    pub help: Option<String>,
    /// What `gen lint --fix` does about it.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A finding at one place.
    pub fn new(code: Code, location: Location, message: impl Into<String>) -> Self {
        let primary = Label { location, message: String::new() };
        Self { code, message: shown(message), primary, related: Vec::new(), help: None, fix: None }
    }

    /// Says something about the primary place.
    #[must_use]
    pub fn label(mut self, message: impl Into<String>) -> Self {
        self.primary.message = shown(message);
        self
    }

    /// Points at another culprit.
    #[must_use]
    pub fn also(mut self, location: Location, message: impl Into<String>) -> Self {
        self.related.push(Label { location, message: shown(message) });
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(shown(help));
        self
    }

    /// Mends it by replacing a piece of the text.
    #[must_use]
    pub fn fix(mut self, does: impl Into<String>, at: Location, text: impl Into<String>) -> Self {
        self.fix = Some(Fix { does: shown(does), edits: vec![Edit { at, text: text.into() }] });
        self
    }
}

fn shown(text: impl Into<String>) -> String {
    let text = text.into();
    match printable(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(escaped) => escaped,
    }
}

/// All findings of one run: a sink that every stage writes to, so that one run reports everything.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    counts: [usize; 3],
    places: HashSet<(Code, Location)>,
}

impl Diagnostics {
    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.counts[diagnostic.code.severity() as usize] += 1;
        self.found.push(diagnostic);
    }

    /// Adds a finding unless the same kind was found at the same place: a value that a thousand services inherit
    /// is one mistake.
    pub fn push_once(&mut self, diagnostic: Diagnostic) {
        if self.places.insert((diagnostic.code, diagnostic.primary.location.clone())) {
            self.push(diagnostic);
        }
    }

    /// Adds all that another sink has; what was added to it once is there once.
    pub fn absorb(&mut self, other: Self) {
        for diagnostic in other.found {
            match other.places.contains(&(diagnostic.code, diagnostic.primary.location.clone())) {
                true => self.push_once(diagnostic),
                false => self.push(diagnostic),
            }
        }
    }

    /// Whether something was found that stops generation.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// How many findings of a severity there are.
    pub fn count(&self, severity: Severity) -> usize {
        self.counts[severity as usize]
    }

    /// The findings in the order they were made.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.found.iter()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(findings: I) -> Self {
        let mut collected = Self::default();
        findings.into_iter().for_each(|finding| collected.push(finding));
        collected
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.found.into_iter()
    }
}

/// The help for a word that is not known: the one of `candidates` that was probably meant, or something else to write.
pub fn hint<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    otherwise: impl Into<String>,
) -> String {
    match did_you_mean(word, candidates) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => otherwise.into(),
    }
}

/// The closest of `candidates` to a mistyped `word`, if one is close enough to be meant.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let score = |candidate: &str| {
        let lower = candidate.to_lowercase();
        let word = word.to_lowercase();
        if lower.starts_with(&word) && word.len() >= 3 { 0.95 } else { strsim::jaro_winkler(&word, &lower) }
    };
    candidates
        .into_iter()
        .map(|candidate| (score(candidate), candidate))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, candidate)| candidate)
}

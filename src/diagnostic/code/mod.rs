//! Codes: every kind of finding, defined in one file per area. The first paragraph of a code's doc comment says what is
//! wrong, the next ones why it matters, a last one that begins with `Source:` where that is written. The example is
//! `tests/invalid/<code>.yaml` ([`Example`]). `gen rule CODE` prints all of it, and `docs/rules/` keeps it.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::{Example, Severity};

/// Defines the codes of an area: `/// documentation`, then `Variant = "name" Severity + Trait;`.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal $severity:ident $(+ $is:ident)*;)+) => {
        // They are used like the variants of an enum, which one file could not hold.
        #[allow(non_upper_case_globals)]
        impl Code {
            $($(#[doc = $doc])+ pub const $variant: Self = Self(&super::Definition {
                variant: stringify!($variant),
                name: $name,
                severity: super::Severity::$severity,
                traits: &[$(super::Trait::$is,)*],
                doc: concat!($($doc, "\n",)+),
                // Without the fixture this does not compile.
                fixture: include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/invalid/", $name, ".yaml")),
            });)+
        }

        /// The codes of this file, in its order.
        pub(super) const CODES: &[Code] = &[$(Code::$variant,)+];
    };
}

mod alarms;
mod allow;
mod fleet;
mod lint;
mod policies;
mod text;
mod values;

const AREAS: [&[Code]; 7] =
    [text::CODES, values::CODES, policies::CODES, alarms::CODES, fleet::CODES, lint::CODES, allow::CODES];

/// A kind of finding, with one stable name.
#[derive(Clone, Copy)]
pub struct Code(&'static Definition);

struct Definition {
    variant: &'static str,
    name: &'static str,
    severity: Severity,
    traits: &'static [Trait],
    doc: &'static str,
    fixture: &'static [u8],
}

/// What can be said of a code besides its severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trait {
    /// Only `gen lint` finds it: the spec is valid, but will not scale as intended.
    Lint,
    /// `gen lint --fix` can apply a fix.
    Fixable,
    /// It is about the comments that allow findings, so that it cannot be allowed itself.
    OfAllowing,
}

impl Code {
    /// All codes, area by area.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        AREAS.into_iter().flatten().copied()
    }

    /// The code of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|code| code.name() == name)
    }

    /// The name users see and suppress: unique, kebab-case, never reused.
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// Whether the finding stops generation.
    pub const fn severity(self) -> Severity {
        self.0.severity
    }

    /// What else is to be known of the code.
    pub fn is(self, asked: Trait) -> bool {
        self.0.traits.contains(&asked)
    }

    /// A spec in which this is found, and the same spec mended.
    pub fn example(self) -> Example {
        Example::of(self.0.fixture)
    }

    /// What is wrong, in one sentence.
    pub fn summary(self) -> String {
        self.paragraphs().first().map(|paragraph| one_line(paragraph)).unwrap_or_default()
    }

    /// Why it matters, in wrapped lines.
    pub fn why(self) -> String {
        let paragraphs = self.paragraphs();
        let why = paragraphs.iter().skip(1).filter(|paragraph| !paragraph.starts_with(SOURCE));
        why.cloned().collect::<Vec<_>>().join("\n\n")
    }

    /// The document that says so, where it is AWS, Terraform or YAML that refuses it.
    pub fn source(self) -> Option<String> {
        let paragraphs = self.paragraphs();
        paragraphs.last()?.strip_prefix(SOURCE).map(one_line)
    }

    /// Where to read more: a command, because it works offline and never moves.
    pub fn docs(self) -> String {
        format!("gen rule {self}")
    }

    /// The doc comment without the blank that begins each of its lines.
    fn paragraphs(self) -> Vec<String> {
        let lines: Vec<&str> =
            self.0.doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
        lines.join("\n").split("\n\n").map(str::to_owned).collect()
    }
}

const SOURCE: &str = "Source: ";

fn one_line(paragraph: &str) -> String {
    paragraph.replace('\n', " ")
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The name that it has in the source.
impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.variant)
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Code {}

impl Hash for Code {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// In the order of names.
impl Ord for Code {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name().cmp(other.name())
    }
}

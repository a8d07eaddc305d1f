//! What the crate offers to other programs: a spec in, artifacts out, and what is wrong said so that it can be shown.

use std::fmt;

use crate::artifacts::Artifacts;
use crate::diagnostic::{self, Severity};
use crate::document::Document;
use crate::plan::Fleet;
use crate::reading::Reading;
use crate::render::{Selection, Templates, render};
use crate::report::plain;
use crate::spec;

/// How a spec is called of which only the text is known.
const UNNAMED: &str = "spec.yaml";

/// Everything that a spec asks for: the text of each file by its path below the output folder. The same spec gives the
/// same bytes, on every machine.
///
/// ```
/// let spec = r#"
/// version: 1
/// project: shop
/// defaults:
///   capacity: { min: 2, max: 10 }
///   scaling: { cpu: { target: 70 } }
/// services: { web: {} }
/// environments: { prod: { account: "111111111111", region: eu-west-1 } }
/// "#;
/// let artifacts = scalegen::generate(spec)?;
/// assert!(artifacts["cloudformation/prod/web.yaml"].text.contains("MaxCapacity: 10"));
/// assert!(artifacts["cli/autoscaling.sh"].executable);
/// # Ok::<(), scalegen::Diagnostics>(())
/// ```
///
/// # Errors
/// If the spec is invalid: all that is wrong with it, not only the first mistake. Warnings stop nothing and are left out of
/// a success; [`validate`] has them.
///
/// ```
/// let invalid = scalegen::generate("version: 1\nproject: shop\n").unwrap_err();
/// let text = invalid.in_file("specs/shop.yaml").to_string();
/// assert!(text.contains("error[missing-key]: the spec lacks the key `services`"), "{text}");
/// assert!(text.contains(" specs/shop.yaml:1:1"), "{text}");
/// ```
///
/// # Panics
/// If a built-in template fails, which is a mistake in this crate.
pub fn generate(spec: &str) -> Result<Artifacts, Diagnostics> {
    let (found, fleet) = read(spec);
    let Some(fleet) = fleet else { return Err(found) };
    let artifacts = render(&fleet, &Templates::embedded(), &Selection::default());
    Ok(artifacts.unwrap_or_else(|error| panic!("{error}\nthis is a bug in scalegen")))
}

/// What is to be said of a spec: errors, warnings and notices, as `gen validate` has them.
///
/// ```
/// let found = scalegen::validate("version: 1\nproject: Shop\nservices: { web: {} }\nenvironments: {}\n");
/// assert!(found.has_errors());
/// for finding in found.iter() {
///     println!("{}:{}: {} {}", finding.line, finding.column, finding.code, finding.message);
/// }
/// ```
pub fn validate(spec: &str) -> Diagnostics {
    read(spec).0
}

/// The JSON Schema of a spec (draft 2020-12), with an explanation and examples of every field.
///
/// ```
/// assert!(scalegen::schema().contains("\"title\": \"scalegen spec\""));
/// ```
pub fn schema() -> String {
    format!("{:#}\n", spec::schema())
}

fn read(text: &str) -> (Diagnostics, Option<Fleet>) {
    let (document, found, fleet) = Reading::of(UNNAMED, text).without_allowed().into_parts();
    (Diagnostics(Box::new(Findings { document, found })), fleet)
}

/// What was found in a spec. Its text is what `gen` prints: each finding with its code, the line it is about, and help.
pub struct Diagnostics(Box<Findings>);

struct Findings {
    document: Document,
    found: diagnostic::Diagnostics,
}

/// One finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding<'d> {
    /// How bad it is: errors stop generation.
    pub severity: Severity,
    /// Which kind it is, such as `max-below-min`: `gen rule CODE` explains it.
    pub code: &'static str,
    /// What is wrong, in a sentence.
    pub message: &'d str,
    /// What to write instead.
    pub help: Option<&'d str>,
    /// The line of the text, from 1.
    pub line: usize,
    /// The column of the line, from 1, in characters.
    pub column: usize,
}

impl Diagnostics {
    /// Says in which file the text stands, for when they are printed.
    #[must_use]
    pub fn in_file(mut self, name: impl Into<String>) -> Self {
        self.0.document.rename(name);
        self
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.0.found.is_empty()
    }

    /// Whether something was found that stops generation.
    pub fn has_errors(&self) -> bool {
        self.0.found.has_errors()
    }

    /// The findings, in the order in which they were made.
    pub fn iter(&self) -> impl Iterator<Item = Finding<'_>> {
        self.0.found.iter().map(|finding| {
            let (line, column) =
                self.0.document.line_column(self.0.document.locate(&finding.primary.location).start);
            Finding {
                severity: finding.code.severity(),
                code: finding.code.name(),
                message: &finding.message,
                help: finding.help.as_deref(),
                line,
                column,
            }
        })
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::new();
        let shown = plain::Shown { color: false, all: true };
        plain::diagnostics(&self.0.document, &self.0.found, shown, &mut text).map_err(|_| fmt::Error)?;
        f.write_str(String::from_utf8_lossy(&text).trim_end())
    }
}

/// As it is displayed, so that `unwrap` says what is wrong.
impl fmt::Debug for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Diagnostics {}

//! The pipeline from the text of a spec to its fleet, for commands and library alike.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::Document;
use crate::plan::{self, Fleet};
use crate::{lint, spec};

/// A spec, read as far as it can be. Its fields are private so that one thing holds: there is a fleet only if no error was
/// found in the text, by whichever stage.
#[derive(Debug)]
pub struct Reading {
    document: Document,
    found: Diagnostics,
    fleet: Option<Fleet>,
}

impl Reading {
    /// Reads, types and resolves a text. `name` is how the user calls it.
    pub fn of(name: impl Into<String>, text: impl Into<Vec<u8>>) -> Self {
        let mut found = Diagnostics::default();
        let document = Document::parse(name, text.into(), &mut found);
        let fleet = spec::read(&document, &mut found).and_then(|spec| plan::resolve(&spec, &mut found));
        let fleet = fleet.filter(|_| !found.has_errors());
        Self { document, found, fleet }
    }

    /// A file that was not read, and why.
    pub fn refused(name: impl Into<String>, why: Diagnostic) -> Self {
        Self { document: Document::unread(name), found: [why].into_iter().collect(), fleet: None }
    }

    /// Without the findings that the spec allows.
    #[must_use]
    pub fn without_allowed(mut self) -> Self {
        self.found = lint::without_allowed(&self.document, self.fleet.as_ref(), self.found);
        self
    }

    /// With what `gen lint` finds: how a valid spec will scale, and what it allows in vain. An error of these rules leaves
    /// the fleet where it is: the spec is valid.
    #[must_use]
    pub fn linted(mut self) -> Self {
        if let Some(fleet) = &self.fleet {
            lint::check(fleet, &mut self.found);
            self.found = lint::judged(&self.document, fleet, self.found);
        }
        self
    }

    /// The text.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// What was found in it.
    pub fn found(&self) -> &Diagnostics {
        &self.found
    }

    /// What it means, if it is valid.
    pub fn fleet(&self) -> Option<&Fleet> {
        self.fleet.as_ref()
    }

    /// All three.
    pub fn into_parts(self) -> (Document, Diagnostics, Option<Fleet>) {
        (self.document, self.found, self.fleet)
    }
}

//! One service of one environment while it is resolved.

use std::fmt;

use crate::diagnostic::Location;
use crate::plan::{Origin, place_of};
use crate::spec::{Settings, Sourced};

/// Which service it is, and what its layers say together.
pub(super) struct Here<'s> {
    pub(super) environment: &'s str,
    pub(super) service: &'s str,
    pub(super) said: &'s Settings,
}

impl Here<'_> {
    /// The place of a value.
    pub(super) fn at(&self, from: &Origin) -> Location {
        place_of(from, self.service)
    }
}

/// How a message calls this service.
impl fmt::Display for Here<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.environment, self.service)
    }
}

/// A setting that the built-in layer has, so that it is always there.
pub(super) fn known<T>(setting: &Option<Sourced<T>>) -> &Sourced<T> {
    setting.as_ref().expect("src/spec/built_in.yaml has it")
}

//! What the layers of the spec say about one service, strongest first.

use crate::diagnostic::Location;
use crate::plan::{Field, Layer, Origin, Sourced};
use crate::spec::Settings;

/// The layers that speak about one service of one environment, strongest first.
pub(super) struct Layers<'s> {
    pub(super) environment: &'s str,
    pub(super) service: &'s str,
    pub(super) stack: [(Layer, Option<&'s Settings>); 4],
}

impl<'s> Layers<'s> {
    /// What the strongest layer says that says anything.
    pub(super) fn pick<T>(
        &self,
        field: impl Into<Field>,
        get: impl Fn(&'s Settings) -> Option<T>,
    ) -> Option<Sourced<T>> {
        self.stack
            .iter()
            .find_map(|(layer, settings)| Some((*layer, get((*settings)?)?)))
            .map(|(layer, value)| Sourced { value, from: Origin { layer, field: field.into() } })
    }

    pub(super) fn pick_or<T>(
        &self,
        field: impl Into<Field> + Clone,
        default: T,
        get: impl Fn(&'s Settings) -> Option<T>,
    ) -> Sourced<T> {
        self.pick(field.clone(), get).unwrap_or_else(|| Sourced { value: default, from: built_in(field) })
    }

    pub(super) fn locate(&self, from: &Origin) -> Location {
        from.location(self.environment, self.service)
    }

    /// How a message calls this service.
    pub(super) fn called(&self) -> String {
        format!("{}/{}", self.environment, self.service)
    }
}

/// Where a value comes from that nobody said.
pub(super) fn built_in(field: impl Into<Field>) -> Origin {
    Origin { layer: Layer::BuiltIn, field: field.into() }
}

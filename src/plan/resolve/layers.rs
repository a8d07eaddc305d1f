//! What the layers of the spec say about one service, strongest first.

use crate::diagnostic::Location;
use crate::plan::{Layer, Origin, Sourced};
use crate::spec::Settings;

/// The layers that speak about one service of one environment, strongest first.
pub(super) struct Layers<'s> {
    pub(super) environment: &'s str,
    pub(super) service: &'s str,
    pub(super) stack: [(Layer, Option<&'s Settings>); 4],
}

impl Layers<'_> {
    /// What the strongest layer says that says anything.
    pub(super) fn pick<T>(
        &self,
        field: &'static str,
        get: impl Fn(&Settings) -> Option<T>,
    ) -> Option<Sourced<T>> {
        self.stack.iter().find_map(|(layer, settings)| {
            let value = get((*settings)?)?;
            Some(Sourced { value, from: Origin { layer: *layer, field } })
        })
    }

    pub(super) fn pick_or<T>(
        &self,
        field: &'static str,
        default: T,
        get: impl Fn(&Settings) -> Option<T>,
    ) -> Sourced<T> {
        self.pick(field, get)
            .unwrap_or(Sourced { value: default, from: Origin { layer: Layer::BuiltIn, field } })
    }

    pub(super) fn locate(&self, from: Origin) -> Location {
        from.location(self.environment, self.service)
    }

    /// How a message calls this service.
    pub(super) fn called(&self) -> String {
        format!("{}/{}", self.environment, self.service)
    }
}

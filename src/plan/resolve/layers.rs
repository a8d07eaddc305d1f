//! What the layers of the spec say about one service, strongest first.

use serde::Serialize;

use super::record::Record;
use crate::diagnostic::Location;
use crate::plan::{Field, Layer, Origin, Otherwise, Sourced};
use crate::spec::Settings;

/// The layers that speak about one service of one environment, strongest first.
pub(super) struct Layers<'s> {
    pub(super) environment: &'s str,
    pub(super) service: &'s str,
    pub(super) stack: [(Layer, Option<&'s Settings>); 4],
    /// Where to write down what is asked, if anybody wants to know.
    pub(super) record: Option<&'s Record>,
}

impl<'s> Layers<'s> {
    /// What the strongest layer says that says anything.
    pub(super) fn pick<T>(
        &self,
        field: impl Into<Field>,
        get: impl Fn(&'s Settings) -> Option<T>,
    ) -> Option<Sourced<T>> {
        let Some(record) = self.record else {
            return self.strongest(get).map(|(layer, value)| said(layer, field.into(), value));
        };
        let field = field.into();
        record.said(&field, self.speaking(&field, &get));
        self.strongest(get).map(|(layer, value)| said(layer, field, value))
    }

    pub(super) fn pick_or<T: Serialize>(
        &self,
        field: impl Into<Field> + Clone,
        default: T,
        get: impl Fn(&'s Settings) -> Option<T>,
    ) -> Sourced<T> {
        let found = self.pick(field.clone(), get);
        self.note_built_in(|| field.clone().into(), &default);
        found.unwrap_or_else(|| Sourced { value: default, from: built_in(field) })
    }

    /// What is said at another key, where a setting is not said at its own.
    pub(super) fn or_pick<T>(
        &self,
        found: Option<Sourced<T>>,
        key: impl FnOnce() -> Field,
        other: impl Into<Field> + Clone,
        get: impl Fn(&'s Settings) -> Option<T>,
    ) -> Option<Sourced<T>> {
        let Some(record) = self.record else {
            return found.or_else(|| self.pick(other, get));
        };
        let fallback = other.clone().into();
        record.said(&key(), self.speaking(&fallback, &get));
        let fallback = self.pick(other, get);
        found.or(fallback)
    }

    /// What is said and right, or built in; nothing if it is said and wrong.
    pub(super) fn or_built_in<T: Serialize>(
        &self,
        said: Option<Option<Sourced<T>>>,
        field: impl Fn() -> Field,
        value: T,
    ) -> Option<Sourced<T>> {
        self.note_built_in(&field, &value);
        said.unwrap_or_else(|| Some(Sourced { value, from: built_in(field()) }))
    }

    /// A name that a pattern made.
    pub(super) fn made<T: ToString>(
        &self,
        field: impl Into<Field> + Clone,
        pattern: (&'static str, Option<&str>, &str),
        value: T,
    ) -> Sourced<T> {
        if let Some(record) = self.record {
            let (name, said, default) = pattern;
            let pattern = said.unwrap_or(default).to_owned();
            let made = Otherwise::Pattern { name, said: said.is_some(), pattern, value: value.to_string() };
            record.otherwise(&field.clone().into(), made);
        }
        Sourced { value, from: built_in(field) }
    }

    /// Whether any layer has it.
    pub(super) fn any<T>(&self, get: impl Fn(&'s Settings) -> Option<T>) -> bool {
        self.strongest(get).is_some()
    }

    pub(super) fn locate(&self, from: &Origin) -> Location {
        from.location(self.environment, self.service)
    }

    /// How a message calls this service.
    pub(super) fn called(&self) -> String {
        format!("{}/{}", self.environment, self.service)
    }

    fn strongest<T>(&self, get: impl Fn(&'s Settings) -> Option<T>) -> Option<(Layer, T)> {
        self.stack.iter().find_map(|(layer, settings)| Some((*layer, get((*settings)?)?)))
    }

    fn speaking<T>(
        &self,
        field: &Field,
        get: &impl Fn(&'s Settings) -> Option<T>,
    ) -> impl Iterator<Item = Origin> {
        let speaks = |(layer, settings): &(Layer, Option<&'s Settings>)| {
            get((*settings)?).map(|_| Origin { layer: *layer, field: field.clone() })
        };
        self.stack.iter().filter_map(speaks)
    }

    fn note_built_in(&self, field: impl FnOnce() -> Field, value: &impl Serialize) {
        if let Some(record) = self.record {
            let value = serde_json::to_value(value).expect("a built-in value is a word or a number");
            record.otherwise(&field(), Otherwise::BuiltIn(value));
        }
    }
}

fn said<T>(layer: Layer, field: Field, value: T) -> Sourced<T> {
    Sourced { value, from: Origin { layer, field } }
}

/// Where a value comes from that nobody said.
fn built_in(field: impl Into<Field>) -> Origin {
    Origin { layer: Layer::BuiltIn, field: field.into() }
}

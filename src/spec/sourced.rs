//! Values that know their layer and their place in the text, and the types that serde reads them with.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};

use crate::diagnostic::Place;

/// Where a value was said, weakest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Nowhere: the value is built into the program.
    #[default]
    BuiltIn,
    /// At the root of the spec, for all environments: `names`, `notifications`, `dashboard`.
    Spec,
    /// `defaults`
    Defaults,
    /// `services.S`
    Service,
    /// `environments.E`
    Environment,
    /// `environments.E.services.S`
    EnvironmentService,
}

impl Layer {
    const ALL: [Self; 6] = [
        Self::BuiltIn,
        Self::Spec,
        Self::Defaults,
        Self::Service,
        Self::Environment,
        Self::EnvironmentService,
    ];

    /// What the user calls the layer, for a service of an environment.
    pub fn called(self, environment: &str, service: &str) -> String {
        match self {
            Self::BuiltIn => "built in".to_owned(),
            Self::Spec => "the spec".to_owned(),
            Self::Defaults => "defaults".to_owned(),
            Self::Service => format!("services.{service}"),
            Self::Environment => format!("environments.{environment}"),
            Self::EnvironmentService => format!("environments.{environment}.services.{service}"),
        }
    }
}

/// The layer that gave a value, and the bytes that did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Parts")]
pub struct Origin {
    /// Which layer.
    pub layer: Layer,
    /// Where in the spec; nowhere for what is built in.
    pub place: Place,
}

/// An origin as numbers: its layer, its file, its first byte and the one behind its last.
pub(super) type Parts = (u32, u32, u32, u32);

impl From<Parts> for Origin {
    fn from((layer, file, start, end): Parts) -> Self {
        let layer = Layer::ALL.get(layer as usize).copied().unwrap_or_default();
        Self { layer, place: Place { file: file as u16, start, end } }
    }
}

impl Origin {
    /// Whether the spec says nothing about it.
    pub fn is_built_in(&self) -> bool {
        self.layer == Layer::BuiltIn
    }
}

/// A value that remembers where it comes from. One layer says it whole, the strongest that says it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename = "$gen::Sourced")]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it was said.
    pub from: Origin,
}

impl<T> Sourced<T> {
    /// A value that the program computes where the spec says none.
    pub fn built_in(value: T) -> Self {
        Self { value, from: Origin::default() }
    }
}

impl<T: fmt::Display> fmt::Display for Sourced<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

/// Two values are the same wherever they are said.
impl<T: PartialEq> PartialEq for Sourced<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T> Deref for Sourced<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// A mapping whose keys several layers may say; it remembers the strongest of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename = "$gen::Holder")]
pub struct Holder<T> {
    /// What they say together.
    pub value: T,
    /// Where the strongest of them begins it.
    pub from: Origin,
}

impl<T> Deref for Holder<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// The keys of two types in one mapping: those that all kinds of a thing have, and those of one kind.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename = "$gen::Both")]
pub struct Both<A, B> {
    /// What they have in common.
    pub common: A,
    /// What is the kind's own.
    pub own: B,
}

/// A part of the spec that is judged where it stands and read later, merged with other layers.
#[derive(Debug, Clone)]
pub struct Unmerged<T>(PhantomData<fn() -> T>);

/// The names by which [`super::merge::Reader`] knows a [`Sourced`], a [`Holder`] and a [`Both`]. It gives their fields in order.
pub(super) const SOURCED: &str = "$gen::Sourced";
pub(super) const HOLDER: &str = "$gen::Holder";
pub(super) const BOTH: &str = "$gen::Both";

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Unmerged<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(|_judged| Self(PhantomData))
    }
}

/// In the schema it is what it holds.
macro_rules! schema_of_what_it_holds {
    ($($name:ident),+) => {$(
        impl<T: JsonSchema> JsonSchema for $name<T> {
            fn inline_schema() -> bool {
                T::inline_schema()
            }
            fn schema_name() -> Cow<'static, str> {
                T::schema_name()
            }
            fn schema_id() -> Cow<'static, str> {
                T::schema_id()
            }
            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                T::json_schema(generator)
            }
        }
    )+};
}

schema_of_what_it_holds!(Sourced, Holder, Unmerged);

/// In the schema it is the second type, with the keys of the first one before its own.
impl<A: JsonSchema, B: JsonSchema> JsonSchema for Both<A, B> {
    fn schema_name() -> Cow<'static, str> {
        B::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        B::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut common = A::json_schema(generator);
        let mut own = B::json_schema(generator);
        let keys = |schema: &mut Schema| schema.remove("properties").into_iter();
        let keys: Vec<_> = keys(&mut common).chain(keys(&mut own)).collect();
        let keys = keys.into_iter().filter_map(|keys| match keys {
            serde_json::Value::Object(keys) => Some(keys),
            _ => None,
        });
        let keys: serde_json::Map<String, serde_json::Value> = keys.flatten().collect();
        own.insert("properties".to_owned(), keys.into());
        own
    }
}

//! Values that know their layer and their place in the text, and the types that serde reads them with.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Origin {
    /// Which layer.
    pub layer: Layer,
    /// Where in the spec; nowhere for what is built in.
    pub place: Place,
}

impl Origin {
    /// Whether the spec says nothing about it.
    pub fn is_built_in(&self) -> bool {
        self.layer == Layer::BuiltIn
    }
}

/// A value that remembers where it comes from. One layer says it whole, the strongest that says it.
#[derive(Debug, Clone, PartialEq)]
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

impl<T> Deref for Sourced<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// A mapping whose keys several layers may say; it remembers the strongest of them.
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone)]
pub struct Both<A, B> {
    /// What they have in common.
    pub common: A,
    /// What is the kind's own.
    pub own: B,
}

/// A part of the spec that is judged where it stands and read later, merged with other layers.
#[derive(Debug, Clone)]
pub struct Unmerged<T>(PhantomData<fn() -> T>);

/// How [`super::merge::Reader`] is asked for a [`Sourced`], a [`Holder`] and a [`Both`]: by these names of types.
pub(super) const SOURCED: &str = "$gen::Sourced";
pub(super) const HOLDER: &str = "$gen::Holder";
pub(super) const BOTH: &str = "$gen::Both";

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Sourced<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (value, from) = deserializer.deserialize_newtype_struct(SOURCED, Placed(PhantomData))?;
        Ok(Self { value, from })
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Holder<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (value, from) = deserializer.deserialize_newtype_struct(HOLDER, Placed(PhantomData))?;
        Ok(Self { value, from })
    }
}

/// Takes layer, file, first and last byte, and the value.
struct Placed<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Placed<T> {
    type Value = (T, Origin);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value with its place")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut parts: S) -> Result<Self::Value, S::Error> {
        let lacks = || S::Error::custom("a value without its place");
        let layer: u16 = parts.next_element()?.ok_or_else(lacks)?;
        let file = parts.next_element()?.ok_or_else(lacks)?;
        let start = parts.next_element()?.ok_or_else(lacks)?;
        let end = parts.next_element()?.ok_or_else(lacks)?;
        let value = parts.next_element()?.ok_or_else(lacks)?;
        let layer = Layer::ALL.get(usize::from(layer)).copied().unwrap_or_default();
        Ok((value, Origin { layer, place: Place { file, start, end } }))
    }
}

impl<'de, A: Deserialize<'de>, B: Deserialize<'de>> Deserialize<'de> for Both<A, B> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Twice<A, B>(PhantomData<(A, B)>);
        impl<'de, A: Deserialize<'de>, B: Deserialize<'de>> Visitor<'de> for Twice<A, B> {
            type Value = Both<A, B>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the same mapping twice")
            }

            fn visit_seq<S: SeqAccess<'de>>(self, mut parts: S) -> Result<Self::Value, S::Error> {
                let lacks = || S::Error::custom("a mapping only once");
                let common = parts.next_element()?.ok_or_else(lacks)?;
                let own = parts.next_element()?.ok_or_else(lacks)?;
                Ok(Both { common, own })
            }
        }
        deserializer.deserialize_tuple_struct(BOTH, 2, Twice(PhantomData))
    }
}

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

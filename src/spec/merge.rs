//! Layers of a spec as one value: a serde deserializer over nodes, by reference.
//!
//! Mappings merge key by key; everything else is said whole by the strongest layer that says it.

use std::cell::RefCell;

use serde::de::value::{BorrowedStrDeserializer, Error, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::layers::{Said, Stack};
use super::leaf;
use super::sourced::{BOTH, HOLDER, SOURCED};
use crate::document::{Entry, Kind, Node, Scalar};

/// Reads a stack of layers.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a, 'd> {
    here: Stack<'d>,
    mode: Mode<'a, 'd>,
}

/// What a reader is after.
#[derive(Clone, Copy)]
enum Mode<'a, 'd> {
    /// Whether one layer is as the format wants it: every key and every value.
    Judge,
    /// The same of a mapping whose keys several types know; each writes down which it knows.
    JudgePart(&'a RefCell<Vec<&'static str>>),
    /// What the layers say together. They are judged already, so that a key of another part of the format is passed over.
    Merge(&'a Stack<'d>),
}

impl<'a, 'd> Reader<'a, 'd> {
    /// Judges one layer.
    pub(super) fn judge(node: &'d Node) -> Self {
        Self { here: Stack::of(Said::root(node)), mode: Mode::Judge }
    }

    /// Merges layers.
    pub(super) fn merge(root: &'a Stack<'d>) -> Self {
        Self { here: *root, mode: Mode::Merge(root) }
    }

    /// The same of another part.
    pub(super) fn with(self, here: Stack<'d>) -> Self {
        let mode = match self.mode {
            Mode::JudgePart(_) => Mode::Judge,
            mode => mode,
        };
        Self { here, mode }
    }

    fn child(&self, key: &str) -> Option<Stack<'d>> {
        match self.mode {
            Mode::Merge(root) => self.here.child(key, root),
            Mode::Judge | Mode::JudgePart(_) => {
                let said = self.here.top();
                Some(Stack::of(said.below(said.node.entry(key)?)))
            }
        }
    }

    /// All keys of a mapping, sorted, and once.
    fn keys(&self) -> Vec<&'d str> {
        let said = self.here.said().filter(|said| !said.is_built_in());
        let mut keys: Vec<&str> = said.flat_map(|said| said.node.entries()).map(Entry::key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    fn is_mapping(&self) -> bool {
        matches!(self.here.top().node.kind(), Kind::Mapping(_))
    }
}

impl<'d> Deserializer<'d> for Reader<'_, 'd> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Error> {
        let top = self.here.top();
        match top.node.kind() {
            Kind::Scalar(Scalar::Null) => visitor.visit_unit(),
            Kind::Scalar(Scalar::Bool(value)) => visitor.visit_bool(*value),
            Kind::Scalar(Scalar::Text(text)) => visitor.visit_borrowed_str(text),
            Kind::Scalar(Scalar::Number(number)) => number.deserialize_any(visitor).map_err(Error::custom),
            Kind::Sequence(items) => {
                let items = items.iter().map(|item| self.with(Stack::of(top.item(item))));
                visitor.visit_seq(Items(items))
            }
            Kind::Mapping(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Error> {
        // A key without a value is no way to leave it out.
        visitor.visit_some(self)
    }

    fn deserialize_struct<V: Visitor<'d>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if !self.is_mapping() {
            return self.deserialize_any(visitor);
        }
        match self.mode {
            Mode::Judge => return self.deserialize_map(visitor),
            Mode::JudgePart(known) => known.borrow_mut().extend(fields),
            Mode::Merge(_) => {}
        }
        visitor.visit_map(Fields { of: self, keys: fields.iter().copied(), value: None })
    }

    fn deserialize_map<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Error> {
        if !self.is_mapping() {
            return self.deserialize_any(visitor);
        }
        visitor.visit_map(Fields { of: self, keys: self.keys().into_iter(), value: None })
    }

    fn deserialize_newtype_struct<V: Visitor<'d>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match (name, self.mode) {
            (SOURCED, _) => visitor.visit_seq(Parts { of: self.with(Stack::of(self.here.top())), index: 0 }),
            (HOLDER, _) => visitor.visit_seq(Parts { of: self, index: 0 }),
            (name, Mode::Judge | Mode::JudgePart(_)) if !leaf::fits(name, self.here.top().node) => {
                Err(Error::custom(format_args!("{name} is something else")))
            }
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'d>>(
        self,
        name: &'static str,
        parts: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name != BOTH {
            return self.deserialize_any(visitor);
        }
        if !matches!(self.mode, Mode::Judge) {
            return visitor.visit_seq(Items((0..parts).map(|_| self)));
        }
        let known = RefCell::default();
        let part = Reader { here: self.here, mode: Mode::JudgePart(&known) };
        let value = visitor.visit_seq(Items((0..parts).map(|_| part)))?;
        match self.keys().into_iter().find(|key| !known.borrow().contains(key)) {
            Some(key) => Err(Error::custom(format_args!("unknown key {key}"))),
            None => Ok(value),
        }
    }

    fn deserialize_enum<V: Visitor<'d>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.here.top().node.text() {
            Some(word) => visitor.visit_enum(BorrowedStrDeserializer::new(word)),
            None => Err(Error::custom("not a word")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        <V: Visitor<'d>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        identifier
    }
}

impl<'d> IntoDeserializer<'d> for Reader<'_, 'd> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

/// The values of a list, or the same value several times.
struct Items<I>(I);

impl<'a, 'd: 'a, I: Iterator<Item = Reader<'a, 'd>>> SeqAccess<'d> for Items<I> {
    type Error = Error;
    fn next_element_seed<T: DeserializeSeed<'d>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.0.next().map(|item| seed.deserialize(item)).transpose()
    }
}

/// Some keys of a mapping: those of a type, or all.
struct Fields<'a, 'd, K> {
    of: Reader<'a, 'd>,
    keys: K,
    value: Option<Stack<'d>>,
}

impl<'d, 'k, K: Iterator<Item = &'k str>> MapAccess<'d> for Fields<'_, 'd, K> {
    type Error = Error;

    fn next_key_seed<T: DeserializeSeed<'d>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        for key in self.keys.by_ref() {
            self.value = self.of.child(key);
            if self.value.is_some() {
                return seed.deserialize(StrDeserializer::new(key)).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<T: DeserializeSeed<'d>>(&mut self, seed: T) -> Result<T::Value, Error> {
        let value = self.value.take().ok_or_else(|| Error::custom("a value before its key"))?;
        seed.deserialize(self.of.with(value))
    }
}

/// A value behind its layer and its place.
struct Parts<'a, 'd> {
    of: Reader<'a, 'd>,
    index: u8,
}

impl<'d> SeqAccess<'d> for Parts<'_, 'd> {
    type Error = Error;
    fn next_element_seed<T: DeserializeSeed<'d>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let said = self.of.here.top();
        self.index += 1;
        let value = match self.index {
            1 => seed.deserialize((said.layer as u16).into_deserializer()),
            2 => seed.deserialize(said.place.file.into_deserializer()),
            3 => seed.deserialize(said.place.start.into_deserializer()),
            4 => seed.deserialize(said.place.end.into_deserializer()),
            _ => seed.deserialize(self.of),
        };
        value.map(Some)
    }
}

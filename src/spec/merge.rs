//! Layers of a spec as one value: a serde deserializer over nodes, by reference.
//!
//! Mappings merge key by key; everything else is said whole by the strongest layer that says it.

use std::cell::RefCell;

use serde::de::value::{BorrowedStrDeserializer, Error, MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IntoDeserializer, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::leaf;
use super::sourced::{BOTH, HOLDER, SOURCED};
use super::stack::{Said, Stack};
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

    fn entries(self) -> Vec<(&'d str, Self)> {
        if let Some(said) = self.here.alone().filter(|said| !said.is_built_in()) {
            let entry = |entry: &'d Entry| (entry.key(), self.with(Stack::of(said.below(entry))));
            return said.node.entries().iter().map(entry).collect();
        }
        let said = self.here.said().filter(|said| !said.is_built_in());
        let mut keys: Vec<&str> = said.flat_map(|said| said.node.entries()).map(Entry::key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter().filter_map(|key| Some((key, self.with(self.child(key)?)))).collect()
    }

    fn is_mapping(&self) -> bool {
        matches!(self.here.top().node.kind(), Kind::Mapping(_))
    }

    /// The same mapping for several types, which know all its keys together.
    fn parts<V: Visitor<'d>>(self, parts: usize, visitor: V) -> Result<V::Value, Error> {
        if !matches!(self.mode, Mode::Judge) {
            return visitor.visit_seq(SeqDeserializer::new((0..parts).map(|_| self)));
        }
        let known = RefCell::default();
        let part = Reader { here: self.here, mode: Mode::JudgePart(&known) };
        let value = visitor.visit_seq(SeqDeserializer::new((0..parts).map(|_| part)))?;
        let entries = self.here.top().node.entries().iter();
        match entries.map(Entry::key).find(|key| !known.borrow().contains(key)) {
            Some(key) => Err(Error::custom(format_args!("unknown key {key}"))),
            None => Ok(value),
        }
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
                visitor.visit_seq(SeqDeserializer::new(items))
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
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match name {
            SOURCED => visitor.visit_seq(Sourcing(Some(self.with(Stack::of(self.here.top()))), self)),
            HOLDER => visitor.visit_seq(Sourcing(Some(self), self)),
            BOTH => self.parts(fields.len(), visitor),
            _ if !self.is_mapping() => self.deserialize_any(visitor),
            _ => {
                match self.mode {
                    Mode::Judge => return self.deserialize_map(visitor),
                    Mode::JudgePart(known) => known.borrow_mut().extend(fields),
                    Mode::Merge(_) => {}
                }
                let known = fields.iter().filter_map(|key| Some((*key, self.with(self.child(key)?))));
                visitor.visit_map(MapDeserializer::new(known))
            }
        }
    }

    fn deserialize_map<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.is_mapping() {
            true => visitor.visit_map(MapDeserializer::new(self.entries().into_iter())),
            false => self.deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'d>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let judged = !matches!(self.mode, Mode::Merge(_));
        if judged && !leaf::fits(name, self.here.top().node) {
            return Err(Error::custom(format_args!("{name} is something else")));
        }
        visitor.visit_newtype_struct(self)
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
        tuple_struct identifier
    }
}

impl<'d> IntoDeserializer<'d> for Reader<'_, 'd> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

/// A value, if it is not given yet, and its origin.
struct Sourcing<'a, 'd>(Option<Reader<'a, 'd>>, Reader<'a, 'd>);

impl<'d> SeqAccess<'d> for Sourcing<'_, 'd> {
    type Error = Error;
    fn next_element_seed<T: DeserializeSeed<'d>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        if let Some(value) = self.0.take() {
            return seed.deserialize(value).map(Some);
        }
        let Said { layer, place, .. } = self.1.here.top();
        let parts = [layer as u32, place.file.into(), place.start, place.end];
        seed.deserialize(SeqDeserializer::new(parts.into_iter())).map(Some)
    }
}

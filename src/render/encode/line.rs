//! API structures as one line of text, with the places where it can be broken.
//!
//! A structure is serialised once. What lays it out copies parts of the line, and knows the length of each beforehand.

use std::fmt::{Display, Write};
use std::ops::Range;

use serde::ser::{
    self, Error as _, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};
use serde::{Serialize, Serializer};

use crate::aws::{Data, Lookup};

/// How a language writes strings, keys and lookups; brackets, commas and numbers are those of JSON.
pub trait Language {
    /// A string, with its quotes.
    fn string(&self, text: &str, out: &mut String);
    /// A key of an object.
    fn key(&self, name: &str, out: &mut String);
    /// What is looked up when it is applied.
    fn lookup(&self, lookup: &Lookup<'_>, out: &mut String);
}

/// A value in one line.
#[derive(Debug, Default)]
pub struct Line {
    text: String,
    /// The value, and below it what it holds, in the order of the text.
    parts: Vec<Part>,
}

/// A value in a line.
#[derive(Debug)]
struct Part {
    /// Where its key begins, or the value itself where it has none.
    key: usize,
    begin: usize,
    end: usize,
    /// The part behind it and behind all that it holds.
    next: usize,
    kind: Kind,
}

/// What a value holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing that a line could be broken between: a scalar, or an empty object or list.
    Scalar,
    /// Items.
    List,
    /// Entries with keys.
    Map,
}

/// A value of a line, by its place.
#[derive(Debug, Clone, Copy)]
pub struct Value<'l> {
    line: &'l Line,
    at: usize,
}

impl Line {
    /// A value in one line.
    pub fn of(value: &(impl Serialize + ?Sized), language: &impl Language) -> Self {
        let line = Self { text: String::with_capacity(512), parts: Vec::with_capacity(32) };
        let mut writer = Writer { line, key: None, naming: false, language };
        value.serialize(&mut writer).expect("API structures have a form in JSON");
        writer.line
    }

    /// The value.
    pub fn value(&self) -> Value<'_> {
        Value { line: self, at: 0 }
    }
}

impl<'l> Value<'l> {
    fn part(self) -> &'l Part {
        &self.line.parts[self.at]
    }

    fn slice(self, range: Range<usize>) -> &'l str {
        &self.line.text[range]
    }

    /// What it holds.
    pub fn kind(self) -> Kind {
        self.part().kind
    }

    /// Whether it can be broken into lines.
    pub fn can_break(self) -> bool {
        self.kind() != Kind::Scalar
    }

    /// Its text, without a key.
    pub fn text(self) -> &'l str {
        self.slice(self.part().begin..self.part().end)
    }

    /// Its key and what separates it from the value; empty where it has none.
    pub fn key(self) -> &'l str {
        self.slice(self.part().key..self.part().begin)
    }

    /// Key and value.
    pub fn entry(self) -> &'l str {
        self.slice(self.part().key..self.part().end)
    }

    /// What it holds.
    pub fn children(self) -> impl Iterator<Item = Value<'l>> {
        let line = self.line;
        let first = Some(self.at + 1).filter(|_| self.can_break());
        let end = self.part().next;
        std::iter::successors(first, move |at| Some(line.parts[*at].next).filter(|at| *at < end))
            .map(move |at| Value { line, at })
    }
}

/// Writes a line.
struct Writer<'w, L> {
    line: Line,
    /// Where the key of the next value begins.
    key: Option<usize>,
    /// Whether the next string is a key.
    naming: bool,
    language: &'w L,
}

impl<L: Language> Writer<'_, L> {
    fn scalar(&mut self, write: impl FnOnce(&L, &mut String)) -> Result<(), Unwritable> {
        let at = self.begin(Kind::Scalar);
        write(self.language, &mut self.line.text);
        self.end(at);
        Ok(())
    }

    fn begin(&mut self, kind: Kind) -> usize {
        let begin = self.line.text.len();
        let key = self.key.take().unwrap_or(begin);
        self.line.parts.push(Part { key, begin, end: begin, next: 0, kind });
        self.line.parts.len() - 1
    }

    fn end(&mut self, at: usize) {
        let (end, next) = (self.line.text.len(), self.line.parts.len());
        let part = &mut self.line.parts[at];
        (part.end, part.next) = (end, next);
    }

    fn name(&mut self, name: &str) {
        self.key = Some(self.line.text.len());
        self.language.key(name, &mut self.line.text);
        self.line.text.push_str(": ");
    }
}

/// Why something has no form in a line.
#[derive(Debug)]
struct Unwritable(String);

impl Display for Unwritable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unwritable {}

impl ser::Error for Unwritable {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

macro_rules! integers {
    ($($method:ident: $of:ty),+) => {
        $(fn $method(self, value: $of) -> Result<(), Unwritable> {
            self.scalar(|_, out| write!(out, "{value}").expect("memory takes all"))
        })+
    };
}

impl<'a, 'w, L: Language> Serializer for &'a mut Writer<'w, L> {
    type Ok = ();
    type Error = Unwritable;
    type SerializeSeq = Entries<'a, 'w, L>;
    type SerializeTuple = Entries<'a, 'w, L>;
    type SerializeTupleStruct = Entries<'a, 'w, L>;
    type SerializeTupleVariant = Entries<'a, 'w, L>;
    type SerializeMap = Entries<'a, 'w, L>;
    type SerializeStruct = Entries<'a, 'w, L>;
    type SerializeStructVariant = Entries<'a, 'w, L>;

    integers!(
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64
    );

    fn serialize_bool(self, value: bool) -> Result<(), Unwritable> {
        self.scalar(|_, out| out.push_str(if value { "true" } else { "false" }))
    }

    fn serialize_f32(self, value: f32) -> Result<(), Unwritable> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Unwritable> {
        match Data::number(value) {
            Data::Integer(whole) => self.serialize_i64(whole),
            _ => self.scalar(|_, out| out.push_str(&serde_json::Value::from(value).to_string())),
        }
    }

    fn serialize_char(self, value: char) -> Result<(), Unwritable> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Unwritable> {
        if self.naming {
            self.language.key(value, &mut self.line.text);
            return Ok(());
        }
        self.scalar(|language, out| language.string(value, out))
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Unwritable> {
        Err(Unwritable::custom("JSON has no bytes"))
    }

    fn serialize_none(self) -> Result<(), Unwritable> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unwritable> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unwritable> {
        self.scalar(|_, out| out.push_str("null"))
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unwritable> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<(), Unwritable> {
        self.serialize_str(name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        if let Some(lookup) = Lookup::of_variant(name, value) {
            return self.scalar(|language, out| language.lookup(&lookup, out));
        }
        let mut entries = self.serialize_map(Some(1))?;
        entries.serialize_entry(name, value)?;
        SerializeMap::end(entries)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Unwritable> {
        let at = self.begin(Kind::List);
        Ok(Entries { writer: self, at, outer: None })
    }

    fn serialize_tuple(self, length: usize) -> Result<Self::SerializeTuple, Unwritable> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleStruct, Unwritable> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleVariant, Unwritable> {
        self.serialize_seq(Some(length))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Unwritable> {
        let at = self.begin(Kind::Map);
        Ok(Entries { writer: self, at, outer: None })
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Self::SerializeStruct, Unwritable> {
        self.serialize_map(Some(length))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Unwritable> {
        let outer = self.begin(Kind::Map);
        self.line.text.push_str("{ ");
        self.name(name);
        let at = self.begin(Kind::Map);
        Ok(Entries { writer: self, at, outer: Some(outer) })
    }
}

/// The entries of an object or a list.
struct Entries<'a, 'w, L> {
    writer: &'a mut Writer<'w, L>,
    at: usize,
    /// The object of a variant, whose one value they are.
    outer: Option<usize>,
}

impl<L: Language> Entries<'_, '_, L> {
    fn separate(&mut self) {
        let first = self.writer.line.parts.len() == self.at + 1;
        let open = if self.writer.line.parts[self.at].kind == Kind::Map { "{ " } else { "[" };
        self.writer.line.text.push_str(if first { open } else { ", " });
    }

    fn entry<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Unwritable> {
        self.separate();
        self.writer.name(name);
        value.serialize(&mut *self.writer)
    }

    fn close(self) {
        let line = &mut self.writer.line;
        let empty = line.parts.len() == self.at + 1;
        let part = &mut line.parts[self.at];
        line.text.push_str(match (part.kind, empty) {
            (Kind::Map, true) => "{}",
            (Kind::Map, false) => " }",
            (_, true) => "[]",
            (_, false) => "]",
        });
        if empty {
            part.kind = Kind::Scalar;
        }
        self.writer.end(self.at);
        if let Some(outer) = self.outer {
            self.writer.line.text.push_str(" }");
            self.writer.end(outer);
        }
    }
}

macro_rules! items {
    ($($of:ident $method:ident),+) => {
        $(impl<L: Language> $of for Entries<'_, '_, L> {
            type Ok = ();
            type Error = Unwritable;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
                self.separate();
                value.serialize(&mut *self.writer)
            }

            fn end(self) -> Result<(), Unwritable> {
                self.close();
                Ok(())
            }
        })+
    };
}

items!(
    SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field
);

macro_rules! fields {
    ($($of:ident),+) => {
        $(impl<L: Language> $of for Entries<'_, '_, L> {
            type Ok = ();
            type Error = Unwritable;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Unwritable> {
                self.entry(name, value)
            }

            fn end(self) -> Result<(), Unwritable> {
                self.close();
                Ok(())
            }
        })+
    };
}

fields!(SerializeStruct, SerializeStructVariant);

impl<L: Language> SerializeMap for Entries<'_, '_, L> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unwritable> {
        self.separate();
        self.writer.key = Some(self.writer.line.text.len());
        self.writer.naming = true;
        key.serialize(&mut *self.writer)?;
        self.writer.naming = false;
        self.writer.line.text.push_str(": ");
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Unwritable> {
        self.close();
        Ok(())
    }
}

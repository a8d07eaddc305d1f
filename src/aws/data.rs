//! A value of an AWS API as a tree: JSON whose fields keep their order and whose strings may be lookups.
//!
//! [`Data::of`] makes it of any of the structs of [`crate::aws`]; the encoders of each language print it.

use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::ser::{
    Error as _, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::text::{LOOKUP, TOPIC};
use super::{Lookup, Str, Text};

/// A value of an AWS API.
#[derive(Debug, Clone, PartialEq)]
pub enum Data<'f> {
    /// `null`
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Another number.
    Number(f64),
    /// A string, or a lookup.
    Text(Text<'f>),
    /// A list.
    List(Vec<Data<'f>>),
    /// Fields in order.
    Map(Vec<(Str<'f>, Data<'f>)>),
}

/// 70.0 is written as 70 in every dialect.
pub(crate) fn plain_number<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    Data::number(*value).serialize(serializer)
}

/// [`plain_number`] of what may be absent.
pub(crate) fn optional_number<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    value.map(Data::number).serialize(serializer)
}

impl<'f> Data<'f> {
    /// The tree of a value.
    pub fn of(value: &(impl Serialize + ?Sized)) -> Data<'static> {
        value.serialize(Tree).expect("structs of this module are trees")
    }

    /// A number: whole ones without a point.
    pub fn number(value: f64) -> Self {
        if value.fract() == 0.0 && value.abs() < 1e15 {
            Self::Integer(value as i64)
        } else {
            Self::Number(value)
        }
    }

    /// A string that is known.
    pub fn string(text: impl Into<Str<'f>>) -> Self {
        Self::Text(Text::Known(text.into()))
    }

    /// The value of a field.
    pub fn get(&self, field: &str) -> Option<&Data<'f>> {
        match self {
            Self::Map(fields) => fields.iter().find(|(name, _)| name == field).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Fields of a map, or none.
    pub fn fields(&self) -> &[(Str<'f>, Data<'f>)] {
        match self {
            Self::Map(fields) => fields,
            _ => &[],
        }
    }

    /// The fields of a map, or none, to add some.
    pub fn into_fields(self) -> Vec<(Str<'f>, Data<'f>)> {
        match self {
            Self::Map(fields) => fields,
            _ => Vec::new(),
        }
    }

    /// Items of a list, or none.
    pub fn items(&self) -> &[Data<'f>] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// The same, with something else in the place of each lookup.
    pub fn map_lookups(&self, with: &dyn Fn(&Lookup<'f>) -> Data<'f>) -> Data<'f> {
        match self {
            Self::Text(Text::Lookup(lookup)) => with(lookup),
            Self::List(items) => Self::List(items.iter().map(|item| item.map_lookups(with)).collect()),
            Self::Map(fields) => {
                let mapped = |(name, value): &(Str<'f>, Self)| (name.clone(), value.map_lookups(with));
                Self::Map(fields.iter().map(mapped).collect())
            }
            other => other.clone(),
        }
    }

    /// All lookups in it, in order.
    pub fn lookups(&self) -> Vec<&Lookup<'f>> {
        match self {
            Self::Text(Text::Lookup(lookup)) => vec![lookup],
            Self::List(items) => items.iter().flat_map(Data::lookups).collect(),
            Self::Map(fields) => fields.iter().flat_map(|(_, value)| value.lookups()).collect(),
            _ => Vec::new(),
        }
    }
}

impl<'f> From<Text<'f>> for Data<'f> {
    fn from(text: Text<'f>) -> Self {
        Self::Text(text)
    }
}

impl<'f> From<&'f str> for Data<'f> {
    fn from(text: &'f str) -> Self {
        Self::Text(text.into())
    }
}

impl From<u32> for Data<'_> {
    fn from(value: u32) -> Self {
        Self::Integer(value.into())
    }
}

impl<'f> FromIterator<Data<'f>> for Data<'f> {
    fn from_iter<I: IntoIterator<Item = Self>>(items: I) -> Self {
        Self::List(items.into_iter().collect())
    }
}

impl From<String> for Data<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl<'f> From<Vec<Data<'f>>> for Data<'f> {
    fn from(items: Vec<Data<'f>>) -> Self {
        Self::List(items)
    }
}

impl From<serde_json::Value> for Data<'_> {
    fn from(value: serde_json::Value) -> Self {
        Self::of(&value)
    }
}

impl Serialize for Data<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::Text(text) => text.serialize(serializer),
            Self::List(items) => serializer.collect_seq(items),
            Self::Map(fields) => serializer.collect_map(fields.iter().map(|(name, value)| (name, value))),
        }
    }
}

impl<'de> Deserialize<'de> for Data<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Self::with_lookups)
    }
}

impl Data<'_> {
    /// `{"$lookup": …}` as what it stands for.
    fn with_lookups(self) -> Self {
        let found = match self.fields() {
            [(key, value)] if key == LOOKUP => lookup(value),
            _ => None,
        };
        match found {
            Some(text) => Self::Text(text),
            None => self,
        }
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Data<'static>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Data::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Data::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Data::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(value).map_or(Data::Number(value as f64), Data::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Data::number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Data::from(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Data::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some((name, value)) = entries.next_entry::<String, _>()? {
            fields.push((name.into(), value));
        }
        Ok(Data::Map(fields))
    }
}

impl Lookup<'static> {
    /// The lookup that a string serialises to as a variant of this name, if it is one.
    pub(crate) fn of_variant(name: &str, value: &(impl Serialize + ?Sized)) -> Option<Self> {
        match (name == LOOKUP).then(|| lookup(&Data::of(value)))?? {
            Text::Lookup(lookup) => Some(lookup),
            Text::Known(_) | Text::Topic(_) => None,
        }
    }
}

/// What stands behind `$lookup`.
fn lookup(data: &Data<'_>) -> Option<Text<'static>> {
    let [(kind, value)] = data.fields() else { return None };
    let text = |data: &Data<'_>| match data {
        Data::Text(Text::Known(text)) => Some(Str::from(text.to_string())),
        _ => None,
    };
    let of = |field: &str| value.get(field).and_then(text);
    Some(Text::Lookup(match &**kind {
        "LoadBalancer" => Lookup::LoadBalancer(text(value)?),
        "PolicyARN" => Lookup::PolicyArn(text(value)?),
        "TargetGroup" => {
            Lookup::TargetGroup { load_balancer: of("LoadBalancer")?, target_group: of("TargetGroup")? }
        }
        "ResourceLabel" => {
            Lookup::ResourceLabel { load_balancer: of("LoadBalancer")?, target_group: of("TargetGroup")? }
        }
        _ => return None,
    }))
}

/// Makes a tree of what serialises.
struct Tree;

/// Why something is no tree.
#[derive(Debug)]
struct NoTree(String);

impl fmt::Display for NoTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoTree {}

impl serde::ser::Error for NoTree {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

type Made = Result<Data<'static>, NoTree>;

macro_rules! integers {
    ($($method:ident: $of:ty),+) => {
        $(fn $method(self, value: $of) -> Made {
            Ok(i64::try_from(value).map_or(Data::Number(value as f64), Data::Integer))
        })+
    };
}

impl Serializer for Tree {
    type Ok = Data<'static>;
    type Error = NoTree;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Items;
    type SerializeMap = Fields;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Fields;

    integers!(
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64
    );

    fn serialize_bool(self, value: bool) -> Made {
        Ok(Data::Bool(value))
    }

    fn serialize_f32(self, value: f32) -> Made {
        Ok(Data::number(value.into()))
    }

    fn serialize_f64(self, value: f64) -> Made {
        Ok(Data::number(value))
    }

    fn serialize_char(self, value: char) -> Made {
        Ok(value.to_string().into())
    }

    fn serialize_str(self, value: &str) -> Made {
        Ok(value.to_owned().into())
    }

    fn serialize_bytes(self, _: &[u8]) -> Made {
        Err(NoTree::custom("JSON has no bytes"))
    }

    fn serialize_none(self) -> Made {
        Ok(Data::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Made {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Made {
        Ok(Data::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Made {
        Ok(Data::Null)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Made {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Made {
        match (name, value.serialize(self)?) {
            (TOPIC, Data::Text(Text::Known(arn))) => Ok(Data::Text(Text::Topic(arn))),
            (_, value) => Ok(value),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Made {
        let value = value.serialize(self)?;
        let found = if variant == LOOKUP { lookup(&value) } else { None };
        Ok(found.map_or_else(|| Data::Map(vec![(variant.into(), value)]), Data::Text))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Items, NoTree> {
        Ok(Items { list: Vec::with_capacity(length.unwrap_or_default()) })
    }

    fn serialize_tuple(self, length: usize) -> Result<Items, NoTree> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Items, NoTree> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        length: usize,
    ) -> Result<Items, NoTree> {
        self.serialize_seq(Some(length))
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Fields, NoTree> {
        Ok(Fields { fields: Vec::with_capacity(length.unwrap_or_default()), name: None, of: None })
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Fields, NoTree> {
        self.serialize_map(Some(length))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Fields, NoTree> {
        Ok(Fields { of: Some(variant), ..self.serialize_map(Some(length))? })
    }
}

struct Items {
    list: Vec<Data<'static>>,
}

macro_rules! items {
    ($($of:ident $method:ident),+) => {
        $(impl $of for Items {
            type Ok = Data<'static>;
            type Error = NoTree;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoTree> {
                self.list.push(value.serialize(Tree)?);
                Ok(())
            }

            fn end(self) -> Made {
                Ok(Data::List(self.list))
            }
        })+
    };
}

items!(
    SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field
);

struct Fields {
    fields: Vec<(Str<'static>, Data<'static>)>,
    /// The name of the entry whose value comes next.
    name: Option<String>,
    /// The variant whose fields they are.
    of: Option<&'static str>,
}

impl Fields {
    fn made(self) -> Data<'static> {
        let fields = Data::Map(self.fields);
        match self.of {
            Some(variant) => Data::Map(vec![(variant.into(), fields)]),
            None => fields,
        }
    }
}

impl SerializeMap for Fields {
    type Ok = Data<'static>;
    type Error = NoTree;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NoTree> {
        match key.serialize(Tree)? {
            Data::Text(Text::Known(name)) => self.name = Some(name.into_owned()),
            other => return Err(NoTree::custom(format!("{other:?} is no name of a field"))),
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoTree> {
        let name = self.name.take().unwrap_or_default();
        self.fields.push((name.into(), value.serialize(Tree)?));
        Ok(())
    }

    fn end(self) -> Made {
        Ok(self.made())
    }
}

impl SerializeStruct for Fields {
    type Ok = Data<'static>;
    type Error = NoTree;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), NoTree> {
        self.fields.push((name.into(), value.serialize(Tree)?));
        Ok(())
    }

    fn end(self) -> Made {
        Ok(self.made())
    }
}

impl SerializeStructVariant for Fields {
    type Ok = Data<'static>;
    type Error = NoTree;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), NoTree> {
        SerializeStruct::serialize_field(self, name, value)
    }

    fn end(self) -> Made {
        Ok(self.made())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::scaling::PredefinedMetric;

    #[test]
    fn a_lookup_survives_the_way_through_json_and_no_string_is_one() {
        let label = Lookup::ResourceLabel { load_balancer: "alb".into(), target_group: "tg".into() };
        for text in [
            Text::Lookup(label),
            Text::Lookup(Lookup::LoadBalancer("alb".into())),
            Text::Lookup(Lookup::PolicyArn("p".into())),
            Text::from("$lookup"),
            Text::from(r#"{"$lookup":{"LoadBalancer":"alb"}}"#),
        ] {
            let metric = PredefinedMetric {
                predefined_metric_type: "ALBRequestCountPerTarget".into(),
                resource_label: Some(text.clone()),
            };
            let data = Data::of(&metric);
            assert_eq!(data.get("ResourceLabel"), Some(&Data::Text(text)));
            let json = serde_json::to_string(&metric).unwrap();
            assert_eq!(serde_json::to_string(&data).unwrap(), json);
            assert_eq!(serde_json::from_str::<PredefinedMetric<'_>>(&json).unwrap(), metric);
            assert_eq!(serde_json::from_str::<Data<'_>>(&json).unwrap(), data);
        }
    }

    #[test]
    fn an_arn_of_the_topic_is_known_and_still_tells_what_it_is() {
        let topic = Text::Topic("arn:aws:sns:eu-west-1:111111111111:alarms".into());
        assert_eq!(serde_json::to_string(&topic).unwrap(), r#""arn:aws:sns:eu-west-1:111111111111:alarms""#);
        assert_eq!(Data::of(&topic), Data::Text(topic));
    }
}

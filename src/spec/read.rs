//! Document → spec: serde judges every layer of a spec by its types; where it refuses one, the schema says what is wrong in
//! the user's terms. A test holds that both accept the same specs, so that nobody else waits for the schema.
//!
//! Structure (unknown keys, missing keys, types) is judged here. Single values (ranges, shapes) are judged by
//! [`crate::plan`], whose messages know what the value is for; what the schema says of them is kept in
//! [`Spec::unjudged`], as a net below.

use std::ops::Deref;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::paths::LocationSegment;
use jsonschema::{Draft, ValidationError, Validator};
use serde::Deserialize;
use serde_json::Value;

use super::layers::Layers;
use super::merge::Reader;
use super::stack::{Said, Stack};
use super::{Format, Names, VERSION, leaf, schema};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location, Part, Step, hint};
use crate::document::{Document, Node};

/// A spec whose structure is right.
#[derive(Debug)]
pub struct Spec<'d> {
    /// What it says for all environments and services.
    said: Format,
    /// What its layers say about services.
    pub layers: Layers<'d>,
    /// How names are made.
    pub names: Names,
    /// Single values that the schema refuses. Whoever judges values has better words for them; these are shown only
    /// if nothing else finds fault, so that no constraint of the schema can be passed over.
    pub unjudged: Vec<Diagnostic>,
}

impl Deref for Spec<'_> {
    type Target = Format;
    fn deref(&self) -> &Format {
        &self.said
    }
}

/// Gives the document a type. `None` if its structure is wrong; all that is wrong with it is in `diagnostics` then.
pub fn read<'d>(document: &'d Document, diagnostics: &mut Diagnostics) -> Option<Spec<'d>> {
    let root = document.root()?;
    if let Some(problem) = unsupported_version(root) {
        diagnostics.push(problem);
        return None;
    }
    let mut unjudged = Vec::new();
    let said = match judge(root) {
        Ok(said) => Ok(said),
        Err(refused) => match by_schema(document, root, diagnostics) {
            Judged::Structure => return None,
            Judged::Values(values) => {
                unjudged = values;
                Format::deserialize(Reader::merge(&Stack::of(Said::root(root))))
            }
            Judged::Fine => Err(refused),
        },
    };
    let layers = Layers::new(root);
    let read = said.and_then(|said| Ok((said, layers.of_spec("names")?.unwrap_or_default())));
    match read {
        Ok((said, names)) => Some(Spec { said, layers, names, unjudged }),
        Err(error) => {
            let message = format!("the spec passes its schema but cannot be read: {error}");
            diagnostics.push(Diagnostic::new(Code::InvalidValue, Location::File, message));
            None
        }
    }
}

/// Judges a spec by its types alone.
fn judge(root: &Node) -> Result<Format, serde::de::value::Error> {
    Format::deserialize(Reader::judge(root))
}

/// Whether the types accept a document: for the test that holds them and the schema equal.
pub fn accepts(document: &Document) -> bool {
    document.root().is_some_and(|root| judge(root).is_ok())
}

fn unsupported_version(root: &Node) -> Option<Diagnostic> {
    let version = root.at("version")?.value();
    if !version.is_i64() || version.as_i64() == Some(VERSION) {
        return None;
    }
    let message =
        format!("format version {version} is not known to this `gen`, which reads version {VERSION}");
    let help = if version.as_i64() > Some(VERSION) { "use a newer `gen`" } else { "write `version: 1`" };
    Some(Diagnostic::new(Code::UnsupportedVersion, Location::value(["version"]), message).help(help))
}

/// What the schema says.
enum Judged {
    /// Nothing.
    Fine,
    /// The structure is wrong, which is reported.
    Structure,
    /// Single values are wrong.
    Values(Vec<Diagnostic>),
}

fn by_schema(document: &Document, root: &Node, diagnostics: &mut Diagnostics) -> Judged {
    let (schema, value) = (schema(), root.value());
    let validator = validator(&schema);
    let mut structural = false;
    let mut values = Vec::new();
    for error in validator.iter_errors(&value) {
        let problems = structure_problems(&error, &schema, document);
        structural |= !problems.is_empty();
        if problems.is_empty() {
            values.push(Diagnostic::new(Code::InvalidValue, place(&error, Part::Value), error.to_string()));
        }
        problems.into_iter().for_each(|problem| diagnostics.push(problem));
    }
    match (structural, values.is_empty()) {
        (true, _) => Judged::Structure,
        (false, false) => Judged::Values(values),
        (false, true) => Judged::Fine,
    }
}

fn validator(schema: &Value) -> Validator {
    let options = Validator::options().with_draft(Draft::Draft202012).should_validate_formats(false);
    options.build(schema).expect("our schema is valid")
}

fn structure_problems(error: &ValidationError<'_>, schema: &Value, document: &Document) -> Vec<Diagnostic> {
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let known = known_keys(error, schema);
            unexpected.iter().map(|key| unknown_key(error, key, &known, schema)).collect()
        }
        ValidationErrorKind::Required { property } => vec![missing_key(error, property, schema)],
        ValidationErrorKind::Type { kind } => vec![wrong_type(error, kind, schema, document)],
        ValidationErrorKind::MinProperties { .. } => {
            let message = format!("`{}` has no entries", last_key(error));
            vec![
                Diagnostic::new(Code::MissingKey, place(error, Part::Key), message).help("name at least one"),
            ]
        }
        ValidationErrorKind::Enum { options } => vec![not_an_option(error, options)],
        ValidationErrorKind::AnyOf { context } => {
            // The choices differ in kind, a word or a mapping: the kind that stands there is meant.
            let is_kind =
                |found: &ValidationError<'_>| matches!(found.kind(), ValidationErrorKind::Type { .. });
            let of_other_kind = |found: &ValidationError<'_>| {
                is_kind(found) && found.instance_path() == error.instance_path()
            };
            match context.iter().find(|found| !found.iter().any(of_other_kind)) {
                Some(meant) => {
                    meant.iter().flat_map(|found| structure_problems(found, schema, document)).collect()
                }
                None => vec![no_choice(error, context)],
            }
        }
        _ => Vec::new(),
    }
}

/// A value of a kind that none of several choices has.
fn no_choice(error: &ValidationError<'_>, choices: &[Vec<ValidationError<'static>>]) -> Diagnostic {
    let found = choices.iter().flatten();
    let kinds = found.clone().filter_map(|found| match found.kind() {
        ValidationErrorKind::Type { kind: TypeKind::Single(kind) } => Some(with_article(&kind.to_string())),
        _ => None,
    });
    let words = found.filter_map(|found| match found.kind() {
        ValidationErrorKind::Enum { options } => Some(words(options)),
        _ => None,
    });
    let kinds = kinds.collect::<Vec<_>>().join(" or ");
    let message =
        format!("`{}` must be {kinds}, but this is {}", last_key(error), described(error.instance()));
    let words: Vec<String> = words.flatten().collect();
    let help = format!("write one of {}, or keys and values below it", list(&words));
    Diagnostic::new(Code::WrongType, place(error, Part::Value), message).help(help)
}

fn words(options: &Value) -> Vec<String> {
    options.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn unknown_key(error: &ValidationError<'_>, key: &str, known: &[String], schema: &Value) -> Diagnostic {
    let mut steps = steps(error);
    steps.push(Step::Key(key.to_owned()));
    let holder = if steps.len() == 1 { "a spec".to_owned() } else { format!("`{}`", last_key(error)) };
    let problem = Diagnostic::new(
        Code::UnknownKey,
        Location::Path(steps, Part::Key),
        format!("{holder} has no key `{key}`"),
    );
    if key == "<<" {
        return problem.help("merge keys are not part of the format; `defaults` and `services` are the layers to share settings");
    }
    let other = match below(error, key, schema) {
        Some(holder) => format!("it belongs under `{holder}`: `{holder}: {{ {key}: … }}`"),
        None => format!("its keys are {}", list(known)),
    };
    problem.help(hint(key, known.iter().map(String::as_str), other))
}

/// The one key beside an unknown key under which that is known.
fn below<'s>(error: &ValidationError<'_>, key: &str, schema: &'s Value) -> Option<&'s str> {
    let has_key = |of: &Value| resolved(of, schema)["properties"].get(key).is_some();
    let beside = pointed(error, schema)?["properties"].as_object()?.iter();
    let mut holders = beside.filter(|(_, of)| has_key(of)).map(|(name, _)| name.as_str());
    holders.next().filter(|_| holders.next().is_none())
}

/// What a schema refers to.
fn resolved<'s>(of: &'s Value, schema: &'s Value) -> &'s Value {
    let choices = of["anyOf"].as_array().into_iter().flatten();
    let reference = [of].into_iter().chain(choices).find_map(|of| of["$ref"].as_str());
    reference.and_then(|reference| schema.pointer(reference.strip_prefix('#')?)).unwrap_or(of)
}

fn missing_key(error: &ValidationError<'_>, property: &Value, schema: &Value) -> Diagnostic {
    let name = property.as_str().unwrap_or_default();
    let holder =
        if steps(error).is_empty() { "the spec".to_owned() } else { format!("`{}`", last_key(error)) };
    let example = pointed(error, schema).map(|holder| &holder["properties"][name]["examples"][0]);
    let help = match example {
        Some(example) if !example.is_null() && !example.is_object() => format!("add `{name}: {example}`"),
        _ => format!("add `{name}:`"),
    };
    Diagnostic::new(Code::MissingKey, place(error, Part::Key), format!("{holder} lacks the key `{name}`"))
        .help(help)
}

fn wrong_type(
    error: &ValidationError<'_>,
    kind: &TypeKind,
    schema: &Value,
    document: &Document,
) -> Diagnostic {
    let location = place(error, Part::Value);
    let wanted = match kind {
        TypeKind::Single(one) => one.to_string(),
        TypeKind::Multiple(several) => several.iter().map(|t| t.to_string()).collect::<Vec<_>>().join(" or "),
    };
    let found = error.instance().as_ref();
    let message =
        format!("`{}` must be {}, but this is {}", last_key(error), with_article(&wanted), described(found));
    let written = &document.text()[document.locate(&location)];
    let holder = pointed(error, schema).unwrap_or(&Value::Null);
    let help = match wanted.as_str() {
        "object" => mapping_help(&last_key(error), found, written, holder),
        wanted => type_help(wanted, found, written, holder["pattern"].as_str()),
    };
    Diagnostic::new(Code::WrongType, location, message).help(help)
}

/// What to write where a mapping is wanted; `holder` is its schema.
fn mapping_help(key: &str, found: &Value, written: &str, holder: &Value) -> String {
    let has = |setting: &str| holder["properties"].get(setting).is_some();
    match found {
        Value::Null => "write `{}` if there is nothing to set".to_owned(),
        Value::Bool(false) if has("enabled") => {
            format!("to switch it off, write `{key}: {{ enabled: false }}`")
        }
        Value::Bool(true) if has("target") => format!("write what is kept: `{key}: {{ target: … }}`"),
        Value::Bool(true) if has("enabled") => format!("to switch it on, write `{key}: {{ enabled: true }}`"),
        Value::Number(_) | Value::String(_) if has("target") => {
            format!("write `{key}: {{ target: {written} }}`")
        }
        Value::Array(items) => match items.first().and_then(Value::as_str) {
            Some(first) if holder.get("additionalProperties").is_some_and(Value::is_object) => {
                format!("write a mapping of names: `{key}: {{ {first}: … }}`")
            }
            _ => "write keys and values below it, or `{}`".to_owned(),
        },
        _ => "write keys and values below it, or `{}`".to_owned(),
    }
}

fn type_help(wanted: &str, found: &Value, written: &str, pattern: Option<&str>) -> String {
    match (wanted, found) {
        ("string", Value::Number(_)) if pattern == Some(leaf::DURATION) => {
            format!("write a unit: `{written}s`")
        }
        ("string", Value::Number(_)) if pattern == Some(leaf::LATENCY) => {
            format!("write a unit: `{written}ms`")
        }
        ("string", Value::Number(_) | Value::Bool(_)) => format!("write it in quotes: `\"{written}\"`"),
        ("number" | "integer", Value::String(text)) => {
            match text.trim_end_matches(['%', ' ']).replace('_', "").parse::<f64>() {
                Ok(number) if number.abs() >= 1e18 => "no setting takes a number so large".to_owned(),
                Ok(number) => format!("write the bare number: `{number}`"),
                Err(_) => "write a number without quotes or unit".to_owned(),
            }
        }
        ("integer", Value::Number(_)) => "write a whole number".to_owned(),
        ("boolean", Value::String(text)) => match text.to_lowercase().as_str() {
            "yes" | "on" | "y" => "write `true`".to_owned(),
            "no" | "off" | "n" => "write `false`".to_owned(),
            _ => "write `true` or `false`".to_owned(),
        },
        (_, Value::Null) => "give it a value or remove the key".to_owned(),
        ("array", _) => "write a list: `[…]`".to_owned(),
        _ => format!("write {}", with_article(wanted)),
    }
}

fn not_an_option(error: &ValidationError<'_>, options: &Value) -> Diagnostic {
    let help = format!("it is one of {}", list(&words(options)));
    let message = format!("`{}` cannot be {}", last_key(error), error.instance());
    Diagnostic::new(Code::InvalidValue, place(error, Part::Value), message).help(help)
}

fn steps(error: &ValidationError<'_>) -> Vec<Step> {
    error
        .instance_path()
        .segments()
        .map(|segment| match segment {
            LocationSegment::Property(key) => Step::Key(key.into_owned()),
            LocationSegment::Index(index) => Step::Index(index),
        })
        .collect()
}

fn place(error: &ValidationError<'_>, part: Part) -> Location {
    Location::Path(steps(error), part)
}

fn last_key(error: &ValidationError<'_>) -> String {
    let steps = steps(error);
    let key = steps.iter().rev().find_map(|step| match step {
        Step::Key(key) => Some(key.clone()),
        Step::Index(_) => None,
    });
    key.unwrap_or_else(|| "the spec".to_owned())
}

/// The schema object that holds the keyword which failed.
fn pointed<'s>(error: &ValidationError<'_>, schema: &'s Value) -> Option<&'s Value> {
    let (holder, _keyword) = error.schema_path().as_str().rsplit_once('/')?;
    schema.pointer(holder)
}

fn known_keys(error: &ValidationError<'_>, schema: &Value) -> Vec<String> {
    let properties = pointed(error, schema).and_then(|holder| holder["properties"].as_object());
    properties.into_iter().flat_map(|map| map.keys().cloned()).collect()
}

fn described(value: &Value) -> String {
    match value {
        Value::Null => "empty".to_owned(),
        Value::Bool(_) => "true or false".to_owned(),
        Value::Number(_) => format!("the number {value}"),
        Value::String(text) => format!("the text {text:?}"),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    }
}

fn with_article(kind: &str) -> String {
    match kind {
        "string" => "text".to_owned(),
        "integer" => "a whole number".to_owned(),
        "boolean" => "true or false".to_owned(),
        "array" => "a list".to_owned(),
        "object" => "a mapping".to_owned(),
        other => format!("a {other}"),
    }
}

fn list(words: &[String]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

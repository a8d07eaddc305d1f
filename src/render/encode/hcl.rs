//! Terraform's language: expressions, and the bodies of blocks, laid out as `terraform fmt` does.
//!
//! A body is made of an API structure by [`arguments`]: the provider's names are the API's in snake case, but for a table
//! of exceptions. Strings of the spec's are always literals; what refers to something is an [`Hcl::Raw`].

use std::borrow::Cow;

use crate::aws::{Data, Str, Text};
use crate::render::syntax::hcl_string;

/// Columns that an expression takes at most in a line, its indentation included, if it can be broken.
const WIDTH: usize = 170;
/// Columns of the longest string in one line; a longer one is joined of several.
const LONGEST: usize = 300;

/// A name and its value: an argument, or a field of an object.
pub type Field<'h> = (Str<'h>, Hcl<'h>);

/// An expression, or a nested block of a body.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hcl<'h> {
    /// A reference, a number, a condition: as it stands.
    Raw(Str<'h>),
    /// A string, of literals and references.
    Text(Vec<Piece<'h>>),
    /// `[…]`
    List(Vec<Hcl<'h>>),
    /// `{ … }`
    Object(Vec<Field<'h>>),
    /// The same, with the fields that share a line where they fit.
    Rows(Vec<Vec<Field<'h>>>),
    /// `name(…)`
    Call(&'static str, Vec<Hcl<'h>>),
    /// `[for each : value if only]`
    ForList(Str<'h>, Box<Hcl<'h>>, Option<Str<'h>>),
    /// `{ for each : key => value if only }`
    ForMap {
        /// `key, value in map`
        each: Str<'h>,
        /// The key of an entry.
        key: Box<Hcl<'h>>,
        /// The value of an entry.
        value: Box<Hcl<'h>>,
        /// The condition of an entry.
        only: Option<Str<'h>>,
    },
    /// A nested block, as the value of its type.
    Block(Vec<Field<'h>>),
}

/// A piece of a string.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece<'h> {
    /// Text as it is.
    Literal(Str<'h>),
    /// `${…}`
    Reference(Str<'h>),
}

/// Names in which the provider differs from the snake case of the API's: schema of hashicorp/aws, the resources
/// aws_appautoscaling_policy, aws_appautoscaling_scheduled_action and aws_cloudwatch_metric_alarm.
const EXCEPTIONS: [(&str, &str); 7] = [
    ("StepAdjustments", "step_adjustment"),
    ("MetricSpecifications", "metric_specification"),
    ("EvaluateLowSampleCountPercentile", "evaluate_low_sample_count_percentiles"),
    ("OKActions", "ok_actions"),
    ("PolicyName", "name"),
    ("ScheduledActionName", "name"),
    ("Timezone", "timezone"),
];

/// The provider's name of a field of the API.
pub fn argument(field: &str) -> Str<'static> {
    if let Some((_, name)) = EXCEPTIONS.iter().find(|(known, _)| *known == field) {
        return (*name).into();
    }
    let mut name = String::with_capacity(field.len() + 8);
    let bytes = field.as_bytes();
    for (at, c) in field.char_indices() {
        let begins = c.is_ascii_uppercase() && at > 0;
        let after_lower = begins && bytes[at - 1].is_ascii_lowercase();
        let before_lower = begins && bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        if after_lower || before_lower {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name.into()
}

/// What a string is, of some language.
type AsHcl<'t, 'h> = &'t dyn Fn(&'h Text<'h>) -> Hcl<'h>;

/// The arguments of a resource, of the fields of an API structure: structures become nested blocks, lists of structures
/// repeated ones. `text` says what a string is.
pub fn arguments<'h>(data: &'h Data<'h>, text: AsHcl<'_, 'h>) -> Vec<Field<'h>> {
    let mut all = Vec::new();
    for (field, value) in data.fields() {
        let name = argument(field);
        match value {
            Data::Map(_) => all.push((name, Hcl::Block(arguments(value, text)))),
            Data::List(items) if items.iter().all(|item| matches!(item, Data::Map(_))) => {
                all.extend(items.iter().map(|item| (name.clone(), Hcl::Block(arguments(item, text)))));
            }
            value => all.push((name, expression(value, text))),
        }
    }
    all
}

/// A value as an expression, under its own names.
pub fn expression<'h>(data: &'h Data<'h>, text: AsHcl<'_, 'h>) -> Hcl<'h> {
    match data {
        Data::Null => Hcl::raw("null"),
        Data::Bool(value) => Hcl::raw(if *value { "true" } else { "false" }),
        Data::Integer(value) => Hcl::raw(value.to_string()),
        Data::Number(value) => Hcl::raw(serde_json::Value::from(*value).to_string()),
        Data::Text(value) => text(value),
        Data::List(items) => Hcl::List(items.iter().map(|item| expression(item, text)).collect()),
        Data::Map(fields) => Hcl::Object(
            fields.iter().map(|(name, value)| (Cow::from(&**name), expression(value, text))).collect(),
        ),
    }
}

impl<'h> Hcl<'h> {
    /// A literal string.
    pub fn text(text: impl Into<Str<'h>>) -> Self {
        Self::Text(vec![Piece::Literal(text.into())])
    }

    /// The same, of strings of its own.
    pub fn into_owned(self) -> Hcl<'static> {
        let all = |items: Vec<Self>| items.into_iter().map(Self::into_owned).collect();
        match self {
            Self::Raw(text) => Hcl::Raw(owned(text)),
            Self::Text(pieces) => Hcl::Text(pieces.into_iter().map(Piece::into_owned).collect()),
            Self::List(items) => Hcl::List(all(items)),
            Self::Object(fields) => Hcl::Object(owned_fields(fields)),
            Self::Rows(rows) => Hcl::Rows(rows.into_iter().map(owned_fields).collect()),
            Self::Call(name, arguments) => Hcl::Call(name, all(arguments)),
            Self::ForList(each, value, only) => {
                Hcl::ForList(owned(each), Box::new(value.into_owned()), only.map(owned))
            }
            Self::ForMap { each, key, value, only } => Hcl::ForMap {
                each: owned(each),
                key: Box::new(key.into_owned()),
                value: Box::new(value.into_owned()),
                only: only.map(owned),
            },
            Self::Block(fields) => Hcl::Block(owned_fields(fields)),
        }
    }

    /// A reference, a number or a condition.
    pub fn raw(text: impl Into<Str<'h>>) -> Self {
        Self::Raw(text.into())
    }
}

impl Piece<'_> {
    fn into_owned(self) -> Piece<'static> {
        match self {
            Self::Literal(text) => Piece::Literal(owned(text)),
            Self::Reference(text) => Piece::Reference(owned(text)),
        }
    }
}

fn owned(text: Str<'_>) -> Str<'static> {
    Cow::Owned(text.into_owned())
}

fn owned_fields(fields: Vec<Field<'_>>) -> Vec<Field<'static>> {
    fields.into_iter().map(|(name, value)| (owned(name), value.into_owned())).collect()
}

/// The lines of a body; the first is not indented, the others by `indent`.
pub fn body(arguments: &[Field<'_>], indent: usize) -> String {
    let mut out = String::new();
    let (blocks, attributes): (Vec<_>, Vec<_>) =
        arguments.iter().partition(|(_, value)| matches!(value, Hcl::Block(_)));
    let attributes: Vec<(&str, &Hcl<'_>)> =
        attributes.into_iter().map(|(name, value)| (&**name, value)).collect();
    entries(&attributes, indent, &mut out);
    for (index, (name, block)) in blocks.iter().enumerate() {
        if index > 0 || !attributes.is_empty() {
            out.push_str("\n\n");
            spaces(indent, &mut out);
        }
        let Hcl::Block(inner) = block else { continue };
        out.push_str(name);
        out.push_str(" {\n");
        spaces(indent + 2, &mut out);
        out.push_str(&body(inner, indent + 2));
        out.push('\n');
        spaces(indent, &mut out);
        out.push('}');
    }
    out
}

/// The lines of a body whose fields share lines, row by row.
pub fn rows(rows: &[Vec<Field<'_>>]) -> String {
    let mut out = String::new();
    lines(&rows.iter().flat_map(|row| fitting(row, 0)).collect::<Vec<_>>(), 0, &mut out);
    out
}

/// An expression behind `column` columns of a line, in something that is indented by `indent`.
pub fn write(value: &Hcl<'_>, indent: usize, column: usize, out: &mut String) {
    let begin = out.len();
    line(value, out);
    // One more for a comma behind it.
    if column + (out.len() - begin) < WIDTH {
        return;
    }
    let written = out.split_off(begin);
    if !broken(value, indent, column, out) {
        out.truncate(begin);
        out.push_str(&written);
    }
}

/// An expression over several lines; false where there is no such form.
fn broken(value: &Hcl<'_>, indent: usize, column: usize, out: &mut String) -> bool {
    match value {
        Hcl::Object(fields) if !fields.is_empty() => {
            if hugged(fields, indent, column, out) {
                return true;
            }
            let keys: Vec<_> = fields.iter().map(|(name, _)| key(name)).collect();
            let fields: Vec<_> =
                keys.iter().map(|key| &**key).zip(fields.iter().map(|(_, value)| value)).collect();
            out.push_str("{\n");
            spaces(indent + 2, out);
            entries(&fields, indent + 2, out);
            close(indent, '}', out);
        }
        Hcl::Rows(rows) => {
            out.push_str("{\n");
            spaces(indent + 2, out);
            lines(&rows.iter().flat_map(|row| fitting(row, indent + 2)).collect::<Vec<_>>(), indent + 2, out);
            close(indent, '}', out);
        }
        Hcl::List(items)
            if items.len() > 1 && items.iter().all(is_flat) && !matches!(items[0], Hcl::Object(_)) =>
        {
            out.push('[');
            filled(items, indent, out);
            close(indent, ']', out);
        }
        Hcl::List(items) if !items.is_empty() => {
            out.push('[');
            listed(items, indent, out);
            close(indent, ']', out);
        }
        Hcl::Call(name, arguments) => {
            out.push_str(name);
            out.push('(');
            if let [one] = &arguments[..] {
                broken(one, indent, column, out);
                out.push(')');
            } else {
                listed(arguments, indent, out);
                close(indent, ')', out);
            }
        }
        Hcl::ForList(each, value, only) => {
            out.push_str(&format!("[for {each} : "));
            broken(value, indent, column, out);
            condition(only.as_deref(), out);
            out.push(']');
        }
        Hcl::ForMap { each, key, value, only } => {
            out.push_str(&format!("{{ for {each} : "));
            line(key, out);
            out.push_str(" => ");
            broken(value, indent, column, out);
            condition(only.as_deref(), out);
            out.push_str(" }");
        }
        Hcl::Text(pieces) => return joined(pieces, indent, column, out),
        Hcl::List(_) | Hcl::Object(_) | Hcl::Raw(_) | Hcl::Block(_) => return false,
    }
    true
}

/// A string that is too long for a line, as sentences between which blanks are put.
fn joined(pieces: &[Piece<'_>], indent: usize, column: usize, out: &mut String) -> bool {
    let mut whole = String::new();
    line(&Hcl::Text(pieces.to_vec()), &mut whole);
    if column + whole.len() <= LONGEST {
        return false;
    }
    let mut parts: Vec<Vec<Piece<'_>>> = vec![Vec::new()];
    for piece in pieces {
        let Piece::Literal(text) = piece else {
            parts.last_mut().expect("begins with one").push(piece.clone());
            continue;
        };
        let mut rest = &**text;
        while let Some(at) = rest.find(". ") {
            parts.last_mut().expect("begins with one").push(Piece::Literal(rest[..=at].into()));
            parts.push(Vec::new());
            rest = &rest[at + 2..];
        }
        parts.last_mut().expect("begins with one").push(Piece::Literal(rest.into()));
    }
    if parts.len() == 1 {
        return false;
    }
    out.push_str("join(\" \", [");
    listed(&parts.into_iter().map(Hcl::Text).collect::<Vec<_>>(), indent, out);
    close(indent, ']', out);
    out.push(')');
    true
}

/// An object whose last field alone takes several lines: the others stand in the first line, and it begins there.
fn hugged(fields: &[Field<'_>], indent: usize, column: usize, out: &mut String) -> bool {
    let Some(((last, value), before)) = fields.split_last() else { return false };
    let is_short = |(_, value): &Field<'_>| matches!(value, Hcl::Raw(_) | Hcl::Text(_));
    let is_long = match value {
        Hcl::Object(_) | Hcl::Rows(_) => !before.is_empty(),
        Hcl::List(_) => true,
        _ => false,
    };
    if !is_long || !before.iter().all(is_short) {
        return false;
    }
    let begin = out.len();
    out.push_str("{ ");
    for (name, value) in before {
        out.push_str(&format!("{} = ", key(name)));
        line(value, out);
        out.push_str(", ");
    }
    out.push_str(&format!("{} = ", key(last)));
    if column + (out.len() - begin) >= WIDTH || !broken(value, indent, column, out) {
        out.truncate(begin);
        return false;
    }
    out.push_str(" }");
    true
}

/// The fields of a row: as many in a line as fit; those that are broken stand alone.
fn fitting(row: &[Field<'_>], indent: usize) -> Vec<(String, String)> {
    let mut lines: Vec<(String, String)> = Vec::new();
    for (name, value) in row {
        let (name, text) = entry(&key(name), value, indent);
        match lines.last_mut() {
            Some((first, line))
                if !line.contains('\n')
                    && !text.contains('\n')
                    && indent + first.len() + line.len() + name.len() + text.len() + 8 < WIDTH =>
            {
                line.push_str(&format!(", {name} = {text}"));
            }
            _ => lines.push((name, text)),
        }
    }
    lines
}

/// Whether it has no parts that could be broken.
fn is_flat(value: &Hcl<'_>) -> bool {
    match value {
        Hcl::Raw(_) | Hcl::Text(_) => true,
        Hcl::Object(fields) => fields.iter().all(|(_, value)| matches!(value, Hcl::Raw(_) | Hcl::Text(_))),
        _ => false,
    }
}

/// A name and its value.
fn entry(name: &str, value: &Hcl<'_>, indent: usize) -> (String, String) {
    let mut text = String::new();
    write(value, indent, indent + name.len() + 3, &mut text);
    (name.to_owned(), text)
}

/// `name = value` on lines of their own.
fn entries(fields: &[(&str, &Hcl<'_>)], indent: usize, out: &mut String) {
    lines(&fields.iter().map(|(name, value)| entry(name, value, indent)).collect::<Vec<_>>(), indent, out);
}

/// Names and what stands behind them. Runs of those that take one line are aligned, as `terraform fmt` does.
fn lines(entries: &[(String, String)], indent: usize, out: &mut String) {
    let columns = |entry: &(String, String)| entry.0.chars().count();
    let mut first = true;
    for run in entries.chunk_by(|one, next| !one.1.contains('\n') && !next.1.contains('\n')) {
        let width = run.iter().map(columns).max().unwrap_or_default();
        for entry in run {
            if !std::mem::take(&mut first) {
                out.push('\n');
                spaces(indent, out);
            }
            out.push_str(&entry.0);
            spaces(width - columns(entry), out);
            out.push_str(" = ");
            out.push_str(&entry.1);
        }
    }
}

/// Short items, as many in a line as fit.
fn filled(items: &[Hcl<'_>], indent: usize, out: &mut String) {
    let mut column = WIDTH;
    for item in items {
        let mut text = String::new();
        line(item, &mut text);
        if column + text.len() + 2 > WIDTH {
            out.push('\n');
            spaces(indent + 2, out);
            column = indent + 2;
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(&text);
        out.push(',');
        column += text.len() + 1;
    }
}

fn condition(only: Option<&str>, out: &mut String) {
    if let Some(only) = only {
        out.push_str(&format!(" if {only}"));
    }
}

fn listed(items: &[Hcl<'_>], indent: usize, out: &mut String) {
    for item in items {
        out.push('\n');
        spaces(indent + 2, out);
        write(item, indent + 2, indent + 2, out);
        out.push(',');
    }
}

fn close(indent: usize, bracket: char, out: &mut String) {
    out.push('\n');
    spaces(indent, out);
    out.push(bracket);
}

/// An expression in one line.
pub fn line(value: &Hcl<'_>, out: &mut String) {
    match value {
        Hcl::Raw(text) => out.push_str(text),
        Hcl::Text(pieces) => string(pieces, out),
        Hcl::List(items) => {
            out.push('[');
            separated(items, out);
            out.push(']');
        }
        Hcl::Object(fields) if fields.is_empty() => out.push_str("{}"),
        Hcl::Object(fields) => {
            for (index, (name, value)) in fields.iter().enumerate() {
                out.push_str(if index == 0 { "{ " } else { ", " });
                out.push_str(&key(name));
                out.push_str(" = ");
                line(value, out);
            }
            out.push_str(" }");
        }
        Hcl::Rows(rows) => line(&Hcl::Object(rows.iter().flatten().cloned().collect()), out),
        Hcl::Call(name, arguments) => {
            out.push_str(name);
            out.push('(');
            separated(arguments, out);
            out.push(')');
        }
        Hcl::ForList(each, value, only) => {
            out.push_str(&format!("[for {each} : "));
            line(value, out);
            condition(only.as_deref(), out);
            out.push(']');
        }
        Hcl::ForMap { each, key, value, only } => {
            out.push_str(&format!("{{ for {each} : "));
            line(key, out);
            out.push_str(" => ");
            line(value, out);
            condition(only.as_deref(), out);
            out.push_str(" }");
        }
        Hcl::Block(_) => unreachable!("a block is no expression"),
    }
}

fn separated(items: &[Hcl<'_>], out: &mut String) {
    for (index, item) in items.iter().enumerate() {
        out.push_str(if index == 0 { "" } else { ", " });
        line(item, out);
    }
}

/// A string: a reference alone is that reference, so that a number stays one only where it is one.
fn string(pieces: &[Piece<'_>], out: &mut String) {
    if let [Piece::Reference(reference)] = pieces {
        return out.push_str(reference);
    }
    out.push('"');
    let mut before = String::new();
    for piece in pieces {
        match piece {
            // A dollar before a brace of ours would escape it.
            Piece::Literal(text) => before.push_str(text),
            Piece::Reference(reference) => {
                let end = before.len() - before.trim_end_matches(['$', '%']).len();
                let (safe, last) = before.split_at(before.len() - end);
                inside(safe, out);
                if !last.is_empty() {
                    out.push_str(&format!("${{\"{last}\"}}"));
                }
                before.clear();
                out.push_str(&format!("${{{reference}}}"));
            }
        }
    }
    inside(&before, out);
    out.push('"');
}

/// A literal without its quotes.
fn inside(text: &str, out: &mut String) {
    let literal = hcl_string(text);
    out.push_str(&literal[1..literal.len() - 1]);
}

/// A key of an object: bare where it is an identifier.
fn key(name: &str) -> Str<'_> {
    let bare = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !matches!(name, "for" | "null" | "true" | "false" | "if");
    if bare { name.into() } else { hcl_string(name).into() }
}

fn spaces(count: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', count));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn literal<'h>(text: &'h Text<'_>) -> Hcl<'h> {
        Hcl::text(text.known().unwrap())
    }

    #[test]
    fn names_are_snake_case_but_for_exceptions() {
        for (field, name) in [
            ("PolicyName", "name"),
            ("TargetTrackingScalingPolicyConfiguration", "target_tracking_scaling_policy_configuration"),
            ("OKActions", "ok_actions"),
            ("StepAdjustments", "step_adjustment"),
            ("ServiceNamespace", "service_namespace"),
            ("ARNSuffix", "arn_suffix"),
        ] {
            assert_eq!(argument(field), name);
        }
    }

    #[test]
    fn structures_are_blocks_below_aligned_attributes() {
        let data = Data::of(&json!({
            "TargetValue": 2.5,
            "CustomizedMetricSpecification": {
                "MetricName": "a${b}", "Unit": "Count", "Dimensions": [{ "Name": "x", "Value": "y" }, { "Name": "z", "Value": "%{q" }],
            },
            "ScaleInCooldown": 60,
        }));
        let expected = "target_value      = 2.5\nscale_in_cooldown = 60\n\ncustomized_metric_specification {\n  \
            metric_name = \"a$${b}\"\n  unit        = \"Count\"\n\n  dimensions {\n    name  = \"x\"\n    value = \"y\"\n  }\n\n  \
            dimensions {\n    name  = \"z\"\n    value = \"%%{q\"\n  }\n}";
        assert_eq!(body(&arguments(&data, &literal), 0), expected);
    }

    #[test]
    fn a_reference_behind_a_dollar_is_none_of_its_escapes() {
        let pieces = |before: &'static str| vec![Piece::Literal(before.into()), Piece::Reference("x".into())];
        for (before, text) in [("a", "\"a${x}\""), ("a$", "\"a${\"$\"}${x}\""), ("${", "\"$${${x}\"")] {
            let mut out = String::new();
            line(&Hcl::Text(pieces(before)), &mut out);
            assert_eq!(out, text);
        }
    }
}

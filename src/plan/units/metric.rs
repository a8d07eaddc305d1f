//! Names and texts of CloudWatch (service model of cloudwatch, application-autoscaling).

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use super::{Invalid, fine, invalid, printable};
use crate::diagnostic::{Code, hint};

/// What stands for a looked-up value inside a configuration; no text of a user may hold it.
pub const PLACEHOLDER: &str = "@scalegen:";

fn plain(what: &str, text: &str, most: usize) -> Result<String, Invalid> {
    let is = (1..=most).contains(&text.chars().count()) && text.trim() == text && text.chars().all(printable);
    let help = format_args!("a {what} has 1 to {most} printable characters");
    if is && text.contains(PLACEHOLDER) {
        let message = format!("{text:?} holds {PLACEHOLDER:?}, which scripts replace");
        return invalid(Code::MetricText, message, help.to_string());
    }
    fine(is, text, Code::MetricText, format_args!("cannot be a {what}"), help)
}

fn ascii(what: &str, text: &str, most: usize) -> Result<String, Invalid> {
    let text = plain(what, text, most)?;
    let help = "CloudWatch takes ASCII, and no `:` at the beginning";
    let is = text.is_ascii() && !text.starts_with(':');
    fine(is, &text, Code::MetricText, format_args!("cannot be a {what}"), help)
}

known_text!(Namespace, MetricName, DimensionName, Expression, QueryId);

text_unit! {
    /// A namespace of CloudWatch: 1 to 255 characters of `A-Za-z0-9.-_/#` (CloudWatch concepts, Namespaces).
    Namespace
}

impl Namespace {
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = ascii("namespace", text, 255)?;
        let is = text.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_/#: ".contains(&b));
        let help = "namespaces have letters, digits and `.-_/#`";
        fine(is, &text, Code::MetricText, "cannot be a namespace", help).map(|text| Self(text.into()))
    }
}

text_unit! {
    /// A metric's name: 1 to 255 ASCII characters.
    MetricName: ascii("metric name", 255)
}

text_unit! {
    /// A dimension's name: 1 to 255 ASCII characters, not beginning with `:`.
    DimensionName: ascii("dimension name", 255)
}

text_unit! {
    /// A dimension's value: 1 to 1024 ASCII characters.
    DimensionValue: ascii("dimension value", 1024)
}

text_unit! {
    /// A line of metric math: 1 to 2047 characters (Application Auto Scaling takes 2048, the Terraform provider 2047).
    /// Length and characters are checked, not the grammar.
    Expression: plain("metric math expression", 2047)
}

impl Expression {
    /// Whether the expression names an id as a word of its own.
    pub fn mentions(&self, id: &str) -> bool {
        self.0.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).any(|word| word == id)
    }
}

text_unit! {
    /// What graphs call a line: 1 to 2047 characters.
    MetricLabel: plain("label", 2047)
}

text_unit! {
    /// The name of a line of metric math: `[a-z][A-Za-z0-9_]*`, at most 255 characters.
    QueryId
}

impl QueryId {
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let shape = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let is = shape && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.len() <= 255;
        let help = "ids have letters, digits and `_`, and begin with a small letter";
        fine(is, text, Code::MetricMath, "cannot be an id of metric math", help).map(|text| Self(text.into()))
    }
}

text_unit! {
    /// A unit of CloudWatch (enum StandardUnit).
    Unit
}

const UNITS: &[&str] = &[
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
];

impl Unit {
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if UNITS.contains(&text) {
            return Ok(Self(text.to_owned().into()));
        }
        let help = "leave it out, or write one of CloudWatch's units, such as `Count` or `Percent`";
        let help = hint(text, UNITS.iter().copied(), help);
        invalid(Code::MetricText, format!("CloudWatch has no unit {text:?}"), help)
    }
}

text_unit! {
    /// An alarm's name: 1 to 255 characters without control characters.
    AlarmName
}

impl AlarmName {
    /// Checks a name. `TargetTracking-` is how AWS calls the alarms it makes itself.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = plain("alarm name", text, 255)?;
        if text.starts_with("TargetTracking-") {
            let message = format!("the alarm name {text:?} looks like an alarm that AWS made");
            return invalid(Code::MetricText, message, "do not begin it with `TargetTracking-`");
        }
        Ok(Self(text.into()))
    }
}

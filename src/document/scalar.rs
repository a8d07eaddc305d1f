//! A single value of a text, and what a plain one means.

use serde_json::{Number, Value};

/// A value that is neither a mapping nor a sequence. Smaller than a JSON value: a large spec has a million of them.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    Null,
    /// `true` or `false`.
    Bool(bool),
    Number(Number),
    Text(Box<str>),
}

impl Scalar {
    /// YAML 1.2's core schema, but for spellings that mean different numbers to different readers: `010` (8 in YAML 1.1,
    /// 10 in 1.2), `1_000` and numbers past 64 bits stay text, so that the type check asks what was meant.
    pub(super) fn plain(text: &str) -> Self {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => return Self::Null,
            "true" | "True" | "TRUE" => return Self::Bool(true),
            "false" | "False" | "FALSE" => return Self::Bool(false),
            _ => {}
        }
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let number_like = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'));
        let ambiguous = digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit();
        if !number_like || ambiguous {
            return Self::Text(text.into());
        }
        if let Ok(integer) = text.trim_start_matches('+').parse::<i64>() {
            return Self::Number(integer.into());
        }
        match text.parse::<f64>() {
            // Readers disagree about it: to some it is a fraction, to others the largest number that they have.
            Ok(float) if float.abs() >= BEYOND_I64 => Self::Text(text.into()),
            // `2.0` is the integer 2, as JSON Schema sees it.
            Ok(float) if float.fract() == 0.0 => Self::Number((float as i64).into()),
            Ok(float) => Number::from_f64(float).map_or_else(|| Self::Text(text.into()), Self::Number),
            Err(_) => Self::Text(text.into()),
        }
    }
}

/// The least number that no `i64` holds: 2 to the power of 63.
const BEYOND_I64: f64 = 9_223_372_036_854_775_808.0;

impl From<&Scalar> for Value {
    fn from(scalar: &Scalar) -> Self {
        match scalar {
            Scalar::Null => Self::Null,
            Scalar::Bool(value) => Self::Bool(*value),
            Scalar::Number(number) => Self::Number(number.clone()),
            Scalar::Text(text) => Self::from(&**text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_follow_yaml_1_2_and_ambiguous_numbers_stay_text() {
        for (text, expected) in [
            ("70", Value::from(70)),
            ("72.5", Value::from(72.5)),
            ("-1", Value::from(-1)),
            ("yes", Value::from("yes")),
            ("010", Value::from("010")),
            ("1_000", Value::from("1_000")),
            ("70.0", Value::from(70)),
            (".inf", Value::from(".inf")),
            ("0", Value::from(0)),
            ("0.5", Value::from(0.5)),
            ("60s", Value::from("60s")),
            ("~", Value::Null),
            ("True", Value::from(true)),
            ("1e16", Value::from(10_000_000_000_000_000_i64)),
            ("9223372036854775807", Value::from(i64::MAX)),
            ("9223372036854775808", Value::from("9223372036854775808")),
            ("1e308", Value::from("1e308")),
            ("-1e400", Value::from("-1e400")),
        ] {
            assert_eq!(Value::from(&Scalar::plain(text)), expected, "{text}");
        }
    }
}

//! JSON that people can read: what fits into a short line stands in one, what does not is broken; entries of an
//! object share lines as words of a text do.

use serde::Serialize;

use super::WIDTH;
use crate::aws::Data;

/// A value that begins a line; the outermost object or list is always broken, so that a file can hold it.
pub fn pretty(value: &impl Serialize) -> String {
    let mut text = String::new();
    let data = Data::of(value);
    if can_break(&data) {
        broken(&data, 0, &mut text)
    } else {
        line(&data, &mut text)
    }
    text
}

/// A value as it stands behind `column` columns of its line, in a structure that is indented by `indent`.
pub fn write(data: &Data<'_>, indent: usize, column: usize, out: &mut String) {
    let begin = out.len();
    line(data, out);
    // One more for the comma behind it.
    if column + (out.len() - begin) < WIDTH || !can_break(data) {
        return;
    }
    out.truncate(begin);
    broken(data, indent, out);
}

/// Whether it can be broken into lines.
fn can_break(data: &Data<'_>) -> bool {
    !data.fields().is_empty() || !data.items().is_empty()
}

/// An object or a list, one entry a line, indented by `indent`.
fn broken(data: &Data<'_>, indent: usize, out: &mut String) {
    let names = data.fields().iter().map(|(name, value)| (Some(&**name), value));
    let entries = names.chain(data.items().iter().map(|item| (None, item)));
    let (open, close) = if data.fields().is_empty() { ('[', ']') } else { ('{', '}') };
    let inner = indent + 2;
    out.push(open);
    let mut packed = false; // whether the line that was begun last may take another entry
    let mut begin = out.len();
    for (index, (name, value)) in entries.enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let end = out.len();
        if packed && (name.is_some() || !can_break(value)) {
            out.push_str(", ");
            member(name, value, inner, begin, out);
            let first_line = out[end..].find('\n').map_or(out.len(), |at| end + at);
            let is_whole = first_line == out.len();
            if first_line - begin < WIDTH && (is_whole || !fits(name, value, inner)) {
                packed = is_whole;
                continue;
            }
            out.truncate(end);
        }
        out.push_str(comma);
        out.push('\n');
        begin = out.len();
        out.extend(std::iter::repeat_n(' ', inner));
        member(name, value, inner, begin, out);
        packed = !out[begin..].contains('\n');
    }
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
    out.push(close);
}

/// Whether an entry fits into a line of its own.
fn fits(name: Option<&str>, value: &Data<'_>, indent: usize) -> bool {
    let mut text = String::new();
    line(value, &mut text);
    // The quotes, the colon, the blank and the comma.
    indent + name.map_or(0, |name| name.len() + 4) + text.len() < WIDTH
}

/// An entry of an object or a list, in a line that begins at `begin`.
fn member(name: Option<&str>, value: &Data<'_>, indent: usize, begin: usize, out: &mut String) {
    if let Some(name) = name {
        string(name, out);
        out.push_str(": ");
    }
    write(value, indent, out.len() - begin, out);
}

/// A value in one line.
pub fn line(data: &Data<'_>, out: &mut String) {
    match data {
        Data::List(items) if !items.is_empty() => {
            let begin = out.len();
            for item in items {
                out.push_str(if out.len() == begin { "[" } else { ", " });
                line(item, out);
            }
            out.push(']');
        }
        Data::Map(fields) if !fields.is_empty() => {
            let begin = out.len();
            for (name, value) in fields {
                out.push_str(if out.len() == begin { "{ " } else { ", " });
                string(name, out);
                out.push_str(": ");
                line(value, out);
            }
            out.push_str(" }");
        }
        Data::Text(text) => match text.known() {
            Some(text) => string(text, out),
            None => line(&lookup(text), out),
        },
        other => scalar(other, out),
    }
}

/// `{"$lookup": …}`
fn lookup(text: &crate::aws::Text<'_>) -> Data<'static> {
    serde_json::to_value(text).map_or(Data::Null, plain)
}

/// JSON as a tree in which nothing is a lookup.
fn plain(value: serde_json::Value) -> Data<'static> {
    match value {
        serde_json::Value::Object(fields) => {
            Data::Map(fields.into_iter().map(|(name, value)| (name.into(), plain(value))).collect())
        }
        other => Data::of(&other),
    }
}

fn scalar(data: &Data<'_>, out: &mut String) {
    out.push_str(&serde_json::to_string(data).expect("scalars are JSON"));
}

fn string(text: &str, out: &mut String) {
    let plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\' && byte != 0x7f;
    if text.bytes().all(plain) {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        out.push_str(&serde_json::to_string(text).expect("a string is JSON"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{Lookup, Text};
    use serde_json::json;

    #[test]
    fn what_fits_stands_in_one_line_and_what_does_not_is_broken() {
        let long = "x".repeat(WIDTH - 20);
        let value =
            json!({ "a": 1, "b": { "c": true, "d": [long, { "e": null }], "f": [], "g": 2 }, "h": {} });
        let expected = format!(
            "{{\n  \"a\": 1, \"b\": {{\n    \"c\": true, \"d\": [\n      \"{long}\",\n      \
             {{ \"e\": null }}\n    ],\n    \"f\": [], \"g\": 2\n  }},\n  \"h\": {{}}\n}}"
        );
        assert_eq!(pretty(&value), expected);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&expected).unwrap(), value);
    }

    #[test]
    fn no_line_is_longer_than_it_must_be() {
        for length in 60..WIDTH + 20 {
            let value = json!({ "k": { "name": "x".repeat(length), "n": 1 } });
            let text = pretty(&value);
            for line in text.lines() {
                assert!(line.len() <= WIDTH || line.trim_start().starts_with("\"name\""), "{line}");
            }
            assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
        }
    }

    #[test]
    fn lookups_are_objects() {
        let data = Data::from(Text::Lookup(Lookup::LoadBalancer("alb".into())));
        let mut text = String::new();
        line(&data, &mut text);
        assert_eq!(text, "{ \"$lookup\": { \"LoadBalancer\": \"alb\" } }");
    }
}

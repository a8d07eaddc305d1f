//! JSON that people can read: what fits into a short line stands in one, what does not is broken; entries of an
//! object share lines as words of a text do.

use serde::Serialize;

use super::WIDTH;
use crate::aws::{Data, Lookup, Text};
use crate::render::syntax;

/// A value that begins a line; the outermost object or list is always broken, so that a file can hold it. A lookup is an
/// object with the one key `$lookup`.
pub fn pretty(value: &impl Serialize) -> String {
    Json { reference: None }.pretty(&Data::of(value))
}

/// Prints structures as JSON.
pub struct Json<'r> {
    /// What a lookup is, as text of a JSON string; in the text of others, `${` is escaped then. Without it a lookup is an
    /// object.
    pub reference: Option<&'r dyn Fn(&Lookup<'_>) -> String>,
}

impl Json<'_> {
    /// A value that begins a line; the outermost object or list is always broken.
    pub fn pretty(&self, data: &Data<'_>) -> String {
        let mut text = String::new();
        if can_break(data) {
            self.broken(data, 0, &mut text);
        } else {
            self.line(data, &mut text);
        }
        text
    }

    /// A value in one line, however long.
    pub fn one_line(&self, data: &Data<'_>) -> String {
        let mut text = String::new();
        self.line(data, &mut text);
        text
    }

    /// A value as it stands behind `column` columns of its line, in a structure that is indented by `indent`.
    fn write(&self, data: &Data<'_>, indent: usize, column: usize, out: &mut String) {
        let begin = out.len();
        self.line(data, out);
        // One more for the comma behind it.
        if column + (out.len() - begin) >= WIDTH && can_break(data) {
            out.truncate(begin);
            self.broken(data, indent, out);
        }
    }

    /// An object or a list in lines, indented by `indent`.
    fn broken(&self, data: &Data<'_>, indent: usize, out: &mut String) {
        let names = data.fields().iter().map(|(name, value)| (Some(&**name), value));
        let entries = names.chain(data.items().iter().map(|item| (None, item)));
        let (open, close) = if data.fields().is_empty() { ('[', ']') } else { ('{', '}') };
        let inner = indent + 2;
        out.push(open);
        let mut packed = false; // whether the line that was begun last may take another entry
        let mut begin = out.len();
        for (index, entry) in entries.enumerate() {
            if packed && self.joins(entry, inner, begin, out) {
                packed = !out[begin..].contains('\n');
                continue;
            }
            out.push_str(if index == 0 { "\n" } else { ",\n" });
            begin = out.len();
            out.extend(std::iter::repeat_n(' ', inner));
            self.member(entry, inner, begin, out);
            packed = !out[begin..].contains('\n');
        }
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', indent));
        out.push(close);
    }

    /// Whether an entry joins the line that begins at `begin`, where it then stands: what fits there, and the first line of
    /// what would not fit into a line of its own either.
    fn joins(&self, entry: Entry<'_, '_>, indent: usize, begin: usize, out: &mut String) -> bool {
        if entry.0.is_none() && can_break(entry.1) {
            return false;
        }
        let end = out.len();
        out.push_str(", ");
        self.member(entry, indent, begin, out);
        let first_line = out[end..].find('\n').map_or(out.len(), |at| end + at);
        let is_whole = first_line == out.len();
        let joins = first_line - begin < WIDTH && (is_whole || !self.fits(entry, indent));
        if !joins {
            out.truncate(end);
        }
        joins
    }

    /// Whether an entry fits into a line of its own.
    fn fits(&self, (name, value): Entry<'_, '_>, indent: usize) -> bool {
        let mut text = String::new();
        self.line(value, &mut text);
        // The quotes, the colon, the blank and the comma.
        indent + name.map_or(0, |name| name.len() + 4) + text.len() < WIDTH
    }

    /// An entry of an object or a list, in a line that begins at `begin`.
    fn member(&self, (name, value): Entry<'_, '_>, indent: usize, begin: usize, out: &mut String) {
        if let Some(name) = name {
            self.string(name, out);
            out.push_str(": ");
        }
        self.write(value, indent, out.len() - begin, out);
    }

    /// A value in one line.
    fn line(&self, data: &Data<'_>, out: &mut String) {
        match data {
            Data::List(items) if !items.is_empty() => {
                let begin = out.len();
                for item in items {
                    out.push_str(if out.len() == begin { "[" } else { ", " });
                    self.line(item, out);
                }
                out.push(']');
            }
            Data::Map(fields) if !fields.is_empty() => {
                let begin = out.len();
                for (name, value) in fields {
                    out.push_str(if out.len() == begin { "{ " } else { ", " });
                    self.string(name, out);
                    out.push_str(": ");
                    self.line(value, out);
                }
                out.push_str(" }");
            }
            Data::Text(Text::Lookup(lookup)) => self.lookup(lookup, out),
            Data::Text(Text::Known(text) | Text::Topic(text)) => self.string(text, out),
            other => out.push_str(&serde_json::to_string(other).expect("scalars are JSON")),
        }
    }

    fn lookup(&self, lookup: &Lookup<'_>, out: &mut String) {
        match self.reference {
            Some(reference) => {
                out.push('"');
                out.push_str(&reference(lookup));
                out.push('"');
            }
            None => {
                out.push_str("{ \"$lookup\": ");
                self.line(&Data::of(lookup), out);
                out.push_str(" }");
            }
        }
    }

    fn string(&self, text: &str, out: &mut String) {
        let text = syntax::json_string(text);
        match self.reference {
            Some(_) => out.push_str(&text.replace("${", "\\u0024{")),
            None => out.push_str(&text),
        }
    }
}

/// The name, in an object, and the value.
type Entry<'d, 'f> = (Option<&'d str>, &'d Data<'f>);

/// Whether it can be broken into lines.
fn can_break(data: &Data<'_>) -> bool {
    !data.fields().is_empty() || !data.items().is_empty()
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
        assert_eq!(pretty(&json!([data])), "[\n  { \"$lookup\": { \"LoadBalancer\": \"alb\" } }\n]");
    }

    #[test]
    fn references_stand_in_strings_and_no_text_is_one() {
        let data = Data::List(vec![
            Text::Lookup(Lookup::LoadBalancer("alb".into())).into(),
            "${LoadBalancer}".into(),
            "\u{85}\u{2028}".into(),
        ]);
        let json = Json { reference: Some(&|_| "${LoadBalancer}".to_owned()) };
        let text = json.pretty(&data);
        assert_eq!(text, "[\n  \"${LoadBalancer}\", \"\\u0024{LoadBalancer}\", \"\\u0085\\u2028\"\n]");
        let read: Vec<String> = serde_json::from_str(&text).unwrap();
        assert_eq!(read, ["${LoadBalancer}", "${LoadBalancer}", "\u{85}\u{2028}"]);
    }
}

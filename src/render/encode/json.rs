//! JSON that people can read: what fits into a short line stands in one, what does not is broken; entries of an
//! object share lines as words of a text do.

use serde::Serialize;

use super::WIDTH;
use super::line::{Kind, Language, Line, Value};
use crate::aws::Lookup;
use crate::render::syntax;

/// A value that begins a line; the outermost object or list is always broken, so that a file can hold it. A lookup is an
/// object with the one key `$lookup`.
pub fn pretty(value: &(impl Serialize + ?Sized)) -> String {
    Json { reference: None }.pretty(value)
}

/// Prints structures as JSON.
pub struct Json<'r> {
    /// What a lookup is, as text of a JSON string; in the text of others, `${` is escaped then. Without it a lookup is an
    /// object.
    pub reference: Option<&'r dyn Fn(&Lookup<'_>) -> String>,
}

impl Json<'_> {
    /// A value that begins a line; the outermost object or list is always broken.
    pub fn pretty(&self, value: &(impl Serialize + ?Sized)) -> String {
        laid_out(Line::of(value, self).value())
    }

    /// The same, if the text that it makes `fits`; else with the items of the list under the last key in a line each.
    pub fn pretty_or_dense(&self, value: &(impl Serialize + ?Sized), fits: impl Fn(&str) -> bool) -> String {
        let line = Line::of(value, self);
        let text = laid_out(line.value());
        if fits(&text) { text } else { dense(line.value()) }
    }
}

fn laid_out(value: Value<'_>) -> String {
    let mut text = String::with_capacity(value.text().len() * 5 / 4);
    if value.can_break() {
        broken(value, 0, &mut text);
    } else {
        text.push_str(value.text());
    }
    text
}

/// An object in one line, but for the items of its last list.
fn dense(value: Value<'_>) -> String {
    let Some(last) = value.children().last() else { return value.text().to_owned() };
    let items: Vec<&str> = last.children().map(Value::text).collect();
    let before = &value.text()[..value.text().len() - last.text().len() - " }".len()];
    format!("{before}[\n{}\n] }}", items.join(",\n"))
}

impl Language for Json<'_> {
    fn string(&self, text: &str, out: &mut String) {
        if self.reference.is_some() && text.contains("${") {
            out.push_str(&syntax::json_string(text).replace("${", "\\u0024{"));
        } else {
            syntax::push_json(text, out);
        }
    }

    fn key(&self, name: &str, out: &mut String) {
        self.string(name, out);
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
                out.push_str(Line::of(lookup, self).value().text());
                out.push_str(" }");
            }
        }
    }
}

/// An object or a list in lines, indented by `indent`.
fn broken(value: Value<'_>, indent: usize, out: &mut String) {
    let (open, close) = if value.kind() == Kind::List { ('[', ']') } else { ('{', '}') };
    let inner = indent + 2;
    out.push(open);
    let mut packed = false; // whether the line that was begun last may take another entry
    let mut begin = out.len();
    for (index, entry) in value.children().enumerate() {
        if packed && joins(entry, inner, out.len() - begin) {
            out.push_str(", ");
        } else {
            out.push_str(if index == 0 { "\n" } else { ",\n" });
            begin = out.len();
            out.extend(std::iter::repeat_n(' ', inner));
        }
        packed = member(entry, inner, begin, out);
    }
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
    out.push(close);
}

/// Whether an entry joins a line that has so many columns: what fits there, and the first line of what would not fit into a
/// line of its own either.
fn joins(entry: Value<'_>, indent: usize, columns: usize) -> bool {
    let column = columns + ", ".len();
    if entry.can_break() && entry.key().is_empty() {
        return false;
    }
    if column + entry.entry().len() < WIDTH {
        return true;
    }
    let first_line = column + entry.key().len() + 1; // the bracket
    entry.can_break() && first_line < WIDTH && indent + entry.entry().len() >= WIDTH
}

/// An entry of an object or a list, in a line that begins at `begin`; whether it stands there as a whole.
fn member(entry: Value<'_>, indent: usize, begin: usize, out: &mut String) -> bool {
    // One more for the comma behind it.
    let fits = out.len() - begin + entry.entry().len() < WIDTH;
    if fits || !entry.can_break() {
        out.push_str(entry.entry());
        return true;
    }
    out.push_str(entry.key());
    broken(entry, indent, out);
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{Data, Text};
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

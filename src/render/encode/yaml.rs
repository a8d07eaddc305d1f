//! YAML of CloudFormation: mappings in blocks, and what fits into a short line in one.

use super::WIDTH;
use crate::aws::{Data, Lookup, Text};
use crate::render::syntax::yaml_string;

/// Prints structures as YAML. Lookups are printed by `reference`, as `!Ref LoadBalancer`.
pub struct Yaml<'r> {
    /// What a lookup is in the template.
    pub reference: &'r dyn Fn(&Lookup<'_>) -> String,
    /// Columns that the structure is indented by where it stands.
    pub indent: usize,
}

impl Yaml<'_> {
    /// The fields of a mapping, one below the other; the first line is not indented, the others relative to it.
    pub fn fields(&self, data: &Data<'_>) -> String {
        let mut out = String::new();
        self.block(data, 0, &mut out);
        out
    }

    /// Entries of a mapping or a list, each on lines of its own, indented by `depth`; the first begins where `out` ends.
    fn block(&self, data: &Data<'_>, depth: usize, out: &mut String) {
        for (index, (name, value)) in data.fields().iter().enumerate() {
            if index > 0 {
                new_line(depth, out);
            }
            let begin = out.len();
            out.push_str(&key(name));
            out.push(':');
            self.value(value, depth + 2, depth + (out.len() - begin), out);
        }
        for (index, item) in data.items().iter().enumerate() {
            if index > 0 {
                new_line(depth, out);
            }
            out.push('-');
            self.item(item, depth + 2, out);
        }
    }

    /// What stands behind a key: a line, or a block below it.
    fn value(&self, data: &Data<'_>, depth: usize, column: usize, out: &mut String) {
        if !self.short(data, column, out) {
            new_line(depth, out);
            self.block(data, depth, out);
        }
    }

    /// What stands behind the dash of a list.
    fn item(&self, data: &Data<'_>, depth: usize, out: &mut String) {
        if !self.short(data, depth, out) {
            out.push(' ');
            self.block(data, depth, out);
        }
    }

    /// Whether it fits into the rest of the line, where it then stands.
    fn short(&self, data: &Data<'_>, column: usize, out: &mut String) -> bool {
        let begin = out.len();
        out.push(' ');
        self.flow(data, out);
        let is_scalar = data.fields().is_empty() && data.items().is_empty();
        let fits = self.indent + column + (out.len() - begin) <= WIDTH;
        if !fits && !is_scalar {
            out.truncate(begin);
        }
        fits || is_scalar
    }

    fn flow(&self, data: &Data<'_>, out: &mut String) {
        match data {
            Data::Null => out.push_str("null"),
            Data::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Data::Integer(value) => out.push_str(&value.to_string()),
            Data::Number(value) => out.push_str(&serde_json::Value::from(*value).to_string()),
            Data::Text(Text::Lookup(lookup)) => out.push_str(&(self.reference)(lookup)),
            Data::Text(Text::Known(text) | Text::Topic(text)) => out.push_str(&yaml_string(text)),
            Data::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { ", " });
                    self.flow(item, out);
                }
                out.push(']');
            }
            Data::Map(fields) if fields.is_empty() => out.push_str("{}"),
            Data::Map(fields) => {
                for (index, (name, value)) in fields.iter().enumerate() {
                    out.push_str(if index == 0 { "{ " } else { ", " });
                    out.push_str(&key(name));
                    out.push_str(": ");
                    self.flow(value, out);
                }
                out.push_str(" }");
            }
        }
    }
}

fn new_line(depth: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', depth));
}

/// A key: bare where it is a word that YAML cannot take for anything else.
fn key(name: &str) -> String {
    let bare = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        && !matches!(
            name.to_ascii_lowercase().as_str(),
            "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null"
        );
    if bare { name.to_owned() } else { yaml_string(name) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_stand_in_blocks_and_short_ones_in_a_line() {
        let long = "x".repeat(WIDTH - 60);
        let data = Data::of(&json!({
            "AlarmName": "a b", "Threshold": 0.5,
            "Dimensions": [{ "Name": "ClusterName", "Value": long }, { "Name": "ServiceName", "Value": "web" }],
            "Metric": { "aws:x": [1, 2], "Empty": [], "On": true, "on": null },
        }));
        let yaml = Yaml { reference: &|_| unreachable!(), indent: 6 };
        let expected = format!(
            "AlarmName: \"a b\"\nThreshold: 0.5\nDimensions:\n  - {{ Name: \"ClusterName\", Value: \"{long}\" }}\n  \
             - {{ Name: \"ServiceName\", Value: \"web\" }}\nMetric: {{ \"aws:x\": [1, 2], Empty: [], \"On\": true, \"on\": null }}"
        );
        let text = yaml.fields(&data);
        assert_eq!(text, expected);
        let read: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
        assert_eq!(Data::of(&read), data);
    }

    #[test]
    fn lookups_are_references() {
        let data = Data::Map(vec![("Value".into(), Text::Lookup(Lookup::LoadBalancer("alb".into())).into())]);
        let reference = |lookup: &Lookup<'_>| match lookup {
            Lookup::LoadBalancer(name) => format!("!Ref {name}"),
            _ => unreachable!(),
        };
        let yaml = Yaml { reference: &reference, indent: 0 };
        assert_eq!(yaml.fields(&data), "Value: !Ref alb");
    }
}

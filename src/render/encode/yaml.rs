//! YAML of CloudFormation: mappings in blocks, and what fits into a short line in one.

use serde::Serialize;

use super::WIDTH;
use super::line::{Kind, Language, Line, Value};
use crate::aws::Lookup;
use crate::render::syntax::{push_yaml, yaml_string};

/// Prints structures as YAML. Lookups are printed by `reference`, as `!Ref LoadBalancer`.
pub struct Yaml<'r> {
    /// What a lookup is in the template.
    pub reference: &'r dyn Fn(&Lookup<'_>) -> String,
    /// Columns that the structure is indented by where it stands.
    pub indent: usize,
}

impl Yaml<'_> {
    /// The fields of a mapping, one below the other; the first line is not indented, the others relative to it.
    pub fn fields(&self, value: &(impl Serialize + ?Sized)) -> String {
        let line = Line::of(value, self);
        let mut out = String::with_capacity(line.value().text().len() * 5 / 4);
        self.block(line.value(), 0, &mut out);
        out
    }

    /// Entries of a mapping or a list, each on lines of its own, indented by `depth`; the first begins where `out` ends.
    fn block(&self, value: Value<'_>, depth: usize, out: &mut String) {
        for (index, entry) in value.children().enumerate() {
            if index > 0 {
                new_line(depth, out);
            }
            if value.kind() == Kind::List {
                out.push('-');
                self.item(entry, depth + 2, out);
            } else {
                let key = entry.key().trim_end();
                out.push_str(key);
                self.value(entry, depth + 2, depth + key.len(), out);
            }
        }
    }

    /// What stands behind a key: a line, or a block below it.
    fn value(&self, value: Value<'_>, depth: usize, column: usize, out: &mut String) {
        if !self.short(value, column, out) {
            new_line(depth, out);
            self.block(value, depth, out);
        }
    }

    /// What stands behind the dash of a list.
    fn item(&self, value: Value<'_>, depth: usize, out: &mut String) {
        if !self.short(value, depth, out) {
            out.push(' ');
            self.block(value, depth, out);
        }
    }

    /// Whether it fits into the rest of the line, where it then stands.
    fn short(&self, value: Value<'_>, column: usize, out: &mut String) -> bool {
        let short = self.indent + column + 1 + value.text().len() <= WIDTH || !value.can_break();
        if short {
            out.push(' ');
            out.push_str(value.text());
        }
        short
    }
}

impl Language for Yaml<'_> {
    fn string(&self, text: &str, out: &mut String) {
        push_yaml(text, out);
    }

    fn key(&self, name: &str, out: &mut String) {
        if is_bare(name) {
            out.push_str(name);
        } else {
            out.push_str(&yaml_string(name));
        }
    }

    fn lookup(&self, lookup: &Lookup<'_>, out: &mut String) {
        out.push_str(&(self.reference)(lookup));
    }
}

fn new_line(depth: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', depth));
}

/// Whether a key may stand without quotes: a word that YAML cannot take for anything else.
fn is_bare(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        && (name.len() > 5
            || !matches!(
                name.to_ascii_lowercase().as_str(),
                "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null"
            ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{Data, Text};
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

//! What the JSON Schema of the format knows of a setting: its place in the order of things, and what it is for.

use serde_json::{Map, Value};

/// The schema of a spec, from the settings of a layer on.
#[derive(Debug, Clone, Copy)]
pub struct Format<'s> {
    schema: &'s Value,
}

impl<'s> Format<'s> {
    /// Of the schema of a spec.
    pub fn new(schema: &'s Value) -> Self {
        Self { schema }
    }

    /// What the format says of a setting.
    pub fn about(&self, key: &str) -> Option<String> {
        let mut at = self.settings();
        let mut about = None;
        for step in key.split('.') {
            let (_, next) = self.child(at, step)?;
            about = next["description"].as_str().or(about);
            at = self.resolved(next);
        }
        about.map(|text| text.replace('\n', " "))
    }

    /// Sorts settings as the format has them; names of the user's by themselves.
    pub(super) fn order(&self, key: &str) -> Vec<(usize, String)> {
        let mut at = self.settings();
        let mut order = Vec::new();
        for step in key.split('.') {
            let Some((position, next)) = self.child(at, step) else {
                // What is not a key of the format, such as the name of the stack, comes last.
                order.push((usize::MAX, step.to_owned()));
                break;
            };
            order.push((position, step.to_owned()));
            at = self.resolved(next);
        }
        order
    }

    /// The keys of all values that a layer says, as the format knows them.
    pub(super) fn leaves(&self, said: &Value) -> Vec<String> {
        let mut leaves = Vec::new();
        self.collect(self.settings(), said, "", &mut leaves);
        leaves
    }

    /// All keys that a layer can say; a name of the user's is `NAME`.
    pub fn keys(&self) -> Vec<String> {
        let mut keys = Vec::new();
        self.list(self.settings(), "", &mut keys);
        keys
    }

    fn list(&self, at: &Value, above: &str, keys: &mut Vec<String>) {
        let own = at["properties"].as_object().into_iter().flatten();
        let named = self.named(at).map(|(_, schema)| ("NAME", schema));
        for (key, schema) in own.map(|(key, schema)| (key.as_str(), schema)).chain(named) {
            let (key, schema) = (joined(above, key), self.resolved(schema));
            if self.is_value(schema) { keys.push(key) } else { self.list(schema, &key, keys) }
        }
    }

    fn collect(&self, at: &Value, said: &Value, above: &str, leaves: &mut Vec<String>) {
        for (key, value) in said.as_object().into_iter().flat_map(Map::iter) {
            let Some((_, schema)) = self.child(at, key) else { continue };
            let (key, schema) = (joined(above, key), self.resolved(schema));
            if self.is_value(schema) { leaves.push(key) } else { self.collect(schema, value, &key, leaves) }
        }
    }

    /// A value is said whole by one layer: a word, a number, a list, or a mapping some of whose keys must be there.
    fn is_value(&self, schema: &Value) -> bool {
        !schema["required"].is_null() || (schema["properties"].is_null() && self.named(schema).is_none())
    }

    fn child<'a>(&'a self, at: &'a Value, step: &str) -> Option<(usize, &'a Value)> {
        let own = at["properties"].as_object().into_iter().flatten();
        own.enumerate()
            .find_map(|(position, (key, schema))| (key == step).then_some((position, schema)))
            .or_else(|| self.named(at))
    }

    /// What stands behind names of the user's.
    fn named<'a>(&self, at: &'a Value) -> Option<(usize, &'a Value)> {
        Some(&at["additionalProperties"]).filter(|schema| schema.is_object()).map(|schema| (0, schema))
    }

    fn settings(&self) -> &Value {
        &self.schema["$defs"]["Settings"]
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let name = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/$defs/"));
        name.map_or(schema, |name| &self.schema["$defs"][name])
    }
}

fn joined(above: &str, key: &str) -> String {
    if above.is_empty() { key.to_owned() } else { format!("{above}.{key}") }
}

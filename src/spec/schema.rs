//! The JSON Schema of the format, derived from the types.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::Format;

/// The schema (draft 2020-12) that editors and `spec::read` validate a spec with.
pub fn schema() -> Value {
    let mut schema =
        SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Format>().to_value();
    tidy(&mut schema);
    schema
}

/// A key below a layer, such as `scaling.cpu.target`, or `scaling.step.NAME.steps` where a name of the user's stands.
#[derive(Debug, Clone)]
pub struct Key {
    /// The dotted key.
    pub path: String,
    /// What the format says of it.
    pub about: String,
    /// Whether one layer says it whole: a word, a number, a list, or a mapping some of whose keys must be there.
    pub is_value: bool,
}

/// All keys that a layer can have, in the order of the format, those inside of whole values too.
pub fn keys() -> Vec<Key> {
    let schema = schema();
    let mut keys = Vec::new();
    collect(&schema, &schema["$defs"]["Settings"], ("", ""), false, &mut keys);
    keys
}

fn collect(schema: &Value, at: &Value, (above, about): (&str, &str), inside: bool, keys: &mut Vec<Key>) {
    let named = Some(&at["additionalProperties"]).filter(|named| named.is_object());
    let own = at["properties"].as_object().into_iter().flatten().map(|(key, below)| (key.as_str(), below));
    for (key, below) in own.chain(named.map(|named| ("NAME", named))) {
        let path = if above.is_empty() { key.to_owned() } else { format!("{above}.{key}") };
        let name = below["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/$defs/"));
        let what = name.map_or(below, |name| &schema["$defs"][name]);
        let holds = what["properties"].is_object() || what["additionalProperties"].is_object();
        let is_value = !inside && (what["required"].is_array() || !holds);
        let about = below["description"].as_str().unwrap_or(about);
        keys.push(Key { path: path.clone(), about: about.replace('\n', " "), is_value });
        collect(schema, what, (&path, about), inside || is_value, keys);
    }
}

/// An optional field is one that may be left out, not one that may be `null`: schemars says both. And the `format`
/// of numbers (`int64`, `double`) is no JSON Schema vocabulary. And a choice between words is an `enum`, which every
/// editor completes.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(tidy),
        Value::Object(map) => {
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|kind| kind != "null");
                if let [only] = types.as_slice() {
                    map["type"] = only.clone();
                }
            }
            if let Some(Value::Array(choices)) = map.get_mut("anyOf") {
                choices.retain(|choice| choice["type"] != "null");
                if let [Value::Object(only)] = choices.as_mut_slice() {
                    let only = std::mem::take(only);
                    map.remove("anyOf");
                    map.extend(only);
                }
            }
            if let Some(Value::Array(choices)) = map.get("oneOf")
                && let Some(words) =
                    choices.iter().map(|choice| choice.get("const").cloned()).collect::<Option<Vec<_>>>()
            {
                map.remove("oneOf");
                map.insert("type".to_owned(), "string".into());
                map.insert("enum".to_owned(), words.into());
            }
            if map.get("format").and_then(Value::as_str).is_some_and(|f| matches!(f, "int64" | "double")) {
                map.remove("format");
            }
            map.values_mut().for_each(tidy);
        }
        _ => {}
    }
}

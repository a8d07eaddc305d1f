//! The JSON Schema of the format, derived from the types.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::Spec;

/// The schema (draft 2020-12) that editors and `spec::read` validate a spec with.
pub fn schema() -> Value {
    let mut schema =
        SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Spec>().to_value();
    tidy(&mut schema);
    schema
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

//! The schema that editors use is the schema of the types.

use std::collections::BTreeSet;
use std::fs;

use scalegen::diagnostic::Diagnostics;
use scalegen::document::Document;
use scalegen::spec;
use serde_json::{Value, json};

use crate::support::{files, gen_in, root, said};

#[test]
fn the_committed_schema_is_that_of_the_types() {
    let output = gen_in(root()).arg("schema").output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let committed = fs::read(root().join("specs/schema.json")).unwrap();
    assert!(
        output.stdout == committed,
        "specs/schema.json is stale; run: cargo run -- schema > specs/schema.json"
    );
}

#[test]
fn the_schema_is_valid_against_its_metaschema() {
    let schema = scalegen::spec::schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    jsonschema::meta::validate(&schema)
        .unwrap_or_else(|error| panic!("{error} at {}", error.instance_path()));
}

#[test]
fn every_field_has_a_description_and_examples_that_are_valid() {
    let schema = scalegen::spec::schema();
    let mut objects = vec![("spec", &schema)];
    objects.extend(schema["$defs"].as_object().unwrap().iter().map(|(name, object)| (name.as_str(), object)));
    let mut fields = 0;
    for (name, object) in objects {
        let Some(properties) = object["properties"].as_object() else { continue };
        assert_eq!(object["additionalProperties"], false, "{name} takes unknown keys");
        for (field, about) in properties {
            fields += 1;
            assert!(
                about["description"].as_str().is_some_and(|d| d.len() > 10),
                "{name}.{field} has no description"
            );
            let examples =
                about["examples"].as_array().unwrap_or_else(|| panic!("{name}.{field} has no examples"));
            let mut of_field = about.clone();
            of_field["$defs"] = schema["$defs"].clone();
            let validator = jsonschema::validator_for(&of_field).unwrap();
            for example in examples {
                assert!(validator.is_valid(example), "{name}.{field}: the example {example} is not valid");
            }
        }
    }
    assert!(fields >= 50, "{fields}");
}

#[test]
fn every_spec_in_the_repository_passes_the_schema() {
    let schema = scalegen::spec::schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut specs = crate::support::files(&root().join("tests/cases"), "spec.yaml");
    specs.push(root().join("specs/langfuse.yaml"));
    for path in specs {
        let value: Value = serde_saphyr::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        assert!(validator.is_valid(&value), "{}", path.display());
    }
}

/// A document and its value; nothing, if the text is not YAML.
fn document(text: &[u8]) -> Option<(Document, Value)> {
    let document = Document::parse("spec.yaml", text.to_vec(), &mut Diagnostics::default());
    let value = document.root()?.value();
    Some((document, value))
}

/// Values that hardly any key takes, and those that some do.
fn others() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(1),
        json!(0.5),
        json!(1441),
        json!("text"),
        json!("60s"),
        json!("60ms"),
        json!("0"),
        json!("s"),
        json!("111111111111"),
        json!("2026-09-01"),
        json!("cpu"),
        json!([]),
        json!(["a", "b"]),
        json!([{ "from": 0, "by": 1 }]),
        json!({}),
        json!({ "name": { "enabled": true } }),
    ]
}

/// The places below a value, as JSON pointers.
fn places(value: &Value, here: &str, all: &mut Vec<String>) {
    all.push(here.to_owned());
    let mut below = |key: &str, value| places(value, &format!("{here}/{}", key.replace('/', "~1")), all);
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| below(key, value)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| below(&at.to_string(), value));
        }
        _ => {}
    }
}

/// What can be done to a value: it becomes another one, gets a key more, loses one.
fn changes(value: &Value) -> Vec<(String, Value)> {
    let mut all: Vec<(String, Value)> =
        others().into_iter().map(|other| (other.to_string(), other)).collect();
    if let Value::Object(map) = value {
        let mut more = value.clone();
        more["no_such_key"] = json!(1);
        all.push(("and more".to_owned(), more));
        all.extend(map.keys().map(|key| {
            let mut less = map.clone();
            less.remove(key);
            (format!("without {key}"), less.into())
        }));
    }
    all
}

/// Whoever writes a spec that the types refuse is told why by the schema; a spec that they accept never sees it.
#[test]
fn the_types_accept_what_the_schema_accepts() {
    let schema = spec::schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let folders = ["tests/cases", "tests/invalid", "specs"];
    let specs = folders.iter().flat_map(|folder| files(&root().join(folder), ".yaml"));
    let mut tried: BTreeSet<(String, String)> = BTreeSet::new();
    let (mut good, mut bad, mut wrong) = (0, 0, Vec::new());
    let mut judge = |value: &Value, document: &Document, name: &str| {
        let valid = validator.is_valid(value);
        if spec::accepts(document) != valid {
            let errors: Vec<String> =
                validator.iter_errors(value).map(|e| format!("{e} at {}", e.instance_path())).collect();
            wrong.push(format!("{name}: by the schema {valid} {errors:?}: {value}"));
        }
        if valid { good += 1 } else { bad += 1 }
    };
    for path in specs {
        let name = path.display().to_string();
        let Some((whole, value)) = document(&fs::read(&path).unwrap()) else { continue };
        judge(&value, &whole, &name);
        let mut all = Vec::new();
        if path.ends_with("spec.yaml") {
            places(&value, "", &mut all);
        }
        for place in all {
            let keys: Vec<&str> = place.rsplit('/').take(2).collect();
            for (what, changed) in changes(value.pointer(&place).unwrap()) {
                // What stands in many specs is changed once.
                if !tried.insert((keys.join(" of "), what)) {
                    continue;
                }
                let mut whole = value.clone();
                *whole.pointer_mut(&place).unwrap() = changed;
                if let Some((document, value)) = document(whole.to_string().as_bytes()) {
                    judge(&value, &document, &name);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ, such as {}", wrong.len(), wrong[0]);
    assert!(good > 500 && bad > 4_000, "{good} {bad}");
}

/// What only single values break is left to the rules, which must find it all.
#[test]
fn no_constraint_of_the_schema_is_passed_over() {
    let base = fs::read_to_string(root().join("tests/cases/minimal/spec.yaml")).unwrap();
    for (from, to) in [
        ("max: 4", "max: -4"),
        ("target: 60", "target: 0"),
        ("\"111111111111\"", "\"1\""),
        ("project: shop", "project: Shop"),
        ("{ cpu:", "{ cooldown: { out: soon }, cpu:"),
    ] {
        let text = base.replace(from, to);
        assert_ne!(text, base);
        let (_, diagnostics, fleet) = crate::support::load("spec.yaml", &text);
        assert!(fleet.is_none() && diagnostics.has_errors(), "{to} passes");
    }
}

//! The schema that editors use is the schema of the types.

use std::fs;

use serde_json::Value;

use crate::support::{gen_in, root, said};

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

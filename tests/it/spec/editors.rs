//! What an editor shows of a spec: yaml-language-server, driven as an editor drives it, with the schema that the spec
//! names in its first line.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::tools::{Tools, succeed};
use crate::support::{gen_in, root};

/// A spec with one mistake on each line that has a comment, which says what the editor shows there.
const BROKEN: &str = r#"# yaml-language-server: $schema=./schema.json
version: 1
project: Shop # "String does not match the pattern
defaults:
  capcity: { min: 2 } # Property capcity is not allowed.
  scaling:
    cpu: { target: "70" } # Incorrect type. Expected "number".
  task: { architecture: arm } # Value is not accepted. Valid values: "x86_64", "arm64".
services:
  web: {}
environments:
  prod: # Missing property "region".
    account: "12" # String does not match the pattern of "^[0-9]{12}$".
    
"#;

/// The tools, where this machine has the language server.
fn tools() -> Option<Tools> {
    Tools::get().filter(|tools| tools.has("yaml-language-server"))
}

/// A folder with a spec and the schema of this repository beside it.
fn folder(spec: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(root().join("specs/schema.json"), folder.path().join("schema.json")).unwrap();
    fs::write(folder.path().join("spec.yaml"), spec).unwrap();
    folder
}

fn shown(tools: &Tools, spec: &Path, args: &[String]) -> Value {
    let said = succeed(tools.python("editor.py").arg(spec).args(args));
    serde_json::from_str(&said).unwrap()
}

fn diagnostics(shown: &Value) -> Vec<&str> {
    shown["diagnostics"].as_array().unwrap().iter().map(|found| found.as_str().unwrap()).collect()
}

/// Just behind the first place where `text` stands in `spec`, as LINE:COLUMN.
fn behind(spec: &str, text: &str) -> String {
    let at = spec.find(text).unwrap_or_else(|| panic!("no {text:?}")) + text.len();
    let line = spec[..at].matches('\n').count() + 1;
    format!("{line}:{}", spec[..at].rsplit('\n').next().unwrap().chars().count() + 1)
}

fn option(name: &str, places: &[String]) -> Vec<String> {
    places.iter().flat_map(|place| [name.to_owned(), place.clone()]).collect()
}

#[test]
fn a_good_spec_has_no_diagnostics() {
    let Some(tools) = tools() else { return };
    assert_eq!(diagnostics(&shown(&tools, &root().join("specs/langfuse.yaml"), &[])), Vec::<&str>::new());
    // What `gen init` writes is ready for an editor too.
    let work = tempfile::tempdir().unwrap();
    let answers = ["--project", "shop", "--env", "prod=111111111111:eu-west-1", "--service", "web"];
    succeed(gen_in(work.path()).arg("init").args(answers));
    let spec = work.path().join("specs/shop.yaml");
    assert_eq!(diagnostics(&shown(&tools, &spec, &[])), Vec::<&str>::new());
    // The schema was found: without it nothing would be wrong with anything.
    fs::write(&spec, fs::read_to_string(&spec).unwrap().replace("version: 1", "version: 2")).unwrap();
    assert_eq!(diagnostics(&shown(&tools, &spec, &[])), ["6:10 Value must be 1."]);
}

#[test]
fn every_mistake_is_shown_where_it_is() {
    let Some(tools) = tools() else { return };
    let folder = folder(BROKEN);
    let shown = shown(&tools, &folder.path().join("spec.yaml"), &[]);
    let found = diagnostics(&shown);
    let mistakes =
        BROKEN.lines().enumerate().skip(1).filter_map(|(n, line)| Some((n + 1, line.split_once(" # ")?.1)));
    let mistakes: Vec<(usize, &str)> = mistakes.collect();
    for (line, message) in &mistakes {
        let message = message.trim_start_matches('"');
        let there =
            found.iter().any(|found| found.starts_with(&format!("{line}:")) && found.contains(message));
        assert!(there, "line {line} should say {message}: {found:#?}");
    }
    assert_eq!(found.len(), mistakes.len(), "{found:#?}");
}

#[test]
fn keys_and_values_are_completed() {
    let Some(tools) = tools() else { return };
    let folder = folder(BROKEN);
    let places = [behind(BROKEN, "{12}$\".\n    "), behind(BROKEN, "architecture: ")];
    let shown = shown(&tools, &folder.path().join("spec.yaml"), &option("--complete", &places));
    let labels = |n: usize| -> Vec<&str> {
        shown["completions"][n].as_array().unwrap().iter().map(|label| label.as_str().unwrap()).collect()
    };
    for key in ["region", "capacity", "services", "load_balancer"] {
        assert!(labels(0).contains(&key), "{key}: {:?}", labels(0));
    }
    assert!(!labels(0).contains(&"account"), "it is there already: {:?}", labels(0));
    assert_eq!(labels(1), ["x86_64", "arm64"]);
}

#[test]
fn hovering_explains_a_key_with_an_example() {
    let Some(tools) = tools() else { return };
    let folder = folder(BROKEN);
    let places = ["\ndefa", "  scal", "    acc"].map(|text| behind(BROKEN, text));
    let shown = shown(&tools, &folder.path().join("spec.yaml"), &option("--hover", &places));
    let schema: Value =
        serde_json::from_str(&fs::read_to_string(root().join("specs/schema.json")).unwrap()).unwrap();
    for (n, pointer) in [
        "/properties/defaults",
        "/$defs/Settings/properties/scaling",
        "/$defs/Environment/properties/account",
    ]
    .into_iter()
    .enumerate()
    {
        let description = schema.pointer(pointer).unwrap()["description"].as_str().unwrap();
        let hover = shown["hovers"][n].as_str().unwrap();
        assert!(hover.contains(description) && hover.contains("Example"), "{description}: {hover}");
    }
}

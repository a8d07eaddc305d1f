//! What is printed for programs: frozen JSON, annotations, SARIF that its schema accepts.

use std::fs;

use scalegen::artifacts::Kind;
use scalegen::diagnostic::{Code, Diagnostics};
use scalegen::document::Document;
use scalegen::report::{FileReport, github, json, plain, sarif};
use serde_json::Value;

use crate::support::{gen_in, lint, load, root, said};

type Print = fn(&Document, &Diagnostics, &mut dyn std::io::Write) -> std::io::Result<()>;

/// The findings of a spec with one mistake of each sort: two culprits, one, a warning, none with a place.
fn findings(print: Print) -> String {
    let mut printed = Vec::new();
    for code in [Code::MaxBelowMin, Code::UnknownKey, Code::CooldownZero] {
        let (document, diagnostics, _) = load("specs/a b.yaml", &code.example().bad);
        print(&document, &diagnostics, &mut printed).unwrap();
    }
    let (document, diagnostics, _) = load("specs/empty.yaml", "");
    print(&document, &diagnostics, &mut printed).unwrap();
    String::from_utf8(printed).unwrap()
}

/// A file of every kind of difference.
fn drift(print: impl Fn(&[FileReport<'_>], &mut Vec<u8>)) -> String {
    let kinds = [
        Kind::Missing,
        Kind::Stale,
        Kind::Edited,
        Kind::Mode,
        Kind::Orphaned,
        Kind::OrphanedEdited,
        Kind::Foreign("a folder".to_owned()),
    ];
    let report = |kind| FileReport {
        shown: format!("generated/cli/{}.sh", scalegen::report::status(kind)),
        kind,
        found: Some("old\n".to_owned()),
        wanted: Some("new\n"),
    };
    let mut printed = Vec::new();
    print(&kinds.iter().map(report).collect::<Vec<_>>(), &mut printed);
    String::from_utf8(printed).unwrap()
}

/// Programs read this. Fields may be added; to rename or remove one, raise `json::VERSION`.
#[test]
fn json_is_frozen() {
    insta::assert_snapshot!("json_findings", findings(json::diagnostics));
    insta::assert_snapshot!(
        "json_drift",
        drift(|files, out| json::drift(files, 7, Some("gen"), out).unwrap())
    );
}

#[test]
fn annotations_are_frozen() {
    insta::assert_snapshot!("github_findings", findings(github::diagnostics));
    insta::assert_snapshot!(
        "github_drift",
        drift(|files, out| github::drift(files, Some("gen"), out).unwrap())
    );
}

/// A text without its escape sequences.
fn without_escapes(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |plain, part| plain + part.split_once('m').unwrap().1)
}

#[test]
fn differences_read_well() {
    let text = |color| drift(|files, out| plain::drift(files, color, out).unwrap());
    insta::assert_snapshot!("text_drift", text(false));
    let coloured = text(true);
    assert_ne!(coloured, text(false));
    assert_eq!(without_escapes(&coloured), text(false), "colours change no letter");
}

#[test]
fn sarif_reads_well() {
    insta::assert_snapshot!(
        "sarif_findings",
        findings(|document, found, out| sarif::diagnostics("validate", document, found, out))
    );
    insta::assert_snapshot!(
        "sarif_drift",
        drift(|files, out| sarif::drift(files, Some("gen"), out).unwrap())
    );
}

/// tests/schemas/README.md says where the schema is from.
#[test]
fn sarif_is_valid_for_every_code_and_difference() {
    let schema = fs::read_to_string(root().join("tests/schemas/sarif-2.1.0.json")).unwrap();
    // Its pattern of languages has a bracket too many, with which the validator takes no schema.
    let schema: Value = serde_json::from_str(&schema.replace("{2}]?$", "{2}$")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let check = |log: &str| {
        let log: Value = serde_json::from_str(log).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&log)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}\n{log:#}");
        let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
        for result in log["runs"][0]["results"].as_array().unwrap() {
            assert_eq!(rules[result["ruleIndex"].as_u64().unwrap() as usize]["id"], result["ruleId"]);
        }
        // Optional in SARIF, required for an alert on GitHub.
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(
                rules.iter().all(|rule| rule[text]["text"].as_str().is_some_and(|text| !text.is_empty()))
            );
        }
        log
    };
    for code in Code::all() {
        // By `gen lint`, which finds all that the others find.
        let (document, diagnostics, _) = lint("specs/ä {1}.yaml", &code.example().bad);
        let mut log = Vec::new();
        sarif::diagnostics("validate", &document, &diagnostics, &mut log).unwrap();
        let log = check(&String::from_utf8(log).unwrap());
        let rules = &log["runs"][0]["tool"]["driver"]["rules"];
        assert!(rules.as_array().unwrap().iter().any(|rule| rule["id"] == code.name()));
    }
    check(&drift(|files, out| sarif::drift(files, Some("gen --spec 'a b'"), out).unwrap()));
    check(&drift(|_, out| sarif::drift(&[], None, out).unwrap()));
    // The schema is no rubber stamp.
    let mut bad = check(&drift(|files, out| sarif::drift(files, None, out).unwrap()));
    bad["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] =
        "a b".into();
    assert!(!validator.is_valid(&bad));
    assert!(!validator.is_valid(&serde_json::json!({ "version": "2.1.0", "runs": [{ "results": [] }] })));
}

#[test]
fn every_format_gives_the_same_answer() {
    for format in ["text", "json", "github", "sarif"] {
        for (code, status) in [("max-below-min", 1), ("cooldown-zero", 0)] {
            let spec = format!("tests/invalid/{code}.yaml");
            let args = ["validate", "--spec", &spec, "--format", format];
            let output = gen_in(root()).args(args).output().unwrap();
            assert_eq!(output.status.code(), Some(status), "{}", said(&output));
            let printed = String::from_utf8(output.stdout).unwrap();
            assert!(printed.contains(code) && output.stderr.is_empty(), "{format}: {printed}");
        }
        let output = gen_in(root()).args(["check", "--format", format]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let folder = tempfile::tempdir().unwrap();
        let args = ["check", "--format", format, "--target", "cli", "--out", "nothing", "--spec"];
        let output =
            gen_in(folder.path()).args(args).arg(root().join("specs/langfuse.yaml")).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(
            String::from_utf8_lossy(&output.stdout).contains("nothing/cli/prod-eu/web.json"),
            "{}",
            said(&output)
        );
    }
}

//! Every kind of finding, on the line where it belongs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use scalegen::diagnostic::{Code, Diagnostics, Severity};
use scalegen::document::Document;

use crate::support::{explain, files, gen_in, load, root, said};

/// Codes that no file in tests/invalid can show, and the test here that does.
const SHOWN_BELOW: &[Code] = &[Code::NotUtf8, Code::ByteOrderMark, Code::CrlfLineEnds, Code::DroppedName];

/// `# ERROR: code, code` at the end of the line where it must be found.
fn expected(text: &str) -> BTreeSet<(usize, String)> {
    let mut expected = BTreeSet::new();
    for (line, text) in (1..).zip(text.lines()) {
        for (marker, severity) in
            [("# ERROR: ", "error"), ("# WARNING: ", "warning"), ("# NOTICE: ", "notice")]
        {
            let codes = text.split_once(marker).map_or("", |(_, codes)| codes);
            expected.extend(
                codes
                    .split(", ")
                    .filter(|code| !code.is_empty())
                    .map(|code| (line, format!("{severity} {code}"))),
            );
        }
    }
    expected
}

fn found(document: &Document, diagnostics: &Diagnostics) -> BTreeSet<(usize, String)> {
    let line = |location| document.line_column(document.locate(location).start).0;
    diagnostics
        .iter()
        .map(|d| (line(&d.primary.location), format!("{} {}", d.code.severity(), d.code)))
        .collect()
}

#[test]
fn every_invalid_spec_is_refused_on_the_marked_lines_and_nowhere_else() {
    let mut gallery = String::new();
    for path in files(&root().join("tests/invalid"), ".yaml") {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let (document, diagnostics, fleet) = load(&name, &text);
        let report = explain(&document, &diagnostics);
        assert_eq!(found(&document, &diagnostics), expected(&text), "{name}\n{report}");
        let refused = fleet.is_none() || diagnostics.has_errors();
        assert_eq!(refused, diagnostics.count(Severity::Error) > 0, "{name}");
        assert!(diagnostics.iter().all(|d| d.help.is_some()), "{name}: every finding says how to mend it");
        gallery.push_str(&report);
        gallery.push('\n');
    }
    insta::assert_snapshot!("gallery", gallery);
}

#[test]
fn every_code_has_its_fixture() {
    let fixtures: BTreeSet<String> = files(&root().join("tests/invalid"), ".yaml")
        .iter()
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    let codes: BTreeSet<String> = Code::ALL
        .iter()
        .filter(|code| !SHOWN_BELOW.contains(code))
        .map(|code| code.name().to_owned())
        .collect();
    assert_eq!(fixtures, codes, "tests/invalid/<code>.yaml, one for each code");
}

#[test]
fn codes_are_unique_and_pinned() {
    let mut names = BTreeMap::new();
    for code in Code::ALL {
        assert!(names.insert(code.name(), code).is_none(), "{code} twice");
        assert!(
            code.name().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
            "{code}"
        );
    }
    let list: Vec<String> =
        names.values().map(|c| format!("{} {c}: {}", c.severity(), c.explanation())).collect();
    insta::assert_snapshot!("codes", list.join("\n"));
}

#[test]
fn each_rule_function_bears_the_name_of_its_code() {
    let rules = files(&root().join("src/plan/rules"), ".rs");
    let source: String = rules.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    for code in Code::ALL {
        let name = format!("{code:?}");
        if source.contains(&format!("Code::{name}")) {
            let function = format!("fn {}(", code.name().replace('-', "_"));
            assert!(source.contains(&function), "{code} is used in the rules without `{function}`");
        }
    }
}

#[test]
fn one_run_reports_every_mistake() {
    let text = "version: 1\nproject: Shop\nservices: { web: {} }\nenvironments:\n  prod: { account: \"1\", region: mars-1 }\n";
    let (_, diagnostics, _) = load("spec.yaml", text);
    let codes: Vec<&str> = diagnostics.iter().map(|d| d.code.name()).collect();
    assert_eq!(codes, ["name-shape", "account-id", "unknown-region", "missing-capacity"]);
}

/// A file that is odd as a file gets one clear message, and no panic.
#[test]
fn odd_files_get_one_clear_message() {
    let folder = tempfile::tempdir().unwrap();
    let good = fs::read_to_string(root().join("tests/cases/minimal/spec.yaml")).unwrap();
    let large = vec![b'#'; 100 << 20];
    let cases: Vec<(&str, Vec<u8>, i32, &str)> = vec![
        ("empty.yaml", Vec::new(), 1, "error[empty-spec]"),
        ("comments.yaml", b"# nothing\n".to_vec(), 1, "error[empty-spec]"),
        (
            "latin1.yaml",
            b"version: 1\nproject: caf\xe9\n".to_vec(),
            1,
            "error[not-utf8]: the spec is not UTF-8 text: byte 23, on line 2, is 0xe9",
        ),
        ("large.yaml", large, 1, "error[spec-too-large]: the spec has more than 64 MiB"),
        ("bom.yaml", [b"\xef\xbb\xbf", good.as_bytes()].concat(), 0, "warning[byte-order-mark]"),
        ("crlf.yaml", good.replace('\n', "\r\n").into_bytes(), 0, "warning[crlf-line-ends]"),
        ("nul.yaml", b"version: 1\nproject: \0\n".to_vec(), 1, "error["),
        ("tabs.yaml", b"version: 1\n\tproject: a\n".to_vec(), 1, "error[yaml-syntax]"),
        ("scalar.yaml", b"hello\n".to_vec(), 1, "error[wrong-type]"),
        ("list.yaml", b"- a\n".to_vec(), 1, "error[wrong-type]"),
        (
            "two.yaml",
            [good.as_bytes(), b"---\na: 1\n"].concat(),
            1,
            "error[yaml-syntax]: the file holds a second YAML document",
        ),
    ];
    for (name, bytes, status, message) in cases {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let output = gen_in(folder.path()).args(["validate", "--spec", name]).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(status), "{name}: {}", said(&output));
        assert!(text.contains(message), "{name}: {}", said(&output));
        assert_eq!(text.matches("error[").count() + text.matches("warning[").count(), 1, "{name}: {text}");
    }
    for (name, message) in [
        (".", "cannot read the spec .: it is a folder; name the file in it"),
        ("missing.yaml", "cannot read the spec missing.yaml: there is no such file"),
    ] {
        let output = gen_in(folder.path()).args(["validate", "--spec", name]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert_eq!(String::from_utf8_lossy(&output.stderr), format!("gen: {message}\n"));
    }
}

#[test]
fn findings_as_json_and_as_annotations() {
    let run = |format: &str| {
        let args = ["validate", "--spec", "tests/invalid/max-below-min.yaml", "--format", format];
        let output = gen_in(root()).args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let json: serde_json::Value = serde_json::from_str(&run("json")).unwrap();
    assert_eq!(json["version"], 1);
    let finding = &json["findings"][0];
    assert_eq!(
        (&finding["code"], &finding["line"], &finding["column"]),
        (&"max-below-min".into(), &15.into(), &26.into())
    );
    assert_eq!(finding["related"][0]["line"], 8);
    let annotation = run("github");
    assert!(
        annotation.starts_with("::error file=tests/invalid/max-below-min.yaml,line=15,endLine=15,col=26,endColumn=27,title=max-below-min::prod/web may run"),
        "{annotation}"
    );
    assert_eq!(annotation.lines().count(), 1);
}

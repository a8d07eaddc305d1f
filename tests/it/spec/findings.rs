//! Every kind of finding, on the line where it belongs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use scalegen::diagnostic::{Code, Diagnostic, Diagnostics, Example, Severity, Trait};
use scalegen::document::Document;
use scalegen::plan::Fleet;

use crate::support::{explain, files, gen_in, lint, load, root, said};

/// `# ERROR: code, code` at the end of the line where it must be found.
fn expected(text: &str) -> BTreeSet<(usize, String)> {
    let mut expected = BTreeSet::new();
    for (line, text) in (1..).zip(text.lines()) {
        for (marker, severity) in
            [("# ERROR: ", "error"), ("# WARNING: ", "warning"), ("# NOTICE: ", "notice")]
        {
            let codes = text.split_once(marker).map_or("", |(_, codes)| codes);
            let codes = codes.split(" # ").next().unwrap_or_default();
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

/// The specs of tests/invalid: for each its name, `<code>.yaml` or `<code>.<variant>.yaml`, and its bytes.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let named = |path: std::path::PathBuf| {
        (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap())
    };
    files(&root().join("tests/invalid"), ".yaml").into_iter().map(named).collect()
}

/// What is found in a fixture: by `gen lint`, if it is of one of its codes, else by `gen validate`.
fn judge(name: &str, fixture: &(impl AsRef<[u8]> + ?Sized)) -> (Document, Diagnostics, Option<Fleet>) {
    let code = Code::named(name.split('.').next().unwrap()).unwrap_or_else(|| panic!("{name}: no such code"));
    if !code.is(Trait::Lint) {
        return load(name, fixture);
    }
    // The fixtures are about one thing each. That none of the others has alarms is no news.
    let (document, judged, fleet) = lint(name, fixture);
    let beside =
        |finding: &&Diagnostic| finding.code == Code::ProductionWithoutAlarms && code != finding.code;
    let mut diagnostics = Diagnostics::default();
    judged.iter().filter(|finding| !beside(finding)).for_each(|finding| diagnostics.push(finding.clone()));
    (document, diagnostics, fleet)
}

/// The fixture with the lines of the mended spec left empty: what they allow is not allowed in it.
fn without_mended_lines(fixture: &[u8]) -> Vec<u8> {
    let mended = |line: &[u8]| line.trim_ascii_start().starts_with(b"# INSTEAD: ");
    let lines = fixture.split_inclusive(|byte| *byte == b'\n');
    lines.flat_map(|line| if mended(line) { b"\n".as_slice() } else { line }).copied().collect()
}

#[test]
fn every_invalid_spec_is_refused_on_the_marked_lines_and_nowhere_else() {
    let mut wrong = Vec::new();
    for (name, fixture) in fixtures() {
        let (document, diagnostics, fleet) = judge(&name, &without_mended_lines(&fixture));
        let expected = expected(&String::from_utf8_lossy(&fixture));
        let found = found(&document, &diagnostics);
        if found != expected {
            let odd: Vec<_> = found.symmetric_difference(&expected).collect();
            wrong.push(format!("{name}: {odd:?}\n{}", explain(&document, &diagnostics)));
        }
        let code = name.split('.').next().unwrap();
        assert!(expected.iter().any(|(_, found)| found.ends_with(&format!(" {code}"))), "{name}: no {code}");
        let refused = fleet.is_none() || diagnostics.has_errors();
        assert_eq!(refused, diagnostics.count(Severity::Error) > 0, "{name}");
        assert!(diagnostics.iter().all(|d| d.help.is_some()), "{name}: every finding says how to mend it");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every message there is, to be read in one file: the invalid specs as a user would see them reported.
#[test]
fn the_gallery_shows_every_code() {
    let mut gallery = String::new();
    for (name, fixture) in fixtures() {
        let (document, diagnostics, _) = judge(&name, &Example::of(&fixture).bad);
        gallery += &format!("{}\n", explain(&document, &diagnostics));
    }
    for code in Code::all() {
        assert!(gallery.contains(&format!("{}[{code}]: ", code.severity())), "the gallery lacks {code}");
    }
    insta::assert_snapshot!("gallery", gallery);
}

/// What `gen rule` tells people to write instead is right.
#[test]
fn every_example_has_its_mistake_and_mended_has_none() {
    let mut wrong = Vec::new();
    for code in Code::all() {
        let example = code.example();
        let name = format!("{code}.yaml");
        let (_, diagnostics, _) = judge(&name, &example.bad);
        assert!(diagnostics.iter().any(|finding| finding.code == code), "{code}");
        let place = format!("`# INSTEAD:` lines in tests/invalid/{code}.yaml");
        assert!(!example.mended.is_empty(), "there are no {place}");
        let (document, diagnostics, _) = judge(&name, &example.good);
        // A notice of what a dialect lacks is no fault of the spec; but it is gone from its own example.
        let fine = |finding: &Diagnostic| finding.code.severity() == Severity::Notice && finding.code != code;
        if !diagnostics.iter().all(fine) {
            wrong.push(format!("the {place} are wrong\n{}", explain(&document, &diagnostics)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn codes_are_unique_and_pinned() {
    let mut names = BTreeMap::new();
    for code in Code::all() {
        assert!(names.insert(code.name(), code).is_none(), "{code} twice");
        assert!(
            code.name().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
            "{code}"
        );
    }
    let list: Vec<String> =
        names.values().map(|c| format!("{} {c}: {}", c.severity(), c.summary())).collect();
    insta::assert_snapshot!("codes", list.join("\n"));
}

#[test]
fn every_code_says_what_and_why() {
    for code in Code::all() {
        let (summary, why) = (code.summary(), code.why());
        assert!(
            summary.ends_with('.') && !summary.contains("Source:"),
            "{code}: first what is wrong: {summary}"
        );
        assert!(
            why.ends_with('.') && !why.contains("Source:"),
            "{code}: then a paragraph that says why: {why}"
        );
        assert!(code.source().is_none_or(|source| !source.ends_with('.')), "{code}: a source is a title");
    }
}

#[test]
fn each_rule_function_bears_the_name_of_its_code() {
    let rules = ["src/plan/rules", "src/lint"].map(|folder| files(&root().join(folder), ".rs"));
    let source: String = rules.iter().flatten().map(|path| fs::read_to_string(path).unwrap()).collect();
    for code in Code::all() {
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

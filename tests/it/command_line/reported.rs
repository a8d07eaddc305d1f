//! What is reported decides the exit status and what is written; many findings stay readable; nothing steers a terminal.

use std::fs;

use scalegen::cli;
use scalegen::commands::{self, Outcome, Streams};
use scalegen::diagnostic::Severity;

use crate::support::{files, gen_in, load, root, said};

/// Runs a command in this process.
fn run(line: &[&str]) -> (Outcome, String, String) {
    let words = std::iter::once("gen").chain(line.iter().copied());
    let cli = cli::parse(words.map(Into::into)).unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut streams = Streams {
        out: &mut out,
        out_color: false,
        width: None,
        err: &mut err,
        err_color: false,
        input: None,
        quiet: cli.common.quiet,
        all_findings: cli.common.all_findings,
        watched: false,
    };
    let outcome = commands::run(&cli, &mut streams);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (outcome, text(out), text(err))
}

/// An error that was reported is never a success: every spec of tests/invalid, through every command that reads one.
#[test]
fn a_reported_error_fails_every_command_and_nothing_is_written() {
    let valid = root().join("tests/cases/minimal/spec.yaml");
    let valid = valid.to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let mut refused = 0;
    for path in files(&root().join("tests/invalid"), ".yaml") {
        let bytes = fs::read(&path).unwrap();
        let (_, found, fleet) = load("spec.yaml", &bytes);
        assert_eq!(fleet.is_none(), found.count(Severity::Error) > 0, "{}", path.display());
        let text = String::from_utf8_lossy(&bytes);
        assert_eq!(scalegen::generate(&text).is_err(), scalegen::validate(&text).has_errors());
        if fleet.is_some() {
            continue;
        }
        refused += 1;
        assert!(std::str::from_utf8(&bytes).is_err() || scalegen::generate(&text).is_err());
        let (spec, out) = (path.to_str().unwrap(), out.to_str().unwrap());
        let commands: &[&[&str]] = &[
            // One target: its templates are ready soonest.
            &["--target", "inventory", "--spec", spec, "--out", out, "--force", "-q"],
            &["check", "--target", "inventory", "--spec", spec, "--out", out, "--format", "json"],
            &["validate", "--spec", spec],
            &["validate", "--spec", spec, "-q"],
            &["validate", "--spec", spec, "--format", "json"],
            &["validate", "--spec", spec, "--format", "github"],
            &["validate", "--spec", spec, "--format", "sarif"],
            &["lint", "--spec", spec],
            &["lint", "--spec", spec, "--format", "sarif"],
            &["explain", "--spec", spec],
            &["explain", "--spec", spec, "prod/web", "--format", "json"],
            &["diff", spec, valid],
            &["diff", valid, spec, "--format", "json"],
        ];
        for command in commands {
            let (outcome, out, err) = run(command);
            assert!(matches!(outcome, Outcome::No | Outcome::Failed), "{command:?}: {outcome:?}\n{out}{err}");
            assert!(!out.contains("is valid") && !out.contains("is clean"), "{command:?}\n{out}");
        }
    }
    assert!(refused > 100, "{refused}");
    assert!(!out.exists(), "nothing is written for an invalid spec");
}

const MANY: usize = 2_000;

/// A spec with one warning for each of many services, and an error.
fn many(folder: &std::path::Path) {
    let service = |n| format!("  s{n}: {{ scaling: {{ cpu: {{ target: 40 }} }} }}\n");
    let services: String = (0..MANY).map(service).collect();
    let text = format!(
        "version: 1\nproject: shop\ndefaults: {{ capacity: {{ min: 1, max: 9 }} }}\nservices:\n{services}environments:\n  prod: {{ account: \"111111111111\", region: eu-west-1 }}\n  qa: {{ account: \"111111111111\", region: eu-west-9 }}\n"
    );
    fs::write(folder.join("scalegen.yaml"), text).unwrap();
}

#[test]
fn of_many_findings_three_of_a_code_are_shown_and_a_flag_shows_all() {
    let folder = tempfile::tempdir().unwrap();
    many(folder.path());
    let validate = |args: &[&str]| {
        let output = gen_in(folder.path()).arg("validate").args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let few = validate(&[]);
    assert_eq!(few.matches("warning[cpu-target-unusual]: a CPU").count(), 3, "{few}");
    let end = "warning[cpu-target-unusual]: and 1997 more like these\n--all-findings shows all of them\n\nscalegen.yaml: 1 error, 2000 warnings\n";
    assert!(few.ends_with(end), "{few}");
    assert!(few.contains("error[unknown-region]"), "an error behind them is shown: {few}");
    let all = validate(&["--all-findings"]);
    assert_eq!(all.matches("warning[cpu-target-unusual]: a CPU").count(), MANY);
    assert!(all.ends_with("\nscalegen.yaml: 1 error, 2000 warnings\n"));
    for format in ["json", "github", "sarif"] {
        let complete = validate(&["--format", format]);
        assert!(complete.matches("a CPU target of 40").count() >= MANY, "{format}");
    }
}

#[test]
fn quiet_leaves_notices_out_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let spec = root().join("tests/invalid/dialect-gap.yaml");
    for command in [&["validate"][..], &["lint"], &["--out", "out"], &["check", "--out", "out"]] {
        let run = |quiet: &[&str]| {
            let mut command_line = gen_in(folder.path());
            let output = command_line.args(command).args(["--spec"]).arg(&spec).args(quiet).output().unwrap();
            said(&output)
        };
        assert!(run(&[]).contains("notice[dialect-gap]"), "{command:?}");
        assert!(!run(&["-q"]).contains("notice"), "{command:?}");
    }
}

/// A spec may come from anybody: what it says is shown and never obeyed.
#[test]
fn control_characters_are_escaped_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let spec = "version: 1\nproject: shop\n\"ke\\u202ey\\0\\e[31m\": 1\nservices: { \"w\\u200bb\\a\": {} }\nenvironments:\n  prod: { account: \"1\\e]0;x\\a\", region: \"eu\\u2066\\0\" }\n";
    let spec2 = "version: 1\nproject: shop\nservices: { web: {} }\nenvironments:\n  prod: { account: \"1\\e]0;x\\a\", region: \"eu\\u2066\\0\" }\n";
    let raw = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{200b}' | '\u{202e}' | '\u{2066}');
    for text in [spec, spec2] {
        fs::write(folder.path().join("scalegen.yaml"), text).unwrap();
        for format in ["text", "json", "github", "sarif"] {
            let output = gen_in(folder.path()).args(["validate", "--format", format]).output().unwrap();
            let printed = String::from_utf8(output.stdout).unwrap();
            assert!(printed.contains("202e}") || printed.contains("2066}"), "{format}: {printed}");
            assert!(!printed.contains(raw), "{format}: {printed:?}");
        }
    }
    for args in
        [&["rule", "a\u{1b}[31m\u{202e}"][..], &["--env", "\u{1b}]0;x\u{7}"], &["explain", "a/\u{1b}b"]]
    {
        fs::write(
            folder.path().join("scalegen.yaml"),
            fs::read(root().join("tests/cases/minimal/spec.yaml")).unwrap(),
        )
        .unwrap();
        let output = gen_in(folder.path()).args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(!String::from_utf8(output.stderr).unwrap().contains(raw), "{args:?}");
    }
}

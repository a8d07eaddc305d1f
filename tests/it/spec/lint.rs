//! `gen lint`: what it finds in real specs, what it lets pass, what it mends.

use std::fs;
use std::path::Path;
use std::process::Output;

use scalegen::diagnostic::{Code, Severity, Trait};
use scalegen::lint::mend;

use crate::support::{explain, files, gen_in, lint, load, root, said};

const SPEC: &str = "\
# yaml-language-server: $schema=./schema.json
version: 1
project:   shop   # odd blanks stay
defaults:
  capacity: { min: 1, max: 10 } # one is enough
  scaling: { cpu: { target: 70 } }
services: { web: {} }
environments: { prod: { account: \"111111111111\", region: eu-west-1, container_insights: true, alarms: {}, notifications: {} } }
";

fn run(folder: &Path, args: &[&str]) -> Output {
    gen_in(folder).args(args).output().unwrap()
}

/// A folder with a spec, and what `gen lint` says of it.
fn linted(text: &str, args: &[&str]) -> (tempfile::TempDir, Output) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("scalegen.yaml"), text).unwrap();
    let output = run(folder.path(), &[&["lint"], args].concat());
    (folder, output)
}

fn text_of(folder: &tempfile::TempDir) -> String {
    fs::read_to_string(folder.path().join("scalegen.yaml")).unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Reviewed: a new rule that drowns good specs shows here.
#[test]
fn what_is_found_in_the_specs_of_the_repository() {
    let mut found = String::new();
    let mut specs = vec![root().join("specs/langfuse.yaml")];
    specs.extend(files(&root().join("tests/cases"), "spec.yaml"));
    for path in specs {
        let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
        let (document, diagnostics, fleet) = lint(&name, &fs::read(&path).unwrap());
        assert!(fleet.is_some(), "{name}");
        found += &format!("== {name}\n");
        let mut lines: Vec<(usize, String)> = diagnostics
            .iter()
            .filter(|finding| finding.code.is(Trait::Lint))
            .map(|finding| {
                let line = document.line_column(document.locate(&finding.primary.location).start).0;
                (line, format!("{line}: {} {}: {}\n", finding.code.severity(), finding.code, finding.message))
            })
            .collect();
        lines.sort();
        found.extend(lines.into_iter().map(|(_, line)| line));
    }
    insta::assert_snapshot!("specs", found);
}

#[test]
fn the_real_fleet_has_no_warnings() {
    let output = run(root(), &["lint", "--spec", "specs/langfuse.yaml"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
}

#[test]
fn there_are_rules_enough_and_each_says_who_says_so() {
    let rules: Vec<Code> =
        Code::all().filter(|code| code.is(Trait::Lint) && !code.is(Trait::OfAllowing)).collect();
    assert!(rules.len() >= 25, "{}", rules.len());
    assert!(rules.iter().all(|code| code.source().is_some()));
    // None of them stops generation or is run by it.
    for code in rules {
        let (_, diagnostics, fleet) = load("spec.yaml", &code.example().bad);
        assert!(fleet.is_some() && !diagnostics.has_errors(), "{code}: the spec of a lint is valid");
    }
}

#[test]
fn the_exit_status_is_the_answer() {
    let (_folder, output) = linted(&SPEC.replace("prod:", "dev:"), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(out(&output), "scalegen.yaml is clean: 1 service in 1 environment\n");
    let (folder, output) = linted(SPEC, &[]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(out(&output).contains("scalegen.yaml:5:20"), "{}", said(&output));
    assert!(out(&output).ends_with("scalegen.yaml: 1 warning\n"), "{}", said(&output));
    // It is no business of the other commands.
    for command in [&["validate"][..], &["--target", "terraform"]] {
        let output = run(folder.path(), command);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert!(!said(&output).contains("production-of-one"), "{}", said(&output));
    }
    let (_folder, output) = linted(&SPEC.replace("max: 10", "max: 0"), &[]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(out(&output).contains("error[max-below-min]"), "{}", said(&output));
    let output = run(root(), &["lint", "--spec", "nothing.yaml"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
}

#[test]
fn notices_are_told_but_fail_nothing() {
    let spec = SPEC.replace("{ min: 1, max: 10 }", "{ min: 1, max: 2 }").replace("prod:", "dev:");
    let (_folder, output) = linted(&spec, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(out(&output).contains("notice[small-fleet]"), "{}", said(&output));
    let (_folder, output) = linted(&spec, &["--quiet"]);
    assert_eq!((output.status.code(), out(&output).as_str()), (Some(0), ""), "{}", said(&output));
}

#[test]
fn every_format_says_it() {
    for format in ["text", "json", "github", "sarif"] {
        let (_folder, output) = linted(SPEC, &["--format", format]);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(out(&output).contains("production-of-one") && output.stderr.is_empty(), "{}", said(&output));
    }
    let (_folder, output) = linted(SPEC, &["--format", "sarif"]);
    let log: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(log["runs"][0]["automationDetails"]["id"], "scalegen/lint/");
}

#[test]
fn what_is_meant_so_is_allowed() {
    let on = |comment: &str| SPEC.replace("# one is enough", comment);
    for spec in [
        on("# gen: allow(production-of-one) the scheduler must not run twice"),
        on("# one is enough # gen: allow(production-of-one) the scheduler must not run twice"),
        SPEC.replace("  capacity", "  # gen: allow(production-of-one) it must not run twice\n  capacity"),
        format!("{SPEC}lint: {{ allow: {{ production-of-one: it must not run twice }} }}\n"),
    ] {
        let (_folder, output) = linted(&spec, &[]);
        assert_eq!(output.status.code(), Some(0), "{spec}\n{}", said(&output));
    }
    // On another line it allows nothing, and is found itself.
    let (_folder, output) =
        linted(&format!("{SPEC}# gen: allow(production-of-one) why\n"), &["--format", "github"]);
    let found: Vec<String> = out(&output).lines().map(str::to_owned).collect();
    assert!(found[0].starts_with("::warning file=scalegen.yaml,line=5,"), "{found:?}");
    assert!(found[1].contains("line=9,") && found[1].contains("unused-allow"), "{found:?}");
}

/// A warning of `gen validate` can be allowed too, and then no command says it; an error cannot.
#[test]
fn what_is_allowed_is_allowed_everywhere() {
    let slow = SPEC.replace("target: 70", "target: 45").replace("prod:", "dev:");
    let (folder, output) = linted(&slow, &[]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&run(folder.path(), &["validate"])).contains("cpu-target-unusual"));
    let allowed = slow.replace("45 } }", "45 } } # gen: allow(cpu-target-unusual) tasks start slowly");
    let (folder, output) = linted(&allowed, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    for command in [&["validate"][..], &["--target", "terraform"]] {
        let output = run(folder.path(), command);
        assert!(output.status.success() && !said(&output).contains("cpu-target"), "{}", said(&output));
    }
    let broken = SPEC.replace("max: 10 } #", "max: 0 } # gen: allow(max-below-min) we know better #");
    let (folder, output) = linted(&broken, &[]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&run(folder.path(), &["validate"])).contains("error[max-below-min]"));
}

#[test]
fn a_fix_changes_what_it_says_and_nothing_else() {
    let spec = "\u{feff}".to_owned()
        + &SPEC.replace("prod:", "dev:").replace("# one", "# gen: allow(small-fleet) no more # one").replace(
            "{ cpu: { target: 70 } }",
            "{ cpu: { target: 70 }, custom: { own: { target: 10, metric: { namespace: AWS/ApplicationELB, name: RequestCountPerTarget, statistic:   'average' } } } } # ok",
        );
    let (folder, output) = linted(&spec, &["--fix"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(
        out(&output),
        "\
fixed  scalegen.yaml:1: byte-order-mark: remove the byte order mark
fixed  scalegen.yaml:6: requests-statistic: write `sum`
fixed  scalegen.yaml:5: unused-allow: remove the comment
scalegen.yaml is clean: 1 service in 1 environment
"
    );
    let expected = spec
        .replace('\u{feff}', "")
        .replace(" # gen: allow(small-fleet) no more", "")
        .replace("'average'", "sum");
    assert_eq!(text_of(&folder), expected);
    // Again: nothing to do.
    let modified = || fs::metadata(folder.path().join("scalegen.yaml")).unwrap().modified().unwrap();
    let before = modified();
    let output = run(folder.path(), &["lint", "--fix"]);
    assert_eq!(out(&output), "scalegen.yaml is clean: 1 service in 1 environment\n");
    assert_eq!((text_of(&folder), modified()), (expected, before));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
}

#[test]
fn what_cannot_be_fixed_is_left_and_found() {
    let spec =
        SPEC.replace("# one is enough", "# gen: allow(producton-of-one, small-fleet) it must not run twice");
    let (folder, output) = linted(&spec, &["--fix"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(text_of(&folder).contains("} # gen: allow(production-of-one) it must not run twice\n"));
    // Nothing is found there that could have been meant: a guess would be wrong somewhere.
    let spec = SPEC.replace("prod:", "dev:").replace("# one", "# gen: allow(producton-of-one) why # one");
    let (folder, output) = linted(&spec, &["--fix", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert_eq!(text_of(&folder), spec);
    assert!(out(&output).contains("\"fix\": null") && output.stderr.is_empty(), "{}", said(&output));
    // An alias makes one value two: nobody can say that both may change.
    let metric = "{ namespace: AWS/ApplicationELB, name: RequestCountPerTarget, statistic: average }";
    let spec = SPEC.replace("prod:", "dev:").replace(
        "{ cpu: { target: 70 } }",
        &format!("{{ cpu: {{ target: &t 70 }}, custom: {{ own: {{ target: *t, metric: {metric} }} }} }}"),
    );
    let (folder, output) = linted(&spec, &["--fix"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(!out(&output).contains("--fix"), "{}", said(&output));
    assert_eq!(text_of(&folder), spec);
    // What is invalid is not touched.
    let spec = SPEC.replace("max: 10", "max: 0").replace("# one", "# gen: allow(small-fleet) why # one");
    let (folder, output) = linted(&spec, &["--fix"]);
    assert_eq!((output.status.code(), text_of(&folder)), (Some(2), spec));
}

/// A link stays a link, permissions stay, and a file that cannot be written stays whole.
#[test]
#[cfg(unix)]
fn a_fix_writes_the_file_that_is_meant() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("real.yaml"), folder.path().join("scalegen.yaml"));
    fs::write(&real, SPEC.replace("prod:", "dev:").replace("# one", "# gen: allow(small-fleet) why # one"))
        .unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("real.yaml", &link).unwrap();
    let output = run(folder.path(), &["lint", "--fix", "--quiet"]);
    assert_eq!((output.status.code(), out(&output).as_str()), (Some(0), ""), "{}", said(&output));
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&real).unwrap(), SPEC.replace("prod:", "dev:"));
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
}

/// What is marked as mended is: in the fixture of its code a fix is carried out, once, and the finding is gone.
#[test]
fn every_fixable_code_has_a_fix_that_mends() {
    for path in files(&root().join("tests/invalid"), ".yaml") {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = fs::read(&path).unwrap();
        let (document, diagnostics, fleet) = lint(&name, &bytes);
        let fixable: Vec<_> = diagnostics.iter().filter(|finding| finding.fix.is_some()).collect();
        assert!(fixable.iter().all(|finding| finding.code.is(Trait::Fixable)), "{name}");
        let code = name.strip_suffix(".yaml").and_then(Code::named);
        if code.is_some_and(|code| code.is(Trait::Fixable)) {
            assert!(fixable.iter().any(|finding| Some(finding.code) == code), "{name} has no fix");
        }
        let Some(mended) = mend(&document, &diagnostics).filter(|_| fleet.is_some()) else { continue };
        let (document, after, fleet) = lint(&name, &mended.text);
        assert!(fleet.is_some(), "{name}");
        assert!(mend(&document, &after).is_none(), "{name}: {}", explain(&document, &after));
        // A corrected code allows something at last, and both are gone.
        let allowed = mended.findings.iter().filter(|finding| finding.code == Code::UnknownAllow).count();
        let expected = diagnostics.iter().count() - mended.findings.len() - allowed;
        assert_eq!(after.iter().count(), expected, "{name}: {}", explain(&document, &after));
    }
}

#[test]
fn the_page_lists_what_is_mended() {
    let page = fs::read_to_string(root().join("docs/lint.md")).unwrap();
    for code in Code::all() {
        let listed = page.contains(&format!("| [{code}](rules/{code}.md) |"));
        assert_eq!(listed, code.is(Trait::Fixable), "{code}");
    }
}

#[test]
fn lints_never_stop_generation_by_their_severity() {
    let errors = Code::all().filter(|code| code.is(Trait::Lint) && code.severity() == Severity::Error);
    for code in errors {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("scalegen.yaml"), code.example().bad).unwrap();
        let output = run(folder.path(), &["--target", "terraform"]);
        assert_eq!(output.status.code(), Some(0), "{code}: {}", said(&output));
        assert_eq!(run(folder.path(), &["lint"]).status.code(), Some(1), "{code}");
    }
}

/// As many comments as findings: what is allowed is looked up, not searched.
#[test]
fn thousands_of_comments_are_judged() {
    const MANY: usize = 3_000;
    let service = |n: usize| {
        let code = if n.is_multiple_of(2) { "cpu-target-unusual" } else { "small-fleet" };
        format!("  s{n}: {{ scaling: {{ cpu: {{ target: 40 }} }} }} # gen: allow({code}) reason\n")
    };
    let services: String = (0..MANY).map(service).collect();
    let text = format!(
        "version: 1\nproject: shop\ndefaults: {{ capacity: {{ min: 2, max: 9 }} }}\nservices:\n{services}environments: {{ prod: {{ account: \"111111111111\", region: eu-west-1 }} }}\n"
    );
    let (_, found, fleet) = crate::support::lint("spec.yaml", &text);
    assert!(fleet.is_some());
    let of = |code| found.iter().filter(|finding| finding.code == code).count();
    assert_eq!(of(Code::CpuTargetUnusual), MANY / 2, "the others are allowed");
    assert_eq!(of(Code::UnusedAllow), MANY / 2, "and half of the comments allow nothing");
}

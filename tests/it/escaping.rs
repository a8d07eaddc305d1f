//! A hole prints one complete literal: the five locks of the design, each with its test.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use scalegen::plan::Fleet;
use scalegen::render::{Selection, Syntax, Templates, render};

use crate::support::{files, fleet, root};

/// Strings that mean something to one language or another.
const UGLY: &[&str] = &[
    "plain",
    "",
    " ",
    "no",
    "null",
    "1e3-",
    "~",
    "-",
    "=ls",
    "a: b",
    "# c",
    "a #b",
    "${x}",
    "%{if x}",
    "$${y}",
    "$(touch x)",
    "`id`",
    "'",
    "\"",
    "\\",
    "\\n",
    "a\nb",
    "a\r\nb",
    "\t",
    "\u{0}",
    "\u{7}",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{200b}",
    "\u{2028}",
    "\u{feff}x",
    "é",
    "日本語",
    "😀",
    "{{ x }}",
    "{% if %}",
    "{# c #}",
    "</script>",
    "<!--",
    "-->",
    "|",
    "``",
    "*",
    "[a](b)",
    "&a",
    "*a",
    "!Ref x",
    "!!str",
    "@x",
    "%x",
    "key=value,other",
    "$'x'",
    "!!",
    "a b",
    "*.tf",
    "{a,b}",
    "E\u{301}",
    "\u{10ffff}",
    "\"\"\"",
    "EOF",
    "${",
    "%{",
    "$",
    "%",
];

/// A fleet whose `change` is the text.
fn fleet_saying(text: &str) -> Fleet {
    let minimal = fs::read_to_string(root().join("tests/cases/minimal/spec.yaml")).unwrap();
    let mut fleet = fleet(&minimal);
    fleet.change = Some(text.to_owned());
    fleet
}

/// What a template of one line renders to, without the ownership header.
fn rendered(extension: &str, template: &str, fleet: &Fleet) -> Result<String, String> {
    let mut templates = Templates::embedded();
    let path = format!("probe/x.{extension}");
    templates.add(&format!("{path}.tera"), template.to_owned());
    let selection = Selection { targets: vec!["probe".to_owned()], ..Selection::default() };
    let artifacts = render(fleet, &templates, &selection).map_err(|error| error.to_string())?;
    let header = |line: &&str| line.contains("@generated") || line.contains("scalegen: project=");
    Ok(artifacts[&path].text.split_inclusive('\n').filter(|line| !header(line)).collect())
}

#[test]
fn lock_1_every_string_is_encoded_and_numbers_print_bare() {
    let fleet = fleet_saying("it's");
    for (extension, literal) in [
        ("tf", r#""it's""#),
        ("yaml", r#""it's""#),
        ("json", r#""it's""#),
        ("sh", r"'it'\''s'"),
        ("md", "`it's`"),
        ("js", r#""it's""#),
    ] {
        for hole in [
            "{{ change }}",
            "{{ change ~ \"\" }}",
            "{% set x = change %}{{ x }}",
            "{% for x in [change] %}{{ x }}{% endfor %}",
        ] {
            assert_eq!(rendered(extension, hole, &fleet).as_deref(), Ok(literal), "{extension} {hole}");
        }
        assert_eq!(
            rendered(extension, "{{ 1 + 1 }} {{ terraform.uses_suspended }}", &fleet).as_deref(),
            Ok("2 false"),
            "{extension}"
        );
    }
    // A whole list is one literal as well, never raw text.
    assert!(rendered("sh", "{{ [change] }}", &fleet).unwrap().starts_with('\''));
}

#[test]
fn lock_2_safe_fails_and_ident_checks() {
    let fleet = fleet_saying("a b");
    assert!(rendered("tf", "{{ change | safe }}", &fleet).unwrap_err().contains("`safe` is not available"));
    assert!(rendered("tf", "{{ change | ident }}", &fleet).unwrap_err().contains("is not an identifier"));
    for (text, good) in [
        ("abc_1", true),
        ("_", true),
        ("1a", false),
        ("", false),
        ("a-b", false),
        ("é", false),
        ("a\n", false),
    ] {
        assert_eq!(rendered("tf", "{{ change | ident }}", &fleet_saying(text)).is_ok(), good, "{text:?}");
    }
}

#[test]
fn lock_3_names_are_checked_before_any_template_sees_them() {
    let minimal = fs::read_to_string(root().join("tests/cases/minimal/spec.yaml")).unwrap();
    let good_names = ["plain", "no", "null"];
    for text in UGLY {
        let literal = serde_json::to_string(text).unwrap();
        for (from, to, accepted) in [
            ("project: shop", format!("project: {literal}"), good_names.contains(text)),
            ("  web: {}", format!("  {literal}: {{}}"), good_names.contains(text)),
            ("  dev:", format!("  {literal}:"), good_names.contains(text)),
            ("region: eu-central-1", format!("region: {literal}"), false),
            ("\"111111111111\"", literal.clone(), false),
        ] {
            let (_, diagnostics, fleet) = crate::support::load("spec.yaml", &minimal.replace(from, &to));
            assert_eq!(fleet.is_some() && !diagnostics.has_errors(), accepted, "{to}");
        }
    }
}

/// A hole stands alone: never inside quotes, never glued to text; only `ident` may be.
#[test]
fn lock_4_holes_stand_alone() {
    let mut holes = 0;
    for path in files(&root().join("templates"), ".tera") {
        let source = fs::read_to_string(&path).unwrap();
        let shown = path.strip_prefix(root()).unwrap().display().to_string();
        for (number, line) in (1..).zip(source.lines()) {
            for (at, _) in line.match_indices("{{") {
                holes += 1;
                check_hole(line, at).unwrap_or_else(|problem| panic!("{shown}:{number}: {problem}\n{line}"));
            }
        }
        assert!(!source.contains("{% raw"), "{shown}: raw blocks hide holes from this test");
    }
    assert!(holes > 100, "{holes}");
}

fn check_hole(line: &str, at: usize) -> Result<(), String> {
    let end = line[at..].find("}}").map(|end| at + end + 2).ok_or("a hole spans lines")?;
    let inside = line[at + 2..end - 2].trim_matches('-').trim();
    let (path, ident) = match inside.split_once('|') {
        Some((path, filter)) if filter.trim() == "ident" => (path.trim(), true),
        Some((_, filter)) => return Err(format!("the filter `{}` is not `ident`", filter.trim())),
        None => (inside, false),
    };
    if !path.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.') {
        return Err(format!("`{path}` is more than a field of a view"));
    }
    if ident {
        return Ok(());
    }
    let before = &line[..at];
    let quotes = |quote: char| before.chars().filter(|c| *c == quote).count() % 2;
    // Holes printed before this one bring their own quotes, in pairs.
    if quotes('"') == 1 || (quotes('\'') == 1 && !before.trim_start().starts_with('#')) {
        return Err("the hole is inside quotes".to_owned());
    }
    let before_ok = before.chars().last().is_none_or(|c| c.is_whitespace() || "=([".contains(c))
        || before.ends_with("%}")
        || before.ends_with("}}");
    let after = &line[end..];
    let after_ok = after.chars().next().is_none_or(|c| c.is_whitespace() || ",)];|".contains(c))
        || after.starts_with("{%");
    if before_ok && after_ok { Ok(()) } else { Err("the hole is glued to text".to_owned()) }
}

#[test]
fn lock_4_sees_what_it_forbids() {
    for bad in [
        "x = \"{{ a }}\"",
        "x-{{ a }}",
        "{{ a }}x",
        "{{ a | safe }}",
        "{{ a ~ b }}",
        "echo 'x {{ a }}'",
        "{{ a",
    ] {
        assert!(check_hole(bad, bad.find("{{").unwrap()).is_err(), "{bad}");
    }
    for good in [
        "x = {{ a.b }}",
        "data.aws_lb.{{ a.ident | ident }}.arn",
        "readonly X={{ a }}",
        "f({{ a }}, {{ b }})",
    ] {
        for (at, _) in good.match_indices("{{") {
            assert_eq!(check_hole(good, at), Ok(()), "{good}");
        }
    }
}

/// Ugly strings in, the language's own parser out, equal strings.
#[test]
fn lock_5_every_language_reads_back_what_went_in() {
    for text in UGLY {
        let fleet = fleet_saying(text);
        for (extension, template) in [
            ("tf", "x = {{ change }}\n"),
            ("yaml", "x: {{ change }}\n"),
            ("json", "{\n  \"x\": {{ change }}\n}\n"),
        ] {
            let file = rendered(extension, template, &fleet).unwrap();
            let back = match extension {
                "tf" => read_hcl(&file),
                "yaml" => serde_saphyr::from_str::<BTreeMap<String, String>>(&file)
                    .unwrap_or_else(|e| panic!("{text:?}: {e}\n{file}"))["x"]
                    .clone(),
                _ => serde_json::from_str::<BTreeMap<String, String>>(&file).unwrap()["x"].clone(),
            };
            assert_eq!(back, *text, "{extension}: {file}");
        }
        let script = rendered("js", "{{ change }}", &fleet).unwrap();
        assert_eq!(
            serde_json::from_str::<String>(&script).unwrap(),
            *text,
            "a JavaScript literal that is JSON too"
        );
        if !text.contains('\0') {
            let command = rendered("sh", "printf '%s' {{ change }}\n", &fleet).unwrap();
            for locale in ["C", "C.UTF-8"] {
                let output =
                    Command::new("bash").args(["-c", &command]).env("LC_ALL", locale).output().unwrap();
                assert_eq!(output.stdout, text.as_bytes(), "{command}");
            }
        }
    }
}

fn read_hcl(file: &str) -> String {
    use hcl::eval::{Context, Evaluate};
    let body: hcl::Body = hcl::parse(file).unwrap_or_else(|error| panic!("{error}\n{file}"));
    let attribute = body.attributes().next().unwrap();
    match attribute.expr.evaluate(&Context::new()).unwrap_or_else(|error| panic!("{error}\n{file}")) {
        hcl::Value::String(text) => text,
        other => panic!("{other:?}"),
    }
}

/// All languages have an encoder and a file name extension of their own.
#[test]
fn languages_are_told_apart_by_extension() {
    for syntax in Syntax::ALL {
        for extension in syntax.extensions() {
            assert_eq!(Syntax::of(&format!("a/b.c.{extension}")), Some(syntax));
        }
    }
    assert_eq!(Syntax::of("a/b.exe"), None);
}

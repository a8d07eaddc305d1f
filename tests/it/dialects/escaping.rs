//! A hole prints one complete literal: the five locks of the design, each with its test.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use scalegen::plan::Fleet;
use scalegen::render::{Selection, Syntax, Templates, render};

use crate::support::tools::{Tools, succeed};
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
        for (hole, plain) in [("{{ 1 + 1 }}", "2"), ("{{ 1 == 2 }}", "false")] {
            assert_eq!(rendered(extension, hole, &fleet).as_deref(), Ok(plain), "{extension} {hole}");
        }
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

/// Prose goes into Markdown bare only if no reader of it sees anything but the words.
#[test]
fn lock_2_plain_takes_prose_only() {
    let plain = |text: &str| rendered("md", "{{ change | plain }}", &fleet_saying(text));
    for good in [
        "web-ingestion",
        "1,234.56",
        "USD 1,234.56",
        "-5.00",
        "60 s",
        "a_b",
        "prod-eu/web",
        "1.5 hours",
        "07:30",
        "why: because",
        "2026-06-17",
    ] {
        assert_eq!(plain(good).as_deref(), Ok(good));
    }
    for bad in [
        "1. item",
        "1.",
        "- item",
        "-",
        "---",
        "+ item",
        "_a_",
        "a_",
        ":tada:",
        "see :tada:",
        "http://x",
        "a ",
        "",
        " a",
        "$x$",
        "a  *b*",
        "a(b)",
        "é",
    ] {
        assert!(plain(bad).is_err_and(|error| error.contains("is not plain prose")), "{bad:?}");
    }
    for text in UGLY.iter().filter(|text| !["plain", "no", "null", "1e3-", "a b", "EOF"].contains(text)) {
        assert!(text == &"a: b" || plain(text).is_err(), "{text:?}");
    }
    for extension in ["tf", "yaml", "json", "sh", "js"] {
        assert!(rendered(extension, "{{ change | plain }}", &fleet_saying("a")).is_err(), "{extension}");
        assert!(rendered(extension, "{{ change | sh }}", &fleet_saying("a")).is_err(), "{extension}");
    }
}

/// A command in a fenced block reads back what went in, and ends no block.
#[test]
fn lock_5_commands_in_markdown_are_bash() {
    for text in UGLY.iter().chain(&["```", "x```", "~~~", "a\n```\nb"]).filter(|text| !text.contains('\0')) {
        let block = rendered("md", "```bash\nprintf '%s' {{ change | sh }}\n```\n", &fleet_saying(text));
        let block = block.unwrap();
        let lines: Vec<&str> = block.trim().lines().collect();
        let [_, command, "```"] = lines[..] else { panic!("{block}") };
        assert!(!command.contains("```") && !command.contains("~~~"), "{command}");
        for locale in ["C", "C.UTF-8"] {
            let output = Command::new("bash").args(["-c", command]).env("LC_ALL", locale).output().unwrap();
            assert_eq!(output.stdout, text.as_bytes(), "{command}");
        }
    }
    let numbers = rendered("md", "{{ 1 + 1 | sh }}{% set x = [change] %}", &fleet_saying("a"));
    assert_eq!(numbers.as_deref(), Ok("2"));
    assert!(rendered("md", "{{ [change] | sh }}", &fleet_saying("a")).is_err());
}

/// The label of a diagram shows what went in: the real Mermaid CLI draws one node for each ugly string.
#[test]
fn lock_5_labels_of_diagrams_show_what_went_in() {
    let more = [
        "```",
        "%%{init: {}}%%",
        "end",
        "style a:b#c;",
        "#quot;",
        "&lt;b&gt;",
        "<b>x</b>",
        "1. item",
        "- item",
        "_a_",
        "**a**",
        "a --> b",
        "\"]; x[\"y",
        "click x",
        "1.",
        "$$x$$",
    ];
    let all: Vec<&str> = UGLY.iter().copied().chain(more).collect();
    let label = |text: &&str| {
        let block = rendered(
            "md",
            "```mermaid\nflowchart LR\n  a[{{ change | mermaid }}]\n```\n",
            &fleet_saying(text),
        );
        let block = block.unwrap();
        let line = block.lines().nth(2).unwrap().trim().to_owned();
        assert_eq!(block.lines().count(), 4, "{text:?}: {block}");
        let inside = line.strip_prefix("a[\"").and_then(|line| line.strip_suffix("\"]")).unwrap();
        assert!(!inside.contains(['"', '`', '\\']), "{text:?}: {line}");
        line
    };
    let labels: Vec<String> = all.iter().map(label).collect();
    let Some(tools) = Tools::get() else { return };
    if !tools.needs("mmdc") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut diagram = "flowchart LR\n".to_owned();
    for (number, label) in labels.iter().enumerate() {
        diagram += &format!("  n{number}x{label}\n").replacen("xa[", "[", 1);
    }
    fs::write(folder.path().join("a.mmd"), &diagram).unwrap();
    succeed(tools.command("mmdc").current_dir(folder.path()).args(["-q", "-i", "a.mmd", "-o", "a.svg"]));
    let svg = fs::read_to_string(folder.path().join("a.svg")).unwrap();
    for (number, text) in all.iter().enumerate() {
        let node = svg.split(&format!("-n{number}-")).nth(1).unwrap_or_else(|| panic!("{number}: {text:?}"));
        let shown = shown(node.split("</foreignObject>").next().unwrap());
        // Control characters and ends of lines are blanks, and a reader of the picture does not count blanks.
        let visible = |text: &str| {
            let no_blank = |c: &char| !c.is_whitespace() && !c.is_control() && *c != '\u{feff}';
            text.chars().filter(no_blank).collect::<String>()
        };
        assert_eq!(visible(&shown), visible(text), "{node}");
    }
}

/// The text of a label in an SVG.
fn shown(node: &str) -> String {
    let label = node.split("<foreignObject").nth(1).expect("a label");
    let mut text = String::new();
    for part in label.split('<').skip(1) {
        text += part.split_once('>').map_or("", |(_, text)| text);
    }
    for (entity, is) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&nbsp;", " "), ("&amp;", "&")] {
        text = text.replace(entity, is);
    }
    text
}

/// A hole stands alone: never inside quotes, never glued to text; only `ident` may be, and `plain` in Markdown. In a
/// block of commands there is nothing but `sh` and `ident`, and `sh` is nowhere else; so with `mermaid` in diagrams.
#[test]
fn lock_4_holes_stand_alone() {
    let mut holes = 0;
    for path in files(&root().join("templates"), ".tera") {
        let source = fs::read_to_string(&path).unwrap();
        let shown = path.strip_prefix(root()).unwrap().display().to_string();
        if shown.ends_with(".md.tera") {
            check_blocks(&source).unwrap_or_else(|problem| panic!("{shown}: {problem}"));
        } else {
            for filter in ["plain", "sh", "mermaid"] {
                assert!(
                    !source.contains(&format!("| {filter} }}}}")),
                    "{shown}: {filter} is of Markdown only"
                );
            }
        }
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
    let (path, free) = match inside.split_once('|') {
        Some((path, filter)) if ["ident", "plain"].contains(&filter.trim()) => (path.trim(), true),
        Some((path, filter)) if ["sh", "mermaid"].contains(&filter.trim()) => (path.trim(), false),
        Some((_, filter)) => return Err(format!("the filter `{}` is not known", filter.trim())),
        None => (inside, false),
    };
    if !path.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.') {
        return Err(format!("`{path}` is more than a field of a view"));
    }
    if free {
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

/// The filters of the holes of a Markdown template go with the block they are in.
fn check_blocks(source: &str) -> Result<(), String> {
    let mut block: Option<&str> = None;
    for line in source.lines() {
        if let Some(info) = line.trim_start().strip_prefix("```") {
            block = if block.is_some() { None } else { Some(info.trim()) };
        }
        let commands = block.is_some_and(|info| ["bash", "sh", "console", "shell"].contains(&info));
        let diagram = block == Some("mermaid");
        for (at, _) in line.match_indices("{{") {
            let inside = line[at + 2..].split("}}").next().unwrap_or_default();
            let filter = inside.split_once('|').map_or("", |(_, filter)| filter.trim_matches([' ', '-']));
            if commands && filter != "sh" && filter != "ident" {
                return Err(format!("a hole among commands without `sh`: {line}"));
            }
            if diagram && !["mermaid", "plain", "ident"].contains(&filter) && !is_number(line, at) {
                return Err(format!("a hole in a diagram that is no label: {line}"));
            }
            if !diagram && filter == "mermaid" {
                return Err(format!("`mermaid` outside a diagram: {line}"));
            }
            if !commands && filter == "sh" {
                return Err(format!("`sh` outside a block of commands: {line}"));
            }
        }
    }
    if block.is_some() { Err("a block does not end".to_owned()) } else { Ok(()) }
}

/// Whether a hole in a diagram is a number by its name: they print bare, and text would be a code span.
fn is_number(line: &str, at: usize) -> bool {
    let inside = line[at + 2..].split("}}").next().unwrap_or_default();
    let field = inside.trim().rsplit('.').next().unwrap_or_default();
    ["number", "tasks", "more", "less"].contains(&field)
}

#[test]
fn lock_4_sees_what_it_forbids() {
    for bad in [
        "```bash\nx {{ a }}\n```",
        "```bash\nx {{ a | plain }}\n```",
        "{{ a | sh }}",
        "```mermaid\n{{ a | sh }}\n```",
        "```mermaid\n{{ a }}\n```",
        "{{ a | mermaid }}",
        "```bash",
    ] {
        assert!(check_blocks(bad).is_err(), "{bad}");
    }
    assert_eq!(check_blocks("```mermaid\na[{{ a | mermaid }}] {{ w.number }}\n```"), Ok(()));
    assert_eq!(check_blocks("{{ a | plain }}\n```bash\nx {{ a | sh }}\n```\n{{ a }}"), Ok(()));
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

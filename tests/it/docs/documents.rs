//! Documents say only what is so: links lead somewhere, commands are accepted, diagrams draw, and no sentence is one
//! of the known mistakes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use regex::Regex;
use scalegen::render::{Selection, Templates, render};

use crate::support::markdown::Page;
use crate::support::quick_aws::QuickAws;
use crate::support::tools::{Seed, Tools, run};
use crate::support::{files, fleet, root, said};

/// Everything that is generated for a spec, by path.
struct Tree {
    name: String,
    files: BTreeMap<String, String>,
}

impl Tree {
    fn of(spec: &Path) -> Self {
        let name = spec.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        Self::rendered(name, &fs::read_to_string(spec).unwrap())
    }

    fn rendered(name: String, spec: &str) -> Self {
        let artifacts = render(&fleet(spec), &Templates::embedded(), &Selection::default()).unwrap();
        Self { name, files: artifacts.into_iter().map(|(path, artifact)| (path, artifact.text)).collect() }
    }

    fn documents(&self) -> impl Iterator<Item = (&str, &str)> {
        let documents = self.files.iter().filter(|(path, _)| path.ends_with(".md"));
        documents.map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Whether a path is a generated file, or a folder with some.
    fn holds(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        self.files.contains_key(path) || self.files.keys().any(|file| file.starts_with(&folder))
    }
}

fn trees() -> Vec<Tree> {
    let mut specs = files(&root().join("tests/cases"), "spec.yaml");
    specs.push(root().join("specs/langfuse.yaml"));
    let mut trees: Vec<Tree> = specs.iter().map(|spec| Tree::of(spec)).collect();
    trees.push(Tree::rendered("large".to_owned(), &large(40, 300)));
    trees
}

/// A spec of so many environments, one of which has so many services.
fn large(environments: usize, services: usize) -> String {
    let mut spec = "version: 1\nproject: large\ndefaults:\n  capacity: { min: 2, max: 20 }\n  scaling: { cpu: { target: 70 } }\nservices:\n".to_owned();
    for service in 0..services {
        spec += &format!("  service-{service}: {{}}\n");
    }
    spec += "environments:\n";
    let regions = ["eu-west-1", "eu-central-1", "us-east-1", "us-west-2", "ap-south-1"];
    for environment in 0..environments {
        let region = regions[environment % regions.len()];
        spec += &format!("  env-{environment}:\n    account: \"{environment:012}\"\n    region: {region}\n");
        if environment > 0 {
            spec += "    services: {";
            spec += &(1..services)
                .map(|service| format!(" service-{service}: {{ enabled: false }}"))
                .collect::<Vec<_>>()
                .join(",");
            spec += " }\n";
        }
    }
    spec += "rollout:\n  waves:\n";
    for environment in 0..environments {
        spec += &format!("    - {{ environments: [env-{environment}], soak: 24h }}\n");
    }
    spec
}

#[test]
fn every_link_leads_somewhere() {
    let mut followed = 0;
    for tree in trees() {
        let pages: BTreeMap<&str, Page> =
            tree.documents().map(|(path, text)| (path, Page::parse(text))).collect();
        for (path, page) in &pages {
            let here = format!("{}: {path}", tree.name);
            assert_eq!(page.problems, Vec::<String>::new(), "{here}");
            for link in page.links.iter().filter(|link| !link.contains("://")) {
                let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
                let target = if file.is_empty() { (*path).to_owned() } else { joined(path, file) };
                followed += 1;
                assert!(tree.holds(&target), "{here} leads to {link}, and there is no {target}");
                let known = pages.get(target.as_str()).is_some_and(|page| page.anchors.contains(anchor));
                assert!(anchor.is_empty() || known, "{here} leads to {link}, which has no such heading");
            }
        }
    }
    assert!(followed > 500, "{followed}");
}

/// A relative link, from the folder of a document.
fn joined(from: &str, link: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop().unwrap_or_else(|| panic!("{from} leads out of the generated files: {link}"));
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

#[derive(serde::Deserialize)]
struct Forbidden {
    pattern: String,
    example: String,
    reason: String,
}

#[test]
fn no_document_says_what_is_known_to_be_wrong() {
    let text = fs::read_to_string(root().join("tests/documents/forbidden.yaml")).unwrap();
    let list: Vec<Forbidden> = serde_saphyr::from_str(&text).unwrap();
    assert!(list.len() > 20);
    let trees = trees();
    for Forbidden { pattern, example, reason } in list {
        let regex = Regex::new(&pattern).unwrap();
        assert!(regex.is_match(&example), "{pattern} does not find its example: {example}");
        for tree in &trees {
            for (path, text) in tree.documents() {
                let found = regex.find(text).map(|found| found.as_str());
                assert_eq!(found, None, "{}: {path}: {reason}", tree.name);
            }
        }
    }
}

/// A name that would end a block of commands is valid, and ends none.
#[test]
fn a_name_that_would_end_a_block_ends_none() {
    for name in ["a ``` b", "~~~", "```"] {
        let spec = format!(
            "version: 1\nproject: shop\ndefaults: {{ capacity: {{ min: 1, max: 4 }} }}\nservices:\n  web: {{ scaling: {{ cpu: {{ target: 60, policy_name: {name:?} }} }} }}\nenvironments:\n  prod: {{ account: \"111111111111\", region: eu-west-1 }}\n"
        );
        for (path, text) in Tree::rendered("name".to_owned(), &spec).documents() {
            assert_eq!(Page::parse(text).problems, Vec::<String>::new(), "{path}");
        }
    }
}

/// Pages stay readable whatever the size of the fleet.
#[test]
fn documents_of_a_large_fleet_are_short() {
    let tree = Tree::rendered("large".to_owned(), &large(40, 300));
    for (path, text) in tree.documents() {
        let lines = text.lines().count();
        // A page about the fleet has a row or a few lines for each of 40 environments, that of an environment rows for
        // each of 300 services.
        let of_environment = path.starts_with("docs/env-");
        let most = if of_environment { 7 * 300 } else { 8 * 40 + 150 };
        assert!(lines < most, "{path} has {lines} lines");
        for (info, body) in Page::parse(text).blocks {
            assert!(info != "mermaid" || body.lines().count() < 80, "{path}:\n{body}");
        }
    }
    assert!(tree.documents().count() > 80);
}

/// Records each call of the AWS CLI: its status, arguments and messages.
const AWS: &str = r#"#!/usr/bin/env bash
call=$(mktemp "$CALLS/XXXXXXXX")
status=0
"$REAL_AWS" "$@" 2>"$call.messages" || status=$?
printf '%s\n' "$status" "$*" >"$call"
exit "$status"
"#;

/// What a shell has that only reads documents: nobody waits, and what is not installed is not missed.
const PROLOGUE: &str = "sleep() { :; }\ncommand_not_found_handle() { return 0; }\n";

/// What AWS says of things that are in no account: the names of a document are those of a spec. And
/// what moto says of an operation that it lacks, once the AWS CLI has accepted it.
const UNKNOWN: &str = r"An error occurred \((\w*(NotFound|NotFoundException|NotFoundFault|NoSuchEntity)|AccessDeniedException|500)\)";

#[test]
fn every_command_is_accepted() {
    let Some(tools) = Tools::get() else { return };
    let spec = root().join("specs/langfuse.yaml");
    let moto = tools.moto(&Seed::of_spec(&spec)["prod-eu"]);
    let quick = QuickAws::new(&tools);
    let folder = tempfile::tempdir().unwrap();
    for name in ["bin", "calls", "home"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    let wrapper = folder.path().join("bin/aws");
    fs::write(&wrapper, AWS).unwrap();
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).unwrap();

    let (mut seen, mut written) = (BTreeSet::new(), 0);
    for tree in trees().iter().filter(|tree| tree.name != "large") {
        let home = folder.path().join("home").join(&tree.name);
        for (path, text) in tree.files.iter().filter(|(path, _)| path.starts_with("iam/")) {
            let path = home.join("generated").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        fs::create_dir_all(&home).unwrap();
        for (path, text) in tree.documents() {
            let commands = filled_in(&Page::parse(text).commands());
            if commands.is_empty() || !seen.insert(shape(path, &commands)) {
                continue;
            }
            written += commands.lines().filter(|line| line.starts_with("aws ")).count();
            let here = format!("{}: {path}\n{commands}", tree.name);
            let checked = run(Command::new("bash").args(["-n", "-c", &commands]));
            assert!(checked.status.success(), "{here}\n{}", said(&checked));
            let mut command = tools.system("timeout");
            command.args(["60", "bash", "-c", &format!("{PROLOGUE}{commands}")]);
            quick.serve(&mut command).env("AWS_MAX_ATTEMPTS", "1");
            let paths = format!("{}:{}", folder.path().join("bin").display(), std::env::var("PATH").unwrap());
            command.env("PATH", paths).env("CALLS", folder.path().join("calls"));
            command.env("REAL_AWS", quick.path().join("aws")).env("HOME", folder.path().join("home"));
            let output = run(moto.serve(&mut command).current_dir(&home));
            assert_ne!(output.status.code(), Some(124), "it does not end: {here}");
        }
    }
    let made = judge_calls(&folder.path().join("calls"));
    assert!(made >= written && written > 15, "{made} calls of {written} commands");
}

/// Commands with the days that a reader puts in, each after the one before.
fn filled_in(commands: &str) -> String {
    let mut filled = commands.to_owned();
    for day in 1.. {
        let next = filled.replacen("YYYY-MM-DD", &format!("2026-01-{day:02}"), 1);
        if next == filled {
            break;
        }
        filled = next;
    }
    filled
}

/// Commands without the names of their environment and service: those that differ in nothing else are run once. Names
/// that need quotes stay.
fn shape(path: &str, commands: &str) -> String {
    let environment = path.split('/').nth(1).filter(|name| !name.contains('.')).unwrap_or("/");
    let values =
        Regex::new(r"\b(region|environment|service|cluster|resource|topic|rules)=[\w/:.-]+(\s)").unwrap();
    let region = Regex::new(r"--region [a-z]\S+").unwrap();
    let names =
        Regex::new(r"(autoscaling|deploy)\.sh \S+|--service \S+|terraform/\S+|gen explain \S+").unwrap();
    let without = commands.replace(environment, "ENVIRONMENT");
    let without = values.replace_all(&without, "$1=X$2");
    let without = region.replace_all(&without, "--region X");
    names.replace_all(&without, "X").into_owned()
}

/// Every call was understood, whatever AWS answered; how many there were.
fn judge_calls(folder: &Path) -> usize {
    let unknown = Regex::new(UNKNOWN).unwrap();
    let mut calls = 0;
    for path in files(folder, "").into_iter().filter(|path| path.extension().is_none()) {
        calls += 1;
        let call = fs::read_to_string(&path).unwrap();
        let (status, arguments) = call.split_once('\n').unwrap();
        let messages = fs::read_to_string(path.with_extension("messages")).unwrap();
        assert!(status == "0" || unknown.is_match(&messages), "aws {arguments}: {status}\n{messages}");
    }
    calls
}

/// The scripts that documents name exist, and know the words they are called with.
#[test]
fn every_script_of_a_document_knows_its_options() {
    let mut calls = 0;
    let known = |tree: &Tree, word: &str| word == "\"$environment\"" || tree.holds(&format!("docs/{word}"));
    for tree in &trees() {
        for (path, text) in tree.documents() {
            let commands = Page::parse(text).commands().replace("\\\n", " ");
            for line in commands.lines() {
                let words: Vec<&str> =
                    line.split_whitespace().skip_while(|word| word.contains('=')).collect();
                // From the folder that holds `generated`.
                let Some(script) = words.first().and_then(|word| word.strip_prefix("generated/")) else {
                    continue;
                };
                if !script.ends_with(".sh") {
                    continue;
                }
                let here = format!("{}: {path}: {line}", tree.name);
                let text = tree.files.get(script).unwrap_or_else(|| panic!("{here}: no such script"));
                // The first word is the environment.
                assert!(known(tree, words[1]), "{here}: no such environment");
                let action = words.get(2).filter(|word| word.bytes().all(|b| b.is_ascii_lowercase()));
                for word in words.iter().filter(|word| word.starts_with("--")).chain(action) {
                    assert!(text.contains(*word), "{here}: {script} does not know {word}");
                }
                calls += 1;
            }
        }
    }
    assert!(calls > 100, "{calls}");
}

/// The real Mermaid CLI draws every diagram, each once, in one browser.
#[test]
fn every_diagram_draws() {
    let Some(tools) = Tools::get() else { return };
    if !tools.needs("mmdc") {
        return;
    }
    let mut diagrams: BTreeMap<String, String> = BTreeMap::new();
    for tree in trees() {
        for (path, text) in tree.documents() {
            let blocks = Page::parse(text).blocks.into_iter().filter(|(info, _)| info == "mermaid");
            for (_, body) in blocks {
                diagrams.entry(body).or_insert_with(|| format!("{}: {path}", tree.name));
            }
        }
    }
    assert!(diagrams.len() > 20, "{}", diagrams.len());
    let folder = tempfile::tempdir().unwrap();
    let all: Vec<String> = diagrams.keys().map(|body| format!("```mermaid\n{body}```\n")).collect();
    fs::write(folder.path().join("all.md"), all.join("\n")).unwrap();
    let mut command = tools.command("mmdc");
    command.current_dir(folder.path()).args(["-q", "-i", "all.md", "-o", "out.md", "-e", "svg"]);
    let output = run(&mut command);
    let drawn = files(folder.path(), ".svg");
    let places: Vec<&String> = diagrams.values().collect();
    assert!(output.status.success(), "{} of {places:#?} drawn: {}", drawn.len(), said(&output));
    assert_eq!(drawn.len(), diagrams.len(), "{}", said(&output));
    for (number, (body, place)) in (1..).zip(&diagrams) {
        let svg = fs::read_to_string(folder.path().join(format!("out-{number}.svg"))).unwrap();
        let wrong = svg.contains("Syntax error") || svg.contains("Unsupported markdown");
        assert!(!wrong && svg.contains("<svg"), "{place}:\n{body}");
    }
}

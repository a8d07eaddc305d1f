//! The house keeps its shape: who may import whom, and what must not be there at all.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::support::{files, root};

/// Layer → the layers it may use. What is not listed is forbidden; the order is that of `src/lib.rs`.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("words", &[]),
    // Base: what a character is to a reader. Messages and literals escape the same ones.
    ("printable", &[]),
    ("diagnostic", &["printable"]),
    ("document", &["diagnostic"]),
    ("spec", &["document", "diagnostic"]),
    ("plan", &["words", "spec", "diagnostic"]),
    // What AWS must hold, in the words of its APIs: data without a language.
    ("aws", &["plan"]),
    // What a plan costs: for documents, and for comparisons of two plans.
    ("cost", &["plan"]),
    // What a load test sends: for its scripts, and for what replays the same scenarios.
    ("loadtest", &["plan"]),
    ("lint", &["words", "plan", "document", "diagnostic"]),
    // The stages above in one call: a fleet, or what is wrong with the text.
    ("reading", &["lint", "plan", "spec", "document", "diagnostic"]),
    // It says where settings come from and what becomes of them: of the fleet, and of the text that it was read from.
    ("explain", &["words", "spec", "plan", "document", "diagnostic"]),
    ("artifacts", &[]),
    // What changes between two plans, and between what is rendered of them.
    ("diff", &["words", "plan", "cost", "artifacts"]),
    ("render", &["words", "printable", "plan", "aws", "cost", "loadtest", "artifacts"]),
    // Of `plan`, the facts about AWS that an explanation carries.
    (
        "report",
        &["words", "printable", "cost", "explain", "diff", "plan", "artifacts", "document", "diagnostic"],
    ),
    ("cli", &[]),
    // The crate's public API: the pipeline in one call.
    ("library", &["diagnostic", "document", "spec", "plan", "reading", "artifacts", "render", "report"]),
    (
        "commands",
        &[
            "words",
            "printable",
            "diagnostic",
            "document",
            "spec",
            "plan",
            "lint",
            "reading",
            "explain",
            "artifacts",
            "diff",
            "render",
            "report",
            "cli",
        ],
    ),
    ("lib", &["diagnostic", "artifacts", "library"]),
];

/// Layer and text of every source file; the tests inside a file do not count.
fn sources() -> Vec<(String, String, String)> {
    let src = root().join("src");
    let with_layer = files(&src, ".rs").into_iter().map(|path| {
        let below = path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
        let layer = below.split(['/', '.']).next().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let code: String = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .map(|l| format!("{l}\n"))
            .collect();
        (below, layer, code)
    });
    with_layer.collect()
}

/// The modules that a file names through `crate::`.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(group) => group.split('}').next().unwrap().split(',').collect(),
            None => vec![rest],
        };
        for name in names {
            let name: String =
                name.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            found.insert(name);
        }
    }
    found.remove("");
    found
}

#[test]
fn imports_go_one_way() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    for (file, layer, code) in sources().into_iter().filter(|(_, layer, _)| layer != "main") {
        let allowed =
            allowed.get(layer.as_str()).unwrap_or_else(|| panic!("{file}: {layer} is not in MAY_IMPORT"));
        for import in imports(&code).into_iter().filter(|import| *import != layer) {
            assert!(allowed.contains(&import.as_str()), "{file}: {layer} must not import {import}");
        }
    }
}

/// The code map is in the order of use: a file uses only files above it. Between a `mod.rs` and what lies below its folder
/// both ways are fine: it holds what they share, and calls them.
#[test]
fn files_use_only_those_above_them_in_the_code_map() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let rows = map.lines().filter_map(|line| line.strip_prefix("| `src/")?.split('`').next());
    let rows: BTreeMap<&str, usize> = rows.zip(0..).collect();
    let sources = sources();
    let modules: BTreeMap<Vec<&str>, &str> =
        sources.iter().map(|(file, ..)| (module_of(file), file.as_str())).collect();
    let mut wrong = Vec::new();
    for (file, _, code) in &sources {
        for used in used_files(&module_of(file), code, &modules) {
            if rows[used] >= rows[file.as_str()] {
                wrong.push(format!("src/{file} uses src/{used}, which stands below it"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "ARCHITECTURE.md's code map is in the order of use, and:\n{}",
        wrong.join("\n")
    );
}

/// The module that a file is: `plan::units` for `plan/units/mod.rs`.
fn module_of(file: &str) -> Vec<&str> {
    let mut path: Vec<&str> = file.trim_end_matches(".rs").split('/').collect();
    path.pop_if(|last| *last == "mod");
    path
}

/// The files that code names through `crate::` and `super::`, but its own module, those it lies in, and those below it.
fn used_files<'m>(module: &[&str], code: &str, modules: &BTreeMap<Vec<&str>, &'m str>) -> BTreeSet<&'m str> {
    let mut found = BTreeSet::new();
    for (start, depth) in [("crate::", 0), ("super::", module.len().saturating_sub(1))] {
        for (at, _) in code.match_indices(start).filter(|(at, _)| !code[..*at].ends_with("super::")) {
            let mut rest = &code[at + start.len()..];
            let mut depth = depth;
            while let Some(further) = rest.strip_prefix("super::") {
                (rest, depth) = (further, depth.saturating_sub(1));
            }
            for path in use_tree(rest).0 {
                let path: Vec<&str> = module[..depth].iter().copied().chain(path).collect();
                let used = (1..=path.len()).rev().find_map(|length| modules.get_key_value(&path[..length]));
                let Some((used, file)) = used else { continue };
                if !module.starts_with(used) && !used.starts_with(module) {
                    found.insert(*file);
                }
            }
        }
    }
    found
}

/// The paths of a use tree such as `a::{b, c::d}`, and what stands behind it.
fn use_tree(text: &str) -> (Vec<Vec<&str>>, &str) {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        let mut paths = Vec::new();
        loop {
            let (more, behind) = use_tree(rest);
            paths.extend(more);
            let behind = behind.trim_start_matches(|c: char| c != ',' && c != '}');
            match behind.strip_prefix(',') {
                Some(next) => rest = next,
                None => return (paths, behind.get(1..).unwrap_or_default()),
            }
        }
    }
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    match rest.strip_prefix("::") {
        Some(rest) if !word.is_empty() => {
            let (paths, rest) = use_tree(rest);
            (paths.into_iter().map(|path| [&[word][..], &path].concat()).collect(), rest)
        }
        _ => (vec![vec![word]], rest),
    }
}

#[test]
fn use_trees_are_read() {
    let paths = |text| use_tree(text).0.into_iter().map(|path| path.join("::")).collect::<Vec<_>>();
    assert_eq!(
        paths("a::b::{self, C as D, e::{F, g}};"),
        ["a::b::self", "a::b::C", "a::b::e::F", "a::b::e::g"]
    );
    assert_eq!(paths("a::b(c::d)"), ["a::b"]);
    let modules = [
        (vec!["a", "b"], "a/b.rs"),
        (vec!["a", "c"], "a/c.rs"),
        (vec!["a"], "a/mod.rs"),
        (vec!["d"], "d.rs"),
    ];
    let code = "use super::b::X;\nuse crate::{a::b, d};\nfn f() { super::super::d::g() }";
    let used = used_files(&["a", "c"], code, &modules.into());
    assert_eq!(used.into_iter().collect::<Vec<_>>(), ["a/b.rs", "d.rs"]);
}

#[test]
fn modules_stand_in_layer_order() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let modules: Vec<&str> =
        lib.lines().filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let listed: Vec<&str> = MAY_IMPORT
        .iter()
        .map(|(layer, _)| *layer)
        .filter(|layer| !["lib", "library"].contains(layer))
        .collect();
    assert_eq!(modules, listed);
}

/// Text that must not occur, and the files that are exempt.
const ABSENT: &[(&str, &[&str], &str)] = &[
    ("println!", &[], "only `report` and `commands` print, to the streams they are given"),
    ("eprintln!", &[], "only `report` and `commands` print, to the streams they are given"),
    ("process::exit", &[], "a run ends by returning its outcome"),
    ("set_current_dir", &[], "paths are relative to where the user stands"),
    (
        "spec::",
        &[
            "plan/resolve/",
            "plan/mod.rs",
            "explain/",
            "reading.rs",
            "commands/load.rs",
            "commands/schema.rs",
            "library.rs",
            "lib.rs",
        ],
        "only `resolve` sees the file format, and `explain`, which tells of its layers",
    ),
    ("plan::resolve(", &["reading.rs"], "a fleet comes with all that was found on the way to it"),
    (
        "tera::",
        &["render/engine.rs", "render/structure.rs", "render/view/shared.rs", "render/view/slice.rs"],
        "only the engine, and what views share, know the template engine",
    ),
    ("std::fs", &["artifacts/disk.rs", "commands/load.rs"], "input and output happen at the two ends"),
    ("SystemTime", &[], "output never depends on the time"),
    ("Instant", &[], "output never depends on the time"),
    ("env::var", &["main.rs"], "output never depends on the environment"),
    ("HashMap", &["document/"], "a map that is iterated over must be sorted"),
    ("unsafe", &[], "there is no reason for it"),
];

#[test]
fn what_must_not_be_there_is_not_there() {
    for (file, _, code) in sources() {
        for (text, exempt, why) in ABSENT {
            let exempt = exempt.iter().any(|path| file.starts_with(path));
            let code = code.replace("spec::words::", ""); // words that mean themselves
            assert!(exempt || !code.contains(text), "{file} has `{text}`: {why}");
        }
    }
}

#[test]
fn files_stay_readable() {
    for (file, _, code) in sources() {
        let lines = code.lines().count();
        assert!(lines <= 600, "{file} has {lines} lines: one idea per file");
    }
}

/// Other programs see what stands at the root of the crate and nothing else: its functions and types, and all that is
/// public of them. A change of this list is a change of the API.
#[test]
fn the_public_api_is_as_reviewed() {
    let read = |path: &str| fs::read_to_string(root().join("src").join(path)).unwrap();
    let lib = read("lib.rs");
    let lines: Vec<&str> = lib.lines().collect();
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.starts_with("pub mod ")) {
        assert_eq!(lines[at - 1], "#[doc(hidden)]", "{line}");
    }
    let public = |text: &str| -> Vec<String> {
        let said = |line: &&str| line.trim_start().starts_with("pub ") || line.starts_with("impl ");
        let hidden = |line: &&str| line.starts_with("pub mod ");
        let line = |line: &str| line.trim_end().trim_end_matches(" {").to_owned();
        text.lines().filter(said).filter(|line| !hidden(line)).map(line).collect()
    };
    let item =
        |text: &str, start: &str| text[text.find(start).unwrap()..].split("\n}\n").next().unwrap().to_owned();
    let artifacts = read("artifacts/mod.rs");
    let api = [
        public(&lib),
        public(&read("library.rs")),
        public(&item(&artifacts, "pub struct Artifact ")),
        public(&item(&artifacts, "pub type Artifacts ")),
        vec![item(&read("diagnostic/mod.rs"), "pub enum Severity ")],
    ];
    insta::assert_snapshot!("api", api.concat().join("\n"));
}

/// The design page, the code map, and the tree say the same.
#[test]
fn the_code_map_is_true() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for (file, ..) in sources() {
        assert!(map.contains(&format!("`src/{file}`")), "ARCHITECTURE.md's code map lacks src/{file}");
    }
    for (at, _) in map.match_indices("`src/") {
        let path = map[at + 1..].split('`').next().unwrap();
        assert!(root().join(path).exists(), "ARCHITECTURE.md names {path}, which is not there");
    }
}

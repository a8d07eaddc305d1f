//! docs/recipes.md does what it says: each recipe on a copy of the real fleet, its changes made, its commands run.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::{git_in, root, said};

/// A piece of a recipe.
enum Block<'p> {
    Change(&'p str),
    Commands(Vec<Line>),
}

struct Line {
    command: String,
    status: i32,
}

/// The recipes: title and blocks, those that talk to AWS left out.
fn recipes(page: &str) -> Vec<(&str, Vec<Block<'_>>)> {
    let of = |recipe: &'_ str| -> Vec<(String, usize, usize)> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(start) = recipe[at..].find("```") {
            let body = at + start + 3;
            let language = recipe[body..].lines().next().unwrap();
            let from = body + language.len() + 1;
            let to = from + recipe[from..].find("```").expect("every block ends");
            found.push((language.to_owned(), from, to));
            at = to + 3;
        }
        found
    };
    let recipes = page.split("\n## ").skip(1).map(|recipe| {
        let title = recipe.lines().next().unwrap();
        let blocks = of(recipe).into_iter().filter_map(|(language, from, to)| {
            let text = &recipe[from..to];
            match language.as_str() {
                "diff" => Some(Block::Change(text)),
                "console" => Some(Block::Commands(lines(text))),
                "sh" => None,
                other => panic!("{title}: a block of {other:?} is not tested"),
            }
        });
        (title, blocks.collect())
    });
    recipes.collect()
}

/// Commands behind `$`, continued behind `>`. What ends in a status is expected to end with it.
fn lines(text: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            let status =
                command.split_once(" # exit status ").map_or(0, |(_, status)| status.parse().unwrap());
            lines.push(Line { command: command.to_owned(), status });
        } else {
            let more = line.strip_prefix("> ").unwrap_or_else(|| panic!("{line:?} is no command"));
            let last = lines.last_mut().expect("a command to continue");
            last.command = format!("{}\n{more}", last.command);
        }
    }
    lines
}

/// Changes the spec as a diff says; the lines that it starts from are there once.
fn change(folder: &Path, diff: &str) {
    let path = folder.join("specs/langfuse.yaml");
    let spec = fs::read_to_string(&path).unwrap();
    let side = |other: char| -> String {
        let lines = diff.lines().filter(|line| !line.starts_with(other));
        lines.map(|line| format!("{}\n", line.get(1..).unwrap_or_default())).collect()
    };
    let (old, new) = (side('+'), side('-'));
    assert_eq!(spec.matches(&old).count(), 1, "this stands once in the spec:\n{old}");
    fs::write(path, spec.replace(&old, &new)).unwrap();
}

fn bash(folder: &Path, command: &str) -> Output {
    let gen_folder = Path::new(env!("CARGO_BIN_EXE_gen")).parent().unwrap();
    let path = format!("{}:{}", gen_folder.display(), std::env::var("PATH").unwrap());
    let mut bash = Command::new("bash");
    bash.args(["-c", command]).current_dir(folder).env("PATH", path).env_remove("GEN_SPEC");
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        bash.env_remove(name);
    }
    bash.output().unwrap()
}

/// The real fleet, committed.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for from in ["specs", "generated"] {
        let copied = Command::new("cp").arg("-r").arg(root().join(from)).arg(folder.path()).status().unwrap();
        assert!(copied.success());
    }
    for args in [&["init", "-q"][..], &["add", "."], &["commit", "-qm", "all"]] {
        let output = git_in(folder.path()).args(args).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
    }
    folder
}

#[test]
fn every_recipe_works_as_it_stands() {
    let page = fs::read_to_string(root().join("docs/recipes.md")).unwrap();
    let recipes = recipes(&page);
    assert!(recipes.len() >= 12, "{}", recipes.len());
    for (title, blocks) in recipes {
        let folder = repository();
        let mut commands = 0;
        for block in blocks {
            match block {
                Block::Change(diff) => change(folder.path(), diff),
                Block::Commands(lines) => {
                    commands += lines.len();
                    for Line { command, status } in lines {
                        let output = bash(folder.path(), &command);
                        assert_eq!(
                            output.status.code(),
                            Some(status),
                            "{title}: {command}: {}",
                            said(&output)
                        );
                    }
                }
            }
        }
        assert!(commands > 0, "{title} runs nothing");
        // Whatever a recipe does, it leaves files that are what the spec says.
        let output = bash(folder.path(), "gen check --quiet");
        assert!(output.status.success() || title.starts_with("Add a target"), "{title}: {}", said(&output));
    }
}

/// What it points at is there.
#[test]
fn links_of_the_page_lead_somewhere() {
    let page = fs::read_to_string(root().join("docs/recipes.md")).unwrap();
    let links: Vec<&str> = page.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()).collect();
    assert!(links.len() >= 4, "{links:?}");
    for link in links {
        assert!(root().join("docs").join(link).exists(), "{link}");
    }
}

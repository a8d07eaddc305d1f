//! Snapshots of what small specs make. A changed snapshot is read as a review. The real fleet's files are in
//! `generated/`, which `gen check` holds.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use scalegen::artifacts::Artifact;
use scalegen::render::{Selection, Templates, render};

use crate::support::{files, fleet, root};

/// The targets that a case is for: `Targets: dialects, iam.` in the first line of its spec.
fn targets_of(spec: &str) -> Vec<String> {
    let line = spec.lines().next().unwrap();
    let (_, list) = line.split_once("# Targets: ").unwrap_or_else(|| panic!("no targets: {line}"));
    let names = list.split_once('.').unwrap().0.split(", ");
    let targets = names.flat_map(|name| match name {
        "all" => vec![],
        "dialects" => vec!["terraform", "cloudformation", "cli"],
        name => vec![name],
    });
    targets.map(str::to_owned).collect()
}

#[test]
fn the_files_of_every_case_are_as_reviewed() {
    let mut reviewed = Reviewed::default();
    for spec in files(&root().join("tests/cases"), "spec.yaml") {
        let case = spec.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&spec).unwrap();
        let selection = Selection { targets: targets_of(&text), ..Selection::default() };
        let artifacts = render(&fleet(&text), &Templates::embedded(), &selection)
            .unwrap_or_else(|error| panic!("{case}: {error}"));
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(root().join("tests/snapshots").join(case));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| {
            for (path, artifact) in &artifacts {
                if reviewed.needs(case, path, artifact) {
                    insta::assert_snapshot!(path.replace('/', "__"), artifact.text);
                }
            }
        });
    }
    for snapshot in files(&root().join("tests/snapshots"), ".snap") {
        assert!(reviewed.snapshots.contains(&snapshot), "{} is of nothing: delete it", snapshot.display());
    }
}

/// What need not be read again.
#[derive(Default)]
struct Reviewed {
    /// By path and text.
    seen: BTreeSet<(String, String)>,
    snapshots: BTreeSet<PathBuf>,
}

impl Reviewed {
    /// Whether a file is to be read: it is no copy of a plain file in `templates/`, and no case before made the same.
    fn needs(&mut self, case: &str, path: &str, artifact: &Artifact) -> bool {
        if copied(path, &artifact.text) || !self.seen.insert((path.into(), artifact.text.clone())) {
            return false;
        }
        let file = format!("{}.snap", path.replace('/', "__"));
        self.snapshots.insert(root().join("tests/snapshots").join(case).join(file))
    }
}

/// Whether a file is a plain one of `templates/`, and then a faithful copy: with a header, below the line that names the
/// interpreter.
fn copied(path: &str, text: &str) -> bool {
    // What both programs source is one file there.
    let source = if path == "cloudformation/common.sh" { "cli/common.sh" } else { path };
    let Ok(plain) = fs::read_to_string(root().join("templates").join(source)) else { return false };
    let interpreter = if plain.starts_with("#!") { plain.find('\n').unwrap() + 1 } else { 0 };
    let (first, rest) = plain.split_at(interpreter);
    assert!(text.starts_with(first) && text.ends_with(rest), "{path} is not its template");
    true
}

#[test]
fn every_file_ends_with_one_newline_and_has_no_trailing_blanks() {
    for spec in files(&root().join("tests/cases"), "spec.yaml") {
        let fleet = fleet(&fs::read_to_string(&spec).unwrap());
        for (path, artifact) in render(&fleet, &Templates::embedded(), &Selection::default()).unwrap() {
            let text = artifact.text;
            assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{path}");
            assert!(!text.contains('\r') && !text.contains("\n\n\n"), "{path} of {}", spec.display());
            for (number, line) in (1..).zip(text.lines()) {
                assert_eq!(line.trim_end(), line, "{path}:{number}");
            }
        }
    }
}

/// A table in Markdown whose rows have more or fewer cells than its head is shown wrong, or not as a table at all.
#[test]
fn every_row_of_a_table_has_the_cells_of_its_head() {
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    let mut rows = 0;
    for spec in files(&root().join("tests/cases"), "spec.yaml") {
        let fleet = fleet(&fs::read_to_string(&spec).unwrap());
        for (path, artifact) in render(&fleet, &Templates::embedded(), &Selection::default()).unwrap() {
            if !path.ends_with(".md") {
                continue;
            }
            let mut head = None;
            for line in artifact.text.lines() {
                head = line.starts_with('|').then(|| head.unwrap_or_else(|| cells(line)));
                if let Some(head) = head {
                    rows += 1;
                    assert!(line.ends_with('|') && cells(line) == head, "{} {path}: {line}", spec.display());
                }
            }
        }
    }
    assert!(rows > 500, "{rows}");
}

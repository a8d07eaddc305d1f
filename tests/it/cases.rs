//! Snapshots of every artifact of small specs and of the real fleet. A changed snapshot is read as a review.

use std::fs;

use scalegen::render::{Selection, Templates, render};

use crate::support::{files, fleet, root};

#[test]
fn every_artifact_of_every_case_is_as_reviewed() {
    let mut specs = files(&root().join("tests/cases"), "spec.yaml");
    specs.push(root().join("specs/langfuse.yaml"));
    let templates = Templates::embedded();
    for spec in specs {
        let name = match spec.parent().unwrap().file_name().unwrap().to_str().unwrap() {
            "specs" => "langfuse",
            case => case,
        };
        let fleet = fleet(&fs::read_to_string(&spec).unwrap());
        let artifacts = render(&fleet, &templates, &Selection::default())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(root().join("tests/snapshots").join(name));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| {
            for (path, artifact) in &artifacts {
                insta::assert_snapshot!(path.replace('/', "__"), artifact.text);
            }
        });
        let known: Vec<String> =
            artifacts.keys().map(|path| format!("{}.snap", path.replace('/', "__"))).collect();
        for snapshot in files(&root().join("tests/snapshots").join(name), ".snap") {
            let file = snapshot.file_name().unwrap().to_string_lossy().into_owned();
            assert!(known.contains(&file), "{} is of no artifact any more: delete it", snapshot.display());
        }
    }
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

//! `gen rule` explains every code, and docs/rules/ holds what it prints.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use scalegen::diagnostic::Code;

use crate::support::{files, gen_in, root, said};

/// The index and one page for each code, as the program renders them.
fn rendered() -> BTreeMap<String, String> {
    let mut index = Vec::new();
    scalegen::report::rule::index(&mut index).unwrap();
    let page = |code: Code| {
        let output = gen_in(root()).args(["rule", code.name()]).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{}", said(&output));
        (format!("{code}.md"), String::from_utf8(output.stdout).unwrap())
    };
    let pages = Code::all().map(page);
    pages.chain([("README.md".to_owned(), String::from_utf8(index).unwrap())]).collect()
}

#[test]
fn the_pages_are_what_the_program_says() {
    const REPAIR: &str = "run: INSTA_UPDATE=always cargo test --test it rules";
    let folder = root().join("docs/rules");
    let rendered = rendered();
    if std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        rendered.iter().for_each(|(name, page)| fs::write(folder.join(name), page).unwrap());
    }
    let name = |path: &std::path::PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    let committed: BTreeSet<String> = files(&folder, "").iter().map(name).collect();
    let pages = rendered.keys().cloned().collect();
    let odd: Vec<&String> = committed.symmetric_difference(&pages).collect();
    assert!(odd.is_empty(), "docs/rules lacks, or has without a code: {odd:?}; {REPAIR}");
    for (name, page) in rendered {
        assert!(
            fs::read_to_string(folder.join(&name)).unwrap() == page,
            "docs/rules/{name} is stale; {REPAIR}"
        );
    }
}

#[test]
fn without_a_code_all_are_listed() {
    let output = gen_in(root()).arg("rule").output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", said(&output));
    let list = String::from_utf8(output.stdout).unwrap();
    for code in Code::all() {
        let line = list.lines().find(|line| line.split(' ').next() == Some(code.name()));
        let line = line.unwrap_or_else(|| panic!("{code} is not in\n{list}"));
        assert!(line.contains(&code.severity().to_string()) && line.ends_with(&code.summary()), "{line}");
    }
}

#[test]
fn a_mistyped_code_gets_a_suggestion() {
    for (code, hint) in [
        ("max-bellow-min", "did you mean `max-below-min`?"),
        ("MaxBelowMin", "did you mean `max-below-min`?"),
        ("x", "`gen rule` lists them"),
    ] {
        let output = gen_in(root()).args(["rule", code]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        let expected = format!("gen: there is no rule `{code}`; {hint}\n");
        assert_eq!((String::from_utf8_lossy(&output.stderr).into_owned(), output.stdout), (expected, vec![]));
    }
}

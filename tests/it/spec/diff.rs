//! `gen diff`: what changes between two specs, said in every format, out of files and out of git.

use std::fs;
use std::path::Path;
use std::process::Output;

use scalegen::diff::{self, Files};
use scalegen::plan::Fleet;
use scalegen::render::{Selection, Templates, render};
use scalegen::report::diff::{DiffReport, LIMIT, json, markdown, text};
use serde_json::Value;

use crate::support::tools::succeed;
use crate::support::{fleet, gen_in, git_in, root, said};

type Print = fn(&DiffReport<'_>, &mut dyn std::io::Write) -> std::io::Result<()>;

const FORMATS: [(&str, Print); 3] =
    [("text", |report, out| text(report, false, false, out)), ("markdown", markdown), ("json", json)];

/// What changes between two specs, in a format.
fn compared(old: &str, new: &str, print: Print) -> String {
    let (old, new) = (fleet(old), fleet(new));
    let of = |fleet| render(fleet, &Templates::embedded(), &Selection::default()).unwrap();
    let files = diff::files(&of(&old), &of(&new));
    reported(&old, &new, &files, print)
}

fn reported(old: &Fleet, new: &Fleet, files: &Files, print: Print) -> String {
    let (differences, costs) = (diff::fleets(old, new), diff::costs(old, new));
    let report = DiffReport {
        project: &new.project,
        old: "main:specs/shop.yaml",
        new: "specs/shop.yaml",
        differences: &differences,
        files,
        costs: &costs,
    };
    let mut out = Vec::new();
    print(&report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// A changed snapshot is read as a review, by somebody who must decide tonight whether to apply it.
#[test]
fn every_change_reads_as_reviewed() {
    let mut cases: Vec<_> =
        fs::read_dir(root().join("tests/diffs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 7);
    for case in cases {
        let [before, after] =
            ["before.yaml", "after.yaml"].map(|name| fs::read_to_string(case.join(name)).unwrap());
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&case);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| {
            for (format, print) in FORMATS {
                insta::assert_snapshot!(format, compared(&before, &after, print));
            }
        });
    }
}

#[test]
fn comments_have_no_markup_but_ours() {
    let [before, after] = ["before", "after"]
        .map(|name| fs::read_to_string(root().join(format!("tests/diffs/hostile/{name}.yaml"))).unwrap());
    let comment = compared(&before, &after, markdown);
    let outside = |text: &str| {
        let mut parts = text.split("<code>");
        let first = parts.next().unwrap().to_owned();
        parts.fold(first, |all, part| all + part.split_once("</code>").expect("each is closed").1)
    };
    let ours = outside(&comment);
    for mark in ["@", "<img", "http", "www", "#1", "`gen diff`", "\u{1b}", "\u{202e}", "$(id)"] {
        assert!(!ours.contains(mark), "{mark}: {ours}");
    }
    let rows = comment.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| risk"));
    assert!(rows.clone().count() >= 3 && rows.clone().all(|row| row.matches('|').count() == 5), "{comment}");
    let tags = |tag: &str| comment.matches(tag).count();
    assert_eq!(tags("<details"), tags("</details>"));
    assert_eq!(tags("<!--"), 1);
    let terminal = compared(&before, &after, FORMATS[0].1);
    assert!(!terminal.contains('\u{1b}') && !terminal.contains('\u{202e}'), "{terminal}");
}

/// Names and values as long as they may be, all of them different, so that nothing can be grouped.
#[test]
fn a_comment_on_ten_thousand_services_can_be_posted() {
    let spec = |cpu: fn(usize) -> f64, max: fn(usize) -> usize| {
        let mut text = String::from(
            "version: 1\nproject: shop\ndefaults: { capacity: { min: 1, max: 9000 } }\nservices:\n",
        );
        for n in 0..2_500 {
            let name = format!("{}-{n:04}", "s".repeat(50));
            text += &format!(
                "  {name}: {{ capacity: {{ max: {} }}, scaling: {{ cpu: {{ target: {}, policy_name: \"{}{n}\" }} }} }}\n",
                max(n),
                cpu(n),
                "|".repeat(200)
            );
        }
        text += "environments:\n";
        for n in 0..4 {
            text += &format!("  e{n}: {{ account: \"11111111111{n}\", region: eu-west-1 }}\n");
        }
        text
    };
    let old = spec(|n| 40.0 + n as f64 / 100.0, |n| 2_000 + n);
    let new = spec(|n| 40.5 + n as f64 / 100.0, |n| 2_000 + n - n % 2);
    let (old, new) = (fleet(&old), fleet(&new));
    let paths = (0..30_000).map(|n| format!("terraform/e/{}-{n}.tf", "f".repeat(80))).collect();
    let files = Files { changed: paths, ..Files::default() };
    let comment = reported(&old, &new, &files, markdown);
    assert!(comment.len() <= LIMIT && comment.len() > LIMIT / 2, "{}", comment.len());
    assert!(comment.contains("15000 changes for 10000 services in 4 environments"), "{}", &comment[..500]);
    let shown = comment.matches("| 🔴 high |").count();
    assert!(shown > 50 && !comment.contains("🟡 low | <code>capacity"), "the worst first: {shown}");
    let left = comment.lines().find(|line| line.starts_with("**Not shown")).unwrap();
    assert!(left.contains("further changes (") && left.contains(" high, "), "{left}");
    assert_eq!(comment.matches("<details").count(), comment.matches("</details>").count());
    assert_eq!(comment, reported(&old, &new, &files, markdown), "the same bytes");
}

/// A repository with the history of a spec: `max` is 10 at the tag `first`, 8 at `main`, and 6 in the working tree.
struct Repository {
    folder: tempfile::TempDir,
}

const SPEC: &str = "\
version: 1
project: shop
defaults: { capacity: { min: 2, max: 10 }, scaling: { cpu: { target: 70 } } }
services: { web: {} }
environments: { prod: { account: \"222222222222\", region: eu-west-1 } }
";

impl Repository {
    fn new() -> Self {
        let repository = Self { folder: tempfile::tempdir().unwrap() };
        repository.git(&["init", "-q", "-b", "main"]);
        repository.write("specs/shop.yaml", SPEC);
        repository.write("app/readme.txt", "nothing");
        repository.commit("first");
        repository.git(&["tag", "first"]);
        repository.write("specs/shop.yaml", &with_max(8));
        repository.commit("second");
        repository.write("specs/shop.yaml", &with_max(6));
        repository
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn git(&self, args: &[&str]) -> String {
        succeed(git_in(self.folder.path()).args(args))
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
    }

    fn diff_in(&self, below: &str, args: &[&str]) -> Output {
        diff_in(&self.folder.path().join(below), args)
    }

    fn diff(&self, args: &[&str]) -> Output {
        self.diff_in("", args)
    }
}

fn with_max(max: u32) -> String {
    SPEC.replace("max: 10", &format!("max: {max}"))
}

fn diff_in(folder: &Path, args: &[&str]) -> Output {
    gen_in(folder).arg("diff").args(args).output().unwrap()
}

fn printed(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", said(output));
    assert!(output.stderr.is_empty(), "{}", said(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// No answer, and why.
fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{}", said(output));
    assert!(output.stdout.is_empty(), "{}", said(output));
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn revisions_paths_and_the_working_tree() {
    let repository = Repository::new();
    for (args, names, change) in [
        (&["main"][..], "main:specs/shop.yaml → specs/shop.yaml", "8 → 6 tasks"),
        (&["HEAD~1"], "HEAD~1:specs/shop.yaml → specs/shop.yaml", "10 → 6 tasks"),
        (&["first", "main"], "first:specs/shop.yaml → main:specs/shop.yaml", "10 → 8 tasks"),
        (&["main", "first"], "main:specs/shop.yaml → first:specs/shop.yaml", "8 → 10 tasks"),
        (&["HEAD~1:specs/shop.yaml"], "HEAD~1:specs/shop.yaml → specs/shop.yaml", "10 → 6 tasks"),
        (&["first", "specs/shop.yaml"], "first:specs/shop.yaml → specs/shop.yaml", "10 → 6 tasks"),
    ] {
        let text = printed(&repository.diff(args));
        assert!(text.contains(names) && text.contains(change), "{args:?}: {text}");
        assert!(text.contains("generated files: 0 created, "), "{text}");
    }
    assert!(printed(&repository.diff(&["main", "HEAD"])).contains("nothing changes"));
    assert_eq!(repository.diff(&["main", "HEAD", "--exit-code"]).status.code(), Some(0));
    assert_eq!(repository.diff(&["main", "--exit-code"]).status.code(), Some(1));
    assert_eq!(printed(&repository.diff(&["main", "HEAD", "-q"])), "");
    let value: Value =
        serde_json::from_str(&printed(&repository.diff(&["main", "--format", "json"]))).unwrap();
    assert_eq!((&value["version"], &value["changed"]), (&1.into(), &true.into()));
    assert_eq!(value["changes"][0]["setting"], "capacity.max");
}

#[test]
fn a_subfolder_is_as_good_as_the_top() {
    let repository = Repository::new();
    for (args, change) in [
        (&["main"][..], "8 → 6 tasks"),
        (&["HEAD~1:specs/shop.yaml", "main:../specs/shop.yaml"], "10 → 8 tasks"),
        (&["main", "../specs/shop.yaml"], "8 → 6 tasks"),
        (&["main", "--spec", "../specs/shop.yaml"], "8 → 6 tasks"),
    ] {
        let text = printed(&repository.diff_in("app", args));
        assert!(text.contains(change), "{args:?}: {text}");
    }
    let text = printed(&repository.diff_in("specs", &["main:./shop.yaml", "shop.yaml"]));
    assert!(text.contains("8 → 6 tasks"), "{text}");
    // A hook of git has these set, for another folder.
    let mut hook = gen_in(&repository.folder.path().join("app"));
    let output = hook.args(["diff", "main"]).env("GIT_DIR", ".git").env("GIT_PREFIX", "x/").output().unwrap();
    assert!(printed(&output).contains("8 → 6 tasks"));
}

#[test]
fn a_file_wins_over_a_revision_of_its_name_and_a_folder_does_not() {
    let repository = Repository::new();
    repository.git(&["branch", "specs"]);
    assert!(printed(&repository.diff(&["specs"])).contains("specs:specs/shop.yaml → "));
    repository.write("main", &with_max(3));
    let text = printed(&repository.diff(&["main", "first"]));
    assert!(text.starts_with("main → first:specs/shop.yaml") && text.contains("3 → 10 tasks"), "{text}");
    let text = printed(&repository.diff(&["main", "first", "--git"]));
    assert!(text.starts_with("main:specs/shop.yaml → first:") && text.contains("8 → 10 tasks"), "{text}");
    let text = printed(&repository.diff(&["main:specs/shop.yaml", "./main"]));
    assert!(text.contains("8 → 3 tasks"), "{text}");
}

#[test]
fn what_is_not_there_is_named() {
    let repository = Repository::new();
    for (args, parts) in [
        (&["nope"][..], &["no file `nope` and no git revision `nope`", "git fetch"][..]),
        (&["nope:specs/shop.yaml"], &["no git revision `nope`"]),
        (&["main:specs/chop.yaml"], &["there is no specs/chop.yaml at `main`", "main:specs/shop.yaml"]),
        (&["main:specs"], &["main:specs is a folder"]),
        (&["main", "--spec", "app/other.yaml"], &["no app/other.yaml at `main`", "main:specs/shop.yaml"]),
        (&["--", "--output=x"], &["no git revision `--output=x`"]),
        (&["--", "--output=x:specs/shop.yaml"], &["no git revision `--output=x`"]),
        (&[":specs/shop.yaml"], &["no git revision ``"]),
        (&["main", "missing.yaml"], &["no file `missing.yaml` and no git revision"]),
    ] {
        let message = refused(&repository.diff(args));
        assert!(parts.iter().all(|part| message.contains(part)), "{args:?}: {message}");
    }
    assert!(!repository.folder.path().join("x").exists());
}

#[test]
fn without_a_repository_two_files_are_compared_and_revisions_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.yaml"), SPEC).unwrap();
    fs::write(folder.path().join("scalegen.yaml"), with_max(4)).unwrap();
    let ceiling = |args: &[&str], path: &str| {
        let mut command = gen_in(folder.path());
        command.arg("diff").args(args).env("GIT_CEILING_DIRECTORIES", folder.path().parent().unwrap());
        command.env("PATH", path).output().unwrap()
    };
    let path = std::env::var("PATH").unwrap();
    assert!(printed(&ceiling(&["a.yaml"], "/nowhere")).contains("10 → 4 tasks"));
    let message = refused(&ceiling(&["main"], &path));
    assert!(message.contains("no file `main`") && message.contains("no git repository"), "{message}");
    let message = refused(&ceiling(&["main"], "/nowhere"));
    assert!(message.contains("cannot run git"), "{message}");
}

#[test]
fn a_shallow_clone_says_what_it_lacks() {
    let repository = Repository::new();
    let clone = tempfile::tempdir().unwrap();
    let from = format!("file://{}", repository.folder.path().display());
    succeed(git_in(clone.path()).args(["clone", "-q", "--depth", "1", &from, "."]));
    let message = refused(&diff_in(clone.path(), &["HEAD~1"]));
    assert!(message.contains("shallow") && message.contains("fetch-depth: 0"), "{message}");
    assert!(printed(&diff_in(clone.path(), &["HEAD"])).contains("nothing changes"));
}

/// Both sides are judged before the run ends, and each mistake says on which side it is.
#[test]
fn mistakes_name_their_side() {
    let repository = Repository::new();
    repository.write("specs/shop.yaml", &SPEC.replace("max: 10", "max: ten"));
    repository.commit("broken");
    repository.write("specs/shop.yaml", &with_max(1));
    let message = refused(&repository.diff(&["main"]));
    assert!(message.contains("--> main:specs/shop.yaml:3:"), "{message}");
    assert!(message.contains("--> specs/shop.yaml:3:"), "{message}");
    let message = refused(&repository.diff(&["main:specs/shop.yaml", "first", "--format", "json"]));
    assert!(message.contains("--> main:specs/shop.yaml:3:") && !message.contains("first"), "{message}");
}

/// Services that all get another name at once are matched without looking at each pair.
#[test]
fn ten_thousand_renamed_services_are_compared_at_once() {
    let spec = |prefix: &str| {
        let mut text = String::from("version: 1\nproject: shop\nservices:\n");
        for n in 0..10_000 {
            let rest = "capacity: { min: 1, max: 3 }, scaling: { cpu: { target: 60 } }";
            text += &format!("  {prefix}{n}: {{ ecs_service: s{n}, {rest} }}\n");
        }
        text + "environments: { prod: { account: \"111111111111\", region: eu-west-1 } }\n"
    };
    let (old, new) = (fleet(&spec("a")), fleet(&spec("b")));
    let begun = std::time::Instant::now();
    let differences = diff::fleets(&old, &new);
    assert_eq!(differences.environments[0].services.len(), 10_000);
    assert!(differences.iter().all(|change| change.setting == "name"), "the same on AWS");
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}

//! What the command promises, tried with the real binary in real folders.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime};

use crate::support::{files, gen_in, said};

/// A folder with a spec of two environments and two services.
struct Shop {
    folder: tempfile::TempDir,
}

const SPEC: &str = "\
version: 1
project: shop
defaults:
  capacity: { min: 1, max: 4 }
  scaling: { cpu: { target: 60 } }
services:
  api: {}
  web: {}
environments:
  dev: { account: \"111111111111\", region: eu-west-1 }
  prod: { account: \"222222222222\", region: eu-west-1 }
";

impl Shop {
    fn new() -> Self {
        let shop = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(shop.path("specs")).unwrap();
        shop.spec(SPEC);
        shop
    }

    fn generated() -> Self {
        let shop = Self::new();
        assert_eq!(status(&shop.run(&[])), 0);
        shop
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn spec(&self, text: &str) {
        fs::write(self.path("specs/shop.yaml"), text).unwrap();
    }

    fn change(&self, from: &str, to: &str) {
        assert!(SPEC.contains(from));
        self.spec(&SPEC.replace(from, to));
    }

    fn edit(&self, path: &str) {
        let path = self.path(path);
        fs::write(&path, fs::read_to_string(&path).unwrap() + "# by hand\n").unwrap();
    }

    fn run(&self, args: &[&str]) -> Output {
        gen_in(self.folder.path()).args(args).output().unwrap()
    }

    /// Path → content of every generated file.
    fn tree(&self) -> BTreeMap<String, Vec<u8>> {
        tree(&self.path("generated"))
    }
}

fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let all = files(folder, "").into_iter();
    all.map(|path| (path.strip_prefix(folder).unwrap().display().to_string(), fs::read(&path).unwrap()))
        .collect()
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("{}", said(output)))
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_second_run_changes_nothing_and_keeps_modification_times() {
    let shop = Shop::generated();
    let old = SystemTime::now() - Duration::from_secs(3600);
    for path in files(&shop.path("generated"), "") {
        fs::File::options().append(true).open(&path).unwrap().set_modified(old).unwrap();
    }
    let output = shop.run(&[]);
    assert!(out(&output).contains("0 created, 0 changed, 0 deleted"), "{}", said(&output));
    for path in files(&shop.path("generated"), "") {
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), old, "{} was touched", path.display());
    }
    let check = shop.run(&["check"]);
    assert_eq!((status(&check), err(&check)), (0, String::new()), "{}", said(&check));
}

#[test]
fn a_change_of_one_service_touches_the_files_in_which_it_appears() {
    let shop = Shop::generated();
    shop.change("  api: {}", "  api: { capacity: { max: 9 } }");
    let check = shop.run(&["check"]);
    assert_eq!(status(&check), 1);
    assert!(out(&check).contains("generated/cloudformation/dev/api.yaml: stale"), "{}", said(&check));
    assert!(out(&check).contains("-      MaxCapacity: 4\n+      MaxCapacity: 9\n"), "{}", said(&check));
    assert!(out(&check).ends_with("; to fix: gen\n"), "{}", said(&check));
    let output = shop.run(&[]);
    assert!(out(&output).contains("changed  generated/cloudformation/dev/api.yaml\n"), "{}", said(&output));
    assert!(!out(&output).contains("web.yaml"), "{}", said(&output));
    assert_eq!(status(&shop.run(&["check"])), 0);
}

#[test]
fn orphans_are_deleted_only_if_they_carry_our_header() {
    let shop = Shop::generated();
    fs::write(shop.path("generated/cloudformation/dev/notes.yaml"), "mine: true\n").unwrap();
    fs::write(shop.path("generated/README.md"), "mine\n").unwrap();
    fs::create_dir_all(shop.path("generated/terraform/dev/.terraform")).unwrap();
    fs::copy(
        shop.path("generated/terraform/dev/main.tf"),
        shop.path("generated/terraform/dev/.terraform/copy.tf"),
    )
    .unwrap();
    shop.change("  api: {}\n", "");
    let check = shop.run(&["check"]);
    assert_eq!(status(&check), 1);
    assert!(out(&check).contains("generated/cloudformation/dev/api.yaml: orphaned"), "{}", said(&check));
    let output = shop.run(&[]);
    assert!(out(&output).contains("deleted  generated/cloudformation/prod/api.yaml\n"), "{}", said(&output));
    assert!(!shop.path("generated/cloudformation/dev/api.yaml").exists());
    for kept in [
        "generated/cloudformation/dev/notes.yaml",
        "generated/README.md",
        "generated/terraform/dev/.terraform/copy.tf",
    ] {
        assert!(shop.path(kept).exists(), "{kept}");
    }
    assert_eq!(status(&shop.run(&["check"])), 0);
}

#[test]
fn a_renamed_environment_leaves_no_empty_folder() {
    let shop = Shop::generated();
    shop.change("  dev:", "  test:");
    assert_eq!(status(&shop.run(&[])), 0);
    assert!(!shop.path("generated/cloudformation/dev").exists());
    assert!(shop.path("generated/cloudformation/test/web.yaml").exists());
}

#[test]
fn foreign_files_are_refused_and_nothing_is_written() {
    for (place, is_folder) in
        [("generated/cli/dev/web.json", false), ("generated/terraform/dev/main.tf", true)]
    {
        let shop = Shop::new();
        let path = shop.path(place);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if is_folder {
            fs::create_dir(&path).unwrap();
        } else {
            fs::write(&path, "echo mine\n").unwrap();
        }
        let before = tree(shop.folder.path());
        for args in [&["--force"][..], &[]] {
            let output = shop.run(args);
            assert_eq!(status(&output), 2, "{}", said(&output));
            assert!(err(&output).contains(&format!("{place}: foreign")), "{}", said(&output));
            assert_eq!(tree(shop.folder.path()), before);
        }
        let check = shop.run(&["check"]);
        assert_eq!(status(&check), 1);
        assert!(out(&check).contains(&format!("{place}: foreign")), "{}", said(&check));
    }
}

#[test]
fn links_are_never_written_through() {
    let shop = Shop::generated();
    fs::write(shop.path("elsewhere.sh"), "mine\n").unwrap();
    fs::remove_file(shop.path("generated/cli/dev/web.json")).unwrap();
    std::os::unix::fs::symlink(shop.path("elsewhere.sh"), shop.path("generated/cli/dev/web.json")).unwrap();
    let output = shop.run(&[]);
    assert_eq!(status(&output), 2, "{}", said(&output));
    assert_eq!(fs::read(shop.path("elsewhere.sh")).unwrap(), b"mine\n");
}

#[test]
fn two_projects_in_one_folder_leave_each_other_alone() {
    let shop = Shop::generated();
    let other = SPEC
        .replace("project: shop", "project: bank")
        .replace("  dev:", "  lab:")
        .replace("  prod:", "  live:");
    fs::write(shop.path("bank.yaml"), &other).unwrap();
    let output = shop.run(&[
        "--spec",
        "bank.yaml",
        "--out",
        "generated",
        "--target",
        "cli",
        "--target",
        "cloudformation",
    ]);
    assert!(out(&output).contains("0 deleted"), "{}", said(&output));
    for file in ["cli/dev/api.json", "cli/lab/api.json", "cloudformation/live/api.yaml"] {
        assert!(shop.path("generated").join(file).exists(), "{file}");
    }
    assert_eq!(status(&shop.run(&["check"])), 0);
    // Where both want one file, the second is refused.
    let output = shop.run(&["--spec", "bank.yaml", "--out", "generated"]);
    assert_eq!(status(&output), 2);
    assert!(err(&output).contains("a file of the project `shop`"), "{}", said(&output));
}

#[test]
fn hand_edits_are_told_apart_from_stale_files_and_never_lost_silently() {
    let shop = Shop::generated();
    shop.edit("generated/cloudformation/dev/api.yaml");
    shop.change("  api: {}", "  api: { capacity: { max: 9 } }");
    let check = shop.run(&["check"]);
    assert_eq!(status(&check), 1);
    assert!(out(&check).contains("generated/cloudformation/dev/api.yaml: hand-edited"), "{}", said(&check));
    assert!(out(&check).contains("generated/cloudformation/prod/api.yaml: stale"), "{}", said(&check));
    assert!(out(&check).contains("-# by hand\n"), "{}", said(&check));
    assert!(
        out(&check).contains("to fix: gen --force   (discards the edits made by hand)"),
        "{}",
        said(&check)
    );
    let before = shop.tree();
    let output = shop.run(&[]);
    assert_eq!(status(&output), 2, "{}", said(&output));
    assert!(
        err(&output)
            .contains("edited by hand; nothing was written:\n  generated/cloudformation/dev/api.yaml\n"),
        "{}",
        said(&output)
    );
    assert_eq!(shop.tree(), before);
    assert_eq!(status(&shop.run(&["--force"])), 0);
    assert_eq!(status(&shop.run(&["check"])), 0);
}

#[test]
fn a_hand_edited_orphan_is_kept_until_forced() {
    let shop = Shop::generated();
    shop.edit("generated/cloudformation/dev/api.yaml");
    shop.change("  api: {}\n", "");
    assert_eq!(status(&shop.run(&[])), 2);
    assert!(shop.path("generated/cloudformation/dev/api.yaml").exists());
    assert_eq!(status(&shop.run(&["--force"])), 0);
    assert!(!shop.path("generated/cloudformation/dev/api.yaml").exists());
}

#[test]
fn scripts_are_executable_and_a_lost_permission_is_drift() {
    let shop = Shop::generated();
    let script = shop.path("generated/cli/autoscaling.sh");
    assert_eq!(fs::metadata(&script).unwrap().permissions().mode() & 0o111, 0o111);
    let template = shop.path("generated/cloudformation/dev/web.yaml");
    assert_eq!(fs::metadata(template).unwrap().permissions().mode() & 0o111, 0);
    fs::set_permissions(&script, fs::Permissions::from_mode(0o644)).unwrap();
    let check = shop.run(&["check"]);
    assert!(status(&check) == 1 && out(&check).contains("autoscaling.sh: wrong mode"), "{}", said(&check));
    assert_eq!(status(&shop.run(&[])), 0);
    assert_eq!(status(&shop.run(&["check"])), 0);
}

#[test]
fn filters_write_and_delete_only_what_they_select() {
    let shop = Shop::new();
    let output = shop.run(&["--target", "cloudformation"]);
    assert!(out(&output).starts_with("created  generated/cloudformation/"), "{}", said(&output));
    assert!(!shop.path("generated/cli").exists());

    let shop = Shop::generated();
    let before = shop.tree();
    // Everything changes, the service `api` goes.
    shop.spec(&SPEC.replace("max: 4", "max: 5").replace("  api: {}\n", ""));
    let output = shop.run(&["--env", "dev", "--target", "cloudformation", "--service", "web"]);
    assert_eq!(status(&output), 0, "{}", said(&output));
    let changed: Vec<String> = shop
        .tree()
        .into_iter()
        .filter(|(path, text)| before.get(path) != Some(text))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(changed, ["cloudformation/dev/environment.json", "cloudformation/dev/web.yaml"]);
    assert!(shop.path("generated/cloudformation/dev/api.yaml").exists(), "an orphan that was not selected");
    let output = shop.run(&["--env", "dev"]);
    assert!(!shop.path("generated/cloudformation/dev/api.yaml").exists(), "{}", said(&output));
    assert!(shop.path("generated/cloudformation/prod/api.yaml").exists(), "an orphan that was not selected");
    let check = shop.run(&["check", "--env", "dev"]);
    assert_eq!(status(&check), 0, "{}", said(&check));
    let check = shop.run(&["check", "--env", "prod"]);
    assert!(status(&check) == 1 && out(&check).contains("to fix: gen --env prod"), "{}", said(&check));
}

#[test]
fn unknown_names_in_filters_are_usage_errors_with_a_suggestion() {
    let shop = Shop::new();
    for (args, message) in [
        (["--target", "terrafrom"], "there is no target `terrafrom`; did you mean `terraform`?"),
        (["--env", "pord"], "there is no environment `pord`; did you mean `prod`?"),
        (["--service", "x"], "there is no service `x`; there are api, web"),
        (["--templates", "nowhere"], "--templates nowhere: there is no such folder"),
        (["--out", "specs/shop.yaml"], "specs/shop.yaml is not a folder"),
        (["--out", "specs/shop.yaml/x"], "specs/shop.yaml/x lies below a file"),
    ] {
        let output = shop.run(&args);
        assert_eq!((status(&output), err(&output)), (2, format!("gen: {message}\n")));
    }
    assert!(!shop.path("generated").exists());
}

#[test]
fn mistyped_subcommands_and_options_get_a_suggestion() {
    let shop = Shop::new();
    for (args, meant) in [
        (&["chekc"][..], "'check'"),
        (&["vaildate"], "'validate'"),
        (&["rules"], "'rule'"),
        (&["shcema"], "'schema'"),
        (&["--servce", "web"], "'--service'"),
        (&["check", "--format", "serif"], "'sarif'"),
    ] {
        let output = shop.run(args);
        assert!(status(&output) == 2 && err(&output).contains(meant), "{}", said(&output));
        assert!(output.stdout.is_empty() && !shop.path("generated").exists());
    }
}

#[test]
fn an_invalid_spec_is_no_answer_and_writes_nothing() {
    let shop = Shop::generated();
    let before = shop.tree();
    shop.change("max: 4", "max: 0");
    for (args, code) in [(&[][..], 2), (&["check"], 2), (&["validate"], 1)] {
        let output = shop.run(args);
        assert_eq!(status(&output), code, "{}", said(&output));
        assert!(said(&output).contains("error[max-below-min]"), "{}", said(&output));
        assert_eq!(shop.tree(), before);
    }
}

/// The bytes depend on the spec alone.
#[test]
fn output_depends_on_nothing_but_the_spec() {
    let shop = Shop::generated();
    let expected = shop.tree();
    let reordered = SPEC.replace("  api: {}\n  web: {}\n", "  web: {}\n  api: {}\n");
    for (spec, cwd, env) in [
        (SPEC, ".", [("LC_ALL", "tr_TR.UTF-8"), ("TZ", "Asia/Kathmandu"), ("RAYON_NUM_THREADS", "1")]),
        (&reordered, "specs", [("LC_ALL", "C"), ("TZ", "UTC"), ("RAYON_NUM_THREADS", "7")]),
    ] {
        shop.spec(spec);
        fs::remove_dir_all(shop.path("generated")).unwrap();
        let output = gen_in(&shop.path(cwd)).envs(env).output().unwrap();
        assert_eq!(status(&output), 0, "{}", said(&output));
        assert_eq!(shop.tree(), expected, "{env:?}");
    }
}

#[test]
fn a_fleet_large_enough_for_threads_is_the_same_with_any_number_of_them() {
    let shop = Shop::new();
    let services: String = (0..100).map(|n| format!("  s{n}: {{}}\n")).collect();
    shop.spec(&SPEC.replace("  api: {}\n  web: {}\n", &services));
    let trees = ["1", "2", "5"].map(|threads| {
        let folder = format!("out{threads}");
        let output = gen_in(shop.folder.path())
            .args(["--out", &folder])
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap();
        assert_eq!(status(&output), 0, "{}", said(&output));
        tree(&shop.path(&folder))
    });
    assert!(trees[0].len() > 400 && trees[0] == trees[1] && trees[1] == trees[2]);
}

#[test]
fn drift_as_json_and_as_annotations() {
    let shop = Shop::generated();
    fs::remove_file(shop.path("generated/cli/dev/web.json")).unwrap();
    let json = shop.run(&["check", "--format", "json"]);
    assert_eq!(status(&json), 1);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((&json["version"], &json["clean"], &json["fix"]), (&1.into(), &false.into(), &"gen".into()));
    assert_eq!(json["files"][0]["path"], "generated/cli/dev/web.json");
    assert_eq!(json["files"][0]["status"], "missing");
    let github = shop.run(&["check", "--format", "github"]);
    assert_eq!(
        out(&github),
        "::error file=generated/cli/dev/web.json,title=generated file differs::missing: the spec asks for this file%0Afix: gen\n"
    );
    shop.run(&[]);
    let json: serde_json::Value =
        serde_json::from_slice(&shop.run(&["check", "--format", "json"]).stdout).unwrap();
    assert_eq!((&json["clean"], &json["fix"]), (&true.into(), &serde_json::Value::Null));
}

#[test]
fn the_spec_is_found_from_below_and_several_are_asked_about() {
    let shop = Shop::new();
    fs::create_dir_all(shop.path("src/deep")).unwrap();
    let output = gen_in(&shop.path("src/deep")).output().unwrap();
    assert_eq!(status(&output), 0, "{}", said(&output));
    assert!(shop.path("generated/cli/dev/web.json").exists());
    fs::write(shop.path("specs/other.yaml"), SPEC).unwrap();
    let output = shop.run(&[]);
    assert_eq!(
        (status(&output), err(&output)),
        (
            2,
            "gen: there are several specs; choose one with --spec: specs/other.yaml, specs/shop.yaml\n"
                .to_owned()
        )
    );
    let output = gen_in(shop.folder.path()).env("GEN_SPEC", "specs/shop.yaml").output().unwrap();
    assert_eq!(status(&output), 0, "{}", said(&output));
    let nowhere = tempfile::tempdir().unwrap();
    let output = gen_in(nowhere.path()).output().unwrap();
    assert!(
        status(&output) == 2 && err(&output).starts_with("gen: no spec found: give one with --spec FILE"),
        "{}",
        said(&output)
    );
}

/// SIGINT between two files: status 130, every file whole, and a second run finishes.
#[test]
fn an_interrupt_leaves_whole_files_only() {
    let shop = Shop::new();
    let services: String = (0..1000).map(|n| format!("  s{n}: {{}}\n")).collect();
    shop.spec(&SPEC.replace("  api: {}\n  web: {}\n", &services));
    let one = ["--target", "cloudformation"]; // the others only take longer
    let child =
        gen_in(shop.folder.path()).args(one).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while !shop.path("generated/cloudformation/dev").exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(status(&output), 130, "{}", said(&output));
    assert!(err(&output).contains("interrupted between two files"), "{}", said(&output));
    let folder = shop.path("generated");
    assert!(!folder.exists() || files(&folder, ".tmp").is_empty(), "temporary files are left");
    let check = shop.run(&[&["check", "--format", "json"], &one[..]].concat());
    let json: serde_json::Value = serde_json::from_slice(&check.stdout).unwrap();
    let left = json["files"].as_array().unwrap();
    assert!(!left.is_empty() && left.iter().all(|file| file["status"] == "missing"), "half-written files");
    assert_eq!(status(&shop.run(&one)), 0);
    assert_eq!(status(&shop.run(&[&["check"], &one[..]].concat())), 0);
}

/// More is printed than a pipe holds.
#[test]
fn a_broken_pipe_is_quiet() {
    let shop = Shop::new();
    let services: String = (0..1000).map(|n| format!("  s{n}: {{}}\n")).collect();
    shop.spec(&SPEC.replace("  api: {}\n  web: {}\n", &services));
    let script = format!(
        "{} --target cloudformation | head -1; echo status ${{PIPESTATUS[0]}}",
        env!("CARGO_BIN_EXE_gen")
    );
    let output = Command::new("bash").args(["-c", &script]).current_dir(shop.folder.path()).output().unwrap();
    assert!(out(&output).ends_with("status 0\n") && err(&output).is_empty(), "{}", said(&output));
}

#[test]
fn the_disk_refusing_is_said_with_the_path() {
    let shop = Shop::new();
    // A file where a folder must be: works for root too, unlike permissions.
    fs::create_dir(shop.path("generated")).unwrap();
    fs::write(shop.path("generated/cli"), "mine\n").unwrap();
    let output = shop.run(&[]);
    assert_eq!(status(&output), 2, "{}", said(&output));
    assert!(err(&output).contains("generated/cli"), "{}", said(&output));
}

#[test]
fn help_names_every_promise() {
    let output = Command::new(env!("CARGO_BIN_EXE_gen")).arg("--help").output().unwrap();
    assert_eq!(status(&output), 0);
    for word in [
        "--target",
        "--env",
        "--service",
        "--spec",
        "--out",
        "--force",
        "check",
        "validate",
        "rule",
        "schema",
        "Exit status",
    ] {
        assert!(out(&output).contains(word), "{word}");
    }
}

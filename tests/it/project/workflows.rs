//! The workflows of this repository: that they can run, what they may do, and that nothing is left out of the gate.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::support::tools::{Tools, run, succeed};
use crate::support::{files, root, said};

/// Name and text of the workflows, the action, the jobs that docs/ci.md shows, and the workflow that is generated.
fn workflows() -> Vec<(String, String)> {
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        (name, fs::read_to_string(path).unwrap())
    };
    let paths = files(&root().join(".github/workflows"), ".yml");
    assert!(!paths.is_empty());
    let mut all: Vec<_> = paths.iter().map(read).collect();
    let others = ["action.yml", "docs/ci.md", "generated/github/rollout.yml"].map(|path| root().join(path));
    all.extend(others.iter().map(read));
    all
}

fn workflow(name: &str) -> Value {
    let text = fs::read_to_string(root().join(".github/workflows").join(name)).unwrap();
    serde_saphyr::from_str(&text).unwrap()
}

fn jobs(workflow: &Value) -> BTreeMap<&str, &Value> {
    workflow["jobs"].as_object().unwrap().iter().map(|(name, job)| (name.as_str(), job)).collect()
}

#[test]
fn actionlint_accepts_every_workflow() {
    let Some(tools) = Tools::get().filter(|tools| tools.has("actionlint")) else { return };
    let work = tempfile::tempdir().unwrap();
    let page = fs::read_to_string(root().join("docs/ci.md")).unwrap();
    let documented = work.path().join("documented.yml");
    let github = page.split("```yaml\n").find(|block| block.starts_with("name: scalegen\non:")).unwrap();
    fs::write(&documented, github.split("```").next().unwrap()).unwrap();
    let mut command = tools.command("actionlint");
    succeed(command.args(files(&root().join(".github/workflows"), ".yml")).arg(&documented));
    // It does find something.
    fs::write(&documented, github.split("```").next().unwrap().replace("runs-on: ubuntu-latest", ""))
        .unwrap();
    let found = run(tools.command("actionlint").arg(&documented));
    assert_eq!(found.status.code(), Some(1), "{}", said(&found));
}

/// Every script of a step, by itself: no expression is pasted into it, and shellcheck has nothing to say.
#[test]
fn shellcheck_accepts_every_script() {
    let Some(tools) = Tools::get() else { return };
    let mut scripts = Vec::new();
    for name in ["ci.yml", "release.yml"] {
        for (_, job) in jobs(&workflow(name)) {
            scripts.extend(
                job["steps"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|step| step["run"].as_str())
                    .map(str::to_owned),
            );
        }
    }
    let action: Value =
        serde_saphyr::from_str(&fs::read_to_string(root().join("action.yml")).unwrap()).unwrap();
    scripts.extend(
        action["runs"]["steps"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|s| s["run"].as_str())
            .map(str::to_owned),
    );
    assert!(scripts.len() >= 10);
    let work = tempfile::tempdir().unwrap();
    for (n, script) in scripts.iter().enumerate() {
        assert!(!script.contains("${{"), "an expression in a script is an injection: {script}");
        fs::write(
            work.path().join(format!("{n}.sh")),
            format!("#!/usr/bin/env bash\nset -eo pipefail\n{script}\n"),
        )
        .unwrap();
    }
    let own = [".ci/run", ".ci/pack", "action/comment.sh"].map(|path| root().join(path));
    succeed(tools.command("shellcheck").args(files(work.path(), ".sh")).args(own));
}

#[test]
fn actions_are_pinned_by_commit_and_the_same_everywhere() {
    let mut pins: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, text) in workflows() {
        for line in
            text.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: "))
        {
            // Our own: what is documented names the release to use.
            if line.starts_with("./") || line.starts_with("your-org/scalegen@v") {
                continue;
            }
            let (action, pin) = line.split_once('@').unwrap();
            let (commit, version) =
                pin.split_once(" # v").unwrap_or_else(|| panic!("{name}: {line} names no version"));
            let hex = commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit());
            assert!(hex && version.split('.').count() == 3, "{name}: {line}");
            pins.entry(action.to_owned()).or_default().insert(pin.to_owned());
        }
    }
    assert!(pins.len() >= 4 && pins.values().all(|pins| pins.len() == 1), "{pins:#?}");
}

#[test]
fn jobs_may_do_no_more_than_they_must() {
    for (name, writers) in [("ci.yml", &[][..]), ("release.yml", &["publish"])] {
        let workflow = workflow(name);
        assert_eq!(workflow["permissions"], serde_json::json!({}), "{name}");
        for (job, said) in jobs(&workflow) {
            let permissions = said["permissions"].as_object();
            let writes = permissions.is_some_and(|map| map.values().any(|may| may == "write"));
            assert_eq!(writes, writers.contains(&job), "{name}: {job}");
            let only_contents = permissions.is_none_or(|map| map.keys().all(|key| key == "contents"));
            assert!(only_contents, "{name}: {job}");
            let called = said["uses"].is_string();
            assert!(called || said["timeout-minutes"].is_u64(), "{name}: {job} may hang for hours");
            for step in said["steps"].as_array().into_iter().flatten() {
                let checkout =
                    step["uses"].as_str().is_some_and(|uses| uses.starts_with("actions/checkout@"));
                assert!(!checkout || step["with"]["persist-credentials"] == false, "{name}: {job}");
            }
        }
    }
}

#[test]
fn the_gate_waits_for_every_job_and_passes_only_if_all_did() {
    let ci = workflow("ci.yml");
    let jobs = jobs(&ci);
    let gate = jobs["gate"];
    let needs: BTreeSet<&str> =
        gate["needs"].as_array().unwrap().iter().map(|job| job.as_str().unwrap()).collect();
    let others: BTreeSet<&str> = jobs.keys().copied().filter(|job| *job != "gate").collect();
    assert_eq!(needs, others);
    assert_eq!(gate["if"], "always()", "a gate that is skipped counts as passed");
    let script = gate["steps"][0]["run"].as_str().unwrap();
    for (results, passes) in [
        ("success success success", true),
        ("success failure success", false),
        ("success success skipped", false),
        ("cancelled success success", false),
    ] {
        let output = run(Command::new("bash").args(["-e", "-c", script]).env("RESULTS", results));
        assert_eq!(output.status.success(), passes, "{results}: {}", said(&output));
    }
    let steps = jobs["test"]["steps"].as_array().unwrap();
    assert!(steps.iter().any(|step| step["run"] == ".ci/run"), "CI runs what everybody runs");
    assert_eq!(workflow("release.yml")["jobs"]["ci"]["uses"], "./.github/workflows/ci.yml");
}

#[test]
fn the_oldest_rust_is_read_from_the_manifest() {
    let ci = workflow("ci.yml");
    let script = jobs(&ci)["rust-version"]["steps"][1]["run"].as_str().unwrap().to_owned();
    let read = script.lines().find(|line| line.starts_with("version=")).unwrap();
    let read = format!("{read}; echo \"$version\"");
    let version = succeed(Command::new("bash").args(["-c", &read]).current_dir(root()));
    assert_eq!(version.trim(), env!("CARGO_PKG_RUST_VERSION"));
}

//! Drift on its way into a repository: the hooks as pre-commit runs them, the action as GitHub's runner does, and the
//! jobs of docs/ci.md.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::tools::{Tools, run, succeed};
use crate::support::{gen_in, git_in, root, said};

/// A repository with the real fleet, all of it committed.
struct Repository {
    folder: tempfile::TempDir,
}

impl Repository {
    fn new() -> Self {
        let repository = Self { folder: tempfile::tempdir().unwrap() };
        for folder in ["specs", "generated"] {
            succeed(Command::new("cp").arg("-r").arg(root().join(folder)).arg(repository.path("")));
        }
        succeed(repository.git().args(["init", "-q", "-b", "main"]));
        succeed(repository.git().args(["add", "-A"]));
        succeed(repository.git().args(["commit", "-q", "-m", "all"]));
        repository
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn git(&self) -> Command {
        git_in(self.folder.path())
    }

    /// Changes the spec, so that the generated files are stale.
    fn drift(&self) {
        let spec = self.path("specs/langfuse.yaml");
        let text = fs::read_to_string(&spec).unwrap();
        assert!(text.contains("cpu: { target: 70 }"));
        fs::write(&spec, text.replace("cpu: { target: 70 }", "cpu: { target: 65 }")).unwrap();
    }

    fn is_clean(&self) -> bool {
        gen_in(self.folder.path()).arg("check").output().unwrap().status.success()
    }
}

/// The folder of the gen under test.
fn gen_folder() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_gen")).parent().unwrap()
}

/// A clone of this repository with the hooks of the working tree, as pre-commit would take it from its host; its commit.
fn hooks(folder: &Path) -> String {
    succeed(git_in(root()).args(["clone", "-q", "--no-hardlinks", "."]).arg(folder));
    let file = ".pre-commit-hooks.yaml";
    fs::copy(root().join(file), folder.join(file)).unwrap();
    succeed(git_in(folder).args(["commit", "-q", "--allow-empty", "--no-verify", "-am", "as it is here"]));
    succeed(git_in(folder).args(["rev-parse", "HEAD"])).trim().to_owned()
}

#[test]
fn pre_commit_stops_drift_and_the_write_hook_mends_it() {
    let Some(tools) = Tools::get() else { return };
    let work = tempfile::tempdir().unwrap();
    let commit = hooks(&work.path().join("scalegen"));
    let repository = Repository::new();
    let path =
        format!("{}:{}:{}", gen_folder().display(), tools.bin().display(), std::env::var("PATH").unwrap());
    let home = work.path().join("home");
    let with_hooks = |command: &mut Command| -> Output {
        run(command.env("PATH", &path).env("PRE_COMMIT_HOME", &home).env_remove("GEN_SPEC"))
    };
    let use_hook = |id: &str| {
        let config = format!(
            "repos:\n  - repo: {}\n    rev: {commit}\n    hooks:\n      - id: {id}\n",
            work.path().join("scalegen").display()
        );
        fs::write(repository.path(".pre-commit-config.yaml"), config).unwrap();
        succeed(repository.git().args(["add", "-A"]));
    };
    let head = || succeed(repository.git().args(["rev-parse", "HEAD"]));
    let commit_all = || with_hooks(repository.git().args(["commit", "-q", "-am", "lower target"]));

    use_hook("scalegen-check");
    let installed =
        with_hooks(Command::new("pre-commit").arg("install").current_dir(repository.folder.path()));
    assert!(installed.status.success(), "{}", said(&installed));
    let clean = commit_all();
    assert!(clean.status.success() && said(&clean).contains("Passed"), "{}", said(&clean));

    repository.drift();
    let before = head();
    let stopped = commit_all();
    assert!(!stopped.status.success() && head() == before, "{}", said(&stopped));
    assert!(said(&stopped).contains("stale") && said(&stopped).contains("to fix: gen"), "{}", said(&stopped));

    use_hook("scalegen-write");
    let mended = commit_all();
    assert!(!mended.status.success() && head() == before, "what changed is to be seen: {}", said(&mended));
    assert!(said(&mended).contains("files were modified by this hook"), "{}", said(&mended));
    let committed = commit_all();
    assert!(committed.status.success() && head() != before, "{}", said(&committed));
    assert!(repository.is_clean());
    assert_eq!(succeed(repository.git().args(["status", "--porcelain"])), "");
}

/// A stand-in on PATH for the cargo that installs: it installs the gen under test, where it is told to.
const CARGO: &str = r#"#!/usr/bin/env bash
set -euo pipefail
echo "$*" >>"$CALLS"
root=${CARGO_HOME-}
while (($#)); do
    [[ $1 != --root ]] || root=$2
    shift
done
mkdir -p "$root/bin"
cp "$GEN" "$root/bin/gen"
"#;

/// A machine of a CI service: what its steps write lies outside the repository.
struct Runner {
    folder: tempfile::TempDir,
}

impl Runner {
    fn new() -> Self {
        let runner = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(runner.path("bin")).unwrap();
        fs::write(runner.path("bin/cargo"), CARGO).unwrap();
        fs::set_permissions(runner.path("bin/cargo"), fs::Permissions::from_mode(0o755)).unwrap();
        for file in ["output", "path", "calls"] {
            fs::write(runner.path(file), "").unwrap();
        }
        runner
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// A script, run as GitHub's runner runs one with `shell: bash`.
    fn bash(&self, script: &str, folder: &Path) -> Command {
        let added: String = self.read("path").lines().map(|line| format!("{line}:")).collect();
        let path = format!("{added}{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        let mut bash = Command::new("bash");
        bash.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]).current_dir(folder);
        bash.env("PATH", path).env("GEN", env!("CARGO_BIN_EXE_gen")).env("CALLS", self.path("calls"));
        bash.env("GITHUB_OUTPUT", self.path("output")).env("GITHUB_PATH", self.path("path"));
        bash.env("GITHUB_ACTION_PATH", root()).env_remove("GEN_SPEC").env_remove("CARGO_HOME");
        bash
    }
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

/// `${{ name }}` replaced by what is known under that name.
fn filled(text: &str, known: &BTreeMap<String, String>) -> String {
    let mut parts = text.split("${{");
    let mut whole = parts.next().unwrap().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").unwrap();
        whole += known.get(name.trim()).unwrap_or_else(|| panic!("nothing is known as {name}"));
        whole += rest;
    }
    whole
}

/// The `run` steps of action.yml in order, on a runner with a cold cache; the last one's output.
fn run_action(repository: &Repository, inputs: &[(&str, &str)]) -> (Runner, Output) {
    let action = yaml(&fs::read_to_string(root().join("action.yml")).unwrap());
    let runner = Runner::new();
    let mut known = BTreeMap::from([("runner.temp".to_owned(), runner.path("temp").display().to_string())]);
    for (name, input) in action["inputs"].as_object().unwrap() {
        let said = inputs.iter().find(|(said, _)| said == name).map(|(_, value)| *value);
        let value = said.unwrap_or_else(|| input["default"].as_str().unwrap());
        known.insert(format!("inputs.{name}"), value.to_owned());
    }
    let mut last = None;
    for step in action["runs"]["steps"].as_array().unwrap() {
        let Some(script) = step["run"].as_str() else { continue };
        assert!(!script.contains("${{"), "an expression in a script is an injection: {script}");
        let mut bash = runner.bash(script, repository.folder.path());
        for (name, value) in step["env"].as_object().into_iter().flatten() {
            bash.env(name, filled(value.as_str().unwrap(), &known));
        }
        let output = run(&mut bash);
        for line in runner.read("output").lines() {
            let (name, value) = line.split_once('=').unwrap();
            known.insert(format!("steps.{}.outputs.{name}", step["id"].as_str().unwrap()), value.to_owned());
        }
        fs::write(runner.path("output"), "").unwrap();
        last = Some(output);
        if !last.as_ref().unwrap().status.success() {
            break;
        }
    }
    (runner, last.unwrap())
}

#[test]
fn the_action_installs_gen_and_annotates_drift() {
    let repository = Repository::new();
    let (runner, clean) = run_action(&repository, &[]);
    assert!(clean.status.success() && clean.stdout.is_empty(), "{}", said(&clean));
    let install = format!(
        "install --locked --path {} --root {}\n",
        root().display(),
        runner.path("temp/scalegen").display()
    );
    assert_eq!(runner.read("calls"), install);

    repository.drift();
    let (_, drift) = run_action(&repository, &[("spec", "specs/langfuse.yaml")]);
    let text = String::from_utf8(drift.stdout.clone()).unwrap();
    assert_eq!(drift.status.code(), Some(1), "{}", said(&drift));
    assert!(text.starts_with("::error file=generated/") && text.contains("stale"), "{text}");

    let (_, nothing) = run_action(&repository, &[("spec", "$(touch injected).yaml")]);
    assert_eq!(nothing.status.code(), Some(2), "{}", said(&nothing));
    assert!(!repository.path("injected").exists());
}

/// The YAML blocks of docs/ci.md: GitHub's, GitLab's and pre-commit's.
fn documented() -> Vec<String> {
    let page = fs::read_to_string(root().join("docs/ci.md")).unwrap();
    let blocks = page.split("```yaml\n").skip(1).map(|block| block.split("```").next().unwrap().to_owned());
    let blocks: Vec<String> = blocks.collect();
    assert_eq!(blocks.len(), 3);
    blocks
}

#[test]
fn the_documented_gitlab_job_works() {
    let job = yaml(&documented()[1])["generated-files"].take();
    let repository = Repository::new();
    let status = |repository: &Repository| {
        let runner = Runner::new();
        let script: Vec<&str> =
            job["script"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        let mut bash = runner.bash(&script.join("\n"), repository.folder.path());
        bash.env("CI_PROJECT_DIR", runner.path("project"));
        for (name, value) in job["variables"].as_object().unwrap() {
            let value =
                value.as_str().unwrap().replace("$CI_PROJECT_DIR", &runner.path("project").to_string_lossy());
            bash.env(name, value);
        }
        let output = run(&mut bash);
        assert!(runner.read("calls").starts_with("install --locked --git "), "{}", said(&output));
        output.status.code()
    };
    assert_eq!(status(&repository), Some(0));
    repository.drift();
    assert_eq!(status(&repository), Some(1));
    let image = job["image"].as_str().unwrap().strip_prefix("rust:").unwrap();
    assert_eq!(image, env!("CARGO_PKG_RUST_VERSION"), "the image is the oldest Rust that is promised");
}

/// What pages show of this repository names the version that it is, and hooks and inputs that are there.
#[test]
fn the_documented_jobs_use_what_is_there() {
    let [github, gitlab, pre_commit] = documented().try_into().unwrap();
    let tag = concat!("v", env!("CARGO_PKG_VERSION"));
    let github = yaml(&github);
    let step = &github["jobs"]["generated-files"]["steps"][1];
    assert!(step["uses"].as_str().unwrap().ends_with(&format!("/scalegen@{tag}")));
    let action = yaml(&fs::read_to_string(root().join("action.yml")).unwrap());
    for input in step["with"].as_object().unwrap().keys() {
        assert!(!action["inputs"][input].is_null(), "the action has no input {input}");
    }
    assert!(gitlab.contains(&format!("--tag {tag} scalegen")), "{gitlab}");
    let hooks = yaml(&fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap());
    let ids: Vec<&str> = hooks.as_array().unwrap().iter().map(|hook| hook["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["scalegen-check", "scalegen-write"]);
    for text in [pre_commit, fs::read_to_string(root().join("README.md")).unwrap()] {
        assert!(text.contains(&format!("rev: {tag}")) && text.contains("id: scalegen-check"), "{text}");
    }
}

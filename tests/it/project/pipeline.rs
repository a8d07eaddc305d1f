//! Drift on its way into a repository: the hooks as pre-commit runs them, the action as GitHub's runner does, and the
//! jobs of docs/ci.md.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::github::{GitHub, TOKEN};
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
        for file in ["output", "path", "calls", "summary"] {
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
        bash.env("GITHUB_STEP_SUMMARY", self.path("summary")).env("GIT_CONFIG_GLOBAL", "/dev/null");
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

/// Why a workflow runs.
enum Event<'g> {
    Push,
    /// A pull request into `main`, on a GitHub.
    PullRequest(&'g GitHub),
}

impl Event<'_> {
    /// Whether a step runs on a runner with a cold cache.
    fn runs(&self, step: &Value, known: &BTreeMap<String, String>) -> bool {
        match step["if"].as_str() {
            None | Some("steps.cache.outputs.cache-hit != 'true'") => true,
            Some("github.event_name == 'pull_request' && inputs.comment == 'true'") => {
                matches!(self, Event::PullRequest(_)) && known["inputs.comment"] == "true"
            }
            Some(other) => panic!("no test knows whether {other}"),
        }
    }

    fn prepare(&self, bash: &mut Command, repository: &Repository) {
        let Event::PullRequest(github) = self else { return };
        bash.env("GITHUB_API_URL", &github.url).env("GITHUB_REPOSITORY", "shop/infrastructure");
        bash.env("GITHUB_SERVER_URL", "https://github.example").env("GITHUB_REF", "refs/pull/7/merge");
        bash.env("GITHUB_SHA", succeed(repository.git().args(["rev-parse", "HEAD"])).trim());
    }
}

/// The `run` steps of action.yml in order; the output of the last one, and of the one that comments.
fn run_action(repository: &Repository, inputs: &[(&str, &str)]) -> (Runner, Output) {
    let (runner, last, _) = run_action_on(&Event::Push, repository, inputs);
    (runner, last)
}

fn run_action_on(
    event: &Event<'_>,
    repository: &Repository,
    inputs: &[(&str, &str)],
) -> (Runner, Output, Option<Output>) {
    let action = yaml(&fs::read_to_string(root().join("action.yml")).unwrap());
    let runner = Runner::new();
    let temp = runner.path("temp").display().to_string();
    let mut known = BTreeMap::from(
        [
            ("runner.temp", temp.as_str()),
            ("github.token", TOKEN),
            ("github.base_ref", "main"),
            ("github.event.pull_request.number", "7"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    for (name, input) in action["inputs"].as_object().unwrap() {
        let said = inputs.iter().find(|(said, _)| said == name).map(|(_, value)| *value);
        let value = said.unwrap_or_else(|| input["default"].as_str().unwrap());
        known.insert(format!("inputs.{name}"), filled(value, &known));
    }
    let (mut last, mut comment) = (None, None);
    for step in action["runs"]["steps"].as_array().unwrap() {
        let Some(script) = step["run"].as_str().filter(|_| event.runs(step, &known)) else { continue };
        assert!(!script.contains("${{"), "an expression in a script is an injection: {script}");
        let mut bash = runner.bash(script, repository.folder.path());
        for (name, value) in step["env"].as_object().into_iter().flatten() {
            bash.env(name, filled(value.as_str().unwrap(), &known));
        }
        event.prepare(&mut bash, repository);
        let output = run(&mut bash);
        if step["name"] == "Say what changes" {
            comment = Some(output.clone());
        }
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
    (runner, last.unwrap(), comment)
}

/// A pull request, as GitHub checks it out: a clone of depth one of a merge into `main`, whose other parent is the change.
/// `main` has moved on since.
fn pull_request(change: impl FnOnce(&Repository)) -> (Repository, Repository) {
    let origin = Repository::new();
    let commit = |message: &str| succeed(origin.git().args(["commit", "-q", "-am", message]));
    succeed(origin.git().args(["checkout", "-q", "-b", "change"]));
    change(&origin);
    commit("the change");
    succeed(origin.git().args(["checkout", "-q", "-b", "merge", "main"]));
    succeed(origin.git().args(["merge", "-q", "--no-ff", "-m", "merged", "change"]));
    succeed(origin.git().args(["checkout", "-q", "main"]));
    let spec = origin.path("specs/langfuse.yaml");
    let text = fs::read_to_string(&spec).unwrap();
    fs::write(&spec, text.replace("max: 15", "max: 99")).unwrap();
    commit("main moves on");
    let clone = Repository { folder: tempfile::tempdir().unwrap() };
    let from = format!("file://{}", origin.path("").display());
    succeed(clone.git().args(["clone", "-q", "--depth", "1", "--branch", "merge", &from, "."]));
    (origin, clone)
}

fn text_of(output: &Option<Output>) -> String {
    let output = output.as_ref().unwrap();
    assert!(output.status.success(), "{}", said(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn the_action_keeps_one_comment_up_to_date() {
    let (_origin, clone) = pull_request(Repository::drift);
    // A page of others, one of whom begins as our comment does.
    let mut others = vec![("somebody", "fine"); 99];
    others.push(("somebody", "<!-- scalegen diff: langfuse -->\nnot ours"));
    let github = GitHub::new(true, &others);
    let event = Event::PullRequest(&github);
    let (_, check, comment) = run_action_on(&event, &clone, &[]);
    assert_eq!(check.status.code(), Some(1), "the comment is no gate: {}", said(&check));
    assert!(text_of(&comment).contains("commented: https://x/1"), "{}", text_of(&comment));
    assert_eq!(github.asked().last().unwrap(), "POST /repos/shop/infrastructure/issues/7/comments");
    let comments = github.comments();
    assert_eq!(comments.len(), 101);
    let (author, body) = comments.last().unwrap();
    assert_eq!(author, "github-actions[bot]");
    assert!(body.starts_with("<!-- scalegen diff: langfuse -->\n"), "{body}");
    assert!(body.contains("From <code>origin/main&#58;specs/langfuse&#46;yaml</code>"), "{body}");
    assert!(body.contains("<code>70</code> → <code>65</code> %"), "{body}");
    assert!(!body.contains("99"), "what main did since is not of this change: {body}");

    // The change is pushed again, with another value: by now the clone has the commit to compare with.
    let spec = clone.path("specs/langfuse.yaml");
    let text = fs::read_to_string(&spec).unwrap();
    fs::write(&spec, text.replace("cpu: { target: 65 }", "cpu: { target: 60 }")).unwrap();
    run_action_on(&event, &clone, &[("spec", "specs/langfuse.yaml")]);
    let asked = github.asked();
    assert_eq!(asked.last().unwrap(), "PATCH /repos/shop/infrastructure/issues/comments/101", "{asked:#?}");
    let comments = github.comments();
    assert_eq!(comments.len(), 101);
    assert!(comments[100].1.contains("<code>70</code> → <code>60</code> %"), "{}", comments[100].1);
    assert_eq!(comments[99].1, others[99].1);

    // It is taken back: the comment says so.
    fs::write(&spec, text.replace("cpu: { target: 65 }", "cpu: { target: 70 }")).unwrap();
    run_action_on(&event, &clone, &[]);
    assert!(github.comments()[100].1.contains("</code>: nothing."), "{}", github.comments()[100].1);
}

#[test]
fn the_action_says_nothing_where_nothing_changes_or_nobody_asked() {
    let (_origin, clone) =
        pull_request(|repository| fs::write(repository.path("specs/schema.json"), "{}").unwrap());
    let github = GitHub::new(true, &[]);
    let event = Event::PullRequest(&github);
    let (_, check, comment) = run_action_on(&event, &clone, &[]);
    assert!(check.status.success() && text_of(&comment).contains("nothing changes"), "{}", said(&check));
    assert!(github.comments().is_empty() && github.asked().len() == 1);
    let (_, _, comment) = run_action_on(&event, &clone, &[("comment", "false")]);
    assert!(comment.is_none() && github.asked().is_empty());
    let (_, _, comment) = run_action_on(&Event::Push, &clone, &[]);
    assert!(comment.is_none() && github.asked().is_empty());
}

#[test]
fn the_action_writes_the_summary_where_it_may_not_comment() {
    let (_origin, clone) = pull_request(Repository::drift);
    let refused = GitHub::new(false, &[]);
    let mut gone = GitHub::new(true, &[]);
    gone.url = "http://127.0.0.1:9".to_owned(); // the port at which nobody listens
    let other = GitHub::new(true, &[]);
    for (github, token, why) in [
        (&refused, TOKEN, "Resource not accessible by integration"),
        (&gone, TOKEN, "GitHub cannot be reached"),
        (&other, "another token", "Bad credentials"),
    ] {
        let (runner, check, comment) =
            run_action_on(&Event::PullRequest(github), &clone, &[("token", token)]);
        let log = text_of(&comment);
        assert_eq!(check.status.code(), Some(1), "the check runs all the same: {}", said(&check));
        assert!(log.contains("::warning title=scalegen::") && log.contains(why), "{log}");
        let summary = runner.read("summary");
        assert!(summary.starts_with("<!-- scalegen diff: langfuse -->\n"), "{summary}");
        assert!(
            summary.contains("<code>65</code> %") && summary.contains("pull-requests: write"),
            "{summary}"
        );
        assert!(github.comments().is_empty());
        assert!(!log.contains(TOKEN) && !said(comment.as_ref().unwrap()).contains(TOKEN));
    }
}

#[test]
fn the_action_goes_on_to_the_check_where_what_changes_cannot_be_told() {
    // Neither side has this spec.
    let (origin, clone) = pull_request(Repository::drift);
    let github = GitHub::new(true, &[]);
    let (_, check, comment) =
        run_action_on(&Event::PullRequest(&github), &clone, &[("spec", "specs/other.yaml")]);
    assert_eq!(check.status.code(), Some(2), "{}", said(&check));
    let log = text_of(&comment);
    assert!(log.contains("::stop-commands::") && log.contains("gen diff gave no answer"), "{log}");
    // A file of the change that is called as the branch is does not pass for it.
    fs::create_dir(clone.path("origin")).unwrap();
    fs::copy(clone.path("specs/langfuse.yaml"), clone.path("origin/main")).unwrap();
    run_action_on(&Event::PullRequest(&github), &clone, &[]);
    assert!(github.comments()[0].1.contains("<code>65</code> %"), "{:?}", github.comments());
    // There is nothing to compare with.
    let (_gone, clone) = pull_request(Repository::drift);
    drop(_gone);
    drop(origin);
    let (_, check, comment) = run_action_on(&Event::PullRequest(&github), &clone, &[]);
    assert_eq!(check.status.code(), Some(1), "{}", said(&check));
    assert!(text_of(&comment).contains("main cannot be fetched"), "{}", text_of(&comment));
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
    let origin = format!("file://{}", repository.path("").display());
    let status = |repository: &Repository, base: Option<&str>| {
        let runner = Runner::new();
        let script: Vec<&str> =
            job["script"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        let mut bash = runner.bash(&script.join("\n"), repository.folder.path());
        bash.env("CI_PROJECT_DIR", runner.path("project"));
        bash.envs(base.map(|base| ("CI_MERGE_REQUEST_DIFF_BASE_SHA", base)));
        for (name, value) in job["variables"].as_object().unwrap() {
            let value =
                value.as_str().unwrap().replace("$CI_PROJECT_DIR", &runner.path("project").to_string_lossy());
            bash.env(name, value);
        }
        let output = run(&mut bash);
        assert!(runner.read("calls").starts_with("install --locked --git "), "{}", said(&output));
        output.status.code()
    };
    assert_eq!(status(&repository, None), Some(0));
    assert!(!repository.path("scaling.md").exists());
    let base = succeed(repository.git().args(["rev-parse", "HEAD"]));
    repository.drift();
    succeed(repository.git().args(["commit", "-q", "-am", "the change"]));
    let clone = Repository { folder: tempfile::tempdir().unwrap() };
    succeed(clone.git().args(["clone", "-q", "--depth", "1", &origin, "."]));
    assert_eq!(status(&clone, None), Some(1));
    assert_eq!(status(&clone, Some(base.trim())), Some(1));
    let report = fs::read_to_string(clone.path(job["artifacts"]["paths"][0].as_str().unwrap())).unwrap();
    assert!(report.starts_with("<!-- scalegen diff: langfuse -->\n") && report.contains("<code>65</code> %"));
    assert_eq!(status(&clone, Some(&"0".repeat(40))), Some(1), "the check is the gate");
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

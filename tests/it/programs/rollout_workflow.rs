//! The workflow that rolls out: it can run, it may do no more than it must, and nothing that the spec says is run.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::tools::{Tools, run, succeed};
use crate::support::{gen_in, root, said};

/// The workflow of a spec, if there is one.
fn rendered(spec: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    succeed(gen_in(root()).args(["--spec", spec, "--target", "github", "--out"]).arg(folder.path()));
    fs::read_to_string(folder.path().join("github/rollout.yml")).ok()
}

fn both() -> [String; 2] {
    ["specs/langfuse.yaml", "tests/cases/rollout/spec.yaml"].map(|spec| rendered(spec).unwrap())
}

fn steps(job: &Value) -> impl Iterator<Item = &Value> {
    job["steps"].as_array().unwrap().iter()
}

#[test]
fn actionlint_accepts_it() {
    let Some(tools) = Tools::get().filter(|tools| tools.has("actionlint")) else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rollout.yml");
    // The actionlint here is of before January 2023, when GitHub brought variables: it says so once for each use.
    let old = "undefined variable \"vars\"";
    let findings = |text: &str| -> (usize, Vec<String>) {
        fs::write(&path, text).unwrap();
        let output = run(tools.command("actionlint").arg(&path));
        let stdout = String::from_utf8(output.stdout.clone()).unwrap();
        let lines: Vec<String> = stdout.lines().map(str::to_owned).collect();
        assert!(output.stderr.is_empty() && output.status.success() == lines.is_empty(), "{}", said(&output));
        let (olds, others): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.contains(old));
        (olds.len(), others)
    };
    for text in both() {
        let (olds, others) = findings(&text);
        assert!([0, text.matches("role-to-assume").count()].contains(&olds), "{olds}");
        assert_eq!(others, [""; 0]);
        // It does find something.
        for (from, to) in [("needs: [plan_", "needs: [plans_"), ("inputs.start", "inputs.begin")] {
            assert_ne!(findings(&text.replace(from, to)).1, [""; 0]);
        }
    }
}

#[test]
fn without_waves_there_is_none() {
    assert_eq!(rendered("tests/cases/minimal/spec.yaml"), None);
}

#[test]
fn its_jobs_may_do_no_more_than_they_must_and_wait_for_one_another() {
    for text in both() {
        let workflow: Value = serde_saphyr::from_str(&text).unwrap();
        assert_eq!(workflow["permissions"], json!({}));
        assert_eq!(workflow["concurrency"]["cancel-in-progress"], false);
        assert_eq!(workflow["on"].as_object().unwrap().keys().collect::<Vec<_>>(), ["workflow_dispatch"]);
        let jobs = workflow["jobs"].as_object().unwrap();
        for (name, job) in jobs {
            assert_eq!(job["permissions"], json!({ "contents": "read", "id-token": "write" }), "{name}");
            assert!(job["timeout-minutes"].as_u64().is_some_and(|minutes| minutes <= 60), "{name}");
            let applies = name.strip_prefix("apply_");
            // Reviewers stand between: only jobs that write are in an environment, and only they have its role.
            assert_eq!(job["environment"].is_string(), applies.is_some(), "{name}");
            let role = |step: &Value| step["with"]["role-to-assume"].as_str().map(str::to_owned);
            let roles: Vec<String> = steps(job).filter_map(role).collect();
            let expected =
                if applies.is_some() { "vars.SCALEGEN_APPLY_ROLE }}" } else { "vars.SCALEGEN_STATUS_ROLE_" };
            assert!(roles.len() == 1 && roles[0].contains(expected), "{name}: {roles:?}");
            if let Some(environment) = applies {
                assert!(job["needs"].as_array().unwrap().contains(&json!(format!("plan_{environment}"))));
            }
            for step in steps(job) {
                let script = step["run"].as_str().unwrap_or_default();
                assert!(!script.contains("${{"), "{name}: an expression in a script: {script}");
                let checkout =
                    step["uses"].as_str().is_some_and(|uses| uses.starts_with("actions/checkout@"));
                assert!(!checkout || step["with"]["persist-credentials"] == false, "{name}");
            }
        }
        // What the spec says in words is in no workflow: GitHub would read its expressions.
        assert!(!text.contains("github.token") && !text.contains("touch x"));
    }
    let [langfuse, case] = both().map(|text| serde_saphyr::from_str::<Value>(&text).unwrap());
    let needs = |workflow: &Value, job: &str| -> BTreeSet<String> {
        let list = workflow["jobs"][job]["needs"].as_array().cloned().unwrap_or_default();
        list.iter().map(|job| job.as_str().unwrap().to_owned()).collect()
    };
    let set = |jobs: &[&str]| jobs.iter().map(|job| (*job).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(needs(&langfuse, "plan_staging"), set(&[]));
    assert_eq!(needs(&langfuse, "plan_prod_us"), set(&["apply_prod_eu"]));
    assert_eq!(needs(&langfuse, "apply_prod_us"), set(&["apply_prod_eu", "plan_prod_us"]));
    for environment in ["prod_eu", "prod_de"] {
        let expected = set(&["apply_staging", &format!("plan_{environment}")]);
        assert_eq!(needs(&case, &format!("apply_{environment}")), expected);
    }
    assert!(case["jobs"]["apply_qa"].is_null(), "no wave names it");
}

/// The scripts of the steps, run with programs that say how they were called.
#[test]
fn its_scripts_do_what_they_say() {
    let [text, _] = both();
    let workflow: Value = serde_saphyr::from_str(&text).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let script = |job: &str, name: &str| {
        let job = &workflow["jobs"][job];
        steps(job).find(|step| step["name"] == name).unwrap()["run"].as_str().unwrap().to_owned()
    };
    for path in ["generated/cli/autoscaling.sh", "generated/cloudformation/deploy.sh"] {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "#!/bin/sh\nprintf '%s|' \"$0\" \"$@\"\n[ \"$2\" != plan ] || exit 3\n").unwrap();
        succeed(Command::new("chmod").arg("+x").arg(&path));
    }
    let bash = |script: &str, dialect: &str, reason: &str| {
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]).current_dir(folder.path());
        command.envs([
            ("GENERATED", "generated"),
            ("ENVIRONMENT", "prod-eu"),
            ("GITHUB_STEP_SUMMARY", "summary"),
        ]);
        run(command.envs([("DIALECT", dialect), ("OVERRIDE", reason)]))
    };
    let apply = script("apply_prod_eu", "Apply");
    for (dialect, reason, called) in [
        ("cli", "", "generated/cli/autoscaling.sh|prod-eu|apply|--yes|"),
        (
            "cli",
            "a b; $(touch x)",
            "generated/cli/autoscaling.sh|prod-eu|apply|--yes|--override|a b; $(touch x)|",
        ),
        ("cloudformation", "", "generated/cloudformation/deploy.sh|prod-eu|--yes|"),
    ] {
        let output = bash(&apply, dialect, reason);
        assert_eq!(String::from_utf8_lossy(&output.stdout), called);
    }
    assert_eq!(bash(&apply, "terraform", "").status.code(), Some(2));
    let plan = bash(&script("plan_prod_eu", "Plan"), "cli", "");
    assert_eq!(plan.status.code(), Some(3), "a plan that fails is no plan: {}", said(&plan));
    assert_eq!(
        fs::read_to_string(folder.path().join("plan.txt")).unwrap(),
        "generated/cli/autoscaling.sh|prod-eu|plan|"
    );
    // The ledgers of two environments that were applied at once, and the one that is committed.
    let merge = script("apply_prod_eu", "Put the ledgers together");
    assert!(bash(&merge, "cli", "").status.success());
    let ledger = folder.path().join("rollout-ledger.tsv");
    assert_eq!(fs::read_to_string(&ledger).unwrap(), "");
    for (name, text) in [("a", "1\n2\n"), ("b", "1\n3\n")] {
        fs::create_dir_all(folder.path().join("ledgers/ledger-x").join(name)).unwrap();
        fs::write(folder.path().join("ledgers/ledger-x").join(name).join("rollout-ledger.tsv"), text)
            .unwrap();
    }
    fs::write(&ledger, "1\n0\n").unwrap();
    assert!(bash(&merge, "cli", "").status.success());
    assert_eq!(fs::read_to_string(&ledger).unwrap(), "0\n1\n2\n3\n");
    assert!(!folder.path().join("x").exists());
}

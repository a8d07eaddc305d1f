//! What each language's own tools say of what is generated: of the real fleet in `generated/`, and of every case.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::tools::{Provider, Tools, run, succeed};
use crate::support::{files, gen_in, root, said};

/// The trees that are judged: what is committed, and each case rendered afresh.
fn trees() -> Vec<(String, PathBuf, Option<tempfile::TempDir>)> {
    let mut trees = vec![("langfuse".to_owned(), root().join("generated"), None)];
    for spec in files(&root().join("tests/cases"), "spec.yaml") {
        let folder = tempfile::tempdir().unwrap();
        succeed(gen_in(root()).arg("--spec").arg(&spec).arg("--out").arg(folder.path()));
        let name = spec.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        trees.push((name, folder.path().to_owned(), Some(folder)));
    }
    trees
}

#[test]
fn shellcheck_and_bash_accept_every_script() {
    let Some(tools) = Tools::get() else { return };
    for (name, tree, _keep) in trees() {
        let scripts = files(&tree, ".sh");
        assert!(!scripts.is_empty());
        for script in &scripts {
            succeed(Command::new("bash").arg("-n").arg(script));
        }
        // In the hostile case the data itself holds `$(…)` in single quotes, of which shellcheck says so (SC2016, info).
        let severity = if name == "hostile" { "--severity=warning" } else { "--severity=style" };
        succeed(tools.command("shellcheck").arg(severity).args(&scripts));
    }
}

#[test]
fn cfn_lint_accepts_every_template() {
    let Some(tools) = Tools::get() else { return };
    for (name, tree, _keep) in trees() {
        let templates = files(&tree.join("cloudformation"), ".yaml");
        assert!(!templates.is_empty());
        let mut command = tools.command("cfn-lint");
        // Info-level findings count as well; no finding is ignored.
        let output = run(command
            .args(["--include-checks", "I", "--format", "parseable", "--regions"])
            .args(regions_of(&name))
            .arg("-t")
            .args(&templates));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if name != "literal" {
            assert!(output.status.success(), "{name}: {}", said(&output));
            continue;
        }
        // cfn-lint 1.51.0 has an old schema of ScalableTarget in GovCloud, which requires RoleARN; AWS does not.
        let findings: Vec<&str> = text.lines().filter(|line| line.contains(".yaml:")).collect();
        assert_eq!(findings.len(), templates.len(), "{text}");
        assert!(
            findings
                .iter()
                .all(|line| line.contains("E3003") && line.ends_with("'RoleARN' is a required property")),
            "{text}"
        );
    }
}

fn regions_of(case: &str) -> &'static [&'static str] {
    match case {
        "langfuse" => &["eu-west-1", "us-west-2"],
        "literal" => &["us-gov-west-1"],
        "naming" => &["eu-north-1"],
        "features" => &["us-east-1"],
        "hostile" => &["eu-west-3"],
        "minimal" => &["eu-central-1"],
        other => panic!("say in which region {other} is linted"),
    }
}

#[test]
fn terraform_fmt_accepts_every_file() {
    let Some(tools) = Tools::get() else { return };
    for (name, tree, _keep) in trees() {
        let output = run(tools
            .command("terraform")
            .args(["fmt", "-check", "-diff", "-recursive"])
            .arg(tree.join("terraform")));
        assert!(output.status.success(), "{name}: {}", said(&output));
    }
}

/// A provider older than what a fleet uses is refused by `init`, and nothing is validated with it.
#[test]
fn terraform_validates_every_root_with_every_provider() {
    let Some(tools) = Tools::get() else { return };
    for provider in tools.providers() {
        for (name, tree, _keep) in trees() {
            let copy = copied(&tree.join("terraform"));
            for root in roots(copy.path()) {
                let terraform = |args: &[&str]| {
                    run(tools
                        .command("terraform")
                        .current_dir(&root)
                        .args(args)
                        .envs(provider.environment(None)))
                };
                let what = format!("{name}, {}, {}", root.file_name().unwrap().display(), provider.name);
                let init = terraform(&["init", "-backend=false", "-input=false", "-no-color"]);
                if too_old(&provider, &name) {
                    let refused = !init.status.success() && said(&init).contains(">= 6.13");
                    assert!(refused, "{what}: {}", said(&init));
                    continue;
                }
                assert!(init.status.success(), "{what}: {}", said(&init));
                let validate = terraform(&["validate", "-no-color"]);
                let text = String::from_utf8_lossy(&validate.stdout).into_owned();
                assert!(
                    validate.status.success() && !text.contains("Warning"),
                    "{what}: {}",
                    said(&validate)
                );
            }
        }
    }
}

/// Predictive scaling came with version 6.13.
fn too_old(provider: &Provider, case: &str) -> bool {
    case == "timed" && provider.version < vec![6, 13]
}

/// The modules' own tests, with and without the features that a fleet may use.
#[test]
fn the_modules_own_tests_pass_with_every_provider() {
    let Some(tools) = Tools::get() else { return };
    let trees = trees();
    for provider in tools.providers() {
        for (case, module) in [
            ("langfuse", "ecs-autoscaling"),
            ("features", "ecs-autoscaling"),
            ("timed", "ecs-autoscaling-scheduled"),
        ] {
            if too_old(&provider, case) {
                continue;
            }
            let (_, tree, _) = trees.iter().find(|(name, ..)| name == case).unwrap();
            let copy = copied(&tree.join("terraform/modules").join(module));
            let terraform = |args: &[&str]| {
                let mut command = tools.command("terraform");
                command.current_dir(copy.path()).args(args).envs(provider.environment(None));
                succeed(&mut command)
            };
            terraform(&["init", "-input=false", "-no-color"]);
            let said = terraform(&["test", "-no-color"]);
            assert!(
                said.contains("Success!") && said.contains(" 0 failed."),
                "{case}, {module}, {}: {said}",
                provider.name
            );
        }
    }
}

/// The two modules differ in what they say about limits, and in nothing else.
#[test]
fn the_module_for_scheduled_services_is_the_other_but_for_the_limits() {
    let trees = trees();
    for (name, tree, _) in &trees {
        let scheduled = tree.join("terraform/modules/ecs-autoscaling-scheduled");
        assert_eq!(scheduled.exists(), name == "timed", "{name}");
    }
    let (_, tree, _) = trees.iter().find(|(name, ..)| name == "timed").unwrap();
    let lines = |module: &str, file: &str| -> Vec<String> {
        let path = tree.join("terraform/modules").join(module).join(file);
        let text = std::fs::read_to_string(path).unwrap();
        text.lines().filter(|line| !line.contains("scalegen: project=")).map(str::to_owned).collect()
    };
    for file in ["main.tf", "variables.tf", "outputs.tf", "versions.tf", "tests/validation.tftest.hcl"] {
        let (one, other) = (lines("ecs-autoscaling", file), lines("ecs-autoscaling-scheduled", file));
        let begin = one.iter().zip(&other).position(|(one, other)| one != other).unwrap_or(one.len());
        let end = begin + other.len() - one.len();
        let without: Vec<&String> = other[..begin].iter().chain(&other[end..]).collect();
        assert_eq!(one.iter().collect::<Vec<_>>(), without, "{file}");
        let says = other[begin..end]
            .iter()
            .any(|line| line.trim() == "ignore_changes = [min_capacity, max_capacity]");
        assert_eq!(says, file == "main.tf", "{file}");
    }
}

#[test]
fn provider_bounds_follow_from_the_features_in_use() {
    let trees = trees();
    for (case, bound) in [
        ("minimal", ">= 4.67, < 7.0"),
        ("features", ">= 5.64, < 7.0"),
        ("langfuse", ">= 5.38, < 7.0"),
        ("metrics", ">= 5.38, < 7.0"),
        ("faster", ">= 4.67, < 7.0"),
        ("timed", ">= 6.13, < 7.0"),
    ] {
        let (_, tree, _) = trees.iter().find(|(name, ..)| name == case).unwrap();
        let versions = files(&tree.join("terraform"), ".tf").into_iter().filter_map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let hcl: hcl::Body =
                hcl::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let terraform = hcl.blocks().find(|block| block.identifier() == "terraform")?.clone();
            Some((path, format!("{terraform:?}")))
        });
        let versions: Vec<_> = versions.collect();
        assert!(versions.len() >= 2, "the module and each root say which versions they need");
        for (path, block) in versions {
            assert!(block.contains(bound) && block.contains(">= 1.9, < 2.0"), "{}: {block}", path.display());
        }
    }
}

/// What the Python tools of these tests do is tested too: a wrong judge would agree with anything.
#[test]
fn the_judges_judge_right() {
    let Some(tools) = Tools::get() else { return };
    succeed(&mut tools.python("selftest.py"));
}

fn roots(terraform: &Path) -> Vec<PathBuf> {
    let mains = files(terraform, "main.tf").into_iter();
    mains
        .map(|path| path.parent().unwrap().to_owned())
        .filter(|folder| !folder.display().to_string().contains("/modules/"))
        .collect()
}

/// Terraform writes beside what it reads; the tree under test stays clean.
fn copied(tree: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    succeed(Command::new("cp").arg("-r").arg(tree.join(".")).arg(folder.path()));
    folder
}

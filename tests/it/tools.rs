//! What each language's own tools say of what is generated: of the real fleet in `generated/`, and of every case.

use std::path::{Path, PathBuf};
use std::process::Command;

use scalegen::plan::policy::PolicyId;
use scalegen::plan::{Fleet, Service};

use crate::support::tools::{Tools, run, succeed};
use crate::support::{files, fleet, gen_in, root, said};

/// A generated tree: what is committed, or a case rendered afresh.
struct Tree {
    name: String,
    path: PathBuf,
    fleet: Fleet,
    _keep: Option<tempfile::TempDir>,
}

fn trees() -> Vec<Tree> {
    let fleet = |spec: &Path| fleet(&std::fs::read_to_string(spec).unwrap());
    let committed = root().join("specs/langfuse.yaml");
    let mut trees = vec![Tree {
        name: "langfuse".to_owned(),
        path: root().join("generated"),
        fleet: fleet(&committed),
        _keep: None,
    }];
    for spec in files(&root().join("tests/cases"), "spec.yaml") {
        let folder = tempfile::tempdir().unwrap();
        succeed(gen_in(root()).arg("--spec").arg(&spec).arg("--out").arg(folder.path()));
        let name = spec.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        let path = folder.path().to_owned();
        trees.push(Tree { name, path, fleet: fleet(&spec), _keep: Some(folder) });
    }
    trees
}

#[test]
fn shellcheck_and_bash_accept_every_script() {
    let Some(tools) = Tools::get() else { return };
    for Tree { name, path, .. } in trees() {
        let scripts = files(&path, ".sh");
        assert!(!scripts.is_empty());
        for script in &scripts {
            succeed(Command::new("bash").arg("-n").arg(script));
        }
        // In the hostile case the data itself holds `$(…)` in single quotes, of which shellcheck says so (SC2016, info).
        let severity = if name == "hostile" { "--severity=warning" } else { "--severity=style" };
        succeed(tools.command("shellcheck").arg(severity).args(&scripts));
    }
}

/// What the pinned cfn-lint finds although AWS takes it: the case, the finding, and how often it must be there.
const CFN_LINT_IS_BEHIND: &[(&str, &str, usize)] = &[
    // 1.51.0 has an old schema of ScalableTarget in GovCloud, which requires RoleARN.
    ("literal", "E3003:'RoleARN' is a required property", 2),
    // 1.51.0 does not know the metric types of June 2026.
    ("faster", "E3030:'ECSServiceAverageCPUUtilizationHighResolution' is not one of", 2),
    ("faster", "E3030:'ECSServiceAverageMemoryUtilizationHighResolution' is not one of", 1),
    ("alarmed", "E3030:'ECSServiceAverageCPUUtilizationHighResolution' is not one of", 2),
    // It would rather have a dashboard's body in Fn::Sub, where `${` in data would mean something: no data stands there.
    ("langfuse", "I1022:Prefer using Fn::Sub over Fn::Join with an empty delimiter", 4),
    ("monitored", "I1022:Prefer using Fn::Sub over Fn::Join with an empty delimiter", 1),
];

#[test]
fn cfn_lint_accepts_every_template() {
    let Some(tools) = Tools::get() else { return };
    for Tree { name, path, fleet, .. } in trees() {
        let templates = files(&path.join("cloudformation"), ".yaml");
        assert!(!templates.is_empty());
        let mut command = tools.command("cfn-lint");
        // Info-level findings count as well; no finding is ignored.
        command.args(["--include-checks", "I", "--format", "parseable", "--regions"]);
        command.args(fleet.environments.iter().map(|environment| environment.region.to_string()));
        let output = run(command.arg("-t").args(&templates));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let findings: Vec<&str> = text.lines().filter(|line| line.contains(".yaml:")).collect();
        let known: Vec<_> = CFN_LINT_IS_BEHIND.iter().filter(|(case, ..)| *case == name).collect();
        for (_, finding, times) in &known {
            let found = findings.iter().filter(|line| line.contains(finding)).count();
            assert_eq!(found, *times, "{name}: {finding}\n{text}");
        }
        let expected: usize = known.iter().map(|(.., times)| times).sum();
        assert_eq!(findings.len(), expected, "{name}: {}", said(&output));
        assert_eq!(output.status.success(), expected == 0, "{name}: {}", said(&output));
    }
}

#[test]
fn terraform_fmt_accepts_every_file() {
    let Some(tools) = Tools::get() else { return };
    for Tree { name, path, .. } in trees() {
        let output = run(tools
            .command("terraform")
            .args(["fmt", "-check", "-diff", "-recursive"])
            .arg(path.join("terraform")));
        assert!(output.status.success(), "{name}: {}", said(&output));
    }
}

/// With the newest provider; every root is planned and applied with each provider in equality.rs.
#[test]
fn terraform_validates_every_root() {
    let Some(tools) = Tools::get() else { return };
    let newest = tools.providers().into_iter().max_by(|a, b| a.version.cmp(&b.version));
    let Some(provider) = newest else { return }; // said loudly by `providers`
    for Tree { name, path, .. } in trees() {
        let copy = copied(&path.join("terraform"));
        for root in roots(copy.path()) {
            let terraform = |args: &[&str]| {
                let mut command = tools.command("terraform");
                let output = run(command.current_dir(&root).args(args).envs(provider.environment(None)));
                let what = format!("{name}, {}, {}", root.file_name().unwrap().display(), provider.name);
                assert!(output.status.success(), "{what}: {}", said(&output));
                said(&output)
            };
            terraform(&["init", "-backend=false", "-input=false", "-no-color"]);
            let validated = terraform(&["validate", "-no-color"]);
            assert!(!validated.contains("Warning"), "{name}: {validated}");
        }
    }
}

/// Predictive scaling came with version 6.13 of the provider; everything else is in all versions that are here.
fn needs(fleet: &Fleet) -> Vec<u32> {
    let mut services = fleet.environments.iter().flat_map(|environment| &environment.services);
    let forecasts = |service: &Service| service.policy(&PolicyId::Predictive).is_some();
    if services.any(forecasts) { vec![6, 13] } else { Vec::new() }
}

/// The modules' own tests, with and without the features that a fleet may use. Of what an input may be Terraform judges,
/// so for that the newest provider is enough; policies are made with each.
#[test]
fn the_modules_own_tests_pass_with_every_provider() {
    let Some(tools) = Tools::get() else { return };
    let (trees, providers) = (trees(), tools.providers());
    let newest = providers.iter().map(|provider| provider.version.clone()).max();
    for provider in providers {
        for (case, module) in [
            ("langfuse", "ecs-autoscaling"),
            ("features", "ecs-autoscaling"),
            ("timed", "ecs-autoscaling-scheduled"),
        ] {
            let tree = trees.iter().find(|tree| tree.name == case).unwrap();
            if provider.version < needs(&tree.fleet) {
                continue;
            }
            let copy = copied(&tree.path.join("terraform/modules").join(module));
            let terraform = |args: &[&str]| {
                let mut command = tools.command("terraform");
                command.current_dir(copy.path()).args(args).envs(provider.environment(None));
                succeed(&mut command)
            };
            terraform(&["init", "-input=false", "-no-color"]);
            let all: &[&str] = &["test", "-no-color"];
            let only_policies: &[&str] = &["test", "-no-color", "-filter=tests/policies.tftest.hcl"];
            let said =
                terraform(if Some(&provider.version) == newest.as_ref() { all } else { only_policies });
            let fine = said.contains("Success!") && said.contains(" 0 failed.");
            assert!(fine, "{case}, {module}, {}: {said}", provider.name);
        }
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
        let tree = trees.iter().find(|tree| tree.name == case).unwrap();
        let versions = files(&tree.path.join("terraform"), ".tf").into_iter().filter_map(|path| {
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
    let folders = files(terraform, "main.tf").into_iter().map(|path| path.parent().unwrap().to_owned());
    folders.filter(|folder| !folder.display().to_string().contains("/modules/")).collect()
}

/// Terraform writes beside what it reads; the tree under test stays clean.
fn copied(tree: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    succeed(Command::new("cp").arg("-r").arg(tree.join(".")).arg(folder.path()));
    folder
}

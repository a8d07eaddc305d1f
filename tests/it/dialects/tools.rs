//! What each language's own tools say of what is generated: of the real fleet in `generated/`, and of every case.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use scalegen::plan::Fleet;

use crate::support::terraform::Terraform;
use crate::support::tools::{Provider, Tools, run, succeed};
use crate::support::{files, fleet, gen_in, root, said};

/// A generated tree: what is committed, or a case rendered afresh.
pub struct Tree {
    pub name: String,
    pub path: PathBuf,
    pub fleet: Fleet,
    _keep: Option<tempfile::TempDir>,
}

pub fn trees() -> Vec<Tree> {
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
    let trees = trees();
    // Programs hold nothing of a fleet: trees with the same ones are judged once.
    let mut judged = BTreeSet::new();
    for Tree { path, .. } in &trees {
        let scripts = files(path, ".sh");
        assert!(!scripts.is_empty());
        let said = |script: &PathBuf| {
            (script.strip_prefix(path).unwrap().to_owned(), std::fs::read(script).unwrap())
        };
        if judged.insert(scripts.iter().map(said).collect::<Vec<_>>()) {
            for script in &scripts {
                succeed(Command::new("bash").arg("-n").arg(script));
            }
            succeed(tools.command("shellcheck").arg("--severity=style").args(&scripts));
        }
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
];

/// cfn-lint, which looks for garbage a third of its time.
const CFN_LINT: &str =
    "import gc, sys; gc.set_threshold(1_000_000, 50, 50); from cfnlint.runner import main; sys.exit(main())";

#[test]
fn cfn_lint_accepts_every_template() {
    let Some(tools) = Tools::get() else { return };
    // It takes longer to start than to judge: trees of the same regions are judged together.
    let mut together: BTreeMap<BTreeSet<String>, Vec<Tree>> = BTreeMap::new();
    for tree in trees() {
        let regions = tree.fleet.environments.iter().map(|environment| environment.region.to_string());
        together.entry(regions.collect()).or_default().push(tree);
    }
    for (regions, trees) in together {
        let mut command = tools.command("python");
        command.args(["-c", CFN_LINT]);
        // Info-level findings count as well; no finding is ignored.
        command.args(["--include-checks", "I", "--format", "parseable", "--regions"]).args(regions).arg("-t");
        for Tree { path, .. } in &trees {
            let templates = files(&path.join("cloudformation"), ".yaml");
            assert!(!templates.is_empty());
            command.args(templates);
        }
        let output = run(&mut command);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut all = 0;
        for Tree { name, path, .. } in &trees {
            let path = format!("{}/", path.display());
            let is_its = |line: &&str| line.contains(".yaml:") && line.contains(&path);
            let findings: Vec<&str> = text.lines().filter(is_its).collect();
            let known: Vec<_> = CFN_LINT_IS_BEHIND.iter().filter(|(case, ..)| case == name).collect();
            for (_, finding, times) in &known {
                let found = findings.iter().filter(|line| line.contains(finding)).count();
                assert_eq!(found, *times, "{name}: {finding}\n{text}");
            }
            let expected: usize = known.iter().map(|(.., times)| times).sum();
            assert_eq!(findings.len(), expected, "{name}: {}", said(&output));
            all += expected;
        }
        let found = text.lines().filter(|line| line.contains(".yaml:")).count();
        assert_eq!(found, all, "findings of no tree: {}", said(&output));
        assert_eq!(output.status.success(), all == 0, "{}", said(&output));
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

/// With every provider that is new enough. Roots are modules of one root, which is validated once: a provider takes
/// seconds to start. Import blocks may only stand in a root, so those that have some are validated alone.
#[test]
fn terraform_validates_every_root() {
    let Some(tools) = Tools::get() else { return };
    let trees = trees();
    for provider in tools.providers() {
        let folder = tempfile::tempdir().unwrap();
        let mut modules = String::new();
        for Tree { name, path, fleet, .. } in &trees {
            succeed(Command::new("cp").arg("-r").arg(path.join("terraform")).arg(folder.path().join(name)));
            for environment in &fleet.environments {
                let root = format!("{name}/{}", environment.name);
                if !provider.holds(&folder.path().join(&root)) {
                    if provider.newest {
                        tools.not_tested(&format!(
                            "terraform validate of {root}: {} is too old",
                            provider.name
                        ));
                    }
                } else if folder.path().join(&root).join("imports.tf").exists() {
                    validate(&tools, &provider, &folder.path().join(&root));
                } else {
                    let label = root.replace('/', "-");
                    writeln!(modules, "module \"{label}\" {{\n  source = \"./{root}\"\n}}").unwrap();
                }
            }
        }
        assert!(modules.lines().count() > 30, "{modules}");
        std::fs::write(folder.path().join("main.tf"), modules).unwrap();
        validate(&tools, &provider, folder.path());
    }
}

fn validate(tools: &Tools, provider: &Provider, root: &Path) {
    let terraform = Terraform::new(tools, provider, None, root.to_owned());
    terraform.run(&["init", "-backend=false", "-input=false", "-no-color"]);
    let validated = terraform.run(&["validate", "-no-color"]);
    assert!(!validated.contains("Warning"), "{}, {}: {validated}", root.display(), provider.name);
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

/// Terraform writes beside what it reads; the tree under test stays clean.
pub fn copied(tree: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    succeed(Command::new("cp").arg("-r").arg(tree.join(".")).arg(folder.path()));
    folder
}

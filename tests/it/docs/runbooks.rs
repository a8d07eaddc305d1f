//! The runbooks of a rollout and of a rollback: every command is one, and nothing of the spec is lost. Links and scripts are
//! those of all documents (documents.rs).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::tools::succeed;
use crate::support::{files, gen_in, root};

/// The pages of a spec, by path below `docs`.
fn pages(spec: &Path) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().unwrap();
    succeed(gen_in(root()).arg("--spec").arg(spec).args(["--target", "docs", "--out"]).arg(folder.path()));
    let docs = folder.path().join("docs");
    let read = |path: std::path::PathBuf| {
        let name = path.strip_prefix(&docs).unwrap().display().to_string();
        (name, fs::read_to_string(path).unwrap())
    };
    files(&docs, ".md").into_iter().map(read).collect()
}

fn case(name: &str) -> BTreeMap<String, String> {
    pages(&root().join("tests/cases").join(name).join("spec.yaml"))
}

/// The parts of a page between these two lines.
fn section<'p>(page: &'p str, from: &str, to: &str) -> &'p str {
    let after = page.split(from).nth(1).unwrap_or_else(|| panic!("{from} in {page}"));
    after.split(to).next().unwrap()
}

#[test]
fn every_command_is_bash() {
    let mut specs = files(&root().join("tests/cases"), "spec.yaml");
    specs.push(root().join("specs/langfuse.yaml"));
    for spec in specs {
        let pages = pages(&spec);
        for name in ["rollout.md", "rollback.md"] {
            let page = &pages[name];
            let blocks: Vec<&str> =
                page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
            assert!(blocks.len() >= 4, "{name}");
            for block in blocks {
                succeed(Command::new("bash").args(["-n", "-c", block]));
                let odd = block.contains("\n\n") || block.starts_with('\n') || block.contains('<');
                assert!(!odd, "{block}");
            }
        }
    }
}

#[test]
fn the_rollout_says_who_what_and_when() {
    let pages = case("rollout");
    let page = &pages["rollout.md"];
    let order: Vec<&str> =
        page.lines().filter_map(|line| Some(line.split_once(": watched for")?.0)).collect();
    assert_eq!(order, ["staging", "prod-eu and prod-de", "qa"], "the order of the waves, then the rest");
    assert!(page.contains("| `decides` | `Jo Example <jo@shop.example>` |"));
    assert!(page.contains("| `on-call` | `#shop-on-call \\| +1 (555) 0100` |"));
    let first = section(page, "## Wave 1\n", "\n## ");
    for words in [
        "watched for 36 hours",
        "- [ ] ``no ticket mentions `slow` ${{ github.token }} $(touch x)``",
        "- [ ] `the nightly load test passed`",
    ] {
        assert!(first.contains(words), "{words}: {first}");
    }
    let gate_first = "autoscaling.sh \"$environment\" apply --dry-run\nterraform -chdir=\"generated/terraform/$environment\" init\n";
    assert!(page.contains(gate_first), "{page}");
    assert!(
        section(page, "## Without a wave\n", "\n## Wave").contains("Afterwards the rollout is complete.")
    );
    let objectives = &pages["staging/scaling.md"];
    let row = "| all | not measured | not measured | not measured | 7 minutes | 0 | 10 % | spec: p95, failed requests |";
    assert!(objectives.contains(row), "{objectives}");

    // Where the spec says nothing, the page says what is missing.
    let page = &case("minimal")["rollout.md"];
    assert_eq!(page.matches("*not in the spec: add it under* `contacts`").count(), 2);
    assert!(page.contains("## All environments") && !page.contains("## The gate"));
    assert!(!page.contains("--dry-run\nterraform"), "no gate to ask: {page}");
}

/// Without a rollout production comes last, as far as names say so.
#[test]
fn without_a_rollout_production_is_last() {
    let spec = "version: 1\nproject: shop\ndefaults: { capacity: { min: 1, max: 4 }, scaling: { cpu: { target: 60 } } }\nservices: { web: {} }\nenvironments:\n  prod: { account: \"111111111111\", region: eu-west-1 }\n  stage: { account: \"222222222222\", region: eu-west-1 }\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spec.yaml");
    fs::write(&path, spec).unwrap();
    let page = &pages(&path)["rollout.md"];
    assert!(page.contains("stage and prod: watched for") && page.contains("\nenvironment=stage\n"), "{page}");
}

#[test]
fn the_rollback_suspends_scale_in_first_and_goes_back_each_way() {
    for (spec, recorded) in [("rollout", true), ("minimal", false)] {
        let page = &case(spec)["rollback.md"];
        let places = [
            "\n## Suspend scale-in first",
            "suspend --scale-in",
            "\n## AWS CLI",
            "\n## Terraform",
            "\n## CloudFormation",
        ];
        let places = places.map(|words| page.find(words).unwrap_or_else(|| panic!("{words}: {page}")));
        assert!(places.is_sorted(), "{places:?}");
        for way in [section(page, "## Terraform\n", "\n## "), section(page, "## CloudFormation\n", "\n## ")] {
            assert!(way.contains("generated/cli/autoscaling.sh \"$environment\" resume --scale-in"), "{way}");
            // HEAD may be the commit of the ledger.
            assert!(way.contains("git revert --no-edit \"${commit:?"), "{way}");
        }
        assert_eq!((page.contains("ledger"), page.contains("--override")), (recorded, recorded), "{spec}");
    }
}

/// Services that expect something else are named, and not all of them.
#[test]
fn expectations_that_differ_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let services: String = (0..300)
        .map(|n| {
            let p95 = if n % 2 == 0 { "1s" } else { "2s" };
            format!("  s{n:03}: {{ expectations: {{ p95: {p95}, p99: 3s }} }}\n")
        })
        .collect();
    let spec = format!(
        "version: 1\nproject: shop\ndefaults:\n  capacity: {{ min: 2, max: 10 }}\n  scaling: {{ cpu: {{ target: 70 }} }}\n  load_balancer: {{ name: alb, target_group: tg }}\nservices:\n{services}environments:\n  prod: {{ account: \"222222222222\", region: eu-west-1 }}\n"
    );
    let path = folder.path().join("spec.yaml");
    fs::write(&path, spec).unwrap();
    let pages = pages(&path);
    let page = &pages["prod/scaling.md"];
    assert!(page.contains("| s000, s002, s004 and 147 more | 1000 ms | 3000 ms |"), "{page}");
    assert!(page.contains("| s001, s003, s005 and 147 more | 2000 ms | 3000 ms |"), "{page}");
}

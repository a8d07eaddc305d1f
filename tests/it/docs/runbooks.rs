//! The runbooks of a rollout and of a rollback: every command is one, every link leads somewhere, and nothing of the spec is lost.

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
    let runbook = |path: &std::path::PathBuf| path.ends_with("rollout.md") || path.ends_with("rollback.md");
    files(&docs, ".md").into_iter().filter(runbook).map(read).collect()
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
fn every_command_is_bash_and_every_link_leads_somewhere() {
    let mut specs = files(&root().join("tests/cases"), "spec.yaml");
    specs.push(root().join("specs/langfuse.yaml"));
    for spec in specs {
        let pages = pages(&spec);
        assert!(pages.contains_key("rollout.md"), "{}", spec.display());
        for (name, page) in &pages {
            let blocks: Vec<&str> =
                page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
            assert!(blocks.len() >= 4, "{name}");
            for block in blocks {
                succeed(Command::new("bash").args(["-n", "-c", block]));
                assert!(
                    !block.contains("\n\n") && !block.starts_with('\n') && !block.contains('<'),
                    "{block}"
                );
            }
            for link in page.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
                match link.strip_prefix('#') {
                    Some(anchor) => {
                        let slug = |title: &str| title.trim().to_lowercase().replace(' ', "-");
                        let titles = page.lines().filter(|line| line.starts_with('#'));
                        let mut anchors = titles.map(|line| slug(line.trim_start_matches('#')));
                        assert!(anchors.any(|title| title == anchor), "{name}: {link}");
                    }
                    None => assert!(pages.contains_key(link.trim_start_matches("../")), "{name}: {link}"),
                }
            }
        }
    }
}

#[test]
fn the_rollout_says_who_what_and_when() {
    let pages = case("rollout");
    let page = &pages["rollout.md"];
    let order: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("### Apply ")).collect();
    assert_eq!(order, ["staging", "prod-eu", "prod-de", "qa"], "the order of the waves, then the rest");
    assert!(page.contains("| `decides` | `Jo Example <jo@shop.example>` |"));
    assert!(page.contains("| `on-call` | `#shop-on-call \\| +1 (555) 0100` |"));
    let first = section(page, "## Wave 1\n", "\n## ");
    for words in [
        "Watched for 36 hours before the next wave",
        "- [ ] ``no ticket mentions `slow` ${{ github.token }} $(touch x)``",
        "- [ ] `the nightly load test passed`",
        "- [ ] 36 hours are over",
        "| all | 800 ms | 2500 ms | 0.5 % | 7 minutes | 10 % |",
        "cli/staging.sh apply --dry-run\nterraform -chdir=terraform/staging init\n",
    ] {
        assert!(first.contains(words), "{words}: {first}");
    }
    assert!(section(page, "## Wave 2\n", "\n## ").contains("This is the last one"));
    let rest = section(page, "## Without a wave\n", "\n## Wave");
    assert!(!rest.contains("--dry-run\nterraform"), "no gate to ask: {rest}");

    // Where the spec says nothing, the page says what is missing.
    let page = &case("minimal")["rollout.md"];
    assert_eq!(page.matches("*nobody yet: say it under* `contacts`").count(), 2);
    assert!(page.contains("## All environments") && !page.contains("## The gate"));
}

#[test]
fn the_rollback_holds_scaling_in_first_and_goes_back_each_way() {
    let pages = case("rollout");
    for (environment, in_wave, gated) in
        [("qa", false, false), ("staging", true, false), ("prod-eu", true, true)]
    {
        let page = &pages[&format!("{environment}/rollback.md")];
        let places = [
            "\n## First hold",
            "suspend --scale-in",
            "\n## AWS CLI",
            "\n## Terraform",
            "\n## CloudFormation",
        ];
        let places = places.map(|words| page.find(words).unwrap_or_else(|| panic!("{words}: {page}")));
        assert!(places.is_sorted(), "{places:?}");
        for way in [section(page, "## Terraform\n", "\n## "), section(page, "## CloudFormation\n", "\n## ")] {
            assert!(way.contains(&format!("cli/{environment}.sh resume --scale-in")), "{way}");
        }
        assert_eq!(page.contains("ledger"), in_wave, "{environment}");
        assert_eq!(page.contains("--override"), gated, "{environment}: the scripts know no such option");
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
        "version: 1\nproject: shop\ndefaults:\n  capacity: {{ min: 2, max: 10 }}\n  scaling: {{ cpu: {{ target: 70 }} }}\nservices:\n{services}environments:\n  prod: {{ account: \"222222222222\", region: eu-west-1 }}\n"
    );
    let path = folder.path().join("spec.yaml");
    fs::write(&path, spec).unwrap();
    let pages = pages(&path);
    for page in pages.values() {
        assert!(page.contains("| s000, s002, s004 and 147 more | 1000 ms | 3000 ms |"), "{page}");
        assert!(page.contains("| s001, s003, s005 and 147 more | 2000 ms | 3000 ms |"), "{page}");
        assert!(page.lines().count() < 200);
    }
}

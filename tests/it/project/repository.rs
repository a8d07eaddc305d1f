//! The repository proves its own files.

use std::fs;
use std::process::Command;

use scalegen::render::{Selection, Templates, render};

use crate::support::tools::Tools;
use crate::support::{gen_in, root, said};

#[test]
fn generated_is_what_the_spec_says() {
    let output = gen_in(root()).arg("check").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(output.stderr.is_empty(), "the real fleet has no warnings: {}", said(&output));
}

/// Requirements: capacities and targets of the real fleet, once more in one table.
#[test]
fn the_real_fleet_is_what_was_asked_for() {
    let fleet = crate::support::fleet(&fs::read_to_string(root().join("specs/langfuse.yaml")).unwrap());
    let mut table = String::new();
    for environment in &fleet.environments {
        for service in &environment.services {
            let policies = service.policies.iter().map(|policy| {
                let tracking = policy.tracking().unwrap();
                let (out, in_) = (tracking.cooldown_out.get(), tracking.cooldown_in.get());
                format!("{} {} ({out}/{in_} s)", policy.id.metric(), tracking.target.get())
            });
            let policies = policies.collect::<Vec<_>>().join(", ");
            let (min, max) = (service.min.get(), service.max.get());
            table += &format!(
                "{:10} {} {:24} {min}-{max}  {policies}\n",
                environment.name, environment.region, service.ecs_service.value
            );
        }
    }
    insta::assert_snapshot!("fleet", table);
}

/// The README's commands, as they stand there.
#[test]
fn the_readme_shows_commands_that_work() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let commands: Vec<&str> = readme
        .split("```console\n")
        .skip(1)
        .flat_map(|block| block.split("```").next().unwrap().lines())
        .filter_map(|line| line.strip_prefix("$ "))
        .collect();
    assert!(commands.len() >= 6, "{commands:?}");
    assert_eq!(commands[..2], ["cargo run --release -- --spec specs/langfuse.yaml", ".ci/run"]);
    let gen_folder = std::path::Path::new(env!("CARGO_BIN_EXE_gen")).parent().unwrap().to_owned();
    let path = format!("{}:{}", gen_folder.display(), std::env::var("PATH").unwrap());
    for command in &commands {
        // The test command runs this very test; the others run here, `cargo run` as the binary it builds.
        let command = match command.strip_prefix("cargo run --release -- ") {
            Some(args) => format!("gen {args}"),
            None => (*command).to_owned(),
        };
        if command == ".ci/run" || command.starts_with("cargo ") || command.starts_with("pre-commit") {
            continue;
        }
        let work = tempfile::tempdir().unwrap();
        for folder in ["specs", "generated"] {
            assert!(
                Command::new("cp")
                    .arg("-r")
                    .arg(root().join(folder))
                    .arg(work.path())
                    .status()
                    .unwrap()
                    .success()
            );
        }
        let output = Command::new("bash")
            .args(["-c", &command])
            .current_dir(work.path())
            .env("PATH", &path)
            .output()
            .unwrap();
        assert!(output.status.success(), "{command}: {}", said(&output));
    }
}

#[test]
fn generated_files_are_marked_for_reviewers() {
    let attributes = fs::read_to_string(root().join(".gitattributes")).unwrap();
    assert!(attributes.contains("generated/** linguist-generated=true text eol=lf"));
}

/// Nothing of a machine or of a registry stands in the repository.
#[test]
fn no_file_names_a_machine_or_a_registry_host() {
    let listed = Command::new("git").args(["ls-files"]).current_dir(root()).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let hosts = ["crates.io/", "pypi.org", "files.pythonhosted", "registry.npmjs", "deb.debian.org"];
    let paths = ["/root/", "/work/", "/opt/"];
    for path in listed.lines().filter(|path| !path.ends_with(".lock") && !path.ends_with("repository.rs")) {
        let Ok(text) = fs::read_to_string(root().join(path)) else { continue };
        for word in hosts.iter().chain(&paths) {
            assert!(!text.contains(word), "{path} names {word}");
        }
    }
}

/// What could not be had is named where everybody looks: at the end of `.ci/run`.
#[test]
fn the_list_of_missing_tools_is_kept() {
    let Some(tools) = Tools::get() else { return };
    assert!(tools.bin().join("../missing.txt").exists());
}

/// The snippets of docs/scaling.md, each as the settings of a service.
#[test]
fn every_snippet_of_the_scaling_page_generates() {
    let page = fs::read_to_string(root().join("docs/scaling.md")).unwrap();
    let snippets: Vec<&str> =
        page.split("```yaml\n").skip(1).map(|block| block.split("```").next().unwrap()).collect();
    assert!(snippets.len() >= 10, "{}", snippets.len());
    for snippet in snippets {
        let (top, service) = match snippet.strip_prefix("# top level\n") {
            Some(top) => (top, "    scaling: { cpu: { target: 70 } }\n".to_owned()),
            None => ("", snippet.lines().map(|line| format!("    {line}\n")).collect()),
        };
        let spec = format!(
            "version: 1\nproject: shop\ndefaults: {{ capacity: {{ min: 2, max: 10 }} }}\nservices:\n  web:\n{service}environments:\n  prod: {{ account: \"111111111111\", region: eu-west-1 }}\n{top}"
        );
        let fleet = crate::support::fleet(&spec);
        let artifacts = render(&fleet, &Templates::embedded(), &Selection::default()).unwrap();
        assert!(artifacts.len() > 10, "{snippet}");
    }
}

//! A new target is a folder.

use std::fs;

use scalegen::artifacts::Artifacts;
use scalegen::render::{Selection, Templates, render};

use crate::support::{files, fleet, gen_in, root, said};

/// Dropping a folder into `--templates` makes a target, without touching Rust.
#[test]
fn a_folder_of_templates_is_a_target() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own/listing");
    fs::create_dir_all(own.join("@env")).unwrap();
    fs::write(
        own.join("fleet.md.tera"),
        "Fleet {{ project }}:{% for e in environments %} {{ e.name }}{% endfor %}\n",
    )
    .unwrap();
    fs::write(own.join("_row.yaml.tera"), "limits: [{{ min }}, {{ max }}]\n").unwrap();
    fs::write(
        own.join("@env/@service.yaml.tera"),
        "name: {{ ecs_service }}\n{% include \"listing/_row.yaml\" %}",
    )
    .unwrap();
    fs::write(
        own.join("@env/all.sh.tera"),
        "#!/bin/bash\necho{% for s in services %} {{ s.name }}{% endfor %}\n",
    )
    .unwrap();
    fs::write(own.join("notes.txt"), "not a template\n").unwrap();

    let spec = root().join("specs/langfuse.yaml");
    let run = |args: &[&str]| {
        let output = gen_in(folder.path())
            .args(args)
            .arg("--spec")
            .arg(&spec)
            .args(["--out", "out", "--templates", "own"])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(run(&["--target", "listing"]).contains("21 created, 0 changed, 0 deleted"));
    let read = |path: &str| fs::read_to_string(folder.path().join("out/listing").join(path)).unwrap();
    assert!(read("fleet.md").ends_with("Fleet `langfuse`: `prod-eu` `prod-hipaa` `prod-us` `staging`\n"));
    assert!(read("prod-hipaa/web.yaml").ends_with("name: \"prod-hipaa-web\"\nlimits: [2, 8]\n"));
    assert!(read("staging/all.sh").ends_with("echo web web-ingestion web-iso worker\n"));
    // The built-in targets are still there, and the check knows the new one.
    assert!(run(&[]).contains("21 unchanged"));
    run(&["check"]);
}

/// What a template mentions is there, whatever its language, and whatever else is rendered.
#[test]
fn a_target_of_its_own_gets_what_it_mentions() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own/bill");
    fs::create_dir_all(&own).unwrap();
    let source = "{% for s in docs.services %}{{ s.cost.month.floor.money }} {{ s.min }}\n{% endfor %}{{ iam.all_alarms }}\n";
    fs::write(own.join("@env.yaml.tera"), source).unwrap();
    let spec = root().join("specs/langfuse.yaml");
    let args = ["--target", "bill", "--env", "staging", "--out", "out", "--templates", "own"];
    let output = gen_in(folder.path()).args(args).arg("--spec").arg(spec).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let text = fs::read_to_string(folder.path().join("out/bill/staging.yaml")).unwrap();
    let lines: Vec<&str> = text.lines().skip(2).collect();
    assert_eq!(lines.len(), 5, "{text}");
    assert!(lines[..4].iter().all(|line| line.starts_with('"') && line.contains('.')), "{text}");
    assert!(lines[4].contains(":alarm:*"), "{text}");
}

/// Views hold only what the templates of a run mention; a file is the same whatever else the run makes.
#[test]
fn a_target_is_the_same_alone_and_with_all_others() {
    let templates = Templates::embedded();
    for spec in files(&root().join("tests/cases"), "spec.yaml") {
        let (case, fleet) = (spec.display(), fleet(&fs::read_to_string(&spec).unwrap()));
        let all = render(&fleet, &templates, &Selection::default()).unwrap();
        let mut together = Artifacts::new();
        for target in templates.targets() {
            let selection = Selection { targets: vec![target.to_owned()], ..Selection::default() };
            let alone = render(&fleet, &templates, &selection).unwrap();
            for (path, artifact) in &alone {
                assert_eq!(Some(artifact), all.get(path), "{case}: {path} is another one with all targets");
            }
            together.extend(alone);
        }
        assert!(together.keys().eq(all.keys()), "{case}");
    }
}

#[test]
fn a_template_of_the_same_path_replaces_the_built_in_one() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own/cli/@env");
    fs::create_dir_all(&own).unwrap();
    fs::write(own.join("environment.json.tera"), "{ \"mine\": {{ data }} }\n").unwrap();
    let spec = root().join("specs/langfuse.yaml");
    let args = ["--target", "cli", "--env", "staging", "--out", "out", "--templates", "own"];
    let output = gen_in(folder.path()).args(args).arg("--spec").arg(spec).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let text = fs::read_to_string(folder.path().join("out/cli/staging/environment.json")).unwrap();
    let data: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(data["mine"]["Environment"], "staging");
}

/// What is wrong with a template is said with its name, and nothing is written.
#[test]
fn a_broken_template_writes_nothing() {
    for (path, source, message) in [
        ("x/a.tf.tera", "{{ nope }}", "nope"),
        ("x/a.tf.tera", "{{ project | safe }}", "`safe` is not available"),
        ("x/a.tf.tera", "{% if %}", "a.tf"),
        ("x/a.exe.tera", "", "the extension before `.tera` must be one of tf, hcl, yaml"),
        ("x/@service.tf.tera", "", "needs `@env` too"),
        ("x/@foo.tf.tera", "", "may hold `@env` and `@service`"),
        ("terraform/@env/@service.tf.tera", "", ""),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("own").join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, source).unwrap();
        let spec = root().join("specs/langfuse.yaml");
        let output = gen_in(folder.path())
            .args(["--out", "out", "--templates", "own", "--spec"])
            .arg(spec)
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        if message.is_empty() {
            assert!(output.status.success(), "{}", said(&output));
            continue;
        }
        assert_eq!(output.status.code(), Some(2), "{path} {source}: {}", said(&output));
        assert!(error.contains(message) && error.starts_with("gen: template"), "{path} {source}: {error}");
        assert!(!error.contains("bug in gen"), "the user's own template is not our bug: {error}");
        assert!(!folder.path().join("out").exists(), "{path}: something was written");
    }
}

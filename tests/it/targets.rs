//! A new target is a folder.

use std::fs;

use crate::support::{gen_in, root, said};

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

#[test]
fn a_template_of_the_same_path_replaces_the_built_in_one() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own/cli");
    fs::create_dir_all(&own).unwrap();
    fs::write(own.join("@env.sh.tera"), "#!/bin/sh\necho {{ name }}\n").unwrap();
    let spec = root().join("specs/langfuse.yaml");
    let args = ["--target", "cli", "--env", "staging", "--out", "out", "--templates", "own"];
    let output = gen_in(folder.path()).args(args).arg("--spec").arg(spec).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert!(
        fs::read_to_string(folder.path().join("out/cli/staging.sh")).unwrap().ends_with("echo staging\n")
    );
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

//! `gen view` prints what the templates of a target see.

use std::fs;

use serde_json::Value;

use crate::support::{gen_in, root, said};

/// What `gen view` prints of the repository's own fleet.
fn view(args: &[&str]) -> Value {
    let output = gen_in(root()).arg("view").args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", said(&output));
    let again = gen_in(root()).arg("view").args(args).output().unwrap();
    assert_eq!(output.stdout, again.stdout, "{args:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn every_target_has_a_view_of_the_fleet_an_environment_and_a_service() {
    let targets = fs::read_dir(root().join("templates")).unwrap().map(|entry| entry.unwrap().file_name());
    for target in targets.map(|name| name.into_string().unwrap()).chain(["mine".to_owned()]) {
        for subject in [&[][..], &["prod-eu"], &["prod-eu/web"]] {
            let seen = view(&[&[&*target], subject].concat());
            assert!(seen.is_object(), "{target} {subject:?}");
            assert!(!seen.to_string().contains("\\u000"), "{target} {subject:?}: {seen}");
        }
    }
}

#[test]
fn it_says_what_a_template_prints() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("templates/mine/@env")).unwrap();
    let template = "{{ name }} {{ resource_id }} {{ state.ScalableTarget.MaxCapacity }}\n";
    fs::write(folder.path().join("templates/mine/@env/@service.md.tera"), template).unwrap();
    let spec = root().join("specs/langfuse.yaml");
    let output = gen_in(folder.path())
        .args(["--templates", "templates", "--target", "mine", "--out", "out", "--spec"])
        .arg(&spec)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let printed = fs::read_to_string(folder.path().join("out/mine/prod-eu/web.md")).unwrap();
    let seen = view(&["mine", "prod-eu/web"]);
    let text = |field: &str| format!("`{}`", seen[field].as_str().unwrap());
    let max = &seen["state"]["ScalableTarget"]["MaxCapacity"];
    let expected = format!("{} {} {max}\n", text("name"), text("resource_id"));
    assert!(printed.ends_with(&expected), "{printed}");
}

#[test]
fn a_name_that_is_none_is_an_error_that_says_which_there_are() {
    for (subject, message) in [
        ("prod-uk", "there is no environment `prod-uk`"),
        ("prod-eu/wbe", "there is no service `wbe`"),
        ("web", "`web` is a service: gen view cli prod-eu/web"),
    ] {
        let output = gen_in(root()).args(["view", "cli", subject]).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains(message), "{}", said(&output));
    }
}

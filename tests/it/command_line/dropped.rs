//! `gen` warns of every name that the committed files hold and the new ones drop without a word in the spec.

use std::fs;

use crate::support::{gen_in, said};

const BEFORE: &str = r#"version: 1
project: shop
defaults: { capacity: { min: 2, max: 10 } }
services:
  web:
    scaling:
      cpu: { target: 70, policy_name: cpu }
      step: { burst: { metric: cpu, threshold: 90, alarm_name: busy, steps: [{ from: 0, by: 1 }] } }
      schedule: { morning: { schedule: rate(1 days), min: 4, action_name: early } }
  worker: { scaling: { cpu: { target: 70 } } }
notifications: {}
dashboard: { name: board }
environments:
  prod: { account: "111111111111", region: eu-west-1 }
"#;

/// What `gen` warns of when the spec changes by these replacements; `gen check` warns of the same before.
fn warnings(replacements: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("spec.yaml");
    let run = |args: &[&str]| {
        let output =
            gen_in(folder.path()).args(args).args(["--spec", "spec.yaml", "--out", "out"]).output().unwrap();
        let text = String::from_utf8(output.stderr.clone()).unwrap();
        let found = text.lines().filter_map(|line| Some(line.strip_prefix("gen: warning: ")?.to_owned()));
        (output.status.code(), found.collect::<Vec<_>>(), said(&output))
    };
    fs::write(&spec, BEFORE).unwrap();
    let (status, found, said) = run(&[]);
    assert_eq!((status, found.len()), (Some(0), 0), "{said}");
    let mut after = BEFORE.to_owned();
    for (from, to) in replacements {
        assert!(after.contains(from), "{from}");
        after = after.replace(from, to);
    }
    fs::write(&spec, after).unwrap();
    let (status, checked, said) = run(&["check"]);
    assert_eq!(status, Some(1), "{said}");
    let (status, written, said) = run(&[]);
    assert_eq!(status, Some(0), "{said}");
    assert_eq!(checked, written);
    let (status, again, said) = run(&[]);
    assert_eq!((status, again.len()), (Some(0), 0), "said once: {said}");
    written
}

#[test]
fn what_is_dropped_without_a_word_is_named() {
    for (change, name) in [
        (("policy_name: cpu", "policy_name: processor"), "the policy \"cpu\""),
        (("cpu: { target: 70, policy_name: cpu }", "memory: { target: 70 }"), "the policy \"cpu\""),
        (("alarm_name: busy", "alarm_name: hot"), "the alarm \"busy\""),
        (("action_name: early", "action_name: dawn"), "the scheduled action \"early\""),
        (("  worker: { scaling: { cpu: { target: 70 } } }\n", ""), "service/prod-cluster/prod-worker"),
        (("name: board", "name: wall"), "the dashboard \"board\""),
        (("notifications: {}", "notifications: { topic: calls }"), "the topic \"shop-prod-autoscaling\""),
    ] {
        let found = warnings(&[change]);
        assert!(found.len() == 1 && found[0].contains(name), "{change:?}: {found:#?}");
    }
}

#[test]
fn what_the_spec_says_a_word_about_is_not() {
    for replacements in [
        vec![("policy_name: cpu", "policy_name: processor, renamed_from: cpu")],
        vec![("policy_name: cpu", "policy_name: cpu, enabled: false")],
        vec![("action_name: early", "action_name: dawn, renamed_from: early")],
        vec![
            ("  worker: { scaling: { cpu: { target: 70 } } }\n", ""),
            ("environments:", "removed: [{ service: worker }]\nenvironments:"),
        ],
        vec![("  worker: {", "  jobs: { renamed_from: worker, ecs_service: prod-worker,")],
    ] {
        let found = warnings(&replacements);
        assert!(found.is_empty(), "{replacements:?}: {found:#?}");
    }
}

//! The CLI scripts under hostile conditions: a clear message, a status that is not 0, and `rollback` gives back the
//! first state, byte for byte.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use serde_json::json;

use crate::support::stage::{Mishap, SPEC, Stage, literal};
use crate::support::{fleet, root, said};

const SCRIPT: &str = "out/cli/autoscaling.sh prod";
const TARGET: &str = "--service-namespace ecs --scalable-dimension ecs:service:DesiredCount --resource-id service/prod-cluster/prod-web";

fn status(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("{}", said(output)))
}

/// Scaling that somebody set up before: other limits, scale-in suspended, one policy of ours with other values, and one
/// that is not ours.
fn live_before(stage: &Stage) {
    stage.aws(&format!("application-autoscaling register-scalable-target {TARGET} --min-capacity 3 --max-capacity 7 --suspended-state DynamicScalingInSuspended=true,DynamicScalingOutSuspended=false,ScheduledScalingSuspended=false"));
    for (name, metric, value) in [
        ("prod-web-cpu-tracking-policy", "ECSServiceAverageCPUUtilization", "55.5"),
        ("memory", "ECSServiceAverageMemoryUtilization", "80"),
    ] {
        let configuration = format!(
            "{{\"TargetValue\":{value},\"PredefinedMetricSpecification\":{{\"PredefinedMetricType\":\"{metric}\"}},\"ScaleInCooldown\":77}}"
        );
        stage.aws(&format!("application-autoscaling put-scaling-policy {TARGET} --policy-type TargetTrackingScaling --policy-name {name} --target-tracking-scaling-policy-configuration {configuration}"));
    }
}

fn every_call_fails_once(live: fn(&Stage), mishap: fn(usize) -> Mishap<'static>) {
    let Some(stage) = Stage::new(SPEC) else { return };
    live(&stage);
    let first = stage.state();
    assert_eq!(status(&stage.run(SCRIPT, &["apply", "--yes"])), 0);
    let calls = stage.calls().len();
    assert!(calls >= 10, "{calls}");
    assert_ne!(stage.state(), first);
    let rollback = stage.run(SCRIPT, &["rollback", "--yes"]);
    assert_eq!((status(&rollback), stage.state()), (0, first.clone()), "{}", said(&rollback));
    for n in 1..=calls {
        let apply = stage.run_with(SCRIPT, &["apply", "--yes"], mishap(n));
        assert_eq!(status(&apply), 2, "call {n}: {}", said(&apply));
        assert!(said(&apply).contains("injected failure"), "call {n} hides its cause: {}", said(&apply));
        if stage.state() == first && !said(&apply).contains("rollback") {
            continue; // nothing was written, and the script does not say otherwise
        }
        let rollback = stage.run(SCRIPT, &["rollback", "--yes"]);
        assert_eq!(
            (status(&rollback), stage.state()),
            (0, first.clone()),
            "call {n}: {}{}",
            said(&apply),
            said(&rollback)
        );
    }
}

#[test]
fn a_call_that_never_reaches_a_fresh_account() {
    every_call_fails_once(|_| {}, Mishap::Before);
}

#[test]
fn a_lost_answer_from_a_fresh_account() {
    every_call_fails_once(|_| {}, Mishap::After);
}

#[test]
fn a_call_that_never_reaches_an_account_that_scales() {
    every_call_fails_once(live_before, Mishap::Before);
}

#[test]
fn a_lost_answer_from_an_account_that_scales() {
    every_call_fails_once(live_before, Mishap::After);
}

#[test]
fn a_rollback_whose_calls_fail_is_finished_by_another() {
    let Some(stage) = Stage::new(SPEC) else { return };
    live_before(&stage);
    let first = stage.state();
    for n in 1.. {
        let apply = stage.run(SCRIPT, &["apply", "--yes"]);
        assert_eq!(status(&apply), 0, "{}", said(&apply));
        let rollback = stage.run_with(SCRIPT, &["rollback", "--yes"], Mishap::Before(n));
        if stage.calls().len() < n {
            assert_eq!((status(&rollback), stage.state()), (0, first), "{}", said(&rollback));
            break;
        }
        assert_eq!(status(&rollback), 2, "call {n}: {}", said(&rollback));
        let again = stage.run(SCRIPT, &["rollback", "--yes"]);
        assert_eq!(
            (status(&again), stage.state()),
            (0, first.clone()),
            "call {n}: {}{}",
            said(&rollback),
            said(&again)
        );
    }
    let twice = stage.run(SCRIPT, &["rollback", "--yes"]);
    assert_eq!(status(&twice), 2, "a second rollback has nothing to give back: {}", said(&twice));
}

#[test]
fn an_interrupt_says_what_was_done_and_rollback_undoes_it() {
    let Some(stage) = Stage::new(SPEC) else { return };
    live_before(&stage);
    let first = stage.state();
    for (call, signal, expected) in [(2, "INT", 130), (8, "INT", 130), (10, "TERM", 143), (11, "INT", 130)] {
        let apply = stage.run_with(SCRIPT, &["apply", "--yes"], Mishap::Signal(call, signal));
        assert_eq!(status(&apply), expected, "call {call}: {}", said(&apply));
        assert!(!apply.stderr.is_empty(), "call {call}: no message");
        if stage.state() != first || said(&apply).contains("rollback") {
            let rollback = stage.run(SCRIPT, &["rollback", "--yes"]);
            assert_eq!(
                (status(&rollback), stage.state()),
                (0, first.clone()),
                "call {call}: {}{}",
                said(&apply),
                said(&rollback)
            );
        }
    }
}

/// Each guard: what is wrong with the account or the call, and the words that say so. Nothing is written.
#[test]
fn guards_refuse_before_anything_is_written() {
    let Some(stage) = Stage::new(SPEC) else { return };
    let refused = |args: &[&str], words: &str| {
        let output = stage.run(SCRIPT, args);
        assert_eq!((status(&output), stage.writes()), (2, 0), "{words}: {}", said(&output));
        assert!(said(&output).contains(words), "{words}: {}", said(&output));
    };
    refused(&["apply"], "--yes");
    refused(&["apply", "--service", "wbe", "--yes"], "no service wbe");
    refused(&["apply", "--nonsense"], "--nonsense");
    refused(&["rollback", "--yes"], "save point");
    stage.add_balancers();
    let (environment, web) = ("out/cli/prod/environment.json", "out/cli/prod/web.json");
    for (file, right, wrong, words) in [
        (environment, "\"222222222222\"", "\"999999999999\"", "but prod is account 999999999999"),
        (environment, "\"aws\"", "\"aws-cn\"", "for partition aws, but prod is in aws-cn"),
        (web, "\"prod-alb\"", "\"nowhere\"", "LoadBalancerNotFound"),
        (web, "\"prod-alb\"", "\"nlb\"", "load balancer nlb is of type network"),
        (web, "\"prod-alb\"", "\"other\"", "no listener of load balancer app/other/"),
        (web, "\"prod-web-tg\"", "\"nowhere\"", "TargetGroupNotFound"),
        (web, "\"prod-web-tg\"", "\"other-tg\"", "target group other-tg is not attached"),
        (web, "prod-cluster/prod-web", "prod-cluster/nobody", "there is no ECS service nobody"),
    ] {
        stage.edit(file, right, wrong);
        refused(&["apply", "--yes"], words);
        stage.edit(file, wrong, right);
    }
    for states in [&["IN_PROGRESS"][..], &["FAILED", "COMPLETED"]] {
        stage.rollouts(states);
        refused(&["apply", "--yes"], "a rollout is in progress");
    }
    stage.rollouts(&["COMPLETED"]);
    stage.aws(&format!(
        "application-autoscaling register-scalable-target {TARGET} --min-capacity 1 --max-capacity 2"
    ));
    stage.aws(&format!("application-autoscaling put-scaling-policy {TARGET} --policy-type TargetTrackingScaling --policy-name theirs --target-tracking-scaling-policy-configuration {{\"TargetValue\":5,\"PredefinedMetricSpecification\":{{\"PredefinedMetricType\":\"ECSServiceAverageCPUUtilization\"}}}}"));
    refused(&["apply", "--yes"], "theirs");
    stage.aws("ecs delete-service --cluster prod-cluster --service prod-web --force");
    refused(&["apply", "--yes"], "INACTIVE");
}

/// Load balancers given by ARN suffix are looked at too.
#[test]
fn guards_refuse_literal_load_balancers_that_are_not_so() {
    let Some(stage) = Stage::new(&literal()) else { return };
    for (right, wrong, words) in [
        ("app/shop/", "app/other/", "no listener of load balancer app/other/0123456789abcdef forwards to"),
        ("targetgroup/web/", "targetgroup/none/", "targetgroup/none/fedcba9876543210 is not attached"),
    ] {
        stage.edit("out/cli/prod/web.json", right, wrong);
        let output = stage.run(SCRIPT, &["apply", "--yes"]);
        assert_eq!((status(&output), stage.writes()), (2, 0), "{}", said(&output));
        assert!(said(&output).contains(words), "{words}: {}", said(&output));
        stage.edit("out/cli/prod/web.json", wrong, right);
    }
}

/// Only `yes` is taken for yes: not another answer, not the end of input, not Ctrl-C.
#[test]
fn at_a_terminal_it_asks_first() {
    let Some(stage) = Stage::new(SPEC) else { return };
    let first = stage.state();
    for (command, typed, expected) in [
        ("apply", "no\n", 1),
        ("apply", "\x04", 1),
        ("apply", "\x03", 130),
        ("apply", "yes\n", 0),
        ("rollback", "y\n", 1),
        ("rollback", "yes\n", 0),
    ] {
        let output = stage.run_at_terminal(SCRIPT, &[command], typed);
        assert_eq!(status(&output), expected, "{command} {typed:?}: {}", said(&output));
        assert!(said(&output).contains("Only yes is taken for yes"), "{}", said(&output));
        assert_eq!(said(&output).contains("nothing was written"), expected != 0, "{}", said(&output));
        assert_eq!(stage.writes() > 0, expected == 0, "{command} {typed:?}: {}", said(&output));
    }
    assert_eq!(stage.state(), first);
}

/// Policies whose names mean something to a shell, to JMESPath and to JSON, with other values or another metric before.
#[test]
fn hostile_names_are_applied_and_rolled_back() {
    let spec = fs::read_to_string(root().join("tests/cases/hostile/spec.yaml")).unwrap();
    let Some(stage) = Stage::new(&spec) else { return };
    let fleet = fleet(&spec);
    let service = &fleet.environments[0].services[0];
    let aws = |args: &[&str]| {
        let identity = ["--service-namespace", "ecs", "--scalable-dimension", "ecs:service:DesiredCount"];
        let resource = service.resource_id();
        let target = [&["application-autoscaling"], args, &identity, &["--resource-id", &resource]].concat();
        stage.moto.aws(&stage.tools, &target)
    };
    let there_and_back = || {
        let first = stage.state();
        for (command, different) in [("apply", true), ("rollback", false)] {
            let output = stage.run(SCRIPT, &[command, "--yes"]);
            assert_eq!(status(&output), 0, "{}", said(&output));
            assert_eq!(stage.state() != first, different, "{command}: {}", said(&output));
        }
    };
    there_and_back();
    aws(&["register-scalable-target", "--min-capacity", "3", "--max-capacity", "7"]);
    let names = service.policies.iter().map(|policy| policy.name.to_string());
    let foreign = "not ours: $(touch pwned) 'q' \"d\" \\ ` é 😀".to_owned();
    for (name, kind) in names.chain([foreign]).zip(["memory", "customized", "customized"]) {
        let metric = json!({ "memory": { "PredefinedMetricType": "ECSServiceAverageMemoryUtilization" }, "customized": {
            "Namespace": "n $(touch pwned)", "MetricName": &name, "Statistic": "Average", "Unit": "Count",
            "Dimensions": [{ "Name": "d 'q' \"d\" \\ ` é 😀", "Value": "v\\tw" }],
        }})[kind].clone();
        let field =
            if kind == "memory" { "PredefinedMetricSpecification" } else { "CustomizedMetricSpecification" };
        let configuration = json!({ "TargetValue": 0.25, field: metric }).to_string();
        let name = format!("--policy-name={name}");
        aws(&[
            "put-scaling-policy",
            &name,
            "--policy-type",
            "TargetTrackingScaling",
            "--target-tracking-scaling-policy-configuration",
            &configuration,
        ]);
    }
    there_and_back();
    for file in ["x", "pwned"] {
        assert!(!stage.path(file).exists(), "a name was run as a command");
    }
}

/// A save point is found where it was put, and one that is not whole is not believed.
#[test]
fn save_points_are_looked_for_in_the_state_directory() {
    let Some(stage) = Stage::new(SPEC) else { return };
    live_before(&stage);
    let first = stage.state();
    assert_eq!(status(&stage.run(SCRIPT, &["apply", "--yes", "--state-dir", "kept here"])), 0);
    let refused = |args: &[&str], words: &[&str]| {
        let output = stage.run(SCRIPT, args);
        assert_eq!((status(&output), stage.writes()), (2, 0), "{}", said(&output));
        for word in words {
            assert!(said(&output).contains(word), "{word}: {}", said(&output));
        }
    };
    let looked = stage.path(".scalegen-state/222222222222/eu-west-1").display().to_string();
    refused(&["rollback", "--yes"], &["no save point of web", &looked]);
    let point = stage.path("kept here/222222222222/eu-west-1/prod-cluster/prod-web/current");
    let whole = fs::read_to_string(&point).unwrap();
    let until = |end: &str| &whole[..whole.find(end).unwrap()];
    for cut in
        ["", until("ScalingPolicies"), until("\n}\n"), until("prod-web"), &format!("{whole}{whole}"), "{}\n"]
    {
        fs::write(&point, cut).unwrap();
        for command in ["rollback", "apply"] {
            let words = [&point.display().to_string(), "is not a complete save point"];
            refused(&[command, "--yes", "--state-dir", "kept here"], &words);
        }
    }
    fs::write(&point, "format\t3\nphase\tapplying\n").unwrap();
    refused(&["rollback", "--yes", "--state-dir", "kept here"], &["written by another version"]);
    fs::write(&point, whole.replace("service/prod-cluster/prod-web", "service/prod-cluster/other")).unwrap();
    refused(&["rollback", "--yes", "--state-dir", "kept here"], &["belongs to service/prod-cluster/other"]);
    fs::write(&point, &whole).unwrap();
    let rollback = stage.run(SCRIPT, &["rollback", "--yes", "--state-dir", "kept here"]);
    assert_eq!((status(&rollback), stage.state()), (0, first), "{}", said(&rollback));
}

/// What it needs is looked for before AWS is asked anything, and said in one sentence.
#[test]
fn without_its_tools_it_says_so() {
    let Some(stage) = Stage::new(SPEC) else { return };
    let bin = stage.path("few tools");
    fs::create_dir(&bin).unwrap();
    let which = |name: &str| {
        let path = Command::new("bash").args(["-c", "type -P \"$0\"", name]).output().unwrap().stdout;
        String::from_utf8(path).unwrap().trim().to_owned()
    };
    for name in ["cat", "mktemp", "rm"] {
        std::os::unix::fs::symlink(which(name), bin.join(name)).unwrap();
    }
    let put = |name: &str, script: &str| {
        let _ = fs::remove_file(bin.join(name));
        fs::write(bin.join(name), format!("#!{}\n{script}\n", which("bash"))).unwrap();
        fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    };
    let says = |words: &str| {
        let mut command = Command::new(which("bash"));
        command
            .arg(stage.path("out/cli/autoscaling.sh"))
            .args(["prod", "plan"])
            .env_clear()
            .env("PATH", &bin);
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), text.lines().count()), (Some(2), 1), "{words}: {text}");
        assert!(text.starts_with("error: ") && text.contains(words), "{words}: {text}");
    };
    says("jq is not installed");
    put("jq", "echo jq-1.5-1-a5b5cbe");
    says("jq 1.6 or newer is needed, this is jq-1.5-1-a5b5cbe");
    fs::remove_file(bin.join("jq")).unwrap();
    std::os::unix::fs::symlink(which("jq"), bin.join("jq")).unwrap();
    says("the AWS CLI is not installed");
    for old in ["aws-cli/1.18.69 Python/3.8.10 Linux/5.4.0 botocore/1.16.19", "aws-cli/2.0.30 Python/3.7.3"] {
        put("aws", &format!("echo '{old}'"));
        says("an AWS CLI of version 2.2 or newer is needed");
    }
}

/// Found through links, from any folder; an environment that is not there is answered with those that are.
#[test]
fn it_finds_its_data_and_names_the_environments() {
    let Some(stage) = Stage::new(SPEC) else { return };
    fs::create_dir_all(stage.path("links/deep")).unwrap();
    let link = |to: &str, at: &str| std::os::unix::fs::symlink(to, stage.path(at)).unwrap();
    link("../../out/cli/autoscaling.sh", "links/deep/one");
    link("deep/one", "links/two");
    for script in ["links/two prod", "links/deep/one prod"] {
        let plan = stage.run(script, &["plan"]);
        assert_eq!(status(&plan), 0, "{}", said(&plan));
    }
    for (args, words) in [
        (&["nowhere", "plan"][..], "there is no environment nowhere; there are: prod"),
        (&["../cli/prod", "plan"], "there is no environment ../cli/prod; there are: prod"),
        (&[], "error: name an environment; there are: prod\n"),
        (&["prod"], "error: name a command; there are: plan, apply, status"),
        (&["prod", "paln"], "error: there is no command paln; there are: plan, apply"),
        (&["prod", "plan", "--override", "x"], "--override goes with apply"),
        (&["prod", "apply", "--override", "x"], "no wave of a rollout has prod"),
        (&["prod", "plan", "--monitoring"], "have nothing together"),
    ] {
        let output = stage.run("out/cli/autoscaling.sh", args);
        assert_eq!((status(&output), stage.calls().len()), (2, 0), "{args:?}: {}", said(&output));
        assert!(said(&output).contains(words), "{words}: {}", said(&output));
    }
}

#[test]
fn a_second_apply_writes_nothing_and_verify_sees_every_edit() {
    let Some(stage) = Stage::new(SPEC) else { return };
    let dry = stage.run(SCRIPT, &["apply", "--dry-run"]);
    assert_eq!((status(&dry), stage.writes()), (0, 0), "{}", said(&dry));
    assert_eq!(status(&stage.run(SCRIPT, &["verify"])), 1);
    assert_eq!(status(&stage.run(SCRIPT, &["apply", "--yes"])), 0);
    assert_eq!(stage.writes(), 3);
    let again = stage.run(SCRIPT, &["apply", "--yes"]);
    assert_eq!((status(&again), stage.writes()), (0, 0), "{}", said(&again));
    assert_eq!(status(&stage.run(SCRIPT, &["verify"])), 0);
    assert_eq!(status(&stage.run(SCRIPT, &["status"])), 0);
    stage.aws(&format!(
        "application-autoscaling register-scalable-target {TARGET} --min-capacity 2 --max-capacity 9"
    ));
    let verify = stage.run(SCRIPT, &["verify"]);
    assert_eq!(status(&verify), 1, "{}", said(&verify));
    assert!(said(&verify).contains('9'), "{}", said(&verify));
    let plan = stage.run(SCRIPT, &["plan"]);
    assert!(status(&plan) == 0 && said(&plan).contains("10"), "{}", said(&plan));
}

/// The same with version 2 of the AWS CLI, where Debian's package could be had.
#[test]
fn version_2_of_the_aws_cli_does_the_same() {
    let Some(stage) = Stage::new(SPEC) else { return };
    let version_2 = stage.tools.bin().join("aws2");
    if !version_2.exists() {
        stage.tools.not_tested("the AWS CLI program with version 2 of the AWS CLI");
        return;
    }
    stage.replace_aws(&version_2);
    live_before(&stage);
    let first = stage.state();
    for command in ["apply", "verify", "rollback"] {
        let args: &[&str] = if command == "verify" { &[command] } else { &[command, "--yes"] };
        let output = stage.run(SCRIPT, args);
        assert_eq!(status(&output), 0, "{}", said(&output));
    }
    assert_eq!(stage.state(), first);
}

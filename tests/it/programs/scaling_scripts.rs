//! The CLI scripts with every kind of scaling: applied once, verified, and given back byte for byte; what is gone, what
//! is renamed, what a schedule sets, what is suspended by hand, and what ECS must measure first.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Output;

use crate::support::stage::{Mishap, Stage};
use crate::support::{root, said};

const SCRIPT: &str = "out/cli/autoscaling.sh prod";

/// One service with everything, of which much is live already under the same names, other names, and other values.
pub const EVERYTHING: &str = r#"
version: 1
project: shop
tags: { Team: web }
defaults:
  capacity: { min: 2, max: 10 }
services:
  web:
    load_balancer: { name: shop, target_group: web }
    scaling:
      requests: { target: 900 }
      cpu: { target: 70, renamed_from: old-cpu }
      memory: { enabled: false, policy_name: old-memory }
      custom:
        lag:
          target: 0.00005
          metrics:
            - { id: late, metric: { namespace: Shop, name: Late, dimensions: { Queue: "a 'b' $(c)", Stage: prod }, statistic: sum } }
            - { id: all, label: "All \"ü\"", metric: { namespace: Shop, name: All, statistic: sum, unit: None } }
            - { id: share, expression: "IF(all > 0.0, late / all, 2.0)", return: true }
      step:
        burst: { metric: cpu, threshold: 85, steps: [{ from: 0, to: 10, by: 2 }, { from: 10, by: 4 }] }
        drain: { enabled: false, alarm_name: old-alarm }
      predictive: { target: 55, max_capacity_buffer: 0 }
      schedule:
        sale: { schedule: "at(2027-01-05T06:00:00)", start: "2027-01-01T01:00:00+01:00", end: "2027-02-01T00:00:00Z", min: 4, max: 40 }
        night: { enabled: false, action_name: old-night }
environments:
  prod: { account: "222222222222", region: eu-west-1 }
"#;

const TARGET: &str = "--service-namespace ecs --scalable-dimension ecs:service:DesiredCount --resource-id service/prod-cluster/prod-web";

fn status(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("{}", said(output)))
}

/// Runs the script, which must end so.
fn run(stage: &Stage, args: &[&str], expected: i32) -> String {
    let output = stage.run(SCRIPT, args);
    assert_eq!(status(&output), expected, "{args:?}: {}", said(&output));
    said(&output)
}

fn is_write(call: &str) -> bool {
    ["register-", "put-", "delete-", "deregister-", "update-service --cluster"]
        .iter()
        .any(|word| call.contains(word))
        && !call.contains("--generate-cli-skeleton")
}

fn writes(stage: &Stage) -> Vec<String> {
    stage.calls().into_iter().filter(|call| is_write(call)).collect()
}

fn register(stage: &Stage, rest: &str) {
    stage.aws(&format!("application-autoscaling register-scalable-target {TARGET} {rest}"));
}

fn tracks(stage: &Stage, name: &str, metric: &str, target: &str) {
    let configuration = format!(
        "{{\"TargetValue\":{target},\"PredefinedMetricSpecification\":{{\"PredefinedMetricType\":\"{metric}\"}},\"DisableScaleIn\":false}}"
    );
    stage.aws(&format!("application-autoscaling put-scaling-policy {TARGET} --policy-type TargetTrackingScaling --policy-name {name} --target-tracking-scaling-policy-configuration {configuration}"));
}

/// A step policy and an alarm that triggers it, with all that an alarm can have.
fn steps(stage: &Stage, name: &str, alarm: &str) {
    let arn = stage.aws(&format!("application-autoscaling put-scaling-policy {TARGET} --policy-type StepScaling --policy-name {name} --step-scaling-policy-configuration {{\"AdjustmentType\":\"ExactCapacity\",\"StepAdjustments\":[{{\"MetricIntervalLowerBound\":0,\"ScalingAdjustment\":5}}]}} --query PolicyARN --output text"));
    stage.aws(&format!("cloudwatch put-metric-alarm --alarm-name {alarm} --alarm-description \"{alarm}\" --metric-name Load --namespace Shop --dimensions Name=B,Value=2 Name=A,Value=1 --statistic Maximum --unit Percent --threshold 1.5 --period 60 --evaluation-periods 5 --comparison-operator GreaterThanThreshold --alarm-actions {} --ok-actions arn:aws:sns:eu-west-1:222222222222:ok --no-actions-enabled", arn.trim()));
}

fn live_before(stage: &Stage) {
    register(
        stage,
        "--min-capacity 3 --max-capacity 7 --suspended-state DynamicScalingInSuspended=false,DynamicScalingOutSuspended=false,ScheduledScalingSuspended=true",
    );
    tracks(stage, "old-cpu", "ECSServiceAverageCPUUtilization", "55.5");
    tracks(stage, "old-memory", "ECSServiceAverageMemoryUtilization", "80");
    steps(stage, "prod-web-burst-step-policy", "prod-web-burst-alarm");
    steps(stage, "prod-web-drain-step-policy", "old-alarm");
    stage.aws(&format!("application-autoscaling put-scaling-policy {TARGET} --policy-type PredictiveScaling --policy-name prod-web-cpu-predictive-policy --predictive-scaling-policy-configuration {{\"MetricSpecifications\":[{{\"TargetValue\":40,\"PredefinedMetricPairSpecification\":{{\"PredefinedMetricType\":\"ECSServiceMemoryUtilization\"}}}}],\"Mode\":\"ForecastAndScale\"}}"));
    for (name, limits) in
        [("prod-web-sale", "MaxCapacity=9"), ("old-night", "MinCapacity=1"), ("theirs", "MinCapacity=2")]
    {
        stage.aws(&format!("application-autoscaling put-scheduled-action {TARGET} --scheduled-action-name {name} --schedule rate(5hours) --end-time 2027-03-04T05:06:07Z --scalable-target-action {limits}"));
    }
}

/// What the canonical state leaves out of alarms.
fn descriptions(stage: &Stage) -> String {
    stage.aws("cloudwatch describe-alarms --alarm-names prod-web-burst-alarm old-alarm --query MetricAlarms[].[AlarmName,AlarmDescription]")
}

#[test]
fn every_kind_is_written_once_verified_and_given_back() {
    let Some(stage) = Stage::new(EVERYTHING) else { return };
    live_before(&stage);
    let (first, described) = (stage.state(), descriptions(&stage));
    let apply = run(&stage, &["apply", "--yes"], 0);
    for line in [
        "  - policy old-cpu (renamed to prod-web-cpu-tracking-policy)",
        "  - policy old-memory (switched off)",
        "with policy old-memory goes its veto on scaling in",
        "  - policy prod-web-drain-step-policy (switched off)",
        "  - alarm old-alarm (switched off)",
        "  - scheduled action old-night (switched off)",
        "scheduled action theirs (rate(5hours) UTC, min 2, until 2027-03-04T05:06:07Z): not of this script",
        "scale-in is held until the new policies are there",
        "  ~ alarm prod-web-burst-alarm",
        "  ~ scheduled action prod-web-sale",
        "      MaxCapacityBuffer    - -> 0",
    ] {
        assert!(apply.contains(line), "{line}: {apply}");
    }
    let applied = stage.state();
    for gone in ["old-cpu", "old-memory", "drain", "old-alarm", "old-night"] {
        assert!(first.contains(gone) && !applied.contains(gone), "{gone}: {applied}");
    }
    let state: serde_json::Value = serde_json::from_str(&applied).unwrap();
    let suspended = serde_json::json!({ "in": false, "out": false, "scheduled": true });
    assert_eq!(state["targets"][0]["suspended"], suspended, "the hold is released to what was before");
    run(&stage, &["verify"], 0);
    run(&stage, &["apply", "--yes"], 0);
    assert_eq!(writes(&stage), [""; 0]);
    let shown = run(&stage, &["status"], 0);
    for line in
        ["action      theirs: ", "(not of this script)", "alarm       prod-web-burst-alarm: CPUUtilization"]
    {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    run(&stage, &["rollback", "--yes"], 0);
    assert_eq!((stage.state(), descriptions(&stage)), (first, described));
}

/// Cases of the repository from nothing and back to it; equality.rs compares what they leave.
#[test]
fn cases_go_back_to_nothing() {
    for (case, service) in [("metrics", "mailer"), ("timed", "shop")] {
        let spec = fs::read_to_string(root().join(format!("tests/cases/{case}/spec.yaml"))).unwrap();
        let Some(stage) = Stage::new(&spec) else { return };
        let first = stage.state();
        run(&stage, &["apply", "--yes", "--service", service], 0);
        run(&stage, &["rollback", "--yes", "--service", service], 0);
        assert_eq!(stage.state(), first, "{case}");
    }
}

const RENAMED: &str = r#"
version: 1
project: shop
services:
  web: { scaling: { cpu: { target: 70, renamed_from: old-cpu }, memory: { enabled: false, policy_name: old-memory } } }
defaults: { capacity: { min: 2, max: 10 } }
environments:
  prod: { account: "222222222222", region: eu-west-1 }
"#;

/// Wherever a rename stops, another apply finishes it, or a rollback undoes it, and scale-in is held until then.
#[test]
fn a_rename_that_is_cut_off_holds_scale_in() {
    let Some(stage) = Stage::new(RENAMED) else { return };
    register(&stage, "--min-capacity 2 --max-capacity 10");
    tracks(&stage, "old-cpu", "ECSServiceAverageCPUUtilization", "55.5");
    tracks(&stage, "old-memory", "ECSServiceAverageMemoryUtilization", "80");
    let first = stage.state();
    run(&stage, &["apply", "--yes"], 0);
    let wanted = stage.state();
    let calls = stage.calls();
    let places: Vec<usize> = (1..).zip(&calls).filter(|(_, call)| is_write(call)).map(|(n, _)| n).collect();
    let order: Vec<&str> = places.iter().map(|n| calls[n - 1].split(' ').nth(1).unwrap()).collect();
    assert_eq!(
        order,
        [
            "register-scalable-target",
            "delete-scaling-policy",
            "delete-scaling-policy",
            "put-scaling-policy",
            "register-scalable-target"
        ]
    );
    run(&stage, &["rollback", "--yes"], 0);
    assert_eq!(stage.state(), first);
    for (mishap, finish) in [(Mishap::After(places[1]), "apply"), (Mishap::Before(places[3]), "rollback")] {
        let apply = stage.run_with(SCRIPT, &["apply", "--yes"], mishap);
        assert_eq!(status(&apply), 2, "{}", said(&apply));
        assert!(stage.state().contains("\"in\": true"), "{}{}", said(&apply), stage.state());
        assert!(
            said(&apply).contains("Dynamic scale-in of web is suspended until its apply"),
            "{}",
            said(&apply)
        );
        if finish == "apply" {
            assert!(run(&stage, &["suspend", "--yes"], 2).contains("an apply was interrupted"));
            run(&stage, &["apply", "--yes"], 0);
            assert_eq!(stage.state(), wanted, "{}", said(&apply));
        }
        run(&stage, &["rollback", "--yes"], 0);
        assert_eq!(stage.state(), first, "{}", said(&apply));
    }
}

const SCHEDULED: &str = r#"
version: 1
project: shop
services:
  web: { scaling: { cpu: { target: 70 }, schedule: { noon: { schedule: "cron(0 12 * * ? *)", min: 6, max: 20 } } } }
  idle: { scaling: { cpu: { target: 70 }, suspended: { out: false } } }
defaults: { capacity: { min: 2, max: 10 } }
environments:
  prod: { account: "222222222222", region: eu-west-1 }
"#;

#[test]
fn what_the_schedule_sets_is_no_difference_and_suspending_says_how_to_go_back() {
    let Some(stage) = Stage::new(SCHEDULED) else { return };
    run(&stage, &["apply", "--yes"], 0);
    register(&stage, "--min-capacity 6 --max-capacity 20");
    let verify = run(&stage, &["verify"], 0);
    assert!(verify.contains("min is 6, as the schedule sets it (declared: 2)"), "{verify}");
    register(&stage, "--min-capacity 5 --max-capacity 20");
    let plan = run(&stage, &["plan"], 0);
    assert!(plan.contains("MinCapacity          5 -> 2") && !plan.contains("20 ->"), "{plan}");
    run(&stage, &["apply", "--yes"], 0);
    assert!(
        writes(&stage).iter().all(|call| call.contains("\"MinCapacity\":2") && !call.contains("MaxCapacity"))
    );

    let first = stage.state();
    let suspended = run(&stage, &["suspend", "--scale-out", "--scheduled", "--yes"], 0);
    assert!(suspended.contains("resume --service web --scale-out --scheduled --state-dir"), "{suspended}");
    assert!(suspended.contains("the spec says what is suspended"), "{suspended}");
    let verify = run(&stage, &["verify"], 1);
    assert!(
        verify.contains("idle: scalable target: DynamicScalingOutSuspended is true, should be false"),
        "{verify}"
    );
    assert!(
        !verify.contains("web: scalable target: DynamicScalingOut"),
        "where the spec says nothing: {verify}"
    );
    run(&stage, &["suspend", "--scheduled", "--yes"], 0);
    assert_eq!(writes(&stage), [""; 0]);
    run(&stage, &["resume", "--yes"], 0);
    assert_eq!(stage.state(), first);
}

pub const FASTER: &str = r#"
version: 1
project: shop
services:
  api: { scaling: { memory: { target: 60, resolution: 20s } } }
  web: { scaling: { cpu: { target: 60, resolution: 20s }, memory: { target: 75 } } }
defaults: { capacity: { min: 2, max: 10 } }
environments:
  prod: { account: "222222222222", region: us-east-1 }
"#;

/// An AWS CLI that knows less than it is asked for.
const OLD_AWS: &str = r#"#!/usr/bin/env bash
if [[ $* == *--generate-cli-skeleton* ]]; then exec echo '{ "cluster": "" }'; fi
exec "$REAL_AWS" "$@"
"#;

#[test]
fn ecs_measures_every_20_seconds_before_the_policy_comes() {
    let Some(stage) = Stage::new(FASTER) else { return };
    let first = stage.state();
    fs::rename(stage.path("bin/aws"), stage.path("new-aws")).unwrap();
    fs::write(stage.path("bin/aws"), OLD_AWS).unwrap();
    fs::set_permissions(stage.path("bin/aws"), fs::Permissions::from_mode(0o755)).unwrap();
    let refused = run(&stage, &["apply", "--yes"], 2);
    assert!(refused.contains("botocore 1.43.33"), "{refused}");
    assert!(refused.contains("nothing was written to AWS"), "{refused}");
    assert_eq!(stage.state(), first);
    fs::rename(stage.path("new-aws"), stage.path("bin/aws")).unwrap();

    let api = ["--yes", "--service", "api"];
    let plan = run(&stage, &["plan", "--service", "api"], 0);
    assert!(plan.contains("MemoryUtilization    every 60 s -> every 20 s"), "{plan}");
    // The apply asks once more, begins the deployment, and asks whether it is over: then comes Ctrl-C.
    let asks = stage.calls().len() + 9;
    let cut = stage.run_with(SCRIPT, &[&["apply"], &api[..]].concat(), Mishap::Signal(asks, "INT"));
    assert_eq!(status(&cut), 130, "{}", said(&cut));
    assert!(
        said(&cut).contains("  let ECS measure MemoryUtilization of prod-api every 20 s\n"),
        "{}",
        said(&cut)
    );
    run(&stage, &[&["rollback"], &api[..]].concat(), 0);
    assert_eq!(stage.state(), first);

    let web = ["--yes", "--service", "web"];
    stage.edit("out/cli/autoscaling.sh", "readonly POLL_SECONDS=15", "readonly POLL_SECONDS=0.1");
    run(&stage, &[&["apply"], &web[..]].concat(), 0);
    let calls = stage.calls();
    let place = |word| calls.iter().position(|call| call.contains(word)).unwrap();
    let (begin, put) = (place("update-service --cluster"), place("HighResolution"));
    let polls = calls[begin..put].iter().filter(|call| call.contains("describe-services")).count();
    assert!(polls > 1, "{calls:?}");
    let back = run(&stage, &[&["rollback"], &web[..]].concat(), 0);
    assert!(back.contains("what ECS measures every 20 seconds was left as it is"), "{back}");
    assert_eq!(stage.state(), first);
    // It is measured now, so another apply begins no deployment.
    run(&stage, &[&["apply"], &web[..]].concat(), 0);
    assert!(writes(&stage).iter().all(|call| !call.contains("update-service")), "{:?}", writes(&stage));
}

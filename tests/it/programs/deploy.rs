//! deploy.sh of the CloudFormation target under hostile conditions.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Command, Output};

use crate::support::stage::{Mishap, SPEC, Stage, literal};
use crate::support::{root, said};

const SCRIPT: &str = "out/cloudformation/deploy.sh prod";
const DATA: &str = "out/cloudformation/prod/environment.json";

fn status(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("{}", said(output)))
}

fn stacks(stage: &Stage) -> String {
    stage.aws("cloudformation describe-stacks --query Stacks[].[StackName,StackStatus] --output text")
}

#[test]
fn a_second_deployment_changes_nothing_and_a_dry_run_leaves_nothing() {
    let Some(stage) = Stage::new(SPEC) else { return };
    let dry = stage.run(SCRIPT, &["--dry-run"]);
    assert_eq!((status(&dry), stacks(&stage).as_str()), (0, ""), "{}", said(&dry));
    assert!(said(&dry).contains("RequestsPolicy"), "the change set is shown: {}", said(&dry));
    let first = stage.run(SCRIPT, &["--yes"]);
    assert_eq!(status(&first), 0, "{}", said(&first));
    assert_eq!(stacks(&stage), "prod-web-autoscaling\tCREATE_COMPLETE\n");
    let second = stage.run(SCRIPT, &["--yes"]);
    assert_eq!(status(&second), 0, "{}", said(&second));
    assert!(said(&second).contains("no changes"), "{}", said(&second));
}

/// The n-th call fails, for every n: the cause is shown, and the next run ends well, or what it needs is said.
#[test]
fn every_call_that_fails_is_said_and_the_next_run_ends_well() {
    let Some(stage) = Stage::new(SPEC) else { return };
    let delete = || stage.aws("cloudformation delete-stack --stack-name prod-web-autoscaling");
    let calls = |option: &str| {
        assert_eq!(status(&stage.run(SCRIPT, &[option])), 0);
        stage.calls()
    };
    // The same calls as of --yes, then those that clean up.
    let dry = calls("--dry-run");
    let clean_up = dry.iter().position(|call| call.contains("delete-change-set")).unwrap();
    let yes = calls("--yes");
    assert!(yes.len() > 10 && yes.len() > clean_up, "{yes:#?}");
    let mut mishaps: Vec<_> = (1..=yes.len()).map(|n| ("--yes", Mishap::Before(n))).collect();
    let writes = |call: &str| call.contains("create-change-set") || call.contains("execute-change-set");
    mishaps
        .extend((1..).zip(&yes).filter(|(_, call)| writes(call)).map(|(n, _)| ("--yes", Mishap::After(n))));
    mishaps.extend((clean_up + 1..=dry.len()).map(|n| ("--dry-run", Mishap::Before(n))));
    delete();
    // All that the next run knows of this one is the stack: once from each state is enough.
    let mut seen = BTreeSet::from([String::new()]);
    for (option, mishap) in mishaps {
        let output = stage.run_with(SCRIPT, &[option], mishap);
        assert_eq!(status(&output), 2, "{option} {mishap:?}: {}", said(&output));
        assert!(said(&output).contains("injected failure"), "{option} {mishap:?}: {}", said(&output));
        let left = stacks(&stage);
        if left.contains("REVIEW_IN_PROGRESS") {
            assert!(said(&output).contains("delete it by hand"), "{option} {mishap:?}: {}", said(&output));
        } else if seen.insert(left.clone()) {
            assert_eq!(left, "prod-web-autoscaling\tCREATE_COMPLETE\n", "{option} {mishap:?}");
            let next = stage.run(SCRIPT, &["--yes"]);
            assert_eq!((status(&next), stacks(&stage)), (0, left.clone()), "{}", said(&next));
        }
        if !left.is_empty() {
            delete();
        }
    }
    assert_eq!(seen.len(), 2, "{seen:?}");
}

/// Found through links, from any folder; an environment that is not there is answered with those that are, and a folder
/// without what both programs source says so.
#[test]
fn it_finds_its_data_and_says_what_it_lacks() {
    let Some(stage) = Stage::new(SPEC) else { return };
    fs::create_dir(stage.path("links")).unwrap();
    symlink("../out/cloudformation/deploy.sh", stage.path("links/one")).unwrap();
    symlink("links/one", stage.path("two")).unwrap();
    for script in ["links/one prod", "two prod"] {
        let output = stage.run(script, &["--dry-run"]);
        assert_eq!(status(&output), 0, "{script}: {}", said(&output));
    }
    let refused = |script: &str, args: &[&str], words: &str| {
        let output = stage.run(script, args);
        assert_eq!((status(&output), stage.calls().len()), (2, 0), "{args:?}: {}", said(&output));
        assert!(said(&output).contains(words), "{words}: {}", said(&output));
    };
    let script = "out/cloudformation/deploy.sh";
    refused(script, &["--dry-run"], "error: name an environment; there are: prod\n");
    refused(script, &["staging"], "error: there is no environment staging; there are: prod\n");
    refused(script, &["../cloudformation/prod"], "there is no environment ../cloudformation/prod");
    refused(script, &["prod", "web"], "unknown argument web");
    refused(script, &["prod", "--monitoring"], "nothing that the services of prod have together");
    refused(script, &["prod", "--yes", "--override=INC-1"], "no wave of a rollout has prod");
    let help = stage.run(script, &["prod", "--help"]);
    assert!(status(&help) == 0 && said(&help).contains("Environments: prod\n"), "{}", said(&help));
    // The program of a folder is complete by itself: beside it or, in the template tree, beside the other program.
    fs::rename(stage.path("out/cloudformation/common.sh"), stage.path("common.sh")).unwrap();
    assert_eq!(status(&stage.run(script, &["prod", "--dry-run"])), 0);
    fs::remove_file(stage.path("out/cli/common.sh")).unwrap();
    refused(script, &["prod", "--dry-run"], "error: common.sh is missing");
}

/// What it needs is looked for before AWS is asked anything, and said in one sentence.
#[test]
fn without_jq_or_the_aws_cli_it_says_so() {
    let Some(stage) = Stage::new(SPEC) else { return };
    fs::create_dir(stage.path("few")).unwrap();
    let which = |name: &str| {
        let path = Command::new("bash").args(["-c", "type -P \"$0\"", name]).output().unwrap().stdout;
        String::from_utf8(path).unwrap().trim().to_owned()
    };
    let says = |words: &str| {
        let mut command = Command::new(which("bash"));
        command.arg(stage.path("out/cloudformation/deploy.sh")).args(["prod", "--dry-run"]);
        let output = command.env_clear().env("PATH", stage.path("few")).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), text.lines().count()), (Some(2), 1), "{text}");
        assert!(text.starts_with("error: ") && text.contains(words), "{text}");
    };
    says("jq is not installed");
    symlink(which("jq"), stage.path("few/jq")).unwrap();
    says("the AWS CLI is not installed");
}

/// Each guard: what is wrong with the account or the call, and the words that say so. No stack is made.
#[test]
fn guards_refuse_before_a_stack_exists() {
    let Some(stage) = Stage::new(SPEC) else { return };
    let refused = |args: &[&str], words: &str| {
        let output = stage.run(SCRIPT, args);
        assert_eq!((status(&output), stage.writes()), (2, 0), "{words}: {}", said(&output));
        assert!(said(&output).contains(words), "{words}: {}", said(&output));
    };
    refused(&[], "--yes");
    refused(&["--service", "wbe", "--yes"], "wbe");
    stage.add_balancers();
    for (right, wrong, words) in [
        ("\"222222222222\"", "\"999999999999\"", "prod is account 999999999999"),
        ("\"aws\"", "\"aws-cn\"", "prod is in aws-cn"),
        ("\"prod-alb\"", "\"nowhere\"", "LoadBalancerNotFound"),
        ("\"prod-alb\"", "\"nlb\"", "load balancer nlb is of type network"),
        ("\"prod-alb\"", "\"other\"", "the target group prod-web-tg gets no traffic from other"),
        ("\"prod-web-tg\"", "\"nowhere\"", "TargetGroupNotFound"),
        (
            r#""prod-alb", "TargetGroup": "prod-web-tg""#,
            r#""other", "TargetGroup": "other-tg""#,
            "other-tg is not attached",
        ),
        ("prod-cluster/prod-web", "prod-cluster/nobody", "there is no ECS service nobody"),
    ] {
        stage.edit(DATA, right, wrong);
        refused(&["--yes"], words);
        stage.edit(DATA, wrong, right);
    }
    stage.aws("ecs delete-service --cluster prod-cluster --service prod-web --force");
    refused(&["--yes"], "INACTIVE");
}

/// Load balancers given by ARN suffix are looked at too.
#[test]
fn guards_refuse_literal_load_balancers_that_are_not_so() {
    let Some(stage) = Stage::new(&literal()) else { return };
    for (right, wrong, words) in [
        ("app/shop/", "app/other/", "gets no traffic from app/other/0123456789abcdef"),
        ("targetgroup/web/", "targetgroup/none/", "targetgroup/none/fedcba9876543210 is not attached"),
    ] {
        stage.edit(DATA, right, wrong);
        let output = stage.run(SCRIPT, &["--yes"]);
        assert_eq!((status(&output), stage.writes()), (2, 0), "{words}: {}", said(&output));
        assert!(said(&output).contains(words), "{words}: {}", said(&output));
        stage.edit(DATA, wrong, right);
    }
}

/// A rollout is no reason not to deploy; it is said.
#[test]
fn a_rollout_in_progress_is_a_warning() {
    let Some(stage) = Stage::new(SPEC) else { return };
    for (states, warns) in
        [(&["COMPLETED"][..], false), (&["IN_PROGRESS"], true), (&["FAILED", "COMPLETED"], true)]
    {
        stage.rollouts(states);
        let output = stage.run(SCRIPT, &["--dry-run"]);
        assert_eq!(status(&output), 0, "{}", said(&output));
        let warned = said(&output).contains("a deployment of prod-web is in progress");
        assert_eq!(warned, warns, "{states:?}: {}", said(&output));
    }
}

/// Only `yes` is taken for yes: not another answer, not the end of input, not Ctrl-C.
#[test]
fn at_a_terminal_it_asks_first() {
    let Some(stage) = Stage::new(SPEC) else { return };
    for (typed, expected, left) in [
        ("no\n", 1, ""),
        ("\x04", 1, ""),
        ("\x03", 130, ""),
        ("yes\n", 0, "prod-web-autoscaling\tCREATE_COMPLETE\n"),
    ] {
        let output = stage.run_at_terminal(SCRIPT, &[], typed);
        assert_eq!(
            (status(&output), stacks(&stage).as_str()),
            (expected, left),
            "{typed:?}: {}",
            said(&output)
        );
        assert!(said(&output).contains("Deploy web to prod? "), "{}", said(&output));
    }
}

#[test]
fn an_interrupt_takes_the_unexecuted_change_set_back() {
    let Some(stage) = Stage::new(SPEC) else { return };
    assert_eq!(status(&stage.run(SCRIPT, &["--dry-run"])), 0);
    let made = stage.calls().iter().position(|call| call.contains("create-change-set")).unwrap() + 1;
    for (signal, expected) in [("INT", 130), ("PIPE", 141)] {
        let output = stage.run_with(SCRIPT, &["--yes"], Mishap::Signal(made + 1, signal));
        assert_eq!((status(&output), stacks(&stage).as_str()), (expected, ""), "{}", said(&output));
    }
}

/// The scalable target of `prod/web`.
const WEB: &str = "--service-namespace ecs --scalable-dimension ecs:service:DesiredCount --resource-id service/prod-cluster/prod-web";

/// The spec with other lines for the CPU policy.
fn with_cpu(cpu: &str) -> String {
    let before = "cpu: { target: 70 }";
    assert!(SPEC.contains(before));
    SPEC.replace(before, &format!("cpu: {{ target: 70, {cpu} }}"))
}

fn policies(stage: &Stage) -> String {
    let query = "ScalingPolicies[].PolicyName";
    stage.aws(&format!(
        "application-autoscaling describe-scaling-policies --service-namespace ecs --query {query} --output text"
    ))
}

fn scale_in_is_suspended(stage: &Stage) -> bool {
    let query = "ScalableTargets[?SuspendedState.DynamicScalingInSuspended].ResourceId";
    let said = stage.aws(&format!(
        "application-autoscaling describe-scalable-targets --service-namespace ecs --query {query} --output text"
    ));
    !said.trim().is_empty()
}

/// The live scaling of `prod/web`, with a CPU policy of another name, in no stack.
fn make_live(stage: &Stage, min: u32, cpu: &str, target: &str) {
    stage.aws(&format!(
        "application-autoscaling register-scalable-target {WEB} --min-capacity {min} --max-capacity 10"
    ));
    let metric = "PredefinedMetricSpecification={PredefinedMetricType=ECSServiceAverageCPUUtilization}";
    stage.aws(&format!(
        "application-autoscaling put-scaling-policy {WEB} --policy-name {cpu} --policy-type TargetTrackingScaling --target-tracking-scaling-policy-configuration TargetValue={target},ScaleOutCooldown=60,{metric}"
    ));
}

/// The places of the calls of the last run that hold these words, one after another.
fn in_order(stage: &Stage, words: &[&str]) -> bool {
    let calls = stage.calls();
    let mut rest = calls.iter();
    words.iter().all(|word| rest.any(|call| call.contains(word)))
}

/// AWS allows one policy per metric and CloudFormation creates before it deletes: the former policy goes first, with
/// scale-in held until the new one is there.
#[test]
fn a_policy_gets_another_name_in_two_steps() {
    let Some(stage) = Stage::new(SPEC) else { return };
    let _stacks = stage.with_stacks();
    assert_eq!(status(&stage.run(SCRIPT, &["--yes"])), 0);
    let before = policies(&stage);
    assert_eq!(before, "prod-web-requests-tracking-policy\tprod-web-cpu-tracking-policy\n");

    stage.render(&with_cpu("policy_name: cpu, renamed_from: prod-web-cpu-tracking-policy"));
    let dry = stage.run(SCRIPT, &["--dry-run"]);
    assert_eq!((status(&dry), policies(&stage)), (0, before), "{}", said(&dry));
    assert!(
        said(&dry).contains("the policy prod-web-cpu-tracking-policy gives way to cpu"),
        "{}",
        said(&dry)
    );

    let output = stage.run(SCRIPT, &["--yes"]);
    assert_eq!(status(&output), 0, "{}", said(&output));
    assert_eq!(policies(&stage), "prod-web-requests-tracking-policy\tcpu\n");
    assert!(!scale_in_is_suspended(&stage), "{}", said(&output));
    let (execute, suspended) = ("execute-change-set", "DynamicScalingInSuspended=");
    let (held, released) = (format!("{suspended}true"), format!("{suspended}false"));
    assert!(in_order(&stage, &[&held, execute, execute, &released]), "{:#?}", stage.calls());

    let next = stage.run(SCRIPT, &["--yes"]);
    assert!(said(&next).contains("no changes: web") && !in_order(&stage, &[suspended]), "{}", said(&next));

    // What happens to those who do not say `renamed_from`.
    stage.render(&with_cpu("policy_name: other"));
    let output = stage.run(SCRIPT, &["--yes"]);
    let words = "UPDATE_ROLLBACK_COMPLETE: not deployed";
    assert!(status(&output) == 2 && said(&output).contains(words), "{}", said(&output));
}

/// Wherever a rename stops: scale-in is released or the command that releases it is said, and the next run ends well.
#[test]
fn a_rename_that_fails_leaves_scale_in_released_or_says_so() {
    let Some(stage) = Stage::new(SPEC) else { return };
    let _stacks = stage.with_stacks();
    let mut names = ["prod-web-cpu-tracking-policy", "cpu"];
    let mut rename = || {
        names.reverse();
        stage.render(&with_cpu(&format!("policy_name: {}, renamed_from: {}", names[0], names[1])));
        names[0]
    };
    assert_eq!(status(&stage.run(SCRIPT, &["--yes"])), 0);
    rename();
    assert_eq!(status(&stage.run(SCRIPT, &["--yes"])), 0);
    let calls = stage.calls();
    let first = calls.iter().position(|call| call.contains("register-scalable-target")).unwrap() + 1;
    let mut mishaps: Vec<_> = (first..=calls.len()).map(Mishap::Before).collect();
    let writes = ["execute-change-set", "register-scalable-target"];
    let written = (1..).zip(&calls).filter(|(_, call)| writes.iter().any(|word| call.contains(word)));
    mishaps.extend(written.clone().map(|(n, _)| Mishap::After(n)));
    mishaps.extend(written.map(|(n, _)| Mishap::Signal(n, "INT")));
    assert!(mishaps.len() > 15, "{calls:#?}");
    let (mut held, mut released, mut left) = (0, 0, 0);
    for mishap in mishaps {
        let name = rename();
        let output = stage.run_with(SCRIPT, &["--yes"], mishap);
        assert_ne!(status(&output), 0, "{mishap:?}: {}", said(&output));
        let said_so = said(&output).contains("is still suspended");
        assert_eq!(scale_in_is_suspended(&stage), said_so, "{mishap:?}: {}", said(&output));
        if said_so {
            held += 1;
            assert!(
                said(&output).contains("register-scalable-target --service-namespace ecs"),
                "{}",
                said(&output)
            );
        } else {
            released += 1;
        }
        let next = stage.run(SCRIPT, &["--yes"]);
        assert_eq!(status(&next), 0, "{mishap:?}: {}\n{}", said(&output), said(&next));
        let all = policies(&stage);
        let mut live: Vec<&str> = all.split_whitespace().collect();
        live.sort_unstable();
        assert_eq!(live, [name, "prod-web-requests-tracking-policy"], "{mishap:?}: {}", said(&next));
        // A hold that it cannot tell from somebody's own suspension it leaves, and says so once more.
        let suspended = scale_in_is_suspended(&stage);
        assert_eq!(suspended, said(&next).contains("to release it: aws"), "{mishap:?}: {}", said(&next));
        if suspended {
            stage.aws(&format!("application-autoscaling register-scalable-target {WEB} --suspended-state DynamicScalingInSuspended=false"));
            left += 1;
        }
    }
    assert!(left < held / 2, "{left} of {held} holds left");
    assert!(held > 1 && released > 3, "{held} held, {released} released");
}

/// A former policy that no stack has is deleted through the API.
#[test]
fn a_policy_made_by_hand_gives_way_to_its_new_name() {
    let Some(stage) = Stage::new(&with_cpu("renamed_from: by-hand")) else { return };
    let _stacks = stage.with_stacks();
    make_live(&stage, 2, "by-hand", "50");
    let dry = stage.run(SCRIPT, &["--dry-run"]);
    assert!(said(&dry).contains("Delete   by-hand, which is not the stack's"), "{}", said(&dry));
    assert_eq!((status(&dry), policies(&stage).as_str()), (0, "by-hand\n"));
    let declined = stage.run_at_terminal(SCRIPT, &[], "no\n");
    assert_eq!((status(&declined), policies(&stage).as_str()), (1, "by-hand\n"), "{}", said(&declined));
    let output = stage.run(SCRIPT, &["--yes"]);
    assert_eq!(status(&output), 0, "{}", said(&output));
    assert_eq!(policies(&stage), "prod-web-requests-tracking-policy\tprod-web-cpu-tracking-policy\n");
    assert!(!scale_in_is_suspended(&stage), "{}", said(&output));
}

/// What the spec adopts comes into the stack as it is, or not at all; what is not live yet follows with an update.
#[test]
fn what_is_live_is_imported_as_it_is() {
    let spec = with_cpu("policy_name: by-hand, adopt: true");
    let Some(stage) = Stage::new(&spec) else { return };
    let _stacks = stage.with_stacks();
    let refused = |words: &[&str]| {
        let output = stage.run(SCRIPT, &["--yes"]);
        assert_eq!((status(&output), stage.writes()), (2, 0), "{}", said(&output));
        assert!(words.iter().all(|word| said(&output).contains(word)), "{words:?}: {}", said(&output));
    };
    refused(&["is not scaled yet", "the policy by-hand, but it is not live"]);
    make_live(&stage, 1, "by-hand", "71");
    refused(&[
        "live 1 to 10 tasks, in the spec 2 to 10",
        "the policy by-hand to import differs: TargetValue: live 71, in the spec 70.",
    ]);
    make_live(&stage, 2, "by-hand", "70");

    let dry = stage.run(SCRIPT, &["--dry-run"]);
    assert_eq!((status(&dry), stacks(&stage).as_str()), (0, ""), "{}", said(&dry));
    let output = stage.run(SCRIPT, &["--yes"]);
    assert_eq!(status(&output), 0, "{}", said(&output));
    assert!(in_order(
        &stage,
        &["--change-set-type IMPORT", "execute", "--change-set-type UPDATE", "execute"]
    ));
    assert!(said(&output).contains("imported"), "{}", said(&output));
    assert_eq!(policies(&stage), "by-hand\tprod-web-requests-tracking-policy\n");
    let next = stage.run(SCRIPT, &["--yes"]);
    assert!(said(&next).contains("no changes: web"), "{}", said(&next));

    // What was imported outlives its place in the stack; that is said, with the command that ends it.
    stage.render(&with_cpu("policy_name: by-hand, enabled: false"));
    let output = stage.run(SCRIPT, &["--yes"]);
    let words = "the policy by-hand is switched off in the spec, but live";
    assert!(status(&output) == 0 && said(&output).contains(words), "{}", said(&output));
    assert!(said(&output).contains("delete-scaling-policy --service-namespace ecs"), "{}", said(&output));
}

/// A policy that is switched off goes, and nothing else does.
#[test]
fn what_is_switched_off_leaves_the_stack() {
    let Some(stage) = Stage::new(SPEC) else { return };
    let _stacks = stage.with_stacks();
    assert_eq!(status(&stage.run(SCRIPT, &["--yes"])), 0);
    stage.render(&with_cpu("enabled: false"));
    let output = stage.run(SCRIPT, &["--yes"]);
    assert_eq!(status(&output), 0, "{}", said(&output));
    assert_eq!(policies(&stage), "prod-web-requests-tracking-policy\n");
    assert!(!said(&output).contains("switched off"), "{}", said(&output));
}

/// Several target groups behind several load balancers fill the parameters of one template.
#[test]
fn each_target_group_is_looked_up_and_looked_at() {
    let spec = fs::read_to_string(root().join("tests/cases/metrics/spec.yaml")).unwrap();
    let Some(stage) = Stage::new(&spec) else { return };
    let output = stage.run(SCRIPT, &["--yes", "--service", "api", "--service", "checkout"]);
    assert_eq!(status(&output), 0, "{}", said(&output));
    let parameters = |stack: &str| {
        let query = "Stacks[0].Parameters[].[ParameterKey,ParameterValue]";
        let said = stage.aws(&format!("cloudformation describe-stacks --stack-name {stack} --query {query}"));
        let pairs: Vec<(String, String)> = serde_json::from_str(&said).unwrap();
        let without_id =
            |(key, value): (String, String)| format!("{key}={}", value.rsplit_once('/').unwrap().0);
        pairs.into_iter().map(without_id).collect::<Vec<_>>()
    };
    let api = [
        "LoadBalancerFullName=app/shop",
        "TargetGroupFullName=targetgroup/api",
        "MoreAdminTargetGroupFullName=targetgroup/admin",
        "MorePartnersLoadBalancerFullName=app/partners",
        "MorePartnersTargetGroupFullName=targetgroup/partners",
    ];
    assert_eq!(parameters("prod-api-autoscaling"), api);
    let both = ["app/shop", "targetgroup/checkout-blue", "targetgroup/checkout-green"];
    let names = ["LoadBalancerFullName", "BlueTargetGroupFullName", "GreenTargetGroupFullName"];
    let checkout: Vec<String> =
        names.iter().zip(both).map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(parameters("prod-checkout-autoscaling"), checkout);

    let admin = r#""shop", "TargetGroup": "admin""#;
    for (right, wrong, words) in [
        (admin, r#""partners", "TargetGroup": "admin""#, "admin gets no traffic from partners"),
        (admin, r#""shop", "TargetGroup": "checkout-green""#, "checkout-green is not attached"),
    ] {
        stage.edit(DATA, right, wrong);
        let output = stage.run(SCRIPT, &["--yes", "--service", "api"]);
        assert_eq!((status(&output), stage.writes()), (2, 0), "{words}: {}", said(&output));
        assert!(said(&output).contains(words), "{words}: {}", said(&output));
        stage.edit(DATA, wrong, right);
    }
}

/// A live alarm of the same name is not taken over.
#[test]
fn an_alarm_that_is_not_the_stacks_is_left_alone() {
    let spec = with_cpu("cooldown: { out: 60s }");
    let steps = "step: { burst: { metric: cpu, threshold: 90, steps: [{ from: 0, by: 2 }] } }";
    let spec = spec.replace("scaling: {", &format!("scaling: {{ {steps},"));
    let Some(stage) = Stage::new(&spec) else { return };
    let _stacks = stage.with_stacks();
    let alarm = "--namespace AWS/ECS --metric-name CPUUtilization --statistic Average --period 60 --evaluation-periods 1 --threshold 1 --comparison-operator GreaterThanThreshold";
    stage.aws(&format!("cloudwatch put-metric-alarm --alarm-name prod-web-burst-alarm {alarm}"));
    let output = stage.run(SCRIPT, &["--yes"]);
    assert_eq!((status(&output), stage.writes()), (2, 0), "{}", said(&output));
    assert!(said(&output).contains("there is an alarm prod-web-burst-alarm"), "{}", said(&output));
    stage.aws("cloudwatch delete-alarms --alarm-names prod-web-burst-alarm");
    for changes in ["deployed: web", "no changes: web"] {
        let output = stage.run(SCRIPT, &["--yes"]);
        assert!(status(&output) == 0 && said(&output).contains(changes), "{}", said(&output));
    }
}

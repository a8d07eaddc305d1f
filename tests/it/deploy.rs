//! deploy.sh of the CloudFormation target under hostile conditions.

use std::collections::BTreeSet;
use std::process::Output;

use crate::support::said;
use crate::support::stage::{Mishap, SPEC, Stage, literal};

const SCRIPT: &str = "out/cloudformation/prod/deploy.sh";

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
        ("ACCOUNT=222222222222", "ACCOUNT=999999999999", "prod is account 999999999999"),
        ("PARTITION=aws", "PARTITION=aws-cn", "prod is in the partition aws-cn"),
        ("balancer=prod-alb", "balancer=nowhere", "LoadBalancerNotFound"),
        ("balancer=prod-alb", "balancer=nlb", "the load balancer nlb is of type network"),
        ("balancer=prod-alb", "balancer=other", "the target group prod-web-tg gets no traffic from other"),
        ("group=prod-web-tg", "group=nowhere", "TargetGroupNotFound"),
        ("prod-alb target_group=prod-web-tg", "other target_group=other-tg", "other-tg is not attached"),
        ("ecs_service=prod-web", "ecs_service=nobody", "there is no ECS service nobody"),
    ] {
        stage.edit(SCRIPT, right, wrong);
        refused(&["--yes"], words);
        stage.edit(SCRIPT, wrong, right);
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
        stage.edit(SCRIPT, right, wrong);
        let output = stage.run(SCRIPT, &["--yes"]);
        assert_eq!((status(&output), stage.writes()), (2, 0), "{words}: {}", said(&output));
        assert!(said(&output).contains(words), "{words}: {}", said(&output));
        stage.edit(SCRIPT, wrong, right);
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
        assert!(said(&output).contains("Deploy web to prod? Type yes: "), "{}", said(&output));
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

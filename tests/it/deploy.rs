//! deploy.sh of the CloudFormation target under hostile conditions.

use std::process::Output;

use crate::support::said;
use crate::support::stage::{Mishap, SPEC, Stage};

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

#[test]
fn every_call_that_fails_is_said_and_stops_it() {
    let Some(stage) = Stage::new(SPEC) else { return };
    for n in 1.. {
        let output = stage.run_with(SCRIPT, &["--dry-run"], Mishap::Before(n));
        if stage.calls().len() < n {
            assert_eq!(status(&output), 0, "{}", said(&output));
            break;
        }
        assert_eq!(status(&output), 2, "call {n} of {:#?}: {}", stage.calls(), said(&output));
        assert!(said(&output).contains("injected failure"), "call {n}: {}", said(&output));
        // What a failed clean-up leaves behind is named in the message; every run begins with nothing.
        if !stacks(&stage).is_empty() {
            assert!(said(&output).contains("delete it by hand"), "call {n}: {}", said(&output));
            stage.aws("cloudformation delete-stack --stack-name prod-web-autoscaling");
        }
    }
}

#[test]
fn guards_refuse_before_a_stack_exists() {
    let Some(stage) = Stage::new(SPEC) else { return };
    let refused = |args: &[&str], words: &str| {
        let output = stage.run(SCRIPT, args);
        assert_eq!((status(&output), stacks(&stage).as_str()), (2, ""), "{words}: {}", said(&output));
        assert!(said(&output).contains(words), "{words}: {}", said(&output));
    };
    refused(&[], "--yes");
    refused(&["--service", "wbe", "--yes"], "wbe");
    stage.edit(SCRIPT, "222222222222", "999999999999");
    refused(&["--yes"], "999999999999");
    stage.edit(SCRIPT, "999999999999", "222222222222");
    stage.aws("ecs delete-service --cluster prod-cluster --service prod-web --force");
    refused(&["--yes"], "INACTIVE");
}

#[test]
fn an_interrupt_takes_the_unexecuted_change_set_back() {
    let Some(stage) = Stage::new(SPEC) else { return };
    assert_eq!(status(&stage.run(SCRIPT, &["--dry-run"])), 0);
    let made = stage.calls().iter().position(|call| call.contains("create-change-set")).unwrap() + 1;
    let output = stage.run_with(SCRIPT, &["--yes"], Mishap::Signal(made + 1, "INT"));
    assert_eq!((status(&output), stacks(&stage).as_str()), (130, ""), "{}", said(&output));
}

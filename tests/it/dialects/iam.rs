//! The permission documents: only actions that exist, enough for every call that the scripts make, and no more.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::programs::scaling_scripts::{EVERYTHING, FASTER};
use crate::support::stage::{SPEC, Stage};
use crate::support::tools::{Tools, succeed};
use crate::support::{files, gen_in, root, said};

const SCRIPT: &str = "out/cli/autoscaling.sh prod";

/// Actions that no operation has: a permission for the tags of a stack, which are an argument of the operations on it
/// (service authorization reference, CloudFormation).
const PERMISSION_ONLY: [&str; 2] = ["cloudformation:TagResource", "cloudformation:UntagResource"];

/// A document as IAM takes it: without the two lines of the header, cut off as the pages say.
fn policy(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("  \"//")).collect();
    let policy: Value =
        serde_json::from_str(&lines.join("\n")).unwrap_or_else(|error| panic!("{error}: {text}"));
    let members: Vec<&String> = policy.as_object().unwrap().keys().collect();
    assert_eq!(members, ["Version", "Statement"], "IAM refuses other members");
    assert_eq!(policy["Version"], "2012-10-17");
    let size = lines.concat().chars().filter(|c| !c.is_whitespace()).count();
    assert!(size <= 6_144, "{}: {size} characters", path.display());
    let sids: Vec<&str> = statements(&policy).map(|said| said["Sid"].as_str().unwrap()).collect();
    assert_eq!(sids.iter().collect::<BTreeSet<_>>().len(), sids.len(), "{sids:?}");
    policy
}

fn statements(policy: &Value) -> impl Iterator<Item = &Value> {
    policy["Statement"].as_array().unwrap().iter()
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(list) => list.iter().map(|item| item.as_str().unwrap()).collect(),
        value => vec![value.as_str().unwrap()],
    }
}

fn actions(policy: &Value) -> BTreeSet<String> {
    statements(policy).flat_map(|said| texts(&said["Action"])).map(str::to_owned).collect()
}

/// `*` and `?` as IAM reads them; what is escaped is itself.
fn matches(pattern: &str, text: &str) -> bool {
    fn at(pattern: &[char], text: &[char]) -> bool {
        match pattern {
            [] => text.is_empty(),
            ['$', '{', c, '}', rest @ ..] => text.first() == Some(c) && at(rest, &text[1..]),
            ['*', rest @ ..] => (0..=text.len()).any(|skip| at(rest, &text[skip..])),
            ['?', rest @ ..] => !text.is_empty() && at(rest, &text[1..]),
            [c, rest @ ..] => text.first() == Some(c) && at(rest, &text[1..]),
        }
    }
    at(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>())
}

fn allows(policies: &[&Value], action: &str, resource: &str) -> bool {
    let mut statements = policies.iter().flat_map(|policy| statements(policy));
    statements.any(|said| {
        let allowed = texts(&said["Resource"]).into_iter().any(|pattern| matches(pattern, resource));
        texts(&said["Action"]).contains(&action) && allowed
    })
}

/// `ecs describe-services --cluster c …` → the action, and the resource that it is about.
fn needs(call: &str, region: &str) -> Option<(String, String)> {
    if call == "--version" {
        return None;
    }
    let mut words: Vec<&str> = call.split(' ').collect();
    while call != "--version" && words[0].starts_with("--") {
        words.drain(..2); // options for all commands, with their values
    }
    if call == "--version" || words[0] == "sts" || words.contains(&"--generate-cli-skeleton") {
        return None; // needs no permission; calls nobody
    }
    let service = if words[0] == "elbv2" { "elasticloadbalancing" } else { words[0] };
    let operation: String = words[1].split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
    let option = |name: &str| words.iter().position(|word| *word == name).map(|at| words[at + 1]);
    let arn = |rest: &str| format!("arn:aws:{service}:{region}:222222222222:{rest}");
    let request = call.split_once("--cli-input-json ").and_then(|(_, rest)| rest.split_once(" --region "));
    let request: Value = request.and_then(|(json, _)| serde_json::from_str(json).ok()).unwrap_or_default();
    let field = |key: &str| request[key].as_str().or(request[key][0].as_str());
    let resource = match (service, operation.as_str()) {
        ("ecs", "DescribeServiceRevisions") => option("--service-revision-arns").unwrap().to_owned(),
        ("ecs", _) => {
            let name = option("--services").or(option("--service")).unwrap();
            arn(&format!("service/{}/{name}", option("--cluster").unwrap()))
        }
        ("cloudwatch", dashboards) if dashboards.contains("Dashboard") => {
            let name = option("--dashboard-name").or(field("DashboardName")).or(field("DashboardNames"));
            format!("arn:aws:cloudwatch::222222222222:dashboard/{}", name.unwrap())
        }
        ("sns", "CreateTopic") => arn(field("Name").unwrap()),
        ("sns", _) => option("--topic-arn").or(field("TopicArn")).unwrap().to_owned(),
        ("events", _) => {
            let name = option("--name").or(option("--rule")).or(field("Rule")).or(field("Name"));
            arn(&format!("rule/{}", name.unwrap()))
        }
        ("cloudwatch", "DescribeAlarms") => arn("alarm:any"),
        ("cloudwatch", _) => {
            let name = option("--alarm-names").or(field("AlarmName")).or(field("AlarmNames"));
            arn(&format!("alarm:{}", name.unwrap().trim_matches(['[', ']', '"'])))
        }
        ("cloudformation", _) => arn(&format!("stack/{}/1-2-3", option("--stack-name").unwrap())),
        ("application-autoscaling", write) if !write.starts_with("Describe") => arn("scalable-target/0a1b"),
        _ => "*".to_owned(),
    };
    Some((format!("{service}:{operation}"), resource))
}

#[test]
fn only_actions_that_exist_are_named() {
    let Some(tools) = Tools::get() else { return };
    let mut named = BTreeSet::new();
    let mut documents = files(&root().join("generated/iam"), ".json");
    let folder = tempfile::tempdir().unwrap();
    for case in files(&root().join("tests/cases"), "spec.yaml") {
        let out = folder.path().join(case.parent().unwrap().file_name().unwrap());
        succeed(gen_in(root()).arg("--spec").arg(&case).arg("--out").arg(&out).args(["--target", "iam"]));
        documents.extend(files(&out, ".json"));
    }
    assert!(documents.len() > 20);
    for document in &documents {
        let policy = policy(document);
        for said in statements(&policy) {
            // What is written is scoped, by ARN or by what the service knows to tell.
            let writes = texts(&said["Action"]).into_iter().any(|action| !is_read(action));
            assert!(!writes || said["Resource"] != "*", "{}: {said}", document.display());
        }
        named.extend(actions(&policy));
    }
    let program = "import json, sys, botocore.session as s
s = s.get_session()
of = {'elasticloadbalancing': 'elbv2'}
for action in json.load(sys.stdin):
    service, name = action.split(':')
    if name not in s.get_service_model(of.get(service, service)).operation_names:
        print(action)";
    let mut command = tools.command("python");
    let list = folder.path().join("actions");
    fs::write(&list, serde_json::to_string(&named).unwrap()).unwrap();
    let unknown = succeed(command.args(["-c", program]).stdin(fs::File::open(list).unwrap()));
    assert_eq!(unknown.lines().collect::<Vec<_>>(), PERMISSION_ONLY);
}

fn is_read(action: &str) -> bool {
    let verb = action.split(':').nth(1).unwrap();
    ["Describe", "List", "Get"].iter().any(|read| verb.starts_with(read))
}

fn granted(stage: &Stage, name: &str) -> Value {
    policy(&stage.path(&format!("out/iam/prod/{name}.json")))
}

/// Runs the scripts with every kind of scaling and holds each call against the documents.
#[test]
fn every_call_of_the_script_is_allowed_and_status_reads_no_more_than_it_must() {
    let mut read = BTreeSet::new();
    let mut status_allows = BTreeSet::new();
    let told = format!("{EVERYTHING}notifications: {{}}\ndashboard: {{}}\n");
    for (spec, region) in [(told.as_str(), "eu-west-1"), (FASTER, "us-east-1")] {
        let Some(stage) = Stage::new(spec) else { return };
        if spec == FASTER {
            stage.edit("out/cli/autoscaling.sh", "readonly POLL_SECONDS=15", "readonly POLL_SECONDS=0.1");
        }
        let (apply, status) = (granted(&stage, "apply"), granted(&stage, "status"));
        status_allows.extend(actions(&status));
        let mut seen = BTreeSet::new();
        for command in ["plan", "apply", "status", "verify", "suspend", "resume", "rollback"] {
            let reads = ["plan", "status", "verify"].contains(&command);
            let args: &[&str] = if reads { &[command] } else { &[command, "--yes"] };
            let output = stage.run(SCRIPT, args);
            assert_eq!(output.status.code(), Some(0), "{}", said(&output));
            for (action, resource) in stage.calls().iter().filter_map(|call| needs(call, region)) {
                assert!(allows(&[&apply], &action, &resource), "apply: {action} on {resource}");
                if reads {
                    assert!(allows(&[&status], &action, &resource), "status: {action} on {resource}");
                    read.insert(action.clone());
                }
                seen.insert(action);
            }
        }
        let writes = seen.iter().filter(|action| !is_read(action)).count();
        assert!(writes >= 4, "{seen:?}");
        // Not a service beside them, and nothing of another account or region.
        for (action, resource) in [
            ("ecs:UpdateService", "service/prod-cluster/prod-webs"),
            ("cloudwatch:DeleteAlarms", "alarm:somebody-elses"),
            (
                "cloudwatch:PutMetricAlarm",
                "alarm:TargetTracking-service/prod-cluster/prod-website-AlarmHigh-1",
            ),
        ] {
            let service = action.split(':').next().unwrap();
            let arn = format!("arn:aws:{service}:{region}:222222222222:{resource}");
            assert!(!allows(&[&apply], action, &arn), "{action} on {arn}");
        }
        let ours = format!(
            "arn:aws:cloudwatch:{region}:222222222222:alarm:TargetTracking-service/prod-cluster/prod-web-AlarmLow-0a"
        );
        assert!(allows(&[&apply], "cloudwatch:PutMetricAlarm", &ours));
        assert!(!allows(&[&apply], "cloudwatch:PutMetricAlarm", &ours.replace(region, "eu-north-1")));
    }
    assert_eq!(status_allows, read, "status.json is what plan, status and verify ask, and no more");
    assert!(read.iter().all(|action| is_read(action)), "{read:?}");
}

#[test]
fn every_call_of_deploy_sh_is_allowed() {
    let Some(stage) = Stage::new(SPEC) else { return };
    let (apply, stacks) = (granted(&stage, "apply"), granted(&stage, "stacks"));
    let mut seen = BTreeSet::new();
    for option in ["--dry-run", "--yes"] {
        let output = stage.run("out/cloudformation/deploy.sh prod", &[option]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        for (action, resource) in stage.calls().iter().filter_map(|call| needs(call, "eu-west-1")) {
            assert!(allows(&[&apply, &stacks], &action, &resource), "{action} on {resource}");
            seen.insert(action);
        }
    }
    assert!(seen.contains("cloudformation:ExecuteChangeSet"), "{seen:?}");
}

/// Also what no run of these tests comes to: every call that stands in a script.
#[test]
fn every_call_that_stands_in_a_script_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("spec.yaml"), EVERYTHING).unwrap();
    succeed(gen_in(folder.path()).args(["--spec", "spec.yaml", "--out", "out"]));
    let allowed = |name: &str| actions(&policy(&folder.path().join("out/iam/prod").join(name)));
    let apply = allowed("apply.json");
    let both: BTreeSet<String> = apply.union(&allowed("stacks.json")).cloned().collect();
    // Remedies for people, shown and not called; what only a service that ECS must measure needs; and dashboards.
    let shown = [
        "cloudformation:DetectStackDrift",
        "cloudformation:ContinueUpdateRollback",
        "cloudwatch:DeleteDashboards",
        "cloudwatch:GetDashboard",
        "cloudwatch:PutDashboard",
        "ecs:DescribeServiceRevisions",
    ];
    for (script, allowed) in [("out/cli/autoscaling.sh", &apply), ("out/cloudformation/deploy.sh", &both)] {
        let read = |path: &str| fs::read_to_string(folder.path().join(path)).unwrap();
        let text = read(script) + &read("out/cloudformation/common.sh");
        let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').collect();
        let mut calls = 0;
        for pair in words.windows(2) {
            let services = ["application-autoscaling", "ecs", "cloudwatch", "elbv2", "cloudformation"];
            if services.contains(&pair[0]) && pair[1].contains('-') && !pair[1].starts_with('-') {
                let call = format!("{} {}", pair[0], pair[1]).replace("elbv2", "elasticloadbalancing");
                let (service, operation) = call.split_once(' ').unwrap();
                let operation: String =
                    operation.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
                let action = format!("{service}:{operation}");
                calls += 1;
                assert!(allowed.contains(&action) || shown.contains(&action.as_str()), "{script}: {action}");
            }
        }
        assert!(calls > 12, "{script}: {calls}");
    }
}

/// 300 services, and names that mean something in a policy: still one document, still no more than their own names.
#[test]
fn documents_of_large_fleets_fit_into_a_policy() {
    let folder = tempfile::tempdir().unwrap();
    let services: String = (0..300).map(|n| format!("  service-with-a-long-name-{n}: {{}}\n")).collect();
    let spec = format!(
        "version: 1\nproject: shop\nnotifications: {{}}\ndefaults:\n  capacity: {{ min: 2, max: 10 }}\n  scaling:\n    cpu: {{ target: 70, resolution: 20s }}\n    step: {{ burst: {{ metric: cpu, threshold: 90, steps: [{{ from: 0, by: 2 }}] }} }}\n    \n  load_balancer: {{ name: alb, target_group: web }}\nservices:\n{services}environments:\n  prod: {{ account: \"222222222222\", region: us-gov-west-1 }}\n"
    );
    fs::write(folder.path().join("spec.yaml"), spec).unwrap();
    succeed(gen_in(folder.path()).args(["--spec", "spec.yaml", "--out", "out", "--target", "iam"]));
    for name in ["apply", "status", "stacks"] {
        let policy = policy(&folder.path().join(format!("out/iam/prod/{name}.json")));
        for said in statements(&policy) {
            for resource in texts(&said["Resource"]).into_iter().filter(|resource| *resource != "*") {
                assert!(resource.starts_with("arn:aws-us-gov:"), "{resource}");
            }
        }
        if name == "apply" {
            let arn = |rest: &str| format!("arn:aws-us-gov:ecs:us-gov-west-1:222222222222:service/{rest}");
            let ours = |rest: &str| allows(&[&policy], "ecs:UpdateService", &arn(rest));
            assert!((0..300).all(|n| ours(&format!("prod-cluster/prod-service-with-a-long-name-{n}"))));
            assert!(
                !ours("prod-cluster/prod-payments") && !ours("other-cluster/prod-service-with-a-long-name-1")
            );
        }
    }
}

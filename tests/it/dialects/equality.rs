//! The dialects mean the same: the same fleet through each of them gives the same AWS state, field by field.
//!
//! The CLI scripts run for real, Terraform applies with every provider there is, the CloudFormation templates are
//! deployed by their script and their properties sent through botocore, each against an AWS of its own (moto on
//! loopback). What they leave behind, and what Terraform plans, is compared with what the fleet says (`support/expected`).

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use scalegen::plan::policy::{Policy, PolicyKind, Resolution, TrackedMetric};
use scalegen::plan::{Environment, Fleet};
use serde_json::{Value, json};

use crate::support::expected::{self, differences};
use crate::support::quick_aws::QuickAws;
use crate::support::terraform::Terraform;
use crate::support::tools::{Moto, Provider, Seed, Tools, run, succeed};
use crate::support::{files, fleet, gen_in, root, said};

/// A rendered fleet, on the disk.
struct Rendered {
    folder: tempfile::TempDir,
    spec: PathBuf,
    fleet: Fleet,
}

impl Rendered {
    fn new(spec: &str, templates: Option<&Path>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let spec = root().join(spec);
        let mut command = gen_in(root());
        command.arg("--spec").arg(&spec).arg("--out").arg(folder.path().join("out"));
        if let Some(templates) = templates {
            command.arg("--templates").arg(templates);
        }
        succeed(&mut command);
        let fleet = fleet(&fs::read_to_string(&spec).unwrap());
        Self { folder, spec, fleet }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join("out").join(path)
    }
}

/// What scales already before the dialects come: what the spec adopts, and under their old names what it renames.
fn make_live(tools: &Tools, environment: &Environment, moto: &Moto) {
    let send = |operation: &str, arguments: &Value| {
        moto.send(tools, "application-autoscaling", operation, arguments);
    };
    for service in &environment.services {
        let live = |policy: &&Policy| policy.adopt || policy.renamed_from.is_some();
        if service.adopt.value || service.policies.iter().any(|policy| live(&policy)) {
            send("register-scalable-target", &expected::registration(service));
        }
        for policy in service.policies.iter().filter(live) {
            let mut request = expected::request(service, policy, &moto.made);
            if let Some(old) = &policy.renamed_from {
                request["PolicyName"] = old.to_string().into();
            }
            send("put-scaling-policy", &request);
        }
    }
}

/// What scales already and is to go: policies and scheduled actions that the spec switches off, each with its alarm.
fn make_live_what_goes(tools: &Tools, environment: &Environment, moto: &Moto) {
    let send = |operation: &str, arguments: &Value| {
        moto.send(tools, "application-autoscaling", operation, arguments);
    };
    let steps = json!({ "AdjustmentType": "ChangeInCapacity", "StepAdjustments": [{ "MetricIntervalLowerBound": 0, "ScalingAdjustment": 1 }] });
    for service in &environment.services {
        let switched_off = service.gone.policies.iter().filter(|gone| gone.renamed_to.is_none());
        for (index, gone) in switched_off.enumerate() {
            if index == 0 {
                send("register-scalable-target", &expected::registration(service));
            }
            let mut request = expected::keys(service);
            request["PolicyName"] = gone.name.to_string().into();
            request["PolicyType"] = "StepScaling".into();
            request["StepScalingPolicyConfiguration"] = steps.clone();
            send("put-scaling-policy", &request);
            if let Some(alarm) = &gone.alarm {
                let alarm = json!({
                    "AlarmName": alarm.to_string(), "Namespace": "AWS/ECS", "MetricName": "CPUUtilization",
                    "Statistic": "Average", "Period": 60, "EvaluationPeriods": 1, "Threshold": 1,
                    "ComparisonOperator": "GreaterThanThreshold",
                });
                moto.send(tools, "cloudwatch", "put-metric-alarm", &alarm);
            }
        }
        for alarm in &service.alarms.gone {
            let alarm = json!({
                "AlarmName": alarm.to_string(), "Namespace": "AWS/ECS", "MetricName": "CPUUtilization",
                "Statistic": "Average", "Period": 60, "EvaluationPeriods": 1, "Threshold": 1,
                "ComparisonOperator": "GreaterThanThreshold",
            });
            moto.send(tools, "cloudwatch", "put-metric-alarm", &alarm);
        }
        for name in &service.gone.actions {
            send("register-scalable-target", &expected::registration(service));
            let mut request = expected::keys(service);
            request["ScheduledActionName"] = name.to_string().into();
            request["Schedule"] = "rate(1 days)".into();
            request["ScalableTargetAction"] = json!({ "MinCapacity": 1 });
            send("put-scheduled-action", &request);
        }
    }
}

/// What the notices of `dialect-gap` ask for before Terraform and CloudFormation: ECS measures every 20 seconds.
fn measure(tools: &Tools, environment: &Environment, moto: &Moto) {
    for service in &environment.services {
        let high = |policy: &Policy| match &policy.tracking()?.metric {
            TrackedMetric::Cpu(resolution) if resolution.value == Resolution::High => Some("CPUUtilization"),
            TrackedMetric::Memory(resolution) if resolution.value == Resolution::High => {
                Some("MemoryUtilization")
            }
            _ => None,
        };
        let metrics: Vec<&str> = service.policies.iter().filter_map(high).collect();
        if metrics.is_empty() {
            continue;
        }
        let (cluster, name) = (service.cluster.to_string(), service.ecs_service.to_string());
        let monitoring =
            json!({ "metricConfigurations": [{ "metricNames": metrics, "resolutionSeconds": 20 }] });
        moto.send(
            tools,
            "ecs",
            "update-service",
            &json!({ "cluster": cluster, "service": name, "monitoring": monitoring }),
        );
        for _ in 0..2 {
            // The deployment is over once it has been looked at twice.
            moto.send(tools, "ecs", "describe-services", &json!({ "cluster": cluster, "services": [name] }));
        }
    }
}

fn through_cli(tools: &Tools, rendered: &Rendered, environment: &str, moto: &Moto) {
    let script = rendered.path("cli/autoscaling.sh");
    let aws = QuickAws::new(tools);
    let run = |args: &[&str]| {
        let mut command = tools.system("bash");
        command.arg(&script).arg(environment).args(args).current_dir(rendered.folder.path());
        succeed(aws.serve(moto.serve(&mut command)))
    };
    let data = rendered.path(&format!("cli/{environment}/environment.json"));
    let apply: &[&str] =
        if waits(&data) { &["apply", "--yes", "--override", "a test"] } else { &["apply", "--yes"] };
    run(apply);
    let verified = run(&["verify"]);
    assert!(!verified.contains("differs"), "{verified}");
}

/// Whether an environment waits for others, as its script or the data of it say: nobody applied those.
fn waits(file: &Path) -> bool {
    let text = fs::read_to_string(file).unwrap();
    text.contains("--override") || text.contains("\"Before\": [")
}

/// The state that a plan leads to. A topic is there before, so that the plan knows its ARN.
fn planned(tools: &Tools, terraform: &Terraform<'_>) -> Value {
    let folder = terraform.folder();
    let mut resources = files(folder, ".tf").into_iter().map(|file| fs::read_to_string(file).unwrap());
    if resources.any(|text| text.contains("resource \"aws_sns_topic\"")) {
        let topic = ["-target", "aws_sns_topic.notifications"];
        terraform.run(&[&["apply", "-auto-approve", "-input=false", "-no-color"], &topic[..]].concat());
    }
    terraform.run(&["plan", "-input=false", "-no-color", "-out", "plan"]);
    fs::write(folder.join("plan.json"), terraform.run(&["show", "-json", "plan"])).unwrap();
    let state = succeed(tools.script("plan_state.py").arg(folder.join("plan.json")));
    serde_json::from_str(&state).unwrap()
}

/// Applies, what is planned if there is a plan, and plans again: nothing is left to do.
fn through_terraform(terraform: &Terraform<'_>, provider: &Provider) {
    let planned: &[&str] = if provider.newest { &["plan"] } else { &["-auto-approve"] };
    terraform.run(&[&["apply", "-input=false", "-no-color"], planned].concat());
    // Status 2 would mean that a second plan still finds something to do.
    terraform.run(&["plan", "-detailed-exitcode", "-input=false", "-no-color"]);
}

/// The script deploys the stacks; `stacks.py` is the CloudFormation that makes what is in them.
fn through_cloudformation(tools: &Tools, rendered: &Rendered, environment: &str, moto: &Moto) {
    let mut command = tools.system("bash");
    command.arg(rendered.path("cloudformation/deploy.sh")).args([environment, "--yes"]);
    command.current_dir(rendered.folder.path());
    if waits(&rendered.path(&format!("cloudformation/{environment}/environment.json"))) {
        command.args(["--override", "a test"]);
    }
    succeed(QuickAws::with_stacks(tools).serve(moto.serve(&mut command)));
}

/// What Terraform leaves behind, and, of the newest provider, what it had planned. A provider that is too old for the
/// fleet says so. Of forecasts only the plan is compared: the offline provider cannot put them anywhere.
fn terraform_disagreements(
    tools: &Tools,
    rendered: &Rendered,
    environment: &Environment,
    provider: &Provider,
    moto: &Moto,
) -> Vec<String> {
    let (name, of) = (&*environment.name, provider.name.replace(' ', "-"));
    let copy = rendered.folder.path().join(format!("{name}-{of}"));
    succeed(tools.system("cp").arg("-r").arg(rendered.path("terraform")).arg(&copy));
    let terraform = Terraform::new(tools, provider, Some(moto), copy.join(name));
    let forecasts = forecasts(&rendered.fleet);
    let init = run(&mut terraform.command(&["init", "-input=false", "-no-color"]));
    if forecasts && provider.version < vec![6, 13] {
        let text = said(&init);
        assert!(!init.status.success() && text.contains(">= 6.13"), "{}: {text}", provider.name);
        return Vec::new();
    }
    assert!(init.status.success(), "{}: {}", provider.name, said(&init));
    let wanted = expected::state(&rendered.fleet.project, environment, &moto.made);
    let mut found = Vec::new();
    let dialect = format!("terraform ({})", provider.name);
    if provider.newest {
        differences(&format!("{dialect}, plan"), &planned(tools, &terraform), &wanted, &mut found);
    }
    if !forecasts {
        through_terraform(&terraform, provider);
        differences(&dialect, &put_by(provider, state(tools, moto)), &put_by(provider, wanted), &mut found);
    }
    found
}

/// The offline provider keeps topics and rules in Terraform's state alone: of them, only its plan is compared.
fn put_by(provider: &Provider, mut state: Value) -> Value {
    if provider.offline {
        state["topics"] = Value::Null;
        state["rules"] = Value::Null;
    }
    state
}

fn forecasts(fleet: &Fleet) -> bool {
    let services = fleet.environments.iter().flat_map(|environment| &environment.services);
    services
        .flat_map(|service| &service.policies)
        .any(|policy| matches!(policy.kind, PolicyKind::Predictive(_)))
}

fn state(tools: &Tools, moto: &Moto) -> Value {
    serde_json::from_str(&moto.state(tools)).unwrap()
}

/// Who holds scale-in back for a moment and releases it leaves a suspended state that suspends nothing. Where the spec
/// says nothing of it, that is none.
fn released(mut state: Value, wanted: &Value) -> Value {
    let targets = state["targets"].as_array_mut().unwrap().iter_mut();
    for (target, wanted) in targets.zip(wanted["targets"].as_array().unwrap()) {
        let suspends_nothing =
            target["suspended"].as_object().is_some_and(|flags| flags.values().all(|flag| flag == false));
        if suspends_nothing && wanted["suspended"].is_null() {
            target["suspended"] = Value::Null;
        }
    }
    state
}

/// A dialect that left something else behind, and what differs.
fn disagreements(tools: &Tools, rendered: &Rendered, name: &str) -> Vec<String> {
    let environment =
        rendered.fleet.environments.iter().find(|environment| &*environment.name == name).unwrap();
    let seed = &Seed::of_spec(&rendered.spec)[name];
    let live = || {
        let moto = tools.moto(seed);
        make_live(tools, environment, &moto);
        moto
    };
    let measured = || {
        let moto = live();
        measure(tools, environment, &moto);
        moto
    };
    let mut found = Vec::new();
    let mut compare = |dialect: &str, moto: &Moto| {
        let wanted = expected::state(&rendered.fleet.project, environment, &moto.made);
        differences(dialect, &released(state(tools, moto), &wanted), &wanted, &mut found);
    };

    let moto = live();
    make_live_what_goes(tools, environment, &moto);
    through_cli(tools, rendered, name, &moto);
    compare("cli", &moto);

    let moto = measured();
    through_cloudformation(tools, rendered, name, &moto);
    compare("cloudformation", &moto);

    // An older provider applies the first environment of a spec and accepts the others (tools.rs).
    let first = rendered.fleet.environments[0].name == environment.name;
    for provider in tools.providers().into_iter().filter(|provider| first || provider.newest) {
        found.extend(terraform_disagreements(tools, rendered, environment, &provider, &measured()));
    }
    found
}

fn all_dialects_agree(spec: &str, environment: &str) {
    let Some(tools) = Tools::get() else { return };
    let rendered = Rendered::new(spec, None);
    let found = disagreements(&tools, &rendered, environment);
    assert!(found.is_empty(), "{spec}, {environment}:\n{}", found.join("\n"));
}

macro_rules! agree {
    ($($test:ident: $spec:literal, $environment:literal;)+) => {
        $(#[test] fn $test() { all_dialects_agree($spec, $environment); })+

        /// No environment of any spec in the repository is left out.
        #[test]
        fn every_environment_is_compared() {
            let compared: BTreeSet<(String, String)> = [$(($spec.to_owned(), $environment.to_owned())),+].into();
            let mut specs = vec!["specs/langfuse.yaml".to_owned()];
            for path in files(&root().join("tests/cases"), "spec.yaml") {
                specs.push(path.strip_prefix(root()).unwrap().display().to_string());
            }
            let of = |spec: &String| {
                let fleet = fleet(&fs::read_to_string(root().join(spec)).unwrap());
                fleet.environments.into_iter().map(|e| (spec.clone(), e.name.to_string())).collect::<Vec<_>>()
            };
            assert_eq!(compared, specs.iter().flat_map(of).collect());
        }
    };
}

agree! {
    langfuse_staging: "specs/langfuse.yaml", "staging";
    langfuse_prod_eu: "specs/langfuse.yaml", "prod-eu";
    langfuse_prod_us: "specs/langfuse.yaml", "prod-us";
    langfuse_prod_hipaa: "specs/langfuse.yaml", "prod-hipaa";
    rollout_qa: "tests/cases/rollout/spec.yaml", "qa";
    rollout_staging: "tests/cases/rollout/spec.yaml", "staging";
    rollout_prod_de: "tests/cases/rollout/spec.yaml", "prod-de";
    rollout_prod_eu: "tests/cases/rollout/spec.yaml", "prod-eu";
    minimal: "tests/cases/minimal/spec.yaml", "dev";
    literal: "tests/cases/literal/spec.yaml", "gov";
    naming_blue: "tests/cases/naming/spec.yaml", "blue";
    naming_green: "tests/cases/naming/spec.yaml", "green";
    features: "tests/cases/features/spec.yaml", "prod";
    hostile: "tests/cases/hostile/spec.yaml", "prod";
    metrics: "tests/cases/metrics/spec.yaml", "prod";
    timed: "tests/cases/timed/spec.yaml", "prod";
    faster: "tests/cases/faster/spec.yaml", "prod";
    adopted: "tests/cases/adopted/spec.yaml", "prod";
    monitored_prod: "tests/cases/monitored/spec.yaml", "prod";
    monitored_quiet: "tests/cases/monitored/spec.yaml", "quiet";
    alarmed: "tests/cases/alarmed/spec.yaml", "prod";
    alarmed_without_topic: "tests/cases/alarmed/spec.yaml", "test";
}

/// The comparison is not blind: a template copy that is wrong in one place is found, in each dialect that has fields in
/// templates. The data of the AWS CLI program have none; tests/mutations/ makes mistakes in them.
#[test]
fn a_broken_template_copy_is_found() {
    let Some(tools) = Tools::get() else { return };
    for (path, from, to, finding) in [
        (
            "cloudformation/_service.yaml.tera",
            "{{ stage.scalable_target }}",
            "{{ stage.scalable_target }}\n      SuspendedState: { DynamicScalingInSuspended: true }",
            "cloudformation.targets[0].suspended",
        ),
        (
            "terraform/modules/ecs-autoscaling/main.tf.tera",
            "= var.cpu.target\n",
            "= var.cpu.target + 1\n",
            ".policies[0].target_value: 61 ≠ 60",
        ),
    ] {
        let source = fs::read_to_string(root().join("templates").join(path)).unwrap();
        let broken = source.replace(from, to);
        assert_ne!(broken, source, "{path} has no `{from}` to break");
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join(path);
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::write(&copy, broken).unwrap();
        let rendered = Rendered::new("tests/cases/minimal/spec.yaml", Some(folder.path()));
        let found = disagreements(&tools, &rendered, "dev");
        let dialect = path.split('/').next().unwrap();
        if dialect == "terraform" && tools.providers().is_empty() {
            continue;
        }
        assert!(
            !found.is_empty() && found.iter().all(|line| line.starts_with(dialect) && line.contains(finding)),
            "{path}: {found:?}"
        );
    }
}

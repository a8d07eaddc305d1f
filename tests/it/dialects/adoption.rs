//! A fleet that scales already moves to scalegen without a change: what is live (`tests/adoption/live.yaml`) was made by
//! hand, the spec beside it was written for it, and no dialect finds anything to do but to take it over.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Output;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::quick_aws::QuickAws;
use crate::support::terraform::Terraform;
use crate::support::tools::{Moto, Provider, Seed, Tools, run, succeed};
use crate::support::{gen_in, root, said};

/// A call of the AWS CLI.
#[derive(Deserialize)]
struct Call {
    call: String,
    with: Value,
}

const TARGET: &str = "register-scalable-target";

/// An account in which something scales, and what is generated for it.
struct Fleet<'t> {
    tools: &'t Tools,
    moto: Moto,
    folder: tempfile::TempDir,
    calls: Vec<Call>,
}

impl<'t> Fleet<'t> {
    fn new(tools: &'t Tools, spec: &str, live: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spec.yaml");
        fs::write(&path, spec).unwrap();
        succeed(gen_in(folder.path()).args(["--spec", "spec.yaml", "--out", "."]));
        let moto = tools.moto(&Seed::of_spec(&path)["prod"]);
        let calls: Vec<Call> = serde_saphyr::from_str(live).unwrap();
        let fleet = Self { tools, moto, folder, calls };
        fleet.calls.iter().for_each(|call| fleet.make(call));
        fleet
    }

    fn make(&self, call: &Call) {
        let (service, operation) = call.call.split_once(' ').unwrap();
        let mut arguments = self.filled(&call.with);
        if service == "application-autoscaling" {
            arguments["ServiceNamespace"] = "ecs".into();
            arguments["ScalableDimension"] = "ecs:service:DesiredCount".into();
        }
        self.moto.send(self.tools, service, operation, &arguments);
    }

    /// `@lb NAME@` and `@tg NAME@` are the ends of ARNs, `@policy NAME@` is a whole one.
    fn filled(&self, value: &Value) -> Value {
        let mut text = value.to_string();
        while let Some((before, rest)) = text.split_once('@') {
            let (what, after) = rest.split_once('@').unwrap();
            let (kind, name) = what.split_once(' ').unwrap();
            let made = |kind: &str| self.moto.made[kind][name].as_str().unwrap().to_owned();
            let arn = match kind {
                "lb" => made("load_balancers").split_once(":loadbalancer/").unwrap().1.to_owned(),
                "tg" => made("target_groups").rsplit_once(':').unwrap().1.to_owned(),
                _ => self.policies().into_iter().find(|(known, _)| known == name).unwrap().1,
            };
            text = format!("{before}{arn}{after}");
        }
        serde_json::from_str(&text).unwrap()
    }

    /// Names and ARNs of the live policies.
    fn policies(&self) -> Vec<(String, String)> {
        let query = "ScalingPolicies[].[PolicyName,PolicyARN]";
        let args =
            ["application-autoscaling", "describe-scaling-policies", "--service-namespace", "ecs", "--query"];
        let text = self.moto.aws(self.tools, &[&args[..], &[query, "--output", "json"]].concat());
        serde_json::from_str(&text).unwrap()
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn state(&self) -> String {
        self.moto.state(self.tools)
    }

    fn script(&self, aws: &QuickAws, script: &str, args: &[&str]) -> Output {
        let mut command = self.tools.system("bash");
        let mut words = script.split(' ');
        command.arg(self.path(words.next().unwrap())).args(words).args(args);
        command.current_dir(self.folder.path());
        run(aws.serve(self.moto.serve(&mut command)))
    }

    fn terraform(&self, provider: &Provider) -> Terraform<'_> {
        let terraform = Terraform::new(self.tools, provider, Some(&self.moto), self.path("terraform/prod"));
        terraform.run(&["init", "-input=false", "-no-color"]);
        terraform
    }
}

/// The fleet of `tests/adoption`.
fn fleet(tools: &Tools) -> Fleet<'_> {
    let read = |file: &str| fs::read_to_string(root().join("tests/adoption").join(file)).unwrap();
    Fleet::new(tools, &read("spec.yaml"), &read("live.yaml"))
}

#[test]
fn terraform_imports_everything_and_changes_nothing() {
    let Some(tools) = Tools::get() else { return };
    for provider in tools.providers() {
        let fleet = fleet(&tools);
        let before = fleet.state();
        let terraform = fleet.terraform(&provider);
        let planned = terraform.run(&["plan", "-input=false", "-no-color", "-out", "plan"]);
        let summary = format!("Plan: {} to import, 0 to add, 0 to change, 0 to destroy.", fleet.calls.len());
        assert!(planned.contains(&summary), "{}: {planned}", provider.name);
        terraform.run(&["apply", "-no-color", "plan"]);
        assert_eq!(fleet.state(), before, "{}", provider.name);
        terraform.run(&["plan", "-input=false", "-no-color", "-detailed-exitcode"]);
    }
}

#[test]
fn the_script_has_nothing_to_do() {
    let Some(tools) = Tools::get() else { return };
    let fleet = fleet(&tools);
    let before = fleet.state();
    let aws = QuickAws::new(&tools);
    let plan = fleet.script(&aws, "cli/autoscaling.sh prod", &["plan"]);
    assert!(plan.status.success(), "{}", said(&plan));
    let summary = format!("0 to create, 0 to change, 0 to delete, {} unchanged", fleet.calls.len());
    assert!(said(&plan).contains(&summary), "{}", said(&plan));
    let verify = fleet.script(&aws, "cli/autoscaling.sh prod", &["verify"]);
    assert!(verify.status.success(), "{}", said(&verify));
    let apply = fleet.script(&aws, "cli/autoscaling.sh prod", &["apply", "--yes"]);
    assert!(apply.status.success(), "{}", said(&apply));
    let words = |call: &Vec<String>| call.join(" ");
    let writes = ["register", "put-", "delete", "update", "tag-resource"];
    let wrote: Vec<String> =
        aws.calls().iter().map(words).filter(|call| writes.iter().any(|verb| call.contains(verb))).collect();
    assert_eq!(wrote, [""; 0], "nothing is written");
    assert_eq!(fleet.state(), before);
}

/// What is sent: an import for each service, which names everything that is live, by its identifiers, and nothing else.
#[test]
fn stacks_are_made_by_imports_that_name_what_is_live() {
    let Some(tools) = Tools::get() else { return };
    let fleet = fleet(&tools);
    let before = fleet.state();
    let aws = QuickAws::with_stacks(&tools);
    let output = fleet.script(&aws, "cloudformation/deploy.sh prod", &["--yes"]);
    assert!(output.status.success(), "{}", said(&output));

    let spec = fs::read_to_string(fleet.path("spec.yaml")).unwrap();
    let services = crate::support::fleet(&spec).environments.remove(0).services;
    let mut sent = BTreeSet::new();
    for call in aws.calls().iter().filter(|call| call.contains(&"create-change-set".to_owned())) {
        let option = |name: &str| Some(&call[call.iter().position(|word| word == name)? + 1]);
        if option("--change-set-type").unwrap() != "IMPORT" {
            assert_eq!(option("--resources-to-import"), None);
            continue;
        }
        let service =
            &services.iter().find(|known| *known.stack == **option("--stack-name").unwrap()).unwrap().name;
        let template =
            fs::read_to_string(fleet.path(&format!("cloudformation/prod/import/{service}.yaml"))).unwrap();
        assert_eq!(option("--template-body").unwrap(), template.trim_end());
        let resources: Vec<Value> = serde_json::from_str(option("--resources-to-import").unwrap()).unwrap();
        for resource in resources {
            let (kind, id) = (&resource["ResourceType"], resource["LogicalResourceId"].as_str().unwrap());
            let declared = format!("\n  {id}:\n    Type: {}\n", kind.as_str().unwrap());
            assert!(template.contains(&declared), "{service} does not declare {id}: {template}");
            sent.insert(format!("{kind} {}", resource["ResourceIdentifier"]));
        }
    }
    assert_eq!(sent, identifiers(&fleet));
    assert_eq!(fleet.state(), before);
}

/// The primary identifiers of everything that is live, as the schemas of their types have them.
fn identifiers(fleet: &Fleet<'_>) -> BTreeSet<String> {
    let policies = fleet.policies();
    let dimension = "ecs:service:DesiredCount";
    let identifier = |call: &Call| {
        let name = |key: &str| call.with[key].as_str().unwrap_or_default().to_owned();
        let arn = || policies.iter().find(|(known, _)| *known == name("PolicyName")).unwrap().1.clone();
        match call.call.split_once(' ').unwrap().1 {
            TARGET => (
                "AWS::ApplicationAutoScaling::ScalableTarget",
                json!({ "ResourceId": name("ResourceId"), "ScalableDimension": dimension, "ServiceNamespace": "ecs" }),
            ),
            "put-scaling-policy" => (
                "AWS::ApplicationAutoScaling::ScalingPolicy",
                json!({ "Arn": arn(), "ScalableDimension": dimension }),
            ),
            _ => ("AWS::CloudWatch::Alarm", json!({ "AlarmName": name("AlarmName") })),
        }
    };
    let named = fleet.calls.iter().map(identifier);
    named.map(|(kind, identifier)| format!("{} {identifier}", Value::from(kind))).collect()
}

const WITHOUT_COOLDOWNS: &str = "\
- call: application-autoscaling register-scalable-target
  with: { ResourceId: service/prod-cluster/prod-web, MinCapacity: 2, MaxCapacity: 10 }
- call: application-autoscaling put-scaling-policy
  with:
    ResourceId: service/prod-cluster/prod-web
    PolicyName: cpu
    PolicyType: TargetTrackingScaling
    TargetTrackingScalingPolicyConfiguration:
      TargetValue: 70
      PredefinedMetricSpecification: { PredefinedMetricType: ECSServiceAverageCPUUtilization }
";

const WITH_THE_DEFAULTS: &str = "\
version: 1
project: shop
defaults: { adopt: true, capacity: { min: 2, max: 10 } }
services:
  web: { scaling: { cpu: { target: 70, policy_name: cpu, cooldown: { out: 300s, in: 300s } } } }
environments:
  prod: { account: \"222222222222\", region: eu-west-1 }
";

/// Cooldowns that are left out are 300 s each, as the API reference says. The script and the import know that; Terraform
/// knows only what is written, so its plan writes the 300 s down, and nothing else.
#[test]
fn cooldowns_that_are_left_out_are_those_of_aws() {
    let Some(tools) = Tools::get() else { return };
    let fleet = Fleet::new(&tools, WITH_THE_DEFAULTS, WITHOUT_COOLDOWNS);
    let before = fleet.state();
    let verify = fleet.script(&QuickAws::new(&tools), "cli/autoscaling.sh prod", &["verify"]);
    assert!(verify.status.success(), "{}", said(&verify));
    let deploy =
        fleet.script(&QuickAws::with_stacks(&tools), "cloudformation/deploy.sh prod", &["--dry-run"]);
    assert!(deploy.status.success() && !said(&deploy).contains("differs"), "{}", said(&deploy));
    assert_eq!(fleet.state(), before);
    for provider in tools.providers() {
        let fleet = Fleet::new(&tools, WITH_THE_DEFAULTS, WITHOUT_COOLDOWNS);
        let planned = fleet.terraform(&provider).run(&["plan", "-input=false", "-no-color"]);
        assert!(planned.contains("Plan: 2 to import, 0 to add, 1 to change, 0 to destroy."), "{planned}");
        let resources = planned.split("Changes to Outputs").next().unwrap();
        let changes =
            resources.lines().map(str::trim).filter(|line| line.contains(" -> ") || line.starts_with("+ "));
        let changes: Vec<String> =
            changes.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert!(
            changes.len() == 2
                && changes.iter().all(|line| line.contains("cooldown") && line.ends_with("300")),
            "{}: {changes:?}",
            provider.name
        );
    }
}

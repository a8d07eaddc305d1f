//! Terraform over time: what a changed spec does to a fleet that is applied already. The real terraform plans and
//! applies, with every provider where it matters, against an AWS of its own.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::support::terraform::Terraform;
use crate::support::tools::{Moto, Provider, Seed, Tools, succeed};
use crate::support::{files, gen_in, root};

/// One environment, `prod`, and its Terraform.
struct Workspace<'t> {
    tools: &'t Tools,
    terraform: Terraform<'t>,
    moto: Moto,
    folder: tempfile::TempDir,
}

/// What a plan would do: `create ADDRESS`, `move ADDRESS`, …; nothing for what stays as it is.
type Steps = BTreeSet<String>;

fn steps(steps: &[&str]) -> Steps {
    steps.iter().map(|step| (*step).to_owned()).collect()
}

impl<'t> Workspace<'t> {
    /// An account that has all that the spec names.
    fn new(tools: &'t Tools, provider: &Provider, spec: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spec.yaml");
        fs::write(&path, spec).unwrap();
        let moto = tools.moto(&Seed::of_spec(&path)["prod"]);
        let terraform =
            Terraform::new(tools, provider, Some(&moto), folder.path().join("out/terraform/prod"));
        Self { tools, terraform, moto, folder }
    }

    /// Generates what a spec says, and readies it.
    fn spec(&self, spec: &str) {
        self.write(spec);
        self.terraform.run(&["init", "-input=false", "-no-color"]);
    }

    /// Generates what a spec says.
    fn write(&self, spec: &str) {
        let path = self.folder.path().join("spec.yaml");
        fs::write(&path, spec).unwrap();
        let mut command = gen_in(root());
        command.args(["--target", "terraform", "--spec"]).arg(&path);
        succeed(command.arg("--out").arg(self.folder.path().join("out")));
    }

    fn plan(&self) -> Steps {
        self.terraform.run(&["plan", "-input=false", "-no-color", "-out", "plan"]);
        let plan = self.terraform.run(&["show", "-json", "plan"]);
        let plan: Value = serde_json::from_str(&plan).unwrap();
        plan["resource_changes"].as_array().unwrap().iter().flat_map(said).collect()
    }

    /// Plans and applies; a second plan finds nothing more to do.
    fn apply(&self) -> Steps {
        let steps = self.plan();
        self.terraform.run(&["apply", "-input=false", "-no-color", "plan"]);
        // Status 2 would mean that a second plan still finds something to do.
        self.terraform.run(&["plan", "-detailed-exitcode", "-input=false", "-no-color"]);
        steps
    }

    /// Names of what is live, by a query for the AWS CLI.
    fn live(&self, operation: &str, query: &str) -> Vec<String> {
        let service = if operation == "describe-alarms" { "cloudwatch" } else { "application-autoscaling" };
        let mut args = vec![service, operation, "--query", query, "--output", "json"];
        if service == "application-autoscaling" {
            args.extend(["--service-namespace", "ecs"]);
        }
        let mut names: Vec<String> = serde_json::from_str(&self.moto.aws(self.tools, &args)).unwrap();
        names.sort();
        names
    }

    fn policies(&self) -> Vec<String> {
        self.live("describe-scaling-policies", "ScalingPolicies[].PolicyName")
    }
}

/// What a plan says about one resource.
fn said(resource: &Value) -> Vec<String> {
    let address = resource["address"].as_str().unwrap();
    let change = &resource["change"];
    let actions: Vec<&str> =
        change["actions"].as_array().unwrap().iter().map(|action| action.as_str().unwrap()).collect();
    let mut said = Vec::new();
    if let Some(from) = resource["previous_address"].as_str() {
        said.push(format!("move {from} to {address}"));
    }
    if let Some(id) = change["importing"]["id"].as_str() {
        said.push(format!("import {id} to {address}"));
    }
    match actions.as_slice() {
        ["no-op"] | ["read"] => {}
        actions => said.push(format!("{} {address}", actions.join(" and "))),
    }
    said
}

fn with_every_provider(check: impl Fn(&Tools, &Provider)) {
    with(|_| true, check);
}

/// For what Terraform itself does with a state, whatever the provider.
fn with_the_newest_provider(check: impl Fn(&Tools, &Provider)) {
    with(|provider| provider.newest, check);
}

fn with(chosen: fn(&Provider) -> bool, check: impl Fn(&Tools, &Provider)) {
    let Some(tools) = Tools::get() else { return };
    for provider in tools.providers().into_iter().filter(chosen) {
        check(&tools, &provider);
    }
}

/// A spec of one service with a policy of each kind that the older provider has.
fn of_all_kinds(name: &str, service: &str, schedule: &str, load_balancer: &str) -> String {
    format!(
        r#"
version: 1
project: shop
defaults: {{ capacity: {{ min: 2, max: 12 }} }}
services:
  {name}:
    ecs_service: live
    load_balancer: {{ name: shop, {load_balancer} }}
    {service}
    alarms:
      errors: {{}}
      cpu_at_max: {{ enabled: false }}
      at_max: {{ enabled: false }}
      below_desired: {{ enabled: false }}
      latency_p95: {{ enabled: false }}
      latency_p99: {{ enabled: false }}
      unhealthy_hosts: {{ enabled: false }}
      flapping: {{ enabled: false }}
    scaling:
      cpu: {{ target: 65 }}
      requests: {{ target: 400 }}
      custom: {{ lag: {{ target: 2.5, metric: {{ namespace: Shop, name: Lag, statistic: average }} }} }}
      step: {{ burst: {{ metric: cpu, threshold: 85, steps: [{{ from: 0, by: 2 }}] }} }}
      {schedule}
environments:
  prod: {{ account: "222222222222", region: eu-west-1 }}
"#
    )
}

const ONE_GROUP: &str = "target_group: blue";
const TWO_GROUPS: &str = "target_groups: [blue, green]";
const SCHEDULE: &str = r#"schedule: { day: { schedule: "cron(0 7 * * ? *)", min: 4 } }"#;

#[test]
fn a_policy_switched_off_is_destroyed_alone() {
    let spec = fs::read_to_string(root().join("tests/cases/metrics/spec.yaml")).unwrap();
    with_the_newest_provider(|tools, provider| {
        let workspace = Workspace::new(tools, provider, &spec);
        workspace.spec(&spec);
        workspace.apply();
        let mut spec = spec.clone();
        for (on, off, gone, name) in [
            (
                "admin: { target: 120,",
                "admin: { enabled: false, target: 120,",
                &["delete aws_appautoscaling_policy.more_requests__api__admin"][..],
                "prod-api-admin-tracking-policy",
            ),
            (
                "memory: { target: 80,",
                "memory: { enabled: false, target: 80,",
                &["delete module.api.aws_appautoscaling_policy.memory[0]"],
                "prod-api-memory-tracking-policy",
            ),
            (
                "burst:\n",
                "burst:\n          enabled: false\n",
                &[
                    "delete aws_appautoscaling_policy.step__mailer__burst",
                    "delete aws_cloudwatch_metric_alarm.step__mailer__burst",
                ],
                "prod-mailer-burst-step-policy",
            ),
        ] {
            let before = workspace.policies();
            spec = spec.replace(on, off);
            workspace.spec(&spec);
            assert_eq!(workspace.apply(), steps(gone), "{}, {name}", provider.name);
            let left: Vec<String> = before.into_iter().filter(|policy| policy != name).collect();
            assert_eq!(workspace.policies(), left, "{}", provider.name);
        }
    });
}

/// Names in the spec change addresses, and blue/green takes a policy out of the module: both move, nothing is made anew.
#[test]
fn renames_and_blue_green_move_the_state() {
    with_the_newest_provider(|tools, provider| {
        let workspace = Workspace::new(tools, provider, &of_all_kinds("web", "", SCHEDULE, TWO_GROUPS));
        workspace.spec(&of_all_kinds("web", "", SCHEDULE, ONE_GROUP));
        workspace.apply();
        let live = workspace.moto.state(tools);
        workspace.spec(&of_all_kinds("front", "renamed_from: web", SCHEDULE, ONE_GROUP));
        let moved = steps(&[
            "move aws_appautoscaling_policy.custom__web__lag to aws_appautoscaling_policy.custom__front__lag",
            "move aws_appautoscaling_policy.step__web__burst to aws_appautoscaling_policy.step__front__burst",
            "move aws_appautoscaling_scheduled_action.schedule__web__day to aws_appautoscaling_scheduled_action.schedule__front__day",
            "move aws_cloudwatch_metric_alarm.step__web__burst to aws_cloudwatch_metric_alarm.step__front__burst",
            "move module.web.aws_appautoscaling_policy.cpu[0] to module.front.aws_appautoscaling_policy.cpu[0]",
            "move module.web.aws_appautoscaling_policy.requests[0] to module.front.aws_appautoscaling_policy.requests[0]",
            "move module.web.aws_appautoscaling_target.scheduled[0] to module.front.aws_appautoscaling_target.scheduled[0]",
            "move module.web.aws_cloudwatch_metric_alarm.this[\"errors\"] to module.front.aws_cloudwatch_metric_alarm.this[\"errors\"]",
        ]);
        assert_eq!(workspace.apply(), moved, "{}", provider.name);
        assert_eq!(workspace.moto.state(tools), live, "{}", provider.name);

        workspace.spec(&of_all_kinds("front", "renamed_from: web", SCHEDULE, TWO_GROUPS));
        let policy = "aws_appautoscaling_policy.requests__front";
        let left = "move module.front.aws_appautoscaling_policy.requests[0] to";
        let alarm = "update module.front.aws_cloudwatch_metric_alarm.this[\"errors\"]"; // of both groups
        let updated = steps(&[&format!("{left} {policy}"), &format!("update {policy}"), alarm]);
        assert_eq!(workspace.apply(), updated, "{}", provider.name);

        workspace.spec(&of_all_kinds("face", "renamed_from: front", SCHEDULE, TWO_GROUPS));
        let moved = workspace.apply();
        assert!(moved.iter().all(|step| step.starts_with("move ")), "{}: {moved:?}", provider.name);
        assert!(moved.contains(&format!("move {policy} to aws_appautoscaling_policy.requests__face")));
    });
}

/// The schedule's limits stay, and a service gets its schedule without a new target.
#[test]
fn a_schedule_keeps_its_limits() {
    with_every_provider(|tools, provider| {
        let workspace = Workspace::new(tools, provider, &of_all_kinds("web", "", "", ONE_GROUP));
        workspace.spec(&of_all_kinds("web", "", "", ONE_GROUP));
        workspace.apply();
        workspace.spec(&of_all_kinds("web", "", SCHEDULE, ONE_GROUP));
        let create = "create aws_appautoscaling_scheduled_action.schedule__web__day";
        let target = "module.web.aws_appautoscaling_target";
        let moved = format!("move {target}.this[0] to {target}.scheduled[0]");
        assert_eq!(workspace.apply(), steps(&[create, &moved]), "{}", provider.name);
        let target = "--resource-id service/prod-cluster/live --scalable-dimension ecs:service:DesiredCount";
        let register = format!(
            "application-autoscaling register-scalable-target --service-namespace ecs {target} --min-capacity 4"
        );
        workspace.moto.aws(tools, &register.split(' ').collect::<Vec<_>>());
        assert_eq!(workspace.plan(), Steps::new(), "{}", provider.name);

        // Without it, the limits are those of the spec again.
        workspace.spec(&of_all_kinds("web", "", "", ONE_GROUP));
        let address = "module.web.aws_appautoscaling_target";
        let back = steps(&[
            "delete aws_appautoscaling_scheduled_action.schedule__web__day",
            &format!("move {address}.scheduled[0] to {address}.this[0]"),
            &format!("update {address}.this[0]"),
        ]);
        assert_eq!(workspace.apply(), back, "{}", provider.name);
    });
}

/// What can be switched on and off, and what stands for it in the state.
const SWITCHES: [(&str, &str, &[&str]); 6] = [
    ("schedule:", "schedule__web__day", &["aws_appautoscaling_scheduled_action.schedule__web__day"]),
    ("requests:", "requests", &["module.web.aws_appautoscaling_policy.requests[0]"]),
    ("memory:", "memory", &["module.web.aws_appautoscaling_policy.memory[0]"]),
    ("custom:", "custom", &["aws_appautoscaling_policy.custom__web__lag"]),
    (
        "step:",
        "step",
        &["aws_appautoscaling_policy.step__web__burst", "aws_cloudwatch_metric_alarm.step__web__burst"],
    ),
    ("errors: {}", "alarm", &["module.web.aws_cloudwatch_metric_alarm.this[\"errors\"]"]),
];

/// The spec without what is switched off.
fn without(switch: usize) -> String {
    let spec = of_all_kinds("web", "", &format!("memory: {{ target: 70 }}\n      {SCHEDULE}"), ONE_GROUP);
    let (key, ..) = SWITCHES[switch];
    let lines = spec.lines().map(|line| match line.trim_start().starts_with(key) {
        true if key.starts_with("errors") => "      errors: { enabled: false }",
        true => "",
        false => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Whatever is switched on while something else is switched off, nothing else is made or destroyed.
#[test]
fn all_pairs_of_switches_change_nothing_else() {
    with_the_newest_provider(|tools, provider| {
        let workspace = Workspace::new(tools, provider, &without(0));
        let all = |verb: &str, addresses: &[&str]| {
            addresses.iter().map(|address| format!("{verb} {address}")).collect::<Vec<_>>()
        };
        let target = "module.web.aws_appautoscaling_target";
        for (off, (_, was_off, made)) in SWITCHES.iter().enumerate() {
            workspace.spec(&without(off));
            workspace.apply();
            for (next, (_, is_off, gone)) in SWITCHES.iter().enumerate().filter(|(next, _)| *next != off) {
                workspace.write(&without(next));
                let mut wanted: Steps =
                    [all("create", made), all("delete", gone)].concat().into_iter().collect();
                if off == 0 {
                    wanted.insert(format!("move {target}.this[0] to {target}.scheduled[0]"));
                } else if next == 0 {
                    wanted.insert(format!("move {target}.scheduled[0] to {target}.this[0]"));
                }
                let planned = workspace.plan();
                assert_eq!(planned, wanted, "{}: {was_off} on, {is_off} off", provider.name);
            }
        }
    });
}

/// Where things stood in the roots of earlier versions: each alarm was a resource of its own, and the scalable target had
/// no twin. Their states are taken over without a change on AWS, whatever the spec changes at the same time.
#[test]
fn states_of_earlier_versions_move() {
    with_the_newest_provider(|tools, provider| {
        for (before, after) in [("", ""), (SCHEDULE, SCHEDULE), ("", SCHEDULE), (SCHEDULE, "")] {
            let workspace = Workspace::new(tools, provider, &of_all_kinds("web", "", before, ONE_GROUP));
            workspace.spec(&of_all_kinds("web", "", before, ONE_GROUP));
            workspace.apply();
            let live = workspace.moto.state(tools);
            let state = workspace.terraform.folder().join("terraform.tfstate");
            fs::write(&state, of_earlier_version(&fs::read_to_string(&state).unwrap())).unwrap();

            // A rename at the same time, too.
            workspace.spec(&of_all_kinds("front", "renamed_from: web", after, ONE_GROUP));
            let moved = workspace.apply();
            let is_schedule = |step: &&String| step.contains("aws_appautoscaling_scheduled_action");
            let other: Vec<_> = moved.iter().filter(|step| !step.starts_with("move ")).collect();
            let only_schedule = other.iter().all(is_schedule) && (before == after) == other.is_empty();
            assert!(only_schedule, "{}: {moved:?}", provider.name);
            let alarm = "move aws_cloudwatch_metric_alarm.alarm__web__errors to module.front.aws_cloudwatch_metric_alarm.this[\"errors\"]";
            assert!(moved.contains(alarm), "{}: {moved:?}", provider.name);
            if before == after {
                assert_eq!(workspace.moto.state(tools), live, "{}", provider.name);
            }
        }
    });
}

/// A state with the addresses of earlier versions.
fn of_earlier_version(state: &str) -> String {
    let mut state: Value = serde_json::from_str(state).unwrap();
    for resource in state["resources"].as_array_mut().unwrap() {
        let in_module = resource.get("module").is_some();
        match resource["type"].as_str().unwrap() {
            "aws_appautoscaling_target" => {
                resource["name"] = "this".into();
                resource["instances"][0].as_object_mut().unwrap().remove("index_key");
            }
            "aws_cloudwatch_metric_alarm" if in_module => {
                let instance = resource["instances"][0].as_object_mut().unwrap();
                let key = instance.remove("index_key").unwrap();
                resource["name"] = format!("alarm__web__{}", key.as_str().unwrap()).into();
                resource.as_object_mut().unwrap().remove("module");
            }
            _ => {}
        }
    }
    state.to_string()
}

/// What is live under hostile names is imported; the plan changes none of it. Scheduled actions have no importer.
#[test]
fn what_is_live_is_imported_without_a_change() {
    let spec = |adopt: bool| {
        format!(
            r#"
version: 1
project: shop
defaults: {{ capacity: {{ min: 2, max: 5 }}, scaling: {{ cooldown: {{ out: 5s, in: 6s }} }} }}
services:
  web:
    ecs_service: Live_1
    cluster: Odd
    adopt: {adopt}
    load_balancer: {{ name: shop, target_group: a }}
    scaling:
      cpu: {{ target: 65.5, policy_name: "p $(touch x) 'q' \"d\" ${{a}} %{{b}} é" }}
      requests: {{ target: 400, policy_name: "${{x}}" }}
      memory: {{ target: 70 }}
      more_requests: {{ two: {{ target: 5, load_balancer: {{ target_group: b }} }} }}
      step:
        burst:
          metric: cpu
          threshold: 85.5
          comparison: below
          policy_name: "step ${{y}}"
          alarm_name: "alarm/${{z}} %{{q}} 'é'"
          steps: [{{ to: -10.5, by: -2 }}, {{ from: -10.5, to: 0, by: -1 }}]
      custom:
        lag:
          target: 2.5
          metric: {{ namespace: S/h, name: "La\"g", statistic: sample_count, dimensions: {{ "a ${{b}}": "%{{c}}" }} }}
      schedule: {{ day: {{ schedule: "cron(0 7 * * ? *)", min: 0, max: 5, action_name: "a ${{b}} 'c'" }} }}
environments:
  prod: {{ account: "222222222222", region: eu-west-1 }}
"#
        )
    };
    with_every_provider(|tools, provider| {
        let workspace = Workspace::new(tools, provider, &spec(false));
        workspace.spec(&spec(false));
        workspace.apply();
        let live = workspace.moto.state(tools);
        fs::remove_file(workspace.terraform.folder().join("terraform.tfstate")).unwrap();

        workspace.spec(&spec(true));
        let planned = workspace.apply();
        let (imported, other): (Vec<_>, Vec<_>) =
            planned.iter().partition(|step| step.starts_with("import "));
        assert_eq!(imported.len(), 8, "{}: {planned:?}", provider.name);
        assert_eq!(
            other,
            ["create aws_appautoscaling_scheduled_action.schedule__web__day"],
            "{}",
            provider.name
        );
        assert_eq!(workspace.moto.state(tools), live, "{}", provider.name);
    });
}

/// A policy with another name is imported under the former one, deleted, and made anew.
#[test]
fn a_live_policy_gets_another_name() {
    let spec = |service: &str, cpu: &str| {
        let base = fs::read_to_string(root().join("tests/cases/minimal/spec.yaml")).unwrap();
        let base = base.replace("  dev:", "  prod:");
        base.replace("web: {}", &format!("web: {{ {service}scaling: {{ cpu: {{ {cpu} }} }} }}"))
    };
    with_every_provider(|tools, provider| {
        let workspace = Workspace::new(tools, provider, &spec("", "target: 60"));
        workspace.spec(&spec("", "policy_name: of old"));
        workspace.apply();
        fs::remove_file(workspace.terraform.folder().join("terraform.tfstate")).unwrap();
        workspace.spec(&spec("adopt: true, ", "policy_name: new, renamed_from: of old"));
        let target = "ecs/service/prod-cluster/prod-web/ecs:service:DesiredCount";
        let policy = "module.web.aws_appautoscaling_policy.cpu[0]";
        let wanted = steps(&[
            &format!("import {target} to module.web.aws_appautoscaling_target.this[0]"),
            &format!("import {target}/of old to {policy}"),
            &format!("delete and create {policy}"),
        ]);
        assert_eq!(workspace.apply(), wanted, "{}", provider.name);
        assert_eq!(workspace.policies(), ["new"], "{}", provider.name);
        workspace.spec(&spec("adopt: true, ", "policy_name: newer, renamed_from: new"));
        assert_eq!(workspace.apply(), steps(&[&format!("delete and create {policy}")]), "{}", provider.name);
        assert_eq!(workspace.policies(), ["newer"], "{}", provider.name);
    });
}

/// A removed service scales on: the module is forgotten, and what stands beside it is found as the comment says.
#[test]
fn a_removed_service_scales_on() {
    with_the_newest_provider(|tools, provider| {
        let spec = of_all_kinds("web", "", SCHEDULE, ONE_GROUP);
        let other = "services:\n  other: { ecs_service: other, scaling: { cpu: { target: 50 } } }\n";
        let workspace = Workspace::new(tools, provider, &spec.replace("services:\n", other));
        workspace.spec(&spec.replace("services:\n", other));
        workspace.apply();
        let live = workspace.moto.state(tools);
        let end = spec.find("environments:").unwrap();
        let removed = format!(
            "{}{other}removed: [{{ service: web }}]\n{}",
            &spec[..spec.find("services:").unwrap()],
            &spec[end..]
        );
        workspace.spec(&removed);
        let moves = fs::read_to_string(workspace.terraform.folder().join("moves.tf")).unwrap();
        let find = moves.lines().find_map(|line| line.strip_prefix("#   ")).unwrap();
        let mut shell = tools.system("bash");
        workspace.terraform.place(shell.args(["-c", find]));
        let found = succeed(&mut shell);
        assert_eq!(found.lines().count(), 4, "{}: {found}", provider.name);
        for address in found.lines() {
            workspace.terraform.run(&["state", "rm", address]);
        }
        let forgotten = workspace.apply();
        assert!(forgotten.iter().all(|step| step.starts_with("forget module.web.")), "{forgotten:?}");
        assert_eq!(forgotten.len(), 4, "{}: {forgotten:?}", provider.name);
        assert_eq!(workspace.moto.state(tools), live, "{}", provider.name);
    });
}

/// What is said of a root is said once: no two of its blocks have one address.
#[test]
fn addresses_are_unique_in_every_root() {
    let folder = tempfile::tempdir().unwrap();
    for spec in files(&root().join("tests/cases"), "spec.yaml") {
        let out = folder.path().join(spec.parent().unwrap().file_name().unwrap());
        succeed(gen_in(root()).args(["--target", "terraform", "--spec"]).arg(&spec).arg("--out").arg(&out));
        for environment in fs::read_dir(out.join("terraform")).unwrap() {
            let mut seen = BTreeSet::new();
            for file in files(&environment.unwrap().path(), ".tf") {
                let body: hcl::Body = hcl::parse(&fs::read_to_string(&file).unwrap()).unwrap();
                for block in body.blocks().filter(|block| !block.labels().is_empty()) {
                    let address = format!("{} {:?}", block.identifier(), block.labels());
                    assert!(
                        file.to_string_lossy().contains("/modules/") || seen.insert(address.clone()),
                        "{}: {address}",
                        file.display()
                    );
                }
            }
        }
    }
}

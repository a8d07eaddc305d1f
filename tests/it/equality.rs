//! The dialects mean the same: the same fleet through each of them gives the same AWS state, field by field.
//!
//! The CLI scripts run for real, Terraform applies with every provider there is, the CloudFormation templates are
//! deployed by their script and their properties sent through botocore, each against an AWS of its own (moto on
//! loopback). What they leave behind is compared with what the fleet says, which is written down here once more,
//! from the plan, without any template.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use scalegen::plan::{Environment, Fleet, LoadBalancer, Metric, Policy, Service};
use serde_json::{Value, json};

use crate::support::tools::{Moto, Provider, Seed, Tools, succeed};
use crate::support::{files, fleet, gen_in, root};

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

/// What the fleet says that an environment's account must hold.
fn expected(environment: &Environment, moto: &Moto) -> Value {
    let mut services: Vec<&Service> = environment.services.iter().collect();
    services.sort_by_key(|service| service.resource_id());
    let target = |service: &&Service| {
        let suspended = service
            .suspended
            .map(|s| json!({ "in": s.scale_in, "out": s.scale_out, "scheduled": s.scheduled }));
        json!({
            "resource_id": service.resource_id(), "dimension": "ecs:service:DesiredCount",
            "min": service.min.get(), "max": service.max.get(), "suspended": suspended,
        })
    };
    let policies = services.iter().flat_map(|service| {
        let mut policies: Vec<&Policy> = service.policies.iter().collect();
        policies.sort_by_key(|policy| policy.name.to_string());
        policies.into_iter().map(|policy| expected_policy(service, policy, moto))
    });
    json!({
        "targets": services.iter().map(target).collect::<Vec<_>>(),
        "policies": policies.collect::<Vec<_>>(),
        "scheduled_actions": [],
    })
}

fn expected_policy(service: &Service, policy: &Policy, moto: &Moto) -> Value {
    let (metric, label) = match policy.metric {
        Metric::Cpu => ("ECSServiceAverageCPUUtilization", Value::Null),
        Metric::Requests => {
            ("ALBRequestCountPerTarget", label(service.load_balancer.as_ref().unwrap(), moto).into())
        }
    };
    let target = policy.target.get();
    json!({
        "resource_id": service.resource_id(), "dimension": "ecs:service:DesiredCount", "name": policy.name.to_string(),
        "type": "TargetTrackingScaling", "metric_type": metric, "resource_label": label,
        "target_value": if target.fract() == 0.0 { json!(target as i64) } else { json!(target) },
        "cooldown_out": policy.cooldown_out.get(), "cooldown_in": policy.cooldown_in.get(),
        "disable_scale_in": policy.disable_scale_in.value, "customized": null, "step": null,
    })
}

/// The label of a load balancer: literal, or made of the ARNs in this account.
fn label(balancer: &LoadBalancer, moto: &Moto) -> String {
    match balancer {
        LoadBalancer::Literal { arn_suffix, target_group_arn_suffix } => {
            format!("{arn_suffix}/{target_group_arn_suffix}")
        }
        LoadBalancer::Named { name, target_group } => {
            let balancer = moto.made["load_balancers"][&**name]
                .as_str()
                .unwrap()
                .split_once(":loadbalancer/")
                .unwrap()
                .1;
            let group =
                moto.made["target_groups"][&**target_group].as_str().unwrap().rsplit_once(':').unwrap().1;
            format!("{balancer}/{group}")
        }
    }
}

fn through_cli(tools: &Tools, rendered: &Rendered, environment: &str, moto: &Moto) {
    let script = rendered.path(&format!("cli/{environment}.sh"));
    let run = |args: &[&str]| {
        let mut command = tools.system("bash");
        succeed(moto.serve(command.arg(&script).args(args).current_dir(rendered.folder.path())))
    };
    run(&["apply", "--yes"]);
    let verified = run(&["verify"]);
    assert!(!verified.contains("differs"), "{verified}");
}

fn through_terraform(
    tools: &Tools,
    rendered: &Rendered,
    environment: &str,
    provider: &Provider,
    moto: &Moto,
) {
    let copy = rendered.folder.path().join(format!("{environment}-{}", provider.name.replace(' ', "-")));
    succeed(tools.system("cp").arg("-r").arg(rendered.path("terraform")).arg(&copy));
    let terraform = |args: &[&str]| {
        let mut command = tools.command("terraform");
        command.current_dir(copy.join(environment)).args(args).envs(provider.environment(Some(moto)));
        succeed(&mut command)
    };
    terraform(&["init", "-input=false", "-no-color"]);
    terraform(&["apply", "-auto-approve", "-input=false", "-no-color"]);
    // Status 2 would mean that a second plan still finds something to do.
    terraform(&["plan", "-detailed-exitcode", "-input=false", "-no-color"]);
}

/// The script deploys the stacks; what it filled in as parameters is what the templates are resolved with, because
/// moto's CloudFormation makes no scaling of its own.
fn through_cloudformation(tools: &Tools, rendered: &Rendered, environment: &Environment, moto: &Moto) {
    let folder = rendered.path(&format!("cloudformation/{}", environment.name));
    let mut deploy = tools.system("bash");
    succeed(
        moto.serve(deploy.arg(folder.join("deploy.sh")).arg("--yes").current_dir(rendered.folder.path())),
    );
    let mut parameters = serde_json::Map::new();
    let mut templates = Vec::new();
    for service in &environment.services {
        let template = folder.join(format!("{}.yaml", service.name)).display().to_string();
        let query = "Stacks[0].Parameters[].[ParameterKey,ParameterValue]";
        let said = moto.aws(
            tools,
            &[
                "cloudformation",
                "describe-stacks",
                "--stack-name",
                &service.stack,
                "--query",
                query,
                "--output",
                "json",
            ],
        );
        let pairs: Option<Vec<(String, String)>> = serde_json::from_str(&said).unwrap();
        parameters.insert(template.clone(), pairs.unwrap_or_default().into_iter().collect::<Value>());
        templates.push(template);
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    serde_json::to_writer(&file, &parameters).unwrap();
    let mut apply = tools.python("cfn_apply.py");
    apply.args(["--endpoint", &moto.url, "--region", &environment.region, "--account", &environment.account]);
    succeed(apply.arg("--parameters").arg(file.path()).args(templates));
}

/// Every difference between two states, as `policies[3].target_value: 70 ≠ 71`.
fn differences(path: &str, found: &Value, wanted: &Value, into: &mut Vec<String>) {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => {
            let keys: BTreeSet<&String> = found.keys().chain(wanted.keys()).collect();
            for key in keys {
                let of =
                    |map: &serde_json::Map<String, Value>| map.get(key).cloned().unwrap_or("absent".into());
                differences(&format!("{path}.{key}"), &of(found), &of(wanted), into);
            }
        }
        (Value::Array(found), Value::Array(wanted)) if found.len() == wanted.len() => {
            for (index, (found, wanted)) in found.iter().zip(wanted).enumerate() {
                differences(&format!("{path}[{index}]"), found, wanted, into);
            }
        }
        _ if found == wanted => {}
        _ => into.push(format!("{path}: {found} ≠ {wanted}")),
    }
}

/// A dialect that left something else behind, and what differs.
fn disagreements(tools: &Tools, rendered: &Rendered, name: &str) -> Vec<String> {
    let environment =
        rendered.fleet.environments.iter().find(|environment| &*environment.name == name).unwrap();
    let seed = &Seed::of_spec(&rendered.spec)[name];
    let mut found = Vec::new();
    let mut compare = |dialect: &str, apply: &dyn Fn(&Moto)| {
        let moto = tools.moto(seed);
        apply(&moto);
        let state: Value = serde_json::from_str(&moto.state(tools)).unwrap();
        differences(dialect, &state, &expected(environment, &moto), &mut found);
    };
    compare("cli", &|moto| through_cli(tools, rendered, name, moto));
    compare("cloudformation", &|moto| through_cloudformation(tools, rendered, environment, moto));
    for provider in tools.providers() {
        compare(&format!("terraform ({})", provider.name), &|moto| {
            through_terraform(tools, rendered, name, &provider, moto)
        });
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
    minimal: "tests/cases/minimal/spec.yaml", "dev";
    literal: "tests/cases/literal/spec.yaml", "gov";
    naming_blue: "tests/cases/naming/spec.yaml", "blue";
    naming_green: "tests/cases/naming/spec.yaml", "green";
    features: "tests/cases/features/spec.yaml", "prod";
    hostile: "tests/cases/hostile/spec.yaml", "prod";
}

/// The comparison is not blind: a template copy that is wrong in one place is found, in each dialect.
#[test]
fn a_broken_template_copy_is_found() {
    let Some(tools) = Tools::get() else { return };
    for (path, from, to, finding) in [
        (
            "cloudformation/@env/@service.yaml.tera",
            "ScaleInCooldown: {{ policy.cooldown_in }}",
            "ScaleInCooldown: {{ policy.cooldown_out }}",
            "cloudformation.policies[0].cooldown_in: 60 ≠ 300",
        ),
        (
            "cli/@env.sh.tera",
            "{{ service.min }} {{ service.max }}",
            "{{ service.min }} {{ service.min }}",
            "cli.targets[0].max: 1 ≠ 4",
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

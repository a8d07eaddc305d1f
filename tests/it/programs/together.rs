//! What services have together: the script puts it, reads it back and takes it back; every mistake in it is found.

use std::fs;
use std::process::Output;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::support::expected::differences;
use crate::support::quick_aws::QuickAws;
use crate::support::stage::{SPEC, Stage};
use crate::support::terraform::Terraform;
use crate::support::together;
use crate::support::tools::{Moto, Seed, Tools, run, succeed};
use crate::support::{files, fleet, gen_in, root, said};

const SCRIPT: &str = "out/cli/autoscaling.sh prod";

fn spec() -> String {
    SPEC.replace("tags:", "notifications: {}\ndashboard: {}\ntags:")
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("{}", said(output)))
}

fn together_of(state: &str) -> Value {
    let state: Value = serde_json::from_str(state).unwrap();
    json!({ "topics": state["topics"], "rules": state["rules"], "dashboards": state["dashboards"] })
}

#[test]
fn the_script_puts_it_and_takes_it_back() {
    let Some(stage) = Stage::new(&spec()) else { return };
    let first = stage.state();
    // A service alone leaves it out, and it alone leaves the services out.
    assert_eq!(status(&stage.run(SCRIPT, &["apply", "--yes", "--service", "web"])), 0);
    assert_eq!(together_of(&stage.state()), together_of(&first));
    assert_eq!(status(&stage.run(SCRIPT, &["rollback", "--yes"])), 0);
    let apply = stage.run(SCRIPT, &["apply", "--yes", "--monitoring"]);
    assert_eq!(status(&apply), 0, "{}", said(&apply));
    let made = stage.state();
    assert_ne!(together_of(&made), together_of(&first));
    assert_eq!(serde_json::from_str::<Value>(&made).unwrap()["policies"], json!([]));
    let again = stage.run(SCRIPT, &["apply", "--yes", "--monitoring"]);
    assert!(status(&again) == 0 && said(&again).contains("Nothing to write"), "{}", said(&again));
    assert_eq!(status(&stage.run(SCRIPT, &["verify", "--monitoring"])), 0);
    assert_eq!(status(&stage.run(SCRIPT, &["verify"])), 1, "the service is not there");
    let shown = said(&stage.run(SCRIPT, &["status", "--monitoring"]));
    assert!(shown.contains("dashboard   shop-prod-autoscaling: "), "{shown}");
    // Somebody changes it; the next apply changes it back, and the rollback after it gives back their change.
    stage.aws("events disable-rule --name shop-prod-autoscaling-at-maximum");
    let changed = stage.state();
    let verify = stage.run(SCRIPT, &["verify", "--monitoring"]);
    assert!(
        status(&verify) == 1 && said(&verify).contains("State is DISABLED, should be ENABLED"),
        "{}",
        said(&verify)
    );
    assert_eq!(status(&stage.run(SCRIPT, &["apply", "--yes", "--monitoring"])), 0);
    assert_eq!(stage.state(), made);
    let rollback = stage.run(SCRIPT, &["rollback", "--yes", "--monitoring"]);
    assert_eq!((status(&rollback), stage.state()), (0, changed), "{}", said(&rollback));
}

#[test]
fn a_rollback_deletes_what_did_not_exist() {
    let Some(stage) = Stage::new(&spec()) else { return };
    let first = stage.state();
    let apply = stage.run(SCRIPT, &["apply", "--yes"]);
    assert_eq!(status(&apply), 0, "{}", said(&apply));
    let made: Value = serde_json::from_str(&stage.state()).unwrap();
    let of = |kind: &str| made[kind].as_array().unwrap().len();
    assert_eq!([of("topics"), of("rules"), of("dashboards"), of("targets")], [1, 2, 1, 1]);
    let rollback = stage.run(SCRIPT, &["rollback", "--yes"]);
    assert_eq!((status(&rollback), stage.state()), (0, first), "{}", said(&rollback));
}

#[test]
fn what_is_somebody_elses_is_refused() {
    let Some(stage) = Stage::new(&spec()) else { return };
    stage.aws("sns create-topic --name shop-prod-autoscaling");
    stage.aws(
        "cloudwatch put-dashboard --dashboard-name shop-prod-autoscaling --dashboard-body {\"widgets\":[]}",
    );
    let first = stage.state();
    let apply = stage.run(SCRIPT, &["apply", "--yes", "--monitoring"]);
    let text = said(&apply);
    assert_eq!((status(&apply), stage.state()), (2, first), "{text}");
    for what in ["topic", "dashboard"] {
        let refusal = format!("{what} shop-prod-autoscaling exists and is not of this script");
        assert!(text.contains(&refusal), "{text}");
    }
}

#[test]
fn its_stack_comes_first_and_can_be_chosen() {
    let Some(stage) = Stage::new(&spec()) else { return };
    let show = |args: &[&str]| {
        let output = stage.run("out/cloudformation/deploy.sh prod", args);
        assert_eq!(status(&output), 0, "{}", said(&output));
        said(&output)
    };
    let (own, service) =
        ("monitoring/stack: what the services have together", "web: service/prod-cluster/prod-web");
    let all = show(&["--dry-run"]);
    assert!(all.find(own).unwrap() < all.find(service).unwrap(), "{all}");
    assert!(all.contains("AWS::SNS::TopicPolicy") && all.contains("AWS::CloudWatch::Dashboard"), "{all}");
    let some = show(&["--dry-run", "--service", "web"]);
    assert!(!some.contains(own) && some.contains(service), "{some}");
    let only = show(&["--dry-run", "--monitoring"]);
    assert!(only.contains(own) && !only.contains(service), "{only}");
    let both = show(&["--dry-run", "--monitoring", "--service", "web"]);
    assert!(both.contains(own) && both.contains(service), "{both}");
}

/// A mistake, and where it must be found.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mistake {
    mistake: String,
    finding: String,
    cli: Map<String, Value>,
    cloudformation: Map<String, Value>,
    terraform: Map<String, Value>,
}

type Edits = fn(&Mistake) -> &Map<String, Value>;

/// A dialect, its folder, where mistakes are made in it, and what it leads to.
type Judge<'t> = (&'t str, &'t str, Edits, &'t dyn Fn() -> Value);

#[test]
fn every_mistake_is_found() {
    let Some(tools) = Tools::get() else { return };
    let text = fs::read_to_string(root().join("tests/mutations/together.yaml")).unwrap();
    let mistakes: Vec<Mistake> = serde_saphyr::from_str(&text).unwrap();
    let spec = root().join("tests/cases/monitored/spec.yaml");
    let folder = tempfile::tempdir().unwrap();
    succeed(gen_in(folder.path()).arg("--spec").arg(&spec).args(["--out", "."]));
    for data in files(&folder.path().join("cli/prod"), ".json") {
        let compact = succeed(std::process::Command::new("jq").args(["-c", "."]).arg(&data));
        fs::write(data, compact).unwrap();
    }
    let seed = &Seed::of_spec(&spec)["prod"];
    let (aws, moto) = (QuickAws::new(&tools), tools.moto(seed));
    let provider = tools.providers().into_iter().find(|provider| provider.newest);

    let cli = || {
        let mut command = tools.system("bash");
        command
            .arg("cli/autoscaling.sh")
            .args(["prod", "apply", "--yes", "--monitoring"])
            .current_dir(folder.path());
        succeed(aws.serve(moto.serve(&mut command)));
        serde_json::from_str(&moto.state(&tools)).unwrap()
    };
    let cloudformation = || {
        let template = "cloudformation/prod/monitoring/stack.yaml";
        let given = folder.path().join("parameters.json");
        fs::write(&given, json!({ template: parameters(&moto) }).to_string()).unwrap();
        let mut command = tools.script("cfn_apply.py");
        command.args([
            "--state",
            "--region",
            "eu-west-1",
            "--account",
            "222222222222",
            template,
            "--parameters",
        ]);
        serde_json::from_str(&succeed(command.arg(given).current_dir(folder.path()))).unwrap()
    };
    let terraform = || {
        let provider = provider.as_ref().unwrap();
        let root = folder.path().join("terraform/prod");
        let working = Terraform::new(&tools, provider, Some(&moto), root.clone());
        let terraform = |args: &[&str]| working.run(args);
        terraform(&["init", "-input=false", "-no-color"]);
        // So that the plan knows its ARN.
        terraform(&[
            "apply",
            "-auto-approve",
            "-input=false",
            "-no-color",
            "-target",
            "aws_sns_topic.notifications",
        ]);
        terraform(&["plan", "-input=false", "-no-color", "-out", "plan"]);
        fs::write(root.join("plan.json"), terraform(&["show", "-json", "plan"])).unwrap();
        let output = run(tools.script("plan_state.py").arg(root.join("plan.json")));
        assert!(output.status.success(), "{}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let judges: [Judge<'_>; 3] = [
        ("cli", "cli/prod", |mistake| &mistake.cli, &cli),
        (
            "cloudformation",
            "cloudformation/prod/monitoring",
            |mistake| &mistake.cloudformation,
            &cloudformation,
        ),
        ("terraform", "terraform/prod", |mistake| &mistake.terraform, &terraform),
    ];

    let fleet = fleet(&fs::read_to_string(&spec).unwrap());
    let wanted = together::state(&fleet.project, &fleet.environments[0], &moto.made);
    for (dialect, place, edits, judge) in judges {
        if dialect == "terraform" && provider.is_none() {
            tools.not_tested("mistakes in the Terraform of topics, rules and dashboards: no provider");
            continue;
        }
        for mistake in &mistakes {
            for (from, to) in edits(mistake) {
                edit(&folder.path().join(place), from, to.as_str().unwrap());
            }
        }
        let mut found = Vec::new();
        differences("", &together_of(&judge().to_string()), &wanted, &mut found);
        for Mistake { mistake, finding, .. } in &mistakes {
            let is_it = |line: &&String| line.split(": ").next().unwrap() == finding;
            assert!(found.iter().any(|line| is_it(&line)), "{dialect}: {mistake} survives: {found:#?}");
        }
        assert_eq!(found.len(), mistakes.len(), "{dialect}: {found:#?}");
    }
}

/// Makes a mistake in what stands exactly once below a folder, in the files of the environment `prod`.
fn edit(folder: &std::path::Path, from: &str, to: &str) {
    let mut count = 0;
    for file in [".json", ".tf", ".yaml"].iter().flat_map(|end| files(folder, end)) {
        let text = fs::read_to_string(&file).unwrap();
        count += text.matches(from).count();
        fs::write(&file, text.replace(from, to)).unwrap();
    }
    assert_eq!(count, 1, "`{from}` stands {count} times in {}", folder.display());
}

/// The ends of ARNs that deploy.sh looks up, in the order in which the template counts them.
fn parameters(moto: &Moto) -> Value {
    let end = |kind: &str, name: &str, before: &str| {
        moto.made[kind][name].as_str().unwrap().rsplit_once(before).unwrap().1.to_owned()
    };
    let group = |name: &str| end("target_groups", name, ":");
    json!({
        "LoadBalancer1": end("load_balancers", "shop", ":loadbalancer/"),
        "TargetGroup1": group("api"), "TargetGroup2": group("live-blue"), "TargetGroup3": group("live-green"),
    })
}

//! Load tests: the scripts as k6 runs them, under Node.js with a stand-in for k6 (`tests/tools/k6.mjs`), because no
//! registry has k6 itself. Rates are compared with numbers that are computed here, another way.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::support::tools::{run, succeed};
use crate::support::{files, fleet, gen_in, root, said};

/// Node.js, or nothing, loudly.
fn node() -> Option<&'static str> {
    if Command::new("node").arg("--version").output().is_ok_and(|output| output.status.success()) {
        return Some("node");
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "Node.js is missing");
    eprintln!("\n*** NOT TESTED: load tests: there is no Node.js here ***\n");
    None
}

/// The scripts of a spec, written.
fn scripts(spec: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    succeed(
        gen_in(root()).args(["--target", "loadtest", "--spec"]).arg(spec).arg("--out").arg(folder.path()),
    );
    folder
}

/// One run of the program in a folder.
fn play(node: &str, folder: &Path, run: &Value) -> Value {
    play_all(node, folder, std::slice::from_ref(run)).remove(0)
}

fn play_all(node: &str, folder: &Path, runs: &[Value]) -> Vec<Value> {
    let script = folder.join("scenarios.js");
    let mut command = Command::new(node);
    command.arg(root().join("tests/tools/k6.mjs")).arg(&script).arg(json!(runs).to_string());
    let output = run(command.env_remove("NODE_OPTIONS"));
    assert!(output.status.success(), "{}: {}", script.display(), said(&output));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", said(&output)))
}

/// The data of an environment.
fn data(folder: &Path, environment: &str) -> Value {
    let text = std::fs::read_to_string(folder.join(format!("{environment}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A run that has everything it asks for.
fn complete(scenario: &str, environment: &str, service: &str) -> Value {
    json!({
        "env": {
            "ENVIRONMENT": environment, "SERVICE": service, "SCENARIO": scenario, "BASE_URL": "https://lb.example.com/", "NORMAL_PATH": "/light",
            "HEAVY_PATH": "/heavy?n=1", "HEAVY_SHARE": "0.25", "ALLOW_PRODUCTION": environment,
        },
        "iterations": 100,
    })
}

/// What is given another value, or none.
type Change<'c> = (&'c str, Option<&'c str>);

const SCENARIOS: [&str; 4] = ["high-cpu", "high-requests", "both", "ramp"];

/// By hand, from specs/langfuse.yaml: request target, minimum and maximum, CPU 70 %, 2 vCPU.
#[test]
fn rates_of_the_real_fleet() {
    let Some(node) = node() else { return };
    let generated = root().join("generated/loadtest");
    let rows = [
        // environment, service, base, high-cpu, high-requests, ramp, ceiling
        ("prod-eu", "web", 1600, 1700, 4500, 8000, 10_000), // 1000, 2 to 10
        ("prod-eu", "web-ingestion", 3200, 3400, 9000, 16_000, 30_000), // 2000, 2 to 15
        ("prod-hipaa", "web", 1280, 1360, 3600, 5120, 6400), // 800, 2 to 8
        ("staging", "web", 400, 425, 1125, 2000, 2500),     // 500, 1 to 5
        ("staging", "web-ingestion", 1200, 1275, 3375, 6000, 7500), // 1500, 1 to 5
    ];
    for (environment, service, base, high_cpu, high_requests, ramp, ceiling) in rows {
        let data = data(&generated, environment);
        assert_eq!(data["services"][service]["ceiling"], ceiling, "{data:#}");
        let runs = SCENARIOS.map(|scenario| complete(scenario, environment, service));
        let rates = [high_cpu, high_requests, high_requests, ramp];
        for ((scenario, rate), played) in
            SCENARIOS.into_iter().zip(rates).zip(play_all(node, &generated, &runs))
        {
            assert_eq!(played["refused"], Value::Null, "{environment}/{service} {scenario}: {played:#}");
            let scenarios = &played["options"]["scenarios"];
            let what = format!("{environment}/{service} {scenario}: {scenarios:#}");
            assert_eq!(scenarios["before"]["rate"], base, "{what}");
            assert_eq!(played["sent"]["before"], base * 20, "{what}");
            if scenario == "ramp" {
                assert_eq!(scenarios["up"]["startRate"], base, "{what}");
                assert_eq!(
                    scenarios["up"]["stages"],
                    json!([{ "target": rate, "duration": "7200s" }]),
                    "{what}"
                );
                assert_eq!(played["sent"]["up"], (base + rate) * 60, "{what}");
                assert_eq!(
                    (&scenarios["hold"]["rate"], &played["sent"]["hold"]),
                    (&json!(rate), &json!(rate * 60))
                );
                assert_eq!(scenarios["down"]["stages"][0]["target"], base, "{what}");
                assert_eq!(scenarios["down"]["startTime"], "12000s", "20 + 120 + 60 min; {what}");
            } else {
                // 7 min until the first scale-out, 5 min to start, 48 min of 60 with the tasks there.
                assert_eq!(scenarios["scale_out"]["duration"], "720s", "{what}");
                assert_eq!(scenarios["steady"]["startTime"], "1920s", "{what}");
                assert_eq!(
                    (&scenarios["steady"]["rate"], &played["sent"]["steady"]),
                    (&json!(rate), &json!(rate * 48))
                );
                assert_eq!(scenarios["after"]["rate"], base, "{what}");
            }
        }
    }
}

#[test]
fn thresholds_are_the_expectations() {
    let Some(node) = node() else { return };
    let spec = "version: 1\nproject: shop\ndefaults:\n  capacity: { min: 2, max: 10 }\n  expectations: { p95: 700ms, p99: 15s, error_rate: 0.7, scale_out_within: 10m }\n  scaling: { cpu: { target: 70, cooldown: { in: 900s } }, requests: { target: 600 } }\nservices: { web: {} }\nenvironments:\n  staging:\n    account: \"111111111111\"\n    region: eu-west-1\n    load_balancer: { name: alb, target_group: tg }\n";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("spec.yaml");
    std::fs::write(&file, spec).unwrap();
    let out = scripts(&file);
    let played = play(node, &out.path().join("loadtest"), &complete("high-requests", "staging", "web"));
    let options = &played["options"];
    for phase in ["before", "steady", "after"] {
        let threshold = |metric: &str| options["thresholds"][format!("{metric}{{scenario:{phase}}}")].clone();
        assert_eq!(threshold("http_req_duration"), json!(["p(95)<700", "p(99)<15000"]), "{options:#}");
        assert_eq!(threshold("http_req_failed"), json!(["rate<0.007"]), "{options:#}");
    }
    assert_eq!(options["thresholds"]["http_req_duration{scenario:scale_out}"], Value::Null);
    // 2.25 × 600 × 2 for 45 of 60 minutes, less 2 per cent: 10 + 5 minutes pass before.
    assert_eq!(options["thresholds"]["http_reqs{scenario:steady}"], json!(["count>=119070"]));
    assert_eq!(
        options["thresholds"]["http_req_failed"],
        json!([{ "threshold": "rate<0.25", "abortOnFail": true, "delayAbortEval": "1m" }])
    );
    let scenarios = &options["scenarios"];
    assert_eq!(scenarios["scale_out"]["duration"], "900s");
    // 17 minutes and 3 times 15 + 1.
    assert_eq!(scenarios["after"]["duration"], "3900s");
    // As many requests as can be under way at 45 a second: twice the p99, 30 s.
    assert_eq!(
        (&scenarios["steady"]["maxVUs"], &scenarios["steady"]["preAllocatedVUs"]),
        (&json!(1351), &json!(33))
    );
    assert_eq!((&options["maxRedirects"], &options["discardResponseBodies"]), (&json!(0), &json!(true)));
}

/// Heavy requests are as large a share as CPU needs; what cannot reach the target is refused.
#[test]
fn heavy_requests_are_dosed() {
    let Some(node) = node() else { return };
    let folder = root().join("generated/loadtest"); // 500 requests, 1 task of 2 vCPU
    let with = |scenario: &str, name: &str, value: &str| {
        let mut run = complete(scenario, "staging", "web");
        run["env"].as_object_mut().unwrap().remove("HEAVY_SHARE");
        run["env"][name] = value.into();
        run["iterations"] = 1000.into();
        play(node, &folder, &run)
    };
    // 95 % of 2 vCPU at 425 a minute: 268.24 ms each, or half of them at 536.48.
    for (cost, heavy) in [("268.24", 1000), ("536.48", 500), ("2682.4", 100)] {
        let played = with("high-cpu", "HEAVY_CPU_MS", cost);
        assert_eq!(played["paths"]["steady"]["/heavy?n=1"], heavy, "{played:#}");
        assert_eq!(played["paths"]["scale_out"]["/heavy?n=1"], heavy, "{played:#}");
        for phase in ["before", "after"] {
            assert_eq!(played["paths"][phase], json!({ "/light": 1000 }), "{played:#}");
        }
    }
    // 200 ms × 425 / 60 s = 1.417 of 2 vCPU: 70.8 %; 197 ms: 69.8 %.
    assert_eq!(with("high-cpu", "HEAVY_CPU_MS", "200")["paths"]["steady"]["/heavy?n=1"], 1000);
    let refused = with("high-cpu", "HEAVY_CPU_MS", "197");
    let message = refused["refused"].as_str().unwrap();
    assert!(message.contains("69.8 % CPU, not above their target of 70 %"), "{message}");
    // 2.25 tasks at 70 % of 2 vCPU and 1125 a minute: 168 ms.
    assert_eq!(with("both", "HEAVY_CPU_MS", "336")["paths"]["steady"]["/heavy?n=1"], 500);
    assert_eq!(with("both", "HEAVY_SHARE", "0.1")["paths"]["steady"]["/heavy?n=1"], 100);
    // Evenly: no stretch of ten has two more than another.
    let ramp = with("ramp", "HEAVY_SHARE", "0.1");
    assert_eq!(ramp["paths"]["hold"], json!({ "/light": 1000 }), "{ramp:#}");
}

/// What must not or cannot run says so before it sends anything.
#[test]
fn a_script_refuses_before_it_sends() {
    let Some(node) = node() else { return };
    let play = |environment: &str, change: &[Change<'_>]| {
        let mut run = complete("both", environment, "web");
        if !change.iter().any(|(name, _)| *name == "ALLOW_PRODUCTION") {
            run["env"].as_object_mut().unwrap().remove("ALLOW_PRODUCTION");
        }
        for (name, value) in change {
            match value {
                Some(value) => run["env"][*name] = (*value).into(),
                None => {
                    run["env"].as_object_mut().unwrap().remove(*name);
                }
            }
        }
        play(node, &root().join("generated/loadtest"), &run)
    };
    let cases: [(&str, &[Change<'_>], &str); 21] = [
        ("prod-eu", &[], "prod-eu: its name says that it is production"),
        ("prod-eu", &[("ALLOW_PRODUCTION", Some("yes"))], "-e ALLOW_PRODUCTION=prod-eu"),
        ("prod-eu", &[("ALLOW_PRODUCTION", Some("prod-us"))], "its name says that it is production"),
        (
            "staging",
            &[("BASE_URL", Some("https://prod-eu.example.com"))],
            "the host prod-eu.example.com looks like",
        ),
        (
            "staging",
            &[("BASE_URL", Some("https://API.Live2.example.com:8443/x"))],
            "api.live2.example.com looks",
        ),
        ("staging", &[("BASE_URL", None)], "BASE_URL=https://HOST must say what to test; it is missing"),
        ("staging", &[("BASE_URL", Some("staging.example.com"))], "it is staging.example.com"),
        ("staging", &[("BASE_URL", Some("https://a@b.example.com"))], "must say what to test"),
        (
            "staging",
            &[("ENVIRONMENT", None)],
            "ENVIRONMENT=... must name an environment of the spec; it is missing",
        ),
        ("staging", &[("ENVIRONMENT", Some("../staging"))], "must name an environment"),
        ("staging", &[("ENVIRONMENT", Some("qa"))], "there is no environment qa"),
        ("staging", &[("SERVICE", None)], "must be one of web, web-ingestion, web-iso; it is missing"),
        ("staging", &[("SERVICE", Some("constructor"))], "must be one of web, web-ingestion, web-iso"),
        (
            "staging",
            &[("SERVICE", Some("worker"))],
            "worker in staging has no load test: it takes no requests",
        ),
        ("staging", &[("SCENARIO", None)], "one of high-cpu, high-requests, both, ramp; it is missing"),
        ("staging", &[("SCENARIO", Some("toString"))], "must be one of"),
        ("staging", &[("NORMAL_PATH", None)], "NORMAL_PATH=/"),
        ("staging", &[("HEAVY_PATH", Some("heavy"))], "HEAVY_PATH=/"),
        ("staging", &[("HEAVY_SHARE", None)], "HEAVY_CPU_MS=... must say"),
        ("staging", &[("HEAVY_SHARE", Some("1.5"))], "above 0 and at most 1"),
        ("staging", &[("HEADERS", Some("[]"))], "HEADERS must be a JSON object"),
    ];
    for (environment, change, message) in cases {
        let played = play(environment, change);
        let refused = played["refused"].as_str().unwrap_or_else(|| panic!("{change:?} ran: {played:#}"));
        assert!(
            refused.starts_with("load test refused: ") && refused.contains(message),
            "{change:?}: {refused}"
        );
        assert_eq!(played["sent"], 0, "{change:?} sent something");
    }
    // With what they ask for they run, and a name of two kinds is none of production.
    for (environment, change) in [
        ("prod-eu", [("ALLOW_PRODUCTION", Some("prod-eu"))]),
        ("staging", [("ALLOW_PRODUCTION", None)]),
        ("staging", [("BASE_URL", Some("https://pre-prod.example.com"))]),
        ("staging", [("BASE_URL", Some("http://product.example.com/api/"))]),
    ] {
        let played = play(environment, &change);
        assert_eq!(played["refused"], Value::Null, "{played:#}");
    }
}

/// One request for each path tells whether it answers; settings reach the requests.
#[test]
fn paths_are_tried_before_the_load() {
    let Some(node) = node() else { return };
    let folder = root().join("generated/loadtest");
    for (path, status) in [("/light", 301), ("/heavy?n=1", 404), ("/heavy?n=1", 500)] {
        let mut run = complete("both", "staging", "web");
        run["status"][path] = status.into();
        let played = play(node, &folder, &run);
        let message = played["refused"].as_str().unwrap();
        assert!(message.contains(&format!("{path} answered {status}, which is no 2xx")), "{message}");
    }
    let mut run = complete("high-requests", "staging", "web");
    run["env"]["METHOD"] = "POST".into();
    run["env"]["BODY"] = "{\"a\":1}".into();
    run["env"]["HEADERS"] = "{\"Authorization\":\"Bearer x\"}".into();
    let played = play(node, &folder, &run);
    let wanted = json!([{
        "method": "POST", "url": "https://lb.example.com/light", "path": "/light", "body": "{\"a\":1}",
        "headers": { "Authorization": "Bearer x" }, "timeout": "20s",
    }]);
    assert_eq!(played["probes"], wanted, "the heavy path is of no use in this scenario");
    let logs = played["logs"].to_string();
    assert!(logs.contains("1125 a minute = 500 per task x 2.25 tasks"), "{logs}");
}

/// Text that means something to JavaScript comes out as it went in.
#[test]
fn hostile_names_survive() {
    let Some(node) = node() else { return };
    let spec = root().join("tests/cases/hostile/spec.yaml");
    let (out, fleet) = (scripts(&spec), fleet(&std::fs::read_to_string(&spec).unwrap()));
    let played = play(node, &out.path().join("loadtest"), &complete("both", "prod", "web"));
    let names = fleet.environments[0].services[0].policies.iter().map(|policy| policy.name.to_string());
    let wanted = format!("by {}", names.collect::<Vec<_>>().join(" or "));
    assert!(wanted.contains("$(touch x)") && wanted.contains("!Ref {}[]"), "{wanted}");
    let logs: Vec<&str> =
        played["logs"].as_array().unwrap().iter().map(|log| log.as_str().unwrap()).collect();
    assert!(logs.iter().any(|log| log.ends_with(&wanted)), "{logs:#?}\n{wanted}");
}

/// Of every service of every case: rates, or the reason why there are none; and no rate above the ceiling.
#[test]
fn every_service_is_tested_or_says_why_not() {
    let Some(node) = node() else { return };
    let mut specs = files(&root().join("tests/cases"), "spec.yaml");
    specs.push(root().join("specs/langfuse.yaml"));
    let (mut tested, mut untested) = (0, 0);
    for spec in specs {
        let out = scripts(&spec);
        let fleet = fleet(&std::fs::read_to_string(&spec).unwrap());
        for scope in fleet.services() {
            let (environment, service) = (&*scope.environment.name, &*scope.service.name);
            let folder: PathBuf = out.path().join("loadtest");
            let data = data(&folder, environment);
            let (tests, reason) = (&data["services"][service], &data["untested"][service]);
            assert!(tests.is_null() != reason.is_null(), "{data:#}");
            if tests.is_null() {
                assert!(!reason.as_str().unwrap().is_empty());
                untested += 1;
                continue;
            }
            let target = scope.service.policies[0].tracking().unwrap().target.get();
            let most = target * f64::from(scope.service.max.get());
            let runs = SCENARIOS.map(|scenario| complete(scenario, environment, service));
            for (scenario, played) in SCENARIOS.iter().zip(play_all(node, &folder, &runs)) {
                if let Some(refused) = played["refused"].as_str() {
                    assert!(refused.contains("must be one of"), "{}: {refused}", spec.display());
                    continue;
                }
                tested += 1;
                let scenarios = played["options"]["scenarios"].as_object().unwrap();
                let rates = scenarios.values().flat_map(|phase| {
                    [&phase["rate"], &phase["startRate"], &phase["stages"][0]["target"]].map(Value::as_u64)
                });
                let highest = rates.flatten().max().unwrap();
                assert!(highest as f64 <= most, "{environment}/{service} {scenario}: {highest} > {most}");
                if ["high-requests", "ramp"].contains(scenario) {
                    let first = target * f64::from(scope.service.min.get().max(1));
                    assert!(highest as f64 > first, "{scenario} triggers nothing: {highest}, {first}");
                }
            }
        }
    }
    assert!(tested > 50 && untested > 5, "{tested} {untested}");
}

//! `gen explain`: where settings come from is what the resolver did, for every setting there is and every layer.

use std::fmt::Write;
use std::fs;
use std::process::{Command, Output};

use scalegen::document::Document;
use scalegen::explain::{Explained, Format};
use scalegen::plan::Fleet;
use scalegen::{diagnostic::Diagnostics, explain, spec};
use serde_json::{Value, json};

use crate::support::{files, gen_in, load, root, said};

fn run(args: &[&str]) -> Output {
    gen_in(root()).arg("explain").args(args).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Explains a service of a spec whose structure is right.
fn explained(text: &str, environment: &str, service: &str) -> Explained {
    // What is wrong with a value is no reason not to say where it comes from.
    let fleet = load("spec.yaml", text).2.unwrap_or_else(|| crate::support::fleet(&base().to_string()));
    explained_in(&fleet, text, environment, service)
}

fn explained_in(fleet: &Fleet, text: &str, environment: &str, service: &str) -> Explained {
    let mut found = Diagnostics::default();
    let document = Document::parse("spec.yaml", text.as_bytes().to_vec(), &mut found);
    assert!(spec::read(&document, &mut found).is_some(), "{}", crate::support::explain(&document, &found));
    explain::explain(&document, &Format::default(), fleet, (environment, service))
}

/// A spec in which every kind of policy is on, all of it said by `defaults`.
fn base() -> Value {
    let metric = json!({ "namespace": "Shop", "name": "Backlog", "statistic": "average" });
    json!({
        "version": 1,
        "project": "shop",
        "defaults": {
            "capacity": { "min": 2, "max": 10 },
            "task": { "vcpu": 1, "memory_gib": 2 },
            "load_balancer": { "name": "alb", "target_group": "web" },
            "scaling": {
                "requests": { "target": 900 },
                "cpu": { "target": 65 },
                "memory": { "target": 75 },
                "more_requests": { "admin": { "target": 300, "load_balancer": { "target_group": "admin" } } },
                "custom": { "own": { "target": 5, "metric": metric } },
                "step": { "burst": { "metric": "memory", "threshold": 95, "steps": [{ "from": 0, "by": 1 }] } },
                "predictive": { "target": 65 },
                "schedule": { "morning": { "schedule": "rate(2 days)", "min": 3 } },
            },
        },
        "services": { "web": {} },
        "environments": { "prod": { "account": "111111111111", "region": "eu-west-1", "services": { "web": {} } } },
    })
}

/// Sets a value below a layer.
fn set(spec: &mut Value, layer: &[&str], key: &str, value: &Value) {
    let mut at = spec;
    for step in layer.iter().copied().chain(key.split('.')) {
        if !at[step].is_object() && !at.is_object() {
            *at = json!({});
        }
        at = &mut at[step];
    }
    *at = value.clone();
}

/// The schema of a setting, from a definition on.
fn schema_of<'s>(schema: &'s Value, definition: &str, key: &str) -> Option<&'s Value> {
    let mut at = &schema["$defs"][definition];
    for step in key.split('.') {
        let next = at["properties"].get(step).or_else(|| at.get("additionalProperties"))?;
        if !next.is_object() {
            return None;
        }
        let reference = next["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/$defs/"));
        at = match reference.map(|name| &schema["$defs"][name]) {
            Some(object) if object["properties"].is_object() && object["required"].is_null() => object,
            _ => next,
        };
    }
    Some(at)
}

#[test]
fn every_setting_of_the_format_is_explained_for_every_layer() {
    let schema = spec::schema();
    let names = [("custom", "own"), ("more_requests", "admin"), ("step", "burst"), ("schedule", "morning")];
    let named = |key: &String| {
        names.iter().fold(key.clone(), |key, (holder, name)| {
            key.replace(&format!("{holder}.NAME"), &format!("{holder}.{name}"))
        })
    };
    let keys: Vec<String> = Format::default().keys().iter().map(named).collect();
    assert!(keys.len() > 80, "{keys:?}");
    let layers: [(&str, &[&str], &str); 4] = [
        ("Settings", &["defaults"], "defaults"),
        ("Settings", &["services", "web"], "services.web"),
        ("Environment", &["environments", "prod"], "environments.prod"),
        ("Settings", &["environments", "prod", "services", "web"], "environments.prod.services.web"),
    ];
    let mut told = 0;
    for key in &keys {
        for (definition, layer, called) in layers {
            let Some(of_key) = schema_of(&schema, definition, key) else {
                let only_of_services = ["ecs_service", "renamed_from"].contains(&key.as_str());
                assert!(only_of_services && definition == "Environment", "{key} of {called}");
                continue;
            };
            let value = &of_key["examples"][0];
            assert!(!value.is_null(), "{key} has no example");
            let mut spec = base();
            set(&mut spec, layer, key, value);
            let explained = explained(&spec.to_string(), "prod", "web");
            let setting = explained.settings.iter().find(|setting| setting.key == *key);
            let setting = setting.unwrap_or_else(|| panic!("{key} of {called} is not explained"));
            assert_eq!(setting.by.layer, called, "{key}");
            if !matches!(setting.unit, Some("s" | "ms")) {
                assert_eq!(setting.by.value, *value, "{key} of {called}");
            }
            assert!(!setting.about.is_empty(), "{key}");
            assert!(explained.idle.iter().all(|idle| idle.key != *key), "{key} of {called}");
            told += 1;
            // Numbers mean nothing without their unit; only the user knows that of a metric of the user's.
            let counts = of_key["type"] == "number" || of_key["type"] == "integer";
            let lasts = of_key["pattern"].as_str().is_some_and(|pattern| pattern.contains("s|m"));
            let own = key == "scaling.custom.own.target";
            assert_eq!(setting.unit.is_some(), (counts || lasts) && !own, "{key}: {:?}", setting.unit);
        }
    }
    assert_eq!(told, keys.len() * 4 - 2);
}

/// A value in every layer: the strongest counts, the others follow by strength, and each says where it stands.
#[test]
fn what_is_overridden_is_named_strongest_first() {
    let mut spec = base();
    let layers: [&[&str]; 3] =
        [&["services", "web"], &["environments", "prod"], &["environments", "prod", "services", "web"]];
    for (number, layer) in (1..).zip(layers) {
        set(&mut spec, layer, "scaling.cpu.target", &json!(50 + number));
        set(&mut spec, layer, "scaling.cooldown.out", &json!(format!("{number}m")));
    }
    set(&mut spec, &["defaults"], "scaling.cpu.cooldown.out", &json!("90s"));
    let text = serde_json::to_string_pretty(&spec).unwrap();
    let explained = explained(&text, "prod", "web");
    let of = |key: &str| explained.settings.iter().find(|setting| setting.key == key).unwrap();
    let values = |key: &str| {
        let setting = of(key);
        let all = std::iter::once(&setting.by).chain(&setting.overridden);
        all.map(|said| format!("{} {}", said.value, said.layer)).collect::<Vec<_>>()
    };
    let strongest_first =
        ["53 environments.prod.services.web", "52 environments.prod", "51 services.web", "65 defaults"];
    assert_eq!(values("scaling.cpu.target"), strongest_first);
    // A policy's own cooldown is stronger than the common one, in whatever layer that is said.
    let cooldown = [
        "90 defaults",
        "180 environments.prod.services.web",
        "120 environments.prod",
        "60 services.web",
        "60 built in",
    ];
    assert_eq!(values("scaling.cpu.cooldown.out"), cooldown);
    assert_eq!(of("scaling.cpu.cooldown.out").overridden[0].key.as_deref(), Some("scaling.cooldown.out"));
}

/// What is explained is what is generated: each policy's numbers as the fleet has them.
#[test]
fn an_explanation_never_differs_from_the_fleet() {
    let mut compared = 0;
    for path in files(&root().join("tests/cases"), "spec.yaml") {
        let text = fs::read_to_string(&path).unwrap();
        let fleet = crate::support::fleet(&text);
        for scope in fleet.services() {
            let explained = explained(&text, &scope.environment.name, &scope.service.name);
            let value = |key: &str| {
                let setting = explained.settings.iter().find(|setting| setting.key == key);
                setting.unwrap_or_else(|| panic!("{key} of {}", scope)).by.value.clone()
            };
            assert_eq!(value("capacity.min"), scope.service.min.get());
            assert_eq!(value("capacity.max"), scope.service.max.get());
            assert_eq!(value("ecs_service"), *scope.service.ecs_service.value);
            assert_eq!(value("stack"), *scope.service.stack);
            for policy in &scope.service.policies {
                let of = |key: &str| value(&format!("{}.{key}", policy.id.path()));
                assert_eq!(of("policy_name"), *policy.name.value);
                assert_eq!(of("adopt"), policy.adopt);
                if let Some(tracking) = policy.tracking() {
                    assert_eq!(of("target").as_f64(), Some(tracking.target.get()));
                    assert_eq!(of("cooldown.out"), tracking.cooldown_out.get());
                    assert_eq!(of("cooldown.in"), tracking.cooldown_in.get());
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 10, "{compared}");
}

#[test]
fn explanations_read_as_reviewed() {
    let mut specs = files(&root().join("tests/cases"), "spec.yaml");
    specs.push(root().join("specs/langfuse.yaml"));
    for path in specs {
        let shown = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        let name = match path.parent().unwrap().file_name().unwrap().to_str().unwrap() {
            "specs" => "langfuse",
            case => case,
        };
        let fleet = crate::support::fleet(&fs::read_to_string(&path).unwrap());
        let mut text = out(&run(&["--spec", &shown]));
        for service in &fleet.environments[0].services {
            let subject = format!("{}/{}", fleet.environments[0].name, service.name);
            let output = run(&[&subject, "--quiet", "--spec", &shown]);
            assert_eq!(output.status.code(), Some(0), "{}", said(&output));
            write!(text, "\n{}", out(&output)).unwrap();
        }
        insta::assert_snapshot!(format!("explain-{name}"), text);
    }
}

#[test]
fn one_setting_is_explained_in_depth() {
    let mut text = String::new();
    for (subject, key) in [
        ("staging/web-ingestion", "scaling.requests.target"), // every layer says it
        ("prod-eu/worker", "scaling.cpu"),                    // all of a policy
        ("prod-eu/worker", "scaling.requests"),               // switched off
        ("prod-eu/web", "scaling.memory.target"),             // nobody says it
        ("prod-eu/web", "stack"),                             // no setting of the format's
    ] {
        let output = run(&[subject, "--why", key]);
        assert_eq!((output.status.code(), err(&output)), (Some(0), String::new()), "{}", said(&output));
        write!(text, "$ gen explain {subject} --why {key}\n{}\n", out(&output)).unwrap();
    }
    insta::assert_snapshot!("explain-why", text);
}

#[test]
fn programs_get_the_same_as_json() {
    let answer = |args: &[&str]| -> Value {
        let output = run(&[args, &["--format", "json"]].concat());
        assert_eq!((output.status.code(), err(&output)), (Some(0), String::new()), "{}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let whole = answer(&["prod-eu/worker"]);
    assert_eq!(whole["version"], 1);
    assert_eq!(whole["resource_id"], "service/prod-eu-cluster/prod-eu-worker");
    let alarms = &whole["behaviour"]["policies"][0]["alarms"];
    assert_eq!(alarms["high"], json!({ "threshold": 75.0, "datapoints": 3 }));
    assert_eq!(alarms["low"], json!({ "threshold": 67.5, "datapoints": 15 }));
    assert_eq!(
        (&alarms["measured_seconds_to_decision"], &alarms["period_seconds"]),
        (&json!(363), &json!(60))
    );
    assert_eq!(whole["behaviour"]["removes_from_tasks"], 3);
    assert_eq!(whole["without_effect"][0]["key"], "scaling.requests.target");
    let one = answer(&["prod-eu/worker", "--why", "scaling.cpu.target"]);
    let [setting] = one["settings"].as_array().unwrap().as_slice() else { panic!("{one}") };
    let spec = fs::read_to_string(root().join("specs/langfuse.yaml")).unwrap();
    let line = |text: &str| 1 + spec.lines().position(|line| line.contains(text)).unwrap();
    assert_eq!(setting["from"]["line"], line("cpu: { target: 75 }"));
    assert_eq!(setting["from"]["file"], "specs/langfuse.yaml");
    assert_eq!(setting["overrides"][0]["line"], line("cpu: { target: 70 }"));
    assert_eq!((&setting["overrides"][0]["value"], &setting["unit"]), (&json!(70), &json!("%")));
    assert_eq!(answer(&["prod-eu"])["services"].as_array().map(Vec::len), Some(4));
    assert_eq!(answer(&[])["services"].as_array().map(Vec::len), Some(16));
}

#[test]
fn what_is_mistyped_is_answered_with_what_was_meant() {
    for (args, message) in [
        (&["prod-ue/web"][..], "there is no environment `prod-ue`; did you mean `prod-eu`?"),
        (&["prod-ue"], "there is no environment `prod-ue`; did you mean `prod-eu`?"),
        (&["prod-eu/wokrer"], "there is no service `wokrer`; did you mean `worker`?"),
        (
            &["prod-eu/web", "--why", "cpu.target"],
            "there is no setting `cpu.target`; did you mean `scaling.cpu.target`?",
        ),
        (
            &["prod-eu/web", "--why", "capacity.mix"],
            "there is no setting `capacity.mix`; did you mean `capacity.max`?",
        ),
        (
            &["prod-eu", "--why", "capacity.min"],
            "--why capacity.min needs a service: gen explain ENV/SERVICE --why capacity.min",
        ),
    ] {
        let output = run(args);
        let expected = format!("gen: {message}\n");
        assert_eq!((output.status.code(), err(&output)), (Some(2), expected), "{}", said(&output));
        assert!(output.stdout.is_empty());
    }
}

/// A service that is switched off is explained too, and an invalid spec is not.
#[test]
fn what_is_not_scaled_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let spec = |text: &str| fs::write(folder.path().join("scalegen.yaml"), text).unwrap();
    let text = "version: 1\nproject: shop\ndefaults: { capacity: { min: 2, max: 4 }, scaling: { cpu: { target: 60 } } }\n\
                services: { web: {}, batch: {} }\nenvironments:\n  dev:\n    account: \"111111111111\"\n    region: eu-west-1\n    \
                services: { batch: { enabled: false } }\n";
    spec(text);
    let explain = |args: &[&str]| gen_in(folder.path()).arg("explain").args(args).output().unwrap();
    let output = explain(&["dev/batch"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let lines: Vec<String> = out(&output).lines().map(str::to_owned).collect();
    assert_eq!(lines[0], "dev/batch: not scaled in account 111111111111, eu-west-1");
    assert!(
        lines[3].starts_with("enabled  false  scalegen.yaml:9 environments.dev.services.batch"),
        "{lines:?}"
    );
    assert!(
        out(&output)
            .contains("capacity.min        2      scalegen.yaml:3 defaults  the service is not scaled here")
    );
    spec(&text.replace("max: 4", "max: 1"));
    let output = explain(&["dev/web"]);
    assert_eq!((output.status.code(), out(&output)), (Some(2), String::new()));
    assert!(err(&output).contains("error[max-below-min]"), "{}", said(&output));
}

/// On a terminal nothing is wider than it; what cannot be cut is stacked. In a file nothing is coloured.
#[test]
fn it_fits_the_terminal() {
    let on_terminal = |columns: usize, before: &str| {
        let gen_ = env!("CARGO_BIN_EXE_gen");
        let line = format!("stty cols {columns} rows 40; {before} {gen_} explain prod-eu/web");
        let mut script = Command::new("script");
        script.args(["-qec", &line, "/dev/null"]).current_dir(root()).env("TERM", "xterm");
        let output = script.env_remove("NO_COLOR").env_remove("GEN_SPEC").output().unwrap();
        out(&output).replace('\r', "")
    };
    let widest = |text: &str| text.lines().map(|line| line.chars().count()).max().unwrap();
    let narrow = on_terminal(72, "NO_COLOR=1");
    assert!(widest(&narrow) <= 72 && !narrow.contains('\u{1b}'), "{narrow}");
    assert!(narrow.contains("scaling.cpu.target  70 %\n  from: specs/langfuse.yaml:"), "{narrow}");
    let wide = on_terminal(240, "NO_COLOR=1");
    let words = |text: &str| {
        let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        words.sort();
        words.retain(|word| {
            !["from:", "from", "than:", "than", "stronger", "setting", "value"].contains(&word.as_str())
        });
        words
    };
    assert_eq!(words(&narrow), words(&wide), "the same in another shape");
    let piped = run(&["prod-eu/web"]);
    assert_eq!(out(&piped), wide);
    assert!(on_terminal(240, "").contains("\u{1b}[1mWhat AWS does with it\u{1b}[0m"));
    let quiet = run(&["prod-eu/web", "--quiet"]);
    let hint = "\nMore about one of them: gen explain prod-eu/web --why SETTING\n";
    assert_eq!(out(&quiet) + hint, wide);
}

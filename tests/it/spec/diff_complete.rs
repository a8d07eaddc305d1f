//! No setting is forgotten by `gen diff`: every one that the schema has is changed, taken away and added, one at a time, in
//! specs that between them use all of them.

use std::collections::BTreeSet;
use std::fs;

use scalegen::diff;
use scalegen::plan::Fleet;
use serde_json::{Value, json};

use crate::support::{files, load, root};

/// Settings that change nothing, whatever they say.
const WITHOUT_EFFECT: &[(&str, &str)] =
    &[("spec.version", "there is one version"), ("Environment.partition", "only compared with the region")];

/// Settings of which none changes alone: exactly one line of metric math is the value.
const TOGETHER: &[&str] = &["MetricQuery.return"];

/// A step into a spec.
#[derive(Debug, Clone)]
enum Step {
    Key(String),
    Index(usize),
}

/// A value of a spec, and which field of the schema it is: `Policy.target`.
struct Leaf {
    path: Vec<Step>,
    field: String,
    /// What the schema says about it; nothing if it is not there yet.
    about: Value,
    present: bool,
}

struct Schema {
    whole: Value,
}

impl Schema {
    /// The definitions that a schema may be, with their names.
    fn definitions<'s>(&'s self, about: &'s Value) -> Vec<(&'s str, &'s Value)> {
        if let Some(options) = about["anyOf"].as_array() {
            return options.iter().flat_map(|option| self.definitions(option)).collect();
        }
        match about["$ref"].as_str() {
            Some(name) => {
                let name = name.strip_prefix("#/$defs/").unwrap();
                let definition = &self.whole["$defs"][name];
                if definition["anyOf"].is_array() {
                    return self.definitions(definition);
                }
                vec![(name, definition)]
            }
            None => vec![("spec", about)],
        }
    }

    /// Every field of every definition.
    fn fields(&self) -> BTreeSet<String> {
        let all = self.whole["$defs"].as_object().unwrap().iter().map(|(name, about)| (name.as_str(), about));
        all.chain([("spec", &self.whole)])
            .flat_map(|(name, about)| {
                let properties = about["properties"].as_object().into_iter().flatten();
                properties.map(move |(field, _)| format!("{name}.{field}"))
            })
            .collect()
    }

    /// The fields of a spec that are there, and those that could be.
    fn leaves(&self, value: &Value) -> Vec<Leaf> {
        let mut leaves = Vec::new();
        self.walk(&self.whole, value, &mut Vec::new(), &mut leaves);
        leaves
    }

    fn walk(&self, about: &Value, value: &Value, path: &mut Vec<Step>, leaves: &mut Vec<Leaf>) {
        if let Some(items) = value.as_array() {
            for (at, item) in items.iter().enumerate() {
                path.push(Step::Index(at));
                self.walk(&about["items"], item, path, leaves);
                path.pop();
            }
            return;
        }
        let Some(object) = value.as_object() else { return };
        for (name, definition) in self.definitions(about) {
            for (field, about) in definition["properties"].as_object().into_iter().flatten() {
                path.push(Step::Key(field.clone()));
                let there = object.get(field);
                leaves.push(Leaf {
                    path: path.clone(),
                    field: format!("{name}.{field}"),
                    about: about.clone(),
                    present: there.is_some(),
                });
                if let Some(value) = there {
                    self.walk(about, value, path, leaves);
                }
                path.pop();
            }
            let entries = &definition["additionalProperties"];
            if entries.is_object() {
                for (key, value) in object {
                    path.push(Step::Key(key.clone()));
                    self.walk(entries, value, path, leaves);
                    path.pop();
                }
            }
        }
    }

    /// Other values that a field might have: its examples, its words, and what is near.
    fn others(&self, leaf: &Leaf, now: Option<&Value>) -> Vec<Value> {
        let mut others: Vec<Value> = leaf.about["examples"].as_array().unwrap().clone();
        for (_, definition) in self.definitions(&leaf.about) {
            others.extend(definition["enum"].as_array().into_iter().flatten().cloned());
            let constants = definition["oneOf"].as_array().into_iter().flatten();
            others.extend(constants.filter_map(|one| one.get("const").cloned()));
        }
        match now {
            Some(Value::Bool(flag)) => others.push(json!(!flag)),
            Some(Value::Number(number)) => {
                let number = number.as_f64().unwrap();
                let near = [number + 1.0, number - 1.0, number * 1.5, number / 2.0];
                others.extend(near.map(|n| if n.fract() == 0.0 { json!(n as i64) } else { json!(n) }));
            }
            Some(Value::String(text)) => {
                others.extend(["7m", "77s", "eu-north-1", "999999999999", "x"].map(|other| json!(other)));
                others.extend(
                    [format!("{text}x"), format!("x{text}"), text.replace('1', "2")].map(|t| json!(t)),
                );
            }
            Some(Value::Array(items)) => {
                others.push(items.iter().rev().cloned().collect());
                others.push(items.iter().skip(1).cloned().collect());
            }
            Some(Value::Object(_)) | Some(Value::Null) | None => {}
        }
        others.retain(|other| now != Some(other));
        others
    }
}

/// The spec with another value at a path; without one, if there is none.
fn with(spec: &Value, path: &[Step], value: Option<Value>) -> Value {
    let mut spec = spec.clone();
    let (last, above) = path.split_last().unwrap();
    let holder = above.iter().fold(&mut spec, |at, step| match step {
        Step::Key(key) => &mut at[key.as_str()],
        Step::Index(index) => &mut at[*index],
    });
    match (last, value) {
        (Step::Key(key), Some(value)) => holder[key.as_str()] = value,
        (Step::Key(key), None) => {
            holder.as_object_mut().unwrap().remove(key);
        }
        (Step::Index(_), _) => unreachable!("fields are keys"),
    }
    spec
}

fn at<'v>(spec: &'v Value, path: &[Step]) -> Option<&'v Value> {
    path.iter().try_fold(spec, |at, step| match step {
        Step::Key(key) => at.get(key.as_str()),
        Step::Index(index) => at.get(*index),
    })
}

fn resolved(spec: &Value) -> Option<Fleet> {
    load("spec.json", &spec.to_string()).2
}

/// All that a fleet holds, but where it was said.
fn meaning(fleet: &Fleet) -> String {
    let text = format!("{fleet:?}");
    let mut parts = text.split("Origin { ");
    let mut kept = parts.next().unwrap().to_owned();
    for part in parts {
        // `layer: Defaults, place: Place { file: 0, start: 1, end: 2 } }`
        kept += part.split_once(" } }").expect("an origin ends so").1;
    }
    kept
}

/// The specs, richest first.
fn specs() -> Vec<(String, Value)> {
    let mut paths = files(&root().join("tests/cases"), "spec.yaml");
    paths.push(root().join("specs/langfuse.yaml"));
    paths.push(root().join("tests/adoption/spec.yaml"));
    let read = |path: &std::path::PathBuf| {
        let value = serde_saphyr::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        (path.strip_prefix(root()).unwrap().display().to_string(), value)
    };
    paths.iter().map(read).chain([("all".to_owned(), all())]).collect()
}

/// What the other specs do not use.
fn all() -> Value {
    json!({
        "version": 1, "project": "shop", "change": "C-1", "tags": { "Team": "web" },
        "names": {
            "cluster": "{environment}", "service": "{environment}-{service}", "policy": "{ecs_service}-{metric}",
            "step_policy": "{ecs_service}-{metric}-step", "predictive_policy": "{ecs_service}-{metric}-ahead",
            "alarm": "{ecs_service}-{metric}", "scheduled_action": "{ecs_service}-{action}", "stack": "{ecs_service}-s",
            "monitoring_stack": "{environment}-m", "event_rule": "{environment}-r"
        },
        "services": { "web": { "scaling": {
            "cooldown": { "out": "50s", "in": "250s" },
            "cpu": { "target": 60, "renamed_from": "old cpu", "adopt": false },
            "more_requests": { "admin": { "target": 9, "load_balancer": { "name": "a", "target_group": "t" } } },
            "step": { "burst": { "metric": "cpu", "threshold": 90, "steps": [{ "from": 0, "to": 5, "by": 1 }, { "from": 5, "by": 2 }] } },
            "predictive": { "metric": "cpu", "target": 50, "mode": "forecast_and_scale", "buffer": "4m", "renamed_from": "old forecast" },
            "schedule": { "am": { "schedule": "cron(0 7 ? * MON-FRI *)", "min": 3, "renamed_from": "old am" } },
            "suspended": { "in": true, "out": false, "scheduled": false }
        } } },
        "environments": { "one": {
            "account": "111111111111", "region": "eu-west-1", "tags": { "A": "b" },
            "capacity": { "min": 2, "max": 9 }, "task": { "vcpu": 1, "memory_gib": 2 }, "cluster": "one",
            "deployment": { "controller": "ecs", "strategy": "rolling" }, "adopt": false,
            "container_insights": false, "expectations": {
                "p95": "900ms", "p99": "2s", "error_rate": 2, "scale_out_within": "6m", "max_flaps": 1, "cost_increase": 9
            }
        }, "two": {
            "account": "111111111111", "region": "eu-west-1", "capacity": { "min": 2, "max": 9 },
            "notifications": { "topic_arn": "arn:aws:sns:eu-west-1:111111111111:pager" },
            "dashboard": { "enabled": true, "name": "two" }
        } },
        "rollout": { "waves": [{ "environments": ["one"], "soak": "48h", "gates": ["fine"] }] },
        "notifications": { "topic": "{project}-{environment}-t" }, "dashboard": { "name": "{environment}-d" }, "contacts": { "owner": "us" },
        "lint": { "allow": { "min-equals-max": "it is meant so" } },
        "prices": { "currency": "USD", "date": "2026-09-01", "source": "ours", "regions": { "eu-west-1": {
            "x86_64": { "vcpu_hour": 0.05, "gb_hour": 0.006 }, "arm64": { "vcpu_hour": 0.04, "gb_hour": 0.005 },
            "alarm": 0.2, "high_resolution_alarm": 0.4, "metric": 0.5, "dashboard": 4
        } } }
    })
}

#[test]
fn every_setting_that_changes_is_reported() {
    let schema = Schema { whole: scalegen::spec::schema() };
    let mut reported: BTreeSet<String> = BTreeSet::new();
    let mut tried = 0;
    for (name, spec) in specs() {
        let base = resolved(&spec).unwrap_or_else(|| panic!("{name} is valid"));
        assert!(diff::fleets(&base, &base).is_empty(), "{name} differs from itself");
        let meant = meaning(&base);
        for leaf in schema.leaves(&spec) {
            let now = at(&spec, &leaf.path);
            assert_eq!(now.is_some(), leaf.present);
            let mut mutations: Vec<Option<Value>> = schema.others(&leaf, now).into_iter().map(Some).collect();
            if leaf.present {
                mutations.push(None);
            }
            let mut told = 0;
            for mutation in mutations {
                if told == 1 && mutation.is_some() {
                    continue; // one other value of a field here tells as much as ten
                }
                let Some(changed) = resolved(&with(&spec, &leaf.path, mutation.clone())) else { continue };
                tried += 1;
                let forth = diff::fleets(&base, &changed);
                let back = diff::fleets(&changed, &base);
                let differs = meaning(&changed) != meant;
                let what = format!("{name}: {} at {:?} → {mutation:?}", leaf.field, leaf.path);
                assert_eq!(!forth.is_empty(), differs, "{what}: {forth:#?}");
                assert_eq!(!back.is_empty(), differs, "{what}, back: {back:#?}");
                assert!(
                    forth.iter().chain(back.iter()).all(|c| !c.consequence.is_empty() && c.old != c.new),
                    "{what}"
                );
                if differs {
                    reported.insert(leaf.field.clone());
                    told += 1;
                }
            }
        }
    }
    let without_effect: BTreeSet<String> = WITHOUT_EFFECT
        .iter()
        .map(|(field, _)| *field)
        .chain(TOGETHER.iter().copied())
        .map(str::to_owned)
        .collect();
    let missing: Vec<_> = schema
        .fields()
        .into_iter()
        .filter(|field| !reported.contains(field) && !without_effect.contains(field))
        .collect();
    assert!(missing.is_empty(), "no mutation of these was valid and told: {missing:#?}");
    assert!(reported.is_disjoint(&without_effect), "{without_effect:?} has an effect");
    assert!(tried > 1_000 && reported.len() > 100, "{tried} {}", reported.len());
}

#[test]
fn what_only_changes_together_is_reported() {
    let fleet = |first: bool| {
        let mut spec = all();
        let line = |id: &str, of: &str, returned: bool| json!({ "id": id, "expression": format!("2 * {of}"), "return": returned });
        let metric = json!({ "namespace": "Shop", "name": "Queue", "statistic": "sum" });
        let (a, b) = if first { ("b", "queue") } else { ("queue", "a") };
        let lines = json!([{ "id": "queue", "metric": metric }, line("a", a, first), line("b", b, !first)]);
        spec["services"]["web"]["scaling"]["custom"] = json!({ "lag": { "target": 5, "metrics": lines } });
        resolved(&spec).unwrap()
    };
    let differences = diff::fleets(&fleet(true), &fleet(false));
    let settings: Vec<&str> = differences.iter().map(|change| change.setting.as_str()).collect();
    assert_eq!(settings, ["scaling.custom.lag.metric"; 2], "in both environments");
}

/// The proof can fail: a fleet that differs where nothing looks is told from one that does not.
#[test]
fn meaning_tells_what_a_fleet_holds_from_where_it_was_said() {
    let spec = all();
    let moved =
        with(&spec, &[Step::Key("defaults".into())], Some(json!({ "capacity": { "min": 2, "max": 9 } })));
    let moved = with(&moved, &["environments", "one", "capacity"].map(|key| Step::Key(key.into())), None);
    let [here, there] = [&spec, &moved].map(|spec| resolved(spec).unwrap());
    assert_ne!(format!("{here:?}"), format!("{there:?}"));
    assert_eq!(meaning(&here), meaning(&there));
    assert!(diff::fleets(&here, &there).is_empty());
    let less = with(
        &spec,
        &["environments", "one", "capacity", "max"].map(|key| Step::Key(key.into())),
        Some(json!(8)),
    );
    assert_ne!(meaning(&resolved(&less).unwrap()), meaning(&here));
}

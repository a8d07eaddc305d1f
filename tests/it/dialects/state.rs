//! The desired state is in the words of the APIs: every field of it is one of botocore's service models, and every field
//! that the operations take is in it or left out for a reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use scalegen::aws::alarm::MetricAlarm;
use scalegen::aws::scaling::{ScalableTarget, ScalingPolicy, ScheduledAction};
use scalegen::aws::{Data, desired};
use scalegen::render::encode::hcl::{self, Hcl};
use serde_json::{Map, Value, json};

use crate::support::tools::{Provider, Tools, succeed};
use crate::support::{files, fleet, root};

type Model = BTreeMap<String, String>;

/// Fields of the operations that the state has not, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    ("RegisterScalableTarget.RoleARN", "ECS has its own service-linked role; the API ignores any other"),
    ("RegisterScalableTarget.Tags", "tags of a service are one list, for its target and its alarms"),
    ("PutScalingPolicy.ResourceId", "that of the scalable target"),
    ("PutScalingPolicy.ScalableDimension", "that of the scalable target"),
    ("PutScalingPolicy.ServiceNamespace", "that of the scalable target"),
    ("PutScheduledAction.ResourceId", "that of the scalable target"),
    ("PutScheduledAction.ScalableDimension", "that of the scalable target"),
    ("PutScheduledAction.ServiceNamespace", "that of the scalable target"),
    (
        "PredictiveScalingMetricSpecification.CustomizedCapacityMetricSpecification",
        "forecasts are of metric pairs that AWS defines",
    ),
    ("PredictiveScalingMetricSpecification.CustomizedLoadMetricSpecification", "the same"),
    ("PredictiveScalingMetricSpecification.CustomizedScalingMetricSpecification", "the same"),
    ("PredictiveScalingMetricSpecification.PredefinedLoadMetricSpecification", "a pair names both metrics"),
    ("PredictiveScalingMetricSpecification.PredefinedScalingMetricSpecification", "the same"),
    ("PutMetricAlarm.ActionsEnabled", "true by default; switching actions off is for people, in an incident"),
    ("PutMetricAlarm.InsufficientDataActions", "alarms say what missing data counts as"),
    ("PutMetricAlarm.ThresholdMetricId", "no anomaly detection: thresholds are numbers"),
    ("PutMetricAlarm.EvaluationCriteria", "no PromQL: metrics are CloudWatch's own"),
    ("PutMetricAlarm.EvaluationInterval", "of PromQL alarms only"),
    ("PutMetricAlarm.Tags", "tags of a service are one list, for its target and its alarms"),
    ("MetricDataQuery.AccountId", "metrics are of the environment's own account"),
    ("MetricDataQuery.Period", "it stands in MetricStat"),
];

/// The shapes of the operations, by service.
fn models(tools: &Tools) -> BTreeMap<String, Model> {
    let output = tools.python("service_model.py").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Judges an object against a shape; the fields that it has are added.
fn judge(model: &Model, shape: &str, value: &Value, seen: &mut BTreeSet<String>) {
    for (field, value) in value.as_object().unwrap_or_else(|| panic!("{shape}: {value} is no object")) {
        let key = format!("{shape}.{field}");
        let kind = model.get(&key).unwrap_or_else(|| panic!("the API has no {key}"));
        match kind.split_once(' ') {
            Some(("structure", inner)) => judge(model, inner, value, seen),
            Some((_, of)) => {
                let inner = of.strip_prefix("of ").unwrap();
                value.as_array().unwrap().iter().for_each(|item| judge(model, inner, item, seen));
            }
            None => assert!(is(kind, value), "{key} is a {kind}, not {value}"),
        }
        seen.insert(key);
    }
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "string" | "timestamp" => value.is_string() || value.get("$lookup").is_some(),
        "integer" | "long" => value.is_i64(),
        "double" => value.is_number(),
        "boolean" => value.is_boolean(),
        "list" => value.is_array(),
        _ => false,
    }
}

/// An object that has every field of a shape.
fn sample(model: &Model, shape: &str) -> Value {
    let prefix = format!("{shape}.");
    let fields = model.iter().filter_map(|(key, kind)| Some((key.strip_prefix(&prefix)?, kind)));
    let value = |kind: &str| match kind.split_once(' ') {
        Some(("structure", inner)) => sample(model, inner),
        Some((_, of)) => json!([sample(model, of.strip_prefix("of ").unwrap())]),
        None => match kind {
            "integer" | "long" => json!(7),
            "double" => json!(0.5),
            "boolean" => json!(true),
            "list" => json!(["arn:aws:sns:eu-west-1:111111111111:x"]),
            "map" => json!({}),
            _ => json!("text"),
        },
    };
    Value::Object(fields.map(|(field, kind)| (field.to_owned(), value(kind))).collect::<Map<_, _>>())
}

#[test]
fn every_field_is_one_of_the_api() {
    let Some(tools) = Tools::get() else { return };
    let models = models(&tools);
    let (scaling, cloudwatch) = (&models["application-autoscaling"], &models["cloudwatch"]);
    let mut seen = BTreeSet::new();
    for spec in files(&root().join("tests/cases"), "spec.yaml") {
        let fleet = fleet(&fs::read_to_string(spec).unwrap());
        for scope in fleet.services() {
            let state = desired::service(scope.environment, scope.service);
            let json = serde_json::to_value(&state).unwrap();
            judge(scaling, "RegisterScalableTarget", &json["ScalableTarget"], &mut seen);
            for (list, model, operation) in [
                ("ScalingPolicies", scaling, "PutScalingPolicy"),
                ("ScheduledActions", scaling, "PutScheduledAction"),
                ("MetricAlarms", cloudwatch, "PutMetricAlarm"),
            ] {
                let items = json.get(list).and_then(Value::as_array).into_iter().flatten();
                items.for_each(|item| judge(model, operation, item, &mut seen));
            }
            let text = serde_json::to_string(&state).unwrap();
            let read: scalegen::aws::Service<'_> = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_value(read).unwrap(), json, "what is read back is what was written");
        }
    }
    assert!(seen.len() > 60, "the cases say little: {seen:?}");
}

#[test]
fn every_field_of_the_api_is_represented_or_left_out_for_a_reason() {
    let Some(tools) = Tools::get() else { return };
    let models = models(&tools);
    let (scaling, cloudwatch) = (&models["application-autoscaling"], &models["cloudwatch"]);
    let mut seen = BTreeSet::new();
    let mut all = BTreeSet::new();

    let target: ScalableTarget<'_> = read(sample(scaling, "RegisterScalableTarget"));
    judge(scaling, "RegisterScalableTarget", &serde_json::to_value(target).unwrap(), &mut seen);
    let action: ScheduledAction<'_> = read(sample(scaling, "PutScheduledAction"));
    judge(scaling, "PutScheduledAction", &serde_json::to_value(action).unwrap(), &mut seen);
    let kinds = ["TargetTracking", "StepScaling", "PredictiveScaling"].map(|kind| match kind {
        "TargetTracking" => "TargetTrackingScalingPolicyConfiguration".to_owned(),
        kind => format!("{kind}PolicyConfiguration"),
    });
    for kind in &kinds {
        let mut policy = sample(scaling, "PutScalingPolicy");
        policy.as_object_mut().unwrap().retain(|key, _| key == kind || !kinds.contains(key));
        let policy: ScalingPolicy<'_> = read(policy);
        judge(scaling, "PutScalingPolicy", &serde_json::to_value(policy).unwrap(), &mut seen);
    }
    let alarm: MetricAlarm<'_> = read(sample(cloudwatch, "PutMetricAlarm"));
    judge(cloudwatch, "PutMetricAlarm", &serde_json::to_value(alarm).unwrap(), &mut seen);

    for (model, operations) in [
        (scaling, ["RegisterScalableTarget", "PutScalingPolicy", "PutScheduledAction"].as_slice()),
        (cloudwatch, &["PutMetricAlarm"]),
    ] {
        operations.iter().for_each(|operation| reachable(model, operation, &mut all));
    }
    let missing: BTreeSet<&str> = all.difference(&seen).map(String::as_str).collect();
    let listed: BTreeSet<&str> = LEFT_OUT.iter().map(|(field, _)| *field).collect();
    assert_eq!(missing, listed, "fields that the state has not, and those of which a reason is given");
}

/// Every field of the state is an argument or a block of the provider's resources, under the name that the HCL encoder
/// gives it; alarms' metric math, which the provider flattens, is judged by `terraform validate` alone.
#[test]
fn every_field_has_its_argument_in_the_providers_schema() {
    let Some(tools) = Tools::get() else { return };
    let models = models(&tools);
    let scaling = &models["application-autoscaling"];
    for provider in tools.providers() {
        let resources = schema(&tools, &provider);
        for kind in ["TargetTrackingScaling", "StepScaling", "PredictiveScaling"] {
            if kind == "PredictiveScaling" && provider.version < vec![6, 13] {
                continue; // older versions have none
            }
            let kept = format!("{kind}PolicyConfiguration");
            let mut policy = sample(scaling, "PutScalingPolicy");
            let is_other = |key: &str| key.ends_with("PolicyConfiguration") && key != kept;
            policy.as_object_mut().unwrap().retain(|key, _| !is_other(key));
            let policy: ScalingPolicy<'_> = read(policy);
            arguments(&Data::of(&policy), &resources["aws_appautoscaling_policy"]["block"]);
        }
        let action: ScheduledAction<'_> = read(sample(scaling, "PutScheduledAction"));
        arguments(&Data::of(&action), &resources["aws_appautoscaling_scheduled_action"]["block"]);
        let alarm: MetricAlarm<'_> = read(sample(&models["cloudwatch"], "PutMetricAlarm"));
        let alarm = MetricAlarm { metrics: Vec::new(), dimensions: Vec::new(), ..alarm };
        arguments(&Data::of(&alarm), &resources["aws_cloudwatch_metric_alarm"]["block"]);
    }
}

/// The resources of a provider.
fn schema(tools: &Tools, provider: &Provider) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let needed = "terraform {\n  required_providers {\n    aws = { source = \"hashicorp/aws\" }\n  }\n}\n";
    fs::write(folder.path().join("main.tf"), needed).unwrap();
    let terraform = |args: &[&str]| {
        let mut command = tools.command("terraform");
        succeed(command.current_dir(folder.path()).args(args).envs(provider.environment(None)))
    };
    terraform(&["init", "-input=false", "-no-color"]);
    let mut schema: Value = serde_json::from_str(&terraform(&["providers", "schema", "-json"])).unwrap();
    schema["provider_schemas"]["registry.terraform.io/hashicorp/aws"]["resource_schemas"].take()
}

/// Judges what the encoder makes of a structure.
fn arguments(data: &Data<'_>, block: &Value) {
    for (name, value) in hcl::arguments(data, &|_| Hcl::text("")) {
        match value {
            Hcl::Block(_) => assert!(block["block_types"].get(&*name).is_some(), "no block {name}"),
            _ => assert!(block["attributes"].get(&*name).is_some(), "no argument {name}"),
        }
    }
    for (field, value) in data.fields() {
        let items = std::slice::from_ref(value).iter().chain(value.items());
        for item in items.filter(|item| !item.fields().is_empty()) {
            arguments(item, &block["block_types"][&*hcl::argument(field)]["block"]);
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// The fields of a shape and of those below it, but for what is below a field that is left out.
fn reachable(model: &Model, shape: &str, all: &mut BTreeSet<String>) {
    let prefix = format!("{shape}.");
    for (key, kind) in model.iter().filter(|(key, _)| key.starts_with(&prefix)) {
        if all.insert(key.clone())
            && LEFT_OUT.iter().all(|(field, _)| field != key)
            && let Some((_, inner)) = kind.split_once(' ')
        {
            reachable(model, inner.trim_start_matches("of "), all);
        }
    }
}

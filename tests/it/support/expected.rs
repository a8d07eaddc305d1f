//! What a fleet says that an account must hold, written down once more from the plan, without any template: first in the
//! words of the API, then in the canonical form of `tests/tools/canonical.py`.

use std::collections::BTreeSet;

use scalegen::plan::policy::{
    Adjustment, Aggregation, Alarm, Comparison, CustomMetric, Dimension, ForecastMode, ForecastedMetric,
    Metric, MissingData, Policy, PolicyKind, Predictive, Query, Resolution, ScheduledAction, Statistic,
    StepScaling, TargetGroup, Term, TrackedMetric, Tracking,
};
use scalegen::plan::{Environment, LoadBalancer, Service};
use serde_json::{Map, Value, json};

use super::together;

const DIMENSION: &str = "ecs:service:DesiredCount";

/// What an account must hold in which these ARNs were made (`Moto::made`).
pub fn state(project: &str, environment: &Environment, made: &Value) -> Value {
    let mut services: Vec<&Service> = environment.services.iter().collect();
    services.sort_by_key(|service| service.resource_id());
    let rows = |of: &dyn Fn(&Service) -> Vec<Value>| -> Value {
        services.iter().flat_map(|service| of(service)).collect()
    };
    let mut alarms: Vec<Value> = services.iter().flat_map(|service| alarms(service)).collect();
    alarms.sort_by_key(|row| row["name"].as_str().unwrap().to_owned());
    let mut state = json!({
        "targets": rows(&|service| vec![target(service)]),
        "policies": rows(&|service| {
            let mut policies: Vec<&Policy> = service.policies.iter().collect();
            policies.sort_by_key(|policy| policy.name.to_string());
            policies.into_iter().map(|policy| policy_row(&request(service, policy, made))).collect()
        }),
        "scheduled_actions": rows(&|service| {
            let mut actions: Vec<&ScheduledAction> = service.schedule.iter().collect();
            actions.sort_by_key(|action| action.name.to_string());
            actions.into_iter().map(|action| scheduled_action(service, action)).collect()
        }),
        "alarms": alarms,
    });
    let Value::Object(together) = together::state(project, environment, made) else { unreachable!() };
    state.as_object_mut().unwrap().extend(together);
    state
}

/// The three keys by which the API knows a service.
pub fn keys(service: &Service) -> Value {
    json!({ "ServiceNamespace": "ecs", "ResourceId": service.resource_id(), "ScalableDimension": DIMENSION })
}

/// The arguments of RegisterScalableTarget.
pub fn registration(service: &Service) -> Value {
    let mut api = keys(service);
    api["MinCapacity"] = service.min.get().into();
    api["MaxCapacity"] = service.max.get().into();
    if let Some(suspended) = &service.suspended {
        api["SuspendedState"] = json!({
            "DynamicScalingInSuspended": suspended.scale_in,
            "DynamicScalingOutSuspended": suspended.scale_out,
            "ScheduledScalingSuspended": suspended.scheduled,
        });
    }
    api
}

fn target(service: &Service) -> Value {
    let suspended = service
        .suspended
        .as_ref()
        .map(|s| json!({ "in": s.scale_in, "out": s.scale_out, "scheduled": s.scheduled }));
    json!({
        "resource_id": service.resource_id(), "dimension": DIMENSION,
        "min": service.min.get(), "max": service.max.get(), "suspended": suspended,
    })
}

/// The arguments of PutScalingPolicy.
pub fn request(service: &Service, policy: &Policy, made: &Value) -> Value {
    let (kind, configuration) = match &policy.kind {
        PolicyKind::Tracking(said) => ("TargetTrackingScaling", tracking(said, made)),
        PolicyKind::Step(said) => ("StepScaling", step(said)),
        PolicyKind::Predictive(said) => ("PredictiveScaling", predictive(said, made)),
    };
    let mut api = keys(service);
    api["PolicyName"] = policy.name.to_string().into();
    api["PolicyType"] = kind.into();
    api[format!("{kind}PolicyConfiguration")] = configuration;
    api
}

fn policy_row(api: &Value) -> Value {
    let tracking = &api["TargetTrackingScalingPolicyConfiguration"];
    json!({
        "resource_id": api["ResourceId"], "dimension": api["ScalableDimension"],
        "name": api["PolicyName"], "type": api["PolicyType"],
        "target_value": tracking["TargetValue"],
        "metric_type": tracking["PredefinedMetricSpecification"]["PredefinedMetricType"],
        "resource_label": tracking["PredefinedMetricSpecification"]["ResourceLabel"],
        "cooldown_out": tracking["ScaleOutCooldown"], "cooldown_in": tracking["ScaleInCooldown"],
        "disable_scale_in": tracking["DisableScaleIn"],
        "customized": tracking["CustomizedMetricSpecification"],
        "step": api["StepScalingPolicyConfiguration"],
        "predictive": api["PredictiveScalingPolicyConfiguration"],
    })
}

fn tracking(said: &Tracking, made: &Value) -> Value {
    let predefined = |kind: &str| json!({ "PredefinedMetricType": kind });
    let (key, metric) = match &said.metric {
        TrackedMetric::Cpu(resolution) => {
            ("PredefinedMetricSpecification", predefined(&utilization("CPU", resolution.value)))
        }
        TrackedMetric::Memory(resolution) => {
            ("PredefinedMetricSpecification", predefined(&utilization("Memory", resolution.value)))
        }
        TrackedMetric::Requests(group) => {
            let mut metric = predefined("ALBRequestCountPerTarget");
            metric["ResourceLabel"] = label(group, made).into();
            ("PredefinedMetricSpecification", metric)
        }
        TrackedMetric::Custom(metric) => ("CustomizedMetricSpecification", customized(metric, made)),
    };
    json!({
        "TargetValue": number(said.target.get()), key: metric,
        "ScaleOutCooldown": said.cooldown_out.get(), "ScaleInCooldown": said.cooldown_in.get(),
        "DisableScaleIn": said.disable_scale_in.value,
    })
}

fn utilization(what: &str, resolution: Resolution) -> String {
    let high = match resolution {
        Resolution::Standard => "",
        Resolution::High => "HighResolution",
    };
    format!("ECSServiceAverage{what}Utilization{high}")
}

fn customized(metric: &CustomMetric, made: &Value) -> Value {
    match metric {
        CustomMetric::Single(metric) => {
            let mut api = plain(metric, made);
            api.insert("Statistic".into(), statistic(metric.statistic).into());
            insert_some(&mut api, "Unit", metric.unit.as_ref().map(ToString::to_string));
            api.into()
        }
        CustomMetric::Math(lines) => {
            let mut lines: Vec<&Query> = lines.iter().collect();
            lines.sort_by_key(|line| line.id.to_string());
            json!({ "Metrics": lines.into_iter().map(|line| query(line, made)).collect::<Vec<_>>() })
        }
    }
}

fn query(line: &Query, made: &Value) -> Value {
    let mut api = Map::from_iter([
        ("Id".to_owned(), line.id.to_string().into()),
        ("ReturnData".to_owned(), line.returned.into()),
    ]);
    insert_some(&mut api, "Label", line.label.as_ref().map(ToString::to_string));
    match &line.term {
        Term::Expression(text) => insert_some(&mut api, "Expression", Some(text.to_string())),
        Term::Metric(metric) => {
            let mut stat = Map::from_iter([
                ("Metric".to_owned(), plain(metric, made).into()),
                ("Stat".to_owned(), statistic(metric.statistic).into()),
            ]);
            insert_some(&mut stat, "Unit", metric.unit.as_ref().map(ToString::to_string));
            api.insert("MetricStat".into(), stat.into());
        }
    }
    api.into()
}

fn plain(metric: &Metric, made: &Value) -> Map<String, Value> {
    let mut api = Map::from_iter([
        ("Namespace".to_owned(), metric.namespace.to_string().into()),
        ("MetricName".to_owned(), metric.name.to_string().into()),
    ]);
    let mut pairs: Vec<(String, String)> =
        metric.dimensions.iter().map(|(name, value)| (name.to_string(), dimension(value, made))).collect();
    pairs.sort();
    if !pairs.is_empty() {
        let pair = |(name, value)| json!({ "Name": name, "Value": value });
        api.insert("Dimensions".into(), pairs.into_iter().map(pair).collect());
    }
    api
}

fn dimension(value: &Dimension, made: &Value) -> String {
    match value {
        Dimension::Text(text) => text.to_string(),
        Dimension::LoadBalancer(group) => ends(group, made).0,
        Dimension::TargetGroup(group) => ends(group, made).1,
    }
}

/// `app/<name>/<id>` and `targetgroup/<name>/<id>`: literal, or the ends of the ARNs in this account.
fn ends(group: &TargetGroup, made: &Value) -> (String, String) {
    match &group.balancer {
        LoadBalancer::Literal { arn_suffix, target_group_arn_suffix } => {
            (arn_suffix.to_string(), target_group_arn_suffix.to_string())
        }
        LoadBalancer::Named { name, target_group } => {
            let arn = |kind: &str, name: &str| made[kind][name].as_str().unwrap().to_owned();
            let balancer = arn("load_balancers", name);
            let group = arn("target_groups", target_group);
            (
                balancer.split_once(":loadbalancer/").unwrap().1.to_owned(),
                group.rsplit_once(':').unwrap().1.to_owned(),
            )
        }
    }
}

fn label(group: &TargetGroup, made: &Value) -> String {
    let (balancer, group) = ends(group, made);
    format!("{balancer}/{group}")
}

fn step(said: &StepScaling) -> Value {
    let adjustment = match said.adjustment {
        Adjustment::Change => "ChangeInCapacity",
        Adjustment::Percent => "PercentChangeInCapacity",
        Adjustment::Exact => "ExactCapacity",
    };
    let aggregation = match said.aggregation {
        Aggregation::Average => "Average",
        Aggregation::Minimum => "Minimum",
        Aggregation::Maximum => "Maximum",
    };
    let steps = said.steps.iter().map(|step| {
        let mut api = Map::from_iter([("ScalingAdjustment".to_owned(), step.by.into())]);
        insert_some(&mut api, "MetricIntervalLowerBound", step.from.map(number));
        insert_some(&mut api, "MetricIntervalUpperBound", step.to.map(number));
        Value::from(api)
    });
    let mut api = Map::from_iter([
        ("AdjustmentType".to_owned(), adjustment.into()),
        ("MetricAggregationType".to_owned(), aggregation.into()),
        ("Cooldown".to_owned(), said.cooldown.get().into()),
        ("StepAdjustments".to_owned(), steps.collect()),
    ]);
    insert_some(&mut api, "MinAdjustmentMagnitude", said.min_adjustment);
    api.into()
}

fn predictive(said: &Predictive, made: &Value) -> Value {
    let (kind, group) = match &said.metric {
        ForecastedMetric::Cpu => ("ECSServiceCPUUtilization", None),
        ForecastedMetric::Memory => ("ECSServiceMemoryUtilization", None),
        ForecastedMetric::Requests(group) => ("ALBRequestCount", Some(group)),
    };
    let mut pair = Map::from_iter([("PredefinedMetricType".to_owned(), kind.into())]);
    insert_some(&mut pair, "ResourceLabel", group.map(|group| label(group, made)));
    let mode = match said.mode {
        ForecastMode::ForecastOnly => "ForecastOnly",
        ForecastMode::ForecastAndScale => "ForecastAndScale",
    };
    let breach = match said.max_capacity_buffer {
        Some(_) => "IncreaseMaxCapacity",
        None => "HonorMaxCapacity",
    };
    let mut api = Map::from_iter([
        (
            "MetricSpecifications".to_owned(),
            json!([{ "TargetValue": number(said.target.get()), "PredefinedMetricPairSpecification": pair }]),
        ),
        ("Mode".to_owned(), mode.into()),
        ("SchedulingBufferTime".to_owned(), said.buffer.get().into()),
        ("MaxCapacityBreachBehavior".to_owned(), breach.into()),
    ]);
    insert_some(&mut api, "MaxCapacityBuffer", said.max_capacity_buffer.as_deref().copied());
    api.into()
}

fn scheduled_action(service: &Service, action: &ScheduledAction) -> Value {
    json!({
        "resource_id": service.resource_id(), "dimension": DIMENSION, "name": action.name.to_string(),
        "schedule": action.schedule.to_string(), "timezone": action.time_zone.to_string(),
        "start": action.start.as_ref().map(ToString::to_string),
        "end": action.end.as_ref().map(ToString::to_string),
        "min": action.min.as_ref().map(|tasks| tasks.get()),
        "max": action.max.as_ref().map(|tasks| tasks.get()),
    })
}

fn alarms(service: &Service) -> Vec<Value> {
    let of = |policy: &Policy| match &policy.kind {
        PolicyKind::Step(step) => {
            Some(alarm_row(&step.alarm, &format!("{} {}", service.resource_id(), *policy.name)))
        }
        PolicyKind::Tracking(_) | PolicyKind::Predictive(_) => None,
    };
    service.policies.iter().filter_map(of).collect()
}

fn alarm_row(alarm: &Alarm, action: &str) -> Value {
    let comparison = match alarm.comparison {
        Comparison::Above => "GreaterThanThreshold",
        Comparison::AtLeast => "GreaterThanOrEqualToThreshold",
        Comparison::Below => "LessThanThreshold",
        Comparison::AtMost => "LessThanOrEqualToThreshold",
    };
    let missing = match alarm.missing_data {
        MissingData::Missing => "missing",
        MissingData::NotBreaching => "notBreaching",
        MissingData::Breaching => "breaching",
        MissingData::Ignore => "ignore",
    };
    let text = |(name, value): &(_, Dimension)| match value {
        Dimension::Text(text) => (ToString::to_string(name), Value::from(text.to_string())),
        Dimension::LoadBalancer(_) | Dimension::TargetGroup(_) => unreachable!("alarms name no target group"),
    };
    let dimensions: Map<String, Value> = alarm.metric.dimensions.iter().map(text).collect();
    json!({
        "name": alarm.name.to_string(), "namespace": alarm.metric.namespace.to_string(),
        "metric": alarm.metric.name.to_string(), "dimensions": dimensions,
        "statistic": statistic(alarm.metric.statistic),
        "unit": alarm.metric.unit.as_ref().map(ToString::to_string),
        "comparison": comparison, "threshold": number(*alarm.threshold), "period": alarm.period.get(),
        "evaluation_periods": alarm.evaluation_periods, "datapoints": alarm.datapoints,
        "missing_data": missing, "enabled": true, "actions": [action], "other_actions": [],
    })
}

fn statistic(statistic: Statistic) -> &'static str {
    match statistic {
        Statistic::Average => "Average",
        Statistic::Minimum => "Minimum",
        Statistic::Maximum => "Maximum",
        Statistic::Sum => "Sum",
        Statistic::SampleCount => "SampleCount",
    }
}

fn insert_some(map: &mut Map<String, Value>, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        map.insert(key.to_owned(), value.into());
    }
}

/// Whole numbers without a point, as the canonical form has them.
fn number(number: f64) -> Value {
    if number.fract() == 0.0 { json!(number as i64) } else { json!(number) }
}

/// Every difference between two states, as `policies[3].target_value: 70 ≠ 71`.
pub fn differences(path: &str, found: &Value, wanted: &Value, into: &mut Vec<String>) {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => {
            let keys: BTreeSet<&String> = found.keys().chain(wanted.keys()).collect();
            for key in keys {
                let of = |map: &Map<String, Value>| map.get(key).cloned().unwrap_or("absent".into());
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

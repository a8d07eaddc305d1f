//! What services have together that an account must hold: written down once more from the plan, without any template.
//! Only the bodies of dashboards are taken from where they are made; `tests/it/dialects/dashboard.rs` judges those.

use scalegen::aws::monitoring::Dashboard;
use scalegen::aws::{Lookup, dashboard};
use scalegen::plan::Environment;
use scalegen::plan::operations::Topic;
use serde_json::{Value, json};

/// Topics, rules and dashboards, in the canonical form of `tests/tools/canonical.py`.
pub fn state(project: &str, environment: &Environment, made: &Value) -> Value {
    json!({
        "topics": topics(project, environment), "rules": rules(project, environment),
        "dashboards": dashboards(project, environment, made),
    })
}

fn topics(project: &str, environment: &Environment) -> Vec<Value> {
    let Some(Topic::Made(name)) = &environment.topic else { return Vec::new() };
    let (partition, region, account) =
        (environment.region.partition(), &environment.region, &environment.account);
    let arn = format!("arn:{partition}:sns:{region}:{account}:{name}");
    let service = |name: &str| json!({ "Service": format!("{name}.amazonaws.com") });
    let owner = [
        "AddPermission",
        "DeleteTopic",
        "GetTopicAttributes",
        "ListSubscriptionsByTopic",
        "Publish",
        "RemovePermission",
        "SetTopicAttributes",
        "Subscribe",
    ];
    let policy = json!({
        "Version": "2012-10-17", "Id": format!("scalegen-{project}-{}", environment.name),
        "Statement": [
            {
                "Sid": "Owner", "Effect": "Allow", "Resource": arn,
                "Principal": { "AWS": format!("arn:{partition}:iam::{account}:root") },
                "Action": owner.map(|action| format!("SNS:{action}")),
            },
            {
                "Sid": "Alarms", "Effect": "Allow", "Resource": arn, "Action": "SNS:Publish",
                "Principal": service("cloudwatch"),
                "Condition": {
                    "StringEquals": { "aws:SourceAccount": account.to_string() },
                    "ArnLike": { "aws:SourceArn": format!("arn:{partition}:cloudwatch:{region}:{account}:alarm:*") },
                },
            },
            {
                "Sid": "Events", "Effect": "Allow", "Resource": arn, "Action": "SNS:Publish",
                "Principal": service("events"),
            },
        ],
    });
    vec![json!({ "arn": arn, "policy": policy })]
}

fn rules(project: &str, environment: &Environment) -> Vec<Value> {
    let Some(begin) = environment.monitoring.as_ref().and_then(|monitoring| monitoring.rules.as_ref()) else {
        return Vec::new();
    };
    let mut clusters: Vec<String> = environment.services.iter().map(|s| s.cluster.to_string()).collect();
    clusters.sort();
    clusters.dedup();
    let prefix = |cluster: &String| json!({ "prefix": format!("service/{cluster}/") });
    let (partition, region, account) =
        (environment.region.partition(), &environment.region, &environment.account);
    let arn = |cluster: &String| format!("arn:{partition}:ecs:{region}:{account}:cluster/{cluster}");
    let at_maximum = json!({
        "source": ["aws.application-autoscaling"],
        "detail-type": ["Application Auto Scaling Scaling Activity State Change"],
        "detail": {
            "scaledToMax": [true], "serviceNamespace": ["ecs"], "scalableDimension": ["ecs:service:DesiredCount"],
            "resourceId": clusters.iter().map(prefix).collect::<Vec<_>>(),
        },
    });
    let impaired = json!({
        "source": ["aws.ecs"], "detail-type": ["ECS Service Action"],
        "detail": {
            "eventName": [
                "SERVICE_TASK_CONFIGURATION_FAILURE", "SERVICE_TASK_PLACEMENT_FAILURE", "SERVICE_TASK_START_IMPAIRED",
            ],
            "clusterArn": clusters.iter().map(arn).collect::<Vec<_>>(),
        },
    });
    let rule = |end: &str, says: &str, pattern: Value| {
        json!({
            "name": format!("{}-{end}", &**begin), "enabled": true, "pattern": pattern,
            "description": format!("{says} Made by scalegen for `{project}/{}`.", environment.name),
            "targets": [["topic", environment.topic_arn().unwrap()]],
        })
    };
    vec![
        rule("at-maximum", "An ECS service was scaled to its maximum.", at_maximum),
        rule("impaired-tasks", "ECS could not start tasks of a service.", impaired),
    ]
}

/// The bodies, with what was made in this account in place of what stands for it.
fn dashboards(project: &str, environment: &Environment, made: &Value) -> Vec<Value> {
    let end = |kind: &str, name: &str, before: &str| {
        let arn = made[kind][name].as_str().unwrap();
        arn[arn.find(before).unwrap() + before.len()..].to_owned()
    };
    let found = |lookup: &Lookup<'_>| match lookup {
        Lookup::LoadBalancer(name) => end("load_balancers", name, ":loadbalancer/"),
        Lookup::TargetGroup { target_group, .. } => {
            format!("targetgroup/{}", end("target_groups", target_group, ":targetgroup/"))
        }
        other => panic!("a dashboard looks {other:?} up"),
    };
    let row = |board: &Dashboard<'_>| {
        let body = board.dashboard_body.map_lookups(&|lookup| found(lookup).into());
        json!({ "name": board.dashboard_name, "body": serde_json::to_value(body).unwrap() })
    };
    let mut rows: Vec<Value> = dashboard::boards(project, environment).1.iter().map(row).collect();
    rows.sort_by_key(|row| row["name"].as_str().unwrap().to_owned());
    rows
}

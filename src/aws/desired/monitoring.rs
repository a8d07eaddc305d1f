//! The desired state of what the services of an environment have together: SNS topic, EventBridge rules, dashboards.

use serde_json::{Value, json};

use super::topic;
use crate::aws::monitoring::{Dashboard, Monitoring, Rule, Topic};
use crate::aws::{Data, Text};
use crate::plan::operations;
use crate::plan::{Environment, Fleet};

/// Most characters of a rule's pattern (EventBridge API reference, PutRule).
const LONGEST_PATTERN: usize = 4096;
/// ECS service actions that say that tasks could not be started (ECS developer guide, service action events).
const IMPAIRED: [&str; 3] =
    ["SERVICE_TASK_CONFIGURATION_FAILURE", "SERVICE_TASK_PLACEMENT_FAILURE", "SERVICE_TASK_START_IMPAIRED"];
/// What the account itself may do with its topic: all that the policy of a new topic allows it.
const OWNER: [&str; 8] = [
    "SNS:AddPermission",
    "SNS:DeleteTopic",
    "SNS:GetTopicAttributes",
    "SNS:ListSubscriptionsByTopic",
    "SNS:Publish",
    "SNS:RemovePermission",
    "SNS:SetTopicAttributes",
    "SNS:Subscribe",
];

/// What AWS must hold for an environment, with its dashboards. None where nothing is made for it.
pub fn monitoring<'f>(
    fleet: &Fleet,
    environment: &'f Environment,
    dashboards: Vec<Dashboard<'f>>,
) -> Option<Monitoring<'f>> {
    let said = environment.monitoring.as_ref()?;
    let mark = format!("scalegen for `{}/{}`", fleet.project, environment.name);
    let made = match &environment.topic {
        Some(operations::Topic::Made(name)) => Some(name),
        _ => None,
    };
    let policy_id = format!("scalegen-{}-{}", fleet.project, environment.name);
    let arn = topic(environment);
    let known = arn.as_ref().and_then(Text::known);
    let rules = match (&said.rules, &arn) {
        (Some(begin), Some(arn)) => rules(environment, begin, &mark, arn),
        _ => Vec::new(),
    };
    Some(Monitoring {
        topic: made.zip(known).map(|(name, arn)| Topic {
            name: (&**name).into(),
            policy: topic_policy(environment, &policy_id, arn).into(),
        }),
        policy_id: made.map(|_| policy_id.into()),
        mark: mark.into(),
        rules,
        dashboards,
    })
}

/// Who may do what with the topic. It replaces the policy that SNS gives a new topic, so it allows the account what that
/// one does. No condition for EventBridge: AWS documents that topic policies cannot have one for it, and with one
/// nothing arrives.
fn topic_policy(environment: &Environment, id: &str, arn: &str) -> Value {
    let (partition, region, account) =
        (environment.region.partition(), &*environment.region, &*environment.account);
    let owner = format!("arn:{partition}:iam::{account}:root");
    let alarms = format!("arn:{partition}:cloudwatch:{region}:{account}:alarm:*");
    json!({
        "Version": "2012-10-17",
        "Id": id,
        "Statement": [
            { "Sid": "Owner", "Effect": "Allow", "Principal": { "AWS": owner }, "Action": OWNER, "Resource": arn },
            {
                "Sid": "Alarms", "Effect": "Allow", "Principal": { "Service": "cloudwatch.amazonaws.com" },
                "Action": "SNS:Publish", "Resource": arn,
                "Condition": {
                    "StringEquals": { "aws:SourceAccount": account },
                    "ArnLike": { "aws:SourceArn": alarms },
                },
            },
            {
                "Sid": "Events", "Effect": "Allow", "Principal": { "Service": "events.amazonaws.com" },
                "Action": "SNS:Publish", "Resource": arn,
            },
        ],
    })
}

fn rules<'f>(environment: &Environment, begin: &str, mark: &str, target: &Text<'f>) -> Vec<Rule<'f>> {
    let mut clusters: Vec<&str> = environment.services.iter().map(|service| &**service.cluster).collect();
    clusters.sort_unstable();
    clusters.dedup();
    let of = |form: &dyn Fn(&str) -> String| clusters.iter().map(|cluster| form(cluster)).collect::<Vec<_>>();
    let prefixes = of(&|cluster| format!("service/{cluster}/"));
    let (partition, region, account) =
        (environment.region.partition(), &*environment.region, &*environment.account);
    let arns = of(&|cluster| format!("arn:{partition}:ecs:{region}:{account}:cluster/{cluster}"));

    // All services of the region, where their clusters are too many to name.
    let prefixes = fits(prefixes, at_maximum).unwrap_or_else(|| vec!["service/".into()]);
    let arns = fits(arns, impaired).unwrap_or_default();
    let rule = |name: &str, what: &str, pattern: Value| Rule {
        name: format!("{begin}-{name}").into(),
        description: format!("{what} Made by {mark}.").into(),
        event_pattern: Data::from(pattern),
        target: target.clone(),
    };
    vec![
        rule("at-maximum", "An ECS service was scaled to its maximum.", at_maximum(&prefixes)),
        rule("impaired-tasks", "ECS could not start tasks of a service.", impaired(&arns)),
    ]
}

/// The names, if the pattern that they make is short enough.
fn fits(names: Vec<String>, pattern: impl Fn(&[String]) -> Value) -> Option<Vec<String>> {
    (pattern(&names).to_string().len() <= LONGEST_PATTERN).then_some(names)
}

/// The one state change that Application Auto Scaling documents (user guide, "Monitor events using EventBridge").
fn at_maximum(prefixes: &[String]) -> Value {
    let prefixes: Vec<Value> = prefixes.iter().map(|prefix| json!({ "prefix": prefix })).collect();
    json!({
        "source": ["aws.application-autoscaling"],
        "detail-type": ["Application Auto Scaling Scaling Activity State Change"],
        "detail": {
            "serviceNamespace": ["ecs"], "scalableDimension": ["ecs:service:DesiredCount"],
            "scaledToMax": [true], "resourceId": prefixes,
        },
    })
}

fn impaired(clusters: &[String]) -> Value {
    let mut pattern = json!({
        "source": ["aws.ecs"], "detail-type": ["ECS Service Action"], "detail": { "eventName": IMPAIRED },
    });
    if !clusters.is_empty() {
        pattern["detail"]["clusterArn"] = clusters.into();
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_stay_short_enough() {
        let many =
            |count: usize| (0..count).map(|n| format!("service/prod-cluster-{n:03}/")).collect::<Vec<_>>();
        assert_eq!(fits(many(3), at_maximum).map(|names| names.len()), Some(3));
        assert_eq!(fits(many(300), at_maximum), None);
        assert!(at_maximum(&["service/".to_owned()]).to_string().len() < LONGEST_PATTERN);
        assert!(impaired(&[]).to_string().len() < LONGEST_PATTERN);
    }
}

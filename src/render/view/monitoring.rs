//! What is made once an environment: the topic, the rules that send events to it, the dashboards.

use serde::Serialize;
use serde_json::{Value, json};

use super::group;
use crate::dashboard::{Board, Boards};
use crate::plan::operations::Topic;
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

/// What is made once an environment.
#[derive(Debug, Serialize)]
pub(super) struct MonitoringView {
    stack: String,
    /// What is in all of it, so that it is known again.
    mark: String,
    topic: Option<TopicView>,
    /// Whoever is told.
    topic_arn: Option<String>,
    rules: Vec<RuleView>,
    boards: Vec<BoardView>,
    load_balancers: Vec<LoadBalancerView>,
    target_groups: Vec<TargetGroupView>,
}

#[derive(Debug, Serialize)]
struct TopicView {
    name: String,
    owner: String,
    owner_actions: [&'static str; 8],
    alarms: String,
    policy_id: String,
    policy: String,
}

#[derive(Debug, Serialize)]
struct RuleView {
    ident: &'static str,
    logical_id: &'static str,
    name: String,
    description: String,
    /// Which services, and nothing where too many clusters would have to be named.
    resource_prefixes: Vec<String>,
    clusters: Vec<String>,
    events: &'static [&'static str],
    pattern: String,
}

/// A dashboard.
#[derive(Debug, Clone, Serialize)]
pub(super) struct BoardView {
    ident: String,
    logical_id: String,
    name: String,
    stack: String,
    /// The service that its file is named after; the first dashboard lies with the topic.
    first_service: String,
    /// Its file below the environment's folder, without `.yaml`.
    template: String,
    /// Its page in the console.
    url: String,
    lines: Vec<Vec<Piece>>,
    body: String,
    load_balancers: Vec<LoadBalancerView>,
    target_groups: Vec<TargetGroupView>,
}

/// A piece of a line: text, or a reference.
#[derive(Debug, Clone, Serialize)]
struct Piece {
    text: Option<String>,
    load_balancer: Option<LoadBalancerView>,
    target_group: Option<TargetGroupView>,
}

#[derive(Debug, Clone, Serialize)]
struct LoadBalancerView {
    index: usize,
    name: String,
    ident: String,
    parameter: String,
}

#[derive(Debug, Clone, Serialize)]
struct TargetGroupView {
    index: usize,
    name: String,
    load_balancer: String,
    load_balancer_index: usize,
    load_balancer_parameter: String,
    /// Key in Terraform's map of looked-up groups.
    key: String,
    parameter: String,
}

impl BoardView {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Its stack: that of all monitoring, or one of its own.
    pub(super) fn stack(&self) -> &str {
        &self.stack
    }
}

impl MonitoringView {
    pub(super) fn new(fleet: &Fleet, environment: &Environment, boards: &[BoardView]) -> Option<Self> {
        let monitoring = environment.monitoring.as_ref()?;
        let mark = format!("scalegen for `{}/{}`", fleet.project, environment.name);
        let topic_arn = environment.topic_arn();
        let topic = match (&environment.topic, &topic_arn) {
            (Some(Topic::Made(name)), Some(arn)) => Some(topic(fleet, environment, name, arn)),
            _ => None,
        };
        let rules = monitoring.rules.as_deref().map(|begin| rules(environment, begin, &mark));
        let mut load_balancers: Vec<_> = boards.iter().flat_map(|b| b.load_balancers.clone()).collect();
        load_balancers.sort_by_key(|balancer| balancer.index);
        load_balancers.dedup_by_key(|balancer| balancer.index);
        let mut target_groups: Vec<_> = boards.iter().flat_map(|b| b.target_groups.clone()).collect();
        target_groups.sort_by_key(|group| group.index);
        target_groups.dedup_by_key(|group| group.index);
        Some(Self {
            stack: monitoring.stack.to_string(),
            mark,
            topic,
            topic_arn,
            rules: rules.unwrap_or_default(),
            boards: boards.to_vec(),
            load_balancers,
            target_groups,
        })
    }
}

fn topic(fleet: &Fleet, environment: &Environment, name: &str, arn: &str) -> TopicView {
    let (partition, region, account) =
        (environment.region.partition(), &*environment.region, &*environment.account);
    let owner = format!("arn:{partition}:iam::{account}:root");
    let alarms = format!("arn:{partition}:cloudwatch:{region}:{account}:alarm:*");
    let policy_id = format!("scalegen-{}-{}", fleet.project, environment.name);
    // No condition for EventBridge: AWS documents that topic policies cannot have one for it, and with one nothing arrives.
    let policy = json!({
        "Version": "2012-10-17",
        "Id": policy_id,
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
    });
    TopicView {
        name: name.to_owned(),
        owner,
        owner_actions: OWNER,
        alarms,
        policy_id,
        policy: policy.to_string(),
    }
}

fn rules(environment: &Environment, begin: &str, mark: &str) -> Vec<RuleView> {
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
    vec![
        RuleView {
            ident: "at_maximum",
            logical_id: "AtMaximum",
            name: format!("{begin}-at-maximum"),
            description: format!("An ECS service was scaled to its maximum. Made by {mark}."),
            pattern: at_maximum(&prefixes).to_string(),
            resource_prefixes: prefixes,
            clusters: Vec::new(),
            events: &[],
        },
        RuleView {
            ident: "impaired_tasks",
            logical_id: "ImpairedTasks",
            name: format!("{begin}-impaired-tasks"),
            description: format!("ECS could not start tasks of a service. Made by {mark}."),
            pattern: impaired(&arns).to_string(),
            resource_prefixes: Vec::new(),
            clusters: arns,
            events: &IMPAIRED,
        },
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

/// The dashboards of an environment.
pub(super) fn boards(fleet: &Fleet, environment: &Environment) -> Vec<BoardView> {
    let boards = Boards::of(&fleet.project, environment);
    boards.boards.iter().enumerate().map(|(index, board)| view(environment, &boards, board, index)).collect()
}

/// The dashboard that begins with a service, but for the first, which lies with the topic.
pub(super) fn further(boards: &[BoardView], service: &str) -> Option<BoardView> {
    boards.iter().skip(1).find(|board| board.first_service == service).cloned()
}

fn view(environment: &Environment, boards: &Boards<'_>, board: &Board<'_>, index: usize) -> BoardView {
    let text = board.lines();
    let lines: Vec<Vec<Piece>> = text.iter().map(|line| pieces(boards, line)).collect();
    let used = lines.iter().flatten();
    let mut load_balancers: Vec<_> = used.clone().filter_map(|piece| piece.load_balancer.clone()).collect();
    load_balancers.sort_by_key(|balancer| balancer.index);
    load_balancers.dedup_by_key(|balancer| balancer.index);
    let mut target_groups: Vec<_> = used.filter_map(|piece| piece.target_group.clone()).collect();
    target_groups.sort_by_key(|group| group.index);
    target_groups.dedup_by_key(|group| group.index);
    let number = if index == 0 { String::new() } else { (index + 1).to_string() };
    BoardView {
        ident: if index == 0 { "services".to_owned() } else { format!("services_{number}") },
        logical_id: format!("Dashboard{number}"),
        name: board.name.clone(),
        stack: stack(environment, index),
        first_service: board.services[0].name.to_string(),
        template: format!("dashboard/{}", board.services[0].name),
        url: format!(
            "https://{region}.{}/cloudwatch/home?region={region}#dashboards/dashboard/{}",
            console(environment.region.partition()),
            board.name,
            region = environment.region
        ),
        lines,
        body: text.concat(),
        load_balancers,
        target_groups,
    }
}

/// The stack of a dashboard; the first lies with the topic.
fn stack(environment: &Environment, board: usize) -> String {
    let stack = environment.monitoring.as_ref().map_or("", |monitoring| &*monitoring.stack);
    if board == 0 { stack.to_owned() } else { format!("{stack}-{}", board + 1) }
}

/// The host of a partition's console, without the region.
fn console(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "console.amazonaws.cn",
        "aws-us-gov" => "console.amazonaws-us-gov.com",
        "aws-eusc" => "console.amazonaws-eusc.eu",
        _ => "console.aws.amazon.com",
    }
}

/// The line, cut at its placeholders.
fn pieces(boards: &Boards<'_>, line: &str) -> Vec<Piece> {
    let none = Piece { text: None, load_balancer: None, target_group: None };
    let mut pieces = Vec::new();
    for (index, part) in line.split("@scalegen:").enumerate() {
        let mut rest = part;
        if index > 0 {
            let (placeholder, after) = part.split_once('@').expect("a placeholder ends");
            let (kind, number) = placeholder.split_once(':').expect("a placeholder has a number");
            let number: usize = number.parse().expect("a number");
            pieces.push(match kind {
                "load_balancer" => {
                    Piece { load_balancer: Some(load_balancer(boards, number)), ..none.clone() }
                }
                _ => Piece { target_group: Some(target_group(boards, number)), ..none.clone() },
            });
            rest = after;
        }
        pieces.push(Piece { text: Some(rest.to_owned()), ..none.clone() });
    }
    pieces
}

fn load_balancer(boards: &Boards<'_>, index: usize) -> LoadBalancerView {
    let name = boards.load_balancers[index];
    LoadBalancerView {
        index,
        name: name.to_string(),
        ident: name.ident(),
        parameter: format!("LoadBalancer{}", index + 1),
    }
}

fn target_group(boards: &Boards<'_>, index: usize) -> TargetGroupView {
    let group = &boards.target_groups[index];
    let balancer = load_balancer(boards, group.load_balancer);
    TargetGroupView {
        index,
        name: group.name.to_string(),
        load_balancer: balancer.name,
        load_balancer_index: balancer.index,
        load_balancer_parameter: balancer.parameter,
        key: group::key(group.service, group.role),
        parameter: format!("TargetGroup{}", index + 1),
    }
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

//! What is made once an environment: the topic, the rules that send events to it, the dashboards.

use serde::Serialize;

use super::group;
use crate::aws::dashboard::Board;
use crate::aws::{self, Data, Lookup};
use crate::plan::{Environment, LoadBalancer, regions};

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
    owner_actions: Vec<String>,
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
    events: Vec<String>,
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
    pub(super) fn new(
        environment: &Environment,
        state: Option<&aws::monitoring::Monitoring<'_>>,
        boards: &[BoardView],
    ) -> Option<Self> {
        let (monitoring, state) = (environment.monitoring.as_ref()?, state?);
        let mut load_balancers: Vec<_> = boards.iter().flat_map(|b| b.load_balancers.clone()).collect();
        load_balancers.sort_by_key(|balancer| balancer.index);
        load_balancers.dedup_by_key(|balancer| balancer.index);
        let mut target_groups: Vec<_> = boards.iter().flat_map(|b| b.target_groups.clone()).collect();
        target_groups.sort_by_key(|group| group.index);
        target_groups.dedup_by_key(|group| group.index);
        Some(Self {
            stack: monitoring.stack.to_string(),
            mark: state.mark.to_string(),
            topic: state.topic.as_ref().map(topic),
            topic_arn: environment.topic_arn(),
            rules: state.rules.iter().enumerate().map(|(index, rule)| view_of_rule(index, rule)).collect(),
            boards: boards.to_vec(),
            load_balancers,
            target_groups,
        })
    }
}

fn texts(data: Option<&Data<'_>>) -> Vec<String> {
    let items = data.map(Data::items).unwrap_or_default();
    items.iter().filter_map(|item| Some(text(item)?.to_owned())).collect()
}

fn text<'d>(data: &'d Data<'_>) -> Option<&'d str> {
    match data {
        Data::Text(text) => text.known(),
        _ => None,
    }
}

fn at<'d, 'f>(data: &'d Data<'f>, path: &[&str]) -> Option<&'d Data<'f>> {
    path.iter().try_fold(data, |data, name| data.get(name))
}

fn json(data: &Data<'_>) -> String {
    serde_json::to_string(data).expect("data is JSON")
}

fn topic(topic: &aws::monitoring::Topic<'_>) -> TopicView {
    let statement = |index: usize| topic.policy.get("Statement").and_then(|list| list.items().get(index));
    let word = |index: usize, path: &[&str]| {
        statement(index).and_then(|data| at(data, path)).and_then(text).unwrap_or_default().to_owned()
    };
    TopicView {
        name: topic.name.to_string(),
        owner: word(0, &["Principal", "AWS"]),
        owner_actions: texts(statement(0).and_then(|data| data.get("Action"))),
        alarms: word(1, &["Condition", "ArnLike", "aws:SourceArn"]),
        policy_id: topic.policy.get("Id").and_then(text).unwrap_or_default().to_owned(),
        policy: json(&topic.policy),
    }
}

fn view_of_rule(index: usize, rule: &aws::monitoring::Rule<'_>) -> RuleView {
    let detail = |name: &str| at(&rule.event_pattern, &["detail", name]);
    let prefixes = detail("resourceId").map(Data::items).unwrap_or_default();
    RuleView {
        ident: ["at_maximum", "impaired_tasks"][index],
        logical_id: ["AtMaximum", "ImpairedTasks"][index],
        name: rule.name.to_string(),
        description: rule.description.to_string(),
        resource_prefixes: prefixes
            .iter()
            .filter_map(|item| Some(text(item.get("prefix")?)?.to_owned()))
            .collect(),
        clusters: texts(detail("clusterArn")),
        events: texts(detail("eventName")),
        pattern: json(&rule.event_pattern),
    }
}

/// What dashboards look up: load balancers and target groups, each once, in the order of the services.
#[derive(Debug, Default)]
struct Looked {
    load_balancers: Vec<(String, String)>,
    target_groups: Vec<LookedUpGroup>,
}

#[derive(Debug)]
struct LookedUpGroup {
    load_balancer: usize,
    name: String,
    key: String,
}

impl Looked {
    fn new(environment: &Environment) -> Self {
        let mut looked = Self::default();
        for service in &environment.services {
            for group in service.target_groups() {
                let LoadBalancer::Named { name, target_group } = &group.balancer else { continue };
                let known = looked.load_balancers.iter().position(|(known, _)| **known == **name);
                let load_balancer = known.unwrap_or_else(|| {
                    looked.load_balancers.push((name.to_string(), name.ident()));
                    looked.load_balancers.len() - 1
                });
                if looked.group(load_balancer, target_group).is_none() {
                    let key = group::key(&service.name, &group.role);
                    let name = target_group.to_string();
                    looked.target_groups.push(LookedUpGroup { load_balancer, name, key });
                }
            }
        }
        looked
    }

    fn balancer(&self, name: &str) -> Option<usize> {
        self.load_balancers.iter().position(|(known, _)| known == name)
    }

    fn group(&self, load_balancer: usize, name: &str) -> Option<usize> {
        self.target_groups.iter().position(|group| group.load_balancer == load_balancer && group.name == name)
    }

    /// What stands for a lookup in the lines of a dashboard until they are cut there.
    fn marker(&self, lookup: &Lookup<'_>) -> String {
        match lookup {
            Lookup::TargetGroup { load_balancer, target_group }
            | Lookup::ResourceLabel { load_balancer, target_group } => {
                let group = self.balancer(load_balancer).and_then(|at| self.group(at, target_group));
                format!("@scalegen:target_group:{}@", group.unwrap_or_default())
            }
            Lookup::LoadBalancer(name) | Lookup::PolicyArn(name) => {
                format!("@scalegen:load_balancer:{}@", self.balancer(name).unwrap_or_default())
            }
        }
    }
}

/// The dashboards of an environment.
pub(super) fn boards(environment: &Environment, boards: &[Board<'_>]) -> Vec<BoardView> {
    let looked = Looked::new(environment);
    boards.iter().enumerate().map(|(index, board)| view(environment, &looked, board, index)).collect()
}

/// The dashboard that begins with a service, but for the first, which lies with the topic.
pub(super) fn further(boards: &[BoardView], service: &str) -> Option<BoardView> {
    boards.iter().skip(1).find(|board| board.first_service == service).cloned()
}

/// The body, one line for each widget; joined without anything between them they are its JSON.
fn lines(looked: &Looked, board: &Board<'_>) -> Vec<String> {
    let desired = board.desired();
    let body = desired.dashboard_body.map_lookups(&|lookup| looked.marker(lookup).into());
    let widgets = body.get("widgets").map(Data::items).unwrap_or_default();
    let mut lines = vec![r#"{"start":"-PT12H","periodOverride":"inherit","widgets":["#.to_owned()];
    let last = widgets.len().saturating_sub(1);
    lines.extend(
        widgets
            .iter()
            .enumerate()
            .map(|(index, widget)| format!("{}{}", json(widget), if index == last { "" } else { "," })),
    );
    lines.push("]}".to_owned());
    lines
}

fn view(environment: &Environment, boards: &Looked, board: &Board<'_>, index: usize) -> BoardView {
    let text = lines(boards, board);
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
    regions::console_host(partition).unwrap_or("console.aws.amazon.com")
}

/// The line, cut at its placeholders.
fn pieces(boards: &Looked, line: &str) -> Vec<Piece> {
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

fn load_balancer(boards: &Looked, index: usize) -> LoadBalancerView {
    let (name, ident) = boards.load_balancers[index].clone();
    LoadBalancerView { index, name, ident, parameter: format!("LoadBalancer{}", index + 1) }
}

fn target_group(boards: &Looked, index: usize) -> TargetGroupView {
    let group = &boards.target_groups[index];
    let balancer = load_balancer(boards, group.load_balancer);
    TargetGroupView {
        index,
        name: group.name.clone(),
        load_balancer: balancer.name,
        load_balancer_index: balancer.index,
        load_balancer_parameter: balancer.parameter,
        key: group.key.clone(),
        parameter: format!("TargetGroup{}", index + 1),
    }
}

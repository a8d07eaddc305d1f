//! Answers → the text of a spec, with comments for whoever goes on writing it.

use super::answers::{Answers, Environment};
use crate::plan::units::Slug;

/// Fewest and most tasks, where nobody says otherwise.
pub(super) const MIN: &str = "2";
pub(super) const MAX: &str = "10";
/// Usual names of load balancers and target groups.
pub(super) const LOAD_BALANCER: &str = "{environment}-alb";
pub(super) const TARGET_GROUP: &str = "{environment}-{service}-tg";
const CPU: f64 = 70.0;

/// The spec. Every name in it was checked; what is still wrong between them, the rules of the spec find.
pub(super) fn spec(project: &Slug, answers: &Answers) -> String {
    let min = answers.min.map_or(MIN.to_owned(), |tasks| tasks.get().to_string());
    let max = answers.max.map_or(MAX.to_owned(), |tasks| tasks.get().to_string());
    let cpu = answers.cpu.map_or(CPU, |target| target.get());
    let requests = match answers.requests {
        Some(target) => format!("requests: {{ target: {} }} # per task and minute", target.get()),
        None => {
            "# requests: { target: 1000 } # per task and minute; needs the load balancers below".to_owned()
        }
    };
    let services: String = answers.services.iter().map(|name| format!("  {}: {{}}\n", plain(name))).collect();
    let environments: Vec<String> = answers.environments.iter().map(|e| environment(e, answers)).collect();
    format!(
        "\
# yaml-language-server: $schema=./schema.json
#
# How the ECS services of {project} scale. `gen` writes the files that make it so; `gen check` compares them with this.
# Layers merge key by key, weakest first: built-in values, defaults, services.S, environments.E,
# environments.E.services.S.
version: 1
project: {project_value}

defaults:
  capacity: {{ min: {min}, max: {max} }} # tasks
  scaling: # tasks are added when any policy is above its target, removed when all agree
    cooldown: {{ out: 60s, in: 300s }}
    cpu: {{ target: {cpu} }} # per cent of what the tasks reserve
    {requests}
  container_insights: false # true where the clusters have it: alarms then know desired tasks
  alarms: {{}} # what people are called for; each can be changed or switched off by its key

notifications: {{}} # an SNS topic in each environment, for alarms and scaling events

# Each service once, with its settings in all environments. On ECS it is called {{environment}}-{{service}}, in the cluster
# {{environment}}-cluster; `ecs_service` and `cluster` name others.
services:
{services}  # queue: {{ scaling: {{ requests: {{ enabled: false }}, cpu: {{ target: 75 }} }} }} # has no load balancer

environments:
{environments}",
        project_value = plain(project),
        environments = environments.join("\n"),
    )
}

fn environment(environment: &Environment, answers: &Answers) -> String {
    let Environment { name, account, region } = environment;
    let filled = |pattern: &str, service: &str| {
        quoted(&pattern.replace("{environment}", name).replace("{service}", service))
    };
    // Without a load balancer, the lines that would name one stand there as a comment.
    let (mark, balancer, group) = match (&answers.load_balancer, &answers.target_group) {
        (Some(balancer), Some(group)) => ("", balancer.as_str(), group.as_str()),
        _ => ("# ", LOAD_BALANCER, TARGET_GROUP),
    };
    let groups = answers.services.iter().map(|service| {
        let group = filled(group, service);
        format!("    {mark}  {}: {{ load_balancer: {{ target_group: {group} }} }}\n", plain(service))
    });
    let (name, groups, balancer) = (plain(name), groups.collect::<String>(), filled(balancer, "{service}"));
    format!(
        "  {name}:
    account: \"{account}\"
    region: {region}
    # capacity: {{ min: 1, max: 5 }}
    {mark}load_balancer: {{ name: {balancer} }}
    {mark}services:
{groups}"
    )
}

/// A name as YAML reads it back: in quotes where it would be taken for a number or a truth value.
fn plain(name: &Slug) -> String {
    const NOT_TEXT: &[&str] = &["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) && !NOT_TEXT.contains(&&**name) {
        name.to_string()
    } else {
        quoted(name)
    }
}

/// Any text: JSON's strings are YAML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

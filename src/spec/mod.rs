//! The file format as types, and the layers of a spec, merged as nodes and then typed once.
//!
//! The doc comments of the types are what users read in their editors, through the schema. Every optional field is an
//! `Option`, because a layer may leave it out; what is built in stands in `built_in.yaml`, the weakest layer.

mod alarms;
mod layers;
mod leaf;
mod merge;
mod operations;
mod prices;
mod read;
mod scaling;
mod schema;
mod sourced;
mod stack;
pub mod words;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use leaf::{Account, Filled, Project, Version};
use words::{Architecture, Controller, Strategy};

pub use alarms::*;
pub use layers::{Layers, ServiceLayers};
pub use leaf::{AtLeastOne, Count, Duration, Latency, Pair, Target, Threshold};
pub use operations::*;
pub use prices::*;
pub use read::{Spec, accepts, read};
pub use scaling::*;
pub use schema::{Key, keys, schema};
pub use sourced::{Both, Holder, Layer, Origin, Sourced, Unmerged};
pub use stack::Said;

/// The format version this program reads.
pub const VERSION: i64 = 1;

/// Environments and ECS services, and how they scale: the input of `gen`.
///
/// Settings come from five layers, weakest first: built-in values, `defaults`, `services.S`, `environments.E`,
/// `environments.E.services.S`. Layers merge key by key.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "scalegen spec")]
pub struct Format {
    /// Version of the file format.
    #[schemars(extend("examples" = [1]))]
    pub version: Version,
    /// Name of the project. Every generated file names it, so that `gen` knows its own files.
    #[schemars(extend("examples" = ["langfuse"]))]
    pub project: Project,
    /// The issue or change that asked for this, shown in generated documents.
    #[schemars(extend("examples" = ["LFE-7918"]))]
    pub change: Option<String>,
    /// Tags for every resource that can carry tags. Environments may add to them and override them.
    #[serde(default)]
    #[schemars(extend("examples" = [{ "Team": "infrastructure" }]))]
    pub tags: BTreeMap<String, String>,
    /// How names are made where the spec does not give one.
    #[schemars(extend("examples" = [{ "cluster": "{environment}-cluster" }]))]
    pub names: Option<Unmerged<Names>>,
    /// Settings of all services, unless a service or environment says otherwise.
    #[schemars(extend("examples" = [{ "capacity": { "min": 2, "max": 10 }, "scaling": { "cpu": { "target": 70 } } }]))]
    pub defaults: Option<Unmerged<Settings>>,
    /// The services, each with its settings in all environments. A service is named here once, even if it has none: `web: {}`.
    #[schemars(extend("examples" = [{ "web": {}, "worker": { "scaling": { "requests": { "enabled": false } } } }]))]
    pub services: Filled<Unmerged<Settings>>,
    /// The environments. Each runs all services, but those it switches off with `enabled: false`.
    #[schemars(extend("examples" = [{ "staging": { "account": "111111111111", "region": "eu-west-1" } }]))]
    pub environments: Filled<Environment>,
    /// Where alarms and events are sent. Environments may say something else.
    #[schemars(extend("examples" = [{ "topic": "{project}-{environment}-autoscaling" }]))]
    pub notifications: Option<Unmerged<Notifications>>,
    /// A dashboard for each environment: `dashboard: {}`. Environments may say something else.
    #[schemars(extend("examples" = [{ "name": "{project}-{environment}-autoscaling" }]))]
    pub dashboard: Option<Unmerged<Dashboard>>,
    /// Whom the generated runbooks name, by role.
    #[serde(default)]
    #[schemars(extend("examples" = [{ "owner": "#team-infrastructure", "on call": "PagerDuty: platform" }]))]
    pub contacts: BTreeMap<String, String>,
    /// In which order environments get a change.
    #[schemars(extend("examples" = [{ "waves": [{ "environments": ["staging"], "soak": "48h" }] }]))]
    pub rollout: Option<Rollout>,
    /// Services that left the spec and whose scaling stays as it is live: Terraform forgets them and destroys nothing.
    #[serde(default)]
    #[schemars(extend("examples" = [[{ "service": "legacy", "environments": ["staging"] }]]))]
    pub removed: Vec<Removed>,
    /// What `gen lint` may pass over.
    #[schemars(extend("examples" = [{ "allow": { "production-of-one": "the scheduler must not run twice" } }]))]
    pub lint: Option<Lint>,
    /// What AWS charges, for cost pages and comparisons. It changes nothing on AWS.
    #[schemars(extend("examples" = [{ "date": "2026-09-01", "regions": { "eu-west-2": { "x86_64": { "vcpu_hour": 0.04656, "gb_hour": 0.00511 } } } }]))]
    pub prices: Option<Prices>,
}

/// Patterns that make names. `{project}`, `{environment}` and `{service}` are replaced everywhere, `{ecs_service}` in all
/// but `cluster` and `service`, `{metric}` (`cpu`, `requests`, `memory`, or your name of the policy) in those of policies
/// and of their alarms, `{alarm}` (`at-max`, `errors`, …) in `service_alarm`, `{action}` (your name of it) in
/// `scheduled_action`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// Name of the ECS cluster. Built in: `{environment}-cluster`.
    #[schemars(extend("examples" = ["{environment}-cluster"]))]
    pub cluster: Option<Sourced<String>>,
    /// Name of the ECS service. Built in: `{environment}-{service}`.
    #[schemars(extend("examples" = ["{environment}-{service}"]))]
    pub service: Option<Sourced<String>>,
    /// Name of a scaling policy. Built in: `{ecs_service}-{metric}-tracking-policy`.
    #[schemars(extend("examples" = ["{ecs_service}-{metric}-tracking-policy"]))]
    pub policy: Option<Sourced<String>>,
    /// Name of a step scaling policy. Built in: `{ecs_service}-{metric}-step-policy`.
    #[schemars(extend("examples" = ["{ecs_service}-{metric}-step-policy"]))]
    pub step_policy: Option<Sourced<String>>,
    /// Name of a predictive scaling policy. Built in: `{ecs_service}-{metric}-predictive-policy`.
    #[schemars(extend("examples" = ["{ecs_service}-{metric}-predictive-policy"]))]
    pub predictive_policy: Option<Sourced<String>>,
    /// Name of the alarm of a step scaling policy. Built in: `{ecs_service}-{metric}-alarm`.
    #[schemars(extend("examples" = ["{ecs_service}-{metric}-alarm"]))]
    pub alarm: Option<Sourced<String>>,
    /// Name of an alarm on how a service does. Built in: `{ecs_service}-{alarm}-alarm`.
    #[schemars(extend("examples" = ["{ecs_service}-{alarm}-alarm"]))]
    pub service_alarm: Option<Sourced<String>>,
    /// Name of a scheduled action. Built in: `{ecs_service}-{action}`.
    #[schemars(extend("examples" = ["{ecs_service}-{action}"]))]
    pub scheduled_action: Option<Sourced<String>>,
    /// Name of a CloudFormation stack; `_` becomes `-`. Built in: `{ecs_service}-autoscaling`.
    #[schemars(extend("examples" = ["{ecs_service}-autoscaling"]))]
    pub stack: Option<Sourced<String>>,
    /// Name of the CloudFormation stack of what is made once an environment: topic, rules, dashboard. Built in:
    /// `monitoring-{project}-{environment}`.
    #[schemars(extend("examples" = ["monitoring-{project}-{environment}"]))]
    pub monitoring_stack: Option<Sourced<String>>,
    /// Beginning of the names of EventBridge rules. Built in: `{project}-{environment}-autoscaling`.
    #[schemars(extend("examples" = ["{project}-{environment}-autoscaling"]))]
    pub event_rule: Option<Sourced<String>>,
}

/// What one layer says about services.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether the service is scaled at all. Built in: true.
    #[schemars(extend("examples" = [false]))]
    pub enabled: Option<Sourced<bool>>,
    /// Name of the ECS cluster, instead of the pattern.
    #[schemars(extend("examples" = ["prod-eu-cluster"]))]
    pub cluster: Option<Sourced<String>>,
    /// Name of the ECS service, instead of the pattern.
    #[schemars(extend("examples" = ["prod-eu-web"]))]
    pub ecs_service: Option<Sourced<String>>,
    /// How many tasks may run.
    #[schemars(extend("examples" = [{ "min": 2, "max": 10 }]))]
    pub capacity: Option<Capacity>,
    /// Size of one task. Used for cost and simulation; it changes nothing on AWS.
    #[schemars(extend("examples" = [{ "vcpu": 1, "memory_gib": 2, "architecture": "x86_64" }]))]
    pub task: Option<Task>,
    /// When the number of tasks changes.
    #[schemars(extend("examples" = [{ "requests": { "target": 1000 }, "cpu": { "target": 70 } }]))]
    pub scaling: Option<Scaling>,
    /// The load balancer whose requests are counted: named, or given by ARN suffixes.
    #[schemars(extend("examples" = [{ "name": "staging-alb", "target_group": "staging-web-tg" }]))]
    pub load_balancer: Option<LoadBalancer>,
    /// How ECS deploys the service. Some metrics do not go with some ways.
    #[schemars(extend("examples" = [{ "strategy": "blue_green" }]))]
    pub deployment: Option<Deployment>,
    /// Whether the ECS cluster has Container Insights, which counts desired and running tasks. Built in: false. It changes
    /// nothing on AWS.
    #[schemars(extend("examples" = [true]))]
    pub container_insights: Option<Sourced<bool>>,
    /// What a change has to achieve.
    #[schemars(extend("examples" = [{ "p95": "500ms", "error_rate": 0.5 }]))]
    pub expectations: Option<Box<Expectations>>,
    /// Alarms on how the service does: on where a layer has this key.
    #[schemars(extend("examples" = [{}, { "errors": { "threshold": 2 }, "latency_p99": { "enabled": false } }]))]
    pub alarms: Option<Box<Holder<Alarms>>>,
    /// Whether the service is scaled already and what is live is to be imported, policies included. Built in: false.
    #[schemars(extend("examples" = [true]))]
    pub adopt: Option<Sourced<bool>>,
    /// The name that this service had in the spec until now: the Terraform state moves with it, as in `moved`.
    #[schemars(extend("examples" = ["frontend"]))]
    pub renamed_from: Option<Sourced<String>>,
}

/// How ECS deploys a service.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    /// The deployment controller. Built in: ecs.
    #[schemars(extend("examples" = ["code_deploy"]))]
    pub controller: Option<Sourced<Controller>>,
    /// The strategy of the controller `ecs`. Built in: rolling, or blue_green where two target groups are given.
    #[schemars(extend("examples" = ["blue_green"]))]
    pub strategy: Option<Sourced<Strategy>>,
}

/// How many tasks may run.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// Fewest tasks, also without load.
    #[schemars(extend("examples" = [2]))]
    pub min: Option<Sourced<Count>>,
    /// Most tasks, whatever the load.
    #[schemars(extend("examples" = [10]))]
    pub max: Option<Sourced<Count>>,
    /// Allows `min: 0`. CPU has no data points without a task, so CPU alone never wakes such a service.
    #[schemars(extend("examples" = [true]))]
    pub scale_to_zero: Option<Sourced<bool>>,
}

/// Size of one task.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Virtual CPUs.
    #[schemars(extend("examples" = [0.25, 1]))]
    pub vcpu: Option<Sourced<f64>>,
    /// Memory in GiB.
    #[schemars(extend("examples" = [0.5, 2]))]
    pub memory_gib: Option<Sourced<f64>>,
    /// Processor architecture.
    #[schemars(extend("examples" = ["x86_64", "arm64"]))]
    pub architecture: Option<Sourced<Architecture>>,
}

/// How long scaling waits after it did something.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cooldown {
    /// After scaling out. Built in: 60s.
    #[schemars(extend("examples" = ["60s"]))]
    pub out: Option<Sourced<Duration>>,
    /// After scaling in. Built in: 300s.
    #[schemars(extend("examples" = ["300s", "5m"]))]
    pub r#in: Option<Sourced<Duration>>,
}

/// An Application Load Balancer and a target group: both by name (looked up when applied), or both by ARN suffix.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadBalancer {
    /// Name of the load balancer.
    #[schemars(extend("examples" = ["staging-alb"]))]
    pub name: Option<Sourced<String>>,
    /// Name of the target group that is attached to the service.
    #[schemars(extend("examples" = ["staging-web-tg"]))]
    pub target_group: Option<Sourced<String>>,
    /// End of the load balancer's ARN, behind `:loadbalancer/`.
    #[schemars(extend("examples" = ["app/staging-alb/50dc6c495c0c9188"]))]
    pub arn_suffix: Option<Sourced<String>>,
    /// End of the target group's ARN, behind the last `:`.
    #[schemars(extend("examples" = ["targetgroup/staging-web-tg/943f017f100becff"]))]
    pub target_group_arn_suffix: Option<Sourced<String>>,
    /// Names of the two target groups of a blue/green deployment, instead of `target_group`: requests are the sum over both.
    #[schemars(extend("examples" = [["web-blue", "web-green"]]))]
    pub target_groups: Option<Sourced<Pair>>,
    /// Ends of the ARNs of the two target groups, instead of `target_group_arn_suffix`.
    #[schemars(extend("examples" = [["targetgroup/web-blue/943f017f100becff", "targetgroup/web-green/0123456789abcdef"]]))]
    pub target_group_arn_suffixes: Option<Sourced<Pair>>,
}

/// An AWS account and region in which the services run, and settings for all of them there.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// AWS account id: 12 digits, in quotes.
    #[schemars(extend("examples" = ["111111111111"]))]
    pub account: Account,
    /// AWS region.
    #[schemars(extend("examples" = ["eu-west-1"]))]
    pub region: String,
    /// AWS partition, to be checked against the region. Built in: the region's.
    #[schemars(extend("examples" = ["aws", "aws-us-gov", "aws-cn"]))]
    pub partition: Option<String>,
    /// Tags of this environment.
    #[serde(default)]
    #[schemars(extend("examples" = [{ "Environment": "staging" }]))]
    pub tags: BTreeMap<String, String>,
    /// Services with settings of their own in this environment.
    #[serde(default)]
    #[schemars(extend("examples" = [{ "web": { "capacity": { "max": 15 } } }]))]
    pub services: BTreeMap<String, Unmerged<Settings>>,
    /// Whether services are scaled here at all. Built in: true.
    #[schemars(extend("examples" = [false]))]
    pub enabled: Option<Unmerged<bool>>,
    /// Name of the ECS cluster of this environment, instead of the pattern.
    #[schemars(extend("examples" = ["prod-eu-cluster"]))]
    pub cluster: Option<Unmerged<String>>,
    /// How many tasks may run here.
    #[schemars(extend("examples" = [{ "min": 1, "max": 5 }]))]
    pub capacity: Option<Unmerged<Capacity>>,
    /// Size of one task here. Used for cost and simulation; it changes nothing on AWS.
    #[schemars(extend("examples" = [{ "vcpu": 1, "memory_gib": 2 }]))]
    pub task: Option<Unmerged<Task>>,
    /// When the number of tasks changes here.
    #[schemars(extend("examples" = [{ "requests": { "target": 500 } }]))]
    pub scaling: Option<Unmerged<Scaling>>,
    /// The load balancer of this environment.
    #[schemars(extend("examples" = [{ "name": "staging-alb" }]))]
    pub load_balancer: Option<Unmerged<LoadBalancer>>,
    /// How ECS deploys the services here.
    #[schemars(extend("examples" = [{ "controller": "code_deploy" }]))]
    pub deployment: Option<Unmerged<Deployment>>,
    /// Where alarms and events of this environment are sent.
    #[schemars(extend("examples" = [{ "topic_arn": "arn:aws:sns:eu-west-1:111111111111:on-call" }]))]
    pub notifications: Option<Unmerged<Notifications>>,
    /// The dashboard of this environment.
    #[schemars(extend("examples" = [{ "enabled": false }]))]
    pub dashboard: Option<Unmerged<Dashboard>>,
    /// Whether the ECS cluster has Container Insights. Built in: false.
    #[schemars(extend("examples" = [true]))]
    pub container_insights: Option<Unmerged<bool>>,
    /// What a change has to achieve here.
    #[schemars(extend("examples" = [{ "p95": "500ms", "error_rate": 0.5 }]))]
    pub expectations: Option<Unmerged<Expectations>>,
    /// Alarms on how the services do here.
    #[schemars(extend("examples" = [{}, { "enabled": false }]))]
    pub alarms: Option<Unmerged<Alarms>>,
    /// Whether the services are scaled already and what is live is to be imported. Built in: false.
    #[schemars(extend("examples" = [true]))]
    pub adopt: Option<Unmerged<bool>>,
}

/// What `gen lint` may pass over.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lint {
    /// Findings that are meant so in the whole spec: the code of each, and the reason. For a single line, end it with a
    /// comment: `# gen: allow(code) reason`.
    #[serde(default)]
    #[schemars(extend("examples" = [{ "production-of-one": "the scheduler must not run twice" }]))]
    pub allow: BTreeMap<String, String>,
}

/// A service that left the spec.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Removed {
    /// The name that it had in the spec.
    #[schemars(extend("examples" = ["legacy"]))]
    pub service: String,
    /// Where it was scaled. Left out: in all environments.
    #[schemars(extend("examples" = [["staging"]]))]
    pub environments: Option<Vec<String>>,
}

/// The order of a rollout.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rollout {
    /// The waves, first to last.
    #[schemars(extend("examples" = [[{ "environments": ["staging"], "soak": "48h" }]]))]
    pub waves: Vec<Wave>,
}

/// Environments that get a change together.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wave {
    /// Names of environments.
    #[schemars(extend("examples" = [["staging"]]))]
    pub environments: Vec<String>,
    /// How long to watch before the next wave.
    #[schemars(extend("examples" = ["48h"]))]
    pub soak: Option<Duration>,
    /// What people confirm before the next wave, besides the expectations.
    #[serde(default)]
    #[schemars(extend("examples" = [["no support ticket mentions slowness"]]))]
    pub gates: Vec<String>,
}

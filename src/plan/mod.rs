//! What a spec means: complete, sorted, checked. [`resolve`] makes it, `rules` judges what lies between values,
//! [`units`] what a single value may be. No template and no disk is known here.

mod names;
mod regions;
mod resolve;
mod rules;
pub mod units;

use std::ops::Deref;

use crate::diagnostic::Location;
use units::{
    AccountId, BalancerName, EcsName, LoadBalancerSuffix, PolicyName, Region, Seconds, Slug, StackName,
    TargetGroupSuffix, TargetValue, Tasks,
};

pub use resolve::resolve;

/// Where a value was said, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Nowhere: the value is built into the program.
    BuiltIn,
    /// `defaults`
    Defaults,
    /// `services.S`
    Service,
    /// `environments.E`
    Environment,
    /// `environments.E.services.S`
    EnvironmentService,
}

/// The layer and the key, such as `capacity.min`, that gave a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// Which layer.
    pub layer: Layer,
    /// Dotted path below the layer.
    pub field: &'static str,
}

impl Origin {
    /// The place in the spec, for a service of an environment. A built-in value points at the service.
    pub fn location(self, environment: &str, service: &str) -> Location {
        let base: &[&str] = match self.layer {
            Layer::BuiltIn => return Location::key(["services", service]),
            Layer::Defaults => &["defaults"],
            Layer::Service => &["services", service],
            Layer::Environment => &["environments", environment],
            Layer::EnvironmentService => &["environments", environment, "services", service],
        };
        Location::value(base.iter().copied().chain(self.field.split('.')))
    }
}

/// A value that remembers where it comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it was said.
    pub from: Origin,
}

impl<T> Deref for Sourced<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// Tags, sorted by key.
pub type Tags = std::collections::BTreeMap<String, String>;

/// Everything the spec asks for. Environments and services are sorted by name.
#[derive(Debug, Clone)]
pub struct Fleet {
    /// Name of the project.
    pub project: Slug,
    /// The issue or change that asked for it.
    pub change: Option<String>,
    /// Tags of all environments.
    pub tags: Tags,
    /// The environments.
    pub environments: Vec<Environment>,
    /// The rollout, first wave first.
    pub waves: Vec<Wave>,
}

/// One AWS account and region, and the services in it.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Its name in the spec.
    pub name: Slug,
    /// The AWS account.
    pub account: AccountId,
    /// The AWS region, which knows its partition.
    pub region: Region,
    /// The project's tags and its own.
    pub tags: Tags,
    /// The services, sorted by name.
    pub services: Vec<Service>,
}

/// One ECS service and how it scales.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name in the spec.
    pub name: Slug,
    /// Name of the ECS cluster.
    pub cluster: Sourced<EcsName>,
    /// Name of the ECS service.
    pub ecs_service: Sourced<EcsName>,
    /// Name of its CloudFormation stack.
    pub stack: StackName,
    /// Fewest tasks.
    pub min: Sourced<Tasks>,
    /// Most tasks.
    pub max: Sourced<Tasks>,
    /// Whether a minimum of 0 was asked for.
    pub scale_to_zero: Sourced<bool>,
    /// Size of one task, if the spec says it.
    pub task: Option<Task>,
    /// What is held back; `None` leaves the live state alone.
    pub suspended: Option<Suspended>,
    /// The load balancer in front, if the spec names it completely.
    pub load_balancer: Option<LoadBalancer>,
    /// The policies in the order they are written: [`Metric::ALL`].
    pub policies: Vec<Policy>,
}

/// Size of one task.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Task {
    /// Virtual CPUs.
    pub vcpu: f64,
    /// Memory in GiB.
    pub memory_gib: f64,
    /// Processor architecture.
    pub architecture: Architecture,
}

/// Processor architecture of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Architecture {
    /// 64-bit Intel and AMD.
    X8664,
    /// 64-bit ARM.
    Arm64,
}

/// Which kinds of scaling are held back (SuspendedState of a scalable target).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspended {
    /// Scaling in by policies.
    pub scale_in: bool,
    /// Scaling out by policies.
    pub scale_out: bool,
    /// Scheduled actions.
    pub scheduled: bool,
}

/// An Application Load Balancer and one of its target groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoadBalancer {
    /// By name: looked up when applied.
    Named {
        /// Name of the load balancer.
        name: BalancerName,
        /// Name of the target group.
        target_group: BalancerName,
    },
    /// By the ends of their ARNs.
    Literal {
        /// `app/<name>/<id>`
        arn_suffix: LoadBalancerSuffix,
        /// `targetgroup/<name>/<id>`
        target_group_arn_suffix: TargetGroupSuffix,
    },
}

/// What a policy tracks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// Requests per target of an Application Load Balancer, summed over a minute.
    Requests,
    /// Average CPU utilization of the service, per cent.
    Cpu,
}

impl Metric {
    /// All metrics, in the order their policies are written.
    pub const ALL: [Metric; 2] = [Metric::Requests, Metric::Cpu];

    /// Its key in the spec and `{metric}` in a name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Cpu => "cpu",
        }
    }
}

/// A target tracking policy.
#[derive(Debug, Clone)]
pub struct Policy {
    /// What it tracks. One policy a metric: AWS refuses a second.
    pub metric: Metric,
    /// Its name on AWS.
    pub name: Sourced<PolicyName>,
    /// The value to keep.
    pub target: Sourced<TargetValue>,
    /// Seconds to credit capacity already added, after scaling out.
    pub cooldown_out: Sourced<Seconds>,
    /// Seconds to wait after scaling in.
    pub cooldown_in: Sourced<Seconds>,
    /// Whether it never scales in; then it has no say in the others' scaling in either.
    pub disable_scale_in: Sourced<bool>,
}

/// Environments that get a change together.
#[derive(Debug, Clone)]
pub struct Wave {
    /// Their names, as the spec orders them.
    pub environments: Vec<Slug>,
    /// How long to watch before the next wave.
    pub soak: Option<Seconds>,
}

impl Service {
    /// How Application Auto Scaling identifies it: names, never ARNs (API reference, RegisterScalableTarget).
    pub fn resource_id(&self) -> String {
        format!("service/{}/{}", &*self.cluster.value, &*self.ecs_service.value)
    }

    /// The policy of a metric.
    pub fn policy(&self, metric: Metric) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.metric == metric)
    }
}

impl LoadBalancer {
    /// The label of ALBRequestCountPerTarget, where it is known before AWS is asked.
    pub fn resource_label(&self) -> Option<String> {
        match self {
            Self::Named { .. } => None,
            Self::Literal { arn_suffix, target_group_arn_suffix } => {
                Some(format!("{arn_suffix}/{target_group_arn_suffix}"))
            }
        }
    }
}

//! What a spec means: complete, sorted, checked. `resolve` makes it, `rules` judges what lies between values,
//! [`units`] what a single value may be. No template and no disk is known here.

pub mod alarms;
pub mod behaviour;
pub mod names;
pub mod operations;
pub mod policy;
pub mod prices;
pub mod regions;
mod resolve;
mod rules;
pub mod stage;
pub mod units;

use std::fmt;

use crate::diagnostic::{Location, Part, Step};
use alarms::Alarms;
use operations::{Expectations, Monitoring, Topic};
use policy::{Gone, Policy, PolicyId, ScheduledAction, TargetGroup, Tracking};
use prices::Prices;
use units::{
    AccountId, BalancerName, EcsName, LoadBalancerSuffix, Region, Seconds, Slug, StackName,
    TargetGroupSuffix, Tasks,
};

pub use crate::spec::words::{Architecture, Controller, Strategy};
pub use crate::spec::{Layer, Origin, RegionPrices, Sourced, TaskPrices};
pub use resolve::resolve;

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
    pub environments: Vec<Environment>,
    /// Whom runbooks name, by role.
    pub contacts: std::collections::BTreeMap<String, String>,
    /// The rollout, first wave first.
    pub waves: Vec<Wave>,
    /// What AWS charges.
    pub prices: Prices,
    /// Findings of which the spec says that they are meant so: code and reason, as they stand there.
    pub allowed: std::collections::BTreeMap<String, String>,
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
    /// The topic that alarms and events go to.
    pub topic: Option<Topic>,
    /// What else is made for all its services together.
    pub monitoring: Option<Monitoring>,
    /// The services, sorted by name.
    pub services: Vec<Service>,
    /// Services that left the spec and whose live scaling stays, sorted by name.
    pub removed: Vec<Slug>,
}

/// One ECS service and how it scales.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name in the spec.
    pub name: Slug,
    pub cluster: Sourced<EcsName>,
    pub ecs_service: Sourced<EcsName>,
    /// Name of its CloudFormation stack.
    pub stack: StackName,
    /// Fewest tasks.
    pub min: Sourced<Tasks>,
    /// Most tasks.
    pub max: Sourced<Tasks>,
    /// Whether a minimum of 0 was asked for.
    pub scale_to_zero: Sourced<bool>,
    /// Whether the spec gives it a load balancer and a target group, counted by a policy or not.
    pub balanced: bool,
    /// Size of one task, if the spec says it.
    pub task: Option<Task>,
    /// Whether the cluster has Container Insights.
    pub container_insights: Sourced<bool>,
    /// What a change has to achieve.
    pub expectations: Expectations,
    /// What is held back; `None` leaves the live state alone.
    pub suspended: Option<Suspended>,
    /// How ECS deploys it.
    pub deployment: Deployment,
    /// Whether it is scaled already and its scalable target is to be imported.
    pub adopt: Sourced<bool>,
    /// The name that it had in the spec until now.
    pub renamed_from: Option<Slug>,
    /// The policies in the order they are written, which is that of [`PolicyId`].
    pub policies: Vec<Policy>,
    /// The scheduled actions, sorted by their names in the spec.
    pub schedule: Vec<ScheduledAction>,
    /// The alarms on how it does.
    pub alarms: Alarms,
    /// What is to be deleted where it is live.
    pub gone: Gone,
}

/// How ECS deploys a service.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// Who deploys.
    pub controller: Sourced<Controller>,
    /// How ECS replaces tasks, where it is ECS that does.
    pub strategy: Sourced<Strategy>,
}

impl Deployment {
    /// Whether deployments alternate between two target groups.
    pub fn alternates(&self) -> bool {
        self.controller.value != Controller::Ecs || self.strategy.value != Strategy::Rolling
    }
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

/// Which kinds of scaling are held back (SuspendedState of a scalable target).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspended {
    /// Scaling in by policies.
    pub scale_in: bool,
    /// Scaling out by policies.
    pub scale_out: bool,
    /// Scheduled actions.
    pub scheduled: bool,
    /// Where the first of them is said that is held back; where none is, the first that is said.
    pub from: Origin,
}

/// An Application Load Balancer and one of its target groups.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum LoadBalancer {
    /// By name: looked up when applied.
    Named { name: BalancerName, target_group: BalancerName },
    /// By the ends of their ARNs.
    Literal {
        /// `app/<name>/<id>`
        arn_suffix: LoadBalancerSuffix,
        /// `targetgroup/<name>/<id>`
        target_group_arn_suffix: TargetGroupSuffix,
    },
}

/// Environments that get a change together.
#[derive(Debug, Clone)]
pub struct Wave {
    /// Their names, as the spec orders them.
    pub environments: Vec<Slug>,
    /// How long to watch before the next wave.
    pub soak: Option<Seconds>,
    /// What people confirm before the next wave.
    pub gates: Vec<String>,
}

/// One service of one environment, able to say where its values stand.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'f> {
    pub environment: &'f Environment,
    pub service: &'f Service,
}

impl Scope<'_> {
    /// The place of a value.
    pub fn at(&self, from: &Origin) -> Location {
        place_of(from, &self.service.name)
    }
}

/// How a message calls the service.
impl fmt::Display for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.environment.name, self.service.name)
    }
}

/// The place of a value. A built-in value points at the service.
fn place_of(from: &Origin, service: &str) -> Location {
    if from.is_built_in() { Location::key(["services", service]) } else { Location::Place(from.place) }
}

impl Fleet {
    /// The environment of a name. They are sorted by it.
    pub fn environment(&self, name: &str) -> Option<&Environment> {
        let at = self.environments.binary_search_by(|environment| (*environment.name).cmp(name)).ok()?;
        Some(&self.environments[at])
    }

    /// Every service of every environment.
    pub fn services(&self) -> impl Iterator<Item = Scope<'_>> {
        let of = |environment| move |service| Scope { environment, service };
        self.environments.iter().flat_map(move |environment| environment.services.iter().map(of(environment)))
    }

    /// The places that the rollout names an environment at: which wave, and which position in it.
    pub fn wave_members(&self) -> impl Iterator<Item = (usize, usize, &Slug)> {
        self.waves.iter().enumerate().flat_map(|(wave, members)| {
            members.environments.iter().enumerate().map(move |(position, name)| (wave, position, name))
        })
    }
}

impl Wave {
    /// Where the spec names an environment of a wave.
    pub fn member_place(wave: usize, position: usize) -> Location {
        Self::place(wave, [Step::Key("environments".into()), Step::Index(position)])
    }

    /// Where the spec says how long to watch a wave.
    pub fn soak_place(wave: usize) -> Location {
        Self::place(wave, [Step::Key("soak".into())])
    }

    fn place(wave: usize, below: impl IntoIterator<Item = Step>) -> Location {
        let base = [Step::Key("rollout".into()), Step::Key("waves".into()), Step::Index(wave)];
        Location::Path(base.into_iter().chain(below).collect(), Part::Value)
    }
}

impl Environment {
    /// Where the spec has it.
    pub fn place(&self) -> Location {
        Location::key(["environments", &self.name])
    }

    /// ARN of the topic that alarms and events go to.
    pub fn topic_arn(&self) -> Option<String> {
        Some(match self.topic.as_ref()? {
            Topic::Existing(arn) => arn.to_string(),
            Topic::Made(name) => {
                format!("arn:{}:sns:{}:{}:{name}", self.region.partition(), self.region, self.account)
            }
        })
    }
}

impl Service {
    /// How Application Auto Scaling identifies it: names, never ARNs (API reference, RegisterScalableTarget).
    pub fn resource_id(&self) -> String {
        format!("service/{}/{}", &*self.cluster.value, &*self.ecs_service.value)
    }

    /// The policy that the spec calls so.
    pub fn policy(&self, id: &PolicyId) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.id == *id)
    }

    /// The target tracking policies.
    pub fn tracking(&self) -> impl Iterator<Item = (&Policy, &Tracking)> + Clone {
        self.policies.iter().filter_map(|policy| Some((policy, policy.tracking()?)))
    }

    /// The target groups that anything counts, each once.
    pub fn target_groups(&self) -> Vec<&TargetGroup> {
        let of_policies = self.policies.iter().flat_map(Policy::target_groups);
        let of_alarms = self.alarms.on.iter().flat_map(alarms::ServiceAlarm::target_groups);
        let mut groups: Vec<_> = of_policies.chain(of_alarms).collect();
        groups.sort_unstable();
        groups.dedup();
        groups
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

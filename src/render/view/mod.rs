//! What a template sees of a fleet, its environments and its services: every choice is made here, none in a template.
//!
//! Each target has a view of its own beside this one ([`mod@slice`]); what stands here is for the small ones and for the
//! templates of users.

mod cli;
mod cloudformation;
mod deployment;
mod docs;
mod github;
mod group;
mod iam;
mod load_test;
mod parameters;
mod rollout;
pub mod slice;
mod stack;
mod terraform;

use std::sync::OnceLock;

use rayon::prelude::*;
use serde::Serialize;

use crate::aws::fingerprint::fingerprint;
use crate::aws::{self, dashboard, desired};
use crate::plan::policy::Policy;
use crate::plan::{self, Fleet};
use group::{GroupView, Groups};
pub use rollout::Rollout;
pub use slice::{of_environment, of_fleet, of_service};

/// Parts of a view that take their time, and which of them a target wants.
#[derive(Debug, Clone, Copy, Default)]
struct Parts {
    docs: bool,
    github: bool,
    iam: bool,
}

/// What fleet templates see.
#[derive(Debug, Serialize)]
struct FleetView<'f> {
    project: &'f str,
    change: Option<&'f str>,
    tags: Vec<Tag<'f>>,
    environments: Vec<EnvironmentSummary<'f>>,
    rollout: Option<Rollout<'f>>,
    docs: Option<docs::FleetPages<'f>>,
    github: Option<github::Github>,
}

/// An environment, as the fleet's files list it.
#[derive(Debug, Serialize)]
struct EnvironmentSummary<'f> {
    name: &'f str,
    ident: String,
    account: &'f str,
    region: &'f str,
    partition: &'f str,
}

/// What environment templates see, but for `services`, which are shared with the service templates.
#[derive(Debug, Serialize)]
struct EnvironmentView<'f> {
    project: &'f str,
    change: Option<&'f str>,
    name: &'f str,
    ident: String,
    account: &'f str,
    region: &'f str,
    partition: &'f str,
    tags: Vec<Tag<'f>>,
    removed: Vec<Named<'f>>,
    monitoring: Option<MonitoringView<'f>>,
    docs: Option<docs::EnvironmentPages<'f>>,
    iam: Option<iam::Iam>,
}

/// What the services of an environment have together.
#[derive(Debug, Serialize)]
struct MonitoringView<'f> {
    stack: &'f str,
    topic: Option<Named<'f>>,
    topic_arn: Option<String>,
    rules: Vec<Named<'f>>,
    dashboards: Vec<Named<'f>>,
    /// What AWS must hold, under the fields of the APIs.
    state: &'f aws::monitoring::Monitoring<'f>,
}

/// What service templates see.
#[derive(Debug, Serialize)]
struct ServiceView<'f> {
    project: &'f str,
    change: Option<&'f str>,
    environment: &'f str,
    account: &'f str,
    region: &'f str,
    partition: &'f str,
    tags: Vec<Tag<'f>>,
    name: &'f str,
    ident: String,
    stack_name: &'f str,
    cluster: &'f str,
    ecs_service: &'f str,
    resource_id: String,
    min: u32,
    max: u32,
    adopt: bool,
    renamed_from: Option<String>,
    controller: &'static str,
    groups: Vec<GroupView<'f>>,
    policies: Vec<Named<'f>>,
    scheduled_actions: Vec<Named<'f>>,
    /// Names of its alarms, those of step policies first.
    alarm_names: Vec<&'f str>,
    /// Names of all that is deleted where it is live.
    gone_names: Vec<&'f str>,
    /// What AWS must hold, under the fields of the APIs.
    state: &'f aws::Service<'f>,
}

/// What all views of an environment and of its services have in common.
struct Common<'f> {
    fleet: &'f Fleet,
    environment: &'f plan::Environment,
    dashboards: Vec<dashboard::Board<'f>>,
    monitoring: Option<aws::monitoring::Monitoring<'f>>,
    state: OnceLock<Vec<aws::Service<'f>>>,
    parameters: OnceLock<parameters::Parameters>,
    fingerprint: OnceLock<String>,
}

impl<'f> Common<'f> {
    fn new(fleet: &'f Fleet, environment: &'f plan::Environment) -> Self {
        let (dashboards, bodies) = dashboard::boards(&fleet.project, environment);
        let monitoring = desired::monitoring::monitoring(fleet, environment, bodies);
        Self {
            fleet,
            environment,
            dashboards,
            monitoring,
            state: OnceLock::new(),
            parameters: OnceLock::new(),
            fingerprint: OnceLock::new(),
        }
    }

    /// Stands for what applying the environment does.
    fn fingerprint(&self) -> &str {
        let of = || fingerprint(self.fleet, self.environment, self.state());
        self.fingerprint.get_or_init(of)
    }

    /// What is drawn on a dashboard, by its place among those of the environment.
    fn dashboard_body(&self, index: usize) -> Option<&aws::Data<'f>> {
        Some(&self.monitoring.as_ref()?.dashboards.get(index)?.dashboard_body)
    }

    /// What CloudFormation's dashboards look up.
    fn parameters(&self) -> &parameters::Parameters {
        self.parameters.get_or_init(|| parameters::Parameters::new(self.environment))
    }

    /// What AWS must hold for its services.
    fn state(&self) -> &[aws::Service<'f>] {
        let of = |service| desired::service(self.environment, service);
        self.state.get_or_init(|| self.environment.services.par_iter().map(of).collect())
    }
}

#[derive(Debug, Clone, Serialize)]
struct Tag<'f> {
    key: &'f str,
    value: &'f str,
}

/// Something with a name.
#[derive(Debug, Serialize)]
struct Named<'f> {
    name: &'f str,
}

impl<'f> FleetView<'f> {
    fn new(fleet: &'f Fleet, parts: Parts) -> Self {
        let environments = fleet.environments.iter().map(|environment| EnvironmentSummary {
            name: &environment.name,
            ident: environment.name.ident(),
            account: &environment.account,
            region: &environment.region,
            partition: environment.region.partition(),
        });
        Self {
            project: &fleet.project,
            change: fleet.change.as_deref(),
            tags: tags(&fleet.tags),
            environments: environments.collect(),
            rollout: Rollout::new(fleet),
            docs: parts.docs.then(|| docs::FleetPages::new(fleet)),
            github: parts.github.then(|| github::Github::new(fleet)),
        }
    }
}

impl<'f> EnvironmentView<'f> {
    fn new(common: &'f Common<'_>, parts: Parts) -> Self {
        let (fleet, environment) = (common.fleet, common.environment);
        Self {
            project: &fleet.project,
            change: fleet.change.as_deref(),
            name: &environment.name,
            ident: environment.name.ident(),
            account: &environment.account,
            region: &environment.region,
            partition: environment.region.partition(),
            tags: tags(&environment.tags),
            removed: environment.removed.iter().map(|name| Named { name }).collect(),
            monitoring: MonitoringView::new(common),
            docs: parts.docs.then(|| docs::EnvironmentPages::new(fleet, environment)),
            iam: parts.iam.then(|| iam::Iam::new(environment, &common.dashboards)),
        }
    }
}

impl<'f> MonitoringView<'f> {
    fn new(common: &'f Common<'_>) -> Option<Self> {
        let (said, state) = (common.environment.monitoring.as_ref()?, common.monitoring.as_ref()?);
        Some(Self {
            stack: &said.stack,
            topic: state.topic.as_ref().map(|topic| Named { name: &topic.name }),
            topic_arn: common.environment.topic_arn(),
            rules: state.rules.iter().map(|rule| Named { name: &rule.name }).collect(),
            dashboards: state.dashboards.iter().map(|board| Named { name: &board.dashboard_name }).collect(),
            state,
        })
    }
}

impl<'f> ServiceView<'f> {
    fn new(common: &'f Common<'_>, index: usize) -> Self {
        let (fleet, environment) = (common.fleet, common.environment);
        let (service, state) = (&environment.services[index], &common.state()[index]);
        let policies = state.scaling_policies.iter();
        let actions = state.scheduled_actions.iter();
        Self {
            project: &fleet.project,
            change: fleet.change.as_deref(),
            environment: &environment.name,
            account: &environment.account,
            region: &environment.region,
            partition: environment.region.partition(),
            tags: tags(&environment.tags),
            name: &service.name,
            ident: service.name.ident(),
            stack_name: &service.stack,
            cluster: &service.cluster,
            ecs_service: &service.ecs_service,
            resource_id: service.resource_id(),
            min: service.min.get(),
            max: service.max.get(),
            adopt: service.adopt.value,
            renamed_from: service.renamed_from.as_ref().map(plan::units::Slug::ident),
            controller: match service.deployment.controller.value {
                plan::Controller::Ecs => "ECS",
                plan::Controller::CodeDeploy => "CODE_DEPLOY",
                plan::Controller::External => "EXTERNAL",
            },
            groups: Groups::new(service).into_views(),
            policies: policies.map(|policy| Named { name: &policy.policy_name }).collect(),
            scheduled_actions: actions.map(|action| Named { name: &action.scheduled_action_name }).collect(),
            alarm_names: alarm_names(service),
            gone_names: gone_names(service),
            state,
        }
    }
}

fn tags(tags: &plan::Tags) -> Vec<Tag<'_>> {
    tags.iter().map(|(key, value)| Tag { key, value }).collect()
}

/// The names of a service's own alarms, of those of its policies first.
fn alarm_names(service: &plan::Service) -> Vec<&str> {
    let names = service.policies.iter().filter_map(Policy::step).map(|step| &**step.alarm.name);
    names.chain(service.alarms.on.iter().map(|alarm| &**alarm.name)).collect()
}

/// The names of all that is deleted where it is live.
fn gone_names(service: &plan::Service) -> Vec<&str> {
    let policies = service.gone.policies.iter();
    let of_policies = policies.flat_map(|gone| [Some(&*gone.name), gone.alarm.as_deref()]).flatten();
    let others = service.alarms.gone.iter().map(|name| &**name);
    of_policies.chain(service.gone.actions.iter().map(|name| &**name)).chain(others).collect()
}

/// A number as JSON: 70.0 is 70.
fn number(value: f64) -> serde_json::Value {
    serde_json::to_value(aws::Data::number(value)).expect("a number is JSON")
}

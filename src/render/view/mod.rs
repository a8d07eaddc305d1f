//! What a template sees: the fleet, flattened to what files need. Every choice is made here, none in a template.
//!
//! Whole parts that only some targets need, such as costs, are worked out where a template of the run mentions them.

mod alarm;
mod api;
mod cli;
mod cloudformation;
mod deployment;
mod docs;
mod github;
mod group;
mod iam;
mod load_test;
mod monitoring;
mod policy;
mod read_back;
mod rollout;

mod shared;
pub mod slice;
mod terraform;

use std::sync::OnceLock;

use rayon::prelude::*;
use serde::Serialize;
use serde_json::json;

use super::names::Names;
use crate::aws::{self, dashboard};
use crate::plan::{self, Fleet, LoadBalancer, Tags};
use alarm::ServiceAlarmView;
use group::{Groups, Parameter};
use monitoring::MonitoringView;
use monitoring::{BoardView, boards};
use policy::{GoneView, PolicyView, ScheduledActionView};
pub use rollout::Rollout;

use shared::Shared;

/// What fleet templates see.
#[derive(Debug, Serialize)]
pub struct FleetView<'f> {
    project: &'f str,
    change: Option<&'f str>,
    tags: Vec<Tag<'f>>,

    environments: Vec<EnvironmentSummary<'f>>,
    rollout: Option<&'f Rollout<'f>>,
    // Where they are mentioned:
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
pub struct EnvironmentView<'f> {
    project: &'f str,
    change: Option<&'f str>,
    name: &'f str,
    ident: String,
    account: &'f str,
    region: &'f str,
    partition: &'f str,
    tags: Shared,
    tags_json: Shared,
    load_balancers: Vec<BalancerView<'f>>,
    removed: Vec<RemovedView<'f>>,
    /// The script of it, from the folder of all targets.
    script: String,
    monitoring: Option<MonitoringView>,
    // Where they are mentioned:
    docs: Option<docs::EnvironmentPages<'f>>,
    iam: Option<iam::Iam>,
}

/// What service templates see.
#[derive(Debug, Serialize)]
pub struct ServiceView<'f> {
    project: &'f str,
    change: Option<&'f str>,
    environment: &'f str,
    account: &'f str,
    region: &'f str,
    partition: &'f str,
    tags: Shared,
    tags_json: Shared,
    name: &'f str,
    ident: String,
    stack_name: &'f str,
    cluster: &'f str,
    ecs_service: &'f str,
    resource_id: String,
    min: u32,
    max: u32,
    suspended: Option<SuspendedView>,
    adopt: bool,
    renamed_from: Option<String>,
    controller: &'static str,
    groups: Vec<Shared>,
    parameters: Vec<Parameter<'f>>,
    policies: Vec<PolicyView<'f>>,
    schedule: Vec<ScheduledActionView<'f>>,
    gone: GoneView<'f>,
    /// The dashboard that begins with it, but for the first of the environment.
    further_board: Option<BoardView>,
    /// Alarms on how the service does; the names of those that are to be deleted where they are live.
    alarms: Vec<ServiceAlarmView<'f>>,
    gone_alarms: Vec<&'f str>,
    /// Names of its alarms, those of step policies included.
    alarm_names: Vec<&'f str>,
    /// Names of all that is gone, and the name that the service had in the spec.
    gone_names: Vec<&'f str>,
}

/// What the views of an environment and of its services have in common.
pub struct Common<'f> {
    fleet: &'f Fleet,
    environment: &'f plan::Environment,
    names: &'f Names,
    dashboards: Vec<dashboard::Board<'f>>,
    boards: Vec<BoardView>,
    monitoring: Option<aws::monitoring::Monitoring<'f>>,
    state: OnceLock<Vec<aws::Service<'f>>>,
    tags: Shared,
    tags_json: Shared,
}

impl<'f> Common<'f> {
    /// What it is for an environment; `names` are those that templates mention.
    pub fn new(fleet: &'f Fleet, environment: &'f plan::Environment, names: &'f Names) -> Self {
        let dashboards = dashboard::boards(&fleet.project, environment);
        Self {
            fleet,
            environment,
            names,
            boards: boards(environment, &dashboards),
            monitoring: aws::desired::monitoring::monitoring(fleet, environment, &dashboards),
            dashboards,
            state: OnceLock::new(),
            tags: Shared::of(&tags(&environment.tags)),
            tags_json: Shared::of(&tags_json(&environment.tags)),
        }
    }

    /// What AWS must hold for its services.
    fn state(&self) -> &[aws::Service<'f>] {
        let of = |service| aws::desired::service(self.environment, service);
        self.state.get_or_init(|| self.environment.services.par_iter().map(of).collect())
    }
}

#[derive(Debug, Clone, Serialize)]
struct Tag<'f> {
    key: &'f str,
    value: &'f str,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct BalancerView<'f> {
    name: &'f str,
    ident: String,
}

#[derive(Debug, Serialize)]
struct SuspendedView {
    scale_in: bool,
    scale_out: bool,
    scheduled: bool,
}

#[derive(Debug, Serialize)]
struct RemovedView<'f> {
    name: &'f str,
    ident: String,
}

impl<'f> FleetView<'f> {
    /// The view of a fleet.
    pub fn new(fleet: &'f Fleet, rollout: Option<&'f Rollout<'f>>, names: &Names) -> Self {
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
            rollout,
            docs: names.then("docs", || docs::FleetPages::new(fleet)),
            github: names.then("github", || github::Github::new(fleet)),
        }
    }
}

impl<'f> EnvironmentView<'f> {
    /// The view of an environment.
    pub fn new(common: &Common<'f>) -> Self {
        let Common { fleet, environment, names, boards, .. } = common;
        let (fleet, environment) = (*fleet, *environment);
        let groups = environment.services.iter().flat_map(plan::Service::target_groups);
        let named = |group: &'f plan::policy::TargetGroup| match &group.balancer {
            LoadBalancer::Named { name, .. } => Some(BalancerView { name, ident: name.ident() }),
            LoadBalancer::Literal { .. } => None,
        };
        let mut load_balancers: Vec<_> = groups.filter_map(named).collect();
        load_balancers.sort_unstable();
        load_balancers.dedup();
        Self {
            project: &fleet.project,
            change: fleet.change.as_deref(),
            name: &environment.name,
            ident: environment.name.ident(),
            account: &environment.account,
            region: &environment.region,
            partition: environment.region.partition(),
            tags: common.tags.clone(),
            tags_json: common.tags_json.clone(),
            load_balancers,
            script: format!("cli/{}.sh", environment.name),
            removed: environment
                .removed
                .iter()
                .map(|name| RemovedView { name, ident: name.ident() })
                .collect(),
            monitoring: MonitoringView::new(environment, common.monitoring.as_ref(), boards),
            docs: names.then("docs", || docs::EnvironmentPages::new(fleet, environment)),
            iam: names.then("iam", || iam::Iam::new(environment, boards)),
        }
    }
}

impl<'f> ServiceView<'f> {
    /// The view of a service.
    pub fn new(common: &Common<'f>, service: &'f plan::Service) -> Self {
        let Common { fleet, environment, boards, .. } = common;
        let (fleet, environment) = (*fleet, *environment);
        let groups = Groups::new(service);
        Self {
            project: &fleet.project,
            change: fleet.change.as_deref(),
            environment: &environment.name,
            account: &environment.account,
            region: &environment.region,
            partition: environment.region.partition(),
            tags: common.tags.clone(),
            tags_json: common.tags_json.clone(),
            name: &service.name,
            ident: service.name.ident(),
            stack_name: &service.stack,
            cluster: &service.cluster,
            ecs_service: &service.ecs_service,
            resource_id: service.resource_id(),
            min: service.min.get(),
            max: service.max.get(),
            suspended: service.suspended.as_ref().map(SuspendedView::from),
            adopt: service.adopt.value,
            renamed_from: service.renamed_from.as_ref().map(plan::units::Slug::ident),
            controller: match service.deployment.controller.value {
                plan::Controller::Ecs => "ECS",
                plan::Controller::CodeDeploy => "CODE_DEPLOY",
                plan::Controller::External => "EXTERNAL",
            },
            policies: policy::views(service, &groups),
            schedule: policy::schedule(service),
            gone: GoneView::new(&service.gone),
            alarms: alarm::views(environment, service, &groups),
            gone_alarms: service.alarms.gone.iter().map(|name| &**name).collect(),
            alarm_names: policy::alarm_names(service),
            gone_names: policy::gone_names(service),
            parameters: groups.parameters(|_| true),
            further_board: monitoring::further(boards, &service.name),
            groups: groups.shared().to_vec(),
        }
    }
}

impl From<&plan::Suspended> for SuspendedView {
    fn from(suspended: &plan::Suspended) -> Self {
        Self { scale_in: suspended.scale_in, scale_out: suspended.scale_out, scheduled: suspended.scheduled }
    }
}

fn tags(tags: &Tags) -> Vec<Tag<'_>> {
    tags.iter().map(|(key, value)| Tag { key, value }).collect()
}

/// Tags as the APIs of CloudFormation and others take them.
fn tags_json(tags: &Tags) -> String {
    let list: Vec<_> = tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    serde_json::Value::from(list).to_string()
}

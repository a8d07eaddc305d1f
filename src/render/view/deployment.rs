//! Data of the CloudFormation program (`deploy.sh`): stacks in the order in which they are deployed, their parameters, what
//! is imported into them, and what they must not take from others.

use serde::Serialize;

use super::Common;
use super::cli::Head;
use super::group::{self, Groups};
use super::parameters::DashboardParameter;
use super::stack::{Stage, alarm_logical_id, imports, is_imported, logical_id, renames};
use crate::aws::alarm::MetricAlarm;
use crate::aws::scaling::{Configuration, CustomizedMetric, PredefinedMetric, ScalableTarget, ScalingPolicy};
use crate::aws::{self, Absent, AbsentPolicy, Lookup, Str, Tag, Text, desired};
use crate::plan::policy::{Policy, TargetGroup};
use crate::plan::{self, LoadBalancer};
use crate::render::encode::json;
use crate::render::structure::Structure;

/// An environment and its stacks.
pub(super) fn data(common: &Common<'_>) -> Structure {
    let services = common.environment.services.iter().zip(common.state());
    Structure::of(&json::pretty(&Deployment {
        head: Head::new(common),
        stacks: together(common).into_iter().chain(services.map(stack)).collect(),
        tags: desired::tags(&common.environment.tags),
    }))
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Deployment<'f> {
    #[serde(flatten)]
    head: Head<'f>,
    stacks: Vec<Stack<'f>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag<'f>>,
}

/// A stack.
#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Stack<'f> {
    stack_name: Str<'f>,
    /// The service that it scales; none has what the services have together.
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<&'f str>,
    /// Its template, beside the data.
    template_body: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parameters: Vec<Parameter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scalable_target: Option<&'f ScalableTarget<'f>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scaling_policies: Vec<PolicyOfStack<'f>>,
    /// Names of the scheduled actions, which move the limits of the scalable target.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scheduled_actions: Vec<&'f str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alarm_names: Vec<&'f str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    high_resolution_metrics: &'f [Str<'f>],
    /// The target groups that its policies and alarms count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    target_groups: Vec<Group<'f>>,
    /// What the spec has switched off; where it is live all the same, that is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    absent: Option<Absent<'f>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    import: Option<Import<'f>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rename: Option<Before>,
}

/// Parameter of a change set.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    parameter_key: String,
    parameter_value: Text<'static>,
}

/// What is known of a policy before its stack is there: AWS takes one target tracking policy per metric.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyOfStack<'f> {
    policy_name: &'f str,
    #[serde(skip_serializing_if = "Option::is_none")]
    renamed_from: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    predefined_metric_specification: Option<&'f PredefinedMetric<'f>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customized_metric_specification: Option<&'f CustomizedMetric<'f>>,
}

/// Names, or the ends of the ARNs, which have slashes.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Group<'f> {
    load_balancer: &'f str,
    target_group: &'f str,
    /// Whether deployments alternate between it and another: either may be idle.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    alternates: bool,
}

/// A template that comes before that of the stack.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Before {
    template_body: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parameters: Vec<Parameter>,
}

/// A change set of type IMPORT, and what is live before it must equal.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Import<'f> {
    #[serde(flatten)]
    before: Before,
    resources_to_import: Vec<ResourceToImport<'f>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scaling_policies: Vec<&'f ScalingPolicy<'f>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    metric_alarms: Vec<&'f MetricAlarm<'f>>,
}

/// The keys of an identifier are the primary identifiers of the types' schemas.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceToImport<'f> {
    resource_type: &'static str,
    logical_resource_id: String,
    resource_identifier: Identifier<'f>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Identifier<'f> {
    #[serde(rename_all = "PascalCase")]
    Target { resource_id: &'f str, scalable_dimension: &'f str, service_namespace: &'f str },
    #[serde(rename_all = "PascalCase")]
    Policy { arn: Text<'f>, scalable_dimension: &'f str },
    #[serde(rename_all = "PascalCase")]
    Alarm { alarm_name: &'f str },
}

/// The stacks of what the services have together, which are deployed first: alarms name the topic.
fn together<'f>(common: &'f Common<'_>) -> Vec<Stack<'f>> {
    let Some(monitoring) = &common.environment.monitoring else { return Vec::new() };
    let parameters = |index: usize| {
        let used = common.dashboard_body(index).map(|body| common.parameters().used(body));
        used.into_iter().flatten().map(Parameter::from).collect()
    };
    let first = Stack {
        stack_name: (&*monitoring.stack).into(),
        template_body: "monitoring/stack.yaml".to_owned(),
        parameters: parameters(0),
        ..Stack::default()
    };
    let names = monitoring.dashboard_stacks(common.dashboards.len());
    let further = names.zip(&common.dashboards).enumerate().skip(1).map(|(index, (name, board))| Stack {
        stack_name: name.into(),
        template_body: format!("dashboard/{}.yaml", board.services[0].name),
        parameters: parameters(index),
        ..Stack::default()
    });
    [first].into_iter().chain(further).collect()
}

/// The stack of a service.
fn stack<'f>((service, state): (&'f plan::Service, &'f aws::Service<'f>)) -> Stack<'f> {
    let groups = Groups::new(service);
    Stack {
        stack_name: (&*service.stack).into(),
        service: Some(&service.name),
        template_body: format!("{}.yaml", service.name),
        parameters: Stage::Whole.parameters(service, &groups).into_iter().map(Parameter::from).collect(),
        scalable_target: Some(&state.scalable_target),
        scaling_policies: service.policies.iter().zip(&state.scaling_policies).map(policy).collect(),
        scheduled_actions: state
            .scheduled_actions
            .iter()
            .map(|action| &*action.scheduled_action_name)
            .collect(),
        alarm_names: state.metric_alarms.iter().map(|alarm| &*alarm.alarm_name).collect(),
        high_resolution_metrics: &state.high_resolution_metrics,
        target_groups: service.target_groups().into_iter().map(group).collect(),
        absent: absent(&state.absent),
        import: imports(service).then(|| import(service, state, &groups)),
        rename: renames(service).then(|| before("rename", Stage::Rename, service, &groups)),
    }
}

fn policy<'f>((policy, state): (&'f Policy, &'f ScalingPolicy<'f>)) -> PolicyOfStack<'f> {
    let tracking = match &state.configuration {
        Configuration::Tracking(tracking) => Some(tracking),
        _ => None,
    };
    PolicyOfStack {
        policy_name: &state.policy_name,
        renamed_from: policy.renamed_from.as_ref().map(|name| &***name),
        predefined_metric_specification: tracking
            .and_then(|tracking| tracking.predefined_metric_specification.as_ref()),
        customized_metric_specification: tracking
            .and_then(|tracking| tracking.customized_metric_specification.as_ref()),
    }
}

fn group(group: &TargetGroup) -> Group<'_> {
    let (load_balancer, target_group): (&str, &str) = match &group.balancer {
        LoadBalancer::Named { name, target_group } => (name, target_group),
        LoadBalancer::Literal { arn_suffix, target_group_arn_suffix } => {
            (arn_suffix, target_group_arn_suffix)
        }
    };
    Group { load_balancer, target_group, alternates: group.role.alternates() }
}

/// Policies that have another name now are not among them, and alarms go with their policies.
fn absent<'f>(absent: &'f Absent<'f>) -> Option<Absent<'f>> {
    let gone = absent.scaling_policies.iter().filter(|gone| gone.renamed_to.is_none());
    let named =
        |gone: &'f AbsentPolicy<'f>| AbsentPolicy { alarm_name: None, renamed_to: None, ..gone.clone() };
    let scaling_policies: Vec<_> = gone.map(named).collect();
    let is_empty = scaling_policies.is_empty() && absent.scheduled_actions.is_empty();
    let scheduled_actions = absent.scheduled_actions.clone();
    (!is_empty).then(|| Absent { scaling_policies, scheduled_actions, metric_alarms: Vec::new() })
}

fn import<'f>(service: &'f plan::Service, state: &'f aws::Service<'f>, groups: &Groups<'f>) -> Import<'f> {
    let target = &state.scalable_target;
    let dimension = &*target.scalable_dimension;
    let policies = service.policies.iter().zip(&state.scaling_policies);
    let policies: Vec<_> = policies.filter(|(policy, _)| is_imported(policy)).collect();
    let alarms = policies.iter().filter_map(|(policy, _)| Some((policy, policy.step()?)));
    let alarms: Vec<_> = alarms
        .filter_map(|(policy, step)| {
            let named = |alarm: &&MetricAlarm<'_>| *alarm.alarm_name == **step.alarm.name;
            Some((alarm_logical_id(policy), state.metric_alarms.iter().find(named)?))
        })
        .collect();
    let resource = |resource_type, logical_resource_id, resource_identifier| ResourceToImport {
        resource_type,
        logical_resource_id,
        resource_identifier,
    };
    let of_target = Identifier::Target {
        resource_id: &target.resource_id,
        scalable_dimension: dimension,
        service_namespace: &target.service_namespace,
    };
    let of_policy = |(policy, state): &(&'f Policy, &'f ScalingPolicy<'f>)| {
        let arn = Text::Lookup(Lookup::PolicyArn((&*state.policy_name).into()));
        let identifier = Identifier::Policy { arn, scalable_dimension: dimension };
        resource("AWS::ApplicationAutoScaling::ScalingPolicy", logical_id(policy), identifier)
    };
    let of_alarm = |(id, alarm): &(String, &'f MetricAlarm<'f>)| {
        resource("AWS::CloudWatch::Alarm", id.clone(), Identifier::Alarm { alarm_name: &alarm.alarm_name })
    };
    let target =
        resource("AWS::ApplicationAutoScaling::ScalableTarget", "ScalableTarget".to_owned(), of_target);
    let resources =
        [target].into_iter().chain(policies.iter().map(of_policy)).chain(alarms.iter().map(of_alarm));
    Import {
        before: before("import", Stage::Import, service, groups),
        resources_to_import: resources.collect(),
        scaling_policies: policies.iter().map(|(_, state)| *state).collect(),
        metric_alarms: alarms.iter().map(|(_, alarm)| *alarm).collect(),
    }
}

/// A template in a folder beside that of the stack.
fn before(folder: &str, stage: Stage, service: &plan::Service, groups: &Groups<'_>) -> Before {
    Before {
        template_body: format!("{folder}/{}.yaml", service.name),
        parameters: stage.parameters(service, groups).into_iter().map(Parameter::from).collect(),
    }
}

impl Parameter {
    fn new(id: String, load_balancer: String, target_group: Option<String>) -> Self {
        let lookup = match target_group {
            None => Lookup::LoadBalancer(load_balancer.into()),
            Some(target_group) => {
                Lookup::TargetGroup { load_balancer: load_balancer.into(), target_group: target_group.into() }
            }
        };
        Self { parameter_key: id, parameter_value: Text::Lookup(lookup) }
    }
}

impl From<group::Parameter<'_>> for Parameter {
    fn from(parameter: group::Parameter<'_>) -> Self {
        let group::Parameter { id, load_balancer, target_group } = parameter;
        Self::new(id, load_balancer.to_owned(), target_group.map(str::to_owned))
    }
}

impl From<DashboardParameter> for Parameter {
    fn from(parameter: DashboardParameter) -> Self {
        Self::new(parameter.id, parameter.load_balancer, parameter.target_group)
    }
}

//! What a template sees: the fleet, flattened to what files need. Every choice is made here, none in a template.

use serde::{Serialize, Serializer};
use serde_json::json;

use crate::plan::{self, Fleet, LoadBalancer, Metric, Tags};

/// The first provider version that has everything the module always uses: target `tags`, `alarm_arns`.
const PROVIDER_BASE: &str = "4.67";
/// The first provider version whose target group data source says `load_balancer_arns` (changelog of 5.38.0).
const PROVIDER_LOOKUP: &str = "5.38";
/// The first provider version with `suspended_state` (changelog of 5.64.0).
const PROVIDER_SUSPENDED: &str = "5.64";
/// A provider's next major version may change any default.
const PROVIDER_BELOW: &str = "7.0";
/// Validations that refer to other variables came with Terraform 1.9.
const TERRAFORM: &str = ">= 1.9, < 2.0";

/// What fleet templates see.
#[derive(Debug, Serialize)]
pub struct FleetView<'f> {
    project: &'f str,
    change: Option<&'f str>,
    tags: Vec<Tag<'f>>,
    terraform: Terraform,
    uses_suspended: bool,
    environments: Vec<EnvironmentSummary<'f>>,
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
    tags: Vec<Tag<'f>>,
    tags_json: String,
    terraform: Terraform,
    uses_suspended: bool,
    load_balancers: Vec<BalancerView<'f>>,
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
    tags: Vec<Tag<'f>>,
    tags_json: String,
    name: &'f str,
    ident: String,
    stack_name: &'f str,
    cluster: &'f str,
    ecs_service: &'f str,
    resource_id: String,
    min: u32,
    max: u32,
    suspended: Option<SuspendedView>,
    load_balancer: Option<LoadBalancerView<'f>>,
    policies: Vec<PolicyView<'f>>,
    requests: Option<PolicyView<'f>>,
    cpu: Option<PolicyView<'f>>,
}

#[derive(Debug, Clone, Serialize)]
struct Tag<'f> {
    key: &'f str,
    value: &'f str,
}

#[derive(Debug, Clone, Serialize)]
struct Terraform {
    required_version: &'static str,
    aws_version: String,
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
#[serde(untagged)]
enum LoadBalancerView<'f> {
    Named { lookup: bool, name: &'f str, ident: String, target_group: &'f str },
    Literal { lookup: bool, arn_suffix: &'f str, target_group_arn_suffix: &'f str, resource_label: String },
}

#[derive(Debug, Clone, Serialize)]
struct PolicyView<'f> {
    metric: &'static str,
    metric_type: &'static str,
    name: &'f str,
    #[serde(serialize_with = "plain_number")]
    target: f64,
    cooldown_out: u32,
    cooldown_in: u32,
    disable_scale_in: bool,
    needs_label: bool,
    logical_id: &'static str,
    after: Option<&'static str>,
    configuration_json: String,
}

/// What stands for the label in a configuration until a lookup has found it.
const LABEL_PLACEHOLDER: &str = "@RESOURCE_LABEL@";

impl<'f> FleetView<'f> {
    /// The view of a fleet.
    pub fn new(fleet: &'f Fleet) -> Self {
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
            terraform: Terraform::needed_by(fleet),
            uses_suspended: uses_suspended(fleet),
            environments: environments.collect(),
        }
    }
}

impl<'f> EnvironmentView<'f> {
    /// The view of an environment.
    pub fn new(fleet: &'f Fleet, environment: &'f plan::Environment) -> Self {
        let mut load_balancers: Vec<_> = environment
            .services
            .iter()
            .filter_map(|service| match &service.load_balancer {
                Some(LoadBalancer::Named { name, .. }) if service.policy(Metric::Requests).is_some() => {
                    Some(BalancerView { name, ident: name.ident() })
                }
                _ => None,
            })
            .collect();
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
            tags: tags(&environment.tags),
            tags_json: tags_json(&environment.tags),
            terraform: Terraform::needed_by(fleet),
            uses_suspended: uses_suspended(fleet),
            load_balancers,
        }
    }
}

impl<'f> ServiceView<'f> {
    /// The view of a service.
    pub fn new(fleet: &'f Fleet, environment: &'f plan::Environment, service: &'f plan::Service) -> Self {
        let policies = policies(service);
        let of = |metric: Metric| policies.iter().find(|policy| policy.metric == metric.name()).cloned();
        let (requests, cpu) = (of(Metric::Requests), of(Metric::Cpu));
        Self {
            project: &fleet.project,
            change: fleet.change.as_deref(),
            environment: &environment.name,
            account: &environment.account,
            region: &environment.region,
            partition: environment.region.partition(),
            tags: tags(&environment.tags),
            tags_json: tags_json(&environment.tags),
            name: &service.name,
            ident: service.name.ident(),
            stack_name: &service.stack,
            cluster: &service.cluster,
            ecs_service: &service.ecs_service,
            resource_id: service.resource_id(),
            min: service.min.get(),
            max: service.max.get(),
            suspended: service.suspended.map(|suspended| SuspendedView {
                scale_in: suspended.scale_in,
                scale_out: suspended.scale_out,
                scheduled: suspended.scheduled,
            }),
            // A load balancer that nothing tracks is not looked up.
            load_balancer: requests
                .is_some()
                .then(|| service.load_balancer.as_ref().map(LoadBalancerView::new))
                .flatten(),
            policies,
            requests,
            cpu,
        }
    }
}

impl<'f> LoadBalancerView<'f> {
    fn new(balancer: &'f LoadBalancer) -> Self {
        match balancer {
            LoadBalancer::Named { name, target_group } => {
                Self::Named { lookup: true, name, ident: name.ident(), target_group }
            }
            LoadBalancer::Literal { arn_suffix, target_group_arn_suffix } => Self::Literal {
                lookup: false,
                arn_suffix,
                target_group_arn_suffix,
                resource_label: format!("{arn_suffix}/{target_group_arn_suffix}"),
            },
        }
    }
}

impl Terraform {
    /// Version bounds follow from the features in use.
    fn needed_by(fleet: &Fleet) -> Self {
        let lowest = if uses_suspended(fleet) {
            PROVIDER_SUSPENDED
        } else if looks_up(fleet) {
            PROVIDER_LOOKUP
        } else {
            PROVIDER_BASE
        };
        Self { required_version: TERRAFORM, aws_version: format!(">= {lowest}, < {PROVIDER_BELOW}") }
    }
}

fn services(fleet: &Fleet) -> impl Iterator<Item = &plan::Service> {
    fleet.environments.iter().flat_map(|environment| &environment.services)
}

fn uses_suspended(fleet: &Fleet) -> bool {
    services(fleet).any(|service| service.suspended.is_some())
}

fn looks_up(fleet: &Fleet) -> bool {
    services(fleet).any(|service| {
        service.policy(Metric::Requests).is_some()
            && matches!(service.load_balancer, Some(LoadBalancer::Named { .. }))
    })
}

fn policies(service: &plan::Service) -> Vec<PolicyView<'_>> {
    let label = service.load_balancer.as_ref().and_then(LoadBalancer::resource_label);
    let mut after = None;
    let view = |policy| {
        let view = policy_view(policy, label.as_deref(), after);
        after = Some(view.logical_id);
        view
    };
    service.policies.iter().map(view).collect()
}

fn policy_view<'f>(
    policy: &'f plan::Policy,
    label: Option<&str>,
    after: Option<&'static str>,
) -> PolicyView<'f> {
    let (metric_type, logical_id, needs_label) = match policy.metric {
        Metric::Requests => ("ALBRequestCountPerTarget", "RequestsPolicy", true),
        Metric::Cpu => ("ECSServiceAverageCPUUtilization", "CpuPolicy", false),
    };
    let mut metric = json!({ "PredefinedMetricType": metric_type });
    if needs_label {
        metric["ResourceLabel"] = label.unwrap_or(LABEL_PLACEHOLDER).into();
    }
    // Every optional field is written: left out, the API means 300 s and Terraform 0.
    let configuration = json!({
        "TargetValue": number(policy.target.get()),
        "PredefinedMetricSpecification": metric,
        "ScaleOutCooldown": policy.cooldown_out.get(),
        "ScaleInCooldown": policy.cooldown_in.get(),
        "DisableScaleIn": policy.disable_scale_in.value,
    });
    PolicyView {
        metric: policy.metric.name(),
        metric_type,
        name: &policy.name,
        target: policy.target.get(),
        cooldown_out: policy.cooldown_out.get(),
        cooldown_in: policy.cooldown_in.get(),
        disable_scale_in: policy.disable_scale_in.value,
        needs_label,
        logical_id,
        after,
        configuration_json: configuration.to_string(),
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

/// 70.0 is written as 70 in every dialect.
fn number(number: f64) -> serde_json::Value {
    if number.fract() == 0.0 && number.abs() < 1e15 { (number as i64).into() } else { number.into() }
}

fn plain_number<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    number(*value).serialize(serializer)
}

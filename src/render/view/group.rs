//! Target groups that policies count: looked up when applied, or known in advance.

use serde::Serialize;

use crate::plan::policy::{Role, TargetGroup};
use crate::plan::{self, LoadBalancer};

/// A target group and its load balancer.
#[derive(Debug, Serialize)]
pub(super) struct GroupView<'f> {
    /// Key in Terraform's map of looked-up groups.
    key: String,
    /// Whether the ends of the ARNs are looked up when applied.
    lookup: bool,
    /// Whether deployments alternate between it and another: either may be idle.
    alternates: bool,
    load_balancer: Option<&'f str>,
    target_group: Option<&'f str>,
    load_balancer_arn_suffix: Option<&'f str>,
    target_group_arn_suffix: Option<&'f str>,
    resource_label: Option<String>,
    /// Parameters of the CloudFormation template, where it is looked up.
    load_balancer_parameter: String,
    target_group_parameter: String,
}

/// A parameter of a CloudFormation template: the end of an ARN that the script looks up.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Parameter<'f> {
    pub(super) id: String,
    pub(super) load_balancer: &'f str,
    /// `None`: the load balancer itself.
    pub(super) target_group: Option<&'f str>,
}

/// The groups of a service, each once, in the order of their roles.
pub(super) struct Groups<'f> {
    all: Vec<&'f TargetGroup>,
    views: Vec<GroupView<'f>>,
}

impl<'f> Groups<'f> {
    pub(super) fn new(service: &'f plan::Service) -> Self {
        let all = service.target_groups();
        let views = views(service, &all);
        Self { all, views }
    }

    /// The groups, as templates see them.
    pub(super) fn into_views(self) -> Vec<GroupView<'f>> {
        self.views
    }

    /// The parameters of a load balancer and of a target group of it that are looked up by these names.
    pub(super) fn parameters_of(&self, load_balancer: &str, target_group: Option<&str>) -> (&str, &str) {
        let is = |view: &&GroupView<'_>| {
            view.load_balancer == Some(load_balancer)
                && target_group.is_none_or(|name| view.target_group == Some(name))
        };
        let view = self.views.iter().find(is).expect("what a service looks up is in its groups");
        (&view.load_balancer_parameter, &view.target_group_parameter)
    }

    /// The parameters of a template that looks some of the groups up, each once.
    pub(super) fn parameters(&self, looks_up: impl Fn(&TargetGroup) -> bool) -> Vec<Parameter<'f>> {
        parameters(
            self.all.iter().zip(&self.views).filter(|(group, _)| looks_up(group)).map(|(_, view)| view),
        )
    }
}

fn views<'f>(service: &plan::Service, groups: &[&'f TargetGroup]) -> Vec<GroupView<'f>> {
    let mut views: Vec<GroupView<'_>> = Vec::new();
    for group in groups {
        let prefix = prefix(&group.role);
        // Groups of one load balancer share its parameter.
        let known = match &group.balancer {
            LoadBalancer::Named { name, .. } => views.iter().find(|view| view.load_balancer == Some(&**name)),
            LoadBalancer::Literal { .. } => None,
        };
        let balancer_prefix = if matches!(group.role, Role::More(_)) { prefix.as_str() } else { "" };
        let load_balancer_parameter = known
            .map_or(format!("{balancer_prefix}LoadBalancerFullName"), |view| {
                view.load_balancer_parameter.clone()
            });
        let target_group_parameter = format!("{prefix}TargetGroupFullName");
        views.push(view(service, group, load_balancer_parameter, target_group_parameter));
    }
    views
}

fn view<'f>(
    service: &plan::Service,
    group: &'f TargetGroup,
    load_balancer_parameter: String,
    target_group_parameter: String,
) -> GroupView<'f> {
    let mut view = GroupView {
        key: key(&service.name, &group.role),
        lookup: false,
        alternates: group.role.alternates(),
        load_balancer: None,
        target_group: None,
        load_balancer_arn_suffix: None,
        target_group_arn_suffix: None,
        resource_label: group.balancer.resource_label(),
        load_balancer_parameter,
        target_group_parameter,
    };
    match &group.balancer {
        LoadBalancer::Named { name, target_group } => {
            view.lookup = true;
            view.load_balancer = Some(name);
            view.target_group = Some(target_group);
        }
        LoadBalancer::Literal { arn_suffix, target_group_arn_suffix } => {
            view.load_balancer_arn_suffix = Some(arn_suffix);
            view.target_group_arn_suffix = Some(target_group_arn_suffix);
        }
    }
    view
}

/// Key in Terraform's map of looked-up groups.
pub(super) fn key(service: &str, role: &Role) -> String {
    match role {
        Role::Only => service.to_owned(),
        Role::Blue => format!("{service}/blue"),
        Role::Green => format!("{service}/green"),
        Role::More(key) => format!("{service}/more/{key}"),
    }
}

fn prefix(role: &Role) -> String {
    match role {
        Role::Only => String::new(),
        Role::Blue => "Blue".to_owned(),
        Role::Green => "Green".to_owned(),
        Role::More(key) => format!("More{}", key.camel()),
    }
}

fn parameters<'v, 'f: 'v>(groups: impl Iterator<Item = &'v GroupView<'f>>) -> Vec<Parameter<'f>> {
    let mut parameters: Vec<Parameter<'f>> = Vec::new();
    for group in groups {
        let (Some(load_balancer), Some(target_group)) = (group.load_balancer, group.target_group) else {
            continue;
        };
        let own = Parameter { id: group.load_balancer_parameter.clone(), load_balancer, target_group: None };
        let of_group = Parameter {
            id: group.target_group_parameter.clone(),
            load_balancer,
            target_group: Some(target_group),
        };
        for parameter in [own, of_group] {
            if parameters.iter().all(|known| known.id != parameter.id) {
                parameters.push(parameter);
            }
        }
    }
    parameters
}

//! Dashboards of an environment: what CloudWatch draws, as data, with placeholders for what is looked up when applied.
//!
//! A service takes a heading and one or two rows on the grid of 24 columns. A dashboard holds as many services as a
//! CloudFormation template of 51,200 bytes can carry, at most [`MOST_SERVICES`]; more services make more dashboards. With
//! that it stays far below the 500 widgets that a dashboard may have (CloudWatch API reference, Dashboard Body Structure).

mod widgets;

use serde::Serialize;
use serde_json::{Value, json};

use crate::plan::policy::{Role, TargetGroup};
use crate::plan::units::{BalancerName, Slug};
use crate::plan::{Environment, LoadBalancer, Service};

/// Most services of one dashboard: more are no overview, and load slowly.
pub const MOST_SERVICES: usize = 15;
/// Most bytes of a body in a template, of the 51,200 that CloudFormation takes (CloudFormation user guide, quotas).
const MOST_BYTES: usize = 42_000;
/// Bytes that a placeholder takes in a template beyond its own: the reference in its place, and the text that it cuts.
const REFERENCE: usize = 40;

/// The dashboards of an environment, and what they look up.
#[derive(Debug, Default)]
pub struct Boards<'f> {
    /// The dashboards, in the order of the services.
    pub boards: Vec<Board<'f>>,
    /// The load balancers that are looked up; placeholders count them.
    pub load_balancers: Vec<&'f BalancerName>,
    /// The target groups that are looked up; placeholders count them.
    pub target_groups: Vec<LookedUp<'f>>,
}

/// One dashboard.
#[derive(Debug)]
pub struct Board<'f> {
    /// Its name.
    pub name: String,
    /// The services on it.
    pub services: Vec<&'f Service>,
    /// What is drawn.
    pub widgets: Vec<Widget>,
}

/// One thing that is drawn, in a place on the grid.
#[derive(Debug, Serialize)]
pub struct Widget {
    #[serde(rename = "type")]
    kind: &'static str,
    x: u32,
    y: u32,
    width: u32,
    height: u32,
    properties: Value,
}

/// A target group that is looked up.
#[derive(Debug, PartialEq, Eq)]
pub struct LookedUp<'f> {
    /// The place of its load balancer among those that are looked up.
    pub load_balancer: usize,
    /// Its name.
    pub name: &'f BalancerName,
    /// The first service that it belongs to.
    pub service: &'f Slug,
    /// Which of the service's target groups it is.
    pub role: &'f Role,
}

impl<'f> Boards<'f> {
    /// The dashboards of an environment; none where none is asked for.
    pub fn of(project: &str, environment: &'f Environment) -> Self {
        let mut boards = Self::default();
        let Some(name) = environment.monitoring.as_ref().and_then(|monitoring| monitoring.dashboard.as_ref())
        else {
            return boards;
        };
        for service in &environment.services {
            service.target_groups().into_iter().for_each(|group| boards.look_up(service, group));
        }
        for page in boards.pages(environment) {
            let (services, widgets): (Vec<_>, Vec<_>) = page.into_iter().unzip();
            let name = match boards.boards.len() {
                0 => name.to_string(),
                before => format!("{name}-{}", before + 1),
            };
            let widgets = widgets::board(project, environment, &services, widgets);
            boards.boards.push(Board { name, services, widgets });
        }
        boards
    }

    fn look_up(&mut self, service: &'f Service, group: &'f TargetGroup) {
        let LoadBalancer::Named { name, target_group } = &group.balancer else { return };
        let load_balancer = place(&mut self.load_balancers, name);
        let known = |known: &LookedUp<'_>| known.load_balancer == load_balancer && known.name == target_group;
        if !self.target_groups.iter().any(known) {
            let (service, role) = (&service.name, &group.role);
            self.target_groups.push(LookedUp { load_balancer, name: target_group, service, role });
        }
    }

    /// The services of each dashboard, each with its widgets.
    fn pages(&self, environment: &'f Environment) -> Vec<Vec<(&'f Service, Vec<Widget>)>> {
        let mut pages: Vec<Vec<(&Service, Vec<Widget>)>> = Vec::new();
        // The first lies in one template with the rules, which name the clusters.
        let mut bytes = rules(environment);
        for service in &environment.services {
            let widgets = widgets::service(environment, service, self);
            let own = widgets.iter().map(weight).sum::<usize>();
            match pages.last_mut() {
                Some(page) if page.len() < MOST_SERVICES && bytes + own <= MOST_BYTES => {
                    page.push((service, widgets));
                    bytes += own;
                }
                page => {
                    bytes = if page.is_none() { bytes + own } else { own };
                    pages.push(vec![(service, widgets)]);
                }
            }
        }
        pages
    }

    /// `app/<name>/<id>` and `targetgroup/<name>/<id>`, or what stands for them until they are looked up.
    fn ends(&self, group: &TargetGroup) -> (String, String) {
        match &group.balancer {
            LoadBalancer::Literal { arn_suffix, target_group_arn_suffix } => {
                (arn_suffix.to_string(), target_group_arn_suffix.to_string())
            }
            LoadBalancer::Named { name, target_group } => {
                let balancer = self.load_balancers.iter().position(|known| *known == name);
                let balancer = balancer.expect("all were looked at");
                let is = |known: &LookedUp<'_>| known.load_balancer == balancer && known.name == target_group;
                let group = self.target_groups.iter().position(is).expect("all were looked at");
                (format!("@scalegen:load_balancer:{balancer}@"), format!("@scalegen:target_group:{group}@"))
            }
        }
    }
}

impl Board<'_> {
    /// The body, one line for each widget; joined without anything between them they are its JSON.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![r#"{"start":"-PT12H","periodOverride":"inherit","widgets":["#.to_owned()];
        let last = self.widgets.len().saturating_sub(1);
        lines.extend(self.widgets.iter().enumerate().map(|(index, widget)| {
            let comma = if index == last { "" } else { "," };
            format!("{}{comma}", widget.json())
        }));
        lines.push("]}".to_owned());
        lines
    }

    /// The body as data.
    pub fn body(&self) -> Value {
        json!({ "start": "-PT12H", "periodOverride": "inherit", "widgets": self.widgets })
    }
}

impl Widget {
    fn json(&self) -> String {
        serde_json::to_string(self).expect("a widget is JSON")
    }
}

/// Bytes of a widget in a template, where quotes and backslashes take two.
fn weight(widget: &Widget) -> usize {
    let text = widget.json();
    let escaped = text.bytes().filter(|b| matches!(b, b'"' | b'\\')).count();
    text.len() + escaped + 20 + text.matches("@scalegen:").count() * REFERENCE
}

/// Bytes that naming the clusters takes in the patterns of both rules, which are at most 4096 characters each.
fn rules(environment: &Environment) -> usize {
    let mut clusters: Vec<&str> = environment.services.iter().map(|service| &**service.cluster).collect();
    clusters.sort_unstable();
    clusters.dedup();
    clusters.iter().map(|cluster| 2 * cluster.len() + 100).sum::<usize>().min(10_000)
}

/// The place of an item, which is added if it is new.
fn place<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
    list.iter().position(|known| *known == item).unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    })
}

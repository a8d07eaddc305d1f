//! Dashboards of an environment: what CloudWatch draws, as data, with placeholders for what is looked up when applied.
//!
//! A service takes a heading and one or two rows on the grid of 24 columns. A dashboard holds as many services as a
//! CloudFormation template of 51,200 bytes can carry, at most [`MOST_SERVICES`]; more services make more dashboards. With
//! that it stays far below the 500 widgets that a dashboard may have (CloudWatch API reference, Dashboard Body Structure).

mod widgets;

use serde::Serialize;

use crate::aws::monitoring::Dashboard;
use crate::aws::{Data, Lookup, Str};
use crate::plan::{Environment, Service};

/// Most services of one dashboard: more are no overview, and load slowly.
pub const MOST_SERVICES: usize = 15;
/// Most bytes of a body in a template, of the 51,200 that CloudFormation takes (CloudFormation user guide, quotas).
const MOST_BYTES: usize = 42_000;
/// Bytes that a lookup takes in a template: a reference in its place, and the text that it cuts.
const REFERENCE: usize = 66;

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
    properties: Data<'static>,
}

/// The dashboards of an environment, in the order of the services; none where none is asked for.
pub fn boards<'f>(project: &str, environment: &'f Environment) -> Vec<Board<'f>> {
    let Some(name) = environment.monitoring.as_ref().and_then(|monitoring| monitoring.dashboard.as_ref())
    else {
        return Vec::new();
    };
    let board = |(index, page): (usize, Page<'f>)| {
        let (services, widgets): (Vec<_>, Vec<_>) = page.into_iter().unzip();
        let name = if index == 0 { name.to_string() } else { format!("{name}-{}", index + 1) };
        let widgets = widgets::board(project, environment, &services, widgets);
        Board { name, services, widgets }
    };
    pages(environment).into_iter().enumerate().map(board).collect()
}

/// The services of a dashboard, each with its widgets.
type Page<'f> = Vec<(&'f Service, Vec<Widget>)>;

/// The services of each dashboard.
fn pages(environment: &Environment) -> Vec<Page<'_>> {
    let mut pages: Vec<Page<'_>> = Vec::new();
    // The first lies in one template with the rules, which name the clusters.
    let mut bytes = rules(environment);
    for service in &environment.services {
        let widgets = widgets::service(environment, service);
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

impl<'f> Board<'f> {
    /// What CloudWatch must hold.
    pub fn desired(&self) -> Dashboard<'f> {
        Dashboard { dashboard_name: self.name.clone().into(), dashboard_body: self.body() }
    }

    /// What is drawn.
    fn body(&self) -> Data<'f> {
        let field = |name: &'static str, value: Data<'f>| (Str::from(name), value);
        Data::Map(vec![
            field("start", "-PT12H".into()),
            field("periodOverride", "inherit".into()),
            field("widgets", Data::List(self.widgets.iter().map(Data::of).collect())),
        ])
    }
}

/// Bytes of a widget in a template, where quotes and backslashes take two.
fn weight(widget: &Widget) -> usize {
    let data = Data::of(widget).map_lookups(&|_: &Lookup<'_>| Data::from("x".repeat(REFERENCE)));
    let text = serde_json::to_string(&data).expect("a widget is JSON");
    let escaped = text.bytes().filter(|b| matches!(b, b'"' | b'\\')).count();
    text.len() + escaped + 20
}

/// Bytes that the body of a dashboard may take in its template: the first lies in one with the rules, which name the
/// clusters.
pub fn room(environment: &Environment, index: usize) -> usize {
    MOST_BYTES - if index == 0 { rules(environment) } else { 0 }
}

/// Bytes that naming the clusters takes in the patterns of both rules, which are at most 4096 characters each.
fn rules(environment: &Environment) -> usize {
    let mut clusters: Vec<&str> = environment.services.iter().map(|service| &**service.cluster).collect();
    clusters.sort_unstable();
    clusters.dedup();
    clusters.iter().map(|cluster| 2 * cluster.len() + 100).sum::<usize>().min(10_000)
}

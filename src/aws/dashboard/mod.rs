//! Dashboards of an environment: what CloudWatch draws, as data, with placeholders for what is looked up when applied.
//!
//! A service takes a heading and one or two rows on the grid of 24 columns. A dashboard holds as many services as a
//! CloudFormation template of 51,200 bytes can carry, at most [`MOST_SERVICES`]; more services make more dashboards. With
//! that it stays far below the 500 widgets that a dashboard may have (CloudWatch API reference, Dashboard Body Structure).

mod widgets;

use crate::aws::monitoring::Dashboard;
use crate::aws::{Data, Str, Text};
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
}

/// One thing that is drawn, in a place on the grid.
struct Widget<'f> {
    kind: &'static str,
    x: u32,
    y: u32,
    width: u32,
    height: u32,
    properties: Data<'f>,
}

/// The dashboards of an environment, in the order of the services, and what CloudWatch must hold of each; none where none
/// is asked for.
pub fn boards<'f>(project: &str, environment: &'f Environment) -> (Vec<Board<'f>>, Vec<Dashboard<'f>>) {
    let Some(name) = environment.monitoring.as_ref().and_then(|monitoring| monitoring.dashboard.as_ref())
    else {
        return (Vec::new(), Vec::new());
    };
    let board = |(index, page): (usize, Page<'f>)| {
        let (services, widgets): (Vec<_>, Vec<_>) = page.into_iter().unzip();
        let name = if index == 0 { name.to_string() } else { format!("{name}-{}", index + 1) };
        let widgets = widgets::board(project, environment, &services, widgets);
        let desired = Dashboard { dashboard_name: name.clone().into(), dashboard_body: body(widgets) };
        (Board { name, services }, desired)
    };
    pages(environment).into_iter().enumerate().map(board).unzip()
}

/// The services of a dashboard, each with its widgets.
type Page<'f> = Vec<(&'f Service, Vec<Widget<'f>>)>;

/// The services of each dashboard.
fn pages(environment: &Environment) -> Vec<Page<'_>> {
    let mut pages: Vec<Page<'_>> = Vec::new();
    // The first lies in one template with the rules, which name the clusters.
    let mut bytes = rules(environment);
    for service in &environment.services {
        let widgets = widgets::service(environment, service);
        let own = widgets.iter().map(Widget::weight).sum::<usize>();
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

/// What is drawn.
fn body<'f>(widgets: Vec<Widget<'f>>) -> Data<'f> {
    map([
        ("start", "-PT12H".into()),
        ("periodOverride", "inherit".into()),
        ("widgets", widgets.into_iter().map(Widget::data).collect()),
    ])
}

impl<'f> Widget<'f> {
    fn data(self) -> Data<'f> {
        map([
            ("type", self.kind.into()),
            ("x", self.x.into()),
            ("y", self.y.into()),
            ("width", self.width.into()),
            ("height", self.height.into()),
            ("properties", self.properties),
        ])
    }

    /// Bytes of it in a template, where quotes and backslashes take two.
    fn weight(&self) -> usize {
        let around = r#"{"type":"","x":,"y":,"width":,"height":,"properties":}"#;
        let quotes = around.bytes().filter(|byte| *byte == b'"').count();
        let places = [self.x, self.y, self.width, self.height].map(|number| number.to_string().len());
        around.len() + quotes + self.kind.len() + places.iter().sum::<usize>() + weight(&self.properties) + 20
    }
}

/// Fields in order.
fn map<'f, const N: usize>(fields: [(&'static str, Data<'f>); N]) -> Data<'f> {
    Data::Map(fields.map(|(name, value)| (Str::from(name), value)).into())
}

/// Bytes of a value as JSON without blanks in a string of JSON, where quotes and backslashes take two.
fn weight(data: &Data<'_>) -> usize {
    let byte = |byte: u8| match byte {
        b'"' | b'\\' => 4,
        b'\n' | b'\r' | b'\t' => 3,
        0..b' ' => 7,
        _ => 1,
    };
    let string = |text: &str| 4 + text.bytes().map(byte).sum::<usize>();
    match data {
        Data::Text(Text::Known(text) | Text::Topic(text)) => string(text),
        Data::Text(Text::Lookup(_)) => REFERENCE + 4,
        Data::List(items) => 1 + items.len().max(1) + items.iter().map(weight).sum::<usize>(),
        Data::Map(fields) => {
            let field = |(name, value): &(Str<'_>, Data<'_>)| string(name) + 1 + weight(value);
            1 + fields.len().max(1) + fields.iter().map(field).sum::<usize>()
        }
        Data::Null | Data::Bool(true) => 4,
        Data::Bool(false) => 5,
        Data::Integer(value) => value.to_string().len(),
        Data::Number(value) => value.to_string().len(),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::Lookup;
    use serde_json::json;

    #[test]
    fn the_weight_is_that_of_the_text_in_a_string() {
        let of = |value: &serde_json::Value| {
            let inner = value.to_string();
            serde_json::to_string(&inner).unwrap().len() - 2
        };
        let known = json!({
            "markdown": "## a\n`\"b\\`\t\u{1}", "metrics": [["x", { "y": 2.5, "z": -7 }], []],
            "none": {}, "visible": false, "null": [null, true],
        });
        assert_eq!(weight(&Data::from(known.clone())), of(&known));
        let looked_up = Data::from(Text::Lookup(Lookup::LoadBalancer("alb".into())));
        assert_eq!(weight(&looked_up), of(&json!("x".repeat(REFERENCE))));
        let properties = Data::from(known.clone());
        let widget = Widget { kind: "text", x: 0, y: 10, width: 24, height: 2, properties };
        let whole = json!({ "type": "text", "x": 0, "y": 10, "width": 24, "height": 2, "properties": known });
        assert_eq!(widget.weight(), of(&whole) + 20);
    }
}

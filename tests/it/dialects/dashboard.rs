//! Dashboards are what CloudWatch takes (Dashboard Body Structure of its API reference), lie on the grid, show metrics that
//! exist with all their dimensions, and draw every target and limit of the plan. The pictures in docs/ are of this data.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

use scalegen::aws::Lookup;
use scalegen::aws::dashboard::{MOST_SERVICES, boards};
use scalegen::aws::monitoring::Dashboard;
use scalegen::plan::Fleet;
use scalegen::plan::policy::PolicyId;
use scalegen::render::{Selection, Templates, render};
use serde_json::Value;

use crate::support::{fleet, root};

/// An environment with so many services; every third takes its work from a queue.
fn fleet_of(services: usize) -> Fleet {
    let mut text = String::from(
        "version: 1\nproject: shop\nnotifications: {}\ndashboard: {}\n\
         defaults: { capacity: { min: 2, max: 10 }, scaling: { cpu: { target: 70 } } }\nservices:\n",
    );
    for index in 0..services {
        let name = format!("service-{index:03}");
        if index % 3 == 2 {
            writeln!(text, "  {name}: {{ container_insights: true }}").unwrap();
        } else {
            writeln!(
                text,
                "  {name}: {{ load_balancer: {{ name: prod-eu-alb, target_group: {name}-tg }}, scaling: {{ requests: {{ target: 1000 }} }} }}"
            )
            .unwrap();
        }
    }
    text += "environments: { prod: { account: \"222222222222\", region: eu-west-1 } }\n";
    fleet(&text)
}

/// What a lookup finds.
fn end(lookup: &Lookup<'_>) -> String {
    match lookup {
        Lookup::LoadBalancer(name) => format!("app/{name}/0123456789abcdef"),
        Lookup::TargetGroup { target_group, .. } => format!("targetgroup/{target_group}/0123456789abcdef"),
        other => panic!("a dashboard looks {other:?} up"),
    }
}

/// The bodies of all dashboards of an environment.
fn bodies(fleet: &Fleet, environment: usize) -> Vec<Value> {
    let environment = &fleet.environments[environment];
    let body = |board: &Dashboard<'_>| {
        serde_json::to_value(board.dashboard_body.map_lookups(&|lookup| end(lookup).into())).unwrap()
    };
    boards(&fleet.project, environment).1.iter().map(body).collect()
}

/// Keys of an object, all known and the required ones there.
fn keys(value: &Value, required: &[&str], optional: &[&str], place: &str) {
    let keys: BTreeSet<&str> = value.as_object().expect(place).keys().map(String::as_str).collect();
    for key in &keys {
        assert!(required.contains(key) || optional.contains(key), "{place} has `{key}`");
    }
    for key in required {
        assert!(keys.contains(key), "{place} lacks `{key}`");
    }
}

/// Dimensions of each metric that is shown.
const METRICS: &[(&str, &str, &[&str])] = &[
    ("AWS/ECS", "CPUUtilization", &["ClusterName", "ServiceName"]),
    ("AWS/ECS", "MemoryUtilization", &["ClusterName", "ServiceName"]),
    ("ECS/ContainerInsights", "DesiredTaskCount", &["ClusterName", "ServiceName"]),
    ("ECS/ContainerInsights", "RunningTaskCount", &["ClusterName", "ServiceName"]),
    ("AWS/ApplicationELB", "RequestCountPerTarget", &["LoadBalancer", "TargetGroup"]),
    ("AWS/ApplicationELB", "TargetResponseTime", &["LoadBalancer", "TargetGroup"]),
    ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", &["LoadBalancer", "TargetGroup"]),
    ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", &["LoadBalancer"]),
];

/// One line of a graph; a `.` repeats what the line before has at its place. Returns its texts.
fn metric(line: &Value, before: &[String], ids: &mut BTreeSet<String>, place: &str) -> Vec<String> {
    let mut items = line.as_array().expect(place).clone();
    let options = items.pop_if(|last| last.is_object());
    if let Some(options) = &options {
        keys(options, &[], &["label", "stat", "id", "visible", "expression"], place);
        if let Some(id) = options["id"].as_str() {
            let lower = id.starts_with(|c: char| c.is_ascii_lowercase());
            let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            assert!(lower && plain && ids.insert(id.to_owned()), "{place}: id {id}");
        }
        if options.get("expression").is_some() {
            assert!(items.is_empty(), "{place}: an expression has no metric");
            return before.to_vec();
        }
    }
    let texts: Vec<String> = items
        .iter()
        .enumerate()
        .map(|(index, item)| match item.as_str().expect(place) {
            "." => before[index].clone(),
            text => text.to_owned(),
        })
        .collect();
    let names: Vec<&str> = texts[2..].iter().step_by(2).map(String::as_str).collect();
    let known = METRICS.iter().find(|(namespace, name, _)| [*namespace, *name] == texts[..2]);
    assert_eq!(known.expect(place).2, names, "{place}");
    let is_end = |name: &str, value: &str| match name {
        "LoadBalancer" => value.starts_with("app/"),
        "TargetGroup" => value.starts_with("targetgroup/"),
        _ => !value.is_empty(),
    };
    for (name, value) in names.iter().zip(texts[3..].iter().step_by(2)) {
        assert!(is_end(name, value), "{place}: {name} is {value}");
    }
    texts
}

/// The schema of a body: what the reference requires, in the parts of it that are used.
fn check(body: &Value, region: &str) -> usize {
    keys(body, &["widgets"], &["start", "periodOverride"], "body");
    let widgets = body["widgets"].as_array().unwrap();
    assert!(widgets.len() <= 500, "{} widgets", widgets.len());
    let mut taken = BTreeSet::new();
    let mut metrics = 0;
    for widget in widgets {
        keys(widget, &["type", "properties", "x", "y", "width", "height"], &[], "widget");
        let number = |key: &str| widget[key].as_u64().unwrap();
        let (x, y, width, height) = (number("x"), number("y"), number("width"), number("height"));
        assert!((1..=24).contains(&width) && (1..=1000).contains(&height) && x + width <= 24, "{widget}");
        for cell in (x..x + width).flat_map(|x| (y..y + height).map(move |y| (x, y))) {
            assert!(taken.insert(cell), "two widgets at {cell:?}");
        }
        let properties = &widget["properties"];
        if widget["type"] == "text" {
            keys(properties, &["markdown"], &[], "text");
            continue;
        }
        assert_eq!(widget["type"], "metric");
        keys(properties, &["metrics", "region", "title", "stat", "period"], &["annotations"], "metric");
        assert_eq!(properties["region"], region);
        let statistics = ["Average", "Sum", "SampleCount", "p50"];
        assert!(statistics.contains(&properties["stat"].as_str().unwrap()), "{properties}");
        let period = properties["period"].as_u64().unwrap();
        assert!(period >= 60 && period % 60 == 0);
        let lines = properties["metrics"].as_array().unwrap();
        assert!((1..=500).contains(&lines.len()), "{} metrics", lines.len());
        metrics += lines.len();
        let (mut before, mut ids) = (Vec::new(), BTreeSet::new());
        for line in lines {
            before = metric(line, &before, &mut ids, &properties["title"].to_string());
        }
        if let Some(annotations) = properties.get("annotations") {
            keys(annotations, &["horizontal"], &[], "annotations");
            for line in annotations["horizontal"].as_array().unwrap() {
                keys(line, &["value", "label", "color"], &[], "annotation");
                assert!(line["value"].is_number() && line["color"].as_str().unwrap().starts_with('#'));
            }
        }
    }
    let rows = taken.iter().map(|(_, y)| y + 1).max().unwrap();
    assert_eq!(taken.len() as u64, 24 * rows, "the grid has holes");
    assert!(metrics <= 2500, "{metrics} metrics");
    widgets.len()
}

#[test]
fn bodies_are_what_cloudwatch_takes() {
    for (services, boards) in [(1, 1), (3, 1), (10, 1), (40, 4), (300, 28)] {
        let fleet = fleet_of(services);
        let bodies = bodies(&fleet, 0);
        assert_eq!(bodies.len(), boards, "{services} services");
        for body in &bodies {
            assert!(check(body, "eu-west-1") <= 8 * MOST_SERVICES + 3);
        }
    }
    for spec in ["tests/cases/monitored/spec.yaml", "specs/langfuse.yaml"] {
        let fleet = fleet(&fs::read_to_string(root().join(spec)).unwrap());
        for (index, environment) in fleet.environments.iter().enumerate() {
            for body in bodies(&fleet, index) {
                check(&body, &environment.region);
            }
        }
    }
}

/// Every template is one that CloudFormation takes in a call, and every pattern one that EventBridge takes.
#[test]
fn what_is_made_together_stays_within_the_limits_of_aws() {
    for services in [15, 300] {
        let artifacts = render(&fleet_of(services), &Templates::embedded(), &Selection::default()).unwrap();
        let of = |folder: &str| {
            artifacts.iter().filter(move |(path, _)| path.starts_with(folder)).collect::<Vec<_>>()
        };
        let mut templates = of("cloudformation/prod/dashboard/");
        let boards = services.div_ceil(11); // as many services fit into a template of 51,200 bytes
        assert_eq!(templates.len(), boards - 1);
        templates.extend(of("cloudformation/prod/monitoring/"));
        for (path, artifact) in templates {
            assert!(artifact.text.len() <= 51_200, "{path} has {} bytes", artifact.text.len());
        }
    }
}

/// Lines of a fleet: every target of CPU, memory and requests, and both limits of every service.
#[test]
fn every_target_and_limit_is_drawn() {
    let fleet = fleet(&fs::read_to_string(root().join("tests/cases/monitored/spec.yaml")).unwrap());
    let environment = &fleet.environments[0];
    let bodies = bodies(&fleet, 0);
    let widgets: Vec<&Value> = bodies.iter().flat_map(|body| body["widgets"].as_array().unwrap()).collect();
    let heading = |name: &str| format!("## {name}\n");
    let mut targets = 0;
    for service in &environment.services {
        let begin = widgets.iter().position(|widget| {
            widget["properties"]["markdown"]
                .as_str()
                .is_some_and(|text| text.starts_with(&heading(&service.name)))
        });
        let own: Vec<&&Value> =
            widgets[begin.unwrap() + 1..].iter().take_while(|widget| widget["type"] == "metric").collect();
        let lines = |title: &str| {
            let graph = own.iter().find(|w| w["properties"]["title"].as_str().unwrap().starts_with(title));
            let lines = graph.unwrap()["properties"]["annotations"]["horizontal"].as_array().cloned();
            lines.unwrap_or_default().iter().map(|line| line["value"].as_f64().unwrap()).collect::<Vec<_>>()
        };
        let limits = [f64::from(service.min.get()), f64::from(service.max.get())];
        assert_eq!(lines("Tasks,"), limits, "{}", service.name);
        assert_eq!(lines("Task-hours"), limits, "{}", service.name);
        let target = |id: &PolicyId| Some(service.policy(id)?.tracking()?.target.get());
        let of_tasks: Vec<f64> = [PolicyId::Cpu, PolicyId::Memory].iter().filter_map(target).collect();
        assert_eq!(lines("CPU"), of_tasks, "{}", service.name);
        targets += of_tasks.len();
        if let Some(requests) = target(&PolicyId::Requests) {
            assert_eq!(lines("Requests"), [requests], "{}", service.name);
            let expected = [service.expectations.p95.get(), service.expectations.p99.get()];
            assert_eq!(lines("Response"), expected.map(|ms| f64::from(ms) / 1000.0), "{}", service.name);
            targets += 1;
        }
    }
    assert_eq!(targets, 8);
}

/// A picture of a dashboard's layout: what stands where, and where lines are drawn.
fn picture(body: &Value) -> String {
    const COLUMN: u64 = 50;
    const ROW: u64 = 22;
    let widgets = body["widgets"].as_array().unwrap();
    let number = |widget: &Value, key: &str| widget[key].as_u64().unwrap();
    let rows = widgets.iter().map(|w| number(w, "y") + number(w, "height")).max().unwrap();
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"#f2f3f3\"/>\n",
        24 * COLUMN,
        rows * ROW
    );
    for widget in widgets {
        let (x, y) = (number(widget, "x") * COLUMN, number(widget, "y") * ROW);
        let (width, height) = (number(widget, "width") * COLUMN, number(widget, "height") * ROW);
        let properties = &widget["properties"];
        writeln!(
            svg,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"3\" fill=\"#ffffff\" stroke=\"#d5dbdb\"/>",
            x + 2,
            y + 2,
            width - 4,
            height - 4
        )
        .unwrap();
        let mut text = |x: u64, y: u64, style: &str, text: &str| {
            writeln!(svg, "<text x=\"{x}\" y=\"{y}\" {style}>{}</text>", escape(text)).unwrap();
        };
        if let Some(markdown) = properties["markdown"].as_str() {
            let (first, rest) = markdown.split_once('\n').unwrap();
            text(
                x + 10,
                y + 18,
                "font-size=\"15\" font-weight=\"bold\"",
                first.trim_start_matches(['#', ' ']),
            );
            text(x + 10, y + 35, "fill=\"#545b64\"", &rest.replace('`', ""));
            continue;
        }
        text(x + 10, y + 17, "font-weight=\"bold\"", properties["title"].as_str().unwrap());
        let labels: Vec<&str> = properties["metrics"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|line| line.as_array()?.last()?["label"].as_str())
            .collect();
        let (left, right) = (x + 10, x + width - 10);
        let (top, bottom) = (y + 28, y + height - 24);
        let lines = properties["annotations"]["horizontal"].as_array().cloned().unwrap_or_default();
        let values: Vec<f64> = lines.iter().map(|line| line["value"].as_f64().unwrap()).collect();
        let most = values.iter().copied().fold(f64::MIN_POSITIVE, f64::max) * 1.25;
        let mut drawn = String::new();
        for (line, value) in lines.iter().zip(&values) {
            let at = bottom as f64 - (bottom - top) as f64 * value / most;
            writeln!(
                drawn,
                "<line x1=\"{left}\" x2=\"{right}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"{}\" stroke-dasharray=\"4 3\"/>",
                line["color"].as_str().unwrap()
            )
            .unwrap();
            let label = escape(line["label"].as_str().unwrap());
            writeln!(
                drawn,
                "<text x=\"{right}\" y=\"{:.1}\" text-anchor=\"end\" font-size=\"9\" fill=\"{}\">{label}</text>",
                at - 4.0,
                line["color"].as_str().unwrap()
            )
            .unwrap();
        }
        let shown = if labels.len() > 4 {
            format!("{}, … {} in all", labels[..3].join(", "), labels.len())
        } else {
            labels.join(", ")
        };
        text(left, y + height - 9, "font-size=\"10\" fill=\"#1f77b4\"", &shown);
        writeln!(
            svg,
            "<line x1=\"{left}\" x2=\"{right}\" y1=\"{bottom}\" y2=\"{bottom}\" stroke=\"#aab7b8\"/>"
        )
        .unwrap();
        svg += &drawn;
    }
    svg += "</svg>\n";
    svg
}

/// `docs/dashboard-N.svg`: the first dashboard of an environment with N services.
#[test]
fn the_pictures_show_what_is_made() {
    for services in [1, 3, 10, 40] {
        let picture = picture(&bodies(&fleet_of(services), 0)[0]);
        let path = root().join(format!("docs/dashboard-{services}.svg"));
        if std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always") {
            fs::write(&path, &picture).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == picture,
            "{} is stale; run: INSTA_UPDATE=always cargo test --test it dashboard",
            path.display()
        );
    }
}

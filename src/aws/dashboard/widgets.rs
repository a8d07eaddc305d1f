//! What is drawn of a service. Only metrics that AWS documents: AWS/ECS and ECS/ContainerInsights (ECS developer guide),
//! AWS/ApplicationELB (ELB user guide), each with all its dimensions.

use super::{Widget, map};
use crate::aws::{Data, Str, balancer};
use crate::plan::policy::{Policy, PolicyId, Role, TargetGroup};
use crate::plan::{Environment, Service};

const TARGET: &str = "#d62728";
const LIMIT: &str = "#7f7f7f";
const WIDTH: u32 = 24;
/// Rows of a heading and of a graph.
const HEADING: u32 = 2;
const GRAPH: u32 = 6;

/// A graph: its title, how it counts, what it shows, and the lines across it.
struct Graph<'f> {
    title: &'static str,
    statistic: &'static str,
    period: u32,
    metrics: Vec<Data<'f>>,
    lines: Vec<Data<'f>>,
}

/// A dashboard of some services: all at a glance, then each, with its own widgets.
pub(super) fn board<'f>(
    project: &str,
    environment: &'f Environment,
    services: &[&'f Service],
    own: Vec<Vec<Widget<'f>>>,
) -> Vec<Widget<'f>> {
    let title = format!(
        "# {project} {}: autoscaling\nScales out when ANY metric is above its target, in only when ALL agree. Made by scalegen for `{project}/{}`.",
        environment.name, environment.name
    );
    let mut widgets = vec![text(title)];
    row(environment, [all_cpu(services), all_running(services)].into(), &mut widgets);
    for of_service in own {
        let begin = bottom(&widgets);
        widgets.extend(of_service.into_iter().map(|widget| Widget { y: begin + widget.y, ..widget }));
    }
    widgets
}

/// What is drawn of one service, in rows from 0.
pub(super) fn service<'f>(environment: &'f Environment, service: &'f Service) -> Vec<Widget<'f>> {
    let mut widgets = vec![text(heading_of(service))];
    let own = vec![cpu(service), tasks(service), activity(service), hours(service)];
    row(environment, own, &mut widgets);
    let groups = service.target_groups();
    if !groups.is_empty() {
        let of_groups = [requests(service, &groups), latency(service, &groups), errors(&groups)];
        row(environment, of_groups.into(), &mut widgets);
    }
    widgets
}

/// The first row below some widgets: the last one is never higher than another.
fn bottom(widgets: &[Widget<'_>]) -> u32 {
    widgets.last().map_or(0, |last| last.y + last.height)
}

fn heading_of(service: &Service) -> String {
    let desired = if service.container_insights.value {
        ""
    } else {
        "; without Container Insights there is no metric of desired tasks"
    };
    format!(
        "## {}\n`{}/{}`, {} to {} tasks{desired}",
        service.name,
        &**service.cluster,
        &**service.ecs_service,
        service.min.get(),
        service.max.get()
    )
}

/// Graphs side by side, of one width, below what there is.
fn row<'f>(environment: &'f Environment, graphs: Vec<Graph<'f>>, widgets: &mut Vec<Widget<'f>>) {
    let width = WIDTH / u32::try_from(graphs.len()).expect("a few");
    let y = bottom(widgets);
    for (x, graph) in (0..).step_by(width as usize).zip(graphs) {
        let mut properties = vec![
            ("title".into(), graph.title.into()),
            ("region".into(), (&*environment.region).into()),
            ("stat".into(), graph.statistic.into()),
            ("period".into(), graph.period.into()),
            ("metrics".into(), graph.metrics.into()),
        ];
        if !graph.lines.is_empty() {
            properties.push(("annotations".into(), map([("horizontal", graph.lines.into())])));
        }
        let properties = Data::Map(properties);
        widgets.push(Widget { kind: "metric", x, y, width, height: GRAPH, properties });
    }
}

/// A heading over the whole width, at the top.
fn text<'f>(markdown: String) -> Widget<'f> {
    let properties = map([("markdown", markdown.into())]);
    Widget { kind: "text", x: 0, y: 0, width: WIDTH, height: HEADING, properties }
}

/// A line across a graph.
fn line<'f>(label: String, value: f64, color: &'static str) -> Data<'f> {
    map([("label", label.into()), ("value", Data::number(value)), ("color", color.into())])
}

/// Options of a metric that is drawn under this label.
fn labelled<'f>(label: impl Into<Str<'f>>) -> Data<'f> {
    map([("label", Data::string(label))])
}

fn limits<'f>(service: &Service) -> Vec<Data<'f>> {
    let (min, max) = (service.min.get(), service.max.get());
    vec![line(format!("min {min}"), f64::from(min), LIMIT), line(format!("max {max}"), f64::from(max), LIMIT)]
}

/// The line of a policy's target.
fn target<'f>(service: &Service, id: &PolicyId, what: &str) -> Option<Data<'f>> {
    let target = service.policy(id)?.tracking()?.target.get();
    Some(line(format!("target{what} {target}"), target, TARGET))
}

fn ecs<'f>(service: &'f Service, namespace: &'static str, name: &'static str, options: Data<'f>) -> Data<'f> {
    let (cluster, ecs_service) = (&**service.cluster, &**service.ecs_service);
    Data::List(vec![
        namespace.into(),
        name.into(),
        "ClusterName".into(),
        cluster.into(),
        "ServiceName".into(),
        ecs_service.into(),
        options,
    ])
}

fn cpu(service: &Service) -> Graph<'_> {
    let mut metrics = vec![ecs(service, "AWS/ECS", "CPUUtilization", labelled("CPU"))];
    let mut lines: Vec<Data<'_>> = target(service, &PolicyId::Cpu, "").into_iter().collect();
    let mut title = "CPU, %";
    if let Some(memory) = target(service, &PolicyId::Memory, " of memory") {
        metrics.push(ecs(service, "AWS/ECS", "MemoryUtilization", labelled("memory")));
        lines.push(memory);
        title = "CPU and memory, %";
    }
    Graph { title, statistic: "Average", period: 60, metrics, lines }
}

/// How the running tasks of a service are counted.
struct Running {
    namespace: &'static str,
    metric: &'static str,
    statistic: &'static str,
    /// Data points of a running task in a minute.
    a_minute: u32,
}

/// Container Insights counts tasks. Without it, each running task is one sample a minute of its CPU (ECS developer guide,
/// "Service RUNNING task count"); a metric that ECS measures every 20 seconds has three.
fn running(service: &Service) -> Running {
    if service.container_insights.value {
        let (namespace, metric) = ("ECS/ContainerInsights", "RunningTaskCount");
        return Running { namespace, metric, statistic: "Average", a_minute: 1 };
    }
    let high = |id: &PolicyId| {
        let tracking = service.policy(id).and_then(Policy::tracking);
        tracking.is_some_and(|tracking| tracking.metric.is_high_resolution())
    };
    let (metric, a_minute) = match (high(&PolicyId::Cpu), high(&PolicyId::Memory)) {
        (false, _) => ("CPUUtilization", 1),
        (true, false) => ("MemoryUtilization", 1),
        (true, true) => ("CPUUtilization", 3),
    };
    Running { namespace: "AWS/ECS", metric, statistic: "SampleCount", a_minute }
}

/// An expression over the metric `r`, which is not drawn itself.
fn expression<'f>(service: &'f Service, how: &Running, text: String, label: &'static str) -> Vec<Data<'f>> {
    let hidden = map([("id", "r".into()), ("visible", Data::Bool(false))]);
    vec![computed(text, label, "e".into()), ecs(service, how.namespace, how.metric, hidden)]
}

/// What is computed of other metrics.
fn computed<'f>(expression: String, label: &'f str, id: Data<'f>) -> Data<'f> {
    Data::List(vec![map([("expression", expression.into()), ("label", label.into()), ("id", id)])])
}

fn tasks(service: &Service) -> Graph<'_> {
    let how = running(service);
    let label = labelled("running");
    let (title, metrics) = if service.container_insights.value {
        let desired = ecs(service, how.namespace, "DesiredTaskCount", labelled("desired"));
        ("Tasks, desired and running", vec![desired, ecs(service, how.namespace, how.metric, label)])
    } else if how.a_minute == 1 {
        ("Tasks, running", vec![ecs(service, how.namespace, how.metric, label)])
    } else {
        let third = format!("r/{}", how.a_minute);
        ("Tasks, running (estimate)", expression(service, &how, third, "running"))
    };
    Graph { title, statistic: how.statistic, period: 60, metrics, lines: limits(service) }
}

/// AWS has no metric of scaling activities: what is drawn is how the number of tasks changes.
fn activity(service: &Service) -> Graph<'_> {
    let mut how = running(service);
    if service.container_insights.value {
        how.metric = "DesiredTaskCount";
    }
    let change = if how.a_minute == 1 { "DIFF(r)".to_owned() } else { format!("DIFF(r/{})", how.a_minute) };
    let metrics = expression(service, &how, change, "added or removed");
    Graph {
        title: "Scaling activity, tasks added or removed",
        statistic: how.statistic,
        period: 60,
        metrics,
        lines: Vec::new(),
    }
}

/// Tasks times hours, hour by hour. A count of samples is one of minutes.
fn hours(service: &Service) -> Graph<'_> {
    let how = running(service);
    let metrics = if service.container_insights.value {
        vec![ecs(service, how.namespace, how.metric, labelled("task-hours"))]
    } else {
        expression(service, &how, format!("r/{}", 60 * how.a_minute), "task-hours")
    };
    Graph {
        title: "Task-hours an hour",
        statistic: how.statistic,
        period: 3600,
        metrics,
        lines: limits(service),
    }
}

/// What a label says of a target group among several.
fn suffix(role: &Role) -> String {
    match role {
        Role::Only => String::new(),
        Role::Blue => " blue".to_owned(),
        Role::Green => " green".to_owned(),
        Role::More(key) => format!(" {key}"),
    }
}

fn of_group<'f>(group: &'f TargetGroup, name: &'static str, options: Data<'f>) -> Data<'f> {
    let mut metric = of_balancer(group, name);
    metric.extend(["TargetGroup".into(), balancer::target_group(group).into(), options]);
    metric.into()
}

fn of_balancer<'f>(group: &'f TargetGroup, name: &'static str) -> Vec<Data<'f>> {
    let balancer = balancer::load_balancer(group).into();
    vec!["AWS/ApplicationELB".into(), name.into(), "LoadBalancer".into(), balancer]
}

/// The only statistic that this metric has is its sum; it is the average over the targets all the same.
fn requests<'f>(service: &Service, groups: &[&'f TargetGroup]) -> Graph<'f> {
    let mut metrics = Vec::new();
    if groups.iter().any(|group| group.role == Role::Blue) {
        let sum = "SUM(METRICS(\"alternating\"))".to_owned();
        metrics.push(computed(sum, "blue and green", "e".into()));
    }
    for (index, group) in groups.iter().enumerate() {
        let alternating = if group.role.alternates() { "alternating" } else { "m" };
        let label = format!("requests{}", suffix(&group.role));
        let options = map([("label", label.into()), ("id", format!("{alternating}{index}").into())]);
        metrics.push(of_group(group, "RequestCountPerTarget", options));
    }
    let mut lines: Vec<Data<'_>> = target(service, &PolicyId::Requests, "").into_iter().collect();
    for policy in &service.policies {
        if let PolicyId::MoreRequests(key) = &policy.id {
            lines.extend(target(service, &policy.id, &format!(" of {key}")));
        }
    }
    Graph { title: "Requests per target and minute", statistic: "Sum", period: 60, metrics, lines }
}

fn latency<'f>(service: &Service, groups: &[&'f TargetGroup]) -> Graph<'f> {
    let mut metrics = Vec::new();
    for group in groups {
        for (index, statistic) in ["p50", "p95", "p99"].into_iter().enumerate() {
            let label = format!("{statistic}{}", suffix(&group.role));
            let options = map([("stat", statistic.into()), ("label", label.into())]);
            metrics.push(match index {
                0 => of_group(group, "TargetResponseTime", options),
                _ => [const { "." }; 6].map(Data::from).into_iter().chain([options]).collect(), // as the line before
            });
        }
    }
    let expected = [("p95", service.expectations.p95.get()), ("p99", service.expectations.p99.get())];
    let line = |(what, most): (&str, u32)| {
        let seconds = f64::from(most) / 1000.0;
        line(format!("{what} expected below {seconds}"), seconds, TARGET)
    };
    let lines = expected.into_iter().map(line).collect();
    Graph { title: "Response time, seconds", statistic: "p50", period: 60, metrics, lines }
}

fn errors<'f>(groups: &[&'f TargetGroup]) -> Graph<'f> {
    let mut metrics = Vec::new();
    let mut balancers = Vec::new();
    for group in groups {
        let options = labelled(format!("tasks{}", suffix(&group.role)));
        metrics.push(of_group(group, "HTTPCode_Target_5XX_Count", options));
        let balancer = of_balancer(group, "HTTPCode_ELB_5XX_Count");
        if !balancers.contains(&balancer) {
            balancers.push(balancer);
        }
    }
    for mut balancer in balancers {
        balancer.push(labelled("load balancer, all its services"));
        metrics.push(balancer.into());
    }
    Graph { title: "5xx a minute", statistic: "Sum", period: 60, metrics, lines: Vec::new() }
}

/// The CPU of all services.
fn all_cpu<'f>(services: &[&'f Service]) -> Graph<'f> {
    let metric = |service: &&'f Service| ecs(service, "AWS/ECS", "CPUUtilization", labelled(&*service.name));
    let metrics = services.iter().map(metric).collect();
    Graph { title: "CPU of all, %", statistic: "Average", period: 60, metrics, lines: Vec::new() }
}

/// The running tasks of all services.
fn all_running<'f>(services: &[&'f Service]) -> Graph<'f> {
    let mut metrics = Vec::new();
    for (index, service) in services.iter().enumerate() {
        let how = running(service);
        let stat = ("stat", how.statistic.into());
        let mut options = map([("label", (&*service.name).into()), stat.clone()]);
        if how.a_minute > 1 {
            let estimate = format!("r{index}/{}", how.a_minute);
            metrics.push(computed(estimate, &service.name, format!("e{index}").into()));
            options = map([("id", format!("r{index}").into()), stat, ("visible", Data::Bool(false))]);
        }
        metrics.push(ecs(service, how.namespace, how.metric, options));
    }
    Graph { title: "Running tasks of all", statistic: "Average", period: 60, metrics, lines: Vec::new() }
}

//! Metrics of the user's: which of them target tracking can work with.

use super::Tracked;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::plan::Scope;
use crate::plan::policy::{
    CustomMetric, Metric, MetricFrom, Policy, PolicyId, Statistic, Term, TrackedMetric, Tracking,
};

const QUEUES: &[(&str, &str)] = &[
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
    ("AWS/SQS", "ApproximateNumberOfMessagesNotVisible"),
    ("AWS/SQS", "ApproximateNumberOfMessagesDelayed"),
    ("AWS/AmazonMQ", "MessageCount"),
    ("AWS/AmazonMQ", "QueueSize"),
    ("AWS/Kafka", "SumOffsetLag"),
    ("AWS/Kafka", "MaxOffsetLag"),
];
const TOTALS: &[(&str, &str)] = &[("AWS/ApplicationELB", "RequestCount"), ("AWS/ELB", "RequestCount")];
const LATENCIES: &[(&str, &str)] = &[
    ("AWS/ApplicationELB", "TargetResponseTime"),
    ("AWS/ELB", "Latency"),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"),
    ("AWS/Kinesis", "GetRecords.IteratorAgeMilliseconds"),
];
/// "Reporting criteria: There is a nonzero value", in the words of the load balancer's documentation; those of its
/// metrics that begin so.
const SPARSE: &[&str] = &[
    "ActiveConnectionCount",
    "ClientTLSNegotiationErrorCount",
    "HTTPCode_",
    "NewConnectionCount",
    "ProcessedBytes",
    "RejectedConnectionCount",
    "TargetConnectionErrorCount",
    "TargetResponseTime",
];

pub(super) fn bare_queue_length((scope, policy, tracking): Tracked<'_>) -> Option<Diagnostic> {
    let metric = single(policy, tracking).filter(|metric| is_one_of(metric, QUEUES))?;
    let message = format!(
        "the `{policy}` policy of {scope} tracks the length of a queue, which does not halve when tasks double"
    );
    let problem = Diagnostic::new(Code::BareQueueLength, name_place(scope, metric), message)
        .label(format!("{}", metric.name))
        .help("track the backlog per task: `metrics` with the queue, the running tasks, and their quotient");
    Some(problem)
}

pub(super) fn total_requests_as_target((scope, policy, tracking): Tracked<'_>) -> Option<Diagnostic> {
    let metric = single(policy, tracking).filter(|metric| is_one_of(metric, TOTALS))?;
    let message = format!(
        "the `{policy}` policy of {scope} tracks all requests together, which do not fall when tasks are added: it adds tasks to the maximum"
    );
    let problem = Diagnostic::new(Code::TotalRequestsAsTarget, name_place(scope, metric), message)
        .help("track requests per task: `requests: { target: … }`");
    Some(problem)
}

pub(super) fn latency_as_target((scope, policy, tracking): Tracked<'_>) -> Option<Diagnostic> {
    let metric = single(policy, tracking).filter(|metric| is_one_of(metric, LATENCIES))?;
    let message = format!(
        "the `{policy}` policy of {scope} tracks a time, {}, which is not in proportion to the number of tasks",
        metric.name
    );
    let problem = Diagnostic::new(Code::LatencyAsTarget, name_place(scope, metric), message).help(
        "track what causes it (requests, CPU, backlog per task), and let an alarm or a `step` watch the time",
    );
    Some(problem)
}

pub(super) fn sparse_metric((scope, policy, tracking): Tracked<'_>) -> Option<Diagnostic> {
    if latency_as_target((scope, policy, tracking)).is_some()
        || fills(tracking)
        || tracking.disable_scale_in.value
    {
        return None;
    }
    let sparse = |metric: &Metric| {
        &*metric.namespace == "AWS/ApplicationELB" && SPARSE.iter().any(|name| metric.name.starts_with(name))
    };
    let (metric, from) = metrics(policy, tracking).find(|(metric, _)| sparse(metric))?;
    let message = format!(
        "{} has no data while it is zero, and a policy without data blocks scaling {scope} in",
        metric.name
    );
    let problem = Diagnostic::new(Code::SparseMetric, scope.at(&from.name), message)
        .help("use metric math with `FILL(id, 0)`, or `disable_scale_in: true`");
    Some(problem)
}

pub(super) fn container_insights((scope, policy, tracking): Tracked<'_>) -> Option<Diagnostic> {
    let insights = |metric: &Metric| metric.namespace.starts_with("ECS/ContainerInsights");
    let (metric, from) = metrics(policy, tracking).find(|(metric, _)| insights(metric))?;
    let message = format!(
        "{} is measured only where the cluster has Container Insights: without it this policy has no data",
        metric.name
    );
    let problem = Diagnostic::new(Code::ContainerInsights, scope.at(&from.namespace), message)
        .help("switch Container Insights on for the cluster first; CloudWatch bills its metrics");
    Some(problem)
}

/// Elastic Load Balancing: "The only valid statistic is Sum. This represents the average, not the sum."
pub(super) fn requests_statistic((scope, policy, tracking): Tracked<'_>) -> Option<Diagnostic> {
    let wrong = |metric: &Metric| {
        is_one_of(metric, &[("AWS/ApplicationELB", "RequestCountPerTarget")])
            && metric.statistic != Statistic::Sum
    };
    let (_, from) = metrics(policy, tracking).find(|(metric, _)| wrong(metric))?;
    let place = scope.at(&from.statistic);
    let message = "RequestCountPerTarget has one statistic, `sum`, which is the average over the targets";
    let problem = Diagnostic::new(Code::RequestsStatistic, place.clone(), message)
        .help("write `statistic: sum`")
        .fix("write `sum`", place, "sum");
    Some(problem)
}

/// Whether a policy acts on the CPU of its service.
pub(super) fn measures_cpu(policy: &Policy) -> bool {
    let cpu = |metric: &Metric| {
        is_one_of(metric, &[("AWS/ECS", "CPUUtilization"), ("ECS/ContainerInsights", "CpuUtilized")])
    };
    match policy.tracking().map(|tracking| &tracking.metric) {
        Some(TrackedMetric::Cpu(_)) => true,
        Some(TrackedMetric::Custom(custom)) => custom.metrics().any(cpu),
        Some(TrackedMetric::Memory(_) | TrackedMetric::Requests(_)) => false,
        None => policy.step().is_some_and(|step| cpu(&step.alarm.metric)),
    }
}

/// The one metric of the user's that a policy tracks as it is.
fn single<'p>(policy: &Policy, tracking: &'p Tracking) -> Option<&'p Metric> {
    match &tracking.metric {
        TrackedMetric::Custom(CustomMetric::Single(metric)) if is_custom(policy) => Some(metric),
        _ => None,
    }
}

/// All metrics of the user's in a policy, each with its places.
fn metrics<'p>(
    policy: &Policy,
    tracking: &'p Tracking,
) -> impl Iterator<Item = (&'p Metric, &'p MetricFrom)> {
    let custom = match &tracking.metric {
        TrackedMetric::Custom(custom) if is_custom(policy) => Some(custom),
        _ => None,
    };
    custom
        .into_iter()
        .flat_map(CustomMetric::metrics)
        .filter_map(|metric| Some((metric, metric.from.as_ref()?)))
}

/// Whether metric math says what a missing data point counts as.
fn fills(tracking: &Tracking) -> bool {
    let TrackedMetric::Custom(CustomMetric::Math(lines)) = &tracking.metric else { return false };
    lines.iter().any(|line| matches!(&line.term, Term::Expression(text) if text.mentions("FILL")))
}

fn is_custom(policy: &Policy) -> bool {
    matches!(policy.id, PolicyId::Custom(_))
}

fn is_one_of(metric: &Metric, names: &[(&str, &str)]) -> bool {
    names.contains(&(&*metric.namespace, &*metric.name))
}

fn name_place(scope: &Scope<'_>, metric: &Metric) -> Location {
    metric.from.as_ref().map_or(Location::File, |from| scope.at(&from.name))
}

//! Metrics of alarms: those of ECS, Container Insights and load balancers, with the text for who is called.
//!
//! Sources: Amazon ECS CloudWatch metrics; Amazon ECS Container Insights metrics; CloudWatch metrics for your Application
//! Load Balancer; CloudWatch user guide, Using math expressions with CloudWatch metrics.

use super::balancer::Groups;
use super::policy::Of;
use super::tracking::only;
use crate::plan::alarms::AlarmKind;
use crate::plan::policy::{CustomMetric, Metric, PolicyId, Query, Role, Statistic, TargetGroup, Term};
use crate::plan::units::{EcsName, Milliseconds};
use crate::plan::{LoadBalancer, Service};

/// What an alarm looks at, and its words. `SERVICE` stands for the name of the ECS service, `MINUTES` for how many.
pub(super) struct Watched {
    pub(super) metric: CustomMetric,
    pub(super) what: String,
    pub(super) hint: &'static str,
    /// Why missing data counts as it does.
    pub(super) reason: &'static str,
}

/// What there is to look at of a service.
pub(super) struct Watching {
    cluster: EcsName,
    ecs_service: EcsName,
    pub(super) groups: Vec<TargetGroup>,
    pub(super) insights: bool,
    /// Whether ECS sends three samples of CPU a minute instead of one.
    three_samples: bool,
}

impl Watching {
    pub(super) fn new(of: &Of<'_>, service: &Service) -> Self {
        let group = |role, balancer: &LoadBalancer| TargetGroup { role, balancer: balancer.clone() };
        let groups = match &of.groups {
            Groups::One(balancer) => vec![only(balancer)],
            Groups::Two(blue, green) => {
                vec![group(Role::Blue, blue), group(Role::Green, green)]
            }
            Groups::Lacking(_) | Groups::Broken => Vec::new(),
        };
        let cpu = service.policy(&PolicyId::Cpu).and_then(|policy| policy.tracking());
        let three_samples = cpu.is_some_and(|cpu| cpu.metric.is_high_resolution());
        Self {
            cluster: of.cluster.clone(),
            ecs_service: of.ecs_service.clone(),
            groups,
            insights: service.container_insights.value,
            three_samples,
        }
    }

    pub(super) fn cpu_at_max(&self, most: u32, threshold: f64) -> Watched {
        let (running, tasks) = self.running();
        let hot = format!("IF({tasks} >= {most}, cpu, 0)");
        Watched {
            metric: CustomMetric::Math(vec![
                Query::measured("cpu", self.ecs("AWS/ECS", "CPUUtilization", Statistic::Average)),
                running,
                Query::returned("hot", hot),
            ]),
            what: format!(
                "CPU of SERVICE is above {threshold} % while it runs its maximum of {most} tasks, for MINUTES minutes"
            ),
            hint: "It cannot scale out any further: raise the maximum, or find what uses the CPU.",
            reason: "no task runs then",
        }
    }

    pub(super) fn at_max(&self, tasks: f64) -> Watched {
        Watched {
            metric: self.running_tasks(),
            what: format!("SERVICE runs {tasks} or more tasks, for MINUTES minutes"),
            hint: "It may need more than its maximum, or something keeps it from scaling in.",
            reason: "no task runs then",
        }
    }

    pub(super) fn below_desired(&self, missing: f64) -> Watched {
        let (running, _) = self.running();
        Watched {
            metric: CustomMetric::Math(vec![
                Query::measured("desired", self.ecs(INSIGHTS, "DesiredTaskCount", Statistic::Average)),
                running,
                Query::returned("missing", "desired - FILL(running, 0)"),
            ]),
            what: format!("SERVICE lacks {missing} or more of its desired tasks, for MINUTES minutes"),
            hint: "Tasks do not start or do not stay: see the service's events and stopped tasks.",
            reason: "Container Insights measures nothing then",
        }
    }

    pub(super) fn below_minimum(&self, minimum: u32, missing: f64) -> Watched {
        Watched {
            metric: self.running_tasks(),
            what: format!(
                "SERVICE lacks {missing} or more tasks of its minimum of {minimum}, for MINUTES minutes"
            ),
            hint: "Tasks do not start or do not stay: see the service's events and stopped tasks.",
            reason: "ECS sends CPU of running tasks only, so none runs",
        }
    }

    pub(super) fn errors(&self, threshold: f64, fewest: i64) -> Watched {
        let mut lines = Vec::new();
        let (mut errors, mut requests) = (Vec::new(), Vec::new());
        for group in &self.groups {
            let of = |what: &str| format!("{}{what}", prefix(group));
            let metric = |name| Metric::of_target_group(group, name, Statistic::Sum);
            lines.push(Query::measured(of("errors"), metric("HTTPCode_Target_5XX_Count")));
            lines.push(Query::measured(of("requests"), metric("RequestCount")));
            errors.push(format!("FILL({}, 0)", of("errors")));
            requests.push(format!("FILL({}, 0)", of("requests")));
        }
        let sum = |terms: Vec<String>| match &terms[..] {
            [one] => one.clone(),
            more => format!("({})", more.join(" + ")),
        };
        let (errors, requests) = (sum(errors), sum(requests));
        let rate = format!("IF({requests} >= {fewest}, 100 * {errors} / {requests}, 0)");
        lines.push(Query::returned("rate", rate));
        Watched {
            metric: CustomMetric::Math(lines),
            what: format!(
                "More than {threshold} % of the requests to SERVICE end in a 5xx of its tasks, for MINUTES minutes of {fewest} or more requests"
            ),
            hint: "The tasks fail: see their logs and the last deployment.",
            reason: "there are no requests then",
        }
    }

    pub(super) fn latency(&self, kind: AlarmKind, time: Milliseconds) -> Watched {
        let (statistic, rank) = match kind {
            AlarmKind::LatencyP95 => (Statistic::P95, "95th"),
            _ => (Statistic::P99, "99th"),
        };
        let metric = self.of_groups("time", "TargetResponseTime", statistic, |times| {
            let filled: Vec<String> = times.iter().map(|time| format!("FILL({time}, 0)")).collect();
            format!("MAX([{}])", filled.join(", "))
        });
        Watched {
            metric,
            what: format!(
                "The {rank} percentile of the response time of SERVICE is above {} ms, for MINUTES minutes",
                time.get()
            ),
            hint: "Users wait: see CPU and the number of tasks, then what the tasks wait for.",
            reason: "there are no requests then",
        }
    }

    pub(super) fn unhealthy_hosts(&self, hosts: f64) -> Watched {
        let metric = self.of_groups("unhealthy", "UnHealthyHostCount", Statistic::Maximum, |counts| {
            let filled: Vec<String> = counts.iter().map(|count| format!("FILL({count}, 0)")).collect();
            filled.join(" + ")
        });
        Watched {
            metric,
            what: format!(
                "{hosts} or more tasks of SERVICE fail the health check of the load balancer, for MINUTES minutes"
            ),
            hint: "They count as capacity and get no requests: see their logs and the health check.",
            reason: "no task is registered then",
        }
    }

    pub(super) fn flapping(&self, changes: f64) -> Watched {
        let (tasks, changed) = if self.insights {
            let desired = self.ecs(INSIGHTS, "DesiredTaskCount", Statistic::Average);
            (Query::measured("desired", desired), "ABS(DIFF(desired))")
        } else if self.three_samples {
            (self.running().0, "ABS(DIFF(FLOOR(samples / 3)))")
        } else {
            (self.running().0, "ABS(DIFF(samples))")
        };
        let number = if self.insights { "desired" } else { "running" };
        Watched {
            metric: CustomMetric::Math(vec![tasks, Query::returned("changes", changed)]),
            what: format!(
                "The number of {number} tasks of SERVICE changes in {changes} or more of MINUTES minutes"
            ),
            hint: "Scaling goes up and down, or deployments do: see the scaling activities and the cooldowns.",
            reason: "no task runs then",
        }
    }

    /// How many tasks run: from Container Insights, or one sample of CPU for each in a minute.
    fn running_tasks(&self) -> CustomMetric {
        let (running, tasks) = self.running();
        if self.three_samples && !self.insights {
            return CustomMetric::Math(vec![running, Query::returned("running", tasks)]);
        }
        match running.term {
            Term::Metric(metric) => CustomMetric::Single(metric),
            Term::Expression(_) => unreachable!("running tasks are measured"),
        }
    }

    /// The same as a line of metric math, and what to write for the number.
    fn running(&self) -> (Query, &'static str) {
        if self.insights {
            let metric = self.ecs(INSIGHTS, "RunningTaskCount", Statistic::Average);
            return (Query::measured("running", metric), "running");
        }
        let samples =
            Query::measured("samples", self.ecs("AWS/ECS", "CPUUtilization", Statistic::SampleCount));
        (samples, if self.three_samples { "samples / 3" } else { "samples" })
    }

    fn ecs(&self, namespace: &'static str, name: &'static str, statistic: Statistic) -> Metric {
        Metric::of_service(namespace, name, (&self.cluster, &self.ecs_service), statistic)
    }

    /// A metric of the target group, or one number of both.
    fn of_groups(
        &self,
        id: &'static str,
        name: &'static str,
        statistic: Statistic,
        both: impl Fn(&[String]) -> String,
    ) -> CustomMetric {
        if let [group] = &self.groups[..] {
            return CustomMetric::Single(Metric::of_target_group(group, name, statistic));
        }
        let ids: Vec<String> = self.groups.iter().map(|group| format!("{}{id}", prefix(group))).collect();
        let each =
            self.groups.iter().zip(&ids).map(|(group, id)| {
                Query::measured(id.clone(), Metric::of_target_group(group, name, statistic))
            });
        let mut lines: Vec<Query> = each.collect();
        lines.push(Query::returned(id, both(&ids)));
        CustomMetric::Math(lines)
    }
}

const INSIGHTS: &str = "ECS/ContainerInsights";

fn prefix(group: &TargetGroup) -> &'static str {
    match group.role {
        Role::Blue => "blue_",
        Role::Green => "green_",
        Role::Only | Role::More(_) => "",
    }
}

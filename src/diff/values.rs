//! Values as text, for differences.

use super::found::Shown;
use crate::plan::alarms::Why;
use crate::plan::operations::Topic;
use crate::plan::policy::{
    Adjustment, Aggregation, Comparison, CustomMetric, Dimension, ForecastMode, ForecastedMetric, Metric,
    MissingData, Query, Role, StepAdjustment, TargetGroup, Term, TrackedMetric,
};
use crate::plan::units::{
    AccountId, ActionName, AlarmName, DashboardName, EcsName, Milliseconds, Percent, PolicyName, Region,
    RulePrefix, Schedule, Seconds, Slug, StackName, TargetValue, Tasks, TimeZone, Timestamp,
};
use crate::plan::{Architecture, Controller, LoadBalancer, Sourced, Strategy};
use crate::words::word;

/// Says how values of some types are shown, and in which unit.
macro_rules! shown {
    ($($($type:ty),+: $unit:literal, $show:expr;)+) => {$($(impl Shown for $type {
        const UNIT: &'static str = $unit;

        fn shown(&self) -> Option<String> {
            let show: fn(&Self) -> String = $show;
            Some(show(self))
        }
    })+)+};
}

shown! {
    Tasks: "tasks", |tasks| tasks.get().to_string();
    Seconds: "s", |seconds| seconds.get().to_string();
    Milliseconds: "ms", |milliseconds| milliseconds.get().to_string();
    Percent: "%", |share| share.get().to_string();
    TargetValue: "", |target| target.get().to_string();
    bool: "", |flag| if *flag { "yes" } else { "no" }.to_owned();
    u32, f64, String, Slug, AccountId, Region, EcsName, StackName, PolicyName, AlarmName, ActionName, Schedule,
        TimeZone, Timestamp, DashboardName, RulePrefix: "", ToString::to_string;
    Comparison, MissingData, Adjustment, Aggregation, ForecastMode, Controller, Strategy, Architecture, Why:
        "", word;
    Metric: "", metric;
    CustomMetric: "", custom;
    ForecastedMetric: "", forecast;
    Topic: "", topic;
    Vec<StepAdjustment>: "", |all| steps(all);
    Vec<String>: "", |texts| texts.join("; ");
}

impl<T: Shown> Shown for &T {
    const UNIT: &'static str = T::UNIT;

    fn shown(&self) -> Option<String> {
        T::shown(self)
    }
}

impl<T: Shown> Shown for Sourced<T> {
    const UNIT: &'static str = T::UNIT;

    fn shown(&self) -> Option<String> {
        self.value.shown()
    }
}

impl<T: Shown> Shown for Option<T> {
    const UNIT: &'static str = T::UNIT;

    fn shown(&self) -> Option<String> {
        self.as_ref()?.shown()
    }
}

/// A topic in a few words.
fn topic(topic: &Topic) -> String {
    match topic {
        Topic::Made(name) => format!("topic {name}, made"),
        Topic::Existing(arn) => arn.to_string(),
    }
}

/// A length of time that may be days: `48h`, as the spec writes it.
pub(super) fn time(seconds: Seconds) -> String {
    match seconds.get() {
        0 => "0".to_owned(),
        s if s % 3600 == 0 => format!("{}h", s / 3600),
        s if s % 60 == 0 => format!("{}m", s / 60),
        s => format!("{s}s"),
    }
}

fn balancer(balancer: &LoadBalancer) -> String {
    match balancer {
        LoadBalancer::Named { name, target_group } => format!("{target_group} of {name}"),
        LoadBalancer::Literal { arn_suffix, target_group_arn_suffix } => {
            format!("{target_group_arn_suffix} of {arn_suffix}")
        }
    }
}

fn group(group: &TargetGroup) -> String {
    let role = match &group.role {
        Role::Only => String::new(),
        Role::Blue => " (blue)".to_owned(),
        Role::Green => " (green)".to_owned(),
        Role::More(key) => format!(" ({key})"),
    };
    format!("{}{role}", balancer(&group.balancer))
}

pub(super) fn metric(metric: &Metric) -> String {
    let Metric { namespace, name, dimensions, statistic, unit, from: _ } = metric;
    let mut text = format!("{} of {namespace} {name}", word(statistic));
    if let Some(unit) = unit {
        text += &format!(" in {unit}");
    }
    for (name, value) in dimensions {
        let value = match value {
            Dimension::Text(value) => value.to_string(),
            Dimension::LoadBalancer(of) => format!("load balancer of {}", group(of)),
            Dimension::TargetGroup(of) => format!("target group of {}", group(of)),
        };
        text += &format!(", {name} = {value}");
    }
    text
}

fn query(query: &Query) -> String {
    let Query { id, label, returned, term } = query;
    let term = match term {
        Term::Metric(of) => metric(of),
        Term::Expression(expression) => expression.to_string(),
    };
    let label = label.as_ref().map(|label| format!(" {:?}", &**label)).unwrap_or_default();
    format!("{}{id}{label} = {term}", if *returned { "track " } else { "" })
}

fn custom(metric_of: &CustomMetric) -> String {
    match metric_of {
        CustomMetric::Single(single) => metric(single),
        CustomMetric::Math(lines) => lines.iter().map(query).collect::<Vec<_>>().join("; "),
    }
}

pub(super) fn tracked(metric: &TrackedMetric) -> String {
    match metric {
        TrackedMetric::Cpu(every) => format!("CPU every {}", word(&every.value)),
        TrackedMetric::Memory(every) => format!("memory every {}", word(&every.value)),
        TrackedMetric::Requests(of) => format!("requests through {}", group(of)),
        TrackedMetric::Custom(of) => custom(of),
    }
}

pub(super) fn forecast(metric: &ForecastedMetric) -> String {
    match metric {
        ForecastedMetric::Cpu => "CPU".to_owned(),
        ForecastedMetric::Memory => "memory".to_owned(),
        ForecastedMetric::Requests(of) => format!("requests through {}", group(of)),
    }
}

/// `0 to 10: +2, from 10: +4`
pub(super) fn steps(steps: &[StepAdjustment]) -> String {
    let one = |StepAdjustment { from, to, by }: &StepAdjustment| {
        let range = match (from, to) {
            (Some(from), Some(to)) => format!("{from} to {to}"),
            (Some(from), None) => format!("from {from}"),
            (None, Some(to)) => format!("up to {to}"),
            (None, None) => "any".to_owned(),
        };
        format!("{range}: {by:+}")
    };
    steps.iter().map(one).collect::<Vec<_>>().join(", ")
}

//! What AWS will do with a service, in words and numbers. The facts are those of [`crate::plan::behaviour`].

use crate::plan::behaviour::{
    Alarms, Reaction, alarm_decides_from, alarms, growth, period, reaction, removes_below,
};
use crate::plan::policy::{
    Adjustment, Comparison, CustomMetric, ForecastMode, Policy, PolicyId, PolicyKind, Predictive,
    ScheduledAction, StepScaling, TrackedMetric, Tracking,
};
use crate::plan::{Controller, Scope, Service};
use crate::words::{counted, figure, listed};

/// What AWS will do with a service.
#[derive(Debug)]
pub struct Outlook {
    /// Policy by policy, in the order in which they are written.
    pub policies: Vec<PolicyOutlook>,
    /// What they do together, a paragraph each.
    pub together: Vec<String>,
    /// The fewest tasks from which one can be removed; `None` if none ever is.
    pub removes_from: Option<u32>,
}

/// What AWS will do with a policy.
#[derive(Debug)]
pub struct PolicyOutlook {
    /// Where it stands in a layer of the spec.
    pub path: String,
    /// Its name on AWS.
    pub name: String,
    /// The alarms and how long they take, for target tracking.
    pub tracking: Option<(Alarms, Reaction)>,
    /// The same in words.
    pub text: String,
}

pub(super) fn of(scope: &Scope<'_>) -> Outlook {
    let service = scope.service;
    let removing: Vec<(&Policy, &Tracking)> =
        service.tracking().filter(|(_, tracking)| !tracking.disable_scale_in.value).collect();
    let can_remove = !removing.is_empty() && service.min.value < service.max.value;
    let together = [
        adding(service),
        vetoes(service, &removing),
        can_remove.then(|| few_tasks(service, &removing)),
        speed(service),
        saturation(service),
        held_back(service),
    ];
    Outlook {
        policies: service.policies.iter().map(policy).collect(),
        together: together.into_iter().flatten().chain(service.schedule.iter().map(action)).collect(),
        removes_from: can_remove.then(|| service.min.get() + 1),
    }
}

fn policy(policy: &Policy) -> PolicyOutlook {
    let (tracking, text) = match &policy.kind {
        PolicyKind::Tracking(tracking) => {
            (Some((alarms(tracking), reaction(period(tracking)))), tracked(&policy.id, tracking))
        }
        PolicyKind::Step(step) => (None, stepped(step)),
        PolicyKind::Predictive(forecast) => (None, forecast_text(forecast)),
    };
    PolicyOutlook { path: policy.id.path(), name: policy.name.to_string(), tracking, text }
}

fn tracked(id: &PolicyId, tracking: &Tracking) -> String {
    let Alarms { period, high, low } = alarms(tracking);
    let (what, unit) = (measured(id, &tracking.metric), unit(&tracking.metric));
    let adds = format!(
        "Adds tasks when {what} above {}{unit} in {} data points of {period} s in a row.",
        figure(high.threshold),
        high.datapoints
    );
    let removes = match low {
        Some(low) => format!(
            "Below {}{unit} in {} in a row ({} min) it is ready to remove some.",
            figure(low.threshold),
            low.datapoints,
            low.datapoints * period / 60
        ),
        None => "It never removes any, and has no say in whether others do.".to_owned(),
    };
    let (out, into) = (tracking.cooldown_out.get(), tracking.cooldown_in.get());
    let credit = match out {
        0 => "What it added is not credited: it can add the same again.".to_owned(),
        out => format!("For {out} s what it added is credited: only a larger need adds more."),
    };
    let wait = low.map(|_| format!(" After a removal it waits {into} s for the next."));
    format!("{adds} {removes} {credit}{}", wait.unwrap_or_default())
}

fn stepped(step: &StepScaling) -> String {
    let alarm = &step.alarm;
    let side = match alarm.comparison {
        Comparison::Above => "above",
        Comparison::AtLeast => "at or above",
        Comparison::Below => "below",
        Comparison::AtMost => "at or below",
    };
    let does = |by: i64| match step.adjustment {
        Adjustment::Exact => format!("sets {by} tasks"),
        Adjustment::Change if by < 0 => format!("removes {}", counted(by.unsigned_abs(), "task")),
        Adjustment::Change => format!("adds {}", counted(by.unsigned_abs(), "task")),
        Adjustment::Percent if by < 0 => format!("removes {} % of the tasks", by.unsigned_abs()),
        Adjustment::Percent => format!("adds {by} % of the tasks"),
    };
    let steps = step.steps.iter().map(|step| {
        let at = |bound: Option<f64>| bound.map(|distance| figure(alarm.threshold.value + distance));
        match (at(step.from), at(step.to)) {
            (Some(from), Some(to)) => format!("{} from {from} to {to}", does(step.by)),
            (Some(from), None) => format!("{} from {from} on", does(step.by)),
            (None, Some(to)) => format!("{} below {to}", does(step.by)),
            (None, None) => does(step.by),
        }
    });
    format!(
        "When {} is {side} {} in {} of {} data points of {} s, it {}. Target tracking has no veto over it.",
        &*alarm.metric.name,
        figure(alarm.threshold.value),
        alarm.datapoints,
        alarm.evaluation_periods,
        alarm.period.get(),
        steps.collect::<Vec<_>>().join("; ")
    )
}

fn forecast_text(forecast: &Predictive) -> String {
    match forecast.mode {
        ForecastMode::ForecastOnly => {
            "Forecasts and scales nothing, until `mode: forecast_and_scale`.".to_owned()
        }
        ForecastMode::ForecastAndScale => {
            format!("Adds tasks {} s before a forecast load. It never removes any.", forecast.buffer.get())
        }
    }
}

fn action(action: &ScheduledAction) -> String {
    let limit = |name, tasks: Option<u32>| tasks.map(|tasks| format!("{name} {tasks}"));
    let limits = [
        limit("min", action.min.as_ref().map(|said| said.get())),
        limit("max", action.max.as_ref().map(|said| said.get())),
    ];
    let limits: Vec<String> = limits.into_iter().flatten().collect();
    format!(
        "The schedule `{}` sets {} at {} ({}) and moves running tasks into these limits at once; cooldowns do not count.",
        action.key,
        limits.join(" and "),
        action.schedule,
        action.time_zone
    )
}

fn adding(service: &Service) -> Option<String> {
    let several = service.tracking().count() > 1;
    several.then(|| {
        "Any one of them adds tasks; where several want some, the one that wants most decides.".to_owned()
    })
}

/// Who can keep the others from removing tasks.
fn vetoes(service: &Service, removing: &[(&Policy, &Tracking)]) -> Option<String> {
    service.tracking().next()?;
    let names: Vec<String> = removing.iter().map(|(policy, _)| format!("`{}`", policy.id.metric())).collect();
    let nobody = "No target tracking policy removes tasks: all have `disable_scale_in`.";
    let text = match names.as_slice() {
        [] => nobody.to_owned(),
        [only] => {
            format!("{only} alone decides about removing tasks, and blocks it while its metric has no data.")
        }
        several => format!(
            "Tasks are removed only when all of {} are ready: each of them blocks it while its metric is higher, and while it has no data.",
            listed(several, several.len())
        ),
    };
    Some(text)
}

/// Why a small fleet hardly shrinks: the tasks that are left must be enough.
fn few_tasks(service: &Service, removing: &[(&Policy, &Tracking)]) -> String {
    let (min, from) = (service.min.get(), alarm_decides_from());
    if min == 0 {
        return "The last task goes only while there is no load at all; CPU and memory have no data without a task and never bring it back.".to_owned();
    }
    if min + 1 >= from {
        return format!("{} are the fewest from which one can go.", counted(min + 1, "task"));
    }
    let lines = removing.iter().map(|(policy, tracking)| {
        let below = removes_below(tracking.target.get(), min + 1);
        let what = measured(&policy.id, &tracking.metric);
        format!("{what} below {}{}", figure(below), unit(&tracking.metric))
    });
    let rest = if service.max.get() >= from {
        format!(" From {from} tasks on, being ready is enough.")
    } else {
        String::new()
    };
    format!(
        "{} are the fewest from which one can go, and it goes only when {} enough for the load: when {}.{rest}",
        counted(min + 1, "task"),
        if min == 1 { "1 is".to_owned() } else { format!("{min} are") },
        listed(&lines.collect::<Vec<_>>(), removing.len())
    )
}

fn speed(service: &Service) -> Option<String> {
    let mut periods: Vec<u32> = service.tracking().map(|(_, tracking)| period(tracking)).collect();
    periods.sort_unstable();
    periods.dedup();
    let fastest = periods.first()?;
    let measured = periods.iter().map(|&period| {
        let Reaction { decided, running } = reaction(period);
        format!("{decided} s to the decision and {running} s to running tasks with data points of {period} s")
    });
    Some(format!(
        "Expect about {} from a rise in load until tasks are added, and then what a task takes to start: AWS measured {}.",
        about(reaction(*fastest).decided),
        measured.collect::<Vec<_>>().join(", ")
    ))
}

fn about(seconds: u32) -> String {
    if seconds < 120 { format!("{seconds} s") } else { format!("{} minutes", (seconds + 30) / 60) }
}

/// CPU and memory end at 100 %, which bounds what one round adds.
fn saturation(service: &Service) -> Option<String> {
    let (_, cpu) = service.tracking().find(|(policy, _)| policy.id == PolicyId::Cpu)?;
    Some(format!(
        "CPU ends at 100 %, so that one round for its sake multiplies the tasks by at most {:.2}.",
        growth(cpu)
    ))
}

fn held_back(service: &Service) -> Option<String> {
    let suspended = service.suspended.as_ref();
    let held = suspended.into_iter().flat_map(|held| {
        [(held.scale_in, "removing tasks"), (held.scale_out, "adding tasks"), (held.scheduled, "schedules")]
    });
    let held: Vec<&str> = held.filter(|(on, _)| *on).map(|(_, what)| what).collect();
    if !held.is_empty() {
        return Some(format!("Held back by `suspended`: {}.", listed(&held, held.len())));
    }
    let by_ecs = service.deployment.controller.value != Controller::External;
    by_ecs.then(|| "While the service is deployed nothing is removed; adding goes on.".to_owned())
}

/// What is compared with the target, and its verb.
fn measured(id: &PolicyId, metric: &TrackedMetric) -> String {
    match metric {
        TrackedMetric::Cpu(_) => "average CPU is".to_owned(),
        TrackedMetric::Memory(_) => "average memory is".to_owned(),
        TrackedMetric::Requests(_) if *id == PolicyId::Requests => {
            "requests per task and minute are".to_owned()
        }
        TrackedMetric::Requests(_) => format!("requests per task and minute through `{}` are", id.metric()),
        TrackedMetric::Custom(_) if *id == PolicyId::Requests => {
            "requests per task and minute, over both target groups, are".to_owned()
        }
        TrackedMetric::Custom(CustomMetric::Single(metric)) => format!("`{}` is", &*metric.name),
        TrackedMetric::Custom(CustomMetric::Math(_)) => format!("`{}` is", id.metric()),
    }
}

/// What stands behind a value of a metric.
pub(super) fn unit(metric: &TrackedMetric) -> &'static str {
    match metric {
        TrackedMetric::Cpu(_) | TrackedMetric::Memory(_) => " %",
        TrackedMetric::Requests(_) | TrackedMetric::Custom(_) => "",
    }
}

//! Differences of topics, dashboards and service level objectives.

use super::found::{ChangeList, Verdict, low, medium, none};
use crate::plan::Sourced;
use crate::plan::operations::{Expectations, Monitoring, Topic};

pub(super) fn topic(found: &mut ChangeList, old: Option<&Topic>, new: Option<&Topic>) {
    found.value("notifications", (&old, &new), |_, new| match new {
        Some(Topic::Made(_)) => low("alarms and events are sent to a topic that is made for it; whoever is to get them subscribes to it"),
        Some(Topic::Existing(_)) => {
            low("alarms and events are sent to a topic that exists, whose own policy must let CloudWatch and EventBridge publish")
        }
        None => medium("nobody is told of alarms and events any more"),
    });
}

/// What is made once an environment. That it comes or goes is said by the topic and by the dashboard; its rules go with
/// the topic, and its stack with either.
pub(super) fn monitoring(found: &mut ChangeList, old: Option<&Monitoring>, new: Option<&Monitoring>) {
    let dashboard = |of: Option<&'_ Monitoring>| of.and_then(|of| of.dashboard.clone());
    found.value("dashboard", (&dashboard(old), &dashboard(new)), |old, new| match (old, new) {
        (None, _) => low("a dashboard is made; it changes nothing about scaling"),
        (_, None) => low("the dashboard goes: Terraform deletes it, the other dialects leave it where it is"),
        _ => low("a dashboard of another name is made; `cli` leaves the old one where it is"),
    });
    let (Some(old), Some(new)) = (old, new) else { return };
    let Monitoring { stack, rules, dashboard: _ } = old;
    found.value("names.monitoring_stack", (stack, &new.stack), |_, _| {
        medium("another stack cannot make what the old one still holds: delete the old one first, and what it made with it")
    });
    if let (Some(old), Some(new)) = (rules, &new.rules) {
        found.value("names.event_rule", (old, new), |_, _| {
            low("rules of other names are made; `cli` leaves the old ones, which go on telling the topic")
        });
    }
}

pub(super) fn expectations(found: &mut ChangeList, old: &Expectations, new: &Expectations) {
    let Expectations { p95, p99, error_rate, scale_out_within, max_flaps, cost_increase } = old;
    let mut expected = found.below("expectations");
    expected.value("p95", (p95, &new.p95), expectation);
    expected.value("p99", (p99, &new.p99), expectation);
    expected.value("error_rate", (error_rate, &new.error_rate), expectation);
    expected.value("scale_out_within", (scale_out_within, &new.scale_out_within), expectation);
    expected.value("max_flaps", (max_flaps, &new.max_flaps), expectation);
    expected.value("cost_increase", (cost_increase, &new.cost_increase), expectation);
}

fn expectation<T: PartialOrd>(old: &Sourced<T>, new: &Sourced<T>) -> Verdict {
    match new.value > old.value {
        true => low("load tests and rollouts pass with worse than before; scaling does not change"),
        false => none("load tests and rollouts ask for more than before; scaling does not change"),
    }
}

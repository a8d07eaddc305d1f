//! What people operate by: who is told, and what is expected.

use super::found::{ChangeList, Verdict, low, medium, none};
use crate::plan::operations::{Expectations, Monitoring, Topic};

pub(super) fn topic(found: &mut ChangeList, old: Option<&Topic>, new: Option<&Topic>) {
    found.option("notifications", "", (old, new), show, |_, new| match new {
        Some(Topic::Made(_)) => low("alarms and events are sent to a topic that is made for it; whoever is to get them subscribes to it"),
        Some(Topic::Existing(_)) => {
            low("alarms and events are sent to a topic that exists, whose own policy must let CloudWatch and EventBridge publish")
        }
        None => medium("nobody is told of alarms and events any more"),
    });
}

/// A topic in a few words.
fn show(topic: &Topic) -> String {
    match topic {
        Topic::Made(name) => format!("topic {name}, made"),
        Topic::Existing(arn) => arn.to_string(),
    }
}

/// What is made once an environment. That it comes or goes is said by the topic and by the dashboard; its rules go with
/// the topic, and its stack with either.
pub(super) fn monitoring(found: &mut ChangeList, old: Option<&Monitoring>, new: Option<&Monitoring>) {
    let dashboard =
        |of: Option<&Monitoring>| of.and_then(|of| of.dashboard.as_ref().map(ToString::to_string));
    let dashboards = (dashboard(old), dashboard(new));
    found.option(
        "dashboard",
        "",
        (dashboards.0.as_ref(), dashboards.1.as_ref()),
        String::clone,
        |old, new| match (old, new) {
            (None, _) => low("a dashboard is made; it changes nothing about scaling"),
            (_, None) => {
                low("the dashboard goes: Terraform deletes it, the other dialects leave it where it is")
            }
            _ => low("a dashboard of another name is made; `cli` leaves the old one where it is"),
        },
    );
    let (Some(old), Some(new)) = (old, new) else { return };
    let Monitoring { stack, rules, dashboard: _ } = old;
    found.value("names.monitoring_stack", "", (stack, &new.stack), |_, _| {
        medium("another stack cannot make what the old one still holds: delete the old one first, and what it made with it")
    });
    if let (Some(old), Some(new)) = (rules, &new.rules) {
        found.value("names.event_rule", "", (old, new), |_, _| {
            low("rules of other names are made; `cli` leaves the old ones, which go on telling the topic")
        });
    }
}

pub(super) fn expectations(found: &mut ChangeList, old: &Expectations, new: &Expectations) {
    let Expectations { p95, p99, error_rate, scale_out_within, max_flaps, cost_increase } = old;
    let of = |key: &str| format!("expectations.{key}");
    found.value(of("p95"), "ms", (p95.value.get(), new.p95.value.get()), |old, new| expected(new > old));
    found.value(of("p99"), "ms", (p99.value.get(), new.p99.value.get()), |old, new| expected(new > old));
    let rates = (error_rate.value.get(), new.error_rate.value.get());
    found.value(of("error_rate"), "%", rates, |old, new| expected(new > old));
    let within = (scale_out_within.value.get(), new.scale_out_within.value.get());
    found.value(of("scale_out_within"), "s", within, |old, new| expected(new > old));
    found.value(of("max_flaps"), "", (max_flaps.value, new.max_flaps.value), |old, new| expected(new > old));
    let costs = (cost_increase.value.get(), new.cost_increase.value.get());
    found.value(of("cost_increase"), "%", costs, |old, new| expected(new > old));
}

fn expected(looser: bool) -> Verdict {
    match looser {
        true => low("load tests and rollouts pass with worse than before; scaling does not change"),
        false => none("load tests and rollouts ask for more than before; scaling does not change"),
    }
}

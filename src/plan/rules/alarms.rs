//! Alarms that are left out or look at another metric: one notice for each reason, never silence.

use std::collections::BTreeMap;

use super::notice;
use crate::diagnostic::{Code, Diagnostics, Location};
use crate::plan::alarms::{AlarmKind, Why};
use crate::plan::{Fleet, Layer, Scope};

pub(super) fn alarm_instead(fleet: &Fleet, found: &mut Diagnostics) {
    if found.has_errors() {
        return; // Nothing is generated, so there is nothing to say of it.
    }
    let mut places: BTreeMap<(AlarmKind, Why), (String, Vec<Location>)> = BTreeMap::new();
    for scope in fleet.services() {
        for instead in scope.service.alarms.instead.iter().filter(|instead| is_news(&scope, instead.why)) {
            let of = places.entry((instead.kind, instead.why));
            let (_, places) = of.or_insert_with(|| (scope.to_string(), Vec::new()));
            places.push(scope.at(&instead.from));
        }
    }
    for ((kind, why), (called, places)) in places {
        let more = match places.len() - 1 {
            0 => String::new(),
            1 => " and another service".to_owned(),
            more => format!(" and {more} other services"),
        };
        let (what, help) = words(why);
        let message = format!("the alarm `{}` of {called}{more} {what}", kind.key());
        let notice = notice(Code::AlarmInstead, places, message).map(|notice| notice.help(help));
        notice.into_iter().for_each(|notice| found.push(notice));
    }
}

/// Who says that there is no Container Insights knows what follows; what is left out is said all the same.
fn is_news(scope: &Scope<'_>, why: Why) -> bool {
    let said = scope.service.container_insights.from.layer != Layer::BuiltIn;
    !(said && matches!(why, Why::Minimum | Why::Running))
}

fn words(why: Why) -> (&'static str, &'static str) {
    const INSIGHTS: &str = "say whether the cluster has Container Insights: `container_insights: true`, or `false` to go without";
    match why {
        Why::Minimum => (
            "compares running tasks with the minimum: without Container Insights nothing measures the desired ones",
            INSIGHTS,
        ),
        Why::NoMinimum => (
            "is left out: without Container Insights nothing measures desired tasks, and the minimum is too low to compare with",
            "if the cluster has Container Insights, say so: `container_insights: true`; or switch the alarm off",
        ),
        Why::Running => (
            "counts changes of the running tasks, deployments included: without Container Insights nothing measures the desired ones",
            INSIGHTS,
        ),
        Why::FixedSize => (
            "is left out: minimum and maximum are one, so it would always be on",
            "give it a `threshold`, or raise the maximum",
        ),
        Why::NoBalancer => (
            "is left out: the spec gives the service no load balancer",
            "add `load_balancer: { name: …, target_group: … }`, or remove the alarm",
        ),
    }
}

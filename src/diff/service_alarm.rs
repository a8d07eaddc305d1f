//! Differences of the alarms on a service.

use super::found::{ChangeList, Pair, Verdict, low, medium, none};
use crate::plan::alarms::{AlarmKind, Alarms, ServiceAlarm, Why};
use crate::words::word;

pub(super) fn compare(found: &mut ChangeList, pair: Pair<'_>, old: &Alarms, new: &Alarms) {
    for kind in AlarmKind::ALL {
        let path = format!("alarms.{}", kind.key());
        match (of_kind(old, kind), of_kind(new, kind)) {
            (Some(old), Some(new)) => changed(found, &path, old, new),
            (Some(old), None) => {
                let deleted = pair.elsewhere() || new.gone.contains(&old.name.value);
                found.add(path, "", (Some(summary(old)), None), removed(deleted));
            }
            (None, Some(new)) => {
                let said =
                    low("people are called when it goes off, if there is a topic; AWS charges its metrics");
                found.add(path, "", (None, Some(summary(new))), said);
            }
            (None, None) => found.value(&path, (&left_out(old, kind), &left_out(new, kind)), |_, _| {
                none("why the spec cannot have it; it is left out all the same")
            }),
        }
    }
    let names = |alarms: &Alarms| {
        let names: Vec<String> = alarms.gone.iter().map(ToString::to_string).collect();
        names.join(", ")
    };
    let (before, after) = (names(old), names(new));
    if before != after {
        let shown = |names: String| Some(names).filter(|names| !names.is_empty());
        let said = low("alarms of these names are deleted where they are live");
        found.add("alarms (off)", "", (shown(before), shown(after)), said);
    }
}

fn of_kind(alarms: &Alarms, kind: AlarmKind) -> Option<&ServiceAlarm> {
    alarms.on.iter().find(|alarm| alarm.kind == kind)
}

/// Why an alarm that is asked for is left out.
fn left_out(alarms: &Alarms, kind: AlarmKind) -> Option<Why> {
    alarms.instead.iter().find(|instead| instead.kind == kind).map(|instead| instead.why)
}

fn removed(deleted: bool) -> Verdict {
    match deleted {
        true => medium("nobody is called for it any more"),
        false => medium(
            "nobody is called for it any more. Terraform and CloudFormation delete it, the CLI script leaves it live; to delete it everywhere, keep its entry with `enabled: false`",
        ),
    }
}

fn changed(found: &mut ChangeList, path: &str, old: &ServiceAlarm, new: &ServiceAlarm) {
    let ServiceAlarm {
        kind: _,
        name,
        description,
        metric,
        comparison,
        threshold,
        period,
        evaluation_periods,
        datapoints,
        missing_data,
    } = old;
    let before = found.changes.len();
    let mut alarm = found.below(path);
    let other = || low("it goes off at another time");
    alarm.value("alarm_name", (name, &new.name), |_, _| {
        low("another alarm: Terraform and CloudFormation replace the old one; where the CLI script made it, it stays until it is deleted by hand")
    });
    alarm.value("metric", (metric, &new.metric), |_, _| low("it looks at something else"));
    alarm.value("comparison", (comparison, &new.comparison), |_, _| other());
    alarm.value("threshold", (threshold, &new.threshold), |_, _| other());
    alarm.value("period", (period, &new.period), |_, _| other());
    alarm.value_in("min", "minutes", (evaluation_periods, &new.evaluation_periods), |_, _| other());
    if datapoints != evaluation_periods || new.datapoints != new.evaluation_periods {
        alarm.value_in("data points", "datapoints", (datapoints, &new.datapoints), |_, _| other());
    }
    alarm.value("missing_data", (missing_data, &new.missing_data), |_, _| {
        low("it behaves differently when its metric has no data")
    });
    if found.changes.len() == before {
        found.below(path).value("description", (description, &new.description), |_, _| {
            none("what it says to who is called")
        });
    }
}

/// An alarm in a few words.
fn summary(alarm: &ServiceAlarm) -> String {
    format!(
        "{}, {} {}, {} min",
        alarm.name.value,
        word(&alarm.comparison).replace('_', " "),
        alarm.threshold,
        alarm.evaluation_periods
    )
}

//! Two states of the alarms on how a service does.

use super::found::{ChangeList, Pair, Verdict, low, medium, none};
use super::values::{self, word};
use crate::plan::alarms::{AlarmKind, Alarms, ServiceAlarm, Why};

pub(super) fn compare(found: &mut ChangeList, pair: Pair<'_>, old: &Alarms, new: &Alarms) {
    let of = |alarms: &'_ Alarms, kind: AlarmKind| alarms.on.iter().position(|alarm| alarm.kind == kind);
    for kind in AlarmKind::ALL {
        let path = format!("alarms.{}", kind.key());
        match (of(old, kind), of(new, kind)) {
            (Some(before), Some(after)) => changed(found, &path, &old.on[before], &new.on[after]),
            (Some(before), None) => {
                let before = &old.on[before];
                let deleted = pair.elsewhere() || new.gone.contains(&before.name.value);
                found.add(path, "", (Some(summary(before)), None), removed(deleted));
            }
            (None, Some(after)) => {
                let said =
                    low("people are called when it goes off, if there is a topic; AWS charges its metrics");
                found.add(path, "", (None, Some(summary(&new.on[after]))), said);
            }
            (None, None) => {
                let whys = (left_out(old, kind), left_out(new, kind));
                found.option(path, "", (whys.0.as_ref(), whys.1.as_ref()), word, |_, _| {
                    none("why the spec cannot have it; it is left out all the same")
                });
            }
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
    let of = |key: &str| format!("{path}.{key}");
    let other = || low("it goes off at another time");
    found.value(of("alarm_name"), "", (&name.value, &new.name.value), |_, _| {
        low("another alarm: Terraform and CloudFormation replace the old one; where the CLI script made it, it stays until it is deleted by hand")
    });
    found.compare(of("metric"), "", (metric, &new.metric), values::custom, |_, _| {
        low("it looks at something else")
    });
    found.compare(of("comparison"), "", (comparison, &new.comparison), word, |_, _| other());
    found.value(of("threshold"), "", (threshold, &new.threshold), |_, _| other());
    found.value(of("period"), "s", (period.get(), new.period.get()), |_, _| other());
    let minutes = (evaluation_periods, &new.evaluation_periods);
    found.value(of("minutes"), "min", minutes, |_, _| other());
    if datapoints != evaluation_periods || new.datapoints != new.evaluation_periods {
        found.value(of("datapoints"), "data points", (datapoints, &new.datapoints), |_, _| other());
    }
    found.compare(of("missing_data"), "", (missing_data, &new.missing_data), word, |_, _| {
        low("it behaves differently when its metric has no data")
    });
    if found.changes.len() == before {
        found.value(of("description"), "", (description, &new.description), |_, _| {
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

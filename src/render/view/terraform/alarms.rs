//! Alarms of an environment as data for the modules: what is alike for several services is written once for them.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::aws::{self, Data};
use crate::plan::alarms::{self, AlarmKind, ServiceAlarm};
use crate::plan::policy::PolicyId;
use crate::plan::{self, Environment};
use crate::render::encode::hcl::{self, Field, Hcl};

use super::place::{Phrase, Place};
use super::services::{self, Locals};
use super::variants::{Variant, unified};

/// An alarm, and the services that have it so.
struct Alike<'f> {
    alarm: Hcl<'f>,
    services: Vec<&'f str>,
}

/// The alarms by kind and service, without the `end` of their descriptions; none where there are none.
pub(super) fn alarms<'e>(
    environment: &'e Environment,
    state: &'e [aws::Service<'_>],
    end: &str,
    locals: &mut Locals,
) -> Option<Hcl<'static>> {
    let mut kinds = Vec::new();
    for kind in AlarmKind::ALL {
        let of_service = |(service, state): (&'e plan::Service, &'e aws::Service<'_>)| {
            let (said, alarm) = alarm(service, state, kind)?;
            Some((service, said, Data::of(alarm)))
        };
        let alarms: Vec<_> = environment.services.par_iter().zip(state).filter_map(of_service).collect();
        let entries = alarms.par_iter().map(|(service, said, alarm)| {
            (&*service.name, entry(Place::among(service, "service"), said, service, alarm, end))
        });
        let all = alike(entries.collect());
        if !all.is_empty() {
            kinds.push((kind.key().into(), of_kind(environment, all, locals)));
        }
    }
    (!kinds.is_empty()).then_some(Hcl::Object(kinds))
}

/// The alarms that are the same, in the order of the first of each.
fn alike<'a>(alarms: Vec<(&'a str, Hcl<'a>)>) -> Vec<Alike<'a>> {
    let mut places: BTreeMap<Hcl<'_>, (usize, Vec<&str>)> = BTreeMap::new();
    for (service, alarm) in alarms {
        let place = places.len();
        places.entry(alarm).or_insert_with(|| (place, Vec::new())).1.push(service);
    }
    let mut all: Vec<_> = places.into_iter().collect();
    all.sort_unstable_by_key(|(_, (place, _))| *place);
    all.into_iter().map(|(alarm, (_, services))| Alike { alarm, services }).collect()
}

/// The alarms of a kind by service: one expression, in which numbers are looked up that are not the same for all, or one
/// for each that is alike.
fn of_kind(environment: &Environment, all: Vec<Alike<'_>>, locals: &mut Locals) -> Hcl<'static> {
    let mut each = |services: &[&str], alarm: Hcl<'_>| Hcl::ForMap {
        each: "key, service in local.services".into(),
        key: Box::new(Hcl::raw("key")),
        value: Box::new(alarm.into_owned()),
        only: services::only(environment, services, locals),
    };
    let variants: Vec<Variant<'_>> = all.iter().map(|alike| (&alike.services[..], &alike.alarm)).collect();
    if let Some(alarm) = unified(&variants) {
        let services: Vec<&str> = all.iter().flat_map(|alike| alike.services.iter().copied()).collect();
        return each(&services, alarm);
    }
    Hcl::Call("merge", all.into_iter().map(|alike| each(&alike.services, alike.alarm)).collect())
}

/// What the descriptions of all alarms end with, so that it is written once.
pub(super) fn end(environment: &Environment) -> &str {
    let mut all =
        environment.services.iter().flat_map(|service| &service.alarms.on).map(|alarm| &*alarm.description);
    let last = all.clone().next().and_then(|text| Some(&text[text.trim_end_matches('.').rfind(". ")? + 1..]));
    last.filter(|last| all.all(|text| text.ends_with(last))).unwrap_or_default()
}

/// An alarm of a service, as planned and as AWS must hold it: those of step policies come first in the state.
fn alarm<'a, 'f>(
    service: &'a plan::Service,
    state: &'a aws::Service<'f>,
    kind: AlarmKind,
) -> Option<(&'a ServiceAlarm, &'a aws::alarm::MetricAlarm<'f>)> {
    let on = &service.alarms.on;
    let at = on.iter().position(|alarm| alarm.kind == kind)?;
    let own = state.metric_alarms.len() - on.len();
    Some((&on[at], &state.metric_alarms[own + at]))
}

/// The arguments of the resource as an object. Who is told is an input of its own.
fn entry<'h>(
    place: Place<'_>,
    said: &ServiceAlarm,
    service: &plan::Service,
    alarm: &'h Data<'h>,
    end: &str,
) -> Hcl<'h> {
    let phrases = phrases(place, said, service);
    let mut fields = Vec::new();
    for (field, value) in alarm.fields() {
        let name = hcl::argument(field);
        let value = match &**field {
            "AlarmActions" | "OKActions" => continue,
            // All of them, if not said.
            "DatapointsToAlarm" if said.datapoints == said.evaluation_periods => continue,
            "Dimensions" => place.dimensions(value),
            "Metrics" => {
                fields.push((
                    "metric_query".into(),
                    Hcl::List(
                        value.items().iter().map(|query| self::query(place, query, &phrases)).collect(),
                    ),
                ));
                continue;
            }
            "Threshold"
                if said.kind == AlarmKind::AtMax && said.threshold == f64::from(service.max.get()) =>
            {
                place.output("max_capacity").unwrap_or_else(|| place.expression(value))
            }
            "AlarmDescription" | "AlarmName" => {
                let text = super::place::known(value).unwrap_or_default();
                place.known(text.strip_suffix(end).unwrap_or(text), &phrases)
            }
            "Threshold" if said.kind == AlarmKind::CpuAtMax => match above_target(place, said.threshold) {
                Some(output) => Hcl::raw(format!("service.{output}")),
                None => place.expression(value),
            },
            "DatapointsToAlarm" => match usual_changes(said, service) {
                Some(output) => Hcl::raw(format!("service.{output}")),
                None => place.expression(value),
            },
            _ => place.expression(value),
        };
        fields.push((name, value));
    }
    Hcl::Rows(rows(fields))
}

/// Which arguments share a line: what is measured, and when it counts.
const ROWS: [&[&str]; 2] = [
    &[
        "namespace",
        "metric_name",
        "dimensions",
        "statistic",
        "extended_statistic",
        "evaluate_low_sample_count_percentiles",
        "unit",
        "period",
        "stat",
    ],
    &["comparison_operator", "threshold", "evaluation_periods", "datapoints_to_alarm", "treat_missing_data"],
];

fn rows(fields: Vec<Field<'_>>) -> Vec<Vec<Field<'_>>> {
    let row = |name: &str| ROWS.iter().position(|row| row.contains(&name));
    let mut rows: Vec<Vec<Field<'_>>> = Vec::new();
    for (name, value) in fields {
        match rows.last_mut() {
            Some(last) if row(&name).is_some() && row(&last[0].0) == row(&name) => last.push((name, value)),
            _ => rows.push(vec![(name, value)]),
        }
    }
    rows
}

/// A line of metric math: `metric_stat` of the API is `metric` here, and flat.
fn query<'h>(place: Place<'_>, query: &'h Data<'h>, phrases: &[Phrase]) -> Hcl<'h> {
    let mut fields = Vec::new();
    for (field, value) in query.fields() {
        match &**field {
            "MetricStat" => {
                let mut metric = Vec::new();
                let of_metric = value.get("Metric").map(Data::fields).unwrap_or_default();
                let of_stat = value.fields().iter().filter(|(name, _)| name != "Metric");
                for (name, value) in of_metric.iter().chain(of_stat) {
                    let value =
                        if name == "Dimensions" { place.dimensions(value) } else { place.expression(value) };
                    metric.push((hcl::argument(name), value));
                }
                fields.push(("metric".into(), Hcl::Rows(rows(metric))));
            }
            "Expression" => {
                let text = super::place::known(value).unwrap_or_default();
                fields.push((hcl::argument(field), place.known(text, phrases)));
            }
            _ => fields.push((hcl::argument(field), place.expression(value))),
        }
    }
    Hcl::Object(fields)
}

/// A threshold that is the target of the module's CPU policy and a few percent.
fn above_target(place: Place<'_>, threshold: f64) -> Option<String> {
    let (target, output) = place.target(&PolicyId::Cpu)?;
    let above = threshold - target;
    (above > 0.0 && above.fract() == 0.0).then(|| format!("{output} + {above}"))
}

/// How many data points are flapping, where that follows from the limits that the module is told.
fn usual_changes(said: &ServiceAlarm, service: &plan::Service) -> Option<&'static str> {
    let changes = alarms::changes(service.min.get(), service.max.get());
    let (usual, output) = match service.container_insights.value {
        true => (changes, "changes"),
        false => (2 * changes, "changes * 2"),
    };
    (said.kind == AlarmKind::Flapping && said.datapoints == usual).then_some(output)
}

/// The limits of the service, where alarms speak of them.
fn phrases(place: Place<'_>, said: &ServiceAlarm, service: &plan::Service) -> Vec<Phrase> {
    let phrase =
        |before: &str, number: u32, after: &str, output: &str| Phrase::new(before, &number, after, output);
    let (min, max) = (service.min.get(), service.max.get());
    match said.kind {
        AlarmKind::CpuAtMax => {
            let mut phrases = vec![
                phrase("maximum of ", max, " tasks", "max_capacity"),
                phrase(" >= ", max, ", cpu, 0)", "max_capacity"),
            ];
            if let Some(output) = above_target(place, said.threshold) {
                phrases.push(Phrase::new(" is above ", &said.threshold, " %", &output));
            }
            phrases
        }
        AlarmKind::AtMax if said.threshold == f64::from(max) => {
            vec![phrase(" runs ", max, " or more tasks", "max_capacity")]
        }
        AlarmKind::BelowDesired => vec![phrase("minimum of ", min, ", for", "min_capacity")],
        AlarmKind::Flapping => usual_changes(said, service)
            .map(|output| phrase(" changes in ", said.datapoints, " or more of ", output))
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

//! `gen explain` for programs: versioned types, as in [`super::json`].

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::Place;
use super::json::{VERSION, print};
use crate::document::Document;
use crate::explain::{Explained, Overview, Said, Setting};
use crate::plan::behaviour::{Alarms, Line, Reaction};

#[derive(Serialize)]
struct Answer<'e> {
    version: u32,
    environment: &'e str,
    service: &'e str,
    account: &'e str,
    region: &'e str,
    resource_id: Option<&'e str>,
    settings: Vec<SettingOf<'e>>,
    without_effect: Vec<IdleOf<'e>>,
    behaviour: Option<Behaviour<'e>>,
}

#[derive(Serialize)]
struct SettingOf<'e> {
    key: &'e str,
    value: &'e Value,
    unit: Option<&'static str>,
    from: From<'e>,
    overrides: Vec<Overridden<'e>>,
    about: &'e str,
}

#[derive(Serialize)]
struct Overridden<'e> {
    value: &'e Value,
    #[serde(flatten)]
    from: From<'e>,
}

#[derive(Serialize)]
struct From<'e> {
    layer: &'e str,
    key: Option<&'e str>,
    pattern: Option<&'e str>,
    file: Option<&'e str>,
    line: Option<usize>,
    column: Option<usize>,
}

#[derive(Serialize)]
struct IdleOf<'e> {
    key: &'e str,
    value: &'e Value,
    from: From<'e>,
    because: &'e str,
}

#[derive(Serialize)]
struct Behaviour<'e> {
    policies: Vec<PolicyOf<'e>>,
    together: &'e [String],
    removes_from_tasks: Option<u32>,
}

#[derive(Serialize)]
struct PolicyOf<'e> {
    setting: &'e str,
    name: &'e str,
    alarms: Option<AlarmsOf>,
    text: &'e str,
}

#[derive(Serialize)]
struct AlarmsOf {
    period_seconds: u32,
    high: LineOf,
    low: Option<LineOf>,
    measured_seconds_to_decision: u32,
    measured_seconds_to_running: u32,
}

#[derive(Serialize)]
struct LineOf {
    threshold: f64,
    datapoints: u32,
}

#[derive(Serialize)]
struct Services<'e> {
    version: u32,
    services: Vec<ServiceOf<'e>>,
}

#[derive(Serialize)]
struct ServiceOf<'e> {
    environment: &'e str,
    service: &'e str,
    min: u32,
    max: u32,
    policies: Vec<Summary<'e>>,
    cooldown_out_seconds: Option<u32>,
    cooldown_in_seconds: Option<u32>,
}

#[derive(Serialize)]
struct Summary<'e> {
    name: &'e str,
    does: &'e str,
}

/// Prints the settings of a service, and what AWS does with them.
///
/// # Errors
/// If `out` cannot be written to.
pub fn json(document: &Document, explained: &Explained, out: &mut dyn Write) -> io::Result<()> {
    let without_effect = explained.idle.iter().map(|idle| IdleOf {
        key: &idle.key,
        value: &idle.said.value,
        from: from(document, &idle.said),
        because: &idle.why,
    });
    let behaviour = explained.outlook.as_ref().map(|outlook| Behaviour {
        policies: outlook
            .policies
            .iter()
            .map(|policy| PolicyOf {
                setting: &policy.path,
                name: &policy.name,
                alarms: policy.tracking.map(alarms_of),
                text: &policy.text,
            })
            .collect(),
        together: &outlook.together,
        removes_from_tasks: outlook.removes_from,
    });
    let answer = Answer {
        version: VERSION,
        environment: &explained.environment,
        service: &explained.service,
        account: &explained.account,
        region: &explained.region,
        resource_id: explained.resource.as_deref(),
        settings: explained.settings.iter().map(|setting| setting_of(document, setting)).collect(),
        without_effect: without_effect.collect(),
        behaviour,
    };
    print(&answer, out)
}

/// Prints the services of environments.
///
/// # Errors
/// If `out` cannot be written to.
pub fn overview_json(overview: &Overview, out: &mut dyn Write) -> io::Result<()> {
    let services = overview.rows.iter().map(|row| ServiceOf {
        environment: &row.environment,
        service: &row.service,
        min: row.min,
        max: row.max,
        policies: row.policies.iter().map(|(name, does)| Summary { name, does }).collect(),
        cooldown_out_seconds: row.cooldown.map(|(out, _)| out),
        cooldown_in_seconds: row.cooldown.map(|(_, into)| into),
    });
    print(&Services { version: VERSION, services: services.collect() }, out)
}

fn setting_of<'e>(document: &'e Document, setting: &'e Setting) -> SettingOf<'e> {
    let overrides =
        setting.overridden.iter().map(|said| Overridden { value: &said.value, from: from(document, said) });
    SettingOf {
        key: &setting.key,
        value: &setting.by.value,
        unit: setting.unit,
        from: from(document, &setting.by),
        overrides: overrides.collect(),
        about: &setting.about,
    }
}

fn from<'e>(document: &'e Document, said: &'e Said) -> From<'e> {
    let place = said.place.as_ref().map(|location| Place::new(document, location));
    From {
        layer: &said.layer,
        key: said.key.as_deref(),
        pattern: said.pattern.as_deref(),
        file: place.as_ref().map(|place| place.file),
        line: place.as_ref().map(|place| place.line),
        column: place.as_ref().map(|place| place.column),
    }
}

fn alarms_of((alarms, reaction): (Alarms, Reaction)) -> AlarmsOf {
    let line = |Line { threshold, datapoints }| LineOf { threshold, datapoints };
    AlarmsOf {
        period_seconds: alarms.period,
        high: line(alarms.high),
        low: alarms.low.map(line),
        measured_seconds_to_decision: reaction.decided,
        measured_seconds_to_running: reaction.running,
    }
}

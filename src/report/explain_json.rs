//! `gen explain` for programs: versioned documents, as in [`super::json`].

use std::io::{self, Write};

use serde_json::{Value, json};

use super::Position;
use super::json::{VERSION, joined, print};
use crate::document::Document;
use crate::explain::{Explained, LayerValue, PolicyOutlook, Row, Setting};
use crate::plan::behaviour::Line;

/// Prints the settings of a service, and what AWS does with them.
pub fn json(document: &Document, explained: &Explained, out: &mut dyn Write) -> io::Result<()> {
    let without_effect = explained.idle.iter().map(|idle| {
        let from = from(document, &idle.said);
        json!({ "key": idle.key, "value": idle.said.value, "from": from, "because": idle.why })
    });
    let behaviour = explained.outlook.as_ref().map(|outlook| {
        json!({
            "policies": outlook.policies.iter().map(policy).collect::<Vec<_>>(),
            "together": outlook.together,
            "removes_from_tasks": outlook.removes_from,
        })
    });
    let answer = json!({
        "version": VERSION,
        "environment": explained.environment,
        "service": explained.service,
        "account": explained.account,
        "region": explained.region,
        "resource_id": explained.resource,
        "settings": explained.settings.iter().map(|said| setting(document, said)).collect::<Vec<_>>(),
        "without_effect": without_effect.collect::<Vec<_>>(),
        "behaviour": behaviour,
    });
    print(&answer, out)
}

/// Prints the services of environments.
pub fn overview_json(services: &[Row], out: &mut dyn Write) -> io::Result<()> {
    let services = services.iter().map(|row| {
        let policies = row.policies.iter().map(|(name, does)| json!({ "name": name, "does": does }));
        json!({
            "environment": row.environment,
            "service": row.service,
            "min": row.min,
            "max": row.max,
            "policies": policies.collect::<Vec<_>>(),
            "cooldown_out_seconds": row.cooldown.map(|(out, _)| out),
            "cooldown_in_seconds": row.cooldown.map(|(_, into)| into),
        })
    });
    print(&json!({ "version": VERSION, "services": services.collect::<Vec<_>>() }), out)
}

fn setting(document: &Document, setting: &Setting) -> Value {
    let overrides = setting.overridden.iter();
    let overrides = overrides.map(|said| joined([json!({ "value": said.value }), from(document, said)]));
    json!({
        "key": setting.key,
        "value": setting.by.value,
        "unit": setting.unit,
        "from": from(document, &setting.by),
        "overrides": overrides.collect::<Vec<_>>(),
        "about": setting.about,
    })
}

fn from(document: &Document, said: &LayerValue) -> Value {
    let place = said.place.as_ref().map(|location| Position::new(document, location));
    json!({
        "layer": said.layer,
        "key": said.key,
        "pattern": said.pattern,
        "file": place.as_ref().map(|place| place.file),
        "line": place.as_ref().map(|place| place.line),
        "column": place.as_ref().map(|place| place.column),
    })
}

fn policy(policy: &PolicyOutlook) -> Value {
    let line = |line: Line| json!({ "threshold": line.threshold, "datapoints": line.datapoints });
    let alarms = policy.tracking.map(|(alarms, reaction)| {
        json!({
            "period_seconds": alarms.period,
            "high": line(alarms.high),
            "low": alarms.low.map(line),
            "measured_seconds_to_decision": reaction.decided,
            "measured_seconds_to_running": reaction.running,
        })
    });
    json!({ "setting": policy.path, "name": policy.name, "alarms": alarms, "text": policy.text })
}

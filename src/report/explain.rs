//! `gen explain` for people.

use std::io::{self, Write};

use serde_json::Value;

use super::explain_json;
use super::table::{paragraph, table};
use super::{Position, plain};
use crate::diagnostic::Label;
use crate::document::Document;
use crate::explain::{Explained, LayerValue, Row, Setting};

pub use explain_json::{json, overview_json};

/// Values longer than this are cut in tables, in characters; `--why` shows them whole.
const LONGEST_CELL: usize = 44;

/// For whom text is printed.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    /// Whether it may be coloured.
    pub color: bool,
    /// The columns of the terminal, if it is one.
    pub width: Option<usize>,
    /// Whether hints are unwelcome.
    pub quiet: bool,
}

impl Reader {
    fn title(self, text: &str) -> String {
        if self.color { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// Prints all settings of a service, and what AWS does with them.
pub fn service(
    document: &Document,
    explained: &Explained,
    reader: Reader,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}\n", paragraph(&heading(explained), "", reader.width).trim_end())?;
    let rows: Vec<_> = explained.settings.iter().map(|setting| row(document, setting)).collect();
    let header = ["setting", "value", "from", "stronger than"];
    write!(out, "{}", table(&header, &rows, reader.width))?;
    if !explained.idle.is_empty() {
        writeln!(out, "\n{}", reader.title("Said, but without effect"))?;
        let rows = explained.idle.iter().map(|idle| {
            vec![
                idle.key.clone(),
                cut(&shown(&idle.said.value)),
                source(document, &idle.said),
                idle.why.clone(),
            ]
        });
        let rows: Vec<_> = rows.collect();
        write!(out, "{}", table(&["setting", "value", "from", "because"], &rows, reader.width))?;
    }
    if let Some(outlook) = &explained.outlook {
        writeln!(out, "\n{}", reader.title("What AWS does with it"))?;
        for policy in &outlook.policies {
            let text = format!("{} ({}): {}", policy.path, policy.name, policy.text);
            write!(out, "{}", paragraph(&text, "", reader.width))?;
        }
        writeln!(out, "\n{}", paragraph(&outlook.together.join(" "), "", reader.width).trim_end())?;
    }
    if !reader.quiet {
        let subject = format!("{}/{}", explained.environment, explained.service);
        writeln!(out, "\nMore about one of them: gen explain {subject} --why SETTING")?;
    }
    Ok(())
}

/// Prints the settings that were asked for in depth, and what the format says of the key.
pub fn why(
    document: &Document,
    explained: &Explained,
    (key, about): (&str, &str),
    reader: Reader,
    out: &mut dyn Write,
) -> io::Result<()> {
    let subject = format!("{}/{}", explained.environment, explained.service);
    for (index, setting) in explained.settings.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        in_depth(document, explained, setting, reader, out)?;
        // Once for all settings of a policy.
        let next = explained.settings.get(index + 1).and_then(Setting::policy);
        if let Some(path) = setting.policy().filter(|path| next != Some(path)) {
            let policies = explained.outlook.iter().flat_map(|outlook| &outlook.policies);
            for policy in policies.filter(|policy| policy.path == path) {
                write!(out, "\n{}", paragraph(&policy.text, "", reader.width))?;
            }
        }
    }
    for idle in &explained.idle {
        writeln!(out)?;
        let title = format!("{} is said for {subject} without effect: {}", idle.key, idle.why);
        if let Some(label) = label(&idle.said, "") {
            writeln!(out, "{}", plain::excerpt(document, &title, &label, &[], reader.color))?;
        }
    }
    if explained.settings.is_empty() {
        let nobody = format!("Nothing says {key} of {subject}, and nothing is built in.");
        let text = if explained.idle.is_empty() { nobody } else { String::new() };
        write!(out, "{}", paragraph(format!("{text} {about}").trim(), "", reader.width))?;
    }
    Ok(())
}

fn in_depth(
    document: &Document,
    explained: &Explained,
    setting: &Setting,
    reader: Reader,
    out: &mut dyn Write,
) -> io::Result<()> {
    let subject = format!("{}/{}", explained.environment, explained.service);
    let title = format!("{} of {subject} is {}", setting.key, measured(&setting.by.value, setting.unit));
    let overridden: Vec<Label> =
        setting.overridden.iter().filter_map(|said| label(said, "overridden: ")).collect();
    match label(&setting.by, "") {
        Some(primary) => {
            writeln!(out, "{}", plain::excerpt(document, &title, &primary, &overridden, reader.color))?;
        }
        None => writeln!(out, "{}", reader.title(&title))?,
    }
    writeln!(out)?;
    let everybody = std::iter::once(&setting.by).chain(&setting.overridden);
    let rows = everybody.enumerate().map(|(rank, said)| {
        let counts = if rank == 0 { "counts" } else { "overridden" };
        let value = measured(&said.value, setting.unit);
        vec![speaker(said), value, place(document, said), counts.to_owned()]
    });
    let rows: Vec<_> = rows.collect();
    write!(out, "{}", table(&["said by, strongest first", "value", "where", ""], &rows, reader.width))?;
    if setting.about.is_empty() {
        return Ok(());
    }
    write!(out, "\n{}", paragraph(&setting.about, "", reader.width))
}

/// Prints the services of environments with their key numbers.
pub fn overview(services: &[Row], reader: Reader, out: &mut dyn Write) -> io::Result<()> {
    let rows = services.iter().map(|row| {
        let policies = row.policies.iter().map(|(name, what)| format!("{name} {what}"));
        let cooldown = row.cooldown.map(|(out, into)| format!("{out}/{into} s"));
        vec![
            format!("{}/{}", row.environment, row.service),
            format!("{}–{}", row.min, row.max),
            policies.collect::<Vec<_>>().join(", "),
            cooldown.unwrap_or_default(),
        ]
    });
    let rows: Vec<_> = rows.collect();
    write!(out, "{}", table(&["service", "tasks", "scales on", "cooldown out/in"], &rows, reader.width))?;
    if !reader.quiet && !rows.is_empty() {
        writeln!(out, "\nMore about one of them: gen explain {}", rows[0][0])?;
    }
    Ok(())
}

fn heading(explained: &Explained) -> String {
    let Explained { environment, service, account, region, resource, .. } = explained;
    let what = match resource {
        Some(resource) => format!("{resource} in account {account}, {region}"),
        None => format!("not scaled in account {account}, {region}"),
    };
    format!("{environment}/{service}: {what}")
}

fn row(document: &Document, setting: &Setting) -> Vec<String> {
    // That a value is the built-in one as well is nothing to know.
    let known = |said: &&LayerValue| said.place.is_some() || said.value != setting.by.value;
    let overridden = setting.overridden.iter().filter(known);
    let overridden =
        overridden.map(|said| format!("{} {}", cut(&shown(&said.value)), source(document, said)));
    vec![
        setting.key.clone(),
        cut(&measured(&setting.by.value, setting.unit)),
        source(document, &setting.by),
        overridden.collect::<Vec<_>>().join("; "),
    ]
}

/// Where a value stands, and who says it there.
fn source(document: &Document, said: &LayerValue) -> String {
    let speaker = if said.pattern.is_some() { said.layer.clone() } else { speaker(said) };
    match place(document, said) {
        at if at.is_empty() => speaker,
        at => format!("{at} {speaker}"),
    }
}

/// Who says it, and at which key, if it is another one.
fn speaker(said: &LayerValue) -> String {
    match (&said.key, &said.pattern) {
        (Some(key), _) => format!("{}: {key}", said.layer),
        (None, Some(pattern)) => format!("{} {pattern}", said.layer),
        (None, None) => said.layer.clone(),
    }
}

fn place(document: &Document, said: &LayerValue) -> String {
    let place = said.place.as_ref().map(|location| Position::new(document, location));
    place.map(|place| format!("{}:{}", place.file, place.line)).unwrap_or_default()
}

fn label(said: &LayerValue, before: &str) -> Option<Label> {
    let location = said.place.clone()?;
    Some(Label { location, message: format!("{before}{}", speaker(said)) })
}

/// A value as the spec could have it.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_f64() => number.as_f64().unwrap_or_default().to_string(),
        other => other.to_string(),
    }
}

fn measured(value: &Value, unit: Option<&str>) -> String {
    let plural = unit.map(|unit| if *value == 1 { unit.trim_end_matches('s') } else { unit });
    match plural.filter(|unit| !unit.is_empty()).or(unit) {
        Some(unit) => format!("{} {unit}", shown(value)),
        None => shown(value),
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST_CELL {
        return text.to_owned();
    }
    let start: String = text.chars().take(LONGEST_CELL - 1).collect();
    format!("{start}…")
}

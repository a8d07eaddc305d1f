//! Waves of the rollout, as rows of the runbook and as a Gantt chart.

use serde::Serialize;

use crate::plan::stage::Stage;
use crate::plan::{self, Environment, Fleet};
use crate::words::{counted, duration, listed};

/// A chart shows at most so many waves, a line so many names; the rest is counted.
const MOST_WAVES: usize = 20;
const MOST_NAMES: usize = 3;
/// The day on which charts begin: a Monday and the first day of a year, so that the day of the year is the day of the
/// rollout.
const FIRST_DAY: &str = "2001-01-01";

/// Environments that get a change together.
#[derive(Debug, Serialize)]
pub(super) struct Wave<'f> {
    title: String,
    anchor: String,
    /// `staging`, `prod-eu and prod-us`
    names: String,
    /// How long it is watched.
    soak: Option<String>,
    /// What people confirm after it.
    gates: Vec<&'f str>,
    gate_count: usize,
    pub(super) environments: Vec<&'f str>,
}

/// The chart.
#[derive(Debug, Serialize)]
pub(super) struct Chart {
    waves: Vec<WaveBar>,
    /// What the chart leaves out: `4 more waves`.
    more: Option<String>,
    axis: &'static str,
    tick: &'static str,
    total: String,
    first_day: &'static str,
}

#[derive(Debug, Serialize)]
struct WaveBar {
    number: usize,
    id: String,
    /// The bar that it begins after.
    after: Option<String>,
    /// `staging`, `prod-eu, prod-us and 4 more`
    names: String,
    /// As charts take it: `48h`; none is a milestone.
    length: Option<String>,
}

/// The waves in their order, then the environments that none names: those before production first.
pub(super) fn waves(fleet: &Fleet) -> Vec<Wave<'_>> {
    let mut waves: Vec<Wave<'_>> =
        (1..).zip(&fleet.waves).map(|(number, wave)| Wave::new(number, wave)).collect();
    let is_left = |environment: &&Environment| wave_of(fleet, &environment.name).is_none();
    let mut left: Vec<&Environment> = fleet.environments.iter().filter(is_left).collect();
    left.sort_by_key(|environment| match Stage::of(&environment.name) {
        Stage::Before => 0,
        Stage::Unknown => 1,
        Stage::Production => 2,
    });
    if !left.is_empty() {
        let title = if waves.is_empty() { "All environments" } else { "Without a wave" };
        let names = left.iter().map(|environment| &*environment.name as &str).collect();
        waves.push(Wave::of(title, names));
    }
    waves
}

/// The wave that an environment is in, and its number.
pub(super) fn wave_of<'f>(fleet: &'f Fleet, environment: &str) -> Option<(usize, &'f plan::Wave)> {
    (1..).zip(&fleet.waves).find(|(_, wave)| wave.environments.iter().any(|name| **name == *environment))
}

impl<'f> Wave<'f> {
    fn new(number: usize, wave: &'f plan::Wave) -> Self {
        Self {
            soak: wave.soak.filter(|soak| soak.get() > 0).map(|soak| duration(soak.get())),
            gates: wave.gates.iter().map(String::as_str).collect(),
            gate_count: wave.gates.len(),
            ..Self::of(&format!("Wave {number}"), wave.environments.iter().map(|name| &**name).collect())
        }
    }

    fn of(title: &str, environments: Vec<&'f str>) -> Self {
        Self {
            title: title.to_owned(),
            anchor: title.to_lowercase().replace(' ', "-"),
            names: listed(&environments, environments.len()),
            soak: None,
            gates: Vec::new(),
            gate_count: 0,
            environments,
        }
    }
}

impl Chart {
    pub(super) fn new(waves: &[plan::Wave]) -> Self {
        let shown = if waves.len() > MOST_WAVES { MOST_WAVES - 1 } else { waves.len() };
        let soak = |wave: &plan::Wave| wave.soak.map_or(0, |soak| soak.get());
        let total: u64 = waves.iter().map(|wave| u64::from(soak(wave))).sum();
        let (hours, days) = (total / 3_600, total / 86_400);
        let bar = |(number, wave): (usize, &plan::Wave)| WaveBar {
            number,
            id: format!("w{number}"),
            after: (number > 1).then(|| format!("after w{}", number - 1)),
            names: names(wave),
            length: wave.soak.map(|soak| chart_length(soak.get())).filter(|length| length != "0s"),
        };
        Self {
            waves: (1..).zip(&waves[..shown]).map(bar).collect(),
            more: (shown < waves.len()).then(|| counted(waves.len() - shown, "more wave")),
            axis: if days < 3 { "day %-j %H:%M" } else { "day %-j" },
            tick: match (hours, days) {
                (0..3, _) => "15minute",
                (3..12, _) => "1hour",
                (_, 0..3) => "12hour",
                (_, 3..15) => "1day",
                (_, 15..100) => "1week",
                _ => "1month",
            },
            total: duration(total),
            first_day: FIRST_DAY,
        }
    }
}

/// A length of time in the words of Mermaid.
fn chart_length(seconds: u32) -> String {
    match seconds {
        s if s.is_multiple_of(3_600) => format!("{}h", s / 3_600),
        s if s.is_multiple_of(60) => format!("{}m", s / 60),
        s => format!("{s}s"),
    }
}

fn names(wave: &plan::Wave) -> String {
    let shown: Vec<&str> = wave.environments.iter().take(MOST_NAMES).map(|name| &**name).collect();
    let rest = wave.environments.len() - shown.len();
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

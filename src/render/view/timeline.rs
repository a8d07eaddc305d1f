//! The rollout in time, as a chart.

use serde::Serialize;

use super::docs::count;
use super::words::duration;
use crate::plan::{Environment, Fleet, Wave};

/// A chart shows at most so many waves, a line so many names; the rest is counted.
const MOST_WAVES: usize = 20;
const MOST_NAMES: usize = 3;
/// The day on which charts begin: a Monday and the first day of a year, so that the day of the year is the day of the
/// rollout.
const FIRST_DAY: &str = "2001-01-01";

#[derive(Debug, Serialize)]
pub(super) struct RolloutChart {
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
    watched: String,
    gates: usize,
}

pub(super) fn wave_of<'f>(fleet: &'f Fleet, environment: &Environment) -> Option<(usize, &'f Wave)> {
    (1..).zip(&fleet.waves).find(|(_, wave)| wave.environments.contains(&environment.name))
}

pub(super) fn watched(wave: &Wave) -> String {
    wave.soak.map_or("not watched".to_owned(), |soak| format!("watched for {}", duration(soak.get())))
}

impl RolloutChart {
    pub(super) fn new(waves: &[Wave]) -> Self {
        let shown = if waves.len() > MOST_WAVES { MOST_WAVES - 1 } else { waves.len() };
        let soak = |wave: &Wave| wave.soak.map_or(0, |soak| soak.get());
        let total: u64 = waves.iter().map(|wave| u64::from(soak(wave))).sum();
        let (hours, days) = (total / 3_600, total / 86_400);
        let bar = |(number, wave): (usize, &Wave)| WaveBar {
            number,
            id: format!("w{number}"),
            after: (number > 1).then(|| format!("after w{}", number - 1)),
            names: names(wave),
            length: wave.soak.map(|soak| chart_length(soak.get())).filter(|length| length != "0s"),
            watched: watched(wave),
            gates: wave.gates.len(),
        };
        Self {
            waves: (1..).zip(&waves[..shown]).map(bar).collect(),
            more: (shown < waves.len()).then(|| count(waves.len() - shown, "more wave")),
            axis: if days < 3 { "day %-j %H:%M" } else { "day %-j" },
            tick: match (hours, days) {
                (0..3, _) => "15minute",
                (3..12, _) => "1hour",
                (_, 0..3) => "12hour",
                (_, 3..15) => "1day",
                (_, 15..100) => "1week",
                _ => "1month",
            },
            total: duration(u32::try_from(total).unwrap_or(u32::MAX)),
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

fn names(wave: &Wave) -> String {
    let shown: Vec<&str> = wave.environments.iter().take(MOST_NAMES).map(|name| &**name).collect();
    let rest = wave.environments.len() - shown.len();
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

//! Counts, numbers and durations as text: one way to write each, for documents and for messages.

use std::fmt::Display;

use serde::Serialize;

/// A word of the format of specs, as the spec writes it.
pub fn word(word: &impl Serialize) -> String {
    let value = serde_json::to_value(word).unwrap_or_default();
    value.as_str().map(str::to_owned).unwrap_or_default()
}

/// A count with its noun in the right number: `1 task`, `2 tasks`, `3 policies`.
pub fn counted<N: Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    if count == N::from(1) { format!("{count} {noun}") } else { format!("{count} {}", plural(noun)) }
}

/// The plural of a noun: `tasks`, `policies`, `days`.
pub fn plural(noun: &str) -> String {
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{noun}s"),
    }
}

/// A number with so many decimals at most: neither the noise of binary fractions nor zeros at the end. `70`, `46.7`
pub fn number(value: f64, decimals: i32) -> String {
    let unit = 10_f64.powi(decimals);
    format!("{}", (value * unit).round() / unit)
}

/// A number with one decimal at most, or three where it is small.
pub fn figure(value: f64) -> String {
    number(value, if value.abs() < 10.0 { 3 } else { 1 })
}

/// A number with three significant digits, for examples: 166.666 is 167.
pub fn rounded(value: f64) -> f64 {
    let decimals = 2 - value.abs().max(1e-9).log10().floor() as i32;
    let unit = 10_f64.powi(decimals);
    (value * unit).round() / unit
}

/// A duration in the largest unit that divides it: `60 s`, `15 minutes`, `48 hours`, `3 days`.
pub fn duration(seconds: impl Into<u64>) -> String {
    match seconds.into() {
        days @ 172_801.. if days.is_multiple_of(86_400) => counted(days / 86_400, "day"),
        hours @ 3_600.. if hours.is_multiple_of(3_600) => counted(hours / 3_600, "hour"),
        minutes @ 120.. if minutes.is_multiple_of(60) => counted(minutes / 60, "minute"),
        seconds => format!("{seconds} s"),
    }
}

/// A range; one value where both ends are equal: `2 to 10`, `2`.
pub fn range(least: impl ToString, most: impl ToString) -> String {
    let (least, most) = (least.to_string(), most.to_string());
    if least == most { least } else { format!("{least} to {most}") }
}

/// Names in a sentence, so many at most: `a`, `a and b`, `a, b and 3 more`.
pub fn listed(names: &[impl AsRef<str>], most: usize) -> String {
    let shown = if names.len() > most { most - 1 } else { names.len().saturating_sub(1) };
    let last = match names.len() - shown {
        0 => return "none".to_owned(),
        1 => names[shown].as_ref().to_owned(),
        more => format!("{more} more"),
    };
    let before: Vec<&str> = names[..shown].iter().map(AsRef::as_ref).collect();
    if shown == 0 { last } else { format!("{} and {last}", before.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        assert_eq!([counted(1_u32, "task"), counted(0_usize, "task")], ["1 task", "0 tasks"]);
        assert_eq!([counted(2_u64, "policy"), counted(2_u64, "day")], ["2 policies", "2 days"]);
    }

    #[test]
    fn numbers_and_durations() {
        for (seconds, text) in [
            (0_u32, "0 s"),
            (60, "60 s"),
            (90, "90 s"),
            (300, "5 minutes"),
            (3_600, "1 hour"),
            (172_800, "48 hours"),
            (259_200, "3 days"),
        ] {
            assert_eq!(duration(seconds), text);
        }
        assert_eq!([number(46.666, 1), number(70.0, 1), number(0.05, 2)], ["46.7", "70", "0.05"]);
        assert_eq!([166.666, 23.333, 0.012_345].map(rounded), [167.0, 23.3, 0.012_3]);
    }

    #[test]
    fn ranges_and_lists() {
        assert_eq!([range(2, 10), range(2, 2)], ["2 to 10", "2"]);
        assert_eq!(
            [listed(&[""; 0], 4), listed(&["a"], 4), listed(&["a", "b"], 4)],
            ["none", "a", "a and b"]
        );
        assert_eq!(listed(&["a", "b", "c", "d"], 4), "a, b, c and d");
        assert_eq!(listed(&["a", "b", "c", "d", "e"], 4), "a, b, c and 2 more");
    }
}

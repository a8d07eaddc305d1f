//! Numbers and lengths of time as documents say them: plain words, ready for `plain`.

/// A number without the noise of binary fractions, and without zeros behind the point: `70`, `46.7`.
pub(super) fn number(value: f64, digits: i32) -> String {
    let unit = 10_f64.powi(digits);
    format!("{}", (value * unit).round() / unit)
}

/// A value of an example: three digits are enough.
pub(super) fn rounded(value: f64) -> f64 {
    let digits = 2 - value.abs().max(1e-9).log10().floor() as i32;
    let unit = 10_f64.powi(digits);
    (value * unit).round() / unit
}

/// Seconds in the largest unit that divides them: `60 s`, `15 minutes`, `48 hours`, `3 days`.
pub(super) fn duration(seconds: u32) -> String {
    match seconds {
        172_801.. if seconds.is_multiple_of(86_400) => counted(seconds / 86_400, "day"),
        3_600.. if seconds.is_multiple_of(3_600) => counted(seconds / 3_600, "hour"),
        120.. if seconds.is_multiple_of(60) => counted(seconds / 60, "minute"),
        _ => format!("{seconds} s"),
    }
}

/// `1 task`, `2 tasks`.
pub(super) fn counted(count: u32, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// `2`, or `2 to 10`.
pub(super) fn range(least: impl ToString, most: impl ToString) -> String {
    let (least, most) = (least.to_string(), most.to_string());
    if least == most { least } else { format!("{least} to {most}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        for (seconds, text) in [
            (0, "0 s"),
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
        assert_eq!([range(2, 10), range(2, 2)], ["2 to 10", "2"]);
    }
}

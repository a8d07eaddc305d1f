//! Schedules, time zones and names of scheduled actions (Application Auto Scaling API reference, PutScheduledAction).

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, RangeInclusive};

use jiff::tz::TimeZoneDatabase;

use super::{Invalid, fine, invalid, printable};
use crate::diagnostic::{Code, hint};

text_unit! {
    /// A scheduled action's name: 1 to 255 characters without `:`, `/`, `|`, control characters and outer blanks.
    ActionName
}

impl ActionName {
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let allowed = |c| printable(c) && !matches!(c, ':' | '/' | '|');
        let is =
            (1..=255).contains(&text.chars().count()) && text.trim() == text && text.chars().all(allowed);
        let help = "names of scheduled actions have 1 to 255 printable characters without `:`, `/` and `|`";
        fine(is, text, Code::ActionName, "cannot be the name of a scheduled action", help)
            .map(|text| Self(text.into()))
    }
}

text_unit! {
    /// `cron(…)`, `rate(…)` or `at(…)`.
    Schedule
}

impl Schedule {
    /// Checks a schedule, every field of it.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let (kind, inner) =
            text.strip_suffix(')').and_then(|text| text.split_once('(')).unwrap_or(("", text));
        let problem = match kind {
            "cron" => cron(inner),
            "rate" => rate(inner),
            "at" => at(inner),
            _ => Some("is none of `cron(…)`, `rate(…)` and `at(…)`".to_owned()),
        };
        let Some(problem) = problem else { return Ok(Self(text.to_owned().into())) };
        let help = "write `cron(minute hour day month weekday year)`, such as `cron(0 7 ? * MON-FRI *)`, `rate(1 days)` or `at(2027-01-01T06:00:00)`";
        invalid(Code::ScheduleExpression, format!("the schedule {text:?} {problem}"), help)
    }
}

fn rate(inner: &str) -> Option<String> {
    let (number, unit) = inner.split_once(' ').unwrap_or((inner, ""));
    let fine = number.parse::<u32>().is_ok_and(|n| n > 0)
        && matches!(unit, "minute" | "minutes" | "hour" | "hours" | "day" | "days");
    (!fine).then(|| "is not a number above 0 and `minutes`, `hours` or `days`".to_owned())
}

fn at(inner: &str) -> Option<String> {
    let shape = inner.len() == 19 && inner.as_bytes()[10] == b'T';
    (!shape || inner.parse::<jiff::civil::DateTime>().is_err())
        .then(|| "is not a date and time of the form yyyy-mm-ddThh:mm:ss".to_owned())
}

struct Field {
    name: &'static str,
    range: RangeInclusive<u32>,
    words: &'static [&'static str],
    special: &'static [char],
}

const MONTHS: &[&str] = &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const FIELDS: [Field; 6] = [
    Field { name: "minute", range: 0..=59, words: &[], special: &[] },
    Field { name: "hour", range: 0..=23, words: &[], special: &[] },
    Field { name: "day of month", range: 1..=31, words: &[], special: &['?', 'L', 'W'] },
    Field { name: "month", range: 1..=12, words: MONTHS, special: &[] },
    Field { name: "day of week", range: 1..=7, words: WEEKDAYS, special: &['?', 'L', '#'] },
    Field { name: "year", range: 1970..=2199, words: &[], special: &[] },
];

fn cron(inner: &str) -> Option<String> {
    let fields: Vec<&str> = inner.split(' ').collect();
    if fields.len() != FIELDS.len() {
        return Some(format!("has {} fields instead of six", fields.len()));
    }
    let wrong = FIELDS.iter().zip(&fields).find(|(field, text)| !field.accepts(text));
    if let Some((field, text)) = wrong {
        return Some(format!("has {text:?} for its {}", field.name));
    }
    ((fields[2] == "?") == (fields[4] == "?"))
        .then(|| "must have `?` for the day of month or the day of week, and not for both".to_owned())
}

impl Field {
    fn accepts(&self, text: &str) -> bool {
        if text == "?" || text == "L" || text == "LW" {
            return text.chars().all(|c| self.special.contains(&c));
        }
        text.split(',').all(|item| self.item(item))
    }

    fn item(&self, item: &str) -> bool {
        let (range, step) = item.split_once('/').map_or((item, None), |(range, step)| (range, Some(step)));
        if step.is_some_and(|step| !step.parse::<u32>().is_ok_and(|n| n > 0)) {
            return false;
        }
        match range.split_once('-') {
            Some((from, to)) => self.value(from).zip(self.value(to)).is_some_and(|(from, to)| from <= to),
            None => range == "*" || self.value(range).is_some() || (step.is_none() && self.marked(range)),
        }
    }

    /// `15W`, `6L` and `3#2`.
    fn marked(&self, text: &str) -> bool {
        let has = |mark: char| self.special.contains(&mark);
        let day = |text: &str| self.value(text).is_some();
        let suffixed = |mark: char| has(mark) && text.strip_suffix(mark).is_some_and(day);
        suffixed('W')
            || suffixed('L')
            || (has('#')
                && text
                    .split_once('#')
                    .is_some_and(|(of, nth)| day(of) && matches!(nth, "1" | "2" | "3" | "4" | "5")))
    }

    fn value(&self, text: &str) -> Option<u32> {
        if let Some(at) = self.words.iter().position(|word| word.eq_ignore_ascii_case(text)) {
            return Some(at as u32 + self.range.start());
        }
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|number| digits && self.range.contains(number))
    }
}

text_unit! {
    /// A canonical time zone name of IANA.
    TimeZone
}

impl TimeZone {
    /// Checks a name against the time zone database that this program carries.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let database = TimeZoneDatabase::bundled();
        let known: Vec<String> = database.available().map(|name| name.to_string()).collect();
        if known.iter().any(|name| name == text) {
            return Ok(Self(text.to_owned().into()));
        }
        let help = hint(
            text,
            known.iter().map(String::as_str),
            "write an IANA name, such as `Europe/Berlin` or `UTC`",
        );
        invalid(Code::TimeZone, format!("there is no time zone {text:?}"), help)
    }
}

text_unit! {
    /// A moment, in UTC: `yyyy-mm-ddThh:mm:ssZ`. Equal texts are equal moments, and texts sort as the moments do.
    Timestamp
}

impl Timestamp {
    /// Reads a moment with its offset, as RFC 3339 writes it.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let plain = |moment: jiff::Timestamp| moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        match text.parse::<jiff::Timestamp>() {
            Ok(moment) if moment.subsec_nanosecond() == 0 => Ok(Self(plain(moment).into())),
            _ => {
                let help = "write date, time to the second, and offset: `2027-01-01T00:00:00Z`";
                invalid(Code::Timestamp, format!("{text:?} is not a moment"), help)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules() {
        for good in [
            "cron(0 7 ? * MON-FRI *)",
            "cron(*/15 8-18 1,15 JAN-mar ? 2027-2029)",
            "cron(0 0 L * ? *)",
            "cron(0 0 15W * ? *)",
            "cron(0 0 ? * 6L *)",
            "cron(0 0 ? * 3#2 *)",
            "rate(1 minute)",
            "rate(12 hours)",
            "at(2027-01-01T06:00:00)",
        ] {
            assert!(Schedule::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "0 7 * * *",
            "cron(0 7 * * *)",
            "cron(0 7 * * * *)",
            "cron(0 7 ? * ? *)",
            "cron(60 7 ? * MON *)",
            "cron(0 24 ? * MON *)",
            "cron(0 7 ? 13 MON *)",
            "cron(0 7 ? * FRI-MON *)",
            "cron(0/0 7 ? * MON *)",
            "cron(? 7 ? * MON *)",
            "cron(+1 7 ? * MON *)",
            "rate(0 minutes)",
            "rate(5)",
            "rate(5 weeks)",
            "at(2027-02-30T00:00:00)",
            "at(2027-01-01)",
            "at(2027-01-01T06:00:00Z)",
        ] {
            assert_eq!(Schedule::parse(bad).unwrap_err().code, Code::ScheduleExpression, "{bad}");
        }
    }

    #[test]
    fn moments_and_zones() {
        assert_eq!(&*Timestamp::parse("2027-01-01T02:00:00+02:00").unwrap(), "2027-01-01T00:00:00Z");
        for bad in ["2027-01-01", "2027-01-01T00:00:00", "tomorrow", "2027-01-01T00:00:00.5Z"] {
            assert!(Timestamp::parse(bad).is_err(), "{bad}");
        }
        assert!(TimeZone::parse("Europe/Berlin").is_ok() && TimeZone::parse("UTC").is_ok());
        assert_eq!(TimeZone::parse("Europe/Berln").unwrap_err().help, "did you mean `Europe/Berlin`?");
    }
}

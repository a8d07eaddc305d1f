//! Names and ARNs of SNS topics, EventBridge rules and dashboards; response times and shares.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use super::{Invalid, Region, fine, invalid, is_word, measured};
use crate::diagnostic::Code;

text_unit! {
    /// Name of an SNS topic: 1 to 256 of `A-Za-z0-9_-` (SNS API reference, CreateTopic). FIFO topics take no alarms.
    TopicName
}

impl TopicName {
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let help = "a topic's name has 1 to 256 letters, digits, `_` and `-`";
        fine(is_word(text, 256), text, Code::TopicShape, "cannot be the name of an SNS topic", help)
            .map(|text| Self(text.into()))
    }
}

text_unit! {
    /// ARN of an SNS topic: `arn:<partition>:sns:<region>:<account>:<name>`. An alarm and its topic lie in one region
    /// (CloudWatch user guide, Notifying users on alarm changes).
    TopicArn
}

impl TopicArn {
    /// Checks the ARN of a topic for the alarms of a region.
    pub fn parse(text: &str, region: &Region) -> Result<Self, Invalid> {
        let help = format!(
            "write `arn:{}:sns:{region}:ACCOUNT:NAME`, a topic of the environment's region",
            region.partition()
        );
        let parts: Vec<&str> = text.split(':').collect();
        let [arn, partition, sns, place, account, name] = parts[..] else {
            return invalid(Code::TopicShape, format!("{text:?} is not the ARN of an SNS topic"), help);
        };
        let account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        if arn != "arn" || sns != "sns" || !account || TopicName::parse(name).is_err() {
            return invalid(Code::TopicShape, format!("{text:?} is not the ARN of an SNS topic"), help);
        }
        if partition != region.partition() || place != &**region {
            let message = format!("alarms of {region} cannot notify a topic of {place} ({partition})");
            return invalid(Code::TopicShape, message, help);
        }
        Ok(Self(text.to_owned().into()))
    }
}

text_unit! {
    /// Beginning of the names of EventBridge rules: a rule's name has 1 to 64 of `.-_A-Za-z0-9` (EventBridge API
    /// reference, PutRule), and the longest ending is `-impaired-tasks`.
    RulePrefix
}

impl RulePrefix {
    const LONGEST: usize = 64 - "-impaired-tasks".len();

    /// Checks a beginning.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        let is = text.bytes().all(plain) && (1..=Self::LONGEST).contains(&text.len());
        let help = format_args!(
            "1 to {} letters, digits, `.`, `_` and `-`, because what a rule is about follows; set `names.event_rule`",
            Self::LONGEST
        );
        let cannot = "cannot begin the name of an EventBridge rule";
        fine(is, text, Code::EventRuleName, cannot, help).map(|text| Self(text.into()))
    }
}

text_unit! {
    /// Name of a dashboard: at most 255 of `A-Za-z0-9_-` (CloudWatch API reference, PutDashboard). Room is left for the
    /// `-2` of further ones.
    DashboardName
}

impl DashboardName {
    const LONGEST: usize = 250;

    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let help = format_args!("a dashboard's name has 1 to {} letters, digits, `_` and `-`", Self::LONGEST);
        let is = is_word(text, Self::LONGEST);
        fine(is, text, Code::DashboardName, "cannot be the name of a dashboard", help)
            .map(|text| Self(text.into()))
    }
}

/// A response time in milliseconds, above 0 and at most an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Milliseconds(u32);

impl Milliseconds {
    const HOUR: u32 = 3_600_000;

    /// Reads `500ms`, `2s` or `1m`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let value = measured(text, &[("ms", 1), ("s", 1_000), ("m", 60_000)]);
        let help = "write `500ms` or `2s`, above 0 and at most an hour";
        let refused = || Invalid::new(Code::Duration, format!("{text:?} is not a response time"), help);
        value.filter(|value| (1..=Self::HOUR).contains(value)).map(Self).ok_or_else(refused)
    }

    pub fn get(self) -> u32 {
        self.0
    }
}

/// A share in per cent, above 0.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, serde::Serialize)]
pub struct Percent(f64);

impl Percent {
    /// Checks a share of at most `most`.
    pub fn parse(value: f64, most: f64) -> Result<Self, Invalid> {
        if value > 0.0 && value <= most {
            return Ok(Self(value));
        }
        let message = format!("{value} per cent cannot be expected");
        invalid(Code::Expectation, message, format!("write a number above 0, at most {most}"))
    }

    /// The number, in per cent.
    pub fn get(self) -> f64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics() {
        let region = Region::parse("eu-west-1").unwrap();
        let arn = |text| TopicArn::parse(text, &region).map(|arn| arn.to_string());
        assert!(arn("arn:aws:sns:eu-west-1:111111111111:on-call").is_ok());
        for bad in [
            "on-call",
            "arn:aws:sns:us-east-1:111111111111:on-call",
            "arn:aws-cn:sns:eu-west-1:111111111111:on-call",
            "arn:aws:sqs:eu-west-1:111111111111:on-call",
            "arn:aws:sns:eu-west-1:1:on-call",
            "arn:aws:sns:eu-west-1:111111111111:a.fifo",
            "arn:aws:sns:eu-west-1:111111111111:on-call:5b1e",
        ] {
            assert_eq!(arn(bad).unwrap_err().code, Code::TopicShape, "{bad}");
        }
        for bad in ["", "a b", "a.fifo", &"x".repeat(257)] {
            assert_eq!(TopicName::parse(bad).unwrap_err().code, Code::TopicShape, "{bad}");
        }
    }

    #[test]
    fn response_times_and_shares() {
        assert_eq!(Milliseconds::parse("500ms").unwrap().get(), 500);
        assert_eq!(Milliseconds::parse("2s").unwrap().get(), 2_000);
        for bad in ["0ms", "2", "2h", "61m", "-1s", "99999999999ms", "é"] {
            assert_eq!(Milliseconds::parse(bad).unwrap_err().code, Code::Duration, "{bad}");
        }
        assert_eq!(Percent::parse(0.5, 100.0).unwrap().get(), 0.5);
        for bad in [0.0, -1.0, 100.1, f64::NAN, f64::INFINITY] {
            assert_eq!(Percent::parse(bad, 100.0).unwrap_err().code, Code::Expectation, "{bad}");
        }
    }
}

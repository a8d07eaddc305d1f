//! Single values that cannot be wrong: each type is made by a check, so what holds one needs no check.
//!
//! Limits and shapes are AWS's own (service models of ecs, elasticloadbalancing, application-autoscaling,
//! cloudformation), or Terraform's where it is stricter; each says which.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use super::regions;
use crate::diagnostic::{Code, hint};

pub use metric::{
    AlarmName, DimensionName, DimensionValue, Expression, MetricLabel, MetricName, Namespace, QueryId, Unit,
};
pub use operations::{DashboardName, Milliseconds, Percent, RulePrefix, TopicArn, TopicName};
pub(crate) use price::nanos;
pub use price::{Currency, Rate, check_day};
pub use schedule::{ActionName, Schedule, TimeZone, Timestamp};

/// Why a value was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// Which rule it breaks.
    pub code: Code,
    /// What is wrong, naming the value.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl Invalid {
    pub(crate) fn new(code: Code, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: help.into() }
    }
}

fn invalid<T>(code: Code, message: impl Into<String>, help: impl Into<String>) -> Result<T, Invalid> {
    Err(Invalid::new(code, message, help))
}

/// A text if it is fine; otherwise what it `cannot` be.
fn fine(
    is: bool,
    text: &str,
    code: Code,
    cannot: impl fmt::Display,
    help: impl fmt::Display,
) -> Result<String, Invalid> {
    if is { Ok(text.to_owned()) } else { invalid(code, format!("{text:?} {cannot}"), help.to_string()) }
}

/// Letters, digits, `_` and `-`, so many at most.
fn is_word(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// A number with a unit, in the smallest of `units`.
fn measured(text: &str, units: &[(&str, u32)]) -> Option<u32> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let (_, factor) = units.iter().find(|(unit, _)| *unit == &text[digits.len()..])?;
    digits.parse::<u32>().ok().filter(|_| !digits.starts_with('+'))?.checked_mul(*factor)
}

macro_rules! text_unit {
    ($(#[$doc:meta])+ $name:ident: $check:ident($what:literal, $most:literal)) => {
        text_unit! { $(#[$doc])+ $name }

        impl $name {
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                $check($what, text, $most).map(|text| Self(text.into()))
            }
        }
    };
    ($(#[$doc:meta])+ $name:ident) => {
        $(#[$doc])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        pub struct $name(Cow<'static, str>);

        impl Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

/// Names and texts of our own, which need no check when the program runs.
macro_rules! known_text {
    ($($name:ident),+) => {
        $(impl $name {
            /// A text of our own: known to be one.
            pub(in crate::plan) fn known(text: impl Into<Cow<'static, str>>) -> Self {
                let text = text.into();
                debug_assert!(Self::parse(&text).is_ok(), "{text:?}");
                Self(text)
            }
        })+
    };
}

mod metric;
mod operations;
mod price;
mod schedule;

text_unit! {
    /// A project, environment or service name of the spec: 1 to 63 of `a-z`, `0-9` and inner `-`. It becomes a file
    /// name on every system and, with `_` for `-`, an identifier in every language, without two names becoming one.
    Slug
}

impl Slug {
    /// Checks a name; `what` says whose.
    pub fn parse(what: &str, text: &str) -> Result<Self, Invalid> {
        let shape = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if what == "environment" && text == "modules" {
            let message = "an environment called `modules` would lie among the Terraform modules";
            return invalid(Code::NameShape, message, "choose another name");
        }
        let windows_device = matches!(text, "con" | "prn" | "aux" | "nul")
            || (text.len() == 4 && (text.starts_with("com") || text.starts_with("lpt")));
        if !shape || text.is_empty() || text.len() > 63 || text.starts_with('-') || text.ends_with('-') {
            let help = "use 1 to 63 lower-case letters, digits and inner hyphens; ECS names of another shape go into `ecs_service` and `cluster`";
            return invalid(Code::NameShape, format!("{what} name {text:?} cannot become a file name"), help);
        }
        if windows_device {
            let message = format!(
                "{what} name {text:?} is a device on Windows, where nobody could check out its files"
            );
            return invalid(Code::NameShape, message, "choose another name");
        }
        Ok(Self(text.to_owned().into()))
    }

    /// The name as an identifier: `[a-z_][a-z0-9_]*`, another one for every name.
    pub fn ident(&self) -> String {
        ident(&self.0)
    }
}

fn ident(name: &str) -> String {
    let body = name.replace('-', "_");
    if body.starts_with(|c: char| c.is_ascii_digit()) { format!("_{body}") } else { body }
}

text_unit! {
    /// An AWS account id: 12 digits, kept as text because of leading zeros.
    AccountId
}

impl AccountId {
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let digits = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        let help = "an account id has 12 digits: `account: \"111111111111\"`";
        fine(digits, text, Code::AccountId, "is not an AWS account id", help).map(|text| Self(text.into()))
    }
}

text_unit! {
    /// A region of AWS.
    Region
}

impl Region {
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if regions::partition_of(text).is_some() {
            return Ok(Self(text.to_owned().into()));
        }
        let help = hint(text, regions::all(), "write the region's code, such as `eu-west-1`");
        invalid(Code::UnknownRegion, format!("AWS has no region {text:?}"), help)
    }

    /// The partition the region lies in: `aws`, `aws-cn`, `aws-us-gov`, …
    pub fn partition(&self) -> &'static str {
        regions::partition_of(&self.0).expect("checked when made")
    }
}

text_unit! {
    /// A cluster or service name of ECS: 1 to 255 letters, digits, `_` and `-` (ECS CreateCluster, CreateService).
    EcsName
}

impl EcsName {
    /// Checks a name; `what` says whether of a cluster or a service.
    pub fn parse(what: &str, text: &str) -> Result<Self, Invalid> {
        let help = "ECS names have 1 to 255 letters, digits, `_` and `-`; an ARN is not a name";
        let cannot = format_args!("is not the name of an ECS {what}");
        fine(is_word(text, 255), text, Code::EcsName, cannot, help).map(|text| Self(text.into()))
    }
}

text_unit! {
    /// A scaling policy's name: 1 to 255 bytes of printable characters (API 256, Terraform 255) without `/`, on which
    /// Terraform's import splits.
    PolicyName
}

impl PolicyName {
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let help = "policy names have 1 to 255 printable characters without `/`";
        if text.contains('/') {
            let message =
                format!("the policy name {text:?} has a `/`, on which Terraform's import would split it");
            return invalid(Code::PolicyName, message, help);
        }
        let printable = text.trim() == text && !text.is_empty() && text.chars().all(printable);
        let is = printable && text.chars().count() <= 255;
        fine(is, text, Code::PolicyName, "cannot be the name of a policy", help).map(|text| Self(text.into()))
    }
}

/// AWS's `\p{Print}`: no control, format or separator characters but the blank.
fn printable(c: char) -> bool {
    !c.is_control()
        && (c == ' ' || !c.is_whitespace())
        && !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

text_unit! {
    /// Your name of a policy or scheduled action: words of `a-z` and `0-9` that begin with a letter, joined by `-`, at
    /// most 40 characters. It becomes an identifier in every language without two names becoming one.
    Key
}

impl Key {
    /// Checks a name; `what` says whose.
    pub fn parse(what: &str, text: &str) -> Result<Self, Invalid> {
        let word = |word: &str| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        let help = "use at most 40 characters: words of lower-case letters and digits that begin with a letter, joined by `-`";
        let is = text.len() <= 40 && text.split('-').all(word);
        fine(is, text, Code::NameShape, format_args!("cannot be the name of a {what} in a spec"), help)
            .map(|text| Self(text.into()))
    }

    /// The name as an identifier: `[a-z][a-z0-9_]*`, without `__`.
    pub fn ident(&self) -> String {
        ident(&self.0)
    }

    /// The name in capitals and small letters, for languages whose identifiers have letters and digits only.
    pub fn camel(&self) -> String {
        camel(&self.0)
    }
}

/// `more_requests` as `MoreRequests`.
pub fn camel(name: &str) -> String {
    let words = name.split(['-', '_']).filter(|word| !word.is_empty());
    words.map(|word| format!("{}{}", word[..1].to_ascii_uppercase(), &word[1..])).collect()
}

text_unit! {
    /// A CloudFormation stack name: `[A-Za-z][A-Za-z0-9-]*`, at most 128 characters (CloudFormation CreateStack).
    StackName
}

impl StackName {
    /// Makes a stack name of a name: `_`, which ECS allows and CloudFormation does not, becomes `-`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let name = text.replace('_', "-");
        let shape = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let is = shape && name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.len() <= 128;
        let help = "stack names start with a letter and have at most 128 letters, digits and hyphens; set `names.stack`";
        fine(is, &name, Code::StackName, "cannot be the name of a stack", help).map(|text| Self(text.into()))
    }
}

text_unit! {
    /// The name of a load balancer or target group: 1 to 32 letters, digits and inner hyphens (ELBv2 CreateLoadBalancer).
    BalancerName
}

impl BalancerName {
    /// Checks a name; `what` says whether of a load balancer or a target group.
    pub fn parse(what: &str, text: &str) -> Result<Self, Invalid> {
        if what == "load balancer" && text.starts_with("internal-") {
            let message = format!("no load balancer is called {text:?}: AWS keeps `internal-` for DNS names");
            return invalid(Code::LoadBalancerName, message, "write its name, not its DNS name");
        }
        let shape = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let is = shape && (1..=32).contains(&text.len()) && !text.starts_with('-') && !text.ends_with('-');
        let help =
            "names have 1 to 32 letters, digits and inner hyphens; an ARN suffix goes into `arn_suffix`";
        fine(is, text, Code::LoadBalancerName, format_args!("cannot be the name of a {what}"), help)
            .map(|text| Self(text.into()))
    }

    /// The name as an identifier, another one for every name.
    pub fn ident(&self) -> String {
        ident(&self.0)
    }
}

text_unit! {
    /// The end of an Application Load Balancer's ARN: `app/<name>/<16 hex digits>`.
    LoadBalancerSuffix
}

impl LoadBalancerSuffix {
    /// Checks a suffix. Network and Gateway Load Balancers count no requests per target.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.starts_with("net/") || text.starts_with("gwy/") {
            let kind = if text.starts_with("net/") { "a Network" } else { "a Gateway" };
            let message = format!("{text:?} is {kind} Load Balancer, which has no requests per target");
            let help = "scale this service on CPU: `requests: { enabled: false }`";
            return invalid(Code::NlbNotSupported, message, help);
        }
        let help = "take the end of the ARN, behind `:loadbalancer/`: `app/my-alb/50dc6c495c0c9188`";
        let cannot = "is not the suffix of a load balancer's ARN";
        fine(is_suffix(text, "app"), text, Code::LoadBalancerArnSuffix, cannot, help)
            .map(|text| Self(text.into()))
    }
}

text_unit! {
    /// The end of a target group's ARN: `targetgroup/<name>/<16 hex digits>`.
    TargetGroupSuffix
}

impl TargetGroupSuffix {
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let help = "take the end of the ARN, behind the last `:`: `targetgroup/my-tg/943f017f100becff`";
        let cannot = "is not the suffix of a target group's ARN";
        fine(is_suffix(text, "targetgroup"), text, Code::TargetGroupArnSuffix, cannot, help)
            .map(|text| Self(text.into()))
    }
}

/// Whether a text is `<kind>/<name>/<16 hex digits>`.
fn is_suffix(text: &str, kind: &str) -> bool {
    let below = text.strip_prefix(kind).and_then(|text| text.strip_prefix('/')?.split_once('/'));
    let hex = |id: &str| id.len() == 16 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    below.is_some_and(|(name, id)| hex(id) && BalancerName::parse("", name).is_ok())
}

/// A number of tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tasks(u32);

impl Tasks {
    /// More than ECS runs in one service (default quota 5,000), yet low enough to catch a slip of the finger.
    const MOST: i64 = 10_000;

    pub fn parse(number: i64) -> Result<Self, Invalid> {
        match u32::try_from(number) {
            Ok(tasks) if number <= Self::MOST => Ok(Self(tasks)),
            _ => {
                let help = format!("a service runs 0 to {} tasks", Self::MOST);
                invalid(Code::CapacityRange, format!("{number} cannot be a number of tasks"), help)
            }
        }
    }

    pub fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A length of time in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Seconds(u32);

impl Seconds {
    const DAY: u32 = 86_400;

    /// Reads `60s`, `5m`, `48h`, `2d` or `0`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let units = [("s", 1), ("m", 60), ("h", 3_600), ("d", Self::DAY)];
        let seconds = if text == "0" { Some(0) } else { measured(text, &units) };
        let help = "write `60s`, `5m`, `48h` or `2d`";
        let refused = || Invalid::new(Code::Duration, format!("{text:?} is not a length of time"), help);
        seconds.map(Self).ok_or_else(refused)
    }

    /// Reads a cooldown: a length of time of at most a day.
    pub fn parse_cooldown(text: &str) -> Result<Self, Invalid> {
        let seconds = Self::parse(text)?;
        if seconds.0 > Self::DAY {
            let message = format!("a cooldown of {text} keeps the service from scaling for more than a day");
            return invalid(Code::CooldownTooLong, message, "usual are `60s` for `out` and `300s` for `in`");
        }
        Ok(seconds)
    }

    pub fn get(self) -> u32 {
        self.0
    }

    pub(super) const fn literal(seconds: u32) -> Self {
        Self(seconds)
    }
}

/// The value that a target tracking policy keeps its metric at: above 0.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct TargetValue(f64);

impl TargetValue {
    /// Checks a target in per cent of CPU.
    pub fn percent(number: f64) -> Result<Self, Invalid> {
        if number > 100.0 {
            let message = format!(
                "a CPU target of {number} % is never reached: a service uses 100 % of what it reserves"
            );
            return invalid(Code::CpuTargetAbove100, message, "usual are 50 to 90");
        }
        Self::positive(number, "usual are 50 to 90")
    }

    /// Checks a target in per cent of memory. Soft limits let a service use more than it reserves.
    pub fn memory(number: f64) -> Result<Self, Invalid> {
        Self::positive(number, "usual are 60 to 85")
    }

    /// Checks a target of a metric whose meaning is not known here.
    pub fn of_metric(number: f64) -> Result<Self, Invalid> {
        Self::positive(number, "write the value that the metric shall have")
    }

    /// Checks a target in requests per task and minute.
    pub fn requests(number: f64) -> Result<Self, Invalid> {
        Self::positive(number, "count the requests that one task serves well in a minute")
    }

    fn positive(number: f64, help: &str) -> Result<Self, Invalid> {
        if number > 0.0 && number < 1e12 {
            return Ok(Self(number));
        }
        invalid(Code::TargetNotPositive, format!("a target of {number} cannot be tracked"), help)
    }

    pub fn get(self) -> f64 {
        self.0
    }
}

impl fmt::Display for TargetValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Checks one tag: AWS allows letters, numbers, blanks and `_.:/=+-@`, keys of 1 to 128 and values of 1 to 256
/// characters (CloudFormation refuses empty values, Application Auto Scaling does not), and keeps `aws:` to itself.
pub fn check_tag(key: &str, value: &str) -> Result<(), Invalid> {
    let allowed = |c: char| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c);
    let problem = if key.to_lowercase().starts_with("aws:") {
        "begins with `aws:`, which AWS keeps to itself"
    } else if !(1..=128).contains(&key.chars().count()) {
        "must have a key of 1 to 128 characters"
    } else if !(1..=256).contains(&value.chars().count()) {
        "must have a value of 1 to 256 characters"
    } else if !key.chars().all(allowed) || !value.chars().all(allowed) {
        "has a character AWS refuses"
    } else {
        return Ok(());
    };
    let help = "tags have letters, digits, blanks and `_.:/=+-@`";
    invalid(Code::TagShape, format!("the tag {key:?} = {value:?} {problem}"), help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        for (text, seconds) in [("0", 0), ("60s", 60), ("5m", 300), ("48h", 172_800), ("2d", 172_800)] {
            assert_eq!(Seconds::parse(text).unwrap().get(), seconds, "{text}");
        }
        for text in ["", "60", "s", "-1s", "1w", "60 s", "1.5h", "99999999999d", "é"] {
            assert_eq!(Seconds::parse(text).unwrap_err().code, Code::Duration, "{text}");
        }
        assert_eq!(Seconds::parse_cooldown("25h").unwrap_err().code, Code::CooldownTooLong);
    }

    #[test]
    fn identifiers_of_different_names_differ() {
        let ident = |name| Slug::parse("service", name).unwrap().ident();
        assert_eq!(ident("web-ingestion"), "web_ingestion");
        assert_eq!(ident("2fa"), "_2fa");
        for bad in ["", "Web", "a_b", "-a", "a-", "a.b", "../a", "con", "lpt1", "é"] {
            assert!(Slug::parse("service", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn policy_names() {
        for good in ["web-cpu", "p $(touch x) 'q' \"d\" \\ ` é 😀"] {
            assert!(PolicyName::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a/b", " a", "a\n", "a\u{200b}b", "a\u{7f}", &"x".repeat(256)] {
            assert!(PolicyName::parse(bad).is_err(), "{bad:?}");
        }
    }
}

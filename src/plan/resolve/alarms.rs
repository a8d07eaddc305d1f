//! Alarms on how a service does: which there are, when they go off, how they are called.

use super::layers::Layers;
use super::policy::Of;
use super::watched::{Watched, Watching};
use super::{
    ALARM_ERRORS_MINUTES, ALARM_FULL_MINUTES, ALARM_HOT, ALARM_HOT_ABOVE_TARGET, ALARM_HOT_MINUTES,
    ALARM_HOT_MOST, ALARM_LATENCY_MINUTES, ALARM_MIN_REQUESTS, ALARM_MISSING_MINUTES, ALARM_PERIOD,
    ALARM_SWINGS, ALARM_SWINGS_MINUTES, ALARM_UNHEALTHY_MINUTES, ERROR_RATE, P95, P99, Resolver,
    SERVICE_ALARM_PATTERN,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::alarms::{AlarmKind, Alarms, Instead, ServiceAlarm, Why, made_by};
use crate::plan::policy::{Comparison, MissingData, Policy, PolicyId};
use crate::plan::units::{AlarmName, Invalid, Milliseconds, Percent};
use crate::plan::{Field, Layer, Origin, Service, Sourced};
use crate::spec::{self, AlarmKeys, Settings};

/// Most minutes that an alarm looks back: a day (CloudWatch API reference, PutMetricAlarm).
const MOST_MINUTES: i64 = 1440;

/// When an alarm goes off, and what it looks at.
pub(super) struct Setting {
    pub(super) watched: Watched,
    pub(super) comparison: Comparison,
    pub(super) threshold: f64,
    /// How many of the minutes must be beyond the threshold; `None`: all.
    pub(super) datapoints: Option<u32>,
    pub(super) missing_data: MissingData,
}

impl Resolver<'_, '_> {
    /// The alarms of a service that is resolved but for them. `None`: something in them is wrong and reported.
    pub(super) fn alarms(&mut self, of: &Of<'_>, service: &Service) -> Option<Alarms> {
        let layers = &of.layers;
        let Some(from) = layers.origin("alarms", |s| s.alarms.as_ref()) else {
            return Some(Alarms::default());
        };
        let on = layers.pick_or("alarms.enabled", true, |s| s.alarms.as_ref()?.enabled).value;
        let mut found = Alarms { from: on.then(|| from.clone()), ..Alarms::default() };
        let watching = Watching::new(of, service);
        let mut broken = false;
        for kind in AlarmKind::ALL {
            let keys = |s| keys(kind, s);
            let enabled = layers.pick_or(field(kind, "enabled"), true, |s| keys(s)?.enabled()).value;
            let name = self.service_alarm_name(of, kind);
            if !on || !enabled {
                found.gone.extend(name.map(|name| name.value));
                continue;
            }
            let minutes = self.minutes(layers, kind);
            let setting = self.setting(of, service, &watching, kind, minutes);
            let (Some(name), Some(minutes), Ok(setting)) = (name, minutes, setting) else {
                broken = true;
                continue;
            };
            let (setting, why) = setting;
            if let Some(why) = why {
                found.instead.push(Instead { kind, why, from: asked(layers, kind).unwrap_or(from.clone()) });
            }
            found
                .on
                .extend(setting.map(|setting| self.alarm_of(layers, service, kind, name, minutes, setting)));
        }
        (!broken).then_some(found)
    }

    fn alarm_of(
        &self,
        layers: &Layers<'_>,
        service: &Service,
        kind: AlarmKind,
        name: Sourced<AlarmName>,
        minutes: u32,
        setting: Setting,
    ) -> ServiceAlarm {
        let get = |s| keys(kind, s)?.missing_data();
        let missing_data = layers.pick_or(field(kind, "missing_data"), setting.missing_data, get).value;
        let text = &setting.watched;
        let reason = if missing_data == setting.missing_data { text.reason } else { "the spec says so" };
        ServiceAlarm {
            kind,
            name,
            description: format!(
                "{}. {} A minute without data {}: {reason}. {}",
                text.what
                    .replace(
                        "MINUTES minutes",
                        &if minutes == 1 { "1 minute".into() } else { format!("{minutes} minutes") }
                    )
                    .replace("SERVICE", &service.ecs_service.value),
                text.hint,
                word(missing_data),
                made_by(&self.spec.project),
            ),
            metric: setting.watched.metric,
            comparison: setting.comparison,
            threshold: setting.threshold,
            period: ALARM_PERIOD,
            evaluation_periods: minutes,
            datapoints: setting.datapoints.unwrap_or(minutes),
            missing_data,
        }
    }

    /// What an alarm looks at and when it goes off; nothing where it is left out. `Err`: wrong, and reported.
    fn setting(
        &mut self,
        of: &Of<'_>,
        service: &Service,
        watching: &Watching,
        kind: AlarmKind,
        minutes: Option<u32>,
    ) -> Result<(Option<Setting>, Option<Why>), ()> {
        let layers = &of.layers;
        let (lowest, highest) = limits(service);
        let setting = |watched, comparison, threshold, missing_data| Setting {
            watched,
            comparison,
            threshold,
            datapoints: None,
            missing_data,
        };
        if kind.is_of_requests() && watching.groups.is_empty() {
            // Most services without a load balancer only share a layer with others that have one.
            let why = asked(layers, kind).map(|_| Why::NoBalancer);
            return Ok((None, why.filter(|_| asked_of_this_service(layers, kind))));
        }
        Ok(match kind {
            AlarmKind::CpuAtMax => {
                let default = hot(&service.policies);
                let threshold =
                    self.number(layers, kind, Some(default), 100.0, false)?.expect("has a default");
                let watched = watching.cpu_at_max(highest, threshold);
                (Some(setting(watched, Comparison::Above, threshold, MissingData::NotBreaching)), None)
            }
            AlarmKind::AtMax => {
                let fixed = service.min.get() == highest;
                let default = (!fixed).then_some(f64::from(highest));
                let Some(tasks) = self.number(layers, kind, default, 10_000.0, true)? else {
                    return Ok((None, Some(Why::FixedSize)));
                };
                let watched = watching.at_max(tasks);
                (Some(setting(watched, Comparison::AtLeast, tasks, MissingData::NotBreaching)), None)
            }
            AlarmKind::BelowDesired => {
                let missing = self.number(layers, kind, Some(1.0), 10_000.0, true)?.expect("has a default");
                let rest = f64::from(lowest) - missing;
                if watching.insights {
                    let watched = watching.below_desired(missing);
                    (Some(setting(watched, Comparison::AtLeast, missing, MissingData::Missing)), None)
                } else if rest < 0.0 {
                    (None, Some(Why::NoMinimum))
                } else {
                    let watched = watching.below_minimum(lowest, missing);
                    let setting = setting(watched, Comparison::AtMost, rest, MissingData::Breaching);
                    (Some(setting), Some(Why::Minimum))
                }
            }
            AlarmKind::Errors => {
                let threshold = self.error_rate(layers)?;
                let fewest = self.fewest_requests(layers)?;
                let watched = watching.errors(threshold, fewest);
                (Some(setting(watched, Comparison::Above, threshold, MissingData::NotBreaching)), None)
            }
            AlarmKind::LatencyP95 | AlarmKind::LatencyP99 => {
                let time = self.latency(layers, kind)?;
                let watched = watching.latency(kind, time);
                let seconds = f64::from(time.get()) / 1000.0;
                (Some(setting(watched, Comparison::Above, seconds, MissingData::NotBreaching)), None)
            }
            AlarmKind::UnhealthyHosts => {
                let hosts = self.number(layers, kind, Some(1.0), 10_000.0, true)?.expect("has a default");
                let watched = watching.unhealthy_hosts(hosts);
                (Some(setting(watched, Comparison::AtLeast, hosts, MissingData::NotBreaching)), None)
            }
            AlarmKind::Flapping => {
                let default = swings(lowest, highest, watching.insights);
                let changes =
                    self.number(layers, kind, Some(default), 1_440.0, true)?.expect("has a default");
                if minutes.is_some_and(|minutes| changes > f64::from(minutes)) {
                    let message = format!("{changes} changes cannot be seen in fewer minutes");
                    self.wrong(layers, kind, "threshold", message, "raise `minutes`, or lower `threshold`");
                    return Err(());
                }
                let watched = watching.flapping(changes);
                let setting = Setting {
                    datapoints: Some(changes as u32),
                    ..setting(watched, Comparison::AtLeast, 1.0, MissingData::NotBreaching)
                };
                (Some(setting), (!watching.insights).then_some(Why::Running))
            }
        })
    }

    /// The threshold of an alarm on a number, above 0 and at most `most`.
    fn number(
        &mut self,
        layers: &Layers<'_>,
        kind: AlarmKind,
        default: Option<f64>,
        most: f64,
        whole: bool,
    ) -> Result<Option<f64>, ()> {
        let key = || field(kind, "threshold");
        let fine = |value: f64| value > 0.0 && value <= most && !(whole && value.fract() != 0.0);
        let said = layers.pick(key(), |s| number(kind, s)?.threshold);
        if let Some(wrong) = said.as_ref().filter(|said| !fine(said.value)) {
            let what = if whole { "a whole number" } else { "a number" };
            let message = format!("{} cannot be the threshold of `{}`", wrong.value, kind.key());
            self.wrong(layers, kind, "threshold", message, &format!("write {what} above 0, at most {most}"));
            return Err(());
        }
        let said = match default {
            Some(default) => layers.or_built_in(said.map(Some), key, default),
            None => said,
        };
        Ok(said.map(|said| said.value))
    }

    fn error_rate(&mut self, layers: &Layers<'_>) -> Result<f64, ()> {
        let key = || field(AlarmKind::Errors, "threshold");
        let said = layers.pick(key(), |s| errors(s)?.threshold);
        let expected = |s: &Settings| s.expectations.as_ref()?.error_rate;
        let said = layers.or_pick(said, key, "expectations.error_rate", expected);
        let percent = |value| {
            Percent::parse(value, 100.0).map_err(|invalid| Invalid { code: Code::AlarmSetting, ..invalid })
        };
        let said = said.map(|said| self.parsed(layers, said, percent));
        layers.or_built_in(said, key, ERROR_RATE).map(|percent| percent.get()).ok_or(())
    }

    fn fewest_requests(&mut self, layers: &Layers<'_>) -> Result<i64, ()> {
        let kind = AlarmKind::Errors;
        let get = |s| errors(s)?.min_requests;
        let said = layers.pick_or(field(kind, "min_requests"), ALARM_MIN_REQUESTS, get).value;
        if (1..=1_000_000).contains(&said) {
            return Ok(said);
        }
        let message = format!("{said} cannot be the fewest requests of a minute");
        self.wrong(layers, kind, "min_requests", message, "write 1 or more; usual is 50");
        Err(())
    }

    fn latency(&mut self, layers: &Layers<'_>, kind: AlarmKind) -> Result<Milliseconds, ()> {
        type Expected = fn(&spec::Expectations) -> Option<String>;
        let (other, expected, built_in): (_, Expected, _) = match kind {
            AlarmKind::LatencyP95 => ("expectations.p95", |e| e.p95.clone(), P95),
            _ => ("expectations.p99", |e| e.p99.clone(), P99),
        };
        let key = || field(kind, "threshold");
        let said = layers.pick(key(), |s| latency(kind, s)?.threshold.clone());
        let said = layers.or_pick(said, key, other, |s| expected(s.expectations.as_ref()?));
        let said = said.map(|said| self.parsed(layers, said, |text| Milliseconds::parse(&text)));
        layers.or_built_in(said, key, built_in).map(|time| time.value).ok_or(())
    }

    fn minutes(&mut self, layers: &Layers<'_>, kind: AlarmKind) -> Option<u32> {
        let default = match kind {
            AlarmKind::CpuAtMax => ALARM_HOT_MINUTES,
            AlarmKind::AtMax => ALARM_FULL_MINUTES,
            AlarmKind::BelowDesired => ALARM_MISSING_MINUTES,
            AlarmKind::Errors => ALARM_ERRORS_MINUTES,
            AlarmKind::LatencyP95 | AlarmKind::LatencyP99 => ALARM_LATENCY_MINUTES,
            AlarmKind::UnhealthyHosts => ALARM_UNHEALTHY_MINUTES,
            AlarmKind::Flapping => ALARM_SWINGS_MINUTES,
        };
        let said = layers.pick_or(field(kind, "minutes"), default, |s| keys(kind, s)?.minutes()).value;
        if (1..=MOST_MINUTES).contains(&said) {
            return u32::try_from(said).ok();
        }
        let message = format!("an alarm cannot look at {said} minutes");
        self.wrong(layers, kind, "minutes", message, "write 1 to 1440: CloudWatch looks back at most a day");
        None
    }

    /// A key of an alarm that some layer says and that cannot be.
    fn wrong(
        &mut self,
        layers: &Layers<'_>,
        kind: AlarmKind,
        key: &'static str,
        message: String,
        help: &str,
    ) {
        // What is wrong is said: built-in values are right.
        let from = layers
            .origin(field(kind, key), |s| said(kind, key, s))
            .or_else(|| layers.origin("alarms", |s| s.alarms.as_ref()));
        let Some(from) = from else { return };
        let problem = Diagnostic::new(Code::AlarmSetting, layers.locate(&from), message);
        self.diagnostics.push_once(problem.help(help));
    }

    fn service_alarm_name(&mut self, of: &Of<'_>, kind: AlarmKind) -> Option<Sourced<AlarmName>> {
        let field = field(kind, "alarm_name");
        if let Some(said) = of.layers.pick(field.clone(), |s| keys(kind, s)?.alarm_name().cloned()) {
            return self.parsed(&of.layers, said, |text| AlarmName::parse(&text));
        }
        let spec = self.spec;
        let pattern = spec.names.as_ref().and_then(|names| names.service_alarm.as_deref());
        let word = kind.word();
        let values = self.placeholders(of, ("alarm", &word));
        let value = self.named("service_alarm", pattern, SERVICE_ALARM_PATTERN, &values, AlarmName::parse)?;
        Some(of.layers.made(field, ("service_alarm", pattern, SERVICE_ALARM_PATTERN), value))
    }
}

fn field(kind: AlarmKind, key: &'static str) -> Field {
    Field::of(format!("alarms.{}", kind.key()), key)
}

/// What a layer says of an alarm.
fn keys(kind: AlarmKind, settings: &Settings) -> Option<&dyn AlarmKeys> {
    if let Some(alarm) = number(kind, settings) {
        return Some(alarm);
    }
    if let Some(alarm) = latency(kind, settings) {
        return Some(alarm);
    }
    errors(settings).filter(|_| kind == AlarmKind::Errors).map(|alarm| alarm as &dyn AlarmKeys)
}

fn number(kind: AlarmKind, settings: &Settings) -> Option<&spec::Alarm> {
    let alarms = settings.alarms.as_ref()?;
    match kind {
        AlarmKind::CpuAtMax => alarms.cpu_at_max.as_ref(),
        AlarmKind::AtMax => alarms.at_max.as_ref(),
        AlarmKind::BelowDesired => alarms.below_desired.as_ref(),
        AlarmKind::UnhealthyHosts => alarms.unhealthy_hosts.as_ref(),
        AlarmKind::Flapping => alarms.flapping.as_ref(),
        AlarmKind::Errors | AlarmKind::LatencyP95 | AlarmKind::LatencyP99 => None,
    }
}

fn latency(kind: AlarmKind, settings: &Settings) -> Option<&spec::LatencyAlarm> {
    let alarms = settings.alarms.as_ref()?;
    match kind {
        AlarmKind::LatencyP95 => alarms.latency_p95.as_ref(),
        AlarmKind::LatencyP99 => alarms.latency_p99.as_ref(),
        _ => None,
    }
}

fn errors(settings: &Settings) -> Option<&spec::ErrorAlarm> {
    settings.alarms.as_ref()?.errors.as_ref()
}

/// Whether a layer says this key.
fn said(kind: AlarmKind, key: &str, settings: &Settings) -> Option<()> {
    let said = match key {
        "minutes" => keys(kind, settings)?.minutes().is_some(),
        "min_requests" => errors(settings)?.min_requests.is_some(),
        _ => number(kind, settings)?.threshold.is_some(),
    };
    said.then_some(())
}

/// Where an alarm is said by its own key.
fn asked(layers: &Layers<'_>, kind: AlarmKind) -> Option<Origin> {
    let key = match kind {
        AlarmKind::CpuAtMax => "alarms.cpu_at_max",
        AlarmKind::AtMax => "alarms.at_max",
        AlarmKind::BelowDesired => "alarms.below_desired",
        AlarmKind::Errors => "alarms.errors",
        AlarmKind::LatencyP95 => "alarms.latency_p95",
        AlarmKind::LatencyP99 => "alarms.latency_p99",
        AlarmKind::UnhealthyHosts => "alarms.unhealthy_hosts",
        AlarmKind::Flapping => "alarms.flapping",
    };
    layers.origin(key, |s| keys(kind, s))
}

fn asked_of_this_service(layers: &Layers<'_>, kind: AlarmKind) -> bool {
    asked(layers, kind).is_some_and(|from| matches!(from.layer, Layer::Service | Layer::EnvironmentService))
}

/// The lowest minimum and the highest maximum, those of scheduled actions included.
fn limits(service: &Service) -> (u32, u32) {
    let mins = service.schedule.iter().filter_map(|action| action.min.as_ref());
    let maxs = service.schedule.iter().filter_map(|action| action.max.as_ref());
    let lowest = mins.map(|min| min.get()).fold(service.min.get(), u32::min);
    (lowest, maxs.map(|max| max.get()).fold(service.max.get(), u32::max))
}

/// CPU that scaling would have brought down.
fn hot(policies: &[Policy]) -> f64 {
    let cpu = policies.iter().find(|policy| policy.id == PolicyId::Cpu);
    cpu.and_then(|policy| policy.tracking()).map_or(ALARM_HOT, |tracking| {
        let target = tracking.target.get();
        (target + ALARM_HOT_ABOVE_TARGET).min(ALARM_HOT_MOST).max(target)
    })
}

/// Minutes with another number of tasks than the minute before: one way alone, from the minimum to the maximum, has at most
/// one for each task. So one more proves a way back.
fn swings(lowest: u32, highest: u32, insights: bool) -> f64 {
    let (fewest, most) = ALARM_SWINGS;
    let one_way = highest.saturating_sub(lowest).saturating_add(1).clamp(fewest, most);
    f64::from(if insights { one_way } else { 2 * one_way })
}

fn word(missing: MissingData) -> &'static str {
    match missing {
        MissingData::Missing => "shows as INSUFFICIENT_DATA",
        MissingData::NotBreaching => "counts as not breaching",
        MissingData::Breaching => "counts as breaching",
        MissingData::Ignore => "changes nothing",
    }
}

//! CloudWatch alarms on services: which there are, their thresholds, their names.

use super::Resolver;
use super::here::{Here, known};
use super::policy::{Of, placeholders};
use super::watched::{Watched, Watching};
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::alarms::{AlarmKind, Alarms, Instead, PERIOD, ServiceAlarm, Why, limits, made_by};
use crate::plan::policy::{Comparison, MissingData};
use crate::plan::units::{AlarmName, Invalid, Milliseconds, Percent};
use crate::plan::{Layer, Origin, Service, Sourced};
use crate::spec::{self, AlarmKeys, AtLeastOne, Latency, Threshold};
use crate::words::counted;

/// Most minutes that an alarm looks back: a day (CloudWatch API reference, PutMetricAlarm).
const MOST_MINUTES: i64 = 1440;

/// When an alarm goes off, and what it looks at.
struct Trigger {
    watched: Watched,
    comparison: Comparison,
    threshold: f64,
    /// How many of the minutes must be beyond the threshold; `None`: all.
    datapoints: Option<u32>,
}

/// What the layers say of one alarm.
struct AlarmSpec<'s> {
    kind: AlarmKind,
    from: Origin,
    keys: &'s AlarmKeys,
    number: Option<&'s Sourced<Threshold>>,
    time: Option<&'s Sourced<Latency>>,
    min_requests: Option<&'s Sourced<AtLeastOne>>,
}

impl<'s> AlarmSpec<'s> {
    fn of(kind: AlarmKind, alarms: &'s spec::Alarms) -> Option<Self> {
        let said = |from, keys| Self { kind, from, keys, number: None, time: None, min_requests: None };
        let number = |alarm: &'s Option<spec::Holder<spec::Alarm>>| {
            let alarm = alarm.as_ref()?;
            Some(Self { number: alarm.own.threshold.as_ref(), ..said(alarm.from, &alarm.common) })
        };
        let time = |alarm: &'s Option<spec::Holder<spec::LatencyAlarm>>| {
            let alarm = alarm.as_ref()?;
            Some(Self { time: alarm.own.threshold.as_ref(), ..said(alarm.from, &alarm.common) })
        };
        match kind {
            AlarmKind::CpuAtMax => number(&alarms.cpu_at_max),
            AlarmKind::AtMax => number(&alarms.at_max),
            AlarmKind::BelowDesired => number(&alarms.below_desired),
            AlarmKind::UnhealthyHosts => number(&alarms.unhealthy_hosts),
            AlarmKind::Flapping => number(&alarms.flapping),
            AlarmKind::LatencyP95 => time(&alarms.latency_p95),
            AlarmKind::LatencyP99 => time(&alarms.latency_p99),
            AlarmKind::Errors => alarms.errors.as_ref().map(|alarm| Self {
                number: alarm.own.threshold.as_ref(),
                min_requests: alarm.own.min_requests.as_ref(),
                ..said(alarm.from, &alarm.common)
            }),
        }
    }
}

impl Resolver<'_, '_> {
    /// The alarms of a service that is resolved but for them. `None`: something in them is wrong and reported.
    pub(super) fn alarms(&mut self, of: &Of<'_>, service: &Service) -> Option<Alarms> {
        let Some(alarms) = &of.here.said.alarms else { return Some(Alarms::default()) };
        let on = known(&alarms.enabled).value;
        let mut found = Alarms { from: on.then_some(alarms.from), ..Alarms::default() };
        let watching = Watching::new(of, service);
        let mut broken = false;
        for said in AlarmKind::ALL.into_iter().filter_map(|kind| AlarmSpec::of(kind, alarms)) {
            let name = self.service_alarm_name(of, &said);
            if !on || !known(&said.keys.enabled).value {
                found.gone.extend(name.map(|name| name.value));
                continue;
            }
            let minutes = self.minutes(&of.here, &said);
            let setting = self.setting(&of.here, service, &watching, &said, minutes);
            let (Some(name), Some(minutes), Ok((setting, why))) = (name, minutes, setting) else {
                broken = true;
                continue;
            };
            if let Some(why) = why {
                // Where it is asked for by its own key, else where alarms are.
                let from = if said.from.is_built_in() { alarms.from } else { said.from };
                found.instead.push(Instead { kind: said.kind, why, from });
            }
            found.on.extend(setting.map(|setting| self.alarm_of(service, &said, name, minutes, setting)));
        }
        (!broken).then_some(found)
    }

    fn alarm_of(
        &self,
        service: &Service,
        said: &AlarmSpec<'_>,
        name: Sourced<AlarmName>,
        minutes: u32,
        setting: Trigger,
    ) -> ServiceAlarm {
        let usual = said.kind.usual_missing_data(service);
        let missing_data = said.keys.missing_data.as_ref().map_or(usual, |said| said.value);
        let text = &setting.watched;
        let reason = if missing_data == usual { text.reason } else { "the spec says so" };
        ServiceAlarm {
            kind: said.kind,
            name,
            description: format!(
                "{}. {} No data {}: {reason}. {}",
                text.what
                    .replace("MINUTES minutes", &counted(minutes, "minute"))
                    .replace("SERVICE", &service.ecs_service.value),
                text.hint,
                word(missing_data),
                made_by(&self.spec.project)
            ),
            metric: setting.watched.metric,
            comparison: setting.comparison,
            threshold: setting.threshold,
            period: PERIOD,
            evaluation_periods: minutes,
            datapoints: setting.datapoints.unwrap_or(minutes),
            missing_data,
        }
    }

    /// What an alarm looks at and when it goes off; nothing where it is left out. `Err`: wrong, and reported.
    fn setting(
        &mut self,
        here: &Here<'_>,
        service: &Service,
        watching: &Watching,
        said: &AlarmSpec<'_>,
        minutes: Option<u32>,
    ) -> Result<(Option<Trigger>, Option<Why>), ()> {
        let (lowest, highest) = limits(service);
        let setting =
            |watched, comparison, threshold| Trigger { watched, comparison, threshold, datapoints: None };
        if said.kind.is_of_requests() && watching.groups.is_empty() {
            // Most services without a load balancer only share a layer with others that have one.
            let by_name = matches!(said.from.layer, Layer::Service | Layer::EnvironmentService);
            return Ok((None, by_name.then_some(Why::NoBalancer)));
        }
        let usual = said.kind.usual_threshold(service);
        Ok(match said.kind {
            AlarmKind::CpuAtMax => {
                let threshold = self.number(here, said, usual, 100.0, false)?.ok_or(())?;
                let watched = watching.cpu_at_max(highest, threshold);
                (Some(setting(watched, Comparison::Above, threshold)), None)
            }
            AlarmKind::AtMax => {
                let Some(tasks) = self.number(here, said, usual, 10_000.0, true)? else {
                    return Ok((None, Some(Why::FixedSize)));
                };
                (Some(setting(watching.at_max(tasks), Comparison::AtLeast, tasks)), None)
            }
            AlarmKind::BelowDesired => {
                let missing = self.number(here, said, usual, 10_000.0, true)?.ok_or(())?;
                let rest = f64::from(lowest) - missing;
                if watching.insights {
                    let watched = watching.below_desired(missing);
                    (Some(setting(watched, Comparison::AtLeast, missing)), None)
                } else if rest < 0.0 {
                    (None, Some(Why::NoMinimum))
                } else {
                    let watched = watching.below_minimum(lowest, missing);
                    (Some(setting(watched, Comparison::AtMost, rest)), Some(Why::Minimum))
                }
            }
            AlarmKind::Errors => {
                let threshold = self.error_rate(here, said).ok_or(())?;
                let fewest = self.fewest_requests(here, said).ok_or(())?;
                let watched = watching.errors(threshold, fewest);
                (Some(setting(watched, Comparison::Above, threshold)), None)
            }
            AlarmKind::LatencyP95 | AlarmKind::LatencyP99 => {
                let time = self.latency(here, said).ok_or(())?;
                let watched = watching.latency(said.kind, time);
                let seconds = f64::from(time.get()) / 1000.0;
                (Some(setting(watched, Comparison::Above, seconds)), None)
            }
            AlarmKind::UnhealthyHosts => {
                let hosts = self.number(here, said, usual, 10_000.0, true)?.ok_or(())?;
                (Some(setting(watching.unhealthy_hosts(hosts), Comparison::AtLeast, hosts)), None)
            }
            AlarmKind::Flapping => {
                let changes = self.number(here, said, usual, 1_440.0, true)?.ok_or(())?;
                if minutes.is_some_and(|minutes| changes > f64::from(minutes)) {
                    let message = format!("{changes} changes cannot be seen in fewer minutes");
                    // Built-in values fit each other: one of the two is said.
                    let asked = said.number.map(|said| said.from);
                    let from = asked.or(said.keys.minutes.as_ref().map(|minutes| minutes.from));
                    self.wrong(here, from, message, "raise `minutes`, or lower `threshold`");
                    return Err(());
                }
                let setting = setting(watching.flapping(changes), Comparison::AtLeast, 1.0);
                let setting = Trigger { datapoints: Some(changes as u32), ..setting };
                (Some(setting), (!watching.insights).then_some(Why::Running))
            }
        })
    }

    /// The threshold of an alarm on a number, above 0 and at most `most`.
    fn number(
        &mut self,
        here: &Here<'_>,
        said: &AlarmSpec<'_>,
        usual: Option<f64>,
        most: f64,
        whole: bool,
    ) -> Result<Option<f64>, ()> {
        let Some(threshold) = said.number else { return Ok(usual) };
        let value = threshold.value.0;
        if value > 0.0 && value <= most && !(whole && value.fract() != 0.0) {
            return Ok(Some(value));
        }
        let what = if whole { "a whole number" } else { "a number" };
        let message = format!("{value} cannot be the threshold of `{}`", said.kind.key());
        self.wrong(here, Some(threshold.from), message, &format!("write {what} above 0, at most {most}"));
        Err(())
    }

    fn error_rate(&mut self, here: &Here<'_>, said: &AlarmSpec<'_>) -> Option<f64> {
        let percent = |value: &Threshold| {
            Percent::parse(value.0, 100.0).map_err(|invalid| Invalid { code: Code::AlarmSetting, ..invalid })
        };
        self.parsed(here, said.number?, percent).map(|percent| percent.get())
    }

    fn fewest_requests(&mut self, here: &Here<'_>, said: &AlarmSpec<'_>) -> Option<i64> {
        let fewest = said.min_requests?;
        if (1..=1_000_000).contains(&fewest.value.0) {
            return Some(fewest.value.0);
        }
        let message = format!("{} cannot be the fewest requests of a minute", fewest.value.0);
        self.wrong(here, Some(fewest.from), message, "write 1 or more; usual is 50");
        None
    }

    fn latency(&mut self, here: &Here<'_>, said: &AlarmSpec<'_>) -> Option<Milliseconds> {
        self.parsed(here, said.time?, |text| Milliseconds::parse(text)).map(|time| time.value)
    }

    fn minutes(&mut self, here: &Here<'_>, said: &AlarmSpec<'_>) -> Option<u32> {
        let minutes = known(&said.keys.minutes);
        if (1..=MOST_MINUTES).contains(&minutes.value.0) {
            return u32::try_from(minutes.value.0).ok();
        }
        let message = format!("an alarm cannot look at {} minutes", minutes.value.0);
        let help = "write 1 to 1440: CloudWatch looks back at most a day";
        self.wrong(here, Some(minutes.from), message, help);
        None
    }

    /// A setting of an alarm that cannot be.
    fn wrong(&mut self, here: &Here<'_>, from: Option<Origin>, message: String, help: &str) {
        let Some(from) = from else { return };
        self.diagnostics.push_once(Diagnostic::new(Code::AlarmSetting, here.at(&from), message).help(help));
    }

    fn service_alarm_name(&mut self, of: &Of<'_>, said: &AlarmSpec<'_>) -> Option<Sourced<AlarmName>> {
        if let Some(name) = &said.keys.alarm_name {
            return self.parsed(&of.here, name, |text| AlarmName::parse(text));
        }
        let word = said.kind.word();
        let values = placeholders(of, ("alarm", &word));
        let pattern = &self.spec.names.service_alarm;
        self.named("service_alarm", pattern, &values, AlarmName::parse).map(Sourced::built_in)
    }
}

fn word(missing: MissingData) -> &'static str {
    match missing {
        MissingData::Missing => "shows as INSUFFICIENT_DATA",
        MissingData::NotBreaching => "counts as not breaching",
        MissingData::Breaching => "counts as breaching",
        MissingData::Ignore => "changes nothing",
    }
}

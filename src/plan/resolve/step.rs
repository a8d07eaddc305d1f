//! Step scaling policies, each with its alarm.

use super::Resolver;
use super::here::known;
use super::policy::{Entry, Of, Policies};
use crate::diagnostic::Code;
use crate::plan::Sourced;
use crate::plan::policy::{
    Adjustment, Alarm, Metric, PolicyId, PolicyKind, Statistic, StepAdjustment, StepScaling,
};
use crate::plan::units::{Key, Seconds};
use crate::spec::{self, AlarmMetric, Holder, ServiceMetric, StepPolicy, Stepping};

/// Steps AWS takes in one policy (quota L-9C25247C, fixed).
const MOST_STEPS: usize = 20;
/// Seconds that an alarm may look back with data points shorter than an hour (CloudWatch, PutMetricAlarm).
const LONGEST_LOOK: u64 = 86_400;

impl Resolver<'_, '_> {
    pub(super) fn step(&mut self, of: &Of<'_>, key: Key, said: &Holder<StepPolicy>, found: &mut Policies) {
        let entry = Entry { id: PolicyId::Step(key.clone()), keys: &said.common, from: said.from };
        let said = &said.own;
        self.switched(of, &entry, found, |resolver| {
            let alarm = resolver.alarm(of, &key, &entry, said);
            let steps = resolver.steps(of, &entry, said);
            let cooldown = resolver.cooldown(&of.here, known(&said.cooldown));
            let min_adjustment = said.min_adjustment.as_ref();
            Some(PolicyKind::Step(StepScaling {
                adjustment: known(&said.adjustment).value,
                aggregation: known(&said.aggregation).value,
                min_adjustment: min_adjustment
                    .map(|said| said.value.unsigned_abs().try_into().unwrap_or(u32::MAX)),
                cooldown: cooldown?,
                steps: steps?,
                alarm: alarm?,
            }))
        });
    }

    fn alarm(&mut self, of: &Of<'_>, key: &Key, entry: &Entry<'_>, said: &Stepping) -> Option<Alarm> {
        let name = self.alarm_name(of, key, said);
        let metric = match said.metric.as_ref().map(|metric| &metric.value) {
            Some(AlarmMetric::Service(metric)) => Some(service_metric(*metric, of)),
            Some(AlarmMetric::Custom(metric)) => self.metric(of, metric),
            None => {
                let help = "add `metric: cpu`, or a metric of your own";
                self.missing(of, entry, Code::StepIncomplete, "says no metric", help)
            }
        };
        let threshold = said.threshold.clone();
        let threshold = threshold.or_else(|| {
            self.missing(of, entry, Code::StepIncomplete, "says no threshold", "add `threshold:`")
        });
        let period = self.parsed(&of.here, known(&said.period), |text| Seconds::parse(text));
        let periods = count(known(&said.evaluation_periods));
        let datapoints = said.datapoints.as_ref().map_or_else(|| Sourced::built_in(periods.value), count);
        let period = self.look_back(of, period?, &periods, &datapoints)?;
        Some(Alarm {
            name: name?,
            metric: metric?,
            comparison: known(&said.comparison).value,
            threshold: threshold?,
            period,
            evaluation_periods: u32::try_from(periods.value).ok()?,
            datapoints: u32::try_from(datapoints.value).ok()?,
            missing_data: known(&said.missing_data).value,
        })
    }

    /// Checks how far an alarm looks back (CloudWatch API reference, PutMetricAlarm).
    fn look_back(
        &mut self,
        of: &Of<'_>,
        period: Sourced<Seconds>,
        periods: &Sourced<i64>,
        datapoints: &Sourced<i64>,
    ) -> Option<Seconds> {
        let seconds = u64::from(period.get());
        let grid = matches!(seconds, 10 | 30) || (seconds > 0 && seconds.is_multiple_of(60));
        let (at, message, help) = if !grid {
            let message = format!("an alarm cannot have data points of {seconds} s");
            (&period.from, message, "write `10s`, `30s` or a multiple of `60s`")
        } else if !(1..=LONGEST_LOOK as i64).contains(&periods.value)
            || seconds * periods.value.unsigned_abs() > LONGEST_LOOK
        {
            let message = format!("an alarm cannot look at {periods} data points of {seconds} s");
            (&periods.from, message, "let it look back at most a day")
        } else if !(1..=periods.value).contains(&datapoints.value) {
            let message = format!("{datapoints} of {periods} data points cannot be beyond the threshold");
            (&datapoints.from, message, "write at most `evaluation_periods`")
        } else {
            return Some(period.value);
        };
        self.refuse(Code::StepAlarm, of.here.at(at), message, help)
    }

    fn steps(
        &mut self,
        of: &Of<'_>,
        entry: &Entry<'_>,
        said: &Stepping,
    ) -> Option<Sourced<Vec<StepAdjustment>>> {
        let Some(steps) = &said.steps else {
            let help = "add `steps: [{ from: 0, by: 2 }]`";
            return self.missing(of, entry, Code::StepIncomplete, "has no steps", help);
        };
        let adjustment = known(&said.adjustment).value;
        let problem = steps_problem(steps, adjustment)
            .map(|(index, message)| (steps.value.get(index).map_or(&steps.from, |step| &step.from), message))
            .or_else(|| {
                let minimum = said.min_adjustment.as_ref().filter(|_| adjustment != Adjustment::Percent)?;
                let message = "`min_adjustment` goes with `adjustment: percent` only".to_owned();
                Some((&minimum.from, message))
            });
        if let Some((from, message)) = problem {
            let place = of.here.at(from);
            let help = "let the steps touch one another, end in no bound on the outside, and begin or end at the threshold (0)";
            return self.refuse(Code::StepAdjustments, place, message, help);
        }
        let mut value: Vec<StepAdjustment> = steps.iter().map(|step| step.value).collect();
        value.sort_by(|a, b| lower(a.from).total_cmp(&lower(b.from)));
        Some(Sourced { value, from: steps.from })
    }
}

fn count(said: &Sourced<spec::AtLeastOne>) -> Sourced<i64> {
    Sourced { value: said.value.0, from: said.from }
}

fn lower(bound: Option<f64>) -> f64 {
    bound.unwrap_or(f64::NEG_INFINITY)
}

fn upper(bound: Option<f64>) -> f64 {
    bound.unwrap_or(f64::INFINITY)
}

/// What AWS would refuse in a list of steps, and at which (Application Auto Scaling API reference, StepAdjustment).
fn steps_problem(steps: &[Sourced<StepAdjustment>], adjustment: Adjustment) -> Option<(usize, String)> {
    if steps.is_empty() || steps.len() > MOST_STEPS {
        return Some((0, format!("{} steps; AWS takes 1 to {MOST_STEPS}", steps.len())));
    }
    let steps: Vec<&StepAdjustment> = steps.iter().map(|step| &step.value).collect();
    for (at, step) in steps.iter().enumerate() {
        if step.from.is_none() && step.to.is_none() {
            return Some((at, "a step has neither `from` nor `to`".to_owned()));
        }
        if lower(step.from) >= upper(step.to) {
            return Some((at, "a step ends before it begins".to_owned()));
        }
        if adjustment == Adjustment::Exact && step.by < 0 {
            return Some((at, format!("{} cannot be a number of tasks", step.by)));
        }
    }
    let mut order: Vec<usize> = (0..steps.len()).collect();
    order.sort_by(|&a, &b| lower(steps[a].from).total_cmp(&lower(steps[b].from)));
    for pair in order.windows(2) {
        let (end, begin) = (upper(steps[pair[0]].to), lower(steps[pair[1]].from));
        if end != begin {
            let what = if end < begin { "a gap" } else { "an overlap" };
            return Some((pair[1], format!("there is {what} before this step")));
        }
    }
    let (first, last) = (order[0], order[steps.len() - 1]);
    if steps[first].from.is_some_and(|from| from < 0.0) {
        return Some((
            first,
            "the lowest step begins below the threshold, so it must have no `from`".to_owned(),
        ));
    }
    if steps[last].to.is_some_and(|to| to > 0.0) {
        return Some((last, "the highest step ends above the threshold, so it must have no `to`".to_owned()));
    }
    None
}

/// A metric that ECS measures of every service (Amazon ECS CloudWatch metrics).
fn service_metric(metric: ServiceMetric, of: &Of<'_>) -> Metric {
    let name = match metric {
        ServiceMetric::Cpu => "CPUUtilization",
        ServiceMetric::Memory => "MemoryUtilization",
    };
    Metric::of_service("AWS/ECS", name, (&of.cluster, &of.ecs_service), Statistic::Average)
}

//! Step scaling policies, each with its alarm.

use super::metric::indexed;
use super::policy::{Entry, Of, Policies};
use super::{ALARM_PERIOD, ALARM_PERIODS, COOLDOWN_STEP, Resolver};
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::Sourced;
use crate::plan::policy::{
    Adjustment, Aggregation, Alarm, Comparison, Dimension, Metric, MissingData, PolicyId, PolicyKind,
    Statistic, StepAdjustment, StepScaling,
};
use crate::plan::units::{DimensionName, DimensionValue, EcsName, Key, MetricName, Namespace, Seconds};
use crate::spec::{self, AlarmMetric, ServiceMetric, StepPolicy};

/// Steps AWS takes in one policy (quota L-9C25247C, fixed).
const MOST_STEPS: usize = 20;
/// Seconds that an alarm may look back with data points shorter than an hour (CloudWatch, PutMetricAlarm).
const LONGEST_LOOK: u64 = 86_400;

impl Resolver<'_, '_> {
    pub(super) fn step(&mut self, of: &Of<'_>, key: Key, found: &mut Policies) {
        let id = PolicyId::Step(key.clone());
        let entry: Entry<'_, StepPolicy> =
            Entry { holder: id.path().into(), id, get: &|s| s.scaling.as_ref()?.step.get(&*key) };
        self.switched(of, &entry, found, |resolver| {
            let alarm = resolver.alarm(of, &key, &entry);
            let steps = resolver.steps(of, &entry);
            let layers = &of.layers;
            let cooldown = layers.pick(entry.field("cooldown"), |s| (entry.get)(s)?.cooldown.clone());
            let cooldown =
                cooldown.map(|said| resolver.parsed(layers, said, |text| Seconds::parse_cooldown(&text)));
            let cooldown = layers.or_built_in(cooldown, || entry.field("cooldown"), COOLDOWN_STEP);
            let min_adjustment =
                layers.pick(entry.field("min_adjustment"), |s| (entry.get)(s)?.min_adjustment);
            Some(PolicyKind::Step(StepScaling {
                adjustment: adjustment(of, &entry),
                aggregation: layers
                    .pick_or(entry.field("aggregation"), Aggregation::Average, |s| {
                        (entry.get)(s)?.aggregation
                    })
                    .value,
                min_adjustment: min_adjustment
                    .map(|said| said.value.unsigned_abs().try_into().unwrap_or(u32::MAX)),
                cooldown: cooldown?,
                steps: steps?,
                alarm: alarm?,
            }))
        });
    }

    fn alarm(&mut self, of: &Of<'_>, key: &Key, entry: &Entry<'_, StepPolicy>) -> Option<Alarm> {
        let layers = &of.layers;
        let name = self.alarm_name(of, key);
        let metric = match layers.pick(entry.field("metric"), |s| (entry.get)(s)?.metric.as_ref()) {
            Some(Sourced { value: AlarmMetric::Service(metric), .. }) => Some(service_metric(*metric, of)),
            Some(Sourced { value: AlarmMetric::Custom(metric), from }) => {
                self.metric(&layers.locate(&from), metric)
            }
            None => {
                self.missing(
                    of,
                    &entry.id,
                    Code::StepIncomplete,
                    "says no metric",
                    "add `metric: cpu`, or a metric of your own",
                );
                None
            }
        };
        let threshold = layers.pick(entry.field("threshold"), |s| (entry.get)(s)?.threshold);
        if threshold.is_none() {
            self.missing(of, &entry.id, Code::StepIncomplete, "says no threshold", "add `threshold:`");
        }
        let period = layers.pick(entry.field("period"), |s| (entry.get)(s)?.period.clone());
        let period = period.map(|said| self.parsed(layers, said, |text| Seconds::parse(&text)));
        let period = layers.or_built_in(period, || entry.field("period"), ALARM_PERIOD);
        let periods = layers.pick_or(entry.field("evaluation_periods"), ALARM_PERIODS, |s| {
            (entry.get)(s)?.evaluation_periods
        });
        let datapoints =
            layers.pick_or(entry.field("datapoints"), periods.value, |s| (entry.get)(s)?.datapoints);
        let period = self.look_back(of, period?, &periods, &datapoints)?;
        Some(Alarm {
            name: name?,
            metric: metric?,
            comparison: layers
                .pick_or(entry.field("comparison"), Comparison::Above, |s| (entry.get)(s)?.comparison)
                .value,
            threshold: threshold?,
            period,
            evaluation_periods: u32::try_from(periods.value).ok()?,
            datapoints: u32::try_from(datapoints.value).ok()?,
            missing_data: layers
                .pick_or(entry.field("missing_data"), MissingData::Missing, |s| (entry.get)(s)?.missing_data)
                .value,
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
        let (at, message, help) =
            if !(matches!(seconds, 10 | 30) || (seconds > 0 && seconds.is_multiple_of(60))) {
                (
                    &period.from,
                    format!("an alarm cannot have data points of {seconds} s"),
                    "write `10s`, `30s` or a multiple of `60s`",
                )
            } else if !(1..=LONGEST_LOOK as i64).contains(&periods.value)
                || seconds * periods.value.unsigned_abs() > LONGEST_LOOK
            {
                (
                    &periods.from,
                    format!("an alarm cannot look at {} data points of {seconds} s", periods.value),
                    "let it look back at most a day",
                )
            } else if !(1..=periods.value).contains(&datapoints.value) {
                (
                    &datapoints.from,
                    format!(
                        "{} of {} data points cannot be beyond the threshold",
                        datapoints.value, periods.value
                    ),
                    "write at most `evaluation_periods`",
                )
            } else {
                return Some(period.value);
            };
        let problem = Diagnostic::new(Code::StepAlarm, of.layers.locate(at), message);
        self.diagnostics.push_once(problem.help(help));
        None
    }

    fn steps(&mut self, of: &Of<'_>, entry: &Entry<'_, StepPolicy>) -> Option<Sourced<Vec<StepAdjustment>>> {
        let Some(said) = of.layers.pick(entry.field("steps"), |s| (entry.get)(s)?.steps.as_ref()) else {
            self.missing(
                of,
                &entry.id,
                Code::StepIncomplete,
                "has no steps",
                "add `steps: [{ from: 0, by: 2 }]`",
            );
            return None;
        };
        let adjustment = adjustment(of, entry);
        let minimum = of.layers.pick(entry.field("min_adjustment"), |s| (entry.get)(s)?.min_adjustment);
        let problem = steps_problem(said.value, adjustment)
            .map(|(index, message)| (indexed(&of.layers.locate(&said.from), index), message))
            .or_else(|| {
                let minimum = minimum.filter(|_| adjustment != Adjustment::Percent)?;
                let message = "`min_adjustment` goes with `adjustment: percent` only".to_owned();
                Some((of.layers.locate(&minimum.from), message))
            });
        if let Some((place, message)) = problem {
            let help = "let the steps touch one another, end in no bound on the outside, and begin or end at the threshold (0)";
            self.diagnostics.push_once(Diagnostic::new(Code::StepAdjustments, place, message).help(help));
            return None;
        }
        let mut steps: Vec<StepAdjustment> = said
            .value
            .iter()
            .map(|step| StepAdjustment { from: step.from, to: step.to, by: step.by })
            .collect();
        steps.sort_by(|a, b| lower(a.from).total_cmp(&lower(b.from)));
        Some(Sourced { value: steps, from: said.from })
    }
}

fn adjustment(of: &Of<'_>, entry: &Entry<'_, StepPolicy>) -> Adjustment {
    of.layers.pick_or(entry.field("adjustment"), Adjustment::Change, |s| (entry.get)(s)?.adjustment).value
}

fn lower(bound: Option<f64>) -> f64 {
    bound.unwrap_or(f64::NEG_INFINITY)
}

fn upper(bound: Option<f64>) -> f64 {
    bound.unwrap_or(f64::INFINITY)
}

/// What AWS would refuse in a list of steps, and at which (Application Auto Scaling API reference, StepAdjustment).
fn steps_problem(steps: &[spec::Step], adjustment: Adjustment) -> Option<(usize, String)> {
    if steps.is_empty() || steps.len() > MOST_STEPS {
        return Some((0, format!("{} steps; AWS takes 1 to {MOST_STEPS}", steps.len())));
    }
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
    let dimension = |name: &str, value: &EcsName| {
        let value = DimensionValue::parse(value).expect("ECS names are dimension values");
        (DimensionName::parse(name).expect("a name"), Dimension::Text(value))
    };
    Metric {
        namespace: Namespace::parse("AWS/ECS").expect("a namespace"),
        name: MetricName::parse(name).expect("a name"),
        dimensions: vec![dimension("ClusterName", &of.cluster), dimension("ServiceName", &of.ecs_service)],
        statistic: Statistic::Average,
        unit: None,
    }
}

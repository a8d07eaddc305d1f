//! Predictive scaling.

use super::balancer::{Groups, of_service};
use super::found::Found;
use super::layers::Layers;
use super::policy::{Entry, Of, Policies, target_help};
use super::tracking::only;
use super::{FORECAST_BUFFER, Resolver};
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::Sourced;
use crate::plan::policy::{ForecastMetric, ForecastMode, ForecastedMetric, PolicyId, PolicyKind, Predictive};
use crate::plan::units::{Invalid, Seconds, TargetValue};
use crate::spec::{PredictivePolicy, Settings};

/// Seconds that a forecast may be ahead (Application Auto Scaling API reference, SchedulingBufferTime).
const LONGEST_BUFFER: u32 = 3600;

impl Resolver<'_, '_> {
    pub(super) fn predictive(&mut self, of: &Of<'_>, found: &mut Policies) {
        let layers = &of.layers;
        if !layers.any(|s| s.scaling.as_ref()?.predictive.as_ref()) {
            return;
        }
        let entry: Entry<'_, PredictivePolicy> = Entry {
            id: PolicyId::Predictive,
            holder: "scaling.predictive".into(),
            get: &|s| s.scaling.as_ref()?.predictive.as_ref(),
        };
        self.switched(of, &entry, found, |resolver| {
            let Some(said) = layers.pick(entry.field("target"), |s| (entry.get)(s)?.target) else {
                resolver.missing(
                    of,
                    &entry.id,
                    Code::MissingTarget,
                    "is on, but has no target",
                    target_help(&entry.id),
                );
                return None;
            };
            let metric = resolver.forecast_metric(of, &said);
            let parse = match metric_said(layers) {
                ForecastMetric::Cpu => TargetValue::percent,
                ForecastMetric::Memory => TargetValue::memory,
                ForecastMetric::Requests => TargetValue::requests,
            };
            let target = resolver.parsed(layers, said, parse);
            let ahead = layers.pick(entry.field("buffer"), |s| (entry.get)(s)?.buffer.clone());
            let ahead = ahead.map(|said| resolver.parsed(layers, said, |text| buffer(&text)));
            let buffer = layers.or_built_in(ahead, || entry.field("buffer"), FORECAST_BUFFER);
            let mode =
                layers.pick_or(entry.field("mode"), ForecastMode::ForecastOnly, |s| (entry.get)(s)?.mode);
            let above =
                layers.pick(entry.field("max_capacity_buffer"), |s| (entry.get)(s)?.max_capacity_buffer);
            let above = above.map(|said| resolver.parsed(layers, said, percentage));
            let max_capacity_buffer = match above {
                Some(percent) => Some(percent?),
                None => None,
            };
            Some(PolicyKind::Predictive(Predictive {
                metric: metric?,
                target: target?,
                mode: mode.value,
                buffer: buffer?,
                max_capacity_buffer,
            }))
        });
    }

    fn forecast_metric(&mut self, of: &Of<'_>, asked: &Sourced<f64>) -> Option<ForecastedMetric> {
        match metric_said(&of.layers) {
            ForecastMetric::Cpu => Some(ForecastedMetric::Cpu),
            ForecastMetric::Memory => Some(ForecastedMetric::Memory),
            ForecastMetric::Requests => match &of.groups {
                Found::Complete(Groups::One(balancer)) => Some(ForecastedMetric::Requests(only(balancer))),
                Found::Complete(Groups::Two(..)) => {
                    let message = format!(
                        "a forecast of {} cannot count requests over two target groups",
                        of.layers.called()
                    );
                    let place = of.layers.locate(&asked.from);
                    let problem = Diagnostic::new(Code::RequestsOnAlternatingGroups, place, message);
                    self.diagnostics.push_once(problem.help("forecast `metric: cpu`"));
                    None
                }
                Found::Nothing => {
                    self.requests_without_load_balancer(
                        &of.layers,
                        "load_balancer",
                        &of_service,
                        &asked.from,
                    );
                    None
                }
                Found::Broken => None,
            },
        }
    }
}

/// What the forecast of a service is about.
pub(super) fn metric_said(layers: &Layers<'_>) -> ForecastMetric {
    let get = |s: &Settings| s.scaling.as_ref()?.predictive.as_ref()?.metric;
    layers.pick_or("scaling.predictive.metric", ForecastMetric::Cpu, get).value
}

/// `{metric}` of a forecast.
pub(super) fn word(metric: ForecastMetric) -> &'static str {
    match metric {
        ForecastMetric::Cpu => "cpu",
        ForecastMetric::Memory => "memory",
        ForecastMetric::Requests => "requests",
    }
}

fn buffer(text: &str) -> Result<Seconds, Invalid> {
    let seconds = Seconds::parse(text)?;
    if seconds.get() <= LONGEST_BUFFER {
        return Ok(seconds);
    }
    let message = format!("a forecast cannot be {text} ahead");
    Err(Invalid { code: Code::PredictiveBuffer, message, help: "write at most `1h`".to_owned() })
}

fn percentage(number: i64) -> Result<u32, Invalid> {
    match u32::try_from(number) {
        Ok(percent) if percent <= 100 => Ok(percent),
        _ => Err(Invalid {
            code: Code::PredictiveBuffer,
            message: format!("the maximum cannot rise by {number} per cent"),
            help: "write 0 to 100".to_owned(),
        }),
    }
}

//! Predictive scaling.

use super::Resolver;
use super::balancer::Groups;
use super::here::known;
use super::policy::{Entry, Of, Policies, target_help};
use super::tracking::only;
use crate::diagnostic::Code;
use crate::plan::Sourced;
use crate::plan::policy::{ForecastMetric, ForecastedMetric, PolicyId, PolicyKind, Predictive};
use crate::plan::units::{Invalid, Seconds, TargetValue};
use crate::spec::{Holder, PredictivePolicy, Target};

/// Seconds that a forecast may be ahead (Application Auto Scaling API reference, SchedulingBufferTime).
const LONGEST_BUFFER: u32 = 3600;

impl Resolver<'_, '_> {
    pub(super) fn predictive(&mut self, of: &Of<'_>, said: &Holder<PredictivePolicy>, found: &mut Policies) {
        let entry = Entry { id: PolicyId::Predictive, keys: &said.common, from: said.from };
        let said = &said.own;
        self.switched(of, &entry, found, |resolver| {
            let Some(asked) = &said.target else {
                let lacks = "is on, but has no target";
                return resolver.missing(of, &entry, Code::MissingTarget, lacks, target_help(&entry.id));
            };
            let about = known(&said.metric).value;
            let metric = resolver.forecast_metric(of, about, asked);
            let parse = match about {
                ForecastMetric::Cpu => TargetValue::percent,
                ForecastMetric::Memory => TargetValue::memory,
                ForecastMetric::Requests => TargetValue::requests,
            };
            let target = resolver.parsed(&of.here, asked, |target| parse(target.0));
            let buffer = resolver.parsed(&of.here, known(&said.buffer), |text| buffer(text));
            let above = resolver.optional(&of.here, &said.max_capacity_buffer, |share| percentage(share.0));
            Some(PolicyKind::Predictive(Predictive {
                metric: metric?,
                target: target?,
                mode: known(&said.mode).value,
                buffer: buffer?,
                max_capacity_buffer: above?,
            }))
        });
    }

    fn forecast_metric(
        &mut self,
        of: &Of<'_>,
        about: ForecastMetric,
        asked: &Sourced<Target>,
    ) -> Option<ForecastedMetric> {
        match about {
            ForecastMetric::Cpu => Some(ForecastedMetric::Cpu),
            ForecastMetric::Memory => Some(ForecastedMetric::Memory),
            ForecastMetric::Requests => match &of.groups {
                Groups::One(balancer) => Some(ForecastedMetric::Requests(only(balancer))),
                Groups::Two(..) => {
                    let message =
                        format!("a forecast of {} cannot count requests over two target groups", of.here);
                    let code = Code::RequestsOnAlternatingGroups;
                    self.refuse(code, of.here.at(&asked.from), message, "forecast `metric: cpu`")
                }
                Groups::Lacking(lacking) => {
                    self.requests_without_load_balancer(&of.here, lacking, &asked.from)
                }
                Groups::Broken => None,
            },
        }
    }
}

fn buffer(text: &str) -> Result<Seconds, Invalid> {
    let seconds = Seconds::parse(text)?;
    if seconds.get() <= LONGEST_BUFFER {
        return Ok(seconds);
    }
    let message = format!("a forecast cannot be {text} ahead");
    Err(Invalid::new(Code::PredictiveBuffer, message, "write at most `1h`"))
}

fn percentage(number: i64) -> Result<u32, Invalid> {
    let message = || format!("the maximum cannot rise by {number} per cent");
    let percent = u32::try_from(number).ok().filter(|percent| *percent <= 100);
    percent.ok_or_else(|| Invalid::new(Code::PredictiveBuffer, message(), "write 0 to 100"))
}

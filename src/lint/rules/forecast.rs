//! Predictive scaling: its metric, target and limits beside those of other policies.

use crate::diagnostic::{Code, Diagnostic};
use crate::plan::Scope;
use crate::plan::behaviour::READY_BELOW;
use crate::plan::policy::{ForecastMode, ForecastedMetric, Policy, PolicyId, Predictive};

pub(super) fn schedule_and_forecast(scope: &Scope<'_>) -> Option<Diagnostic> {
    let forecast = forecast(scope).filter(|forecast| forecast.mode == ForecastMode::ForecastAndScale)?;
    let max = scope.service.schedule.iter().find_map(|action| action.max.as_ref())?;
    let message = format!(
        "a scheduled action sets the maximum of {scope} while a forecast scales it: what the forecast needs beyond {max} is cut off, and a maximum that it raised is set back"
    );
    let problem = Diagnostic::new(Code::ScheduleAndForecast, scope.at(&max.from), message)
        .also(scope.at(&forecast.target.from), "the forecast")
        .help("let the schedule set minimums only, or the forecast only show itself (`mode: forecast_only`)");
    Some(problem)
}

pub(super) fn forecast_target_differs(scope: &Scope<'_>) -> Option<Diagnostic> {
    let forecast = forecast(scope)?;
    let id = match forecast.metric {
        ForecastedMetric::Cpu => PolicyId::Cpu,
        ForecastedMetric::Memory => PolicyId::Memory,
        ForecastedMetric::Requests(_) => PolicyId::Requests,
    };
    let tracking = scope.service.policy(&id)?.tracking()?;
    let (ahead, now) = (forecast.target.get(), tracking.target.get());
    (ahead > now || ahead < now * READY_BELOW).then(|| {
        let consequence = if ahead < now {
            "below nine tenths of that it removes again what the forecast brought"
        } else {
            "it plans fewer tasks than target tracking will ask for"
        };
        let message = format!(
            "the forecast of {scope} is made for a `{}` of {ahead}, target tracking keeps {now}: {consequence}",
            id.metric()
        );
        Diagnostic::new(Code::ForecastTargetDiffers, scope.at(&forecast.target.from), message)
            .also(scope.at(&tracking.target.from), "target tracking")
            .help("give both one target, or the forecast up to a tenth less")
    })
}

pub(super) fn forecast_raises_maximum(scope: &Scope<'_>) -> Option<Diagnostic> {
    let forecast = forecast(scope).filter(|forecast| forecast.mode == ForecastMode::ForecastAndScale)?;
    let buffer = forecast.max_capacity_buffer.as_ref()?;
    let message = format!(
        "a forecast may raise the maximum of {scope} above {}, and nothing lowers it again",
        scope.service.max.get()
    );
    let problem = Diagnostic::new(Code::ForecastRaisesMaximum, scope.at(&buffer.from), message)
        .also(scope.at(&scope.service.max.from), "the maximum")
        .help("remove `max_capacity_buffer` and set a maximum that the forecast can stay below");
    Some(problem)
}

pub(super) fn forecast_alone(scope: &Scope<'_>) -> Option<Diagnostic> {
    let forecast = forecast(scope)?;
    let alone = scope.service.policies.iter().all(|policy| policy.id == PolicyId::Predictive);
    alone.then(|| {
        let what = match forecast.mode {
            ForecastMode::ForecastOnly => "it only shows itself, so nothing scales",
            ForecastMode::ForecastAndScale => {
                "nothing answers load that it did not foresee, and nothing removes tasks"
            }
        };
        let message = format!("{scope} has a forecast and no other policy: {what}");
        Diagnostic::new(Code::ForecastAlone, scope.at(&forecast.target.from), message)
            .help("add target tracking of the same metric: `cpu: { target: 70 }`")
    })
}

fn forecast<'f>(scope: &Scope<'f>) -> Option<&'f Predictive> {
    scope.service.policies.iter().find_map(Policy::predictive)
}

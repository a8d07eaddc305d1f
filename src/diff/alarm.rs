//! Two states of the alarm that triggers a step scaling policy.

use super::found::{ChangeList, Verdict, low, medium};
use super::values::{self, word};
use crate::plan::policy::{Alarm, Comparison};

pub(super) fn compare(found: &mut ChangeList, path: &str, (old, new): (&Alarm, &Alarm)) {
    let Alarm { name, metric, comparison, threshold, period, evaluation_periods, datapoints, missing_data } =
        old;
    let watches_above = matches!(new.comparison, Comparison::Above | Comparison::AtLeast);
    let of = |key: &str| format!("{path}.{key}");
    found.value(of("alarm_name"), "", (&name.value, &new.name.value), |_, _| {
        medium("another alarm: Terraform and CloudFormation replace the old one; where the CLI script made it, it stays and goes on triggering the policy until it is deleted by hand")
    });
    found.compare(of("metric"), "", (metric, &new.metric), values::metric, |_, _| {
        medium(
            "another metric triggers it; CloudWatch takes any name, and an alarm without data never goes off",
        )
    });
    found.compare(of("comparison"), "", (comparison, &new.comparison), word, |_, _| {
        medium("the alarm goes off on other values")
    });
    found.value(of("threshold"), "", (threshold.value, new.threshold.value), |old, new| {
        threshold_moved(new > old, watches_above)
    });
    found.value(of("period"), "s", (period.get(), new.period.get()), |old, new| pace(new > old));
    let counts = (evaluation_periods, &new.evaluation_periods);
    found.value(of("evaluation_periods"), "data points", counts, |old, new| pace(new > old));
    found.value(of("datapoints"), "data points", (datapoints, &new.datapoints), |old, new| pace(new > old));
    found.compare(of("missing_data"), "", (missing_data, &new.missing_data), word, |_, _| {
        medium("the alarm behaves differently when its metric has no data")
    });
}

fn threshold_moved(raised: bool, watches_above: bool) -> Verdict {
    match raised == watches_above {
        true => medium("the alarm goes off later, on more extreme values"),
        false => medium("the alarm goes off earlier, on less extreme values"),
    }
}

fn pace(slower: bool) -> Verdict {
    match slower {
        true => medium("the alarm goes off later"),
        false => low("the alarm goes off sooner, perhaps on a short peak"),
    }
}

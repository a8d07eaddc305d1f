//! Differences of the alarm that triggers a step scaling policy.

use super::found::{ChangeList, Verdict, low, medium};
use crate::plan::policy::{Alarm, Comparison};

pub(super) fn compare(found: &mut ChangeList, path: &str, old: &Alarm, new: &Alarm) {
    let Alarm { name, metric, comparison, threshold, period, evaluation_periods, datapoints, missing_data } =
        old;
    let watches_above = matches!(new.comparison, Comparison::Above | Comparison::AtLeast);
    let mut alarm = found.below(path);
    alarm.value("alarm_name", (name, &new.name), |_, _| {
        medium("another alarm: Terraform and CloudFormation replace the old one; where the CLI script made it, it stays and goes on triggering the policy until it is deleted by hand")
    });
    alarm.value("metric", (metric, &new.metric), |_, _| {
        medium(
            "another metric triggers it; CloudWatch takes any name, and an alarm without data never goes off",
        )
    });
    alarm.value("comparison", (comparison, &new.comparison), |_, _| {
        medium("the alarm goes off on other values")
    });
    alarm.value("threshold", (threshold, &new.threshold), |old, new| {
        match (new.value > old.value) == watches_above {
            true => medium("the alarm goes off later, on more extreme values"),
            false => medium("the alarm goes off earlier, on less extreme values"),
        }
    });
    alarm.value("period", (period, &new.period), pace);
    let periods = (evaluation_periods, &new.evaluation_periods);
    alarm.value_in("data points", "evaluation_periods", periods, pace);
    alarm.value_in("data points", "datapoints", (datapoints, &new.datapoints), pace);
    alarm.value("missing_data", (missing_data, &new.missing_data), |_, _| {
        medium("the alarm behaves differently when its metric has no data")
    });
}

fn pace<T: PartialOrd>(old: &T, new: &T) -> Verdict {
    match new > old {
        true => medium("the alarm goes off later"),
        false => low("the alarm goes off sooner, perhaps on a short peak"),
    }
}

//! Differences of a target tracking policy.

use super::found::{ChangeList, Pair, Verdict, high, low, medium};
use super::values;
use crate::plan::behaviour::READY_BELOW;
use crate::plan::policy::{PolicyId, Resolution, TrackedMetric, Tracking};
use crate::plan::units::Seconds;
use crate::words::figure;

/// A target that changes by this factor is a slip of the unit or of a finger, until somebody says that it is none.
const FAR: f64 = 2.0;
/// ECS and load balancers send a value a minute; a scale-out that is repeated sooner acts on values from before the last.
const METRIC_DELAY: u32 = 60;

pub(super) fn compare(found: &mut ChangeList, pair: Pair<'_>, id: &PolicyId, old: &Tracking, new: &Tracking) {
    let Tracking { metric, measured: _, target, cooldown_out, cooldown_in, disable_scale_in } = old;
    let path = id.path();
    let setting = match id {
        PolicyId::Cpu | PolicyId::Memory => format!("{path}.resolution"),
        PolicyId::Requests => "load_balancer".to_owned(),
        PolicyId::MoreRequests(_) => format!("{path}.load_balancer"),
        _ => format!("{path}.metric"),
    };
    if *metric != new.metric {
        let shown = (Some(values::tracked(metric)), Some(values::tracked(&new.metric)));
        found.add(setting, "", shown, other_metric(&new.metric));
    }
    let mut policy = found.below(path);
    policy.value_in(unit(id), "target", (target, &new.target), |old, new| retargeted(old.get(), new.get()));
    policy.value("cooldown.out", (cooldown_out, &new.cooldown_out), |old, new| cooldown_out_is(**old, **new));
    policy.value("cooldown.in", (cooldown_in, &new.cooldown_in), |old, new| match new.value < old.value {
        true => medium(
            "tasks are removed faster one after the other; too fast, and load swings back onto too few",
        ),
        false => low("tasks are removed more slowly one after the other, and cost longer"),
    });
    let flags = (disable_scale_in, &new.disable_scale_in);
    policy.value("disable_scale_in", flags, |_, new| match (new.value, scales_in(pair)) {
        (true, true) => medium("scale-in disabled: no task is removed because of it, and its veto goes: the other policies decide alone"),
        (true, false) => high("scale-in disabled in the last policy that had it: tasks are never removed, and cost until somebody does"),
        (false, _) => medium("it removes tasks too, and none is removed unless it agrees"),
    });
}

/// Whether any target tracking policy of the later service removes tasks.
fn scales_in(pair: Pair<'_>) -> bool {
    pair.new.tracking().any(|(_, tracking)| !tracking.disable_scale_in.value)
}

pub(super) fn unit(id: &PolicyId) -> &'static str {
    match id {
        PolicyId::Requests | PolicyId::MoreRequests(_) => "requests per task and minute",
        PolicyId::Cpu | PolicyId::Memory => "%",
        _ => "",
    }
}

/// The times are those of AWS's own benchmark (AWS_FACTS 5.2; what's-new of 2026-06-18).
fn other_metric(new: &TrackedMetric) -> Verdict {
    match new {
        TrackedMetric::Cpu(every) | TrackedMetric::Memory(every) => match every.value {
            Resolution::High => medium(
                "scales out in about 1.5 minutes instead of 6; ECS must be told to measure so first, which is a deployment, and billed",
            ),
            Resolution::Standard => medium("scales out in about 6 minutes instead of 1.5"),
        },
        TrackedMetric::Requests(_) => high(
            "another target group is counted: AWS refuses one that is not attached to the service, and one without data keeps every policy from removing tasks",
        ),
        TrackedMetric::Custom(_) => high(
            "another metric is tracked: AWS takes any name, and one without data keeps every policy from removing tasks",
        ),
    }
}

fn retargeted(old: f64, new: f64) -> Verdict {
    let per_cent = ((old / new - 1.0).abs() * 100.0).round();
    let lines = format!("out above {new}, in below about {}", figure(new * READY_BELOW));
    if new > old {
        let said = format!(
            "scales out later and in earlier ({lines}): about {per_cent} % fewer tasks for the same load"
        );
        return if new / old >= FAR { high(said) } else { medium(said) };
    }
    let said =
        format!("scales out earlier and in later ({lines}): about {per_cent} % more tasks for the same load");
    if old / new >= FAR { medium(said) } else { low(said) }
}

fn cooldown_out_is(old: Seconds, new: Seconds) -> Verdict {
    if new > old {
        return medium(
            "tasks are added more slowly one time after the other; only a larger need goes through at once",
        );
    }
    match new.get() < METRIC_DELAY {
        true => medium(
            "shorter than the minute between two values of the metric: tasks are added again for a load that the last ones already take",
        ),
        false => low("tasks are added sooner again after the last time"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::Risk;

    #[test]
    fn targets() {
        let (risk, said) = retargeted(70.0, 80.0);
        assert!(risk == Risk::Medium && said.contains("out above 80, in below about 72"), "{said}");
        assert!(said.contains("12 % fewer") || said.contains("13 % fewer"), "{said}");
        assert_eq!(retargeted(100.0, 1000.0).0, Risk::High);
        assert_eq!(retargeted(70.0, 65.0).0, Risk::Low);
        assert_eq!(retargeted(1000.0, 100.0).0, Risk::Medium);
    }
}

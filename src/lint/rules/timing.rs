//! Cooldowns, compared with the delay of metrics.

use super::Tracked;
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::Scope;
use crate::plan::behaviour::period;
use crate::plan::policy::Tracking;

/// Twice AWS's own default of 300 s.
const LONG: u32 = 600;

/// Two data points: the one in which the task ends, and one without it.
pub(super) fn scale_in_cooldown_short((scope, policy, tracking): Tracked<'_>) -> Option<Diagnostic> {
    let (seconds, least) = (tracking.cooldown_in.get(), 2 * period(tracking));
    (seconds < least && !tracking.disable_scale_in.value).then(|| {
        let message = format!(
            "the `{policy}` policy of {scope} removes tasks every {seconds} s, before its metric shows what the last removal did"
        );
        Diagnostic::new(Code::ScaleInCooldownShort, scope.at(&tracking.cooldown_in.from), message)
            .help(format!("write at least {least}s; AWS's default is 300s"))
    })
}

/// One data point is the least: 0 is a finding of `gen validate`, and longer delays are for whoever knows the start time.
pub(super) fn scale_out_cooldown_short((scope, policy, tracking): Tracked<'_>) -> Option<Diagnostic> {
    let (seconds, least) = (tracking.cooldown_out.get(), period(tracking));
    (0 < seconds && seconds < least).then(|| {
        let message = format!(
            "the `{policy}` policy of {scope} forgets after {seconds} s what it added, before a data point of {least} s shows it: it adds the same again"
        );
        Diagnostic::new(Code::ScaleOutCooldownShort, scope.at(&tracking.cooldown_out.from), message)
            .help(format!("write at least {least}s, and more if tasks take longer to start"))
    })
}

pub(super) fn scale_out_cooldown_long((scope, policy, tracking): Tracked<'_>) -> Option<Diagnostic> {
    let seconds = tracking.cooldown_out.get();
    (seconds > LONG).then(|| {
        let message = format!(
            "the `{policy}` policy of {scope} adds to what it added only after {} minutes",
            seconds / 60
        );
        Diagnostic::new(Code::ScaleOutCooldownLong, scope.at(&tracking.cooldown_out.from), message)
            .help("write what a task takes to start, and at least 60s; AWS's default is 300s")
    })
}

pub(super) fn cooldowns_differ(scope: &Scope<'_>) -> Option<Diagnostic> {
    let mut tracking = scope.service.tracking();
    let (first_policy, first) = tracking.next()?;
    let differs = |other: &Tracking| {
        let pairs = [(&first.cooldown_out, &other.cooldown_out), (&first.cooldown_in, &other.cooldown_in)];
        pairs.into_iter().position(|(a, b)| a.value != b.value)
    };
    let (policy, other, which) =
        tracking.find_map(|(policy, other)| Some((policy, other, differs(other)?)))?;
    let (way, one, two) =
        [("out", &first.cooldown_out, &other.cooldown_out), ("in", &first.cooldown_in, &other.cooldown_in)]
            [which];
    let message = format!(
        "after scaling {way}, the policies of {scope} wait {} s (`{first_policy}`) and {} s (`{policy}`): each waits for itself, so the shorter one sets the pace",
        one.get(),
        two.get()
    );
    let problem = Diagnostic::new(Code::CooldownsDiffer, scope.at(&two.from), message)
        .also(scope.at(&one.from), format!("{} s", one.get()))
        .help("set `cooldown` once, under `scaling`");
    Some(problem)
}

//! Settings without effect, and why they have none.

use super::teller::Teller;
use crate::plan::alarms::AlarmKind;

/// Keys that count for what is switched off too: that it is, and how it is called, because it is deleted by its name.
const OF_WHAT_IS_OFF: &[&str] = &["enabled", "policy_name", "alarm_name", "action_name"];
/// Policies that are there only if a layer switches them or gives them a target.
const UNNAMED: &[&str] = &["scaling.requests", "scaling.cpu", "scaling.memory"];
/// Keys that another one beside them makes pointless.
const INSTEAD: &[(&str, &str)] =
    &[("target_group", "target_groups"), ("target_group_arn_suffix", "target_group_arn_suffixes")];

impl Teller<'_> {
    /// Why a setting has no effect; nothing if it has one.
    pub(super) fn why_idle(&self, key: &str) -> Option<String> {
        if self.scope.is_none() {
            return (key != "enabled").then(|| "the service is not scaled here".to_owned());
        }
        let (holder, last) = key.rsplit_once('.').unwrap_or(("", key));
        let off = |holder: &&str| self.value(&format!("{holder}.enabled")).is_some_and(|on| on == false);
        let holders = key.match_indices('.').map(|(at, _)| &key[..at]);
        if self.asked_for(key) && OF_WHAT_IS_OFF.contains(&last) {
            return None;
        }
        if let Some(holder) = holders.clone().find(off) {
            return Some(format!("`{holder}` is switched off"));
        }
        let beside = INSTEAD.iter().find(|(pointless, _)| *pointless == last);
        let beside = beside.is_some_and(|(_, instead)| self.layers.has(&format!("{holder}.{instead}")));
        let idle =
            beside || !self.asked_for(key) || self.common_cooldown_is_idle(holder) || self.alarm_is_idle(key);
        idle.then(|| "nothing asks for it".to_owned())
    }

    /// Whether the policy that a setting belongs to is there.
    fn asked_for(&self, key: &str) -> bool {
        let of = UNNAMED
            .iter()
            .find(|policy| key.strip_prefix(**policy).is_some_and(|rest| rest.starts_with('.')));
        of.is_none_or(|policy| {
            ["enabled", "target"].iter().any(|switch| self.layers.has(&format!("{policy}.{switch}")))
        })
    }

    /// Cooldowns of all target tracking policies, where there is none.
    fn common_cooldown_is_idle(&self, holder: &str) -> bool {
        let tracks = |scope: crate::plan::Scope<'_>| {
            scope.service.policies.iter().any(|policy| policy.tracking().is_some())
        };
        holder == "scaling.cooldown" && !self.scope.is_some_and(tracks)
    }

    /// What an alarm would need that is left out although it is switched on.
    fn alarm_is_idle(&self, key: &str) -> bool {
        let Some(scope) = self.scope else { return false };
        let ["alarms", name, last] = key.split('.').collect::<Vec<_>>()[..] else { return false };
        let kind = AlarmKind::ALL.into_iter().find(|kind| kind.key() == name);
        let left_out = |kind: &AlarmKind| scope.service.alarms.on.iter().all(|alarm| alarm.kind != *kind);
        kind.filter(left_out).is_some_and(|kind| match last {
            "missing_data" => true,
            "threshold" | "min_requests" => kind.is_of_requests(),
            _ => false,
        })
    }
}

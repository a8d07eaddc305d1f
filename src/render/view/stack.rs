//! Stacks of services in CloudFormation: which templates there are of one, what each keeps, and what its resources are
//! called in it.

use super::group::{Groups, Parameter};
use crate::plan;
use crate::plan::alarms::{AlarmKind, ServiceAlarm};
use crate::plan::policy::Policy;
use crate::plan::units::camel;

/// Which template of a service, and with that what it keeps.
#[derive(Clone, Copy)]
pub(super) enum Stage {
    /// Its own.
    Whole,
    /// What is imported: the scalable target, and policies that are live.
    Import,
    /// Everything but policies that get another name.
    Rename,
}

impl Stage {
    /// The parameters of what it looks up.
    pub(super) fn parameters<'f>(self, service: &plan::Service, groups: &Groups<'f>) -> Vec<Parameter<'f>> {
        let policies = service.policies.iter().filter(|policy| self.keeps(policy));
        let alarms = service.alarms.on.iter().filter(|_| self.keeps_alarms());
        let of_alarms = alarms.flat_map(ServiceAlarm::target_groups);
        let used: Vec<_> = policies.flat_map(Policy::target_groups).chain(of_alarms).collect();
        groups.parameters(|group| used.contains(&group))
    }

    /// An import adds nothing that is new.
    pub(super) fn keeps_alarms(self) -> bool {
        !matches!(self, Self::Import)
    }

    pub(super) fn keeps(self, policy: &Policy) -> bool {
        match self {
            Self::Whole => true,
            Self::Import => is_imported(policy),
            Self::Rename => !is_renamed(policy),
        }
    }
}

/// Whether a stack takes the live policy over. One that gets another name is made anew.
pub(super) fn is_imported(policy: &Policy) -> bool {
    policy.adopt && !is_renamed(policy)
}

/// A live policy has a live target: both are imported, or neither.
pub(super) fn imports(service: &plan::Service) -> bool {
    service.adopt.value || service.policies.iter().any(is_imported)
}

/// Whether policies get other names.
pub(super) fn renames(service: &plan::Service) -> bool {
    service.policies.iter().any(is_renamed)
}

fn is_renamed(policy: &Policy) -> bool {
    policy.renamed_from.is_some()
}

/// The logical id of a policy.
pub(super) fn logical_id(policy: &Policy) -> String {
    let (kind, key) = policy.id.kind();
    format!("{}{}Policy", camel(kind), key.map(|key| key.camel()).unwrap_or_default())
}

/// The logical id of the alarm of a step scaling policy.
pub(super) fn alarm_logical_id(policy: &Policy) -> String {
    format!("{}Alarm", logical_id(policy).trim_end_matches("Policy"))
}

/// The logical id of an alarm on how a service does.
pub(super) fn service_alarm_logical_id(kind: AlarmKind) -> String {
    let words = kind.key().split('_');
    let camel: String =
        words.map(|word| format!("{}{}", word[..1].to_ascii_uppercase(), &word[1..])).collect();
    format!("{camel}ServiceAlarm")
}

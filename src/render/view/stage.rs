//! The CloudFormation templates that come before a service's own: what is imported, and what stays while policies get
//! other names.

use serde::Serialize;

use super::SuspendedView;
use super::alarm::{self, ServiceAlarmView};
use super::group::{Groups, Parameter};
use super::policy::{self, PolicyView, ScheduledActionView};
use crate::plan::alarms::ServiceAlarm;
use crate::plan::{self, policy::Policy};

/// The stages before the template of a service; each is missing where it is not needed.
#[derive(Debug, Serialize)]
pub(super) struct Stages<'f> {
    /// What is live and imported: the scalable target, and the policies that say `adopt`. Nothing that the update after
    /// it is to write over what is live.
    import: Option<Stage<'f>>,
    /// Everything but the policies that get another name. Where the template says what is suspended, it holds scale-in.
    rename: Option<Stage<'f>>,
}

/// A part of the template of a service.
#[derive(Debug, Serialize)]
struct Stage<'f> {
    policies: Vec<PolicyView<'f>>,
    parameters: Vec<Parameter<'f>>,
    schedule: Vec<ScheduledActionView<'f>>,
    suspended: Option<SuspendedView>,
    /// An import adds nothing that is new; a rename leaves them as they are.
    alarms: Vec<ServiceAlarmView<'f>>,
}

impl<'f> Stages<'f> {
    pub(super) fn new(
        environment: &plan::Environment,
        service: &'f plan::Service,
        groups: &Groups<'f>,
    ) -> Self {
        let stage = |keeps: fn(&Policy) -> bool| Stage::new(service, groups, keeps);
        let rename = || Stage {
            schedule: policy::schedule(service),
            alarms: alarm::views(environment, service, groups),
            parameters: parameters(service, groups, |policy| !renamed(policy), true),
            suspended: service
                .suspended
                .as_ref()
                .map(|suspended| SuspendedView { scale_in: true, ..SuspendedView::from(suspended) }),
            ..stage(|policy| !renamed(policy))
        };
        Self {
            import: imported_target(service).then(|| stage(imported)),
            rename: service.policies.iter().any(renamed).then(rename),
        }
    }
}

impl<'f> Stage<'f> {
    fn new(service: &'f plan::Service, groups: &Groups<'f>, keeps: fn(&Policy) -> bool) -> Self {
        let kept = service.policies.iter().filter(|policy| keeps(policy));
        Self {
            policies: policy::views_of(kept, groups),
            parameters: parameters(service, groups, keeps, false),
            schedule: Vec::new(),
            suspended: None,
            alarms: Vec::new(),
        }
    }
}

/// The parameters of what some of the policies count, and the alarms or not.
fn parameters<'f>(
    service: &plan::Service,
    groups: &Groups<'f>,
    keeps: fn(&Policy) -> bool,
    alarms: bool,
) -> Vec<Parameter<'f>> {
    let of_policies = service.policies.iter().filter(|policy| keeps(policy)).flat_map(Policy::target_groups);
    let of_alarms = service.alarms.on.iter().filter(|_| alarms).flat_map(ServiceAlarm::target_groups);
    let used: Vec<_> = of_policies.chain(of_alarms).collect();
    groups.parameters(|group| used.contains(&group))
}

/// Whether a stack takes the live policy over. One that gets another name is made anew.
pub(super) fn imported(policy: &Policy) -> bool {
    policy.adopt && !renamed(policy)
}

/// A live policy has a live target: both are imported, or neither.
fn imported_target(service: &plan::Service) -> bool {
    service.adopt.value || service.policies.iter().any(imported)
}

fn renamed(policy: &Policy) -> bool {
    policy.renamed_from.is_some()
}

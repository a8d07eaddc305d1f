//! Which versions the generated Terraform needs: bounds follow from the features in use.

use serde::Serialize;

use crate::plan::policy::PolicyKind;
use crate::plan::{self, Fleet, LoadBalancer};

/// The first provider version that has everything the module always uses: target `tags`, `alarm_arns`, metric math.
const PROVIDER_BASE: &str = "4.67";
/// The first provider version whose target group data source says `load_balancer_arns` (changelog of 5.38.0).
const PROVIDER_LOOKUP: &str = "5.38";
/// The first provider version whose updates of a scheduled action keep its start and end (changelog of 5.42.0).
const PROVIDER_SCHEDULE: &str = "5.42";
/// The first provider version with `suspended_state` (changelog of 5.64.0).
const PROVIDER_SUSPENDED: &str = "5.64";
/// The first provider version with `predictive_scaling_policy_configuration` (schema of 6.13.0).
const PROVIDER_PREDICTIVE: &str = "6.13";
/// A provider's next major version may change any default.
const PROVIDER_BELOW: &str = "7.0";
/// Validations that refer to other variables came with Terraform 1.9.
const TERRAFORM: &str = ">= 1.9, < 2.0";

/// What the fleet's Terraform uses and needs.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Versions {
    required_version: &'static str,
    aws_version: String,
    uses_suspended: bool,
}

impl Versions {
    pub(super) fn needed_by(fleet: &Fleet) -> Self {
        let uses_suspended = services(fleet).any(|service| service.suspended.is_some());
        let uses_schedule = services(fleet).any(|service| !service.schedule.is_empty());
        let lowest = if services(fleet).any(forecasts) {
            PROVIDER_PREDICTIVE
        } else if uses_suspended {
            PROVIDER_SUSPENDED
        } else if uses_schedule {
            PROVIDER_SCHEDULE
        } else if services(fleet).any(looks_up) {
            PROVIDER_LOOKUP
        } else {
            PROVIDER_BASE
        };
        Self {
            required_version: TERRAFORM,
            aws_version: format!(">= {lowest}, < {PROVIDER_BELOW}"),
            uses_suspended,
        }
    }
}

fn services(fleet: &Fleet) -> impl Iterator<Item = &plan::Service> {
    fleet.environments.iter().flat_map(|environment| &environment.services)
}

fn forecasts(service: &plan::Service) -> bool {
    service.policies.iter().any(|policy| matches!(policy.kind, PolicyKind::Predictive(_)))
}

fn looks_up(service: &plan::Service) -> bool {
    service.target_groups().iter().any(|group| matches!(group.balancer, LoadBalancer::Named { .. }))
}

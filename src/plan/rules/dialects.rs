//! What a dialect cannot say: one notice each, which names the dialect, the version that lacks it and what is generated
//! instead. Never silence.

use super::{Scope, notice};
use crate::diagnostic::{Code, Diagnostics, Location};
use crate::plan::policy::{Resolution, TrackedMetric};
use crate::plan::{Fleet, Sourced};

/// A feature that not every dialect has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Feature {
    HighResolution,
    Schedule,
    AdoptedSchedule,
    RemovedService,
}

/// A dialect that lacks a feature.
struct Gap {
    feature: Feature,
    dialect: &'static str,
    lacks: &'static str,
    instead: &'static str,
}

/// All gaps, as of the tools that the tests pin (hashicorp/aws 6.47, AWS CLI 1.45, cfn-lint 1.51).
const GAPS: &[Gap] = &[
    Gap {
        feature: Feature::HighResolution,
        dialect: "terraform",
        lacks: "hashicorp/aws up to 6.47 has no `monitoring` in aws_ecs_service",
        instead: "the policy is generated; let `cli` apply it first, or run `aws ecs update-service --monitoring` before `terraform apply`",
    },
    Gap {
        feature: Feature::HighResolution,
        dialect: "cloudformation",
        lacks: "the ECS service is not part of the generated stacks",
        instead: "the policy is generated; set MonitoringConfiguration in the stack of the service, and wait for its deployment, before deploy.sh",
    },
    Gap {
        feature: Feature::HighResolution,
        dialect: "cli",
        lacks: "AWS CLI versions before botocore 1.43.33 (June 2026) have no `ecs update-service --monitoring`",
        instead: "the script switches the measurement on, waits for the deployment, then puts the policy; an older CLI is refused",
    },
    Gap {
        feature: Feature::Schedule,
        dialect: "terraform",
        lacks: "a scheduled action changes the limits of the target itself, which every later plan would change back",
        instead: "the module ignores changes of the limits once the target exists: change them through the schedule, or let `cli` apply them",
    },
    Gap {
        feature: Feature::Schedule,
        dialect: "cloudformation",
        lacks: "a stack update that touches the target sets the limits of the template, whatever the schedule has set",
        instead: "the limits stand in the template; the next scheduled action sets its own again",
    },
    Gap {
        feature: Feature::AdoptedSchedule,
        dialect: "terraform",
        lacks: "hashicorp/aws up to 6.47 cannot import scheduled actions",
        instead: "they are taken over by name: the first apply writes them over the live ones",
    },
    Gap {
        feature: Feature::RemovedService,
        dialect: "cloudformation",
        lacks: "there is no `removed` for a stack",
        instead: "its template is deleted and its stack stays live; deleting the stack would end the scaling",
    },
];

pub(super) fn dialect_gap(fleet: &Fleet, found: &mut Diagnostics) {
    if found.has_errors() {
        return; // Nothing is generated, so there is nothing to say of it.
    }
    let uses = uses(fleet);
    for gap in GAPS {
        let places =
            uses.iter().filter(|(feature, _)| *feature == gap.feature).map(|(_, place)| place.clone());
        let message = format!("{}: {}", gap.dialect, gap.lacks);
        let notice = notice(Code::DialectGap, places, message).map(|notice| notice.help(gap.instead));
        notice.into_iter().for_each(|notice| found.push(notice));
    }
}

/// Where the fleet uses what some dialect lacks.
fn uses(fleet: &Fleet) -> Vec<(Feature, Location)> {
    let mut uses = Vec::new();
    for scope in fleet.services() {
        uses.extend(resolutions(&scope).map(|from| (Feature::HighResolution, scope.at(&from.from))));
        let schedules =
            scope.service.schedule.iter().filter_map(|action| action.min.as_ref().or(action.max.as_ref()));
        for limit in schedules {
            uses.push((Feature::Schedule, scope.at(&limit.from)));
            if scope.service.adopt.value {
                uses.push((Feature::AdoptedSchedule, scope.at(&scope.service.adopt.from)));
            }
        }
    }
    if fleet.environments.iter().any(|environment| !environment.removed.is_empty()) {
        uses.push((Feature::RemovedService, Location::key(["removed"])));
    }
    uses
}

fn resolutions<'s>(scope: &Scope<'s>) -> impl Iterator<Item = &'s Sourced<Resolution>> {
    scope.service.tracking().filter_map(|(_, tracking)| match &tracking.metric {
        TrackedMetric::Cpu(resolution) | TrackedMetric::Memory(resolution) => {
            (resolution.value == Resolution::High).then_some(resolution)
        }
        TrackedMetric::Requests(_) | TrackedMetric::Custom(_) => None,
    })
}

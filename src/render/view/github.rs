//! Expressions of GitHub Actions: each is a whole value in a workflow, never a part of a script.

use serde::Serialize;

use crate::plan::{self, Fleet};

/// What the workflow takes from where it runs.
#[derive(Debug, Serialize)]
pub(super) struct Github {
    /// One rollout of a project at a time.
    group: String,
    /// What the whole workflow is called.
    name: String,
    dialect: &'static str,
    apply_role: &'static str,
}

impl Github {
    pub(super) fn new(fleet: &Fleet) -> Self {
        Self {
            group: format!("scalegen-rollout-{}", fleet.project),
            name: format!("Rollout of {}", fleet.project),
            dialect: "${{ inputs.dialect }}",
            apply_role: "${{ vars.SCALEGEN_APPLY_ROLE }}",
        }
    }
}

/// What the workflow says of a wave.
#[derive(Debug, Clone, Serialize)]
pub(super) struct WaveOfJobs {
    /// As a choice of the input.
    option: String,
    /// When its jobs run; they are not scripts, so an expression is a value of its own.
    condition: String,
    /// The reason to go on although its gate is closed: of the wave that a run begins with, and of no other.
    reason: String,
    /// The environments of the wave before, whose jobs come first.
    needs: Vec<String>,
}

/// What the workflow says of an environment.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Jobs {
    plan: String,
    plan_artifact: String,
    apply: String,
    ledger_artifact: String,
    /// A variable of the repository: jobs that only plan wait for no approval, so they are in no environment.
    status_role: String,
}

impl WaveOfJobs {
    pub(super) fn new(number: usize, before: Option<&plan::Wave>) -> Self {
        Self {
            option: number.to_string(),
            condition: format!("!cancelled() && !failure() && fromJSON(inputs.start) <= {number}"),
            reason: format!("${{{{ inputs.start == '{number}' && inputs.override || '' }}}}"),
            needs: before.iter().flat_map(|wave| &wave.environments).map(plan::units::Slug::ident).collect(),
        }
    }
}

impl Jobs {
    pub(super) fn new(number: usize, environment: &plan::Environment) -> Self {
        let name = &environment.name;
        Self {
            plan: format!("Wave {number}: plan {name}"),
            plan_artifact: format!("plan-{name}"),
            apply: format!("Wave {number}: apply {name}"),
            ledger_artifact: format!("ledger-{name}"),
            status_role: format!("${{{{ vars.SCALEGEN_STATUS_ROLE_{} }}}}", name.ident().to_uppercase()),
        }
    }
}

//! Runs of generated programs: autoscaling.sh, deploy.sh, the gate of a rollout and its workflow.

mod deploy;
mod rollout;
mod rollout_workflow;
pub mod scaling_scripts;
mod scripts;
mod together;

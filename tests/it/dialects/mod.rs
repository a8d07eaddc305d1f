//! Terraform, CloudFormation, CLI data and IAM documents: that they mean the same, and the verdicts of their own tools.

mod adoption;
mod alarms;
mod cases;
mod dashboard;
mod equality;
mod escaping;
mod iam;
mod modules;
mod mutation;
mod state;
mod targets;
mod terraform;
pub mod tools;

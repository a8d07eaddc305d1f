//! Generated Terraform, CloudFormation, CLI data and IAM documents: that they mean the same, and what the languages' own tools say.

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

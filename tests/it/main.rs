//! The integration tests, one binary. Each module is one promise; helpers are in [`support`].

#![allow(clippy::unwrap_used, clippy::print_stderr)] // in helpers; clippy.toml allows them in tests only

mod adoption;
mod alarms;
mod architecture;
mod cases;
mod command;
mod console;
mod cost;
mod dashboard;
mod deploy;
mod diff;
mod diff_complete;
mod documents;
mod dropped;
mod editors;
mod equality;
mod escaping;
mod explain;
mod findings;
mod formats;
mod iam;
mod init;
mod lint;
mod loadtest;
mod manners;
mod modules;
mod mutation;
mod pipeline;
mod recipes;
mod recording;
mod release;
mod repository;
mod rollout;
mod rollout_workflow;
mod rules;
mod runbooks;
mod scaling_scripts;
mod schema;
mod scripts;
mod support;
mod targets;
mod terraform;
mod together;
mod tools;
mod workflows;

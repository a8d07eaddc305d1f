//! Specs: findings, rules, the schema, `gen explain`, `gen diff`, `gen init`.

mod diff;
mod diff_complete;
mod editors;
mod explain;
mod findings;
mod init;
mod lint;
mod rules;
mod schema;

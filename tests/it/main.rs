//! The integration tests, one binary. Each module is one promise; helpers are in [`support`].

mod architecture;
mod cases;
mod command;
mod escaping;
mod findings;
mod schema;
mod support;
mod targets;

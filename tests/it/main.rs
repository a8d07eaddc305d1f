//! The integration tests, one binary. Each module is one promise; its folder is what the promise is about; helpers are
//! in [`support`].

#![allow(clippy::unwrap_used, clippy::print_stderr)] // in helpers; clippy.toml allows them in tests only

mod command_line;
mod dialects;
mod docs;
mod programs;
mod project;
mod spec;
mod support;

//! Integration tests in one binary: a folder per subject, a module per promise; helpers are in [`support`].

#![allow(clippy::unwrap_used, clippy::print_stderr)] // in helpers; clippy.toml allows them in tests only

mod command_line;
mod dialects;
mod docs;
mod programs;
mod project;
mod spec;
mod support;

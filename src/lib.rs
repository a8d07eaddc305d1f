//! scalegen
pub mod artifacts;
pub mod cli;
pub mod commands;
pub mod diagnostic;
pub mod document;
pub mod plan;
pub mod render;
pub mod report;
pub mod spec;

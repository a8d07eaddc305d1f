//! AWS API values as text of a language: whole structures, where a template has one hole for them.
//!
//! One rule for all: what fits into a short line stands in one, what does not is broken, one entry a line.

pub mod hcl;
pub mod json;
mod line;
pub mod yaml;

/// Columns that a line of a structure takes at most, its indentation included.
pub const WIDTH: usize = 200;

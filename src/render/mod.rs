//! Fleet → artifacts. Pure: knows neither the spec's format nor the disk.

pub mod encode;
mod engine;
mod selection;
mod structure;
mod syntax;
mod templates;
pub mod view;

use std::fmt;

pub use engine::{Engines, RenderError, render};
pub use selection::Selection;
pub use syntax::Syntax;
pub use templates::{Per, Template, Templates, target_of};

/// A template cannot be rendered. For a template of the program this is a bug in `gen`.
#[derive(Debug)]
pub struct TemplateError {
    template: String,
    message: String,
}

impl TemplateError {
    fn new(template: &str, message: impl fmt::Display) -> Self {
        Self { template: template.to_owned(), message: message.to_string() }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "template {}.tera: {}", self.template, self.message)
    }
}

impl std::error::Error for TemplateError {}

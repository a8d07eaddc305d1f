//! How a value came about: who said something, who was stronger. Written down only when asked for.

use serde_json::Value;

use super::Origin;

/// One setting of one service, as it was resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// What it is called below a layer, such as `scaling.cpu.cooldown.out`.
    pub key: String,
    /// Who says it, strongest first: the first one counts. Another key than its own is one that it falls back to.
    pub said: Vec<Origin>,
    /// What counts where nobody says it.
    pub otherwise: Option<Otherwise>,
}

/// What counts where nobody says a setting.
#[derive(Debug, Clone, PartialEq)]
pub enum Otherwise {
    /// A value of the program's.
    BuiltIn(Value),
    /// A name made by a pattern.
    Pattern {
        /// Which of `names` it is.
        name: &'static str,
        /// Whether the spec says the pattern; else it is the program's.
        said: bool,
        /// The pattern.
        pattern: String,
        /// What it makes.
        value: String,
    },
}

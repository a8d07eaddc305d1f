//! A part that several views hold: made into a template's value once.

use serde::Serialize;
use tera::Value;

#[derive(Debug, Clone, Serialize)]
pub(super) struct Shared(Value);

impl Shared {
    pub(super) fn of(view: &impl Serialize) -> Self {
        Self(Value::from_serializable(view))
    }
}

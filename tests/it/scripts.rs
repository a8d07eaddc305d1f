//! The CLI scripts under hostile conditions.

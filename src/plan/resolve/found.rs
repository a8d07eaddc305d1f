//! The outcome of resolving a value of several parts.

/// A value of several parts: complete, not there, or there and wrong (which is reported already).
pub(super) enum Found<T> {
    Complete(T),
    Nothing,
    Broken,
}

impl<T> From<Option<T>> for Found<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Broken, Self::Complete)
    }
}

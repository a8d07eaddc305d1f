//! Changes as they are found, and what is said about them.

use std::fmt::Display;

use super::{Change, Risk};
use crate::plan::Service;

/// How bad a change can be, and why.
pub(super) type Verdict = (Risk, String);

pub(super) fn high(consequence: impl Into<String>) -> Verdict {
    (Risk::High, consequence.into())
}

pub(super) fn medium(consequence: impl Into<String>) -> Verdict {
    (Risk::Medium, consequence.into())
}

pub(super) fn low(consequence: impl Into<String>) -> Verdict {
    (Risk::Low, consequence.into())
}

pub(super) fn none(consequence: impl Into<String>) -> Verdict {
    (Risk::None, consequence.into())
}

/// A service and its later state.
#[derive(Clone, Copy)]
pub(super) struct Pair<'f> {
    pub(super) old: &'f Service,
    pub(super) new: &'f Service,
    /// Whether its account or region changes.
    pub(super) moved: bool,
}

impl Pair<'_> {
    /// Whether what is scaled later is not what was scaled before: nothing of the old one gets into the way.
    pub(super) fn elsewhere(&self) -> bool {
        self.moved || self.old.resource_id() != self.new.resource_id()
    }
}

/// The changes of one service, environment or fleet.
#[derive(Default)]
pub(super) struct ChangeList {
    pub(super) changes: Vec<Change>,
}

impl ChangeList {
    /// Compares two values that can be shown as they are.
    pub(super) fn value<T: PartialEq + Display>(
        &mut self,
        setting: impl Into<String>,
        unit: &'static str,
        (old, new): (T, T),
        judge: impl FnOnce(&T, &T) -> Verdict,
    ) {
        self.compare(setting, unit, (&old, &new), T::to_string, |old, new| judge(old, new));
    }

    /// Compares two values.
    pub(super) fn compare<T: PartialEq + ?Sized>(
        &mut self,
        setting: impl Into<String>,
        unit: &'static str,
        (old, new): (&T, &T),
        show: impl Fn(&T) -> String,
        judge: impl FnOnce(&T, &T) -> Verdict,
    ) {
        if old != new {
            self.add(setting, unit, (Some(show(old)), Some(show(new))), judge(old, new));
        }
    }

    /// Compares two values that may not be there.
    pub(super) fn option<T: PartialEq>(
        &mut self,
        setting: impl Into<String>,
        unit: &'static str,
        (old, new): (Option<&T>, Option<&T>),
        show: impl Fn(&T) -> String,
        judge: impl FnOnce(Option<&T>, Option<&T>) -> Verdict,
    ) {
        if old != new {
            self.add(setting, unit, (old.map(&show), new.map(&show)), judge(old, new));
        }
    }

    /// Adds a change.
    pub(super) fn add(
        &mut self,
        setting: impl Into<String>,
        unit: &'static str,
        (old, new): (Option<String>, Option<String>),
        (risk, consequence): Verdict,
    ) {
        self.changes.push(Change { setting: setting.into(), unit, old, new, consequence, risk });
    }

    /// The changes, the worst first; equally bad ones in the order of the spec.
    pub(super) fn sorted(mut self) -> Vec<Change> {
        self.changes.sort_by_key(|change| std::cmp::Reverse(change.risk));
        self.changes
    }
}

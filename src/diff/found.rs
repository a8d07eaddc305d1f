//! Changes as they are found, and what is said about them.

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

/// A value that a change can show.
pub(super) trait Shown {
    /// Its unit, if it has one.
    const UNIT: &'static str = "";

    /// As a text; `None` if it is not there.
    fn shown(&self) -> Option<String>;
}

/// The changes of one service, environment or fleet.
#[derive(Default)]
pub(super) struct ChangeList {
    pub(super) changes: Vec<Change>,
}

/// The changes of what lies below a path.
pub(super) struct Below<'l> {
    found: &'l mut ChangeList,
    path: String,
}

impl Below<'_> {
    /// Compares two values.
    pub(super) fn value<T: PartialEq + Shown>(
        &mut self,
        key: &str,
        values: (&T, &T),
        judge: impl FnOnce(&T, &T) -> Verdict,
    ) {
        self.value_in(T::UNIT, key, values, judge);
    }

    /// Compares two values of a unit that their type does not tell.
    pub(super) fn value_in<T: PartialEq + Shown>(
        &mut self,
        unit: &'static str,
        key: &str,
        (old, new): (&T, &T),
        judge: impl FnOnce(&T, &T) -> Verdict,
    ) {
        if old != new {
            let setting = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
            self.found.add(setting, unit, (old.shown(), new.shown()), judge(old, new));
        }
    }
}

impl ChangeList {
    /// For the settings below a path.
    pub(super) fn below(&mut self, path: impl Into<String>) -> Below<'_> {
        Below { found: self, path: path.into() }
    }

    /// Compares two values.
    pub(super) fn value<T: PartialEq + Shown>(
        &mut self,
        setting: &str,
        values: (&T, &T),
        judge: impl FnOnce(&T, &T) -> Verdict,
    ) {
        self.below("").value(setting, values, judge);
    }

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

//! What the layers were asked while a service was resolved. The resolver writes it down itself, so that no list of
//! settings can fall behind it.

use std::cell::RefCell;

use crate::plan::{Field, Origin, Otherwise, Setting};

/// The questions so far, in the order in which they were asked first.
#[derive(Debug, Default)]
pub(super) struct Record(RefCell<Vec<Setting>>);

impl Record {
    /// Somebody may say a setting, at its own key or at one that it falls back to.
    pub(super) fn said(&self, key: &Field, by: impl Iterator<Item = Origin>) {
        self.of(key, |setting| {
            for origin in by {
                if !setting.said.contains(&origin) {
                    setting.said.push(origin);
                }
            }
        });
    }

    /// What a setting is where nobody says it.
    pub(super) fn otherwise(&self, key: &Field, otherwise: Otherwise) {
        self.of(key, |setting| setting.otherwise = Some(otherwise));
    }

    fn of(&self, key: &Field, change: impl FnOnce(&mut Setting)) {
        let key = key.to_string();
        let mut settings = self.0.borrow_mut();
        let at = settings.iter().position(|setting| setting.key == key).unwrap_or_else(|| {
            settings.push(Setting { key, said: Vec::new(), otherwise: None });
            settings.len() - 1
        });
        change(&mut settings[at]);
    }

    /// The settings that have a value, or were said.
    pub(super) fn into_settings(self) -> Vec<Setting> {
        let known = |setting: &Setting| !setting.said.is_empty() || setting.otherwise.is_some();
        self.0.into_inner().into_iter().filter(known).collect()
    }
}

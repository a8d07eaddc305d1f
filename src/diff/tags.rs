//! Tags, and other mappings of text to text: the entries that differ.

use std::collections::BTreeMap;

use super::Change;
use super::found::{ChangeList, none};
use crate::plan::Tags;

/// Compares tags, but those whose change is said already.
pub(super) fn compare(found: &mut ChangeList, old: &Tags, new: &Tags, said: &[Change]) {
    maps(found, "tags", old, new, |found, setting, (old, new)| {
        if !said.iter().any(|c| c.setting == setting && c.old == old && c.new == new) {
            found.add(setting, "", (old, new), none("a tag: no effect on scaling"));
        }
    });
}

/// Says each entry that differs.
pub(super) fn maps(
    found: &mut ChangeList,
    holder: &str,
    old: &BTreeMap<String, String>,
    new: &BTreeMap<String, String>,
    say: impl Fn(&mut ChangeList, String, (Option<String>, Option<String>)),
) {
    let mut keys: Vec<&String> = old.keys().chain(new.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys.into_iter().filter(|key| old.get(*key) != new.get(*key)) {
        say(found, format!("{holder}.{key}"), (old.get(key).cloned(), new.get(key).cloned()));
    }
}

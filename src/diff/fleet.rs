//! Differences of two fleets, above their environments.

use std::collections::BTreeSet;

use super::environment::{added, environments, removed};
use super::found::{ChangeList, low, medium, none};
use super::{Differences, prices, tags, values};
use crate::plan::units::Seconds;
use crate::plan::{Fleet, Wave};

/// Compares two fleets.
pub fn fleets(old: &Fleet, new: &Fleet) -> Differences {
    let Fleet { project, change, tags, environments: _, contacts, waves, prices: before, allowed } = old;
    let mut found = ChangeList::default();
    found.value("project", (project, &new.project), |_, _| {
        medium("gen takes the files of the old project for foreign ones and refuses to write over them: delete those first")
    });
    found.value("change", (change, &new.change), |_, _| {
        none("shown in what is generated; no effect on scaling")
    });
    tags::compare(&mut found, tags, &new.tags, &[]);
    tags::maps(&mut found, "contacts", contacts, &new.contacts, |found, setting, values| {
        found.add(setting, "", values, none("whom runbooks name; no effect on scaling"));
    });
    waves_changed(&mut found, waves, &new.waves);
    prices::compare(&mut found, before, &new.prices);
    tags::maps(&mut found, "lint.allow", allowed, &new.allowed, |found, setting, values| {
        found.add(setting, "", values, none("what gen lint passes over; no effect on scaling"));
    });
    let found = found.sorted();
    let shared: Vec<_> = found.iter().filter(|change| change.setting.starts_with("tags.")).cloned().collect();
    let both = |name| (old.environment(name), new.environment(name));
    let changed = names(old, new).into_iter().filter_map(|name| match both(name) {
        (Some(old), Some(new)) => environments(old, new, &shared),
        (None, Some(new)) => Some(added(new)),
        (Some(old), None) => Some(removed(old)),
        (None, None) => None,
    });
    Differences { environments: changed.collect(), fleet: found }
}

/// The names of the environments of both, sorted.
pub(super) fn names<'f>(old: &'f Fleet, new: &'f Fleet) -> BTreeSet<&'f str> {
    [old, new]
        .into_iter()
        .flat_map(|fleet| &fleet.environments)
        .map(|environment| &*environment.name)
        .collect()
}

fn waves_changed(found: &mut ChangeList, old: &[Wave], new: &[Wave]) {
    for at in 0..old.len().max(new.len()) {
        let environments = |waves: &[Wave]| {
            waves.get(at).map(|wave| {
                let Wave { environments, soak: _, gates: _ } = wave;
                environments.iter().map(|name| &**name).collect::<Vec<_>>().join(", ")
            })
        };
        let gates = |waves: &[Wave]| waves.get(at).map_or_else(Vec::new, |wave| wave.gates.clone());
        let soak = |waves: &[Wave]| waves.get(at).and_then(|wave| wave.soak);
        let mut wave = found.below(format!("rollout.waves.{}", at + 1));
        wave.value("environments", (&environments(old), &environments(new)), |_, _| {
            low("the order in which environments get a change; nothing on AWS changes")
        });
        wave.value("gates", (&gates(old), &gates(new)), |_, _| {
            low("what people confirm before the next wave; nothing on AWS changes")
        });
        let (before, after) = (soak(old), soak(new));
        let shown = |soak: Option<Seconds>| soak.map(values::time);
        wave.value("soak", (&shown(before), &shown(after)), |_, _| match before > after {
            true => low("less time to notice a mistake before the next wave gets it"),
            false => none("more time to notice a mistake before the next wave gets it"),
        });
    }
}

//! Differences of an environment, and which service of one state is which of the other.

use std::collections::{BTreeMap, BTreeSet};

use super::found::{ChangeList, Pair, high, low, medium, none};
use super::{Change, EnvironmentChanges, ServiceChanges, operations, service, tags};
use crate::plan::units::Slug;
use crate::plan::{Environment, Service};

/// Compares an environment with its later state. `shared` are the tags that change everywhere.
pub(super) fn environments(
    old: &Environment,
    new: &Environment,
    shared: &[Change],
) -> Option<EnvironmentChanges> {
    let Environment { name, account, region, tags, topic, monitoring, services, removed } = old;
    let mut found = ChangeList::default();
    found.value("account", (account, &new.account), |_, _| {
        high("another account: everything is made anew there, and what is live in the old one is not touched any more")
    });
    found.value("region", (region, &new.region), |_, _| {
        high("another region: everything is made anew there, and what is live in the old one is not touched any more")
    });
    let moved = !found.changes.is_empty();
    tags::compare(&mut found, tags, &new.tags, shared);
    operations::topic(&mut found, topic.as_ref(), new.topic.as_ref());
    operations::monitoring(&mut found, monitoring.as_ref(), new.monitoring.as_ref());
    forgotten(&mut found, removed, &new.removed, services);
    let changes = found.sorted();
    let services = services_of(old, new, moved);
    let nothing = changes.is_empty() && services.is_empty();
    (!nothing).then(|| EnvironmentChanges { name: name.to_string(), changes, services })
}

/// The list of services whose live scaling stays. One that leaves the spec with this change is said at the service.
fn forgotten(found: &mut ChangeList, old: &[Slug], new: &[Slug], services: &[Service]) {
    for name in new.iter().filter(|name| !old.contains(name)) {
        if !services.iter().any(|service| service.name == *name) {
            let said = none("Terraform forgets it, where it still knows it; what is live stays");
            found.add("removed", "", (None, Some(name.to_string())), said);
        }
    }
    for name in old.iter().filter(|name| !new.contains(name)) {
        let said = medium(
            "right once every environment was applied with it; before that, Terraform destroys the scaling of the service",
        );
        found.add("removed", "", (Some(name.to_string()), None), said);
    }
}

fn services_of(old: &Environment, new: &Environment, moved: bool) -> Vec<ServiceChanges> {
    let mut changes = Vec::new();
    let mut matched: BTreeSet<&str> = BTreeSet::new();
    let gone: BTreeMap<String, &Service> = old
        .services
        .iter()
        .filter(|service| find(&new.services, &service.name).is_none())
        .map(|service| (service.resource_id(), service))
        .collect();
    let renamed = |service: &Service| {
        let old = find(&old.services, service.renamed_from.as_ref()?)?;
        find(&new.services, &old.name).is_none().then_some(old)
    };
    for service in &new.services {
        let before = find(&old.services, &service.name).or_else(|| renamed(service));
        let found = match before.or_else(|| gone.get(&service.resource_id()).copied()) {
            Some(old) => {
                matched.insert(&old.name);
                service::compare(Pair { old, new: service, moved })
            }
            None => service::added(service),
        };
        push(&mut changes, &service.name, found);
    }
    for service in old.services.iter().filter(|service| !matched.contains(&*service.name)) {
        push(&mut changes, &service.name, service::removed(service, new.removed.contains(&service.name)));
    }
    changes.sort_by(|a, b| a.name.cmp(&b.name));
    changes
}

/// Services are sorted by name.
fn find<'s>(services: &'s [Service], name: &str) -> Option<&'s Service> {
    services.binary_search_by(|service| (*service.name).cmp(name)).ok().map(|at| &services[at])
}

fn push(changes: &mut Vec<ServiceChanges>, name: &Slug, found: ChangeList) {
    if !found.changes.is_empty() {
        changes.push(ServiceChanges { name: name.to_string(), changes: found.sorted() });
    }
}

/// An environment that is new.
pub(super) fn added(new: &Environment) -> EnvironmentChanges {
    let Environment { name, account, region, tags, topic, monitoring, services, removed } = new;
    let mut found = ChangeList::default();
    let place = format!("account {account}, {region}");
    let said = low("a new environment: its files are made; nothing is live until they are applied");
    found.add("environment", "", (None, Some(place)), said);
    tags::compare(&mut found, &Default::default(), tags, &[]);
    operations::topic(&mut found, None, topic.as_ref());
    operations::monitoring(&mut found, None, monitoring.as_ref());
    forgotten(&mut found, &[], removed, &[]);
    let mut changes = Vec::new();
    services.iter().for_each(|service| push(&mut changes, &service.name, service::added(service)));
    EnvironmentChanges { name: name.to_string(), changes: found.sorted(), services: changes }
}

/// An environment that is there no more.
pub(super) fn removed(old: &Environment) -> EnvironmentChanges {
    let Environment { name, account, region, tags: _, topic: _, monitoring: _, services, removed: _ } = old;
    let mut found = ChangeList::default();
    let place = format!("account {account}, {region}, {} services", services.len());
    let said = medium(
        "its files are deleted, and nothing else: what is live goes on scaling and nobody looks after it; destroy it before the files are gone",
    );
    found.add("environment", "", (Some(place), None), said);
    EnvironmentChanges { name: name.to_string(), changes: found.sorted(), services: Vec::new() }
}

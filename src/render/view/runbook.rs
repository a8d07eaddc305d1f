//! What the runbooks of a rollout and of a rollback say: who is asked, what has to hold, and the commands.

use serde::Serialize;

use super::rollout::spoken;
use crate::plan::operations::Expectations;
use crate::plan::{self, Fleet};

/// Roles that a runbook asks for, whether the spec says who they are or not.
const ROLES: [&str; 2] = ["decides", "on-call"];
/// More services than this are counted, not named.
const NAMED: usize = 4;

/// The runbook of a rollout.
#[derive(Debug, Serialize)]
pub(super) struct RolloutBook<'f> {
    contacts: Vec<Contact<'f>>,
    /// In the order of the rollout; one without number where no wave names an environment.
    waves: Vec<WavePage<'f>>,
    has_gates: bool,
    /// An environment and its region, for examples.
    example: &'f str,
    example_region: &'f str,
}

/// The runbook of a rollback.
#[derive(Debug, Serialize)]
pub(super) struct RollbackBook<'f> {
    contacts: Vec<Contact<'f>>,
    environment: EnvironmentPart<'f>,
}

#[derive(Debug, Serialize)]
struct Contact<'f> {
    role: &'f str,
    /// None: the spec does not say.
    who: Option<&'f str>,
}

#[derive(Debug, Serialize)]
struct WavePage<'f> {
    title: String,
    anchor: String,
    /// `staging`, `prod-eu and prod-us`
    names: String,
    soak: Option<String>,
    gates: Vec<&'f str>,
    last: bool,
    environments: Vec<EnvironmentPart<'f>>,
}

#[derive(Debug, Serialize)]
struct EnvironmentPart<'f> {
    name: &'f str,
    account: &'f str,
    region: &'f str,
    services: String,
    /// Whether a wave names it, so that a success is recorded.
    in_wave: bool,
    /// Whether scripts wait for other environments.
    gated: bool,
    script: String,
    chdir: String,
    deploy: String,
    rollback_page: String,
    artifact: String,
    expected: Vec<Expected>,
}

/// What is expected of some services.
#[derive(Debug, Serialize)]
struct Expected {
    services: String,
    p95: String,
    p99: String,
    errors: String,
    scale_out: String,
    cost: String,
}

impl<'f> RolloutBook<'f> {
    pub(super) fn new(fleet: &'f Fleet) -> Self {
        let named = |name: &plan::units::Slug| fleet.environments.iter().find(|e| e.name == *name);
        let mut waves: Vec<WavePage<'f>> = Vec::new();
        for (number, wave) in (1..).zip(&fleet.waves) {
            let members: Vec<_> = wave.environments.iter().filter_map(named).collect();
            let soak = wave.soak.map(plan::units::Seconds::get).filter(|soak| *soak > 0).map(spoken);
            let gates = wave.gates.iter().map(String::as_str).collect();
            let last = number == fleet.waves.len();
            waves.push(WavePage {
                soak,
                gates,
                last,
                ..WavePage::new(&format!("Wave {number}"), fleet, &members)
            });
        }
        let left = |environment: &&'f plan::Environment| {
            fleet.wave_members().all(|(.., name)| *name != environment.name)
        };
        let left: Vec<_> = fleet.environments.iter().filter(left).collect();
        if !left.is_empty() {
            let title = if waves.is_empty() { "All environments" } else { "Without a wave" };
            waves.push(WavePage::new(title, fleet, &left));
        }
        let mut parts = waves.iter().flat_map(|wave| &wave.environments);
        let (example, example_region) =
            parts.next().map_or(("none", "us-east-1"), |part| (part.name, part.region));
        Self { contacts: contacts(fleet), has_gates: !fleet.waves.is_empty(), example, example_region, waves }
    }
}

impl<'f> RollbackBook<'f> {
    pub(super) fn new(fleet: &'f Fleet, environment: &'f plan::Environment) -> Self {
        Self { contacts: contacts(fleet), environment: EnvironmentPart::new(fleet, environment) }
    }
}

impl<'f> WavePage<'f> {
    fn new(title: &str, fleet: &'f Fleet, members: &[&'f plan::Environment]) -> Self {
        let names: Vec<&str> = members.iter().map(|environment| &*environment.name as &str).collect();
        Self {
            title: title.to_owned(),
            anchor: title.to_lowercase().replace(' ', "-"),
            names: if names.is_empty() { "nobody".to_owned() } else { listed(&names, names.len()) },
            soak: None,
            gates: Vec::new(),
            last: true,
            environments: members
                .iter()
                .map(|environment| EnvironmentPart::new(fleet, environment))
                .collect(),
        }
    }
}

impl<'f> EnvironmentPart<'f> {
    fn new(fleet: &Fleet, environment: &'f plan::Environment) -> Self {
        let name = &environment.name;
        let services = environment.services.len();
        let wave = fleet.wave_members().find(|(.., member)| *member == name).map(|(wave, ..)| wave);
        Self {
            name,
            account: &environment.account,
            region: &environment.region,
            services: format!("{services} service{}", if services == 1 { "" } else { "s" }),
            in_wave: wave.is_some(),
            gated: wave.is_some_and(|wave| wave > 0),
            script: format!("cli/{name}.sh"),
            chdir: format!("-chdir=terraform/{name}"),
            deploy: format!("cloudformation/{name}/deploy.sh"),
            rollback_page: format!("{name}/rollback.md"),
            artifact: format!("ledger-{name}"),
            expected: expected(environment),
        }
    }
}

fn contacts(fleet: &Fleet) -> Vec<Contact<'_>> {
    let said = fleet.contacts.iter().map(|(role, who)| Contact { role, who: Some(who) });
    let missing = ROLES.into_iter().filter(|role| !fleet.contacts.contains_key(*role));
    said.chain(missing.map(|role| Contact { role, who: None })).collect()
}

/// Each set of expectations once, in the order of the services.
fn expected(environment: &plan::Environment) -> Vec<Expected> {
    let mut sets: Vec<(&Expectations, Vec<&str>)> = Vec::new();
    for service in &environment.services {
        match sets.iter_mut().find(|(known, _)| same(known, &service.expectations)) {
            Some((_, services)) => services.push(&service.name),
            None => sets.push((&service.expectations, vec![&service.name])),
        }
    }
    let only = sets.len() == 1;
    sets.into_iter()
        .map(|(expectations, services)| Expected {
            services: if only { "all".to_owned() } else { listed(&services, NAMED) },
            p95: format!("{} ms", expectations.p95.get()),
            p99: format!("{} ms", expectations.p99.get()),
            errors: format!("{} %", expectations.error_rate.get()),
            scale_out: spoken(expectations.scale_out_within.get()),
            cost: format!("{} %", expectations.cost_increase.get()),
        })
        .collect()
}

/// Equal values, wherever they were said.
fn same(a: &Expectations, b: &Expectations) -> bool {
    (*a.p95, *a.p99, *a.error_rate) == (*b.p95, *b.p99, *b.error_rate)
        && (*a.scale_out_within, *a.cost_increase) == (*b.scale_out_within, *b.cost_increase)
}

/// `a`, `a and b`, `a, b and 3 more`
fn listed(names: &[&str], most: usize) -> String {
    let shown = if names.len() > most { most - 1 } else { names.len().saturating_sub(1) };
    let last = match names.len() - shown {
        1 => names[shown].to_owned(),
        more => format!("{more} more"),
    };
    if shown == 0 { last } else { format!("{} and {last}", names[..shown].join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_stay_short() {
        assert_eq!(listed(&["a"], 4), "a");
        assert_eq!(listed(&["a", "b"], 4), "a and b");
        assert_eq!(listed(&["a", "b", "c", "d"], 4), "a, b, c and d");
        assert_eq!(listed(&["a", "b", "c", "d", "e"], 4), "a, b, c and 2 more");
    }
}

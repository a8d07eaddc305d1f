//! Names used twice by topics, rules, dashboards and stacks of environments.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::plan::operations::Topic;
use crate::plan::{Environment, Fleet};

pub(super) fn duplicate_monitoring_name(fleet: &Fleet, found: &mut Diagnostics) {
    let mut first_of = BTreeMap::new();
    for scope in fleet.services() {
        let environment = scope.environment;
        let key = ("stack", &*environment.account, &*environment.region, scope.service.stack.to_string());
        first_of.entry(key).or_insert(environment);
    }
    for environment in &fleet.environments {
        for (what, place, name) in names(environment) {
            // A dashboard belongs to an account, whatever the region.
            let region = if what == "dashboard" { "" } else { &*environment.region };
            let key = (what, &*environment.account, region, name.clone());
            let Some(first) = first_of.insert(key, environment) else { continue };
            let message =
                format!("`{}` and `{}` would share the {what} {name:?}", first.name, environment.name);
            let problem = Diagnostic::new(Code::DuplicateMonitoringName, environment.place(), message)
                .also(first.place(), "the other")
                .help(format!("make `{place}` tell them apart, for example with `{{environment}}`"));
            found.push_once(problem);
        }
    }
}

/// What is made, where its name is said, and the name.
fn names(environment: &Environment) -> Vec<(&'static str, &'static str, String)> {
    let mut names = Vec::new();
    if let Some(Topic::Made(name)) = &environment.topic {
        names.push(("topic", "notifications.topic", name.to_string()));
    }
    if let Some(monitoring) = &environment.monitoring {
        let rules = monitoring.rules.iter().map(|name| ("rules", "names.event_rule", name.to_string()));
        let dashboard = monitoring.dashboard.iter();
        names.extend(rules);
        names.extend(dashboard.map(|name| ("dashboard", "dashboard.name", name.to_string())));
        names.push(("stack", "names.monitoring_stack", monitoring.stack.to_string()));
    }
    names
}

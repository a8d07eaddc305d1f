//! The Console's pages and the checklists: what a person is told to type is what the plan says.

use std::collections::BTreeMap;
use std::fs;

use scalegen::plan::Service;
use scalegen::plan::policy::{Policy, PolicyKind};
use scalegen::render::{Selection, Templates, render};

use crate::support::{files, fleet, root};

/// The tables of a page below `Policy name` or `Action name`, as field → what to type, by that name.
fn typed(page: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut tables: Vec<BTreeMap<String, String>> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        // A `|` of a name stands escaped.
        let cells: Vec<String> =
            line.replace("\\|", "\u{1}").split('|').map(|c| c.trim().replace('\u{1}', "|")).collect();
        let [_, field, value, _] = &cells[..] else {
            inside = false;
            continue;
        };
        if !inside {
            tables.push(BTreeMap::new());
        }
        inside = true;
        let value = value.trim_matches('`').trim_matches(' ').to_owned();
        tables.last_mut().unwrap().insert(field.clone(), value);
    }
    let named = |table: BTreeMap<String, String>| {
        let name = table.get("Policy name").or(table.get("Action name"))?.clone();
        Some((name, table))
    };
    tables.into_iter().filter_map(named).collect()
}

fn check(service: &Service, policy: &Policy, table: &BTreeMap<String, String>) {
    let field = |name: &str| table.get(name).unwrap_or_else(|| panic!("{name} in {table:#?}")).as_str();
    match &policy.kind {
        PolicyKind::Tracking(tracking) => {
            assert_eq!(field("Target utilization (target value)"), tracking.target.get().to_string());
            let cooldown =
                |way| field(&format!("Additional settings: Scale-{way} cooldown period")).to_owned();
            assert_eq!(cooldown("in"), tracking.cooldown_in.get().to_string());
            assert_eq!(cooldown("out"), tracking.cooldown_out.get().to_string());
            let off = if tracking.disable_scale_in.value { "on" } else { "off" };
            assert_eq!(field("Disable scale-in"), off, "{}", service.name);
        }
        PolicyKind::Step(step) => {
            assert_eq!(field("Cooldown period"), step.cooldown.get().to_string());
            assert_eq!(field("CloudWatch alarm name"), step.alarm.name.to_string());
        }
        PolicyKind::Predictive(_) => panic!("no forecast is typed"),
    }
}

#[test]
fn what_is_typed_is_what_the_plan_says() {
    let mut specs = files(&root().join("tests/cases"), "spec.yaml");
    specs.push(root().join("specs/langfuse.yaml"));
    let (mut by_hand, mut by_command) = (0, 0);
    for spec in specs {
        let fleet = fleet(&fs::read_to_string(&spec).unwrap());
        let selection = Selection { targets: vec!["docs".to_owned()], ..Selection::default() };
        let artifacts = render(&fleet, &Templates::embedded(), &selection).unwrap();
        for scope in fleet.services() {
            let (environment, service) = (&scope.environment.name, scope.service);
            let page = &artifacts[&format!("docs/{environment}/{}/console.md", service.name)].text;
            let limits = format!(
                "| Minimum number of tasks | {} |\n| Maximum | {} |\n",
                service.min.get(),
                service.max.get()
            );
            assert!(page.contains(&limits), "{page}");
            let tables = typed(page);
            let (_, rest) = page.split_once("## What the Console cannot set").unwrap();
            for policy in &service.policies {
                let name = policy.name.to_string();
                match tables.get(&name) {
                    Some(table) => {
                        check(service, policy, table);
                        by_hand += 1;
                    }
                    None => {
                        assert!(
                            rest.contains(&name),
                            "{name} is neither typed nor written by command: {page}"
                        );
                        by_command += 1;
                    }
                }
            }
            for action in &service.schedule {
                let name = action.name.to_string();
                assert!(tables.contains_key(&name) || rest.contains(&name), "{name}: {page}");
            }
            let checklist = &artifacts[&format!("docs/{environment}/checklist.md")].text;
            let row = format!(
                "| [{0}]({0}/console.md) | {1} to {2} |",
                service.name,
                service.min.get(),
                service.max.get()
            );
            assert!(checklist.contains(&row), "{checklist}");
            for phase in 1..=6 {
                assert_eq!(checklist.matches(&format!("## Phase {phase}: ")).count(), 1, "{checklist}");
            }
        }
    }
    assert!(by_hand > 40 && by_command > 4, "{by_hand} {by_command}");
}

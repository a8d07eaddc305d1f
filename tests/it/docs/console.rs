//! The Console's pages and the checklists: what a person is told to type is what the plan says.

use std::collections::BTreeMap;
use std::fs;

use scalegen::plan::Service;
use scalegen::plan::policy::{Policy, PolicyKind};
use scalegen::render::{Selection, Templates, render};

use crate::support::{files, fleet, root};

/// The rows of a page's tables, as heading of the column → cell, by the columns that name what is typed.
fn typed(page: &str) -> BTreeMap<String, Vec<BTreeMap<String, String>>> {
    let mut rows: BTreeMap<String, Vec<BTreeMap<String, String>>> = BTreeMap::new();
    let mut headings: Option<Vec<String>> = None;
    for line in page.lines() {
        if !line.starts_with('|') {
            headings = None;
            continue;
        }
        // A `|` of a name stands escaped.
        let line = line.replace("\\|", "\u{1}");
        let cells = line.trim_matches('|').split('|').map(|cell| cell.trim().replace('\u{1}', "|"));
        let cells: Vec<String> =
            cells.map(|cell| cell.trim_matches('`').trim_matches(' ').to_owned()).collect();
        let Some(headings) = &headings else {
            headings = Some(cells);
            continue;
        };
        let row: BTreeMap<String, String> = headings.iter().cloned().zip(cells).collect();
        for name in ["Policy name", "step scaling policy", "Action name", "ECS service"] {
            if let Some(name) = row.get(name) {
                rows.entry(name.clone()).or_default().push(row.clone());
            }
        }
    }
    rows
}

fn check(service: &Service, policy: &Policy, table: &BTreeMap<String, String>) {
    let field = |name: &str| table.get(name).unwrap_or_else(|| panic!("{name} in {table:#?}")).as_str();
    assert_eq!(field("service"), &*service.name);
    match &policy.kind {
        PolicyKind::Tracking(tracking) => {
            assert_eq!(field("Target value"), tracking.target.get().to_string());
            assert_eq!(field("Scale-in cooldown"), tracking.cooldown_in.get().to_string());
            assert_eq!(field("Scale-out cooldown"), tracking.cooldown_out.get().to_string());
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
        for environment in &fleet.environments {
            let page = &artifacts[&format!("docs/{}/console.md", environment.name)].text;
            let rows = typed(page);
            let by = page.split_once("## Only by command").map_or("", |(_, rest)| rest);
            for service in &environment.services {
                let limits = |row: &&BTreeMap<String, String>| row["service"] == *service.name;
                let limits = rows[&service.ecs_service.to_string()].iter().find(limits).unwrap();
                assert_eq!(limits["Minimum number of tasks"], service.min.get().to_string());
                assert_eq!(limits["Maximum"], service.max.get().to_string());
                assert_eq!(limits["Cluster"], service.cluster.to_string());
                let row_of = |name: &str| {
                    let own = |row: &&BTreeMap<String, String>| row["service"] == *service.name;
                    rows.get(name).and_then(|rows| rows.iter().find(own)).filter(|row| row.len() > 4)
                };
                for policy in &service.policies {
                    let name = policy.name.to_string();
                    match row_of(&name) {
                        Some(row) => {
                            check(service, policy, row);
                            if let PolicyKind::Step(step) = &policy.kind {
                                let typed = rows[&name].iter().filter(|row| row["service"] == *service.name);
                                let typed: Vec<_> =
                                    typed.filter_map(|row| row.get("Action to take")).collect();
                                let planned =
                                    step.steps.iter().map(|step| step.by.unsigned_abs().to_string());
                                assert!(typed.into_iter().eq(&planned.collect::<Vec<_>>()), "{name}: {page}");
                            }
                            by_hand += 1;
                        }
                        None => {
                            assert!(
                                by.contains(&name),
                                "{name} is neither typed nor written by command: {page}"
                            );
                            by_command += 1;
                        }
                    }
                }
                for action in &service.schedule {
                    let name = action.name.to_string();
                    assert!(row_of(&name).is_some() || by.contains(&name), "{name}: {page}");
                }
            }
        }
        let checklist = &artifacts["docs/checklist.md"].text;
        for phase in 1..=6 {
            assert_eq!(checklist.matches(&format!("## Phase {phase}: ")).count(), 1, "{checklist}");
        }
    }
    assert!(by_hand > 40 && by_command > 4, "{by_hand} {by_command}");
}

//! Warnings of names on AWS that the committed files hold and the new ones drop, without a word about it in the spec.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Failure, Streams, load};
use crate::artifacts::{Changes, Found};

/// The target that holds the names, one file for each environment.
const INVENTORY: &str = "inventory/";

/// Warns of dropped names.
pub(super) fn warn(job: &load::Job, changes: &Changes<'_>, streams: &mut Streams<'_>) -> Result<(), Failure> {
    let mut found = Vec::new();
    for change in changes.changes.iter().filter(|change| change.path.starts_with(INVENTORY)) {
        let Some(new) = change.text()? else { continue };
        let Found::File { bytes, .. } = job.disk.read(&change.path)? else { continue };
        // A file that was edited until it is no JSON is reported as edited.
        let Ok(old) = serde_json::from_slice::<Value>(&bytes) else { continue };
        let new = serde_json::from_str::<Value>(&new).map_err(std::io::Error::from)?;
        compare(&old, &new, &mut found);
    }
    for warning in found {
        writeln!(streams.err, "gen: warning: {warning}")?;
    }
    Ok(())
}

fn compare(old: &Value, new: &Value, found: &mut Vec<String>) {
    let environment = new["environment"].as_str().unwrap_or_default();
    let removed = names(&new["removed"]);
    for (kind, what) in [("topics", "topic"), ("rules", "rule"), ("dashboards", "dashboard")] {
        for name in names(&old["monitoring"][kind]).difference(&names(&new["monitoring"][kind])) {
            found.push(dropped_together(environment, what, name));
        }
    }
    for service in services(old) {
        let name = service["name"].as_str().unwrap_or_default();
        let resource = &service["resource_id"];
        let Some(now) = services(new).find(|now| now["resource_id"] == *resource) else {
            if !removed.contains(name) {
                found.push(dropped_service(environment, name, resource));
            }
            continue;
        };
        let here = now["name"].as_str().unwrap_or_default();
        for (kind, what) in
            [("policies", "policy"), ("alarms", "alarm"), ("scheduled_actions", "scheduled action")]
        {
            let kept: BTreeSet<&str> = names(&now[kind]).union(&names(&now["gone"])).copied().collect();
            for name in names(&service[kind]).difference(&kept) {
                found.push(dropped_name(environment, here, what, name));
            }
        }
    }
}

fn services(inventory: &Value) -> impl Iterator<Item = &Value> {
    inventory["services"].as_array().into_iter().flatten()
}

fn names(list: &Value) -> BTreeSet<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn dropped_name(environment: &str, service: &str, what: &str, name: &str) -> String {
    let help = match what {
        "alarm" => "where `cli` made it, delete it by hand; Terraform and CloudFormation do so themselves",
        _ => {
            "if it got another name, say the old one (`renamed_from`); to delete it where it is live, keep its entry with `enabled: false`"
        }
    };
    format!(
        "{environment}/{service}: the {what} {name:?} of the committed files is not in the new ones: {help}"
    )
}

fn dropped_together(environment: &str, what: &str, name: &str) -> String {
    format!(
        "{environment}: the {what} {name:?} of the committed files is not in the new ones: Terraform deletes it itself; where `cli` made it, delete it by hand; CloudFormation deletes it with the next deploy.sh, or with its stack where no template of that is left"
    )
}

fn dropped_service(environment: &str, service: &str, resource: &Value) -> String {
    let resource = resource.as_str().unwrap_or_default();
    format!(
        "{environment}/{service}: {resource} is scaled by the committed files and not by the new ones: Terraform will end its scaling, the other dialects leave it live; to leave it live everywhere, list it under `removed`"
    )
}

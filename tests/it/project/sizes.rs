//! How much is generated: upper bounds of what people review. Less is better; whoever raises one says why.

use std::fmt::Write as _;

use scalegen::Artifacts;

use crate::support::root;

/// Something that is counted.
struct Size {
    what: String,
    is: usize,
    at_most: usize,
}

/// Most columns of a line.
const WIDTH: usize = 300;

/// Fails with the figures of what is too large.
fn within(sizes: Vec<Size>) {
    assert!(!sizes.is_empty());
    let mut said = String::new();
    for Size { what, is, at_most } in sizes.iter().filter(|size| size.is > size.at_most) {
        writeln!(said, "{what}: {is}, at most {at_most}").unwrap();
    }
    assert!(said.is_empty(), "{said}");
}

fn size(what: impl Into<String>, is: usize, at_most: usize) -> Size {
    Size { what: what.into(), is, at_most }
}

fn generated(spec: &str) -> Artifacts {
    scalegen::generate(spec).unwrap_or_else(|invalid| panic!("{}\n{spec}", invalid.in_file("spec.yaml")))
}

fn real_fleet() -> String {
    std::fs::read_to_string(root().join("specs/langfuse.yaml")).unwrap()
}

/// The lines of files whose paths begin so.
fn lines(files: &Artifacts, below: &str) -> usize {
    files.iter().filter(|(path, _)| path.starts_with(below)).map(|(_, file)| file.text.lines().count()).sum()
}

/// The longest line of each file.
fn longest(files: &Artifacts) -> impl Iterator<Item = Size> {
    files.iter().map(|(path, file)| {
        let longest = file.text.lines().map(|line| line.chars().count()).max().unwrap_or_default();
        size(format!("longest line of {path}"), longest, WIDTH)
    })
}

#[test]
fn the_real_fleet_can_be_reviewed() {
    let files = generated(&real_fleet());
    let mut sizes = vec![size("files", files.len(), 120), size("lines", lines(&files, ""), 20_000)];
    for path in files.keys() {
        if let Some(root) = path.strip_suffix("/main.tf").filter(|root| !root.contains("/modules/")) {
            // Longer names break more lines.
            let at_most = if root == "terraform/prod-eu" { 450 } else { 460 };
            sizes.push(size(format!("lines of {root}"), lines(&files, &format!("{root}/")), at_most));
        }
        if path.starts_with("cli/") && path.ends_with(".json") && !path.ends_with("/environment.json") {
            sizes.push(size(format!("lines of {path}"), lines(&files, path), 170));
        }
    }
    assert_eq!(sizes.len(), 2 + 4 + 16, "four roots, and data of four services in each environment");
    within(sizes.into_iter().chain(longest(&files)).collect());
}

/// A step scaling policy may have twenty steps.
#[test]
fn many_steps_are_many_lines() {
    let steps =
        (0..19).map(|at| format!("{{ from: {at}, to: {}, by: {} }}, ", at + 1, at + 1)).collect::<String>();
    let files = generated(&format!(
        "version: 1\nproject: shop\nservices:\n  web-ingestion:\n    capacity: {{ min: 2, max: 100 }}\n    scaling:\n      cpu: {{ target: 60 }}\n      step: {{ burst: {{ metric: cpu, threshold: 70, steps: [{steps}{{ from: 19, by: 20 }}] }} }}\nenvironments:\n  prod-eu: {{ account: \"111111111111\", region: eu-west-1 }}\n"
    ));
    within(longest(&files).collect());
}

const ENVIRONMENTS: [&str; 4] = ["staging", "prod-eu", "prod-us", "prod-hipaa"];

/// The real fleet with text behind a place in it.
fn with(place: &str, text: &str) -> String {
    let spec = real_fleet();
    assert_eq!(spec.matches(place).count(), 1, "{place} in {spec}");
    spec.replace(place, &format!("{place}{text}"))
}

/// The real fleet with another maximum of a service: of one environment, or of all that say none themselves.
fn raised(environment: Option<&str>, service: &str) -> String {
    let Some(environment) = environment else {
        return match service {
            "web-ingestion" => real_fleet().replace("{ max: 15 }", "{ max: 20 }"),
            "worker" => with(
                "  worker: # takes its work from a queue: no load balancer, CPU alone",
                "\n    capacity: { max: 20 }",
            ),
            _ => real_fleet().replace(
                &format!("  {service}: {{}}"),
                &format!("  {service}: {{ capacity: {{ max: 20 }} }}"),
            ),
        };
    };
    let balanced = |service: &str| format!("load_balancer: {{ target_group: {environment}-{service}-tg }}");
    let in_one_line = format!("{service}: {{ {}", balanced(service));
    match service {
        "worker" => with(&format!("{} }}", balanced("web")), "\n      worker: { capacity: { max: 20 } }"),
        _ if real_fleet().contains(&in_one_line) => with(&balanced(service), ", capacity: { max: 20 }"),
        _ => with(&balanced(service), "\n        capacity: { max: 20 }"),
    }
}

#[test]
fn one_raised_maximum_changes_few_files() {
    let before = generated(&real_fleet());
    let mut sizes = Vec::new();
    for service in ["web", "web-ingestion", "web-iso", "worker"] {
        for environment in ENVIRONMENTS.map(Some).into_iter().chain([None]) {
            let after = generated(&raised(environment, service));
            let changed: Vec<&str> = after
                .keys()
                .filter(|path| before.get(*path) != after.get(*path))
                .map(String::as_str)
                .collect();
            // Staging and prod-hipaa have a maximum of their own for all services.
            let environments = if environment.is_some() { 1 } else { 2 };
            let what = format!(
                "files that the maximum of {environment:?}/{service} changes ({})",
                changed.join(" ")
            );
            assert!(changed.len() > 5, "{what}");
            sizes.push(size(what, changed.len(), 10 * environments));
        }
    }
    within(sizes);
}

/// So many environments of nine services, of which one takes no requests, with everything that the real fleet has.
fn fleet_of_nine(environments: usize) -> String {
    let real = real_fleet();
    let (head, _) = real.split_once("services:\n").unwrap();
    let mut spec = format!("{head}services:\n  s0: {{ scaling: {{ requests: {{ enabled: false }} }} }}\n");
    for service in 1..9 {
        writeln!(spec, "  s{service}: {{ capacity: {{ max: {} }} }}", 10 + service).unwrap();
    }
    spec.push_str("environments:\n");
    for number in 1..=environments {
        write!(
            spec,
            "  prod-{number}:\n    account: \"{number:012}\"\n    region: eu-west-1\n    tags: {{ Environment: prod-{number} }}\n    load_balancer: {{ name: prod-{number}-alb }}\n    services:\n"
        )
        .unwrap();
        for service in 1..9 {
            writeln!(
                spec,
                "      s{service}: {{ load_balancer: {{ target_group: prod-{number}-s{service}-tg }} }}"
            )
            .unwrap();
        }
    }
    spec.push_str("rollout:\n  waves:\n");
    for number in 1..=environments {
        writeln!(spec, "    - {{ environments: [prod-{number}], soak: 24h }}").unwrap();
    }
    spec
}

#[test]
fn a_further_environment_adds_few_lines() {
    let [three, four] = [3, 4].map(|environments| generated(&fleet_of_nine(environments)));
    let targets: std::collections::BTreeSet<&str> =
        four.keys().filter_map(|path| path.split('/').next()).collect();
    assert!(targets.len() >= 8, "all targets: {targets:?}");
    let more = lines(&four, "") - lines(&three, "");
    within(vec![size("lines of a further environment of nine services", more, 6000)]);
}

//! The comparison of `equality` is not blind: of many mistakes in what is rendered, it finds every one.
//!
//! The mistakes are data (`tests/mutations`). Each is made in a service of its own among many that are alike, in all
//! dialects, and each dialect is judged once for all of them: the script runs against moto, Terraform plans, and the
//! templates become the calls they stand for. A mistake must show in its own service, where it was made, and nowhere else.

use std::fs;
use std::ops::Range;
use std::path::PathBuf;
use std::process::Command;

use scalegen::plan::Environment;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::support::expected::{self, differences};
use crate::support::quick_aws::QuickAws;
use crate::support::terraform::Terraform;
use crate::support::tools::{Moto, Provider, Seed, Tools, run, succeed};
use crate::support::{files, fleet, gen_in, root, said};

/// An ECS service that the spec does not know, for what goes to another service by mistake.
const SPARE: &str = "spare";

#[derive(Debug, Clone, Copy, PartialEq)]
enum Dialect {
    Cli,
    CloudFormation,
    Terraform,
}

/// Replacements of what stands exactly once.
type Edits = Map<String, Value>;

/// A mistake that the comparison finds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Caught {
    mistake: String,
    of: String,
    finding: String,
    cli: Option<Edits>,
    cloudformation: Option<Edits>,
    terraform: Option<Edits>,
}

impl Caught {
    fn edits(&self, dialect: Dialect) -> Option<&Edits> {
        match dialect {
            Dialect::Cli => self.cli.as_ref(),
            Dialect::CloudFormation => self.cloudformation.as_ref(),
            Dialect::Terraform => self.terraform.as_ref(),
        }
    }
}

/// A mistake that a tool refuses.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    mistake: String,
    of: String,
    cli: Option<Refusal>,
    cloudformation: Option<Refusal>,
    terraform: Option<Refusal>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    edits: Edits,
    says: String,
}

fn data<T: for<'d> Deserialize<'d>>(file: &str) -> T {
    let text = fs::read_to_string(root().join("tests/mutations").join(file)).unwrap();
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// What is rendered for services that are like these shapes.
struct Rendered {
    folder: tempfile::TempDir,
    environment: Environment,
    seed: Seed,
}

impl Rendered {
    fn new<'s>(services: impl Iterator<Item = (String, &'s str)>) -> Self {
        let shapes: Map<String, Value> = data("shapes.yaml");
        let services: Map<String, Value> = services.map(|(name, of)| (name, shapes[of].clone())).collect();
        let spec = json!({
            "version": 1, "project": "shop", "notifications": {}, "defaults": { "capacity": { "min": 2, "max": 11 } }, "services": services,
            "environments": { "prod": { "account": "222222222222", "region": "eu-west-1" } },
        });
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spec.yaml"); // JSON is YAML
        fs::write(&path, spec.to_string()).unwrap();
        succeed(gen_in(folder.path()).args(["--spec", "spec.yaml", "--out", "."]));
        for data in files(&folder.path().join("cli/prod"), ".json") {
            let compact = succeed(Command::new("jq").args(["-c", "."]).arg(&data));
            fs::write(data, compact).unwrap();
        }
        let mut seed = Seed::of_spec(&path).remove("prod").unwrap();
        let with_groups =
            |service: &&Value| service["groups"].as_array().is_some_and(|groups| !groups.is_empty());
        let services = seed.0["services"].as_array_mut().unwrap();
        let mut spare = services.iter().find(with_groups).unwrap_or(&services[0]).clone();
        spare["ecs_service"] = SPARE.into();
        spare["resource_id"] = format!("service/prod-cluster/{SPARE}").into();
        services.push(spare);
        let environment = fleet(&spec.to_string()).environments.remove(0);
        Self { folder, environment, seed }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// The files of a dialect in which values of one service stand.
    fn files(&self, dialect: Dialect, service: &str) -> Vec<PathBuf> {
        match dialect {
            Dialect::Cli => vec![self.path(&format!("cli/prod/{service}.json"))],
            Dialect::CloudFormation => vec![self.path(&format!("cloudformation/prod/{service}.yaml"))],
            Dialect::Terraform => {
                // What is put out refers to everything, and says nothing of its own.
                let outputs = self.path("terraform/prod/outputs.tf");
                if outputs.exists() {
                    fs::remove_file(outputs).unwrap();
                }
                files(&self.path("terraform/prod"), ".tf")
            }
        }
    }

    /// Gives a service alarms of its own: those of all that are alike stand in one local value.
    fn own_alarms(&self, service: &str) {
        let own = self.path(&format!("terraform/prod/{service}.tf"));
        let main = self.path("terraform/prod/main.tf");
        let text = fs::read_to_string(&main).unwrap();
        let name = format!("alarms_{}", service.replace('-', "_"));
        let input = format!("in local.alarms : kind => alarms[\"{service}\"]");
        if own.exists() || !text.contains(&input) {
            return;
        }
        let monitoring = fs::read_to_string(self.path("terraform/prod/monitoring.tf")).unwrap();
        let start = monitoring.find("\n  alarms = {").unwrap() + 1;
        let end = start + monitoring[start..].find("\n  }\n").unwrap() + "\n  }\n".len();
        let alarms = monitoring[start..end].replacen("alarms", &name, 1);
        fs::write(own, format!("locals {{\n{alarms}}}\n")).unwrap();
        fs::write(main, text.replace(&input, &input.replace("local.alarms", &format!("local.{name}"))))
            .unwrap();
    }

    /// Makes a mistake in what is rendered for one service, or with it.
    fn edit(&self, dialect: Dialect, service: &str, edits: &Edits, only_its_own: bool) {
        if dialect == Dialect::Terraform && only_its_own {
            self.own_alarms(service);
        }
        for (from, to) in edits {
            let (from, to) = (from.replace("NAME", service), to.as_str().unwrap().replace("NAME", service));
            let mut places = Vec::new();
            let mut files = self.files(dialect, service);
            if dialect == Dialect::Cli && !only_its_own {
                files.push(self.path("cli/prod/environment.json"));
            }
            for file in files {
                let text = fs::read_to_string(&file).unwrap();
                let is_its_own = file.file_stem().is_some_and(|name| name == service);
                let regions = if only_its_own && !is_its_own {
                    regions(dialect, service, &text)
                } else {
                    std::iter::once(0..text.len()).collect()
                };
                for region in regions {
                    places.extend(find(&text, region, &from).into_iter().map(|place| (file.clone(), place)));
                }
            }
            let [(file, place)] = &places[..] else {
                panic!("{dialect:?}, {service}: `{from}` stands at {places:?}, not exactly once");
            };
            let mut text = fs::read_to_string(file).unwrap();
            assert_ne!(text[place.clone()], to, "{dialect:?}, {service}: `{from}` changes nothing");
            text.replace_range(place.clone(), &to);
            fs::write(file, text).unwrap();
        }
    }
}

/// Where a service stands in a file.
fn regions(dialect: Dialect, service: &str, text: &str) -> Vec<Range<usize>> {
    let block = |start: usize, end: &str| start..start + text[start..].find(end).unwrap() + end.len();
    match dialect {
        Dialect::Cli | Dialect::CloudFormation => std::iter::once(0..text.len()).collect(),
        Dialect::Terraform => {
            let names = [format!("\"{service}\""), format!("__{service}\""), format!("__{service}__")];
            let starts = text.match_indices('\n').map(|(at, _)| at + 1).filter(|at| {
                let line = text[*at..].lines().next().unwrap_or_default();
                (line.starts_with("module ") || line.starts_with("resource "))
                    && names.iter().any(|name| line.contains(name))
            });
            starts.map(|start| block(start, "\n}\n")).collect()
        }
    }
}

/// Where a pattern stands in a region of a text. `…` is anything, as little as possible.
fn find(text: &str, region: Range<usize>, pattern: &str) -> Vec<Range<usize>> {
    let mut parts = pattern.split('…');
    let (first, rest): (&str, Vec<&str>) = (parts.next().unwrap(), parts.collect());
    let starts = text[region.clone()].match_indices(first).map(|(at, _)| region.start + at);
    let place = |start: usize| {
        let end = rest.iter().try_fold(start + first.len(), |end, part| {
            text[end..region.end].find(part).map(|at| end + at + part.len())
        })?;
        Some(start..end)
    };
    starts.filter_map(place).collect()
}

/// How many scripts run at a time: each waits for one answer after another.
const SCRIPTS: usize = 4;

/// Runs the script, for some services each at a time; what went wrong, or nothing.
fn through_cli(tools: &Tools, rendered: &Rendered, aws: &QuickAws, moto: &Moto) -> String {
    let services = &rendered.environment.services;
    let apply = |some: &[scalegen::plan::Service]| {
        let mut command = tools.system("bash");
        command.arg(rendered.path("cli/autoscaling.sh")).args(["prod", "apply", "--yes", "--state-dir"]);
        command.arg(rendered.path(&format!("state-{}", some[0].name))).current_dir(rendered.folder.path());
        command.args(some.iter().flat_map(|service| ["--service", &service.name]));
        let output = run(aws.serve(moto.serve(&mut command)));
        if output.status.success() { String::new() } else { said(&output) }
    };
    let apply = &apply;
    std::thread::scope(|scope| {
        let lots = services.chunks(services.len().div_ceil(SCRIPTS));
        let lots: Vec<_> = lots.map(|some| scope.spawn(move || apply(some))).collect();
        lots.into_iter().map(|lot| lot.join().unwrap()).collect()
    })
}

fn through_cloudformation(tools: &Tools, rendered: &Rendered) -> std::process::Output {
    let mut command = tools.script("cfn_apply.py");
    command.args(["--state", "--region", "eu-west-1", "--account", "222222222222"]);
    let template = |service: &scalegen::plan::Service| format!("cloudformation/prod/{}.yaml", service.name);
    run(command.args(rendered.environment.services.iter().map(template)).current_dir(rendered.folder.path()))
}

/// What `terraform plan` says; its plan is in the file `plan` beside the configuration. It knows the ARN of a `topic` that
/// is made before.
fn plan(terraform: &Terraform<'_>, topic: bool) -> std::process::Output {
    let terraform = |args: &[&str]| run(&mut terraform.command(args));
    let output = terraform(&["init", "-input=false", "-no-color"]);
    if !output.status.success() {
        return output;
    }
    if topic {
        let output = terraform(&[
            "apply",
            "-auto-approve",
            "-input=false",
            "-no-color",
            "-target",
            "aws_sns_topic.notifications",
        ]);
        if !output.status.success() {
            return output;
        }
    }
    terraform(&["plan", "-input=false", "-no-color", "-out", "plan"])
}

fn through_terraform(tools: &Tools, rendered: &Rendered, provider: &Provider, moto: &Moto) -> Value {
    let terraform = Terraform::new(tools, provider, Some(moto), rendered.path("terraform/prod"));
    let output = plan(&terraform, true);
    assert!(output.status.success(), "{}", said(&output));
    let json = terraform.folder().join("plan.json");
    fs::write(&json, terraform.run(&["show", "-json", "plan"])).unwrap();
    json_of(&succeed(tools.script("plan_state.py").arg(json)))
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// A provider that knows forecasts, or nothing, loudly.
fn provider(tools: &Tools) -> Option<Provider> {
    let found = tools.providers().into_iter().find(|provider| provider.version >= vec![6, 13]);
    if found.is_none() {
        tools.not_tested("mistakes in Terraform: no provider of version 6.13 or later");
    }
    found
}

/// The rows of a state that are about one service.
fn of_service(state: &Value, name: &str) -> Value {
    let (resource, alarm) = (format!("service/prod-cluster/prod-{name}"), format!("prod-{name}-"));
    let is_its = |row: &&Value| match row["resource_id"].as_str() {
        Some(id) => id == resource,
        // What the environment has together is of no service, and some of it has no name.
        None => row["name"].as_str().is_some_and(|name| name.starts_with(&alarm)),
    };
    let rows = |rows: &Value| rows.as_array().unwrap().iter().filter(is_its).cloned().collect::<Value>();
    state.as_object().unwrap().iter().map(|(kind, all)| (kind.clone(), rows(all))).collect()
}

#[test]
fn every_mistake_is_found() {
    let Some(tools) = Tools::get() else { return };
    let caught: Vec<Caught> = data("caught.yaml");
    let name = |index: usize| format!("m{index:02}");
    let shapes: Map<String, Value> = data("shapes.yaml");
    let controls = shapes.keys().map(|shape| (shape.clone(), shape.as_str()));
    let services = caught.iter().enumerate().map(|(index, caught)| (name(index), caught.of.as_str()));
    let rendered = Rendered::new(services.chain(controls));
    let mut dialects = vec![Dialect::Cli, Dialect::CloudFormation];
    let provider = provider(&tools);
    dialects.extend(provider.is_some().then_some(Dialect::Terraform));
    for &dialect in &dialects {
        for (index, caught) in caught.iter().enumerate() {
            if let Some(edits) = caught.edits(dialect) {
                rendered.edit(dialect, &name(index), edits, true);
            }
        }
    }

    let (aws, moto) = (QuickAws::new(&tools), tools.moto(&rendered.seed));
    let judge = |dialect: Dialect| match dialect {
        Dialect::Cli => {
            let wrong = through_cli(&tools, &rendered, &aws, &moto);
            assert!(wrong.is_empty(), "{wrong}");
            json_of(&moto.state(&tools))
        }
        Dialect::CloudFormation => {
            let output = through_cloudformation(&tools, &rendered);
            assert!(output.status.success(), "{}", said(&output));
            json_of(&String::from_utf8(output.stdout).unwrap())
        }
        Dialect::Terraform => through_terraform(&tools, &rendered, provider.as_ref().unwrap(), &moto),
    };
    let states: Vec<(Dialect, Value)> = std::thread::scope(|scope| {
        let judges: Vec<_> = dialects.iter().map(|&d| (d, scope.spawn(move || judge(d)))).collect();
        judges.into_iter().map(|(dialect, judge)| (dialect, judge.join().unwrap())).collect()
    });

    let wanted = expected::state("shop", &rendered.environment, &moto.made);
    let found = |state: &Value, name: &str| {
        let mut found = Vec::new();
        differences("", &of_service(state, name), &of_service(&wanted, name), &mut found);
        found
    };
    let (mut mutations, mut survivors, mut elsewhere) = (0, Vec::new(), Vec::new());
    for (dialect, state) in &states {
        for control in shapes.keys() {
            assert_eq!(found(state, control), [""; 0], "{dialect:?}, {control}: nothing is wrong here");
        }
        for (index, caught) in caught.iter().enumerate() {
            let found = found(state, &name(index));
            if caught.edits(*dialect).is_none() {
                assert_eq!(found, [""; 0], "{dialect:?}, {}: nothing is wrong here", caught.mistake);
                continue;
            }
            mutations += 1;
            if found.is_empty() {
                survivors.push(format!("{dialect:?}: {}", caught.mistake));
            } else if !found.iter().any(|line| line.split(": ").next().unwrap().ends_with(&caught.finding)) {
                elsewhere.push(format!("{dialect:?}: {}: {found:?}", caught.mistake));
            }
        }
    }
    eprintln!("{mutations} mutations of {} kinds, {} survivors", caught.len(), survivors.len());
    assert!(survivors.is_empty(), "{}", survivors.join("\n"));
    assert!(elsewhere.is_empty(), "found, but not where it was made:\n{}", elsewhere.join("\n"));
    assert!(mutations >= 40 * states.len(), "{mutations}");
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let Some(tools) = Tools::get() else { return };
    let refused: Vec<Refused> = data("refused.yaml");
    let provider = provider(&tools);
    let name = |index: usize| format!("r{index:02}");
    let services = refused.iter().enumerate().map(|(index, refused)| (name(index), refused.of.as_str()));
    let (aws, moto) = (QuickAws::new(&tools), tools.moto(&Rendered::new(services).seed));
    let judge = |dialect: Dialect, name: &str, of: &str, refusal: &Refusal| {
        let rendered = Rendered::new(std::iter::once((name.to_owned(), of)));
        rendered.edit(dialect, name, &refusal.edits, false);
        let output = match (dialect, &provider) {
            (Dialect::Cli, _) => return through_cli(&tools, &rendered, &aws, &moto),
            (Dialect::CloudFormation, _) => through_cloudformation(&tools, &rendered),
            (Dialect::Terraform, Some(provider)) => {
                let root = rendered.path("terraform/prod");
                plan(&Terraform::new(&tools, provider, Some(&moto), root), false)
            }
            (Dialect::Terraform, None) => return refusal.says.clone(), // said loudly by `provider`
        };
        if output.status.success() { String::new() } else { said(&output) }
    };
    let each = |dialect: Dialect, of: fn(&Refused) -> &Option<Refusal>| {
        let mut count = 0;
        for (index, refused) in refused.iter().enumerate() {
            let (Some(refusal), name) = (of(refused), name(index)) else { continue };
            let text = judge(dialect, &name, &refused.of, refusal);
            let says = refusal.says.replace("NAME", &name);
            assert!(text.contains(&says), "{dialect:?}, {}: {text}", refused.mistake);
            count += 1;
        }
        count
    };
    let each = &each;
    let count: usize = std::thread::scope(|scope| {
        let judges = [
            scope.spawn(move || each(Dialect::Cli, |refused| &refused.cli)),
            scope.spawn(move || each(Dialect::CloudFormation, |refused| &refused.cloudformation)),
            scope.spawn(move || each(Dialect::Terraform, |refused| &refused.terraform)),
        ];
        judges.into_iter().map(|judge| judge.join().unwrap()).sum()
    });
    eprintln!("{count} mutations, all refused");
}

/// The harness itself: patterns stand where they should.
#[test]
fn patterns_are_found_as_written() {
    let text = "a {\n x = 1\n}\nb {\n x = 1\n}\n";
    assert_eq!(find(text, 0..text.len(), "x = 1").len(), 2);
    assert_eq!(find(text, 0..12, "x = 1").first(), Some(&(5..10)));
    assert_eq!(find(text, 0..text.len(), "b {…}\n").first(), Some(&(13..text.len())));
    assert!(find(text, 0..text.len(), "c {…}\n").is_empty());
}

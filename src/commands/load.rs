//! From arguments to a fleet and its templates: the input end of the pipeline.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::{panic, thread};

use super::{Failure, Streams, findings};
use crate::artifacts::{Disk, plainly, slashed};
use crate::cli::{Input, Scope};
use crate::diagnostic::{Code, Diagnostic, Location, did_you_mean};
use crate::document::MAX_BYTES;
use crate::plan::{Environment, Fleet};
use crate::reading::Reading;
use crate::render::{Engines, Selection, Templates};

/// Everything a run over files needs.
pub(super) struct Job {
    pub(super) fleet: Fleet,
    pub(super) engines: Engines,
    pub(super) own_templates: bool,
    pub(super) selection: Selection,
    pub(super) disk: Disk,
}

/// Reads the spec that was named, or the one that is meant. What it allows is not found.
pub(super) fn spec(input: &Input) -> Result<Reading, Failure> {
    Ok(read(&find(input)?)?.without_allowed())
}

/// Loads a spec that must be valid; otherwise says why not, and fails. Meanwhile the templates are made ready: both take
/// as long for a small fleet. The memory that reading a large spec takes goes back with the thread that does it.
pub(super) fn job(scope: &Scope, streams: &mut Streams<'_>) -> Result<Job, Failure> {
    threads(scope)?;
    let path = find(&scope.input)?;
    let templates = templates(scope.templates.as_deref())?;
    let (engines, loaded) = thread::scope(|threads| {
        let loaded = threads.spawn(|| read(&path).map(Reading::without_allowed));
        let engines = Engines::new(templates, scope.targets.clone());
        (engines, loaded.join().unwrap_or_else(|panic| panic::resume_unwind(panic)))
    });
    let loaded = loaded?;
    findings::warn(&loaded, streams)?;
    let fleet = loaded.into_parts().2.ok_or(Failure::Spec)?;
    let engines = engines.map_err(|error| Failure::Template(error, scope.templates.is_some()))?;
    let selection = selection(scope, &fleet, engines.templates())?;
    let disk = Disk::new(scope.out.clone().unwrap_or_else(|| beside(&path)));
    let root = slashed(disk.root());
    match fs::metadata(disk.root()) {
        Ok(found) if !found.is_dir() => return Err(Failure::Usage(format!("{root} is not a folder"))),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(Failure::Usage(format!("{root} lies below a file")));
        }
        _ => {}
    }
    Ok(Job { fleet, engines, own_templates: scope.templates.is_some(), selection, disk })
}

/// Starts as many threads as asked for; without a wish, one for each core.
fn threads(scope: &Scope) -> io::Result<()> {
    let Some(jobs) = scope.jobs else { return Ok(()) };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.into());
    pool.build_global().map_err(|error| io::Error::other(format!("--jobs {jobs}: {error}")))
}

/// The spec that was named, or the one that is meant.
pub(super) fn find(input: &Input) -> Result<PathBuf, Failure> {
    if let Some(path) = &input.spec {
        return Ok(path.clone());
    }
    let here = std::env::current_dir()?;
    for (up, folder) in here.ancestors().enumerate() {
        let candidates = candidates(folder);
        let shown = |path: &PathBuf| relative(up, path.strip_prefix(folder).unwrap_or(path));
        match candidates.as_slice() {
            [] => {}
            [only] => return Ok(shown(only)),
            several => {
                let names: Vec<String> = several.iter().map(|path| slashed(&shown(path))).collect();
                return Err(Failure::Usage(format!(
                    "there are several specs; choose one with --spec: {}",
                    names.join(", ")
                )));
            }
        }
    }
    Err(Failure::Usage(
        "no spec found: give one with --spec FILE, or write scalegen.yaml or specs/NAME.yaml, as `gen init` does".to_owned(),
    ))
}

fn candidates(folder: &Path) -> Vec<PathBuf> {
    let direct = folder.join("scalegen.yaml");
    if direct.is_file() {
        return vec![direct];
    }
    let yaml =
        |path: &PathBuf| path.extension().is_some_and(|ext| ext == "yaml" || ext == "yml") && path.is_file();
    let entries = fs::read_dir(folder.join("specs")).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(yaml).collect();
    found.sort();
    found
}

fn relative(up: usize, path: &Path) -> PathBuf {
    std::iter::repeat_n(Path::new(".."), up).chain([path]).collect()
}

/// `generated/` beside the spec, or beside the folder `specs/` that it lies in.
fn beside(spec: &Path) -> PathBuf {
    let folder = spec.parent().unwrap_or(Path::new(""));
    match folder.file_name() {
        Some(name) if name == "specs" => folder.with_file_name("generated"),
        _ => folder.join("generated"),
    }
}

/// Reads a spec from its file.
pub(super) fn read(path: &Path) -> Result<Reading, Failure> {
    let shown = slashed(path);
    let cannot =
        |error: io::Error| Failure::Usage(format!("cannot read the spec {shown}: {}", plainly(&error)));
    let metadata = fs::metadata(path).map_err(cannot)?;
    if metadata.is_dir() {
        return Err(Failure::Usage(format!(
            "cannot read the spec {shown}: it is a folder; name the file in it"
        )));
    }
    let mut bytes = Vec::new();
    // One byte more than allowed tells a large file from one of just the limit; the rest is never read.
    File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes)).map_err(cannot)?;
    if bytes.len() as u64 > MAX_BYTES {
        let message = format!("the spec has more than {} MiB", MAX_BYTES >> 20);
        let help = "this is not a spec, or a fleet to split into several";
        let problem = Diagnostic::new(Code::SpecTooLarge, Location::File, message).help(help);
        return Ok(Reading::refused(shown, problem));
    }
    Ok(Reading::of(shown, bytes))
}

fn templates(own: Option<&Path>) -> Result<Templates, Failure> {
    let mut templates = Templates::embedded();
    let Some(root) = own else { return Ok(templates) };
    if !root.is_dir() {
        return Err(Failure::Usage(format!("--templates {}: there is no such folder", slashed(root))));
    }
    let tree = Disk::new(root);
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !entry.file_type()?.is_dir() || name.starts_with('.') {
            continue;
        }
        for path in tree.list(&name)?.iter().filter(|path| path.ends_with(".tera")) {
            let source = fs::read_to_string(tree.path(path)).map_err(|error| {
                io::Error::new(error.kind(), format!("{}: {error}", slashed(&tree.path(path))))
            })?;
            templates.add(path, source);
        }
    }
    Ok(templates)
}

fn selection(scope: &Scope, fleet: &Fleet, templates: &Templates) -> Result<Selection, Failure> {
    let targets: Vec<&str> = templates.targets().into_iter().collect();
    let environments: Vec<&str> = fleet.environments.iter().map(|environment| &*environment.name).collect();
    let services: BTreeSet<&str> = fleet.services().map(|scope| &*scope.service.name).collect();
    let services: Vec<&str> = services.into_iter().collect();
    known("target", &scope.targets, &targets)?;
    known("environment", &scope.environments, &environments)?;
    known("service", &scope.services, &services)?;
    Ok(Selection {
        targets: scope.targets.clone(),
        environments: scope.environments.clone(),
        services: scope.services.clone(),
    })
}

/// Refuses a name that is not known, with the one that was probably meant.
pub(super) fn known(what: &str, asked: &[String], known: &[&str]) -> Result<(), Failure> {
    match asked.iter().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(unknown(what, name, known)),
        None => Ok(()),
    }
}

fn unknown(what: &str, name: &str, known: &[&str]) -> Failure {
    const MOST_LISTED: usize = 20;
    let hint = match did_you_mean(name, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if known.len() > MOST_LISTED => format!("there are {} of them in the spec", known.len()),
        None => format!("there are {}", known.join(", ")),
    };
    Failure::Usage(format!("there is no {what} `{name}`; {hint}"))
}

/// An environment by its name, or what was probably meant; `command` is how a service of one is asked for.
pub(super) fn environment<'f>(
    fleet: &'f Fleet,
    name: &str,
    command: &str,
) -> Result<&'f Environment, Failure> {
    if let Some(found) = fleet.environments.iter().find(|environment| *environment.name == *name) {
        return Ok(found);
    }
    if let Some(scope) = fleet.services().find(|scope| *scope.service.name == *name) {
        let (environment, service) = (&scope.environment.name, &scope.service.name);
        return Err(Failure::Usage(format!("`{name}` is a service: {command} {environment}/{service}")));
    }
    let all: Vec<&str> = fleet.environments.iter().map(|environment| &*environment.name).collect();
    Err(unknown("environment", name, &all))
}

/// An argument as it is typed in a shell.
pub(super) fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./:@%+,=-".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

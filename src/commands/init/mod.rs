//! `gen init`: a first spec, from flags or from answers, that is valid as it stands.

mod answers;
mod questions;
mod text;

use std::path::{Path, PathBuf};

use answers::Answers;
use questions::Person;

use super::{Failure, Outcome, Streams, findings, load, schema};
use crate::artifacts::{Disk, Found, slashed};
use crate::cli::Init;
use crate::plan::units::Slug;
use crate::reading::Reading;

pub(super) fn run(args: &Init, streams: &mut Streams<'_>) -> Result<Outcome, Failure> {
    let mut answers = Answers::of_flags(args)?;
    let missing = answers.missing();
    let mut person = match streams.input.as_deref_mut() {
        _ if missing.is_empty() => None,
        Some(input) => Some(Person { input, err: &mut *streams.err }),
        None => return Err(lacking(&missing)),
    };
    let project = match (answers.project.clone(), &mut person) {
        (Some(project), _) => project,
        (None, Some(person)) => person.project()?,
        (None, None) => return Err(lacking(&missing)),
    };
    let place = Destination::new(args, &project)?;
    place.refuse_existing(args.force)?;
    if let Some(person) = &mut person {
        person.complete(&mut answers)?;
    }
    let text = text::spec(&project, &answers);
    prove(&place.shown(&place.name), &text, streams)?;
    place.write(&text, args.force, streams)?;
    Ok(Outcome::Done)
}

fn lacking(missing: &[&str]) -> Failure {
    let missing = missing.join(", ");
    Failure::Usage(format!(
        "missing {missing}; add them, or run `gen init` in a terminal, where it asks for them"
    ))
}

/// What is written must be valid: the rules of the spec are the rules of `init`.
fn prove(name: &str, text: &str, streams: &mut Streams<'_>) -> Result<(), Failure> {
    let reading = Reading::of(name, text);
    findings::warn(&reading, streams)?;
    if reading.fleet().is_none() {
        writeln!(streams.err, "gen: this spec would be invalid; nothing was written")?;
        return Err(Failure::Spec);
    }
    Ok(())
}

/// Where the spec goes; the schema lies beside it.
struct Destination {
    disk: Disk,
    name: String,
}

const SCHEMA: &str = "schema.json";

impl Destination {
    fn new(args: &Init, project: &Slug) -> Result<Self, Failure> {
        let path = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("specs/{project}.yaml")));
        let Some(name) = path.file_name() else {
            return Err(Failure::Usage(format!("--out {}: name the file to write", slashed(&path))));
        };
        let name = name.to_string_lossy().into_owned();
        Ok(Self { disk: Disk::new(path.parent().unwrap_or(Path::new(""))), name })
    }

    fn shown(&self, name: &str) -> String {
        slashed(&self.disk.path(name))
    }

    fn refuse_existing(&self, force: bool) -> Result<(), Failure> {
        let shown = self.shown(&self.name);
        match self.disk.read(&self.name)? {
            Found::Nothing => Ok(()),
            Found::File { .. } if force => Ok(()),
            Found::File { .. } => Err(Failure::Usage(format!(
                "{shown} is there already; --force replaces it, --out FILE writes elsewhere"
            ))),
            Found::Other(what) => Err(Failure::Usage(format!("{shown} cannot be written: {what} is there"))),
        }
    }

    fn write(&self, text: &str, force: bool, streams: &mut Streams<'_>) -> Result<(), Failure> {
        self.disk.create(&self.name, text.as_bytes(), force)?;
        let schema = schema::text()?;
        let kept = match self.disk.read(SCHEMA)? {
            Found::File { bytes, .. } if bytes == schema.as_bytes() => None,
            Found::Nothing => Some(false),
            Found::File { .. } if force => Some(false),
            _ => Some(true),
        };
        if kept == Some(false) {
            self.disk.create(SCHEMA, schema.as_bytes(), force)?;
        }
        if streams.quiet {
            return Ok(());
        }
        let (spec, schema) = (self.shown(&self.name), self.shown(SCHEMA));
        writeln!(streams.out, "created  {spec}")?;
        match kept {
            None => {}
            Some(false) => writeln!(streams.out, "created  {schema}")?,
            Some(true) => {
                writeln!(
                    streams.out,
                    "kept     {schema}, which is not this gen's; `gen schema` prints that"
                )?;
            }
        }
        writeln!(streams.out, "next: gen --spec {}", load::shell_word(&spec))?;
        Ok(())
    }
}

//! `gen rule`: what the codes of findings mean.

use super::{Failure, Outcome, Streams};
use crate::cli::Rule;
use crate::diagnostic::{Code, Trait, hint};
use crate::reading::Reading;
use crate::report::rule;

pub(super) fn run(args: &Rule, streams: &mut Streams<'_>) -> Result<Outcome, Failure> {
    match &args.code {
        None => rule::list(streams.out)?,
        Some(name) => page(known(name)?, streams)?,
    }
    Ok(Outcome::Done)
}

fn known(name: &str) -> Result<Code, Failure> {
    Code::named(name).ok_or_else(|| {
        let hint = hint(name, Code::all().map(|code| code.name()), "`gen rule` lists them");
        Failure::Usage(format!("there is no rule `{name}`; {hint}"))
    })
}

/// The page shows what is found in the example, by finding it.
fn page(code: Code, streams: &mut Streams<'_>) -> Result<(), Failure> {
    let example = code.example();
    let reading = Reading::of("spec.yaml", example.bad);
    let reading = if code.is(Trait::Lint) { reading.linted() } else { reading };
    Ok(rule::page(code, reading.document(), reading.found(), &example.mended, streams.out)?)
}

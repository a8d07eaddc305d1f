//! `gen rule`: what the codes of findings mean.

use super::{Failure, Outcome, Streams, load};
use crate::cli::Rule;
use crate::diagnostic::{Code, Diagnostics, did_you_mean};
use crate::document::Document;
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
        let hint = match did_you_mean(name, Code::ALL.iter().map(|code| code.name())) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "`gen rule` lists them".to_owned(),
        };
        Failure::Usage(format!("there is no rule `{name}`; {hint}"))
    })
}

/// The page shows what is found in the example, by finding it.
fn page(code: Code, streams: &mut Streams<'_>) -> Result<(), Failure> {
    let example = code.example();
    let mut diagnostics = Diagnostics::default();
    let document = Document::parse("spec.yaml", example.bad, &mut diagnostics);
    load::resolved(&document, &mut diagnostics);
    Ok(rule::page(code, &document, &diagnostics, &example.mended, streams.out)?)
}

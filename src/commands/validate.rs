//! `gen validate`: the spec alone. What it finds is its result.

use super::{Failure, Outcome, Streams, load};
use crate::cli::{Format, Validate};
use crate::report::plain::counted;
use crate::report::{github, json, plain, sarif};

pub(super) fn run(args: &Validate, streams: &mut Streams<'_>) -> Result<Outcome, Failure> {
    let load::Loaded { document, diagnostics, fleet } = load::spec(&args.input)?;
    match args.format {
        Format::Text => plain::diagnostics(&document, &diagnostics, streams.out_color, streams.out)?,
        Format::Json => json::diagnostics(&document, &diagnostics, streams.out)?,
        Format::Github => github::diagnostics(&document, &diagnostics, streams.out)?,
        Format::Sarif => sarif::diagnostics(&document, &diagnostics, streams.out)?,
    }
    let Some(fleet) = fleet else { return Ok(Outcome::No) };
    if args.format == Format::Text && !streams.quiet {
        let services = fleet.environments.iter().map(|environment| environment.services.len()).sum();
        let environments = counted(fleet.environments.len(), "environment");
        writeln!(
            streams.out,
            "{} is valid: {} in {environments}",
            document.name(),
            counted(services, "service")
        )?;
    }
    Ok(Outcome::Done)
}

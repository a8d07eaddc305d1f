//! `gen validate`: the spec alone. What it finds is its result.

use super::{Failure, Outcome, Streams, findings, load};
use crate::cli::{Format, Validate};

pub(super) fn run(args: &Validate, streams: &mut Streams<'_>) -> Result<Outcome, Failure> {
    let reading = load::spec(&args.input)?;
    findings::print("validate", args.format, &reading, streams)?;
    let Some(fleet) = reading.fleet() else { return Ok(Outcome::No) };
    if args.format == Format::Text && !streams.quiet {
        writeln!(streams.out, "{} is valid: {}", reading.document().name(), findings::size(fleet))?;
    }
    Ok(Outcome::Done)
}

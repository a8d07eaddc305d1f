//! `gen schema`: the JSON Schema of the spec.

use super::{Failure, Outcome, Streams};

pub(super) fn run(streams: &mut Streams<'_>) -> Result<Outcome, Failure> {
    let schema = serde_json::to_string_pretty(&crate::spec::schema()).map_err(std::io::Error::from)?;
    writeln!(streams.out, "{schema}")?;
    Ok(Outcome::Done)
}

//! `gen schema`: the JSON Schema of the spec.

use super::{Failure, Outcome, Streams};

pub(super) fn run(streams: &mut Streams<'_>) -> Result<Outcome, Failure> {
    streams.out.write_all(text()?.as_bytes())?;
    Ok(Outcome::Done)
}

/// The schema as a file.
pub(super) fn text() -> Result<String, Failure> {
    let schema = serde_json::to_string_pretty(&crate::spec::schema()).map_err(std::io::Error::from)?;
    Ok(schema + "\n")
}

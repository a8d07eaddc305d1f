//! `gen completions`: a shell's completion script.

use clap::CommandFactory;

use super::{Failure, Outcome, Streams};
use crate::cli::{Cli, Completions};

pub(super) fn run(args: &Completions, streams: &mut Streams<'_>) -> Result<Outcome, Failure> {
    // Into memory first: clap_complete panics where it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "gen", &mut script);
    streams.out.write_all(&script)?;
    Ok(Outcome::Done)
}

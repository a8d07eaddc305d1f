//! What each subcommand does: reads, runs the pipeline, hands the result to [`crate::report`].

mod check;
mod completions;
mod diff;
mod dropped;
mod explain;
mod findings;
mod generate;
mod init;
mod lint;
mod load;
mod man;
mod progress;
mod revision;
mod rule;
mod schema;
mod streams;
mod validate;
mod view;

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::{Cli, Command};
use crate::printable::printable;
use crate::render::TemplateError;
pub use streams::{Streams, UntilClosed};

/// The answer of a run, as an exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Done, or clean.
    Done,
    /// The answer is no: drift, findings of `lint`, changes of `diff --exit-code`, or an invalid spec in `validate`.
    No,
    /// No answer could be given.
    Failed,
    /// SIGINT.
    Interrupted,
}

impl Outcome {
    /// The exit status.
    pub fn status(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::No => 1,
            Self::Failed => 2,
            Self::Interrupted => 130,
        }
    }
}

/// Why no answer can be given.
#[derive(Debug)]
enum Failure {
    /// What was asked for makes no sense.
    Usage(String),
    /// The spec is wrong; it is reported already.
    Spec,
    /// The world: the message names the path.
    Io(io::Error),
    /// A template. The flag says whether it may be the user's own.
    Template(TemplateError, bool),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Set by SIGINT while files are rendered and written; looked at between two files.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Lets SIGINT and SIGTERM stop between two files, so that no staged file is left behind. Before that, they end the program
/// as usual.
fn handle_interrupts() {
    // Without a handler a signal ends the process at once, which is safe too: files are renamed into place.
    let _ = ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed));
}

/// Runs a command.
pub fn run(cli: &Cli, streams: &mut Streams<'_>) -> Outcome {
    let result = match &cli.command {
        None => generate::run(&cli.generate, streams),
        Some(Command::Check(args)) => check::run(args, streams),
        Some(Command::Validate(args)) => validate::run(args, streams),
        Some(Command::Lint(args)) => lint::run(args, streams),
        Some(Command::Diff(args)) => diff::run(args, streams),
        Some(Command::Explain(args)) => explain::run(args, streams),
        Some(Command::Rule(args)) => rule::run(args, streams),
        Some(Command::View(args)) => view::run(args, streams),
        Some(Command::Schema) => schema::run(streams),
        Some(Command::Completions(args)) => completions::run(args, streams),
        Some(Command::Init(args)) => init::run(args, streams),
        Some(Command::Man(args)) => man::run(args, streams),
    };
    result
        .and_then(|outcome| Ok(streams.out.flush().map(|()| outcome)?))
        .unwrap_or_else(|failure| failed(&failure, streams))
}

fn failed(failure: &Failure, streams: &mut Streams<'_>) -> Outcome {
    let message = match failure {
        Failure::Spec => return Outcome::Failed,
        Failure::Io(error)
            if error.get_ref().is_some_and(|inner| inner.is::<crate::artifacts::Interrupted>()) =>
        {
            let _ = writeln!(streams.err, "gen: {error}");
            return Outcome::Interrupted;
        }
        Failure::Usage(message) => message.clone(),
        Failure::Io(error) => error.to_string(),
        Failure::Template(error, true) => error.to_string(),
        Failure::Template(error, false) => format!("{error}\nthis is a bug in gen; nothing was written"),
    };
    let _ = writeln!(streams.err, "gen: {}", printable(&message));
    Outcome::Failed
}

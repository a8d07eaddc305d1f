//! argv → `commands::run` → exit status; nothing else.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::ExitCode;

use scalegen::cli::{self, Color};
use scalegen::commands::{self, Streams, UntilClosed};

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match cli::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let color = |terminal: bool| match cli.common.color {
        Color::Auto => terminal && !no_color,
        Color::Always => true,
        Color::Never => false,
    };
    // Standard error stays unlocked: progress is drawn on it from another thread.
    let (stdout, stderr) = (io::stdout().lock(), io::stderr());
    let (out_color, err_color) = (color(stdout.is_terminal()), color(stderr.is_terminal()));
    let watched = stderr.is_terminal();
    let width = terminal_size::terminal_size_of(&stdout).map(|(columns, _)| usize::from(columns.0));
    let mut out = BufWriter::new(UntilClosed::new(stdout));
    let mut err = BufWriter::new(UntilClosed::new(stderr));
    let (quiet, all_findings) = (cli.common.quiet, cli.common.all_findings);
    let mut stdin = io::stdin().lock();
    let input = (stdin.is_terminal() && watched).then_some(&mut stdin as &mut dyn io::BufRead);
    let mut streams = Streams {
        out: &mut out,
        out_color,
        width,
        err: &mut err,
        err_color,
        input,
        quiet,
        all_findings,
        watched,
    };
    let outcome = commands::run(&cli, &mut streams);
    let _ = err.flush();
    ExitCode::from(outcome.status())
}

//! argv → `commands::run` → exit status; nothing else.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use scalegen::cli::Cli;
use scalegen::commands::{self, Streams};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let color =
        |terminal: bool| terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let (stdout, stderr) = (io::stdout(), io::stderr());
    let (out_color, err_color) = (color(stdout.is_terminal()), color(stderr.is_terminal()));
    let mut out = io::BufWriter::new(stdout.lock());
    let mut err = io::BufWriter::new(stderr.lock());
    let outcome = commands::run(&cli, &mut Streams { out: &mut out, out_color, err: &mut err, err_color });
    let _ = err.flush();
    ExitCode::from(outcome.status())
}

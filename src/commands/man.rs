//! `gen man`: the manual page of the program or of a subcommand.

use clap::CommandFactory;
use clap_mangen::Man as Page;

use super::{Failure, Outcome, Streams, load};
use crate::cli::{Cli, Man};

pub(super) fn run(args: &Man, streams: &mut Streams<'_>) -> Result<Outcome, Failure> {
    let mut root = Cli::command();
    root.build();
    let command = match &args.command {
        None => root,
        Some(name) => {
            let names: Vec<&str> = root.get_subcommands().map(clap::Command::get_name).collect();
            load::known("subcommand", std::slice::from_ref(name), &names)?;
            root.find_subcommand(name).cloned().expect("its name is known")
        }
    };
    Page::new(command).render(&mut *streams.out)?;
    Ok(Outcome::Done)
}

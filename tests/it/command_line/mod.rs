//! The command line: commands, flags, exit statuses, output formats, terminals and pipes.

mod command;
mod dropped;
mod formats;
mod manners;
mod recording;
mod reported;
mod view;

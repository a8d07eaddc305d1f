//! `gen` as it is run: its commands and flags, exit statuses, formats for programs, terminals and pipes.

mod command;
mod dropped;
mod formats;
mod manners;
mod recording;
mod reported;
mod view;

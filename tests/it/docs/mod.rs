//! Generated documents and load tests: every number, link and command in them.

mod console;
mod cost;
mod documents;
mod loadtest;
mod runbooks;

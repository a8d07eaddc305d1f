//! Helpers of several test modules.

pub mod expected;
pub mod github;
pub mod markdown;
pub mod nursery;
pub mod quick_aws;
pub mod stage;
pub mod terraform;
pub mod together;
pub mod tools;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use scalegen::diagnostic::Diagnostics;
use scalegen::document::Document;
use scalegen::plan::Fleet;
use scalegen::reading::Reading;

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A `gen` to run, in `folder`, in an environment without surprises.
pub fn gen_in(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gen"));
    command.current_dir(folder).env_remove("GEN_SPEC").env("NO_COLOR", "1");
    command
}

/// A `git` to run, in `folder`, without a user's settings or a hook's.
pub fn git_in(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=test", "-c", "user.email=test@example.com"]).current_dir(folder);
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    command
}

/// Reads and resolves a spec.
pub fn load(name: &str, text: &(impl AsRef<[u8]> + ?Sized)) -> (Document, Diagnostics, Option<Fleet>) {
    Reading::of(name, text.as_ref()).into_parts()
}

/// The same, and judges it as `gen lint` does.
pub fn lint(name: &str, text: &(impl AsRef<[u8]> + ?Sized)) -> (Document, Diagnostics, Option<Fleet>) {
    Reading::of(name, text.as_ref()).linted().into_parts()
}

/// The fleet of a spec that must be valid.
pub fn fleet(text: &str) -> Fleet {
    let (document, diagnostics, fleet) = load("spec.yaml", text);
    fleet.unwrap_or_else(|| panic!("{}", explain(&document, &diagnostics)))
}

/// The findings as a user sees them.
pub fn explain(document: &Document, diagnostics: &Diagnostics) -> String {
    let mut out = Vec::new();
    let shown = scalegen::report::plain::Shown { color: false, all: true };
    scalegen::report::plain::diagnostics(document, diagnostics, shown, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Files below a folder, with a name ending in `suffix`, sorted.
pub fn files(folder: &Path, suffix: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in
            std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(suffix) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// What a command printed, for a message.
pub fn said(output: &Output) -> String {
    format!(
        "{}\n--- stdout\n{}--- stderr\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

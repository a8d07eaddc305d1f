//! Puts the commit into `gen --version`, where it is known; otherwise the version stands alone.
//!
//! In a checkout git knows it, in a package made by `cargo package` the file `.cargo_vcs_info.json`. No time and no state
//! of the working tree go in: the same commit gives the same program, and only another commit builds it anew.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let commit = of_package().or_else(of_checkout);
    let version = env("CARGO_PKG_VERSION");
    match commit {
        Some(commit) => println!("cargo:rustc-env=GEN_VERSION={version} ({commit:.12})"),
        None => println!("cargo:rustc-env=GEN_VERSION={version}"),
    }
}

/// The commit a package was made from, if the package is what was committed.
fn of_package() -> Option<String> {
    let info = std::fs::read_to_string(".cargo_vcs_info.json").ok()?;
    // `cargo package` builds in the target folder of the checkout, which has no such file and so builds again.
    println!("cargo:rerun-if-changed=.cargo_vcs_info.json");
    let (_, rest) = info.split_once("\"sha1\": \"")?;
    let commit = rest.split('"').next()?;
    (!info.contains("\"dirty\": true") && is_commit(commit)).then(|| commit.to_owned())
}

/// The commit of the checkout that this is; a repository around an unpacked package is somebody else's.
fn of_checkout() -> Option<String> {
    let root = Path::new(&git(&["rev-parse", "--show-toplevel"])?).canonicalize().ok()?;
    let here = Path::new(&env("CARGO_MANIFEST_DIR")).canonicalize().ok()?;
    if root != here {
        return None;
    }
    watch();
    git(&["rev-parse", "HEAD"]).filter(|commit| is_commit(commit))
}

/// Names the files that change with the commit. One that is not there would make every build run this again.
fn watch() {
    let path = |name: &str| git(&["rev-parse", "--git-path", name]).filter(|path| Path::new(path).exists());
    let branch = git(&["symbolic-ref", "--quiet", "HEAD"]);
    // The log of HEAD grows with every commit and checkout; where none is kept, the branch itself is watched.
    let moves = path("logs/HEAD").or_else(|| path(branch.as_deref()?)).or_else(|| path("packed-refs"));
    for path in path("HEAD").into_iter().chain(moves) {
        println!("cargo:rerun-if-changed={path}");
    }
}

fn git(args: &[&str]) -> Option<String> {
    let mut git = Command::new("git");
    // Inside a hook git would speak of the repository that the hook is for.
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"].iter().for_each(|name| _ = git.env_remove(name));
    let output = git.args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (output.status.success() && !text.trim().is_empty()).then(|| text.trim().to_owned())
}

fn is_commit(text: &str) -> bool {
    text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn env(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

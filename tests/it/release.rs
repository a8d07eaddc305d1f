//! What is released: its version, its package, and the workflows that make it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::tools::succeed;
use crate::support::{gen_in, git_in, root};

/// What git says, in `folder`.
fn git(folder: &Path, args: &[&str]) -> String {
    succeed(git_in(folder).args(args)).trim().to_owned()
}

/// build.rs, compiled as cargo would.
fn build_script(folder: &Path) -> PathBuf {
    let script = folder.join("build-script");
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    succeed(Command::new(rustc).args(["--edition", "2024", "-o"]).arg(&script).arg(root().join("build.rs")));
    script
}

/// What the build script says of a package in `folder`: its version, and the files it watches.
fn version_and_watched(script: &Path, folder: &Path, path: &str) -> (String, Vec<PathBuf>) {
    let mut command = Command::new(script);
    command.current_dir(folder).env("CARGO_MANIFEST_DIR", folder).env("CARGO_PKG_VERSION", "9.9.9");
    let said = succeed(command.env("PATH", path));
    let lines = |prefix: &str| {
        said.lines().filter_map(|line| line.strip_prefix(prefix)).map(str::to_owned).collect::<Vec<_>>()
    };
    let watched = lines("cargo:rerun-if-changed=").iter().map(|path| folder.join(path)).collect();
    (lines("cargo:rustc-env=GEN_VERSION=").concat(), watched)
}

#[test]
fn the_version_names_the_commit_where_it_is_known() {
    let work = tempfile::tempdir().unwrap();
    let script = build_script(work.path());
    let path = std::env::var("PATH").unwrap();
    let version = |folder: &Path| version_and_watched(&script, folder, &path).0;

    let checkout = work.path().join("checkout");
    fs::create_dir_all(checkout.join("vendor/scalegen")).unwrap();
    git(&checkout, &["init", "-q", "-b", "main"]);
    git(&checkout, &["commit", "-q", "--allow-empty", "-m", "first"]);
    let commit = git(&checkout, &["rev-parse", "HEAD"]);
    assert_eq!(version(&checkout), format!("9.9.9 ({})", &commit[..12]));
    assert_eq!(version(&checkout.join("vendor/scalegen")), "9.9.9", "the repository is somebody else's");
    assert_eq!(version_and_watched(&script, &checkout, "/nowhere").0, "9.9.9", "there is no git");

    let package = work.path().join("package");
    fs::create_dir(&package).unwrap();
    assert_eq!(version(&package), "9.9.9");
    let info = |dirty: &str| {
        format!("{{\n  \"git\": {{\n    \"sha1\": \"{commit}\"{dirty}\n  }},\n  \"path_in_vcs\": \"\"\n}}")
    };
    fs::write(package.join(".cargo_vcs_info.json"), info("")).unwrap();
    assert_eq!(version(&package), format!("9.9.9 ({})", &commit[..12]));
    fs::write(package.join(".cargo_vcs_info.json"), info(",\n    \"dirty\": true")).unwrap();
    assert_eq!(version(&package), "9.9.9");
}

/// Cargo runs the script again when a watched file changes, or is not there: so all are there, and a commit changes one.
#[test]
fn another_commit_builds_anew_and_nothing_else_does() {
    let work = tempfile::tempdir().unwrap();
    let script = build_script(work.path());
    let path = std::env::var("PATH").unwrap();
    for settings in [&[][..], &["core.logAllRefUpdates=false"]] {
        let checkout = tempfile::tempdir_in(work.path()).unwrap();
        git(checkout.path(), &["init", "-q", "-b", "main"]);
        settings.iter().for_each(|setting| {
            let (name, value) = setting.split_once('=').unwrap();
            git(checkout.path(), &["config", name, value]);
        });
        fs::copy(root().join("build.rs"), checkout.path().join("build.rs")).unwrap();
        git(checkout.path(), &["commit", "-q", "--allow-empty", "-m", "first"]);
        let watch = || {
            let (version, watched) = version_and_watched(&script, checkout.path(), &path);
            let contents: Vec<Vec<u8>> = watched
                .iter()
                .map(|path| fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
                .collect();
            (version, contents)
        };
        let before = watch();
        assert_eq!(before, watch());
        git(checkout.path(), &["commit", "-q", "--allow-empty", "-m", "second"]);
        let after = watch();
        assert!(before.0 != after.0 && before.1 != after.1, "{settings:?}");
    }
}

/// The program under test was built by cargo as it stands.
#[test]
fn the_program_says_its_version() {
    let said = succeed(gen_in(root()).arg("--version"));
    assert!(said.starts_with(concat!("gen ", env!("CARGO_PKG_VERSION"))), "{said}");
    if root().join(".git").exists() {
        let commit = git(root(), &["rev-parse", "HEAD"]);
        assert_eq!(said, format!("gen {} ({})\n", env!("CARGO_PKG_VERSION"), &commit[..12]));
    }
}

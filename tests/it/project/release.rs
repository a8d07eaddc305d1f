//! What is released: its version, its package, and the workflows that make it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::tools::{Tools, run, succeed};
use crate::support::{gen_in, git_in, root, said};

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
    let watched = version_and_watched(&script, &package, &path).1;
    assert!(
        watched.contains(&package.join(".cargo_vcs_info.json")),
        "the checkout must not take this for its own"
    );
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

fn cargo(args: &[&str]) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(args).current_dir(root());
    cargo
}

/// `.ci/run` builds the package; what must and must not be in it is quicker to say.
#[test]
fn the_package_has_the_program_and_nothing_else() {
    let listed = succeed(&mut cargo(&["package", "--list", "--locked", "--allow-dirty"]));
    for file in ["Cargo.lock", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "build.rs", "src/main.rs"] {
        assert!(listed.lines().any(|line| line == file), "{file} is missing from\n{listed}");
    }
    // The examples of `gen rule` are the fixtures of the tests.
    let folders = ["src/", "templates/", "tests/invalid/"];
    let sources = folders.map(|folder| listed.lines().filter(|l| l.starts_with(folder)).count());
    let there = folders.map(|folder| crate::support::files(&root().join(folder), "").len());
    assert_eq!(sources, there);
    let more: Vec<&str> = listed.lines().filter(|line| line.contains('/')).collect();
    assert_eq!(more.len(), sources.iter().sum::<usize>(), "{more:?}");
}

/// A dependency that needs a newer Rust would break the promise of Cargo.toml.
#[test]
fn no_dependency_needs_a_newer_rust_than_we_promise() {
    let metadata = succeed(&mut cargo(&["metadata", "--format-version=1", "--locked", "--quiet"]));
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
    let number = |version: &str| {
        let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap());
        (parts.next().unwrap(), parts.next().unwrap_or(0), parts.next().unwrap_or(0))
    };
    let ours = number(env!("CARGO_PKG_RUST_VERSION"));
    let newer = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|package| package["rust_version"].as_str().is_some_and(|version| number(version) > ours));
    let newer: Vec<String> =
        newer.map(|package| format!("{} needs {}", package["name"], package["rust_version"])).collect();
    assert!(newer.is_empty(), "{newer:?}");
}

/// Licences, sources and bans. Advisories need the network; the workflow checks them.
#[test]
fn cargo_deny_accepts_the_dependencies() {
    let Some(tools) = Tools::get().filter(|tools| tools.has("cargo-deny")) else { return };
    let deny = |config: &Path| {
        let mut deny = tools.command("cargo-deny");
        deny.args(["--locked", "--config"]).arg(config).args(["check", "licenses", "bans", "sources"]);
        run(deny.current_dir(root()))
    };
    let accepted = deny(&root().join("deny.toml"));
    assert!(accepted.status.success(), "{}", said(&accepted));
    // It does judge: without a licence that is in use, it refuses.
    let stricter = tempfile::NamedTempFile::with_suffix(".toml").unwrap();
    let config = fs::read_to_string(root().join("deny.toml")).unwrap();
    assert!(config.contains("    \"Unicode-3.0\",\n"));
    fs::write(&stricter, config.replace("    \"Unicode-3.0\",\n", "")).unwrap();
    let refused = deny(stricter.path());
    assert!(!refused.status.success() && said(&refused).contains("Unicode-3.0"), "{}", said(&refused));
}

/// What `.ci/pack` reads of a repository, with the changelog of a release, and two programs to pack.
fn to_pack() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in [".ci/pack", "Cargo.toml", "README.md", "LICENSE-APACHE", "LICENSE-MIT"] {
        let place = folder.path().join("repository").join(file);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::copy(root().join(file), place).unwrap();
    }
    let repository = folder.path().join("repository");
    let changelog =
        "# Changelog\n\n## Unreleased\n\n## 0.1.0 - 2026-11-24\n\n- what is new\n\n## 0.0.1\n\n- what was\n";
    let changelog = changelog.replace("0.1.0", env!("CARGO_PKG_VERSION"));
    fs::write(repository.join("CHANGELOG.md"), changelog).unwrap();
    git(&repository, &["init", "-q"]);
    git(&repository, &["add", "-A"]);
    git(&repository, &["commit", "-q", "-m", "release"]);
    for target in
        [format!("{}-unknown-linux-musl", std::env::consts::ARCH), "other-unknown-linux-musl".to_owned()]
    {
        let place = folder.path().join("binaries").join(target);
        fs::create_dir_all(&place).unwrap();
        // It runs as the program does, and is quicker to pack than one for debugging.
        let program = format!("#!/bin/sh\nexec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_gen"));
        fs::write(place.join("gen"), program).unwrap();
    }
    folder
}

#[test]
fn a_release_is_packed_the_same_every_time() {
    let folder = to_pack();
    let pack = |tag: &str, dist: &str| {
        let mut pack = Command::new("repository/.ci/pack");
        run(pack.args([tag, "binaries", dist]).current_dir(folder.path()).env_remove("GEN_SPEC"))
    };
    let tag = concat!("v", env!("CARGO_PKG_VERSION"));
    for dist in ["one", "two"] {
        let packed = pack(tag, dist);
        assert!(packed.status.success(), "{}", said(&packed));
    }
    let read = |path: &str| fs::read_to_string(folder.path().join(path)).unwrap();
    assert_eq!(read("one/SHA256SUMS"), read("two/SHA256SUMS"));
    assert_eq!(read("one/NOTES.md").trim(), "- what is new");
    succeed(
        Command::new("sha256sum")
            .args(["--strict", "-c", "SHA256SUMS"])
            .current_dir(folder.path().join("one")),
    );

    let name = format!("scalegen-{tag}-{}-unknown-linux-musl", std::env::consts::ARCH);
    let archive = folder.path().join(format!("one/{name}.tar.gz"));
    succeed(Command::new("tar").arg("-xzf").arg(archive).current_dir(folder.path()));
    let unpacked = folder.path().join(name);
    let said_version = succeed(Command::new(unpacked.join("gen")).arg("--version"));
    assert!(said_version.starts_with(concat!("gen ", env!("CARGO_PKG_VERSION"))));
    for file in [
        "man/gen.1",
        "man/gen-check.1",
        "man/gen-init.1",
        "completions/_gen",
        "completions/gen.bash",
        "LICENSE-MIT",
    ] {
        assert!(fs::metadata(unpacked.join(file)).unwrap().len() > 0, "{file}");
    }

    let other = pack("v9.9.9", "three");
    assert!(!other.status.success() && said(&other).contains("the tag is v9.9.9"), "{}", said(&other));
    let changelog = folder.path().join("repository/CHANGELOG.md");
    fs::write(changelog, "# Changelog\n\n## Unreleased\n\n- much\n").unwrap();
    let unsaid = pack(tag, "three");
    assert!(!unsaid.status.success() && said(&unsaid).contains("no section for"), "{}", said(&unsaid));
}

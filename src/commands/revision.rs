//! Specs as git keeps them. Git is run, and asked to read only.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::Failure;
use super::load::shell_word;
use crate::artifacts::slashed;

/// What an argument names that is no file.
pub(super) enum Named<'a> {
    /// A revision.
    Alone(&'a str),
    /// A revision, and a path in it.
    WithPath { revision: &'a str, path: &'a str },
}

/// A text out of a revision, and how it is called in messages.
pub(super) struct SpecText {
    pub(super) name: String,
    pub(super) text: Vec<u8>,
}

/// Takes `REVISION` or `REVISION:PATH` apart. No revision has a colon in its name (git-check-ref-format).
pub(super) fn parse(named: &str) -> Named<'_> {
    match named.split_once(':') {
        Some((revision, path)) => Named::WithPath { revision, path },
        None => Named::Alone(named),
    }
}

/// The spec at a path of the disk, as it was at a revision.
pub(super) fn beside(revision: &str, named: &str, spec: &Path) -> Result<SpecText, Failure> {
    let folder = match spec.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let git = Git { folder };
    let commit = git.commit(revision, named)?;
    let prefix = git.line(&["rev-parse", "--show-prefix"])?.unwrap_or_default();
    let file = spec.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    git.text(&commit, revision, &format!("{prefix}{file}"))
}

/// The spec at a path of a revision: from the top of the repository, or from here if it begins with `./` or `../`.
pub(super) fn at(revision: &str, named: &str, path: &str) -> Result<SpecText, Failure> {
    let git = Git { folder: PathBuf::from(".") };
    let commit = git.commit(revision, named)?;
    git.text(&commit, revision, path)
}

/// Git in a folder.
struct Git {
    folder: PathBuf,
}

impl Git {
    fn run(&self, args: &[&str]) -> Result<Output, Failure> {
        let mut git = Command::new("git");
        git.arg("-C").arg(&self.folder).args(args).env("LC_ALL", "C"); // its messages are looked at
        // Hooks of git set these, for the folder that they are started in.
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
            git.env_remove(name);
        }
        git.output().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Failure::Usage(
                "cannot run git, which a revision is read with; is it installed? Two files are compared without it"
                    .to_owned(),
            ),
            _ => Failure::Io(io::Error::new(error.kind(), format!("cannot run git: {error}"))),
        })
    }

    /// The line that git answers with; `None` if it answers with no.
    fn line(&self, args: &[&str]) -> Result<Option<String>, Failure> {
        let output = self.run(args)?;
        let line = String::from_utf8_lossy(&output.stdout).trim_end_matches(['\n', '\r']).to_owned();
        Ok(output.status.success().then_some(line))
    }

    /// The commit that a revision is. Resolved first, nothing that git is asked later can be taken for an option.
    fn commit(&self, revision: &str, named: &str) -> Result<String, Failure> {
        let inside = self.run(&["rev-parse", "--git-dir"])?;
        if !inside.status.success() {
            let said = String::from_utf8_lossy(&inside.stderr);
            return Err(no_repository(named, said.trim()));
        }
        let wanted = format!("{revision}^{{commit}}");
        let odd = revision.is_empty() || revision.starts_with('-');
        let known = if odd { None } else { self.line(&["rev-parse", "--verify", "--quiet", &wanted])? };
        match known {
            Some(commit) => Ok(commit),
            None => Err(self.unknown(revision, named)?),
        }
    }

    fn unknown(&self, revision: &str, named: &str) -> Result<Failure, Failure> {
        let shallow =
            self.line(&["rev-parse", "--is-shallow-repository"])?.is_some_and(|line| line == "true");
        let file = if revision == named { format!("no file `{named}` and ") } else { String::new() };
        let help = if shallow {
            "; this clone is shallow and lacks most of them: `git fetch --unshallow`, or `fetch-depth: 0` for actions/checkout, brings them"
        } else {
            "; `git fetch` brings those of others, `git branch -a` lists branches"
        };
        Ok(Failure::Usage(format!("there is {file}no git revision `{revision}`{help}")))
    }

    fn text(&self, commit: &str, revision: &str, path: &str) -> Result<SpecText, Failure> {
        let object = format!("{commit}:{path}");
        let name = format!("{revision}:{path}");
        match self.line(&["cat-file", "-t", &object])?.as_deref() {
            Some("blob") => {}
            Some(_) => return Err(Failure::Usage(format!("{name} is a folder; name the file in it"))),
            None => return Err(self.no_such_path(commit, revision, path)?),
        }
        let output = self.run(&["cat-file", "blob", &object])?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(Failure::Io(io::Error::other(format!("cannot read {name}: {}", said.trim()))));
        }
        Ok(SpecText { name, text: output.stdout })
    }

    /// A path that a revision does not have, with the specs that it has.
    fn no_such_path(&self, commit: &str, revision: &str, path: &str) -> Result<Failure, Failure> {
        const MOST: usize = 5;
        let listed = self.line(&["ls-tree", "-r", "--name-only", "--full-tree", commit])?.unwrap_or_default();
        let spec = |path: &&str| {
            let file = path.rsplit('/').next().unwrap_or_default();
            let in_specs = path.split('/').rev().nth(1) == Some("specs");
            file == "scalegen.yaml" || (in_specs && (file.ends_with(".yaml") || file.ends_with(".yml")))
        };
        let there: Vec<String> = listed
            .lines()
            .filter(spec)
            .take(MOST)
            .map(|path| shell_word(&format!("{revision}:{path}")))
            .collect();
        let help = match there.as_slice() {
            [] => "it has no other spec either".to_owned(),
            _ => format!("specs that it has: {}", there.join(", ")),
        };
        Ok(Failure::Usage(format!("there is no {} at `{revision}`; {help}", slashed(Path::new(path)))))
    }
}

fn no_repository(named: &str, said: &str) -> Failure {
    let git = if said.contains("not a git repository") {
        "this is no git repository, so that it cannot be a revision".to_owned()
    } else {
        format!("git says: {}", if said.is_empty() { "nothing; it failed" } else { said })
    };
    Failure::Usage(format!("there is no file `{named}`; {git}"))
}

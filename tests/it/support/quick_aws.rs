//! An `aws` that is quick: the AWS CLI is loaded once and forks for every call (`tests/tools/fake_aws.py`).

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use super::nursery::{Kind, Nursery, client};
use super::tools::{Tools, succeed};

/// A folder with an `aws` of its own, which counts its calls.
pub struct QuickAws {
    folder: tempfile::TempDir,
    socket: &'static Path,
}

impl QuickAws {
    /// The AWS CLI as it is.
    pub fn new(tools: &Tools) -> Self {
        Self::start(tools, "")
    }

    /// The AWS CLI, with stacks that have resources in them (`tests/tools/stacks.py`).
    pub fn with_stacks(tools: &Tools) -> Self {
        Self::start(tools, "stacks.py \"$FAKE_AWS_FOLDER\"")
    }

    fn start(tools: &Tools, script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let python = tools.bin().join("python");
        let text = format!(
            "#!/bin/sh\nexec '{}' -S '{}' call {script} \"$@\"\n",
            python.display(),
            client().display()
        );
        let aws = folder.path().join("aws");
        fs::write(&aws, text).unwrap();
        fs::set_permissions(&aws, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder, socket: Nursery::of(Kind::AwsCli, tools).socket() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The calls so far, each with its arguments.
    pub fn calls(&self, tools: &Tools) -> Vec<Vec<String>> {
        let program = "import ast, json, sys; print(json.dumps([ast.literal_eval(f'[{line}]') for line in open(sys.argv[1])]))";
        let mut command = tools.command("python");
        let text = succeed(command.args(["-c", program]).arg(self.folder.path().join("calls")));
        serde_json::from_str(&text).unwrap()
    }

    /// Makes it the `aws` of a command.
    pub fn serve<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        let path = command.get_envs().find(|(name, _)| *name == "PATH").and_then(|(_, value)| value);
        let path =
            path.map_or_else(|| std::env::var("PATH").unwrap(), |path| path.to_str().unwrap().to_owned());
        command
            .env("PATH", format!("{}:{path}", self.folder.path().display()))
            .env("FAKE_AWS_FOLDER", self.folder.path())
            .env("FAKE_AWS_SOCKET", self.socket)
    }
}

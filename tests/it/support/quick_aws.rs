//! An `aws` that is quick: the AWS CLI is loaded once and forks for every call (`tests/tools/aws_cli.py`).

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use super::nursery::{Kind, Nursery, client};
use super::tools::Tools;

/// A folder with an `aws` of its own, which counts its calls.
pub struct QuickAws {
    folder: tempfile::TempDir,
}

impl QuickAws {
    /// The AWS CLI as it is.
    pub fn new(tools: &Tools) -> Self {
        Self::start(tools, |_| String::new())
    }

    /// The AWS CLI, with stacks that have resources in them (`tests/tools/stacks.py`).
    pub fn with_stacks(tools: &Tools) -> Self {
        Self::start(tools, |folder| format!("FIRST=(stacks.py '{}')\n", folder.display()))
    }

    fn start(tools: &Tools, first: impl Fn(&Path) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = Nursery::of(Kind::AwsCli, tools).port();
        let first = first(folder.path());
        let text = format!("#!/bin/bash\nNURSERY={port}\n{first}. '{}'\n", client().display());
        let aws = folder.path().join("aws");
        fs::write(&aws, text).unwrap();
        fs::set_permissions(&aws, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The calls so far, each with its arguments.
    pub fn calls(&self) -> Vec<Vec<String>> {
        let calls = fs::read_to_string(self.folder.path().join("calls")).unwrap();
        calls.lines().map(|call| serde_json::from_str(call).unwrap()).collect()
    }

    /// Makes it the `aws` of a command.
    pub fn serve<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        let path = command.get_envs().find(|(name, _)| *name == "PATH").and_then(|(_, value)| value);
        let path =
            path.map_or_else(|| std::env::var("PATH").unwrap(), |path| path.to_str().unwrap().to_owned());
        command
            .env("PATH", format!("{}:{path}", self.folder.path().display()))
            .env("FAKE_AWS_FOLDER", self.folder.path())
    }
}

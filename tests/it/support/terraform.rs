//! Terraform at work in one folder. Its provider is started once and Terraform told where it listens: a plan alone starts
//! it three times, a `terraform test` twice for each run, and most of what a start does is the same every time.
//!
//! `terraform init` chooses and installs the provider as ever, and what is started is what it has installed.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;

use serde_json::json;

use super::files;
use super::tools::{Moto, Provider, Tools, succeed};

/// What Terraform says to a provider so that it serves: <https://github.com/hashicorp/go-plugin>, and the versions of the
/// plugin protocol.
const HANDSHAKE: [(&str, &str); 2] = [
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"),
    ("PLUGIN_PROTOCOL_VERSIONS", "5,6"),
];

/// Serves until standard input ends, however the test ends.
const SERVE: &str = r#"exec 3<&0; "$0" 3<&- </dev/null & read -r _ <&3; kill $!; wait $!"#;

/// Terraform with one provider, one AWS and one folder.
pub struct Terraform<'t> {
    tools: &'t Tools,
    folder: PathBuf,
    environment: Vec<(String, String)>,
    started: OnceLock<Started>,
}

impl<'t> Terraform<'t> {
    /// In a folder with a configuration; without an AWS for what asks none.
    pub fn new(tools: &'t Tools, provider: &Provider, moto: Option<&Moto>, folder: PathBuf) -> Self {
        Self { tools, folder, environment: provider.environment(moto), started: OnceLock::new() }
    }

    /// A command. `init` comes first.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = self.tools.command("terraform");
        self.place(&mut command);
        if args[0] != "init" {
            let started = self.started.get_or_init(|| self.start());
            command.env("TF_REATTACH_PROVIDERS", &started.address);
        }
        command.args(args);
        command
    }

    /// Where it works.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs a command that must succeed; what it printed.
    pub fn run(&self, args: &[&str]) -> String {
        succeed(&mut self.command(args))
    }

    /// Lets a command run where Terraform does, with what it needs.
    pub fn place(&self, command: &mut Command) {
        command.current_dir(&self.folder).envs(self.environment.iter().cloned());
        command.env("GOGC", "400"); // a third of a short command is the collection of garbage
    }

    /// Starts the provider that `init` has installed.
    fn start(&self) -> Started {
        let installed = files(&self.folder.join(".terraform/providers"), "");
        let is_aws = |path: &&PathBuf| {
            path.file_name().unwrap().to_str().unwrap().starts_with("terraform-provider-aws_")
        };
        let binary = installed.iter().find(is_aws).expect("init has installed hashicorp/aws");
        let mut command = self.tools.system("sh");
        self.place(&mut command);
        command.args(["-c", SERVE]).arg(binary).envs(HANDSHAKE);
        Started::new(&mut command)
    }
}

/// A provider that serves; it ends with this value.
struct Started {
    address: String,
    child: Child,
    _stdout: BufReader<ChildStdout>,
}

impl Started {
    fn new(command: &mut Command) -> Self {
        let serve = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = serve.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        // 1|PROTOCOL VERSION|NETWORK|ADDRESS|grpc|…
        let [_, version, network, address, "grpc", ..] = line.trim().split('|').collect::<Vec<_>>()[..]
        else {
            panic!("{command:?} does not serve: {line:?}");
        };
        let address = json!({ "registry.terraform.io/hashicorp/aws": {
            "Protocol": "grpc",
            "ProtocolVersion": version.parse::<u32>().unwrap(),
            "Pid": child.id(),
            "Test": true, // Terraform does not end it
            "Addr": { "Network": network, "String": address },
        }});
        Self { address: address.to_string(), child, _stdout: stdout }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

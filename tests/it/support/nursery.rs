//! Processes that have loaded what the Python scripts of tests/tools need, one for each kind, shared by all tests of a
//! run (`tests/tools/nursery.py`).

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use super::root;
use super::tools::Tools;

/// What is loaded.
#[derive(Clone, Copy)]
pub enum Kind {
    /// The AWS CLI, and botocore.
    AwsCli,
    /// moto.
    Moto,
}

/// A loaded process; it ends with the test run, whose end closes its standard input.
pub struct Nursery {
    socket: PathBuf,
    _child: Child,
}

impl Nursery {
    /// The one of a kind, which its first user starts.
    pub fn of(kind: Kind, tools: &Tools) -> &'static Self {
        static AWS_CLI: OnceLock<Nursery> = OnceLock::new();
        static MOTO: OnceLock<Nursery> = OnceLock::new();
        match kind {
            Kind::AwsCli => AWS_CLI.get_or_init(|| Self::start(tools, "fake_aws.py")),
            Kind::Moto => MOTO.get_or_init(|| Self::start(tools, "moto.py")),
        }
    }

    fn start(tools: &Tools, script: &str) -> Self {
        let socket = std::env::temp_dir().join(format!("scalegen-{}-{script}.socket", std::process::id()));
        let mut server = tools.python(script);
        server.arg("serve").arg(&socket);
        let mut child = server.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let ready = BufReader::new(child.stdout.take().unwrap()).lines().next();
        assert_eq!(ready.unwrap_or_else(|| panic!("{script} is never ready")).unwrap(), "ready");
        Self { socket, _child: child }
    }

    /// Where it listens.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Runs one of the scripts that it has loaded.
    pub fn command(&self, tools: &Tools, script: &str) -> Command {
        let mut command = tools.command("python");
        command.arg("-S").arg(client()).args(["through", script]).env("FAKE_AWS_SOCKET", &self.socket);
        command
    }
}

/// The script that calls them.
pub fn client() -> PathBuf {
    root().join("tests/tools/fake_aws.py")
}

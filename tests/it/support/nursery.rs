//! Processes that have loaded what the Python scripts of tests/tools need, one for each kind, shared by all tests of a
//! run (`tests/tools/nursery.py`).

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
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
    port: String,
    _child: Child,
}

impl Nursery {
    /// The one of a kind, which its first user starts.
    pub fn of(kind: Kind, tools: &Tools) -> &'static Self {
        static AWS_CLI: OnceLock<Nursery> = OnceLock::new();
        static MOTO: OnceLock<Nursery> = OnceLock::new();
        match kind {
            Kind::AwsCli => AWS_CLI.get_or_init(|| Self::start(&mut tools.python("aws_cli.py"))),
            Kind::Moto => MOTO.get_or_init(|| Self::start(tools.python("moto.py").arg("serve"))),
        }
    }

    fn start(server: &mut Command) -> Self {
        let mut child = server.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let port = BufReader::new(child.stdout.take().unwrap()).lines().next();
        Self { port: port.unwrap_or_else(|| panic!("{server:?} is never ready")).unwrap(), _child: child }
    }

    /// Where it listens.
    pub fn port(&self) -> &str {
        &self.port
    }

    /// Has something run by it: a script of tests/tools, or a call of the AWS CLI by that which has loaded it.
    pub fn command(&self, tools: &Tools) -> Command {
        let mut command = tools.system("bash");
        command.arg(client()).env("NURSERY", &self.port);
        command
    }
}

/// The script that calls them.
pub fn client() -> PathBuf {
    root().join("tests/tools/through.sh")
}

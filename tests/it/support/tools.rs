//! The real tools: what `tests/tools/install.sh` puts into `target/tools`.
//!
//! A test that needs one begins with `let Some(tools) = Tools::get() else { return };`. Without the tools it says so
//! loudly, and fails where `CI=true`: a check is never skipped in silence.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use super::nursery::{Kind, Nursery};
use super::{gen_in, root, said};

/// The installed tools.
pub struct Tools {
    bin: PathBuf,
}

/// A version of hashicorp/aws that terraform can use here.
pub struct Provider {
    /// `real 5.100.0`, `offline 6.47.0`
    pub name: String,
    /// `[5, 100, 0]`
    pub version: Vec<u32>,
    /// Whether it is the one that works without AWS's own provider.
    pub offline: bool,
    /// Whether none here is newer.
    pub newest: bool,
    env: BTreeMap<String, String>,
}

impl Tools {
    /// The tools, or nothing, loudly.
    pub fn get() -> Option<Self> {
        // target/tmp → target
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let bin = target.join("tools/bin");
        if bin.join("aws").exists() {
            return Some(Self { bin });
        }
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "the tools are missing; run tests/tools/install.sh"
        );
        eprintln!("\n*** NOT TESTED: the tools are missing; run tests/tools/install.sh and test again ***\n");
        None
    }

    /// Whether a tool is here that not every machine can have. Without it: loudly no; missing.txt says why.
    pub fn has(&self, name: &str) -> bool {
        let has = self.bin.join(name).exists();
        if !has {
            eprintln!("\n*** NOT TESTED: there is no {name} here (see target/tools/missing.txt) ***\n");
        }
        has
    }

    /// Says loudly, now and in the last lines of `.ci/run`, what this machine cannot test.
    pub fn not_tested(&self, what: &str) {
        eprintln!("\n*** NOT TESTED: {what} ***\n");
        let path = self.bin.join("../untested.txt");
        let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
        file.write_all(format!("{what}\n").as_bytes()).unwrap();
    }

    /// The same of a tool that every machine can have which has what install.sh asks for: without it CI fails.
    pub fn needs(&self, name: &str) -> bool {
        let has = self.has(name);
        assert!(has || std::env::var("CI").as_deref() != Ok("true"), "there is no {name}");
        has
    }

    /// A tool to run, with the tools first on PATH and nothing of the user's AWS or Terraform settings.
    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.bin.join(name));
        self.prepare(&mut command);
        command
    }

    /// A program of the system to run with the tools on PATH.
    pub fn system(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        self.prepare(&mut command);
        command
    }

    /// The folder of the tools, for a PATH.
    pub fn bin(&self) -> &Path {
        &self.bin
    }

    fn prepare(&self, command: &mut Command) {
        let foreign =
            |name: &str| name.starts_with("AWS_") || name.starts_with("TF_") || name.starts_with("SCALEGEN_");
        for (name, _) in std::env::vars().filter(|(name, _)| foreign(name)) {
            command.env_remove(name);
        }
        let path = format!("{}:{}", self.bin.display(), std::env::var("PATH").unwrap());
        command
            .env("PATH", path)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("CHECKPOINT_DISABLE", "1")
            .stdin(Stdio::null());
    }

    /// A Python script of tests/tools that needs botocore, run by a process that has loaded it.
    pub fn script(&self, script: &str) -> Command {
        let mut command = Nursery::of(Kind::AwsCli, self).command(self);
        command.arg(script);
        command
    }

    /// A Python script of tests/tools.
    pub fn python(&self, script: &str) -> Command {
        let mut command = self.command("python");
        command.arg(root().join("tests/tools").join(script));
        command
    }

    /// The providers of terraform on this machine; the loud closing line of the test run names those it lacks.
    pub fn providers(&self) -> Vec<Provider> {
        let list = std::fs::read(self.bin.join("../providers.json")).unwrap();
        let list: Vec<Value> = serde_json::from_slice(&list).unwrap();
        if list.is_empty() {
            self.not_tested("what terraform does: it has no hashicorp/aws provider here");
        }
        let provider = |value: &Value| Provider {
            name: value["name"].as_str().unwrap().to_owned(),
            version: version(value["version"].as_str().unwrap()),
            offline: value["kind"] == "offline",
            newest: false,
            env: serde_json::from_value(value["env"].clone()).unwrap(),
        };
        let mut providers: Vec<Provider> = list.iter().map(provider).collect();
        if let Some(newest) = providers.iter_mut().max_by(|a, b| a.version.cmp(&b.version)) {
            newest.newest = true;
        }
        providers
    }

    /// Starts an AWS of one account in which an environment's services, load balancers and target groups exist.
    pub fn moto(&self, seed: &Seed) -> Moto {
        let file = tempfile::NamedTempFile::new().unwrap();
        serde_json::to_writer(&file, &seed.0).unwrap();
        let mut command = Nursery::of(Kind::Moto, self).command(self);
        command.args(["moto.py", "start", "--account", seed.account(), "--seed"]).arg(file.path());
        // Its standard error repeats that moto's CloudFormation makes no scaling; what goes wrong shows in the caller.
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines.next().expect("moto.py says its address").unwrap();
        let made = lines.next().expect("moto.py says what it made").unwrap();
        let made = serde_json::from_str(&made).unwrap();
        Moto { url, made, child, account: seed.account().to_owned(), region: seed.region().to_owned() }
    }
}

impl Provider {
    /// Whether it is new enough for what stands in a folder: all of its version constraints allow it.
    pub fn holds(&self, folder: &Path) -> bool {
        let texts =
            super::files(folder, ".tf").into_iter().map(|path| std::fs::read_to_string(path).unwrap());
        let bounds = texts.flat_map(|text| {
            let after =
                text.split("\">= ").skip(1).map(|rest| rest.split([',', '"']).next().unwrap().to_owned());
            after.collect::<Vec<_>>()
        });
        bounds.map(|bound| version(&bound)).filter(|bound| bound[0] > 1).all(|bound| self.version >= bound)
    }

    /// Environment for terraform to use this provider against a moto server.
    pub fn environment(&self, moto: Option<&Moto>) -> Vec<(String, String)> {
        let mut env: Vec<(String, String)> = self.env.clone().into_iter().collect();
        env.extend([("TF_IN_AUTOMATION".into(), "1".into()), ("AWS_ACCESS_KEY_ID".into(), "testing".into())]);
        env.push(("AWS_SECRET_ACCESS_KEY".into(), "testing".into()));
        if let Some(moto) = moto {
            if self.offline {
                env.push(("FAKE_AWS_ENDPOINT".into(), moto.url.clone()));
                env.push(("FAKE_AWS_ACCOUNT_ID".into(), moto.account.clone()));
            } else {
                env.push(("AWS_ENDPOINT_URL".into(), moto.url.clone()));
            }
        }
        env
    }
}

/// `[5, 100, 0]` of `5.100.0`
fn version(text: &str) -> Vec<u32> {
    text.split('.').map(|part| part.parse().unwrap()).collect()
}

/// What must exist in an account before its services can be scaled.
pub struct Seed(pub Value);

impl Seed {
    /// What the spec says about each of its environments, through a target of its own.
    pub fn of_spec(spec: &Path) -> BTreeMap<String, Seed> {
        let folder = tempfile::tempdir().unwrap();
        let mut command = gen_in(root());
        command.args(["--target", "seed", "--templates", "tests/templates", "--spec"]).arg(spec);
        let output = command.arg("--out").arg(folder.path()).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        let read = |path: PathBuf| {
            let seed: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            (seed["name"].as_str().unwrap().to_owned(), Seed(seed))
        };
        super::files(folder.path(), ".json").into_iter().map(read).collect()
    }

    /// The AWS account.
    pub fn account(&self) -> &str {
        self.0["account"].as_str().unwrap()
    }

    /// The AWS region.
    pub fn region(&self) -> &str {
        self.0["region"].as_str().unwrap()
    }
}

/// A running moto server; it ends with this value.
pub struct Moto {
    /// Where it listens.
    pub url: String,
    /// The ARNs of what was seeded, by kind and name.
    pub made: Value,
    account: String,
    region: String,
    child: Child,
}

impl Moto {
    /// Lets a command talk to this server instead of AWS.
    pub fn serve<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("AWS_ENDPOINT_URL", &self.url)
            .env("AWS_ACCESS_KEY_ID", "testing")
            .env("AWS_SECRET_ACCESS_KEY", "testing")
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    }

    /// The Application Auto Scaling state in its canonical form: equal text means the same scaling.
    pub fn state(&self, tools: &Tools) -> String {
        let mut command = tools.script("state.py");
        succeed(command.args(["--endpoint", &self.url, "--region", &self.region]))
    }

    /// Calls an operation with arguments in the words of the API.
    pub fn send(&self, tools: &Tools, service: &str, operation: &str, arguments: &Value) {
        self.aws(tools, &[service, operation, "--cli-input-json", &arguments.to_string()]);
    }

    /// An AWS CLI call that must succeed; what it printed.
    pub fn aws(&self, tools: &Tools, args: &[&str]) -> String {
        let mut command = Nursery::of(Kind::AwsCli, tools).command(tools);
        succeed(self.serve(command.args(args).args(["--region", &self.region])))
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.child.stdin.take()); // it serves until its input ends
        let _ = self.child.wait();
    }
}

/// Runs a command that must succeed; what it printed.
pub fn succeed(command: &mut Command) -> String {
    let output = run(command);
    assert!(output.status.success(), "{command:?}\n{}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a command.
pub fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

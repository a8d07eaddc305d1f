//! A script under test, an AWS behind it, and an `aws` in between that counts calls, fails one, or presses Ctrl-C.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use super::gen_in;
use super::quick_aws::QuickAws;
use super::tools::{Moto, Seed, Tools, run, succeed};

/// Stands between the script and the real AWS CLI.
const AWS: &str = r#"#!/usr/bin/env bash
n=$(($(cat "$CALLS.count" 2>/dev/null || echo 0) + 1))
echo "$n" >"$CALLS.count"
printf '%s\n' "${*//$'\n'/ }" >>"$CALLS"
if [[ $n == "${SIGNAL_AT-}" ]]; then
    kill -s "$SIGNAL" 0 # the whole process group, as a terminal does
    sleep 0.2
fi
if [[ $n == "${FAIL_AT-}" ]]; then
    [[ $FAIL_MODE == before ]] || "$REAL_AWS" "$@" >/dev/null
    echo "injected failure of call $n" >&2
    exit 254
fi
exec "$REAL_AWS" "$@"
"#;

/// One environment with one service, `prod/web`, scaled on requests and CPU.
pub const SPEC: &str = "\
version: 1
project: shop
tags: { Team: web }
defaults:
  capacity: { min: 2, max: 10 }
  scaling: { requests: { target: 1000 }, cpu: { target: 70 } }
services:
  web: { load_balancer: { name: prod-alb, target_group: prod-web-tg } }
environments:
  prod: { account: \"222222222222\", region: eu-west-1 }
";

/// The same with its load balancer given by ARN suffixes.
pub fn literal() -> String {
    let named = "name: prod-alb, target_group: prod-web-tg";
    let suffixes =
        "arn_suffix: app/shop/0123456789abcdef, target_group_arn_suffix: targetgroup/web/fedcba9876543210";
    assert!(SPEC.contains(named));
    SPEC.replace(named, suffixes)
}

/// A rendered spec and an AWS in which its services exist.
pub struct Stage {
    /// The tools.
    pub tools: Tools,
    /// The AWS.
    pub moto: Moto,
    aws: QuickAws,
    folder: tempfile::TempDir,
}

/// What happens to the calls of a run.
#[derive(Clone, Copy, Debug)]
pub enum Mishap<'m> {
    /// Nothing.
    None,
    /// The n-th call does not reach AWS.
    Before(usize),
    /// The n-th call reaches AWS, its answer gets lost.
    After(usize),
    /// A signal to the process group when the n-th call begins.
    Signal(usize, &'m str),
}

/// Renders a spec over what was rendered before.
fn render(folder: &Path, spec: &str) {
    fs::write(folder.join("spec.yaml"), spec).unwrap();
    succeed(gen_in(folder).args(["--spec", "spec.yaml", "--out", "out"]));
}

impl Stage {
    /// Renders a spec of one environment.
    pub fn new(spec: &str) -> Option<Self> {
        let tools = Tools::get()?;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spec.yaml");
        render(folder.path(), spec);
        let seeds = Seed::of_spec(&path);
        let moto = tools.moto(seeds.values().next().unwrap());
        let wrapper = folder.path().join("bin/aws");
        fs::create_dir(folder.path().join("bin")).unwrap();
        fs::write(&wrapper, AWS).unwrap();
        fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).unwrap();
        let aws = QuickAws::new(&tools);
        Some(Self { tools, moto, aws, folder })
    }

    /// Renders another spec in place of the first.
    pub fn render(&self, spec: &str) {
        render(self.folder.path(), spec);
    }

    /// Lets stacks hold resources, which moto's do not, while the value lives.
    pub fn with_stacks(&self) -> QuickAws {
        let stacks = QuickAws::with_stacks(&self.tools);
        let folder = stacks.path().display();
        let call = format!("#!/bin/sh\nexport FAKE_AWS_FOLDER={folder}\nexec {folder}/aws \"$@\"\n");
        fs::write(self.path("bin/stacks"), call).unwrap();
        fs::set_permissions(self.path("bin/stacks"), fs::Permissions::from_mode(0o755)).unwrap();
        stacks
    }

    /// A path below the stage.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Runs a script without a terminal: its path, and its environment behind a blank.
    pub fn run(&self, script: &str, args: &[&str]) -> Output {
        self.run_with(script, args, Mishap::None)
    }

    /// Runs a script to which something happens.
    pub fn run_with(&self, script: &str, args: &[&str], mishap: Mishap<'_>) -> Output {
        // Whoever runs the tests in the background ignores SIGINT, and bash cannot trap what was ignored before it.
        let mut command = self.tools.system("env");
        command.args(["--default-signal", "bash"]).process_group(0);
        self.finish(self.program(&mut command, script).args(args), mishap)
    }

    /// Runs a script at a terminal, where somebody types this when it asks.
    pub fn run_at_terminal(&self, script: &str, args: &[&str], typed: &str) -> Output {
        let mut command = self.tools.python("terminal.py");
        self.finish(self.program(command.args([typed, "bash"]), script).args(args), Mishap::None)
    }

    /// A script and the environment that stands behind it.
    fn program<'c>(&self, command: &'c mut Command, script: &str) -> &'c mut Command {
        let mut words = script.split(' ');
        command.arg(self.path(words.next().unwrap())).args(words)
    }

    fn finish(&self, command: &mut Command, mishap: Mishap<'_>) -> Output {
        for file in ["calls", "calls.count"] {
            let _ = fs::remove_file(self.path(file));
        }
        let stacks = self.path("bin/stacks");
        let real = if stacks.exists() { stacks } else { self.aws.path().join("aws") };
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        self.aws.serve(command);
        command.current_dir(self.folder.path());
        command.env("PATH", path).env("REAL_AWS", real).env("CALLS", self.path("calls"));
        match mishap {
            Mishap::None => {}
            Mishap::Before(n) => _ = command.env("FAIL_AT", n.to_string()).env("FAIL_MODE", "before"),
            Mishap::After(n) => _ = command.env("FAIL_AT", n.to_string()).env("FAIL_MODE", "after"),
            Mishap::Signal(n, signal) => _ = command.env("SIGNAL_AT", n.to_string()).env("SIGNAL", signal),
        }
        run(self.moto.serve(command))
    }

    /// The AWS CLI calls of the last run.
    pub fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.path("calls")).unwrap_or_default();
        calls.lines().map(str::to_owned).collect()
    }

    /// How many AWS CLI calls of the last run were not there to read.
    pub fn writes(&self) -> usize {
        let reads = |word: &str| ["describe-", "get-", "list-"].iter().any(|verb| word.starts_with(verb));
        let calls = self.calls();
        calls.iter().filter(|call| *call != "--version" && !call.split(' ').any(reads)).count()
    }

    /// The scaling state. Once set, moto keeps naming a suspended state that suspends nothing; to AWS that is none.
    pub fn state(&self) -> String {
        let mut state: Value = serde_json::from_str(&self.moto.state(&self.tools)).unwrap();
        for target in state["targets"].as_array_mut().unwrap() {
            let suspended = &mut target["suspended"];
            if suspended.as_object().is_some_and(|flags| flags.values().all(|flag| flag == false)) {
                *suspended = Value::Null;
            }
        }
        serde_json::to_string_pretty(&state).unwrap()
    }

    /// An AWS CLI call that must succeed.
    pub fn aws(&self, args: &str) -> String {
        self.moto.aws(&self.tools, &args.split(' ').collect::<Vec<_>>())
    }

    /// Says of every ECS service that it has these deployments, by the state of their rollout.
    pub fn rollouts(&self, states: &[&str]) {
        let body = serde_json::to_string(states).unwrap();
        let mut server = TcpStream::connect(self.moto.url.strip_prefix("http://").unwrap()).unwrap();
        write!(server, "PUT /scalegen/rollouts HTTP/1.0\r\nContent-Length: {}\r\n\r\n{body}", body.len())
            .unwrap();
        let mut answer = String::new();
        server.read_to_string(&mut answer).unwrap();
        assert!(answer.contains(" 204 "), "{answer}");
    }

    /// Two more load balancers: `nlb`, a network load balancer, and `other`, which forwards to a target group
    /// `other-tg` that no service is in.
    pub fn add_balancers(&self) {
        let text = |args: String| {
            self.aws(&(args + " --output text")).split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let network = text("ec2 describe-subnets --query [Subnets[0].VpcId,Subnets[:2].SubnetId]".into());
        let (vpc, subnets) = network.split_once(' ').unwrap();
        let balancer = |name: &str, kind: &str| {
            text(format!(
                "elbv2 create-load-balancer --name {name} --type {kind} --subnets {subnets} --query LoadBalancers[0].LoadBalancerArn"
            ))
        };
        balancer("nlb", "network");
        let other = balancer("other", "application");
        let group = text(format!(
            "elbv2 create-target-group --name other-tg --protocol HTTP --port 80 --vpc-id {vpc} --query TargetGroups[0].TargetGroupArn"
        ));
        self.aws(&format!("elbv2 create-listener --load-balancer-arn {other} --protocol HTTP --port 80 --default-actions Type=forward,TargetGroupArn={group}"));
    }

    /// Replaces the `aws` of the scripts.
    pub fn replace_aws(&self, by: &Path) {
        fs::remove_file(self.path("bin/aws")).unwrap();
        std::os::unix::fs::symlink(by, self.path("bin/aws")).unwrap();
    }

    /// Changes what stands in a file that was rendered.
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(file)).unwrap();
        assert!(text.contains(from), "{file} has no `{from}`");
        fs::write(self.path(file), text.replace(from, to)).unwrap();
    }
}

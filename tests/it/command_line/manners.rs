//! How the command behaves on a terminal, in a pipe, and when asked for help.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use clap::CommandFactory;
use scalegen::cli::Cli;

use crate::support::{gen_in, git_in, root, said};

/// A copy of the real fleet.
fn fleet() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let copy = |from: &str| {
        Command::new("cp").arg("-r").arg(root().join(from)).arg(folder.path()).status().unwrap().success()
    };
    assert!(copy("specs") && copy("generated"));
    folder
}

/// What the examples of `gen diff` name: a repository with a branch, a tag and a remote, and two files.
fn with_history(folder: &Path) {
    let git =
        |args: &[&str]| assert!(git_in(folder).args(args).output().unwrap().status.success(), "{args:?}");
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "specs"]);
    git(&["commit", "-q", "-m", "first"]);
    git(&["tag", "v1"]);
    git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    git(&["commit", "-q", "--allow-empty", "-m", "second"]);
    for file in ["before.yaml", "after.yaml"] {
        fs::copy(folder.join("specs/langfuse.yaml"), folder.join(file)).unwrap();
    }
}

/// A spec of so many services in two environments.
fn large(services: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let services: String = (0..services).map(|n| format!("  s{n}: {{}}\n")).collect();
    let spec = format!(
        "version: 1\nproject: big\n\
         defaults: {{ capacity: {{ min: 1, max: 4 }}, scaling: {{ cpu: {{ target: 60 }} }} }}\n\
         services:\n{services}environments:\n  \
         dev: {{ account: \"111111111111\", region: eu-west-1 }}\n  \
         prod: {{ account: \"222222222222\", region: eu-west-1 }}\n"
    );
    fs::write(folder.path().join("scalegen.yaml"), spec).unwrap();
    folder
}

fn run(folder: &Path, args: &[&str]) -> Output {
    gen_in(folder).args(args).output().unwrap()
}

/// A bash line, with `gen` on PATH.
fn bash(folder: &Path, line: &str) -> Output {
    let gen_folder = Path::new(env!("CARGO_BIN_EXE_gen")).parent().unwrap();
    let path = format!("{}:{}", gen_folder.display(), std::env::var("PATH").unwrap());
    let mut bash = Command::new("bash");
    bash.args(["-c", line]).current_dir(folder).env("PATH", path).env_remove("GEN_SPEC").output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The names of all subcommands, and none for the program itself.
fn commands() -> Vec<Option<String>> {
    let subcommands = Cli::command();
    let names = subcommands.get_subcommands().map(|command| Some(command.get_name().to_owned()));
    [None].into_iter().chain(names).collect()
}

#[test]
fn every_example_in_every_help_runs() {
    for command in commands() {
        let args: Vec<&str> = command.as_deref().into_iter().chain(["--help"]).collect();
        let help = out(&run(root(), &args));
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
        let examples = help.split("Examples:\n").nth(1).unwrap_or_else(|| panic!("{args:?} has no examples"));
        let examples = examples.replace("\\\n      ", "");
        let examples = examples.lines().take_while(|line| !line.is_empty());
        let lines: Vec<&str> = examples
            .filter_map(|line| line.strip_prefix("  "))
            .filter(|line| !line.starts_with(' '))
            .collect();
        assert!(!lines.is_empty(), "{args:?} has no examples");
        for line in lines {
            let line = line.split("  ").next().unwrap();
            assert!(line.contains("gen"), "{line}");
            let folder = fleet();
            if command.as_deref().is_none_or(|command| command == "diff") {
                with_history(folder.path());
            }
            let output = bash(folder.path(), line);
            assert!(output.status.success(), "{line}: {}", said(&output));
        }
    }
}

#[test]
fn bash_completes_subcommands_options_and_values() {
    let complete = |words: &str| {
        let script = format!(
            "source <(gen completions bash) && COMP_WORDS=({words}) && COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)) && \
             _gen gen \"${{COMP_WORDS[-1]}}\" \"${{COMP_WORDS[-2]}}\" && echo \"${{COMPREPLY[@]}}\""
        );
        let output = bash(root(), &script);
        assert!(output.status.success(), "{}", said(&output));
        out(&output).trim().to_owned()
    };
    assert_eq!(complete("gen che"), "check");
    assert_eq!(complete("gen check --for"), "--format");
    assert_eq!(complete("gen check --format j"), "json");
    assert_eq!(complete("gen completions po"), "powershell");
}

#[test]
fn every_shell_gets_a_script_that_knows_every_subcommand() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let output = run(root(), &["completions", shell]);
        assert!(output.status.success(), "{}", said(&output));
        for command in commands().into_iter().flatten() {
            assert!(out(&output).contains(&command), "{shell} does not complete {command}");
        }
        let script = tempfile::NamedTempFile::new().unwrap();
        fs::write(&script, &output.stdout).unwrap();
        // Shells that are here read their script; `-n` runs nothing.
        match Command::new(shell).arg("-n").arg(script.path()).output() {
            Ok(read) if shell != "powershell" => assert!(read.status.success(), "{shell}: {}", said(&read)),
            _ => assert_ne!(shell, "bash", "bash is everywhere"),
        }
    }
    let output = run(root(), &["completions", "basch"]);
    assert!(output.status.code() == Some(2) && err(&output).contains("'bash'"), "{}", said(&output));
}

#[test]
fn every_command_has_a_manual_page() {
    for command in commands() {
        let args: Vec<&str> = ["man"].into_iter().chain(command.as_deref()).collect();
        let page = out(&run(root(), &args));
        let name = command.map_or("gen".to_owned(), |command| format!("gen-{command}"));
        assert!(page.contains(&format!("\n.TH {name} 1 ")), "{page}");
        assert!(page.contains("\n.SH OPTIONS\n") && page.contains("Examples:"), "{page}");
    }
    let output = run(root(), &["man", "chek"]);
    let message = "gen: there is no subcommand `chek`; did you mean `check`?\n";
    assert_eq!((output.status.code(), err(&output).as_str()), (Some(2), message));
}

#[test]
fn what_is_mistyped_is_answered_with_what_was_meant() {
    let folder = fleet();
    for (args, meant) in [
        (&["chekc"][..], "'check'"),
        (&["check", "--fromat", "json"], "'--format'"),
        (&["check", "--format", "jsno"], "'json'"),
        (&["check", "--color", "nevr"], "'never'"),
        (&["--target", "cloudfromation"], "`cloudformation`"),
        (&["--env", "prod-ue"], "`prod-eu`"),
        (&["--service", "wokrer"], "`worker`"),
    ] {
        let output = run(folder.path(), args);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(err(&output).contains(meant), "{args:?}: {}", said(&output));
    }
}

/// A terminal for both streams; what was shown on it. `script` makes it.
fn on_terminal(folder: &Path, line: &str) -> String {
    let output = Command::new("script")
        .args(["-qec", line, "/dev/null"])
        .current_dir(folder)
        .env_remove("NO_COLOR")
        .env_remove("GEN_SPEC")
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    out(&output)
}

#[test]
fn colours_are_for_terminals_unless_asked_for_or_off() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("scalegen.yaml"), "version: 1\n").unwrap();
    let gen_ = env!("CARGO_BIN_EXE_gen");
    let piped = |args: &[&str], no_color: &str| {
        let output = gen_in(folder.path()).env("NO_COLOR", no_color).args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        out(&output).contains('\u{1b}')
    };
    assert!(!piped(&["validate"], ""));
    assert!(piped(&["validate", "--color", "always"], ""));
    assert!(piped(&["--color=always", "validate"], "1"), "the argument is stronger than NO_COLOR");
    let shown = |line: &str| on_terminal(folder.path(), line).contains('\u{1b}');
    assert!(shown(&format!("{gen_} validate")));
    assert!(!shown(&format!("{gen_} validate --color never")));
    assert!(!shown(&format!("NO_COLOR=1 {gen_} validate")));
    let help = |args: &[&str]| out(&run(root(), args)).contains('\u{1b}');
    assert!(help(&["--color", "always", "--help"]) && !help(&["--help"]));
}

#[test]
fn quiet_is_silent_where_all_is_well() {
    let folder = fleet();
    for args in [&["-q"][..], &["check", "--quiet"], &["--quiet", "check"], &["validate", "-q"]] {
        let output = run(folder.path(), args);
        assert_eq!(
            (output.status.code(), said(&output)),
            (Some(0), "exit status: 0\n--- stdout\n--- stderr\n".into())
        );
    }
    fs::remove_file(folder.path().join("generated/cli/staging/web.json")).unwrap();
    let output = run(folder.path(), &["check", "--quiet"]);
    assert!(
        output.status.code() == Some(1) && out(&output).contains("missing"),
        "problems are said: {}",
        said(&output)
    );
}

#[test]
fn a_reader_who_leaves_gets_no_complaint_and_no_other_answer() {
    let folder = fleet();
    fs::remove_dir_all(folder.path().join("generated/cloudformation")).unwrap();
    for (line, status) in [
        ("gen schema", 0),
        ("gen completions bash", 0),
        ("gen man", 0),
        ("gen --help", 0),
        ("gen check", 1), // drift stays drift
        ("gen validate --spec nowhere.yaml 2>&1", 2),
    ] {
        // `true` reads nothing; bash waits until the pipe is closed.
        for reader in ["head -1", "true"] {
            let output =
                bash(folder.path(), &format!("{line} | {reader} >/dev/null; exit ${{PIPESTATUS[0]}}"));
            assert_eq!(
                (output.status.code(), err(&output)),
                (Some(status), String::new()),
                "{line} | {reader}"
            );
        }
    }
}

#[test]
fn jobs_says_how_many_threads_and_changes_no_byte() {
    let folder = large(200);
    let threads = |args: &[&str]| {
        let mut child = gen_in(folder.path())
            .args(args)
            .args(["--target", "cloudformation"])
            .env("RAYON_NUM_THREADS", "2")
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let tasks = format!("/proc/{}/task", child.id());
        let mut most = 0;
        while child.try_wait().unwrap().is_none() {
            most = most.max(fs::read_dir(&tasks).map_or(0, Iterator::count));
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(child.wait().unwrap().success());
        most
    };
    let (default, nine) = (threads(&["--out", "default"]), threads(&["--out", "nine", "--jobs", "9"]));
    assert!(default < 9 && nine > 9, "threads of rayon, and the main one: {default}, {nine}");
    let same =
        Command::new("diff").args(["-r", "default", "nine"]).current_dir(folder.path()).status().unwrap();
    assert!(same.success());
    for wrong in ["0", "257", "many"] {
        let output = run(folder.path(), &["--jobs", wrong]);
        assert!(output.status.code() == Some(2) && err(&output).contains("--jobs"), "{}", said(&output));
    }
}

/// What a terminal shows of a run that is slowed down: it is held still most of the time, from its beginning to its end.
fn shown_of_slow_run(args: &str) -> String {
    let folder = large(1000);
    let line = format!("echo $$ >pid; exec {} --target cloudformation {args}", env!("CARGO_BIN_EXE_gen"));
    // A terminal of Python's: `script` would stop with its child, and can miss its end then.
    let terminal = "import pty, sys; sys.exit(pty.spawn(['bash', '-c', sys.argv[1]]) >> 8)";
    let mut child = Command::new("python3")
        .args(["-c", terminal, &line])
        .current_dir(folder.path())
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut shown = String::new();
        stdout.read_to_string(&mut shown).map(|_| shown).unwrap()
    });
    while !folder.path().join("generated").exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let pid = fs::read_to_string(folder.path().join("pid")).unwrap();
    // A process that has ended meanwhile is no fault.
    let signal = |name: &str| {
        Command::new("kill").args([name, pid.trim()]).stderr(Stdio::null()).status().unwrap();
    };
    while child.try_wait().unwrap().is_none() {
        signal("-STOP");
        std::thread::sleep(Duration::from_millis(400));
        signal("-CONT");
        std::thread::sleep(Duration::from_millis(40));
    }
    let shown = reader.join().unwrap();
    assert!(child.wait().unwrap().success(), "{shown}");
    shown
}

#[test]
fn progress_is_shown_for_work_that_lasts() {
    let shown = shown_of_slow_run("");
    let phase = "rendering and comparing";
    assert!(shown.contains(phase), "{shown}");
    let summary = shown.rfind("created").unwrap();
    assert!(shown.rfind(phase).unwrap() < summary, "it is gone before the summary: {shown}");
    assert_eq!(shown_of_slow_run("--quiet"), "");
}

#[test]
fn progress_is_not_shown_for_short_work() {
    let folder = fleet();
    let shown = on_terminal(folder.path(), &format!("{} check", env!("CARGO_BIN_EXE_gen")));
    let (count, rest) = shown.split_once(' ').unwrap();
    assert!(count.parse::<u32>().is_ok() && rest == "files as the spec says\r\n", "{shown:?}");
}

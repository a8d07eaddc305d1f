//! `gen init`: what it writes is valid at once, and what would not be is refused in the words of the spec's rules.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use scalegen::plan::units::{AccountId, Region, Slug};

use crate::support::tools::succeed;
use crate::support::{gen_in, root, said};

fn init(folder: &Path, args: &[&str]) -> Output {
    gen_in(folder).arg("init").args(args).output().unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

const ENOUGH: [&str; 6] = ["--project", "shop", "--env", "prod=111111111111:eu-west-1", "--service", "web"];

const EVERYTHING: [&str; 22] = [
    "--project",
    "shop",
    "--env",
    "staging=111111111111:eu-west-1",
    "--env",
    "prod=222222222222:us-gov-west-1",
    "--service",
    "web",
    "--service",
    "api",
    "--min",
    "3",
    "--max",
    "12",
    "--cpu",
    "62.5",
    "--requests",
    "800",
    "--load-balancer",
    "{environment}-alb",
    "--target-group",
    "{environment}-{service}-tg",
];

/// Folder and files; nothing is left of a run that was refused.
fn files(folder: &Path) -> Vec<String> {
    let names = crate::support::files(folder, "").into_iter();
    names.map(|path| path.strip_prefix(folder).unwrap().display().to_string()).collect()
}

#[test]
fn what_it_writes_is_valid_and_generates_at_once() {
    // Names that YAML would take for numbers and truth values are among them.
    let odd =
        ["--project", "1e3", "--env", "null=000000000000:eu-west-1", "--service", "0x1f", "--service", "yes"];
    for args in [&ENOUGH[..], &EVERYTHING, &odd] {
        let folder = tempfile::tempdir().unwrap();
        let output = init(folder.path(), args);
        assert!(output.status.success() && err(&output).is_empty(), "{}", said(&output));
        let validate = gen_in(folder.path()).arg("validate").output().unwrap();
        assert!(validate.status.success() && err(&validate).is_empty(), "{}", said(&validate));
        for command in [&[][..], &["check"]] {
            let run = gen_in(folder.path()).args(command).output().unwrap();
            assert!(run.status.success() && err(&run).is_empty(), "{}", said(&run));
        }
    }
}

#[test]
fn flags_say_everything() {
    let folder = tempfile::tempdir().unwrap();
    succeed(gen_in(folder.path()).arg("init").args(EVERYTHING));
    let spec = fs::read_to_string(folder.path().join("specs/shop.yaml")).unwrap();
    insta::assert_snapshot!("spec_of_flags", spec);
    let fleet = crate::support::fleet(&spec);
    assert_eq!(fleet.environments.iter().map(|e| e.services.len()).sum::<usize>(), 4);
    let minimal = tempfile::tempdir().unwrap();
    succeed(gen_in(minimal.path()).arg("init").args(ENOUGH));
    insta::assert_snapshot!(
        "spec_of_few_flags",
        fs::read_to_string(minimal.path().join("specs/shop.yaml")).unwrap()
    );
}

#[test]
fn what_stands_in_comments_is_valid_too() {
    let folder = tempfile::tempdir().unwrap();
    succeed(gen_in(folder.path()).arg("init").args(ENOUGH).args(["--service", "api"]));
    let spec = fs::read_to_string(folder.path().join("specs/shop.yaml")).unwrap();
    let said =
        |line: &str| line.trim().starts_with("# ") && (line.ends_with("services:") || line.contains(": {"));
    let uncommented: String = spec
        .lines()
        .map(|line| if said(line) { line.replacen("# ", "", 1) } else { line.to_owned() } + "\n")
        .collect();
    assert_eq!(spec.len() - uncommented.len(), "# ".len() * 7, "{uncommented}");
    let fleet = crate::support::fleet(&uncommented);
    let policies: Vec<usize> = fleet.environments[0].services.iter().map(|s| s.policies.len()).collect();
    assert_eq!(policies, [2, 1, 2], "api, queue, web");
}

#[test]
fn editors_find_the_schema_beside_the_spec() {
    for (out, schema) in [
        (None, "specs/schema.json"),
        (Some("scalegen.yaml"), "schema.json"),
        (Some("a/b c.yaml"), "a/schema.json"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let out = out.map_or(vec![], |out| vec!["--out", out]);
        let output = init(folder.path(), &[&ENOUGH[..], &out].concat());
        let spec = out.last().unwrap_or(&"specs/shop.yaml");
        let said = String::from_utf8(output.stdout).unwrap();
        let quoted = if spec.contains(' ') { format!("'{spec}'") } else { (*spec).to_owned() };
        assert_eq!(said, format!("created  {spec}\ncreated  {schema}\nnext: gen --spec {quoted}\n"));
        let text = fs::read_to_string(folder.path().join(spec)).unwrap();
        assert!(text.starts_with("# yaml-language-server: $schema=./schema.json\n"), "{text}");
        let written = fs::read_to_string(folder.path().join(schema)).unwrap();
        assert_eq!(written, fs::read_to_string(root().join("specs/schema.json")).unwrap());
    }
}

#[test]
fn nothing_that_is_there_is_replaced_unless_forced() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("specs")).unwrap();
    let (spec, schema) = (folder.path().join("specs/shop.yaml"), folder.path().join("specs/schema.json"));
    fs::write(&spec, "mine\n").unwrap();
    fs::write(&schema, "mine\n").unwrap();
    let output = init(folder.path(), &ENOUGH);
    let refused = "gen: specs/shop.yaml is there already; --force replaces it, --out FILE writes elsewhere\n";
    assert_eq!((output.status.code(), err(&output).as_str()), (Some(2), refused));
    assert_eq!(fs::read_to_string(&spec).unwrap(), "mine\n");

    fs::remove_file(&spec).unwrap();
    let output = init(folder.path(), &ENOUGH);
    assert!(said(&output).contains("kept     specs/schema.json"), "{}", said(&output));
    assert_eq!(fs::read_to_string(&schema).unwrap(), "mine\n");

    fs::write(&spec, "mine\n").unwrap();
    assert!(init(folder.path(), &[&ENOUGH[..], &["--force", "--quiet"]].concat()).status.success());
    assert!(!fs::read_to_string(&spec).unwrap().contains("mine"));
    assert!(!fs::read_to_string(&schema).unwrap().contains("mine"));

    fs::remove_file(&spec).unwrap();
    fs::create_dir(&spec).unwrap();
    let output = init(folder.path(), &[&ENOUGH[..], &["--force"]].concat());
    assert!(
        output.status.code() == Some(2) && err(&output).contains("a folder is there"),
        "{}",
        said(&output)
    );
}

#[test]
fn missing_flags_are_named_where_nobody_can_be_asked() {
    let folder = tempfile::tempdir().unwrap();
    for (args, missing) in [
        (&[][..], "--project NAME, --env NAME=ACCOUNT:REGION, --service NAME"),
        (&["--project", "shop", "--service", "web"], "--env NAME=ACCOUNT:REGION"),
        (&[&ENOUGH[..], &["--requests", "9"]].concat(), "--load-balancer PATTERN, --target-group PATTERN"),
    ] {
        let output = init(folder.path(), args);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(err(&output).starts_with(&format!("gen: missing {missing};")), "{}", said(&output));
    }
    assert!(files(folder.path()).is_empty());
}

/// A wrong value is refused with the message that `gen validate` has for it.
#[test]
fn hostile_values_are_refused_in_the_words_of_the_rules() {
    let account = |text| AccountId::parse(text).unwrap_err();
    let region = |text| Region::parse(text).unwrap_err();
    let slug = |what, text| Slug::parse(what, text).unwrap_err();
    for (flag, value, refused) in [
        ("--env", "prod=12345:eu-west-1", account("12345")),
        ("--env", "prod=11111111111a:eu-west-1", account("11111111111a")),
        ("--env", "prod=\"111111111111\":eu-west-1", account("\"111111111111\"")),
        ("--env", "prod=111111111111:eu-wst-1", region("eu-wst-1")),
        ("--env", "prod=111111111111:eu-west-1\nx: 1", region("eu-west-1\nx: 1")),
        ("--env", "../up=111111111111:eu-west-1", slug("environment", "../up")),
        ("--service", "web: {}\n  evil", slug("service", "web: {}\n  evil")),
        ("--service", "", slug("service", "")),
        ("--project", "../../etc/passwd", slug("project", "../../etc/passwd")),
        ("--project", "con", slug("project", "con")),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut args = vec!["--project", "shop"];
        args.truncate(if flag == "--project" { 0 } else { 2 });
        let output = init(folder.path(), &[&args[..], &[flag, value]].concat());
        let message = format!("gen: {flag} {value}: {}\nhelp: {}\n", refused.message, refused.help);
        assert_eq!((output.status.code(), err(&output)), (Some(2), message));
        assert!(files(folder.path()).is_empty());
    }
}

/// What lies between values is found by the rules of the spec, before anything is written.
#[test]
fn no_invalid_spec_is_written() {
    for (more, code) in [
        (&["--min", "5", "--max", "4"][..], "max-below-min"),
        (&["--min", "0"], "min-zero"),
        (&["--env", "china=111111111111:cn-north-1"], "account-in-two-partitions"),
        (
            &["--requests", "9", "--load-balancer", "{environment}", "--target-group", "{servce}"],
            "load-balancer-name",
        ),
        (&["--requests", "9", "--load-balancer", "\"}\n", "--target-group", "tg"], "load-balancer-name"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let output = init(folder.path(), &[&ENOUGH[..], more].concat());
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(err(&output).contains(&format!("error[{code}]")), "{}", said(&output));
        assert!(
            err(&output).ends_with("gen: this spec would be invalid; nothing was written\n"),
            "{}",
            said(&output)
        );
        assert!(files(folder.path()).is_empty(), "{more:?}");
    }
    for (more, message) in [
        (&["--cpu", "-5"][..], "gen: --cpu -5: a target of -5 cannot be tracked"),
        (&["--cpu", "nan"], "gen: --cpu NaN: a target of NaN cannot be tracked"),
        (&["--max", "-1"], "gen: --max -1: -1 cannot be a number of tasks"),
        (&["--env", "prod=222222222222:eu-west-1"], "gen: --env names `prod` twice"),
        (&["--service", "web"], "gen: --service names `web` twice"),
        (&["--env", "prod"], "gen: --env prod: write NAME=ACCOUNT:REGION"),
        (&["--out", "specs/.."], "gen: --out specs/..: name the file to write"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let output = init(folder.path(), &[&ENOUGH[..], more].concat());
        assert!(output.status.code() == Some(2) && err(&output).starts_with(message), "{}", said(&output));
        assert!(files(folder.path()).is_empty(), "{more:?}");
    }
}

/// At a terminal, what flags leave open is asked for; `script` makes the terminal.
#[test]
fn a_person_is_asked_for_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let answer = |line: &str, answers: &str| {
        let mut child = Command::new("script")
            .args(["-qec", &format!("{} {line}", env!("CARGO_BIN_EXE_gen")), "/dev/null"])
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (status, shown) =
        answer("init --service web", "shop\nprod\n\n12\n111111111111\neu-west-1\n\n\n80\n1000\n\n\n");
    assert_eq!(status, Some(0), "{shown}");
    assert!(shown.contains("has 12 digits") && !shown.contains("Service"), "{shown}");
    let fleet = crate::support::fleet(&fs::read_to_string(folder.path().join("specs/shop.yaml")).unwrap());
    let web = &fleet.environments[0].services[0];
    assert_eq!(web.policies.len(), 2);
    assert!(web.target_groups().iter().any(|group| format!("{group:?}").contains("prod-web-tg")));
    // Refused before the questions, not after them.
    let (status, shown) = answer("init --service web", "shop\n");
    assert!(
        status == Some(2) && shown.contains("is there already") && !shown.contains("Environment"),
        "{shown}"
    );
    // Nobody is asked when nothing is missing, or when input is not a terminal.
    let (status, shown) = answer("init --project bank --env dev=111111111111:eu-west-1 --service api", "");
    assert!(
        status == Some(0) && !shown.contains('?') && shown.contains("created  specs/bank.yaml"),
        "{shown}"
    );
    let (status, shown) = answer("init </dev/null", "");
    assert!(status == Some(2) && shown.contains("gen: missing --"), "{shown}");
}

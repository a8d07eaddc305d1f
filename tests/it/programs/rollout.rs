//! The rollout: no wave before the one ahead of it has stood long enough, whatever happens to the ledger.

use std::fs;
use std::process::{Command, Output};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::support::stage::{SPEC, Stage};
use crate::support::tools::succeed;
use crate::support::{root, said};

const SCRIPT: &str = "out/cli/autoscaling.sh prod";
const LEDGER: &str = "rollout-ledger.tsv";
const HOUR: i64 = 3_600;

/// What the programs have in common, by itself.
const LIBRARY: &str = "set -euo pipefail; . \"$COMMON\"\n";

/// Another environment of the same account, whose service the stage does not have.
fn spec(waves: &str) -> String {
    let staging = "  staging: { account: \"222222222222\", region: eu-west-1, capacity: { max: 4 } }\n";
    format!("{SPEC}{staging}rollout: {{ waves: [{waves}] }}\n")
}

/// staging first, then prod.
fn staging_first() -> String {
    spec(
        "{ environments: [staging], soak: 48h, gates: [\"no ticket says $(slow)\"] }, { environments: [prod], soak: 0s }",
    )
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("{}", said(output)))
}

fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

fn utc(seconds: i64) -> String {
    let format = format!("printf '%(%Y-%m-%dT%H:%M:%SZ)T' {seconds}");
    succeed(Command::new("bash").args(["-c", &format]).env("TZ", "UTC"))
}

/// A line as the scripts write it.
fn line(time: &str, event: &str, environment: &str, fingerprint: &str) -> String {
    let fields =
        [time, event, "shop", "1", environment, fingerprint, "arn:aws:iam::222222222222:user/x", "-"];
    let text = fields.map(|field| format!("{field}\t")).concat();
    let sum = succeed(Command::new("bash").args(["-c", "printf %s \"$1\" | cksum", "cksum", &text]));
    format!("{text}{}\n", sum.split(' ').next().unwrap())
}

/// What the data of a dialect say an environment's fingerprint is.
fn fingerprint(stage: &Stage, dialect: &str, environment: &str) -> String {
    let text =
        fs::read_to_string(stage.path(&format!("out/{dialect}/{environment}/environment.json"))).unwrap();
    let data: serde_json::Value = serde_json::from_str(&text).unwrap();
    data["Fingerprint"].as_str().unwrap().to_owned()
}

fn keep(stage: &Stage, ledger: &str) {
    fs::write(stage.path(LEDGER), ledger).unwrap();
}

fn ledger(stage: &Stage) -> String {
    fs::read_to_string(stage.path(LEDGER)).unwrap_or_default()
}

#[track_caller]
fn refused(stage: &Stage, words: &str) {
    let before = ledger(stage);
    let output = stage.run(SCRIPT, &["apply", "--yes"]);
    assert_eq!((status(&output), stage.writes()), (2, 0), "{words}: {}", said(&output));
    assert!(said(&output).contains(words), "{words}: {}", said(&output));
    assert_eq!(ledger(stage), before, "a refusal is no event");
}

#[test]
fn a_wave_waits_for_the_soak_of_the_one_before() {
    let Some(stage) = Stage::new(&staging_first()) else { return };
    let print = fingerprint(&stage, "cli", "staging");
    let closed = "the gate is closed: wave 2 of 2; wave 1";
    refused(&stage, closed);
    let some = stage.run(SCRIPT, &["apply", "--yes", "--service", "web"]);
    assert_eq!((status(&some), stage.writes()), (2, 0), "one service is no way around: {}", said(&some));
    keep(&stage, "");
    refused(&stage, "has no success of staging with what the spec says now");
    keep(&stage, "# a note\n\n");
    refused(&stage, closed);
    // Another version of staging, another event, another project.
    let old = utc(now() - 72 * HOUR);
    let young = line(&utc(now() - 45 * HOUR + 1_800), "applied", "staging", &print);
    for ledger in [
        line(&old, "applied", "staging", "0000000000000000"),
        line(&old, "overridden", "staging", &print),
        line(&old, "applied", "prod", &print),
    ] {
        keep(&stage, &ledger);
        refused(&stage, "has no success of staging");
    }
    keep(&stage, &young);
    refused(&stage, "soak 48h ends in 3h");
    let plan = stage.run(SCRIPT, &["plan"]);
    assert_eq!(status(&plan), 0, "plan shows the gate and what is behind it: {}", said(&plan));
    for command in ["plan", "status"] {
        let text = said(&stage.run(SCRIPT, &[command]));
        assert!(text.contains("rollout: wave 2 of 2; wave 1 (staging) applied 2"), "{text}");
        assert!(text.contains(", soak 48h ends in 3h"), "{text}");
        assert!(text.contains("to confirm: no ticket says $(slow)"), "{text}");
    }
    // The first success counts, the second repeats it; it opens the gate.
    let good = line(&old, "applied", "staging", &print);
    keep(&stage, &(good.clone() + &young));
    let apply = stage.run(SCRIPT, &["apply", "--yes"]);
    assert_eq!(status(&apply), 0, "{}", said(&apply));
    assert!(
        said(&apply).contains("soak 48h is over") && said(&apply).contains("recorded as success of wave 2")
    );
    let own = ledger(&stage).lines().last().unwrap().to_owned();
    let fields: Vec<&str> = own.split('\t').collect();
    assert_eq!((fields.len(), fields[1..5].to_vec()), (9, vec!["applied", "shop", "2", "prod"]), "{own}");
    assert_eq!(fields[5], fingerprint(&stage, "cli", "prod"));
    assert!(fields[6].starts_with("arn:aws:") && fields[7] == "-", "{own}");
    // Once more: nothing to write, nothing to record.
    let before = ledger(&stage);
    let again = stage.run(SCRIPT, &["apply", "--yes"]);
    assert_eq!((status(&again), ledger(&stage)), (0, before), "{}", said(&again));
    // A rollback is recorded, and takes the success back.
    let rollback = stage.run(SCRIPT, &["rollback", "--yes"]);
    assert_eq!(status(&rollback), 0, "{}", said(&rollback));
    assert!(ledger(&stage).lines().last().unwrap().contains("\trolled-back\tshop\t2\tprod\t"));
}

/// Going back to a version that was applied once does not make that old success count.
#[test]
fn what_was_undone_in_between_counts_from_its_return() {
    let Some(stage) = Stage::new(&staging_first()) else { return };
    let print = fingerprint(&stage, "cli", "staging");
    let at = |hours: i64, event: &str, print: &str| line(&utc(now() - hours * HOUR), event, "staging", print);
    for undone in [at(60, "rolled-back", &print), at(60, "applied", "1111111111111111")] {
        keep(&stage, &(at(90, "applied", &print) + &undone));
        refused(&stage, "has no success of staging");
        keep(&stage, &(at(90, "applied", &print) + &undone + &at(10, "applied", &print)));
        refused(&stage, "soak 48h ends in 3");
        // Lines of two branches, merged in whatever order.
        keep(&stage, &(at(50, "applied", &print) + &at(90, "applied", &print) + &undone));
        let plan = stage.run(SCRIPT, &["plan"]);
        assert!(said(&plan).contains("soak 48h is over"), "{}", said(&plan));
    }
}

#[test]
fn a_ledger_that_cannot_be_believed_opens_nothing() {
    let Some(stage) = Stage::new(&staging_first()) else { return };
    let print = fingerprint(&stage, "cli", "staging");
    let good = line(&utc(now() - 50 * HOUR), "applied", "staging", &print);
    let young = line(&utc(now() - HOUR), "applied", "staging", &print);
    let wrong = "is not as it was written";
    for broken in [
        young.replace(&utc(now() - HOUR)[..10], "2020-01-01"),
        good[..good.len() - 3].to_owned(),
        good[..good.len() / 2].to_owned(),
        format!("<<<<<<< HEAD\n{good}=======\n"),
        good.replace('\t', " "),
        good.replace("\tapplied\t", "\tapproved\t"),
        format!("{good}\u{0}\u{1}"),
    ] {
        keep(&stage, &broken);
        refused(&stage, wrong);
        let output = stage.run(SCRIPT, &["apply", "--yes", "--override", "urgent"]);
        assert_eq!((status(&output), stage.writes()), (2, 0), "no reason helps: {}", said(&output));
        let plan = stage.run(SCRIPT, &["plan"]);
        assert!(status(&plan) == 0 && said(&plan).contains(wrong), "{}", said(&plan));
    }
    keep(&stage, &format!("{young}{}", &good[..20]));
    refused(&stage, "line 2 of the ledger");
    keep(&stage, &line(&utc(now() + HOUR), "applied", "staging", &print));
    refused(&stage, "in the future: this clock says");
    // Line ends of another system are no damage.
    keep(&stage, &good.replace('\n', "\r\n"));
    assert!(said(&stage.run(SCRIPT, &["plan"])).contains("soak 48h is over"));
    // Nowhere to write to: said before anything is written to AWS.
    fs::write(stage.path("kept.tsv"), &good).unwrap();
    for nowhere in ["/proc/ledger", "missing/folder/ledger", "out"] {
        let output = stage.run(SCRIPT, &["apply", "--yes", "--override=x", "--ledger", nowhere]);
        assert_eq!((status(&output), stage.writes()), (2, 0), "{nowhere}: {}", said(&output));
        assert!(said(&output).contains("cannot be written"), "{nowhere}: {}", said(&output));
    }
    let kept = stage.run(SCRIPT, &["apply", "--yes", "--ledger=kept.tsv"]);
    assert_eq!(status(&kept), 0, "{}", said(&kept));
}

#[test]
fn an_override_has_a_reason_and_is_recorded() {
    let Some(stage) = Stage::new(&staging_first()) else { return };
    for reason in ["", "  ", "a\tb", "a\nb", &"x".repeat(301)] {
        let output = stage.run(SCRIPT, &["apply", "--yes", "--override", reason]);
        assert_eq!((status(&output), stage.calls().len()), (2, 0), "{reason:?}: {}", said(&output));
    }
    assert_eq!(status(&stage.run(SCRIPT, &["apply", "--yes", "--override"])), 2);
    assert_eq!(status(&stage.run(SCRIPT, &["plan", "--override", "x"])), 2);
    let dry = stage.run(SCRIPT, &["apply", "--dry-run", "--override", "x"]);
    assert_eq!((status(&dry), ledger(&stage).as_str()), (0, ""), "{}", said(&dry));
    assert!(!stage.path(LEDGER).exists(), "a dry run writes nothing, here neither");
    // What fails half-way was overridden all the same, and is no success.
    let reason = "INC-1: \\n 'all' \"users\" $(touch pwned)";
    let some = stage.run(SCRIPT, &["apply", "--yes", "--service", "web", "--override", reason]);
    assert_eq!(status(&some), 0, "{}", said(&some));
    let text = ledger(&stage);
    let events: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(events.iter().map(|event| event[1]).collect::<Vec<_>>(), ["overridden", "applied"], "{text}");
    assert!(events.iter().all(|event| event[7] == reason), "{text}");
    assert!(!stage.path("pwned").exists());
}

/// A success is all services; and what one script records, the next wave's believes.
#[test]
fn a_success_is_of_the_whole_environment_and_opens_the_next_wave() {
    let two = "services:\n  worker: { scaling: { requests: { enabled: false } } }\n";
    let spec = spec("{ environments: [prod], soak: 1s }, { environments: [staging] }");
    let Some(stage) = Stage::new(&spec.replace("services:\n", two)) else { return };
    let other = |words: &str| {
        let output = stage.run("out/cli/autoscaling.sh staging", &["plan"]);
        assert!(said(&output).contains(words), "{words}: {}", said(&output));
    };
    let some = stage.run(SCRIPT, &["apply", "--yes", "--service", "web"]);
    assert_eq!((status(&some), ledger(&stage).as_str()), (0, ""), "{}", said(&some));
    assert!(
        said(&some).contains("wave 1 of 2; it is the first") && said(&some).contains("no success of wave 1")
    );
    other("has no success of prod");
    let all = stage.run(SCRIPT, &["apply", "--yes"]);
    assert_eq!((status(&all), ledger(&stage).lines().count()), (0, 1), "{}", said(&all));
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    other("wave 2 of 2; wave 1 (prod) applied");
    other("soak 1s is over");
    // A change of prod is another version; a change of staging alone is none of prod.
    stage.render(&spec.replace("services:\n", two).replace("max: 4", "max: 5"));
    other("soak 1s is over");
    stage.render(&spec.replace("services:\n", two).replace("target: 70", "target: 71"));
    other("has no success of prod");
}

/// deploy.sh keeps the same ledger.
#[test]
fn stacks_wait_as_well() {
    let Some(stage) = Stage::new(&staging_first()) else { return };
    let script = "out/cloudformation/deploy.sh prod";
    let run = |args: &[&str], expected: i32, words: &str| {
        let output = stage.run(script, args);
        assert_eq!(status(&output), expected, "{args:?}: {}", said(&output));
        assert!(said(&output).contains(words), "{words}: {}", said(&output));
    };
    let stacks = || stage.aws("cloudformation describe-stacks --query Stacks[].StackName --output text");
    run(&["--yes"], 2, "the gate is closed: wave 2 of 2; wave 1: the ledger");
    run(&["--yes", "--override", " "], 2, "needs a reason");
    run(&["--yes", "--override=x", "--ledger=out"], 2, "cannot be written");
    run(&["--dry-run"], 0, "rollout: wave 2 of 2");
    assert_eq!((stacks().trim(), ledger(&stage).as_str()), ("", ""));
    let print = fingerprint(&stage, "cli", "staging");
    assert_eq!(print, fingerprint(&stage, "cloudformation", "staging"), "one fingerprint in all dialects");
    keep(&stage, "broken\n");
    run(&["--yes", "--override=x"], 2, "is not as it was written");
    keep(&stage, &line(&utc(now() - HOUR), "applied", "staging", &print));
    run(&["--yes"], 2, "soak 48h ends in");
    keep(&stage, &line(&utc(now() - 49 * HOUR), "applied", "staging", &print));
    run(&["--yes"], 0, "recorded as success of wave 2");
    assert!(ledger(&stage).lines().last().unwrap().contains("\tapplied\tshop\t2\tprod\t"));
    run(&["--yes"], 0, "no changes");
    assert_eq!(ledger(&stage).lines().count(), 2);
    fs::remove_file(stage.path(LEDGER)).unwrap();
    run(&["--yes", "--override", "INC-1"], 0, "going on, because: INC-1");
    let text = ledger(&stage);
    let events: Vec<&str> = text.lines().map(|line| line.split('\t').nth(1).unwrap()).collect();
    assert_eq!(events, ["overridden", "applied"]);
}

/// Runs at the same time: every line is whole.
#[test]
fn lines_of_two_runs_do_not_mix() {
    let folder = tempfile::tempdir().unwrap();
    let reason = "r".repeat(300);
    let program = format!(
        "{LIBRARY}PROJECT=shop ENVIRONMENT=prod WAVE=2 WAVES=2 FINGERPRINT=0 FOLDER=. LEDGER=l CALLER=arn:aws:iam::222222222222:user/x\nfor _ in {{1..20}}; do for _ in {{1..10}}; do record applied {reason}; done & done\nwait\nread_ledger\nprintf '%s\\n' \"$LEDGER_PROBLEM\"\n"
    );
    let mut bash = Command::new("bash");
    bash.args(["-c", &program])
        .current_dir(folder.path())
        .env("COMMON", root().join("templates/cli/common.sh"));
    let said = succeed(&mut bash);
    let text = fs::read_to_string(folder.path().join("l")).unwrap();
    assert_eq!((said.as_str(), text.lines().count()), ("\n", 200));
}

/// Times are read as every calendar reads them.
#[test]
fn times_are_read_without_date() {
    let mut program = LIBRARY.to_owned();
    let mut expected = String::new();
    for (time, seconds) in [
        ("1970-01-01T00:00:00Z", 0),
        ("2000-02-29T23:59:59Z", 951_868_799),
        ("2024-12-31T00:00:00Z", 1_735_603_200),
        ("2026-03-01T08:09:08Z", 1_772_352_548),
        ("2100-03-01T00:00:00Z", 4_107_542_400_i64),
    ] {
        program += &format!(
            "seconds_of {time}; utc \"$REPLY\"; printf '%s\\n' \"$REPLY\"; seconds_of {time}; printf '%s\\n' \"$REPLY\"\n"
        );
        expected += &format!("{time}\n{seconds}\n");
    }
    for (seconds, words) in [(0, "0s"), (59, "59s"), (60, "1m"), (172_800, "48h"), (11_400, "3h 10m")] {
        program += &format!("spoken {seconds}; printf '%s\\n' \"$REPLY\"\n");
        expected += &format!("{words}\n");
    }
    let mut bash = Command::new("bash");
    bash.args(["-c", &program]).env("COMMON", root().join("templates/cli/common.sh"));
    let said = succeed(bash.env("TZ", "Asia/Kathmandu").env("LC_ALL", "C"));
    assert_eq!(said, expected);
}

/// An environment that no wave names, or a spec without waves: nothing of a rollout is written, shown or asked.
#[test]
fn without_waves_there_is_no_gate() {
    for spec in [SPEC.to_owned(), spec("{ environments: [staging], soak: 48h }")] {
        let Some(stage) = Stage::new(&spec) else { return };
        let data = fs::read_to_string(stage.path("out/cli/prod/environment.json")).unwrap();
        let stacks = fs::read_to_string(stage.path("out/cloudformation/prod/environment.json")).unwrap();
        for word in ["Fingerprint", "Rollout"] {
            assert!(!data.contains(word) && !stacks.contains(word), "{word}: {data}{stacks}");
        }
        for args in [&["plan"][..], &["apply", "--yes"], &["status"], &["rollback", "--yes"]] {
            let output = stage.run(SCRIPT, args);
            assert!(status(&output) == 0 && !said(&output).contains("rollout:"), "{}", said(&output));
        }
        assert!(!stage.path(LEDGER).exists());
        let output = stage.run(SCRIPT, &["apply", "--yes", "--override", "x"]);
        assert_eq!((status(&output), stage.calls().len()), (2, 0), "{}", said(&output));
    }
}

/// Without the data of an environment that comes before, its wave is not over.
#[test]
fn an_environment_without_data_opens_nothing() {
    let Some(stage) = Stage::new(&staging_first()) else { return };
    let print = fingerprint(&stage, "cli", "staging");
    keep(&stage, &line(&utc(now() - 50 * HOUR), "applied", "staging", &print));
    fs::remove_dir_all(stage.path("out/cli/staging")).unwrap();
    refused(&stage, "staging/environment.json, which says what staging must be, is not there");
}

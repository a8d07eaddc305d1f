//! Command-line arguments of `gen` as clap types, help texts, and parsing.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Args, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum, ValueHint};

/// Version and, where it is known, the commit that the program was built from.
pub const VERSION: &str = env!("GEN_VERSION");

const EXAMPLES: &str = "\
Examples:
  gen                                      write everything the spec asks for
  gen --target cloudformation              write the CloudFormation templates only
  gen --env prod-eu --service web          write the files in which prod-eu/web appears
  gen check                                compare the committed files with the spec
  gen validate --spec specs/langfuse.yaml  check the spec alone
  gen lint                                 warn about settings that will not scale as intended
  gen diff main                            changes on AWS since a git revision, and their risk
  gen explain prod-eu/web                  origin of its settings, and how AWS will scale it
  gen rule max-below-min                   explain a finding

Without --spec, gen uses $GEN_SPEC, or looks for scalegen.yaml or the only YAML file in specs/,
here and in the folders above. Output: generated/ beside the spec, or beside its folder specs/.

Exit status: 0 done or clean, 1 the answer is no (drift, findings, invalid spec in validate),
2 error (bad usage, unreadable file, invalid spec elsewhere), 130 interrupted.";

const CHECK_EXAMPLES: &str = "\
Examples:
  gen check                   list every file that differs, and the command that fixes it
  gen check --format json     the same for programs
  gen check --format github   the same as annotations of a GitHub workflow
  gen check --env prod-eu     only the files in which prod-eu appears

Exit status: 0 no drift, 1 drift, 2 error.";

const VALIDATE_EXAMPLES: &str = "\
Examples:
  gen validate                                list every mistake, at file:line:col
  gen validate --format json                  the same for programs
  gen validate -q --spec specs/langfuse.yaml  only errors and warnings; nothing if there are none

Exit status: 0 valid, 1 invalid, 2 error.";

const DIFF_EXAMPLES: &str = "\
Examples:
  gen diff main                                  the spec as it is here, against branch main
  gen diff HEAD~1 HEAD                           two revisions of it
  gen diff v1:specs/langfuse.yaml after.yaml     a path at a revision, and a file
  gen diff before.yaml after.yaml                two files, without git
  gen diff --git origin/main --format markdown   for a comment on a pull request
  gen diff main --exit-code                      exit with 1 if something changes

A and B are each a file, a revision of git, or REVISION:PATH with the path from the top of the
repository. An existing file wins over a revision of the same name, unless --git is given.
A revision alone means the spec that gen finds here, as it was there.

Exit status: 0 compared, 1 with --exit-code if something changes, 2 error.";

const INIT_EXAMPLES: &str = "\
Examples:
  gen init --project shop --env prod=111111111111:eu-west-1 --service web --service api
  gen init --project shop --env staging=111111111111:eu-west-1 --env prod=222222222222:us-west-2 \\
      --service web --requests 1000 --load-balancer '{environment}-alb' \\
      --target-group '{environment}-{service}-tg'

On a terminal, gen asks for values that no flag gives. It writes specs/PROJECT.yaml, and beside
it schema.json for editors. Run `gen` next.

Exit status: 0 written, 2 nothing written.";

const SCHEMA_EXAMPLES: &str = "\
Examples:
  gen schema > specs/schema.json   for editors; the first line of the spec names it:
                                   # yaml-language-server: $schema=./schema.json";

const RULE_EXAMPLES: &str = "\
Examples:
  gen rule                 list all codes, one per line
  gen rule max-below-min   why it matters, and what to write instead

Exit status: 0, or 2 if there is no such code.";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  source <(gen completions bash)           in ~/.bashrc
  gen completions zsh > _gen               in a folder of $fpath
  gen completions fish > gen.fish          in ~/.config/fish/completions
  gen completions powershell > gen.ps1     to be sourced in $PROFILE";

const MAN_EXAMPLES: &str = "\
Examples:
  gen man > gen.1               the page of gen
  gen man check > gen-check.1   the page of a subcommand";

const LINT_EXAMPLES: &str = "\
Examples:
  gen lint                              check the spec
  gen lint --fix                        also apply safe fixes in place
  gen lint --format sarif               the same, for code scanning
  gen rule requests-without-cpu         explain a finding

Allow an intended setting with a reason, on its line or alone on the line above,
  capacity: { min: 1 } # gen: allow(production-of-one) the scheduler must not run twice
or in the whole spec: `lint: { allow: { production-of-one: it must not run twice } }`.

Exit status: 0 clean, or notices only; 1 findings; 2 error.";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  gen explain prod-eu/web                            all settings: value, unit, origin
  gen explain prod-eu/web --why scaling.cpu.target   one setting, with every layer that sets it
  gen explain prod-eu                                services with their key numbers
  gen explain prod-eu/web --format json              the same for programs

Exit status: 0, or 2 if the spec is invalid or has no such environment, service or setting.";

const VIEW_EXAMPLES: &str = "\
Examples:
  gen view inventory prod-eu/web   what a template inventory/@env/@service.NAME.tera sees
  gen view terraform prod-eu       what a template terraform/@env/NAME.tera sees
  gen view my-folder               what a template my-folder/NAME.tera of --templates DIR sees

A value that is text of several lines, such as the properties of a resource, is one hole of a
template: it is printed with the indentation of the hole.

Exit status: 0, or 2 if the spec is invalid or has no such environment or service.";

/// Generate ECS autoscaling (Terraform, CloudFormation, AWS CLI) from one YAML spec
#[derive(Debug, Parser)]
#[command(
    name = "gen",
    version = VERSION,
    after_help = EXAMPLES,
    override_usage = "gen [OPTIONS]\n       gen <COMMAND> [OPTIONS]"
)]
pub struct Cli {
    /// What to do; without a subcommand: generate.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Arguments of generating.
    #[command(flatten)]
    pub generate: Generate,
    /// Arguments of every command.
    #[command(flatten)]
    pub common: Common,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compare the generated files with the spec, and write nothing
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Check),
    /// Check the spec alone: its schema and all rules
    #[command(after_help = VALIDATE_EXAMPLES)]
    Validate(Validate),
    /// Warn about valid settings that will not scale as intended
    #[command(after_help = LINT_EXAMPLES)]
    Lint(Lint),
    /// Compare two specs: changes per service, effects on AWS, risk, cost
    #[command(after_help = DIFF_EXAMPLES)]
    Diff(Diff),
    /// Explain a service: the origin of each setting, and how AWS will scale it
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(Explain),
    /// Explain the code of a finding: why it matters, and what to write instead
    #[command(after_help = RULE_EXAMPLES)]
    Rule(Rule),
    /// Print the values that the templates of a target see, as JSON
    #[command(after_help = VIEW_EXAMPLES)]
    View(View),
    /// Write a first spec, valid as it stands
    #[command(after_help = INIT_EXAMPLES)]
    Init(Init),
    /// Print the JSON Schema of the spec
    #[command(after_help = SCHEMA_EXAMPLES)]
    Schema,
    /// Print a shell completion script
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions(Completions),
    /// Print the manual page of gen or of a subcommand
    #[command(after_help = MAN_EXAMPLES)]
    Man(Man),
}

/// Arguments of every command.
#[derive(Debug, Clone, Default, Args)]
pub struct Common {
    /// When to use colours; auto: on a terminal, unless NO_COLOR is set
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        hide_possible_values = true
    )]
    pub color: Color,
    /// Print only requested output, warnings and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Show all findings in text, not only the first three of each code
    #[arg(long, global = true)]
    pub all_findings: bool,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Even into a file
    Always,
    /// Not even on a terminal
    Never,
}

/// Which spec to read.
#[derive(Debug, Clone, Default, Args)]
pub struct Input {
    /// The spec file
    #[arg(long, value_name = "FILE", env = "GEN_SPEC", value_hint = ValueHint::FilePath)]
    pub spec: Option<PathBuf>,
}

/// Which files a run is about.
#[derive(Debug, Clone, Default, Args)]
pub struct Scope {
    /// Which spec to read.
    #[command(flatten)]
    pub input: Input,
    /// Only this target; repeatable
    #[arg(long = "target", value_name = "TARGET")]
    pub targets: Vec<String>,
    /// Only files in which this environment appears; repeatable
    #[arg(long = "env", value_name = "ENVIRONMENT")]
    pub environments: Vec<String>,
    /// Only files in which this service appears; repeatable
    #[arg(long = "service", value_name = "SERVICE")]
    pub services: Vec<String>,
    /// The output folder [default: generated/ beside the spec, or beside its folder specs/]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// A folder of templates that add to or replace the built-in ones
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub templates: Option<PathBuf>,
    /// Threads for a large fleet, 1 to 256 [default: one per core]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
}

/// Arguments of generating.
#[derive(Debug, Clone, Default, Args)]
pub struct Generate {
    /// Which files.
    #[command(flatten)]
    pub scope: Scope,
    /// Overwrite and delete generated files that were edited by hand
    #[arg(long)]
    pub force: bool,
}

/// Arguments of `gen check`.
#[derive(Debug, Clone, Args)]
pub struct Check {
    /// Which files.
    #[command(flatten)]
    pub scope: Scope,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Arguments of `gen validate`.
#[derive(Debug, Clone, Args)]
pub struct Validate {
    /// Which spec to read.
    #[command(flatten)]
    pub input: Input,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Arguments of `gen lint`.
#[derive(Debug, Clone, Args)]
pub struct Lint {
    /// Which spec to read.
    #[command(flatten)]
    pub input: Input,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Apply safe fixes in place; comments and layout stay
    #[arg(long)]
    pub fix: bool,
}

/// Arguments of `gen explain`.
#[derive(Debug, Clone, Args)]
pub struct Explain {
    /// A service or an environment; without one, all services are listed
    #[arg(value_name = "ENV[/SERVICE]")]
    pub subject: Option<String>,
    /// Explain one setting in depth, such as scaling.cpu.target, or a group such as scaling.cpu
    #[arg(long, value_name = "SETTING")]
    pub why: Option<String>,
    /// Which spec to read.
    #[command(flatten)]
    pub input: Input,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub format: Shape,
}

/// How an answer is printed that is no finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Shape {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// Arguments of `gen view`.
#[derive(Debug, Clone, Args)]
pub struct View {
    /// The target: a folder of templates, built in or of your own
    pub target: String,
    /// An environment, or a service of one; without one, what is rendered once for the fleet
    #[arg(value_name = "ENV[/SERVICE]")]
    pub subject: Option<String>,
    /// Which spec to read.
    #[command(flatten)]
    pub input: Input,
}

/// Arguments of `gen rule`.
#[derive(Debug, Clone, Args)]
pub struct Rule {
    /// The code of the finding, such as max-below-min; without one, all are listed
    pub code: Option<String>,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
    /// Annotations of GitHub Actions
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

/// Arguments of `gen diff`.
#[derive(Debug, Clone, Args)]
pub struct Diff {
    /// The older spec: a file, a git revision, or REVISION:PATH
    #[arg(value_name = "A", value_hint = ValueHint::FilePath)]
    pub old: String,
    /// The newer spec, named in the same way [default: the spec as it is in the working tree]
    #[arg(value_name = "B", value_hint = ValueHint::FilePath)]
    pub new: Option<String>,
    /// Which spec is meant where only a revision is named.
    #[command(flatten)]
    pub input: Input,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub format: DiffFormat,
    /// Exit with 1 if something changes
    #[arg(long)]
    pub exit_code: bool,
    /// Read A and B as git revisions only, even if files of these names exist
    #[arg(long)]
    pub git: bool,
}

/// How changes are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum DiffFormat {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
    /// For a comment on a pull or merge request
    Markdown,
}

/// Arguments of `gen init`.
#[derive(Debug, Clone, Args)]
pub struct Init {
    /// Name of the project
    #[arg(long, value_name = "NAME")]
    pub project: Option<String>,
    /// An environment, its AWS account and region; repeatable
    #[arg(long = "env", value_name = "NAME=ACCOUNT:REGION")]
    pub environments: Vec<String>,
    /// A service, which runs in every environment; repeatable
    #[arg(long = "service", value_name = "NAME")]
    pub services: Vec<String>,
    /// Minimum tasks per service [default: 2]
    #[arg(long, value_name = "TASKS", allow_negative_numbers = true)]
    pub min: Option<i64>,
    /// Maximum tasks per service [default: 10]
    #[arg(long, value_name = "TASKS", allow_negative_numbers = true)]
    pub max: Option<i64>,
    /// Target average CPU, in percent [default: 70]
    #[arg(long, value_name = "PERCENT", allow_negative_numbers = true)]
    pub cpu: Option<f64>,
    /// Target requests per task and minute; needs --load-balancer and --target-group
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub requests: Option<f64>,
    /// Name of the load balancers, such as '{environment}-alb'
    #[arg(long, value_name = "PATTERN")]
    pub load_balancer: Option<String>,
    /// Name of the target groups, such as '{environment}-{service}-tg'
    #[arg(long, value_name = "PATTERN")]
    pub target_group: Option<String>,
    /// Where to write the spec [default: specs/PROJECT.yaml]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Overwrite an existing spec
    #[arg(long)]
    pub force: bool,
}

/// Arguments of `gen completions`.
#[derive(Debug, Clone, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Arguments of `gen man`.
#[derive(Debug, Clone, Args)]
pub struct Man {
    /// The subcommand; without one, the page of gen
    pub command: Option<String>,
}

/// Parses arguments, the program's name first.
///
/// # Errors
/// What clap has to say: a usage error, or the help or version that was asked for.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let args: Vec<OsString> = args.into_iter().collect();
    let mut command = Cli::command().color(color_of(&args));
    let spec =
        args.iter().skip(1).map(|arg| arg.to_string_lossy()).find(|arg| is_spec(arg)).map(String::from);
    let matches = command
        .try_get_matches_from_mut(args)
        .map_err(|error| with_spec_option(&mut command, error, spec.as_deref()))?;
    if let Some((subcommand, _)) = matches.subcommand() {
        refuse_misplaced(&mut command, &matches, subcommand)?;
    }
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

fn is_spec(arg: &str) -> bool {
    !arg.starts_with('-') && (arg.ends_with(".yaml") || arg.ends_with(".yml"))
}

/// Names `--spec` where a file stands in place of a subcommand or argument.
fn with_spec_option(command: &mut clap::Command, error: clap::Error, spec: Option<&str>) -> clap::Error {
    match (error.kind(), spec) {
        (ErrorKind::InvalidSubcommand | ErrorKind::UnknownArgument, Some(spec))
            if error.to_string().contains(&format!("'{spec}'")) =>
        {
            command.error(error.kind(), format!("'{spec}' is a file: name the spec with --spec {spec}"))
        }
        _ => error,
    }
}

/// Refuses options of generating before a subcommand, which clap would ignore.
fn refuse_misplaced(
    command: &mut clap::Command,
    matches: &clap::ArgMatches,
    subcommand: &str,
) -> Result<(), clap::Error> {
    let options = Generate::augment_args(clap::Command::new("gen"));
    let given =
        |arg: &&clap::Arg| matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
    let Some(option) = options.get_arguments().find(given).and_then(clap::Arg::get_long) else {
        return Ok(());
    };
    let message = format!(
        "'--{option}' stands before '{subcommand}'; options go behind the subcommand: gen {subcommand} --{option} …"
    );
    Err(command.error(ErrorKind::ArgumentConflict, message))
}

/// The choice of `--color`, for clap's own output, which comes before parsing.
fn color_of(args: &[OsString]) -> ColorChoice {
    let words = args.iter().map(|arg| arg.to_string_lossy());
    let joined = words.collect::<Vec<_>>().join(" ").replace("--color=", "--color ");
    let choice = joined.split("--color ").last().filter(|_| joined.contains("--color "));
    match choice.and_then(|rest| rest.split(' ').next()) {
        Some("always") => ColorChoice::Always,
        Some("never") => ColorChoice::Never,
        _ => ColorChoice::Auto,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Cli, clap::Error> {
        parse(line.split(' ').map(OsString::from))
    }

    #[test]
    fn the_types_make_a_command_line() {
        Cli::command().debug_assert();
    }

    /// Longer lines would be wrapped where nobody looks at them.
    #[test]
    fn examples_keep_their_lines() {
        let root = Cli::command();
        for command in root.get_subcommands().chain([&root]) {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let longest = help.lines().map(str::len).max();
            assert!(longest.is_some_and(|length| length <= 98), "{}: {longest:?}", command.get_name());
        }
    }

    #[test]
    fn common_options_stand_before_and_behind_the_subcommand() {
        for line in
            ["gen -q --color never check", "gen check --quiet --color=never", "gen -q check --color never"]
        {
            let common = parsed(line).unwrap().common;
            assert!(common.quiet && common.color == Color::Never, "{line}");
        }
    }

    #[test]
    fn other_options_before_a_subcommand_are_refused() {
        let error = parsed("gen --env prod check").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ArgumentConflict);
        assert!(error.to_string().contains("gen check --env …"), "{error}");
        assert!(parsed("gen check --env prod").is_ok());
    }

    #[test]
    fn a_spec_without_its_option_is_told_so() {
        for line in ["gen specs/shop.yaml", "gen validate specs/shop.yaml", "gen check -q specs/shop.yaml"] {
            let error = parsed(line).unwrap_err();
            assert!(error.to_string().contains("name the spec with --spec specs/shop.yaml"), "{error}");
        }
        assert!(
            !parsed("gen diff --fromat a.yaml b.yaml").unwrap_err().to_string().contains("--spec a.yaml")
        );
    }
}

//! The command line, as types. No behaviour.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

const EXAMPLES: &str = "\
Examples:
  gen                                   write everything the spec asks for
  gen --target cloudformation           write the CloudFormation templates only
  gen --env prod-eu --service web       write the files in which prod-eu/web appears
  gen check                             say whether the committed files are what the spec says
  gen validate --spec specs/shop.yaml   check the spec alone
  gen rule max-below-min                explain a finding

Without --spec, gen uses $GEN_SPEC, or looks for scalegen.yaml or the only YAML file in specs/,
here and in the folders above. Files go to generated/ beside it.

Exit status: 0 done or clean, 1 the answer is no (drift, invalid spec in validate),
2 no answer could be given (usage, files, invalid spec elsewhere), 130 interrupted.";

/// One spec of ECS services in; Terraform, CloudFormation and AWS CLI scripts that scale them out.
#[derive(Debug, Parser)]
#[command(name = "gen", version, about, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do; without a subcommand: generate.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Arguments of generating.
    #[command(flatten)]
    pub generate: Generate,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compare the files on disk with what the spec asks for, and write nothing
    #[command(after_help = "Exit status: 0 no drift, 1 drift, 2 no answer could be given.")]
    Check(Check),
    /// Check the spec alone: its schema and all rules
    #[command(after_help = "Exit status: 0 valid, 1 invalid, 2 no answer could be given.")]
    Validate(Validate),
    /// Explain a finding: why it is one, and what to write instead
    #[command(after_help = "Exit status: 0, or 2 if there is no such code.")]
    Rule(Rule),
    /// Print the JSON Schema of the spec
    Schema,
}

/// Which spec to read.
#[derive(Debug, Clone, Default, Args)]
pub struct Input {
    /// The spec
    #[arg(long, value_name = "FILE", env = "GEN_SPEC")]
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
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// A folder of templates that add to or replace the built-in ones
    #[arg(long, value_name = "DIR")]
    pub templates: Option<PathBuf>,
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
    /// Print nothing but problems
    #[arg(short, long)]
    pub quiet: bool,
}

/// Arguments of `gen check`.
#[derive(Debug, Clone, Args)]
pub struct Check {
    /// Which files.
    #[command(flatten)]
    pub scope: Scope,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Print nothing but problems
    #[arg(short, long)]
    pub quiet: bool,
}

/// Arguments of `gen validate`.
#[derive(Debug, Clone, Args)]
pub struct Validate {
    /// Which spec to read.
    #[command(flatten)]
    pub input: Input,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Print nothing but problems
    #[arg(short, long)]
    pub quiet: bool,
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

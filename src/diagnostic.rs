//! What the user did wrong, as data: a [`Code`], a message, where, and how to mend it.
//!
//! A [`Diagnostic`] says *where* symbolically (a path into the document); [`crate::document::Document::locate`]
//! turns that into bytes when a report is printed. Nothing here prints.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

/// How bad a finding is. Errors stop generation, warnings do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Generation goes on; the user should look.
    Warning,
    /// Nothing is wrong; the user should know.
    Notice,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        })
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal $severity:ident;)+) => {
        /// Every kind of finding, with one stable name each.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[doc = $doc])+ $variant,)+ }

        impl Code {
            /// All codes, in the order of this file.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)+];

            /// The name users see and suppress: unique, kebab-case, never reused.
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)+ }
            }

            /// Whether the finding stops generation.
            pub fn severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity,)+ }
            }

            /// What the code means and why it exists.
            pub fn explanation(self) -> &'static str {
                match self { $(Code::$variant => concat!($($doc, "\n",)+).trim_ascii(),)+ }
            }
        }
    };
}

codes! {
    // The text.
    /// The spec is not UTF-8 text.
    NotUtf8 = "not-utf8" Error;
    /// The spec is empty or holds only comments.
    EmptySpec = "empty-spec" Error;
    /// The spec is larger than any fleet needs: more bytes, nodes or nesting than the stated limits.
    SpecTooLarge = "spec-too-large" Error;
    /// The text is not valid YAML.
    YamlSyntax = "yaml-syntax" Error;
    /// The same key stands twice in one mapping; YAML would silently keep one of them.
    DuplicateKey = "duplicate-key" Error;
    /// A byte order mark before the text; it is ignored.
    ByteOrderMark = "byte-order-mark" Warning;
    /// Windows line ends; they are read as plain ones.
    CrlfLineEnds = "crlf-line-ends" Warning;
    /// Aliases expand to more nodes than the limit ("billion laughs").
    AliasBomb = "alias-bomb" Error;
    // The shape.
    /// A key that the format does not have.
    UnknownKey = "unknown-key" Error;
    /// A value of another type than the format asks for.
    WrongType = "wrong-type" Error;
    /// A key that the format requires is not there.
    MissingKey = "missing-key" Error;
    /// A value outside what the format allows.
    InvalidValue = "invalid-value" Error;
    /// The spec was written for a format version this program does not know.
    UnsupportedVersion = "unsupported-version" Error;
    // Single values.
    /// A project, environment or service name that cannot become a file name and an identifier everywhere.
    NameShape = "name-shape" Error;
    /// A name pattern with an unknown or unclosed placeholder.
    NamePattern = "name-pattern" Error;
    /// ECS cluster and service names have 1 to 255 letters, digits, `_` and `-`.
    EcsName = "ecs-name" Error;
    /// Policy names have 1 to 255 printable characters without `/` (Terraform's import splits on it).
    PolicyName = "policy-name" Error;
    /// Load balancer and target group names have 1 to 32 letters, digits and inner hyphens.
    LoadBalancerName = "load-balancer-name" Error;
    /// A load balancer suffix is `app/<name>/<16 hex digits>`.
    LoadBalancerArnSuffix = "load-balancer-arn-suffix" Error;
    /// A target group suffix is `targetgroup/<name>/<16 hex digits>`.
    TargetGroupArnSuffix = "target-group-arn-suffix" Error;
    /// Target tracking on requests per target works with Application Load Balancers only.
    NlbNotSupported = "nlb-not-supported" Error;
    /// AWS account ids are strings of 12 digits.
    AccountId = "account-id" Error;
    /// A region AWS does not have.
    UnknownRegion = "unknown-region" Error;
    /// The region lies in another partition than the spec says.
    RegionPartition = "region-partition" Error;
    /// A length of time that cannot be read.
    Duration = "duration" Error;
    /// A capacity below 0 or beyond what ECS can run.
    CapacityRange = "capacity-range" Error;
    /// A target value must be above 0, or the policy would scale out for ever.
    TargetNotPositive = "target-not-positive" Error;
    /// Service CPU is a percentage of what the tasks reserve; a target above 100 is never reached.
    CpuTargetAbove100 = "cpu-target-above-100" Error;
    /// A cooldown longer than a day stops the service from scaling.
    CooldownTooLong = "cooldown-too-long" Error;
    /// A tag AWS refuses: `aws:` prefix, characters, length.
    TagShape = "tag-shape" Error;
    /// More tags than AWS accepts on one resource.
    TooManyTags = "too-many-tags" Error;
    /// Task sizes are positive numbers.
    TaskSize = "task-size" Error;
    /// A namespace, metric, dimension, unit, label or alarm name that CloudWatch refuses.
    MetricText = "metric-text" Error;
    /// Metric math has ids of its own, a metric or an expression in each line, and one line that is the value.
    MetricMath = "metric-math" Error;
    /// Names of scheduled actions have 1 to 255 printable characters without `:`, `/` and `|`.
    ActionName = "action-name" Error;
    /// A schedule is `cron(…)` with six fields, `rate(…)` or `at(…)`.
    ScheduleExpression = "schedule-expression" Error;
    /// A time zone that IANA does not have.
    TimeZone = "time-zone" Error;
    /// A moment that cannot be read: RFC 3339 with an offset, to the second.
    Timestamp = "timestamp" Error;
    /// A forecast is at most an hour ahead, and lets the maximum rise by at most 100 per cent.
    PredictiveBuffer = "predictive-buffer" Error;
    // Between values.
    /// The minimum lies above the maximum.
    MaxBelowMin = "max-below-min" Error;
    /// A minimum of 0 was not asked for with `scale_to_zero: true`.
    MinZero = "min-zero" Error;
    /// A service that may scale to zero: CPU has no data points there, so CPU alone never wakes it.
    ScaleToZero = "scale-to-zero" Warning;
    /// Neither a layer nor a default says how many tasks to run.
    MissingCapacity = "missing-capacity" Error;
    /// A policy is switched on without a target value.
    MissingTarget = "missing-target" Error;
    /// A service without a single policy would be registered and never scale.
    NoPolicy = "no-policy" Error;
    /// CPU targets outside 50 to 90 per cent waste money or come too late.
    CpuTargetUnusual = "cpu-target-unusual" Warning;
    /// A scale-out cooldown of 0 lets every alarm minute add tasks before the last ones run.
    CooldownZero = "cooldown-zero" Warning;
    /// Scaling in faster than out makes a service flap.
    CooldownOrder = "cooldown-order" Warning;
    /// A request policy needs the load balancer and target group it counts on.
    RequestsWithoutLoadBalancer = "requests-without-load-balancer" Error;
    /// A load balancer is either named or given literally, not both.
    LoadBalancerAmbiguous = "load-balancer-ambiguous" Error;
    /// A policy of your own metric has `metric` or `metrics`.
    CustomMetric = "custom-metric" Error;
    /// A step scaling policy needs a metric, a threshold and steps.
    StepIncomplete = "step-incomplete" Error;
    /// Steps have no gaps and no overlaps, are open on the outside, and are at most 20.
    StepAdjustments = "step-adjustments" Error;
    /// An alarm looks at 1 or more data points of 10 s, 30 s or a multiple of 60 s, over at most a day.
    StepAlarm = "step-alarm" Error;
    /// A scheduled action says when, and a limit.
    ScheduleIncomplete = "schedule-incomplete" Error;
    /// A scheduled action would set a minimum above its maximum.
    ScheduleMaxBelowMin = "schedule-max-below-min" Error;
    /// A scheduled action that ceases to count before it begins to.
    ScheduleWindow = "schedule-window" Error;
    /// Requests per target of one target group are half the truth where deployments alternate between two.
    RequestsOnAlternatingGroups = "requests-on-alternating-groups" Error;
    /// ECS measures every 20 seconds under its own deployment controller only.
    ResolutionWithController = "resolution-with-controller" Error;
    /// Two target tracking policies of one service track one metric: AWS refuses the second.
    DuplicateMetric = "duplicate-metric" Error;
    /// Two scheduled actions of one service have one name: the second would overwrite the first.
    DuplicateActionName = "duplicate-action-name" Error;
    /// Two alarms of one account and region have one name: the second would overwrite the first.
    DuplicateAlarmName = "duplicate-alarm-name" Error;
    /// A scalable target takes 50 policies and 200 scheduled actions (fixed quotas).
    TooManyPolicies = "too-many-policies" Error;
    /// A former name that another policy or scheduled action bears now would delete that one.
    RenameCollision = "rename-collision" Error;
    /// A service cannot have had the name of a service that is still there.
    ServiceRename = "service-rename" Error;
    /// What is said to be removed is still there, or was never there.
    RemovedStillThere = "removed-still-there" Error;
    /// A name that the committed files hold and the new ones drop, without a word about it in the spec: what bears it
    /// stays live beside its successor, or goes without anybody having said so.
    DroppedName = "dropped-name" Warning;
    /// A dialect cannot say something that the spec asks for: the message says what is generated instead.
    DialectGap = "dialect-gap" Notice;
    /// Two policies of one service have one name: the second would overwrite the first.
    DuplicatePolicyName = "duplicate-policy-name" Error;
    /// Two entries of the spec scale the same ECS service.
    DuplicateEcsService = "duplicate-ecs-service" Error;
    /// Two services of one account and region would get one CloudFormation stack.
    DuplicateStackName = "duplicate-stack-name" Error;
    /// A stack name CloudFormation refuses.
    StackName = "stack-name" Error;
    /// One AWS account cannot lie in two partitions.
    AccountInTwoPartitions = "account-in-two-partitions" Error;
    /// An environment overrides a service that the spec does not have.
    UnknownService = "unknown-service" Error;
    /// A rollout wave names an environment that the spec does not have.
    UnknownWaveEnvironment = "unknown-wave-environment" Error;
    /// An environment is rolled out twice.
    DuplicateWaveEnvironment = "duplicate-wave-environment" Error;
    /// An environment that no rollout wave reaches.
    EnvironmentWithoutWave = "environment-without-wave" Warning;
    /// An environment in which every service is switched off.
    EnvironmentWithoutServices = "environment-without-services" Warning;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One step of a path into the document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// A mapping key.
    Key(String),
    /// A position in a sequence.
    Index(usize),
}

/// Which part of an entry is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The key: for entries that should not be there.
    Key,
    /// The value: for entries with a wrong value.
    Value,
}

/// Where in the spec, said symbolically.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Location {
    /// The file as a whole.
    File,
    /// Bytes of the text: only where there is no path yet, because the text could not be read.
    Bytes(Range<usize>),
    /// An entry of the document.
    Path(Vec<Step>, Part),
}

impl Location {
    /// The value at a path of mapping keys.
    pub fn value<S: Into<String>>(keys: impl IntoIterator<Item = S>) -> Self {
        Self::Path(keys.into_iter().map(|key| Step::Key(key.into())).collect(), Part::Value)
    }

    /// The key at a path of mapping keys.
    pub fn key<S: Into<String>>(keys: impl IntoIterator<Item = S>) -> Self {
        Self::Path(keys.into_iter().map(|key| Step::Key(key.into())).collect(), Part::Key)
    }
}

/// A place and what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub location: Location,
    /// What, in a few words; may be empty for the primary label.
    pub message: String,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of finding.
    pub code: Code,
    /// One sentence with the values that matter.
    pub message: String,
    /// The culprit.
    pub primary: Label,
    /// The other culprits.
    pub related: Vec<Label>,
    /// What to write instead.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A finding at one place.
    pub fn new(code: Code, location: Location, message: impl Into<String>) -> Self {
        let primary = Label { location, message: String::new() };
        Self { code, message: message.into(), primary, related: Vec::new(), help: None }
    }

    /// Says something about the primary place.
    #[must_use]
    pub fn label(mut self, message: impl Into<String>) -> Self {
        self.primary.message = message.into();
        self
    }

    /// Points at another culprit.
    #[must_use]
    pub fn also(mut self, location: Location, message: impl Into<String>) -> Self {
        self.related.push(Label { location, message: message.into() });
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// All findings of one run: a sink that every stage writes to, so that one run reports everything.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    places: HashSet<(Code, Location)>,
}

impl Diagnostics {
    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Adds a finding unless the same kind was found at the same place: a value that a thousand services inherit
    /// is one mistake.
    pub fn push_once(&mut self, diagnostic: Diagnostic) {
        if self.places.insert((diagnostic.code, diagnostic.primary.location.clone())) {
            self.push(diagnostic);
        }
    }

    /// Whether something was found that stops generation.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// How many findings of a severity there are.
    pub fn count(&self, severity: Severity) -> usize {
        self.found.iter().filter(|d| d.code.severity() == severity).count()
    }

    /// The findings in the order they were made.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.found.iter()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The closest of `candidates` to a mistyped `word`, if one is close enough to be meant.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let score = |candidate: &str| {
        let lower = candidate.to_lowercase();
        let word = word.to_lowercase();
        if lower.starts_with(&word) && word.len() >= 3 { 0.95 } else { strsim::jaro_winkler(&word, &lower) }
    };
    candidates
        .into_iter()
        .map(|candidate| (score(candidate), candidate))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, candidate)| candidate)
}

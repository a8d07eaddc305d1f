//! Every kind of finding there is, each with its documentation: the first paragraph of a code's doc comment says what
//! is wrong, the next ones why it matters, a last one that begins with `Source:` where that is written. The example
//! is `tests/invalid/<code>.yaml` ([`Example`]). `gen rule CODE` prints all of it, and `docs/rules/` keeps it.

use std::fmt;

use super::{Example, Severity};

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

            fn doc(self) -> &'static str {
                match self { $(Code::$variant => concat!($($doc, "\n",)+),)+ }
            }

            /// A spec in which this is found, and the same spec mended. Without the file this does not compile.
            pub fn example(self) -> Example {
                let fixture: &[u8] = match self {
                    $(Code::$variant => include_bytes!(
                        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/invalid/", $name, ".yaml")
                    ),)+
                };
                Example::of(fixture)
            }
        }
    };
}

codes! {
    // The text.

    /// The spec is not UTF-8 text.
    ///
    /// A byte of another encoding means another letter on another machine, or none, and it would stand in names that AWS
    /// compares byte by byte.
    NotUtf8 = "not-utf8" Error;

    /// The spec is empty or holds only comments.
    ///
    /// An empty file asks for nothing, and generating nothing would delete everything that was generated before.
    EmptySpec = "empty-spec" Error;

    /// The spec is larger than any fleet needs: more bytes, nodes or nesting than the stated limits.
    ///
    /// The limits are far above 10,000 services. They end a run early, with a message, where a wrong file was named or
    /// where a file was made to exhaust the machine that reads it.
    SpecTooLarge = "spec-too-large" Error;

    /// The text is not valid YAML.
    ///
    /// What a text means cannot be judged before it can be read, so nothing behind this place is looked at. The place is
    /// where reading had to stop; the slip is there or on the line above.
    ///
    /// Source: YAML 1.2.2
    YamlSyntax = "yaml-syntax" Error;

    /// The same key stands twice in one mapping; YAML would silently keep one of them.
    ///
    /// Readers disagree about which one wins, and nobody sees that a setting has no effect. The YAML specification asks
    /// for unique keys.
    ///
    /// Source: YAML 1.2.2, Representation Graph, Nodes
    DuplicateKey = "duplicate-key" Error;

    /// A byte order mark before the text; it is ignored.
    ///
    /// Some editors put U+FEFF in front of a file. `gen` reads past it; some other tools take it for a part of the first
    /// key.
    ByteOrderMark = "byte-order-mark" Warning;

    /// Windows line ends; they are read as plain ones.
    ///
    /// The spec means the same, but a file whose line ends change with whoever saved it makes diffs of every line.
    CrlfLineEnds = "crlf-line-ends" Warning;

    /// Aliases expand to more nodes than the limit ("billion laughs").
    ///
    /// An alias repeats what its anchor holds, so aliases of aliases grow without bound: ten short lines can ask for a
    /// billion values. No fleet needs that; `defaults` and `services` are the layers to share settings.
    AliasBomb = "alias-bomb" Error;

    // The shape.

    /// A key that the format does not have.
    ///
    /// A mistyped key that is silently ignored is a setting that silently does nothing: `cpus` instead of `cpu` would
    /// leave a service without its CPU policy.
    UnknownKey = "unknown-key" Error;

    /// A value of another type than the format asks for.
    ///
    /// Types are not guessed at, because a guess is wrong in some file: an account id read as a number loses its
    /// leading zeros, and `60` does not say of what.
    WrongType = "wrong-type" Error;

    /// A key that the format requires is not there.
    ///
    /// These are the keys for which no value could be made up: where an environment runs, and in whose account.
    MissingKey = "missing-key" Error;

    /// A value outside what the format allows.
    ///
    /// The format has a fixed list of words here, or a range; the help names it. `gen schema` prints all of them.
    InvalidValue = "invalid-value" Error;

    /// The spec was written for a format version this program does not know.
    ///
    /// A later version may mean something else by the same key, so reading on would be guessing.
    UnsupportedVersion = "unsupported-version" Error;

    // Single values.

    /// A project, environment or service name that cannot become a file name and an identifier everywhere.
    ///
    /// These names become files on every system and identifiers in Terraform, and no two of them may become the same one.
    /// The names in AWS need not follow: `ecs_service` and `cluster` say them.
    NameShape = "name-shape" Error;

    /// A name pattern with an unknown or unclosed placeholder.
    ///
    /// Patterns make the names of clusters, services, policies and stacks. A placeholder that is not replaced would
    /// stand in a name literally, and AWS would look for a service called `{servise}`.
    NamePattern = "name-pattern" Error;

    /// ECS cluster and service names have 1 to 255 letters, digits, `_` and `-`.
    ///
    /// The scalable target is identified by `service/<cluster>/<service>`: names, never ARNs. Anything else is refused
    /// when the target is registered, or names a service that does not exist.
    ///
    /// Source: Amazon ECS API Reference, CreateCluster and CreateService
    EcsName = "ecs-name" Error;

    /// Policy names have 1 to 255 printable characters without `/` (Terraform's import splits on it).
    ///
    /// The API accepts 256 characters and the slash. Terraform accepts 255, and its import id is made of parts that are
    /// separated by slashes, so a live policy with one in its name could never be imported. A policy cannot be renamed.
    ///
    /// Source: Application Auto Scaling API Reference, PutScalingPolicy; Terraform AWS provider,
    /// aws_appautoscaling_policy
    PolicyName = "policy-name" Error;

    /// Load balancer and target group names have 1 to 32 letters, digits and inner hyphens.
    ///
    /// A named load balancer is looked up when the configuration is applied. Another name finds nothing, and then stops
    /// the apply half-way instead of stopping here.
    ///
    /// Source: Elastic Load Balancing API Reference (2015-12-01), CreateLoadBalancer and CreateTargetGroup
    LoadBalancerName = "load-balancer-name" Error;

    /// A load balancer suffix is `app/<name>/<16 hex digits>`.
    ///
    /// It is the first half of the policy's `ResourceLabel`, which selects the metric to track. A label that selects no
    /// metric is a policy without data, and that keeps the whole service from scaling in.
    ///
    /// Source: Application Auto Scaling API Reference, PredefinedMetricSpecification
    LoadBalancerArnSuffix = "load-balancer-arn-suffix" Error;

    /// A target group suffix is `targetgroup/<name>/<16 hex digits>`.
    ///
    /// It is the second half of the policy's `ResourceLabel`; the word `targetgroup` belongs to it.
    ///
    /// Source: Application Auto Scaling API Reference, PredefinedMetricSpecification
    TargetGroupArnSuffix = "target-group-arn-suffix" Error;

    /// Target tracking on requests per target works with Application Load Balancers only.
    ///
    /// `ALBRequestCountPerTarget` counts the requests of an Application Load Balancer's target group. Network and
    /// Gateway Load Balancers forward connections and packets and have no such metric.
    ///
    /// Source: Application Auto Scaling API Reference, PredefinedMetricSpecification
    NlbNotSupported = "nlb-not-supported" Error;

    /// AWS account ids are strings of 12 digits.
    ///
    /// Every script and root compares the account it is about to change with this one, so a wrong id would stop all of
    /// them. Write it in quotes: as a number it loses its leading zeros.
    ///
    /// Source: AWS Account Management Reference Guide, View AWS account identifiers
    AccountId = "account-id" Error;

    /// A region AWS does not have.
    ///
    /// A mistyped region is an endpoint that does not resolve: the scripts would fail on their first call, long after
    /// the spec was reviewed.
    ///
    /// Source: botocore, partitions.json
    UnknownRegion = "unknown-region" Error;

    /// The region lies in another partition than the spec says.
    ///
    /// Partitions (`aws`, `aws-cn`, `aws-us-gov`, …) have their own accounts, endpoints and ARNs. The partition follows
    /// from the region; where both are said and differ, one of them is wrong.
    ///
    /// Source: AWS Fault Isolation Boundaries, Partitions
    RegionPartition = "region-partition" Error;

    /// A length of time that cannot be read.
    ///
    /// A bare number does not say whether seconds or minutes are meant, so lengths of time are a whole number and a unit:
    /// `s`, `m`, `h` or `d`.
    Duration = "duration" Error;

    /// A capacity below 0 or beyond what ECS can run.
    ///
    /// The default quota of ECS is 5,000 tasks in a service. A number far above it is a slip of the finger, and as a
    /// maximum it is the limit of the bill.
    ///
    /// Source: Application Auto Scaling API Reference, RegisterScalableTarget; AWS General Reference,
    /// Amazon ECS endpoints and quotas
    CapacityRange = "capacity-range" Error;

    /// A target value must be above 0, or the policy would scale out for ever.
    ///
    /// Target tracking adds tasks in proportion to metric / target. Nothing brings a metric below 0, so the service
    /// would run at its maximum and stay there.
    ///
    /// Source: Application Auto Scaling API Reference, TargetTrackingScalingPolicyConfiguration
    TargetNotPositive = "target-not-positive" Error;

    /// Service CPU is a percentage of what the tasks reserve; a target above 100 is never reached.
    ///
    /// The metric is the CPU that the service's tasks use, as a percentage of the CPU in their task definition. A task
    /// with a size of its own, as on Fargate, cannot use more than that, so the policy would never add a task.
    ///
    /// Source: Amazon ECS Developer Guide, Amazon ECS service utilization metrics
    CpuTargetAbove100 = "cpu-target-above-100" Error;

    /// A cooldown longer than a day stops the service from scaling.
    ///
    /// Cooldowns are seconds to minutes: the time in which the last change shows in the metrics. AWS's default for ECS
    /// is 300 s. A day or more is a unit mistaken for another one.
    ///
    /// Source: Application Auto Scaling API Reference, TargetTrackingScalingPolicyConfiguration
    CooldownTooLong = "cooldown-too-long" Error;

    /// A tag AWS refuses: `aws:` prefix, characters, length.
    ///
    /// Tags have letters, digits, blanks and `_.:/=+-@`, keys up to 128 and values up to 256 characters; `aws:` is
    /// reserved. One refused tag refuses the whole resource. CloudFormation refuses empty values too.
    ///
    /// Source: Tagging AWS Resources and Tag Editor User Guide, Tag naming limits and requirements
    TagShape = "tag-shape" Error;

    /// More tags than AWS accepts on one resource.
    ///
    /// A resource has at most 50 tags; with one more, AWS refuses to make it.
    ///
    /// Source: Tagging AWS Resources and Tag Editor User Guide, Tag naming limits and requirements
    TooManyTags = "too-many-tags" Error;

    /// Task sizes are positive numbers.
    ///
    /// `vcpu` and `memory_gib` say what one task costs and how much it can do; a task of no size makes both nonsense.
    /// They do not change the task definition.
    TaskSize = "task-size" Error;

    /// A namespace, metric, dimension, unit, label or alarm name that CloudWatch refuses.
    ///
    /// A metric that CloudWatch does not have yields no data, and a policy without data neither scales out nor lets the
    /// service scale in; so what can be checked is checked here, before an alarm waits for ever.
    ///
    /// Source: Amazon CloudWatch API Reference, Metric, Dimension, PutMetricAlarm
    MetricText = "metric-text" Error;

    /// Metric math has ids of its own, a metric or an expression in each line, and one line that is the value.
    ///
    /// The line with `return: true` is what is tracked; the others are terms of it. AWS refuses a list with none or two,
    /// and a line that no expression uses is a slip.
    ///
    /// Source: Application Auto Scaling API Reference, TargetTrackingMetricDataQuery
    MetricMath = "metric-math" Error;

    /// Names of scheduled actions have 1 to 255 printable characters without `:`, `/` and `|`.
    ///
    /// AWS refuses other names when the action is written, which is in the middle of an apply.
    ///
    /// Source: Application Auto Scaling API Reference, PutScheduledAction
    ActionName = "action-name" Error;

    /// A schedule is `cron(…)` with six fields, `rate(…)` or `at(…)`.
    ///
    /// AWS's cron has a year, begins the week with Sunday as 1, and wants `?` for the day of month or the day of week: a
    /// line copied from a crontab is refused, or runs on another day.
    ///
    /// Source: Application Auto Scaling User Guide, Schedule scaling actions using cron expressions
    ScheduleExpression = "schedule-expression" Error;

    /// A time zone that IANA does not have.
    ///
    /// A schedule in a wrong time zone scales at the wrong hour; abbreviations such as `CET` do not say whether summer
    /// time counts.
    ///
    /// Source: Application Auto Scaling API Reference, PutScheduledAction, Timezone
    TimeZone = "time-zone" Error;

    /// A moment that cannot be read: RFC 3339 with an offset, to the second.
    ///
    /// Without an offset the moment would depend on where the file is read.
    ///
    /// Source: RFC 3339
    Timestamp = "timestamp" Error;

    /// A forecast is at most an hour ahead, and lets the maximum rise by at most 100 per cent.
    ///
    /// AWS refuses more when the policy is written.
    ///
    /// Source: Application Auto Scaling API Reference, PredictiveScalingPolicyConfiguration
    PredictiveBuffer = "predictive-buffer" Error;

    // Between values.

    /// The minimum lies above the maximum.
    ///
    /// Application Auto Scaling refuses to register such a target. It mostly happens between layers: `defaults` or
    /// `services` set one bound and an environment the other, and neither line looks wrong by itself.
    ///
    /// Source: Application Auto Scaling API Reference, RegisterScalableTarget
    MaxBelowMin = "max-below-min" Error;

    /// A minimum of 0 was not asked for with `scale_to_zero: true`.
    ///
    /// ECS allows 0, and a service that scales to 0 answers nobody until something wakes it. AWS strongly recommends a
    /// minimum above 0, so 0 has to be said twice.
    ///
    /// Source: Application Auto Scaling API Reference, RegisterScalableTarget
    MinZero = "min-zero" Error;

    /// A service that may scale to zero: CPU has no data points there, so CPU alone never wakes it.
    ///
    /// Without a running task ECS reports no CPU utilization, and without data a policy does nothing. Only a policy on
    /// requests, or a person, brings the service back.
    ///
    /// Source: Amazon ECS Developer Guide, Automatically scale your Amazon ECS service
    ScaleToZero = "scale-to-zero" Warning;

    /// Neither a layer nor a default says how many tasks to run.
    ///
    /// Both bounds are required when a target is registered for the first time. `gen` has no defaults for them: what is
    /// too many and what is too few is known only to whoever runs the service.
    ///
    /// Source: Application Auto Scaling API Reference, RegisterScalableTarget
    MissingCapacity = "missing-capacity" Error;

    /// A policy is switched on without a target value.
    ///
    /// The target value is what target tracking tracks; AWS requires it, and no default would fit every service.
    ///
    /// Source: Application Auto Scaling API Reference, TargetTrackingScalingPolicyConfiguration
    MissingTarget = "missing-target" Error;

    /// A service without a single policy would be registered and never scale.
    ///
    /// Registering a scalable target sets bounds; only policies move the number of tasks between them. A service that
    /// should not be scaled is switched off with `enabled: false`.
    ///
    /// Source: Application Auto Scaling User Guide, Target tracking scaling policies for Application Auto Scaling
    NoPolicy = "no-policy" Error;

    /// CPU targets outside 50 to 90 per cent waste money or come too late.
    ///
    /// Below 50 more than half of what is paid for idles. Above 90 nothing is left for the minutes that pass until the
    /// alarm has its three data points and new tasks have started.
    CpuTargetUnusual = "cpu-target-unusual" Warning;

    /// A scale-out cooldown of 0 lets every alarm minute add tasks before the last ones run.
    ///
    /// Within the cooldown, capacity that was just added is credited to the next scale-out. Without one, tasks that are
    /// still starting count for nothing, and each minute of alarm adds as many again.
    ///
    /// Source: Application Auto Scaling User Guide, How target tracking scaling works
    CooldownZero = "cooldown-zero" Warning;

    /// Scaling in faster than out makes a service flap.
    ///
    /// Scaling out protects availability and should be quick; scaling in is meant to be conservative. With the shorter
    /// cooldown on the way in, tasks are removed before it is known whether they are still needed.
    ///
    /// Source: Application Auto Scaling User Guide, How target tracking scaling works
    CooldownOrder = "cooldown-order" Warning;

    /// A request policy needs the load balancer and target group it counts on.
    ///
    /// `ALBRequestCountPerTarget` is a metric of one target group behind one Application Load Balancer, and the policy has
    /// to say of which.
    ///
    /// Source: Application Auto Scaling API Reference, PredefinedMetricSpecification
    RequestsWithoutLoadBalancer = "requests-without-load-balancer" Error;

    /// A load balancer is either named or given literally, not both.
    ///
    /// A named one is looked up when the configuration is applied, a literal one is written into it. Given both ways,
    /// the two can point at different load balancers.
    LoadBalancerAmbiguous = "load-balancer-ambiguous" Error;

    /// Two policies of one service have one name: the second would overwrite the first.
    ///
    /// A policy is known by its name within its scalable target, and putting a policy with a name that exists updates
    /// that policy. Of requests and CPU, only one would be left.
    ///
    /// Source: Application Auto Scaling API Reference, PutScalingPolicy
    DuplicatePolicyName = "duplicate-policy-name" Error;

    /// Two entries of the spec scale the same ECS service.
    ///
    /// An ECS service has one scalable target. Two entries would overwrite each other's bounds, and which one wins
    /// would depend on which was applied last.
    ///
    /// Source: Application Auto Scaling API Reference, RegisterScalableTarget
    DuplicateEcsService = "duplicate-ecs-service" Error;

    /// Two services of one account and region would get one CloudFormation stack.
    ///
    /// A stack name is unique within its account and region. Deploying the second service would update the first one's
    /// stack and remove the first service's scaling.
    ///
    /// Source: AWS CloudFormation API Reference, CreateStack
    DuplicateStackName = "duplicate-stack-name" Error;

    /// A stack name CloudFormation refuses.
    ///
    /// Stack names start with a letter and have at most 128 letters, digits and hyphens. `_`, which ECS allows, becomes
    /// a hyphen by itself.
    ///
    /// Source: AWS CloudFormation API Reference, CreateStack
    StackName = "stack-name" Error;

    /// One AWS account cannot lie in two partitions.
    ///
    /// Each account is scoped to one partition: an account of `aws` has no resources in China or GovCloud. One of the
    /// two environments names the wrong account or the wrong region.
    ///
    /// Source: IAM User Guide, Identify AWS resources with Amazon Resource Names (ARNs)
    AccountInTwoPartitions = "account-in-two-partitions" Error;

    /// An environment overrides a service that the spec does not have.
    ///
    /// Services are declared once, under `services`, and run in every environment. An override of another name would
    /// change nothing.
    UnknownService = "unknown-service" Error;

    /// A rollout wave names an environment that the spec does not have.
    ///
    /// The rollout would come to a wave that nobody can apply.
    UnknownWaveEnvironment = "unknown-wave-environment" Error;

    /// An environment is rolled out twice.
    ///
    /// An environment is done after its wave. A second mention is a slip, or stands where another environment was meant.
    DuplicateWaveEnvironment = "duplicate-wave-environment" Error;

    /// An environment that no rollout wave reaches.
    ///
    /// Where waves are written down, everybody rolls out by them, and an environment in none of them keeps its old
    /// scaling without anybody noticing.
    EnvironmentWithoutWave = "environment-without-wave" Warning;

    /// An environment in which every service is switched off.
    ///
    /// Nothing is generated for it, and what was generated before is deleted.
    EnvironmentWithoutServices = "environment-without-services" Warning;

    /// A policy of your own metric has `metric` or `metrics`.
    ///
    /// `metric` is one metric of CloudWatch, `metrics` is metric math over several. With both, one would be ignored.
    ///
    /// Source: Application Auto Scaling API Reference, CustomizedMetricSpecification
    CustomMetric = "custom-metric" Error;

    /// A step scaling policy needs a metric, a threshold and steps.
    ///
    /// For step scaling AWS makes no alarm: the alarm is made here, and without a metric and a threshold there is none, so
    /// that the policy would never act.
    ///
    /// Source: Application Auto Scaling User Guide, Step scaling policies
    StepIncomplete = "step-incomplete" Error;

    /// Steps have no gaps and no overlaps, are open on the outside, and are at most 20.
    ///
    /// Bounds are distances from the threshold. Where no step covers a value the alarm does nothing; AWS refuses gaps and
    /// overlaps, and a bound on the outer side.
    ///
    /// Source: Application Auto Scaling API Reference, StepAdjustment
    StepAdjustments = "step-adjustments" Error;

    /// An alarm looks at 1 or more data points of 10 s, 30 s or a multiple of 60 s, over at most a day.
    ///
    /// CloudWatch refuses other alarms, and a policy whose alarm was refused never acts.
    ///
    /// Source: Amazon CloudWatch API Reference, PutMetricAlarm
    StepAlarm = "step-alarm" Error;

    /// A scheduled action says when, and a limit.
    ///
    /// An action without `min` and `max` would run and change nothing.
    ///
    /// Source: Application Auto Scaling API Reference, ScalableTargetAction
    ScheduleIncomplete = "schedule-incomplete" Error;

    /// A scheduled action would set a minimum above its maximum.
    ///
    /// AWS would refuse it when it runs, at night, when nobody looks.
    ///
    /// Source: Application Auto Scaling API Reference, ScalableTargetAction
    ScheduleMaxBelowMin = "schedule-max-below-min" Error;

    /// A scheduled action that ceases to count before it begins to.
    ///
    /// It would never run. Both moments are compared in UTC, whatever their offsets.
    ///
    /// Source: Application Auto Scaling API Reference, PutScheduledAction
    ScheduleWindow = "schedule-window" Error;

    /// Requests per target of one target group are half the truth where deployments alternate between two.
    ///
    /// After a deployment the other group serves. The policy of the idle one sees no requests, or no data, which blocks
    /// scaling in of the whole service, and nothing scales out on requests. The sum over both groups is right before,
    /// during and after a deployment.
    ///
    /// Source: Amazon ECS Developer Guide, Target tracking scaling policies
    RequestsOnAlternatingGroups = "requests-on-alternating-groups" Error;

    /// ECS measures every 20 seconds under its own deployment controller only.
    ///
    /// With CODE_DEPLOY or EXTERNAL the service cannot be told to, and AWS refuses the policy.
    ///
    /// Source: Amazon ECS Developer Guide, Target tracking with high-resolution metrics
    ResolutionWithController = "resolution-with-controller" Error;

    /// Two target tracking policies of one service track one metric: AWS refuses the second.
    ///
    /// The refusal would come in the middle of an apply, when the first is written already.
    ///
    /// Source: Application Auto Scaling User Guide, Target tracking scaling policies, Multiple scaling policies
    DuplicateMetric = "duplicate-metric" Error;

    /// Two scheduled actions of one service have one name: the second would overwrite the first.
    ///
    /// PutScheduledAction creates or replaces by name, without a word.
    ///
    /// Source: Application Auto Scaling API Reference, PutScheduledAction
    DuplicateActionName = "duplicate-action-name" Error;

    /// Two alarms of one account and region have one name: the second would overwrite the first.
    ///
    /// The first policy would lose its alarm and never act again. Alarm names are unique in an account and region.
    ///
    /// Source: Amazon CloudWatch API Reference, PutMetricAlarm
    DuplicateAlarmName = "duplicate-alarm-name" Error;

    /// A scalable target takes 50 policies and 200 scheduled actions.
    ///
    /// AWS does not raise these quotas.
    ///
    /// Source: AWS General Reference, Application Auto Scaling endpoints and quotas
    TooManyPolicies = "too-many-policies" Error;

    /// A former name that another policy or scheduled action bears now would delete that one.
    ///
    /// What is renamed is deleted under its old name before it is made under the new one.
    ///
    /// Source: Application Auto Scaling API Reference, DeleteScalingPolicy
    RenameCollision = "rename-collision" Error;

    /// A service cannot have had the name of a service that is still there.
    ///
    /// The Terraform state of the old name would move to the new one, and the old service would be made a second time.
    ///
    /// Source: Terraform language documentation, Refactoring
    ServiceRename = "service-rename" Error;

    /// What is said to be removed is still there, or was never there.
    ///
    /// `removed` lets Terraform forget a service without touching what is live. Of a service that is in the spec it would
    /// contradict the rest.
    ///
    /// Source: Terraform language documentation, Removing resources
    RemovedStillThere = "removed-still-there" Error;

    /// A dialect cannot say something that the spec asks for: the message says what is generated instead.
    ///
    /// The dialects mean the same wherever they can. Where a version of a tool lacks something, it is said here, once, and
    /// never passed over in silence.
    DialectGap = "dialect-gap" Notice;
}

impl Code {
    /// The code of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }

    /// What is wrong, in one sentence.
    pub fn summary(self) -> String {
        self.paragraphs().first().map(|paragraph| one_line(paragraph)).unwrap_or_default()
    }

    /// Why it matters, in wrapped lines.
    pub fn why(self) -> String {
        let paragraphs = self.paragraphs();
        let why = paragraphs.iter().skip(1).filter(|paragraph| !paragraph.starts_with(SOURCE));
        why.cloned().collect::<Vec<_>>().join("\n\n")
    }

    /// The document that says so, where it is AWS, Terraform or YAML that refuses it.
    pub fn source(self) -> Option<String> {
        let paragraphs = self.paragraphs();
        paragraphs.last()?.strip_prefix(SOURCE).map(one_line)
    }

    /// Where to read more: a command, because it works offline and never moves.
    pub fn docs(self) -> String {
        format!("gen rule {self}")
    }

    /// The doc comment without the blank that begins each of its lines.
    fn paragraphs(self) -> Vec<String> {
        let lines: Vec<&str> =
            self.doc().lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
        lines.join("\n").split("\n\n").map(str::to_owned).collect()
    }
}

const SOURCE: &str = "Source: ";

fn one_line(paragraph: &str) -> String {
    paragraph.replace('\n', " ")
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

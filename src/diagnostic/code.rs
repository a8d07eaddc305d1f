//! Every kind of finding there is, each with its documentation: the first paragraph of a code's doc comment says what
//! is wrong, the next ones why it matters, a last one that begins with `Source:` where that is written. The example
//! is `tests/invalid/<code>.yaml` ([`Example`]). `gen rule CODE` prints all of it, and `docs/rules/` keeps it.

use std::fmt;

use super::{Example, Severity};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal $severity:ident $(+ $is:ident)*;)+) => {
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

            /// What else is to be known of the code.
            pub fn is(self, asked: Trait) -> bool {
                let traits: &[Trait] = match self { $(Code::$variant => &[$(Trait::$is,)*],)+ };
                traits.contains(&asked)
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

/// What can be said of a code besides its severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trait {
    /// Only `gen lint` finds it: the spec is valid, but will not scale as one would think.
    Lint,
    /// `gen lint --fix` can mend it.
    Fixable,
    /// It is about the comments that allow findings, so that it cannot be allowed itself.
    OfAllowing,
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
    ByteOrderMark = "byte-order-mark" Warning + Fixable;

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

    /// A price list is dated, in one currency, and made of positive numbers.
    ///
    /// Amounts are computed exactly from these numbers and shown with the day on which they held; a mistyped one would
    /// make a cost page that looks right and is not. Prices change nothing on AWS.
    ///
    /// Source: AWS Fargate pricing; AWS Price List Bulk API, AmazonECS
    Prices = "prices" Error;

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

    /// A name or ARN that no SNS topic for these alarms can have.
    ///
    /// An alarm whose action names no topic of its region goes off and tells nobody.
    ///
    /// Source: Amazon SNS API Reference, CreateTopic; Amazon CloudWatch User Guide, "Notifying users on alarm changes"
    TopicShape = "topic-shape" Error;

    /// A name that no dashboard can have.
    ///
    /// CloudWatch refuses it, and with it the whole change that it is part of. Five characters are kept for the `-2` of
    /// further dashboards, which environments with many services have.
    ///
    /// Source: Amazon CloudWatch API Reference, PutDashboard
    DashboardName = "dashboard-name" Error;

    /// What an EventBridge rule's name cannot begin with.
    ///
    /// A rule's name has at most 64 characters, and what the rule is about follows the beginning that is given here.
    ///
    /// Source: Amazon EventBridge API Reference, PutRule
    EventRuleName = "event-rule-name" Error;

    /// Two environments would make one topic, one dashboard, the same rules or one stack.
    ///
    /// Topics, rules and stacks are unique in an account and region, dashboards in an account. Whoever applies last would
    /// write over the other's, and removing one environment would silence both.
    ///
    /// Source: Amazon CloudWatch API Reference, PutDashboard; Amazon SNS API Reference, CreateTopic
    DuplicateMonitoringName = "duplicate-monitoring-name" Error;

    /// A topic that is to be made and one that exists, both for one environment.
    ///
    /// Alarms would be split over two topics, or one of them would silently count for nothing.
    TopicAmbiguous = "topic-ambiguous" Error;

    /// A number that cannot be expected of a service.
    ///
    /// Expectations become thresholds of alarms and load tests. A share of 0 per cent fails with the first request, one
    /// above 100 never.
    Expectation = "expectation" Error;

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

    // What scales differently than one would think: `gen lint`. Requests.

    /// A service scales on requests and not on CPU.
    ///
    /// A request count says how many came, not how much work they were. Where requests become heavier or slower the count
    /// stays below its target while CPU is saturated: nothing scales, and latency rises until people call. That was an
    /// incident of the fleet this program was written for, and the cure is both criteria: tasks are added when either is
    /// above its target.
    ///
    /// Source: Langfuse, LFE-7918; Amazon ECS Developer Guide, Target tracking scaling policies, Multiple policies
    RequestsWithoutCpu = "requests-without-cpu" Warning + Lint;

    /// A service behind a load balancer scales on CPU alone.
    ///
    /// A task that waits for a database or for another service is full without being busy: its CPU is low while its
    /// connections queue. Requests per task see that load. Where each request costs CPU, CPU alone is enough, so this is
    /// only to be known.
    ///
    /// Source: Platformatic, benchmark of Node.js on Amazon ECS with target tracking of CPU; Amazon ECS Developer Guide,
    /// Target tracking scaling policies
    CpuWithoutRequests = "cpu-without-requests" Notice + Lint;

    /// A request target that looks like a number per second: it is per task and MINUTE.
    ///
    /// `ALBRequestCountPerTarget` is a sum over one minute, which AWS's documentation did not say for years. A target of 20
    /// is one request every three seconds: a service with a little traffic runs at its maximum. Found at 20 and below.
    ///
    /// Source: awsdocs/application-auto-scaling-user-guide, issue 2
    RequestsTargetLow = "requests-target-low" Warning + Lint;

    /// A request target that one task never reaches.
    ///
    /// The count is per task, the average over the target group. A number of the whole service, or per hour, is never
    /// reached, so that the policy never adds a task; but its veto over scaling in is gone as well. Found at 100,000 and
    /// above, which is 1,667 requests in a second.
    ///
    /// Source: awsdocs/application-auto-scaling-user-guide, issue 2
    RequestsTargetHigh = "requests-target-high" Warning + Lint;

    /// One target group is given with two load balancers.
    ///
    /// A target group belongs to one load balancer. The label of a policy that names the other one is accepted, selects no
    /// metric, and is never complained about: the policy has no data, so nothing scales out on requests, and no data is no
    /// consent, so that nothing scales in either. It is what a copied line looks like. Names of target groups are compared
    /// within an account and region.
    ///
    /// Source: hashicorp/terraform-provider-aws, issue 22005 (TargetGroupAssociationLimit); Application Auto Scaling API
    /// Reference, PredefinedMetricSpecification
    TargetGroupOfTwoBalancers = "target-group-of-two-balancers" Error + Lint;

    /// Two services count the requests of one target group.
    ///
    /// Requests per target are divided by all targets in the group. Tasks of one service lower the count of the other: the
    /// busy one is not seen to be busy, and either can hold the other up. Mostly a line was copied and its target group was
    /// not changed.
    ///
    /// Source: Elastic Load Balancing, User Guide for Application Load Balancers, CloudWatch metrics, RequestCountPerTarget
    SharedTargetGroup = "shared-target-group" Warning + Lint;

    /// One ARN suffix stands in two accounts or regions.
    ///
    /// The digits at its end are given once, in one account and region. In the other there is no such load balancer, and AWS
    /// does not say so: the policy is written, has no data, never scales out, and keeps the whole service from scaling in.
    /// An environment made by copying another one is where this comes from.
    ///
    /// Source: Application Auto Scaling API Reference, PredefinedMetricSpecification; Amazon ECS Developer Guide, Target
    /// tracking scaling policies (insufficient data)
    CopiedArnSuffix = "copied-arn-suffix" Error + Lint;

    // Capacity.

    /// Minimum and maximum are equal, and there are policies.
    ///
    /// Policies move the number of tasks between the bounds, and there is nothing between them. Alarms go off, activities say
    /// AlreadyAtMaxCapacity, and no task is added. It is what is left of a day on which somebody fixed the number by hand.
    ///
    /// Source: Application Auto Scaling User Guide, Scaling activities (not scaled reasons)
    MinEqualsMax = "min-equals-max" Warning + Lint;

    /// A service of one or two tasks scales in only at half of its target.
    ///
    /// AWS removes a task only if those that are left would stay below the target; of two tasks that is below half of it.
    /// Between half and nine tenths of the target the alarm for scaling in is on for ever and nothing happens, which people
    /// take for a fault.
    ///
    /// Source: Application Auto Scaling User Guide, How target tracking scaling works, Considerations;
    /// awsdocs/amazon-ecs-developer-guide, issue 150
    SmallFleet = "small-fleet" Notice + Lint;

    /// Production may run on a single task.
    ///
    /// ECS spreads the tasks of a service over Availability Zones; one task is in one of them. While it is replaced, or its
    /// zone is impaired, nobody answers, and scaling out begins only when data points show it. Production is an environment
    /// whose name has the word `prod`, `production`, `prd` or `live`, and none such as `pre` or `test`.
    ///
    /// Source: AWS Well-Architected Framework, Reliability Pillar, Deploy the workload to multiple locations
    ProductionOfOne = "production-of-one" Warning + Lint;

    /// The maximum is too many scale-outs away to be reached in an incident.
    ///
    /// Service CPU ends at 100 %, so a saturated fleet asks for 100 / target times what it has, 1.43 times at a target of 70,
    /// and asks again when the new tasks are counted. AWS measured about six minutes until the first scale-out; each
    /// further round is counted here as the cooldown, at least a data point, and a minute for tasks to start. Found where
    /// that takes more than 30 minutes and nothing but CPU or memory adds tasks.
    ///
    /// Source: AWS, What's New, 2026-06-18, Amazon ECS high-resolution metrics (363 s from load to scale-out);
    /// aws/containers-roadmap, issue 2113
    MaxOutOfReach = "max-out-of-reach" Warning + Lint;

    // Cooldowns.

    /// A scale-in cooldown shorter than two data points.
    ///
    /// The alarm for scaling in stays on and acts once a minute. Before a data point without the removed task is there, the
    /// next one is removed for the same reason, and the service is too small when the load is seen. Guard with at least two
    /// data points: 120 s, or 40 s with `resolution: 20s`.
    ///
    /// Source: Application Auto Scaling User Guide, How target tracking scaling works, Define cooldown periods;
    /// trade-tariff/trade-tariff-backend, pull request 3330
    ScaleInCooldownShort = "scale-in-cooldown-short" Warning + Lint;

    /// A scale-out cooldown shorter than one data point.
    ///
    /// What was added is credited during the cooldown only. Before the next data point comes, the policy sees the old value
    /// and would add the same again: the service overshoots. One data point (60 s, or 20 s with `resolution: 20s`) is the
    /// least, and what is built in. Metrics are often two minutes late and tasks need time to start, so more is better where
    /// overshooting is dear; that is not found here, because only you know how long a task takes.
    ///
    /// Source: Segment Engineering, When AWS Autoscale Doesn't; Application Auto Scaling User Guide, How target tracking
    /// scaling works, Define cooldown periods
    ScaleOutCooldownShort = "scale-out-cooldown-short" Warning + Lint;

    /// A scale-out cooldown of more than ten minutes.
    ///
    /// A saturated fleet grows by less than half in one scale-out, and the next one that is not larger has to wait for the
    /// cooldown. AWS's default is 300 s; beyond twice that an incident is over before the fleet has grown.
    ///
    /// Source: aws/containers-roadmap, issue 2113; Application Auto Scaling User Guide, How target tracking scaling works,
    /// Define cooldown periods
    ScaleOutCooldownLong = "scale-out-cooldown-long" Warning + Lint;

    /// The policies of one service wait for different times.
    ///
    /// Each policy waits for its own activities only, so the one with the shorter cooldown sets the pace for the service, and
    /// the longer one reads like a promise that nobody keeps.
    ///
    /// Source: aws/containers-roadmap, issue 2135
    CooldownsDiffer = "cooldowns-differ" Notice + Lint;

    // Scaling in.

    /// Every target tracking policy has `disable_scale_in`, so that the service only grows.
    ///
    /// One burst and it stays at its size, and at its price, until somebody looks at the bill.
    ///
    /// Source: Application Auto Scaling User Guide, How target tracking scaling works, Disable scale in;
    /// everything2/everything2, issue 2645
    NeverScalesIn = "never-scales-in" Warning + Lint;

    /// A step policy removes tasks beside target tracking.
    ///
    /// Target tracking has a veto over the other target tracking policies, not over steps. The step removes, target tracking
    /// is above its target and adds, the step's alarm goes off again: the service flaps for as long as the load stays there.
    ///
    /// Source: Application Auto Scaling User Guide, Step scaling policies, Considerations; aws/containers-roadmap, issue 2135
    StepRemovesTasks = "step-removes-tasks" Warning + Lint;

    /// A step adds tasks at a value that target tracking is content with.
    ///
    /// Above the threshold the step adds; the metric falls below the target, and target tracking removes again what was
    /// added. Steps are for what target tracking is too slow for, so their threshold lies above the target.
    ///
    /// Source: Application Auto Scaling User Guide, Step scaling policies, Considerations
    StepBelowTarget = "step-below-target" Warning + Lint;

    /// A service scales on memory alone.
    ///
    /// Target tracking takes a metric that falls in proportion when tasks are added. What a task keeps in memory is mostly its
    /// runtime, code and caches, which every new task has as well. Many runtimes never give memory back, so that the service
    /// grows to its maximum with its uptime and stays there, whatever the traffic.
    ///
    /// Source: William Coulter, Memory auto-scaling is lying to you; Application Auto Scaling User Guide, Target tracking
    /// scaling policies, Choose metrics
    MemoryAlone = "memory-alone" Warning + Lint;

    /// A memory policy may keep the service from ever scaling in.
    ///
    /// Tasks are removed only when all target tracking policies agree. A runtime that keeps what it once took never falls
    /// below the line, so that one policy holds the whole fleet at its peak. The message says where the line is: one of n
    /// tasks is removed when n - 1 are enough.
    ///
    /// Source: aws/copilot-cli, issue 4298; Amazon ECS Developer Guide, Target tracking scaling policies, Considerations
    MemoryVeto = "memory-veto" Notice + Lint;

    /// Idle tasks alone may keep the service above its minimum.
    ///
    /// The last task above the minimum goes only when the metric is below target × min / (min + 1), because those that are
    /// left must stay below the target. Where that is next to nothing, agents, health checks and monitors are enough to
    /// block it, and the other policies with it. Found where the line is below 10 % of CPU, or below 6 requests a minute for
    /// all tasks together: a monitor that asks every ten seconds. What your idle tasks need, only you can measure.
    ///
    /// Source: Application Auto Scaling User Guide, How target tracking scaling works, Considerations; aws/copilot-cli,
    /// issue 4298
    IdleFloor = "idle-floor" Warning + Lint;

    // Metrics of the user's.

    /// Target tracking of the length of a queue.
    ///
    /// Twice the tasks do not make a queue half as long, so target tracking, which computes with exactly that, adds too many
    /// tasks and removes them too early. AWS names this metric among those that do not work. The backlog per task does: the
    /// queue divided by the tasks that run.
    ///
    /// Source: Amazon EC2 Auto Scaling User Guide, Target tracking scaling policies, Choose metrics; Application Auto Scaling
    /// User Guide, Create a target tracking scaling policy using metric math
    BareQueueLength = "bare-queue-length" Warning + Lint;

    /// Target tracking of all requests that a load balancer gets.
    ///
    /// The total does not change with the number of tasks. Above its target tasks are added up to the maximum, below it they
    /// are removed to the minimum, and nothing in between is ever reached.
    ///
    /// Source: Amazon EC2 Auto Scaling User Guide, Target tracking scaling policies, Choose metrics
    TotalRequestsAsTarget = "total-requests-as-target" Warning + Lint;

    /// Target tracking of a response time or an age.
    ///
    /// Times rise steeply when a service is full and hardly move before: there is no proportion to compute with. Where a slow
    /// database is the reason, more tasks make it slower still.
    ///
    /// Source: Amazon EC2 Auto Scaling User Guide, Target tracking scaling policies, Choose metrics
    LatencyAsTarget = "latency-as-target" Warning + Lint;

    /// A metric that has no data while it is zero.
    ///
    /// Errors, connections and bytes are reported only when there are any. No data is not read as low: the policy is not ready
    /// to scale in, and so nothing scales in, least of all on a quiet night. Metric math with `FILL` says what is meant.
    ///
    /// Source: Elastic Load Balancing, User Guide for Application Load Balancers, CloudWatch metrics (reporting criteria);
    /// Application Auto Scaling User Guide, How target tracking scaling works, Considerations
    SparseMetric = "sparse-metric" Warning + Lint;

    /// A metric that only Container Insights measures.
    ///
    /// The namespace `ECS/ContainerInsights` is empty until Container Insights is on for the cluster. Without data the policy
    /// never scales out and keeps the others from scaling in.
    ///
    /// Source: Amazon CloudWatch User Guide, Amazon ECS Container Insights metrics
    ContainerInsights = "container-insights" Notice + Lint;

    /// `RequestCountPerTarget` with another statistic than `sum`.
    ///
    /// Sum is the only valid statistic of this metric; it is the average over the targets. Any other one is the number of
    /// requests in a sample, which is 1 at any load.
    ///
    /// Source: Elastic Load Balancing, User Guide for Application Load Balancers, CloudWatch metrics; spinnaker/deck, pull
    /// request 10160
    RequestsStatistic = "requests-statistic" Warning + Lint + Fixable;

    // Forecasts.

    /// A schedule sets the maximum of a service that a forecast scales.
    ///
    /// Both act ahead of the same load. The scheduled maximum cuts the forecast off without a word, and where the forecast may
    /// raise the maximum, the next action sets it back under it. A scheduled minimum is fine: AWS takes the larger of both.
    ///
    /// Source: Amazon EC2 Auto Scaling User Guide, Override forecast values using scheduled actions; Application Auto Scaling
    /// API Reference, PredictiveScalingPolicyConfiguration
    ScheduleAndForecast = "schedule-and-forecast" Warning + Lint;

    /// A forecast and target tracking work against each other: different targets for one metric.
    ///
    /// The forecast brings a number of tasks for its own target. When the load is there, target tracking computes from its
    /// target: below nine tenths of it, it removes again what came ahead; and where the forecast was made for more, it came
    /// with too few.
    ///
    /// Source: Application Auto Scaling API Reference, PredictiveScalingMetricSpecification; AWS, Predictive scaling for
    /// Amazon ECS
    ForecastTargetDiffers = "forecast-target-differs" Notice + Lint;

    /// A forecast may raise the maximum.
    ///
    /// The maximum is the limit of the bill. A raised one is the new maximum until somebody sets it back; AWS itself says to use
    /// caution.
    ///
    /// Source: Amazon EC2 Auto Scaling API Reference, PredictiveScalingConfiguration, MaxCapacityBreachBehavior
    ForecastRaisesMaximum = "forecast-raises-maximum" Warning + Lint;

    /// A forecast without a policy that answers what happens.
    ///
    /// Predictive scaling adds tasks ahead of load that repeats itself. It does not answer load that it did not foresee, and
    /// it never removes tasks; in the mode `forecast_only` it does nothing at all.
    ///
    /// Source: Amazon ECS Developer Guide, Use historical patterns to scale Amazon ECS services with predictive scaling
    ForecastAlone = "forecast-alone" Warning + Lint;

    // Schedules.

    /// A scheduled action sets one limit beyond the other.
    ///
    /// An action that sets only a minimum needs a maximum at least as high when it runs. AWS refuses it then, at seven in the
    /// morning, and the tasks for the day are not there. It is an error where no other action can have moved the other
    /// limit.
    ///
    /// Source: Application Auto Scaling API Reference, ScalableTargetAction; hashicorp/terraform-provider-aws, pull request 8777
    ScheduleOutsideBand = "schedule-outside-band" Error + Lint;

    /// A scheduled action moves a limit, and nothing moves it back.
    ///
    /// An action changes the limit itself, not for a while. A minimum that was raised stays raised and is paid for day and
    /// night; a maximum that was lowered still holds on the next busy day. `end` only says when the action ceases to run.
    ///
    /// Source: Application Auto Scaling User Guide, Scheduled scaling, How scheduled scaling works
    ScheduleWithoutReturn = "schedule-without-return" Warning + Lint;

    // The rest of a service.

    /// Scaling is held back.
    ///
    /// Suspending is for an incident or a change. Left in the spec it is generated, applied and forgotten, and alarms go off
    /// without a task being added or removed.
    ///
    /// Source: Application Auto Scaling User Guide, Suspend and resume scaling
    SuspendedScaling = "suspended-scaling" Warning + Lint;

    /// CPU alone, of a service that is deployed to a second set of tasks.
    ///
    /// While both sets run, the service's CPU is the average over both, of which one is idle: a fleet at 80 % looks like one
    /// at 40 %, and does not scale out during the deployment. Requests over both target groups are right throughout.
    ///
    /// Source: aws-samples/sample-amazon-ecs-blue-green-deployment-patterns, ecs-bluegreen-autoscaling
    CpuDuringBlueGreen = "cpu-during-blue-green" Notice + Lint;

    // Between environments.

    /// An environment before production runs more tasks than production.
    ///
    /// Then production is scaled differently from what was tried, and the bill is upside down. Mostly production was lowered,
    /// or `defaults` raised, and the other environment was not thought of. An environment is before production if its name
    /// has a word such as `dev`, `test`, `qa`, `stage`, `staging` or `pre`.
    ///
    /// Source: The Twelve-Factor App, Dev/prod parity
    StagingLargerThanProduction = "staging-larger-than-production" Warning + Lint;

    /// One service has different targets in production environments.
    ///
    /// What a task carries does not depend on the region. Where it is on purpose, say why with an `allow`; often a layer
    /// overrides another one unnoticed: what an environment says holds for all services in it, also for those with targets
    /// of their own under `services`.
    ///
    /// Source: Langfuse, LFE-7918 (hand-written copies that drifted apart)
    TargetsDifferInProduction = "targets-differ-in-production" Notice + Lint;

    /// Production shares an account with an environment before it.
    ///
    /// Quotas, roles and mistakes are shared by account. A load test in staging fills the quota of Fargate tasks, and
    /// production cannot scale out; a script with the rights for one has them for the other.
    ///
    /// Source: Organizing Your AWS Environment Using Multiple Accounts, Benefits of using multiple AWS accounts
    AccountSharedAcrossStages = "account-shared-across-stages" Warning + Lint;

    /// More scalable targets than AWS takes in an account and region.
    ///
    /// The quota is 3,000 scalable targets of ECS in a region; beyond it registering fails, in the middle of an apply. It can
    /// be raised, on request, before.
    ///
    /// Source: AWS General Reference, Application Auto Scaling endpoints and quotas (L-782A3EE2)
    TooManyTargets = "too-many-targets" Warning + Lint;

    /// More alarms than CloudWatch takes in an account and region.
    ///
    /// Application Auto Scaling makes two alarms for each target tracking policy, and the quota is 5,000 alarms in a region, for
    /// all that there are. Beyond it policies cannot be written, or have no alarm.
    ///
    /// Source: Amazon CloudWatch User Guide, CloudWatch service quotas
    TooManyAlarms = "too-many-alarms" Warning + Lint;

    // The rollout.

    /// The rollout reaches production before an environment that is for trying.
    ///
    /// What is wrong with a change is then found by users. Waves go from where a mistake costs least to where it costs most.
    ///
    /// Source: Amazon Builders' Library, Automating safe, hands-off deployments
    ProductionFirst = "production-first" Warning + Lint;

    /// No time to watch before production.
    ///
    /// How a service scales shows under load, and in the night after it: scaling in takes at least fifteen minutes, and a peak
    /// comes once a day. A wave that is followed by production says how long it is watched.
    ///
    /// Source: Amazon Builders' Library, Automating safe, hands-off deployments (bake time)
    NoSoakBeforeProduction = "no-soak-before-production" Warning + Lint;

    /// All production environments get a change at once.
    ///
    /// Regions and environments are there so that a mistake does not meet everybody. One wave for all of them gives that up.
    ///
    /// Source: Amazon Builders' Library, Automating safe, hands-off deployments
    ProductionAllAtOnce = "production-all-at-once" Warning + Lint;

    // What is allowed.

    /// Something is allowed that is not found.
    ///
    /// An `allow` that is left behind hides the next finding of its kind, which nobody has judged.
    UnusedAllow = "unused-allow" Warning + Lint + Fixable + OfAllowing;

    /// An `allow` names no rule, or one that cannot be allowed.
    ///
    /// A mistyped code allows nothing, and what was judged is found again. Errors of `gen validate` cannot be allowed: AWS, or
    /// `gen` itself, refuses what they find.
    UnknownAllow = "unknown-allow" Warning + Lint + Fixable + OfAllowing;

    /// An `allow` without a reason.
    ///
    /// Whoever comes next must be able to judge whether the reason still holds, so an `allow` counts only with one.
    AllowWithoutReason = "allow-without-reason" Warning + Lint + OfAllowing;

    /// A comment for `gen` that cannot be read.
    ///
    /// Comments that begin with `gen:` are for `gen lint`, and there is one form of them. Silently passed over, a mistyped one
    /// would look as if it did something.
    MalformedAllow = "malformed-allow" Warning + Lint + OfAllowing;
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

//! Codes of single values: names, ARNs, account ids, regions, durations, targets, capacity, tags, schedules.

use super::Code;

codes! {
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
}

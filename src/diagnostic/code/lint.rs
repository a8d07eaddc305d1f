//! Codes of `gen lint`: valid settings that will not scale as intended.

use super::Code;

codes! {
    // Requests.

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

    /// Production has no alarms.
    ///
    /// Scaling can fail in silence: at the maximum, without tasks that start, or with a metric that has no data. Whoever has
    /// no alarm hears of it from users. Alarms that something else makes are a reason to allow this.
    ///
    /// Source: AWS Well-Architected Framework, REL06-BP03 Send notifications (real-time processing and alarming)
    ProductionWithoutAlarms = "production-without-alarms" Warning + Lint;

    /// Alarms go off and nobody is told.
    ///
    /// An alarm without an action changes its colour in the console, where nobody looks at night.
    ///
    /// Source: Amazon CloudWatch User Guide, Alarm actions
    AlarmsWithoutNotifications = "alarms-without-notifications" Notice + Lint;

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
}

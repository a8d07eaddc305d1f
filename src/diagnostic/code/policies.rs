//! Codes of one service: its capacity, scaling policies, cooldowns and scheduled actions.

use super::Code;

codes! {
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

    /// A scalable target takes 50 policies and 200 scheduled actions.
    ///
    /// AWS does not raise these quotas.
    ///
    /// Source: AWS General Reference, Application Auto Scaling endpoints and quotas
    TooManyPolicies = "too-many-policies" Error;
}

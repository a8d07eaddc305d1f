//! Codes of several services and environments: names used twice, renames, removals, rollout waves, dialects.

use super::Code;

codes! {
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

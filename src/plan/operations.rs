//! SNS topics, dashboards and service level objectives of a fleet.

use super::Sourced;
use super::units::{
    DashboardName, Milliseconds, Percent, RulePrefix, Seconds, StackName, TopicArn, TopicName,
};

/// The SNS topic of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topic {
    /// Made for it, with a policy that lets CloudWatch and EventBridge publish.
    Made(TopicName),
    /// Exists, and is left as it is.
    Existing(TopicArn),
}

/// What is made once an environment, where anything is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitoring {
    /// Its CloudFormation stack.
    pub stack: StackName,
    /// Beginning of the names of the rules that send events to the topic, where there is one.
    pub rules: Option<RulePrefix>,
    pub dashboard: Option<DashboardName>,
}

impl Monitoring {
    /// The CloudFormation stacks of so many dashboards: the first lies with the topic, the others have their own.
    pub fn dashboard_stacks(&self, dashboards: usize) -> impl Iterator<Item = String> {
        (1..=dashboards).map(|number| match number {
            1 => self.stack.to_string(),
            number => format!("{}-{number}", &*self.stack),
        })
    }
}

/// What a change has to achieve.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectations {
    /// Response time that 95 of 100 requests stay below.
    pub p95: Sourced<Milliseconds>,
    /// Response time that 99 of 100 requests stay below.
    pub p99: Sourced<Milliseconds>,
    /// Most requests that may fail, per cent.
    pub error_rate: Sourced<Percent>,
    /// Seconds from load to the first scale-out.
    pub scale_out_within: Sourced<Seconds>,
    /// Most scale-outs within 30 minutes after a scale-in.
    pub max_flaps: Sourced<u32>,
    /// Most that task-hours of a day may rise, per cent.
    pub cost_increase: Sourced<Percent>,
}

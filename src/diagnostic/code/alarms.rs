//! Codes of CloudWatch alarms, SNS topics, EventBridge rules, dashboards and service level objectives.

use super::Code;

codes! {
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

    /// A setting of an alarm on how a service does is out of its range.
    ///
    /// An alarm whose threshold cannot be reached never calls anybody, and CloudWatch refuses one that looks back more than a
    /// day.
    ///
    /// Source: Amazon CloudWatch API Reference, PutMetricAlarm
    AlarmSetting = "alarm-setting" Error;

    /// Two alarms of one account and region have one name: the second would overwrite the first.
    ///
    /// The first policy would lose its alarm and never act again, or nobody would be called. Alarm names are unique in an
    /// account and region.
    ///
    /// Source: Amazon CloudWatch API Reference, PutMetricAlarm
    DuplicateAlarmName = "duplicate-alarm-name" Error;

    /// An alarm looks at something else than elsewhere, or is left out: the message says which, and why.
    ///
    /// AWS/ECS has no metric of desired tasks, only Container Insights has. What is not known cannot be watched, and nobody
    /// should believe that it is. Who says `container_insights: false` knows, and is told only of what is left out.
    ///
    /// Source: Amazon ECS Developer Guide, Amazon ECS CloudWatch metrics
    AlarmInstead = "alarm-instead" Notice;
}

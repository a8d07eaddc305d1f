//! Ends of the ARNs of load balancers and target groups, as metrics of AWS/ApplicationELB name them: looked up by name
//! when applied, or known.

use super::{Lookup, Text};
use crate::plan::LoadBalancer;
use crate::plan::policy::TargetGroup;

/// `app/NAME/ID/targetgroup/NAME/ID`: the resource label of ALBRequestCountPerTarget.
pub fn resource_label(group: &TargetGroup) -> Text<'_> {
    match &group.balancer {
        LoadBalancer::Named { name, target_group } => Text::Lookup(Lookup::ResourceLabel {
            load_balancer: (&**name).into(),
            target_group: (&**target_group).into(),
        }),
        LoadBalancer::Literal { arn_suffix, target_group_arn_suffix } => {
            format!("{arn_suffix}/{target_group_arn_suffix}").into()
        }
    }
}

/// `app/NAME/ID` of the load balancer of a group.
pub fn load_balancer(group: &TargetGroup) -> Text<'_> {
    match &group.balancer {
        LoadBalancer::Named { name, .. } => Text::Lookup(Lookup::LoadBalancer((&**name).into())),
        LoadBalancer::Literal { arn_suffix, .. } => (&**arn_suffix).into(),
    }
}

/// `targetgroup/NAME/ID` of a group.
pub fn target_group(group: &TargetGroup) -> Text<'_> {
    match &group.balancer {
        LoadBalancer::Named { name, target_group } => Text::Lookup(Lookup::TargetGroup {
            load_balancer: (&**name).into(),
            target_group: (&**target_group).into(),
        }),
        LoadBalancer::Literal { target_group_arn_suffix, .. } => (&**target_group_arn_suffix).into(),
    }
}

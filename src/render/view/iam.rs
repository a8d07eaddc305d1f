//! What permissions are about: ARNs, or patterns of them where a policy document would get too long.
//!
//! A managed policy has at most 6,144 characters, blanks not counted (IAM user guide, IAM and AWS STS quotas). Where the
//! names of all services do not fit, neighbours in the alphabet share a pattern of what their names begin with, as long as
//! it can be.

use serde::Serialize;

use crate::aws::dashboard::Board;
use crate::plan;
use crate::plan::operations::Topic;
use crate::plan::policy::Policy;

/// Most characters of all ARNs of a document; what stands around them is below 3,200.
const ROOM: usize = 2_900;

/// What an environment's permissions are about.
#[derive(Debug, Serialize)]
pub(super) struct Iam {
    /// The ECS services.
    services: Vec<String>,
    /// Their revisions, where one is looked at because ECS measures every 20 s.
    revisions: Vec<String>,
    /// The alarms that target tracking makes.
    tracking_alarms: Vec<String>,
    /// The alarms of step scaling.
    alarms: Vec<String>,
    stacks: Vec<String>,
    scalable_targets: String,
    all_alarms: String,
    service_linked_role: String,
    /// Whether load balancers are looked up.
    balanced: bool,
    /// The topic, where it is made.
    topic: Option<String>,
    /// The rules that send events to it.
    rules: Option<String>,
    dashboards: Vec<String>,
}

impl Iam {
    pub(super) fn new(environment: &plan::Environment, boards: &[Board<'_>]) -> Self {
        let (partition, region) = (environment.region.partition(), &*environment.region);
        let (account, services) = (&*environment.account, &environment.services);
        let place = |service: &str| format!("arn:{partition}:{service}:{region}:{account}:");
        let named =
            |service: &plan::Service| format!("{}/{}", &*service.cluster.value, &*service.ecs_service.value);
        let names: Vec<String> = services.iter().map(named).collect();
        let revisions = if services.iter().any(is_measured) { names.clone() } else { Vec::new() };
        let monitoring = environment.monitoring.as_ref();
        let dashboards: Vec<String> = boards.iter().map(|board| board.name.clone()).collect();
        let mut stacks: Vec<String> = services.iter().map(|service| service.stack.to_string()).collect();
        stacks.extend(monitoring.map(|monitoring| monitoring.stack.to_string()));
        stacks.extend(monitoring.into_iter().flat_map(|said| said.dashboard_stacks(boards.len())));
        let alarms: Vec<String> = services.iter().flat_map(alarms).collect();
        let alarm = format!("{}alarm:", place("cloudwatch"));
        let kinds = [
            (format!("{}service/", place("ecs")), &names, ""),
            (format!("{}service-revision/", place("ecs")), &revisions, "/*"),
            (format!("{alarm}TargetTracking-service/"), &names, "-Alarm*"),
            (alarm.clone(), &alarms, ""),
            (format!("arn:{partition}:cloudwatch::{account}:dashboard/"), &dashboards, ""), // they have no region
        ];
        let exact =
            kinds.each_ref().map(|(before, names, after)| size(&patterns(before, names, after, usize::MAX)));
        let most = fair(exact, ROOM);
        let [of_services, revisions, tracking_alarms, alarms, dashboards] =
            kinds.map(|(before, names, after)| patterns(&before, names, after, most));
        let role = "role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService";
        Self {
            services: of_services,
            revisions,
            tracking_alarms,
            alarms,
            stacks: patterns(&format!("{}stack/", place("cloudformation")), &stacks, "/*", ROOM),
            scalable_targets: format!("{}scalable-target/*", place("application-autoscaling")),
            all_alarms: format!("{alarm}*"),
            service_linked_role: format!("arn:{partition}:iam::{account}:{role}"),
            balanced: services.iter().any(|service| !service.target_groups().is_empty()),
            rules: monitoring
                .and_then(|monitoring| monitoring.rules.as_deref())
                .map(|begin| format!("{}rule/{}-*", place("events"), literal(begin))),
            dashboards,
            topic: match &environment.topic {
                Some(Topic::Made(_)) => environment.topic_arn(),
                _ => None,
            },
        }
    }
}

/// Whether scripts see to it that ECS measures every 20 s.
fn is_measured(service: &plan::Service) -> bool {
    service.policies.iter().filter_map(Policy::tracking).any(|tracking| tracking.metric.is_high_resolution())
}

/// The alarms that are written or deleted by name.
fn alarms(service: &plan::Service) -> impl Iterator<Item = String> + '_ {
    let gone = service.gone.policies.iter().filter_map(|gone| gone.alarm.as_deref());
    let off = service.alarms.gone.iter().map(|name| &**name);
    super::alarm_names(service).into_iter().chain(gone).chain(off).map(str::to_owned)
}

/// The ARNs of all names, exactly if they take no more room than that, else as few and as long beginnings as fit.
fn patterns(before: &str, names: &[String], after: &str, room: usize) -> Vec<String> {
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    let longest = names.iter().map(|name| name.len()).max().unwrap_or_default();
    // How many bytes neighbours share: those that share at least `least` share a pattern.
    let shared: Vec<usize> = names.windows(2).map(|pair| common(pair[0], pair[1])).collect();
    let arn = |(name, whole): (&str, bool)| match whole {
        true => format!("{before}{}{after}", literal(name)),
        false => format!("{before}{}*", literal(name)),
    };
    let arns = |least| -> Vec<String> { beginnings(&names, &shared, least).into_iter().map(arn).collect() };
    // The more neighbours must share, the more room it takes: the most that fits is looked for by halves.
    let (mut fits, mut too_long) = (0, longest + 1);
    while too_long - fits > 1 {
        let least = fits.midpoint(too_long);
        if size(&arns(least)) <= room { fits = least } else { too_long = least }
    }
    arns(if too_long > longest { usize::MAX } else { fits })
}

/// The most that each may take so that all fit: what small ones leave over, large ones get.
fn fair<const N: usize>(mut sizes: [usize; N], room: usize) -> usize {
    sizes.sort_unstable();
    let mut left = room;
    for (at, size) in sizes.into_iter().enumerate() {
        let share = left / (N - at);
        if size > share {
            return share;
        }
        left -= size;
    }
    room
}

/// Characters that they take in a document, with quotes and commas.
fn size(arns: &[String]) -> usize {
    arns.iter().map(|arn| arn.chars().count() + 3).sum()
}

/// The names in groups of neighbours: what each group begins with, or a name that is whole and alone.
fn beginnings<'n>(names: &[&'n str], shared: &[usize], least: usize) -> Vec<(&'n str, bool)> {
    let mut groups: Vec<(&'n str, bool)> = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let with_last = at.checked_sub(1).map(|before| shared[before]).filter(|length| *length >= least);
        match (with_last, groups.last_mut()) {
            (Some(length), Some(group)) => *group = (&group.0[..length.min(group.0.len())], false),
            _ => groups.push((name, true)),
        }
    }
    groups
}

fn common(a: &str, b: &str) -> usize {
    a.char_indices().zip(b.chars()).find(|((_, a), b)| a != b).map_or(a.len().min(b.len()), |((at, _), _)| at)
}

/// A name in an ARN of a policy: what would be a wildcard or a variable is escaped (IAM user guide, Policy variables), what
/// a policy may not hold (above U+00FF, and control characters) is any one character.
fn literal(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        match c {
            '*' | '?' | '$' => text.extend(['$', '{', c, '}']),
            c if c.is_control() || c > '\u{ff}' => text.push('?'),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn names_are_whole_where_there_is_room_and_share_beginnings_where_not() {
        let names = owned(&["b/x", "a/web", "a/web-ingestion", "a/worker", "a/web"]);
        let all = ["arn:a/web", "arn:a/web-ingestion", "arn:a/worker", "arn:b/x"];
        assert_eq!(patterns("arn:", &names, "", 100), all);
        assert_eq!(patterns("arn:", &names, "", 40), ["arn:a/web*", "arn:a/worker", "arn:b/x"]);
        assert_eq!(patterns("arn:", &names, "", 30), ["arn:a/w*", "arn:b/x"]);
        assert_eq!(patterns("arn:", &names, "/*", 10), ["arn:*"]);
        assert_eq!(patterns("arn:", &[], "", 10), [""; 0]);
    }

    #[test]
    fn what_means_something_in_a_policy_is_escaped() {
        assert_eq!(literal("a*?${b}é😀\t"), "a${*}${?}${$}{b}é??");
    }
}

//! CloudFormation templates: what stands around the properties of resources, and the properties as structures.

use serde::Serialize;

use super::group::{Groups, Parameter};
use super::parameters::DashboardParameter;
use super::stack::{
    Stage, alarm_logical_id, imports, is_imported, logical_id, renames, service_alarm_logical_id,
};
use super::{Common, deployment};
use crate::aws::dashboard::{self, Board};
use crate::aws::monitoring::{Monitoring, Rule};
use crate::aws::{self, Data, Lookup};
use crate::plan;
use crate::plan::policy::Policy;
use crate::render::encode::json::Json;
use crate::render::encode::yaml::Yaml;
use crate::render::structure::Structure;

/// Columns that properties are indented by.
const PROPERTIES: usize = 6;

/// What the templates of a service see.
#[derive(Debug, Serialize)]
pub(super) struct ServiceView<'f> {
    project: &'f str,
    environment: &'f str,
    region: &'f str,
    name: &'f str,
    /// The template of the service.
    whole: TemplateView<'f>,
    /// What is live and imported: the scalable target, and the policies that say `adopt`. Nothing that the update after
    /// it is to write over what is live.
    import: Option<TemplateView<'f>>,
    /// Everything but the policies that get another name. Where the template says what is suspended, it holds scale-in.
    rename: Option<TemplateView<'f>>,
    /// The dashboard that begins with the service, but for the first of the environment.
    dashboard: Option<DashboardView<'f>>,
}

/// A template of a service.
#[derive(Debug, Serialize)]
struct TemplateView<'f> {
    /// Whether the scalable target outlives the stack.
    retained: bool,
    parameters: Vec<Parameter<'f>>,
    /// Whether scheduled actions are among the properties of the scalable target.
    scheduled: bool,
    scalable_target: Structure,
    policies: Vec<PolicyView<'f>>,
    alarms: Vec<AlarmView>,
}

/// A scaling policy.
#[derive(Debug, Serialize)]
struct PolicyView<'f> {
    logical_id: String,
    name: &'f str,
    /// The policy before it: written one after another.
    after: Option<String>,
    retained: bool,
    /// Whether ECS must measure its metric every 20 seconds.
    high_resolution: bool,
    properties: Structure,
    /// The alarm that triggers it.
    alarm: Option<AlarmView>,
}

/// An alarm.
#[derive(Debug, Serialize)]
struct AlarmView {
    logical_id: String,
    properties: Structure,
}

impl<'f> ServiceView<'f> {
    pub(super) fn new(common: &'f Common<'_>, index: usize) -> Self {
        let (environment, service) = (common.environment, &common.environment.services[index]);
        let maker = Maker { service, state: &common.state()[index], groups: Groups::new(service) };
        // Dashboards begin with their services in order, which is that of the names.
        let begins = |board: &Board<'_>| board.services[0].name.cmp(&service.name);
        let dashboard = common.dashboards.binary_search_by(begins).ok().filter(|index| *index > 0);
        let dashboard = dashboard.and_then(|index| DashboardView::new(common, index));
        Self {
            project: &common.fleet.project,
            environment: &environment.name,
            region: &environment.region,
            name: &service.name,
            whole: maker.template(Stage::Whole),
            import: imports(service).then(|| maker.template(Stage::Import)),
            rename: renames(service).then(|| maker.template(Stage::Rename)),
            dashboard,
        }
    }
}

/// Makes the templates of a service.
struct Maker<'f> {
    service: &'f plan::Service,
    state: &'f aws::Service<'f>,
    groups: Groups<'f>,
}

impl<'f> Maker<'f> {
    fn template(&self, stage: Stage) -> TemplateView<'f> {
        let scheduled = !matches!(stage, Stage::Import) && !self.state.scheduled_actions.is_empty();
        let mut after = None;
        let mut step_alarms = self.state.metric_alarms.iter();
        let mut policies = Vec::new();
        for (policy, state) in self.service.policies.iter().zip(&self.state.scaling_policies) {
            let alarm = policy.step().and_then(|_| step_alarms.next());
            if !stage.keeps(policy) {
                continue;
            }
            let alarm = alarm.map(|alarm| AlarmView {
                logical_id: alarm_logical_id(policy),
                properties: self.structure(alarm),
            });
            let before = after.replace(logical_id(policy));
            policies.push(self.policy(policy, before, self.structure(state), alarm));
        }
        let kinds = self.service.alarms.on.iter().map(|alarm| alarm.kind).filter(|_| stage.keeps_alarms());
        let alarm = |(kind, alarm)| AlarmView {
            logical_id: service_alarm_logical_id(kind),
            properties: self.structure(alarm),
        };
        TemplateView {
            retained: imports(self.service),
            parameters: stage.parameters(self.service, &self.groups),
            scheduled,
            scalable_target: self.structure(&self.scalable_target(stage, scheduled)),
            policies,
            alarms: kinds.zip(step_alarms).map(alarm).collect(),
        }
    }

    fn policy(
        &self,
        policy: &'f Policy,
        after: Option<String>,
        properties: Structure,
        alarm: Option<AlarmView>,
    ) -> PolicyView<'f> {
        PolicyView {
            logical_id: logical_id(policy),
            name: &policy.name,
            after,
            retained: is_imported(policy),
            high_resolution: policy.tracking().is_some_and(|tracking| tracking.metric.is_high_resolution()),
            properties,
            alarm,
        }
    }

    /// The properties of the scalable target, which in CloudFormation has the scheduled actions.
    fn scalable_target(&self, stage: Stage, scheduled: bool) -> Data<'static> {
        let mut target = self.state.scalable_target.clone();
        target.suspended_state = match (stage, target.suspended_state) {
            (Stage::Import, _) => None,
            (Stage::Rename, Some(state)) => {
                Some(aws::scaling::SuspendedState { dynamic_scaling_in_suspended: true, ..state })
            }
            (_, state) => state,
        };
        let mut properties = Data::of(&target).into_fields();
        if scheduled {
            properties.push(("ScheduledActions".into(), Data::of(&self.state.scheduled_actions)));
        }
        Data::Map(properties)
    }

    fn structure(&self, data: &impl Serialize) -> Structure {
        let reference = |lookup: &Lookup<'_>| self.reference(lookup);
        Structure::of(&Yaml { reference: &reference, indent: PROPERTIES }.fields(data))
    }

    fn reference(&self, lookup: &Lookup<'_>) -> String {
        let parameters = |balancer: &str, group: Option<&str>| self.groups.parameters_of(balancer, group);
        match lookup {
            Lookup::LoadBalancer(name) => format!("!Ref {}", parameters(name, None).0),
            Lookup::TargetGroup { load_balancer, target_group } => {
                format!("!Ref {}", parameters(load_balancer, Some(target_group)).1)
            }
            Lookup::ResourceLabel { load_balancer, target_group } => {
                let (balancer, group) = parameters(load_balancer, Some(target_group));
                format!("!Join [\"/\", [!Ref {balancer}, !Ref {group}]]")
            }
            Lookup::PolicyArn(name) => {
                let policy = self.service.policies.iter().find(|policy| *policy.name.value == **name);
                format!("!Ref {}", policy.map(logical_id).unwrap_or_default())
            }
        }
    }
}

/// What the templates of an environment see.
#[derive(Debug, Serialize)]
pub(super) struct EnvironmentView<'f> {
    region: &'f str,
    /// What the program that deploys the stacks reads.
    data: Structure,
    monitoring: Option<MonitoringView<'f>>,
}

#[derive(Debug, Serialize)]
struct MonitoringView<'f> {
    topic: Option<TopicView<'f>>,
    rules: Vec<RuleView>,
    /// The first dashboard.
    dashboard: Option<DashboardView<'f>>,
}

#[derive(Debug, Serialize)]
struct TopicView<'f> {
    name: &'f str,
    policy: Structure,
}

#[derive(Debug, Serialize)]
struct RuleView {
    logical_id: &'static str,
    properties: Structure,
}

/// A dashboard.
#[derive(Debug, Serialize)]
struct DashboardView<'f> {
    logical_id: String,
    name: &'f str,
    /// JSON in which parameters are referred to as `Fn::Sub` wants it.
    body: Structure,
    parameters: Vec<DashboardParameter>,
}

impl<'f> EnvironmentView<'f> {
    pub(super) fn new(common: &'f Common<'_>) -> Self {
        Self {
            region: &common.environment.region,
            data: deployment::data(common),
            monitoring: common.monitoring.as_ref().map(|state| MonitoringView::new(common, state)),
        }
    }
}

impl<'f> MonitoringView<'f> {
    fn new(common: &'f Common<'_>, state: &'f Monitoring<'_>) -> Self {
        Self {
            topic: state.topic.as_ref().map(|topic| TopicView {
                name: &topic.name,
                policy: Structure::of(&known(8).fields(&topic.policy)),
            }),
            rules: ["AtMaximum", "ImpairedTasks"].into_iter().zip(&state.rules).map(RuleView::new).collect(),
            dashboard: DashboardView::new(common, 0),
        }
    }
}

impl RuleView {
    fn new((logical_id, rule): (&'static str, &Rule<'_>)) -> Self {
        let target = vec![("Id".into(), "topic".into()), ("Arn".into(), Data::Text(rule.target.clone()))];
        let properties = Data::Map(vec![
            ("Name".into(), (&*rule.name).into()),
            ("Description".into(), (&*rule.description).into()),
            ("EventPattern".into(), rule.event_pattern.clone()),
            ("Targets".into(), Data::List(vec![Data::Map(target)])),
        ]);
        Self { logical_id, properties: Structure::of(&known(PROPERTIES).fields(&properties)) }
    }
}

/// The encoder for what nothing is looked up in.
fn known(indent: usize) -> Yaml<'static> {
    Yaml { reference: &|lookup| unreachable!("nothing is looked up in it: {lookup:?}"), indent }
}

impl<'f> DashboardView<'f> {
    /// None where there is no such dashboard.
    fn new(common: &'f Common<'_>, index: usize) -> Option<Self> {
        let (board, body) = (common.dashboards.get(index)?, common.dashboard_body(index)?);
        let looked_up = common.parameters();
        let reference = |lookup: &Lookup<'_>| format!("${{{}}}", looked_up.id(lookup));
        let room = dashboard::room(common.environment, index);
        let fits = |text: &str| text.len() + (PROPERTIES + 2) * text.lines().count() <= room;
        // Laid out for people, or a widget a line where that would not fit into a template.
        let text = Json { reference: Some(&reference) }.pretty_or_dense(body, fits);
        let number = if index == 0 { String::new() } else { (index + 1).to_string() };
        Some(Self {
            logical_id: format!("Dashboard{number}"),
            name: &board.name,
            body: Structure::of(&text),
            parameters: looked_up.used(body),
        })
    }
}

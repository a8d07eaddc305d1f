//! The Terraform root of an environment, as its templates see it.

mod alarms;
mod dashboards;
mod place;
mod policies;
mod root;
mod services;
mod variants;
mod versions;

use rayon::prelude::*;
use serde::Serialize;

use super::Common;
use crate::aws::dashboard::Board;
use crate::aws::monitoring::Monitoring;
use crate::aws::{Data, Str, Text};
use crate::plan::{self, Environment, Fleet, LoadBalancer};
use crate::render::encode::hcl::{self, Field, Hcl};
use crate::render::structure::Structure;
use dashboards::Widgets;
use policies::{ActionView, ModulePolicy, RootPolicy};
use root::{Import, Move};
use services::Locals;
use versions::Versions;

/// What the output of a root is.
const OUTPUTS: &str = "Service => outputs of its module: resource id of the scalable target, names and ARNs of policies, and more.";

/// Something that Terraform has an address for.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct BalancerView<'f> {
    name: &'f str,
    ident: String,
}

/// What is held back.
#[derive(Debug, Serialize)]
struct SuspendedView {
    scale_in: bool,
    scale_out: bool,
    scheduled: bool,
}

/// What the templates of the module see.
#[derive(Debug, Serialize)]
pub(super) struct ModuleView {
    terraform: Versions,
    changes: ChangesView,
}

/// Bounds of the number of changes that are flapping.
#[derive(Debug, Serialize)]
struct ChangesView {
    fewest: u32,
    most: u32,
}

/// What the templates of a root see.
#[derive(Debug, Serialize)]
pub(super) struct RootView<'f> {
    terraform: Versions,
    account: &'f str,
    region: &'f str,
    tags: Option<Structure>,
    load_balancers: Vec<BalancerView<'f>>,
    /// Target groups that are looked up, as the argument of their data source.
    groups: Structure,
    /// What the modules say of their services, as a local value.
    modules: Structure,
    /// The outputs of the modules, with the policies beside them.
    outputs: Structure,
    services: Vec<ServiceView<'f>>,
    /// Services that are no longer in the spec: name and identifier.
    removed: Vec<BalancerView<'f>>,
    /// Whether there are policies beside the module, scheduled actions, imports and moves that the spec asks for.
    has_policies: bool,
    has_schedule: bool,
    has_imports: bool,
    has_moves: bool,
    /// Moves that follow from what earlier versions called things, and from schedules that come and go.
    moved: Vec<MovedView>,
    has_alarms: bool,
    topic: Option<TopicView>,
    /// Whether a topic of somebody else's is told.
    foreign_topic: bool,
    rules: Vec<RuleView>,
    boards: Vec<BoardView>,
    /// Local values: the alarms by kind and service, and what dashboards need.
    locals: Option<Structure>,
}

#[derive(Debug, Serialize)]
struct ServiceView<'f> {
    name: &'f str,
    ident: String,
    cluster: &'f str,
    ecs_service: &'f str,
    min: u32,
    max: u32,
    suspended: Option<SuspendedView>,
    /// Policies that the module makes, and those beside it.
    in_module: Vec<ModulePolicy<'f>>,
    policies: Vec<RootPolicy<'f>>,
    schedule: Vec<ActionView>,
    has_alarms: bool,
    /// The module's inputs for them.
    alarms: Structure,
    imports: Vec<Import>,
    left: Vec<String>,
    moves: Vec<Move>,
}

#[derive(Debug, Serialize)]
struct MovedView {
    from: String,
    to: String,
}

#[derive(Debug, Serialize)]
struct TopicView {
    /// The arguments of the topic and of its policy.
    body: Structure,
    policy: Structure,
}

#[derive(Debug, Serialize)]
struct RuleView {
    ident: &'static str,
    /// Whether it is about tasks that cannot be started.
    impaired: bool,
    /// The arguments of the rule.
    body: Structure,
    /// ARN of the topic.
    target: Structure,
}

#[derive(Debug, Serialize)]
struct BoardView {
    ident: String,
    /// Its arguments.
    body: Structure,
}

impl ModuleView {
    pub(super) fn new(fleet: &Fleet) -> Self {
        let (fewest, most) = plan::alarms::CHANGES;
        Self { terraform: Versions::needed_by(fleet), changes: ChangesView { fewest, most } }
    }
}

impl<'f> RootView<'f> {
    pub(super) fn new(common: &'f Common<'_>) -> Self {
        let (environment, state) = (common.environment, common.state());
        let mut locals = Locals::default();
        let end = alarms::end(environment);
        let note = end.trim_start();
        let alarms = alarms::alarms(environment, state, end, &mut locals);
        let has_alarms = alarms.is_some();
        let monitoring = common.monitoring.as_ref();
        let desired = monitoring.map(|state| &state.dashboards[..]).unwrap_or_default();
        let widgets = common.dashboards.par_iter().zip(desired);
        let widgets: Vec<_> = widgets
            .map(|(board, desired)| Widgets::new(environment, board, &desired.dashboard_body))
            .collect();
        let view = |((index, board), widgets): ((usize, &Board<'_>), _)| BoardView {
            ident: if index == 0 { "services".to_owned() } else { format!("services_{}", index + 1) },
            body: body([
                ("dashboard_name", Hcl::text(&*board.name)),
                ("dashboard_body", encoded(dashboards::body(environment, widgets, &mut locals))),
            ]),
        };
        let boards: Vec<_> = common.dashboards.iter().enumerate().zip(widgets).map(view).collect();
        locals.values.extend(alarms.map(|all| ("alarms".into(), all)));
        let services: Vec<_> = environment
            .services
            .par_iter()
            .zip(state)
            .map(|(service, state)| ServiceView::new(environment, service, state, note))
            .collect();
        Self {
            terraform: Versions::needed_by(common.fleet),
            account: &environment.account,
            region: &environment.region,
            tags: tags(environment),
            load_balancers: load_balancers(environment),
            groups: body([("for_each", Hcl::Object(environment.services.iter().flat_map(groups).collect()))]),
            modules: body([("services", Hcl::Object(environment.services.iter().map(module).collect()))]),
            outputs: body([
                ("description", Hcl::text(OUTPUTS)),
                ("value", Hcl::Object(environment.services.iter().map(output).collect())),
            ]),
            removed: environment
                .removed
                .iter()
                .map(|name| BalancerView { name, ident: name.ident() })
                .collect(),
            has_policies: services.iter().any(|service| !service.policies.is_empty()),
            has_schedule: services.iter().any(|service| !service.schedule.is_empty()),
            has_imports: services.iter().any(|service| !service.imports.is_empty()),
            has_moves: services.iter().any(|service| !service.moves.is_empty())
                || !environment.removed.is_empty(),
            moved: environment
                .services
                .iter()
                .flat_map(root::moved)
                .map(|(from, to)| MovedView { from: from.to_string(), to: to.to_string() })
                .collect(),
            has_alarms,
            topic: monitoring.and_then(|all| TopicView::new(environment, all)),
            foreign_topic: monitoring.is_some_and(|all| all.topic.is_none()),
            rules: monitoring.map(|all| rules(environment, all)).unwrap_or_default(),
            boards,
            locals: (!locals.values.is_empty()).then(|| Structure::of(&hcl::body(&locals.values, 0))),
            services,
        }
    }
}

impl<'f> ServiceView<'f> {
    fn new(
        environment: &Environment,
        service: &'f plan::Service,
        state: &crate::aws::Service<'_>,
        note: &str,
    ) -> Self {
        Self {
            name: &service.name,
            ident: service.name.ident(),
            cluster: &service.cluster,
            ecs_service: &service.ecs_service,
            min: service.min.get(),
            max: service.max.get(),
            suspended: service.suspended.as_ref().map(|held| SuspendedView {
                scale_in: held.scale_in,
                scale_out: held.scale_out,
                scheduled: held.scheduled,
            }),
            in_module: policies::in_module(service, state),
            policies: policies::in_root(service, state),
            schedule: policies::actions(service, state),
            has_alarms: !service.alarms.on.is_empty(),
            alarms: alarms_of(environment, service, note),
            imports: root::imports(service),
            left: root::left(service),
            moves: root::moves(service),
        }
    }
}

impl TopicView {
    fn new(environment: &Environment, all: &Monitoring<'_>) -> Option<Self> {
        let made = all.topic.as_ref()?;
        let arn = Hcl::raw("aws_sns_topic.notifications.arn");
        Some(Self {
            body: body([("name", Hcl::text(&*made.name))]),
            policy: body([("arn", arn), ("policy", encoded(document(environment, &made.policy)))]),
        })
    }
}

fn rules(environment: &Environment, all: &Monitoring<'_>) -> Vec<RuleView> {
    let rule = |(rule, ident): (&crate::aws::monitoring::Rule<'_>, &'static str)| RuleView {
        ident,
        impaired: ident == "impaired_tasks",
        body: body([
            ("name", Hcl::text(&*rule.name)),
            ("description", Hcl::text(&*rule.description)),
            ("event_pattern", encoded(document(environment, &rule.event_pattern))),
        ]),
        target: one(&text(environment, &rule.target)),
    };
    all.rules.iter().zip(["at_maximum", "impaired_tasks"]).map(rule).collect()
}

/// A JSON document as an HCL value; the ARN of our topic is a reference.
fn document<'h>(environment: &Environment, data: &'h Data<'h>) -> Hcl<'h> {
    hcl::expression(data, &|value| text(environment, value))
}

fn text<'h>(environment: &Environment, text: &'h Text<'h>) -> Hcl<'h> {
    let known = text.known().unwrap_or_default();
    match environment.topic_arn() {
        Some(arn) if arn == known => topic(environment, arn),
        _ => Hcl::text(known),
    }
}

/// The topic that alarms and rules tell: a reference where it is made here.
fn topic(environment: &Environment, arn: String) -> Hcl<'static> {
    match environment.topic {
        Some(plan::operations::Topic::Made(_)) => Hcl::raw("aws_sns_topic.notifications.arn"),
        _ => Hcl::text(arn),
    }
}

/// Arguments of a resource, as lines.
fn body<const N: usize>(arguments: [(&str, Hcl<'_>); N]) -> Structure {
    Structure::of(&hcl::body(&arguments.map(|(name, value)| (name.into(), value)), 0))
}

/// A value in one line.
fn one(value: &Hcl<'_>) -> Structure {
    let mut text = String::new();
    hcl::line(value, &mut text);
    Structure::of(&text)
}

/// The alarms of a service, as inputs of its module.
fn alarms_of(environment: &Environment, service: &plan::Service, note: &str) -> Structure {
    let key = &*service.name;
    let alarms = format!(
        "{{ for kind, alarms in local.alarms : kind => alarms[{key:?}] if contains(keys(alarms), {key:?}) }}"
    );
    let mut inputs: Vec<Field<'_>> = vec![("alarms".into(), Hcl::raw(alarms))];
    if let Some(arn) = environment.topic_arn() {
        inputs.push(("alarm_actions".into(), Hcl::List(vec![topic(environment, arn)])));
    }
    if !note.is_empty() {
        inputs.push(("alarm_note".into(), Hcl::text(note)));
    }
    Structure::of(&hcl::body(&inputs, 0))
}

fn encoded(document: Hcl<'_>) -> Hcl<'_> {
    Hcl::Call("jsonencode", vec![document])
}

fn tags(environment: &Environment) -> Option<Structure> {
    let tags: Vec<_> =
        environment.tags.iter().map(|(key, value)| (Str::from(&**key), Hcl::text(&**value))).collect();
    (!tags.is_empty()).then(|| body([("tags", Hcl::Object(tags))]))
}

fn load_balancers(environment: &Environment) -> Vec<BalancerView<'_>> {
    let groups = environment.services.iter().flat_map(plan::Service::target_groups);
    let mut all: Vec<_> = groups
        .filter_map(|group| match &group.balancer {
            LoadBalancer::Named { name, .. } => Some(BalancerView { name, ident: name.ident() }),
            LoadBalancer::Literal { .. } => None,
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The target groups of a service that are looked up, by the keys of their data source.
fn groups(service: &plan::Service) -> Vec<Field<'_>> {
    let mut all = Vec::new();
    for group in service.target_groups() {
        if let LoadBalancer::Named { name, target_group } = &group.balancer {
            let fields = vec![
                ("name".into(), Hcl::text(&**target_group)),
                ("load_balancer".into(), Hcl::raw(format!("data.aws_lb.{}", name.ident()))),
            ];
            all.push((super::group::key(&service.name, &group.role).into(), Hcl::Object(fields)));
        }
    }
    all
}

fn module(service: &plan::Service) -> Field<'_> {
    ((&*service.name).into(), Hcl::raw(format!("module.{}.service", service.name.ident())))
}

/// The outputs of a service's module, with its policies beside the module.
fn output(service: &plan::Service) -> Field<'_> {
    let ident = service.name.ident();
    let module = format!("module.{ident}");
    let others: Vec<_> = service.policies.iter().filter(|policy| !root::in_module(policy)).collect();
    if others.is_empty() {
        return ((&*service.name).into(), Hcl::raw(module));
    }
    let with = |output: &str, attribute: &str| {
        let policy = |policy: &&plan::policy::Policy| {
            let resource = root::policy_ident(&ident, &policy.id);
            let path = policy.id.path().trim_start_matches("scaling.").to_owned();
            (Str::from(path), Hcl::raw(format!("aws_appautoscaling_policy.{resource}.{attribute}")))
        };
        let others = Hcl::Object(others.iter().map(policy).collect());
        (
            Str::from(output.to_owned()),
            Hcl::Call("merge", vec![Hcl::raw(format!("{module}.{output}")), others]),
        )
    };
    let more = Hcl::Object(vec![with("policy_names", "name"), with("policy_arns", "arn")]);
    ((&*service.name).into(), Hcl::Call("merge", vec![Hcl::raw(module), more]))
}

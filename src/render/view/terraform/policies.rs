//! Policies and scheduled actions of a service: those that the module makes as its inputs, the others as resources of the
//! root. These are written one after another, which instances of one resource cannot be: two writes to one scalable target
//! at once can end in ConcurrentUpdateException.

use serde::Serialize;

use super::place::Place;
use super::root::{self, Address};
use crate::aws::scaling::{Configuration, ScalingPolicy};
use crate::aws::{self, Data, Text, balancer};
use crate::plan;
use crate::plan::policy::{Policy, PolicyId, PolicyKind, TrackedMetric};
use crate::render::encode::hcl::{self, Field, Hcl};
use crate::render::structure::Structure;

/// A policy that the module makes.
#[derive(Debug, Serialize)]
pub(super) struct ModulePolicy<'f> {
    /// The module's input: `requests`, `cpu`, `memory`.
    input: &'f str,
    renamed_from: Option<&'f str>,
    high_resolution: bool,
    /// The attributes of the input.
    body: Structure,
}

/// A policy beside the module.
#[derive(Debug, Serialize)]
pub(super) struct RootPolicy<'f> {
    ident: String,
    renamed_from: Option<&'f str>,
    /// Whether it counts two target groups.
    alternates: bool,
    body: Structure,
    follows: Address,
    /// The alarm of step scaling.
    alarm: Option<Structure>,
}

/// A scheduled action.
#[derive(Debug, Serialize)]
pub(super) struct ActionView {
    ident: String,
    body: Structure,
    follows: Address,
}

/// The policies that the module makes.
pub(super) fn in_module<'f>(service: &'f plan::Service, state: &aws::Service<'_>) -> Vec<ModulePolicy<'f>> {
    let place = Place::alone(service);
    let policies = service.policies.iter().zip(&state.scaling_policies);
    let view = |(policy, state): (&'f Policy, _)| module_policy(place, policy, state);
    policies.filter(|(policy, _)| root::in_module(policy)).filter_map(view).collect()
}

fn module_policy<'f>(
    place: Place<'_>,
    policy: &'f Policy,
    state: &ScalingPolicy<'_>,
) -> Option<ModulePolicy<'f>> {
    let (tracking, Configuration::Tracking(state)) = (policy.tracking()?, &state.configuration) else {
        return None;
    };
    let state = Data::of(state);
    let high_resolution = tracking.metric.is_high_resolution();
    let mut rows = vec![vec![field("policy_name", Hcl::text(&**policy.name))], numbers(place, &state)];
    if high_resolution {
        rows.push(vec![field("resolution", Hcl::raw("20"))]);
    }
    if let TrackedMetric::Requests(group) = &tracking.metric {
        let text = |text: Text<'_>| place.text(&text).into_owned();
        rows.push(vec![field("load_balancer_arn_suffix", text(balancer::load_balancer(group)))]);
        rows.push(vec![field("target_group_arn_suffix", text(balancer::target_group(group)))]);
    }
    Some(ModulePolicy {
        input: policy.id.metric(),
        renamed_from: policy.renamed_from.as_ref().map(|name| &***name),
        high_resolution,
        body: Structure::of(&hcl::rows(&rows)),
    })
}

/// The target and what else is a number or a switch; which metric it is, the input says.
fn numbers<'h>(place: Place<'_>, configuration: &'h Data<'h>) -> Vec<Field<'h>> {
    let scalars = configuration.fields().iter().filter(|(_, value)| !matches!(value, Data::Map(_)));
    let argument = |name: &str| if name == "TargetValue" { "target".into() } else { hcl::argument(name) };
    scalars.map(|(name, value)| (argument(name), place.expression(value))).collect()
}

fn field<'h>(name: &'h str, value: Hcl<'h>) -> Field<'h> {
    (name.into(), value)
}

/// The policies beside the module.
pub(super) fn in_root<'f>(service: &'f plan::Service, state: &aws::Service<'_>) -> Vec<RootPolicy<'f>> {
    let mut alarms = state.metric_alarms.iter();
    let mut all = Vec::new();
    for (policy, state) in service.policies.iter().zip(&state.scaling_policies) {
        let alarm = matches!(policy.kind, PolicyKind::Step(_)).then(|| alarms.next()).flatten();
        if root::in_module(policy) {
            continue;
        }
        let data = Data::of(state);
        let mut body = arguments(service, &data);
        let rest = body.split_off(2);
        body.extend(identity(service));
        body.extend(rest);
        all.push(RootPolicy {
            ident: root::policy_ident(&service.name.ident(), &policy.id),
            renamed_from: policy.renamed_from.as_ref().map(|name| &***name),
            alternates: policy.id == PolicyId::Requests,
            body: Structure::of(&hcl::body(&body, 0)),
            follows: root::policy_follows(service, policy),
            alarm: alarm.map(|alarm| step_alarm(service, alarm)),
        });
    }
    all
}

/// The scheduled actions.
pub(super) fn actions(service: &plan::Service, state: &aws::Service<'_>) -> Vec<ActionView> {
    let view = |(action, state): (&plan::policy::ScheduledAction, &aws::scaling::ScheduledAction<'_>)| {
        let data = Data::of(state);
        let mut body = arguments(service, &data);
        let rest = body.split_off(1);
        body.extend(identity(service));
        body.extend(rest);
        ActionView {
            ident: root::action_ident(&service.name.ident(), action),
            body: Structure::of(&hcl::body(&body, 0)),
            follows: root::action_follows(service, action),
        }
    };
    service.schedule.iter().zip(&state.scheduled_actions).map(view).collect()
}

/// Which scalable target it is of.
fn identity(service: &plan::Service) -> [Field<'static>; 3] {
    [
        ("service_namespace", Hcl::text(aws::scaling::NAMESPACE)),
        ("scalable_dimension", Hcl::text(aws::scaling::DIMENSION)),
        ("resource_id", Hcl::raw(format!("module.{}.resource_id", service.name.ident()))),
    ]
    .map(|(name, value)| field(name, value))
}

fn arguments<'h>(service: &plan::Service, data: &'h Data<'h>) -> Vec<Field<'h>> {
    hcl::arguments(data, &|text| Place::alone(service).text(text))
}

fn step_alarm(service: &plan::Service, alarm: &aws::alarm::MetricAlarm<'_>) -> Structure {
    let place = Place::alone(service);
    let data = Data::of(alarm);
    let mut fields = Vec::new();
    for (name, value) in data.fields() {
        let value = if name == "Dimensions" { place.dimensions(value) } else { place.expression(value) };
        fields.push((hcl::argument(name), value));
    }
    Structure::of(&hcl::body(&fields, 0))
}

//! One target tracking policy of one service.

use super::found::Found;
use super::layers::Layers;
use super::{COOLDOWN_IN, COOLDOWN_OUT, POLICY_PATTERN, Resolver};
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::units::{EcsName, Invalid, PolicyName, Seconds, TargetValue};
use crate::plan::{Layer, Metric, Origin, Policy, Sourced};
use crate::spec::{self, Settings};

impl Resolver<'_, '_> {
    pub(super) fn policy(
        &mut self,
        metric: Metric,
        layers: &Layers<'_>,
        ecs_service: &EcsName,
        pattern: Option<&str>,
    ) -> Found<Policy> {
        let fields = Fields::of(metric);
        let enabled = layers.pick(fields.enabled, |s| policy_settings(s, metric)?.enabled);
        let target = layers.pick(fields.target, |s| policy_settings(s, metric)?.target);
        match (&enabled, &target) {
            (Some(Sourced { value: false, .. }), _) | (None, None) => return Found::Nothing,
            (Some(enabled), None) => {
                let message =
                    format!("the {} policy of {} is on, but has no target", metric.name(), layers.called());
                let problem = Diagnostic::new(Code::MissingTarget, layers.locate(enabled.from), message);
                self.diagnostics.push_once(problem.help(format!(
                    "add a target: `{}: {{ target: {} }}`",
                    metric.name(),
                    fields.usual
                )));
                return Found::Broken;
            }
            _ => {}
        }
        let target = target.and_then(|said| self.parsed(layers, said, fields.parse));
        let name = self.policy_name(metric, layers, ecs_service, pattern);
        let cooldown_out = self.cooldown(
            layers,
            fields.cooldown_out,
            "scaling.cooldown.out",
            COOLDOWN_OUT,
            |s, of_policy| cooldown(s, metric, of_policy)?.out.clone(),
        );
        let cooldown_in =
            self.cooldown(layers, fields.cooldown_in, "scaling.cooldown.in", COOLDOWN_IN, |s, of_policy| {
                cooldown(s, metric, of_policy)?.r#in.clone()
            });
        let disable_scale_in =
            layers.pick_or(fields.disable_scale_in, false, |s| policy_settings(s, metric)?.disable_scale_in);
        // Every part is checked before any missing one ends it.
        let complete = || {
            Some(Policy {
                metric,
                name: name?,
                target: target?,
                cooldown_out: cooldown_out?,
                cooldown_in: cooldown_in?,
                disable_scale_in,
            })
        };
        Found::from(complete())
    }

    fn policy_name(
        &mut self,
        metric: Metric,
        layers: &Layers<'_>,
        ecs_service: &EcsName,
        pattern: Option<&str>,
    ) -> Option<Sourced<PolicyName>> {
        let field = Fields::of(metric).policy_name;
        if let Some(said) = layers.pick(field, |s| policy_settings(s, metric)?.policy_name.clone()) {
            return self.parsed(layers, said, |text| PolicyName::parse(&text));
        }
        let values = [
            ("project", self.spec.project.as_str()),
            ("environment", layers.environment),
            ("service", layers.service),
            ("ecs_service", ecs_service),
            ("metric", metric.name()),
        ];
        let value = self.named("policy", pattern, POLICY_PATTERN, &values, PolicyName::parse)?;
        Some(Sourced { value, from: Origin { layer: Layer::BuiltIn, field } })
    }

    /// The policy's own cooldown, else the common one of all policies, else the built-in one.
    fn cooldown(
        &mut self,
        layers: &Layers<'_>,
        own: &'static str,
        common: &'static str,
        built_in: Seconds,
        get: impl Fn(&Settings, bool) -> Option<String>,
    ) -> Option<Sourced<Seconds>> {
        let said = layers.pick(own, |s| get(s, true)).or_else(|| layers.pick(common, |s| get(s, false)));
        let Some(said) = said else {
            return Some(Sourced { value: built_in, from: Origin { layer: Layer::BuiltIn, field: common } });
        };
        self.parsed(layers, said, |text| Seconds::parse_cooldown(&text))
    }
}

pub(super) fn policy_settings(settings: &Settings, metric: Metric) -> Option<&spec::Policy> {
    let scaling = settings.scaling.as_ref()?;
    match metric {
        Metric::Requests => scaling.requests.as_ref(),
        Metric::Cpu => scaling.cpu.as_ref(),
    }
}

fn cooldown(settings: &Settings, metric: Metric, of_policy: bool) -> Option<&spec::Cooldown> {
    if of_policy {
        policy_settings(settings, metric)?.cooldown.as_ref()
    } else {
        settings.scaling.as_ref()?.cooldown.as_ref()
    }
}

/// The dotted names of a policy's keys, so that an origin can point at them, and how its target is read.
pub(super) struct Fields {
    enabled: &'static str,
    pub(super) target: &'static str,
    cooldown_out: &'static str,
    cooldown_in: &'static str,
    policy_name: &'static str,
    disable_scale_in: &'static str,
    usual: u32,
    parse: fn(f64) -> Result<TargetValue, Invalid>,
}

impl Fields {
    pub(super) fn of(metric: Metric) -> &'static Fields {
        macro_rules! fields {
            ($name:literal, $usual:literal, $parse:expr) => {
                &Fields {
                    enabled: concat!("scaling.", $name, ".enabled"),
                    target: concat!("scaling.", $name, ".target"),
                    cooldown_out: concat!("scaling.", $name, ".cooldown.out"),
                    cooldown_in: concat!("scaling.", $name, ".cooldown.in"),
                    policy_name: concat!("scaling.", $name, ".policy_name"),
                    disable_scale_in: concat!("scaling.", $name, ".disable_scale_in"),
                    usual: $usual,
                    parse: $parse,
                }
            };
        }
        match metric {
            Metric::Requests => fields!("requests", 1000, TargetValue::requests),
            Metric::Cpu => fields!("cpu", 70, TargetValue::percent),
        }
    }
}

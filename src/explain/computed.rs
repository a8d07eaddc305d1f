//! Built-in values that depend on other settings: names made by patterns, and what follows from the fleet.

use serde_json::Value;

use super::LayerValue;
use super::teller::Teller;
use crate::diagnostic::Location;
use crate::plan::alarms::AlarmKind;
use crate::plan::{Scope, Sourced, Strategy, names};

impl Teller<'_> {
    /// What a setting is where nobody says it. `unsaid`: nobody does; patterns are asked only then.
    pub(super) fn computed(&self, key: &str, unsaid: bool) -> Option<LayerValue> {
        let scope = self.scope.as_ref()?;
        let service = scope.service;
        let steps: Vec<&str> = key.split('.').collect();
        let alarm = |name: &str| AlarmKind::ALL.into_iter().find(|kind| kind.key() == name);
        let value = match steps[..] {
            ["cluster" | "ecs_service", ..]
            | ["scaling", .., "policy_name" | "alarm_name" | "action_name"]
            | ["alarms", _, "alarm_name"] => return self.name(scope, key, &steps).filter(|_| unsaid),
            ["alarms", name, "threshold"] if self.layers.has("alarms") => {
                alarm(name)?.usual_threshold(service)?.into()
            }
            ["alarms", name, "missing_data"] if self.layers.has("alarms") => {
                serde_json::to_value(alarm(name)?.usual_missing_data(service)).ok()?
            }
            ["deployment", "strategy"] => serde_json::to_value(self.usual_strategy()).ok()?,
            ["scaling", "step", name, "datapoints"] => {
                self.value(&format!("scaling.step.{name}.evaluation_periods"))?
            }
            _ => return None,
        };
        Some(LayerValue { value, layer: "built in".to_owned(), key: None, pattern: None, place: None })
    }

    fn usual_strategy(&self) -> Strategy {
        let two = ["load_balancer.target_groups", "load_balancer.target_group_arn_suffixes"];
        if two.iter().any(|key| self.layers.has(key)) { Strategy::BlueGreen } else { Strategy::Rolling }
    }

    /// A name that a pattern makes.
    fn name(&self, scope: &Scope<'_>, key: &str, steps: &[&str]) -> Option<LayerValue> {
        let names = &self.names;
        let metric = |word| ("metric", word);
        let forecast = || self.value("scaling.predictive.metric")?.as_str().map(str::to_owned);
        let forecast = forecast().unwrap_or_default();
        let alarm;
        let (pattern, name, placeholder) = match *steps {
            ["cluster"] => return self.made("cluster", &names.cluster, scope.service.cluster.to_string()),
            ["ecs_service"] => {
                return self.made("service", &names.service, scope.service.ecs_service.to_string());
            }
            ["scaling", "step", name, "policy_name"] => (&names.step_policy, "step_policy", metric(name)),
            ["scaling", "step", name, "alarm_name"] => (&names.alarm, "alarm", metric(name)),
            ["scaling", "schedule", name, "action_name"] => {
                (&names.scheduled_action, "scheduled_action", ("action", name))
            }
            ["scaling", "predictive", "policy_name"] => {
                (&names.predictive_policy, "predictive_policy", metric(&*forecast))
            }
            ["scaling", .., name, "policy_name"] => (&names.policy, "policy", metric(name)),
            ["alarms", name, "alarm_name"] => {
                alarm = name.replace('_', "-");
                (&names.service_alarm, "service_alarm", ("alarm", &*alarm))
            }
            _ => return None,
        };
        let holder = if steps[0] == "alarms" { "alarms" } else { key.rsplit_once('.')?.0 };
        if !self.layers.has(holder) {
            return None;
        }
        let values = [
            ("project", self.project),
            ("environment", self.environment),
            ("service", self.service),
            ("ecs_service", &**scope.service.ecs_service),
            placeholder,
        ];
        let value = names::fill(pattern.as_ref()?, &values).ok()?;
        self.made(name, pattern, value)
    }

    /// The name of the stack: no setting, but a name all the same.
    pub(super) fn stack(&self) -> Option<LayerValue> {
        self.made("stack", &self.names.stack, self.scope?.service.stack.to_string())
    }

    fn made(&self, name: &str, pattern: &Option<Sourced<String>>, value: String) -> Option<LayerValue> {
        let pattern = pattern.as_ref()?;
        let said = !pattern.from.is_built_in();
        Some(LayerValue {
            value: Value::from(value),
            layer: if said { format!("names.{name}") } else { "built-in pattern".to_owned() },
            key: None,
            pattern: Some(pattern.value.clone()),
            place: said.then_some(Location::Place(pattern.from.place)),
        })
    }
}

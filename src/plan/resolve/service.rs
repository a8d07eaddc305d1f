//! One service of one environment.

use super::balancer::{Groups, of_service};
use super::found::Found;
use super::layers::Layers;
use super::policy::Of;
use super::{CLUSTER_PATTERN, Resolver, SERVICE_PATTERN, STACK_PATTERN};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::plan::policy::Gone;
use crate::plan::units::{EcsName, Invalid, Slug, StackName, Tasks};
use crate::plan::{Architecture, Controller, Deployment, Service, Sourced, Strategy, Suspended, Task, names};
use crate::spec;

impl Resolver<'_, '_> {
    pub(super) fn service(&mut self, name: &Slug, layers: Layers<'_>) -> Option<Service> {
        let names = self.spec.names.clone().unwrap_or_default();
        let cluster = self.ecs_name(
            "cluster",
            &layers,
            layers.pick("cluster", |s| s.cluster.clone()),
            names.cluster.as_deref(),
        );
        let ecs_service = self.ecs_name(
            "service",
            &layers,
            layers.pick("ecs_service", |s| s.ecs_service.clone()),
            names.service.as_deref(),
        );
        let (min, max) = self.capacity(&layers);
        let groups = self.target_groups(&layers, "load_balancer", &of_service);
        let task = self.task(&layers);
        let expectations = self.expectations(&layers);
        let renamed_from = self.renamed_from(&layers);
        let (cluster, ecs_service) = (cluster?, ecs_service?);
        let stack = self.stack(&layers, &ecs_service, names.stack.as_deref());
        let adopt = layers.pick_or("adopt", false, |s| s.adopt);
        let of = Of {
            project: &self.spec.project,
            layers,
            cluster: cluster.value.clone(),
            ecs_service: ecs_service.value.clone(),
            groups,
        };
        let policies = self.policies(&of);
        let actions = self.schedule(&of);
        let Of { layers, groups, .. } = of;
        if policies.broken || actions.broken {
            return None;
        }
        Some(Service {
            name: name.clone(),
            cluster,
            ecs_service,
            stack: stack?,
            min: min?,
            max: max?,
            scale_to_zero: layers
                .pick_or("capacity.scale_to_zero", false, |s| s.capacity.as_ref()?.scale_to_zero),
            balanced: matches!(groups, Found::Complete(_)),
            task,
            container_insights: layers.pick_or("container_insights", false, |s| s.container_insights),
            expectations: expectations?,
            suspended: suspended(&layers),
            deployment: deployment(&layers, &groups),
            adopt,
            renamed_from,
            policies: policies.on,
            schedule: actions.on,
            gone: Gone { policies: policies.gone, actions: actions.gone },
        })
    }

    fn ecs_name(
        &mut self,
        what: &str,
        layers: &Layers<'_>,
        said: Option<Sourced<String>>,
        pattern: Option<&str>,
    ) -> Option<Sourced<EcsName>> {
        if let Some(said) = said {
            return self.parsed(layers, said, |text| EcsName::parse(what, &text));
        }
        let (key, field, default) = match what {
            "cluster" => ("cluster", "cluster", CLUSTER_PATTERN),
            _ => ("service", "ecs_service", SERVICE_PATTERN),
        };
        let values = [
            ("project", self.spec.project.as_str()),
            ("environment", layers.environment),
            ("service", layers.service),
        ];
        let value = self.named(key, pattern, default, &values, |text| EcsName::parse(what, text))?;
        Some(layers.made(field, (key, pattern, default), value))
    }

    fn stack(
        &mut self,
        layers: &Layers<'_>,
        ecs_service: &EcsName,
        pattern: Option<&str>,
    ) -> Option<StackName> {
        let values = [
            ("project", self.spec.project.as_str()),
            ("environment", layers.environment),
            ("service", layers.service),
            ("ecs_service", ecs_service),
        ];
        let place = if pattern.is_some() {
            Location::value(["names", "stack"])
        } else {
            Location::key(["services", layers.service])
        };
        let name = self.checked(place.clone(), names::fill(pattern.unwrap_or(STACK_PATTERN), &values))?;
        let name = self.checked(place, StackName::parse(&name))?;
        Some(layers.made("stack", ("stack", pattern, STACK_PATTERN), name).value)
    }

    /// A name made by a pattern; what is wrong with it is wrong with the pattern.
    pub(super) fn named<T>(
        &mut self,
        key: &str,
        pattern: Option<&str>,
        built_in: &str,
        values: &[(&str, &str)],
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        let place = Location::value(["names", key]);
        let name = self.checked(place.clone(), names::fill(pattern.unwrap_or(built_in), values))?;
        self.checked(place, parse(&name))
    }

    fn capacity(&mut self, layers: &Layers<'_>) -> (Option<Sourced<Tasks>>, Option<Sourced<Tasks>>) {
        let min = layers.pick("capacity.min", |s| s.capacity.as_ref()?.min);
        let max = layers.pick("capacity.max", |s| s.capacity.as_ref()?.max);
        let missing = match (&min, &max) {
            (Some(_), Some(_)) => None,
            (None, None) => Some("`min` and `max`"),
            (None, Some(_)) => Some("`min`"),
            (Some(_), None) => Some("`max`"),
        };
        if let Some(missing) = missing {
            let place = Location::key(["services", layers.service]);
            let message = format!("the capacity of {} lacks {missing}", layers.called());
            let help = "say it for all services under `defaults`: `capacity: { min: 2, max: 10 }`";
            self.diagnostics.push_once(Diagnostic::new(Code::MissingCapacity, place, message).help(help));
        }
        (
            min.and_then(|said| self.parsed(layers, said, Tasks::parse)),
            max.and_then(|said| self.parsed(layers, said, Tasks::parse)),
        )
    }

    fn task(&mut self, layers: &Layers<'_>) -> Option<Task> {
        let vcpu = layers.pick("task.vcpu", |s| s.task.as_ref()?.vcpu);
        let memory = layers.pick("task.memory_gib", |s| s.task.as_ref()?.memory_gib);
        let architecture =
            layers.pick_or("task.architecture", spec::Architecture::X8664, |s| s.task.as_ref()?.architecture);
        for size in
            [&vcpu, &memory].into_iter().flatten().filter(|size| !(size.value > 0.0 && size.value < 1e6))
        {
            let message = format!("{} cannot be the size of a task", size.value);
            let problem = Diagnostic::new(Code::TaskSize, layers.locate(&size.from), message);
            self.diagnostics
                .push_once(problem.help("write virtual CPUs and GiB: `task: { vcpu: 1, memory_gib: 2 }`"));
        }
        Some(Task {
            vcpu: vcpu?.value,
            memory_gib: memory?.value,
            architecture: match architecture.value {
                spec::Architecture::X8664 => Architecture::X8664,
                spec::Architecture::Arm64 => Architecture::Arm64,
            },
        })
    }
}

fn suspended(layers: &Layers<'_>) -> Option<Suspended> {
    let scale_in = layers.pick("scaling.suspended.in", |s| s.scaling.as_ref()?.suspended.as_ref()?.r#in);
    let scale_out = layers.pick("scaling.suspended.out", |s| s.scaling.as_ref()?.suspended.as_ref()?.out);
    let scheduled =
        layers.pick("scaling.suspended.scheduled", |s| s.scaling.as_ref()?.suspended.as_ref()?.scheduled);
    let said: Vec<_> = [&scale_in, &scale_out, &scheduled].into_iter().flatten().collect();
    let from = said.iter().find(|flag| flag.value).or(said.first())?.from.clone();
    let on = |flag: &Option<Sourced<bool>>| flag.as_ref().is_some_and(|flag| flag.value);
    Some(Suspended { scale_in: on(&scale_in), scale_out: on(&scale_out), scheduled: on(&scheduled), from })
}

fn deployment(layers: &Layers<'_>, groups: &Found<Groups>) -> Deployment {
    let strategy = match groups {
        Found::Complete(Groups::Two(..)) => Strategy::BlueGreen,
        _ => Strategy::Rolling,
    };
    Deployment {
        controller: layers
            .pick_or("deployment.controller", Controller::Ecs, |s| s.deployment.as_ref()?.controller),
        strategy: layers.pick_or("deployment.strategy", strategy, |s| s.deployment.as_ref()?.strategy),
    }
}

//! One service of one environment.

use super::Resolver;
use super::balancer::Groups;
use super::here::{Here, known};
use super::policy::Of;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::plan::alarms::Alarms;
use crate::plan::policy::Gone;
use crate::plan::units::{EcsName, Invalid, Slug, StackName, Tasks};
use crate::plan::{Deployment, Service, Sourced, Strategy, Suspended, Task, names};
use crate::spec;

impl Resolver<'_, '_> {
    pub(super) fn service(&mut self, name: &Slug, here: Here<'_>) -> Option<Service> {
        let spec = self.spec;
        let said = here.said;
        let cluster = self.ecs_name("cluster", &here, said.cluster.as_ref(), &spec.names.cluster);
        let ecs_service = self.ecs_name("service", &here, said.ecs_service.as_ref(), &spec.names.service);
        let (min, max) = self.capacity(&here);
        let groups = self.target_groups(&here, said.load_balancer.as_ref());
        let task = self.task(&here);
        let expectations = self.expectations(&here);
        let renamed_from = self.renamed_from(&here);
        let (cluster, ecs_service) = (cluster?, ecs_service?);
        let stack = self.stack(&here, &ecs_service);
        let of = Of {
            project: &spec.project,
            here,
            cluster: cluster.value.clone(),
            ecs_service: ecs_service.value.clone(),
            groups,
        };
        let policies = self.policies(&of);
        let actions = self.schedule(&of);
        if policies.broken || actions.broken {
            return None;
        }
        let mut service = Service {
            name: name.clone(),
            cluster,
            ecs_service,
            stack: stack?,
            min: min?,
            max: max?,
            scale_to_zero: said.capacity.as_ref().map(|capacity| known(&capacity.scale_to_zero).clone())?,
            balanced: matches!(of.groups, Groups::One(_) | Groups::Two(..)),
            task,
            container_insights: known(&said.container_insights).clone(),
            expectations: expectations?,
            suspended: suspended(said),
            deployment: deployment(said, &of.groups)?,
            adopt: known(&said.adopt).clone(),
            renamed_from,
            policies: policies.on,
            schedule: actions.on,
            alarms: Alarms::default(),
            gone: Gone { policies: policies.gone, actions: actions.gone },
        };
        service.alarms = self.alarms(&of, &service)?;
        Some(service)
    }

    fn ecs_name(
        &mut self,
        what: &'static str,
        here: &Here<'_>,
        said: Option<&Sourced<String>>,
        pattern: &Option<Sourced<String>>,
    ) -> Option<Sourced<EcsName>> {
        if let Some(said) = said {
            return self.parsed(here, said, |text| EcsName::parse(what, text));
        }
        let values = [
            ("project", self.spec.project.as_str()),
            ("environment", here.environment),
            ("service", here.service),
        ];
        self.named(what, pattern, &values, |text| EcsName::parse(what, text)).map(Sourced::built_in)
    }

    fn stack(&mut self, here: &Here<'_>, ecs_service: &EcsName) -> Option<StackName> {
        let values = [
            ("project", self.spec.project.as_str()),
            ("environment", here.environment),
            ("service", here.service),
            ("ecs_service", ecs_service),
        ];
        let pattern = known(&self.spec.names.stack);
        let place = here.at(&pattern.from);
        let name = self.checked(place.clone(), names::fill(pattern, &values))?;
        self.checked(place, StackName::parse(&name))
    }

    /// A name made by a pattern; what is wrong with it is wrong with the pattern.
    pub(super) fn named<T>(
        &mut self,
        key: &str,
        pattern: &Option<Sourced<String>>,
        values: &[(&str, &str)],
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        let pattern = known(pattern);
        let place = || Location::value(["names", key]);
        let name = self.checked_at(place, names::fill(pattern, values))?;
        self.checked_at(place, parse(&name))
    }

    fn capacity(&mut self, here: &Here<'_>) -> (Option<Sourced<Tasks>>, Option<Sourced<Tasks>>) {
        let said = here.said.capacity.as_ref();
        let (min, max) = (said.and_then(|said| said.min.as_ref()), said.and_then(|said| said.max.as_ref()));
        let missing = match (min, max) {
            (Some(_), Some(_)) => None,
            (None, None) => Some("`min` and `max`"),
            (None, Some(_)) => Some("`min`"),
            (Some(_), None) => Some("`max`"),
        };
        if let Some(missing) = missing {
            let place = Location::key(["services", here.service]);
            let message = format!("the capacity of {here} lacks {missing}");
            let help = "say it for all services under `defaults`: `capacity: { min: 2, max: 10 }`";
            self.diagnostics.push_once(Diagnostic::new(Code::MissingCapacity, place, message).help(help));
        }
        let mut tasks = |said: Option<&Sourced<spec::Count>>| {
            said.and_then(|said| self.parsed(here, said, |count| Tasks::parse(count.0)))
        };
        (tasks(min), tasks(max))
    }

    fn task(&mut self, here: &Here<'_>) -> Option<Task> {
        let said = here.said.task.as_ref()?;
        for size in [&said.vcpu, &said.memory_gib]
            .into_iter()
            .flatten()
            .filter(|size| !(size.value > 0.0 && size.value < 1e6))
        {
            let message = format!("{} cannot be the size of a task", size.value);
            let help = "write virtual CPUs and GiB: `task: { vcpu: 1, memory_gib: 2 }`";
            self.diagnostics
                .push_once(Diagnostic::new(Code::TaskSize, here.at(&size.from), message).help(help));
        }
        Some(Task {
            vcpu: said.vcpu.as_ref()?.value,
            memory_gib: said.memory_gib.as_ref()?.value,
            architecture: known(&said.architecture).value,
        })
    }
}

fn suspended(said: &spec::Settings) -> Option<Suspended> {
    let said = said.scaling.as_ref()?.suspended.as_ref()?;
    let all: Vec<_> = [&said.r#in, &said.out, &said.scheduled].into_iter().flatten().collect();
    let from = all.iter().find(|flag| flag.value).or(all.first())?.from;
    let on = |flag: &Option<Sourced<bool>>| flag.as_ref().is_some_and(|flag| flag.value);
    Some(Suspended {
        scale_in: on(&said.r#in),
        scale_out: on(&said.out),
        scheduled: on(&said.scheduled),
        from,
    })
}

/// Two target groups are what a blue/green deployment needs, and nothing else.
fn deployment(said: &spec::Settings, groups: &Groups) -> Option<Deployment> {
    let strategy = match groups {
        Groups::Two(..) => Strategy::BlueGreen,
        _ => Strategy::Rolling,
    };
    let said = said.deployment.as_ref()?;
    Some(Deployment {
        controller: known(&said.controller).clone(),
        strategy: said.strategy.clone().unwrap_or_else(|| Sourced::built_in(strategy)),
    })
}

//! Parameters of CloudFormation's dashboards: the ends of ARNs that deploy.sh looks up.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::aws::{Data, Lookup};
use crate::plan::{self, LoadBalancer};

/// A parameter: the end of an ARN that deploy.sh looks up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct DashboardParameter {
    pub(super) id: String,
    pub(super) load_balancer: String,
    /// None: the load balancer itself.
    pub(super) target_group: Option<String>,
}

/// Parameters of all dashboards of an environment, in the order of the services.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    all: Vec<DashboardParameter>,
    /// By load balancer: the place of its parameter, and those of its target groups.
    places: BTreeMap<String, (usize, BTreeMap<String, usize>)>,
}

impl Parameters {
    pub(super) fn new(environment: &plan::Environment) -> Self {
        let mut parameters = Self::default();
        let mut groups = 0;
        for group in environment.services.iter().flat_map(plan::Service::target_groups) {
            let LoadBalancer::Named { name, target_group } = &group.balancer else { continue };
            parameters.add(name, target_group, &mut groups);
        }
        parameters
    }

    fn add(&mut self, load_balancer: &str, target_group: &str, groups: &mut usize) {
        let number = self.places.len() + 1;
        let all = &mut self.all;
        let mut push = |id: String, target_group: Option<&str>| {
            let target_group = target_group.map(str::to_owned);
            all.push(DashboardParameter { id, load_balancer: load_balancer.to_owned(), target_group });
            all.len() - 1
        };
        if !self.places.contains_key(load_balancer) {
            let place = push(format!("LoadBalancer{number}"), None);
            self.places.insert(load_balancer.to_owned(), (place, BTreeMap::new()));
        }
        if let Some((_, known)) = self.places.get_mut(load_balancer)
            && !known.contains_key(target_group)
        {
            *groups += 1;
            known.insert(target_group.to_owned(), push(format!("TargetGroup{groups}"), Some(target_group)));
        }
    }

    /// The place of what a lookup is.
    fn place(&self, lookup: &Lookup<'_>) -> Option<usize> {
        match lookup {
            Lookup::LoadBalancer(name) => Some(self.places.get(&**name)?.0),
            Lookup::TargetGroup { load_balancer, target_group }
            | Lookup::ResourceLabel { load_balancer, target_group } => {
                self.places.get(&**load_balancer)?.1.get(&**target_group).copied()
            }
            Lookup::PolicyArn(_) => None,
        }
    }

    pub(super) fn id(&self, lookup: &Lookup<'_>) -> &str {
        self.place(lookup).map_or("", |place| &self.all[place].id)
    }

    /// Those that a body refers to: load balancers first.
    pub(super) fn used(&self, body: &Data<'_>) -> Vec<DashboardParameter> {
        let places: BTreeSet<usize> =
            body.lookups().into_iter().filter_map(|lookup| self.place(lookup)).collect();
        let mut used: Vec<_> = places.into_iter().map(|place| self.all[place].clone()).collect();
        used.sort_by_key(|parameter| parameter.target_group.is_some());
        used
    }
}

//! The layers of a spec: which there are for a service of an environment, and who runs where. It is an error if what they
//! say together is not what the format wants.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::value::Error;

use super::Settings;
use super::merge::Reader;
use super::sourced::Layer;
use super::stack::{Said, Stack, chain};
use crate::diagnostic::Diagnostics;
use crate::document::{Document, Entry, Kind, Node};

/// The weakest layer, as a spec has it. What is special about it stands at its top.
static BUILT_IN: LazyLock<Document> = LazyLock::new(|| {
    let text = include_str!("built_in.yaml");
    Document::parse("built_in.yaml", text.into(), &mut Diagnostics::default())
});

/// A part of the built-in layer.
fn built_in(path: &str) -> Option<&'static Node> {
    BUILT_IN.root()?.at(path)
}

/// All layers of a spec, found once.
#[derive(Debug)]
pub struct Layers<'d> {
    root: &'d Node,
    defaults: Option<&'d Entry>,
    services: BTreeMap<&'d str, &'d Entry>,
    environments: BTreeMap<&'d str, EnvironmentLayers<'d>>,
}

#[derive(Debug)]
struct EnvironmentLayers<'d> {
    own: &'d Entry,
    services: BTreeMap<&'d str, &'d Entry>,
}

fn entries(node: Option<&Node>) -> impl Iterator<Item = (&str, &Entry)> {
    node.into_iter().flat_map(Node::entries).map(|entry| (entry.key(), entry))
}

impl<'d> Layers<'d> {
    /// The layers of a spec.
    pub fn new(root: &'d Node) -> Self {
        let environments = entries(root.at("environments")).map(|(name, own)| {
            let services = entries(own.value().at("services")).collect();
            (name, EnvironmentLayers { own, services })
        });
        Self {
            root,
            defaults: root.entry("defaults"),
            services: entries(root.at("services")).collect(),
            environments: environments.collect(),
        }
    }

    /// The names of all services, sorted.
    pub fn services(&self) -> impl Iterator<Item = &'d str> {
        self.services.keys().copied()
    }

    /// Whether an environment says something of a service.
    pub fn overrides(&self, environment: &str, service: &str) -> bool {
        self.environments.get(environment).is_some_and(|layers| layers.services.contains_key(service))
    }

    /// The services that run in an environment, sorted. Where it switches none on or off as a whole, only those are looked
    /// at that run unless told otherwise, and those that it has something to say about.
    pub fn running(&self, environment: &str, by_themselves: &[&'d str]) -> Vec<&'d str> {
        let Some(here) = self.environments.get(environment) else { return Vec::new() };
        let mut candidates: Vec<&str> = match enabled(here.own) {
            Some(true) => self.services().collect(),
            Some(false) => Vec::new(),
            None => by_themselves.to_vec(),
        };
        candidates.extend(here.services.keys().filter(|name| self.services.contains_key(*name)));
        candidates.sort_unstable();
        candidates.dedup();
        candidates.retain(|service| {
            let own = here.services.get(service).and_then(|entry| enabled(entry));
            own.or_else(|| enabled(here.own)).unwrap_or_else(|| self.runs_by_itself(service))
        });
        candidates
    }

    /// The services that run where an environment does not say otherwise, sorted.
    pub fn running_by_themselves(&self) -> Vec<&'d str> {
        self.services().filter(|service| self.runs_by_itself(service)).collect()
    }

    fn runs_by_itself(&self, service: &str) -> bool {
        let of_service = self.services.get(service).and_then(|entry| enabled(entry));
        of_service.or_else(|| self.defaults.and_then(enabled)).unwrap_or(true)
    }

    /// The layers of one service of one environment.
    pub fn of(&self, environment: &str, service: &str) -> ServiceLayers<'d> {
        let here = self.environments.get(environment);
        let layers = [
            (Layer::EnvironmentService, here.and_then(|here| here.services.get(service).copied())),
            (Layer::Environment, here.map(|here| here.own)),
            (Layer::Service, self.services.get(service).copied()),
            (Layer::Defaults, self.defaults),
        ];
        let said = layers.into_iter().filter_map(|(layer, entry)| Some(Said::new(layer, entry?)));
        let built_in = built_in("settings").map(Said::built_in);
        ServiceLayers(Stack::from(said.chain(built_in)).expect("the built-in layer is there"))
    }

    /// What the spec says for all environments at a key of its root, over what is built in.
    pub fn of_spec<T: Deserialize<'d>>(&self, key: &str) -> Result<Option<T>, Error> {
        self.of_root(key, None)
    }

    /// The same, and what an environment says at its own key, which is stronger.
    pub fn of_environment<T: Deserialize<'d>>(
        &self,
        key: &str,
        environment: &str,
    ) -> Result<Option<T>, Error> {
        self.of_root(key, self.environments.get(environment).map(|here| here.own))
    }

    fn of_root<T: Deserialize<'d>>(
        &self,
        key: &str,
        environment: Option<&'d Entry>,
    ) -> Result<Option<T>, Error> {
        let environment = environment.map(|entry| Said::new(Layer::Environment, entry));
        let built_in = BUILT_IN.root().map(Said::built_in);
        let all = environment.into_iter().chain([Said::root(self.root)]).chain(built_in);
        let root = Stack::from(all).expect("the spec is there");
        root.child(key, &root).map(|below| T::deserialize(Reader::merge(&root).with(below))).transpose()
    }
}

fn enabled(layer: &Entry) -> Option<bool> {
    match layer.value().entry("enabled")?.value().kind() {
        Kind::Scalar(crate::document::Scalar::Bool(enabled)) => Some(*enabled),
        _ => None,
    }
}

/// The layers of one service of one environment.
#[derive(Debug, Clone, Copy)]
pub struct ServiceLayers<'d>(Stack<'d>);

impl<'d> ServiceLayers<'d> {
    /// What they say together.
    pub fn settings(&self) -> Result<Settings, Error> {
        Settings::deserialize(Reader::merge(&self.0))
    }

    /// Everything that is said at a dotted key, strongest first, with the key it is said at if that is another one.
    pub fn said(&self, key: &str) -> Vec<(Said<'d>, Option<&'d str>)> {
        let (parent, last) = match key.rsplit_once('.') {
            Some((above, last)) => {
                (above.split('.').try_fold(self.0, |stack, key| stack.unsettled(key)), last)
            }
            None => (Some(self.0), key),
        };
        let Some(parent) = parent else { return Vec::new() };
        let mut said = Vec::new();
        for one in parent.unsettled(last).iter().flat_map(Stack::said) {
            match one.node.kind() {
                Kind::Sequence(_) if one.is_built_in() => said.extend(chain(one.node, &parent, &self.0)),
                _ => said.push((one, None)),
            }
        }
        said
    }

    /// Whether the spec says anything at a dotted key or below it.
    pub fn has(&self, key: &str) -> bool {
        self.0.at(key).next().is_some()
    }

    /// The names that the layers give at a dotted key, sorted.
    pub fn names(&self, key: &str) -> Vec<&'d str> {
        let mut names: Vec<&str> =
            self.0.at(key).flat_map(|said| said.node.entries()).map(Entry::key).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

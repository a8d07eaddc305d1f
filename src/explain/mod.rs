//! Where the settings of a service come from, and what AWS does with them: as data; `report` prints it.

mod computed;
mod effect;
mod format;
mod outlook;
mod overview;
mod teller;
mod unit;

use serde_json::Value;

use crate::diagnostic::Location;
use crate::document::Document;
use crate::plan::{Fleet, Scope};
use crate::spec;
use teller::Teller;

pub use format::Format;
pub use outlook::{Outlook, PolicyOutlook};
pub use overview::{Row, overview};

/// One service of one environment, explained.
#[derive(Debug)]
pub struct Explained {
    pub environment: String,
    pub service: String,
    /// The AWS account.
    pub account: String,
    /// The AWS region.
    pub region: String,
    /// How Application Auto Scaling calls it; `None` if it is switched off here.
    pub resource: Option<String>,
    /// Every setting that has a value, in the order of the format.
    pub settings: Vec<Setting>,
    /// What the layers say and nothing goes by.
    pub idle: Vec<Idle>,
    /// What AWS does with it; `None` if it is switched off here.
    pub outlook: Option<Outlook>,
}

/// A setting: its value, where that comes from, and what it was stronger than.
#[derive(Debug, Clone)]
pub struct Setting {
    /// What it is called below a layer, such as `scaling.cpu.target`.
    pub key: String,
    /// Its unit, if it has one.
    pub unit: Option<&'static str>,
    /// What counts.
    pub by: LayerValue,
    /// What does not count because of it, strongest first.
    pub overridden: Vec<LayerValue>,
    /// What the format says of it.
    pub about: String,
}

/// A value, and who says it.
#[derive(Debug, Clone)]
pub struct LayerValue {
    pub value: Value,
    /// The layer, such as `environments.prod`, or that it is built in, or which pattern made it.
    pub layer: String,
    /// The key, if it is another one than that of the setting.
    pub key: Option<String>,
    /// The pattern that made it, if one did.
    pub pattern: Option<String>,
    /// Where; `None` if it is built in.
    pub place: Option<Location>,
}

/// What a layer says and nothing goes by.
#[derive(Debug, Clone)]
pub struct Idle {
    /// What it is called below the layer.
    pub key: String,
    /// The layer and the value.
    pub said: LayerValue,
    pub why: String,
}

/// Explains a service of the fleet of a document.
pub fn explain(
    document: &Document,
    format: &Format,
    fleet: &Fleet,
    (environment, service): (&str, &str),
) -> Explained {
    let here = fleet.environment(environment);
    let in_it = here.into_iter().flat_map(|environment| {
        environment.services.iter().map(move |service| Scope { environment, service })
    });
    let scope = in_it.into_iter().find(|scope| &*scope.service.name == service);
    let layers = document.root().map(spec::Layers::new);
    let teller = layers.as_ref().map(|layers| Teller::new(layers, fleet, scope, (environment, service)));
    let (mut settings, idle) = teller.map(|teller| teller.tell(format)).unwrap_or_default();
    unit::give(&mut settings);
    Explained {
        environment: environment.to_owned(),
        service: service.to_owned(),
        account: here.map(|here| here.account.to_string()).unwrap_or_default(),
        region: here.map(|here| here.region.to_string()).unwrap_or_default(),
        resource: scope.map(|scope| scope.service.resource_id()),
        idle,
        settings,
        outlook: scope.map(|scope| outlook::of(&scope)),
    }
}

impl Explained {
    /// Whether there is a setting of this key, or below it, with or without effect.
    pub fn says(&self, asked: &str) -> bool {
        let mut keys = self.settings.iter().map(|s| &s.key).chain(self.idle.iter().map(|idle| &idle.key));
        keys.any(|key| is_in(key, asked))
    }

    /// Leaves out all settings but those of this key, or below it.
    pub fn narrow(&mut self, asked: &str) {
        self.settings.retain(|setting| is_in(&setting.key, asked));
        self.idle.retain(|idle| is_in(&idle.key, asked));
    }
}

fn is_in(key: &str, asked: &str) -> bool {
    key.strip_prefix(asked).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

impl Setting {
    /// The policy that it belongs to, as a path: `scaling.cpu`, `scaling.step.burst`.
    pub fn policy(&self) -> Option<&str> {
        let mut dots = self.key.match_indices('.').map(|(at, _)| at);
        let named = ["scaling.more_requests.", "scaling.custom.", "scaling.step."];
        let depth = if named.iter().any(|holder| self.key.starts_with(holder)) { 2 } else { 1 };
        dots.nth(depth).map(|end| &self.key[..end]).filter(|path| path.starts_with("scaling."))
    }
}

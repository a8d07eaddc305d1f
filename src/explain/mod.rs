//! Where the settings of a service come from, and what AWS does with them: as data; `report` prints it.

mod format;
mod outlook;
mod overview;
mod unit;

use serde_json::Value;

use crate::diagnostic::Location;
use crate::document::Document;
use crate::plan::{self, Fleet, Layer, Origin, Otherwise, Scope};

pub use format::Format;
pub use outlook::{Outlook, PolicyOutlook};
pub use overview::{Overview, Row, overview};

/// One service of one environment, explained.
#[derive(Debug)]
pub struct Explained {
    /// The environment.
    pub environment: String,
    /// The service.
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
    pub by: Said,
    /// What does not count because of it, strongest first.
    pub overridden: Vec<Said>,
    /// What the format says of it.
    pub about: String,
}

/// A value, and who says it.
#[derive(Debug, Clone)]
pub struct Said {
    /// The value.
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
    pub said: Said,
    /// Why.
    pub why: String,
}

/// Explains a service of the fleet from what the resolver wrote down of it (`settings`).
pub fn explain(
    document: &Document,
    format: &Format<'_>,
    fleet: &Fleet,
    (environment, service): (&str, &str),
    settings: &[plan::Setting],
) -> Explained {
    let teller = Teller { document, format, environment, service };
    let mut told: Vec<Setting> = settings.iter().filter_map(|setting| teller.setting(setting)).collect();
    unit::give(&mut told);
    told.sort_by_cached_key(|setting| format.order(&setting.key));
    let here = fleet.environments.iter().find(|known| &*known.name == environment);
    let in_it = here.into_iter().flat_map(|environment| {
        environment.services.iter().map(move |service| Scope { environment, service })
    });
    let scope = in_it.into_iter().find(|scope| &*scope.service.name == service);
    Explained {
        environment: environment.to_owned(),
        service: service.to_owned(),
        account: here.map(|here| here.account.to_string()).unwrap_or_default(),
        region: here.map(|here| here.region.to_string()).unwrap_or_default(),
        resource: scope.map(|scope| scope.service.resource_id()),
        idle: teller.idle(settings, &told),
        settings: told,
        outlook: scope.map(|scope| outlook::of(&scope)),
    }
}

struct Teller<'t> {
    document: &'t Document,
    format: &'t Format<'t>,
    environment: &'t str,
    service: &'t str,
}

impl Teller<'_> {
    fn setting(&self, setting: &plan::Setting) -> Option<Setting> {
        let said = setting.said.iter().filter_map(|origin| self.said(&setting.key, origin));
        let mut all: Vec<Said> = said.chain(setting.otherwise.as_ref().map(otherwise)).collect();
        if all.is_empty() {
            return None;
        }
        let overridden = all.split_off(1);
        let about = self.format.about(&setting.key).unwrap_or_default();
        let by = all.pop()?;
        Some(Setting { key: setting.key.clone(), unit: None, by, overridden, about })
    }

    fn said(&self, key: &str, origin: &Origin) -> Option<Said> {
        let place = origin.location(self.environment, self.service);
        let at = origin.field.to_string();
        Some(Said {
            value: self.document.value_at(&place)?,
            layer: origin.layer.called(self.environment, self.service),
            key: (at != key).then_some(at),
            pattern: None,
            place: Some(place),
        })
    }

    /// Every leaf of every layer that no setting goes by.
    fn idle(&self, settings: &[plan::Setting], told: &[Setting]) -> Vec<Idle> {
        let layers = [Layer::EnvironmentService, Layer::Environment, Layer::Service, Layer::Defaults];
        let mut idle = Vec::new();
        for layer in layers {
            let base = layer.entry(self.environment, self.service, &[]);
            let Some(said) = self.document.value_at(&base) else { continue };
            for key in self.format.leaves(&said) {
                let of = |origin: &Origin| origin.layer == layer && origin.field.to_string() == key;
                if settings.iter().any(|setting| setting.said.iter().any(of)) {
                    continue;
                }
                let steps: Vec<&str> = key.split('.').collect();
                let place = layer.entry(self.environment, self.service, &steps).as_value();
                let value = self.document.value_at(&place).unwrap_or_default();
                let layer = layer.called(self.environment, self.service);
                let why = why_idle(&key, told);
                let said = Said { value, layer, key: None, pattern: None, place: Some(place) };
                idle.push(Idle { key, said, why });
            }
        }
        idle.sort_by_cached_key(|idle| self.format.order(&idle.key));
        idle
    }
}

/// What is said of a policy that is off, or that nobody asked for, counts for nothing.
fn why_idle(key: &str, told: &[Setting]) -> String {
    let holders = key.match_indices('.').map(|(at, _)| &key[..at]);
    let off = |holder: &&str| {
        let switch = format!("{holder}.enabled");
        told.iter().any(|setting| setting.key == switch && setting.by.value == false)
    };
    let whole = told.iter().any(|setting| setting.key == "enabled" && setting.by.value == false);
    match holders.clone().find(off) {
        Some(holder) => format!("`{holder}` is switched off"),
        None if whole => "the service is not scaled here".to_owned(),
        None => "nothing asks for it".to_owned(),
    }
}

fn otherwise(otherwise: &Otherwise) -> Said {
    match otherwise {
        Otherwise::BuiltIn(value) => {
            Said { value: value.clone(), layer: "built in".to_owned(), key: None, pattern: None, place: None }
        }
        Otherwise::Pattern { name, said, pattern, value } => Said {
            value: value.clone().into(),
            layer: if *said { format!("names.{name}") } else { "built-in pattern".to_owned() },
            key: None,
            pattern: Some(pattern.clone()),
            place: said.then(|| Location::value(["names", name])),
        },
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

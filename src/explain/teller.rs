//! What the layers say about a service, setting by setting: what counts, what it is stronger than, and what is said in vain.

use serde_json::Value;

use super::{Format, Idle, LayerValue, Setting};
use crate::diagnostic::Location;
use crate::plan::{Fleet, Scope};
use crate::spec::{self, Layers, Names, ServiceLayers};

/// Knows a service: its layers, and what became of them.
pub(super) struct Teller<'t> {
    pub(super) layers: ServiceLayers<'t>,
    pub(super) names: Names,
    pub(super) project: &'t str,
    pub(super) environment: &'t str,
    pub(super) service: &'t str,
    /// Nothing, if it is switched off here.
    pub(super) scope: Option<Scope<'t>>,
}

impl<'t> Teller<'t> {
    pub(super) fn new(
        layers: &Layers<'t>,
        fleet: &'t Fleet,
        scope: Option<Scope<'t>>,
        (environment, service): (&'t str, &'t str),
    ) -> Self {
        Self {
            names: layers.of_spec("names").ok().flatten().unwrap_or_default(),
            layers: layers.of(environment, service),
            project: &fleet.project,
            environment,
            service,
            scope,
        }
    }

    /// All settings, and what is said in vain, in the order of the format.
    pub(super) fn tell(&self, format: &Format) -> (Vec<Setting>, Vec<Idle>) {
        let (mut settings, mut idle) = (Vec::new(), Vec::new());
        for (key, about) in self.keys(format) {
            match self.why_idle(&key) {
                Some(why) => idle.extend(self.in_vain(&key, &why)),
                None => settings.extend(self.setting(&key, about)),
            }
        }
        settings.extend(self.stack().map(|by| setting("stack", by, Vec::new(), "")));
        (settings, idle)
    }

    /// The keys of the format; those below `NAME` for each name that the layers have, name by name.
    fn keys<'k>(&self, format: &'k Format) -> Vec<(String, &'k str)> {
        let all: Vec<&spec::Key> = format.values().collect();
        let holder = |key: &spec::Key| key.path.split_once(".NAME").map(|(holder, _)| holder.to_owned());
        let mut keys = Vec::new();
        for block in all.chunk_by(|one, next| holder(one) == holder(next)) {
            let Some(holder) = holder(block[0]) else {
                keys.extend(block.iter().map(|key| (key.path.clone(), &*key.about)));
                continue;
            };
            for name in self.layers.names(&holder) {
                let named = |key: &&'k spec::Key| (key.path.replace("NAME", name), &*key.about);
                keys.extend(block.iter().map(named));
            }
        }
        keys
    }

    fn setting(&self, key: &str, about: &str) -> Option<Setting> {
        let said = self.layers.said(key);
        let computed = self.computed(key, said.is_empty());
        let said = said.into_iter().map(|(said, other)| self.said(said, other));
        let mut all = said.chain(computed);
        let by = all.next()?;
        Some(setting(key, by, all.collect(), about))
    }

    fn in_vain(&self, key: &str, why: &str) -> Vec<Idle> {
        let said = self.layers.said(key).into_iter();
        let own = said.filter(|(said, other)| !said.is_built_in() && other.is_none());
        own.map(|(said, _)| Idle { key: key.to_owned(), said: self.said(said, None), why: why.to_owned() })
            .collect()
    }

    fn said(&self, said: spec::Said<'_>, other: Option<&str>) -> LayerValue {
        LayerValue {
            value: said.node.value(),
            layer: said.layer.called(self.environment, self.service),
            key: other.map(str::to_owned),
            pattern: None,
            place: (!said.is_built_in()).then_some(Location::Place(said.place)),
        }
    }

    /// The value of a setting that layers say.
    pub(super) fn value(&self, key: &str) -> Option<Value> {
        self.layers.said(key).first().map(|(said, _)| said.node.value())
    }
}

fn setting(key: &str, by: LayerValue, overridden: Vec<LayerValue>, about: &str) -> Setting {
    Setting { key: key.to_owned(), unit: None, by, overridden, about: about.to_owned() }
}

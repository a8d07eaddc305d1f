//! What the templates of each target see: a view of its own for each, and one that has everything for other folders.

use std::sync::OnceLock;

use rayon::prelude::*;
use serde::Serialize;
use tera::Value;

use super::cli::DataView;
use super::cloudformation;
use super::docs::{EnvironmentPages, FleetPages};
use super::load_test::{LoadTests, LoadTestsPage};
use super::rollout::Rollout;
use super::terraform::{ModuleView, RootView};
use super::{Common, EnvironmentView, FleetView, ServiceView};
use crate::plan::Fleet;
use crate::render::names::Names;

/// A fleet, as all views of a run see it.
#[derive(Debug)]
pub struct Scene<'f> {
    /// The fleet.
    pub fleet: &'f Fleet,
    /// Its rollout, where a template of the run wants it.
    pub rollout: Option<Rollout<'f>>,
    /// Words that templates of the run mention.
    pub names: &'f Names,
}

/// An environment, as all views of a run see it.
pub struct Place<'f> {
    scene: &'f Scene<'f>,
    common: Common<'f>,
    whole: OnceLock<Vec<Value>>,
}

/// What the templates of a target see, as functions of where they are rendered.
pub struct Slice {
    /// Once.
    pub fleet: fn(&Scene<'_>) -> Value,
    /// Once an environment.
    pub environment: fn(&Place<'_>) -> Value,
    /// Once a service, by its place among the services of the environment.
    pub service: fn(&Place<'_>, usize) -> Value,
}

/// What the templates of a target see.
pub fn of(target: &str) -> &'static Slice {
    match target {
        "cli" => &CLI,
        "cloudformation" => &CLOUDFORMATION,
        "terraform" => &TERRAFORM,
        "docs" => &DOCS,
        "loadtest" => &LOADTEST,
        _ => &WHOLE,
    }
}

static CLI: Slice = Slice {
    fleet: |_| Value::from(tera::Map::new()),
    environment: |place| value(&DataView::environment(&place.common)),
    service: |place, index| value(&DataView::service(&place.common.state()[index])),
};

static CLOUDFORMATION: Slice = Slice {
    fleet: |_| Value::from(tera::Map::new()),
    environment: |place| value(&cloudformation::EnvironmentView::new(&place.common)),
    service: |place, index| value(&cloudformation::ServiceView::new(&place.common, index)),
};

static TERRAFORM: Slice = Slice {
    fleet: |scene| value(&ModuleView::new(scene.fleet)),
    environment: |place| value(&RootView::new(&place.common)),
    service: |_, _| Value::from(tera::Map::new()),
};

static DOCS: Slice = Slice {
    fleet: |scene| value(&Docs { docs: FleetPages::new(scene.fleet) }),
    environment: |place| {
        value(&Docs { docs: EnvironmentPages::new(place.scene.fleet, place.common.environment) })
    },
    service: |_, _| Value::from(tera::Map::new()),
};

static LOADTEST: Slice = Slice {
    fleet: |scene| value(&LoadTestsPage::new(scene.fleet)),
    environment: |place| value(&DataView::of(&LoadTests::of(place.common.environment))),
    service: |_, _| Value::from(tera::Map::new()),
};

/// The values of documents, under one name.
#[derive(Serialize)]
struct Docs<T> {
    docs: T,
}
static WHOLE: Slice = Slice {
    fleet: |scene| value(&FleetView::new(scene.fleet, scene.rollout.as_ref(), scene.names)),
    environment: |place| {
        let view = value(&EnvironmentView::new(&place.common));
        let mut fields = view.into_map().expect("views are structs");
        fields.insert("services".into(), Value::from(place.services().to_vec()));
        Value::from(fields)
    },
    service: |place, index| place.services()[index].clone(),
};

impl<'f> Place<'f> {
    /// An environment of a fleet.
    pub fn new(scene: &'f Scene<'f>, environment: &'f crate::plan::Environment) -> Self {
        let common = Common::new(scene.fleet, environment, scene.names);
        Self { scene, common, whole: OnceLock::new() }
    }

    /// The views that have everything, of its services.
    fn services(&self) -> &[Value] {
        let view = |service| value(&ServiceView::new(&self.common, service));
        self.whole.get_or_init(|| self.common.environment.services.par_iter().map(view).collect())
    }
}

fn value(view: &impl Serialize) -> Value {
    Value::from_serializable(view)
}

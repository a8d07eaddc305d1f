//! What the templates of each target see: a view of its own for each, and one that has everything for other folders.

use std::sync::OnceLock;

use rayon::prelude::*;
use serde::Serialize;
use tera::Value;

use super::cli::DataView;
use super::cloudformation;
use super::docs::{EnvironmentPages, FleetPages};
use super::load_test::{LoadTests, LoadTestsPage};
use super::terraform::{ModuleView, RootView};
use super::{Common, EnvironmentView, FleetView, Parts, ServiceView};
use crate::plan::{Environment, Fleet};
use crate::render::structure::Structure;

/// An environment, as all views of a run see it.
pub struct Place<'f> {
    common: Common<'f>,
    services: OnceLock<Vec<Value>>,
}

/// What the templates of a target see, as functions of where they are rendered.
pub struct Slice {
    /// Once.
    pub fleet: fn(&Fleet) -> Value,
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
        "inventory" => &INVENTORY,
        "iam" => &IAM,
        "github" => &GITHUB,
        _ => &WHOLE,
    }
}

static CLI: Slice = Slice {
    fleet: |_| Value::from(tera::Map::new()),
    environment: |place| value(&DataView::environment(&place.common)),
    service: |place, index| value(&DataView::of(&place.common.state()[index])),
};

static CLOUDFORMATION: Slice = Slice {
    fleet: |_| Value::from(tera::Map::new()),
    environment: |place| value(&cloudformation::EnvironmentView::new(&place.common)),
    service: |place, index| value(&cloudformation::ServiceView::new(&place.common, index)),
};

static TERRAFORM: Slice = Slice {
    fleet: |fleet| value(&ModuleView::new(fleet)),
    environment: |place| value(&RootView::new(&place.common)),
    service: |_, _| Value::from(tera::Map::new()),
};

static DOCS: Slice = Slice {
    fleet: |fleet| value(&Docs { docs: FleetPages::new(fleet) }),
    environment: |place| {
        value(&Docs { docs: EnvironmentPages::new(place.common.fleet, place.common.environment) })
    },
    service: |_, _| Value::from(tera::Map::new()),
};

static LOADTEST: Slice = Slice {
    fleet: |fleet| value(&LoadTestsPage::new(fleet)),
    environment: |place| value(&DataView::of(&LoadTests::of(place.common.environment))),
    service: |_, _| Value::from(tera::Map::new()),
};

/// The values of documents, under one name.
#[derive(Serialize)]
struct Docs<T> {
    docs: T,
}

/// Names that live on AWS: nothing that takes its time.
static INVENTORY: Slice = Slice {
    fleet: |fleet| value(&FleetView::new(fleet, Parts::default())),
    environment: |place| place.whole(Parts::default()),
    service: |place, index| place.services()[index].clone(),
};

static IAM: Slice =
    Slice { environment: |place| place.whole(Parts { iam: true, ..Parts::default() }), ..INVENTORY };

static GITHUB: Slice = Slice {
    fleet: |fleet| value(&FleetView::new(fleet, Parts { github: true, ..Parts::default() })),
    ..INVENTORY
};

/// Everything, for templates of users.
static WHOLE: Slice = Slice {
    fleet: |fleet| value(&FleetView::new(fleet, EVERYTHING)),
    environment: |place| place.whole(EVERYTHING),
    ..INVENTORY
};

const EVERYTHING: Parts = Parts { docs: true, github: true, iam: true };

impl<'f> Place<'f> {
    /// An environment of a fleet.
    pub fn new(fleet: &'f Fleet, environment: &'f Environment) -> Self {
        Self { common: Common::new(fleet, environment), services: OnceLock::new() }
    }

    /// The environment with its services.
    fn whole(&self, parts: Parts) -> Value {
        let view = value(&EnvironmentView::new(&self.common, parts));
        let mut fields = view.into_map().expect("views are structs");
        fields.insert("services".into(), Value::from(self.services().to_vec()));
        Value::from(fields)
    }

    /// Its services.
    fn services(&self) -> &[Value] {
        let view = |index| value(&ServiceView::new(&self.common, index));
        let number = self.common.environment.services.len();
        self.services.get_or_init(|| (0..number).into_par_iter().map(view).collect())
    }
}

fn value(view: &impl Serialize) -> Value {
    Value::from_serializable(view)
}

/// What the templates of a target that are rendered once see, as JSON.
pub fn of_fleet(fleet: &Fleet, target: &str) -> serde_json::Value {
    shown((of(target).fleet)(fleet))
}

/// What the templates of a target that are rendered once an environment see, as JSON.
pub fn of_environment(fleet: &Fleet, target: &str, environment: &Environment) -> serde_json::Value {
    shown((of(target).environment)(&Place::new(fleet, environment)))
}

/// What the templates of a target that are rendered once a service see, as JSON; `service` is its place in the environment.
pub fn of_service(
    fleet: &Fleet,
    target: &str,
    environment: &Environment,
    service: usize,
) -> serde_json::Value {
    shown((of(target).service)(&Place::new(fleet, environment), service))
}

/// A view as JSON: structures are the text that their holes print.
fn shown(view: Value) -> serde_json::Value {
    let mut view = serde_json::to_value(view).expect("views are JSON");
    bare(&mut view);
    view.sort_all_objects();
    view
}

fn bare(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => {
            if let Some(inside) = Structure::text(text) {
                *text = inside.to_owned();
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(bare),
        serde_json::Value::Object(fields) => fields.values_mut().for_each(bare),
        _ => {}
    }
}

//! Which services of an environment something is for.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::Str;
use crate::plan::Environment;
use crate::render::encode::hcl::{self, Field, Hcl};

/// The condition on `key`, where something is not for all services.
pub(super) fn only(
    environment: &Environment,
    services: &[&str],
    locals: &mut Locals,
) -> Option<Str<'static>> {
    let others = environment.services.len() - services.len();
    if others == 0 {
        return None;
    }
    let is = |not: &str, one: &str| Some(format!("key {not}= {}", literal(&Hcl::text(one))).into());
    if let [one] = services {
        return is("=", one);
    }
    if others >= services.len() {
        return Some(format!("contains({}, key)", locals.short("some_services", list(services))).into());
    }
    match &lacking(environment, services)[..] {
        [one] => is("!", one),
        others => Some(format!("!contains({}, key)", locals.short("some_services", list(others))).into()),
    }
}

/// The services of an environment that are not among some of them.
fn lacking<'f>(environment: &'f Environment, services: &[&str]) -> Vec<&'f str> {
    let with: BTreeSet<&str> = services.iter().copied().collect();
    let names = environment.services.iter().map(|service| &*service.name);
    names.filter(|name| !with.contains(name)).collect()
}

/// Columns of an expression that may stand in the middle of a line.
const SHORT: usize = 90;

/// Local values that hold what is too long for the middle of a line.
#[derive(Debug, Default)]
pub(super) struct Locals {
    pub(super) values: Vec<Field<'static>>,
    /// How many there are of a name.
    names: BTreeMap<String, usize>,
}

impl Locals {
    /// The value, or a reference to the local value of this name, or of another that is the same.
    pub(super) fn short(&mut self, name: &str, value: Hcl<'_>) -> String {
        let text = literal(&value);
        if text.len() <= SHORT {
            return text;
        }
        match self.values.iter().find(|(_, known)| *known == value) {
            Some((name, _)) => format!("local.{name}"),
            None => self.named(name, value),
        }
    }

    /// A reference to a new local value, whose name is followed by a number where it is taken.
    pub(super) fn named(&mut self, name: &str, value: Hcl<'_>) -> String {
        let number = self.names.entry(name.to_owned()).or_default();
        *number += 1;
        let free = if *number == 1 { name.to_owned() } else { format!("{name}_{number}") };
        self.values.push((free.clone().into(), value.into_owned()));
        format!("local.{free}")
    }
}

/// Names of services.
pub(super) fn list<'h>(services: &[&'h str]) -> Hcl<'h> {
    Hcl::List(services.iter().map(|name| Hcl::text(*name)).collect())
}

fn literal(value: &Hcl<'_>) -> String {
    let mut text = String::new();
    hcl::line(value, &mut text);
    text
}

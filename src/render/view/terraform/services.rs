//! Which services of an environment something is for.

use std::collections::BTreeSet;

use crate::aws::Str;
use crate::plan::Environment;
use crate::render::encode::hcl::{self, Field, Hcl};

/// The condition on `key`, where something is not for all services.
pub(super) fn only(
    environment: &Environment,
    services: &[&str],
    locals: &mut Locals,
) -> Option<Str<'static>> {
    if services.len() == environment.services.len() {
        return None;
    }
    let with: BTreeSet<&str> = services.iter().copied().collect();
    let names = environment.services.iter().map(|service| &*service.name);
    let others: Vec<&str> = names.filter(|name| !with.contains(name)).collect();
    if let [one] = services {
        return Some(format!("key == {}", literal(&Hcl::text(*one))).into());
    }
    if let [one] = &others[..] {
        return Some(format!("key != {}", literal(&Hcl::text(*one))).into());
    }
    let (not, fewer) = if others.len() < services.len() { ("!", &others[..]) } else { ("", services) };
    Some(format!("{not}contains({}, key)", locals.short("some_services", list(fewer))).into())
}

/// Columns of an expression that may stand in the middle of a line.
const SHORT: usize = 90;

/// Local values that hold what is too long for the middle of a line.
#[derive(Debug, Default)]
pub(super) struct Locals(pub(super) Vec<Field<'static>>);

impl Locals {
    /// The value, or a reference to the local value of this name, or of another that is the same.
    pub(super) fn short(&mut self, name: &str, value: Hcl<'_>) -> String {
        let text = literal(&value);
        if text.len() <= SHORT {
            return text;
        }
        match self.0.iter().find(|(_, known)| *known == value) {
            Some((name, _)) => format!("local.{name}"),
            None => self.named(name, value),
        }
    }

    /// A reference to a new local value, whose name is followed by a number where it is taken.
    pub(super) fn named(&mut self, name: &str, value: Hcl<'_>) -> String {
        let taken = |name: &String| self.0.iter().any(|(known, _)| known == name);
        let mut free = name.to_owned();
        let mut number = 1;
        while taken(&free) {
            number += 1;
            free = format!("{name}_{number}");
        }
        self.0.push((free.clone().into(), value.into_owned()));
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

//! Which services of an environment something is for.

use crate::plan::Environment;
use crate::render::encode::hcl::{self, Hcl};

/// The condition on `key`, where something is not for all services.
pub(super) fn only(environment: &Environment, services: &[&str], locals: &mut Locals) -> Option<String> {
    if services.len() == environment.services.len() {
        return None;
    }
    let others: Vec<&str> = environment
        .services
        .iter()
        .map(|service| &*service.name)
        .filter(|name| !services.contains(name))
        .collect();
    if let [one] = services {
        return Some(format!("key == {}", literal(&Hcl::text(one))));
    }
    if let [one] = &others[..] {
        return Some(format!("key != {}", literal(&Hcl::text(one))));
    }
    let (not, fewer) = if others.len() < services.len() { ("!", &others[..]) } else { ("", services) };
    Some(format!("{not}contains({}, key)", locals.short("some_services", list(fewer))))
}

/// Columns of an expression that may stand in the middle of a line.
const SHORT: usize = 90;

/// Local values that hold what is too long for the middle of a line.
#[derive(Debug, Default)]
pub(super) struct Locals(pub(super) Vec<(String, Hcl)>);

impl Locals {
    /// The value, or a reference to the local value of this name, or of another that is the same.
    pub(super) fn short(&mut self, name: &str, value: Hcl) -> String {
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
    pub(super) fn named(&mut self, name: &str, value: Hcl) -> String {
        let taken = |name: &String| self.0.iter().any(|(known, _)| known == name);
        let mut free = name.to_owned();
        let mut number = 1;
        while taken(&free) {
            number += 1;
            free = format!("{name}_{number}");
        }
        self.0.push((free.clone(), value));
        format!("local.{free}")
    }
}

/// Names of services.
pub(super) fn list(services: &[&str]) -> Hcl {
    Hcl::List(services.iter().map(|name| Hcl::text(name)).collect())
}

fn literal(value: &Hcl) -> String {
    let mut text = String::new();
    hcl::line(value, &mut text);
    text
}

//! `gen view`: the values that the templates of a target see.

use super::{Failure, Outcome, Streams, findings, load};
use crate::cli::View;
use crate::plan::Environment;
use crate::render::view;

pub(super) fn run(args: &View, streams: &mut Streams<'_>) -> Result<Outcome, Failure> {
    let reading = load::spec(&args.input)?;
    if reading.fleet().is_none() {
        findings::warn(&reading, streams)?;
    }
    let fleet = reading.into_parts().2.ok_or(Failure::Spec)?;
    let seen = match args.subject.as_deref() {
        None => view::of_fleet(&fleet, &args.target),
        Some(subject) => {
            let (environment, service) = subject.split_once('/').unwrap_or((subject, ""));
            let environment = load::environment(&fleet, environment, &format!("gen view {}", args.target))?;
            match service {
                "" => view::of_environment(&fleet, &args.target, environment),
                name => view::of_service(&fleet, &args.target, environment, service_of(environment, name)?),
            }
        }
    };
    serde_json::to_writer_pretty(&mut *streams.out, &seen).map_err(std::io::Error::from)?;
    writeln!(streams.out)?;
    Ok(Outcome::Done)
}

/// The place of a service among those of its environment.
fn service_of(environment: &Environment, name: &str) -> Result<usize, Failure> {
    let known: Vec<&str> = environment.services.iter().map(|service| &*service.name).collect();
    load::known("service", &[name.to_owned()], &known)?;
    Ok(known.iter().position(|known| *known == name).expect("it is known"))
}

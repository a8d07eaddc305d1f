//! `gen explain`: where the settings of a service come from, and what AWS will do with them.

use super::{Failure, Outcome, Streams, findings, load};
use crate::cli::{Explain, Shape};
use crate::diagnostic::did_you_mean;
use crate::document::{Document, Entry, Node};
use crate::explain::{self, Explained, Format};
use crate::report::explain as print;
use crate::report::explain::Reader;

pub(super) fn run(args: &Explain, streams: &mut Streams<'_>) -> Result<Outcome, Failure> {
    let reading = load::spec(&args.input)?;
    if reading.fleet().is_none() {
        findings::warn(&reading, streams)?;
    }
    let (document, _, fleet) = reading.into_parts();
    let fleet = fleet.ok_or(Failure::Spec)?;
    let subject = subject(args)?;
    let reader = Reader { color: streams.out_color, width: streams.width, quiet: streams.quiet };
    let Subject::Service(environment, service) = subject else {
        let environment = match subject {
            Subject::Environment(name) => Some(&*load::environment(&fleet, name, "gen explain")?.name),
            _ => None,
        };
        let overview = explain::overview(&fleet, environment);
        match args.format {
            Shape::Text => print::overview(&overview, reader, streams.out)?,
            Shape::Json => print::overview_json(&overview, streams.out)?,
        }
        return Ok(Outcome::Done);
    };
    load::environment(&fleet, environment, "gen explain")?;
    known_service(&document, service)?;
    let format = Format::default();
    let mut explained = explain::explain(&document, &format, &fleet, (environment, service));
    if let Some(key) = &args.why {
        known_setting(key, &explained, &format)?;
        explained.narrow(key);
    }
    match (args.format, &args.why) {
        (Shape::Json, _) => print::json(&document, &explained, streams.out)?,
        (Shape::Text, Some(key)) => {
            let about = format.about(key).unwrap_or_default();
            print::why(&document, &explained, (key, about), reader, streams.out)?;
        }
        (Shape::Text, None) => print::service(&document, &explained, reader, streams.out)?,
    }
    Ok(Outcome::Done)
}

enum Subject<'a> {
    All,
    Environment(&'a str),
    Service(&'a str, &'a str),
}

fn subject(args: &Explain) -> Result<Subject<'_>, Failure> {
    let subject = match args.subject.as_deref().map(|text| (text, text.split_once('/'))) {
        None => Subject::All,
        Some((environment, None | Some((_, "")))) => Subject::Environment(environment.trim_end_matches('/')),
        Some((_, Some((environment, service)))) => Subject::Service(environment, service),
    };
    match (&subject, &args.why) {
        (Subject::All | Subject::Environment(_), Some(setting)) => Err(Failure::Usage(format!(
            "--why {setting} needs a service: gen explain ENV/SERVICE --why {setting}"
        ))),
        _ => Ok(subject),
    }
}

/// A service is known by `services`, even if it is switched off everywhere.
fn known_service(document: &Document, name: &str) -> Result<(), Failure> {
    let services = document.root().and_then(|root| root.at("services"));
    let known: Vec<&str> = services.into_iter().flat_map(Node::entries).map(Entry::key).collect();
    load::known("service", &[name.to_owned()], &known)
}

/// A setting that has a value, is said in vain, or could be said; or what was probably meant.
fn known_setting(key: &str, explained: &Explained, format: &Format) -> Result<(), Failure> {
    if explained.says(key) || format.about(key).is_some() {
        return Ok(());
    }
    let settings = explained.settings.iter().map(|setting| setting.key.clone());
    let known: Vec<String> = settings.chain(format.keys()).collect();
    let end = format!(".{key}");
    let meant = known.iter().map(String::as_str).find(|known| known.ends_with(&end));
    let hint = match meant.or_else(|| did_you_mean(key, known.iter().map(String::as_str))) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("`gen explain {}/{}` lists them", explained.environment, explained.service),
    };
    Err(Failure::Usage(format!("there is no setting `{key}`; {hint}")))
}

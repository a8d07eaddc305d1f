//! Dashboards as HCL values: widgets that are alike for several services are written once for them.

use crate::aws::dashboard::Board;
use crate::aws::{Data, Str};
use crate::plan::policy::PolicyId;
use crate::plan::{self, Environment};
use crate::render::encode::hcl::Hcl;

use super::place::{Phrase, Place, known};
use super::services::{self, Locals};

/// Outputs of the module of a service.
const MODULE: &str = "service";

/// The widgets of a service.
struct Own<'f> {
    service: &'f plan::Service,
    /// The first row.
    begin: i64,
    /// With rows relative to the first.
    widgets: Vec<Hcl>,
}

/// The body of a dashboard.
pub(super) fn body(
    environment: &Environment,
    board: &Board<'_>,
    body: &Data<'_>,
    locals: &mut Locals,
) -> Hcl {
    let all = body.get("widgets").map(Data::items).unwrap_or_default();
    let (head, own) = parts(board, all);
    let mut widgets: Vec<Hcl> = head.iter().map(|widget| of_all(environment, board, widget)).collect();
    let rows = own.iter().map(|own| (own.service.name.to_string(), Hcl::Raw(own.begin.to_string())));
    let rows = locals.named("rows", Hcl::Object(rows.collect()));
    let mut rest = &own[..];
    while !rest.is_empty() {
        let (run, after) = rest.split_at(Run::length(rest));
        widgets.push(Run(run).widgets(environment, &rows, locals));
        rest = after;
    }
    let field = |(name, value): &(Str<'_>, Data<'_>)| match &**name {
        "widgets" => (name.to_string(), Hcl::Call("flatten", vec![Hcl::List(widgets.clone())])),
        _ => (name.to_string(), literal(value)),
    };
    Hcl::Object(body.fields().iter().map(field).collect())
}

/// Services whose widgets are alike, but for those at the end that some of them lack; Terraform, which sorts the keys of a
/// map, keeps their order.
struct Run<'r, 'f>(&'r [Own<'f>]);

impl Run<'_, '_> {
    /// How many services at the beginning make a run.
    fn length(all: &[Own<'_>]) -> usize {
        let fits = |length: &usize| {
            let run = &all[..*length];
            let (shortest, longest) = ends(run);
            let is_one = |own: &Own<'_>| own.widgets == shortest || own.widgets == longest;
            run.is_sorted_by(|one, next| *one.service.name < *next.service.name)
                && longest.starts_with(shortest)
                && run.iter().all(is_one)
        };
        (1..=all.len()).take_while(fits).last().unwrap_or(1)
    }

    fn widgets(&self, environment: &Environment, rows: &str, locals: &mut Locals) -> Hcl {
        let (shortest, longest) = ends(self.0);
        let mut widgets: Vec<Hcl> = shortest.iter().map(|widget| in_rows(widget, rows)).collect();
        if longest.len() > shortest.len() {
            let more = longest[shortest.len()..].iter().map(|widget| in_rows(widget, rows)).collect();
            let with = self.0.iter().filter(|own| own.widgets == longest);
            let with: Vec<&str> = with.map(|own| &*own.service.name).collect();
            // The list is looked at for each service, and the widgets only for those that are in it.
            let names = locals.short("some_services", services::list(&with));
            widgets.push(Hcl::ForList(
                format!("name in {names}"),
                Box::new(Hcl::List(more)),
                Some("name == key".to_owned()),
            ));
        }
        let names: Vec<&str> = self.0.iter().map(|own| &*own.service.name).collect();
        let only = services::only(environment, &names, locals);
        Hcl::ForList("key, service in local.services".to_owned(), Box::new(Hcl::List(widgets)), only)
    }
}

/// A widget, with its row counted from the first one of its service.
fn in_rows(widget: &Hcl, rows: &str) -> Hcl {
    let Hcl::Object(fields) = widget else { return widget.clone() };
    let field = |(name, value): &(String, Hcl)| match value {
        Hcl::Raw(row) if name == "y" => {
            (name.clone(), Hcl::Raw(row.replacen('y', &format!("{rows}[key]"), 1)))
        }
        _ => (name.clone(), value.clone()),
    };
    Hcl::Object(fields.iter().map(field).collect())
}

fn ends<'r>(run: &'r [Own<'_>]) -> (&'r [Hcl], &'r [Hcl]) {
    let of = || run.iter().map(|own| &own.widgets[..]);
    let shortest = of().min_by_key(|widgets| widgets.len()).unwrap_or_default();
    (shortest, of().max_by_key(|widgets| widgets.len()).unwrap_or_default())
}

/// The widgets of all services, and those of each: they begin with a heading.
fn parts<'d, 'f>(board: &Board<'f>, widgets: &'d [Data<'d>]) -> (Vec<&'d Data<'d>>, Vec<Own<'f>>) {
    let heading = |widget: &Data<'_>| widget.get("type").and_then(known) == Some("text");
    let mut parts: Vec<Vec<&Data<'_>>> = Vec::new();
    for widget in widgets {
        match parts.last_mut() {
            Some(part) if !heading(widget) => part.push(widget),
            _ => parts.push(vec![widget]),
        }
    }
    let head = parts.remove(0);
    let own = board.services.iter().zip(&parts).map(|(service, widgets)| {
        let begin = widgets.first().map(|widget| row(widget)).unwrap_or_default();
        let widgets = widgets.iter().map(|widget| of_one(service, widget, begin)).collect();
        Own { service, begin, widgets }
    });
    (head, own.collect())
}

fn row(widget: &Data<'_>) -> i64 {
    match widget.get("y") {
        Some(Data::Integer(row)) => *row,
        _ => 0,
    }
}

/// A widget of one service.
fn of_one(service: &plan::Service, widget: &Data<'_>, begin: i64) -> Hcl {
    let place = Place::among(service, MODULE);
    let properties = widget.get("properties");
    let title = properties.and_then(|of| of.get("title")).and_then(known).unwrap_or_default();
    let phrases = phrases(service, title);
    map_fields(widget, &|name, value| match name {
        "y" if row(widget) == begin => Hcl::raw("y"),
        "y" => Hcl::Raw(format!("y + {}", row(widget) - begin)),
        "properties" => grouped(value_of(place, value, &phrases)),
        _ => value_of(place, value, &phrases),
    })
}

/// Properties: what is short shares a line.
fn grouped(properties: Hcl) -> Hcl {
    let Hcl::Object(fields) = properties else { return properties };
    let is_short = |value: &Hcl| matches!(value, Hcl::Raw(_) | Hcl::Text(_));
    let mut rows: Vec<Vec<(String, Hcl)>> = Vec::new();
    for (name, value) in fields {
        match rows.last_mut() {
            Some(last) if is_short(&value) && is_short(&last[0].1) => last.push((name, value)),
            _ => rows.push(vec![(name, value)]),
        }
    }
    Hcl::Rows(rows)
}

/// Values in properties: a line across a graph says its number twice.
fn value_of(place: Place<'_>, data: &Data<'_>, phrases: &[Phrase]) -> Hcl {
    let label = data.get("label").and_then(known).unwrap_or_default();
    let of_label = phrases.iter().find(|phrase| label == format!("{}{}", phrase.before, phrase.number));
    match data {
        Data::Map(_) => map_fields(data, &|name, value| match (name, of_label) {
            ("value", Some(phrase)) => {
                place.output(&phrase.output).unwrap_or_else(|| value_of(place, value, phrases))
            }
            _ => value_of(place, value, phrases),
        }),
        Data::List(items) => Hcl::List(items.iter().map(|item| value_of(place, item, phrases)).collect()),
        _ => match known(data) {
            Some(text) if text.starts_with("## ") => heading(place, text, phrases),
            Some(text) => place.known(text, phrases),
            None => place.expression(data),
        },
    }
}

/// `## SERVICE`, and its limits below.
fn heading(place: Place<'_>, text: &str, phrases: &[Phrase]) -> Hcl {
    use crate::render::encode::hcl::Piece;
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let Hcl::Text(rest) = place.known(&format!("\n{rest}"), phrases) else { return Hcl::text(text) };
    let mut pieces = vec![Piece::Literal("## ".to_owned())];
    let name = &first["## ".len()..];
    pieces.push(match place.is(name) {
        true => Piece::Reference("key".to_owned()),
        false => Piece::Literal(name.to_owned()),
    });
    pieces.extend(rest);
    Hcl::Text(pieces)
}

/// What is drawn of all services at once.
fn of_all(environment: &Environment, board: &Board<'_>, widget: &Data<'_>) -> Hcl {
    map_fields(widget, &|name, value| match name {
        "properties" => grouped(map_fields(value, &|name, value| match name {
            "metrics" => metrics(environment, board, value),
            _ => literal(value),
        })),
        _ => literal(value),
    })
}

/// A metric of each service: one expression for all, where they are alike.
fn metrics(environment: &Environment, board: &Board<'_>, metrics: &Data<'_>) -> Hcl {
    let every = board.services.len() == environment.services.len();
    let sorted = board.services.is_sorted_by(|one, next| *one.name < *next.name);
    let each = |service: &plan::Service, metric: &Data<'_>| {
        let place = Place::among(service, "service");
        labelled(place, metric)
    };
    if every && sorted && metrics.items().len() == board.services.len() {
        let of: Vec<Hcl> = board
            .services
            .iter()
            .zip(metrics.items())
            .map(|(service, metric)| each(service, metric))
            .collect();
        if of.len() > 1 && of.windows(2).all(|pair| pair[0] == pair[1]) {
            return Hcl::ForList("key, service in local.services".to_owned(), Box::new(of[0].clone()), None);
        }
    }
    literal(metrics)
}

/// A metric whose label is the name of its service.
fn labelled(place: Place<'_>, data: &Data<'_>) -> Hcl {
    match data {
        Data::Map(_) => map_fields(data, &|name, value| match (name, known(value)) {
            ("label", Some(label)) if place.is(label) => Hcl::raw("key"),
            _ => value_of(place, value, &[]),
        }),
        Data::List(items) => Hcl::List(items.iter().map(|item| labelled(place, item)).collect()),
        _ => value_of(place, data, &[]),
    }
}

/// Limits and targets, where widgets speak of them.
fn phrases(service: &plan::Service, title: &str) -> Vec<Phrase> {
    let (min, max) = (service.min.get().to_string(), service.max.get().to_string());
    let phrase = |before: String, number: &str, after: &str, output: &str| Phrase {
        before,
        number: number.to_owned(),
        after: after.to_owned(),
        output: output.to_owned(),
    };
    let mut phrases = vec![
        phrase("min ".into(), &min, "", "min_capacity"),
        phrase("max ".into(), &max, "", "max_capacity"),
        phrase("`, ".into(), &min, &format!(" to {max} tasks"), "min_capacity"),
        phrase(format!("`, {min} to "), &max, " tasks", "max_capacity"),
    ];
    let place = Place::among(service, MODULE);
    let of_title: &[(&str, PolicyId)] = if title.starts_with("Requests") {
        &[("target ", PolicyId::Requests)]
    } else {
        &[("target ", PolicyId::Cpu), ("target of memory ", PolicyId::Memory)]
    };
    for (before, id) in of_title {
        if let Some((target, output)) = place.target(id) {
            phrases.push(phrase((*before).to_owned(), &target.to_string(), "", &output));
        }
    }
    phrases
}

fn map_fields(data: &Data<'_>, with: &dyn Fn(&str, &Data<'_>) -> Hcl) -> Hcl {
    Hcl::Object(data.fields().iter().map(|(name, value)| (name.to_string(), with(name, value))).collect())
}

/// A value in which nothing is looked up.
fn literal(data: &Data<'_>) -> Hcl {
    crate::render::encode::hcl::expression(data, &|text| Hcl::text(text.known().unwrap_or_default()))
}

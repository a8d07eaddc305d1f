//! Dashboards as HCL values: widgets that are alike for several services are written once for them.

use crate::aws::dashboard::Board;
use crate::aws::{Data, Str};
use crate::plan::policy::PolicyId;
use crate::plan::{self, Environment};
use crate::render::encode::hcl::{self, Field, Hcl, Piece};

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
    widgets: Vec<Hcl<'f>>,
}

/// A dashboard, whose widgets are values by now.
pub(super) struct Widgets<'h> {
    body: &'h Data<'h>,
    /// Those of all services.
    head: Vec<Hcl<'h>>,
    own: Vec<Own<'h>>,
}

impl<'h> Widgets<'h> {
    pub(super) fn new(environment: &'h Environment, board: &Board<'h>, body: &'h Data<'h>) -> Self {
        let all = body.get("widgets").map(Data::items).unwrap_or_default();
        let (head, own) = parts(board, all);
        Self { body, head: head.iter().map(|widget| of_all(environment, board, widget)).collect(), own }
    }
}

/// The body of a dashboard.
pub(super) fn body<'h>(
    environment: &'h Environment,
    Widgets { body, head: mut widgets, own }: Widgets<'h>,
    locals: &mut Locals,
) -> Hcl<'h> {
    let rows = own.iter().map(|own| (Str::from(&*own.service.name), Hcl::raw(own.begin.to_string())));
    let rows = locals.named("rows", Hcl::Object(rows.collect()));
    let mut rest = &own[..];
    while !rest.is_empty() {
        let (run, after) = rest.split_at(Run::length(rest));
        widgets.push(Run(run).widgets(environment, &rows, locals));
        rest = after;
    }
    let mut widgets = Some(Hcl::Call("flatten", vec![Hcl::List(widgets)]));
    map_fields(body, &mut |name, value| match name {
        "widgets" => widgets.take().unwrap_or_else(|| literal(value)),
        _ => literal(value),
    })
}

/// Services whose widgets are alike, but for those at the end that some of them lack; Terraform, which sorts the keys of a
/// map, keeps their order.
struct Run<'r, 'f>(&'r [Own<'f>]);

impl<'f> Run<'_, 'f> {
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

    fn widgets(&self, environment: &Environment, rows: &str, locals: &mut Locals) -> Hcl<'f> {
        let (shortest, longest) = ends(self.0);
        let mut widgets: Vec<Hcl<'f>> = shortest.iter().map(|widget| in_rows(widget, rows)).collect();
        if longest.len() > shortest.len() {
            let more = longest[shortest.len()..].iter().map(|widget| in_rows(widget, rows)).collect();
            let with = self.0.iter().filter(|own| own.widgets == longest);
            let with: Vec<&str> = with.map(|own| &*own.service.name).collect();
            // The list is looked at for each service, and the widgets only for those that are in it.
            let names = locals.short("some_services", services::list(&with));
            widgets.push(Hcl::ForList(
                format!("name in {names}").into(),
                Box::new(Hcl::List(more)),
                Some("name == key".into()),
            ));
        }
        let names: Vec<&str> = self.0.iter().map(|own| &*own.service.name).collect();
        let only = services::only(environment, &names, locals);
        Hcl::ForList("key, service in local.services".into(), Box::new(Hcl::List(widgets)), only)
    }
}

/// A widget, with its row counted from the first one of its service.
fn in_rows<'f>(widget: &Hcl<'f>, rows: &str) -> Hcl<'f> {
    let Hcl::Object(fields) = widget else { return widget.clone() };
    let field = |(name, value): &Field<'f>| match value {
        Hcl::Raw(row) if name == "y" => {
            (name.clone(), Hcl::raw(row.replacen('y', &format!("{rows}[key]"), 1)))
        }
        _ => (name.clone(), value.clone()),
    };
    Hcl::Object(fields.iter().map(field).collect())
}

fn ends<'r, 'f>(run: &'r [Own<'f>]) -> (&'r [Hcl<'f>], &'r [Hcl<'f>]) {
    let of = || run.iter().map(|own| &own.widgets[..]);
    let shortest = of().min_by_key(|widgets| widgets.len()).unwrap_or_default();
    (shortest, of().max_by_key(|widgets| widgets.len()).unwrap_or_default())
}

/// The widgets of all services, and those of each: they begin with a heading.
fn parts<'h>(board: &Board<'h>, widgets: &'h [Data<'h>]) -> (Vec<&'h Data<'h>>, Vec<Own<'h>>) {
    let heading = |widget: &Data<'_>| widget.get("type").and_then(known) == Some("text");
    let mut parts: Vec<Vec<&'h Data<'h>>> = Vec::new();
    for widget in widgets {
        match parts.last_mut() {
            Some(part) if !heading(widget) => part.push(widget),
            _ => parts.push(vec![widget]),
        }
    }
    let head = parts.remove(0);
    let own = board.services.iter().zip(&parts).map(|(service, widgets)| {
        let begin = widgets.first().map(|widget| row(widget)).unwrap_or_default();
        let phrases = Phrases::new(service);
        let widgets = widgets.iter().map(|widget| of_one(service, &phrases, widget, begin)).collect();
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
fn of_one<'h>(service: &plan::Service, phrases: &Phrases, widget: &'h Data<'h>, begin: i64) -> Hcl<'h> {
    let place = Place::among(service, MODULE);
    let properties = widget.get("properties");
    let title = properties.and_then(|of| of.get("title")).and_then(known).unwrap_or_default();
    let phrases = phrases.of(title);
    map_fields(widget, &mut |name, value| match name {
        "y" if row(widget) == begin => Hcl::raw("y"),
        "y" => Hcl::raw(format!("y + {}", row(widget) - begin)),
        "properties" => grouped(value_of(place, value, phrases)),
        _ => value_of(place, value, phrases),
    })
}

/// Properties: what is short shares a line.
fn grouped(properties: Hcl<'_>) -> Hcl<'_> {
    let Hcl::Object(fields) = properties else { return properties };
    let is_short = |value: &Hcl<'_>| matches!(value, Hcl::Raw(_) | Hcl::Text(_));
    let mut rows: Vec<Vec<Field<'_>>> = Vec::new();
    for (name, value) in fields {
        match rows.last_mut() {
            Some(last) if is_short(&value) && is_short(&last[0].1) => last.push((name, value)),
            _ => rows.push(vec![(name, value)]),
        }
    }
    Hcl::Rows(rows)
}

/// Values in properties: a line across a graph says its number twice.
fn value_of<'h>(place: Place<'_>, data: &'h Data<'h>, phrases: &[Phrase]) -> Hcl<'h> {
    match data {
        Data::Map(_) => {
            let label = data.get("label").and_then(known).unwrap_or_default();
            let of_label = phrases.iter().find(|phrase| phrase.is_label(label));
            map_fields(data, &mut |name, value| match (name, of_label) {
                ("value", Some(phrase)) => {
                    place.output(phrase.output()).unwrap_or_else(|| value_of(place, value, phrases))
                }
                _ => value_of(place, value, phrases),
            })
        }
        Data::List(items) => Hcl::List(items.iter().map(|item| value_of(place, item, phrases)).collect()),
        _ => match known(data) {
            Some(text) if text.starts_with("## ") => heading(place, text, phrases),
            Some(text) => place.known(text, phrases),
            None => place.expression(data),
        },
    }
}

/// `## SERVICE`, and its limits below.
fn heading<'h>(place: Place<'_>, text: &'h str, phrases: &[Phrase]) -> Hcl<'h> {
    let (first, rest) = text.split_at(text.find('\n').unwrap_or(text.len()));
    let Hcl::Text(rest) = place.known(rest, phrases) else { return Hcl::text(text) };
    let mut pieces = vec![Piece::Literal("## ".into())];
    let name = &first["## ".len()..];
    pieces.push(match place.is(name) {
        true => Piece::Reference("key".into()),
        false => Piece::Literal(name.into()),
    });
    pieces.extend(rest);
    Hcl::Text(pieces)
}

/// What is drawn of all services at once.
fn of_all<'h>(environment: &Environment, board: &Board<'_>, widget: &'h Data<'h>) -> Hcl<'h> {
    map_fields(widget, &mut |name, value| match name {
        "properties" => grouped(map_fields(value, &mut |name, value| match name {
            "metrics" => metrics(environment, board, value),
            _ => literal(value),
        })),
        _ => literal(value),
    })
}

/// A metric of each service: one expression for all, where they are alike.
fn metrics<'h>(environment: &Environment, board: &Board<'_>, metrics: &'h Data<'h>) -> Hcl<'h> {
    let every = board.services.len() == environment.services.len();
    let sorted = board.services.is_sorted_by(|one, next| *one.name < *next.name);
    let each = |service: &plan::Service, metric: &'h Data<'h>| {
        let place = Place::among(service, "service");
        labelled(place, metric)
    };
    if every && sorted && metrics.items().len() == board.services.len() {
        let of: Vec<Hcl<'h>> = board
            .services
            .iter()
            .zip(metrics.items())
            .map(|(service, metric)| each(service, metric))
            .collect();
        if of.len() > 1 && of.windows(2).all(|pair| pair[0] == pair[1]) {
            return Hcl::ForList("key, service in local.services".into(), Box::new(of[0].clone()), None);
        }
    }
    literal(metrics)
}

/// A metric whose label is the name of its service.
fn labelled<'h>(place: Place<'_>, data: &'h Data<'h>) -> Hcl<'h> {
    match data {
        Data::Map(_) => map_fields(data, &mut |name, value| match (name, known(value)) {
            ("label", Some(label)) if place.is(label) => Hcl::raw("key"),
            _ => value_of(place, value, &[]),
        }),
        Data::List(items) => Hcl::List(items.iter().map(|item| labelled(place, item)).collect()),
        _ => value_of(place, data, &[]),
    }
}

/// Limits and targets, where widgets speak of them.
struct Phrases {
    /// Where requests are drawn.
    requests: Vec<Phrase>,
    /// Where something else is.
    others: Vec<Phrase>,
}

impl Phrases {
    fn new(service: &plan::Service) -> Self {
        let place = Place::among(service, MODULE);
        let (min, max) = (service.min.get(), service.max.get());
        let with = |targets: &[(&str, PolicyId)]| {
            let mut phrases = vec![
                Phrase::new("min ", &min, "", "min_capacity"),
                Phrase::new("max ", &max, "", "max_capacity"),
                Phrase::new("`, ", &min, &format!(" to {max} tasks"), "min_capacity"),
                Phrase::new(&format!("`, {min} to "), &max, " tasks", "max_capacity"),
            ];
            for (before, id) in targets {
                let target = place.target(id);
                phrases.extend(target.map(|(target, output)| Phrase::new(before, &target, "", &output)));
            }
            phrases
        };
        Self {
            requests: with(&[("target ", PolicyId::Requests)]),
            others: with(&[("target ", PolicyId::Cpu), ("target of memory ", PolicyId::Memory)]),
        }
    }

    /// Those of a widget with this title.
    fn of(&self, title: &str) -> &[Phrase] {
        if title.starts_with("Requests") { &self.requests } else { &self.others }
    }
}

fn map_fields<'h>(data: &'h Data<'h>, with: &mut dyn FnMut(&'h str, &'h Data<'h>) -> Hcl<'h>) -> Hcl<'h> {
    Hcl::Object(data.fields().iter().map(|(name, value)| ((&**name).into(), with(name, value))).collect())
}

/// A value in which nothing is looked up.
fn literal<'h>(data: &'h Data<'h>) -> Hcl<'h> {
    hcl::expression(data, &|text| Hcl::text(text.known().unwrap_or_default()))
}

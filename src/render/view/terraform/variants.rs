//! Expressions that differ from service to service in a few numbers or words: one, in which these are looked up.

use crate::render::encode::hcl::{self, Hcl, Piece};

/// Some services, and what it is for them.
pub(super) type Variant<'v> = (&'v [&'v str], &'v Hcl);

/// Most columns of a string that is looked up as a whole.
const WORD: usize = 40;
/// Most columns of a lookup.
const LOOKUP: usize = 120;

/// One expression for all variants; `key` is the service. None where they have not the same shape.
pub(super) fn unified(variants: &[Variant<'_>]) -> Option<Hcl> {
    let (_, first) = variants.first()?;
    if variants.iter().all(|(_, value)| value == first) {
        return Some((*first).clone());
    }
    match first {
        Hcl::Raw(_) => {
            let raw = |value: &Hcl| match value {
                Hcl::Raw(text) => Some(text.clone()),
                _ => None,
            };
            Some(Hcl::Raw(looked_up(variants, raw)?))
        }
        Hcl::Text(_) => text(variants),
        Hcl::List(_) => {
            let lists = all(variants, |value| match value {
                Hcl::List(items) => Some(items),
                _ => None,
            })?;
            Some(Hcl::List(each(variants, &lists)?))
        }
        Hcl::Object(_) => {
            let objects = all(variants, |value| match value {
                Hcl::Object(fields) => Some(fields),
                _ => None,
            })?;
            Some(Hcl::Object(fields(variants, &objects)?))
        }
        Hcl::Rows(_) => {
            let rows = all(variants, |value| match value {
                Hcl::Rows(rows) => Some(rows),
                _ => None,
            })?;
            let length = same(rows.iter().map(|rows| rows.len()))?;
            let row = |at: usize| fields(variants, &rows.iter().map(|rows| &rows[at]).collect::<Vec<_>>());
            Some(Hcl::Rows((0..length).map(row).collect::<Option<_>>()?))
        }
        _ => None,
    }
}

/// A part of each variant.
fn all<'v, T: ?Sized>(
    variants: &[Variant<'v>],
    part: impl Fn(&'v Hcl) -> Option<&'v T>,
) -> Option<Vec<&'v T>> {
    variants.iter().map(|(_, value)| part(value)).collect()
}

fn same<T: PartialEq>(mut values: impl Iterator<Item = T>) -> Option<T> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

/// Items in the same places.
fn each(variants: &[Variant<'_>], lists: &[&Vec<Hcl>]) -> Option<Vec<Hcl>> {
    let length = same(lists.iter().map(|items| items.len()))?;
    let item = |at: usize| {
        let items: Vec<Variant<'_>> =
            variants.iter().zip(lists).map(|((services, _), items)| (*services, &items[at])).collect();
        unified(&items)
    };
    (0..length).map(item).collect()
}

/// Fields of the same names.
fn fields(variants: &[Variant<'_>], objects: &[&Vec<(String, Hcl)>]) -> Option<Vec<(String, Hcl)>> {
    let length = same(objects.iter().map(|fields| fields.len()))?;
    let field = |at: usize| {
        let name = same(objects.iter().map(|fields| &fields[at].0))?;
        let values: Vec<Variant<'_>> =
            variants.iter().zip(objects).map(|((services, _), fields)| (*services, &fields[at].1)).collect();
        Some((name.clone(), unified(&values)?))
    };
    (0..length).map(field).collect()
}

/// Strings that differ in numbers; short ones are looked up as a whole.
fn text(variants: &[Variant<'_>]) -> Option<Hcl> {
    let tokens: Vec<Vec<Piece>> = variants
        .iter()
        .map(|(_, value)| match value {
            Hcl::Text(pieces) => Some(pieces.iter().flat_map(split).collect()),
            _ => None,
        })
        .collect::<Option<_>>()?;
    by_token(variants, &tokens).or_else(|| {
        let word = |value: &Hcl| {
            let mut text = String::new();
            hcl::line(value, &mut text);
            (text.len() <= WORD).then_some(text)
        };
        looked_up(variants, word).map(Hcl::Raw)
    })
}

fn by_token(variants: &[Variant<'_>], tokens: &[Vec<Piece>]) -> Option<Hcl> {
    let length = same(tokens.iter().map(Vec::len))?;
    let mut pieces = Vec::new();
    for at in 0..length {
        let here: Vec<&Piece> = tokens.iter().map(|tokens| &tokens[at]).collect();
        if let Some(piece) = same(here.iter()) {
            match (pieces.last_mut(), piece) {
                (Some(Piece::Literal(before)), Piece::Literal(text)) => before.push_str(text),
                _ => pieces.push((*piece).clone()),
            }
            continue;
        }
        let numbers: Vec<Hcl> = here.into_iter().map(number).collect::<Option<_>>()?;
        let of: Vec<Variant<'_>> =
            variants.iter().zip(&numbers).map(|((services, _), number)| (*services, number)).collect();
        let Hcl::Raw(lookup) = unified(&of)? else { return None };
        pieces.push(Piece::Reference(lookup));
    }
    Some(Hcl::Text(pieces))
}

/// A number, or a reference to one.
fn number(piece: &Piece) -> Option<Hcl> {
    match piece {
        Piece::Reference(reference) => Some(Hcl::Raw(reference.clone())),
        Piece::Literal(text) => {
            // Not `007`, which is another text than the number's.
            let plain = text.parse::<u64>().is_ok_and(|number| number.to_string() == *text);
            plain.then(|| Hcl::Raw(text.clone()))
        }
    }
}

/// Numbers apart from what stands between them.
fn split(piece: &Piece) -> Vec<Piece> {
    let Piece::Literal(text) = piece else { return vec![piece.clone()] };
    let mut parts: Vec<String> = Vec::new();
    for c in text.chars() {
        match parts.last_mut() {
            Some(last) if last.ends_with(|before: char| before.is_ascii_digit()) == c.is_ascii_digit() => {
                last.push(c)
            }
            _ => parts.push(c.to_string()),
        }
    }
    parts.into_iter().map(Piece::Literal).collect()
}

/// `lookup({ SERVICE = … }, key, …)`: what most services have stands last.
fn looked_up(variants: &[Variant<'_>], raw: impl Fn(&Hcl) -> Option<String>) -> Option<String> {
    let mut values: Vec<(String, Vec<&str>)> = Vec::new();
    for (services, value) in variants {
        let value = raw(value)?;
        match values.iter_mut().find(|(known, _)| *known == value) {
            Some((_, known)) => known.extend(services.iter()),
            None => values.push((value, services.to_vec())),
        }
    }
    let most = values.iter().map(|(_, services)| services.len()).max()?;
    let at = values.iter().position(|(_, services)| services.len() == most)?;
    let (default, _) = values.remove(at);
    let mut entries: Vec<(String, Hcl)> = values
        .iter()
        .flat_map(|(value, services)| {
            services.iter().map(|service| ((*service).to_owned(), Hcl::Raw(value.clone())))
        })
        .collect();
    entries.sort_by(|one, other| one.0.cmp(&other.0));
    let mut text = String::new();
    hcl::line(
        &Hcl::Call("lookup", vec![Hcl::Object(entries), Hcl::raw("key"), Hcl::Raw(default)]),
        &mut text,
    );
    (text.len() <= LOOKUP).then_some(text)
}

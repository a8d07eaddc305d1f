//! Expressions that differ from service to service in a few numbers or words: one, in which these are looked up.

use std::collections::BTreeMap;

use crate::aws::Str;
use crate::render::encode::hcl::{self, Field, Hcl, Piece};

/// Some services, and what it is for them.
pub(super) type Variant<'v> = (&'v [&'v str], &'v Hcl<'v>);

/// Most columns of a string that is looked up as a whole.
const WORD: usize = 40;
/// Most columns of a lookup.
const LOOKUP: usize = 120;

/// One expression for all variants; `key` is the service. None where they have not the same shape.
pub(super) fn unified<'v>(variants: &[Variant<'v>]) -> Option<Hcl<'v>> {
    let (_, first) = variants.first()?;
    if variants.iter().all(|(_, value)| value == first) {
        return Some((*first).clone());
    }
    match first {
        Hcl::Raw(_) => {
            let raw = |value: &'v Hcl<'v>| match value {
                Hcl::Raw(text) => Some(Str::from(&**text)),
                _ => None,
            };
            Some(Hcl::raw(looked_up(variants, raw)?))
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
    part: impl Fn(&'v Hcl<'v>) -> Option<&'v T>,
) -> Option<Vec<&'v T>> {
    variants.iter().map(|(_, value)| part(value)).collect()
}

fn same<T: PartialEq>(mut values: impl Iterator<Item = T>) -> Option<T> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

/// Items in the same places.
fn each<'v>(variants: &[Variant<'v>], lists: &[&'v Vec<Hcl<'v>>]) -> Option<Vec<Hcl<'v>>> {
    let length = same(lists.iter().map(|items| items.len()))?;
    let item = |at: usize| {
        let items: Vec<Variant<'v>> =
            variants.iter().zip(lists).map(|((services, _), items)| (*services, &items[at])).collect();
        unified(&items)
    };
    (0..length).map(item).collect()
}

/// Fields of the same names.
fn fields<'v>(variants: &[Variant<'v>], objects: &[&'v Vec<Field<'v>>]) -> Option<Vec<Field<'v>>> {
    let length = same(objects.iter().map(|fields| fields.len()))?;
    let field = |at: usize| {
        let name = same(objects.iter().map(|fields| &fields[at].0))?;
        let values: Vec<Variant<'v>> =
            variants.iter().zip(objects).map(|((services, _), fields)| (*services, &fields[at].1)).collect();
        Some((Str::from(&**name), unified(&values)?))
    };
    (0..length).map(field).collect()
}

/// Strings that differ in numbers; short ones are looked up as a whole.
fn text<'v>(variants: &[Variant<'v>]) -> Option<Hcl<'v>> {
    let tokens: Vec<Vec<Piece<'v>>> = variants
        .iter()
        .map(|(_, value)| match value {
            Hcl::Text(pieces) => Some(pieces.iter().flat_map(split).collect()),
            _ => None,
        })
        .collect::<Option<_>>()?;
    by_token(variants, &tokens).or_else(|| {
        let word = |value: &Hcl<'_>| {
            let mut text = String::new();
            hcl::line(value, &mut text);
            (text.len() <= WORD).then_some(text.into())
        };
        looked_up(variants, word).map(Hcl::raw)
    })
}

fn by_token<'v>(variants: &[Variant<'v>], tokens: &[Vec<Piece<'v>>]) -> Option<Hcl<'v>> {
    let length = same(tokens.iter().map(Vec::len))?;
    let mut pieces = Vec::new();
    for at in 0..length {
        let here: Vec<&Piece<'v>> = tokens.iter().map(|tokens| &tokens[at]).collect();
        if let Some(piece) = same(here.iter()) {
            match (pieces.last_mut(), piece) {
                (Some(Piece::Literal(before)), Piece::Literal(text)) => before.to_mut().push_str(text),
                _ => pieces.push((*piece).clone()),
            }
            continue;
        }
        let numbers: Vec<Hcl<'_>> = here.into_iter().map(number).collect::<Option<_>>()?;
        let of: Vec<Variant<'_>> =
            variants.iter().zip(&numbers).map(|((services, _), number)| (*services, number)).collect();
        let Hcl::Raw(lookup) = unified(&of)? else { return None };
        pieces.push(Piece::Reference(lookup.into_owned().into()));
    }
    Some(Hcl::Text(pieces))
}

/// A number, or a reference to one.
fn number<'p>(piece: &'p Piece<'_>) -> Option<Hcl<'p>> {
    match piece {
        Piece::Reference(reference) => Some(Hcl::raw(&**reference)),
        Piece::Literal(text) => {
            // Not `007`, which is another text than the number's.
            let plain = text.parse::<u64>().is_ok_and(|number| number.to_string() == *text);
            plain.then(|| Hcl::raw(&**text))
        }
    }
}

/// Numbers apart from what stands between them.
fn split<'p>(piece: &'p Piece<'_>) -> Vec<Piece<'p>> {
    let text = match piece {
        Piece::Literal(text) => &**text,
        Piece::Reference(reference) => return vec![Piece::Reference(Str::from(&**reference))],
    };
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    let runs = text.as_bytes().chunk_by(|one, next| is_digit(one) == is_digit(next));
    let mut at = 0;
    let run = |run: &[u8]| {
        at += run.len();
        Piece::Literal(text[at - run.len()..at].into())
    };
    runs.map(run).collect()
}

/// `lookup({ SERVICE = … }, key, …)`: what most services have stands last.
fn looked_up<'v>(variants: &[Variant<'v>], raw: impl Fn(&'v Hcl<'v>) -> Option<Str<'v>>) -> Option<String> {
    let mut values: Vec<(Str<'v>, Vec<&str>)> = Vec::new();
    let mut places = BTreeMap::new();
    for (services, value) in variants {
        let value = raw(value)?;
        let at = *places.entry(value.clone()).or_insert(values.len());
        match values.get_mut(at) {
            Some((_, known)) => known.extend(services.iter()),
            None => values.push((value, services.to_vec())),
        }
    }
    let most = values.iter().map(|(_, services)| services.len()).max()?;
    let at = values.iter().position(|(_, services)| services.len() == most)?;
    let (default, _) = values.remove(at);
    let mut entries: Vec<Field<'_>> = values
        .iter()
        .flat_map(|(value, services)| {
            services.iter().map(|service| (Str::from(*service), Hcl::raw(&**value)))
        })
        .collect();
    // Nothing that is too long is worth its making: each entry takes more than its name.
    if entries.iter().map(|(service, _)| service.len()).sum::<usize>() > LOOKUP {
        return None;
    }
    entries.sort_by(|one, other| one.0.cmp(&other.0));
    let mut text = String::new();
    hcl::line(
        &Hcl::Call("lookup", vec![Hcl::Object(entries), Hcl::raw("key"), Hcl::Raw(default)]),
        &mut text,
    );
    (text.len() <= LOOKUP).then_some(text)
}

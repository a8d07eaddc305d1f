//! The names that templates mention: what none of them mentions is not worked out.

use std::collections::HashSet;

/// The words in the tags of some templates, texts in quotes included: rather one too many than one too few.
#[derive(Debug, Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    pub(super) fn of<'t>(sources: impl IntoIterator<Item = &'t str>) -> Self {
        let tags = sources.into_iter().flat_map(tags);
        let words = tags.flat_map(|tag| tag.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
        let words: HashSet<&str> = words.collect();
        Self(words.into_iter().map(str::to_owned).collect())
    }

    /// A part of a view, if a template mentions it.
    pub(super) fn then<T>(&self, name: &str, part: impl FnOnce() -> T) -> Option<T> {
        self.0.contains(name).then(part)
    }
}

/// What stands in `{{ … }}` and `{% … %}`.
fn tags(source: &str) -> impl Iterator<Item = &str> {
    let mut rest = source;
    std::iter::from_fn(move || {
        let start =
            rest.match_indices('{').map(|(at, _)| at + 1).find(|at| rest[*at..].starts_with(['{', '%']))? + 1;
        let tag = &rest[start..];
        let end = end(tag.as_bytes());
        rest = &tag[end..];
        Some(&tag[..end])
    })
}

/// Where a tag ends: at the first `}}` or `%}` outside of quotes.
fn end(tag: &[u8]) -> usize {
    let mut quote = None;
    for (at, &byte) in tag.iter().enumerate() {
        match (quote, byte) {
            (None, b'}' | b'%') if tag.get(at + 1) == Some(&b'}') => return at,
            (None, b'"' | b'\'' | b'`') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    tag.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_tags_count_and_no_others() {
        let source =
            r#"outside {plain} {{ service.cost.month | default(value="}} quoted") }} {%- if docs %}{{x}}"#;
        let names = Names::of([source, "{% set open = never"]);
        for name in ["service", "cost", "month", "quoted", "docs", "x", "open", "never"] {
            assert_eq!(names.then(name, || ()), Some(()), "{name}");
        }
        for name in ["outside", "plain"] {
            assert_eq!(names.then(name, || ()), None, "{name}");
        }
    }
}

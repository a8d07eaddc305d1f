//! What the tests need of Markdown: headings as GitHub addresses them, links, fenced blocks, tables.

use std::collections::{BTreeMap, BTreeSet};

/// A document, taken apart.
pub struct Page {
    /// The addresses of its headings.
    pub anchors: BTreeSet<String>,
    /// The targets of its links.
    pub links: Vec<String>,
    /// Its fenced blocks: what stands behind the fence, and the text.
    pub blocks: Vec<(String, String)>,
    /// What is odd about it.
    pub problems: Vec<String>,
}

impl Page {
    /// Takes a document apart.
    pub fn parse(text: &str) -> Self {
        let mut page =
            Self { anchors: BTreeSet::new(), links: Vec::new(), blocks: Vec::new(), problems: Vec::new() };
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        let mut open: Option<(usize, String, String)> = None;
        let mut columns: Option<usize> = None;
        for line in text.lines() {
            let (fence, indent) = (line.trim_start(), line.len() - line.trim_start().len());
            if let Some((begun_at, info, body)) = &mut open {
                if fence == "```" {
                    page.blocks.push((info.clone(), std::mem::take(body)));
                    open = None;
                } else {
                    body.push_str(line.get(*begun_at..).unwrap_or_default());
                    body.push('\n');
                }
                continue;
            }
            if let Some(info) = fence.strip_prefix("```") {
                open = Some((indent, info.trim().to_owned(), String::new()));
                columns = None;
                continue;
            }
            let (prose, spans) = without_code(line);
            if let Some(heading) = heading(line) {
                let slug = slug(&heading);
                let times = seen.entry(slug.clone()).and_modify(|times| *times += 1).or_insert(0);
                page.anchors.insert(if *times == 0 { slug } else { format!("{slug}-{times}") });
            }
            page.links.extend(links(&prose));
            if spans.is_none() && !line.starts_with("<!--") {
                page.problems.push(format!("a code span does not end: {line}"));
            }
            columns = page.row(line, columns);
        }
        if let Some((_, info, _)) = open {
            page.problems.push(format!("the block ```{info} does not end"));
        }
        page
    }

    /// All rows of a table have as many cells; returns how many.
    fn row(&mut self, line: &str, columns: Option<usize>) -> Option<usize> {
        if !line.starts_with('|') {
            return None;
        }
        let cells = line.replace("\\|", "").matches('|').count();
        if columns.is_some_and(|columns| columns != cells) || !line.ends_with('|') {
            self.problems.push(format!("a row with {cells} bars: {line}"));
        }
        Some(cells)
    }

    /// The commands of the page, as a reader pastes them one after another.
    pub fn commands(&self) -> String {
        let commands = self.blocks.iter().filter(|(info, _)| info == "sh" || info == "bash");
        commands.map(|(_, body)| body.as_str()).collect()
    }
}

fn heading(line: &str) -> Option<String> {
    let hashes = line.len() - line.trim_start_matches('#').len();
    let text = line.trim_start_matches('#').strip_prefix(' ')?;
    (1..=6).contains(&hashes).then(|| text.trim().to_owned())
}

/// GitHub's address of a heading: small letters, blanks as hyphens, nothing but letters, digits, `-` and `_`.
fn slug(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// A line without its code spans, and those; no spans if one does not end.
fn without_code(line: &str) -> (String, Option<Vec<String>>) {
    let (mut prose, mut spans, mut rest) = (String::new(), Vec::new(), line);
    while let Some(at) = rest.find('`') {
        let ticks = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        let fence = &rest[at..at + ticks];
        prose.push_str(&rest[..at]);
        let after = &rest[at + ticks..];
        let mut from = 0;
        let end = loop {
            let Some(found) = after[from..].find(fence).map(|found| from + found) else {
                return (prose + rest, None);
            };
            let run = after[found..].len() - after[found..].trim_start_matches('`').len();
            if run == ticks {
                break found;
            }
            from = found + run;
        };
        spans.push(after[..end].to_owned());
        rest = &after[end + ticks..];
    }
    (prose + rest, Some(spans))
}

fn links(prose: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in prose.match_indices("](") {
        let target = prose[at + 2..].split([')', ' ']).next().unwrap_or_default();
        found.push(target.to_owned());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_taken_apart() {
        let text = "# A `b_c`: d!\n## x\n## x\n[l](../a.md#b) `[no](x)` ``a`b`` \n- i\n  ```sh\n  aws a \\\n    b\n  ```\n";
        let page = Page::parse(text);
        assert_eq!(page.anchors, ["a-b_c-d", "x", "x-1"].map(String::from).into());
        assert_eq!(page.links, ["../a.md#b"]);
        assert_eq!(page.commands(), "aws a \\\n  b\n");
        assert_eq!(page.problems, Vec::<String>::new());
        for bad in ["`a", "```sh\nx", "| a | b |\n|---|---|\n| a |\n", "| a\n"] {
            assert!(!Page::parse(bad).problems.is_empty(), "{bad}");
        }
        assert_eq!(Page::parse("| a \\| b |\n| c |\n").problems, Vec::<String>::new());
    }
}

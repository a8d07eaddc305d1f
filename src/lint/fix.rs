//! Mending: the edits of findings, carried out on the text byte by byte, so that all else stays as it was laid out.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::Document;

/// A text in which findings were mended.
#[derive(Debug)]
pub struct Mended {
    /// The new text.
    pub text: String,
    /// The findings that are mended in it.
    pub findings: Vec<Diagnostic>,
}

/// Carries out all fixes that do not touch one another; what is left is found, and mended, the next time. `None` if there
/// is nothing to do.
pub fn mend(document: &Document, found: &Diagnostics) -> Option<Mended> {
    // By their first byte; no two of them touch.
    let mut edits: BTreeMap<usize, (usize, &str)> = BTreeMap::new();
    let mut findings = Vec::new();
    for finding in found.iter() {
        let Some(ranges) = ranges(document, finding) else { continue };
        let touches = |range: &Range<usize>| {
            edits.range(..=range.end).next_back().is_some_and(|(_, (end, _))| *end >= range.start)
        };
        if ranges.iter().any(|(range, _)| touches(range)) {
            continue;
        }
        edits.extend(ranges.into_iter().map(|(range, new)| (range.start, (range.end, new))));
        findings.push(finding.clone());
    }
    let (mut text, mut kept) = (String::with_capacity(document.text().len()), 0);
    for (start, (end, new)) in edits {
        text.push_str(&document.text()[kept..start]);
        text.push_str(new);
        kept = end;
    }
    text.push_str(&document.text()[kept..]);
    (!findings.is_empty()).then_some(Mended { text, findings })
}

/// A finding without its fix, if that cannot be carried out here: no report promises it then.
pub(super) fn only_possible_fix(document: &Document, finding: Diagnostic) -> Diagnostic {
    let fix = ranges(document, &finding).and_then(|_| finding.fix.clone());
    Diagnostic { fix, ..finding }
}

/// What the fix of a finding replaces, if it has one that can be carried out whole.
fn ranges<'f>(document: &Document, finding: &'f Diagnostic) -> Option<Vec<(Range<usize>, &'f str)>> {
    let edits = &finding.fix.as_ref()?.edits;
    edits.iter().map(|edit| Some((document.replaceable(&edit.at)?, edit.text.as_str()))).collect()
}

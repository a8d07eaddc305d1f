//! Mending: the edits of findings, carried out on the text byte by byte, so that all else stays as it was laid out.

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
    let mut edits: Vec<(Range<usize>, &str)> = Vec::new();
    let mut findings = Vec::new();
    for finding in found {
        let Some(ranges) = ranges(document, finding) else { continue };
        if ranges.iter().any(|(range, _)| edits.iter().any(|(other, _)| touch(range, other))) {
            continue;
        }
        edits.extend(ranges);
        findings.push(finding.clone());
    }
    edits.sort_by_key(|(range, _)| range.start);
    let mut text = document.text().to_owned();
    for (range, new) in edits.into_iter().rev() {
        text.replace_range(range, new);
    }
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

fn touch(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start <= b.end && b.start <= a.end
}

//! Findings that are meant so. A comment allows them on its line, or, alone on a line, on the next one that says
//! something; `lint.allow` allows them everywhere:
//!
//! ```yaml
//! capacity: { min: 1 } # gen: allow(production-of-one) the scheduler must not run twice
//! ```
//!
//! Each has a reason; without one it does not count. One that allows nothing is itself a finding.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::fix::only_possible_fix;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location, Severity, Trait, did_you_mean};
use crate::document::Document;
use crate::plan::Fleet;

const MARK: &str = "gen:";
const SYNTAX: &str = "write `# gen: allow(code) reason`";

/// One code that is allowed somewhere.
struct Allow<'d> {
    name: &'d str,
    place: Location,
    /// The line on which it allows; `None`: on all.
    line: Option<usize>,
    reason: bool,
    /// What a fix replaces if this allows nothing, and by what; nothing for `lint.allow`, whose layout is not known.
    removal: Option<(Range<usize>, String)>,
    used: Cell<bool>,
}

/// All that is allowed in a spec.
#[derive(Default)]
struct Allows<'d> {
    allows: Vec<Allow<'d>>,
    /// Those with a reason, by the code that they name and the line on which they allow it.
    effective: BTreeMap<(&'d str, Option<usize>), Vec<usize>>,
    /// Comments that were meant to allow something, and cannot be read.
    malformed: Vec<Location>,
}

/// What is found less what is allowed: for commands that do not run the rules, and so cannot judge what is allowed.
pub fn without_allowed(document: &Document, fleet: Option<&Fleet>, found: Diagnostics) -> Diagnostics {
    if found.is_empty() {
        return found;
    }
    let allows = Allows::read(document, fleet);
    found.into_iter().filter(|finding| !allows.allow(document, finding)).collect()
}

/// What is found less what is allowed, and what is wrong with allowing it.
pub fn judged(document: &Document, fleet: &Fleet, found: Diagnostics) -> Diagnostics {
    let allows = Allows::read(document, Some(fleet));
    let (allowed, left): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|finding| allows.allow(document, finding));
    drop(allowed);
    let mut judged = Diagnostics::default();
    let there = left.iter().map(|finding| (finding.code.name(), line_of(document, finding))).collect();
    for allow in &allows.allows {
        judged_allow(allow, &there).into_iter().for_each(|finding| judged.push(finding));
    }
    allows.malformed.iter().for_each(|place| judged.push(malformed_allow(place.clone())));
    left.into_iter().chain(judged).map(|finding| only_possible_fix(document, finding)).collect()
}

/// Codes that were found, each with its line.
type FoundOn = BTreeSet<(&'static str, usize)>;

fn line_of(document: &Document, finding: &Diagnostic) -> usize {
    document.line_before(document.locate(&finding.primary.location).start).0
}

fn judged_allow(allow: &Allow<'_>, left: &FoundOn) -> Option<Diagnostic> {
    let Some(code) = Code::named(allow.name).filter(|code| can_be_allowed(*code)) else {
        return Some(unknown_allow(allow, left));
    };
    if !allow.reason {
        return Some(allow_without_reason(allow));
    }
    (!allow.used.get()).then(|| unused_allow(code, allow))
}

fn can_be_allowed(code: Code) -> bool {
    !code.is(Trait::OfAllowing) && (code.is(Trait::Lint) || code.severity() != Severity::Error)
}

fn unknown_allow(allow: &Allow<'_>, left: &FoundOn) -> Diagnostic {
    let name = allow.name;
    if Code::named(name).is_some() {
        let message = format!("`{name}` cannot be allowed: it is not a matter of judgement");
        let problem = Diagnostic::new(Code::UnknownAllow, allow.place.clone(), message);
        return problem.help("remove it, and mend what is found");
    }
    let known = Code::all().filter(|code| can_be_allowed(*code)).map(|code| code.name());
    let meant = did_you_mean(name, known);
    let message = format!("there is no rule `{name}` to allow");
    let problem = Diagnostic::new(Code::UnknownAllow, allow.place.clone(), message);
    let Some(meant) = meant else { return problem.help("`gen rule` lists them") };
    let problem = problem.help(format!("did you mean `{meant}`?"));
    // Only where that very rule finds something just there, nothing else can have been meant.
    let there = |line| left.contains(&(meant, line));
    if allow.removal.is_some() && allow.reason && allow.line.is_some_and(there) {
        return problem.fix(format!("write `{meant}`"), allow.place.clone(), meant);
    }
    problem
}

fn allow_without_reason(allow: &Allow<'_>) -> Diagnostic {
    let message = format!("`{}` is allowed without a reason, so it is not", allow.name);
    Diagnostic::new(Code::AllowWithoutReason, allow.place.clone(), message)
        .help("say behind it why this is meant so: whoever comes next must be able to judge it")
}

fn unused_allow(code: Code, allow: &Allow<'_>) -> Diagnostic {
    let place = if allow.line.is_some() { "here" } else { "anywhere" };
    let message = format!("`{code}` is allowed and not found {place}");
    let problem = Diagnostic::new(Code::UnusedAllow, allow.place.clone(), message);
    let problem = problem.help("remove it: it would hide the next finding of this kind");
    match &allow.removal {
        Some((range, text)) => {
            let does = if text.is_empty() { "remove the comment" } else { "remove the code" };
            problem.fix(does, Location::Bytes(range.clone()), text)
        }
        None => problem,
    }
}

fn malformed_allow(place: Location) -> Diagnostic {
    let message = "this comment is for gen, which cannot read it: it allows nothing";
    Diagnostic::new(Code::MalformedAllow, place, message).help(SYNTAX)
}

impl<'d> Allows<'d> {
    fn read(document: &'d Document, fleet: Option<&'d Fleet>) -> Self {
        let mut allows = Self::default();
        if document.text().contains(MARK) {
            document.comments().into_iter().for_each(|comment| allows.comment(document, comment));
        }
        for (name, reason) in fleet.into_iter().flat_map(|fleet| &fleet.allowed) {
            allows.allows.push(Allow {
                name,
                place: Location::key(["lint", "allow", name]),
                line: None,
                reason: !reason.trim().is_empty(),
                removal: None,
                used: Cell::new(false),
            });
        }
        for (at, allow) in allows.allows.iter().enumerate().filter(|(_, allow)| allow.reason) {
            allows.effective.entry((allow.name, allow.line)).or_default().push(at);
        }
        allows
    }

    fn allow(&self, document: &Document, finding: &Diagnostic) -> bool {
        if self.effective.is_empty() || !can_be_allowed(finding.code) {
            return false;
        }
        let lines = [None, Some(line_of(document, finding))];
        let covering = lines.map(|line| self.effective.get(&(finding.code.name(), line)));
        let mut covering = covering.into_iter().flatten().flatten().peekable();
        let allowed = covering.peek().is_some();
        covering.for_each(|at| self.allows[*at].used.set(true));
        allowed
    }

    fn comment(&mut self, document: &'d Document, comment: Range<usize>) {
        let text = document.text()[comment.clone()].trim_end();
        let Some(start) = directive(text) else { return };
        let end = text[start + 1..].find(" # ").map_or(text.len(), |end| start + 1 + end);
        let whole = comment.start + start..comment.start + end;
        let Some((list, reason)) = parsed(document.text(), whole.clone()) else {
            self.malformed.push(Location::Bytes(whole));
            return;
        };
        let line = line_meant(document, whole.start);
        let codes: Vec<Range<usize>> = words(document.text(), list.clone());
        for code in &codes {
            let others = codes.iter().filter(|other| *other != code);
            let others: Vec<&str> = others.map(|other| &document.text()[other.clone()]).collect();
            let removal = match others.as_slice() {
                [] => (with_blanks(document.text(), &whole), String::new()),
                others => (list.clone(), others.join(", ")),
            };
            self.allows.push(Allow {
                name: &document.text()[code.clone()],
                place: Location::Bytes(code.clone()),
                line: Some(line),
                reason,
                removal: Some(removal),
                used: Cell::new(false),
            });
        }
    }
}

/// Where in a comment the part for gen begins: `# gen:`, first or behind other words.
fn directive(comment: &str) -> Option<usize> {
    let hashes = comment.match_indices('#').map(|(at, _)| at);
    let mut begins = hashes.filter(|at| *at == 0 || comment[..*at].ends_with([' ', '\t']));
    begins.find(|at| comment[at + 1..].trim_start().starts_with(MARK))
}

/// The codes between the brackets, and whether a reason follows.
fn parsed(text: &str, directive: Range<usize>) -> Option<(Range<usize>, bool)> {
    let said = &text[directive.clone()];
    let after = &said[said.find(MARK)? + MARK.len()..];
    let inner = after.trim_start().strip_prefix("allow")?.trim_start().strip_prefix('(')?;
    let close = inner.find(')')?;
    let start = directive.end - inner.len();
    let list = start..start + close;
    let some = words(text, list.clone()).iter().all(|word| !word.is_empty());
    some.then(|| (list, inner[close + 1..].contains(|c: char| c.is_alphanumeric())))
}

/// The words of a list separated by commas.
fn words(text: &str, list: Range<usize>) -> Vec<Range<usize>> {
    let mut start = list.start;
    let word = |part: &str| {
        let begin = start + (part.len() - part.trim_start().len());
        start += part.len() + 1;
        begin..begin + part.trim().len()
    };
    text[list].split(',').map(word).collect()
}

/// The line that a comment speaks of: its own, or, where nothing stands before it, the next that is more than a comment.
fn line_meant(document: &Document, at: usize) -> usize {
    let (line, before) = document.line_before(at);
    let alone = |text: &str| text.trim_start().is_empty() || text.trim_start().starts_with('#');
    if !alone(before) {
        return line;
    }
    let mut below = (line + 1..).zip(document.text_from(line + 1).lines());
    below.find(|(_, text)| !alone(text)).map_or(line, |(line, _)| line)
}

/// What goes with a comment: the blanks before it, or its whole line if nothing else stands there.
fn with_blanks(text: &str, comment: &Range<usize>) -> Range<usize> {
    let start = text[..comment.start].trim_end_matches([' ', '\t']).len();
    let end = text[comment.end..].find('\n').map_or(text.len(), |newline| comment.end + newline + 1);
    let above = text[..start].trim_start_matches('\u{feff}');
    let first = above.is_empty() || above.ends_with('\n');
    match (first, text[comment.end..end].trim().is_empty()) {
        (true, true) => start..end,
        // Another comment follows, and keeps its distance.
        (true, false) => comment.start..comment.end + leading_blanks(&text[comment.end..end]),
        (false, _) => start..comment.end,
    }
}

fn leading_blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t']).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Document {
        Document::parse("spec.yaml", text.as_bytes().to_vec(), &mut Diagnostics::default())
    }

    fn allowed(text: &str) -> Vec<(String, Option<usize>, bool)> {
        let document = document(text);
        let allows = Allows::read(&document, None);
        allows.allows.iter().map(|allow| (allow.name.to_owned(), allow.line, allow.reason)).collect()
    }

    #[test]
    fn a_comment_allows_on_its_line_or_on_the_next() {
        let text = "\
# gen: allow(a) why
# more words

x: 1 # gen: allow(b, c) why not # and more
y: 2 # words # gen: allow(d)
z: \"# gen: allow(e) no comment\"
w: |
  # gen: allow(f) no comment
v: 'a' #gen:allow( g )why
";
        let is = |name: &str, line, reason| (name.to_owned(), Some(line), reason);
        assert_eq!(
            allowed(text),
            [is("a", 4, true), is("b", 4, true), is("c", 4, true), is("d", 5, false), is("g", 9, true)]
        );
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        for comment in ["# gen: alow(a) x", "# gen: allow a", "# gen: allow(a", "# gen: allow() x", "# gen:"]
        {
            let document = document(&format!("x: 1 {comment}\n"));
            let allows = Allows::read(&document, None);
            assert_eq!((allows.allows.len(), allows.malformed.len()), (0, 1), "{comment}");
        }
        for comment in ["# regen: a", "# general", "#gen"] {
            let document = document(&format!("x: 1 {comment}\n"));
            assert!(Allows::read(&document, None).malformed.is_empty(), "{comment}");
        }
    }

    #[test]
    fn a_comment_is_removed_with_the_blanks_before_it() {
        for (text, expected) in [
            ("a: 1  # gen: allow(x) y\nb: 2\n", "a: 1\nb: 2\n"),
            ("a: 1\n  # gen: allow(x) y\nb: 2\n", "a: 1\nb: 2\n"),
            ("# gen: allow(x) y\r\nb: 2\r\n", "b: 2\r\n"),
            ("a: 1 # gen: allow(x) y\r\nb: 2\r\n", "a: 1\r\nb: 2\r\n"),
            ("a: 1 # gen: allow(x) y # words\n", "a: 1 # words\n"),
            ("a: 1 # words # gen: allow(x) y\n", "a: 1 # words\n"),
            ("  # gen: allow(x) y # words\na: 1\n", "  # words\na: 1\n"),
            ("a: 1 # gen: allow(x) y", "a: 1"),
            ("\u{feff}# gen: allow(x) y\nb: 2\n", "\u{feff}b: 2\n"),
        ] {
            let document = document(text);
            let allows = Allows::read(&document, None);
            let (range, new) = allows.allows[0].removal.clone().unwrap();
            let mut mended = text.to_owned();
            mended.replace_range(range, &new);
            assert_eq!(mended, expected, "{text:?}");
        }
    }
}

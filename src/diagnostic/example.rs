//! A spec in which one code is found, and the same spec mended: what `tests/invalid/<code>.yaml` holds.
//!
//! `# ERROR: <code>` (or `# WARNING:`, `# NOTICE:`) at the end of a line says what is found there, for the tests. A comment line
//! `# INSTEAD: <text>` replaces the line above it, and what is indented below that line, in the mended spec; several in
//! a row are several lines.

const MARKERS: [&[u8]; 3] = [b"# ERROR: ", b"# WARNING: ", b"# NOTICE: "];
const INSTEAD: &str = "# INSTEAD: ";

/// The two specs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The spec with the mistake: bytes, because some mistakes are.
    pub bad: Vec<u8>,
    /// The mended spec.
    pub good: String,
    /// The mended lines, below the keys they belong to.
    pub mended: String,
}

impl Example {
    /// The two specs of a fixture.
    pub fn of(fixture: &[u8]) -> Self {
        let lines = mend(&String::from_utf8_lossy(fixture));
        let join = |lines: Vec<&Line>| lines.iter().map(|line| format!("{}\n", line.text)).collect();
        Self { bad: bad(fixture), good: join(lines.iter().collect()), mended: join(excerpt(&lines)) }
    }
}

/// The fixture without its markers and mended lines.
fn bad(fixture: &[u8]) -> Vec<u8> {
    let lines = fixture.split_inclusive(|byte| *byte == b'\n');
    let shown = lines.filter(|line| !line.trim_ascii_start().starts_with(INSTEAD.as_bytes()));
    shown.flat_map(|line| [without_marker(line), &line[line.trim_ascii_end().len()..]].concat()).collect()
}

/// What a line says to YAML, without its end.
fn without_marker(line: &[u8]) -> &[u8] {
    let find = |marker: &&[u8]| line.windows(marker.len()).position(|window| window == *marker);
    line[..MARKERS.iter().find_map(find).unwrap_or(line.len())].trim_ascii_end()
}

struct Line {
    text: String,
    mended: bool,
}

impl Line {
    fn indent(&self) -> usize {
        indent(&self.text)
    }
}

fn indent(text: &str) -> usize {
    text.len() - text.trim_start_matches(' ').len()
}

fn mend(fixture: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    // While what stands below a replaced line is skipped: the indentation of that line.
    let mut replaced = None;
    for line in fixture.lines() {
        if let Some(text) = line.trim_start().strip_prefix(INSTEAD) {
            let depth = match replaced {
                Some(depth) => depth,
                None => lines.pop().map_or(0, |line| line.indent()),
            };
            replaced = Some(depth);
            lines.push(Line { text: format!("{:depth$}{text}", ""), mended: true });
        } else if replaced.is_none_or(|depth| indent(line) <= depth) {
            replaced = None;
            let text = String::from_utf8_lossy(without_marker(line.as_bytes())).into_owned();
            lines.push(Line { text, mended: false });
        }
    }
    lines
}

/// The mended lines and, for each, the keys above it.
fn excerpt(lines: &[Line]) -> Vec<&Line> {
    let mut shown = vec![false; lines.len()];
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.mended) {
        shown[at] = true;
        let mut depth = line.indent();
        for above in (0..at).rev() {
            if lines[above].indent() < depth && !lines[above].text.is_empty() {
                shown[above] = true;
                depth = lines[above].indent();
            }
        }
    }
    lines.iter().zip(shown).filter(|(_, shown)| *shown).map(|(line, _)| line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixture_is_two_specs() {
        let fixture = "\
a: 1
b:
  c: # ERROR: some-code
  # INSTEAD: c:
  # INSTEAD:   d: 3
    d: x\r
e: 4
";
        let example = Example::of(fixture.as_bytes());
        assert_eq!(example.bad, b"a: 1\nb:\n  c:\n    d: x\r\ne: 4\n");
        assert_eq!(example.good, "a: 1\nb:\n  c:\n    d: 3\ne: 4\n");
        assert_eq!(example.mended, "b:\n  c:\n    d: 3\n");
    }
}

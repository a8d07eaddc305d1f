//! The pages of the codes, in Markdown: what `gen rule CODE` prints and `docs/rules/` keeps.

use std::io::{self, Write};

use super::{in_file_order, plain};
use crate::diagnostic::{Code, Diagnostics, Trait};
use crate::document::Document;

/// Prints the page of a code. `found` is what is wrong with its example, which `document` holds; `mended` is what to
/// write there instead.
pub fn page(
    code: Code,
    document: &Document,
    found: &Diagnostics,
    mended: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "# {code}\n\n**{}**: {}\n\n{}", code.severity(), code.summary(), code.why())?;
    if let Some(by) = found_by(code) {
        writeln!(out, "\n{by}")?;
    }
    if let Some(source) = code.source() {
        writeln!(out, "\nSource: {source}.")?;
    }
    writeln!(out, "\n## What it looks like\n\n```text")?;
    let of_code = in_file_order(document, found).into_iter().filter(|finding| finding.code == code);
    let reports: Vec<String> = of_code.map(|finding| plain::finding(document, finding)).collect();
    writeln!(out, "{}\n```\n\n## What to write instead\n\n```yaml\n{}```", reports.join("\n\n"), mended)
}

/// Prints all codes, one a line.
pub fn list(out: &mut dyn Write) -> io::Result<()> {
    let codes = by_name();
    let width = codes.iter().map(|code| code.name().len()).max().unwrap_or_default();
    for code in codes {
        writeln!(out, "{:width$}  {:7}  {}", code.name(), code.severity().to_string(), code.summary())?;
    }
    writeln!(out, "\n`gen rule CODE` says why, and what to write instead.")
}

/// Prints the index of the pages.
pub fn index(out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "# Rules\n\nEvery finding has a code; each has a page, which `gen rule CODE` prints too.\n"
    )?;
    writeln!(out, "| code | severity | by | what |\n|---|---|---|---|")?;
    for code in by_name() {
        let by = if code.is(Trait::Lint) { "lint" } else { "validate" };
        writeln!(out, "| [{code}]({code}.md) | {} | {by} | {} |", code.severity(), code.summary())?;
    }
    Ok(())
}

/// Which command finds it, where that is not all of them, and what can be done about it.
fn found_by(code: Code) -> Option<String> {
    let mut said = Vec::new();
    if code.is(Trait::Lint) {
        said.push("`gen lint` finds this.".to_owned());
    }
    if code.is(Trait::Fixable) {
        said.push("`gen lint --fix` mends it where that cannot be wrong.".to_owned());
    }
    if code.is(Trait::Lint) && !code.is(Trait::OfAllowing) {
        said.push(format!("Where it is meant so: `# gen: allow({code}) reason`."));
    }
    (!said.is_empty()).then(|| said.join(" "))
}

fn by_name() -> Vec<Code> {
    let mut codes: Vec<Code> = Code::all().collect();
    codes.sort();
    codes
}

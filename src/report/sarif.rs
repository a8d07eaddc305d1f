//! SARIF 2.1.0 (OASIS), which code scanning and editors read: one run, its rules, its results.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{FileReport, explained, in_file_order, status};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Label, Location, Severity};
use crate::document::Document;

/// Prints the findings of a command.
pub fn diagnostics(
    command: &str,
    document: &Document,
    diagnostics: &Diagnostics,
    out: &mut dyn Write,
) -> io::Result<()> {
    let findings = in_file_order(document, diagnostics);
    let mut codes: Vec<Code> = findings.iter().map(|finding| finding.code).collect();
    codes.sort();
    codes.dedup();
    let rules = codes.iter().map(|code| rule(*code)).collect();
    let results = findings.iter().map(|finding| {
        let index = codes.iter().position(|code| *code == finding.code);
        result(document, finding, index.expect("made of the findings"))
    });
    print(command, rules, results.collect(), out)
}

/// Prints the differences of `gen check`.
pub fn drift(files: &[FileReport<'_>], fix: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    let rule = json!({
        "id": "drift",
        "shortDescription": { "text": "A generated file is not what the spec says." },
        "fullDescription": { "text": "What is committed is what gets applied. A file that is missing, stale, orphaned or edited by hand is not what was reviewed in the spec." },
        "help": { "text": "Run the command that the message names; `gen check` shows the difference." },
        "defaultConfiguration": { "level": "error" },
    });
    let fix = fix.map(|fix| format!("\nfix: {fix}")).unwrap_or_default();
    let results = files.iter().map(|file| {
        json!({
            "ruleId": "drift",
            "ruleIndex": 0,
            "level": "error",
            "message": { "text": text(&format!("{}{fix}", explained(file.kind))) },
            "locations": [{ "physicalLocation": place(&file.shown, json!({ "startLine": 1 })) }],
            "properties": { "status": status(file.kind) },
        })
    });
    print("check", vec![rule], results.collect(), out)
}

fn print(command: &str, rules: Vec<Value>, results: Vec<Value>, out: &mut dyn Write) -> io::Result<()> {
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            // What tells the two commands apart where both are uploaded for one commit.
            "automationDetails": { "id": format!("{}/{command}/", env!("CARGO_PKG_NAME")) },
            "columnKind": "utf16CodeUnits",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn rule(code: Code) -> Value {
    let why: Vec<String> = code.why().split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).collect();
    let mut help = why.clone();
    help.extend(code.source().map(|source| format!("Source: {source}.")));
    help.push(format!("`{}` shows an example, and what to write instead.", code.docs()));
    let help = help.join("\n\n");
    json!({
        "id": code.name(),
        "name": format!("{code:?}"),
        "shortDescription": { "text": code.summary() },
        "fullDescription": { "text": why.join("\n\n") },
        "help": { "text": help, "markdown": help },
        "defaultConfiguration": { "level": level(code) },
    })
}

fn level(code: Code) -> &'static str {
    match code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Notice => "note",
    }
}

fn result(document: &Document, finding: &Diagnostic, rule: usize) -> Value {
    let mut message = text(&finding.message);
    for (id, label) in (1..).zip(&finding.related) {
        message.push_str(&format!("\n[{}]({id})", link_text(&label.message)));
    }
    if let Some(help) = &finding.help {
        message.push_str(&text(&format!("\nhelp: {help}")));
    }
    let mut result = json!({
        "ruleId": finding.code.name(),
        "ruleIndex": rule,
        "level": level(finding.code),
        "message": { "text": message },
        "locations": [location(document, &finding.primary)],
    });
    if !finding.related.is_empty() {
        let related = (1..).zip(&finding.related).map(|(id, label)| {
            let mut location = location(document, label);
            location["id"] = Value::from(id);
            location
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(fix) = &finding.fix {
        let edits = fix.edits.iter().map(|edit| {
            json!({ "deletedRegion": region(document, &edit.at), "insertedContent": { "text": edit.text } })
        });
        result["fixes"] = json!([{
            "description": { "text": text(&fix.does) },
            "artifactChanges": [{
                "artifactLocation": { "uri": uri(document.name()) },
                "replacements": edits.collect::<Vec<_>>(),
            }],
        }]);
    }
    result
}

fn location(document: &Document, label: &Label) -> Value {
    let mut location =
        json!({ "physicalLocation": place(document.name(), region(document, &label.location)) });
    if !label.message.is_empty() {
        location["message"] = json!({ "text": text(&label.message) });
    }
    location
}

fn place(path: &str, region: Value) -> Value {
    json!({ "artifactLocation": { "uri": uri(path) }, "region": region })
}

fn region(document: &Document, location: &Location) -> Value {
    if *location == Location::File {
        return json!({ "startLine": 1 });
    }
    let range = document.locate(location);
    let (start_line, start_column) = utf16_position(document, range.start);
    let (end_line, end_column) = utf16_position(document, range.end);
    json!({
        "startLine": start_line,
        "startColumn": start_column,
        "endLine": end_line,
        "endColumn": end_column,
    })
}

/// Line and column of a byte, columns in UTF-16 code units: what viewers count in that ignore `columnKind`.
fn utf16_position(document: &Document, offset: usize) -> (usize, usize) {
    let (line, before) = document.line_before(offset);
    (line, before.encode_utf16().count() + 1)
}

/// Braces mark placeholders in a message, so they are doubled (SARIF 2.1.0, 3.11.5).
fn text(message: &str) -> String {
    message.replace('{', "{{").replace('}', "}}")
}

/// Within a link, brackets would end it (SARIF 2.1.0, 3.11.6).
fn link_text(message: &str) -> String {
    text(message).replace('\\', r"\\").replace('[', r"\[").replace(']', r"\]")
}

/// A path as a URI reference (RFC 3986): relative to where `gen` ran, unless it is absolute.
fn uri(path: &str) -> String {
    let drive = cfg!(windows) && path.as_bytes().get(1) == Some(&b':');
    let (prefix, path) = match path.strip_prefix("./") {
        Some(below) => ("", below),
        None if drive => ("file:///", path),
        None if path.starts_with('/') => ("file://", path),
        None => ("", path),
    };
    let mut uri = prefix.to_owned();
    for byte in path.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(byte.into()),
            b':' if drive => uri.push(':'),
            byte if byte.is_ascii_alphanumeric() => uri.push(byte.into()),
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uri_references() {
        for (path, expected) in [
            ("specs/shop.yaml", "specs/shop.yaml"),
            ("./specs/shop.yaml", "specs/shop.yaml"),
            ("../a b/é#1%.yaml", "../a%20b/%C3%A9%231%25.yaml"),
            ("a:b.yaml", "a%3Ab.yaml"),
            ("/home/me/shop.yaml", "file:///home/me/shop.yaml"),
        ] {
            assert_eq!(uri(path), expected);
        }
    }

    #[test]
    fn columns_are_utf_16_code_units() {
        let mut diagnostics = Diagnostics::default();
        let text = "\u{feff}a: { \"😀é\": 1, b: 2 }\n";
        let document = Document::parse("spec.yaml", text.as_bytes().to_vec(), &mut diagnostics);
        let b = document.locate(&Location::key(["a", "b"])).start;
        assert_eq!(document.line_column(b), (1, 15));
        assert_eq!(utf16_position(&document, b), (1, 16));
    }

    #[test]
    fn messages_are_escaped() {
        assert_eq!(text("write `{ min: 2 }`"), "write `{{ min: 2 }}`");
        assert_eq!(link_text(r"a[0]\"), r"a\[0\]\\");
    }
}

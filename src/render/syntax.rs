//! One string → one complete literal of a language, quotes included. This is the only place that knows escaping.

use std::io::{self, Write};

use crate::artifacts::Comment;
use crate::printable::unprintable;

/// The language of a generated file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Syntax {
    /// Terraform: `.tf`, `.hcl`
    Hcl,
    /// CloudFormation: `.yaml`, `.yml`
    Yaml,
    /// `.json`
    Json,
    /// Terraform in JSON: `.tf.json`
    TerraformJson,
    /// Bash: `.sh`
    Bash,
    /// `.md`
    Markdown,
    /// k6: `.js`
    JavaScript,
}

impl Syntax {
    /// All languages.
    pub const ALL: [Syntax; 7] = [
        Self::Hcl,
        Self::Yaml,
        Self::Json,
        Self::TerraformJson,
        Self::Bash,
        Self::Markdown,
        Self::JavaScript,
    ];

    /// The language of a file name.
    pub fn of(path: &str) -> Option<Self> {
        let is = |extension: &&&str| path.strip_suffix(**extension).is_some_and(|name| name.ends_with('.'));
        let all = Self::ALL.into_iter().flat_map(|syntax| {
            let known = syntax.extensions().iter().filter(is);
            known.map(move |extension| (extension.len(), syntax))
        });
        // `.tf.json` is not `.json`.
        all.max_by_key(|(length, _)| *length).map(|(_, syntax)| syntax)
    }

    /// The file name extensions of a language.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Hcl => &["tf", "hcl"],
            Self::Yaml => &["yaml", "yml"],
            Self::Json => &["json"],
            Self::TerraformJson => &["tf.json"],
            Self::Bash => &["sh"],
            Self::Markdown => &["md"],
            Self::JavaScript => &["js"],
        }
    }

    /// How the ownership header is written.
    pub fn comment(self) -> Comment {
        match self {
            Self::Hcl | Self::Yaml | Self::Bash => Comment::Hash,
            Self::Json => Comment::JsonMember,
            Self::TerraformJson => Comment::TerraformMember,
            Self::Markdown => Comment::Html,
            Self::JavaScript => Comment::Slashes,
        }
    }

    /// Whether files of the language are run.
    pub fn executable(self) -> bool {
        self == Self::Bash
    }

    /// The encoder: writes a string as one literal.
    pub fn encoder(self) -> fn(&str, &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Hcl => hcl,
            Self::Yaml => yaml,
            Self::Json => json,
            Self::TerraformJson => terraform_json,
            Self::Bash => bash,
            Self::Markdown => markdown,
            Self::JavaScript => javascript,
        }
    }
}

/// JSON's escapes, and the two that begin an expression in HCL: `${` and `%{`.
fn hcl(text: &str, out: &mut dyn Write) -> io::Result<()> {
    quoted(text, out, b"$%", |at, c, out| match c {
        '$' | '%' if text[at + 1..].starts_with('{') => write!(out, "{c}{c}"),
        // HCL has no \b, \f, \/ and no surrogate pairs: \uXXXX for what cannot be printed.
        c if unprintable(c) => unicode_escape(c, out, "\\u", "\\U"),
        c => short_escape(c, out),
    })
}

/// A double-quoted scalar: what a YAML reader would fold, strip or refuse is escaped.
fn yaml(text: &str, out: &mut dyn Write) -> io::Result<()> {
    quoted(text, out, b"", |_, c, out| match c {
        c if unprintable(c) => unicode_escape(c, out, "\\u", "\\U"),
        c => short_escape(c, out),
    })
}

/// A string as YAML, for structures.
pub(super) fn yaml_string(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len() + 2);
    yaml(text, &mut out).expect("memory takes all");
    String::from_utf8(out).expect("YAML is text")
}

/// A string as JSON, for structures: printable wherever it stands.
pub(super) fn json_string(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len() + 2);
    let written = quoted(text, &mut out, b"", |_, c, out| match c {
        c if unprintable(c) => {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().try_for_each(|unit| write!(out, "\\u{unit:04x}"))
        }
        c => short_escape(c, out),
    });
    written.expect("memory takes all");
    String::from_utf8(out).expect("JSON is text")
}

/// Appends a string as JSON.
pub(super) fn push_json(text: &str, out: &mut String) {
    if is_plain(text) { push_quoted(text, out) } else { out.push_str(&json_string(text)) }
}

/// Appends a string as YAML.
pub(super) fn push_yaml(text: &str, out: &mut String) {
    if is_plain(text) { push_quoted(text, out) } else { out.push_str(&yaml_string(text)) }
}

/// Whether the double-quoted literal of a text is the text, in JSON and in YAML.
fn is_plain(text: &str) -> bool {
    text.bytes().all(is_copied)
}

/// Printable ASCII, but for quotes and backslashes.
fn is_copied(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' if byte != b'"' && byte != b'\\')
}

fn push_quoted(text: &str, out: &mut String) {
    out.push('"');
    out.push_str(text);
    out.push('"');
}

/// A string as HCL, for structures.
pub(super) fn hcl_string(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len() + 2);
    hcl(text, &mut out).expect("memory takes all");
    String::from_utf8(out).expect("HCL is text")
}

fn json(text: &str, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(out, text).map_err(io::Error::from)
}

/// JSON whose strings are templates of Terraform's.
fn terraform_json(text: &str, out: &mut dyn Write) -> io::Result<()> {
    json(&text.replace("${", "$${").replace("%{", "%%{"), out)
}

/// JSON, safe inside a script: the two separators that older JavaScript reads as line ends, and `</`.
fn javascript(text: &str, out: &mut dyn Write) -> io::Result<()> {
    quoted(text, out, b"/", |at, c, out| match c {
        '/' if text[..at].ends_with('<') => out.write_all(b"\\/"),
        c if unprintable(c) => {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().try_for_each(|unit| write!(out, "\\u{unit:04x}"))
        }
        c => short_escape(c, out),
    })
}

const BASH_RESERVED: &[&str] = &[
    "case", "coproc", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if", "in", "select",
    "then", "time", "until", "while",
];

/// A bare word if nothing in it means anything to bash, else `'…'`, or `$'…'` where control characters occur.
fn bash(text: &str, out: &mut dyn Write) -> io::Result<()> {
    // Not `~` (home), not `=` first (zsh), not `{` or a glob, and no word of the grammar.
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_./:@%+,-=".contains(&b);
    let is_word = !text.is_empty() && text.bytes().all(plain) && !text.starts_with('=');
    if is_word && !BASH_RESERVED.contains(&text) {
        return out.write_all(text.as_bytes());
    }
    if text.contains(|c: char| c.is_control()) {
        return ansi_c(text, char::is_control, out);
    }
    write!(out, "'{}'", text.replace('\'', r"'\''"))
}

/// `$'…'`, in which these characters are written by their numbers.
fn ansi_c(text: &str, numbered: fn(char) -> bool, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"$'")?;
    for c in text.chars() {
        match c {
            '\'' => out.write_all(b"\\'")?,
            '\\' => out.write_all(b"\\\\")?,
            '\n' => out.write_all(b"\\n")?,
            // Bytes, so that it does not depend on the locale; octal, because \x takes any number of digits.
            c if numbered(c) => {
                let mut bytes = [0; 4];
                c.encode_utf8(&mut bytes).bytes().try_for_each(|byte| write!(out, "\\{byte:03o}"))?;
            }
            c => write!(out, "{c}")?,
        }
    }
    out.write_all(b"'")
}

/// A word of bash, for a fenced block of Markdown: what would end the block is written by its numbers.
pub(super) fn bash_word(text: &str) -> String {
    let mut word = Vec::new();
    let written = if text.contains("```") || text.contains("~~~") {
        ansi_c(text, |c| c.is_control() || c == '`' || c == '~', &mut word)
    } else {
        bash(text, &mut word)
    };
    written.expect("memory takes all");
    String::from_utf8(word).expect("bash writes text")
}

/// Whether Markdown shows a text as it is, wherever in prose, in a cell of a table or in a link's target it stands:
/// ASCII letters, digits, blanks and `.,%+/:_-` in places where they mean nothing.
pub(super) fn is_prose(text: &str) -> bool {
    let bytes = text.as_bytes();
    let alphanumeric =
        |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
    let harmless = |(at, byte): (usize, &u8)| match byte {
        b' ' | b'.' | b',' | b'%' | b'+' | b'/' | b'-' => true,
        // Not emphasis.
        b'_' => alphanumeric(at.checked_sub(1)) && alphanumeric(Some(at + 1)),
        // Neither an emoji nor an address.
        b':' => alphanumeric(at.checked_sub(1)) && bytes.get(at + 1) != Some(&b'/'),
        byte => byte.is_ascii_alphanumeric(),
    };
    // Neither an item of a list nor a rule, where it begins a line.
    let begins = alphanumeric(Some(0)) || (bytes.first() == Some(&b'-') && alphanumeric(Some(1)));
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = rest.len() < text.len() && (rest == "." || rest.starts_with(". "));
    begins && !numbered && !text.ends_with(' ') && bytes.iter().enumerate().all(harmless)
}

/// A label of a Mermaid diagram: quoted, and whatever is neither a letter, a digit nor harmless as a code between `#` and
/// `;`, which Mermaid shows as the character. Lines stay lines.
pub(super) fn mermaid_label(text: &str) -> String {
    let mut label = String::from("\"");
    let mut words = false; // whether a letter was there: before it, `1.` and `-` begin a list
    for c in text.chars() {
        match c {
            '\n' => label.push_str("<br/>"),
            c if c.is_control() => label.push(' '),
            ' ' | ',' => label.push(c),
            '-' | '.' | '/' | '%' if words => label.push(c),
            c if c.is_ascii_alphanumeric() => {
                words |= c.is_ascii_alphabetic();
                label.push(c);
            }
            c => label.push_str(&format!("#{};", u32::from(c))),
        }
    }
    if text.is_empty() {
        label.push(' '); // Mermaid takes no empty label
    }
    label.push('"');
    label
}

/// A code span: the fence is longer than any run of backticks inside; line ends become blanks, as a reader shows them.
fn markdown(text: &str, out: &mut dyn Write) -> io::Result<()> {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad =
        if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) || text.is_empty() { " " } else { "" };
    // `|` would end a table cell even inside a code span.
    write!(out, "{fence}{pad}{}{pad}{fence}", text.replace('|', "\\|"))
}

/// Text between double quotes. Printable ASCII is copied in runs, but for quotes, backslashes and what is `special`: these
/// and all others are left to `write_char`.
fn quoted(
    text: &str,
    out: &mut dyn Write,
    special: &[u8],
    write_char: impl Fn(usize, char, &mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let copied = |byte: u8| is_copied(byte) && !special.contains(&byte);
    out.write_all(b"\"")?;
    let mut start = 0; // of the run
    for (at, c) in text.char_indices().filter(|(_, c)| !u8::try_from(*c).is_ok_and(copied)) {
        out.write_all(&text.as_bytes()[start..at])?;
        write_char(at, c, out)?;
        start = at + c.len_utf8();
    }
    out.write_all(&text.as_bytes()[start..])?;
    out.write_all(b"\"")
}

fn short_escape(c: char, out: &mut dyn Write) -> io::Result<()> {
    match c {
        '"' => out.write_all(b"\\\""),
        '\\' => out.write_all(b"\\\\"),
        '\n' => out.write_all(b"\\n"),
        '\r' => out.write_all(b"\\r"),
        '\t' => out.write_all(b"\\t"),
        c => out.write_all(c.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

fn unicode_escape(c: char, out: &mut dyn Write, short: &str, long: &str) -> io::Result<()> {
    let code = u32::from(c);
    if code <= 0xffff { write!(out, "{short}{code:04x}") } else { write!(out, "{long}{code:08x}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(syntax: Syntax, text: &str) -> String {
        let mut out = Vec::new();
        syntax.encoder()(text, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn literals() {
        for (syntax, text, expected) in [
            (Syntax::Hcl, "api", r#""api""#),
            (Syntax::Hcl, "${x} %{if} $$ % $", r#""$${x} %%{if} $$ % $""#),
            (Syntax::Hcl, "a\"b\\c\n\u{7}", "\"a\\\"b\\\\c\\n\\u0007\""),
            (Syntax::Yaml, "no", r#""no""#),
            (Syntax::Yaml, "a\u{85}\u{2028}\u{feff}", r#""a\u0085\u2028\ufeff""#),
            (Syntax::Json, "a\"b", r#""a\"b""#),
            (Syntax::Bash, "prod-eu.web/x", "prod-eu.web/x"),
            (Syntax::Bash, "", "''"),
            (Syntax::Bash, "it's $HOME `x`", r"'it'\''s $HOME `x`'"),
            (Syntax::Bash, "a\nb'\u{1b}", r"$'a\nb\'\033'"),
            (Syntax::Bash, "=ls", "'=ls'"),
            (Syntax::Bash, "~", "'~'"),
            (Syntax::Bash, "esac", "'esac'"),
            (Syntax::Markdown, "a`b", "``a`b``"),
            (Syntax::Markdown, "`", "`` ` ``"),
            (Syntax::JavaScript, "</script>\u{2028}", r#""<\/script>\u2028""#),
        ] {
            assert_eq!(literal(syntax, text), expected, "{syntax:?} {text:?}");
        }
    }
}

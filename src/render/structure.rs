//! Whole structures in the holes of templates: encoded in the file's language, indented as the hole is.
//!
//! A structure is a safe string between two control characters, which no encoder of a language lets through. The writer
//! takes them away and indents the lines between them by the column where the hole stands.

use std::io::{self, Write};

use serde::Serialize;
use tera::Value;

const BEGIN: u8 = 0x01;
const END: u8 = 0x02;

/// An encoded structure, as a template's value.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub(super) struct Structure(Value);

impl Structure {
    /// A structure of text that is complete in the language of the template.
    pub(super) fn of(encoded: &str) -> Self {
        let mut text = String::with_capacity(encoded.len() + 2);
        text.push(char::from(BEGIN));
        text.push_str(encoded);
        text.push(char::from(END));
        Self(Value::safe_string(&text))
    }

    /// What was encoded, of a structure's text as a template's value.
    pub(super) fn text(value: &str) -> Option<&str> {
        value.strip_prefix(char::from(BEGIN))?.strip_suffix(char::from(END))
    }
}

/// Takes what a template renders, and indents the structures in it.
#[derive(Debug, Default)]
pub(super) struct Indenting {
    out: Vec<u8>,
    /// Columns that the structure which is being written is indented by.
    inside: Option<usize>,
    /// Whether there was a structure.
    structured: bool,
}

impl Indenting {
    /// Whether a structure was written, which is laid out already.
    pub(super) fn structured(&self) -> bool {
        self.structured
    }

    /// The text.
    pub(super) fn text(self) -> String {
        String::from_utf8(self.out).expect("templates render text")
    }

    fn column(&self) -> usize {
        let line = memchr::memrchr(b'\n', &self.out).map_or(0, |at| at + 1);
        self.out.len() - line
    }

    fn copy(&mut self, text: &[u8]) {
        let Some(columns) = self.inside else { return self.out.extend_from_slice(text) };
        let mut rest = text;
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            // What is empty stays so.
            if self.out.ends_with(b"\n") && rest[0] != b'\n' {
                self.out.extend(std::iter::repeat_n(b' ', columns));
            }
            self.out.extend_from_slice(&rest[..end]);
            rest = &rest[end..];
        }
    }
}

impl Write for Indenting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = bytes;
        while let Some(at) = memchr::memchr2(BEGIN, END, rest) {
            self.copy(&rest[..at]);
            self.inside = (rest[at] == BEGIN).then(|| self.column());
            self.structured = true;
            rest = &rest[at + 1..];
        }
        self.copy(rest);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_structure_are_indented_as_its_hole_is() {
        let mut tera = tera::Tera::default();
        tera.add_raw_template("t", "a:\n  - {{ one }}\nb: {{ two }}{{ one }}\n").unwrap();
        let mut context = tera::Context::new();
        context.insert("one", &Structure::of("x: 1\n\ny:\n  z: 2"));
        context.insert("two", &Structure::of("[]"));
        let mut out = Indenting::default();
        tera.render_to("t", &context, &mut out).unwrap();
        assert_eq!(out.text(), "a:\n  - x: 1\n\n    y:\n      z: 2\nb: []x: 1\n\n     y:\n       z: 2\n");
    }
}

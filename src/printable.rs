//! Characters that cannot be seen or that steer a terminal, and texts with them escaped.

use std::borrow::Cow;

/// Whether a reader cannot see a character, or a terminal or parser obeys it: control characters but line ends and tabs,
/// soft hyphens, zero-width and bidirectional marks, byte order marks.
pub fn unprintable(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// A text that shows what is unprintable in it: `\u{1b}` for an escape.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(unprintable) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| if unprintable(c) { c.escape_unicode().to_string() } else { c.to_string() };
    Cow::Owned(text.chars().map(shown).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_escaped() {
        assert_eq!(
            printable("a\u{1b}[31m\0\u{85}\u{202e}é\n\tü"),
            "a\\u{1b}[31m\\u{0}\\u{85}\\u{202e}é\n\tü"
        );
        assert!(matches!(printable("plain"), Cow::Borrowed("plain")));
    }
}

//! Tables and paragraphs that fit a terminal.

/// Paragraphs are no wider than this, whatever the terminal: longer lines are hard to read.
const WIDEST_TEXT: usize = 100;
/// Columns of a terminal that says nothing of use.
const NARROWEST: usize = 30;

/// A table, its first row the header: aligned where it fits, else one block a row, with the first two cells at its head.
pub(super) fn table(header: &[&str], rows: &[Vec<String>], width: Option<usize>) -> String {
    let cell = |row: &Vec<String>, column: usize| row[column].chars().count();
    let widths: Vec<usize> = (0..header.len())
        .map(|column| rows.iter().map(|row| cell(row, column)).max().unwrap_or(0))
        .zip(header)
        .map(|(widest, title)| if widest == 0 { 0 } else { widest.max(title.chars().count()) })
        .collect();
    let total: usize = widths.iter().filter(|width| **width > 0).map(|width| width + 2).sum();
    if width.is_some_and(|width| total > width + 2) {
        return rows.iter().map(|row| block(header, row, width)).collect();
    }
    let titles = header.iter().map(|title| (*title).to_owned()).collect();
    std::iter::once(&titles).chain(rows).map(|row| line(row, &widths)).collect()
}

fn line(row: &[String], widths: &[usize]) -> String {
    let cells = row.iter().zip(widths).filter(|(_, width)| **width > 0);
    let line: String = cells.map(|(cell, width)| format!("{cell:width$}  ")).collect();
    format!("{}\n", line.trim_end())
}

fn block(header: &[&str], row: &[String], width: Option<usize>) -> String {
    let below = row.iter().zip(header).skip(2).filter(|(cell, _)| !cell.is_empty());
    let below: String =
        below.map(|(cell, title)| paragraph(format!("{title}: {cell}").trim(), "  ", width)).collect();
    format!("{}\n{below}", row[..2].join("  ").trim_end())
}

/// A paragraph, its lines indented.
pub(super) fn paragraph(text: &str, indent: &str, width: Option<usize>) -> String {
    let most = width.map_or(WIDEST_TEXT, |width| width.clamp(NARROWEST, WIDEST_TEXT));
    let mut out = String::new();
    let mut column = 0;
    for word in words(text) {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > most {
            out.push('\n');
            column = 0;
        }
        if column == 0 {
            out.push_str(indent);
            column = indent.chars().count();
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(&word);
        column += length;
    }
    out.push('\n');
    out
}

/// The words of a text; a unit stays with its number.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let bare = word.trim_end_matches(|c: char| c.is_ascii_punctuation() && c != '%');
        match words.last_mut() {
            Some(last) if matches!(bare, "s" | "%" | "min") => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_never_cut() {
        let text = "one two three four five six seven eight nine ten eleven";
        assert_eq!(
            paragraph(text, "  ", Some(30)),
            "  one two three four five six\n  seven eight nine ten eleven\n"
        );
        assert_eq!(
            paragraph("it takes four data points of 60 s.", "", Some(30)),
            "it takes four data points of\n60 s.\n"
        );
        let long = "x".repeat(40);
        assert_eq!(paragraph(&format!("a {long} b"), "", Some(10)), format!("a\n{long}\nb\n"));
    }
}

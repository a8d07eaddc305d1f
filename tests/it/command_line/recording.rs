//! The picture of a terminal in the README, made from the real binary: what `gen` prints, in its own colours.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use crate::support::{root, said};

/// What is typed, one after another, in a folder with the real fleet.
const TYPED: &[&str] = &[
    "gen",
    "sed -i 's/capacity: { max: 15 }/capacity: { maxx: 15 }/' specs/langfuse.yaml",
    "gen validate",
    "sed -i 's/maxx: 15/max: 1/' specs/langfuse.yaml",
    "gen validate",
    "sed -i 's/max: 1 }/max: 20 }/' specs/langfuse.yaml",
    "gen check --target terraform --env prod-eu",
];

/// Pixels of a character and of a line, of 14-pixel monospace text.
const CHARACTER: f64 = 8.4;
const LINE: usize = 20;
const MARGIN: usize = 20;
const COLUMNS: usize = 112;

/// Refreshed with `INSTA_UPDATE=always`, as the snapshots are.
#[test]
fn the_picture_of_a_terminal_is_what_gen_prints() {
    let drawn = svg(&recorded());
    let path = root().join("docs/terminal.svg");
    if std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        fs::write(&path, &drawn).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == drawn,
        "docs/terminal.svg is out of date: INSTA_UPDATE=always cargo test --test it recording"
    );
}

/// Commands and what they print, with its escape sequences.
fn recorded() -> String {
    let work = tempfile::tempdir().unwrap();
    let copy = Command::new("cp").arg("-r").arg(root().join("specs")).arg(work.path()).status().unwrap();
    assert!(copy.success());
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_gen")).parent().unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let mut screen = String::new();
    for typed in TYPED {
        writeln!(screen, "\u{1b}[1;32m$\u{1b}[0m {typed}").unwrap();
        let coloured = typed.replacen("gen", "gen --color always", usize::from(typed.starts_with("gen")));
        let output = Command::new("bash")
            .args(["-c", &format!("{coloured} 2>&1")])
            .current_dir(work.path())
            .env("PATH", &path)
            .env_remove("GEN_SPEC")
            .env_remove("NO_COLOR")
            .output()
            .unwrap();
        assert!(matches!(output.status.code(), Some(0 | 1)), "{typed}: {}", said(&output));
        let text = String::from_utf8(output.stdout).unwrap();
        screen += &shortened(&text);
        screen.push('\n');
    }
    screen
}

/// Long output keeps its first and last lines.
fn shortened(text: &str) -> String {
    const FIRST: usize = 3;
    const MOST: usize = 26;
    let lines: Vec<&str> = text.lines().collect();
    if lines.len() <= MOST {
        return lines.iter().fold(String::new(), |all, line| all + line + "\n");
    }
    let first = lines[..FIRST].iter().copied();
    let all = first.chain(["\u{1b}[2m⋮\u{1b}[0m", lines[lines.len() - 1]]);
    all.fold(String::new(), |all, line| all + line + "\n")
}

/// How text looks.
#[derive(Clone, Default, PartialEq)]
struct Style {
    bold: bool,
    dim: bool,
    color: Option<u8>,
}

impl Style {
    /// Takes the numbers of one escape sequence (ECMA-48, SGR).
    fn take(&mut self, codes: &str) {
        let mut codes = codes.split(';').map(|code| code.parse::<u8>().unwrap_or(0));
        while let Some(code) = codes.next() {
            match code {
                0 => *self = Self::default(),
                1 => self.bold = true,
                2 => self.dim = true,
                22 => (self.bold, self.dim) = (false, false),
                30..=37 => self.color = Some(code - 30),
                38 => self.color = codes.nth(1),
                39 => self.color = None,
                90..=97 => self.color = Some(code - 90 + 8),
                other => panic!("the picture knows no SGR {other}"),
            }
        }
    }

    fn attributes(&self) -> String {
        const COLORS: [&str; 16] = [
            "#3b4048", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#dcdfe4",
            "#5c6370", "#ff7b86", "#a9d98b", "#f2cf8a", "#7cc0ff", "#d78cf0", "#6ccbd7", "#ffffff",
        ];
        let mut text = String::new();
        if let Some(color) = self.color {
            write!(text, " fill=\"{}\"", COLORS[usize::from(color)]).unwrap();
        }
        if self.bold {
            text += " font-weight=\"bold\"";
        }
        if self.dim {
            text += " opacity=\"0.6\"";
        }
        text
    }
}

fn svg(screen: &str) -> String {
    let lines: Vec<&str> = screen.trim_end().lines().collect();
    let height = lines.len() * LINE + 2 * MARGIN;
    let width = COLUMNS as f64 * CHARACTER + 2.0 * MARGIN as f64;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height}\" role=\"img\" aria-label=\"gen in a terminal\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1e2127\"/>\n\
         <g font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"14\" fill=\"#dcdfe4\">\n"
    );
    let mut style = Style::default();
    for (row, line) in lines.iter().enumerate() {
        write!(text, "<text x=\"{MARGIN}\" y=\"{}\">", MARGIN + row * LINE + LINE * 3 / 4).unwrap();
        let mut width = 0;
        for (index, part) in line.split('\u{1b}').enumerate() {
            let shown = match part.strip_prefix('[').and_then(|rest| rest.split_once('m')) {
                Some((codes, rest)) if index > 0 => {
                    style.take(codes);
                    rest
                }
                _ => part,
            };
            width += shown.chars().count();
            if !shown.is_empty() {
                write!(text, "<tspan{}>{}</tspan>", style.attributes(), escaped(shown)).unwrap();
            }
        }
        assert!(width <= COLUMNS, "{width} columns: {line}");
        text += "</text>\n";
    }
    text + "</g>\n</svg>\n"
}

/// Blanks become no-break spaces: viewers disagree about which others they keep.
fn escaped(text: &str) -> String {
    text.replace(' ', "\u{a0}").replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

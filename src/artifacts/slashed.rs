//! Paths as text: with forward slashes, on every system.

use std::path::{MAIN_SEPARATOR, Path};

/// A path as messages, reports and commands to copy show it: the same everywhere, also where the system writes `\`.
pub fn slashed(path: &Path) -> String {
    with_slashes(&path.to_string_lossy(), MAIN_SEPARATOR)
}

fn with_slashes(path: &str, separator: char) -> String {
    path.replace(separator, "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_paths_get_forward_slashes_and_other_names_keep_their_backslash() {
        assert_eq!(with_slashes(r"C:\fleet\specs/shop.yaml", '\\'), "C:/fleet/specs/shop.yaml");
        assert_eq!(with_slashes(r"specs/a\b.yaml", '/'), r"specs/a\b.yaml");
    }

    #[test]
    fn paths_of_this_system_get_forward_slashes() {
        assert_eq!(slashed(&Path::new("specs").join("shop.yaml")), "specs/shop.yaml");
    }
}

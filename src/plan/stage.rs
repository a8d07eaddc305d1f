//! Which environments are production, told from their names: nothing else in a spec says it.

use super::Environment;
use super::units::Slug;

/// Words of a name that say that it is not production, though another word may be `prod`: `pre-prod`, `non-prod`.
pub const BEFORE: &[&str] = &[
    "ci",
    "demo",
    "dev",
    "development",
    "integration",
    "lab",
    "nonprod",
    "non",
    "perf",
    "pre",
    "preprod",
    "preview",
    "qa",
    "sandbox",
    "stage",
    "staging",
    "stg",
    "test",
    "testing",
    "tst",
    "uat",
];
/// Words of a name that say that it is production.
pub const PRODUCTION: &[&str] = &["live", "prd", "prod", "production"];

/// What an environment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Users depend on it.
    Production,
    /// Changes are tried in it before.
    Before,
    /// Its name does not say.
    Unknown,
}

impl Stage {
    /// What a name says: its words are separated by hyphens, a number behind a word does not count.
    pub fn of(name: &Slug) -> Self {
        let words = || name.split('-').map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()));
        if words().any(|word| BEFORE.contains(&word)) {
            Self::Before
        } else if words().any(|word| PRODUCTION.contains(&word)) {
            Self::Production
        } else {
            Self::Unknown
        }
    }
}

/// Whether the name says that it is production.
pub fn is_production(environment: &Environment) -> bool {
    Stage::of(&environment.name) == Stage::Production
}

/// Whether the name says that it comes before production.
pub fn is_before(environment: &Environment) -> bool {
    Stage::of(&environment.name) == Stage::Before
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_an_environment_is_for() {
        for (name, stage) in [
            ("prod", Stage::Production),
            ("prod-eu", Stage::Production),
            ("eu-prod2", Stage::Production),
            ("live", Stage::Production),
            ("staging", Stage::Before),
            ("dev1", Stage::Before),
            ("pre-prod", Stage::Before),
            ("nonprod", Stage::Before),
            ("product", Stage::Unknown),
            ("blue", Stage::Unknown),
            ("gov", Stage::Unknown),
        ] {
            assert_eq!(Stage::of(&Slug::parse("environment", name).unwrap()), stage, "{name}");
        }
    }
}

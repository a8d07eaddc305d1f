//! Keys of the format, and what it says of each.

use crate::spec;

/// All keys that a layer can have, in the order of the format. A name of the user's is `NAME`.
#[derive(Debug)]
pub struct Format(Vec<spec::Key>);

impl Default for Format {
    fn default() -> Self {
        Self(spec::keys())
    }
}

impl Format {
    /// What the format says of a setting.
    pub fn about(&self, key: &str) -> Option<&str> {
        let steps: Vec<&str> = key.split('.').collect();
        let fits = |known: &&spec::Key| {
            let known: Vec<&str> = known.path.split('.').collect();
            let fits = |(known, step): (&&str, &&str)| known == step || *known == "NAME";
            known.len() == steps.len() && known.iter().zip(&steps).all(fits)
        };
        self.0.iter().find(fits).map(|known| known.about.as_str())
    }

    /// The keys of all values; those inside of a value are its own business.
    pub fn keys(&self) -> Vec<String> {
        self.values().map(|key| key.path.clone()).collect()
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &spec::Key> {
        self.0.iter().filter(|key| key.is_value)
    }
}

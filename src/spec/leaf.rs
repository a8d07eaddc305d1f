//! Single values of the format that not every text or number is. Their constraints stand here: as schema, and as a check.
//!
//! What a value may be beyond its shape, the plan judges, whose messages know what it is for.

use std::collections::BTreeMap;
use std::ops::Deref;

use schemars::JsonSchema;
use serde::Deserialize;

use super::VERSION;
use crate::document::{Kind, Node, Scalar};

/// How the schema writes a length of time.
pub(super) const DURATION: &str = r"^(0|[0-9]+(s|m|h|d))$";
/// How the schema writes a response time.
pub(super) const LATENCY: &str = r"^[0-9]+(ms|s|m)$";

macro_rules! leaf {
    ($($(#[$about:meta])+ $name:ident($inner:ty);)+) => {$(
        #[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
        #[schemars(inline)]
        $(#[$about])+
        pub struct $name(pub $inner);

        impl Deref for $name {
            type Target = $inner;
            fn deref(&self) -> &$inner {
                &self.0
            }
        }
    )+};
}

leaf! {
    /// The version of the format.
    #[schemars(extend("const" = VERSION))]
    Version(i64);
    /// A length of time: `60s`, `5m`, `48h`, `2d` or `0`.
    #[schemars(extend("pattern" = DURATION))]
    Duration(String);
    /// A response time: `500ms`, `2s`.
    #[schemars(extend("pattern" = LATENCY))]
    Latency(String);
    /// The name of a project.
    #[schemars(extend("pattern" = r"^[a-z0-9][a-z0-9-]{0,62}$"))]
    Project(String);
    /// An AWS account id.
    #[schemars(extend("pattern" = r"^[0-9]{12}$"))]
    Account(String);
    /// The code of a currency.
    #[schemars(extend("pattern" = r"^[A-Z]{3}$"))]
    Currency(String);
    /// A day.
    #[schemars(extend("pattern" = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    Day(String);
    /// A count that may be none.
    #[schemars(extend("minimum" = 0))]
    Count(i64);
    /// A count of at least one.
    #[schemars(extend("minimum" = 1))]
    AtLeastOne(i64);
    /// Minutes of a day.
    #[schemars(extend("minimum" = 1, "maximum" = 1440))]
    Minutes(i64);
    /// A share in whole per cent.
    #[schemars(extend("minimum" = 0, "maximum" = 100))]
    WholePercent(i64);
    /// A target.
    #[schemars(extend("exclusiveMinimum" = 0))]
    Target(f64);
    /// A threshold.
    #[schemars(extend("minimum" = 0))]
    Threshold(f64);
    /// Two names.
    #[schemars(extend("minItems" = 2, "maxItems" = 2))]
    Pair(Vec<String>);
}

/// A mapping with one entry at least.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("minProperties" = 1))]
pub struct Filled<T>(pub BTreeMap<String, T>);

impl<T> Deref for Filled<T> {
    type Target = BTreeMap<String, T>;
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// Whether a value keeps the constraint of the type of this name. A value of another kind does: it is refused for that.
pub(super) fn fits(leaf: &str, node: &Node) -> bool {
    match node.kind() {
        Kind::Scalar(Scalar::Text(text)) => text_fits(leaf, text),
        Kind::Scalar(Scalar::Number(number)) => {
            number.as_f64().is_none_or(|number| number_fits(leaf, number))
        }
        Kind::Scalar(_) => true,
        Kind::Sequence(items) => leaf != "Pair" || items.len() == 2,
        Kind::Mapping(entries) => leaf != "Filled" || !entries.is_empty(),
    }
}

fn text_fits(leaf: &str, text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let with_unit = |units: &[&str]| units.iter().any(|unit| text.strip_suffix(unit).is_some_and(digits));
    match leaf {
        "Duration" => text == "0" || with_unit(&["s", "m", "h", "d"]),
        "Latency" => with_unit(&["ms", "s", "m"]),
        "Project" => {
            let shape = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            (1..=63).contains(&text.len()) && text.bytes().all(shape) && !text.starts_with('-')
        }
        "Account" => text.len() == 12 && digits(text),
        "Currency" => text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()),
        "Day" => {
            let parts: Vec<&str> = text.split('-').collect();
            parts.iter().map(|part| part.len()).eq([4, 2, 2]) && parts.into_iter().all(digits)
        }
        _ => true,
    }
}

fn number_fits(leaf: &str, number: f64) -> bool {
    match leaf {
        "Version" => number == VERSION as f64,
        "Count" | "Threshold" => number >= 0.0,
        "AtLeastOne" => number >= 1.0,
        "Minutes" => (1.0..=1440.0).contains(&number),
        "WholePercent" => (0.0..=100.0).contains(&number),
        "Target" => number > 0.0,
        _ => true,
    }
}

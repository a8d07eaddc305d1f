//! What AWS charges, as far as it is known: every price with its date and source.

use std::collections::BTreeMap;

use super::Architecture;
use super::units::{Currency, Rate, Region};

/// The built-in prices and those of the spec.
#[derive(Debug, Clone, Default)]
pub struct Prices {
    /// Of all prices.
    pub currency: Currency,
    /// Where prices come from; a [`Price`] names its own by position.
    pub quotes: Vec<Quote>,
    pub(super) regions: BTreeMap<Region, RegionPrices>,
}

/// Where and when prices were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The day, as `2026-07-01`.
    pub date: String,
    /// In words, or an address.
    pub source: String,
}

/// The prices of a region; `None` where nothing is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct RegionPrices {
    /// Tasks on 64-bit Intel and AMD.
    pub x86_64: Option<TaskPrices>,
    /// Tasks on 64-bit ARM.
    pub arm64: Option<TaskPrices>,
    /// One metric of an alarm, a month.
    pub alarm: Option<Price>,
    /// One metric of an alarm with periods below a minute, a month.
    pub high_resolution_alarm: Option<Price>,
    /// One custom metric, a month.
    pub metric: Option<Price>,
    /// One dashboard, a month.
    pub dashboard: Option<Price>,
}

/// The prices of tasks.
#[derive(Debug, Clone, Copy)]
pub struct TaskPrices {
    /// One vCPU, an hour.
    pub vcpu_hour: Price,
    /// One GB of memory, an hour.
    pub gb_hour: Price,
}

/// One price.
#[derive(Debug, Clone, Copy)]
pub struct Price {
    /// How much.
    pub rate: Rate,
    /// Which of [`Prices::quotes`] says so.
    pub quote: usize,
}

impl Prices {
    /// The regions for which anything is known, sorted, and what is.
    pub fn regions(&self) -> impl Iterator<Item = (&Region, &RegionPrices)> {
        self.regions.iter()
    }

    /// The prices of a region; none are known if it is not listed.
    pub fn of(&self, region: &Region) -> RegionPrices {
        self.regions.get(region).copied().unwrap_or_default()
    }
}

impl RegionPrices {
    /// The prices of tasks of an architecture.
    pub fn tasks(&self, architecture: Architecture) -> Option<TaskPrices> {
        match architecture {
            Architecture::X8664 => self.x86_64,
            Architecture::Arm64 => self.arm64,
        }
    }
}

//! AWS prices, as far as they are known: each with its date and source.

use std::collections::BTreeMap;

use super::units::{Currency, Rate, Region};
use super::{Architecture, RegionPrices, TaskPrices};

/// The built-in prices and those of the spec.
#[derive(Debug, Clone, Default)]
pub struct Prices {
    /// Of all prices.
    pub currency: Currency,
    /// Where prices come from; a [`Price`] names its own by position.
    pub quotes: Vec<Quote>,
    pub(super) regions: BTreeMap<Region, RegionPrices<Price>>,
}

/// Where and when prices were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The day, as `2026-07-01`.
    pub date: String,
    /// In words, or an address.
    pub source: String,
}

/// One price.
#[derive(Debug, Clone, Copy)]
pub struct Price {
    /// How much.
    pub rate: Rate,
    /// Which of [`Prices::quotes`] says so.
    pub quote: usize,
}

/// Nothing is known.
const UNKNOWN: RegionPrices<Price> = RegionPrices {
    x86_64: None,
    arm64: None,
    alarm: None,
    high_resolution_alarm: None,
    metric: None,
    dashboard: None,
};

impl Prices {
    /// The regions for which anything is known, sorted, and what is.
    pub fn regions(&self) -> impl Iterator<Item = (&Region, &RegionPrices<Price>)> {
        self.regions.iter()
    }

    /// The prices of a region; none are known if it is not listed.
    pub fn of(&self, region: &Region) -> RegionPrices<Price> {
        self.regions.get(region).copied().unwrap_or(UNKNOWN)
    }
}

impl<P: Copy> RegionPrices<P> {
    /// The prices of tasks of an architecture.
    pub fn tasks(&self, architecture: Architecture) -> Option<TaskPrices<P>> {
        match architecture {
            Architecture::X8664 => self.x86_64,
            Architecture::Arm64 => self.arm64,
        }
    }

    /// Makes something else of every price; it is told the key of each.
    pub fn map<Q>(&self, mut make: impl FnMut(&str, P) -> Option<Q>) -> RegionPrices<Q> {
        let mut tasks = |vcpu_hour: &str, gb_hour: &str, said: Option<TaskPrices<P>>| {
            let said = said?;
            let (vcpu_hour, gb_hour) = (make(vcpu_hour, said.vcpu_hour), make(gb_hour, said.gb_hour));
            Some(TaskPrices { vcpu_hour: vcpu_hour?, gb_hour: gb_hour? })
        };
        RegionPrices {
            x86_64: tasks("x86_64.vcpu_hour", "x86_64.gb_hour", self.x86_64),
            arm64: tasks("arm64.vcpu_hour", "arm64.gb_hour", self.arm64),
            alarm: self.alarm.and_then(|price| make("alarm", price)),
            high_resolution_alarm: self
                .high_resolution_alarm
                .and_then(|price| make("high_resolution_alarm", price)),
            metric: self.metric.and_then(|price| make("metric", price)),
            dashboard: self.dashboard.and_then(|price| make("dashboard", price)),
        }
    }

    /// Where nothing is known, what another list says.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            x86_64: self.x86_64.or(other.x86_64),
            arm64: self.arm64.or(other.arm64),
            alarm: self.alarm.or(other.alarm),
            high_resolution_alarm: self.high_resolution_alarm.or(other.high_resolution_alarm),
            metric: self.metric.or(other.metric),
            dashboard: self.dashboard.or(other.dashboard),
        }
    }
}

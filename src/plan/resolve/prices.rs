//! What AWS charges: the built-in lists, and the spec's on top of them.

use super::Resolver;
use crate::diagnostic::Location;
use crate::plan::prices::{Price, Prices, Quote, RegionPrices, TaskPrices};
use crate::plan::units::{Currency, Invalid, Rate, Region, check_day};
use crate::spec;

/// Lists in the format of the spec's `prices`; each says where it was read.
const BUILT_IN: &str = include_str!("prices.json");
/// Where prices come from that the spec gives without a source.
const SOURCE: &str = "this spec";

impl Resolver<'_, '_> {
    pub(super) fn prices(&mut self) -> Prices {
        let built_in: Vec<spec::Prices> = serde_json::from_str(BUILT_IN).expect("our lists can be read");
        let Some(said) = &self.spec.prices else { return listed(&built_in) };
        let currency = said.currency.as_ref().map_or(Ok(Currency::default()), |code| Currency::parse(code));
        let currency = self.checked(Location::value(["prices", "currency"]), currency).unwrap_or_default();
        self.checked(Location::value(["prices", "date"]), check_day(&said.date));
        let mut prices = match currency {
            // Amounts of two currencies make no sum.
            Currency::USD => listed(&built_in),
            currency => Prices { currency, ..Prices::default() },
        };
        let quote = quoted(&mut prices, said);
        for (name, of_region) in said.regions.iter() {
            let at =
                |key: &str| Location::value(["prices", "regions", name].into_iter().chain(key.split('.')));
            let place = Location::key(["prices", "regions", name]);
            let region = self.checked(place, Region::parse(name));
            let checked = of(of_region, quote, |key, rate| self.checked(at(key), rate));
            if let Some(region) = region {
                add(&mut prices, region, checked);
            }
        }
        prices
    }
}

fn listed(lists: &[spec::Prices]) -> Prices {
    let mut prices = Prices::default();
    for list in lists {
        let quote = quoted(&mut prices, list);
        for (name, of_region) in list.regions.iter() {
            let checked = of(of_region, quote, |_, rate| rate.ok());
            add(&mut prices, Region::parse(name).expect("our lists name regions"), checked);
        }
    }
    prices
}

fn quoted(prices: &mut Prices, list: &spec::Prices) -> usize {
    let source = list.source.clone().unwrap_or_else(|| SOURCE.to_owned());
    prices.quotes.push(Quote { date: list.date.0.clone(), source });
    prices.quotes.len() - 1
}

/// The prices of a region that pass the check; it is told the key of each.
fn of(
    said: &spec::RegionPrices,
    quote: usize,
    mut check: impl FnMut(&str, Result<Rate, Invalid>) -> Option<Rate>,
) -> RegionPrices {
    let mut price = |key: &str, number: f64| Some(Price { rate: check(key, Rate::parse(number))?, quote });
    let mut tasks = |vcpu_hour: &str, gb_hour: &str, said: &Option<spec::TaskPrices>| {
        let said = said.as_ref()?;
        let (vcpu_hour, gb_hour) = (price(vcpu_hour, said.vcpu_hour), price(gb_hour, said.gb_hour));
        Some(TaskPrices { vcpu_hour: vcpu_hour?, gb_hour: gb_hour? })
    };
    RegionPrices {
        x86_64: tasks("x86_64.vcpu_hour", "x86_64.gb_hour", &said.x86_64),
        arm64: tasks("arm64.vcpu_hour", "arm64.gb_hour", &said.arm64),
        alarm: said.alarm.and_then(|number| price("alarm", number)),
        high_resolution_alarm: said
            .high_resolution_alarm
            .and_then(|number| price("high_resolution_alarm", number)),
        metric: said.metric.and_then(|number| price("metric", number)),
        dashboard: said.dashboard.and_then(|number| price("dashboard", number)),
    }
}

/// Key by key, as layers of the spec merge.
fn add(prices: &mut Prices, region: Region, said: RegionPrices) {
    let known = prices.regions.entry(region).or_default();
    *known = RegionPrices {
        x86_64: said.x86_64.or(known.x86_64),
        arm64: said.arm64.or(known.arm64),
        alarm: said.alarm.or(known.alarm),
        high_resolution_alarm: said.high_resolution_alarm.or(known.high_resolution_alarm),
        metric: said.metric.or(known.metric),
        dashboard: said.dashboard.or(known.dashboard),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No price of the built-in lists is dropped by a check, and each list is dated.
    #[test]
    fn the_built_in_lists_are_valid() {
        let lists: Vec<spec::Prices> = serde_json::from_str(BUILT_IN).unwrap();
        for list in &lists {
            assert!(check_day(&list.date).is_ok() && list.source.is_some() && list.currency.is_none());
            for (region, said) in list.regions.iter() {
                let mut checked = 0;
                of(said, 0, |key, rate| {
                    checked += 1;
                    Some(rate.unwrap_or_else(|invalid| panic!("{region} {key}: {}", invalid.message)))
                });
                assert!(checked > 0, "{region}");
            }
        }
        assert_eq!(listed(&lists).quotes.len(), lists.len());
    }
}

//! AWS prices: the built-in lists, and the spec's on top of them.

use super::Resolver;
use crate::diagnostic::Location;
use crate::plan::RegionPrices;
use crate::plan::prices::{Price, Prices, Quote};
use crate::plan::units::{Currency, Rate, Region, check_day};
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
            let checked = of_region
                .map(|key, number| Some(Price { rate: self.checked(at(key), Rate::parse(number))?, quote }));
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
            let checked = of_region.map(|_, number| Some(Price { rate: Rate::parse(number).ok()?, quote }));
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

/// Key by key, as layers of the spec merge.
fn add(prices: &mut Prices, region: Region, said: RegionPrices<Price>) {
    let known = prices.of(&region);
    prices.regions.insert(region, said.or(known));
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
                said.map(|key, number| {
                    checked += 1;
                    let rate = Rate::parse(number);
                    Some(rate.unwrap_or_else(|invalid| panic!("{region} {key}: {}", invalid.message)))
                });
                assert!(checked > 0, "{region}");
            }
        }
        assert_eq!(listed(&lists).quotes.len(), lists.len());
    }
}

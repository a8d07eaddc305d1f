//! Differences of price lists. They change what costs are computed, and nothing on AWS.

use std::collections::{BTreeMap, BTreeSet};

use super::found::{ChangeList, none};
use crate::plan::prices::{Price, Prices};

pub(super) fn compare(found: &mut ChangeList, old: &Prices, new: &Prices) {
    let before = found.changes.len();
    let said = || none("what costs are computed with; nothing on AWS changes");
    let currencies = (old.currency.code().to_owned(), new.currency.code().to_owned());
    found.value("prices.currency", (&currencies.0, &currencies.1), |_, _| said());
    let (olds, news) = (listed(old), listed(new));
    let keys: BTreeSet<&String> = olds.keys().chain(news.keys()).collect();
    for key in keys {
        found.below("prices").value(key, (&olds.get(key), &news.get(key)), |_, _| said());
    }
    if found.changes.len() == before {
        // A list that gives no price.
        let quotes = [old, new].map(|prices| {
            (0..prices.quotes.len()).map(|at| quote(prices, at)).collect::<Vec<_>>().join("; ")
        });
        found.value("prices", (&quotes[0], &quotes[1]), |_, _| said());
    }
}

/// Every price by its key: how much, and who says so.
fn listed(prices: &Prices) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (region, of_region) in prices.regions() {
        of_region.map(|key, Price { rate, quote: at }| {
            let shown = format!("{} ({})", rate.nanos() as f64 / 1e9, quote(prices, at));
            all.insert(format!("regions.{region}.{key}"), shown)
        });
    }
    all
}

fn quote(prices: &Prices, at: usize) -> String {
    prices.quotes.get(at).map(|quote| format!("{}, {}", quote.date, quote.source)).unwrap_or_default()
}

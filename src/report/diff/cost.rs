//! What a change costs, in words that all formats share.

use crate::cost::Money;
use crate::diff::{Bound, Cost, Costs};
use crate::words::counted;

/// What the numbers are.
pub(super) const ABOUT: &str = "a month of 730 hours, with the fewest and with the most tasks all the time, at list prices or those of the spec";

/// `$1.00 → $2.00 (+$1.00)`. Between sides that do not count the same services there is no difference to be told.
pub(super) fn bound(cost: &Cost, bound: &Bound) -> String {
    let side = |money: Option<Money>| money.map_or_else(|| "unknown".to_owned(), |money| money.to_string());
    let absent = |money: Option<Money>, uncounted: usize| match (money, uncounted, bound.new.or(bound.old)) {
        (None, 0, Some(other)) => Money::zero(other.currency()).to_string(),
        (money, ..) => side(money),
    };
    let (old, new) = (absent(bound.old, cost.uncounted.0), absent(bound.new, cost.uncounted.1));
    if bound.old == bound.new {
        return if bound.new.is_some() { format!("{new} (unchanged)") } else { new };
    }
    match bound.delta().filter(|_| cost.comparable) {
        Some(delta) => format!("{old} → {new} ({})", signed(delta)),
        None => format!("{old} → {new}"),
    }
}

fn signed(money: Money) -> String {
    if money.cents() < 0 { money.to_string() } else { format!("+{money}") }
}

/// What is not in the numbers.
pub(super) fn notes(costs: &Costs) -> Vec<String> {
    let mut notes = Vec::new();
    let (before, after) = costs.total.uncounted;
    if before > 0 || after > 0 {
        notes.push(format!(
            "not counted, because the `task` or its price is not known: {} before, {after} after",
            counted(before, "service")
        ));
    }
    if costs.left > 0 {
        notes.push(format!(
            "the tasks of {} that {} not in the spec any more are not counted, and cost as long as they run",
            counted(costs.left, "service"),
            if costs.left == 1 { "is" } else { "are" }
        ));
    }
    if costs.scheduled > 0 {
        let services = counted(costs.scheduled, "service");
        notes.push(format!("scheduled actions move these bounds of {services}"));
    }
    if costs.beyond_maximum > 0 {
        notes.push(format!(
            "a forecast may go above the most tasks of {}",
            counted(costs.beyond_maximum, "service")
        ));
    }
    notes
}

/// Whether anything is to be said: something changes, and something of it has a price.
pub(super) fn changes(costs: &Costs) -> bool {
    let priced = |bound: &Bound| bound.old.is_some() || bound.new.is_some();
    costs.environments.iter().any(|cost| priced(&cost.floor) || priced(&cost.ceiling))
}

//! Amounts of money, exactly.

use std::fmt;

use crate::plan::units::{Currency, Rate};

/// Units of [`Money`] in one cent: it counts trillionths.
const CENT: i128 = 10_000_000_000;
/// Billionths times billionths, in one trillionth.
const PER_UNIT: u128 = 1_000_000;

/// An amount of money, in trillionths of its currency: whole numbers, so that sums do not drift. It is rounded once, when
/// it is shown: to the nearest cent, halves away from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    trillionths: i128,
    currency: Currency,
}

impl Money {
    /// None.
    pub fn zero(currency: Currency) -> Self {
        Self { trillionths: 0, currency }
    }

    /// The price of a number of things.
    pub fn of(count: u64, rate: Rate, currency: Currency) -> Self {
        Self { trillionths: i128::from(count) * i128::from(rate.nanos()) * 1000, currency }
    }

    /// The price of a size, in billionths. Exact for sizes of at most three digits behind the point, else to the nearest
    /// trillionth.
    pub(super) fn of_size(size: u64, rate: Rate, currency: Currency) -> Self {
        let exact = u128::from(size) * u128::from(rate.nanos());
        let rounded = (exact + PER_UNIT / 2) / PER_UNIT;
        Self { trillionths: i128::try_from(rounded).unwrap_or(i128::MAX), currency }
    }

    /// This many times as much.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        Self { trillionths: self.trillionths.saturating_mul(i128::from(count)), ..self }
    }

    /// The sum; `None` for amounts of two currencies.
    pub fn plus(self, other: Self) -> Option<Self> {
        let sum = Self { trillionths: self.trillionths.saturating_add(other.trillionths), ..self };
        (self.currency == other.currency).then_some(sum)
    }

    /// The difference; `None` for amounts of two currencies.
    pub fn minus(self, other: Self) -> Option<Self> {
        self.plus(Self { trillionths: other.trillionths.saturating_neg(), ..other })
    }

    pub fn currency(self) -> Currency {
        self.currency
    }

    /// Rounded to cents.
    pub fn cents(self) -> i128 {
        let half = if self.trillionths < 0 { -CENT / 2 } else { CENT / 2 };
        self.trillionths.saturating_add(half) / CENT
    }

    /// The number alone, as `1,234.56`.
    pub fn number(self) -> String {
        let cents = self.cents();
        let sign = if cents < 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", grouped(cents.unsigned_abs() / 100), cents.unsigned_abs() % 100)
    }
}

/// `$1,234.56`, `-$0.05`, `EUR 1,234.56`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.number();
        match self.currency {
            Currency::USD => match number.strip_prefix('-') {
                Some(number) => write!(f, "-${number}"),
                None => write!(f, "${number}"),
            },
            currency => write!(f, "{} {number}", currency.code()),
        }
    }
}

/// A number with a comma between thousands.
pub fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(number: f64) -> Rate {
        Rate::parse(number).unwrap()
    }

    #[test]
    fn amounts_round_once_when_shown() {
        let usd = |count, number| Money::of(count, rate(number), Currency::USD);
        for (money, shown) in [
            (Money::zero(Currency::USD), "$0.00"),
            (usd(1, 0.005), "$0.01"),
            (usd(1, 0.004_999_999), "$0.00"),
            (usd(3, 0.004_999_999), "$0.01"), // 0.014999997, not 3 times nothing
            (usd(1_234_567, 1.0), "$1,234,567.00"),
            (usd(123_456, 0.01), "$1,234.56"),
            (Money::of(1_234, rate(1.5), Currency::parse("EUR").unwrap()), "EUR 1,851.00"),
        ] {
            assert_eq!(money.to_string(), shown);
        }
        let less = usd(1, 0.005).minus(usd(2, 0.005)).unwrap();
        assert_eq!((less.to_string(), less.number()), ("-$0.01".to_owned(), "-0.01".to_owned()));
        let euros = Money::zero(Currency::parse("EUR").unwrap());
        assert_eq!(usd(1, 1.0).plus(euros), None);
    }

    #[test]
    fn sums_do_not_drift() {
        let tenth = Money::of(1, rate(0.1), Currency::USD);
        let sum = (0..1_000_000).fold(Money::zero(Currency::USD), |sum, _| sum.plus(tenth).unwrap());
        assert_eq!(sum, Money::of(100_000, rate(1.0), Currency::USD));
    }

    #[test]
    fn thousands_are_grouped() {
        for (number, shown) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), shown);
        }
    }
}

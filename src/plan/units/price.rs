//! Currencies, rates and days.

use std::fmt;

use super::{Invalid, invalid};
use crate::diagnostic::Code;

/// A currency, ISO 4217.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Currency([u8; 3]);

impl Currency {
    /// US dollar, in which AWS publishes its prices.
    pub const USD: Self = Self(*b"USD");

    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text.as_bytes() {
            code @ [_, _, _] if code.iter().all(u8::is_ascii_uppercase) => {
                Ok(Self([code[0], code[1], code[2]]))
            }
            _ => {
                let help = "write its three letters, such as `USD`";
                invalid(Code::Prices, format!("{text:?} is not a currency"), help)
            }
        }
    }

    /// Its three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("ASCII")
    }
}

impl Default for Currency {
    fn default() -> Self {
        Self::USD
    }
}

/// A price, exactly: a decimal number with at most nine digits behind the point, above 0 and below 1000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(u64);

impl Rate {
    /// Checks a price. The decimal digits that were written count, not the binary number nearest to them.
    pub fn parse(number: f64) -> Result<Self, Invalid> {
        if number > 0.0
            && number < 1000.0
            && let Some(nanos) = nanos(number)
            && nanos > 0
        {
            return Ok(Self(nanos));
        }
        let help = "write a price above 0 and below 1000 with at most nine digits behind the point; leave out what you do not pay";
        invalid(Code::Prices, format!("{number} is not a price"), help)
    }

    /// In billionths.
    pub fn nanos(self) -> u64 {
        self.0
    }
}

/// The decimal number, with two digits behind the point or more.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0 / 1_000_000_000, self.0 % 1_000_000_000);
        let fraction = format!("{fraction:09}");
        let digits = fraction.trim_end_matches('0').len().max(2);
        write!(f, "{whole}.{}", &fraction[..digits])
    }
}

/// Billionths of a number: exact, or `None` if the shortest decimal that is this number has more digits.
pub(crate) fn nanos(number: f64) -> Option<u64> {
    let text = number.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    if fraction.len() > 9 {
        return None;
    }
    format!("{whole}{fraction:0<9}").parse().ok()
}

pub fn check_day(text: &str) -> Result<String, Invalid> {
    let day = text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok();
    if day {
        return Ok(text.to_owned());
    }
    invalid(Code::Prices, format!("{text:?} is not a day"), "write year, month and day: `2026-09-01`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_the_digits_that_were_written() {
        for (number, expected) in [
            (0.04048, 40_480_000),
            (0.004445, 4_445_000),
            (0.1, 100_000_000),
            (3.0, 3_000_000_000),
            (1e-9, 1),
        ] {
            assert_eq!(Rate::parse(number).map(Rate::nanos), Ok(expected), "{number}");
        }
        for (number, shown) in [(0.04048, "0.04048"), (0.1, "0.10"), (3.0, "3.00"), (12.5, "12.50")] {
            assert_eq!(Rate::parse(number).map(|rate| rate.to_string()).as_deref(), Ok(shown));
        }
        for bad in [0.0, -0.1, 1000.0, 1e-10, 0.123_456_789_1, f64::NAN, f64::INFINITY] {
            assert!(Rate::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn currencies_and_days() {
        assert_eq!(Currency::parse("EUR").map(|c| c.code().to_owned()), Ok("EUR".to_owned()));
        for bad in ["", "eur", "EURO", "€", "U S"] {
            assert!(Currency::parse(bad).is_err(), "{bad}");
        }
        assert!(check_day("2028-02-29").is_ok());
        for bad in ["2027-02-29", "2027-2-1", "20270201", "2027-02-01T00", "today"] {
            assert!(check_day(bad).is_err(), "{bad}");
        }
    }
}

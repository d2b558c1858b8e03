//! `multipleOf`, by a keyword of our own.
//!
//! The library divides fractions of numbers of any length where a number is far from 1: one look at `1e300` then costs as
//! much as thousands of others. The decimals of a number of JSON, 17 or 20 digits and an exponent, need no such fractions.

use jsonschema::{Keyword, ValidationError};
use serde_json::Number;

use crate::{
    bounds::COST_OF_A_DIVISION,
    instance::{Instance, Metered},
};

/// `digits * 10^exponent`, without its sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Decimal {
    digits: u64,
    exponent: i32,
}

impl Decimal {
    /// As people write the number: `0.1` is a tenth, not the double that is nearest to it.
    fn of(number: &Number) -> Option<Self> {
        if let Some(digits) = number.as_u64() {
            return Some(Self {
                digits,
                exponent: 0,
            });
        }
        if let Some(whole) = number.as_i64() {
            let digits = whole.unsigned_abs();
            return Some(Self {
                digits,
                exponent: 0,
            });
        }
        let text = number.to_string();
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((&text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let fraction = fraction.trim_end_matches('0');
        let digits = format!("{}{fraction}", whole.trim_start_matches('-'));
        let significant = digits.trim_end_matches('0');
        let zeros = i32::try_from(digits.len() - significant.len()).ok()?;
        let places = i32::try_from(fraction.len()).ok()?;
        let exponent: i32 = exponent.parse().ok()?;
        Some(Self {
            digits: if significant.is_empty() {
                0
            } else {
                significant.parse().ok()?
            },
            exponent: exponent.checked_sub(places)?.checked_add(zeros)?,
        })
    }

    fn is_multiple_of(self, divisor: Self) -> bool {
        let places = self.exponent.saturating_sub(divisor.exponent);
        match u32::try_from(places) {
            Ok(places) => {
                let (digits, divisor) = (u128::from(self.digits), u128::from(divisor.digits));
                let power = power_of_ten(places, divisor);
                power.is_some_and(|power| (digits % divisor) * power % divisor == 0)
            }
            // The divisor has to hold these places too. No number of 20 digits is a multiple of a longer one.
            Err(_) => {
                let power = 10_u128.checked_pow(places.unsigned_abs());
                let divisor = power.and_then(|power| power.checked_mul(divisor.digits.into()));
                self.digits == 0
                    || divisor.is_some_and(|divisor| u128::from(self.digits) % divisor == 0)
            }
        }
    }
}

/// `10^places` modulo a number of 64 bits.
fn power_of_ten(mut places: u32, modulus: u128) -> Option<u128> {
    let mut power = 1_u128.checked_rem(modulus)?;
    let mut square = 10_u128.checked_rem(modulus)?;
    while places > 0 {
        if places & 1 == 1 {
            power = power * square % modulus;
        }
        square = square * square % modulus;
        places >>= 1;
    }
    Some(power)
}

/// The keyword.
pub(crate) struct MultipleOf(Decimal);

impl MultipleOf {
    pub(crate) fn new(value: &serde_json::Value) -> Option<Self> {
        let divisor = Decimal::of(value.as_number()?)?;
        (divisor.digits > 0).then_some(Self(divisor))
    }
}

impl<'i> Keyword<'i, Metered> for MultipleOf {
    fn validate(&self, instance: Instance<'i>) -> Result<(), ValidationError<'i>> {
        if self.is_valid(instance) {
            Ok(())
        } else {
            Err(ValidationError::custom("not a multiple"))
        }
    }

    fn is_valid(&self, instance: Instance<'i>) -> bool {
        let Some(number) = instance.number(COST_OF_A_DIVISION) else {
            return true;
        };
        Decimal::of(number).is_some_and(|value| value.is_multiple_of(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::of(&serde_json::from_str(text).unwrap()).unwrap()
    }

    #[test]
    fn a_number_is_read_as_it_is_written() {
        for (text, digits, exponent) in [
            ("0", 0, 0),
            ("-0.0", 0, 1),
            ("10", 10, 0),
            ("-7", 7, 0),
            ("10.0", 1, 1),
            ("0.1", 1, -1),
            ("-1070468.14", 107_046_814, -2),
            ("1e300", 1, 300),
            ("5e-324", 5, -324),
            ("1.7976931348623157e308", 17_976_931_348_623_157, 292),
            ("18446744073709551615", u64::MAX, 0),
        ] {
            assert_eq!(decimal(text), Decimal { digits, exponent }, "{text}");
        }
    }

    #[test]
    fn multiples_are_exact_at_every_distance_from_one() {
        for (value, divisor, expected) in [
            ("0", "3", true),
            ("-0.0", "1e300", true),
            ("4.5", "1.5", true),
            ("-6", "0.5", true),
            ("1.1", "0.1", true),
            ("4.55", "0.1", false),
            ("1.3e-16", "1.3", false),
            ("1e-15", "1e-16", true),
            ("12391239123", "1e-8", true),
            ("1070468.14", "0.01", true),
            ("1070468.145", "0.01", false),
            ("9223372036854775806", "4", false),
            ("18446744073709551615", "5", true),
            ("18446744073709551615", "1e-300", true),
            ("1e300", "0.01", true),
            ("1e300", "0.03", false),
            ("3e300", "0.03", true),
            ("1e300", "1e-300", true),
            ("1e308", "7", false),
            // 2^60: a power of ten is a multiple of as many twos as it has zeros.
            ("1e300", "1152921504606846976", true),
            ("3e50", "1152921504606846976", false),
            ("1.7976931348623157e308", "5e-324", true),
            ("5e-324", "1.7976931348623157e308", false),
            ("1e-300", "0.5", false),
        ] {
            let (value_of, divisor_of) = (decimal(value), decimal(divisor));
            let is = value_of.is_multiple_of(divisor_of);
            assert_eq!(is, expected, "{value} of {divisor}");
        }
    }
}

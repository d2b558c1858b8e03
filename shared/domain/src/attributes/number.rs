use super::{limits::ATTRIBUTE_MAX_BYTES, unkept::Unkept};

/// As many significant digits as DynamoDB keeps of a number.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number>
const DIGITS_AT_MOST: usize = 38;

/// The one form of a JSON number (RFC 8259, section 6): plain decimal, without an exponent and without digits that say
/// nothing. `1e2` is `100`, `100.50` is `100.5` and `-0` is `0`, so that equal numbers are equal texts.
///
/// # Errors
/// [`Unkept::NotNumber`], or [`Unkept::TooLong`] beyond 38 significant digits or 128 characters.
pub fn canonical_number(text: &str) -> Result<String, Unkept> {
    let written = Written::read(text).ok_or(Unkept::NotNumber)?;
    let all = [written.whole, written.fraction].concat();
    let significant = all.trim_start_matches('0').trim_end_matches('0');
    if significant.is_empty() {
        return Ok("0".to_owned());
    }
    if significant.len() > DIGITS_AT_MOST {
        return Err(Unkept::TooLong);
    }
    // The number is 0.SIGNIFICANT * 10^point.
    let zeros = all.len() - all.trim_start_matches('0').len();
    let length = |bytes: usize| i64::try_from(bytes).unwrap_or(i64::MAX);
    let exponent = written.exponent.ok_or(Unkept::TooLong)?;
    let point = exponent
        .saturating_add(length(written.whole.len()))
        .saturating_sub(length(zeros));
    let most = length(ATTRIBUTE_MAX_BYTES);
    if !(-most..=most).contains(&point) {
        return Err(Unkept::TooLong);
    }
    let places = |count: i64| usize::try_from(count).unwrap_or_default();
    let digits = match significant.split_at_checked(places(point)) {
        _ if point <= 0 => format!("0.{}{significant}", "0".repeat(places(-point))),
        Some((whole, "")) => whole.to_owned(),
        Some((whole, fraction)) => format!("{whole}.{fraction}"),
        None => {
            let zeros = "0".repeat(places(point) - significant.len());
            format!("{significant}{zeros}")
        }
    };
    let sign = if written.is_negative { "-" } else { "" };
    let number = format!("{sign}{digits}");
    if number.len() > ATTRIBUTE_MAX_BYTES {
        return Err(Unkept::TooLong);
    }
    Ok(number)
}

/// A number as it is written.
struct Written<'a> {
    is_negative: bool,
    /// Digits.
    whole: &'a str,
    /// Digits, or nothing.
    fraction: &'a str,
    /// `None`: beyond what a value can hold.
    exponent: Option<i64>,
}

impl<'a> Written<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (is_negative, text) = match text.strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, text),
        };
        let (whole, text) = digits(text)?;
        if whole.len() > 1 && whole.starts_with('0') {
            return None;
        }
        let (fraction, text) = match text.strip_prefix('.') {
            Some(text) => digits(text)?,
            None => ("", text),
        };
        let exponent = match text.strip_prefix(['e', 'E']) {
            None if text.is_empty() => Some(0),
            None => return None,
            Some(text) => {
                let (sign, text) = match text.strip_prefix(['+', '-']) {
                    Some(rest) => (text.starts_with('-'), rest),
                    None => (false, text),
                };
                let (digits, "") = digits(text)? else {
                    return None;
                };
                let exponent = digits.parse::<i64>().ok();
                exponent.map(|exponent| if sign { -exponent } else { exponent })
            }
        };
        Some(Self {
            is_negative,
            whole,
            fraction,
            exponent,
        })
    }
}

/// The digits that a text begins with, of which there must be one, and the rest.
fn digits(text: &str) -> Option<(&str, &str)> {
    let end = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    (!digits.is_empty()).then_some((digits, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_are_equal_texts() {
        for (text, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.00e5", "0"),
            ("0e99999999999999999999", "0"),
            ("1", "1"),
            ("1e2", "100"),
            ("1E+2", "100"),
            ("100.50", "100.5"),
            ("100.0", "100"),
            ("-1.5", "-1.5"),
            ("0.1", "0.1"),
            ("1e-1", "0.1"),
            ("12.5e-3", "0.0125"),
            ("12.5e1", "125"),
            ("0.001e3", "1"),
            ("10e-1", "1"),
            (
                "12345678901234567890123456789012345678",
                "12345678901234567890123456789012345678",
            ),
        ] {
            assert_eq!(canonical_number(text).as_deref(), Ok(expected), "{text}");
        }
        let largest = canonical_number("1e127").unwrap();
        assert_eq!(largest.len(), 128);
    }

    #[test]
    fn what_is_no_number_of_json_is_none() {
        for bad in [
            "", "-", "+1", " 1", "1 ", "01", "-01", ".5", "1.", "1e", "1e+", "1e1.5", "0x1", "1,5",
            "NaN", "Infinity", "1_000", "\u{661}", "--1", "1e2e3",
        ] {
            assert_eq!(canonical_number(bad), Err(Unkept::NotNumber), "{bad}");
        }
    }

    #[test]
    fn a_number_that_would_lose_digits_or_grow_long_is_left_out() {
        for long in [
            "123456789012345678901234567890123456789",
            "1e128",
            "-1e127",
            "1e-127",
            "1e99999999999999999999",
            "1e-99999999999999999999",
        ] {
            assert_eq!(canonical_number(long), Err(Unkept::TooLong), "{long}");
        }
    }
}

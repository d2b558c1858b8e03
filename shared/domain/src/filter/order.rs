/// The largest number that can be compared, in millionths; the smallest is its negative.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>
const LARGEST: i64 = 5_000_000_000 * MILLION;
const MILLION: i64 = 1_000_000;

/// What a pointer has in place of the order text of a number that cannot be compared.
pub(crate) const NOT_COMPARABLE: &str = "-";

/// How many bytes an order text has.
pub(crate) const ORDER_BYTES: usize = 55;

/// A text that sorts as the number does, so that a comparison is a choice of prefixes: 55 binary digits. All but the last are
/// how many millionths the number is above the smallest one; the last says that it is a little more than that, by decimals
/// behind the sixth. `modules/filter` of the Terraform code makes the prefixes.
///
/// `number` is in the form of [`canonical_number`](crate::canonical_number). `None`: it is below -5,000,000,000 or above
/// 5,000,000,000, the limits of EventBridge's comparisons, or no number.
#[must_use]
pub fn order_text(number: &str) -> Option<String> {
    let (is_negative, digits) = match number.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, number),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    // Ten digits are the most below the limit.
    if whole.is_empty() || whole.len() > 10 || !is_digits(whole) || !is_digits(decimals) {
        return None;
    }
    let (millionths, rest) = decimals.split_at_checked(6).unwrap_or((decimals, ""));
    let millionths: i64 = format!("{millionths:0<6}").parse().ok()?;
    let size = whole.parse::<i64>().ok()? * MILLION + millionths;
    let more = rest.bytes().any(|byte| byte != b'0');
    // The next millionth below.
    let floor = match (is_negative, more) {
        (false, _) => size,
        (true, false) => -size,
        (true, true) => -size - 1,
    };
    let is_above = floor > LARGEST || (floor == LARGEST && more);
    if floor < -LARGEST || is_above {
        return None;
    }
    let place = 2 * (floor + LARGEST) + i64::from(more);
    Some(format!("{place:0ORDER_BYTES$b}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical_number;

    fn order(number: &str) -> Option<String> {
        order_text(&canonical_number(number).unwrap())
    }

    #[test]
    fn texts_sort_as_their_numbers_do() {
        let ascending = [
            "-5e9",
            "-4999999999.9999999",
            "-4999999999.999999",
            "-100",
            "-99.9999999",
            "-1.5",
            "-0.000001",
            "-0.0000001",
            "0",
            "1e-30",
            "0.000001",
            "0.0000010000001",
            "0.000002",
            "0.1",
            "0.30000000000000004",
            "9",
            "10",
            "99.99",
            "100",
            "4999999999.9999999",
            "5e9",
        ];
        let texts: Vec<_> = ascending.map(|number| order(number).unwrap()).into();
        assert!(texts.is_sorted_by(|a, b| a < b), "{texts:#?}");
        assert!(texts.iter().all(|text| text.len() == ORDER_BYTES));
        assert!(!texts.iter().any(|text| text.starts_with(NOT_COMPARABLE)));
    }

    #[test]
    fn equal_numbers_have_equal_texts() {
        assert_eq!(order("1e2"), order("100.00"));
        assert_eq!(order("-0"), order("0.0"));
        // Written down, so that no later version writes others: pointers keep them for months.
        assert_eq!(
            order("100").unwrap(),
            "0100011100001101111001001111011101011001100001000000000"
        );
        assert_eq!(order("-5000000000").unwrap(), "0".repeat(55));
    }

    #[test]
    fn beyond_the_limits_there_is_none() {
        for number in [
            "5000000000.000001",
            "5000000000.0000001",
            "-5000000000.0000001",
            "1e10",
            "-1e120",
        ] {
            assert_eq!(order(number), None, "{number}");
        }
        for text in ["", "-", ".5", "1e5", "NaN", "+1", "1.-5", "\u{661}", "--1"] {
            assert_eq!(order_text(text), None, "{text}");
        }
    }
}

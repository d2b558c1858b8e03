//! Timestamps: a strict grammar, and a window on both sides.

use jiff::Timestamp;

use crate::{Rejection, TimestampUnit};

/// When a delivery was signed, and from when until when its sender wants it believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) unix_s: i64,
    pub(crate) expires: Option<i64>,
    pub(crate) begins: Option<i64>,
}

/// How long before and after its moment a delivery is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Seconds it may lie in the past.
    pub max_age_s: u32,
    /// Seconds it may lie in the future.
    pub max_future_s: u32,
}

impl Moment {
    pub(crate) fn at(unix_s: i64) -> Self {
        Self {
            unix_s,
            expires: None,
            begins: None,
        }
    }

    pub(crate) fn check(self, window: Option<Window>, now_unix_s: i64) -> Result<(), Rejection> {
        if self.expires.is_some_and(|end| now_unix_s > end) {
            return Err(Rejection::TimestampStale);
        }
        if self.begins.is_some_and(|begin| now_unix_s < begin) {
            return Err(Rejection::TimestampFuture);
        }
        window.map_or(Ok(()), |window| check(self.unix_s, window, now_unix_s))
    }
}

/// The Unix second that a timestamp falls into.
///
/// The grammar is exact because the verbatim text is signed: a reader that also
/// took `+1`, ` 1` or `1e9` would accept many texts for one moment, and where no
/// literal follows it, a fixed width is what keeps the boundary to the next part.
pub(crate) fn parse(text: &str, unit: TimestampUnit) -> Result<i64, Rejection> {
    if !has_form(text, unit) {
        return Err(Rejection::TimestampMalformed);
    }
    match unit {
        TimestampUnit::S => text.parse().ok(),
        TimestampUnit::Ms => text.parse::<i64>().ok().map(|ms| ms.div_euclid(1000)),
        // Still has to exist: month 13 has the form.
        TimestampUnit::Rfc3339 => text.parse::<Timestamp>().ok().map(Timestamp::as_second),
    }
    .ok_or(Rejection::TimestampMalformed)
}

/// Whether a text is written as the unit demands.
pub(crate) fn has_form(text: &str, unit: TimestampUnit) -> bool {
    match unit {
        TimestampUnit::S => is_digits(text, 10),
        TimestampUnit::Ms => is_digits(text, 13),
        TimestampUnit::Rfc3339 => is_rfc3339(text.as_bytes()),
    }
}

/// Writes a moment as the unit demands.
pub(crate) fn format(unix_s: i64, unit: TimestampUnit) -> Option<String> {
    let text = match unit {
        TimestampUnit::S => unix_s.to_string(),
        TimestampUnit::Ms => unix_s.checked_mul(1000)?.to_string(),
        TimestampUnit::Rfc3339 => Timestamp::from_second(unix_s).ok()?.to_string(),
    };
    parse(&text, unit).is_ok().then_some(text)
}

/// Whether a moment lies in the window around now.
fn check(unix_s: i64, window: Window, now_unix_s: i64) -> Result<(), Rejection> {
    let age = now_unix_s.saturating_sub(unix_s);
    if age > i64::from(window.max_age_s) {
        Err(Rejection::TimestampStale)
    } else if age < -i64::from(window.max_future_s) {
        Err(Rejection::TimestampFuture)
    } else {
        Ok(())
    }
}

fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|b| b.is_ascii_digit())
}

/// `2026-11-21T20:59:57`, up to nine digits of fraction, then `Z` or `+hh:mm`.
fn is_rfc3339(text: &[u8]) -> bool {
    let Some((date, rest)) = text.split_at_checked(19) else {
        return false;
    };
    let Some(rest) = without_fraction(rest) else {
        return false;
    };
    matches(date, b"0000-00-00T00:00:00")
        && (rest == b"Z" || matches(rest, b"+00:00") || matches(rest, b"-00:00"))
}

fn without_fraction(rest: &[u8]) -> Option<&[u8]> {
    let Some(fraction) = rest.strip_prefix(b".") else {
        return Some(rest);
    };
    let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
    if (1..=9).contains(&digits) {
        fraction.get(digits..)
    } else {
        None
    }
}

/// Whether a text has a form in which `0` stands for any digit.
fn matches(text: &[u8], form: &[u8]) -> bool {
    text.len() == form.len()
        && text.iter().zip(form).all(|(have, want)| {
            if *want == b'0' {
                have.is_ascii_digit()
            } else {
                have == want
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_each_unit() {
        assert_eq!(parse("1700000000", TimestampUnit::S), Ok(1_700_000_000));
        assert_eq!(parse("1700000000999", TimestampUnit::Ms), Ok(1_700_000_000));
        for text in [
            "2023-11-14T22:13:20Z",
            "2023-11-14T22:13:20.999999999Z",
            "2023-11-14T15:13:20-07:00",
        ] {
            assert_eq!(
                parse(text, TimestampUnit::Rfc3339),
                Ok(1_700_000_000),
                "{text}"
            );
        }
    }

    #[test]
    fn refuses_everything_else() {
        let odd = [
            "",
            "1",
            "+1",
            " 1",
            "1e9",
            "-9223372036854775808",
            "99999999999999999999",
            "+170000000",
            " 170000000",
            "170000000 ",
            "17000000.0",
            "0x17000000",
            "-170000000",
            "1_00000000",
            "١٧٠٠٠٠٠٠٠٠",
            "1700000000\n",
        ];
        for text in odd {
            for unit in [TimestampUnit::S, TimestampUnit::Ms, TimestampUnit::Rfc3339] {
                assert_eq!(
                    parse(text, unit),
                    Err(Rejection::TimestampMalformed),
                    "{text} {unit:?}"
                );
            }
        }
        assert!(parse("1700000000000", TimestampUnit::S).is_err());
        assert!(parse("1700000000", TimestampUnit::Ms).is_err());
        let odd = [
            "2023-11-14T22:13:20",
            "2023-11-14t22:13:20Z",
            "2023-11-14T22:13:20z",
            "2023-11-14 22:13:20Z",
            "2023-11-14T22:13Z",
            "2023-11-14T22:13:20.Z",
            "2023-11-14T22:13:20.1234567890Z",
            "2023-11-14T22:13:20+00",
            "2023-11-14T22:13:20+0000",
            "2023-11-14T22:13:20Z[UTC]",
            "2023-13-14T22:13:20Z",
            "2023-02-30T22:13:20Z",
            "2023-11-14T25:13:20Z",
            "+002023-11-14T22:13:20Z",
            "20231114T221320Z",
            "1700000000",
        ];
        for text in odd {
            assert_eq!(
                parse(text, TimestampUnit::Rfc3339),
                Err(Rejection::TimestampMalformed),
                "{text}"
            );
        }
    }

    /// The form alone bounds a timestamp that touches its neighbour.
    #[test]
    fn the_form_is_exact_before_the_calendar_is_asked() {
        for text in ["2023-11-14T22:13:20.Z", "2023-11-14T22:13:20.1234567890Z"] {
            assert!(!has_form(text, TimestampUnit::Rfc3339), "{text}");
        }
        assert!(has_form("2023-13-99T22:13:20Z", TimestampUnit::Rfc3339));
    }

    #[test]
    fn the_window_has_two_sides() {
        let window = Window {
            max_age_s: 300,
            max_future_s: 60,
        };
        let at = |age: i64| check(1_700_000_000, window, 1_700_000_000 + age);
        assert_eq!(at(300), Ok(()));
        assert_eq!(at(301), Err(Rejection::TimestampStale));
        assert_eq!(at(-60), Ok(()));
        assert_eq!(at(-61), Err(Rejection::TimestampFuture));
        assert_eq!(check(0, window, i64::MAX), Err(Rejection::TimestampStale));
        assert_eq!(
            check(i64::MAX, window, i64::MIN),
            Err(Rejection::TimestampFuture)
        );
    }

    #[test]
    fn writes_what_it_reads() {
        for unit in [TimestampUnit::S, TimestampUnit::Ms, TimestampUnit::Rfc3339] {
            let text = format(1_700_000_000, unit).unwrap();
            assert_eq!(parse(&text, unit), Ok(1_700_000_000));
        }
        assert_eq!(format(1, TimestampUnit::S), None);
    }
}

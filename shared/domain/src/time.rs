/// A moment, by the system's or the provider's clock.
pub use jiff::Timestamp;

/// A span of time, by the same library.
pub use jiff::SignedDuration;

/// RFC 3339 in UTC with milliseconds, the form of every stored time; it sorts as text.
#[must_use]
pub fn format_time(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// Reads a provider's time: RFC 3339, or Unix seconds or milliseconds as digits, with
/// or without a fraction.
/// `None` for anything else: a time is information, not a reason to refuse an event.
#[must_use]
pub fn parse_time(text: &str) -> Option<Timestamp> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if digits(whole) && digits(fraction) => whole,
        _ => text,
    };
    if let Ok(number) = whole.parse::<i64>() {
        // Seconds reach this only in the year 5138; milliseconds passed it in 1973.
        const FIRST_MILLISECONDS: i64 = 100_000_000_000;
        return if number >= FIRST_MILLISECONDS {
            Timestamp::from_millisecond(number).ok()
        } else {
            Timestamp::from_second(number).ok()
        };
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_providers_write() {
        for text in [
            "1763758797",
            "1763758797000",
            "1763758797.329574",
            "2025-11-21T20:59:57Z",
            "2025-11-21T21:59:57.000+01:00",
        ] {
            assert_eq!(
                parse_time(text).map(format_time).as_deref(),
                Some("2025-11-21T20:59:57.000Z"),
                "{text}"
            );
        }
        for text in [
            "",
            "yesterday",
            "1e9",
            "1.2.3",
            ".5",
            "5.",
            "9223372036854775807",
            "-9223372036854775808",
        ] {
            assert!(
                parse_time(text).is_none_or(|t| t.as_second() <= 0),
                "{text}"
            );
        }
    }
}

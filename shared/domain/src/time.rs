use jiff::{civil::DateTime, tz::Offset};

/// A moment, by the system's or the provider's clock.
pub use jiff::Timestamp;

/// A span of time, from the same library.
pub use jiff::SignedDuration;

/// RFC 3339 in UTC with milliseconds, the form of every stored time; it sorts as text.
#[must_use]
pub fn format_time(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// The first second of the year 1. RFC 3339 has no years before 0, and the date types of
/// several languages none before 1.
const FIRST_SECOND: i64 = -62_135_596_800;

/// Reads a provider's time: RFC 3339, or Unix seconds or milliseconds as digits, with
/// or without a fraction. A date and a time of day without an offset are UTC, as Xero
/// writes them.
/// `None` for anything else, and before the year 1: a time is information, not a reason to
/// refuse an event.
#[must_use]
pub fn parse_time(text: &str) -> Option<Timestamp> {
    read(text).filter(|at| at.as_second() >= FIRST_SECOND)
}

fn read(text: &str) -> Option<Timestamp> {
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
    text.parse().ok().or_else(|| without_offset(text))
}

/// Xero's own description of its webhooks calls `2024-06-21T01:15:39.902` UTC.
/// <https://github.com/XeroAPI/Xero-OpenAPI/blob/master/xero-webhooks.yaml>
fn without_offset(text: &str) -> Option<Timestamp> {
    // A date alone is not a moment, and a name in brackets is a zone that would be ignored.
    if !text.contains(':') || text.contains('[') {
        return None;
    }
    let civil: DateTime = text.parse().ok()?;
    Offset::UTC.to_timestamp(civil).ok()
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
            "2025-11-21T21:59:57+0100",
            "2025-11-21T20:59:57.000",
            "2025-11-21 20:59:57",
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
            "2025-11-21",
            "20:59:57",
            "2025-11-21T20:59:57[Europe/Berlin]",
            "1e9",
            "1.2.3",
            ".5",
            "5.",
            "9223372036854775807",
            "-9223372036854775808",
        ] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }

    /// A time in an event must be RFC 3339, or it is not a `CloudEvent`.
    #[test]
    fn no_time_before_the_year_1_is_taken() {
        assert_eq!(
            parse_time("0001-01-01T00:00:00Z")
                .map(format_time)
                .as_deref(),
            Some("0001-01-01T00:00:00.000Z")
        );
        for text in [
            "0000-12-31T23:59:59Z",
            "-000001-01-01T00:00:00Z",
            "0000-01-01T00:00:00",
            "-62135596801",
        ] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }
}

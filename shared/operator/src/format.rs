//! Numbers as people read them.

use std::fmt::Display;

use domain::SignedDuration;

/// `3 s`, `14 min`, `5 h`, `12 d`.
pub fn format_duration(length: SignedDuration) -> String {
    let seconds = length.as_secs().max(0);
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// The same for a number of seconds.
pub(crate) fn format_seconds(seconds: u64) -> String {
    format_duration(SignedDuration::from_secs(
        i64::try_from(seconds).unwrap_or(i64::MAX),
    ))
}

/// A size: `999 B`, `1.4 MB`.
pub fn format_bytes(count: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "KB")];
    for (unit, name) in UNITS {
        if count >= unit {
            let tenths = count.saturating_mul(10) / unit;
            return format!("{}.{} {name}", tenths / 10, tenths % 10);
        }
    }
    format!("{count} B")
}

/// `1 event`, `2 events`.
pub fn plural<N: Copy + Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    let ending = if count == N::from(1) { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        for (seconds, text) in [
            (0, "0 s"),
            (119, "119 s"),
            (120, "2 min"),
            (7_200, "2 h"),
            (172_800, "2 d"),
        ] {
            assert_eq!(format_seconds(seconds), text);
        }
    }

    #[test]
    fn sizes_have_a_unit() {
        for (count, expected) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 KB"),
            (4_456_789, "4.4 MB"),
            (2_000_000_000, "2.0 GB"),
        ] {
            assert_eq!(format_bytes(count), expected);
        }
    }

    #[test]
    fn one_is_singular() {
        assert_eq!(plural(1_u64, "event"), "1 event");
        assert_eq!(plural(0_u32, "alarm"), "0 alarms");
    }
}

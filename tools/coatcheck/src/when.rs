//! Times in arguments: a time, a date, or how long ago.

use anyhow::{Result, anyhow};
use domain::{SignedDuration, Timestamp};

/// The forms of a time in an argument.
pub(crate) const FORMS: &str =
    "90m, 24h, 7d (ago); 2026-11-21 (midnight UTC); 2026-11-21T20:00:00Z";

/// Reads a time; a length of time means that long before `now`.
pub(crate) fn moment(text: &str, now: Timestamp) -> Result<Timestamp> {
    let unreadable = || anyhow!("{text:?} is not a time: use {FORMS}");
    if let Ok(length) = length(text) {
        return now.checked_sub(length).map_err(|_| unreadable());
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    format!("{text}T00:00:00Z")
        .parse()
        .map_err(|_| unreadable())
}

/// Reads a length of time: a number and `s`, `m`, `h` or `d`.
pub(crate) fn length(text: &str) -> Result<SignedDuration> {
    let unreadable = || anyhow!("{text:?} is not a length of time: use 90s, 15m, 24h or 7d");
    let unit = text.chars().next_back().ok_or_else(unreadable)?;
    let seconds: i64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(unreadable()),
    };
    text.strip_suffix(unit)
        .filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|number| number.parse::<i64>().ok())
        .and_then(|number| number.checked_mul(seconds))
        .map(SignedDuration::from_secs)
        .ok_or_else(unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_time_has_three_forms() {
        for (text, at) in [
            ("90m", "2026-11-22T10:30:00Z"),
            ("7d", "2026-11-15T12:00:00Z"),
            ("2026-11-21", "2026-11-21T00:00:00Z"),
            ("2026-11-21T20:00:00Z", "2026-11-21T20:00:00Z"),
            ("2026-11-21T20:00:00+01:00", "2026-11-21T19:00:00Z"),
        ] {
            let expected: Timestamp = at.parse().unwrap();
            assert_eq!(moment(text, now()).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_the_forms() {
        for text in [
            "",
            "h",
            "-1h",
            "1",
            "yesterday",
            "2026-13-01",
            "1w",
            "9223372036854775807d",
            "2026-11-21T20:00:00",
        ] {
            let problem = moment(text, now()).unwrap_err().to_string();
            assert!(problem.contains("24h"), "{text}: {problem}");
        }
    }
}

//! Sizes and rates as arguments say them.

/// Reads `100KB`, `4.4MB` or a number of bytes.
pub(super) fn size(text: &str) -> Result<usize, String> {
    const UNITS: [(&str, f64); 3] = [("MB", 1e6), ("KB", 1e3), ("B", 1.0)];
    let upper = text.trim().to_ascii_uppercase();
    let (number, unit) = UNITS
        .iter()
        .find_map(|(name, unit)| Some((upper.strip_suffix(name)?, *unit)))
        .unwrap_or((&upper, 1.0));
    let bytes = plain(number).map(|number| number * unit);
    match bytes {
        // Far more than any lane takes.
        Some(bytes) if (1.0..=1e8).contains(&bytes) => format!("{bytes:.0}")
            .parse()
            .map_err(|_| "not a number of bytes".to_owned()),
        _ => Err("say a size up to 100MB: 500B, 100KB, 4.4MB".to_owned()),
    }
}

/// Reads `50/s`, `600/m` or a number a second.
pub(super) fn rate(text: &str) -> Result<f64, String> {
    let (number, seconds) = match text.split_once('/') {
        None | Some((_, "s")) => (text.strip_suffix("/s").unwrap_or(text), 1.0),
        Some((number, "m")) => (number, 60.0),
        Some(_) => ("", 1.0),
    };
    plain(number)
        .map(|number| number / seconds)
        .filter(|rate| *rate > 0.0 && *rate <= 1e6)
        .ok_or_else(|| "say a rate: 50/s, 600/m, 0.5/s".to_owned())
}

/// Digits with a point at most: `f64` also reads `inf` and `1e9`.
fn plain(text: &str) -> Option<f64> {
    let is_plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    text.parse().ok().filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_decimal() {
        for (text, bytes) in [
            ("1", 1),
            ("500B", 500),
            ("100KB", 100_000),
            ("100kb", 100_000),
            ("4.4MB", 4_400_000),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for bad in ["", "0", "KB", "-1", "1e3", "inf", "101MB", "1GB", "0.1B"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn rates_are_by_the_second_or_the_minute() {
        for (text, expected) in [
            ("50", 50.0),
            ("50/s", 50.0),
            ("600/m", 10.0),
            ("0.5/s", 0.5),
        ] {
            assert_eq!(rate(text), Ok(expected), "{text}");
        }
        for bad in ["", "0", "-1", "/s", "5/h", "inf", "nan", "1/s/s"] {
            assert!(rate(bad).is_err(), "{bad}");
        }
    }
}

//! Counts and sizes as arguments say them.

/// Reads `10M`, `500k` or a number of events.
pub(super) fn count(text: &str) -> Result<f64, String> {
    read(text, &[("M", 1e6), ("K", 1e3)])
        .filter(|count| (1.0..=1e12).contains(count))
        .ok_or_else(|| "say a number of events: 500k, 10M, 1200000".to_owned())
}

/// Reads `8KB`, `4.4MB` or a number of bytes.
pub(super) fn size(text: &str) -> Result<f64, String> {
    read(text, &[("MB", 1e6), ("KB", 1e3), ("B", 1.0)])
        .filter(|bytes| *bytes <= 1e8)
        .ok_or_else(|| "say a size up to 100MB: 500B, 8KB, 4.4MB".to_owned())
}

/// A number with a unit at most; `f64` alone also reads `inf` and `1e9`.
fn read(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    let upper = text.trim().to_ascii_uppercase();
    let with_unit = units
        .iter()
        .find_map(|(name, unit)| Some((upper.strip_suffix(name)?, *unit)));
    let (number, unit) = with_unit.unwrap_or((&upper, 1.0));
    let is_plain = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let number: f64 = number.parse().ok().filter(|_| is_plain)?;
    Some((number * unit).round())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_sizes_are_decimal() {
        for (text, expected) in [("10M", 1e7), ("500k", 5e5), ("1.5m", 1.5e6), ("12", 12.0)] {
            assert_eq!(count(text), Ok(expected), "{text}");
        }
        for (text, expected) in [("0B", 0.0), ("8KB", 8e3), ("4.4mb", 4.4e6), ("500", 500.0)] {
            assert_eq!(size(text), Ok(expected), "{text}");
        }
        for bad in ["", "0", "M", "-1", "1e3", "inf", "10G", "10MB"] {
            assert!(count(bad).is_err(), "{bad}");
        }
        for bad in ["", "KB", "-1", "1e3", "nan", "101MB"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }
}

//! Middles, and how figures are written.

use std::time::Duration;

/// The middle one; of an even number, the mean of the two in the middle. NaN if there is none.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
    let half = values.len() / 2;
    if values.len() % 2 == 1 {
        at(half)
    } else if values.is_empty() {
        f64::NAN
    } else {
        f64::midpoint(at(half - 1), at(half))
    }
}

pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

pub(crate) fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// With two or three digits that count; `-` for what was not measured.
pub(crate) fn figure(value: f64) -> String {
    match value.abs() {
        size if size.is_nan() => "-".to_owned(),
        0.0 => "0".to_owned(),
        size if size < 0.0995 => format!("{value:.3}"),
        size if size < 9.95 => format!("{value:.2}"),
        size if size < 99.5 => format!("{value:.1}"),
        _ => thousands(value),
    }
}

fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let (sign, digits) = digits
        .strip_prefix('-')
        .map_or(("", digits.as_str()), |digits| ("-", digits));
    let mut text = String::from(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 KB`, `4.4 MB`: powers of ten.
pub(crate) fn size(bytes: usize) -> String {
    let (value, unit) = match bytes {
        0..1_000 => (bytes as f64, "B"),
        1_000..1_000_000 => (bytes as f64 / 1e3, "KB"),
        _ => (bytes as f64 / 1e6, "MB"),
    };
    format!("{value} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_in_the_middle() {
        assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median([9.0]), 9.0);
        assert_eq!(median([4.0, 1.0, 2.0, 100.0]), 3.0);
        assert!(median([]).is_nan());
    }

    #[test]
    fn figures_have_digits_that_count() {
        for (value, text) in [
            (0.0, "0"),
            (0.0312, "0.031"),
            (0.0996, "0.10"),
            (0.547, "0.55"),
            (9.94, "9.94"),
            (9.96, "10.0"),
            (54.72, "54.7"),
            (99.6, "100"),
            (1_661_234.4, "1,661,234"),
            (-1234.0, "-1,234"),
            (f64::NAN, "-"),
        ] {
            assert_eq!(figure(value), text);
        }
        assert_eq!(size(1_000), "1 KB");
        assert_eq!(size(4_400_000), "4.4 MB");
        assert_eq!(size(10), "10 B");
    }
}

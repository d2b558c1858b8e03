use scan::scan;

/// What a stranger may have answered: letters, digits, `-` and `_`, and never a JSON
/// document, which a number or `true` would be.
pub(crate) fn is_token(value: &[u8]) -> bool {
    is_plain(value) && scan(value, &[]).is_err()
}

const MAX: usize = 128;

/// Letters, digits, `-` and `_`. A body that is no more than this is not a delivery where a
/// stranger may have a token signed, however good its signature.
pub(crate) fn is_plain(value: &[u8]) -> bool {
    (1..=MAX).contains(&value.len())
        && value
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_neither_json_nor_punctuation() {
        for good in ["abc", "a-b_C9", "1a", &"a".repeat(128)] {
            assert!(is_token(good.as_bytes()), "{good}");
        }
        for bad in [
            "",
            "1",
            "-1",
            "true",
            "null",
            "1e5",
            "a b",
            "{}",
            "a=",
            "é",
            &"a".repeat(129),
        ] {
            assert!(!is_token(bad.as_bytes()), "{bad}");
        }
    }
}

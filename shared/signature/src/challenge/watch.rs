use scan::scan;

/// What a stranger may have answered: letters, digits, `-` and `_`, and never a JSON
/// document, which a number or `true` would be.
pub(crate) fn is_token(value: &[u8]) -> bool {
    is_plain(value) && scan(value, &[]).is_err()
}

const MAX: usize = 128;

/// Letters, digits, `-` and `_`.
pub(super) fn is_plain(value: &[u8]) -> bool {
    (1..=MAX).contains(&value.len())
        && value
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// Watches a body pass: whether the whole of it is what a stranger could have had
/// signed by asking. Such a body is no delivery, however good its signature.
pub(crate) struct Watch(Option<Vec<u8>>);

impl Watch {
    pub(crate) fn new(is_on: bool) -> Self {
        Self(is_on.then(Vec::new))
    }

    pub(crate) fn update(&mut self, piece: &[u8]) {
        if let Some(seen) = &mut self.0 {
            let room = (MAX + 1).saturating_sub(seen.len());
            seen.extend(piece.iter().take(room));
        }
    }

    pub(crate) fn is_token(&self) -> bool {
        self.0.as_deref().is_some_and(is_plain)
    }
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

    #[test]
    fn a_body_is_watched_across_pieces() {
        let watch = |pieces: &[&[u8]]| {
            let mut watch = Watch::new(true);
            pieces.iter().for_each(|piece| watch.update(piece));
            watch.is_token()
        };
        assert!(watch(&[b"ab", b"c1"]));
        assert!(!watch(&[b"ab", b" c1"]));
        assert!(!watch(&[&[b'a'; 128], b"a"]));
        assert!(!watch(&[b""]));
        assert!(!Watch::new(false).is_token());
    }
}

//! JSON pointers (RFC 6901).

/// A parsed JSON pointer: the way to one value, such as `/data/object/id` or `/events/0/type`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonPointer {
    tokens: Vec<String>,
}

/// Why a text is not a usable JSON pointer. The configuration that holds it must be corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PointerError {
    /// The empty pointer names the whole document, which is never a scalar worth asking for.
    #[error("a JSON pointer must name a member, for example /id")]
    Empty,
    /// A pointer starts with a slash.
    #[error("a JSON pointer must start with /")]
    NoSlash,
    /// `~` is followed by 0 (for `~`) or 1 (for `/`), by nothing else.
    #[error("in a JSON pointer ~ must be followed by 0 or 1")]
    BadEscape,
    /// More reference tokens than a document may have levels.
    #[error("a JSON pointer has at most {max} parts", max = crate::MAX_DEPTH)]
    TooDeep,
}

impl JsonPointer {
    /// Parses the text form of RFC 6901, section 3.
    ///
    /// # Errors
    ///
    /// [`PointerError`] if the text breaks the syntax, is empty, or could match nothing because
    /// it is deeper than any document that is accepted.
    pub fn parse(text: &str) -> Result<Self, PointerError> {
        if text.is_empty() {
            return Err(PointerError::Empty);
        }
        let rest = text.strip_prefix('/').ok_or(PointerError::NoSlash)?;
        let tokens = rest.split('/').map(token).collect::<Result<Vec<_>, _>>()?;
        if tokens.len() > crate::MAX_DEPTH {
            return Err(PointerError::TooDeep);
        }
        Ok(Self { tokens })
    }

    /// Whether this pointer leads to the value at `other`, or to one that contains it.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        other.tokens.starts_with(&self.tokens)
    }

    /// The reference tokens, decoded.
    pub(crate) fn way(&self) -> &[String] {
        &self.tokens
    }

    /// The reference tokens, decoded.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().map(String::as_str)
    }
}

/// Decodes one reference token.
fn token(text: &str) -> Result<String, PointerError> {
    let mut decoded = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        decoded.push(match character {
            '~' => match characters.next() {
                Some('0') => '~',
                Some('1') => '/',
                _ => return Err(PointerError::BadEscape),
            },
            other => other,
        });
    }
    Ok(decoded)
}

#[cfg(test)]
mod tests {
    use super::{JsonPointer, PointerError};

    fn tokens(text: &str) -> Vec<String> {
        JsonPointer::parse(text).unwrap().tokens
    }

    #[test]
    fn parses_the_examples_of_rfc_6901() {
        assert_eq!(tokens("/foo"), ["foo"]);
        assert_eq!(tokens("/foo/0"), ["foo", "0"]);
        assert_eq!(tokens("/"), [""]);
        assert_eq!(tokens("/a~1b"), ["a/b"]);
        assert_eq!(tokens("/m~0n"), ["m~n"]);
        assert_eq!(tokens("/~01"), ["~1"]);
        assert_eq!(tokens("/ /é"), [" ", "é"]);
    }

    #[test]
    fn a_pointer_contains_what_it_leads_to_and_what_is_in_that() {
        let of = |text: &str| JsonPointer::parse(text).unwrap();
        for (one, other, contains) in [
            ("/data", "/data", true),
            ("/data", "/data/email", true),
            ("/data", "/database", false),
            ("/data/email", "/data", false),
            ("/a~1b", "/a~1b/c", true),
            ("/a", "/a~1b", false),
        ] {
            assert_eq!(of(one).contains(&of(other)), contains, "{one} {other}");
        }
    }

    #[test]
    fn refuses_what_is_no_pointer() {
        assert_eq!(JsonPointer::parse(""), Err(PointerError::Empty));
        assert_eq!(JsonPointer::parse("id"), Err(PointerError::NoSlash));
        assert_eq!(JsonPointer::parse("/a~"), Err(PointerError::BadEscape));
        assert_eq!(JsonPointer::parse("/a~2"), Err(PointerError::BadEscape));
        let deep = "/a".repeat(crate::MAX_DEPTH + 1);
        assert_eq!(JsonPointer::parse(&deep), Err(PointerError::TooDeep));
    }
}

//! Addresses of the console's own pages. Every link comes from here, so that no foreign text
//! can lead anywhere else.

use std::fmt::{self, Display, Write as _};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but what RFC 3986 calls unreserved.
const PART: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The path of a page and its query, each part percent-encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    text: String,
    has_query: bool,
}

impl Address {
    /// The page of these parts: `["events", "a/b"]` is `/events/a%2Fb`; none of them is `/`.
    pub(crate) fn to(parts: &[&str]) -> Self {
        let mut text = String::new();
        for part in parts {
            // Writing to a string cannot fail.
            let _ = write!(text, "/{}", utf8_percent_encode(part, PART));
        }
        if text.is_empty() {
            text.push('/');
        }
        Self {
            text,
            has_query: false,
        }
    }

    /// Adds a field to the query.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        let mark = if self.has_query { '&' } else { '?' };
        let name = utf8_percent_encode(name, PART);
        let value = utf8_percent_encode(value, PART);
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{mark}{name}={value}");
        self.has_query = true;
        self
    }
}

impl Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_part_is_one_part() {
        let address = Address::to(&["events", "billing/é \"<?#&%"]).with("do", "re play&x=1");
        assert_eq!(
            address.to_string(),
            "/events/billing%2F%C3%A9%20%22%3C%3F%23%26%25?do=re%20play%26x%3D1"
        );
        let two = Address::to(&["a"]).with("b", "1").with("b", "2");
        assert_eq!(two.to_string(), "/a?b=1&b=2");
        assert_eq!(Address::to(&[]).to_string(), "/");
    }

    proptest! {
        #[test]
        fn no_text_leaves_the_console(part in any::<String>(), value in any::<String>()) {
            let text = Address::to(&["events", &part]).with("q", &value).to_string();
            prop_assert!(text.starts_with("/events/"));
            prop_assert_eq!(text.matches('/').count(), 2);
            let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~%?=".contains(c);
            prop_assert!(text.chars().all(plain), "{}", text);
        }
    }
}

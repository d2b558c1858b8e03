use serde::{Deserialize, Serialize};

/// The headers of one delivery: every value of every header, in order.
///
/// Names are compared without regard to case. Repeated headers are kept apart,
/// since a receiver that keeps one of two signatures can be fooled by the other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headers(Vec<(String, String)>);

/// A header that must be single came more than once: reject the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the header is repeated")]
pub struct Repeated;

impl Headers {
    /// Accepts `(name, value)` pairs; names are lower-cased.
    pub fn from_pairs<N, V>(pairs: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: AsRef<str>,
        V: Into<String>,
    {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name.as_ref().to_ascii_lowercase(), value.into()))
                .collect(),
        )
    }

    /// All values of one header, in the order they came.
    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(have, _)| have.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The only value of one header, `None` if it is absent.
    ///
    /// # Errors
    /// [`Repeated`] if there are two or more, even if they are equal.
    pub fn one<'a>(&'a self, name: &'a str) -> Result<Option<&'a str>, Repeated> {
        let mut values = self.get_all(name);
        let first = values.next();
        match values.next() {
            None => Ok(first),
            Some(_) => Err(Repeated),
        }
    }

    /// The pairs, names in lower case.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_no_case_and_repetition_is_seen() {
        let headers = Headers::from_pairs([("X-Sig", "a"), ("x-sig", "b"), ("X-Id", "1")]);
        assert_eq!(headers.one("x-ID"), Ok(Some("1")));
        assert_eq!(headers.one("X-SIG"), Err(Repeated));
        assert_eq!(headers.one("absent"), Ok(None));
        assert_eq!(headers.get_all("x-sig").collect::<Vec<_>>(), ["a", "b"]);
    }
}

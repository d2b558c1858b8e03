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

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The headers of these names, in the order of the names, each with all its values.
    #[must_use]
    pub fn of_names<N: AsRef<str>>(&self, names: impl IntoIterator<Item = N>) -> Self {
        let mut found = Self::default();
        for name in names {
            let name = name.as_ref();
            if found.get_all(name).next().is_none() {
                let values = self.get_all(name);
                let pairs = values.map(|value| (name.to_ascii_lowercase(), value.to_owned()));
                found.0.extend(pairs);
            }
        }
        found
    }

    /// Adds other headers: all values of one name, then of the next, and only where the whole
    /// then still fits.
    pub fn extend_where(&mut self, more: &Self, fits: impl Fn(&Self) -> bool) {
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in more
            .iter()
            .filter(|(name, _)| self.get_all(name).next().is_none())
        {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        for name in names {
            let before = self.0.len();
            self.0.extend(more.of_names([name]).0);
            if !fits(self) {
                self.0.truncate(before);
            }
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
    fn a_header_is_added_with_all_its_values_or_not_at_all() {
        let more = [("b", "1"), ("a", "x"), ("b", "2"), ("c", "3"), ("d", "4")];
        let mut headers = Headers::from_pairs([("A", "kept")]);
        headers.extend_where(&Headers::from_pairs(more), |all| {
            all.iter().count() <= 2 && all.get_all("c").next().is_none()
        });
        // `b` has two values, which is one too many; what comes after it may fit.
        assert_eq!(headers, Headers::from_pairs([("a", "kept"), ("d", "4")]));
        let found = Headers::from_pairs(more).of_names(["C", "b", "c", "none"]);
        assert_eq!(
            found,
            Headers::from_pairs([("c", "3"), ("b", "1"), ("b", "2")])
        );
    }

    #[test]
    fn names_have_no_case_and_repetition_is_seen() {
        let headers = Headers::from_pairs([("X-Sig", "a"), ("x-sig", "b"), ("X-Id", "1")]);
        assert_eq!(headers.one("x-ID"), Ok(Some("1")));
        assert_eq!(headers.one("X-SIG"), Err(Repeated));
        assert_eq!(headers.one("absent"), Ok(None));
        assert_eq!(headers.get_all("x-sig").collect::<Vec<_>>(), ["a", "b"]);
    }
}

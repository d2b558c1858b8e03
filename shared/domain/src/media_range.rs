use serde::{Deserialize, Serialize};

/// Media types: one, such as `application/json`, or all of a kind, such as `text/*`. In lower case,
/// without parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MediaRange(String);

/// The text is no media range.
#[derive(Debug, thiserror::Error)]
#[error("a media range is type/subtype or type/*, in lower case, without parameters")]
pub struct MediaRangeProblem;

impl MediaRange {
    /// Whether a Content-Type is one of these. Its parameters and its case do not count.
    #[must_use]
    pub fn includes(&self, content_type: &str) -> bool {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let essence = essence.to_ascii_lowercase();
        match self.0.strip_suffix('*') {
            Some(kind) => essence
                .strip_prefix(kind)
                .is_some_and(|rest| !rest.is_empty()),
            None => essence == self.0,
        }
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for MediaRange {
    type Error = MediaRangeProblem;

    fn try_from(text: String) -> Result<Self, MediaRangeProblem> {
        let good = |name: &str| {
            let is_part =
                |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"!#$&^_.+-".contains(&b);
            (1..=127).contains(&name.len()) && name.bytes().all(is_part)
        };
        match text.split_once('/') {
            Some((kind, subtype)) if good(kind) && (subtype == "*" || good(subtype)) => {
                Ok(Self(text))
            }
            _ => Err(MediaRangeProblem),
        }
    }
}

impl From<MediaRange> for String {
    fn from(range: MediaRange) -> Self {
        range.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> MediaRange {
        MediaRange::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn a_type_is_compared_without_parameters_and_case() {
        let json = range("application/json");
        for same in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            " application/json ;v=1",
        ] {
            assert!(json.includes(same), "{same}");
        }
        for other in [
            "",
            "application/jsonx",
            "application/vnd.api+json",
            "text/json",
            "json",
        ] {
            assert!(!json.includes(other), "{other}");
        }
    }

    #[test]
    fn a_star_is_any_subtype_of_its_type() {
        let text = range("text/*");
        assert!(text.includes("text/plain") && text.includes("TEXT/x; a=b"));
        for other in ["text/", "text", "texts/plain", "application/text", ""] {
            assert!(!text.includes(other), "{other}");
        }
    }

    #[test]
    fn only_what_can_match_is_a_range() {
        for bad in [
            "",
            "json",
            "*/*",
            "*/json",
            "text/",
            "/plain",
            "Text/plain",
            "text/plain; a=b",
            "text/p*",
            "text/a/b",
            "text/\"",
        ] {
            assert!(MediaRange::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}

use serde::{Deserialize, Serialize};

use crate::{
    Handover, Headers,
    payload::{escape::unescape, problem::MetadataProblem},
};

/// The headers that the signature was checked by.
pub(crate) const SIGNATURE_HEADERS: &str = "signature-headers";

/// Those that are kept besides. Objects of earlier versions do not have it.
pub(crate) const OTHER_HEADERS: &str = "other-headers";

/// What the authorizer hands over; only objects of the direct lane have it.
const DELIVERY: &str = "delivery";

/// The headers of a delivery that are kept with its payload.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeptHeaders {
    /// Those its signature was checked by.
    pub signature: Headers,
    /// Those that name the event, then those that the endpoint keeps, in this order.
    pub others: Headers,
}

/// The headers that an object still has of its delivery.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredHeaders {
    /// Those its signature was checked by; `None` if they were too long to store. In the direct
    /// lane they are all that is kept.
    pub signature: Option<Headers>,
    /// The others.
    pub others: Headers,
}

impl StoredHeaders {
    /// Reads them from an object's metadata, in either lane. `metadata` returns the value of a
    /// name.
    ///
    /// # Errors
    /// [`MetadataProblem::Unreadable`].
    pub fn read<'a>(metadata: impl Fn(&str) -> Option<&'a str>) -> Result<Self, MetadataProblem> {
        if let Some(text) = metadata(DELIVERY) {
            let handover = Handover::from_metadata(text);
            let handover = handover.ok_or(MetadataProblem::Unreadable(DELIVERY))?;
            return Ok(Self {
                signature: Some(handover.headers),
                others: Headers::default(),
            });
        }
        let headers = |name: &'static str| match metadata(name) {
            None => Ok(None),
            Some(value) => unescape(value)
                .and_then(|json| serde_json::from_str::<Headers>(&json).ok())
                .map(Some)
                .ok_or(MetadataProblem::Unreadable(name)),
        };
        Ok(Self {
            signature: headers(SIGNATURE_HEADERS)?,
            others: headers(OTHER_HEADERS)?.unwrap_or_default(),
        })
    }

    /// The same with `mark` in place of the values of some headers.
    #[must_use]
    pub fn redacted(&self, is_redacted: impl Fn(&str) -> bool, mark: &str) -> Self {
        let redacted = |headers: &Headers| {
            Headers::from_pairs(headers.iter().map(|(name, value)| {
                let value = if is_redacted(name) { mark } else { value };
                (name, value)
            }))
        };
        Self {
            signature: self.signature.as_ref().map(redacted),
            others: redacted(&self.others),
        }
    }

    /// All of them, those of the signature first.
    #[must_use]
    pub fn all(&self) -> Headers {
        let mut all = self.signature.clone().unwrap_or_default();
        all.extend_where(&self.others, |_| true);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_of_an_earlier_version_has_the_headers_of_its_signature() {
        let read = StoredHeaders::read(|name| match name {
            "signature-headers" => Some(r#"[["x-sig","a"],["x-sig","%C3%BC"]]"#),
            _ => None,
        });
        let signature = Headers::from_pairs([("x-sig", "a"), ("x-sig", "\u{fc}")]);
        let expected = StoredHeaders {
            signature: Some(signature.clone()),
            others: Headers::default(),
        };
        assert_eq!(read.unwrap(), expected);
        assert_eq!(expected.all(), signature);
        assert_eq!(
            StoredHeaders::read(|_| None).unwrap(),
            StoredHeaders::default()
        );
        for name in ["signature-headers", "other-headers", "delivery"] {
            let problem = StoredHeaders::read(|have| (have == name).then_some("{"));
            assert!(problem.unwrap_err().to_string().contains(name));
        }
    }
}

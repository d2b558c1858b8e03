use std::{fmt, str::FromStr};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::{EndpointName, EventKey, PartitionKey};

/// The characters that stay as they are in a ref: what RFC 3986 calls unreserved,
/// plus `:` and `@`, which are common in provider ids.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':')
    .remove(b'@');

/// Names one event in responses, logs and commands: `{endpoint}/{event key}` or
/// `{endpoint}/{ordering key}/{event key}`, each part percent-encoded, so that a
/// ref splits only one way and puts no control character into a log.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ref {
    /// The endpoint the event came to.
    pub endpoint: EndpointName,
    /// The ordering key, if the endpoint has one.
    pub ordering_key: Option<String>,
    /// What identifies the event within its endpoint.
    pub event_key: EventKey,
}

/// The text is not a ref: reject it.
#[derive(Debug, thiserror::Error)]
#[error("a ref is endpoint/event-key or endpoint/ordering-key/event-key, percent-encoded")]
pub struct RefProblem;

impl Ref {
    /// A key, or the beginning of one, as it stands in a ref.
    #[must_use]
    pub fn escape(key: &str) -> String {
        utf8_percent_encode(key, ESCAPED).to_string()
    }

    /// The hash key of its pointer's item.
    #[must_use]
    pub fn partition_key(&self) -> PartitionKey {
        PartitionKey::of(
            &self.endpoint,
            self.ordering_key.as_deref(),
            &self.event_key,
        )
    }
}

impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/", self.endpoint)?;
        if let Some(key) = &self.ordering_key {
            write!(f, "{}/", utf8_percent_encode(key, ESCAPED))?;
        }
        write!(
            f,
            "{}",
            utf8_percent_encode(self.event_key.as_str(), ESCAPED)
        )
    }
}

impl FromStr for Ref {
    type Err = RefProblem;

    fn from_str(text: &str) -> Result<Self, RefProblem> {
        let decode = |part: &str| {
            let text = percent_decode_str(part)
                .decode_utf8()
                .map_err(|_| RefProblem)?;
            if text.is_empty() {
                Err(RefProblem)
            } else {
                Ok(text.into_owned())
            }
        };
        let (endpoint, rest) = text.split_once('/').ok_or(RefProblem)?;
        let (ordering_key, event_key) = match rest.split_once('/') {
            Some((ordering_key, event_key)) => (Some(decode(ordering_key)?), event_key),
            None => (None, rest),
        };
        if event_key.contains('/') {
            return Err(RefProblem);
        }
        Ok(Self {
            endpoint: endpoint.to_owned().try_into().map_err(|_| RefProblem)?,
            ordering_key,
            event_key: EventKey::from_stored(decode(event_key)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_one_way_only() {
        for (ordering_key, event_key) in [
            (None, "evt_1"),
            (None, "a/b#c %\n"),
            (Some("cus/1".to_owned()), "evt:1"),
            (Some("客户".to_owned()), "1/2"),
        ] {
            let one = Ref {
                endpoint: "stripe".to_owned().try_into().unwrap(),
                ordering_key,
                event_key: EventKey::from_stored(event_key.to_owned()),
            };
            let text = one.to_string();
            assert!(text.bytes().all(|b| b.is_ascii_graphic()), "{text}");
            assert_eq!(text.parse::<Ref>().unwrap(), one);
        }
    }

    #[test]
    fn refuses_what_is_none() {
        for text in ["", "stripe", "stripe/", "/a", "a/b/c/d", "a/%ff", "UPPER/x"] {
            assert!(text.parse::<Ref>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_ref_knows_its_partition() {
        let bytes = "a".repeat(64);
        for (reference, partition) in [
            ("stripe/evt_1", "stripe#evt_1"),
            ("stripe/cus_1/evt_1", "stripe#cus_1"),
            ("stripe/cus%2F1/evt%231", "stripe#cus/1"),
            (
                &format!("github/{bytes}-{}", "1".repeat(32)),
                &format!("github#{bytes}"),
            ),
        ] {
            let reference: Ref = reference.parse().unwrap();
            assert_eq!(reference.partition_key().to_string(), partition);
        }
    }
}

use std::fmt;

use crate::{
    Digest, EndpointName, Timestamp,
    time_bucket::{hour_of, shard_of},
};

/// Where a payload is stored: `payloads/{shard}/{hour}/{endpoint}/{event key
/// hash}-{sha256}`. The digest is part of it, so an object that exists under a key holds
/// its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectKey(String);

/// The parts of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectParts<'a> {
    /// The first hex digit of the digest.
    pub shard: char,
    /// When the payload was received, for instance `2026-11-21T20`.
    pub hour: &'a str,
    /// The endpoint it came to.
    pub endpoint: &'a str,
    /// The first 32 hex digits of the SHA-256 of the event key.
    pub event: &'a str,
    /// The payload's digest.
    pub sha256: Digest,
}

/// The parts of a direct delivery's key: `incoming/{shard}/{hour}/{endpoint}/{request id}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IncomingParts<'a> {
    /// A hex digit of the request id's digest.
    pub shard: char,
    /// When the delivery came, for instance `2026-11-21T20`.
    pub hour: &'a str,
    /// The endpoint it came to.
    pub endpoint: &'a str,
    /// Names the request, and nothing else.
    pub request_id: &'a str,
}

/// Of the SHA-256 of an event key, which has 64 hex digits.
const EVENT_DIGITS: usize = 32;

impl ObjectKey {
    /// `event_key_digest`: the SHA-256 of the event key, which may hold any character.
    #[must_use]
    pub fn new(
        endpoint: &EndpointName,
        event_key_digest: Digest,
        sha256: Digest,
        received_at: Timestamp,
    ) -> Self {
        let event = Self::event_part(event_key_digest);
        Self(format!(
            "payloads/{}/{}/{endpoint}/{event}-{sha256}",
            shard_of(sha256),
            hour_of(received_at)
        ))
    }

    /// The event's part of a key: the first half of the digest of the event key.
    #[must_use]
    pub fn event_part(event_key_digest: Digest) -> String {
        let mut text = event_key_digest.to_string();
        text.truncate(EVENT_DIGITS);
        text
    }

    /// Parses a payload's key; `None` if [`new`](Self::new) makes no such key.
    #[must_use]
    pub fn parse(text: &str) -> Option<ObjectParts<'_>> {
        let mut parts = text.strip_prefix("payloads/")?.split('/');
        let (shard_text, hour) = (parts.next()?, parts.next()?);
        let (endpoint, name) = (parts.next()?, parts.next()?);
        let (event, sha256) = name.split_once('-')?;
        let sha256: Digest = is_lower_hex(sha256).then(|| sha256.parse().ok())??;
        let shard = shard_of(sha256);
        let sound = parts.next().is_none()
            && shard_text.chars().eq([shard])
            && is_hour(hour)
            && EndpointName::try_from(endpoint.to_owned()).is_ok()
            && event.len() == EVENT_DIGITS
            && is_lower_hex(event);
        sound.then_some(ObjectParts {
            shard,
            hour,
            endpoint,
            event,
            sha256,
        })
    }

    /// The parts before the endpoint's name under which API Gateway stores a
    /// direct delivery: shard and hour. The request id decides the shard, so that
    /// deliveries are spread whatever they hold.
    #[must_use]
    pub fn place_incoming(request_id: &str, received_at: Timestamp) -> (char, String) {
        let last = request_id.chars().rev().find(char::is_ascii_hexdigit);
        let shard = last.unwrap_or('0').to_ascii_lowercase();
        (shard, hour_of(received_at))
    }

    /// Parses the key of a direct delivery; `None` for any other key.
    #[must_use]
    pub fn incoming(&self) -> Option<IncomingParts<'_>> {
        let mut parts = self.0.strip_prefix("incoming/")?.split('/');
        let (shard, hour) = (parts.next()?, parts.next()?);
        let (endpoint, request_id) = (parts.next()?, parts.next()?);
        let mut digits = shard.chars();
        let shard = digits.next()?;
        let sound = parts.next().is_none()
            && digits.next().is_none()
            && is_lower_hex(shard.encode_utf8(&mut [0; 4]))
            && is_hour(hour)
            && EndpointName::try_from(endpoint.to_owned()).is_ok()
            && is_request_id(request_id);
        sound.then_some(IncomingParts {
            shard,
            hour,
            endpoint,
            request_id,
        })
    }

    /// A key that was stored before; not checked.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_lower_hex(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Request ids as API Gateway makes them, with room for another form.
fn is_request_id(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte))
}

fn is_hour(text: &str) -> bool {
    format!("{text}:00:00Z")
        .parse()
        .is_ok_and(|at| hour_of(at) == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "payloads/a/2026-11-21T20/stripe/11111111111111111111111111111111-a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5";

    #[test]
    fn is_laid_out_as_documented_and_taken_apart_again() {
        let endpoint = "stripe".to_owned().try_into().unwrap();
        let at = "2026-11-21T20:59:57.414Z".parse().unwrap();
        let (event, sha256) = (Digest([0x11; 32]), Digest([0xa5; 32]));
        let key = ObjectKey::new(&endpoint, event, sha256, at);
        assert_eq!(key.as_str(), KEY);
        let parts = ObjectParts {
            shard: 'a',
            hour: "2026-11-21T20",
            endpoint: "stripe",
            event: &ObjectKey::event_part(event),
            sha256,
        };
        assert_eq!(ObjectKey::parse(KEY), Some(parts));
    }

    const INCOMING: &str = "incoming/f/2026-11-21T20/stripe/c6af9ac6-7b61-11e6-9a41-93e8deadbeef";

    #[test]
    fn a_direct_delivery_lies_where_its_request_id_and_its_time_say() {
        let key = ObjectKey::from_stored(INCOMING.to_owned());
        let parts = IncomingParts {
            shard: 'f',
            hour: "2026-11-21T20",
            endpoint: "stripe",
            request_id: "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
        };
        assert_eq!(key.incoming(), Some(parts));
        let at = "2026-11-21T20:59:57.414Z".parse().unwrap();
        for (id, shard) in [
            (parts.request_id, 'f'),
            ("A-A", 'a'),
            ("xyz", '0'),
            ("", '0'),
        ] {
            let place = ObjectKey::place_incoming(id, at);
            assert_eq!(place, (shard, "2026-11-21T20".to_owned()), "{id}");
        }
        for (this, that) in [
            ("incoming/", "payloads/"),
            ("incoming/f", "incoming/F"),
            ("incoming/f", "incoming/ff"),
            ("incoming/f", "incoming/"),
            ("T20", ""),
            ("stripe", "Stripe"),
            ("stripe/", "stripe/a/"),
            ("c6af9ac6-7b61-11e6-9a41-93e8deadbeef", ""),
            ("c6af", "c6%af"),
        ] {
            let other = ObjectKey::from_stored(INCOMING.replacen(this, that, 1));
            assert_eq!(other.incoming(), None, "{other}");
        }
        assert_eq!(ObjectKey::from_stored(KEY.to_owned()).incoming(), None);
    }

    #[test]
    fn no_other_key_is_a_payloads() {
        for (this, that) in [
            ("payloads/", "incoming/"),
            ("payloads/", "/payloads/"),
            // Not the digest's own shard.
            ("/a/", "/b/"),
            ("/a/", "/aa/"),
            ("2026-11-21T20", "2026-11-21"),
            ("2026-11-21T20", "2026-11-21T24"),
            ("2026-11-21T20", "2026-11-21t20"),
            ("stripe", ""),
            ("stripe", "Stripe"),
            ("stripe", "stripe/more"),
            ("1-", "-"),
            ("1-", "11-"),
            ("1-", "G-"),
            ("-a5", "-A5"),
            ("-a5", "-5"),
            ("-a5", "a5"),
        ] {
            let other = KEY.replacen(this, that, 1);
            assert_ne!(other, KEY);
            assert_eq!(ObjectKey::parse(&other), None, "{other}");
        }
        for other in ["", "payloads/", &format!("{KEY}/"), &format!("{KEY}0")] {
            assert_eq!(ObjectKey::parse(other), None, "{other}");
        }
    }
}

use std::borrow::Cow;

use base64_simd::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::{Digest, EventIdentity, EventKey, Headers, ObjectKey, Pointer, Timestamp, format_time};

/// S3's limit for an object's user metadata: names and values together.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html>
pub const METADATA_MAX_BYTES: usize = 2048;

/// Escaped in a metadata value: anything but printable ASCII, and the escape itself.
const ESCAPED: &AsciiSet = &CONTROLS.add(b'%');

/// An object's metadata: enough to rebuild its pointer and to verify it again when nothing
/// else is left. Names in lower case, values in printable ASCII: the rest is
/// percent-encoded, or the value is base64 if that is shorter. So the longest facts fit, in
/// any alphabet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata(Vec<(&'static str, String)>);

/// The metadata cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum MetadataProblem {
    /// Longer than S3 accepts: reject the delivery.
    #[error(
        "the event's id, type, subject and ordering key together do not fit into {METADATA_MAX_BYTES} bytes of metadata"
    )]
    TooLong,
    /// A name is missing or its value is unreadable: this is not one of our objects.
    #[error("the object's metadata has no readable {0}")]
    Unreadable(&'static str),
}

impl Metadata {
    /// Writes a pointer, and the headers its signature was checked by. Headers that do
    /// not fit are left out: keeping a payload matters more than verifying it again.
    ///
    /// # Errors
    /// [`MetadataProblem::TooLong`].
    pub fn describe(
        pointer: &Pointer,
        signature_headers: &Headers,
    ) -> Result<Self, MetadataProblem> {
        let event = &pointer.event;
        let mut pairs = vec![
            ("endpoint", pointer.endpoint.to_string()),
            ("event-key", event.key.as_str().to_owned()),
            ("id", event.id.clone()),
            ("type", event.kind.clone()),
            ("subject", event.subject.clone()),
            (
                "ordering-key",
                event.ordering_key.clone().unwrap_or_default(),
            ),
            ("occurred-at", format_time(event.occurred_at)),
            ("received-at", format_time(pointer.received_at)),
            ("scheme", pointer.scheme.clone()),
            ("key-id", pointer.key_id.clone()),
            ("traceparent", pointer.traceparent.clone()),
            (
                "signature-headers",
                serde_json::to_string(signature_headers).unwrap_or_default(),
            ),
        ];
        // S3 has no empty metadata values, and an id is not written twice.
        if event.id == event.key.as_str() {
            pairs.retain(|(name, _)| *name != "id");
        }
        pairs.retain(|(_, value)| !value.is_empty());
        for (_, value) in &mut pairs {
            *value = escape(value);
        }
        if length(&pairs) > METADATA_MAX_BYTES {
            pairs.retain(|(name, _)| *name != "signature-headers");
        }
        if length(&pairs) > METADATA_MAX_BYTES {
            Err(MetadataProblem::TooLong)
        } else {
            Ok(Self(pairs))
        }
    }

    /// Reads the value of `signature-headers` back: the headers that [`describe`](Self::describe)
    /// was given.
    #[must_use]
    pub fn signature_headers(value: &str) -> Option<Headers> {
        serde_json::from_str(&unescape(value)?).ok()
    }

    /// The pairs, as S3 accepts them.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }
}

fn length(pairs: &[(&str, String)]) -> usize {
    let lengths = pairs.iter().map(|(name, value)| name.len() + value.len());
    lengths.sum()
}

/// The start of a value in base64url. No percent-encoding begins with it.
const BASE64: &str = "%=";

/// Space is kept inside a value but not at its ends, which HTTP trims.
pub(crate) fn escape(value: &str) -> String {
    let percent = percent_encode(value);
    let base64_length = BASE64.len() + URL_SAFE_NO_PAD.encoded_length(value.len());
    if percent.len() <= base64_length {
        return percent;
    }
    format!("{BASE64}{}", URL_SAFE_NO_PAD.encode_to_string(value))
}

fn percent_encode(value: &str) -> String {
    let text = utf8_percent_encode(value, ESCAPED).to_string();
    let (from_start, inner) = (text.trim_start_matches(' '), text.trim_matches(' '));
    let before = text.len() - from_start.len();
    let after = from_start.len() - inner.len();
    format!("{}{inner}{}", "%20".repeat(before), "%20".repeat(after))
}

pub(crate) fn unescape(value: &str) -> Option<Cow<'_, str>> {
    if let Some(base64) = value.strip_prefix(BASE64) {
        let bytes = URL_SAFE_NO_PAD.decode_to_vec(base64).ok()?;
        return String::from_utf8(bytes).ok().map(Cow::Owned);
    }
    percent_decode_str(value).decode_utf8().ok()
}

/// What S3 itself knows of an object, besides the metadata.
#[derive(Debug, Clone)]
pub struct ObjectFacts {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: ObjectKey,
    /// Bytes.
    pub size: u64,
    /// The checksum S3 verified.
    pub sha256: Digest,
    /// As received.
    pub content_type: String,
}

impl Pointer {
    /// Rebuilds the pointer of a payload that has none, from its object.
    /// `metadata` returns the value of a name.
    ///
    /// # Errors
    /// [`MetadataProblem::Unreadable`].
    pub fn from_object<'a>(
        object: ObjectFacts,
        metadata: impl Fn(&str) -> Option<&'a str>,
        pointer_ttl: jiff::SignedDuration,
    ) -> Result<Self, MetadataProblem> {
        let optional = |name: &'static str| match metadata(name) {
            None => Ok(None),
            Some(value) => unescape(value)
                .map(|text| Some(text.into_owned()))
                .ok_or(MetadataProblem::Unreadable(name)),
        };
        let text = |name: &'static str| optional(name)?.ok_or(MetadataProblem::Unreadable(name));
        let time = |name: &'static str| {
            text(name)?
                .parse()
                .map_err(|_| MetadataProblem::Unreadable(name))
        };
        let event_key = text("event-key")?;
        let received_at: Timestamp = time("received-at")?;
        Ok(Self {
            endpoint: text("endpoint")?
                .try_into()
                .map_err(|_| MetadataProblem::Unreadable("endpoint"))?,
            event: EventIdentity {
                id: optional("id")?.unwrap_or_else(|| event_key.clone()),
                key: EventKey::from_stored(event_key),
                kind: text("type")?,
                subject: optional("subject")?.unwrap_or_default(),
                ordering_key: optional("ordering-key")?,
                occurred_at: time("occurred-at")?,
            },
            received_at,
            content_type: object.content_type,
            size: object.size,
            sha256: object.sha256,
            bucket: object.bucket,
            key: object.key,
            traceparent: text("traceparent")?,
            scheme: text("scheme")?,
            key_id: text("key-id")?,
            expires_at: received_at + pointer_ttl,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    const TTL: SignedDuration = SignedDuration::from_hours(90 * 24);

    fn pointer(id: &str, ordering_key: Option<&str>) -> Pointer {
        let received_at: Timestamp = "2026-11-21T20:59:57.414Z".parse().unwrap();
        Pointer {
            endpoint: "stripe".to_owned().try_into().unwrap(),
            event: EventIdentity {
                key: EventKey::from_stored(id.to_owned()),
                id: id.to_owned(),
                kind: "invoice.paid".into(),
                subject: " 客户 1% ".into(),
                ordering_key: ordering_key.map(str::to_owned),
                occurred_at: "2026-11-21T20:59:50.000Z".parse().unwrap(),
            },
            received_at,
            content_type: "application/json".into(),
            size: 3,
            sha256: Digest([0xa5; 32]),
            bucket: "bucket".into(),
            key: ObjectKey::from_stored("key".into()),
            traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into(),
            scheme: "stripe".into(),
            key_id: "current".into(),
            expires_at: received_at + TTL,
        }
    }

    #[test]
    fn an_object_can_give_its_pointer_back() {
        for (id, ordering_key) in [
            ("evt_1", None),
            ("ev/t %\u{7f}", Some("cus_1")),
            (" ", Some("   ")),
        ] {
            let whole = pointer(id, ordering_key);
            let metadata = Metadata::describe(
                &whole,
                &Headers::from_pairs([("Stripe-Signature", "t=1,v1=00")]),
            )
            .unwrap();
            assert!(
                metadata
                    .iter()
                    .all(|(_, v)| v.bytes().all(|b| (0x20..0x7f).contains(&b)) && v.trim() == v)
            );
            let object = ObjectFacts {
                bucket: whole.bucket.clone(),
                key: whole.key.clone(),
                size: whole.size,
                sha256: whole.sha256,
                content_type: whole.content_type.clone(),
            };
            let value = |name: &str| {
                metadata
                    .0
                    .iter()
                    .find(|(have, _)| *have == name)
                    .map(|(_, v)| v.as_str())
            };
            assert_eq!(Pointer::from_object(object, value, TTL).unwrap(), whole);
            let headers = Metadata::signature_headers(value("signature-headers").unwrap());
            assert_eq!(
                headers.unwrap().one("stripe-signature"),
                Ok(Some("t=1,v1=00"))
            );
        }
    }

    #[test]
    fn signature_headers_that_do_not_fit_are_left_out() {
        let headers = Headers::from_pairs([("x-signature", "a".repeat(METADATA_MAX_BYTES))]);
        let metadata = Metadata::describe(&pointer("a", None), &headers).unwrap();
        assert!(metadata.iter().all(|(name, _)| name != "signature-headers"));
        assert!(metadata.iter().any(|(name, _)| name == "event-key"));
    }

    #[test]
    fn facts_beyond_what_s3_takes_are_an_error() {
        let mut long = pointer("a", Some(&"客".repeat(85)));
        long.event.subject = "户".repeat(500);
        assert!(matches!(
            Metadata::describe(&long, &Headers::default()),
            Err(MetadataProblem::TooLong)
        ));
    }

    #[test]
    fn the_longest_facts_fit_in_every_alphabet() {
        for unit in ["客", "é", "😀", "%", " ", "a"] {
            let text = |bytes: usize| unit.repeat(bytes / unit.len());
            let mut long = pointer(&text(256), Some(&text(256)));
            long.event.kind = text(128);
            long.event.subject = text(256);
            long.key_id = "k".repeat(64);
            long.scheme = "s".repeat(32);
            for key in [text(256), format!("{}-{}", "0".repeat(64), "1".repeat(32))] {
                long.event.key = EventKey::from_stored(key);
                let metadata = Metadata::describe(&long, &Headers::default()).unwrap();
                assert!(length(&metadata.0) <= METADATA_MAX_BYTES);
                for (name, fact) in [
                    ("ordering-key", long.event.ordering_key.as_deref().unwrap()),
                    ("subject", &long.event.subject),
                ] {
                    let value = metadata.iter().find(|(have, _)| *have == name).unwrap().1;
                    assert_eq!(unescape(value).unwrap(), fact);
                }
            }
        }
    }

    #[test]
    fn the_longest_ascii_facts_leave_room_for_a_signature() {
        let mut long = pointer(&"i".repeat(256), Some(&"o".repeat(256)));
        long.event.kind = "t".repeat(128);
        long.event.subject = "s".repeat(256);
        let headers = Headers::from_pairs([
            ("webhook-id", "x".repeat(64)),
            ("webhook-signature", "s".repeat(400)),
        ]);
        assert!(Metadata::describe(&long, &headers).is_ok());
    }

    #[test]
    fn a_pointer_knows_where_it_belongs() {
        let one = pointer("evt_1", None);
        assert_eq!(one.time_bucket().to_string(), "2026-11-21T20#a");
        assert_eq!(one.partition_key().to_string(), "stripe#evt_1");
        let ordered = pointer("evt_1", Some("cus_1"));
        assert_eq!(ordered.partition_key().to_string(), "stripe#cus_1");
        assert_eq!(ordered.reference().to_string(), "stripe/cus_1/evt_1");
        for pointer in [one, ordered] {
            let reference = pointer.reference();
            assert_eq!(reference.partition_key(), pointer.partition_key());
        }
    }
}

use std::collections::HashMap;

use domain::{Handover, Headers, Metadata, ObjectKey};

use super::{EventDetails, attribute};
use crate::{Result, Stack};

/// The headers of a delivery that were stored with its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeptHeaders {
    /// These.
    Kept(Headers),
    /// None, and why.
    None(String),
}

/// The headers that were kept of an event's delivery, with one request.
pub async fn kept_headers(stack: &Stack, details: &EventDetails) -> Result<KeptHeaders> {
    stored_headers(stack, attribute(&details.pointer, "key")?).await
}

/// The headers in the metadata of the object of this key.
pub(super) async fn stored_headers(stack: &Stack, key: &str) -> Result<KeptHeaders> {
    let listing = aws::Listing::new(&stack.sdk, stack.description.bucket.clone());
    let key = ObjectKey::from_stored(key.to_owned());
    Ok(match listing.describe(&key).await? {
        Some(object) => of_metadata(&object.metadata),
        None => KeptHeaders::None("the payload is gone".to_owned()),
    })
}

fn of_metadata(metadata: &HashMap<String, String>) -> KeptHeaders {
    // Of the direct lane.
    if let Some(text) = metadata.get("delivery") {
        return match Handover::from_metadata(text) {
            Some(handover) => KeptHeaders::Kept(handover.headers),
            None => {
                KeptHeaders::None("the metadata that the authorizer added is unreadable".to_owned())
            }
        };
    }
    let Some(text) = metadata.get("signature-headers") else {
        return KeptHeaders::None(
            "the signature headers were too long to store with the payload".to_owned(),
        );
    };
    match Metadata::signature_headers(text) {
        Some(headers) => KeptHeaders::Kept(headers),
        None => KeptHeaders::None("the stored signature headers are unreadable".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_where_the_lane_puts_them() {
        let headers = Headers::from_pairs([("x-sig", "<script>\u{202e}")]);
        let json = serde_json::to_string(&headers).unwrap();
        let standard = json.replace('\u{202e}', "%E2%80%AE");
        let handover = Handover {
            received_at: "2026-11-22T10:00:00Z".parse().unwrap(),
            key_id: None,
            config: None,
            headers: headers.clone(),
        };
        for (name, value) in [
            ("signature-headers", standard),
            ("delivery", handover.to_metadata().unwrap()),
        ] {
            let metadata = HashMap::from([(name.to_owned(), value)]);
            assert_eq!(
                of_metadata(&metadata),
                KeptHeaders::Kept(headers.clone()),
                "{name}"
            );
        }
        for (name, why) in [
            ("signature-headers", "unreadable"),
            ("delivery", "unreadable"),
            ("type", "too long"),
        ] {
            let metadata = HashMap::from([(name.to_owned(), "%ff".to_owned())]);
            let KeptHeaders::None(found) = of_metadata(&metadata) else {
                panic!("{name}");
            };
            assert!(found.contains(why), "{found}");
        }
    }
}

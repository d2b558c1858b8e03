use std::collections::HashMap;

use aws::Image;
use domain::{DataRef, RedactedView, StoredHeaders, Withheld};

use super::{EventDetails, dataref};
use crate::{Result, Stack, problem::WithContext as _, redaction::why};

/// The headers of an event's first delivery, if they can still be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderLookup {
    /// These are stored with its payload.
    Stored(StoredHeaders),
    /// None, and why.
    Unavailable(String),
}

/// The headers that are kept of an event's first delivery, with one request.
pub async fn kept_headers(stack: &Stack, details: &EventDetails) -> Result<HeaderLookup> {
    let reference = &details.reference;
    let hidden = stack.hidden(&reference.endpoint).await?;
    if hidden.is_nothing() {
        return stored_headers(stack, &details.pointer).await;
    }
    if hidden.is_unknown() {
        let why = why(Withheld::NoEndpoint, reference);
        return Ok(HeaderLookup::Unavailable(why));
    }
    Ok(match stack.redacted(reference, 0, 0).await? {
        RedactedView::Part { headers, .. }
        | RedactedView::Withheld {
            headers: Some(headers),
            ..
        } => HeaderLookup::Stored(headers),
        RedactedView::Withheld { why: withheld, .. } => {
            HeaderLookup::Unavailable(why(withheld, reference))
        }
    })
}

/// The same of a pointer.
pub(super) async fn stored_headers(stack: &Stack, pointer: &Image) -> Result<HeaderLookup> {
    let key = match dataref(pointer)? {
        DataRef::Object { key, .. } => key,
        // The pointer has them by the names of an object's metadata.
        DataRef::Inline(_) => return Ok(of_metadata(pointer)),
    };
    let listing = aws::Listing::new(&stack.sdk, stack.description.bucket.clone());
    Ok(match listing.describe(&key).await? {
        Some(object) => of_metadata(&object.metadata),
        None => HeaderLookup::Unavailable("the payload is gone".to_owned()),
    })
}

fn of_metadata(metadata: &HashMap<String, String>) -> HeaderLookup {
    match read_headers(metadata) {
        Ok(headers) => HeaderLookup::Stored(headers),
        Err(problem) => HeaderLookup::Unavailable(problem.with_causes()),
    }
}

/// The headers in the metadata of an event's object, or in a pointer that has none.
pub(crate) fn read_headers(metadata: &HashMap<String, String>) -> Result<StoredHeaders> {
    StoredHeaders::read(|name| metadata.get(name).map(String::as_str))
        .context("the stored headers cannot be used")
}

#[cfg(test)]
mod tests {
    use domain::{Handover, Headers};

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
            let HeaderLookup::Stored(found) = of_metadata(&metadata) else {
                panic!("{name}");
            };
            assert_eq!(found.signature.as_ref(), Some(&headers), "{name}");
        }
        for name in ["signature-headers", "delivery"] {
            let metadata = HashMap::from([(name.to_owned(), "%ff".to_owned())]);
            let HeaderLookup::Unavailable(why) = of_metadata(&metadata) else {
                panic!("{name}");
            };
            assert!(why.contains(name), "{why}");
        }
    }
}

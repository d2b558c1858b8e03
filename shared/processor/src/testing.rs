//! Events for the tests of a handler.

use std::sync::Arc;

use bytes::Bytes;
use domain::{Digest, ObjectKey, StoreError, encode_attribute};
use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};

use crate::{
    Event, EventProblem,
    in_hand::InHand,
    ports::{ClaimBody, ClaimStore},
};

/// An event of this type with this payload: `example/1`, of the endpoint
/// `example`, in JSON.
///
/// # Errors
/// [`EventProblem`] if the type is empty.
pub fn event(kind: &str, payload: impl Into<Bytes>) -> Result<Event, EventProblem> {
    event_with(kind, payload, &[])
}

/// The same, with attributes that its endpoint declares, by name and value.
///
/// # Errors
/// [`EventProblem`] if the type is empty.
pub fn event_with(
    kind: &str,
    payload: impl Into<Bytes>,
    attributes: &[(&str, &str)],
) -> Result<Event, EventProblem> {
    let payload = payload.into();
    let own = json!({
        "specversion": "1.0",
        "id": "1",
        "source": "/endpoints/example",
        "type": kind,
        "subject": "1",
        "time": "2026-11-21T20:59:57.000Z",
        "datacontenttype": "application/json",
        "dataref": "s3://bucket/payloads/example/1",
        "datasha256": Digest::of(&payload),
        "datasize": payload.len().to_string(),
        "ref": "example/1",
        "receivedat": "2026-11-21T20:59:57.414Z",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "replayid": "",
        "replayforce": "false",
        "partitionkey": "32ca689566a46ad60dc39f14e3667e36",
        "deliveryid": "delivery-of-1",
    });
    let own = own.as_object().into_iter().flatten();
    let declared = attributes.iter().map(|(name, attribute)| {
        let stored = encode_attribute(attribute).into_owned();
        ((*name).to_owned(), Value::from(stored))
    });
    let value: Map<String, Value> = own
        .map(|(name, attribute)| (name.clone(), attribute.clone()))
        .chain(declared)
        .collect();
    Event::decode(&value.into(), Arc::new(Held(payload)))
}

#[derive(Default)]
pub(crate) struct Held(Bytes);

impl ClaimStore for Held {
    fn open<'a>(
        &'a self,
        _: &'a str,
        _: &'a ObjectKey,
    ) -> BoxFuture<'a, Result<Option<Box<dyn ClaimBody>>, StoreError>> {
        let body: Box<dyn ClaimBody> = Box::new(InHand::new(self.0.clone()));
        Box::pin(async { Ok(Some(body)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_event_gives_its_payload() {
        let event = event("invoice.paid", "{}").unwrap();
        assert_eq!(event.kind(), "invoice.paid");
        assert_eq!(event.payload().await.unwrap(), "{}");
        assert_eq!(event.payload().await.unwrap(), "{}");
    }

    #[test]
    fn the_event_gives_its_attributes() {
        let attributes = [("customer", "50% \"a\""), ("plan", "")];
        let event = event_with("invoice.paid", "{}", &attributes).unwrap();
        assert_eq!(event.attribute("customer"), Some("50% \"a\""));
        assert_eq!(event.attribute("plan"), None);
        assert_eq!(event.attribute("amount"), None);
    }
}

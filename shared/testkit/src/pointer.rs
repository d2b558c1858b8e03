use domain::{
    Attributes, DataRef, Digest, EventIdentity, EventKey, InlineHeaders, ObjectKey, Pointer,
    Timestamp,
};

/// The pointer of an event of the endpoint `stripe`: with this key, received then.
///
/// # Panics
/// Never: `stripe` is an endpoint's name.
#[must_use]
#[expect(clippy::expect_used, reason = "a test tells by panicking")]
pub fn pointer(event_key: &str, received_at: Timestamp) -> Pointer {
    let endpoint = "stripe".to_owned();
    Pointer {
        endpoint: endpoint.try_into().expect("stripe is an endpoint's name"),
        event: EventIdentity {
            key: EventKey::from_stored(event_key.to_owned()),
            id: event_key.to_owned(),
            kind: "invoice.paid".to_owned(),
            subject: String::new(),
            ordering_key: None,
            occurred_at: received_at,
        },
        received_at,
        content_type: "application/json".to_owned(),
        size: 7,
        sha256: Digest([0xa5; 32]),
        dataref: DataRef::Object {
            bucket: "payloads".to_owned(),
            key: ObjectKey::from_stored("payloads/a/x".to_owned()),
        },
        headers: InlineHeaders::default(),
        kept: Attributes::default(),
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned(),
        scheme: "stripe".to_owned(),
        key_id: "current".to_owned(),
        expires_at: received_at,
    }
}

//! What comes out of queues: S3's notices of direct deliveries, and published events.

use std::ops::Range;

use anyhow::Context;
use bytes::Bytes;
use domain::{Handover, Headers, ObjectKey, Timestamp};
use serde_json::{Value, json};

use super::object::{Object, sha256};
use super::payload::Content;
use super::scheme::{Scheme, signed};

/// A delivery of the direct lane: the object that it leaves, and S3's notice.
#[derive(Debug)]
pub(crate) struct Stored {
    /// SQS's event with S3's notice in it.
    pub(crate) event: Bytes,
    pub(crate) object: Object,
}

impl Stored {
    /// JSON of this size, signed as Stripe does, received now (Unix seconds).
    pub(crate) fn new(size: usize, now: i64) -> anyhow::Result<Self> {
        let body = Content::Json.of_size(size);
        let name = Scheme::Stripe.name();
        let headers = signed(Scheme::Stripe, &body, now)?;
        let received_at = Timestamp::from_second(now)?;
        let request = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef";
        let (shard, hour) = ObjectKey::place_incoming(request, received_at);
        let object = format!("incoming/{shard}/{hour}/{name}/{request}");
        let notice =
            json!({"detail": {"bucket": {"name": "bench-payloads"}, "object": {"key": object}}});
        let message = json!({"messageId": "1", "body": notice.to_string()});
        let handover = Handover {
            received_at,
            key_id: None,
            config: None,
            headers: Headers::from_pairs(headers),
        };
        Ok(Self {
            event: json!({"Records": [message]}).to_string().into(),
            object: Object {
                body: body.into(),
                handover: handover.to_metadata().context("too long")?,
                config: json!({"name": name, "scheme": name, "lane": "direct"}).to_string(),
            },
        })
    }
}

/// Events in a subscription's queue, and the object that all of them name.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) object: Object,
    /// What must arrive at a destination, in lower-case hex.
    pub(crate) sha256: String,
}

impl Published {
    /// With a JSON payload of this size.
    pub(crate) fn new(size: usize) -> Self {
        let body = Bytes::from(Content::Json.of_size(size));
        Self {
            sha256: sha256(&body),
            object: Object {
                body,
                ..Object::default()
            },
        }
    }

    /// SQS's event with the messages of these numbers, as `deliver` gets them from a mapping.
    pub(crate) fn messages(&self, numbers: Range<usize>) -> Bytes {
        let messages: Vec<_> = numbers.map(|number| self.message(number)).collect();
        json!({"Records": messages}).to_string().into()
    }

    /// The events of these numbers, as a pipe hands them to a processor.
    pub(crate) fn events(&self, numbers: Range<usize>) -> Bytes {
        let events: Vec<_> = numbers
            .map(|number| {
                let mut event = self.event(number);
                if let Some(event) = event.as_object_mut() {
                    event.insert("deliveryid".to_owned(), message_id(number).into());
                    event.insert("subscription".to_owned(), "bench".into());
                }
                event
            })
            .collect();
        json!(events).to_string().into()
    }

    /// The n-th event, as the router publishes it.
    fn event(&self, number: usize) -> Value {
        let id = format!("evt_{number}");
        json!({
            "specversion": "1.0",
            "id": id,
            "source": "/endpoints/stripe",
            "type": "invoice.paid",
            "subject": "cus_QhJgfxQeFqbTtq",
            "time": "2026-11-21T20:59:57.000Z",
            "datacontenttype": "application/json; charset=utf-8",
            "dataref": "s3://bench-payloads/payloads/0/2026-11-21T20/stripe/key",
            "datasha256": self.sha256,
            "datasize": self.object.body.len().to_string(),
            "ref": format!("stripe/{id}"),
            "receivedat": "2026-11-21T20:59:57.414Z",
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "partitionkey": "9f86d081884c7d659a2feaa0c55ad015",
            "replayid": "",
            "replayto": "*",
        })
    }

    fn message(&self, number: usize) -> Value {
        json!({
            "messageId": message_id(number),
            "receiptHandle": "handle",
            "body": self.event(number).to_string(),
            "attributes": {"ApproximateReceiveCount": "1"},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:bench",
        })
    }
}

fn message_id(number: usize) -> String {
    format!("059f36b4-87a3-44ab-83d2-{number:012}")
}

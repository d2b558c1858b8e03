//! The event of a test.

use aws::Image;
use bytes::Bytes;
use domain::{
    AttributeName, CloudEvent, DataRef, Digest, EndpointName, ObjectKey, PartitionKey, Ref,
    Timestamp, format_time,
};
use serde_json::json;

use crate::{Problem, Result, problem::WithContext as _, stack::TEST_TYPE};

pub(super) const CONTENT_TYPE: &str = "application/json";

/// Begins a replay id that the filters of every subscription let through: `modules/subscription`
/// of the Terraform code has the same one.
const REPLAY: &str = "test-";

/// One event for one subscription.
pub(super) struct TestEvent {
    pub(super) reference: Ref,
    pub(super) replay_id: String,
    /// Of the payload.
    pub(super) key: String,
    pub(super) payload: Bytes,
    bucket: String,
    at: Timestamp,
    trace: (u128, u64),
}

impl TestEvent {
    pub(super) fn new(
        subscription: &str,
        endpoint: &EndpointName,
        bucket: &str,
        nonce: u64,
        at: Timestamp,
    ) -> Result<Self> {
        let id = format!("coatcheck-test-{nonce:016x}");
        let payload = json!({
            "type": TEST_TYPE,
            "subscription": subscription,
            "sent_at": format_time(at),
            "text": "A test by `coatcheck subscriptions test`. Nothing happened at the provider.",
        });
        Ok(Self {
            reference: format!("{endpoint}/{id}")
                .parse()
                .context(format_args!("no ref for {endpoint}"))?,
            replay_id: format!("{REPLAY}{nonce:016x}"),
            // Five parts, the fourth being the endpoint, as the roles of processors require; and no
            // hour of a shard, where a sweep would look for its pointer.
            key: format!("payloads/-/test/{endpoint}/{nonce:016x}"),
            payload: payload.to_string().into(),
            bucket: bucket.to_owned(),
            at,
            trace: (fastrand::u128(1..), fastrand::u64(1..)),
        })
    }

    /// Its group in a FIFO queue.
    pub(super) fn group(&self) -> String {
        PartitionKey::group(&self.reference.partition_key().to_string())
    }

    /// What the router would put into the queue, in a stack whose endpoints declare these attributes. The test has none
    /// of them.
    pub(super) fn message(&self, attributes: &[AttributeName]) -> Result<String> {
        let at = format_time(self.at);
        let id = self.reference.event_key.as_str();
        let (trace, span) = self.trace;
        let dataref = DataRef::Object {
            bucket: self.bucket.clone(),
            key: ObjectKey::from_stored(self.key.clone()),
        };
        let image = [
            ("id", id.to_owned()),
            ("endpoint", self.reference.endpoint.to_string()),
            ("type", TEST_TYPE.to_owned()),
            ("subject", id.to_owned()),
            ("occurred_at", at.clone()),
            ("received_at", at),
            ("content_type", CONTENT_TYPE.to_owned()),
            ("size", self.payload.len().to_string()),
            ("sha256", Digest::of(&self.payload).to_string()),
            ("dataref", dataref.to_string()),
            ("traceparent", format!("00-{trace:032x}-{span:016x}-01")),
            ("ref", self.reference.to_string()),
            ("replayid", self.replay_id.clone()),
            ("replayforce", "false".to_owned()),
            ("group", self.group()),
        ];
        let image: Image = image.map(|(name, value)| (name.to_owned(), value)).into();
        let event = CloudEvent::of_image(&image, attributes, &self.replay_id)
            .map_err(|name| Problem::Refused(format!("a test event has no attribute {name}")))?;
        serde_json::to_string(&event).context("an event has no JSON form")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    const MODULE: &str = include_str!("../../../../../terraform/modules/subscription/queue.tf");

    fn event() -> TestEvent {
        let endpoint = "stripe".to_owned().try_into().unwrap();
        let at = "2026-11-22T05:00:00Z".parse().unwrap();
        TestEvent::new("invoices", &endpoint, "payloads", 7, at).unwrap()
    }

    #[test]
    fn it_says_that_it_is_a_test_and_can_be_redeemed() {
        let event = event();
        let message: Value =
            serde_json::from_str(&event.message(&[AttributeName::own("customer")]).unwrap())
                .unwrap();
        for (name, value) in [
            ("type", "coatcheck.test"),
            ("ref", "stripe/coatcheck-test-0000000000000007"),
            ("source", "/endpoints/stripe"),
            ("replayid", "test-0000000000000007"),
            (
                "dataref",
                "s3://payloads/payloads/-/test/stripe/0000000000000007",
            ),
            ("datasha256", &Digest::of(&event.payload).to_string()),
            ("partitionkey", &event.group()),
            ("customer", ""),
        ] {
            assert_eq!(message[name], value, "{name}");
        }
        let payload: Value = serde_json::from_slice(&event.payload).unwrap();
        assert_eq!(payload["subscription"], "invoices");
    }

    #[test]
    fn the_filters_of_a_subscription_let_it_through() {
        let prefix = format!("{{ prefix = \"{REPLAY}\" }}");
        assert!(MODULE.contains(&prefix), "{prefix}");
    }
}

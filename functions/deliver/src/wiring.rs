//! The ports over AWS.

use std::time::Duration;

use aws::{
    Attribute, BreakerRecord, Deliveries, Failed, Mapping, Processed, Queue, Reserved, Sdk,
    Sending, Tries,
};
use domain::{Attempt, Claimed, PartitionKey, Receipt, Ref, SignedDuration, StoreError, Timestamp};

use crate::{
    config::Config,
    ports::{BreakerStore, DeadLetter, Leases, PaceStore, Queues, Switch, TriesStore},
};

/// All that a subscription's function uses of AWS, except its destination.
#[derive(Debug)]
pub(crate) struct Aws {
    deliveries: Deliveries,
    processed: Processed,
    queue: Queue,
    dlq: Queue,
    mapping: Mapping,
}

impl Aws {
    pub(crate) fn new(sdk: &Sdk, config: &Config) -> Self {
        let name = &config.subscription;
        // No processor of the stack has such a name.
        let processor = format!("deliver-{name}");
        Self {
            deliveries: Deliveries::new(sdk, config.deliveries_table.clone(), name.clone()),
            processed: Processed::new(sdk, config.processed_table.clone(), processor),
            queue: Queue::new(sdk, config.queue_url.clone()),
            dlq: Queue::new(sdk, config.dlq_url.clone()),
            mapping: Mapping::new(sdk),
        }
    }
}

impl PaceStore for Aws {
    async fn reserve(
        &self,
        span: SignedDuration,
        now: Timestamp,
        latest: Timestamp,
    ) -> Result<Reserved, StoreError> {
        self.deliveries.reserve(span, now, latest).await
    }
}

impl BreakerStore for Aws {
    async fn breaker(&self) -> Result<BreakerRecord, StoreError> {
        self.deliveries.breaker().await
    }

    async fn put_breaker(&self, record: &BreakerRecord) -> Result<bool, StoreError> {
        self.deliveries.put_breaker(record).await
    }
}

impl TriesStore for Aws {
    async fn failed(
        &self,
        reference: &Ref,
        replay_id: &str,
        failed: Failed<'_>,
    ) -> Result<Tries, StoreError> {
        self.deliveries.failed(reference, replay_id, failed).await
    }

    async fn forget(&self, reference: &Ref, replay_id: &str) -> Result<(), StoreError> {
        self.deliveries.forget(reference, replay_id).await
    }
}

impl Leases for Aws {
    async fn claim(&self, attempt: &Attempt) -> Result<Claimed, StoreError> {
        self.processed.claim(attempt).await
    }

    async fn complete(
        &self,
        reference: &Ref,
        owner: &str,
        receipt: &Receipt,
    ) -> Result<bool, StoreError> {
        self.processed.complete(reference, owner, receipt).await
    }

    async fn fail(
        &self,
        reference: &Ref,
        owner: &str,
        at: Timestamp,
        failure: &'static str,
        reason: &str,
    ) -> Result<bool, StoreError> {
        let processed = &self.processed;
        processed.fail(reference, owner, at, failure, reason).await
    }
}

impl Queues for Aws {
    async fn put_off(&self, receipt: &str, wait: Duration) -> Result<(), StoreError> {
        self.queue.put_off(receipt, wait).await
    }

    async fn give_up(&self, dead_letter: &DeadLetter<'_>) -> Result<(), StoreError> {
        let sending = sending(dead_letter, self.dlq.is_fifo());
        self.dlq.send_with(sending).await
    }
}

impl Switch for Aws {
    async fn switch(&self, on: bool) -> Result<bool, StoreError> {
        match self.deliveries.mapping().await? {
            Some(uuid) => self.mapping.switch(&uuid, on).await,
            None => {
                tracing::warn!(
                    "the table of deliveries does not name the mapping: apply Terraform"
                );
                Ok(true)
            }
        }
    }
}

fn sending(dead_letter: &DeadLetter<'_>, fifo: bool) -> Sending {
    let mut attributes = vec![
        ("reason", Attribute::Text(dead_letter.reason.to_string())),
        ("tries", Attribute::Number(dead_letter.tries.into())),
        ("answer", Attribute::Bytes(dead_letter.answer.to_vec())),
    ];
    let status = dead_letter.status.map(u64::from);
    attributes.extend(status.map(|status| ("status", Attribute::Number(status))));
    Sending {
        body: dead_letter.body.to_owned(),
        group: fifo.then(|| group(dead_letter)),
        // The message's own id, which a redrive changes: by the event's id, SQS would drop an event
        // that is given up again within five minutes.
        deduplication: fifo.then(|| dead_letter.message_id.to_owned()),
        attributes,
    }
}

fn group(dead_letter: &DeadLetter<'_>) -> String {
    match dead_letter.event {
        Some(event) if !event.partition_key.is_empty() => event.partition_key.clone(),
        Some(event) => PartitionKey::group(&event.reference.to_string()),
        None => PartitionKey::group(dead_letter.message_id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        destination::Reason,
        event::{Event, tests::message},
    };

    fn dead_letter(event: Option<&Event>) -> DeadLetter<'_> {
        DeadLetter {
            message_id: "m1",
            body: "{}",
            event,
            reason: Reason("status"),
            status: Some(404),
            tries: 3,
            answer: b"no",
        }
    }

    #[test]
    fn a_dead_letter_says_why_beside_its_unchanged_text() {
        let event = Event::decode(&message("evt_1")).unwrap();
        let sent = sending(&dead_letter(Some(&event)), false);
        let attributes = vec![
            ("reason", Attribute::Text("status".to_owned())),
            ("tries", Attribute::Number(3)),
            ("answer", Attribute::Bytes(b"no".to_vec())),
            ("status", Attribute::Number(404)),
        ];
        let expected = Sending {
            body: "{}".to_owned(),
            group: None,
            deduplication: None,
            attributes,
        };
        assert_eq!(sent, expected);
    }

    #[test]
    fn in_a_fifo_dlq_it_has_the_events_group_and_its_messages_id() {
        let mut event = Event::decode(&message("evt_1")).unwrap();
        let sent = sending(&dead_letter(Some(&event)), true);
        assert_eq!(sent.group, Some("ac42".to_owned()));
        assert_eq!(sent.deduplication, Some("m1".to_owned()));
        // A message from before there were groups.
        event.partition_key.clear();
        let sent = sending(&dead_letter(Some(&event)), true);
        assert_eq!(sent.group, Some(PartitionKey::group("stripe/evt_1")));
        let sent = sending(&dead_letter(None), true);
        assert_eq!(sent.group, Some(PartitionKey::group("m1")));
    }
}

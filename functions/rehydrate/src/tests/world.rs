//! A stream and dead-letter queues in memory, whose calls fail on request.

use std::{cell::RefCell, collections::BTreeMap};

use aws::{Reading, StreamRange, StreamRecord};
use domain::StoreError;
use serde_json::{Value, json};
use testkit::{Faults, busy};

use crate::{
    ports::{DlqSender, StreamRecords},
    rehydrate::Rehydrate,
};

/// The record of a new pointer.
pub(crate) fn record(sequence: &str, id: &str) -> StreamRecord {
    let image = [
        ("pk", format!("stripe#{id}")),
        ("sk", id.to_owned()),
        ("id", id.to_owned()),
        ("endpoint", "stripe".to_owned()),
        ("type", "invoice.paid".to_owned()),
        ("subject", "cus_1".to_owned()),
        ("occurred_at", "2026-11-21T20:59:57.000Z".to_owned()),
        ("received_at", "2026-11-21T20:59:57.414Z".to_owned()),
        ("content_type", "application/json".to_owned()),
        ("size", "4500000".to_owned()),
        ("sha256", "a5".repeat(32)),
        ("dataref", format!("s3://payloads/payloads/a/{id}")),
        (
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned(),
        ),
        ("ref", format!("stripe/{id}")),
        ("replayid", String::new()),
        ("replayforce", "false".to_owned()),
        ("group", "ac42".to_owned()),
    ];
    StreamRecord {
        event_id: format!("event-of-{sequence}"),
        event_name: "INSERT".to_owned(),
        sequence_number: sequence.to_owned(),
        image: image.map(|(name, value)| (name.to_owned(), value)).into(),
    }
}

#[derive(Default)]
pub(super) struct World {
    pub(super) records: RefCell<BTreeMap<u32, StreamRecord>>,
    pub(super) trimmed: bool,
    pub(super) reads_fail: RefCell<bool>,
    /// Of the calls of `send`.
    pub(super) faults: Faults,
    pub(super) sent: RefCell<Vec<String>>,
}

impl World {
    pub(super) fn of(ids: &[(u32, &str)]) -> Self {
        let world = Self::default();
        for (sequence, id) in ids {
            world.put(*sequence, record(&sequence.to_string(), id));
        }
        world
    }

    pub(super) fn put(&self, sequence: u32, record: StreamRecord) {
        self.records.borrow_mut().insert(sequence, record);
    }

    pub(super) async fn handle(&self, messages: &[(&str, &str)]) -> Vec<String> {
        let message = |(id, body): &(&str, &str)| json!({"messageId": id, "body": body, "eventSourceARN": "arn:dead-letters"});
        let messages: Vec<Value> = messages.iter().map(message).collect();
        self.batch(json!({"Records": messages})).await
    }

    pub(super) async fn batch(&self, batch: Value) -> Vec<String> {
        testkit::listen();
        let rehydrate = Rehydrate {
            stream: self,
            destinations: [("arn:dead-letters".to_owned(), self)].into(),
            attributes: Vec::new(),
        };
        let response = rehydrate
            .handle(serde_json::from_value(batch).unwrap())
            .await;
        let response = serde_json::to_value(response).unwrap();
        let failures = response["batchItemFailures"].as_array().unwrap();
        let name = |failure: &Value| failure["itemIdentifier"].as_str().unwrap().to_owned();
        failures.iter().map(name).collect()
    }

    /// The refs of the events that were sent; other messages as they are.
    pub(super) fn sent(&self) -> Vec<String> {
        let name = |body: &String| {
            let json: Value = serde_json::from_str(body).unwrap_or_default();
            json["ref"].as_str().unwrap_or(body).to_owned()
        };
        self.sent.borrow().iter().map(name).collect()
    }
}

impl StreamRecords for &World {
    async fn read(&self, range: StreamRange<'_>) -> Result<Reading, StoreError> {
        if *self.reads_fail.borrow() {
            return Err(busy("dynamodb:GetRecords"));
        }
        if self.trimmed {
            return Ok(Reading::Gone {
                reason: "TrimmedDataAccessException".to_owned(),
            });
        }
        let (first, last): (u32, u32) = (range.first.parse().unwrap(), range.last.parse().unwrap());
        let records = self.records.borrow();
        let found = records
            .range(first..=last)
            .map(|(_, record)| record.clone());
        Ok(Reading::Records(found.collect()))
    }
}

impl DlqSender for &World {
    async fn send(&self, body: &str) -> Result<(), StoreError> {
        self.faults
            .call(async {
                self.sent.borrow_mut().push(body.to_owned());
                Ok(())
            })
            .await
    }
}

//! The `processed` table of a case.

use std::{collections::BTreeMap, sync::Mutex};

use domain::{Attempt, Claimed, Digest, Marking, Receipt, Ref, StoreError, Timestamp};
use serde_json::{Value, json};

use super::case::{Case, Item};
use crate::{
    Failure,
    fakes::{Book, NOW, Record, Refusal, State, at},
    ports::IdempotencyStore,
};

/// The `processed` table, as far as the port shows it.
pub(super) struct Table {
    book: Book,
    at_claim: BTreeMap<String, BTreeMap<String, Item>>,
    fails: BTreeMap<String, String>,
    writes: Mutex<Vec<&'static str>>,
}

impl Table {
    pub(super) fn new(case: &Case) -> Self {
        let table = Self {
            book: Book::default(),
            at_claim: case.table_at_claim.clone(),
            fails: case.table_fails.clone(),
            writes: Mutex::default(),
        };
        table.put(&case.table);
        table
    }

    fn put(&self, items: &BTreeMap<String, Item>) {
        for (reference, item) in items {
            self.book.put(reference, record(reference, item));
        }
    }

    /// Takes note of a write, which may be to fail.
    fn note(&self, write: &'static str) -> Result<usize, StoreError> {
        let mut writes = self.writes.lock().unwrap();
        writes.push(write);
        match self.fails.get(write).map(String::as_str) {
            Some("busy") => Err(Refusal::Busy.error("dynamodb:UpdateItem")),
            _ => Ok(writes.len()),
        }
    }

    pub(super) fn check(&self, case: &Case) {
        if let Some(expected) = &case.writes {
            assert_eq!(*self.writes.lock().unwrap(), *expected);
        }
        for (reference, expected) in &case.table_after {
            let have = self.book.record(reference).map(|record| item(&record));
            let Some(expected) = expected else {
                assert!(have.is_none(), "{reference}: {have:?}");
                continue;
            };
            let have = have.unwrap();
            for (name, value) in expected {
                let have = have.get(name);
                assert!(is(have, value), "{reference} {name}: {have:?}");
            }
        }
        for (reference, size) in &case.summary_bytes {
            let item = item(&self.book.record(reference).unwrap());
            assert_eq!(item["summary"].as_str().unwrap().len(), *size);
        }
    }
}

impl IdempotencyStore for Table {
    async fn claim(&self, attempt: &Attempt) -> Result<Claimed, StoreError> {
        let forced = attempt.forced_replay.is_some();
        let number = self.note(if forced { "forced_claim" } else { "claim" })?;
        if let Some(items) = self.at_claim.get(&number.to_string()) {
            self.put(items);
        }
        self.book.claim(attempt).await
    }

    async fn complete(
        &self,
        reference: &Ref,
        owner: &str,
        receipt: &Receipt,
    ) -> Result<bool, StoreError> {
        self.note("complete")?;
        if self.fails.contains_key("complete") {
            let mut record = self.book.record(&reference.to_string()).unwrap();
            record.last.owner = "another".to_owned();
            self.book.put(&reference.to_string(), record);
        }
        self.book.complete(reference, owner, receipt).await
    }

    async fn mark(&self, marking: &Marking) -> Result<bool, StoreError> {
        let forced = marking.forced_replay.is_some();
        self.note(if forced { "forced_mark" } else { "mark" })?;
        self.book.mark(marking).await
    }

    async fn fail(
        &self,
        reference: &Ref,
        owner: &str,
        at: Timestamp,
        failure: &Failure,
    ) -> Result<bool, StoreError> {
        self.note("fail")?;
        self.book.fail(reference, owner, at, failure).await
    }
}

fn record(reference: &str, item: &Item) -> Record {
    let text = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
    let number = |name: &str| item.get(name).and_then(Value::as_i64).unwrap_or_default();
    let lease_until = Timestamp::from_millisecond(number("lease_until")).unwrap();
    let state = match text("state") {
        "completed" => State::Completed(Receipt {
            sha256: Digest([0; 32]),
            size: 0,
            summary: text("summary").to_owned(),
            at: at(NOW),
            age_ms: 0,
        }),
        "failed" => State::Failed(Failure::retry(text("reason"))),
        _ => State::InProgress { lease_until },
    };
    Record {
        state,
        attempts: u32::try_from(number("attempts")).unwrap(),
        last: Attempt {
            reference: reference.parse().unwrap(),
            kind: text("type").to_owned(),
            owner: text("owner").to_owned(),
            at: at(NOW),
            lease_until,
            expires_at: at(NOW),
            forced_replay: None,
        },
        replay: item
            .get("replayid")
            .and_then(Value::as_str)
            .map(str::to_owned),
    }
}

fn item(record: &Record) -> Item {
    let of_state = match &record.state {
        State::InProgress { lease_until } => {
            json!({"state": "in_progress", "lease_until": lease_until.as_millisecond()})
        }
        State::Completed(done) => json!({
            "state": "completed",
            "sha256": done.sha256.to_string(),
            "size": done.size,
            "summary": done.summary,
            "age_ms": done.age_ms,
        }),
        State::Failed(failure) => {
            json!({"state": "failed", "failure": failure.word(), "reason": failure.reason()})
        }
    };
    let Value::Object(mut item) = of_state else {
        unreachable!("an object");
    };
    item.insert("attempts".to_owned(), record.attempts.into());
    item.insert("owner".to_owned(), record.last.owner.clone().into());
    item.insert("type".to_owned(), record.last.kind.clone().into());
    item.insert(
        "expires_at".to_owned(),
        record.last.expires_at.as_second().into(),
    );
    item.insert("replayid".to_owned(), record.replay.clone().into());
    item
}

/// Whether the text is this one, or has each of these parts.
fn is(have: Option<&Value>, expected: &Value) -> bool {
    match (have, expected) {
        (None | Some(Value::Null), Value::Null) => true,
        (Some(Value::String(have)), Value::Array(parts)) => parts
            .iter()
            .all(|part| have.contains(part.as_str().unwrap())),
        (have, expected) => have == Some(expected),
    }
}

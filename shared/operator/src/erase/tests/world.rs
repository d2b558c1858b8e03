//! Every store of a stack, in memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard},
};

use aws::Image;
use domain::{
    DataRef, Digest, ItemValue, ObjectKey, Pointer, REPLAY_SEPARATOR, Ref, StoreError, Timestamp,
    Tombstone,
};
use serde_json::json;
use testkit::Faults;

use super::super::{
    ErasureReport, all,
    ports::{NamedQueue, Stores},
    run::Run,
};
use crate::{Stop, stack::StackDescription};

/// What must be nowhere afterwards.
pub(super) const CANARY: &str = "eve@example.com";

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) const NOW: &str = "2026-11-27T18:00:00Z";

/// A queue, and which of its messages are out.
#[derive(Default)]
pub(super) struct MemoryQueue {
    pub(super) messages: Mutex<Vec<(String, bool)>>,
    pub(super) faults: Faults,
}

pub(super) struct World {
    pub(super) description: StackDescription,
    pub(super) items: Mutex<BTreeMap<(String, String), Image>>,
    /// Of each object: its versions.
    pub(super) objects: Mutex<BTreeMap<String, Vec<String>>>,
    /// What each processor recorded of an event.
    pub(super) records: Mutex<BTreeMap<(String, String), String>>,
    pub(super) tries: Mutex<BTreeSet<String>>,
    pub(super) queue: MemoryQueue,
    pub(super) dlq: MemoryQueue,
    pub(super) faults: Faults,
    /// How many calls there were.
    pub(super) calls: Mutex<usize>,
    /// Done once, right before a pointer is replaced.
    pub(super) meanwhile: Mutex<Option<fn(&World)>>,
    /// Done once, right after the payload was deleted.
    pub(super) afterwards: Mutex<Option<fn(&World)>>,
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap()
}

pub(super) fn image(attributes: Vec<(impl ToString, ItemValue)>) -> Image {
    let text = |(name, value): (_, ItemValue)| match value {
        ItemValue::Text(text) | ItemValue::Number(text) => (ToString::to_string(&name), text),
    };
    attributes.into_iter().map(text).collect()
}

/// The pointer of an event of a customer.
pub(super) fn pointer(id: &str, email: &str, received_at: &str) -> Pointer {
    let received_at = at(received_at);
    let mut pointer = testkit::pointer(id, received_at);
    let body = format!("{{\"id\":\"{id}\",\"email\":\"{email}\"}}");
    pointer.sha256 = Digest::of(&body);
    pointer.event.subject = email.to_owned();
    let key = ObjectKey::new(
        &pointer.endpoint,
        Digest::of(id),
        pointer.sha256,
        received_at,
    );
    pointer.dataref = DataRef::Object {
        bucket: "coatcheck-payloads".to_owned(),
        key,
    };
    pointer.expires_at = at("2027-02-19T20:00:00Z");
    pointer
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            description: crate::stack::delivered(),
            items: Mutex::default(),
            objects: Mutex::default(),
            records: Mutex::default(),
            tries: Mutex::default(),
            queue: MemoryQueue::default(),
            dlq: MemoryQueue::default(),
            faults: Faults::default(),
            calls: Mutex::default(),
            meanwhile: Mutex::default(),
            afterwards: Mutex::default(),
        }
    }

    /// An event in every store: its pointer, its payload, a row of a replay, a record, tries, and messages.
    pub(super) fn hold(&self, pointer: &Pointer) {
        self.put(pointer);
        if let Some(key) = pointer.object() {
            self.store(key.as_str(), &["v1", "null"]);
        }
        let reference = pointer.reference();
        self.replay(&reference, "r-1");
        let of = |name: &str| (reference.to_string(), name.to_owned());
        let said = format!("{} paid", pointer.event.subject);
        lock(&self.records).insert(of("invoices"), said);
        for id in ["", "r-1"] {
            lock(&self.tries).insert(format!("{reference}#{id}"));
        }
        let event = json!({"ref": reference.to_string(), "type": "invoice.paid", "subject": pointer.event.subject});
        for queue in [&self.queue, &self.dlq] {
            queue.send(&event.to_string());
        }
    }

    pub(super) fn put(&self, pointer: &Pointer) {
        self.put_image(image(pointer.attributes()));
    }

    pub(super) fn put_image(&self, image: Image) {
        let key = (image["pk"].clone(), image["sk"].clone());
        lock(&self.items).insert(key, image);
    }

    pub(super) fn store(&self, key: &str, versions: &[&str]) {
        let versions = versions.iter().map(|&one| one.to_owned()).collect();
        lock(&self.objects).insert(key.to_owned(), versions);
    }

    /// Routes an event again: a row beside its pointer.
    pub(super) fn replay(&self, reference: &Ref, id: &str) {
        let mut row = self.item(reference).unwrap();
        let sort_key = format!("{}{REPLAY_SEPARATOR}{id}", row["sk"]);
        row.insert("sk".to_owned(), sort_key);
        self.put_image(row);
    }

    pub(super) fn item(&self, reference: &Ref) -> Option<Image> {
        let key = (
            reference.partition_key().to_string(),
            reference.event_key.as_str().to_owned(),
        );
        lock(&self.items).get(&key).cloned()
    }

    pub(super) fn tombstone(&self, reference: &Ref) -> Option<Tombstone> {
        let item = self.item(reference)?;
        Tombstone::read(|name| item.get(name).map(String::as_str)).unwrap()
    }

    pub(super) fn record(&self, reference: &str, processor: &str) -> Option<String> {
        let key = (reference.to_owned(), processor.to_owned());
        lock(&self.records).get(&key).cloned()
    }

    /// What is stored of one event.
    pub(super) fn of(&self, reference: &Ref) -> String {
        let name = reference.to_string();
        let quoted = format!("\"{name}\"");
        let part = ObjectKey::event_part(Digest::of(reference.event_key.as_str()));
        let messages = [self.queue.waiting(), self.dlq.waiting()].concat();
        format!(
            "{:?} {:?} {:?} {:?} {:?}",
            self.item(reference).map(BTreeMap::from_iter),
            lock(&self.objects)
                .iter()
                .filter(|(key, _)| key.contains(&part))
                .collect::<Vec<_>>(),
            lock(&self.records)
                .iter()
                .filter(|((of, _), _)| *of == name)
                .collect::<Vec<_>>(),
            lock(&self.tries)
                .iter()
                .filter(|key| key.starts_with(&format!("{name}#")))
                .collect::<Vec<_>>(),
            messages
                .iter()
                .filter(|body| body.contains(&quoted))
                .collect::<Vec<_>>(),
        )
    }

    /// All that is stored anywhere, as one text. An object's bytes are its key.
    pub(super) fn everything(&self) -> String {
        format!(
            "{:?} {:?} {:?} {:?} {:?} {:?}",
            lock(&self.items)
                .iter()
                .map(|(key, item)| (key, item.iter().collect::<BTreeMap<_, _>>()))
                .collect::<Vec<_>>(),
            lock(&self.objects),
            lock(&self.records),
            lock(&self.tries),
            self.queue.waiting(),
            self.dlq.waiting(),
        )
    }

    pub(super) fn call<T>(&self, work: impl FnOnce() -> T) -> Result<T, StoreError> {
        *lock(&self.calls) += 1;
        self.faults.during(work)
    }

    pub(super) async fn erase(&self, refs: &[&str], dry_run: bool) -> ErasureReport {
        *lock(&self.calls) = 0;
        let refs: Vec<Ref> = refs.iter().map(|one| one.parse().unwrap()).collect();
        let named = |name: &str, queue| NamedQueue {
            name: name.to_owned(),
            queue,
        };
        let stores = Stores {
            events: self,
            bucket: self,
            results: self,
            queues: vec![
                named("queue of invoices", &self.queue),
                named("DLQ of invoices", &self.dlq),
            ],
        };
        let run = Run {
            stack: &self.description,
            now: at(NOW),
            dry_run,
        };
        all(&stores, run, &refs, &(), &Stop::fixed(false)).await
    }
}

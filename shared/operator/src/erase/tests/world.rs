//! Every store of a stack, in memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard},
};

use aws::{
    Image, Version, VersionMarker, VersionPage,
    operator::{Depth, Held},
};
use domain::{
    DataRef, Digest, ERASED_AT, ItemValue, ObjectKey, Pointer, REPLAY_SEPARATOR, Ref, StoreError,
    Timestamp, Tombstone, format_time,
};
use serde_json::json;
use testkit::Faults;

use super::super::{
    ErasureReport, Run, all,
    ports::{Bucket, EventTable, MessageQueue, NamedQueue, Results, Stores},
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
    messages: Mutex<Vec<(String, bool)>>,
    pub(super) faults: Faults,
}

pub(super) struct World {
    pub(super) description: StackDescription,
    items: Mutex<BTreeMap<(String, String), Image>>,
    /// Of each object: its versions.
    pub(super) objects: Mutex<BTreeMap<String, Vec<String>>>,
    /// What each processor recorded of an event.
    records: Mutex<BTreeMap<(String, String), String>>,
    tries: Mutex<BTreeSet<String>>,
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap()
}

fn image(attributes: Vec<(impl ToString, ItemValue)>) -> Image {
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
        let said = format!("{CANARY} paid");
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

    /// All that is stored anywhere, as one text. An object's bytes are its key.
    pub(super) fn everything(&self) -> String {
        format!(
            "{:?} {:?} {:?} {:?} {:?} {:?}",
            lock(&self.items),
            lock(&self.objects),
            lock(&self.records),
            lock(&self.tries),
            self.queue.waiting(),
            self.dlq.waiting(),
        )
    }

    fn call<T>(&self, work: impl FnOnce() -> T) -> Result<T, StoreError> {
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

impl EventTable for &World {
    async fn get(&self, reference: &Ref) -> Result<Option<Image>, StoreError> {
        self.call(|| self.item(reference))
    }

    async fn bury(&self, image: &Image, tombstone: &Tombstone) -> Result<bool, StoreError> {
        let meanwhile = lock(&self.meanwhile).take();
        meanwhile.into_iter().for_each(|what| what(self));
        self.call(|| {
            let (pk, sk) = tombstone.keys();
            let mut items = lock(&self.items);
            let place =
                |image: &Image| ["dataref", "bucket", "key"].map(|name| image.get(name).cloned());
            let there = items.get(&(pk.clone(), sk.clone()));
            let is_same = there.is_some_and(|there| {
                !there.contains_key(ERASED_AT) && place(there) == place(image)
            });
            if is_same {
                items.insert((pk, sk), super::world::image(tombstone.attributes()));
            }
            is_same
        })
    }

    async fn rewrite(&self, tombstone: &Tombstone) -> Result<(), StoreError> {
        self.call(|| {
            let there = self.item(&tombstone.reference).unwrap();
            assert!(there.contains_key(ERASED_AT), "{there:?}");
            self.put_image(image(tombstone.attributes()));
        })
    }

    async fn replays(&self, reference: &Ref) -> Result<Vec<String>, StoreError> {
        self.call(|| {
            let start = format!("{}{REPLAY_SEPARATOR}", reference.event_key.as_str());
            let pk = reference.partition_key().to_string();
            let items = lock(&self.items);
            let keys = items.keys().filter(|(of, _)| *of == pk);
            keys.filter_map(|(_, sk)| Some(sk.strip_prefix(&start)?.to_owned()))
                .collect()
        })
    }

    async fn delete_replay(&self, reference: &Ref, id: &str) -> Result<(), StoreError> {
        self.call(|| {
            let sort_key = format!("{}{REPLAY_SEPARATOR}{id}", reference.event_key.as_str());
            let key = (reference.partition_key().to_string(), sort_key);
            lock(&self.items).remove(&key);
        })
    }
}

impl Bucket for &World {
    async fn of(&self, key: &ObjectKey) -> Result<Vec<Version>, StoreError> {
        self.call(|| {
            let objects = lock(&self.objects);
            let ids = objects.get(key.as_str()).cloned().unwrap_or_default();
            let version = |id| Version {
                key: key.to_string(),
                id,
            };
            ids.into_iter().map(version).collect()
        })
    }

    async fn delete(&self, version: &Version) -> Result<(), StoreError> {
        self.call(|| {
            let mut objects = lock(&self.objects);
            if let Some(ids) = objects.get_mut(&version.key) {
                ids.retain(|id| *id != version.id);
                if ids.is_empty() {
                    objects.remove(&version.key);
                }
            }
            drop(objects);
            let afterwards = lock(&self.afterwards).take();
            afterwards.into_iter().for_each(|what| what(self));
        })
    }

    /// One version a page.
    async fn page(
        &self,
        prefix: &str,
        after: Option<VersionMarker>,
    ) -> Result<VersionPage, StoreError> {
        self.call(|| {
            let objects = lock(&self.objects);
            let all = objects.iter().filter(|(key, _)| key.starts_with(prefix));
            let all = all.flat_map(|(key, ids)| ids.iter().map(|id| (key.clone(), id.clone())));
            let versions = all.map(|(key, id)| Version { key, id }).collect();
            assert!(after.is_none());
            VersionPage {
                versions,
                next: None,
            }
        })
    }

    async fn folders(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.call(|| {
            let objects = lock(&self.objects);
            let hours = objects.keys().filter_map(|key| {
                let (hour, _) = key.strip_prefix(prefix)?.split_once('/')?;
                Some(format!("{prefix}{hour}/"))
            });
            hours.collect::<BTreeSet<_>>().into_iter().collect()
        })
    }
}

impl Results for &World {
    async fn recorders(&self, reference: &Ref) -> Result<Vec<String>, StoreError> {
        self.call(|| {
            let records = lock(&self.records);
            let own = records
                .keys()
                .filter(|(of, _)| *of == reference.to_string());
            own.map(|(_, processor)| processor.clone()).collect()
        })
    }

    async fn erase(
        &self,
        reference: &Ref,
        processor: &str,
        (erased_at, until): (Timestamp, Timestamp),
    ) -> Result<(), StoreError> {
        self.call(|| {
            let key = (reference.to_string(), processor.to_owned());
            let text = format!("erased {} {}", format_time(erased_at), format_time(until));
            lock(&self.records).insert(key, text);
        })
    }

    async fn forget_tries(&self, reference: &Ref, replays: &[String]) -> Result<(), StoreError> {
        self.call(|| {
            for id in [""].into_iter().chain(replays.iter().map(String::as_str)) {
                lock(&self.tries).remove(&format!("{reference}#{id}"));
            }
        })
    }
}

impl MemoryQueue {
    pub(super) fn send(&self, body: &str) {
        lock(&self.messages).push((body.to_owned(), false));
    }

    pub(super) fn waiting(&self) -> Vec<String> {
        let messages = lock(&self.messages);
        let waiting = messages.iter().filter(|(_, is_out)| !is_out);
        waiting.map(|(body, _)| body.clone()).collect()
    }

    /// A reader has the first message.
    pub(super) fn take(&self) {
        lock(&self.messages)[0].1 = true;
    }
}

impl MessageQueue for &MemoryQueue {
    async fn depth(&self) -> Result<Depth, StoreError> {
        let messages = lock(&self.messages);
        let out = messages.iter().filter(|(_, is_out)| *is_out).count() as u64;
        Ok(Depth {
            visible: messages.len() as u64 - out,
            in_flight: out,
            ..Depth::default()
        })
    }

    /// A receipt is the body.
    async fn hold(&self) -> Result<Vec<Held>, StoreError> {
        self.faults.during(|| {
            let mut messages = lock(&self.messages);
            let some = messages.iter_mut().filter(|(_, is_out)| !is_out).take(3);
            let held = some.map(|(body, is_out)| {
                *is_out = true;
                Held {
                    id: body.clone(),
                    body: body.clone(),
                    sent_at: None,
                    receives: 1,
                    group: None,
                    receipt: body.clone(),
                }
            });
            held.collect()
        })
    }

    async fn delete(&self, receipt: &str) -> Result<(), StoreError> {
        self.faults.during(|| {
            lock(&self.messages).retain(|(body, _)| body != receipt);
        })
    }

    async fn release(&self, receipts: &[String]) -> Result<(), StoreError> {
        for (body, is_out) in lock(&self.messages).iter_mut() {
            *is_out &= !receipts.contains(body);
        }
        Ok(())
    }
}

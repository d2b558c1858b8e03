use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use domain::{
    DataRef, Digest, Inserted, KeptHeaders, Metadata, ObjectKey, PayloadStore, Pointer,
    PointerStore, Retention, SignedDuration, StoreError, Timestamp,
};
use testkit::{Fault, MemoryPayloads, MemoryPointers, refused};

use crate::Progress;

pub(super) const DAYS: u32 = 90;
const TTL: SignedDuration = SignedDuration::from_hours(24 * DAYS as i64);

pub(super) fn at(time: &str) -> Timestamp {
    format!("2026-11-21T{time}Z").parse().unwrap()
}

pub(super) fn pointer(key: &str, body: &str) -> Pointer {
    pointer_of("stripe", key, body, at("21:00:00"))
}

/// What `ingest` makes of a delivery.
pub(super) fn pointer_of(endpoint: &str, key: &str, body: &str, at: Timestamp) -> Pointer {
    let endpoint = endpoint.to_owned().try_into().unwrap();
    let sha256 = Digest::of(body);
    Pointer {
        dataref: DataRef::Object {
            bucket: "payloads".to_owned(),
            key: ObjectKey::new(&endpoint, Digest::of(key), sha256, at),
        },
        endpoint,
        size: body.len() as u64,
        sha256,
        expires_at: at + TTL,
        ..testkit::pointer(key, at)
    }
}

type Refuses = Box<dyn Fn(&str) -> bool + Send>;

/// Everything around the sweep. The time is ten at night, unless a test lets it pass.
pub(super) struct World {
    pub(super) payloads: MemoryPayloads,
    pub(super) pointers: MemoryPointers,
    now_ms: AtomicI64,
    /// By key: when it was stored.
    pub(super) put_at: Mutex<BTreeMap<String, Timestamp>>,
    /// By key: what can be read there.
    pub(super) bodies: Mutex<BTreeMap<String, String>>,
    /// The configuration of every endpoint.
    pub(super) endpoint: Mutex<Option<String>>,
    /// Still listed, but no longer there.
    pub(super) lost: Mutex<BTreeSet<String>>,
    /// Names of missing metadata, by key.
    pub(super) forgotten: Mutex<BTreeMap<String, String>>,
    /// Of the table's insertions; after these, all succeed.
    pub(super) faults: Mutex<Vec<Fault>>,
    refuses: Mutex<Refuses>,
    pub(super) hidden: Mutex<bool>,
    /// `admit`'s queue: how many wait of those announced, and of those sent by S3.
    pub(super) queue: AtomicU64,
    /// Objects about which a message is known to be under way, and until when.
    pub(super) announced: Mutex<BTreeMap<String, Timestamp>>,
    pub(super) listing_takes: Mutex<SignedDuration>,
    pub(super) insertion_takes: Mutex<SignedDuration>,
    pub(super) message_takes: Mutex<SignedDuration>,
    pub(super) calls: Mutex<Vec<String>>,
    pub(super) found: Mutex<Vec<String>>,
    pub(super) progress: Mutex<Vec<Progress>>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            payloads: MemoryPayloads::default(),
            pointers: MemoryPointers::default(),
            now_ms: AtomicI64::new(at("22:00:00").as_millisecond()),
            put_at: Mutex::default(),
            bodies: Mutex::default(),
            endpoint: Mutex::default(),
            lost: Mutex::default(),
            forgotten: Mutex::default(),
            faults: Mutex::default(),
            refuses: Mutex::new(Box::new(|_| false)),
            hidden: Mutex::default(),
            queue: AtomicU64::default(),
            announced: Mutex::default(),
            listing_takes: Mutex::default(),
            insertion_takes: Mutex::default(),
            message_takes: Mutex::default(),
            calls: Mutex::default(),
            found: Mutex::default(),
            progress: Mutex::default(),
        }
    }
}

impl World {
    pub(super) fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.now_ms.load(Ordering::Relaxed)).unwrap()
    }

    pub(super) fn pass(&self, time: SignedDuration) {
        let ms = i64::try_from(time.as_millis()).unwrap();
        self.now_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// The first half of `ingest`'s work.
    pub(super) async fn store(&self, pointer: &Pointer) {
        self.copy(pointer, pointer.object().unwrap().as_str()).await;
    }

    /// Its object, under this key.
    pub(super) async fn copy(&self, pointer: &Pointer, key: &str) {
        self.copy_with(pointer, key, &KeptHeaders::default()).await;
    }

    /// The same, with headers.
    pub(super) async fn copy_with(&self, pointer: &Pointer, key: &str, headers: &KeptHeaders) {
        let metadata = Metadata::describe(pointer, headers).unwrap();
        let size = usize::try_from(pointer.size).unwrap();
        let object = ObjectKey::from_stored(key.to_owned());
        let body = Bytes::from(vec![0; size]);
        let stored = self.payloads.put(
            &object,
            body,
            pointer.sha256,
            &pointer.content_type,
            &metadata,
            Retention::default(),
        );
        stored.await.unwrap();
        let mut put_at = self.put_at.lock().unwrap();
        put_at.insert(key.to_owned(), pointer.received_at);
    }

    /// The other half.
    pub(super) async fn insert(&self, pointer: &Pointer) {
        let inserted = self.pointers.insert(pointer).await.unwrap();
        assert_eq!(inserted, Inserted::New);
    }

    pub(super) fn lose(&self, pointer: &Pointer) {
        self.lost
            .lock()
            .unwrap()
            .insert(pointer.object().unwrap().to_string());
    }

    /// Its object lacks this metadata from now on.
    pub(super) fn forget(&self, pointer: &Pointer, name: &str) {
        let mut forgotten = self.forgotten.lock().unwrap();
        forgotten.insert(pointer.object().unwrap().to_string(), name.to_owned());
    }

    /// `admit` has put a message about it into its DLQ.
    pub(super) fn note_announced(&self, pointer: &Pointer, until: Timestamp) {
        let mut announced = self.announced.lock().unwrap();
        announced.insert(pointer.object().unwrap().to_string(), until);
    }

    pub(super) fn hide_index(&self) {
        *self.hidden.lock().unwrap() = true;
    }

    /// Calls like `list 2026-11-21T20#a` fail as refused from now on.
    pub(super) fn refuse(&self, call: impl Fn(&str) -> bool + Send + 'static) {
        *self.refuses.lock().unwrap() = Box::new(call);
    }

    pub(super) fn faults(&self, faults: impl Into<Vec<Fault>>) {
        *self.faults.lock().unwrap() = faults.into();
    }

    pub(super) fn each_listing_takes(&self, time: SignedDuration) {
        *self.listing_takes.lock().unwrap() = time;
    }

    pub(super) fn each_message_takes(&self, time: SignedDuration) {
        *self.message_takes.lock().unwrap() = time;
    }

    pub(super) fn each_insertion_takes(&self, time: SignedDuration) {
        *self.insertion_takes.lock().unwrap() = time;
    }

    /// What the last sweep found, in alphabetical order.
    pub(super) fn found(&self) -> Vec<String> {
        let mut found = self.found.lock().unwrap().clone();
        found.sort();
        found
    }

    pub(super) fn found_like(&self, start: &str) -> usize {
        let found = self.found();
        found.iter().filter(|text| text.starts_with(start)).count()
    }

    /// How often the last sweep called this.
    pub(super) fn calls(&self, name: &str) -> usize {
        let calls = self.calls.lock().unwrap();
        let ours = calls
            .iter()
            .filter(|call| call.split(' ').next() == Some(name));
        ours.count()
    }

    pub(super) fn progress(&self) -> Vec<Progress> {
        self.progress.lock().unwrap().clone()
    }

    pub(super) fn call(&self, name: &'static str, of: &str) -> Result<(), StoreError> {
        let call = format!("{name} {of}");
        let is_refused = (self.refuses.lock().unwrap())(&call);
        self.calls.lock().unwrap().push(call);
        if is_refused {
            return Err(refused(name));
        }
        Ok(())
    }
}

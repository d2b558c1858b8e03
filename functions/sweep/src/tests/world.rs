use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use aws::{Described, ListedObject, ListedObjects};
use bytes::Bytes;
use domain::{EventKey, Inserted, Lane, ObjectKey, PayloadStore, Ref, StoreError, TimeBucket};
use testkit::{Failing, MemoryPayloads, MemoryPointers};

use super::*;
use crate::{
    Finding, Index, Indexed, Objects, Pointers, Progress, Stores, SweepError, bucket::sha256_of,
};

/// A page's length, of objects and of rows.
const PAGE: usize = 3;

pub(super) const TTL: SignedDuration = SignedDuration::from_hours(90 * 24);

pub(super) fn at(time: &str) -> Timestamp {
    format!("2026-11-21T{time}Z").parse().unwrap()
}

pub(super) fn pointer(key: &str, body: &str) -> Pointer {
    pointer_of("stripe", key, body, at("21:00:00"))
}

/// What `ingest` makes of a delivery.
pub(super) fn pointer_of(endpoint: &str, key: &str, body: &str, at: Timestamp) -> Pointer {
    let endpoint = endpoint.to_owned().try_into().unwrap();
    let sha256: Digest = sha256_of(body);
    Pointer {
        key: ObjectKey::new(&endpoint, sha256_of(key), sha256, at),
        endpoint,
        event: Event {
            key: EventKey::from_stored(key.to_owned()),
            id: key.to_owned(),
            kind: "invoice.paid".to_owned(),
            subject: String::new(),
            ordering_key: None,
            occurred_at: at,
        },
        received_at: at,
        content_type: "application/json".to_owned(),
        size: body.len() as u64,
        sha256,
        bucket: "payloads".to_owned(),
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned(),
        scheme: "stripe".to_owned(),
        key_id: "current".to_owned(),
        expires_at: at + TTL,
    }
}

type Refuses = Box<dyn Fn(&str) -> bool + Send>;

/// Everything around the sweep. The time is ten at night, unless some passes.
pub(super) struct World {
    payloads: MemoryPayloads,
    pub(super) pointers: MemoryPointers,
    now_ms: AtomicI64,
    /// By key: when it was put.
    put_at: Mutex<BTreeMap<String, Timestamp>>,
    /// Still listed, but no longer there.
    lost: Mutex<BTreeSet<String>>,
    /// Names of metadata that are not there, by key.
    forgotten: Mutex<BTreeMap<String, String>>,
    /// Of the table's insertions; then all go well.
    faults: Mutex<Vec<Fault>>,
    refuses: Mutex<Refuses>,
    hidden: Mutex<bool>,
    listing_takes: Mutex<SignedDuration>,
    insertion_takes: Mutex<SignedDuration>,
    calls: Mutex<Vec<String>>,
    found: Mutex<Vec<String>>,
    progress: Mutex<Vec<Progress>>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            payloads: MemoryPayloads::default(),
            pointers: MemoryPointers::default(),
            now_ms: AtomicI64::new(at("22:00:00").as_millisecond()),
            put_at: Mutex::default(),
            lost: Mutex::default(),
            forgotten: Mutex::default(),
            faults: Mutex::default(),
            refuses: Mutex::new(Box::new(|_| false)),
            hidden: Mutex::default(),
            listing_takes: Mutex::default(),
            insertion_takes: Mutex::default(),
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
        self.copy(pointer, pointer.key.as_str()).await;
    }

    /// Its object, under this key.
    pub(super) async fn copy(&self, pointer: &Pointer, key: &str) {
        let metadata = Metadata::describe(pointer, &Headers::default()).unwrap();
        let size = usize::try_from(pointer.size).unwrap();
        let object = ObjectKey::from_stored(key.to_owned());
        let body = Bytes::from(vec![0; size]);
        let stored = self.payloads.put(
            &object,
            body,
            pointer.sha256,
            &pointer.content_type,
            &metadata,
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
        self.lost.lock().unwrap().insert(pointer.key.to_string());
    }

    /// Its object lacks this metadata from now on.
    pub(super) fn forget(&self, pointer: &Pointer, name: &str) {
        let mut forgotten = self.forgotten.lock().unwrap();
        forgotten.insert(pointer.key.to_string(), name.to_owned());
    }

    pub(super) fn hide_index(&self) {
        *self.hidden.lock().unwrap() = true;
    }

    /// Calls like `list 2026-11-21T20#a` are refused from now on.
    pub(super) fn refuse(&self, call: impl Fn(&str) -> bool + Send + 'static) {
        *self.refuses.lock().unwrap() = Box::new(call);
    }

    pub(super) fn faults(&self, faults: impl Into<Vec<Fault>>) {
        *self.faults.lock().unwrap() = faults.into();
    }

    pub(super) fn each_listing_takes(&self, time: SignedDuration) {
        *self.listing_takes.lock().unwrap() = time;
    }

    pub(super) fn each_insertion_takes(&self, time: SignedDuration) {
        *self.insertion_takes.lock().unwrap() = time;
    }

    pub(super) async fn sweep(&self, span: Span, options: Options) -> Result<Tally, SweepError> {
        self.calls.lock().unwrap().clear();
        self.found.lock().unwrap().clear();
        self.progress.lock().unwrap().clear();
        let faults = std::mem::take(&mut *self.faults.lock().unwrap());
        let stores = Stores {
            objects: self,
            index: self,
            pointers: Table {
                world: self,
                failing: Failing::new(&self.pointers, faults),
            },
        };
        crate::sweep(
            &stores,
            span,
            &options,
            &|| self.now(),
            &|progress| self.progress.lock().unwrap().push(*progress),
            &|finding| self.found.lock().unwrap().push(say(finding)),
        )
        .await
    }

    /// What the last sweep found, in order of the alphabet.
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

    fn call(&self, name: &'static str, of: &str) -> Result<(), StoreError> {
        let call = format!("{name} {of}");
        let refused = (self.refuses.lock().unwrap())(&call);
        self.calls.lock().unwrap().push(call);
        if refused {
            return Err(StoreError::Permanent {
                operation: name,
                source: "made to fail".into(),
            });
        }
        Ok(())
    }
}

fn say(finding: &Finding<'_>) -> String {
    match finding {
        Finding::Rescued(pointer) => format!("rescued {}", pointer.reference()),
        Finding::Announced { key } => format!("announced {key}"),
        Finding::Dangling { reference, key } => format!("dangling {reference} {key}"),
        Finding::Superseded(pointer) => format!("superseded {}", pointer.reference()),
        Finding::Expired(pointer) => format!("expired {}", pointer.reference()),
        Finding::Unreadable { key, problem } => format!("{key}: {problem}"),
        Finding::Failed { error, .. } => format!("failed at {error}"),
    }
}

impl Objects for &World {
    fn bucket(&self) -> &'static str {
        "payloads"
    }

    async fn list(
        &self,
        lane: Lane,
        shard: char,
        hour: &str,
        after: Option<String>,
    ) -> Result<ListedObjects, StoreError> {
        let name = match lane {
            Lane::Standard => "list",
            Lane::Direct => "list-direct",
        };
        self.call(name, &format!("{hour}#{shard}"))?;
        self.pass(*self.listing_takes.lock().unwrap());
        let prefix = format!("{}/{shard}/{hour}/", lane.prefix());
        let put_at = self.put_at.lock().unwrap();
        let all = self.payloads.objects();
        let mut objects: Vec<ListedObject> = all
            .iter()
            .filter(|(key, _)| key.starts_with(&prefix) && Some(*key) > after.as_ref())
            .map(|(key, object)| ListedObject {
                key: ObjectKey::from_stored(key.clone()),
                size: object.body.len() as u64,
                modified_at: put_at[key],
            })
            .collect();
        let more = objects.len() > PAGE;
        objects.truncate(PAGE);
        let last = objects.last().map(|last| last.key.to_string());
        Ok(ListedObjects {
            objects,
            next: last.filter(|_| more),
        })
    }

    async fn describe(&self, key: &ObjectKey) -> Result<Option<Described>, StoreError> {
        self.call("describe", key.as_str())?;
        if self.lost.lock().unwrap().contains(key.as_str()) {
            return Ok(None);
        }
        let object = self.payloads.objects()[key.as_str()].clone();
        let pairs = object.metadata.iter();
        let mut metadata: HashMap<String, String> = pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        if let Some(name) = self.forgotten.lock().unwrap().get(key.as_str()) {
            metadata.remove(name).unwrap();
        }
        Ok(Some(Described {
            content_type: object.content_type,
            size: object.body.len() as u64,
            metadata,
        }))
    }

    async fn announce(&self, key: &ObjectKey) -> Result<(), StoreError> {
        self.call("announce", key.as_str())
    }
}

/// Every page of rows is followed by an empty one, as a filter leaves them.
impl Index for &World {
    type Cursor = usize;

    async fn events(
        &self,
        bucket: &TimeBucket,
        hour: Timestamp,
        after: Option<usize>,
    ) -> Result<(Vec<Indexed>, Option<usize>), StoreError> {
        self.call("refs", &bucket.to_string())?;
        assert!(hour.to_string().starts_with(bucket.hour()));
        if *self.hidden.lock().unwrap() {
            return Ok((Vec::new(), None));
        }
        let page = after.unwrap_or(0);
        let all = self.pointers.all();
        let refs: Vec<Indexed> = all
            .iter()
            .filter(|pointer| pointer.time_bucket() == *bucket)
            .map(|pointer| Indexed {
                reference: pointer.reference(),
                request_id: pointer
                    .key
                    .incoming()
                    .map(|parts| parts.request_id.to_owned()),
            })
            .collect();
        let more = (page / 2 + 1) * PAGE < refs.len() + PAGE * (page % 2);
        let rows = match page % 2 {
            0 => refs.into_iter().skip(page / 2 * PAGE).take(PAGE).collect(),
            _ => Vec::new(),
        };
        Ok((rows, more.then_some(page + 1)))
    }
}

/// The events table, whose insertions may fail.
struct Table<'a> {
    world: &'a World,
    failing: Failing<&'a MemoryPointers>,
}

impl PointerStore for Table<'_> {
    async fn insert(&self, pointer: &Pointer) -> Result<Inserted, StoreError> {
        let takes = *self.world.insertion_takes.lock().unwrap();
        self.world.pass(takes);
        self.failing.insert(pointer).await
    }
}

impl Pointers for Table<'_> {
    async fn has(&self, reference: &Ref) -> Result<bool, StoreError> {
        let all = self.world.pointers.all();
        Ok(all.iter().any(|pointer| pointer.reference() == *reference))
    }

    async fn object(&self, reference: &Ref) -> Result<Option<ObjectKey>, StoreError> {
        let found = self.world.pointers.find(reference);
        Ok(found.map(|pointer| pointer.key))
    }
}

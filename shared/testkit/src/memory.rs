use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use bytes::Bytes;
use domain::{
    Digest, EndpointDirectory, EndpointName, Inserted, KeyRing, KeyStore, Metadata, ObjectKey,
    PayloadStore, Pointer, PointerStore, Ref, Retention, Siblings, StoreError, Stored, Timestamp,
};

use crate::lock;

/// An object as it was stored.
#[derive(Debug, Clone)]
pub struct Object {
    /// The bytes.
    pub body: Bytes,
    /// The checksum that came with them.
    pub sha256: Digest,
    /// The Content-Type that came with them.
    pub content_type: String,
    /// The metadata that came with them.
    pub metadata: Metadata,
    /// The retention that came with them.
    pub retention: Retention,
}

/// A bucket in memory.
#[derive(Debug, Default)]
pub struct MemoryPayloads(Mutex<BTreeMap<String, Object>>);

impl MemoryPayloads {
    /// Its objects, by key.
    #[must_use]
    pub fn objects(&self) -> BTreeMap<String, Object> {
        lock(&self.0).clone()
    }

    /// Deletes an object, if it is there.
    pub fn delete(&self, key: &ObjectKey) {
        lock(&self.0).remove(key.as_str());
    }
}

impl PayloadStore for MemoryPayloads {
    type Body = Bytes;

    fn bucket(&self) -> &'static str {
        "payloads"
    }

    async fn put(
        &self,
        key: &ObjectKey,
        body: Bytes,
        sha256: Digest,
        content_type: &str,
        metadata: &Metadata,
        retention: Retention,
    ) -> Result<Stored, StoreError> {
        let mut objects = lock(&self.0);
        if objects.contains_key(key.as_str()) {
            return Ok(Stored::AlreadyThere);
        }
        let object = Object {
            body,
            sha256,
            content_type: content_type.to_owned(),
            metadata: metadata.clone(),
            retention,
        };
        objects.insert(key.to_string(), object);
        Ok(Stored::New)
    }
}

/// Hash key and sort key.
type Place = (String, String);

/// The events table in memory.
#[derive(Debug, Default)]
pub struct MemoryPointers {
    pointers: Mutex<BTreeMap<Place, Pointer>>,
    /// Tombstones, and when their events were received.
    tombstones: Mutex<BTreeMap<Place, Timestamp>>,
}

impl MemoryPointers {
    /// All pointers.
    #[must_use]
    pub fn all(&self) -> Vec<Pointer> {
        lock(&self.pointers).values().cloned().collect()
    }

    /// The pointer of an event.
    #[must_use]
    pub fn find(&self, reference: &Ref) -> Option<Pointer> {
        lock(&self.pointers).get(&place(reference)).cloned()
    }

    /// Puts a tombstone in the place of this pointer, whether it is there or not.
    pub fn erase(&self, pointer: &Pointer) {
        let place = place(&pointer.reference());
        lock(&self.pointers).remove(&place);
        lock(&self.tombstones).insert(place, pointer.received_at);
    }

    /// Whether the event has a tombstone.
    #[must_use]
    pub fn is_erased(&self, reference: &Ref) -> bool {
        lock(&self.tombstones).contains_key(&place(reference))
    }

    /// Replaces a pointer that names `from`.
    pub fn lead(&self, pointer: &Pointer, from: &ObjectKey) -> bool {
        let key = (
            pointer.partition_key().to_string(),
            pointer.sort_key().as_str().to_owned(),
        );
        let mut items = lock(&self.pointers);
        let old = items.get_mut(&key).filter(|old| old.object() == Some(from));
        old.map(|old| *old = pointer.clone()).is_some()
    }
}

fn place(reference: &Ref) -> Place {
    let key = reference.event_key.as_str().to_owned();
    (reference.partition_key().to_string(), key)
}

impl PointerStore for MemoryPointers {
    async fn insert(&self, pointer: &Pointer) -> Result<Inserted, StoreError> {
        let own = (
            pointer.partition_key().to_string(),
            pointer.sort_key().as_str().to_owned(),
        );
        let around = pointer.sort_key().neighbours(pointer.received_at);
        let tombstones = lock(&self.tombstones);
        let mut items = lock(&self.pointers);
        let beside = around.iter().flat_map(|around| {
            let keys = around.keys.iter().map(|key| key.as_str().to_owned());
            let old = keys.filter_map(|key| items.get(&(own.0.clone(), key)));
            old.filter(|old| around.hold(old.received_at))
        });
        let own_object = pointer.object();
        // First the pointer that names this very object.
        let old = items.get(&own).into_iter().chain(beside);
        if let Some(old) = old.min_by_key(|old| own_object.is_none() || old.object() != own_object)
        {
            return Ok(Inserted::Duplicate {
                event_key: old.sort_key().clone(),
                sha256: old.sha256,
                key: old.object().cloned(),
            });
        }
        let erased_beside = around.iter().flat_map(|around| {
            let keys = around.keys.iter();
            keys.filter(|key| {
                let at = tombstones.get(&(own.0.clone(), key.as_str().to_owned()));
                at.is_some_and(|at| around.hold(*at))
            })
        });
        let own_key = tombstones.get(&own).map(|_| pointer.sort_key());
        if let Some(event_key) = own_key.into_iter().chain(erased_beside).next() {
            let event_key = event_key.clone();
            return Ok(Inserted::Erased { event_key });
        }
        items.insert(own, pointer.clone());
        Ok(Inserted::New)
    }
}

impl Siblings for MemoryPointers {
    async fn has_sibling(&self, pointer: &Pointer) -> Result<bool, StoreError> {
        let digest = pointer.event.key.shared_digest().unwrap_or_default();
        let partition = pointer.partition_key().to_string();
        Ok(lock(&self.pointers).keys().any(|(pk, sk)| {
            *pk == partition && sk.starts_with(digest) && sk != pointer.sort_key().as_str()
        }))
    }
}

/// Secrets Manager in memory: the same keys for every endpoint, and a count of reads.
#[derive(Debug)]
pub struct MemoryKeys {
    ring: Mutex<KeyRing>,
    reads: AtomicU32,
}

impl MemoryKeys {
    /// Holds these keys.
    #[must_use]
    pub fn new(ring: KeyRing) -> Self {
        Self {
            ring: Mutex::new(ring),
            reads: AtomicU32::new(0),
        }
    }

    /// Holds others from now on.
    pub fn set(&self, ring: KeyRing) {
        *lock(&self.ring) = ring;
    }

    /// How often the keys were read.
    #[must_use]
    pub fn reads(&self) -> u32 {
        self.reads.load(Ordering::Relaxed)
    }
}

impl KeyStore for MemoryKeys {
    async fn keys(&self, _: &EndpointName) -> Result<KeyRing, StoreError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        Ok(lock(&self.ring).clone())
    }
}

/// The endpoints table in memory, and a count of reads.
#[derive(Debug, Default)]
pub struct MemoryDirectory {
    configs: Mutex<BTreeMap<String, String>>,
    reads: AtomicU32,
}

impl MemoryDirectory {
    /// Adds one more endpoint.
    pub fn put(&self, name: &str, config: &str) {
        lock(&self.configs).insert(name.to_owned(), config.to_owned());
    }

    /// How often it was read.
    #[must_use]
    pub fn reads(&self) -> u32 {
        self.reads.load(Ordering::Relaxed)
    }
}

impl EndpointDirectory for MemoryDirectory {
    async fn find(&self, name: &EndpointName) -> Result<Option<String>, StoreError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        Ok(lock(&self.configs).get(name.as_str()).cloned())
    }
}

//! The stores in memory, what has happened to them, and the checks of what they hold.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Mutex, MutexGuard},
};

use aws::ObjectClaim;
use bytes::Bytes;
use domain::{
    DataRef, Digest, Inserted, ObjectKey, Pointer, PointerStore, SignedDuration, StoreError,
    Stored, Timestamp,
};
use futures_util::FutureExt;
use testkit::{MemoryPointers, refused};

use crate::{
    bugs::Bug,
    invariants::{Invariant, Violation, hold},
    script::{Sent, Way},
    turn::{Turn, lock},
};

/// What outlives every invocation.
pub(crate) struct World {
    pub(crate) way: Way,
    pub(crate) bug: Option<Bug>,
    /// Whether to read keys and endpoints takes no turn: nothing that a script does comes between.
    pub(crate) quick: bool,
    pub(crate) turn: Turn,
    pub(crate) table: MemoryPointers,
    state: Mutex<State>,
}

/// The parts that change.
pub(crate) struct State {
    pub(crate) now: Timestamp,
    pub(crate) config: usize,
    pub(crate) rotations: u32,
    pub(crate) rotated_at: Timestamp,
    pub(crate) objects: BTreeMap<String, Object>,
    pub(crate) claims: BTreeMap<String, ObjectClaim>,
    /// Objects about which a message is known to be under way.
    pub(crate) told: BTreeSet<String>,
    pub(crate) messages: Vec<Message>,
    pub(crate) deliveries: Vec<Delivery>,
    /// The invocation that makes a call, if it is a sweep; and the deliveries that `ingest` works on.
    pub(crate) sweeps: bool,
    pub(crate) at_work: BTreeSet<usize>,
    pub(crate) current: usize,
    /// Of the planted bug that keeps a payload back.
    pub(crate) kept_back: BTreeMap<String, Object>,
    pub(crate) broken: Option<Violation>,
    changed: bool,
    /// Each pointer as it was inserted, or led to another object.
    first: BTreeMap<String, Pointer>,
    inserted: Vec<(String, Option<ObjectKey>)>,
}

#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) body: Bytes,
    pub(crate) sha256: Digest,
    pub(crate) content_type: String,
    pub(crate) metadata: HashMap<String, String>,
    pub(crate) put_at: Timestamp,
    /// The invocation that stored it.
    pub(crate) by: usize,
}

/// Of `admit`'s queue.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) key: ObjectKey,
    pub(crate) tries: u32,
    pub(crate) state: MessageState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MessageState {
    Waits,
    AtWork,
    Done,
    Dead,
}

/// What the provider, or a stranger, has sent.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    pub(crate) sent: Sent,
    pub(crate) digest: Digest,
    /// The refs that the endpoint's rules may give it.
    pub(crate) names: Vec<String>,
    pub(crate) acknowledged: bool,
    /// In the direct lane.
    pub(crate) object: Option<ObjectKey>,
    /// What an operator had changed by then: keys, and the configuration.
    pub(crate) rotations: u32,
    pub(crate) config: usize,
}

impl Delivery {
    pub(crate) fn is_genuine(&self) -> bool {
        self.sent != Sent::Forged
    }
}

impl World {
    pub(crate) fn new(way: Way, config: usize, bug: Option<Bug>, quick: bool) -> Self {
        // Ten seconds before the next hour a retry soon has another object; early in an hour the sweep has only one to look through.
        let now = if quick { "20:10:00" } else { "20:59:50" };
        let now: Timestamp = format!("2026-11-21T{now}Z").parse().expect("it is a time");
        Self {
            way,
            bug,
            quick,
            turn: Turn::default(),
            table: MemoryPointers::default(),
            state: Mutex::new(State {
                now,
                config,
                rotations: 1,
                rotated_at: now - SignedDuration::from_hours(1),
                objects: BTreeMap::new(),
                claims: BTreeMap::new(),
                told: BTreeSet::new(),
                messages: Vec::new(),
                deliveries: Vec::new(),
                sweeps: false,
                at_work: BTreeSet::new(),
                current: 0,
                kept_back: BTreeMap::new(),
                broken: None,
                changed: false,
                first: BTreeMap::new(),
                inserted: Vec::new(),
            }),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// S3 stores an object unless the key has one, and only if the digest is that of the bytes.
    pub(crate) fn put(&self, key: &str, object: &Object) -> Result<Stored, StoreError> {
        if Digest::of(&object.body) != object.sha256 {
            return Err(refused("s3:PutObject"));
        }
        let mut state = self.state();
        if state.objects.contains_key(key) {
            return Ok(Stored::AlreadyThere);
        }
        let mut object = object.clone();
        (object.put_at, object.by) = (state.now, state.current);
        state.objects.insert(key.to_owned(), object);
        state.changed = true;
        Ok(Stored::New)
    }

    /// DynamoDB inserts a pointer unless its event has one.
    pub(crate) fn insert(&self, pointer: &Pointer) -> Result<Inserted, StoreError> {
        let inserted = self.table.insert(pointer).now_or_never();
        let inserted = inserted.expect("memory does not wait")?;
        if inserted == Inserted::New {
            self.note_inserted(pointer);
        }
        Ok(inserted)
    }

    fn note_inserted(&self, pointer: &Pointer) {
        let name = pointer.reference().to_string();
        let mut state = self.state();
        if state.sweeps
            && let Some(object) = pointer
                .object()
                .and_then(|key| state.objects.get(key.as_str()))
            && state.at_work.contains(&object.by)
        {
            let how = format!("{name} while the delivery that stored it was still at work");
            state.broken = Some(Violation::new(Invariant::SweepWaits, how));
        }
        state
            .inserted
            .push((name.clone(), pointer.object().cloned()));
        state.first.entry(name).or_insert_with(|| pointer.clone());
        state.changed = true;
    }

    /// DynamoDB replaces a pointer that names this object.
    pub(crate) fn lead(&self, pointer: &Pointer, from: &ObjectKey) -> bool {
        let is_missing = !self.state().objects.contains_key(from.as_str());
        let led = self.table.lead(pointer, from);
        let mut state = self.state();
        if led && is_missing {
            let name = pointer.reference().to_string();
            state.first.insert(name, pointer.clone());
        }
        state.changed = true;
        led
    }

    /// S3 deletes an object.
    pub(crate) fn delete(&self, key: &ObjectKey) {
        let pointers = self.table.all();
        let mut state = self.state();
        let Some(object) = state.objects.remove(key.as_str()) else {
            return;
        };
        state.changed = true;
        let mut own = state.deliveries.iter().filter(|delivery| {
            delivery.is_genuine()
                && delivery.digest == object.sha256
                && (delivery.object.is_none() || delivery.object.as_ref() == Some(key))
        });
        let is_lost = own.any(|delivery| {
            !pointers.iter().any(|pointer| {
                let is_there = |key: &ObjectKey| state.objects.contains_key(key.as_str());
                delivery.names.contains(&pointer.reference().to_string())
                    && pointer.object().is_none_or(is_there)
            })
        });
        if is_lost {
            let how = format!("{key} was verified, and its event has no other payload");
            state.broken = Some(Violation::new(Invariant::NothingIsDeleted, how));
        }
    }

    /// Looks at everything that is stored, if that has changed.
    pub(crate) fn check(&self) -> Result<(), Violation> {
        let pointers = self.table.all();
        let mut state = self.state();
        if !std::mem::take(&mut state.changed) {
            return state.broken.take().map_or(Ok(()), Err);
        }
        for pointer in &pointers {
            state.redeem(pointer)?;
        }
        state.broken.take().map_or(Ok(()), Err)?;
        for (name, first) in &state.first {
            let now = pointers
                .iter()
                .find(|pointer| pointer.reference().to_string() == *name);
            hold(Invariant::FirstPointerStays, now == Some(first), || {
                format!("{name} names {:?}", now.map(|now| &now.dataref))
            })?;
        }
        for (at, (name, object)) in state.inserted.iter().enumerate() {
            let earlier = state.inserted.iter().take(at);
            let is_direct = |key: &&ObjectKey| key.incoming().is_some();
            let mut same = earlier.filter(|(other, key)| {
                other == name
                    || object
                        .as_ref()
                        .filter(is_direct)
                        .is_some_and(|own| key.as_ref() == Some(own))
            });
            hold(Invariant::RoutedOnce, same.next().is_none(), || {
                format!("{name} was inserted twice")
            })?;
        }
        for (key, object) in &state.objects {
            let is_signed = key.starts_with("incoming/") || state.is_signed(object.sha256);
            hold(Invariant::NothingUnverified, is_signed, || {
                format!("{key} holds bytes that the provider did not sign")
            })?;
        }
        Ok(())
    }
}

impl Object {
    /// These bytes as JSON, with no metadata.
    pub(crate) fn early(body: &Bytes, now: Timestamp) -> Self {
        Self {
            body: body.clone(),
            sha256: Digest::of(body),
            content_type: "application/json".to_owned(),
            metadata: HashMap::new(),
            put_at: now,
            by: 0,
        }
    }
}

impl State {
    /// How many pointers have been inserted.
    pub(crate) fn inserted(&self) -> usize {
        self.inserted.len()
    }

    fn is_signed(&self, digest: Digest) -> bool {
        let mut deliveries = self.deliveries.iter();
        deliveries.any(|delivery| delivery.is_genuine() && delivery.digest == digest)
    }

    /// What a processor does: fetches the payload and checks its digest.
    fn redeem(&self, pointer: &Pointer) -> Result<(), Violation> {
        let name = pointer.reference().to_string();
        let body = match &pointer.dataref {
            DataRef::Inline(body) => body.as_slice(),
            DataRef::Object { key, .. } => {
                let object = self.objects.get(key.as_str());
                hold(Invariant::PayloadIsThere, object.is_some(), || {
                    format!("{name} names {key}, which is not there")
                })?;
                object.map_or(&[][..], |object| &object.body)
            }
        };
        let (digest, size) = (Digest::of(body), body.len() as u64);
        let is_same = digest == pointer.sha256 && size == pointer.size;
        hold(Invariant::BytesMatch, is_same, || {
            format!("{name} says {}, its payload has {digest}", pointer.sha256)
        })?;
        let mut deliveries = self.deliveries.iter();
        let is_of_event = deliveries.any(|delivery| {
            delivery.is_genuine() && delivery.digest == digest && delivery.names.contains(&name)
        });
        hold(Invariant::NothingUnverified, is_of_event, || {
            format!("{name} holds bytes that the provider did not sign for it")
        })
    }
}

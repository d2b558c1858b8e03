use std::collections::{HashMap, HashSet};

use aws::{Described, ListedObject};
use domain::{
    Digest, EndpointDirectory, Inserted, ObjectFacts, ObjectKey, Pointer, Ref, StoreError,
    Timestamp,
};

use crate::{
    Finding, Index, Indexed, Objects, Options, Place, PointerTable, Stores, Tally, Unreadable,
    span::{HourShard, Span},
    unjudged::Unjudged,
};

/// Sweeps one shard of one hour.
pub(crate) struct ShardSweep<'a, O, I, P, E> {
    pub(crate) stores: &'a Stores<O, I, P, E>,
    pub(crate) options: &'a Options,
    pub(crate) now: &'a (dyn Fn() -> Timestamp + Sync),
    pub(crate) on_found: &'a (dyn Fn(&Finding<'_>) + Sync),
    pub(crate) hour_shard: &'a HourShard,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Swept {
    pub(crate) tally: Tally,
    /// Of the direct lane: may need to be announced.
    pub(crate) unjudged: Unjudged,
    /// The first call that failed.
    pub(crate) failure: Option<StoreError>,
    /// Its hour, if the time ran out before its end.
    pub(crate) unswept: Option<Span>,
}

/// Why not all of it was checked.
pub(crate) enum End {
    Failed(StoreError),
    TimeIsOver,
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// What has a pointer.
#[derive(Default)]
pub(crate) struct Known {
    /// Events: for each endpoint, the first halves of their keys' digests.
    events: HashMap<String, HashSet<u128>>,
    /// Of the direct lane: requests, and the events that they delivered. One whose object
    /// is listed is removed.
    pub(crate) requests: HashMap<String, Ref>,
}

impl Known {
    fn add(&mut self, event: Indexed) {
        if let Some(request_id) = event.request_id {
            self.requests.insert(request_id, event.reference);
            return;
        }
        let reference = &event.reference;
        let part = ObjectKey::event_part(Digest::of(reference.event_key.as_str()));
        let endpoint = reference.endpoint.as_str();
        if let (Some(events), Some(half)) = (self.events.get_mut(endpoint), half(&part)) {
            events.insert(half);
        } else if let Some(half) = half(&part) {
            let events = HashSet::from([half]);
            self.events.insert(endpoint.to_owned(), events);
        }
    }

    fn has(&self, endpoint: &str, event: &str) -> bool {
        let events = self.events.get(endpoint);
        events.is_some_and(|events| half(event).is_some_and(|half| events.contains(&half)))
    }
}

/// 32 hex digits.
fn half(event_part: &str) -> Option<u128> {
    u128::from_str_radix(event_part, 16).ok()
}

impl<O: Objects, I: Index, P: PointerTable, E: EndpointDirectory> ShardSweep<'_, O, I, P, E> {
    pub(crate) async fn known(&self, swept: &mut Swept) -> Result<Known, End> {
        let HourShard { bucket, hour } = self.hour_shard;
        let mut known = Known::default();
        let mut after = None;
        loop {
            self.in_time()?;
            let (events, next) = self.stores.index.events(bucket, *hour, after).await?;
            for event in events {
                if event.request_id.is_some() {
                    swept.unjudged.judged(event.received_at);
                }
                known.add(event);
            }
            after = next;
            if after.is_none() {
                return Ok(known);
            }
        }
    }

    pub(crate) fn is_young(&self, object: &ListedObject) -> bool {
        (self.now)().duration_since(object.modified_at) <= self.options.older_than
    }

    /// One refused call, for instance because a key is gone, must not keep the
    /// others from being rescued. A busy store gets no more calls.
    pub(crate) async fn object(
        &self,
        object: &ListedObject,
        known: &Known,
        swept: &mut Swept,
    ) -> Result<(), End> {
        let parts = ObjectKey::parse(object.key.as_str());
        if parts.is_some_and(|parts| known.has(parts.endpoint, parts.event)) {
            return Ok(());
        }
        if self.is_young(object) {
            swept.tally.young += 1;
            return Ok(());
        }
        let Some(parts) = parts else {
            self.unreadable(&object.key, &Unreadable::Key, swept);
            return Ok(());
        };
        self.in_time()?;
        match self.candidate(&object.key, parts.sha256, swept).await {
            Err(error @ StoreError::Permanent { .. }) => {
                self.failed(swept, Some(&object.key), error);
                Ok(())
            }
            other => Ok(other?),
        }
    }

    /// A payload that seems to have no pointer.
    async fn candidate(
        &self,
        key: &ObjectKey,
        sha256: Digest,
        swept: &mut Swept,
    ) -> Result<(), StoreError> {
        let Some(described) = self.stores.objects.describe(key).await? else {
            return Ok(());
        };
        let metadata = described.metadata.clone();
        let mut pointer = match self.pointer(key, sha256, described) {
            Ok(pointer) => pointer,
            Err(problem) => {
                self.unreadable(key, &problem, swept);
                return Ok(());
            }
        };
        // An endpoint that is gone, or that cannot be used, changes nothing: no event is left without a pointer for it.
        let endpoints = &self.stores.endpoints;
        if let Some(declared) = endpoints.find(&pointer.endpoint, (self.now)()).await? {
            let days = declared.retention.pointer_days(self.options.pointer_days);
            pointer.expires_at = pointer.received_at + Options::days(days);
            if !self.options.dry_run {
                let kept = self.kept(&pointer, &declared.places, key, &metadata);
                pointer.kept = kept.await?;
            }
        }
        let tally = &mut swept.tally;
        if pointer.expires_at <= (self.now)() {
            tally.expired += 1;
            (self.on_found)(&Finding::Expired(&pointer));
            return Ok(());
        }
        match self.insert(&pointer).await? {
            Place::Free => {
                tally.rescued += 1;
                (self.on_found)(&Finding::Rescued(&pointer));
            }
            Place::Pointer => {
                tally.superseded += 1;
                (self.on_found)(&Finding::Superseded(&pointer));
            }
            Place::Tombstone => {
                // What decides cannot change any more: a tombstone never becomes a pointer again.
                if self.options.deletes_erased && !self.options.dry_run {
                    self.stores.objects.erase(key).await?;
                }
                tally.erased += 1;
                (self.on_found)(&Finding::Erased(&pointer));
            }
        }
        Ok(())
    }

    /// Inserts the pointer, if its place is free. In a dry run it only looks.
    async fn insert(&self, pointer: &Pointer) -> Result<Place, StoreError> {
        let pointers = &self.stores.pointers;
        if self.options.dry_run {
            return pointers.place(&pointer.reference()).await;
        }
        Ok(match pointers.insert(pointer).await? {
            Inserted::New => Place::Free,
            Inserted::Duplicate { .. } => Place::Pointer,
            Inserted::Erased { .. } => Place::Tombstone,
        })
    }

    /// The digest is that of the key: only `ingest` writes there, and S3 checked the
    /// bytes against it.
    fn pointer(
        &self,
        key: &ObjectKey,
        sha256: Digest,
        described: Described,
    ) -> Result<Pointer, Unreadable> {
        let Described {
            content_type,
            size,
            metadata,
        } = described;
        let facts = ObjectFacts {
            bucket: self.stores.objects.bucket().to_owned(),
            key: key.clone(),
            size,
            sha256,
            content_type,
        };
        let value = |name: &str| metadata.get(name).map(String::as_str);
        let pointer = Pointer::from_object(facts, value, Options::days(self.options.pointer_days))?;
        let event = Digest::of(pointer.event.key.as_str());
        let own = ObjectKey::new(&pointer.endpoint, event, sha256, pointer.received_at);
        if own == *key {
            Ok(pointer)
        } else {
            Err(Unreadable::OtherKey)
        }
    }

    pub(crate) fn unreadable(&self, key: &ObjectKey, problem: &Unreadable, swept: &mut Swept) {
        swept.tally.unreadable += 1;
        (self.on_found)(&Finding::Unreadable { key, problem });
    }

    pub(crate) fn failed(&self, swept: &mut Swept, key: Option<&ObjectKey>, error: StoreError) {
        let bucket = &self.hour_shard.bucket;
        (self.on_found)(&Finding::Failed {
            bucket: Some(bucket),
            key,
            error: &error,
        });
        swept.failure.get_or_insert(error);
    }

    pub(crate) fn in_time(&self) -> Result<(), End> {
        match self.options.stop_at {
            Some(stop_at) if (self.now)() >= stop_at => Err(End::TimeIsOver),
            _ => Ok(()),
        }
    }
}

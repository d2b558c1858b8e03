//! The bucket, the index and the table of a world.

use std::{collections::HashMap, sync::atomic::Ordering};

use aws::{Described, ListedObject, ListedObjects};
use domain::{
    EndpointDirectory, EndpointName, Inserted, Lane, ObjectKey, Pointer, PointerStore, Ref,
    SignedDuration, StoreError, TimeBucket, Timestamp,
};
use testkit::{Failing, MemoryPointers};

use super::world::World;
use crate::{
    Endpoints, Finding, Index, Indexed, Objects, Options, Place, PointerTable, Span, Stores,
    SweepError, Tally,
};

/// The length of a page of objects and of rows.
const PAGE: usize = 3;

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

    async fn erase(&self, key: &ObjectKey) -> Result<(), StoreError> {
        self.call("erase", key.as_str())?;
        self.payloads.delete(key);
        Ok(())
    }

    async fn read(&self, key: &ObjectKey) -> Result<Option<Vec<u8>>, StoreError> {
        self.call("read", key.as_str())?;
        let bodies = self.bodies.lock().unwrap();
        Ok(bodies
            .get(key.as_str())
            .map(|body| body.clone().into_bytes()))
    }

    async fn announce(&self, key: &ObjectKey) -> Result<(), StoreError> {
        self.pass(*self.message_takes.lock().unwrap());
        self.call("announce", key.as_str())
    }

    async fn waiting(&self) -> Result<u64, StoreError> {
        self.call("waiting", "")?;
        Ok(self.queue.load(Ordering::Relaxed))
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
                    .object()
                    .and_then(ObjectKey::incoming)
                    .map(|parts| parts.request_id.to_owned()),
                received_at: pointer.received_at,
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

impl EndpointDirectory for &World {
    async fn find(&self, name: &EndpointName) -> Result<Option<String>, StoreError> {
        self.call("endpoint", name.as_str())?;
        Ok(self.endpoint.lock().unwrap().clone())
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

impl PointerTable for Table<'_> {
    async fn place(&self, reference: &Ref) -> Result<Place, StoreError> {
        let pointers = &self.world.pointers;
        Ok(if pointers.is_erased(reference) {
            Place::Tombstone
        } else if pointers.find(reference).is_some() {
            Place::Pointer
        } else {
            Place::Free
        })
    }

    async fn object(&self, reference: &Ref) -> Result<Option<ObjectKey>, StoreError> {
        let found = self.world.pointers.find(reference);
        Ok(found.and_then(|pointer| pointer.object().cloned()))
    }

    async fn is_announced(&self, object: &ObjectKey, at: Timestamp) -> Result<bool, StoreError> {
        self.world.call("is_announced", object.as_str())?;
        let announced = self.world.announced.lock().unwrap();
        Ok(announced
            .get(object.as_str())
            .is_some_and(|until| *until > at))
    }

    async fn note_announced(&self, object: &ObjectKey, at: Timestamp) -> Result<(), StoreError> {
        self.world.call("note_announced", object.as_str())?;
        let mut announced = self.world.announced.lock().unwrap();
        announced.insert(object.to_string(), at + SignedDuration::from_hours(28 * 24));
        Ok(())
    }
}

impl World {
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
            endpoints: Endpoints::new(self),
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
}

fn say(finding: &Finding<'_>) -> String {
    match finding {
        Finding::Rescued(pointer) => format!("rescued {}", pointer.reference()),
        Finding::Announced { key } => format!("announced {key}"),
        Finding::Dangling { reference, key } => format!("dangling {reference} {key}"),
        Finding::Superseded(pointer) => format!("superseded {}", pointer.reference()),
        Finding::Erased(pointer) => format!("erased {}", pointer.reference()),
        Finding::Expired(pointer) => format!("expired {}", pointer.reference()),
        Finding::Unreadable { key, problem } => format!("{key}: {problem}"),
        Finding::Failed { error, .. } => format!("failed at {error}"),
    }
}

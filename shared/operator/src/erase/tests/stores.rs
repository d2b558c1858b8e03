//! The stores of a world.

use std::collections::BTreeSet;

use aws::{
    Image, Version, VersionMarker, VersionPage,
    operator::{Depth, Held},
};
use domain::{
    ERASED_AT, ObjectKey, REPLAY_SEPARATOR, Ref, StoreError, Timestamp, Tombstone, format_time,
};

use super::{
    super::ports::{Bucket, EventTable, MessageQueue, Results},
    world::{MemoryQueue, World, image, lock},
};

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

    async fn forget_tries(&self, reference: &Ref, replay_id: &str) -> Result<(), StoreError> {
        self.call(|| {
            lock(&self.tries).remove(&format!("{reference}#{replay_id}"));
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

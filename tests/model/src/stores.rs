//! The ports over a world: each method is one call that waits for its turn.

use std::collections::HashMap;

use admit::{BodyStream, Claims, Opened};
use aws::{Described, ListedObject, ListedObjects, ObjectClaim};
use bytes::Bytes;
use domain::{
    Digest, EndpointDirectory, EndpointName, Inserted, KeyRing, KeyStore, Lane, Metadata,
    ObjectKey, PayloadStore, Pointer, PointerStore, Ref, Retention, Siblings, StoreError, Stored,
    TimeBucket, Timestamp,
};
use futures_util::FutureExt;
use sweep::{Index, Indexed, Place, PointerTable};

use crate::{
    bugs::Bug,
    calls::BUCKET,
    planted, provider,
    world::{Message, MessageState, Object, World},
};

impl PayloadStore for World {
    type Body = Bytes;

    fn bucket(&self) -> &'static str {
        BUCKET
    }

    async fn put(
        &self,
        key: &ObjectKey,
        body: Bytes,
        sha256: Digest,
        content_type: &str,
        metadata: &Metadata,
        _: Retention,
    ) -> Result<Stored, StoreError> {
        let pairs = metadata.iter();
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let object = Object {
            body,
            sha256,
            content_type: content_type.to_owned(),
            metadata: pairs.collect(),
            put_at: Timestamp::UNIX_EPOCH,
            by: 0,
        };
        planted::put(self, key, object).await
    }
}

impl World {
    /// A read of what no script changes in between takes no turn.
    async fn look<R: Send>(
        &self,
        is_quick: bool,
        operation: &'static str,
        mut read: impl FnMut() -> R + Send,
    ) -> Result<R, StoreError> {
        if is_quick {
            return Ok(read());
        }
        self.turn.call(operation, || Ok(read())).await
    }

    fn pointed_object(&self, reference: &Ref) -> Option<ObjectKey> {
        let pointer = self.table.find(reference)?;
        pointer.object().cloned()
    }
}

impl PointerStore for World {
    async fn insert(&self, pointer: &Pointer) -> Result<Inserted, StoreError> {
        planted::insert(self, pointer).await
    }
}

impl Siblings for World {
    async fn has_sibling(&self, pointer: &Pointer) -> Result<bool, StoreError> {
        let look = || self.table.has_sibling(pointer).now_or_never();
        let found = self.look(false, "dynamodb:Query", look).await?;
        found.expect("memory does not wait")
    }
}

impl KeyStore for World {
    async fn keys(&self, _: &EndpointName) -> Result<KeyRing, StoreError> {
        let read = || {
            let state = self.state();
            let has_previous = self.bug != Some(Bug::OneKey);
            provider::ring(state.rotations, state.rotated_at, has_previous)
        };
        self.look(self.quick, "secretsmanager:GetSecretValue", read)
            .await
    }
}

impl EndpointDirectory for World {
    async fn find(&self, _: &EndpointName) -> Result<Option<String>, StoreError> {
        let read = || {
            let config = provider::config(self.way, self.state().config);
            Some(config.to_owned())
        };
        self.look(self.quick, "dynamodb:GetItem", read).await
    }
}

/// A body in one piece.
pub(crate) struct Whole(Option<Bytes>);

impl BodyStream for Whole {
    async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        Ok(self.0.take())
    }
}

impl admit::Objects for &World {
    type Body = Whole;

    fn bucket(&self) -> &'static str {
        BUCKET
    }

    async fn open(&self, key: &ObjectKey) -> Result<Option<Opened<Whole>>, StoreError> {
        let open = || {
            let state = self.state();
            let object = state.objects.get(key.as_str())?;
            Some(Opened {
                handover: object.metadata.get("delivery").cloned(),
                size: Some(object.body.len() as u64),
                body: Whole(Some(object.body.clone())),
            })
        };
        self.look(false, "s3:GetObject", open).await
    }

    async fn exists(&self, key: &ObjectKey) -> Result<bool, StoreError> {
        let look = || self.state().objects.contains_key(key.as_str());
        self.look(false, "s3:HeadObject", look).await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), StoreError> {
        self.delete_object(key).await
    }
}

impl Claims for &World {
    async fn claim(
        &self,
        pointer: &Pointer,
        at: Timestamp,
        instead: Option<&ObjectClaim>,
    ) -> Result<Option<ObjectClaim>, StoreError> {
        let object = pointer.object().expect("only an object is claimed");
        let reference = pointer.reference();
        let claim = || {
            let claims = &mut self.state().claims;
            let other = claims.get(object.as_str()).filter(|old| match instead {
                None => old.reference != reference,
                Some(instead) => *old != instead,
            });
            if let Some(other) = other {
                return Ok(Some(other.clone()));
            }
            if self.bug != Some(Bug::NoClaims) {
                let reference = reference.clone();
                claims.insert(object.to_string(), ObjectClaim { reference, at });
            }
            Ok(None)
        };
        self.turn.call("dynamodb:PutItem", claim).await
    }

    async fn claimed(
        &self,
        _: &EndpointName,
        object: &ObjectKey,
    ) -> Result<Option<ObjectClaim>, StoreError> {
        let read = || self.state().claims.get(object.as_str()).cloned();
        self.look(false, "dynamodb:GetItem", read).await
    }

    async fn note_announced(&self, object: &ObjectKey, _: Timestamp) -> Result<(), StoreError> {
        let note = || {
            self.state().told.insert(object.to_string());
            Ok(())
        };
        self.turn.call("dynamodb:PutItem", note).await
    }

    async fn pointed(&self, reference: &Ref) -> Result<Option<ObjectKey>, StoreError> {
        let read = || self.pointed_object(reference);
        self.look(false, "dynamodb:GetItem", read).await
    }

    async fn is_erased(&self, _: &Ref) -> Result<bool, StoreError> {
        self.look(false, "dynamodb:GetItem", || false).await
    }

    async fn lead(&self, pointer: &Pointer, from: &ObjectKey) -> Result<bool, StoreError> {
        let lead = || Ok(World::lead(self, pointer, from));
        self.turn.call("dynamodb:PutItem", lead).await
    }
}

impl sweep::Objects for &World {
    fn bucket(&self) -> &'static str {
        BUCKET
    }

    async fn list(
        &self,
        lane: Lane,
        shard: char,
        hour: &str,
        _: Option<String>,
    ) -> Result<ListedObjects, StoreError> {
        let prefix = format!("{}/{shard}/{hour}/", lane.prefix());
        let list = || {
            let state = self.state();
            let ours = state.objects.range(prefix.clone()..);
            let ours = ours.take_while(|(key, _)| key.starts_with(&prefix));
            let objects = ours.map(|(key, object)| ListedObject {
                key: ObjectKey::from_stored(key.clone()),
                size: object.body.len() as u64,
                modified_at: object.put_at,
            });
            ListedObjects {
                objects: objects.collect(),
                next: None,
            }
        };
        // Fifteen of sixteen shards have nothing.
        let is_empty = list().objects.is_empty();
        self.look(is_empty, "s3:ListObjectsV2", list).await
    }

    async fn describe(&self, key: &ObjectKey) -> Result<Option<Described>, StoreError> {
        let describe = || {
            let state = self.state();
            let object = state.objects.get(key.as_str())?;
            Some(Described {
                content_type: object.content_type.clone(),
                size: object.body.len() as u64,
                metadata: object.metadata.clone(),
            })
        };
        self.look(false, "s3:HeadObject", describe).await
    }

    async fn erase(&self, key: &ObjectKey) -> Result<(), StoreError> {
        self.delete_object(key).await
    }

    async fn read(&self, key: &ObjectKey) -> Result<Option<Vec<u8>>, StoreError> {
        let read = || {
            let state = self.state();
            let object = state.objects.get(key.as_str());
            object.map(|object| object.body.to_vec())
        };
        self.look(false, "s3:GetObject", read).await
    }

    async fn announce(&self, key: &ObjectKey) -> Result<(), StoreError> {
        let send = || {
            self.send(key);
            Ok(())
        };
        self.turn.call("sqs:SendMessage", send).await
    }

    async fn waiting(&self) -> Result<u64, StoreError> {
        let count = || {
            let state = self.state();
            let waits = |message: &&Message| message.state == MessageState::Waits;
            state.messages.iter().filter(waits).count() as u64
        };
        self.look(self.quick, "sqs:GetQueueAttributes", count).await
    }
}

impl World {
    /// A message for `admit`.
    pub(crate) fn send(&self, key: &ObjectKey) {
        self.state().messages.push(Message {
            key: key.clone(),
            tries: 0,
            state: MessageState::Waits,
        });
    }
}

impl Index for &World {
    type Cursor = ();

    async fn events(
        &self,
        bucket: &TimeBucket,
        _: Timestamp,
        _: Option<()>,
    ) -> Result<(Vec<Indexed>, Option<()>), StoreError> {
        let read = || {
            let all = self.table.all().into_iter();
            let ours = all.filter(|pointer| pointer.time_bucket() == *bucket);
            let events = ours.map(|pointer| Indexed {
                reference: pointer.reference(),
                request_id: pointer
                    .object()
                    .and_then(ObjectKey::incoming)
                    .map(|parts| parts.request_id.to_owned()),
                received_at: pointer.received_at,
            });
            events.collect::<Vec<_>>()
        };
        let place = format!("/{}/{}/", bucket.shard(), bucket.hour());
        let holds_none = !self.state().objects.keys().any(|key| key.contains(&place));
        let is_empty = holds_none && read().is_empty();
        let events = self.look(is_empty, "dynamodb:Query", read).await?;
        Ok((events, None))
    }
}

impl PointerTable for &World {
    async fn place(&self, reference: &Ref) -> Result<Place, StoreError> {
        let read = || match self.table.find(reference) {
            Some(_) => Place::Pointer,
            None => Place::Free,
        };
        self.look(false, "dynamodb:GetItem", read).await
    }

    async fn object(&self, reference: &Ref) -> Result<Option<ObjectKey>, StoreError> {
        let read = || self.pointed_object(reference);
        self.look(false, "dynamodb:GetItem", read).await
    }

    async fn is_announced(&self, object: &ObjectKey, _: Timestamp) -> Result<bool, StoreError> {
        let read = || self.state().told.contains(object.as_str());
        self.look(false, "dynamodb:GetItem", read).await
    }

    async fn note_announced(&self, object: &ObjectKey, at: Timestamp) -> Result<(), StoreError> {
        Claims::note_announced(self, object, at).await
    }
}

/// What an object's metadata says, by the names that `ingest` gives it.
pub(crate) fn event_key(metadata: &HashMap<String, String>) -> &str {
    metadata.get("event-key").map_or("", String::as_str)
}

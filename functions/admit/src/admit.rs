use domain::{
    DataRef, Directory, EndpointDirectory, EndpointName, Handover, InlineHeaders, KeyRing,
    KeyStore, Keys, ObjectKey, Pointer, SchemaCheck, SchemaJudge, SchemaUnusable, SignedDuration,
    StoreError, Timestamp,
};
use intake::{Intake, Malformed, NoSchemas, Omitted, SchemaRefused, content_type, traceparent};
use signature::Key;
use tracing::{info, warn};

use crate::{
    Admitted, Claims, Objects, Undone,
    pass::{Passed, Refused, pass, read},
    refuse::RefusedObject,
    store::store,
};

/// Admits objects of the direct lane.
#[derive(Debug)]
pub struct Admit<O, P, E, K, J = NoSchemas> {
    pub(crate) objects: O,
    pub(crate) pointers: P,
    endpoints: Directory<E, Intake>,
    keys: Keys<K>,
    schemas: J,
    pointer_days: u32,
}

impl<O, P, E: EndpointDirectory, K: KeyStore> Admit<O, P, E, K> {
    /// Over these stores, for endpoints without schemas.
    pub fn new(objects: O, pointers: P, endpoints: E, keys: K, pointer_days: u32) -> Self {
        Self {
            objects,
            pointers,
            endpoints: Directory::new(endpoints),
            keys: Keys::new(keys),
            schemas: NoSchemas,
            pointer_days,
        }
    }

    /// The same, with what judges payloads by schemas.
    pub fn judging<J>(self, schemas: J) -> Admit<O, P, E, K, J> {
        let Self {
            objects,
            pointers,
            endpoints,
            keys,
            pointer_days,
            ..
        } = self;
        Admit {
            objects,
            pointers,
            endpoints,
            keys,
            schemas,
            pointer_days,
        }
    }
}

impl<O, P, E, K, J> Admit<O, P, E, K, J>
where
    O: Objects,
    P: Claims,
    E: EndpointDirectory,
    K: KeyStore,
    J: SchemaJudge,
{
    /// As [`Self::admit`], for a message that was received this often. A message that comes
    /// again, or that goes into the dead-letter queue, may stay there for long. This is noted,
    /// so that the sweep sends no second message about the object.
    ///
    /// # Errors
    /// As [`Self::admit`].
    pub async fn attend(
        &self,
        bucket: &str,
        key: &ObjectKey,
        tries: u32,
        now: Timestamp,
    ) -> Result<Admitted, Undone> {
        // Before the work, which may have killed the last invocation.
        if tries == 2 {
            self.note(key, now).await;
        }
        let admitted = self.admit(bucket, key, now).await;
        if let Err(undone) = &admitted
            && tries < 2
            && undone.again_after(tries).is_none()
        {
            self.note(key, now).await;
        }
        admitted
    }

    /// Without the note the sweep sends one more message.
    async fn note(&self, key: &ObjectKey, now: Timestamp) {
        if key.incoming().is_none() {
            return;
        }
        if let Err(problem) = self.pointers.note_announced(key, now).await {
            warn!(%key, %problem, "could not record that a message about the object is under way");
        }
    }

    /// Judges one object. To judge it twice is safe: its pointer comes from the object
    /// alone, and is inserted only if its event has none.
    ///
    /// # Errors
    /// [`Undone`]: the object stays, and must be judged again.
    pub async fn admit(
        &self,
        bucket: &str,
        key: &ObjectKey,
        now: Timestamp,
    ) -> Result<Admitted, Undone> {
        let parts = key.incoming().filter(|_| bucket == self.objects.bucket());
        let name = parts.and_then(|parts| EndpointName::try_from(parts.endpoint.to_owned()).ok());
        let name = name.ok_or(Undone::Elsewhere)?;
        let found = self
            .endpoints
            .find(&name, now, |config| Intake::from_json(&config));
        let intake = &*found
            .await?
            .ok_or_else(|| Undone::NoEndpoint(name.to_string()))?;
        let Some(opened) = self.objects.open(key).await? else {
            info!(%key, endpoint = %name, "the object is gone: it was judged before, or has expired");
            return Ok(Admitted::Gone);
        };
        let handover = opened.handover.as_deref().and_then(Handover::from_metadata);
        let handover = &handover.ok_or(Undone::NoHandover)?;
        let mut ring = self.keys.of(&name, now).await?;
        let mut fresh = false;
        let body = read(opened).await?;
        let judge = |ring: &KeyRing| {
            let body = body.as_ref().map_err(Malformed::clone)?;
            pass(intake, handover, &live(ring, handover), body)
        };
        let mut outcome = judge(&ring);
        if matches!(&outcome, Err(Refused::Rejection(rejection)) if rejection.asks_for_other_keys())
            && let Some(again) = self.keys.again(&name, now).await?
        {
            if again != ring {
                outcome = judge(&again);
            }
            ring = again;
            fresh = true;
        }
        let named = outcome.and_then(|passed| {
            let left_out = Omitted {
                facts: passed.facts.left_out.len(),
                attributes: passed.facts.unkept,
                names_no_event: intake.lacks_attributes(&passed.facts.kept),
            };
            let pointer = self.build_pointer(intake, handover, key, passed)?;
            Ok((pointer, left_out))
        });
        let refused = match named {
            Ok((pointer, left_out)) => {
                let payload = body.as_deref().unwrap_or_default();
                let check = self.check_schema(intake, &pointer, payload, now).await?;
                let pointer = pointer.checked(check);
                return store(&self.objects, &self.pointers, &pointer, left_out, now).await;
            }
            Err(refused) => refused,
        };
        let refusal = RefusedObject {
            objects: &self.objects,
            pointers: &self.pointers,
            intake,
            handover,
            ring: &ring,
            fresh,
        };
        refusal.judge(key, refused).await
    }

    /// The provider has its answer already: what does not match is quarantined at least.
    async fn check_schema(
        &self,
        intake: &Intake,
        pointer: &Pointer,
        payload: &[u8],
        now: Timestamp,
    ) -> Result<SchemaCheck, StoreError> {
        let check = intake.check_schema(&self.schemas, &pointer.event.kind, payload, now);
        match check.await {
            Ok(check) => Ok(check),
            Err(SchemaRefused::Unusable(SchemaUnusable::Store(
                error @ StoreError::Transient { .. },
            ))) => Err(error),
            Err(_) => Ok(SchemaCheck::Quarantined),
        }
    }

    /// Names the event and builds its pointer.
    fn build_pointer(
        &self,
        intake: &Intake,
        handover: &Handover,
        key: &ObjectKey,
        Passed {
            verified,
            mut facts,
        }: Passed<'_>,
    ) -> Result<Pointer, Refused> {
        let kept = std::mem::take(&mut facts.kept);
        let received_at = handover.received_at;
        let days = intake
            .endpoint
            .retention_days
            .pointer_days(self.pointer_days);
        let signed = || verified.signed_sha256();
        let event = intake.event(facts, &kept, signed, || key.to_string(), received_at)?;
        Ok(Pointer {
            endpoint: intake.endpoint.name.clone(),
            event,
            received_at,
            content_type: content_type(&handover.headers)?,
            size: verified.body().len() as u64,
            sha256: verified.payload_sha256(),
            dataref: DataRef::Object {
                bucket: self.objects.bucket().to_owned(),
                key: key.clone(),
            },
            headers: InlineHeaders::default(),
            kept,
            traceparent: traceparent(&handover.headers, None),
            scheme: intake.scheme().to_owned(),
            key_id: verified.key_id().to_owned(),
            expires_at: received_at + SignedDuration::from_hours(24 * i64::from(days)),
        })
    }
}

/// The keys that were live when the delivery arrived.
fn live(keys: &KeyRing, handover: &Handover) -> Vec<Key> {
    keys.live(handover.received_at).map(Key::from).collect()
}

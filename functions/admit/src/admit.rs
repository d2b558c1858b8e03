use domain::{
    Directory, EndpointDirectory, EndpointName, Handover, Inserted, KeyStore, Keys, ObjectKey,
    Pointer, PointerStore, SignedDuration, Timestamp,
};
use intake::{Arrived, Intake, Outcome, Repetition, Report, Taken, content_type, traceparent};
use signature::Key;
use tracing::{info, warn};

use crate::{
    Objects, Undone,
    pass::{Passed, Refused, pass},
};

/// Admits objects of the direct lane.
#[derive(Debug)]
pub struct Admit<O, P, E, K> {
    objects: O,
    pointers: P,
    endpoints: Directory<E, Intake>,
    keys: Keys<K>,
    pointer_ttl: SignedDuration,
}

/// What became of an object.
#[derive(Debug, PartialEq, Eq)]
pub enum Admitted {
    /// It was judged: to be counted.
    Judged {
        /// How.
        report: Report,
        /// When API Gateway took it.
        received_at: Timestamp,
    },
    /// Its pointer is there already: this message came again.
    Before,
    /// It is not there any more.
    Gone,
}

impl<O, P, E, K> Admit<O, P, E, K>
where
    O: Objects,
    P: PointerStore,
    E: EndpointDirectory,
    K: KeyStore,
{
    /// Over these stores.
    pub fn new(objects: O, pointers: P, endpoints: E, keys: K, pointer_ttl_days: u32) -> Self {
        Self {
            objects,
            pointers,
            endpoints: Directory::new(endpoints),
            keys: Keys::new(keys),
            pointer_ttl: SignedDuration::from_hours(24 * i64::from(pointer_ttl_days)),
        }
    }

    /// Judges one object. To do so twice does nothing twice: all of its pointer comes from
    /// the object itself, and is inserted on condition that its event has none.
    ///
    /// # Errors
    /// [`Undone`]: it has to come again.
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
            info!(%key, endpoint = %name, "gone: it was judged before, or has expired");
            return Ok(Admitted::Gone);
        };
        let handover = opened.handover.as_deref().and_then(Handover::from_metadata);
        let handover = &handover.ok_or(Undone::NoHandover)?;
        let keys = self.keys.of(&name, now).await?;
        let live = live(&keys, handover);
        let mut outcome = pass(intake, handover, &live, opened).await?;
        // The provider was told that all is well, and will not come again: only the keys
        // as they are now may condemn a delivery.
        if matches!(&outcome, Err(Refused::Rejection(rejection)) if rejection.asks_for_other_keys())
        {
            let newer = self.keys.read(&name, now).await?;
            if newer != keys {
                let Some(opened) = self.objects.open(key).await? else {
                    return Ok(Admitted::Gone);
                };
                outcome = pass(intake, handover, &self::live(&newer, handover), opened).await?;
            }
        }
        let pointer = outcome.and_then(|passed| self.point(intake, handover, key, passed));
        match pointer {
            Ok(pointer) => self.store(&pointer).await,
            Err(Refused::Rejection(rejection)) if !rejection.is_provider_fault() => {
                Err(Undone::Keys(rejection.to_string()))
            }
            Err(refused) => self.refuse(name, key, handover, &refused).await,
        }
    }

    /// Names the event and writes its claim check.
    fn point(
        &self,
        intake: &Intake,
        handover: &Handover,
        key: &ObjectKey,
        passed: Passed,
    ) -> Result<Pointer, Refused> {
        let Passed {
            key_id,
            facts,
            sha256,
            signed_sha256,
            size,
        } = passed;
        let received_at = handover.received_at;
        let event = intake.event(facts, || signed_sha256, || key.to_string(), received_at)?;
        let arrived = Arrived {
            event,
            received_at,
            content_type: content_type(&handover.headers)?,
            size,
            sha256,
            key_id,
            traceparent: traceparent(&handover.headers, None),
        };
        let bucket = self.objects.bucket().to_owned();
        Ok(intake.pointer(arrived, bucket, key.clone(), self.pointer_ttl))
    }

    /// One conditional write decides. Another delivery of an event that has its pointer is
    /// deleted; what the pointer names never is.
    async fn store(&self, pointer: &Pointer) -> Result<Admitted, Undone> {
        let reference = pointer.reference();
        let repetition = match self.pointers.insert(pointer).await? {
            Inserted::New => Repetition::First,
            Inserted::Duplicate { key, .. } if key == pointer.key => {
                info!(r#ref = %reference, "admitted before");
                return Ok(Admitted::Before);
            }
            Inserted::Duplicate { sha256, .. } => {
                self.objects.delete(&pointer.key).await?;
                if sha256 == pointer.sha256 {
                    Repetition::Duplicate
                } else {
                    warn!(r#ref = %reference, kept = %sha256, differs = %pointer.sha256, "the same event came with other bytes; the first stay");
                    Repetition::Conflicting
                }
            }
        };
        let taken = Taken {
            reference,
            bytes: pointer.size,
            repetition,
        };
        info!(
            r#ref = %taken.reference,
            endpoint = %pointer.endpoint,
            r#type = %pointer.event.kind.escape_default(),
            bytes = pointer.size,
            key_id = pointer.key_id,
            traceparent = pointer.traceparent,
            status = taken.status(),
            "taken"
        );
        Ok(Admitted::Judged {
            received_at: pointer.received_at,
            report: Report {
                endpoint: Some(pointer.endpoint.clone()),
                outcome: Outcome::Taken(taken),
            },
        })
    }

    async fn refuse(
        &self,
        endpoint: EndpointName,
        key: &ObjectKey,
        handover: &Handover,
        refused: &Refused,
    ) -> Result<Admitted, Undone> {
        let code = refused.code();
        let mut types = handover.headers.get_all("content-type");
        if types.all(|kind| kind.trim().is_empty()) {
            return Err(Undone::NoContentType(code));
        }
        self.objects.delete(key).await?;
        warn!(%endpoint, %key, code, "refused: the object is deleted");
        Ok(Admitted::Judged {
            received_at: handover.received_at,
            report: Report {
                endpoint: Some(endpoint),
                outcome: Outcome::Refused { reason: code },
            },
        })
    }
}

/// The keys that were live when the delivery came.
fn live(keys: &domain::KeyRing, handover: &Handover) -> Vec<Key> {
    keys.live(handover.received_at).map(Key::from).collect()
}

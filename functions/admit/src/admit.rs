use domain::{
    Directory, EndpointDirectory, EndpointName, Handover, KeyRing, KeyStore, Keys, ObjectKey,
    Pointer, SignedDuration, Timestamp,
};
use intake::{Arrived, Intake, Malformed, Outcome, Report, content_type, traceparent};
use signature::Key;
use tracing::info;

use crate::{
    Claims, Objects, Undone,
    pass::{Passed, Refused, pass, read},
    refuse::Refusal,
    store::store,
};

/// Admits objects of the direct lane.
#[derive(Debug)]
pub struct Admit<O, P, E, K> {
    pub(crate) objects: O,
    pub(crate) pointers: P,
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

impl Admitted {
    /// The same, of a delivery that so many optional facts were left out of.
    fn without(mut self, facts: usize) -> Self {
        if let Self::Judged { report, .. } = &mut self
            && let Outcome::Taken(taken) = &mut report.outcome
        {
            taken.left_out = facts;
        }
        self
    }
}

impl<O, P, E, K> Admit<O, P, E, K>
where
    O: Objects,
    P: Claims,
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
    /// [`Undone`]: the object stays, and has to be judged again.
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
            let left_out = passed.facts.left_out.len();
            let pointer = self.point(intake, handover, key, passed)?;
            Ok((pointer, left_out))
        });
        let refused = match named {
            Ok((pointer, left_out)) => {
                let admitted = store(&self.objects, &self.pointers, &pointer, now).await?;
                return Ok(admitted.without(left_out));
            }
            Err(refused) => refused,
        };
        let refusal = Refusal {
            objects: &self.objects,
            pointers: &self.pointers,
            intake,
            handover,
            ring: &ring,
            fresh,
        };
        refusal.judge(key, refused).await
    }

    /// Names the event and writes its claim check.
    fn point(
        &self,
        intake: &Intake,
        handover: &Handover,
        key: &ObjectKey,
        Passed { verified, facts }: Passed<'_>,
    ) -> Result<Pointer, Refused> {
        let received_at = handover.received_at;
        let signed = || verified.signed_sha256();
        let event = intake.event(facts, signed, || key.to_string(), received_at)?;
        let arrived = Arrived {
            event,
            received_at,
            content_type: content_type(&handover.headers)?,
            size: verified.body().len() as u64,
            sha256: verified.payload_sha256(),
            key_id: verified.key_id().to_owned(),
            traceparent: traceparent(&handover.headers, None),
        };
        let bucket = self.objects.bucket().to_owned();
        Ok(intake.pointer(arrived, bucket, key.clone(), self.pointer_ttl))
    }
}

/// The keys that were live when the delivery came.
fn live(keys: &KeyRing, handover: &Handover) -> Vec<Key> {
    keys.live(handover.received_at).map(Key::from).collect()
}

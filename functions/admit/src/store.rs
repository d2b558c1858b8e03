use aws::ObjectClaim;
use domain::{Inserted, ObjectKey, Pointer, SignedDuration, Timestamp};
use intake::{
    DeliveryLog, DeliveryOutcome, EventFacts, Omitted, Repetition, StoredEvent, repeats_bytes,
};
use tracing::{info, warn};

use crate::{Admitted, Claims, Objects, Undone};

/// After this time, an invocation that claimed an object is over.
const CLAIM_HOLDS: SignedDuration = SignedDuration::from_mins(5);

/// Admits a verified object. It first claims the object for its event, so that no later
/// verdict can delete what its pointer names. Then one conditional write decides.
pub(crate) async fn store<O: Objects, P: Claims>(
    objects: &O,
    pointers: &P,
    pointer: &Pointer,
    left_out: Omitted,
    now: Timestamp,
) -> Result<Admitted, Undone> {
    let judged = |pointer: &Pointer, repetition, repeats_bytes| {
        let stored = StoredEvent {
            reference: pointer.reference(),
            bytes: pointer.size,
            repetition,
            repeats_bytes,
            left_out,
            facts: EventFacts::of(pointer),
        };
        Admitted::Judged {
            received_at: pointer.received_at,
            log: DeliveryLog {
                endpoint: Some(pointer.endpoint.clone()),
                outcome: DeliveryOutcome::Stored(stored),
            },
        }
    };
    if let Some(other) = pointers.claim(pointer, now, None).await? {
        // The endpoint now names events by another rule.
        if pointers.pointed(&other.reference).await?.as_ref() == pointer.object() {
            info!(r#ref = %other.reference, "admitted before, under another event key");
            return Ok(Admitted::Before);
        }
        if now.duration_since(other.at) < CLAIM_HOLDS {
            return Err(Undone::AtWork);
        }
        if pointers.claim(pointer, now, Some(&other)).await?.is_some() {
            return Err(Undone::AtWork);
        }
    }
    match pointers.insert(pointer).await? {
        Inserted::New => {
            let repeats = repeats_bytes(pointers, pointer).await;
            Ok(judged(pointer, Repetition::First, repeats))
        }
        Inserted::Erased { event_key } => {
            let event = pointer.clone().named(event_key);
            if let Some(key) = pointer.object() {
                objects.delete(key).await?;
            }
            info!(r#ref = %event.reference(), "the event was erased: this delivery is deleted");
            Ok(judged(&event, Repetition::Erased, false))
        }
        Inserted::Duplicate { key, .. } if key.as_ref() == pointer.object() => {
            info!(r#ref = %pointer.reference(), "admitted before");
            Ok(Admitted::Before)
        }
        Inserted::Duplicate {
            event_key,
            sha256,
            key,
        } => {
            let event = pointer.clone().named(event_key);
            let (own, pointer) = (pointer, &event);
            // A pointer that holds its payload never misses it.
            let missing = match key {
                Some(key) if !objects.exists(&key).await? => Some(key),
                _ => None,
            };
            let Some(missing) = missing else {
                if let Some(key) = pointer.object() {
                    objects.delete(key).await?;
                }
                let repetition = if sha256 == pointer.sha256 {
                    Repetition::Duplicate
                } else {
                    warn!(r#ref = %pointer.reference(), kept = %sha256, differs = %pointer.sha256, "the event arrived again with other bytes: the first ones stay");
                    Repetition::Conflicting
                };
                return Ok(judged(pointer, repetition, false));
            };
            if reclaim(pointers, own, pointer, now).await?
                && pointers.lead(pointer, &missing).await?
            {
                warn!(r#ref = %pointer.reference(), %missing, key = pointer.object().map(ObjectKey::as_str), "restored: the event's payload was missing, and this delivery's payload replaces it");
                Ok(judged(pointer, Repetition::Restored, false))
            } else {
                Err(Undone::AtWork)
            }
        }
    }
}

/// Claims an object for the event of another slot of the window before that event's pointer
/// is changed to name it: no later check may conclude that no pointer names it. `false`:
/// another invocation was faster.
async fn reclaim<P: Claims>(
    pointers: &P,
    own: &Pointer,
    event: &Pointer,
    now: Timestamp,
) -> Result<bool, Undone> {
    if own.reference() == event.reference() {
        return Ok(true);
    }
    let claim = ObjectClaim {
        reference: own.reference(),
        at: now,
    };
    Ok(pointers.claim(event, now, Some(&claim)).await?.is_none())
}

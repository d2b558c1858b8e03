use domain::{Inserted, Pointer, SignedDuration, Timestamp};
use intake::{Outcome, Repetition, Report, Taken, log_taken, repeats_bytes};
use tracing::{info, warn};

use crate::{Admitted, Claims, Objects, Undone};

/// An invocation that claimed an object longer ago is over.
const CLAIM_HOLDS: SignedDuration = SignedDuration::from_mins(5);

/// Admits a verified object. First it is claimed for its event, so that no later verdict
/// can take what its pointer names; then one conditional write decides.
pub(crate) async fn store<O: Objects, P: Claims>(
    objects: &O,
    pointers: &P,
    pointer: &Pointer,
    now: Timestamp,
) -> Result<Admitted, Undone> {
    if let Some(other) = pointers.claim(pointer, now, None).await? {
        // The endpoint names events by another rule than it did.
        if pointers.pointed(&other.reference).await?.as_ref() == Some(&pointer.key) {
            info!(r#ref = %other.reference, "admitted before, under another name than now");
            return Ok(Admitted::Before);
        }
        if now.duration_since(other.at) < CLAIM_HOLDS {
            return Err(Undone::AtWork);
        }
        if pointers.claim(pointer, now, Some(&other)).await?.is_some() {
            return Err(Undone::AtWork);
        }
    }
    let repetition = match pointers.insert(pointer).await? {
        Inserted::New => Repetition::First,
        Inserted::Duplicate { key, .. } if key == pointer.key => {
            info!(r#ref = %pointer.reference(), "admitted before");
            return Ok(Admitted::Before);
        }
        Inserted::Duplicate { sha256, key } => {
            if objects.exists(&key).await? {
                objects.delete(&pointer.key).await?;
                if sha256 == pointer.sha256 {
                    Repetition::Duplicate
                } else {
                    warn!(r#ref = %pointer.reference(), kept = %sha256, differs = %pointer.sha256, "the same event came with other bytes; the first stay");
                    Repetition::Conflicting
                }
            } else if pointers.lead(pointer, &key).await? {
                warn!(r#ref = %pointer.reference(), missing = %key, key = %pointer.key, "restored: the event's payload was gone, and this delivery's takes its place");
                Repetition::Restored
            } else {
                return Err(Undone::AtWork);
            }
        }
    };
    let repeats = repetition == Repetition::First && repeats_bytes(pointers, pointer).await;
    Ok(taken(pointer, repetition, repeats))
}

fn taken(pointer: &Pointer, repetition: Repetition, repeats_bytes: bool) -> Admitted {
    let taken = Taken {
        reference: pointer.reference(),
        bytes: pointer.size,
        repetition,
        repeats_bytes,
        left_out: 0,
    };
    log_taken(&taken, pointer);
    Admitted::Judged {
        received_at: pointer.received_at,
        report: Report {
            endpoint: Some(pointer.endpoint.clone()),
            outcome: Outcome::Taken(taken),
        },
    }
}

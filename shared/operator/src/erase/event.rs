use aws::{Image, Version};
use domain::{DataRef, ERASING, ObjectKey, Ref, StoreError, Tombstone};

use super::{
    ports::{Bucket, EventTable, Results, Stores},
    report::{ErasedEvent, ErasureOutcome},
    run::Run,
};
use crate::problem::in_short;

/// How often a pointer that changes meanwhile is looked at again. Only `admit` changes one, once for each delivery.
const TRIES: u32 = 5;

/// An event whose erasure has begun.
pub(super) struct Begun {
    pub(super) event: ErasedEvent,
    /// None if there is nothing to erase, or if not even this was written. In a dry run: the one that would be.
    pub(super) tombstone: Option<Tombstone>,
}

/// Steps 1 and 2: what the tables hold of one event, and its payload.
pub(super) async fn begin<E: EventTable, B: Bucket, R: Results, Q>(
    stores: &Stores<E, B, R, Q>,
    run: Run<'_>,
    reference: &Ref,
) -> Begun {
    let mut event = ErasedEvent::new(reference);
    let tombstone = match bury(&stores.events, run, reference, &mut event).await {
        Ok(tombstone) => tombstone,
        Err(error) => {
            event.fail(&error);
            return Begun {
                event,
                tombstone: None,
            };
        }
    };
    // Of an event whose pointer has expired, the row of a replay may be left, and nothing else.
    let named = tombstone.as_ref().map_or(reference, |one| &one.reference);
    let erased = async {
        erase_replays(stores, run, named, &mut event).await?;
        let Some(tombstone) = &tombstone else {
            return Ok(());
        };
        erase_payload(&stores.bucket, run, tombstone, &mut event).await?;
        erase_results(&stores.results, run, named, &mut event).await
    };
    if let Err(error) = erased.await {
        event.fail(&error);
    }
    Begun { event, tombstone }
}

/// Puts the tombstone where the pointer is, unless it is there already.
async fn bury<E: EventTable>(
    events: &E,
    run: Run<'_>,
    reference: &Ref,
    event: &mut ErasedEvent,
) -> Result<Option<Tombstone>, StoreError> {
    for _ in 0..TRIES {
        let Some(image) = events.get(reference).await? else {
            event.outcome = ErasureOutcome::NotFound;
            return Ok(None);
        };
        let of = |name: &str| image.get(name).map(String::as_str);
        if let Some(tombstone) = Tombstone::read(of).map_err(unreadable)? {
            // A run that was interrupted, or one that looks again for what was on its way.
            event.name(&tombstone.reference);
            event.outcome = if tombstone.erasing.is_some() {
                ErasureOutcome::Erased
            } else {
                ErasureOutcome::ErasedBefore
            };
            return Ok(Some(tombstone));
        }
        let tombstone = tombstone(run, &image).map_err(unreadable)?;
        event.name(&tombstone.reference);
        event.outcome = ErasureOutcome::Erased;
        if run.dry_run || events.bury(&image, &tombstone).await? {
            return Ok(Some(tombstone));
        }
    }
    Err(StoreError::Transient {
        operation: "dynamodb:PutItem",
        source: "the pointer changed each time that it was looked at".into(),
    })
}

fn tombstone(run: Run<'_>, image: &Image) -> Result<Tombstone, &'static str> {
    let of = |name: &'static str| image.get(name).map(String::as_str).ok_or(name);
    let kept_until = of("expires_at")?.parse().map_err(|_| "expires_at")?;
    let kept_until = domain::Timestamp::from_second(kept_until).map_err(|_| "expires_at")?;
    let object = match DataRef::of_image(image)? {
        DataRef::Inline(_) => String::new(),
        object @ DataRef::Object { .. } => object.to_string(),
    };
    Ok(Tombstone {
        reference: of("ref")?.parse().map_err(|_| "ref")?,
        received_at: of("received_at")?.parse().map_err(|_| "received_at")?,
        erased_at: run.now,
        expires_at: run.tombstone_until().max(kept_until),
        erasing: Some(object),
    })
}

fn unreadable(name: &'static str) -> StoreError {
    StoreError::Permanent {
        operation: "dynamodb:GetItem",
        source: format!("the pointer has no readable {name}").into(),
    }
}

/// The tries of a replay before its row: the row says that there may be some. Returns how many rows there were.
async fn erase_replays<E: EventTable, B, R: Results, Q>(
    stores: &Stores<E, B, R, Q>,
    run: Run<'_>,
    reference: &Ref,
    event: &mut ErasedEvent,
) -> Result<usize, StoreError> {
    let replays = stores.events.replays(reference).await?;
    for id in &replays {
        if !run.dry_run {
            stores.results.forget_tries(reference, id).await?;
            stores.events.delete_replay(reference, id).await?;
        }
        event.replays += 1;
    }
    Ok(replays.len())
}

async fn erase_payload<B: Bucket>(
    bucket: &B,
    run: Run<'_>,
    tombstone: &Tombstone,
    event: &mut ErasedEvent,
) -> Result<(), StoreError> {
    let Some(text) = &tombstone.erasing else {
        return Ok(());
    };
    if text.is_empty() {
        // The pointer held it, and is gone.
        event.inline = true;
        return Ok(());
    }
    let place = DataRef::parse(text).ok_or_else(|| unreadable(ERASING))?;
    match &place {
        DataRef::Object { bucket: of, key } if *of == run.stack.bucket => {
            event.versions += delete_all(bucket, run, key).await?;
            Ok(())
        }
        // To find nothing here would look as if it were gone.
        _ => Err(StoreError::Permanent {
            operation: "s3:DeleteObject",
            source: "the payload is in another bucket than the stack's".into(),
        }),
    }
}

async fn delete_all<B: Bucket>(
    bucket: &B,
    run: Run<'_>,
    key: &ObjectKey,
) -> Result<u64, StoreError> {
    let versions: Vec<Version> = bucket.of(key).await?;
    for version in &versions {
        if !run.dry_run {
            bucket.delete(version).await?;
        }
    }
    Ok(versions.len() as u64)
}

async fn erase_results<R: Results>(
    results: &R,
    run: Run<'_>,
    reference: &Ref,
    event: &mut ErasedEvent,
) -> Result<(), StoreError> {
    let recorders = results.recorders(reference).await?;
    event.records += recorders.len() as u64;
    if run.dry_run {
        return Ok(());
    }
    let keepers = run.record_keepers(reference.endpoint.as_str());
    let others = keepers
        .iter()
        .filter(|name| recorders.iter().all(|have| have != *name));
    let all = recorders.iter().map(String::as_str);
    for processor in all.chain(others.copied()) {
        let times = (run.now, run.tombstone_until());
        results.erase(reference, processor, times).await?;
    }
    results.forget_tries(reference, "").await
}

/// Step 5: looks again for replays that read the pointer before its tombstone, and says that it is done.
pub(super) async fn finish<E: EventTable, B, R: Results, Q>(
    stores: &Stores<E, B, R, Q>,
    run: Run<'_>,
    begun: Begun,
) -> ErasedEvent {
    let Begun {
        mut event,
        tombstone,
    } = begun;
    let Some(tombstone) = tombstone.filter(|_| event.problem.is_none()) else {
        return event;
    };
    let finished = async {
        let late = erase_replays(stores, run, &tombstone.reference, &mut event).await?;
        event.replayed_meanwhile = late > 0;
        if tombstone.erasing.is_some() {
            stores.events.rewrite(&tombstone.finished()).await?;
        }
        Ok(())
    };
    if let Err(error) = finished.await {
        event.fail(&error);
    }
    event
}

impl ErasedEvent {
    fn fail(&mut self, error: &StoreError) {
        self.outcome = ErasureOutcome::Unfinished;
        self.problem = Some(in_short(error));
    }
}

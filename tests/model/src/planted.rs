//! The real parts, put together wrongly where a bug is planted. No code of the product knows of them.

use admit::{Admit, Admitted, BodyStream, Objects, Undone};
use domain::{
    DataRef, Handover, Inserted, KeyStore, ObjectKey, Pointer, SignedDuration, StoreError, Stored,
    Timestamp,
};
use intake::Intake;
use serde_json::{Value, json};
use signature::Key;
use sweep::Options;

use crate::{
    bugs::Bug,
    calls::BUCKET,
    provider,
    world::{Object, World},
};

/// Stores a payload.
pub(crate) async fn put(
    world: &World,
    key: &ObjectKey,
    object: Object,
) -> Result<Stored, StoreError> {
    match world.bug {
        Some(Bug::PointerBeforePayload) => {
            let kept_back = &mut world.state().kept_back;
            kept_back.insert(key.to_string(), object);
            Ok(Stored::New)
        }
        Some(Bug::KeyWithoutDigest) => {
            let key = without_digest(key);
            world.put_object(key.as_str(), object).await
        }
        _ => world.put_object(key.as_str(), object).await,
    }
}

/// What is answered before the delivery is verified, if anything.
pub(crate) fn early_answer(world: &World, name: &str) -> Option<Value> {
    if world.bug != Some(Bug::DedupeBeforeVerify) {
        return None;
    }
    world.table.find(&name.parse().ok()?)?;
    let body = json!({ "status": "duplicate", "ref": name });
    Some(json!({ "statusCode": 200, "body": body.to_string() }))
}

/// Inserts a pointer.
pub(crate) async fn insert(world: &World, pointer: &Pointer) -> Result<Inserted, StoreError> {
    match world.bug {
        Some(Bug::PointerBeforePayload) => {
            let inserted = world.insert_pointer(pointer).await?;
            let key = pointer.object().map(ToString::to_string);
            let object = key.and_then(|key| Some((world.state().kept_back.remove(&key)?, key)));
            if let Some((object, key)) = object {
                world.put_object(&key, object).await?;
            }
            Ok(inserted)
        }
        Some(Bug::ReadThenWrite) => read_then_write(world, pointer).await,
        Some(Bug::DeleteAsCompensation) => {
            let inserted = world.insert_pointer(pointer).await;
            if let (Err(_), Some(key)) = (&inserted, pointer.object()) {
                world.delete_object(key).await?;
            }
            inserted
        }
        Some(Bug::AckAfterPayload) => {
            let inserted = world.insert_pointer(pointer).await;
            inserted.or(Ok(Inserted::New))
        }
        Some(Bug::KeyWithoutDigest) => {
            let mut pointer = pointer.clone();
            if let DataRef::Object { key, .. } = &mut pointer.dataref {
                *key = without_digest(key);
            }
            world.insert_pointer(&pointer).await
        }
        Some(Bug::BodyAlone) => {
            let insert = || {
                let all = world.table.all();
                match all.iter().find(|old| old.sha256 == pointer.sha256) {
                    Some(old) => Ok(duplicate(old)),
                    None => world.insert(pointer),
                }
            };
            world.turn.call("dynamodb:PutItem", insert).await
        }
        _ => world.insert_pointer(pointer).await,
    }
}

async fn read_then_write(world: &World, pointer: &Pointer) -> Result<Inserted, StoreError> {
    let read = || Ok(world.table.find(&pointer.reference()));
    if let Some(old) = world.turn.call("dynamodb:GetItem", read).await? {
        return Ok(duplicate(&old));
    }
    let write = || {
        let old = world.table.find(&pointer.reference());
        match old.as_ref().and_then(Pointer::object) {
            // It overwrites whatever is there now.
            Some(there) => {
                world.lead(pointer, there);
                Ok(Inserted::New)
            }
            None => world.insert(pointer),
        }
    };
    world.turn.call("dynamodb:PutItem", write).await
}

fn duplicate(old: &Pointer) -> Inserted {
    Inserted::Duplicate {
        event_key: old.sort_key().clone(),
        sha256: old.sha256,
        key: old.object().cloned(),
    }
}

/// The bytes decide the shard too.
fn without_digest(key: &ObjectKey) -> ObjectKey {
    let (event, _) = key.as_str().rsplit_once('-').expect("it ends in a digest");
    let mut parts: Vec<&str> = event.split('/').collect();
    parts[1] = "0";
    ObjectKey::from_stored(parts.join("/"))
}

/// How old an object must be before the sweep gives it a pointer.
pub(crate) fn age_floor(world: &World) -> SignedDuration {
    match world.bug {
        Some(Bug::NoAgeFloor) => SignedDuration::from_secs(-1),
        _ => Options::OLDER_THAN,
    }
}

/// Judges an object whose message was received this often.
pub(crate) async fn attend(
    world: &World,
    admit: &Admit<&World, &World, &World, &World>,
    key: &ObjectKey,
    tries: u32,
    now: Timestamp,
) -> Result<Admitted, Undone> {
    if world.bug == Some(Bug::DeleteBeforeLook) && !verifies(&world, key).await? {
        world.delete_object(key).await?;
        return Ok(Admitted::Gone);
    }
    admit.attend(BUCKET, key, tries, now).await
}

/// Whether a message that could not be judged is received again. Otherwise it is a dead letter.
pub(crate) fn comes_again(world: &World, undone: &Undone, tries: u32) -> bool {
    world.bug == Some(Bug::NoDeadLetters) || undone.again_after(tries).is_some()
}

/// Whether today's keys and configuration verify an object.
async fn verifies(world: &&World, key: &ObjectKey) -> Result<bool, StoreError> {
    let Some(mut opened) = world.open(key).await? else {
        return Ok(true);
    };
    let body = opened.body.next().await?.unwrap_or_default();
    let handover = opened.handover.as_deref().and_then(Handover::from_metadata);
    let handover = handover.expect("the authorizer wrote it");
    let config = provider::config(world.way, world.state().config);
    let intake = Intake::from_json(config).expect("the configurations can be used");
    let ring = world.keys(&intake.endpoint.name).await?;
    let keys: Vec<Key> = ring.live(handover.received_at).map(Key::from).collect();
    let at = handover.received_at.as_second();
    let verified = intake.verifier.verify(&handover.headers, body, &keys, at);
    Ok(verified.is_ok())
}

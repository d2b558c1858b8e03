//! What a secret holds after a rotation.

use aws::operator::KeyVersions;
use domain::{Key, KeyRing, KeyRingProblem, KeyUse, Secret, SignedDuration, Timestamp};

use crate::{
    Problem, Result, key_ids,
    problem::{WithContext as _, refuse},
};

/// How to rotate a key.
pub struct RotationOptions<'a> {
    /// The new secret, as the provider issued it; none to create one.
    pub secret: Option<Secret>,
    /// The id of the new key; none for today's date.
    pub id: Option<&'a str>,
    /// How long the old keys stay valid; none to end them at once.
    pub overlap: Option<SignedDuration>,
    /// Whether a current value that is not a key may be discarded.
    pub replace: bool,
}

/// The new value of the secret: the new key comes first, and the old ones get the time when they
/// expire.
///
/// The current version becomes the previous one, whose keys the functions accept too: a key
/// expires only if the new version lists it with that time. So the keys of the current version
/// stay listed. Keys of the previous version alone are listed if they are to stay valid, because
/// this rotation removes that version. A key that the scheme can never use expires now: no
/// delivery was ever accepted under it.
pub(super) fn plan(
    versions: &KeyVersions,
    options: RotationOptions<'_>,
    now: Timestamp,
    is_usable: impl Fn(&Key) -> bool,
) -> Result<KeyRing> {
    let Some(secret) = options.secret else {
        refuse!("there is no new secret");
    };
    let overlap = options.overlap.unwrap_or(SignedDuration::ZERO);
    let end = now
        .checked_add(overlap)
        .context("the overlap is too long")?;
    let previous = versions
        .previous
        .as_ref()
        .filter(|_| options.overlap.is_some());
    let old = present(versions, previous, options.replace)?;
    let mut keys = Vec::new();
    for key in &old {
        // An expired key stays in what becomes the previous version.
        if !key.is_live(now) {
            continue;
        }
        let is_kept = key.purpose != KeyUse::Signature && is_current(versions, key);
        let sooner = key.not_after.map_or(end, |own| own.min(end));
        let not_after = match (is_usable(key), is_kept) {
            (false, _) => Some(now),
            (true, true) => key.not_after,
            (true, false) => Some(sooner),
        };
        keys.push(Key {
            id: unique(&key.id, &keys),
            not_after,
            ..key.clone()
        });
    }
    let same = keys
        .iter()
        .find(|key| key.purpose == KeyUse::Signature && key.secret == secret);
    if let Some(same) = same {
        refuse!(
            "the endpoint already has this secret, as the key {:?}",
            same.id
        );
    }
    let id = match options.id {
        Some(id) => {
            if old.iter().any(|key| key.id == id) {
                refuse!("another key has the id {id:?}: choose another --id");
            }
            id.to_owned()
        }
        // `old` also has the keys that have ended: pointers name them.
        None => unique(&key_ids::today(now), &old),
    };
    keys.insert(
        0,
        Key {
            id,
            secret,
            not_after: None,
            purpose: KeyUse::Signature,
        },
    );
    KeyRing::new(keys).map_err(|problem| match problem {
        KeyRingProblem::TooMany => Problem::Refused(
            "the endpoint would have more than 8 keys: wait until one has expired (`coatcheck endpoints ls`), \
             or remove one from the secret by hand"
                .to_owned(),
        ),
        KeyRingProblem::Empty | KeyRingProblem::NoText => Problem::Refused("the new secret is empty".to_owned()),
        KeyRingProblem::Shape | KeyRingProblem::Id => {
            Problem::Refused(format!("{problem}: choose another --id"))
        }
    })
}

/// The existing keys. A value that cannot be read is an error, unless it may be discarded.
fn present(versions: &KeyVersions, previous: Option<&Secret>, replace: bool) -> Result<Vec<Key>> {
    let Some(current) = &versions.current else {
        return Ok(Vec::new());
    };
    match KeyRing::from_versions(current.expose(), previous.map(Secret::expose)) {
        Ok(ring) => Ok(ring.keys().to_vec()),
        Err(problem) if !replace => refuse!(
            "{problem}. Fix it, or discard it with --replace: until then the endpoint accepts no delivery"
        ),
        Err(_) => {
            let before = previous.map(|text| KeyRing::from_versions(text.expose(), None));
            Ok(before
                .and_then(Result::ok)
                .map_or_else(Vec::new, |ring| ring.keys().to_vec()))
        }
    }
}

fn is_current(versions: &KeyVersions, key: &Key) -> bool {
    let current = versions.current.as_ref();
    let ring = current.and_then(|text| KeyRing::from_versions(text.expose(), None).ok());
    ring.is_some_and(|ring| ring.keys().contains(key))
}

/// An id that none of these keys has.
fn unique(id: &str, keys: &[Key]) -> String {
    key_ids::unique(id, |id| keys.iter().any(|key| key.id == id))
}

#[cfg(test)]
mod tests;

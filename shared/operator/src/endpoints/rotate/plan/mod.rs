//! What a secret holds after a rotation.

use aws::operator::KeyVersions;
use domain::{Key, KeyRing, KeyRingProblem, KeyUse, Secret, SignedDuration, Timestamp};

use crate::{
    Problem, Result,
    problem::{Because as _, refuse},
};

/// How a key is to be changed.
pub struct Wish<'a> {
    /// The new one, as the provider issued it; none if one is to be made.
    pub secret: Option<Secret>,
    /// What the new key is called; none for today's date.
    pub id: Option<&'a str>,
    /// How long the old keys are taken beside the new one; none for not a moment longer.
    pub overlap: Option<SignedDuration>,
    /// Whether a value that is no key may be thrown away.
    pub replace: bool,
}

/// The new value of the secret; its first key is the new one.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) ring: KeyRing,
    pub(super) id: String,
}

/// Puts the new key first and gives the old ones their end.
///
/// The version that is current becomes the previous one, and functions count that too: a key
/// is ended only by being listed with its end. So what the current version holds stays
/// listed, and what lives by the previous version alone is listed where it is to live on:
/// this rotation takes that version away. A key that the scheme can never use ends now: no
/// delivery was ever taken under it.
pub(super) fn plan(
    versions: &KeyVersions,
    wish: Wish<'_>,
    now: Timestamp,
    is_usable: impl Fn(&Key) -> bool,
) -> Result<Plan> {
    let Some(secret) = wish.secret else {
        refuse!("there is no new secret");
    };
    let overlap = wish.overlap.unwrap_or(SignedDuration::ZERO);
    let end = now
        .checked_add(overlap)
        .because("the overlap ends after all times")?;
    let previous = versions
        .previous
        .as_ref()
        .filter(|_| wish.overlap.is_some());
    let old = present(versions, previous, wish.replace)?;
    let mut keys = Vec::new();
    for key in &old {
        // An end that is past stays in what becomes the previous version.
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
        refuse!("this is the key {:?}, which is there already", same.id);
    }
    let id = match wish.id {
        Some(id) => {
            if old.iter().any(|key| key.id == id) {
                refuse!("another key is called {id:?}: choose another --id");
            }
            id.to_owned()
        }
        // `old` also has the keys that have ended: pointers name them.
        None => unique(&today(now), &old),
    };
    keys.insert(
        0,
        Key {
            id: id.clone(),
            secret,
            not_after: None,
            purpose: KeyUse::Signature,
        },
    );
    let ring = KeyRing::new(keys).map_err(|problem| match problem {
        KeyRingProblem::TooMany => Problem::Refused(
            "the endpoint would have more than 8 keys: wait until one has ended (`coatcheck endpoints ls`), \
             or take one out of the secret by hand"
                .to_owned(),
        ),
        KeyRingProblem::Empty => Problem::Refused("the new secret is empty".to_owned()),
        KeyRingProblem::Shape | KeyRingProblem::Id => {
            Problem::Refused(format!("{problem}: choose another --id"))
        }
    })?;
    Ok(Plan { ring, id })
}

/// The keys there are; those of a value that cannot be read only if it may be lost.
fn present(versions: &KeyVersions, previous: Option<&Secret>, replace: bool) -> Result<Vec<Key>> {
    let Some(current) = &versions.current else {
        return Ok(Vec::new());
    };
    match KeyRing::from_versions(current.expose(), previous.map(Secret::expose)) {
        Ok(ring) => Ok(ring.keys().to_vec()),
        Err(problem) if !replace => refuse!(
            "{problem}. Fix it, or lose it with --replace: no delivery is accepted while it is so"
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
    let is_free = |id: &str| !keys.iter().any(|key| key.id == id);
    let numbered = (2..).map(|number| format!("{id}-{number}"));
    std::iter::once(id.to_owned())
        .chain(numbered)
        .find(|id| is_free(id))
        .unwrap_or_default()
}

fn today(now: Timestamp) -> String {
    now.to_string().chars().take(10).collect()
}

#[cfg(test)]
mod tests;

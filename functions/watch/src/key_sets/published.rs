//! A key set as an issuer publishes it (RFC 7517, section 5).

use domain::{Key, KeyUse, Secret};
use serde::Deserialize;
use serde_json::{Map, Value};
use signature::Verifier;

/// The set cannot replace the keys that an endpoint has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum KeySetProblem {
    #[error("the answer is not a JSON Web Key Set")]
    Form,
    #[error("it has no key that the endpoint's scheme could use")]
    NoKey,
    #[error(
        "it has more than {} keys that the endpoint's scheme could use",
        signature::MAX_KEYS
    )]
    TooMany,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

/// What a public key consists of. What else an issuer writes into it changes without the key.
const MEMBERS: [&str; 9] = ["kty", "crv", "x", "y", "n", "e", "alg", "use", "key_ops"];

/// The keys for this endpoint, in order of their ids. Those of other algorithms and uses are left out.
pub(super) fn keys(text: &[u8], verifier: &Verifier) -> Result<Vec<Key>, KeySetProblem> {
    let set: KeySet = serde_json::from_slice(text).map_err(|_| KeySetProblem::Form)?;
    let mut keys: Vec<Key> = set.keys.iter().filter_map(key).collect();
    keys.retain(|key| verifier.key_problem(&signature::Key::from(key)).is_none());
    keys.sort_by(|one, other| one.id.cmp(&other.id));
    keys.dedup_by(|one, other| one.id == other.id && one.secret == other.secret);
    match keys.len() {
        0 => Err(KeySetProblem::NoKey),
        count if count > signature::MAX_KEYS => Err(KeySetProblem::TooMany),
        _ => Ok(keys),
    }
}

/// A key whose id can be one here: tokens name it by that.
fn key(entry: &Value) -> Option<Key> {
    let members = entry.as_object()?;
    // A set is public, so a private key in it is known to all.
    if ["d", "k"].iter().any(|name| members.contains_key(*name)) {
        return None;
    }
    let id = members.get("kid")?.as_str()?;
    let is_id = (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    let known = members
        .iter()
        .filter(|(name, _)| MEMBERS.contains(&name.as_str()));
    let known: Map<_, _> = known
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    is_id.then(|| Key {
        id: id.to_owned(),
        secret: Secret::new(Value::Object(known).to_string()),
        not_after: None,
        purpose: KeyUse::Signature,
    })
}

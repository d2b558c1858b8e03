use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::Timestamp;

/// A text that must not be shown. `Debug` hides it; only [`Secret::expose`] gives it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text. Use it for a MAC, never in a message.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// One shared secret of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// Names the key on pointers and in logs; not secret.
    pub id: String,
    /// The secret, as its provider shows it.
    pub secret: Secret,
    /// From then on it is refused.
    #[serde(default)]
    pub not_after: Option<Timestamp>,
    /// What it is accepted for, and for nothing else.
    #[serde(default, rename = "use")]
    pub purpose: KeyUse,
}

/// What a key is accepted for. A weak token that someone made up for a provider's
/// challenge must never pass as a signing key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyUse {
    /// The proof of the endpoint's scheme.
    #[default]
    Signature,
    /// HTTP Basic credentials (`user:password`) that a scheme demands besides its signature.
    Basic,
    /// The token that a provider sends when it checks the endpoint.
    Challenge,
}

/// The keys of an endpoint: those of the secret's current version, then those of
/// its previous one, so that a rotation has no gap. Two rings are equal if their keys are.
#[derive(Debug, Clone)]
pub struct KeyRing {
    keys: Vec<Key>,
    /// Whether every key of both versions is among them.
    whole: bool,
    /// Since when the secret has held them, and when it was read.
    held: Option<(Timestamp, Timestamp)>,
}

impl PartialEq for KeyRing {
    fn eq(&self, other: &Self) -> bool {
        self.keys == other.keys
    }
}

impl Eq for KeyRing {}

/// What a ring knows of the keys that were live at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyCoverage {
    /// It holds all of them.
    Whole,
    /// It was read before that moment: read it again.
    TooOld,
    /// Some may be gone for good.
    Unknown,
}

/// The stored secret is not a key: someone has to fix it. Shows nothing of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRingProblem {
    /// It is binary, or has no value yet.
    #[error("the secret has no string value: put the provider's signing secret into it")]
    NoText,
    /// It is empty.
    #[error("the secret is empty: put the provider's signing secret into it")]
    Empty,
    /// It begins as JSON and is not the documented shape.
    #[error(
        "the secret begins with {{ and is not {{\"keys\":[{{\"id\":\"1\",\"secret\":\"...\"}}]}} \
         (\"not_after\" and \"use\" may follow in each). If the provider's secret itself begins with {{, \
         put it as the text of \"secret\" into such a list"
    )]
    Shape,
    /// An id that would be unreadable in a log.
    #[error("a key's id is 1 to 64 printable ASCII characters without spaces")]
    Id,
    /// More keys than a delivery is ever checked against.
    #[error("the secret holds more than 8 keys")]
    TooMany,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyList {
    keys: Vec<Key>,
}

/// A version of a secret. Its value never changes.
#[derive(Debug, Clone, Default)]
pub struct DatedVersion {
    /// Its text; `None` if it is binary.
    pub text: Option<Secret>,
    /// When it was created, if that is known.
    pub created_at: Option<Timestamp>,
}

/// Since when these have been the current and the previous version; `None` if that is
/// unknown. A new version becomes current when it is created, and the current one becomes
/// previous. So a previous one that is as young was moved there by hand, or read after a
/// rotation that the current one was read before.
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html>
fn since(current: &DatedVersion, previous: Option<&DatedVersion>) -> Option<Timestamp> {
    let since = current.created_at?;
    match previous {
        Some(previous) => (previous.created_at? < since).then_some(since),
        None => Some(since),
    }
}

impl KeyRing {
    const MAX_KEYS: usize = 8;

    /// These keys, for [`Self::to_secret`].
    ///
    /// # Errors
    /// [`KeyRingProblem`], as of a stored secret.
    pub fn new(keys: Vec<Key>) -> Result<Self, KeyRingProblem> {
        check(&keys)?;
        Ok(Self::of(keys, true))
    }

    /// Reads the values of `AWSCURRENT` and `AWSPREVIOUS`: each a plain string or
    /// `{"keys":[{"id":"2026-11","secret":"...","not_after":"2026-12-01T00:00:00Z"}]}`.
    /// [`Self::from_text`] reads both.
    ///
    /// # Errors
    /// [`KeyRingProblem`] for the current value. A previous value that cannot be
    /// read is left out: it may be the mistake that was just fixed.
    pub fn from_versions(current: &str, previous: Option<&str>) -> Result<Self, KeyRingProblem> {
        let mut keys = Self::from_text(current, "current")?.keys;
        let previous = previous.map(|text| Self::from_text(text, "previous"));
        let readable = !matches!(previous, Some(Err(_)));
        for key in previous
            .and_then(Result::ok)
            .map_or_else(Vec::new, |ring| ring.keys)
        {
            if !keys
                .iter()
                .any(|have| have.secret == key.secret && have.purpose == key.purpose)
            {
                keys.push(key);
            }
        }
        let whole = readable && keys.len() <= Self::MAX_KEYS;
        keys.truncate(Self::MAX_KEYS);
        Ok(Self::of(keys, whole))
    }

    /// As [`Self::from_versions`], of `AWSCURRENT` and of `AWSPREVIOUS`, which a secret that
    /// was never rotated does not have.
    ///
    /// # Errors
    /// [`KeyRingProblem`] for the current value.
    pub fn of_secret(
        current: &DatedVersion,
        previous: Option<&DatedVersion>,
    ) -> Result<Self, KeyRingProblem> {
        let text = current.text.as_ref().ok_or(KeyRingProblem::NoText)?;
        let before = previous.and_then(|version| version.text.as_ref());
        let ring = Self::from_versions(text.expose(), before.map(Secret::expose))?;
        Ok(match since(current, previous) {
            Some(since) => ring.held_since(since),
            None => ring,
        })
    }

    const fn of(keys: Vec<Key>, whole: bool) -> Self {
        Self {
            keys,
            whole,
            held: None,
        }
    }

    /// Says since when the secret has held these keys and no others.
    #[must_use]
    pub fn held_since(self, since: Timestamp) -> Self {
        Self {
            held: Some((since, since)),
            ..self
        }
    }

    /// Says when the secret was read.
    #[must_use]
    pub fn read_at(self, read_at: Timestamp) -> Self {
        Self {
            held: self.held.map(|(since, _)| (since, read_at)),
            ..self
        }
    }

    /// Whether every key that was live at this moment is here. If that is not certain,
    /// the answer is not [`KeyCoverage::Whole`].
    #[must_use]
    pub fn covers(&self, moment: Timestamp) -> KeyCoverage {
        match self.held {
            Some((since, read_at)) if self.whole && since <= moment => {
                if moment <= read_at {
                    KeyCoverage::Whole
                } else {
                    KeyCoverage::TooOld
                }
            }
            _ => KeyCoverage::Unknown,
        }
    }

    /// Reads one text as a stack does: a list of keys if it begins with `{`, else a plain
    /// secret, which gets this id. Line ends after a plain secret and a byte order mark
    /// before either are dropped: editors and `echo` add them.
    ///
    /// # Errors
    /// [`KeyRingProblem`].
    pub fn from_text(text: &str, plain_id: &str) -> Result<Self, KeyRingProblem> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let keys = if text.trim_start().starts_with('{') {
            serde_json::from_str::<KeyList>(text)
                .map_err(|_| KeyRingProblem::Shape)?
                .keys
        } else {
            vec![Key {
                id: plain_id.to_owned(),
                secret: Secret::new(text.trim_end_matches(['\r', '\n'])),
                not_after: None,
                purpose: KeyUse::Signature,
            }]
        };
        Self::new(keys)
    }

    /// The keys that are accepted now.
    pub fn live(&self, now: Timestamp) -> impl Iterator<Item = &Key> {
        self.keys.iter().filter(move |key| key.is_live(now))
    }

    /// Every key, including those that have ended.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The text that a secret holds, which [`Self::from_versions`] reads.
    #[must_use]
    pub fn to_secret(&self) -> Secret {
        let keys = self.keys.iter().map(|key| {
            let mut written = Map::new();
            written.insert("id".to_owned(), json!(key.id));
            written.insert("secret".to_owned(), json!(key.secret.expose()));
            if let Some(end) = key.not_after {
                written.insert("not_after".to_owned(), json!(end));
            }
            if key.purpose != KeyUse::Signature {
                written.insert("use".to_owned(), json!(key.purpose));
            }
            Value::Object(written)
        });
        Secret(json!({ "keys": keys.collect::<Vec<_>>() }).to_string())
    }
}

impl Key {
    /// Whether it is accepted now.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.not_after.is_none_or(|end| now < end)
    }
}

fn check(keys: &[Key]) -> Result<(), KeyRingProblem> {
    if keys.is_empty() || keys.iter().any(|key| key.secret.expose().is_empty()) {
        return Err(KeyRingProblem::Empty);
    }
    if keys.len() > KeyRing::MAX_KEYS {
        return Err(KeyRingProblem::TooMany);
    }
    if keys.iter().any(|key| {
        key.id.is_empty() || key.id.len() > 64 || !key.id.bytes().all(|b| b.is_ascii_graphic())
    }) {
        return Err(KeyRingProblem::Id);
    }
    Ok(())
}

#[cfg(test)]
mod tests;

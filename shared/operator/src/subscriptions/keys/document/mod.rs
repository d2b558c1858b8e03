//! The value of a destination's secret. Only its signing keys change here; the other members stay
//! as they are, to the last digit.

use std::collections::BTreeMap;

use aws_lc_rs::rand;
use base64_simd::STANDARD;
use domain::{Secret, Timestamp, format_time};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use crate::{Problem, Result, key_ids, problem::refuse};

const KEYS: &str = "signing_keys";
const NOT_AFTER: &str = "not_after";

/// How many keys may sign at a time.
const LIVE: usize = 2;

type Members = BTreeMap<String, Box<RawValue>>;

/// The value.
#[derive(Default)]
pub(super) struct Document {
    /// Without the signing keys.
    members: Members,
    keys: Vec<SigningKey>,
}

/// A key of the list.
pub(super) struct SigningKey {
    pub(super) id: String,
    pub(super) secret: Secret,
    /// From then on it does not sign.
    pub(super) not_after: Option<Timestamp>,
    /// All members, also those that Coatcheck does not know.
    members: Members,
}

/// What Coatcheck knows of a key.
#[derive(Deserialize)]
struct Known {
    id: String,
    secret: Secret,
    #[serde(default)]
    not_after: Option<Timestamp>,
}

/// A new secret, as Standard Webhooks writes it.
/// <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
pub(super) fn random() -> Result<Secret> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes)
        .map_err(|_| Problem::Refused("the system has no random bytes".to_owned()))?;
    let text = STANDARD.encode_to_string(bytes);
    Ok(Secret::new(format!("whsec_{text}")))
}

impl Document {
    /// Reads the text of the secret. The error says where it is wrong, and shows nothing of it.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut members: Members = read(text, "the secret")?;
        let list = match members.remove(KEYS) {
            None => Vec::new(),
            Some(list) => read::<Vec<Box<RawValue>>>(list.get(), KEYS)?,
        };
        let keys = list.iter().zip(1..);
        let keys = keys.map(|(key, number)| SigningKey::parse(key.get(), number));
        Ok(Self {
            keys: keys.collect::<Result<_>>()?,
            members,
        })
    }

    pub(super) fn keys(&self) -> &[SigningKey] {
        &self.keys
    }

    /// The keys that sign now, the newest first, in the order in which `deliver` signs.
    pub(super) fn into_live(self, now: Timestamp) -> Vec<SigningKey> {
        let mut live = self.keys;
        live.retain(|key| key.is_live(now));
        live.sort_by_key(|key| std::cmp::Reverse(key.not_after.unwrap_or(Timestamp::MAX)));
        live
    }

    /// Puts a new key first, drops those that have ended, and ends the older live one at `end`, or
    /// sooner if it says so.
    pub(super) fn rotate(
        &mut self,
        name: &str,
        secret: Secret,
        now: Timestamp,
        end: Timestamp,
    ) -> Result<()> {
        // The ids of those that have ended count too: no id ever means two keys to a receiver.
        let id = key_ids::unique(&key_ids::today(now), |id| {
            self.keys.iter().any(|key| key.id == id)
        });
        self.keys.retain(|key| key.is_live(now));
        if self.keys.len() >= LIVE {
            refuse!("{}", self.too_many(name));
        }
        for key in &mut self.keys {
            let sooner = key.not_after.map_or(end, |own| own.min(end));
            key.end(sooner)?;
        }
        self.keys.insert(0, SigningKey::new(id, secret)?);
        Ok(())
    }

    fn too_many(&self, name: &str) -> String {
        let ids: Vec<&str> = self.keys.iter().map(|key| key.id.as_str()).collect();
        let first = self.keys.iter().filter(|key| key.not_after.is_some());
        let first = first.min_by_key(|key| key.not_after);
        let wait = match first.and_then(|key| Some((key, key.not_after?))) {
            Some((key, end)) if self.keys.len() == LIVE => format!(
                "wait until {} ends at {}, or, if the receiver has the newer one, remove {} from {KEYS} by hand",
                key.id,
                format_time(end),
                key.id
            ),
            _ => format!("give the older ones a {NOT_AFTER} or remove them from {KEYS} by hand"),
        };
        format!(
            "{name} already has {} live keys ({}), and at most {LIVE} may sign at a time: {wait}",
            ids.len(),
            ids.join(", ")
        )
    }

    /// The text of the secret.
    pub(super) fn to_secret(&self) -> Result<Secret, serde_json::Error> {
        let keys: Vec<&Members> = self.keys.iter().map(|key| &key.members).collect();
        let list = to_raw_value(&keys)?;
        let ours = std::iter::once((KEYS, &list));
        let others = self
            .members
            .iter()
            .map(|(name, value)| (name.as_str(), value));
        let whole: BTreeMap<&str, &Box<RawValue>> = ours.chain(others).collect();
        serde_json::to_string(&whole).map(Secret::new)
    }
}

impl SigningKey {
    fn parse(text: &str, number: usize) -> Result<Self> {
        let what = format!("the key number {number} of {KEYS}");
        let known: Known = read(text, &what)?;
        Ok(Self {
            id: known.id,
            secret: known.secret,
            not_after: known.not_after,
            members: read(text, &what)?,
        })
    }

    fn new(id: String, secret: Secret) -> Result<Self> {
        let members = [("id", raw(&id)?), ("secret", raw(secret.expose())?)];
        let members = members.map(|(name, value)| (name.to_owned(), value));
        Ok(Self {
            id,
            secret,
            not_after: None,
            members: members.into(),
        })
    }

    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        self.not_after.is_none_or(|end| now < end)
    }

    fn end(&mut self, at: Timestamp) -> Result<()> {
        self.not_after = Some(at);
        let at = raw(&format_time(at))?;
        self.members.insert(NOT_AFTER.to_owned(), at);
        Ok(())
    }
}

fn raw(value: &(impl Serialize + ?Sized)) -> Result<Box<RawValue>> {
    to_raw_value(value)
        .map_err(|_| Problem::Refused("the new key cannot be written as JSON".to_owned()))
}

/// Reads a part of the secret. The parser's own words could contain some of it.
fn read<'a, T: Deserialize<'a>>(text: &'a str, what: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        Problem::Refused(format!(
            "{what} is not the JSON it must be, at line {}, column {}: fix it first, docs/destinations.md shows the form",
            error.line(),
            error.column()
        ))
    })
}

#[cfg(test)]
mod tests;

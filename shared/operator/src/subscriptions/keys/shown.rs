//! Keys and rotations, for people and programs.

use std::fmt;

use domain::{Timestamp, format_time};
use serde::Serialize;

use super::{KeyPlace, KeyRotation, document::SigningKey};

/// A rotation that was carried out. It contains no secret.
#[derive(Serialize)]
pub struct RotatedSigningKey<'a> {
    subscription: &'a str,
    /// The secret's name.
    secret_name: &'a str,
    /// The new key.
    id: &'a str,
    /// The other keys, and when they end.
    others: Vec<OtherKey<'a>>,
}

#[derive(Serialize)]
struct OtherKey<'a> {
    id: &'a str,
    not_after: Option<String>,
}

/// A key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSigningKey {
    /// Its id.
    pub id: String,
    /// From then on it does not sign; none: it has no end.
    pub not_after: Option<Timestamp>,
    /// Whether it signs now.
    pub live: bool,
}

impl ListedSigningKey {
    pub(super) fn all(keys: &[SigningKey], now: Timestamp) -> Vec<Self> {
        let all = keys.iter().map(|key| Self {
            id: key.id.clone(),
            not_after: key.not_after,
            live: key.is_live(now),
        });
        all.collect()
    }
}

/// The live keys, with their secrets. Text shows the newest one alone.
#[derive(Serialize)]
pub struct RevealedKeys {
    subscription: String,
    secret_name: String,
    keys: Vec<RevealedKey>,
}

#[derive(Serialize)]
struct RevealedKey {
    id: String,
    secret: String,
    not_after: Option<String>,
}

/// Where the keys are, and nothing of them.
impl Serialize for KeyPlace {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs = [
            ("subscription", &self.subscription),
            ("secret_name", &self.secret),
        ];
        serializer.collect_map(pairs)
    }
}

impl fmt::Display for KeyPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, secret) = (&self.subscription, &self.secret);
        write!(
            f,
            "The signing keys of {name} are in Secrets Manager: {secret}, member signing_keys.\n\
             To give the newest one to the receiver: coatcheck subscriptions key {name} --reveal\n\
             Hand it over as you hand over a password. The receiver verifies with any library of Standard Webhooks."
        )
    }
}

impl fmt::Display for RotatedSigningKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: the key {} is in place", self.subscription, self.id)
    }
}

impl fmt::Display for RevealedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.keys.first().map_or("", |key| &key.secret))
    }
}

impl RevealedKeys {
    pub(super) fn new(place: &KeyPlace, keys: Vec<SigningKey>) -> Self {
        let revealed = keys.into_iter().map(|key| RevealedKey {
            secret: key.secret.expose().to_owned(),
            id: key.id,
            not_after: key.not_after.map(format_time),
        });
        Self {
            subscription: place.subscription.clone(),
            secret_name: place.secret.clone(),
            keys: revealed.collect(),
        }
    }

    /// Which key is shown, and which others sign. It contains no secret.
    pub fn remarks(&self) -> Vec<String> {
        let mut keys = self.keys.iter();
        let newest = keys
            .next()
            .map(|key| format!("This is the key {}.", key.id));
        let others = keys.map(|key| match &key.not_after {
            Some(end) => format!("The key {} signs too, until {end}.", key.id),
            None => format!("The key {} signs too.", key.id),
        });
        newest.into_iter().chain(others).collect()
    }
}

impl KeyRotation {
    /// The result.
    pub fn rotated(&self) -> RotatedSigningKey<'_> {
        let mut keys = self.document.keys().iter();
        RotatedSigningKey {
            subscription: &self.place.subscription,
            secret_name: &self.place.secret,
            id: keys.next().map_or("", |key| &key.id),
            others: keys
                .map(|key| OtherKey {
                    id: &key.id,
                    not_after: key.not_after.map(format_time),
                })
                .collect(),
        }
    }

    /// What to do next.
    pub fn remarks(&self) -> Vec<String> {
        let name = &self.place.subscription;
        let mut lines: Vec<String> = self
            .document
            .keys()
            .iter()
            .skip(1)
            .filter_map(|key| {
                let end = format_time(key.not_after?);
                Some(format!("The key {} signs too, until {end}.", key.id))
            })
            .collect();
        lines.push("Within five minutes every event is signed with the new key.".to_owned());
        lines.push(format!(
            "Next: give it to the receiver: coatcheck subscriptions key {name} --reveal"
        ));
        lines.push(format!("Then: coatcheck subscriptions test {name}"));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subscriptions::keys::Document;

    #[test]
    fn a_list_says_when_each_key_ends_and_has_no_secret() {
        let text = r#"{"signing_keys":[{"id":"new","secret":"whsec_aHVudGVyMg=="},
            {"id":"old","secret":"whsec_aHVudGVyMg==","not_after":"2026-11-28T00:00:00Z"},
            {"id":"gone","secret":"whsec_aHVudGVyMg==","not_after":"2026-11-26T00:00:00Z"}]}"#;
        let document = Document::parse(text).unwrap();
        let listed =
            ListedSigningKey::all(document.keys(), "2026-11-27T00:00:00Z".parse().unwrap());
        let facts: Vec<_> = listed
            .iter()
            .map(|key| (key.id.as_str(), key.live, key.not_after.is_some()))
            .collect();
        assert_eq!(
            facts,
            [
                ("new", true, false),
                ("old", true, true),
                ("gone", false, true)
            ]
        );
        assert!(!format!("{listed:?}").contains("whsec"));
    }
}

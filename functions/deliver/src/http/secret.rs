//! What the subscription's secret holds.

use std::{fmt, future::Future};

use domain::{Secret, StoreError, Timestamp};
use serde::{Deserialize, Deserializer};
use signature::Key;
use zeroize::Zeroizing;

/// Keeps the secret.
pub(crate) trait SecretSource: Send + Sync {
    /// Its current value, read again.
    fn read(&self) -> impl Future<Output = Result<Secret, StoreError>> + Send;
}

impl SecretSource for aws::SecretText {
    async fn read(&self) -> Result<Secret, StoreError> {
        Self::read(self).await
    }
}

/// A text that is wiped when dropped and that `Debug` hides.
pub(super) struct Hidden(Zeroizing<String>);

impl Hidden {
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(..)")
    }
}

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

/// The secret, read. Which members it needs depends on the destination.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Secrets {
    signing_keys: Vec<SigningKey>,
    /// With `header`: the header's value.
    pub(super) header: Option<Hidden>,
    /// With `basic`.
    pub(super) username: Option<Hidden>,
    pub(super) password: Option<Hidden>,
    /// With `oauth2_client_credentials`.
    pub(super) client_id: Option<Hidden>,
    pub(super) client_secret: Option<Hidden>,
    /// With `own_ca`: certificates in PEM.
    pub(super) ca: Option<Hidden>,
    /// With `client_certificate`: the certificate, those up to its CA, and the key, in PEM.
    pub(super) client_certificate: Option<Hidden>,
    pub(super) client_key: Option<Hidden>,
}

#[derive(Debug, Deserialize)]
struct SigningKey {
    id: String,
    secret: Hidden,
    #[serde(default)]
    not_after: Option<Timestamp>,
}

impl Secrets {
    /// Reads the text of the secret. `Err`: it is not the JSON that it must be. The problem says
    /// where, and shows nothing of it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            format!("the secret is not the JSON it must be, at line {line}, column {column}")
        })
    }

    /// The keys that sign now, the newest first: one that has no end, or the later one.
    pub(super) fn live_keys(&self, now: Timestamp) -> Vec<Key> {
        let is_live = |key: &&SigningKey| key.not_after.is_none_or(|end| now < end);
        let mut live: Vec<_> = self.signing_keys.iter().filter(is_live).collect();
        live.sort_by_key(|key| std::cmp::Reverse(key.not_after.unwrap_or(Timestamp::MAX)));
        live.into_iter()
            .map(|key| Key::new(&key.id, key.secret.expose()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Secrets {
        Secrets::parse(text).unwrap()
    }

    fn live(secrets: &Secrets, now: &str) -> Vec<String> {
        let keys = secrets.live_keys(now.parse().unwrap());
        keys.iter().map(|key| key.id().to_owned()).collect()
    }

    #[test]
    fn the_newest_live_key_signs_first() {
        let secrets = parse(
            r#"{"signing_keys":[
                {"id":"gone","secret":"whsec_AA==","not_after":"2026-11-21T20:00:00Z"},
                {"id":"old","secret":"whsec_AA==","not_after":"2026-11-22T00:00:00Z"},
                {"id":"new","secret":"whsec_AA=="}]}"#,
        );
        assert_eq!(live(&secrets, "2026-11-21T21:00:00Z"), ["new", "old"]);
        assert_eq!(live(&secrets, "2026-11-22T00:00:00Z"), ["new"]);
        assert!(live(&parse("{}"), "2026-11-22T00:00:00Z").is_empty());
    }

    #[test]
    fn nothing_of_it_is_shown() {
        let secrets = parse(
            r#"{"signing_keys":[{"id":"1","secret":"canary"}],"header":"canary","password":"canary"}"#,
        );
        assert!(!format!("{secrets:?}").contains("canary"));
        for text in [
            r#"{"header":17,"x":"canary"}"#,
            r#"{"password":["canary"]}"#,
            "canary",
        ] {
            let problem = Secrets::parse(text).unwrap_err();
            assert!(!problem.contains("canary"), "{problem}");
            assert!(problem.contains("line 1"), "{problem}");
        }
    }
}

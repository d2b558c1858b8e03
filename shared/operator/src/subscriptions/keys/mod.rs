//! The signing keys of an HTTP destination: where they are, and a new one beside the old one.

mod document;
mod shown;

use aws::{
    SecretText,
    operator::{SecretValue, SecretVersion},
};
use domain::{SignedDuration, Timestamp, format_time};

use self::document::Document;
pub use self::shown::{ListedSigningKey, RevealedKeys, RotatedSigningKey};
use crate::{
    Result, Stack,
    problem::{WithContext as _, refuse},
    stack::Subscription,
};

/// How long `deliver` uses what it has read of the secret.
const CACHED: SignedDuration = SignedDuration::from_mins(5);

/// Where the signing keys of a subscription are.
pub struct KeyPlace {
    subscription: String,
    /// The secret's name.
    secret: String,
    stored: SecretText,
}

impl KeyPlace {
    /// The place of this subscription's keys. It reads no secret.
    pub fn find(stack: &Stack, name: &str) -> Result<Self> {
        let secret = secret_name(name, stack.subscription(name)?)?;
        Ok(Self {
            subscription: name.to_owned(),
            stored: SecretText::new(&stack.sdk, secret.clone()),
            secret,
        })
    }

    /// All keys in their order, without their secrets. It reads the secret.
    pub async fn list(&self, stack: &Stack) -> Result<Vec<ListedSigningKey>> {
        let (document, _) = self.read().await?;
        Ok(ListedSigningKey::all(document.keys(), (stack.now)()))
    }

    /// The live keys. The result contains the secrets.
    pub async fn reveal(&self, stack: &Stack) -> Result<RevealedKeys> {
        let (document, _) = self.read().await?;
        let keys = document.into_live((stack.now)());
        if keys.is_empty() {
            let name = &self.subscription;
            refuse!(
                "{name} has no live key: `coatcheck subscriptions rotate-key {name}` creates one"
            );
        }
        Ok(RevealedKeys::new(self, keys))
    }

    async fn read(&self) -> Result<(Document, SecretVersion)> {
        let found = self.stored.current().await?;
        let document = match &found.value {
            SecretValue::Missing => Document::default(),
            SecretValue::Text(text) => Document::parse(text.expose()).context(&self.secret)?,
            SecretValue::Binary => refuse!(
                "{} holds bytes, not a text: put the JSON that docs/destinations.md shows",
                self.secret
            ),
        };
        Ok((document, found))
    }
}

/// A planned rotation.
pub struct KeyRotation {
    place: KeyPlace,
    /// The new value; its first key is the new one.
    document: Document,
    /// The version that it was made of.
    version: Option<String>,
    overlap: SignedDuration,
}

/// Plans a rotation and changes nothing. The older key signs for `overlap` more.
pub async fn plan_key_rotation(
    stack: &Stack,
    name: &str,
    overlap: SignedDuration,
) -> Result<KeyRotation> {
    let now = (stack.now)();
    let end = end(now, overlap)?;
    let place = KeyPlace::find(stack, name)?;
    let (mut document, found) = place.read().await?;
    document.rotate(name, document::random()?, now, end)?;
    Ok(KeyRotation {
        place,
        document,
        version: found.version,
        overlap,
    })
}

impl KeyRotation {
    /// What happens to the receiver that does not get the new key; none if no key ends.
    pub fn risk(&self) -> Option<String> {
        let old = self.document.keys().get(1)?;
        Some(format!(
            "From {} on, events for {} are signed with the new key alone, and a receiver without it refuses them.",
            old.not_after.map(format_time).unwrap_or_default(),
            self.place.subscription
        ))
    }

    /// Carries it out, and returns what was written. The secret is read again, because a person may
    /// have thought about it for long: the time counts from now, and a change that someone else has
    /// made meanwhile would be lost, so then nothing is written.
    pub async fn apply(self, stack: &Stack) -> Result<Self> {
        let fresh = plan_key_rotation(stack, &self.place.subscription, self.overlap).await?;
        let place = &fresh.place;
        if fresh.version != self.version {
            refuse!(
                "{} has changed meanwhile, so nothing was written: run the command again",
                place.secret
            );
        }
        let text = fresh.document.to_secret().context(&place.secret)?;
        place.stored.put(&text).await?;
        Ok(fresh)
    }
}

/// When the older key ends.
fn end(now: Timestamp, overlap: SignedDuration) -> Result<Timestamp> {
    if overlap < CACHED {
        refuse!(
            "--for must be 5m or more: `deliver` uses what it has read of the secret for five minutes. If the old \
             key leaked, give the receiver the new one and let it drop the old one: it decides which key it trusts"
        );
    }
    now.checked_add(overlap).context("--for is too long")
}

/// The name of the secret; an error if the subscription has none.
fn secret_name(name: &str, subscription: &Subscription) -> Result<String> {
    let deliver = subscription.deliver.as_ref();
    let Some(secret) = deliver.and_then(|deliver| deliver.secret.clone()) else {
        refuse!(
            "{name} has no HTTP destination, so it has no signing key: its target is {}",
            subscription.target.kind
        );
    };
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::sample;

    #[test]
    fn only_an_http_destination_has_a_secret() {
        let mut one = sample().subscriptions.remove("invoices").unwrap();
        let problem = secret_name("invoices", &one).unwrap_err().to_string();
        assert!(problem.contains("no HTTP destination"), "{problem}");
        one.deliver = serde_json::from_value(serde_json::json!({
            "function": "coatcheck-deliver-invoices", "mapping": "m", "concurrency": 2,
            "secret": "coatcheck/subscriptions/invoices",
        }))
        .unwrap();
        let name = secret_name("invoices", &one).unwrap();
        assert_eq!(name, "coatcheck/subscriptions/invoices");
    }

    #[test]
    fn the_old_key_signs_longer_than_a_function_remembers_the_secret() {
        let now = "2026-11-27T00:00:00Z".parse().unwrap();
        for short in [SignedDuration::ZERO, SignedDuration::from_secs(299)] {
            let problem = end(now, short).unwrap_err().to_string();
            assert!(problem.contains("5m or more"), "{problem}");
        }
        let end = |overlap| end(now, overlap);
        assert_eq!(
            end(SignedDuration::from_mins(5)).unwrap(),
            "2026-11-27T00:05:00Z".parse().unwrap()
        );
        assert!(end(SignedDuration::MAX).is_err());
    }
}

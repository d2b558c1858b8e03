//! Adds a new key beside the old one, or in its place.

mod plan;
mod rotated;
mod secret;

use aws::operator::KeyVersions;
use domain::{EndpointName, KeyRing, KeyRingProblem, Secret, Timestamp};
use signature::{Key, Proof, Verifier};

use self::plan::plan;
pub use self::{plan::RotationOptions, rotated::RotatedKey};
use super::deployed::{DeployedEndpoint, find};
use crate::{
    Result, Stack,
    describe::description,
    problem::{WithContext as _, refuse},
};

/// A planned rotation.
pub struct Rotation {
    name: EndpointName,
    /// The new value of the secret; its first key is the new one.
    ring: KeyRing,
    is_ours: bool,
    now: Timestamp,
    /// What is unusual about the new key, though it can be used.
    pub warning: Option<String>,
}

/// Plans a rotation and changes nothing.
pub async fn plan_rotation(
    stack: &Stack,
    name: &str,
    mut options: RotationOptions<'_>,
) -> Result<Rotation> {
    let found = find(stack, name).await?;
    if let Some(url) = found.scheme().key_set_url() {
        refuse!(
            "the keys of {name} come from {url}: `watch` reads them there every five minutes, and replaces what you put here"
        );
    }
    let versions = stack.secrets().versions(&found.endpoint.name).await?;
    let now = (stack.now)();
    let is_ours = options.secret.is_none();
    if is_ours {
        options.secret = Some(secret::random(found.scheme(), &user(&versions)).context(name)?);
    }
    if description(found.scheme()).names_its_key && options.id.is_none() {
        refuse!("each token names its key by a kid: pass that of the new key with --id");
    }
    let verifier = Verifier::of(&found.endpoint)?;
    let is_usable = |key: &domain::Key| {
        let problem = verifier.key_problem(&Key::from(key));
        problem.is_none_or(|problem| !problem.is_fatal())
    };
    let ring = plan(&versions, options, now, is_usable).context(name)?;
    let warning = judge(&found, &verifier, &ring)?;
    Ok(Rotation {
        name: found.endpoint.name,
        ring,
        is_ours,
        now,
        warning,
    })
}

impl Rotation {
    /// The id of the new key.
    pub fn id(&self) -> &str {
        self.ring.keys().first().map_or("", |key| &key.id)
    }

    /// Whether the new key is the only one.
    pub fn is_alone(&self) -> bool {
        self.ring.keys().len() == 1
    }

    /// Carries it out.
    pub async fn apply(&self, stack: &Stack) -> Result<()> {
        Ok(stack.secrets().put(&self.name, &self.ring).await?)
    }
}

/// The secret in a file. It may begin with `{`: the rotation stores it inside a list of keys.
pub fn parse_secret(text: &str) -> Result<Secret> {
    match KeyRing::from_text(text, "new") {
        Ok(ring) => match ring.keys() {
            [key] if key.id == "new" => Ok(key.secret.clone()),
            _ => refuse!("this is a list of keys: give the new secret alone"),
        },
        Err(KeyRingProblem::Shape) => Ok(Secret::new(text.trim_end_matches(['\r', '\n']))),
        Err(problem) => refuse!("{problem}"),
    }
}

/// Refuses a key that the scheme can never use, and returns a warning about any other.
fn judge(found: &DeployedEndpoint, verifier: &Verifier, ring: &KeyRing) -> Result<Option<String>> {
    let Some(new) = ring.keys().first() else {
        refuse!("there is no new key");
    };
    if found.scheme().proof == Proof::Basic && !new.secret.expose().contains(':') {
        refuse!("the secret has no colon: HTTP Basic credentials are user:password");
    }
    match verifier.key_problem(&Key::from(new)) {
        Some(problem) if problem.is_fatal() => refuse!("the new key cannot be used: {problem}"),
        problem => Ok(problem.map(|problem| problem.to_string())),
    }
}

/// The user of the current HTTP Basic credentials.
fn user(versions: &KeyVersions) -> String {
    let current = versions.current.as_ref();
    let ring = current.and_then(|text| KeyRing::from_versions(text.expose(), None).ok());
    let user = ring.and_then(|ring| {
        let key = ring.keys().first()?;
        let (user, _) = key.secret.expose().split_once(':')?;
        Some(user.to_owned())
    });
    user.unwrap_or_else(|| "coatcheck".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_issued_secret_is_the_files_text_without_what_an_editor_adds() {
        for (text, secret) in [("a\r\n", "a"), ("\u{feff}a\n\n", "a"), ("{a}\n", "{a}")] {
            assert_eq!(parse_secret(text).unwrap().expose(), secret, "{text:?}");
        }
        for bad in ["", "\n", r#"{"keys":[{"id":"1","secret":"a"}]}"#] {
            assert!(parse_secret(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn basic_credentials_keep_their_user() {
        let of = |text: Option<&str>| KeyVersions {
            current: text.map(Secret::new),
            previous: None,
        };
        assert_eq!(user(&of(Some("erp:hunter2"))), "erp");
        assert_eq!(user(&of(Some("no pair"))), "coatcheck");
        assert_eq!(user(&of(None)), "coatcheck");
    }
}

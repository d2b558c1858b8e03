//! A new key beside the old one, or in its place.

mod plan;
mod secret;
mod told;

use aws::operator::KeyVersions;
use domain::{EndpointName, KeyRing, KeyRingProblem, Secret, Timestamp};
use signature::{Key, Proof, Verifier};

use self::plan::{Plan, plan};
pub use self::{plan::Wish, told::Told};
use super::found::{Found, find, versions};
use crate::{
    Result, Stack,
    problem::{Because as _, refuse},
};

/// A rotation that could be done.
pub struct Rotation {
    name: EndpointName,
    plan: Plan,
    is_ours: bool,
    now: Timestamp,
    /// What is strange about the new key, and in the way of nothing.
    pub warning: Option<String>,
}

/// Plans a rotation and changes nothing.
pub async fn rotation(stack: &Stack, name: &str, mut wish: Wish<'_>) -> Result<Rotation> {
    let found = find(stack, name).await?;
    let versions = versions(stack, &found.endpoint.name).await?;
    let now = (stack.now)();
    let is_ours = wish.secret.is_none();
    if is_ours {
        wish.secret = Some(secret::random(found.scheme(), &user(&versions)).because(name)?);
    }
    if found.scheme().proof == Proof::Plaid && wish.id.is_none() {
        refuse!("Plaid names its key: give its kid by --id");
    }
    let verifier = Verifier::of(&found.endpoint)?;
    let is_usable = |key: &domain::Key| {
        let problem = verifier.key_problem(&Key::from(key));
        problem.is_none_or(|problem| !problem.is_fatal())
    };
    let plan = plan(&versions, wish, now, is_usable).because(name)?;
    let warning = judge(&found, &verifier, &plan)?;
    Ok(Rotation {
        name: found.endpoint.name,
        plan,
        is_ours,
        now,
        warning,
    })
}

impl Rotation {
    /// What the new key is called.
    pub fn id(&self) -> &str {
        &self.plan.id
    }

    /// Whether there is no key beside the new one.
    pub fn is_alone(&self) -> bool {
        self.plan.ring.keys().len() == 1
    }

    /// Does it.
    pub async fn put(&self, stack: &Stack) -> Result<()> {
        Ok(stack.secrets().put(&self.name, &self.plan.ring).await?)
    }
}

/// The secret in a file. What begins with `{` is taken too: it is put into a list, where it
/// can be told from one.
pub fn issued(text: &str) -> Result<Secret> {
    match KeyRing::from_text(text, "new") {
        Ok(ring) => match ring.keys() {
            [key] if key.id == "new" => Ok(key.secret.clone()),
            _ => refuse!("a list of keys is no secret: give the new secret alone"),
        },
        Err(KeyRingProblem::Shape) => Ok(Secret::new(text.trim_end_matches(['\r', '\n']))),
        Err(problem) => refuse!("{problem}"),
    }
}

/// Refuses a key that the scheme can never use; others are in the way of no delivery.
fn judge(found: &Found, verifier: &Verifier, plan: &Plan) -> Result<Option<String>> {
    let Some(new) = plan.ring.keys().first() else {
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

/// Whom the present HTTP Basic credentials are for.
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
            assert_eq!(issued(text).unwrap().expose(), secret, "{text:?}");
        }
        for bad in ["", "\n", r#"{"keys":[{"id":"1","secret":"a"}]}"#] {
            assert!(issued(bad).is_err(), "{bad:?}");
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

//! Who sends a delivery: the provider that arguments name. And what a person reads about a
//! delivery that was sent alone.

use std::fmt;

use anyhow::{Context, Result};
use operator::endpoints::DeployedEndpoint;
use provider::{Provider, Sent};
use serde::Serialize;
use signature::Key;

use crate::{scheme::Named, secrets::Secret, shown::printable};

/// The provider of an endpoint of a stack, with your own secrets.
pub(crate) fn with_secrets(found: &DeployedEndpoint, secrets: &[Secret]) -> Result<Provider> {
    let (key, basic) = chosen(secrets)?;
    Ok(Provider::with_key(
        &found.endpoint,
        found.url.clone(),
        key,
        basic,
    )?)
}

/// A provider that no stack knows.
pub(crate) fn unlisted(named: Named, url: &str, secrets: &[Secret]) -> Result<Provider> {
    let (key, basic) = chosen(secrets)?;
    Provider::of_scheme(named.scheme, url.to_owned(), key, basic).context(named.name)
}

/// What signs, and the credentials beside it.
fn chosen(secrets: &[Secret]) -> Result<(Key, Option<Vec<u8>>)> {
    let signing = secrets.iter().find(|secret| secret.is_for_signing());
    let signing = signing.context("give a secret to sign with")?;
    let basic = secrets.iter().find(|secret| secret.is_basic());
    Ok((signing.key(), basic.map(|secret| secret.bytes.clone())))
}

/// A delivery that was sent alone, for people and programs.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct Shown<'a>(pub(crate) &'a Sent);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sent = self.0;
        write!(f, "{}", sent.status)?;
        let outcome = sent.outcome.as_ref().or(sent.error.as_ref());
        for part in [outcome, sent.reference.as_ref()].into_iter().flatten() {
            write!(f, " {}", printable(part))?;
        }
        write!(f, " ({} ms", sent.took_ms)?;
        if sent.retries > 0 {
            write!(f, ", {} retries", sent.retries)?;
        }
        write!(f, ")")?;
        for text in [sent.message.as_deref(), sent.remedy].into_iter().flatten() {
            write!(f, "\n  {}", printable(text))?;
        }
        Ok(())
    }
}

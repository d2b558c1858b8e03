//! Who sends a delivery: the provider that arguments name. And what a person reads about a
//! delivery that was sent alone.

use std::fmt;

use anyhow::{Context, Result, bail};
use operator::{Stack, endpoints::DeployedEndpoint};
use provider::{Provider, Reply};
use serde::Serialize;
use signature::Key;

use crate::{scheme::Named, secrets::Secret, shown::printable};

/// The provider of an endpoint of a stack, with the key of this id or the newest.
pub(crate) async fn listed(
    stack: &Stack,
    found: &DeployedEndpoint,
    key: Option<&str>,
) -> Result<Provider> {
    let name = &found.endpoint.name;
    let ring = found.ring(stack).await?;
    let (url, now) = (found.url.clone(), (stack.now)());
    let provider = Provider::of_endpoint(&found.endpoint, url, &ring, key, now)
        .with_context(|| format!("the endpoint {name}"))?;
    if provider.has_public_key() {
        bail!(
            "{name} has only its provider's public key, so only the provider can sign: send a test from the \
             provider's own console, or give your own private key to `coatcheck send`"
        );
    }
    Ok(provider)
}

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

/// A delivery that was sent alone.
#[derive(Serialize)]
pub(crate) struct Sent<'a> {
    pub(crate) status: u16,
    /// `accepted` or `duplicate`; none of a refusal, and where another server replied.
    pub(crate) outcome: Option<&'a str>,
    #[serde(rename = "ref")]
    pub(crate) reference: Option<&'a str>,
    /// The code of a refusal.
    pub(crate) error: Option<&'a str>,
    pub(crate) message: Option<&'a str>,
    pub(crate) remedy: Option<&'static str>,
    pub(crate) bytes: usize,
    pub(crate) took_ms: u64,
    pub(crate) retries: u32,
}

impl<'a> Sent<'a> {
    pub(crate) fn new(reply: &'a Reply, bytes: usize, took_ms: u64, retries: u32) -> Self {
        let some = |text: &'a String| (!text.is_empty()).then_some(text.as_str());
        Self {
            status: reply.status,
            outcome: some(&reply.body.status),
            reference: some(&reply.body.reference),
            error: some(&reply.body.error),
            message: some(&reply.body.message),
            remedy: (!reply.is_good()).then(|| reply.remedy()),
            bytes,
            took_ms,
            retries,
        }
    }
}

impl fmt::Display for Sent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        for part in [self.outcome.or(self.error), self.reference]
            .into_iter()
            .flatten()
        {
            write!(f, " {}", printable(part))?;
        }
        write!(f, " ({} ms", self.took_ms)?;
        if self.retries > 0 {
            write!(f, ", {} retries", self.retries)?;
        }
        write!(f, ")")?;
        for text in [self.message, self.remedy].into_iter().flatten() {
            write!(f, "\n  {}", printable(text))?;
        }
        Ok(())
    }
}

use anyhow::{Context, Result, bail};
use operator::{Stack, endpoints::Found};

use super::Provider;

/// The provider of an endpoint of a stack, with the key of this id or the newest.
pub(crate) async fn listed(stack: &Stack, found: &Found, key: Option<&str>) -> Result<Provider> {
    let name = &found.endpoint.name;
    let ring = found.ring(stack).await?;
    let (url, now) = (found.url.clone(), (stack.now)());
    let provider = Provider::of_endpoint(&found.endpoint, url, &ring, key, now)
        .with_context(|| format!("the endpoint {name}"))?;
    if provider.has_public_key() {
        bail!(
            "{name} knows its provider's public key alone, and only the provider can sign: let it \
             send a test from its own console, or give a private key of yours to `coatcheck send`"
        );
    }
    Ok(provider)
}

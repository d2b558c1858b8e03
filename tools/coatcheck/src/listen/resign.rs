//! Signs deliveries again, with a secret of one's own.

use std::{collections::HashMap, path::Path};

use anyhow::{Context, Result, anyhow};
use domain::{EndpointName, Headers, KeyRing, Timestamp};
use operator::{Stack, endpoints};
use provider::{Pairs, Provider, ProviderError};
use signature::Scheme;

use crate::host;

/// Nothing of it is ever printed.
pub(super) struct Resign {
    ring: KeyRing,
    /// What a provider would have to call.
    target: String,
    signers: HashMap<EndpointName, Option<Signer>>,
}

struct Signer {
    provider: Provider,
    scheme: Scheme,
}

/// How a delivery goes out.
pub(super) enum Signed {
    Headers(Pairs),
    /// The provider signs inside the body: it stays as it is.
    AsItIs,
    /// Never, because of this.
    Impossible(String),
}

impl Resign {
    pub(super) fn read(path: &Path, target: &str) -> Result<Self> {
        let text = String::from_utf8(host::read(path)?);
        // The conversion's own error would hold the secret.
        let text = text.map_err(|_| anyhow!("--resign {}: it is not UTF-8", path.display()))?;
        let ring = KeyRing::from_text(&text, "listen");
        Ok(Self {
            ring: ring.map_err(|problem| anyhow!("--resign {}: {problem}", path.display()))?,
            target: target.to_owned(),
            signers: HashMap::new(),
        })
    }

    /// Makes an endpoint's scheme ready. Its table is read once for each endpoint.
    pub(super) async fn prepare(&mut self, stack: &Stack, name: &EndpointName) -> Result<()> {
        if self.signers.contains_key(name) {
            return Ok(());
        }
        let found = endpoints::find(stack, name.as_str()).await?;
        let mut endpoint = found.endpoint.clone();
        // A scheme that signs the URL signs the one that is called.
        endpoint.url = endpoint.url.map(|_| self.target.clone());
        let (url, now) = (self.target.clone(), (stack.now)());
        let signer = match Provider::of_endpoint(&endpoint, url, &self.ring, None, now) {
            Ok(provider) => Some(Signer {
                provider,
                scheme: found.scheme().clone(),
            }),
            Err(ProviderError::InBody) => None,
            Err(problem) => {
                return Err(problem).with_context(|| format!("--resign for the endpoint {name}"));
            }
        };
        self.signers.insert(name.clone(), signer);
        Ok(())
    }

    pub(super) fn sign(
        &self,
        name: &EndpointName,
        headers: &Headers,
        body: &[u8],
        now: Timestamp,
    ) -> Signed {
        let Some(Some(signer)) = self.signers.get(name) else {
            return Signed::AsItIs;
        };
        let pairs = unsigned(&signer.scheme, headers);
        match signer.provider.sign(&pairs, body, now) {
            Ok(pairs) => Signed::Headers(pairs),
            Err(problem) => Signed::Impossible(format!("it cannot be signed again: {problem}")),
        }
    }
}

/// The headers without those that signing writes. A header that is signed gets the name that
/// signing knows it by, where the provider used another of its names.
fn unsigned(scheme: &Scheme, headers: &Headers) -> Pairs {
    let used = scheme.reads(headers).unwrap_or_default();
    // Without any headers, a scheme with two families of names reads the first, and signs it.
    let first = scheme.reads(&Headers::default()).unwrap_or_default();
    let mut pairs = Pairs::new();
    for (name, value) in headers.iter() {
        let is = |one: &String| one.eq_ignore_ascii_case(name);
        let at = used.iter().position(|read| read.names.iter().any(is));
        if at.is_some_and(|at| used.get(at).is_some_and(|read| read.is_written)) {
            continue;
        }
        let known = at.filter(|_| used.len() == first.len());
        let known = known.and_then(|at| first.get(at)?.names.first());
        let name = known.map_or(name, String::as_str);
        pairs.push((name.to_owned(), value.to_owned()));
    }
    pairs
}

#[cfg(test)]
mod tests {
    use domain::{Endpoint, Key, KeyUse, Secret};
    use signature::Verifier;

    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn resign(config: &str) -> (Resign, Endpoint) {
        let endpoint = Endpoint::from_json(config).unwrap();
        let ring = KeyRing::from_text(SECRET, "listen").unwrap();
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let url = "http://localhost:3000/".to_owned();
        let provider = Provider::of_endpoint(&endpoint, url.clone(), &ring, None, now).unwrap();
        let scheme = Scheme::resolve(&endpoint.scheme).unwrap();
        let signer = Some(Signer { provider, scheme });
        let resign = Resign {
            ring,
            target: url,
            signers: HashMap::from([(endpoint.name.clone(), signer)]),
        };
        (resign, endpoint)
    }

    #[test]
    fn an_old_signature_gives_way_to_one_of_today() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        for (scheme, kept) in [
            (
                "standard-webhooks",
                &[
                    ("webhook-id", "msg_1"),
                    ("webhook-timestamp", "1"),
                    ("webhook-signature", "v1,b2xk"),
                ][..],
            ),
            (
                "standard-webhooks",
                &[
                    ("svix-id", "msg_1"),
                    ("svix-timestamp", "1"),
                    ("svix-signature", "v1,b2xk"),
                ],
            ),
            ("stripe", &[("stripe-signature", "t=1,v1=00")]),
            (
                "github",
                &[
                    ("x-hub-signature-256", "sha256=00"),
                    ("x-github-event", "push"),
                ],
            ),
        ] {
            let config = format!(r#"{{"name":"a","scheme":"{scheme}"}}"#);
            let (resign, endpoint) = resign(&config);
            let headers = Headers::from_pairs(kept.iter().copied());
            let signed = resign.sign(&endpoint.name, &headers, b"{}", now);
            let pairs = match signed {
                Signed::Headers(pairs) => pairs,
                Signed::AsItIs => panic!("{scheme}: as it is"),
                Signed::Impossible(why) => panic!("{scheme}: {why}"),
            };
            let signed = Headers::from_pairs(pairs);
            let verifier = Verifier::of(&endpoint).unwrap();
            let key = Key {
                id: "listen".to_owned(),
                secret: Secret::new(SECRET),
                not_after: None,
                purpose: KeyUse::Signature,
            };
            let verified = verifier.verify(&signed, b"{}", &[(&key).into()], now.as_second());
            assert!(verified.is_ok(), "{scheme}: {verified:?}");
            if let Some((name, value)) = kept.iter().find(|(name, _)| name.ends_with("event")) {
                assert_eq!(signed.one(name), Ok(Some(*value)));
            }
        }
    }
}

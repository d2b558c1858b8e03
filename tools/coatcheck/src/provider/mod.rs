//! Plays a provider: makes deliveries of an endpoint's scheme, signs and posts them.

mod answer;
mod draft;
mod hole;
mod listed;
mod nonce;
mod one;
mod post;
mod sample;
mod span;
mod template;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::num::NonZeroU32;

use anyhow::{Context, Result, anyhow, bail};
use base64_simd::STANDARD;
use domain::{
    Dedupe, Endpoint, Event, EventLocations, Headers, KeyRing, KeyUse, Naming, Timestamp,
};
use signature::{Key, Part, Places, Proof, Scheme, SignError, SignInput, Site, Verifier, sign};

pub(crate) use self::{
    answer::Answer,
    draft::{Draft, draft},
    listed::listed,
    nonce::Nonces,
    one::One,
    post::{NoAnswer, Poster},
    sample::Sample,
    template::Template,
};
use crate::{
    scheme::{self, Named},
    secrets::Secret,
    words::{has_public_key, is_in_body, reads},
};

/// Headers, names in lower case.
pub(crate) type Pairs = Vec<(String, String)>;

/// A provider with an account at one endpoint.
pub(crate) struct Provider {
    /// Where its deliveries go to.
    pub(crate) url: String,
    scheme: Scheme,
    verifier: Verifier,
    /// The URL that it signs, where its scheme does.
    signed_url: Option<String>,
    key: Key,
    basic: Option<Vec<u8>>,
    locations: EventLocations,
    dedupe: Dedupe,
    dedupe_window_s: Option<NonZeroU32>,
}

/// What an endpoint would make of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) event: Event,
    /// Every delivery is an event of its own, whatever it holds.
    pub(crate) is_each_an_event: bool,
    /// False where nobody knows the ref before: every delivery is an event, or the moment at
    /// which the endpoint receives it decides.
    pub(crate) key_is_known: bool,
}

impl Provider {
    /// The provider of an endpoint of a stack, with one of its keys: the one of this id, or
    /// the newest.
    pub(crate) fn of_endpoint(
        endpoint: &Endpoint,
        url: String,
        ring: &KeyRing,
        id: Option<&str>,
        now: Timestamp,
    ) -> Result<Self> {
        let live = |purpose| ring.live(now).filter(move |key| key.purpose == purpose);
        let mut signing = live(KeyUse::Signature);
        let key = match id {
            None => signing.next().context("it has no key that is live")?,
            Some(id) => signing.find(|key| key.id == id).with_context(|| {
                let there: Vec<&str> = live(KeyUse::Signature).map(|key| key.id.as_str()).collect();
                format!("no live key {id:?}: there are {}", there.join(", "))
            })?,
        };
        let basic = live(KeyUse::Basic).next();
        Self::new(
            endpoint,
            url,
            key.into(),
            basic.map(|key| key.secret.expose().as_bytes().to_vec()),
        )
    }

    /// The provider of an endpoint of a stack, with secrets of one's own.
    pub(crate) fn with_secrets(
        endpoint: &Endpoint,
        url: String,
        secrets: &[Secret],
    ) -> Result<Self> {
        let (key, basic) = chosen(secrets)?;
        Self::new(endpoint, url, key, basic)
    }

    /// A provider that no stack knows.
    pub(crate) fn unlisted(named: &Named, url: String, secrets: &[Secret]) -> Result<Self> {
        let site = Site {
            url: Some(&url),
            ..Site::default()
        };
        let verifier = scheme::compile(named, &site)?;
        let (key, basic) = chosen(secrets)?;
        let provider = Self {
            scheme: named.scheme.clone(),
            locations: verifier.event().clone(),
            verifier,
            signed_url: Some(url.clone()),
            url,
            key,
            basic,
            dedupe: Dedupe::Auto,
            dedupe_window_s: None,
        };
        provider.checked()
    }

    fn new(endpoint: &Endpoint, url: String, key: Key, basic: Option<Vec<u8>>) -> Result<Self> {
        let verifier = Verifier::of(endpoint)?;
        let provider = Self {
            scheme: Scheme::resolve(&endpoint.scheme)?,
            locations: endpoint.event.or(verifier.event()),
            verifier,
            signed_url: endpoint.url.clone(),
            url,
            key,
            basic,
            dedupe: endpoint.dedupe,
            dedupe_window_s: endpoint.dedupe_window_s,
        };
        provider.checked()
    }

    fn checked(self) -> Result<Self> {
        if let Some(problem) = self.verifier.key_problem(&self.key)
            && problem.is_fatal()
            && !has_public_key(&self.scheme)
        {
            bail!("the key {} cannot be used: {problem}", self.key.id());
        }
        if is_in_body(&self.scheme) {
            bail!(
                "this provider's signature stands inside the body, which only the provider writes: \
                 let it send a test from its own console"
            );
        }
        if self.scheme.also_basic && self.basic.is_none() {
            bail!(
                "the scheme demands HTTP Basic credentials besides the signature, and there are none"
            );
        }
        Ok(self)
    }

    /// Whether only the provider has the key that signs.
    pub(crate) fn has_public_key(&self) -> bool {
        has_public_key(&self.scheme)
    }

    /// The id of the key that signs.
    pub(crate) fn key_id(&self) -> &str {
        self.key.id()
    }

    pub(crate) fn locations(&self) -> &EventLocations {
        &self.locations
    }

    pub(crate) fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    pub(crate) fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Headers that are signed and that nobody has given.
    pub(crate) fn missing(&self, headers: &Pairs) -> Vec<String> {
        let given = Headers::from_pairs(headers.iter().map(|(name, value)| (name, value.as_str())));
        reads(&self.scheme, &given)
            .into_iter()
            .filter(|read| !read.is_written && !read.is_in(&given))
            .filter_map(|read| read.names.into_iter().next())
            .collect()
    }

    /// The headers of a delivery, the signature's among them.
    pub(crate) fn sign(&self, headers: &Pairs, body: &[u8], now: Timestamp) -> Result<Pairs> {
        let given: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let input = SignInput {
            body,
            now: now.as_second(),
            headers: &given,
            params: &self.params(),
            site: self.site(),
        };
        let mut signed = sign(&self.scheme, &self.key, &input).map_err(explain)?;
        if let Some(pair) = self.basic.as_ref().filter(|_| self.scheme.also_basic) {
            let shown = STANDARD.encode_to_string(pair);
            signed.push(("authorization".to_owned(), format!("Basic {shown}")));
        }
        Ok(signed)
    }

    /// Judges a delivery of its own as its endpoint will.
    pub(crate) fn rehearse(&self, headers: &Pairs, body: &[u8], now: Timestamp) -> Result<Taken> {
        let mut keys = vec![self.key.clone()];
        let basic = self.basic.clone();
        keys.extend(basic.map(|pair| Key::new("basic", pair).for_use(KeyUse::Basic)));
        let headers =
            Headers::from_pairs(headers.iter().map(|(name, value)| (name, value.as_str())));
        let verified = self
            .verifier
            .verify(&headers, body, &keys, now.as_second())?;
        let facts = Places::new(self.locations.clone(), self.dedupe)?;
        let facts = facts.look_up(&headers, &verified)?;
        let digest = || verified.signed_sha256();
        let repeats = self.verifier.repeats() && self.dedupe != Dedupe::Id;
        let naming = Naming {
            dedupe: self.dedupe,
            window_s: self.dedupe_window_s,
            id_is_signed: facts.id_is_signed,
            unsigned: facts.unsigned.as_deref(),
        };
        let is_each_an_event = repeats && !naming.id_decides();
        let event = Event::identify(facts.found, &naming, digest, now)?;
        Ok(Taken {
            is_each_an_event,
            key_is_known: !is_each_an_event && event.key.neighbours(now).is_none(),
            event,
        })
    }

    fn site(&self) -> Site<'_> {
        Site {
            url: self.signed_url.as_deref(),
            ..Site::default()
        }
    }

    /// Parameters that are signed and no clock: any text will do.
    fn params(&self) -> Vec<(&str, &str)> {
        let Proof::Signed(signed) = &self.scheme.proof else {
            return Vec::new();
        };
        let clock = match &signed.timestamp {
            Some(spec) => match &spec.from {
                signature::TimestampFrom::Param(name) => Some(name),
                _ => None,
            },
            None => None,
        };
        let params = signed.content.iter().filter_map(|part| match part {
            Part::Param(name) if Some(name) != clock => Some((name.as_str(), "coatcheck")),
            _ => None,
        });
        params.collect()
    }
}

/// What signs, and the credentials beside it.
fn chosen(secrets: &[Secret]) -> Result<(Key, Option<Vec<u8>>)> {
    let mut all = secrets.iter();
    let signing = all.find(|secret| secret.is_for_signing());
    let signing = signing.context("there is no secret to sign with")?;
    let basic = secrets.iter().find(|secret| secret.is_basic());
    Ok((signing.key(), basic.map(|secret| secret.bytes.clone())))
}

fn explain(problem: SignError) -> anyhow::Error {
    match problem {
        SignError::Key(problem) => anyhow!("the secret cannot sign: {problem}"),
        SignError::Headers(rejection) => anyhow!(
            "what is signed of the headers cannot be: {rejection} (given twice, empty, not ASCII, \
             or with the text in it that separates it from the next part)"
        ),
        other => anyhow!("{other}"),
    }
}

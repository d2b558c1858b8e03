use std::num::NonZeroU32;

use base64_simd::STANDARD;
use domain::{
    Dedupe, Endpoint, EventIdentity, EventLocations, Headers, KeyRing, KeyUse, Naming, Timestamp,
};
use signature::{Key, Part, Places, Proof, Scheme, SignInput, Site, TimestampFrom, Verifier, sign};

use crate::{Pairs, ProviderError};

/// A provider with an account at one endpoint.
pub struct Provider {
    /// Where it posts its deliveries.
    pub url: String,
    scheme: Scheme,
    verifier: Verifier,
    /// The URL that it signs, where its scheme does.
    signed_url: Option<String>,
    key: Key,
    basic: Option<Vec<u8>>,
    locations: EventLocations,
    dedupe: Dedupe,
    dedupe_window_s: Option<NonZeroU32>,
    /// Headers that its endpoint demands of every delivery.
    required_headers: Vec<String>,
}

/// The event that an endpoint will find in a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedEvent {
    /// The event.
    pub event: EventIdentity,
    /// Every delivery is an event of its own, whatever it contains.
    pub is_each_an_event: bool,
    /// False if the ref cannot be known in advance: every delivery is an event, or the moment at
    /// which the endpoint receives it decides.
    pub key_is_known: bool,
}

impl Provider {
    /// The provider of an endpoint of a stack, with one of its keys: the one with this id, or
    /// the newest.
    ///
    /// # Errors
    /// The ring has no such key, or nothing can be signed with it.
    pub fn of_endpoint(
        endpoint: &Endpoint,
        url: String,
        ring: &KeyRing,
        id: Option<&str>,
        now: Timestamp,
    ) -> Result<Self, ProviderError> {
        let live = |purpose| ring.live(now).filter(move |key| key.purpose == purpose);
        let mut signing = live(KeyUse::Signature);
        let key = match id {
            None => signing.next().ok_or(ProviderError::NoLiveKey)?,
            Some(id) => {
                signing
                    .find(|key| key.id == id)
                    .ok_or_else(|| ProviderError::UnknownKey {
                        id: id.to_owned(),
                        live: live(KeyUse::Signature).map(|key| key.id.clone()).collect(),
                    })?
            }
        };
        let basic = live(KeyUse::Basic).next();
        let basic = basic.map(|key| key.secret.expose().as_bytes().to_vec());
        Self::with_key(endpoint, url, key.into(), basic)
    }

    /// The provider of an endpoint of a stack, with a key of your own and, where the scheme also
    /// demands them, HTTP Basic credentials (`user:password`).
    ///
    /// # Errors
    /// The endpoint's scheme cannot be used, or nothing can be signed with the key.
    pub fn with_key(
        endpoint: &Endpoint,
        url: String,
        key: Key,
        basic: Option<Vec<u8>>,
    ) -> Result<Self, ProviderError> {
        let verifier = Verifier::of(endpoint)?;
        let provider = Self {
            scheme: Scheme::of(endpoint)?,
            locations: endpoint.event.or(verifier.event()),
            verifier,
            signed_url: endpoint.url.clone(),
            url,
            key,
            basic,
            dedupe: endpoint.dedupe,
            dedupe_window_s: endpoint.dedupe_window_s,
            required_headers: endpoint.required_headers.clone(),
        };
        provider.checked()
    }

    /// A provider of this scheme whose endpoint is known by its URL alone.
    ///
    /// # Errors
    /// The scheme cannot be used, or nothing can be signed with the key.
    pub fn of_scheme(
        scheme: Scheme,
        url: String,
        key: Key,
        basic: Option<Vec<u8>>,
    ) -> Result<Self, ProviderError> {
        let site = Site {
            url: Some(&url),
            ..Site::default()
        };
        let verifier = Verifier::compile(&scheme, &site)?;
        let provider = Self {
            scheme,
            locations: verifier.event().clone(),
            verifier,
            signed_url: Some(url.clone()),
            url,
            key,
            basic,
            dedupe: Dedupe::Auto,
            dedupe_window_s: None,
            required_headers: Vec::new(),
        };
        provider.checked()
    }

    fn checked(self) -> Result<Self, ProviderError> {
        let kind = self.scheme.describe()?;
        if let Some(problem) = self.verifier.key_problem(&self.key)
            && problem.is_fatal()
            && !kind.has_public_key
        {
            let id = self.key.id().to_owned();
            return Err(ProviderError::Key { id, problem });
        }
        if kind.is_in_body {
            return Err(ProviderError::InBody);
        }
        if self.scheme.also_basic && self.basic.is_none() {
            return Err(ProviderError::NoBasic);
        }
        Ok(self)
    }

    /// Whether only the provider has the key that signs.
    #[must_use]
    pub fn has_public_key(&self) -> bool {
        self.scheme.describe().is_ok_and(|kind| kind.has_public_key)
    }

    /// The id of the key that signs.
    #[must_use]
    pub fn key_id(&self) -> &str {
        self.key.id()
    }

    /// Where its endpoint looks for the facts of an event.
    #[must_use]
    pub fn locations(&self) -> &EventLocations {
        &self.locations
    }

    pub(crate) fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    pub(crate) fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Headers that are signed and missing.
    pub(crate) fn missing(&self, headers: &Pairs) -> Vec<String> {
        let given = given(headers);
        let reads = self.scheme.reads(&given).unwrap_or_default();
        reads
            .into_iter()
            .filter(|read| !read.is_written && !read.is_in(&given))
            .filter_map(|read| read.names.into_iter().next())
            .collect()
    }

    /// The headers of a delivery, including the signature's and those that the endpoint demands.
    ///
    /// # Errors
    /// A header that is signed is missing or cannot be signed, or the key cannot sign.
    pub fn sign<N: AsRef<str>, V: AsRef<str>>(
        &self,
        headers: &[(N, V)],
        body: &[u8],
        now: Timestamp,
    ) -> Result<Pairs, ProviderError> {
        let given: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_ref()))
            .collect();
        let input = SignInput {
            body,
            now: now.as_second(),
            headers: &given,
            params: &self.params(),
            site: self.site(),
        };
        let mut signed = sign(&self.scheme, &self.key, &input)?;
        if let Some(pair) = self.basic.as_ref().filter(|_| self.scheme.also_basic) {
            let pair = STANDARD.encode_to_string(pair);
            signed.push(("authorization".to_owned(), format!("Basic {pair}")));
        }
        for name in &self.required_headers {
            if !signed
                .iter()
                .any(|(have, _)| have.eq_ignore_ascii_case(name))
            {
                signed.push((name.clone(), "coatcheck".to_owned()));
            }
        }
        Ok(signed)
    }

    /// Judges a delivery of its own as its endpoint will.
    ///
    /// # Errors
    /// Why the endpoint will refuse it.
    pub fn rehearse(
        &self,
        headers: &Pairs,
        body: &[u8],
        now: Timestamp,
    ) -> Result<ExpectedEvent, ProviderError> {
        let mut keys = vec![self.key.clone()];
        let basic = self.basic.clone();
        keys.extend(basic.map(|pair| Key::new("basic", pair).for_use(KeyUse::Basic)));
        let headers = given(headers);
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
            attributes: None,
        };
        let is_each_an_event = repeats && !naming.id_decides();
        let event = EventIdentity::identify(facts.found, &naming, digest, now)?;
        Ok(ExpectedEvent {
            is_each_an_event,
            key_is_known: !is_each_an_event
                && self.dedupe != Dedupe::Attributes
                && event.key.neighbours(now).is_none(),
            event,
        })
    }

    fn site(&self) -> Site<'_> {
        Site {
            url: self.signed_url.as_deref(),
            ..Site::default()
        }
    }

    /// The signed parameters except the clock: any text will do.
    fn params(&self) -> Vec<(&str, &str)> {
        let Proof::Signed(signed) = &self.scheme.proof else {
            return Vec::new();
        };
        let clock = match &signed.timestamp {
            Some(spec) => match &spec.from {
                TimestampFrom::Param(name) => Some(name),
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

fn given(headers: &Pairs) -> Headers {
    Headers::from_pairs(headers.iter().map(|(name, value)| (name, value.as_str())))
}

use std::sync::Arc;

use domain::{Digest, Endpoint, EventLocations, Headers, KeyUse, Location};

use crate::{
    Key, KeyProblem, Rejection, ReplyTemplate, Scheme, SchemeError, Site,
    algorithm::Prover,
    challenge::Challenges,
    claim::{Evidence, HeaderClaim},
    clock::Window,
    compile,
    hash::BodyDigest,
    kinds::{self, Kind, Token},
};

mod prove;
mod time;

/// A scheme made ready to judge deliveries. Holds no key: one per scheme and site
/// is enough.
#[derive(Debug, Clone)]
pub struct Verifier {
    pub(crate) kind: Arc<dyn Kind>,
    pub(crate) also_basic: bool,
    pub(crate) challenges: Challenges,
    /// Whether anyone may have a token of their choice signed as if it were a body.
    signs_for_strangers: bool,
    acknowledge: Option<ReplyTemplate>,
    event: EventLocations,
    repeats: bool,
    /// The endpoint's own, instead of the scheme's.
    max_age_s: Option<u32>,
}

impl Verifier {
    /// Checks a scheme and makes it ready for an endpoint of this site.
    ///
    /// # Errors
    /// [`SchemeError::Rule`] naming the field and the remedy. Among the rules: the
    /// body is signed; grammars have what they need and no more; parts that touch
    /// keep their boundary; what strangers are answered cannot pass as a delivery.
    pub fn compile(scheme: &Scheme, site: &Site<'_>) -> Result<Self, SchemeError> {
        compile::check_event(&scheme.event)?;
        compile::check_common(scheme)?;
        let kind = kinds::compile(&scheme.proof, site)?;
        let challenges = Challenges::compile(scheme)?;
        let verifier = Self {
            signs_for_strangers: challenges.mac_for_strangers() && kind.signs_only_the_body(),
            kind,
            also_basic: scheme.also_basic,
            challenges,
            acknowledge: scheme.acknowledge.clone(),
            event: scheme.event.clone(),
            repeats: scheme.repeats,
            max_age_s: None,
        };
        verifier.check_ordering_key(&scheme.event)?;
        Ok(verifier)
    }

    /// The verifier of an endpoint as it is configured.
    ///
    /// # Errors
    /// [`SchemeError`] of its scheme.
    pub fn of(endpoint: &Endpoint) -> Result<Self, SchemeError> {
        let site = Site {
            url: endpoint.url.as_deref(),
            ..Site::default()
        };
        let mut verifier = Self::compile(&Scheme::of(endpoint)?, &site)?;
        if let Some(problem) = verifier.kind.unfinished() {
            return Err(problem);
        }
        if let Some(max_age_s) = endpoint.max_age_s {
            compile::check_window("max_age_s", max_age_s)?;
            if verifier.window().is_none() {
                return Err(SchemeError::rule(
                    "max_age_s",
                    "the scheme reads no time of signing",
                    "leave it out",
                ));
            }
        }
        verifier.max_age_s = endpoint.max_age_s;
        Ok(verifier)
    }

    /// Whether the ordering key of these locations is where the signature covers
    /// it. It is part of a pointer's key: anyone who can change it unnoticed can have one
    /// event stored twice.
    ///
    /// # Errors
    /// [`SchemeError::Rule`].
    pub fn check_ordering_key(&self, locations: &EventLocations) -> Result<(), SchemeError> {
        match &locations.ordering_key {
            Some(location) if !self.signs(location) => Err(SchemeError::rule(
                "event.ordering_key",
                "the signature does not cover it, so one event could be stored twice",
                "name a place that is signed, or leave it out",
            )),
            _ => Ok(()),
        }
    }

    /// Where the facts about an event are, as far as the scheme knows.
    #[must_use]
    pub fn event(&self) -> &EventLocations {
        &self.event
    }

    /// Whether the provider sends the same bytes for different events.
    #[must_use]
    pub fn repeats(&self) -> bool {
        self.repeats
    }

    /// What a delivery that was taken is answered with, where the provider wants
    /// something of its own.
    #[must_use]
    pub fn acknowledge(&self) -> Option<&ReplyTemplate> {
        self.acknowledge.as_ref()
    }

    /// Whether a signed timestamp bounds how long a captured delivery can be
    /// replayed. Derived from what is signed, never declared.
    #[must_use]
    pub fn replay_protected(&self) -> bool {
        self.kind.replay_protected()
    }

    /// How long a delivery is believed, where it says when it was signed.
    #[must_use]
    pub fn window(&self) -> Option<Window> {
        let window = self.kind.window()?;
        Some(Window {
            max_age_s: self.max_age_s.unwrap_or(window.max_age_s),
            ..window
        })
    }

    /// When a delivery says it was signed, in Unix seconds, whether or not it was.
    #[must_use]
    pub fn claimed_at(&self, headers: &Headers, body: &[u8]) -> Option<i64> {
        let moment = match self.json_clock() {
            Some((pointer, _)) => {
                let found = scan::scan(body, std::slice::from_ref(pointer));
                self.read_json_clock(found).ok()
            }
            None => {
                let claimed = self.claim(headers).ok()?.moment;
                claimed.or_else(|| self.kind.moment_inside(body))
            }
        };
        moment.map(|moment| moment.unix_s)
    }

    /// Whether the headers alone prove a delivery, or bind its body by a digest: then
    /// [`Self::verify_headers`] judges all but that digest.
    #[must_use]
    pub fn is_header_only(&self) -> bool {
        self.kind.is_header_only()
    }

    /// Whether a delivery shows a secret beside its signature.
    #[must_use]
    pub fn also_shows_a_secret(&self) -> bool {
        self.also_basic
    }

    /// Whether this header of a delivery shows a secret.
    #[must_use]
    pub fn shows_a_secret_in(&self, name: &str) -> bool {
        let is = |secret: &str| secret.eq_ignore_ascii_case(name);
        self.kind.secret_header().is_some_and(is) || self.also_basic && is("authorization")
    }

    /// What an endpoint of this scheme must say before any delivery is accepted; `None` if
    /// nothing. Until then all are refused.
    #[must_use]
    pub fn unfinished(&self) -> Option<SchemeError> {
        self.kind.unfinished()
    }

    /// What is wrong with a key under this scheme; `None` if nothing.
    #[must_use]
    pub fn key_problem(&self, key: &Key) -> Option<KeyProblem> {
        if key.is_for(KeyUse::Signature) {
            self.kind.key_problem(key)
        } else if key.raw().is_empty() {
            Some(KeyProblem::Empty)
        } else {
            key.odd()
        }
    }

    /// Whether every good signature of this scheme covers what is at a
    /// location, under each of the names its headers go by.
    #[must_use]
    pub fn signs(&self, location: &Location) -> bool {
        let coverage = self.kind.coverage();
        coverage.iter().all(|coverage| coverage.covers(location))
    }

    /// The same under one of these names at least.
    #[must_use]
    pub fn may_sign(&self, location: &Location) -> bool {
        let coverage = self.kind.coverage();
        coverage.iter().any(|coverage| coverage.covers(location))
    }

    /// Judges the headers alone, without key or body: everything there once, well
    /// formed and fresh. A pass proves nothing; it spares work.
    ///
    /// # Errors
    /// [`Rejection`], never of the key or of a mismatch.
    pub fn precheck(&self, headers: &Headers, now_unix_s: i64) -> Result<(), Rejection> {
        let claim = self.claim(headers)?;
        if self.also_basic {
            Token::basic().read(headers)?;
        }
        self.check_time(claim.moment, now_unix_s)
    }

    /// Judges a delivery by its headers, as far as these go: whole, where
    /// [`Self::is_header_only`], but for the digest of the body, and the key that
    /// proves it is the answer; else like [`Self::precheck`], with none.
    ///
    /// # Errors
    /// [`Rejection`].
    pub fn verify_headers(
        &self,
        headers: &Headers,
        keys: &[Key],
        now_unix_s: i64,
    ) -> Result<Option<String>, Rejection> {
        let claim = self.claim(headers)?;
        let key_id = match claim.evidence {
            Evidence::Presented(shown) => Some(Token::matching(&shown, keys)?),
            Evidence::Headers {
                signatures,
                message,
                key_id,
                ..
            } => {
                let asked = key_id.as_deref();
                Some(self.prove_headers(&signatures, &message, asked, keys)?)
            }
            Evidence::Around { .. } | Evidence::Inside { .. } => None,
        };
        self.check_time(claim.moment, now_unix_s)?;
        Ok(key_id)
    }

    /// The SHA-256 that the headers say the body has, where they bind it by one.
    #[must_use]
    pub fn claimed_sha256(&self, headers: &Headers) -> Option<Digest> {
        let Evidence::Headers { digests, .. } = self.claim(headers).ok()?.evidence else {
            return None;
        };
        digests.into_iter().find_map(|digest| match digest {
            BodyDigest::Sha256(bytes) => Some(Digest(bytes.try_into().ok()?)),
            BodyDigest::Sha512(_) => None,
        })
    }

    /// The headers by which a delivery was judged, with their values: what a later
    /// look at the same body needs to verify it again. Never a secret that was shown.
    #[must_use]
    pub fn evidence(&self, headers: &Headers) -> Headers {
        let mut names = self.kind.evidence(headers);
        names.sort_unstable();
        names.dedup();
        Headers::from_pairs(names.iter().flat_map(|name| {
            headers
                .get_all(name)
                .map(move |value| (name.as_str(), value))
        }))
    }

    /// What was signed of a delivery, for a person who looks for the difference. It
    /// needs no key and tells nothing of the right signature.
    ///
    /// # Errors
    /// [`Rejection`] of the headers.
    pub fn signed_bytes(&self, headers: &Headers, body: &[u8]) -> Result<Vec<u8>, Rejection> {
        Ok(match self.claim(headers)?.evidence {
            Evidence::Around { frame, .. } => frame.around(body),
            Evidence::Headers { message, .. } => message,
            Evidence::Presented(_) => Vec::new(),
            Evidence::Inside { .. } => self.kind.signed_inside(body)?,
        })
    }

    /// Reads what the headers claim.
    pub(crate) fn claim(&self, headers: &Headers) -> Result<HeaderClaim, Rejection> {
        self.kind.claim(headers)
    }

    pub(crate) fn prover(&self) -> Result<&Prover, Rejection> {
        self.kind.prover().ok_or(Rejection::KeyUnusable)
    }
}

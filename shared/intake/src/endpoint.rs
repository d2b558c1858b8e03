use domain::{
    AttributeName, AttributePlace, Attributes, Dedupe, Digest, Endpoint, EndpointProblem,
    EventIdentity, Headers, KeptHeaders, Lane, Location, Naming, SchemeRef, Timestamp,
    is_credential, may_be_named,
};
use signature::{AttributePlaces, Facts, Places, SchemeError, Verifier};
use tracing::info;

use crate::Malformed;

/// An endpoint, ready to accept deliveries.
#[derive(Debug)]
pub struct Intake {
    /// As configured.
    pub endpoint: Endpoint,
    /// Judges its signatures.
    pub verifier: Verifier,
    /// Where the facts of its events are.
    pub places: Places,
    /// Names the configuration, including its scheme: a different one has a different name.
    pub fingerprint: String,
}

/// The stored configuration cannot be used: someone has to fix it.
#[derive(Debug, thiserror::Error)]
pub enum IntakeProblem {
    /// It is not an endpoint's configuration.
    #[error(transparent)]
    Endpoint(#[from] EndpointProblem),
    /// Its scheme, or the locations of its facts.
    #[error(transparent)]
    Scheme(#[from] SchemeError),
    /// The body would have to be judged by a secret that may not be kept.
    #[error("its scheme sends a password beside the signature, so it needs lane \"standard\"")]
    Lane,
    /// One event could get two pointers.
    #[error("dedupe = \"id\" needs event.id: say where the id is")]
    NoId,
    /// Every processor would get it.
    #[error(
        "attributes: the header {0} shows the scheme's secret; take the attribute from another place"
    )]
    SecretAttribute(String),
    /// Nothing says which attributes name an event, or for how long.
    #[error(
        "dedupe = \"attributes\" needs dedupe_by and dedupe_window_s: say which attributes name an event, and for how long"
    )]
    NoAttributes,
    /// Such an attribute does not exist.
    #[error("dedupe_by: the endpoint has no attribute {0}: declare it under attributes")]
    NoSuchAttribute(AttributeName),
    /// Anyone on the way could merge two events.
    #[error(
        "dedupe_by: the signature does not cover {0}, so two events could be merged by a change on the way: name an attribute of the body that is signed"
    )]
    UnsignedAttribute(AttributeName),
}

impl Intake {
    /// Prepares what Terraform wrote.
    ///
    /// # Errors
    /// [`IntakeProblem`].
    pub fn from_json(config: &str) -> Result<Self, IntakeProblem> {
        let endpoint = Endpoint::from_json(config)?;
        let verifier = Verifier::of(&endpoint)?;
        if endpoint.lane == Lane::Direct && verifier.also_shows_a_secret() {
            return Err(IntakeProblem::Lane);
        }
        let locations = endpoint.event.or(verifier.event());
        if endpoint.dedupe == Dedupe::Id && locations.id.is_none() {
            return Err(IntakeProblem::NoId);
        }
        verifier.check_ordering_key(&locations)?;
        check_attributes(&endpoint, &verifier)?;
        let attributes = AttributePlaces::new(&endpoint.attributes)?;
        if let Some(name) = attributes
            .headers()
            .find(|name| is_credential(name) || verifier.shows_a_secret_in(name))
        {
            return Err(IntakeProblem::SecretAttribute(name.to_owned()));
        }
        let places = Places::new(locations, endpoint.dedupe)?.keeping(attributes);
        let fingerprint = fingerprint(config, &endpoint);
        Ok(Self {
            endpoint,
            verifier,
            places,
            fingerprint,
        })
    }

    /// Names the event. `kept`: its attributes. `signed_digest` is called only if it decides, `delivery`
    /// only if the provider sends the same bytes for different events: then each delivery is an event.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn event(
        &self,
        facts: Facts,
        kept: &Attributes,
        signed_digest: impl FnOnce() -> Digest,
        delivery: impl FnOnce() -> String,
        received_at: Timestamp,
    ) -> Result<EventIdentity, Malformed> {
        if !facts.left_out.is_empty() {
            let names: Vec<_> = facts.left_out.iter().map(|field| field.name()).collect();
            let facts = names.join(", ");
            info!(endpoint = %self.endpoint.name, facts, "left out: these facts cannot be used");
        }
        let repeats = self.endpoint.dedupe != Dedupe::Id && self.verifier.repeats();
        let digest = || {
            if repeats {
                Digest::of(format!("{} {}", signed_digest(), delivery()))
            } else {
                signed_digest()
            }
        };
        let attributes = self.deciding(kept);
        // If each delivery is an event, there is nothing to split or to merge, but by attributes.
        let has_window = !repeats || attributes.is_some();
        let naming = Naming {
            dedupe: self.endpoint.dedupe,
            window_s: self.endpoint.dedupe_window_s.filter(|_| has_window),
            id_is_signed: facts.id_is_signed,
            unsigned: facts.unsigned.as_deref().filter(|_| !repeats),
            attributes: attributes.as_deref(),
        };
        Ok(EventIdentity::identify(
            facts.found,
            &naming,
            digest,
            received_at,
        )?)
    }

    /// The attributes that name the event, in the order of their names, whatever that of `dedupe_by` is.
    /// `None` if attributes name no event of this endpoint, or if this one lacks one of them.
    #[must_use]
    pub fn deciding<'a>(&'a self, kept: &'a Attributes) -> Option<Vec<(&'a str, &'a str)>> {
        if self.endpoint.dedupe != Dedupe::Attributes {
            return None;
        }
        let mut names: Vec<&str> = self
            .endpoint
            .dedupe_by
            .iter()
            .map(AttributeName::as_str)
            .collect();
        names.sort_unstable();
        names.dedup();
        let pairs = names.into_iter().map(|name| Some((name, kept.get(name)?)));
        pairs.collect()
    }

    /// Whether the event lacks an attribute that was to name it, so that it is named as under `auto`.
    #[must_use]
    pub fn lacks_attributes(&self, kept: &Attributes) -> bool {
        self.endpoint.dedupe == Dedupe::Attributes && self.deciding(kept).is_none()
    }

    /// What is kept of a delivery's headers: those its signature was checked by, those that name
    /// the event, those of attributes, and those that the endpoint keeps. Never one that shows a secret.
    #[must_use]
    pub fn kept_headers(&self, headers: &Headers) -> KeptHeaders {
        let facts = self
            .places
            .headers()
            .filter(|name| !name.eq_ignore_ascii_case("content-type") && self.may_keep(name));
        let names = facts.chain(self.named());
        KeptHeaders {
            signature: self.verifier.evidence(headers),
            others: headers.of_names(names),
        }
    }

    /// Those of a delivery's headers that the endpoint keeps besides: those of attributes first.
    #[must_use]
    pub fn named_headers(&self, headers: &Headers) -> Headers {
        headers.of_names(self.named())
    }

    fn named(&self) -> impl Iterator<Item = &str> {
        let keep = self.endpoint.keep_headers.iter().map(String::as_str);
        let names = self.places.attribute_headers().chain(keep);
        names.filter(|name| may_be_named(name) && self.may_keep(name))
    }

    fn may_keep(&self, name: &str) -> bool {
        !is_credential(name) && !self.verifier.shows_a_secret_in(name)
    }

    /// The scheme's name for people: the preset's, or `custom`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        match &self.endpoint.scheme {
            SchemeRef::Preset(name) => name,
            SchemeRef::Custom(_) => "custom",
        }
    }
}

/// Whether the attributes that name events can be trusted to do so. Terraform has the same rules.
fn check_attributes(endpoint: &Endpoint, verifier: &Verifier) -> Result<(), IntakeProblem> {
    if endpoint.dedupe != Dedupe::Attributes {
        return Ok(());
    }
    if endpoint.dedupe_by.is_empty() || endpoint.dedupe_window_s.is_none() {
        return Err(IntakeProblem::NoAttributes);
    }
    for name in &endpoint.dedupe_by {
        let rule = endpoint.attributes.get(name);
        let rule = rule.ok_or_else(|| IntakeProblem::NoSuchAttribute(name.clone()))?;
        let is_signed = match &rule.place {
            AttributePlace::Json(pointer) => verifier.signs(&Location::Json(pointer.clone())),
            AttributePlace::Header(_) => false,
        };
        if !is_signed {
            return Err(IntakeProblem::UnsignedAttribute(name.clone()));
        }
    }
    Ok(())
}

/// Of the stored text and of the preset that it names, so that a preset changed by a new
/// release counts as another configuration.
fn fingerprint(config: &str, endpoint: &Endpoint) -> String {
    let preset = match &endpoint.scheme {
        SchemeRef::Preset(name) => signature::preset_file(name),
        SchemeRef::Custom(_) => None,
    };
    let mut text = Digest::of(format!("{config}\n{}", preset.unwrap_or_default())).to_string();
    text.truncate(16);
    text
}

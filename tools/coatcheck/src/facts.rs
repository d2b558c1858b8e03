//! The facts of a verified delivery, and the event that `ingest` would make of them.

use domain::{Dedupe, EventIdentity, Headers, Naming, Timestamp};
use operator::describe::KeyKind;
use signature::{FactProblem, Facts, Places, Verified, Verifier};

/// Why `ingest` would respond with 400 although the signature is valid.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct EventRefusal {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

/// What a verified delivery is.
pub(crate) struct Identified {
    /// The event, and what identifies it.
    pub(crate) event: Result<(EventIdentity, KeyKind), EventRefusal>,
    /// The optional facts that cannot be used, as `ingest` logs them.
    pub(crate) left_out: Vec<&'static str>,
}

/// Identifies the event of a verified delivery.
pub(crate) fn identify(
    verifier: &Verifier,
    headers: &Headers,
    verified: &Verified<&[u8]>,
    now: Timestamp,
) -> Identified {
    let facts = match look_up(verifier, headers, verified) {
        Ok(facts) => facts,
        Err(refusal) => {
            return Identified {
                event: Err(refusal),
                left_out: Vec::new(),
            };
        }
    };
    let left_out = facts.left_out.iter().map(|field| field.name());
    Identified {
        left_out: left_out.collect(),
        event: name(facts, verifier, verified, now),
    }
}

fn look_up(
    verifier: &Verifier,
    headers: &Headers,
    verified: &Verified<&[u8]>,
) -> Result<Facts, EventRefusal> {
    let places =
        Places::new(verifier.event().clone(), Dedupe::Auto).map_err(|problem| EventRefusal {
            code: "misconfigured",
            message: problem.to_string(),
        })?;
    Ok(places.look_up(headers, verified)?)
}

fn name(
    facts: Facts,
    verifier: &Verifier,
    verified: &Verified<&[u8]>,
    now: Timestamp,
) -> Result<(EventIdentity, KeyKind), EventRefusal> {
    let digest = || verified.signed_sha256();
    let naming = Naming {
        dedupe: Dedupe::Auto,
        window_s: None,
        id_is_signed: facts.id_is_signed,
        unsigned: facts.unsigned.as_deref(),
        attributes: None,
    };
    let event = EventIdentity::identify(facts.found, &naming, digest, now);
    let event = event.map_err(|problem| EventRefusal {
        code: problem.code(),
        message: problem.to_string(),
    })?;
    let kind = match (naming.id_is_signed, verifier.repeats()) {
        (true, _) => KeyKind::Id,
        (false, true) => KeyKind::Delivery,
        (false, false) if naming.unsigned.is_some() => KeyKind::Split,
        (false, false) => KeyKind::Digest,
    };
    Ok((event, kind))
}

impl From<FactProblem> for EventRefusal {
    fn from(problem: FactProblem) -> Self {
        Self {
            code: problem.code(),
            message: problem.to_string(),
        }
    }
}

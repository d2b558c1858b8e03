//! The facts of a verified delivery, and what `ingest` would make of them.

use domain::{Dedupe, Event, Headers, Timestamp};
use signature::{FactProblem, Places, Verified, Verifier};

use crate::words::KeyKind;

/// Why `ingest` would answer a delivery of good signature with a 400.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

/// The event that a delivery is, and what names it.
pub(crate) fn identify(
    verifier: &Verifier,
    headers: &Headers,
    verified: &Verified<&[u8]>,
    now: Timestamp,
) -> Result<(Event, KeyKind), Refusal> {
    let places =
        Places::new(verifier.event().clone(), Dedupe::Auto).map_err(|problem| Refusal {
            code: "misconfigured",
            message: problem.to_string(),
        })?;
    let facts = places.look_up(headers, verified)?;
    let digest = || verified.signed_sha256();
    let signs = facts.id_is_signed;
    let unsigned = facts.unsigned.as_deref();
    let is_split = unsigned.is_some();
    let event = Event::identify(facts.found, Dedupe::Auto, signs, unsigned, digest, now);
    let event = event.map_err(|problem| Refusal {
        code: problem.code(),
        message: problem.to_string(),
    })?;
    let kind = match (signs, verifier.repeats()) {
        (true, _) => KeyKind::Id,
        (false, true) => KeyKind::Delivery,
        (false, false) if is_split => KeyKind::Split,
        (false, false) => KeyKind::Digest,
    };
    Ok((event, kind))
}

impl From<FactProblem> for Refusal {
    fn from(problem: FactProblem) -> Self {
        Self {
            code: problem.code(),
            message: problem.to_string(),
        }
    }
}

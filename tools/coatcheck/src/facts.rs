//! The facts of a verified delivery, and what `ingest` would make of them.

use domain::{Dedupe, Event, Headers, Naming, Timestamp};
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
    let naming = Naming {
        dedupe: Dedupe::Auto,
        window_s: None,
        id_is_signed: facts.id_is_signed,
        unsigned: facts.unsigned.as_deref(),
    };
    let event = Event::identify(facts.found, &naming, digest, now);
    let event = event.map_err(|problem| Refusal {
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

impl From<FactProblem> for Refusal {
    fn from(problem: FactProblem) -> Self {
        Self {
            code: problem.code(),
            message: problem.to_string(),
        }
    }
}

use domain::{Digest, Handover};
use intake::{Intake, Malformed};
use signature::{Facts, Key, Rejection};

use crate::{Body, Opened, Undone};

/// What one pass over a good object finds.
pub(crate) struct Passed {
    pub(crate) key_id: String,
    pub(crate) facts: Facts,
    /// Of the body.
    pub(crate) sha256: Digest,
    /// Of what was signed, where that may name the event.
    pub(crate) signed_sha256: Digest,
    pub(crate) size: u64,
}

/// Why an object is none that may be routed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error(transparent)]
    Rejection(#[from] Rejection),
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

impl Refused {
    /// The stable word for logs and metrics.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Rejection(rejection) => rejection.code(),
            Self::Malformed(problem) => problem.code,
        }
    }
}

/// Reads an object from its beginning to its end, and judges it by the time at which it came.
pub(crate) async fn pass<B: Body>(
    intake: &Intake,
    handover: &Handover,
    keys: &[Key],
    mut opened: Opened<B>,
) -> Result<Result<Passed, Refused>, Undone> {
    let Intake {
        endpoint,
        verifier,
        places,
        ..
    } = intake;
    let headers = &handover.headers;
    let digests = intake.digests();
    let session = match &handover.key_id {
        Some(key_id) => verifier.resume(headers, key_id.clone(), digests),
        None => verifier.begin(headers, keys, digests),
    };
    let mut session = match session {
        Ok(session) => session,
        Err(rejection) => return Ok(Err(rejection.into())),
    };
    let mut lookup = places.start();
    let mut size = 0;
    while let Some(piece) = opened.body.next().await? {
        size += piece.len() as u64;
        session.update(&piece);
        lookup.update(&piece);
    }
    if let Some(whole) = opened.size
        && whole != size
    {
        return Err(Undone::CutOff {
            read: size,
            size: whole,
        });
    }
    let judge = || {
        let verified = session.finish(handover.received_at.as_second())?;
        if size > endpoint.body_limit() as u64 {
            let text = format!("the body has {size} bytes");
            return Err(Malformed::new("body_too_large", text).into());
        }
        let facts = lookup.finish(headers, &verified);
        Ok((verified, facts.map_err(Malformed::from)?))
    };
    let (verified, facts) = match judge() {
        Ok(good) => good,
        Err(refused) => return Ok(Err(refused)),
    };
    let sha256 = verified.payload_sha256().ok_or(Undone::NoDigest)?;
    // Not taken where it is not asked for: the id decides there.
    let signed_sha256 = match verified.signed_sha256() {
        None if digests.signed => return Err(Undone::NoDigest),
        taken => taken.unwrap_or(sha256),
    };
    Ok(Ok(Passed {
        key_id: verified.key_id().to_owned(),
        facts,
        sha256,
        signed_sha256,
        size,
    }))
}

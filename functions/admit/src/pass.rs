use domain::{Handover, Lane};
use intake::{Intake, Malformed, long_enough};
use signature::{Facts, Key, Rejection, Verified};

use crate::{BodyStream, Opened, Undone};

/// What a good object holds.
pub(crate) struct Passed<'a> {
    pub(crate) verified: Verified<&'a [u8]>,
    pub(crate) facts: Facts,
}

/// Why an object may not be routed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error(transparent)]
    Rejection(#[from] Rejection),
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

impl Refused {
    /// The stable code for logs and metrics.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Rejection(rejection) => rejection.code(),
            Self::Malformed(problem) => problem.code,
        }
    }
}

/// Reads a whole object into one allocation of the size that S3 states. An object that is larger
/// than API Gateway accepts does not belong to the lane, and is not read to its end.
pub(crate) async fn read<B: BodyStream>(
    mut opened: Opened<B>,
) -> Result<Result<Vec<u8>, Malformed>, Undone> {
    let most = Lane::Direct.max_body_bytes() as u64;
    let bound = opened.size.unwrap_or(most);
    if bound > most {
        return Ok(Err(too_large(bound)));
    }
    let mut body = Vec::with_capacity(usize::try_from(bound).unwrap_or_default());
    let mut read = 0;
    while let Some(piece) = opened.body.next().await? {
        read += piece.len() as u64;
        if read > bound {
            break;
        }
        body.extend_from_slice(&piece);
    }
    match opened.size {
        Some(size) if size != read => Err(Undone::CutOff { read, size }),
        None if read > most => Ok(Err(too_large(read))),
        _ => Ok(Ok(body)),
    }
}

/// Judges a body as of the time at which it arrived.
pub(crate) fn pass<'a>(
    intake: &Intake,
    handover: &Handover,
    keys: &[Key],
    body: &'a [u8],
) -> Result<Passed<'a>, Refused> {
    let Intake {
        endpoint,
        verifier,
        places,
        ..
    } = intake;
    let (headers, at) = (&handover.headers, handover.received_at.as_second());
    let verified = match &handover.key_id {
        Some(key_id) => verifier.verify_body(headers, body, key_id.clone(), at),
        None => verifier.verify(headers, body, keys, at),
    }?;
    if body.len() > endpoint.body_limit() {
        return Err(too_large(body.len() as u64).into());
    }
    // The authorizer saw no more than a Content-Length.
    long_enough(endpoint, body.len()).map_err(|why| Malformed::new(why.code(), why.to_string()))?;
    let facts = places.look_up(headers, &verified);
    Ok(Passed {
        verified,
        facts: facts.map_err(Malformed::from)?,
    })
}

fn too_large(bytes: u64) -> Malformed {
    Malformed::new("body_too_large", format!("the body has {bytes} bytes"))
}

use std::error::Error;

use aws_lc_rs::digest::{Context, SHA256};
use bytes::{Bytes, BytesMut};
use domain::StoreError;

use crate::{Claim, ClaimBody, ClaimStore, Failure};

/// A claim was not redeemed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RedeemProblem {
    /// The payload has expired or was removed: reject the event.
    #[error("the payload is not in the bucket")]
    Missing,
    /// It is not the payload that was stored: reject the event.
    #[error("the payload has {stored} bytes, its pointer says {claimed}")]
    Size {
        /// Bytes that were there, as far as they were read.
        stored: u64,
        /// Bytes that should be there.
        claimed: u64,
    },
    /// It is not the payload that was stored: reject the event.
    #[error("the payload does not have its pointer's SHA-256")]
    Digest,
    /// It could not be read: retry. That covers what S3 refuses, for there a
    /// person must act first, and the event shall still be there.
    #[error("the payload could not be read")]
    Store(#[from] StoreError),
}

/// Fetches a payload and checks that it is the one that was stored. Holds it in
/// memory once; every byte is hashed once, as it comes.
pub(crate) async fn redeem(store: &impl ClaimStore, claim: &Claim) -> Result<Bytes, RedeemProblem> {
    let mut body = store.open(claim).await?.ok_or(RedeemProblem::Missing)?;
    // Before any memory is set aside for what it claims to be.
    body.size().map_or(Ok(()), |size| same_size(claim, size))?;

    let mut digest = Context::new(&SHA256);
    let mut read = 0;
    let mut whole = Whole::Nothing;
    while let Some(bytes) = body.next().await? {
        read += bytes.len() as u64;
        if read > claim.size {
            return Err(size_problem(claim, read));
        }
        digest.update(&bytes);
        whole.add(bytes, claim.size);
    }
    same_size(claim, read)?;
    if digest.finish().as_ref() == claim.sha256.0 {
        Ok(whole.into_bytes())
    } else {
        Err(RedeemProblem::Digest)
    }
}

fn same_size(claim: &Claim, stored: u64) -> Result<(), RedeemProblem> {
    if stored == claim.size {
        Ok(())
    } else {
        Err(size_problem(claim, stored))
    }
}

fn size_problem(claim: &Claim, stored: u64) -> RedeemProblem {
    RedeemProblem::Size {
        stored,
        claimed: claim.size,
    }
}

/// A payload that comes in one piece is not copied.
enum Whole {
    Nothing,
    One(Bytes),
    Many(BytesMut),
}

impl Whole {
    fn add(&mut self, bytes: Bytes, size: u64) {
        *self = match std::mem::replace(self, Self::Nothing) {
            Self::Nothing => Self::One(bytes),
            Self::One(first) => {
                let mut all = BytesMut::with_capacity(usize::try_from(size).unwrap_or_default());
                all.extend_from_slice(&first);
                all.extend_from_slice(&bytes);
                Self::Many(all)
            }
            Self::Many(mut all) => {
                all.extend_from_slice(&bytes);
                Self::Many(all)
            }
        }
    }

    fn into_bytes(self) -> Bytes {
        match self {
            Self::Nothing => Bytes::new(),
            Self::One(bytes) => bytes,
            Self::Many(all) => all.freeze(),
        }
    }
}

impl From<RedeemProblem> for Failure {
    fn from(problem: RedeemProblem) -> Self {
        match &problem {
            RedeemProblem::Missing | RedeemProblem::Size { .. } | RedeemProblem::Digest => {
                Self::Reject(problem.to_string())
            }
            RedeemProblem::Store(_) => Self::Retry(with_causes(&problem)),
        }
    }
}

/// The text of an error and of all that led to it.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Event,
        fakes::{Shelf, cloud_event},
    };

    async fn outcome(shelf: &Shelf) -> Result<Bytes, Failure> {
        let event = Event::decode(&cloud_event("evt_1", b"a payload")).unwrap();
        redeem(shelf, event.claim()).await.map_err(Failure::from)
    }

    fn rejected(outcome: Result<Bytes, Failure>) -> String {
        match outcome {
            Err(Failure::Reject(reason)) => reason,
            other => panic!("{other:?}"),
        }
    }

    fn to_retry(outcome: Result<Bytes, Failure>) -> String {
        match outcome {
            Err(Failure::Retry(reason)) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn the_bytes_come_back_in_however_many_pieces() {
        for chunk in [1, 4, 9, 100] {
            for tells_size in [true, false] {
                let mut shelf = Shelf::new();
                shelf.put("evt_1", b"a payload");
                shelf.chunk = chunk;
                shelf.tells_size = tells_size;
                assert_eq!(outcome(&shelf).await.unwrap(), "a payload");
            }
        }
    }

    #[tokio::test]
    async fn an_empty_payload_is_a_payload() {
        let mut shelf = Shelf::new();
        shelf.put("evt_1", b"");
        let event = Event::decode(&cloud_event("evt_1", b"")).unwrap();
        assert_eq!(redeem(&shelf, event.claim()).await.unwrap(), "");
    }

    #[tokio::test]
    async fn what_is_not_there_is_rejected() {
        assert!(rejected(outcome(&Shelf::new()).await).contains("not in the bucket"));
    }

    #[tokio::test]
    async fn other_bytes_are_rejected() {
        let mut shelf = Shelf::new();
        shelf.put("evt_1", b"A payload");
        assert!(rejected(outcome(&shelf).await).contains("SHA-256"));
    }

    #[tokio::test]
    async fn another_size_is_rejected_whether_announced_or_found() {
        for stored in [&b"a payloa"[..], b"a payload and more"] {
            for tells_size in [true, false] {
                let mut shelf = Shelf::new();
                shelf.put("evt_1", stored);
                shelf.tells_size = tells_size;
                let reason = rejected(outcome(&shelf).await);
                assert!(reason.contains("pointer says 9"), "{reason}");
            }
        }
    }

    #[tokio::test]
    async fn an_announced_size_that_differs_is_not_read() {
        let mut shelf = Shelf::new();
        shelf.put("evt_1", b"a payload and more");
        shelf.breaks_after = Some(0);
        assert!(rejected(outcome(&shelf).await).contains("pointer says 9"));
    }

    #[tokio::test]
    async fn more_bytes_than_claimed_are_not_read_to_their_end() {
        let mut shelf = Shelf::new();
        shelf.put("evt_1", b"a payload and more");
        shelf.tells_size = false;
        shelf.chunk = 4;
        shelf.breaks_after = Some(3);
        assert!(rejected(outcome(&shelf).await).contains("12 bytes"));
    }

    #[tokio::test]
    async fn a_store_that_is_busy_or_refuses_is_to_be_retried_with_its_reason() {
        for (shelf, word) in [
            (Shelf::busy(), "SlowDown"),
            (Shelf::forbidden(), "AccessDenied"),
        ] {
            let reason = to_retry(outcome(&shelf).await);
            assert!(
                reason.contains(word) && reason.contains("s3:GetObject"),
                "{reason}"
            );
        }
    }

    #[tokio::test]
    async fn a_connection_that_breaks_halfway_is_to_be_retried() {
        let mut shelf = Shelf::new();
        shelf.put("evt_1", b"a payload");
        shelf.chunk = 4;
        shelf.breaks_after = Some(1);
        assert!(to_retry(outcome(&shelf).await).contains("reset"));
    }
}

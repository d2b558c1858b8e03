use aws_lc_rs::digest::{Context, SHA256};
use bytes::{Bytes, BytesMut};
use domain::{DataRef, StoreError, with_causes};

use crate::{Claim, Event, Failure, in_hand::InHand, ports::ClaimBody};

/// A payload was not redeemed. `?` turns it into the right [`Failure`].
#[derive(Debug, thiserror::Error)]
pub enum RedeemProblem {
    /// It expired or was removed: reject the event.
    #[error("payload_missing: the payload is not in the bucket: it has expired or was removed")]
    Missing,
    /// It is not the payload that was stored: reject the event.
    #[error("payload_size: the payload has {stored} bytes, its pointer says {claimed}")]
    Size {
        /// Bytes that were there, as far as they were read.
        stored: u64,
        /// Bytes that should be there.
        claimed: u64,
    },
    /// It is not the payload that was stored: reject the event.
    #[error("payload_digest: the payload does not have its pointer's SHA-256")]
    Digest,
    /// It could not be read: retry. That includes S3's refusals: someone must act
    /// first, and the event must still be there then.
    #[error("payload_unreadable: the payload could not be read")]
    Store(#[from] StoreError),
}

/// The bytes of a payload, as they come from the store. They are the provider's
/// only if the end is reached without an error: otherwise undo what was done with
/// them.
pub struct PayloadStream<'a> {
    event: &'a Event,
    body: Box<dyn ClaimBody>,
    /// `None` once the end is reached.
    digest: Option<Context>,
    read: u64,
}

impl Event {
    /// The provider's exact bytes, checked against the digest of their pointer.
    /// Holds them in memory once; every byte is hashed once, on arrival.
    ///
    /// # Errors
    /// [`RedeemProblem`]. A handler that still answers `Ok` does not succeed: the
    /// event gets the failure of its last redemption.
    pub async fn payload(&self) -> Result<Bytes, RedeemProblem> {
        let mut stream = self.payload_stream().await?;
        let mut whole = Whole::Nothing;
        while let Some(bytes) = stream.next().await? {
            whole.add(bytes, self.claim().size);
        }
        Ok(whole.into_bytes())
    }

    /// The same, without holding it in memory.
    ///
    /// # Errors
    /// [`RedeemProblem`], here and while it is read.
    pub async fn payload_stream(&self) -> Result<PayloadStream<'_>, RedeemProblem> {
        let opened = self.open().await;
        self.note(&opened);
        opened
    }

    async fn open(&self) -> Result<PayloadStream<'_>, RedeemProblem> {
        let body: Box<dyn ClaimBody> = match &self.claim().dataref {
            DataRef::Object { bucket, key } => {
                let opened = self.store().open(bucket, key).await?;
                opened.ok_or(RedeemProblem::Missing)?
            }
            DataRef::Inline(payload) => Box::new(InHand::new(payload.clone())),
        };
        // Before memory is allocated for its claimed size.
        body.size()
            .map_or(Ok(()), |size| same_size(self.claim(), size))?;
        Ok(PayloadStream {
            event: self,
            body,
            digest: Some(Context::new(&SHA256)),
            read: 0,
        })
    }

    /// Remembers a failure until a later redemption reaches its end.
    fn note<T>(&self, outcome: &Result<T, RedeemProblem>) {
        if let Err(problem) = outcome {
            self.set_redemption(Some(problem.into()));
        }
    }
}

impl PayloadStream<'_> {
    /// The next bytes; `None` at the end, where the digest has been checked.
    ///
    /// # Errors
    /// [`RedeemProblem`]: the bytes so far are not the payload.
    pub async fn next(&mut self) -> Result<Option<Bytes>, RedeemProblem> {
        let outcome = self.read().await;
        self.event.note(&outcome);
        outcome
    }

    async fn read(&mut self) -> Result<Option<Bytes>, RedeemProblem> {
        let claim = self.event.claim();
        let Some(digest) = &mut self.digest else {
            return Ok(None);
        };
        if let Some(bytes) = self.body.next().await? {
            self.read += bytes.len() as u64;
            if self.read > claim.size {
                return Err(size_problem(claim, self.read));
            }
            digest.update(&bytes);
            return Ok(Some(bytes));
        }
        same_size(claim, self.read)?;
        let computed = self.digest.take().map(Context::finish);
        if computed.is_none_or(|computed| computed.as_ref() != claim.sha256.0) {
            return Err(RedeemProblem::Digest);
        }
        self.event.set_redemption(None);
        Ok(None)
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

impl From<&RedeemProblem> for Failure {
    fn from(problem: &RedeemProblem) -> Self {
        match problem {
            RedeemProblem::Missing | RedeemProblem::Size { .. } | RedeemProblem::Digest => {
                Self::Reject(problem.to_string())
            }
            RedeemProblem::Store(_) => Self::Retry(with_causes(problem)),
        }
    }
}

impl From<RedeemProblem> for Failure {
    fn from(problem: RedeemProblem) -> Self {
        Self::from(&problem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::{Shelf, cloud_event, event_over};

    fn event(payload: &[u8], shelf: Shelf) -> Event {
        event_over(&cloud_event("evt_1", payload), shelf)
    }

    async fn outcome(shelf: Shelf) -> Result<Bytes, Failure> {
        Ok(event(b"a payload", shelf).payload().await?)
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
                assert_eq!(outcome(shelf).await.unwrap(), "a payload");
            }
        }
    }

    #[tokio::test]
    async fn a_stream_ends_once_its_digest_is_right_and_stays_at_its_end() {
        let mut shelf = Shelf::new();
        shelf.put("evt_1", b"a payload");
        shelf.chunk = 4;
        let event = event(b"a payload", shelf);
        let mut stream = event.payload_stream().await.unwrap();
        let mut pieces = Vec::new();
        while let Some(bytes) = stream.next().await.unwrap() {
            pieces.push(bytes);
        }
        assert_eq!(pieces, ["a pa", "yloa", "d"]);
        assert!(stream.next().await.unwrap().is_none());
    }

    #[tokio::test]
    async fn another_size_is_rejected_whether_announced_or_found() {
        for stored in [&b"a payloa"[..], b"a payload and more"] {
            for tells_size in [true, false] {
                let mut shelf = Shelf::new();
                shelf.put("evt_1", stored);
                shelf.tells_size = tells_size;
                let reason = rejected(outcome(shelf).await);
                assert!(reason.starts_with("payload_size"), "{reason}");
                assert!(reason.contains("pointer says 9"), "{reason}");
            }
        }
    }

    #[tokio::test]
    async fn an_announced_size_that_differs_is_not_read() {
        let mut shelf = Shelf::new();
        shelf.put("evt_1", b"a payload and more");
        shelf.breaks_after = Some(0);
        assert!(rejected(outcome(shelf).await).contains("pointer says 9"));
    }

    #[tokio::test]
    async fn more_bytes_than_claimed_are_not_read_to_their_end() {
        let mut shelf = Shelf::new();
        shelf.put("evt_1", b"a payload and more");
        shelf.tells_size = false;
        shelf.chunk = 4;
        shelf.breaks_after = Some(3);
        assert!(rejected(outcome(shelf).await).contains("12 bytes"));
    }

    #[tokio::test]
    async fn a_connection_that_breaks_halfway_is_to_be_retried() {
        let mut shelf = Shelf::new();
        shelf.put("evt_1", b"a payload");
        shelf.chunk = 4;
        shelf.breaks_after = Some(1);
        assert!(to_retry(outcome(shelf).await).contains("reset"));
    }
}

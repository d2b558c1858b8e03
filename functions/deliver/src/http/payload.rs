//! Redeems payloads: as a whole, or piece by piece.

use std::future::Future;

use aws_lc_rs::digest::{Context, SHA256};
use bytes::{Bytes, BytesMut};
use domain::{DataRef, Digest, ObjectKey, StoreError};

use super::attempt::{reject, retry_ours};
use crate::{destination::Outcome, event::Claim};

/// Holds payloads.
pub(crate) trait Payloads: Send + Sync {
    /// A payload whose bytes have not been read yet.
    type Body: PayloadBody;

    /// Opens the object that holds a payload. `None`: it does not exist.
    fn open(
        &self,
        bucket: &str,
        key: &ObjectKey,
    ) -> impl Future<Output = Result<Option<Self::Body>, StoreError>> + Send;
}

/// The bytes of a payload, as they arrive.
pub(crate) trait PayloadBody: Send {
    /// The next bytes; `None` at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<Bytes>, StoreError>> + Send;
}

impl Payloads for aws::Redemption {
    type Body = aws::ObjectBody;

    async fn open(&self, bucket: &str, key: &ObjectKey) -> Result<Option<Self::Body>, StoreError> {
        Self::open(self, bucket, key.as_str()).await
    }
}

impl PayloadBody for aws::ObjectBody {
    async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        Self::next(self).await
    }
}

/// A payload on its way in. Its last piece comes only after the whole has the digest of its claim:
/// what was made of the earlier ones is never complete otherwise.
pub(super) struct Redeemed<'a, B> {
    claim: &'a Claim,
    /// `None`: the event brought all of it.
    body: Option<B>,
    digest: Option<Context>,
    read: u64,
    held: Option<Bytes>,
}

impl<'a, B: PayloadBody> Redeemed<'a, B> {
    /// Opens the payload of this claim.
    pub(super) async fn open<P: Payloads<Body = B>>(
        payloads: &P,
        claim: &'a Claim,
    ) -> Result<Self, Outcome> {
        let (bucket, key) = match &claim.dataref {
            DataRef::Object { bucket, key } => (bucket, key),
            DataRef::Inline(payload) => return Self::inline(claim, payload),
        };
        let opened = payloads.open(bucket, key).await;
        let body = opened.map_err(|error| unreadable(&error))?;
        Ok(Self {
            claim,
            body: Some(body.ok_or_else(|| reject("payload_missing"))?),
            digest: Some(Context::new(&SHA256)),
            read: 0,
            held: None,
        })
    }

    /// A payload that came with its event.
    fn inline(claim: &'a Claim, payload: &[u8]) -> Result<Self, Outcome> {
        let read = payload.len() as u64;
        if read != claim.size || Digest::of(payload) != claim.sha256 {
            return Err(reject("payload_digest"));
        }
        Ok(Self {
            claim,
            body: None,
            digest: None,
            read,
            held: Some(Bytes::copy_from_slice(payload)).filter(|payload| !payload.is_empty()),
        })
    }

    /// The next piece; `None` after the last one.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Outcome> {
        while let (Some(digest), Some(body)) = (&mut self.digest, &mut self.body) {
            let Some(piece) = body.next().await.map_err(|error| unreadable(&error))? else {
                self.check()?;
                break;
            };
            if piece.is_empty() {
                continue;
            }
            self.read += piece.len() as u64;
            if self.read > self.claim.size {
                return Err(reject("payload_digest"));
            }
            digest.update(&piece);
            if let Some(before) = self.held.replace(piece) {
                return Ok(Some(before));
            }
        }
        Ok(self.held.take())
    }

    fn check(&mut self) -> Result<(), Outcome> {
        let computed = self.digest.take().map(Context::finish);
        let same = computed.is_some_and(|digest| digest.as_ref() == self.claim.sha256.0);
        if same && self.read == self.claim.size {
            Ok(())
        } else {
            self.held = None;
            Err(reject("payload_digest"))
        }
    }

    /// All of it. The caller has seen that its size is small.
    pub(super) async fn whole(mut self) -> Result<Bytes, Outcome> {
        let Some(first) = self.next().await? else {
            return Ok(Bytes::new());
        };
        // One that comes in one piece is not copied.
        if first.len() as u64 == self.claim.size {
            return self.next().await.map(|_nothing| first);
        }
        let size = usize::try_from(self.claim.size).unwrap_or_default();
        let mut all = BytesMut::with_capacity(size);
        all.extend_from_slice(&first);
        while let Some(piece) = self.next().await? {
            all.extend_from_slice(&piece);
        }
        Ok(all.freeze())
    }
}

/// Also where S3 refuses: someone must act first, and the event must still be there then.
fn unreadable(error: &StoreError) -> Outcome {
    tracing::warn!(
        problem = domain::with_causes(error),
        "the payload could not be read"
    );
    retry_ours("payload_unreadable")
}

use bytes::Bytes;
use domain::StoreError;
use futures_util::future::BoxFuture;

use crate::ports::ClaimBody;

/// A payload that needs no store: it came with its event.
pub(crate) struct InHand {
    size: u64,
    rest: Option<Bytes>,
}

impl InHand {
    pub(crate) fn new(payload: impl Into<Bytes>) -> Self {
        let payload = payload.into();
        Self {
            size: payload.len() as u64,
            rest: Some(payload),
        }
    }
}

impl ClaimBody for InHand {
    fn size(&self) -> Option<u64> {
        Some(self.size)
    }

    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>> {
        let bytes = self.rest.take();
        Box::pin(async { Ok(bytes) })
    }
}

use std::{collections::HashMap, io};

use bytes::Bytes;
use domain::{ObjectKey, StoreError};
use futures_util::future::BoxFuture;

use crate::ports::{ClaimBody, ClaimStore};

/// Payloads by id.
pub(crate) struct Shelf {
    payloads: HashMap<String, Bytes>,
    /// Bytes returned at a time.
    pub(crate) chunk: usize,
    /// Whether it announces sizes.
    pub(crate) tells_size: bool,
    /// The connection breaks after this many pieces.
    pub(crate) breaks_after: Option<usize>,
}

pub(crate) struct ShelfBody {
    rest: Bytes,
    size: Option<u64>,
    chunk: usize,
    breaks_after: Option<usize>,
}

impl Shelf {
    pub(crate) fn new() -> Self {
        Self {
            payloads: HashMap::new(),
            chunk: usize::MAX,
            tells_size: true,
            breaks_after: None,
        }
    }

    pub(crate) fn put(&mut self, id: &str, payload: &'static [u8]) {
        self.payloads
            .insert(format!("payloads/{id}"), Bytes::from_static(payload));
    }
}

impl ClaimStore for Shelf {
    fn open<'a>(
        &'a self,
        _: &'a str,
        key: &'a ObjectKey,
    ) -> BoxFuture<'a, Result<Option<Box<dyn ClaimBody>>, StoreError>> {
        Box::pin(async {
            let Some(payload) = self.payloads.get(key.as_str()) else {
                return Ok(None);
            };
            let body: Box<dyn ClaimBody> = Box::new(ShelfBody {
                rest: payload.clone(),
                size: self.tells_size.then_some(payload.len() as u64),
                chunk: self.chunk,
                breaks_after: self.breaks_after,
            });
            Ok(Some(body))
        })
    }
}

impl ClaimBody for ShelfBody {
    fn size(&self) -> Option<u64> {
        self.size
    }

    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>> {
        Box::pin(async {
            match &mut self.breaks_after {
                Some(0) => {
                    return Err(StoreError::Transient {
                        operation: "s3:GetObject",
                        source: Box::new(io::Error::other("connection reset")),
                    });
                }
                Some(left) => *left -= 1,
                None => {}
            }
            if self.rest.is_empty() {
                return Ok(None);
            }
            Ok(Some(self.rest.split_to(self.chunk.min(self.rest.len()))))
        })
    }
}

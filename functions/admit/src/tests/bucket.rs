//! The bucket in memory, some of whose calls fail.

use bytes::Bytes;
use domain::{ObjectKey, StoreError};
use testkit::{Fault, busy};

use super::world::World;
use crate::{BodyStream, Objects, Opened};

/// A body in pieces of a few bytes, which may end early.
pub(super) struct Pieces {
    rest: Bytes,
    piece: usize,
    breaks: bool,
}

impl BodyStream for Pieces {
    async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        if self.breaks && self.rest.len() < self.piece * 2 {
            return Err(busy("next"));
        }
        let length = self.rest.len().min(self.piece);
        Ok((length > 0).then(|| self.rest.split_to(length)))
    }
}

impl Objects for &World {
    type Body = Pieces;

    fn bucket(&self) -> &'static str {
        "payloads"
    }

    async fn open(&self, key: &ObjectKey) -> Result<Option<Opened<Pieces>>, StoreError> {
        let fault = self.faults.next();
        if fault == Fault::Before {
            return Err(busy("open"));
        }
        let objects = self.objects.lock().unwrap();
        Ok(objects.get(key.as_str()).map(|(handover, body)| Opened {
            handover: handover.clone(),
            size: Some(body.len() as u64),
            body: Pieces {
                rest: body.clone(),
                piece: self.piece,
                breaks: fault == Fault::After,
            },
        }))
    }

    async fn exists(&self, key: &ObjectKey) -> Result<bool, StoreError> {
        self.faults.call(async { Ok(self.has(key)) }).await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), StoreError> {
        self.faults
            .call(async {
                self.objects.lock().unwrap().remove(key.as_str());
                Ok(())
            })
            .await
    }
}

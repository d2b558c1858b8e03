//! The events table in memory, some of whose calls fail.

use std::{collections::BTreeMap, sync::Mutex};

use aws::ObjectClaim;
use domain::{
    EndpointName, Inserted, ObjectKey, Pointer, PointerStore, Ref, Siblings, StoreError, Timestamp,
};
use testkit::{Faults, MemoryPointers};

use crate::Claims;

/// The events table.
#[derive(Default)]
pub(super) struct Table {
    pointers: MemoryPointers,
    claims: Mutex<BTreeMap<String, ObjectClaim>>,
    announced: Mutex<Vec<ObjectKey>>,
    pub(super) faults: Faults,
}

impl Table {
    pub(super) fn all(&self) -> Vec<Pointer> {
        self.pointers.all()
    }

    /// An operator erases the event of this pointer.
    pub(super) fn erase(&self, pointer: &Pointer) {
        self.pointers.erase(pointer);
    }

    pub(super) fn claims(&self) -> usize {
        self.claims.lock().unwrap().len()
    }

    /// Objects about which a message is noted as under way.
    pub(super) fn announced(&self) -> Vec<ObjectKey> {
        self.announced.lock().unwrap().clone()
    }
}

impl PointerStore for &Table {
    async fn insert(&self, pointer: &Pointer) -> Result<Inserted, StoreError> {
        self.faults.call(self.pointers.insert(pointer)).await
    }
}

impl Siblings for &Table {
    async fn has_sibling(&self, pointer: &Pointer) -> Result<bool, StoreError> {
        self.faults.call(self.pointers.has_sibling(pointer)).await
    }
}

impl Claims for &Table {
    async fn claim(
        &self,
        pointer: &Pointer,
        at: Timestamp,
        instead: Option<&ObjectClaim>,
    ) -> Result<Option<ObjectClaim>, StoreError> {
        self.faults
            .call(async {
                let mut claims = self.claims.lock().unwrap();
                let reference = pointer.reference();
                let other = claims
                    .get(pointer.object().unwrap().as_str())
                    .filter(|old| match instead {
                        None => old.reference != reference,
                        Some(instead) => *old != instead,
                    });
                if let Some(other) = other {
                    return Ok(Some(other.clone()));
                }
                claims.insert(
                    pointer.object().unwrap().to_string(),
                    ObjectClaim { reference, at },
                );
                Ok(None)
            })
            .await
    }

    async fn claimed(
        &self,
        _: &EndpointName,
        object: &ObjectKey,
    ) -> Result<Option<ObjectClaim>, StoreError> {
        self.faults
            .call(async { Ok(self.claims.lock().unwrap().get(object.as_str()).cloned()) })
            .await
    }

    async fn note_announced(&self, object: &ObjectKey, _: Timestamp) -> Result<(), StoreError> {
        self.faults
            .call(async {
                self.announced.lock().unwrap().push(object.clone());
                Ok(())
            })
            .await
    }

    async fn pointed(&self, reference: &Ref) -> Result<Option<ObjectKey>, StoreError> {
        self.faults
            .call(async {
                Ok(self
                    .pointers
                    .find(reference)
                    .and_then(|pointer| pointer.object().cloned()))
            })
            .await
    }

    async fn is_erased(&self, reference: &Ref) -> Result<bool, StoreError> {
        self.faults
            .call(async { Ok(self.pointers.is_erased(reference)) })
            .await
    }

    async fn lead(&self, pointer: &Pointer, from: &ObjectKey) -> Result<bool, StoreError> {
        self.faults
            .call(async { Ok(self.pointers.lead(pointer, from)) })
            .await
    }
}

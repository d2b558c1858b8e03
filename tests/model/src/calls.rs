//! The writes of a world, each a call that waits for its turn.

use domain::{Inserted, ObjectKey, Pointer, StoreError, Stored};

use crate::world::{Object, World};

pub(crate) const BUCKET: &str = "payloads";

impl World {
    pub(crate) async fn put_object(&self, key: &str, object: Object) -> Result<Stored, StoreError> {
        let call = self.turn.call("s3:PutObject", || self.put(key, &object));
        call.await
    }

    pub(crate) async fn insert_pointer(&self, pointer: &Pointer) -> Result<Inserted, StoreError> {
        let call = self.turn.call("dynamodb:PutItem", || self.insert(pointer));
        call.await
    }

    pub(crate) async fn delete_object(&self, key: &ObjectKey) -> Result<(), StoreError> {
        let delete = || {
            self.delete(key);
            Ok(())
        };
        self.turn.call("s3:DeleteObject", delete).await
    }
}

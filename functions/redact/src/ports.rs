use std::collections::HashMap;

use aws::{Endpoints, Image, Pointers, Redemption};
use domain::{EndpointDirectory as _, EndpointName, Ref, StoreError};

/// What is stored of a delivery. All reads are of what is there now.
pub(crate) trait Stores {
    /// An endpoint's configuration, as JSON; `None` if it is gone.
    fn endpoint(
        &self,
        name: &EndpointName,
    ) -> impl Future<Output = Result<Option<String>, StoreError>>;

    /// The pointer of an event; `None` if it has none.
    fn pointer(&self, reference: &Ref) -> impl Future<Output = Result<Option<Image>, StoreError>>;

    /// An object of the stack's bucket: its metadata and its bytes, at most one more than `size`;
    /// `None` if it is gone.
    fn object(
        &self,
        key: &str,
        size: usize,
    ) -> impl Future<Output = Result<Option<Object>, StoreError>>;

    /// The stack's bucket.
    fn bucket(&self) -> &str;
}

/// An object.
#[derive(Debug, Clone, Default)]
pub(crate) struct Object {
    /// Names in lower case.
    pub(crate) metadata: HashMap<String, String>,
    /// The bytes.
    pub(crate) body: Vec<u8>,
}

/// On AWS.
pub(crate) struct AwsStores {
    pub(crate) endpoints: Endpoints,
    pub(crate) pointers: Pointers,
    pub(crate) payloads: Redemption,
    pub(crate) bucket: String,
}

impl Stores for AwsStores {
    async fn endpoint(&self, name: &EndpointName) -> Result<Option<String>, StoreError> {
        self.endpoints.find(name).await
    }

    async fn pointer(&self, reference: &Ref) -> Result<Option<Image>, StoreError> {
        self.pointers.get(reference).await
    }

    async fn object(&self, key: &str, size: usize) -> Result<Option<Object>, StoreError> {
        let Some(mut object) = self.payloads.open(&self.bucket, key).await? else {
            return Ok(None);
        };
        let mut body = Vec::new();
        while let Some(part) = object.next().await? {
            body.extend_from_slice(&part);
            // It is not the payload, and must not fill the memory.
            if body.len() > size {
                break;
            }
        }
        Ok(Some(Object {
            metadata: object.metadata().clone(),
            body,
        }))
    }

    fn bucket(&self) -> &str {
        &self.bucket
    }
}

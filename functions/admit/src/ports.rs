use bytes::Bytes;
use domain::{ObjectKey, StoreError};

/// What API Gateway has stored.
pub trait Objects {
    /// The bytes of an object.
    type Body: Body;

    /// The bucket.
    fn bucket(&self) -> &str;

    /// Opens an object; `None` if it is gone.
    fn open(
        &self,
        key: &ObjectKey,
    ) -> impl Future<Output = Result<Option<Opened<Self::Body>>, StoreError>>;

    /// Removes an object; one that is gone already is no failure.
    fn delete(&self, key: &ObjectKey) -> impl Future<Output = Result<(), StoreError>>;
}

/// Bytes that come in pieces.
pub trait Body {
    /// The next piece; `None` at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<Bytes>, StoreError>>;
}

/// An object whose bytes have not been read yet.
#[derive(Debug)]
pub struct Opened<B> {
    /// What the authorizer handed over, as text.
    pub handover: Option<String>,
    /// Bytes in it, where the store said so.
    pub size: Option<u64>,
    /// Them.
    pub body: B,
}

impl Objects for aws::Incoming {
    type Body = aws::ObjectBody;

    fn bucket(&self) -> &str {
        Self::bucket(self)
    }

    async fn open(&self, key: &ObjectKey) -> Result<Option<Opened<aws::ObjectBody>>, StoreError> {
        let object = Self::open(self, key).await?;
        Ok(object.map(|object| Opened {
            handover: object.handover,
            size: object.body.size(),
            body: object.body,
        }))
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), StoreError> {
        Self::delete(self, key).await
    }
}

impl Body for aws::ObjectBody {
    async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        Self::next(self).await
    }
}

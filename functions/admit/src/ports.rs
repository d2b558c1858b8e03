use aws::ObjectClaim;
use bytes::Bytes;
use domain::{
    ERASED_AT, EndpointName, ObjectKey, Pointer, PointerStore, Ref, Siblings, StoreError, Timestamp,
};

/// What API Gateway has stored.
pub trait Objects {
    /// The bytes of an object.
    type Body: BodyStream;

    /// The bucket.
    fn bucket(&self) -> &str;

    /// Opens an object; `None` if it is gone.
    fn open(
        &self,
        key: &ObjectKey,
    ) -> impl Future<Output = Result<Option<Opened<Self::Body>>, StoreError>>;

    /// Whether an object of either lane exists.
    fn exists(&self, key: &ObjectKey) -> impl Future<Output = Result<bool, StoreError>>;

    /// Removes an object; no failure if it is already gone.
    fn delete(&self, key: &ObjectKey) -> impl Future<Output = Result<(), StoreError>>;
}

/// Bytes that come in pieces.
pub trait BodyStream {
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
    /// The bytes.
    pub body: B,
}

/// Keeps pointers, and the event name that each object was admitted under. All reads are
/// consistent.
pub trait Claims: PointerStore + Siblings {
    /// See [`aws::Pointers::claim`].
    fn claim(
        &self,
        pointer: &Pointer,
        at: Timestamp,
        instead: Option<&ObjectClaim>,
    ) -> impl Future<Output = Result<Option<ObjectClaim>, StoreError>>;

    /// See [`aws::Pointers::claimed`].
    fn claimed(
        &self,
        endpoint: &EndpointName,
        object: &ObjectKey,
    ) -> impl Future<Output = Result<Option<ObjectClaim>, StoreError>>;

    /// See [`aws::Pointers::note_announced`].
    fn note_announced(
        &self,
        object: &ObjectKey,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>>;

    /// See [`aws::Pointers::pointed`].
    fn pointed(
        &self,
        reference: &Ref,
    ) -> impl Future<Output = Result<Option<ObjectKey>, StoreError>>;

    /// Whether the event has a tombstone in its pointer's place.
    fn is_erased(&self, reference: &Ref) -> impl Future<Output = Result<bool, StoreError>>;

    /// See [`aws::Pointers::lead`].
    fn lead(
        &self,
        pointer: &Pointer,
        from: &ObjectKey,
    ) -> impl Future<Output = Result<bool, StoreError>>;
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

    async fn exists(&self, key: &ObjectKey) -> Result<bool, StoreError> {
        Self::exists(self, key).await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), StoreError> {
        Self::delete(self, key).await
    }
}

impl BodyStream for aws::ObjectBody {
    async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        Self::next(self).await
    }
}

impl Claims for aws::Pointers {
    async fn claim(
        &self,
        pointer: &Pointer,
        at: Timestamp,
        instead: Option<&ObjectClaim>,
    ) -> Result<Option<ObjectClaim>, StoreError> {
        Self::claim(self, pointer, at, instead).await
    }

    async fn claimed(
        &self,
        endpoint: &EndpointName,
        object: &ObjectKey,
    ) -> Result<Option<ObjectClaim>, StoreError> {
        Self::claimed(self, endpoint, object).await
    }

    async fn note_announced(&self, object: &ObjectKey, at: Timestamp) -> Result<(), StoreError> {
        Self::note_announced(self, object, at).await
    }

    async fn pointed(&self, reference: &Ref) -> Result<Option<ObjectKey>, StoreError> {
        Self::pointed(self, reference).await
    }

    async fn is_erased(&self, reference: &Ref) -> Result<bool, StoreError> {
        let item = self.get(reference).await?;
        Ok(item.is_some_and(|item| item.contains_key(ERASED_AT)))
    }

    async fn lead(&self, pointer: &Pointer, from: &ObjectKey) -> Result<bool, StoreError> {
        Self::lead(self, pointer, from).await
    }
}

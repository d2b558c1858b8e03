use crate::{Digest, Mismatch, StoreError, Timestamp};

/// A payload cannot be judged. None of this is the provider's fault.
#[derive(Debug, thiserror::Error)]
pub enum SchemaUnusable {
    /// The schema could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The schema is missing or cannot be compiled, or this program judges none. Says why.
    #[error("the endpoint's schema cannot be used: {0}")]
    Broken(String),
}

/// Knows the texts of schemas.
pub trait SchemaTexts {
    /// The schema with this digest; `None`: it is not stored.
    fn text(
        &self,
        sha256: Digest,
    ) -> impl Future<Output = Result<Option<String>, StoreError>> + Send;
}

/// Judges payloads by schemas.
pub trait SchemaJudge {
    /// Whether the payload matches the schema with this digest.
    fn judge(
        &self,
        sha256: Digest,
        payload: &[u8],
        now: Timestamp,
    ) -> impl Future<Output = Result<Result<(), Mismatch>, SchemaUnusable>> + Send;
}

impl<T: SchemaTexts> SchemaTexts for &T {
    fn text(
        &self,
        sha256: Digest,
    ) -> impl Future<Output = Result<Option<String>, StoreError>> + Send {
        (**self).text(sha256)
    }
}

impl<T: SchemaJudge> SchemaJudge for &T {
    fn judge(
        &self,
        sha256: Digest,
        payload: &[u8],
        now: Timestamp,
    ) -> impl Future<Output = Result<Result<(), Mismatch>, SchemaUnusable>> + Send {
        (**self).judge(sha256, payload, now)
    }
}

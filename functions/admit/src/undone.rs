use domain::{DirectoryError, StoreError};
use intake::IntakeProblem;

/// An object could be neither admitted nor refused. It stays, and its message comes
/// again: none of this is the provider's fault for certain.
#[derive(Debug, thiserror::Error)]
pub enum Undone {
    /// A store did not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It lies where API Gateway puts nothing, or in another bucket.
    #[error("it is no object of the direct lane")]
    Elsewhere,
    /// There is none of that name any more.
    #[error("there is no endpoint {0}")]
    NoEndpoint(String),
    /// Nobody can make use of the endpoint's configuration.
    #[error("the endpoint's configuration cannot be used")]
    Endpoint(#[source] IntakeProblem),
    /// Its keys are missing, or none of them fits the scheme.
    #[error("the endpoint's keys cannot be used: {0}")]
    Keys(String),
    /// The authorizer's note is missing or unreadable.
    #[error("the object's metadata has no readable `delivery`")]
    NoHandover,
    /// A defect of ours: a digest was not taken on the way.
    #[error("no digest was taken of the body")]
    NoDigest,
    /// It was refused, but without a Content-Type API Gateway may have taken the body for text
    /// and changed its bytes: what was signed may have been good.
    #[error(
        "{0}, but the request had no Content-Type: the body may have been changed on its way to S3"
    )]
    NoContentType(&'static str),
    /// The object's end was not reached.
    #[error("{read} bytes came of the {size} that the object has")]
    CutOff {
        /// That came.
        read: u64,
        /// That should have come.
        size: u64,
    },
}

impl From<DirectoryError<IntakeProblem>> for Undone {
    fn from(error: DirectoryError<IntakeProblem>) -> Self {
        match error {
            DirectoryError::Store(error) => Self::Store(error),
            DirectoryError::Unusable(problem) => Self::Endpoint(problem),
        }
    }
}

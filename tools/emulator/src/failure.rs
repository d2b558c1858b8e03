//! What went wrong in a call to the cloud, in words that hold no payload and no secret.

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use thiserror::Error;

/// A call that failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{call}: {reason}")]
pub struct Failure {
    call: &'static str,
    reason: String,
}

impl Failure {
    /// A failure of ours, in words for the log.
    pub fn new(call: &'static str, reason: impl Into<String>) -> Self {
        Self {
            call,
            reason: reason.into(),
        }
    }

    /// The error code and message of a service, or how the call did not reach it.
    pub fn of<E: ProvideErrorMetadata, R>(call: &'static str, error: &SdkError<E, R>) -> Self {
        let reason = match error {
            SdkError::ServiceError(error) => {
                let error = error.err();
                let code = error.code().unwrap_or("an error without a code");
                match error.message() {
                    Some(message) => format!("{code}: {message}"),
                    None => code.to_owned(),
                }
            }
            SdkError::TimeoutError(_) => "timed out".to_owned(),
            SdkError::DispatchFailure(_) => {
                "the cloud could not be reached, or there are no credentials".to_owned()
            }
            SdkError::ResponseError(_) => "the answer could not be read".to_owned(),
            _ => "the request could not be made".to_owned(),
        };
        Self { call, reason }
    }
}

/// The error code of a service, where there is one.
pub fn code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Option<&str> {
    error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code)
}

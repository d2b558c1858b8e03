//! Why a call to the cloud failed. The text contains no payload and no secret.

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
    /// A failure that the emulator found itself.
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
                let code = error.code().unwrap_or("the service gave no error code");
                match error.message() {
                    Some(message) => format!("{code}: {message}"),
                    None => code.to_owned(),
                }
            }
            SdkError::TimeoutError(_) => "timed out".to_owned(),
            SdkError::DispatchFailure(_) => {
                "the cloud did not respond, or there are no credentials".to_owned()
            }
            SdkError::ResponseError(_) => "the response could not be read".to_owned(),
            _ => "the request could not be sent".to_owned(),
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

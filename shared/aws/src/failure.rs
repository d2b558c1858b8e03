use std::fmt;

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::{StoreError, with_causes};

/// Why a call failed, in the service's words: its code and message, never what
/// was sent.
#[derive(Debug)]
pub struct Cause {
    code: Option<String>,
    text: String,
}

impl Cause {
    /// The service's own code, for instance `AccessDeniedException`; none if no
    /// service answered.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    fn of_ours(text: String) -> Self {
        Self { code: None, text }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Cause {}

/// Error codes with a 4xx status that still mean: try later.
const TRANSIENT_CODES: &[&str] = &[
    // The bytes were damaged on the way: sending them again helps.
    "BadDigest",
    "ConditionalRequestConflict",
    "ExpiredToken",
    "ExpiredTokenException",
    "KMS.ThrottlingException",
    "LimitExceededException",
    "OperationAborted",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "RequestTimeoutException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionConflictException",
    "TransactionInProgressException",
];

/// The service's code, without the prefix of SQS's first protocol.
pub(crate) fn code<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Option<&str> {
    let code = error.as_service_error()?.code()?;
    Some(code.strip_prefix("AWS.SimpleQueueService.").unwrap_or(code))
}

/// Sorts a failure of the SDK: transient or permanent.
pub(crate) fn classify<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let transient = match error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => {
            true
        }
        SdkError::ServiceError(service) => {
            let status = service.raw().status().as_u16();
            let code = service.err().code().unwrap_or_default();
            status >= 500 || status == 429 || TRANSIENT_CODES.contains(&code)
        }
        _ => false,
    };
    let cause = match error.as_service_error() {
        Some(service) => Cause {
            code: service.code().map(str::to_owned),
            text: format!(
                "{}: {}",
                service.code().unwrap_or("unknown"),
                service.message().unwrap_or("no message")
            ),
        },
        None => Cause::of_ours(with_causes(error)),
    };
    let source = Box::new(cause);
    if transient {
        StoreError::Transient { operation, source }
    } else {
        StoreError::Permanent { operation, source }
    }
}

/// Sorts a service's refusal, where no SDK has read it.
#[cfg(feature = "operator")]
pub(crate) fn refused(
    operation: &'static str,
    status: u16,
    code: Option<String>,
    message: Option<String>,
) -> StoreError {
    // What is no refusal is an answer that could not be read.
    let transient = status >= 500
        || status == 429
        || status < 400
        || code
            .as_deref()
            .is_some_and(|code| TRANSIENT_CODES.contains(&code));
    let text = match (&code, message) {
        (None, None) => format!("status {status}"),
        (code, message) => format!(
            "{}: {}",
            code.as_deref().unwrap_or("unknown"),
            message.as_deref().unwrap_or("no message")
        ),
    };
    let source = Box::new(Cause { code, text });
    if transient {
        StoreError::Transient { operation, source }
    } else {
        StoreError::Permanent { operation, source }
    }
}

/// A failure that only the configuration causes.
pub(crate) fn permanent(operation: &'static str, why: impl Into<String>) -> StoreError {
    StoreError::Permanent {
        operation,
        source: Box::new(Cause::of_ours(why.into())),
    }
}

/// A failure for which the service gave no code, and that may pass.
pub(crate) fn transient(operation: &'static str, why: impl Into<String>) -> StoreError {
    StoreError::Transient {
        operation,
        source: Box::new(Cause::of_ours(why.into())),
    }
}

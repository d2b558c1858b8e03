use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::{Cause, StoreError, is_transient, with_causes};

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
            is_transient(status, code)
        }
        _ => false,
    };
    let cause = match error.as_service_error() {
        Some(service) => Cause::of_service(
            service.code().map(str::to_owned),
            format!(
                "{}: {}",
                service.code().unwrap_or("unknown"),
                service.message().unwrap_or("no message")
            ),
        ),
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
    let transient = status < 400 || is_transient(status, code.as_deref().unwrap_or_default());
    let text = match (&code, message) {
        (None, None) => format!("status {status}"),
        (code, message) => format!(
            "{}: {}",
            code.as_deref().unwrap_or("unknown"),
            message.as_deref().unwrap_or("no message")
        ),
    };
    let source = Box::new(Cause::of_service(code, text));
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

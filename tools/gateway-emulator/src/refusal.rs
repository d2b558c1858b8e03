//! Why API Gateway answers a request by itself.
//!
//! The types of gateway responses, and their status codes:
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html>

use thiserror::Error;

/// Why a gateway response replaces the integration's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    TooLarge,
    BadParameters,
    Unauthorized,
    Denied {
        explicitly: bool,
    },
    AuthorizerFailure,
    AuthorizerConfiguration,
    ApiConfiguration,
    IntegrationFailure,
    /// No method of the API.
    NoMethod,
    /// What an integrated function returned is no response.
    BadResponse,
}

impl Kind {
    /// The gateway response's type, and its default status.
    pub(crate) fn spelled(self) -> (&'static str, u16) {
        match self {
            Self::TooLarge => ("REQUEST_TOO_LARGE", 413),
            Self::BadParameters => ("BAD_REQUEST_PARAMETERS", 400),
            Self::Unauthorized => ("UNAUTHORIZED", 401),
            Self::Denied { .. } => ("ACCESS_DENIED", 403),
            Self::AuthorizerFailure => ("AUTHORIZER_FAILURE", 500),
            Self::AuthorizerConfiguration => ("AUTHORIZER_CONFIGURATION_ERROR", 500),
            Self::ApiConfiguration => ("API_CONFIGURATION_ERROR", 500),
            Self::IntegrationFailure => ("INTEGRATION_FAILURE", 504),
            Self::NoMethod => ("MISSING_AUTHENTICATION_TOKEN", 403),
            // It has no type of its own.
            Self::BadResponse => ("DEFAULT_5XX", 502),
        }
    }

    /// The value of `$context.error.message`; an authorizer that failed has none.
    pub(crate) fn message(self) -> Option<&'static str> {
        match self {
            // No document confirms this.
            Self::TooLarge => Some("Request Too Long"),
            // AWS has a value; none of our templates uses it.
            Self::BadParameters => Some("Missing required request parameters"),
            Self::Unauthorized => Some("Unauthorized"),
            Self::Denied { explicitly: false } => {
                Some("User is not authorized to access this resource")
            }
            Self::Denied { explicitly: true } => {
                Some("User is not authorized to access this resource with an explicit deny")
            }
            Self::AuthorizerFailure => None,
            Self::NoMethod => Some("Missing Authentication Token"),
            Self::AuthorizerConfiguration
            | Self::ApiConfiguration
            | Self::IntegrationFailure
            | Self::BadResponse => Some("Internal server error"),
        }
    }
}

/// A request that the integration does not answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{reason}")]
pub(crate) struct Refusal {
    pub(crate) kind: Kind,
    /// For the log: nothing of the body, of headers' values or of the authorizer's context.
    pub(crate) reason: String,
}

impl Refusal {
    pub(crate) fn new(kind: Kind, reason: impl Into<String>) -> Self {
        Self {
            kind,
            reason: reason.into(),
        }
    }

    /// What AWS would refuse to apply, or what this emulator does not support.
    pub(crate) fn misconfigured(reason: impl Into<String>) -> Self {
        Self::new(Kind::ApiConfiguration, reason)
    }
}

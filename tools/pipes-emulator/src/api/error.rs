//! Errors as the API answers them.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use thiserror::Error;

/// One field that a request got wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvalidField {
    /// Path of the field as the request spells it, e.g. `SourceParameters.FilterCriteria.Filters[0].Pattern`.
    pub(crate) field: String,
    /// What is wrong and what would be right.
    pub(crate) message: String,
}

impl InvalidField {
    pub(crate) fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
        }
    }
}

/// An error answer. The caller must act on all of them.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum ApiError {
    /// Change the request.
    #[error("the request is not valid")]
    Validation(Vec<InvalidField>),
    /// There is no such pipe.
    #[error("Pipe {0} does not exist.")]
    NotFound(String),
    /// Wait until the pipe has settled, or use another name.
    #[error("{message}")]
    Conflict {
        /// Name of the pipe.
        name: String,
        /// What prevents it.
        message: String,
    },
    /// No operation at that path.
    #[error("EventBridge Pipes has no operation at {0}")]
    UnknownOperation(String),
}

impl ApiError {
    fn kind(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Validation(_) => (StatusCode::BAD_REQUEST, "ValidationException"),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "NotFoundException"),
            Self::Conflict { .. } => (StatusCode::CONFLICT, "ConflictException"),
            Self::UnknownOperation(_) => (StatusCode::NOT_FOUND, "UnknownOperationException"),
        }
    }

    fn body(&self) -> Value {
        match self {
            Self::Validation(problems) => {
                let texts: Vec<String> = problems
                    .iter()
                    .map(|p| format!("{}: {}", p.field, p.message))
                    .collect();
                let count = problems.len();
                let noun = if count == 1 { "error" } else { "errors" };
                json!({
                    "message": format!("{count} validation {noun} detected: {}", texts.join("; ")),
                    "fieldList": problems.iter().map(|p| json!({"name": p.field, "message": p.message})).collect::<Vec<_>>(),
                })
            }
            Self::Conflict { name, message } => {
                json!({"message": message, "resourceId": name, "resourceType": "Pipe"})
            }
            Self::NotFound(_) | Self::UnknownOperation(_) => json!({"message": self.to_string()}),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, kind) = self.kind();
        let headers = [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            ),
            (
                header::HeaderName::from_static("x-amzn-errortype"),
                HeaderValue::from_static(kind),
            ),
        ];
        (status, headers, self.body().to_string()).into_response()
    }
}

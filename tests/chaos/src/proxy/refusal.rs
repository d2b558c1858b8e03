//! Errors as the services themselves write them, so that a client judges them as it would theirs.

use bytes::Bytes;
use hyper::{Response, StatusCode, header::CONTENT_TYPE};
use serde_json::json;

use crate::call::{Call, Protocol};

/// The answer of a service that failed: 500 or 503.
pub(crate) fn failed(call: &Call, status: u16) -> Response<Bytes> {
    let code = match (call.protocol, status) {
        (Protocol::S3 | Protocol::Query, 500) => "InternalError",
        (Protocol::Json | Protocol::Rest, 500) => "InternalServerError",
        _ => "ServiceUnavailable",
    };
    answer(call, status, code)
}

/// The answer of a service that asks for fewer calls.
pub(crate) fn throttled(call: &Call) -> Response<Bytes> {
    let (status, code) = match call.protocol {
        Protocol::S3 => (503, "SlowDown"),
        Protocol::Query => (400, "Throttling"),
        Protocol::Json if call.class.starts_with("dynamodb:") => {
            (400, "ProvisionedThroughputExceededException")
        }
        Protocol::Json => (400, "ThrottlingException"),
        Protocol::Rest => (429, "TooManyRequestsException"),
    };
    answer(call, status, code)
}

fn answer(call: &Call, status: u16, code: &str) -> Response<Bytes> {
    const MESSAGE: &str = "a fault of the proxy";
    let (kind, body) = match call.protocol {
        Protocol::S3 => (
            "application/xml",
            format!("<Error><Code>{code}</Code><Message>{MESSAGE}</Message></Error>"),
        ),
        Protocol::Query => (
            "text/xml",
            format!(
                "<ErrorResponse><Error><Type>Receiver</Type><Code>{code}</Code>\
                 <Message>{MESSAGE}</Message></Error></ErrorResponse>"
            ),
        ),
        Protocol::Json | Protocol::Rest => (
            "application/x-amz-json-1.1",
            json!({"__type": code, "message": MESSAGE}).to_string(),
        ),
    };
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if let Ok(kind) = kind.parse() {
        headers.insert(CONTENT_TYPE, kind);
    }
    if let Ok(code) = code.parse() {
        headers.insert("x-amzn-errortype", code);
    }
    response
}

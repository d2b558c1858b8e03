//! Why a service refused a call.

use reqwest::StatusCode;
use serde_json::Value;

use crate::failure::Failure;

/// By the code and the message of the answer, where it has them.
pub(super) fn of(
    call: &'static str,
    status: StatusCode,
    code: Option<&str>,
    message: Option<&str>,
) -> Failure {
    let reason = [code, message].into_iter().flatten().collect::<Vec<_>>();
    if reason.is_empty() {
        return Failure::new(call, status.to_string());
    }
    Failure::new(call, reason.join(": "))
}

/// The same of an answer in JSON: services spell the two members in more than one way.
pub(super) fn of_json(call: &'static str, status: StatusCode, body: &Value) -> Failure {
    let text = |names: &[&str]| names.iter().find_map(|name| body.get(name)?.as_str());
    of(
        call,
        status,
        text(&["__type", "code"]),
        text(&["message", "Message"]),
    )
}

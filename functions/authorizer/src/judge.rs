use std::net::IpAddr;

use domain::{EndpointDirectory, EndpointName, Headers, Lane, Timestamp};
use lambda_runtime::Diagnostic;
use tracing::{error, info};

use crate::{
    directory::{Directory, Prepared},
    event::{Answer, Request},
};

/// API Gateway turns exactly these words into a 401, and any other error into a
/// failure of ours.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// The signature headers are missing, malformed or not fresh.
    #[error("Unauthorized")]
    Unauthorized,
    /// We cannot tell: the provider is to try again.
    #[error("the endpoint could not be looked up")]
    Unavailable,
}

impl From<Refused> for Diagnostic {
    fn from(refused: Refused) -> Self {
        let error_type = match refused {
            Refused::Unauthorized => "Unauthorized",
            Refused::Unavailable => "Unavailable",
        };
        Self {
            error_type: error_type.to_owned(),
            error_message: refused.to_string(),
        }
    }
}

/// Why a request is not let through; for the log, never for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Allow,
    /// 403, one body for all: a stranger learns nothing of what exists.
    Deny(&'static str),
    /// 401.
    Unauthorized(&'static str),
}

/// Judges a request by all but its body.
pub(crate) async fn authorize<E: EndpointDirectory>(
    request: Request,
    directory: &Directory<E>,
    now: Timestamp,
) -> Result<Answer, Refused> {
    let method_arn = request.method_arn;
    let name = request
        .path_parameters
        .and_then(|path| path.endpoint)
        .map(EndpointName::try_from);
    let Some(Ok(name)) = name else {
        info!(verdict = "deny", code = "endpoint_name_invalid");
        return Ok(Answer::deny(method_arn));
    };
    let prepared = match directory.find(&name, now).await {
        Ok(found) => found,
        Err(problem) => {
            error!(endpoint = %name, problem = %problem, cause = std::error::Error::source(&problem).map(tracing::field::display), "the endpoint cannot be used");
            return Err(Refused::Unavailable);
        }
    };
    let source = request
        .request_context
        .identity
        .source_ip
        .and_then(|ip| ip.parse().ok());
    let headers = runtime::headers(request.headers, request.multi_value_headers);
    let verdict = judge(prepared.as_deref(), source, &headers, now);
    match (verdict, prepared) {
        (Verdict::Allow, Some(prepared)) => Ok(Answer::allow(
            name.as_str(),
            method_arn,
            prepared.config.clone(),
        )),
        (Verdict::Unauthorized(code), _) => {
            info!(endpoint = %name, verdict = "unauthorized", code);
            Err(Refused::Unauthorized)
        }
        (Verdict::Deny(code), _) => {
            info!(endpoint = %name, verdict = "deny", code);
            Ok(Answer::deny(method_arn))
        }
        (Verdict::Allow, None) => Ok(Answer::deny(method_arn)),
    }
}

fn judge(
    prepared: Option<&Prepared>,
    source: Option<IpAddr>,
    headers: &Headers,
    now: Timestamp,
) -> Verdict {
    let Some(Prepared {
        endpoint, verifier, ..
    }) = prepared
    else {
        return Verdict::Deny("endpoint_unknown");
    };
    if !endpoint.enabled {
        return Verdict::Deny("endpoint_disabled");
    }
    if endpoint.lane != Lane::Standard {
        return Verdict::Deny("wrong_lane");
    }
    if !endpoint.admits(source) {
        return Verdict::Deny("source_not_allowed");
    }
    match verifier.precheck(headers, now.as_second()) {
        Ok(()) => Verdict::Allow,
        Err(rejection) => Verdict::Unauthorized(rejection.code()),
    }
}

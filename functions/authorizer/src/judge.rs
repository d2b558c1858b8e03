use std::net::IpAddr;

use domain::{
    EndpointDirectory, EndpointName, Headers, KeyRing, KeyStore, Keys, Lane, StoreError, Timestamp,
};
use lambda_runtime::Diagnostic;
use signature::{Asked, Key, Method, Rejection};
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
    Unauthorized(Rejection),
}

/// Judges requests by all but their body.
pub(crate) struct Judge<E, K> {
    directory: Directory<E>,
    keys: Keys<K>,
}

impl<E: EndpointDirectory, K: KeyStore> Judge<E, K> {
    pub(crate) fn new(directory: Directory<E>, keys: Keys<K>) -> Self {
        Self { directory, keys }
    }

    pub(crate) async fn authorize(
        &self,
        request: Request,
        now: Timestamp,
    ) -> Result<Answer, Refused> {
        let name = request
            .path_parameters
            .and_then(|path| path.endpoint)
            .map(EndpointName::try_from);
        let Some(Ok(name)) = name else {
            info!(verdict = "deny", code = "endpoint_name_invalid");
            return Ok(Answer::deny(request.method_arn));
        };
        let prepared = self.directory.find(&name, now).await.map_err(|problem| {
            error!(endpoint = %name, problem = %problem, cause = std::error::Error::source(&problem).map(tracing::field::display), "the endpoint cannot be used");
            Refused::Unavailable
        })?;
        let source = request
            .request_context
            .identity
            .source_ip
            .and_then(|ip| ip.parse().ok());
        let headers = runtime::headers(request.headers, request.multi_value_headers);
        let query = runtime::query(request.multi_value_query_string_parameters);
        let verdict = match admitted(prepared.as_deref(), source) {
            Err(code) => Verdict::Deny(code),
            Ok(prepared) => {
                let asked = Method::parse(&request.http_method).map(|method| Asked {
                    method,
                    headers: &headers,
                    query: &query,
                    handshake: prepared.endpoint.handshake,
                });
                self.judge(prepared, asked.as_ref(), now)
                    .await
                    .map_err(|problem| {
                        error!(endpoint = %name, problem = %problem, cause = std::error::Error::source(&problem).map(tracing::field::display), "the keys cannot be read");
                        Refused::Unavailable
                    })?
            }
        };
        match (verdict, prepared) {
            (Verdict::Allow, Some(prepared)) => Ok(Answer::allow(
                name.as_str(),
                request.method_arn,
                prepared.config.clone(),
            )),
            (Verdict::Unauthorized(rejection), _) if !rejection.is_provider_fault() => {
                error!(endpoint = %name, code = rejection.code(), "the endpoint's keys cannot be used");
                Err(Refused::Unavailable)
            }
            (Verdict::Unauthorized(rejection), _) => {
                info!(endpoint = %name, verdict = "unauthorized", code = rejection.code());
                Err(Refused::Unauthorized)
            }
            (Verdict::Deny(code), _) => {
                info!(endpoint = %name, verdict = "deny", code);
                Ok(Answer::deny(request.method_arn))
            }
            (Verdict::Allow, None) => Ok(Answer::deny(request.method_arn)),
        }
    }

    /// A challenge is let through to be answered; anything else has to be a delivery.
    async fn judge(
        &self,
        prepared: &Prepared,
        asked: Option<&Asked<'_>>,
        now: Timestamp,
    ) -> Result<Verdict, StoreError> {
        let Prepared { verifier, .. } = prepared;
        let Some(asked) = asked else {
            return Ok(Verdict::Deny("method_not_allowed"));
        };
        if verifier.may_be_challenge(asked) {
            return Ok(Verdict::Allow);
        }
        if asked.method != Method::Post {
            return Ok(Verdict::Deny("no_challenge"));
        }
        let outcome = if verifier.is_header_only() {
            self.verify(prepared, asked.headers, now).await?
        } else {
            verifier.precheck(asked.headers, now.as_second())
        };
        Ok(match outcome {
            Ok(()) => Verdict::Allow,
            Err(rejection) => Verdict::Unauthorized(rejection),
        })
    }

    /// The whole signature of a scheme that signs no more of the body than its
    /// digest, under the live keys, and once more under newer ones if there are any.
    async fn verify(
        &self,
        prepared: &Prepared,
        headers: &Headers,
        now: Timestamp,
    ) -> Result<Result<(), Rejection>, StoreError> {
        let check = |ring: &KeyRing| {
            let keys: Vec<Key> = ring.live(now).map(Key::from).collect();
            let verifier = &prepared.verifier;
            verifier.verify_headers(headers, &keys, now.as_second())
        };
        let name = &prepared.endpoint.name;
        self.keys
            .judge(name, now, check, |rejection| {
                rejection.asks_for_other_keys()
            })
            .await
    }
}

/// The endpoint, if a request from there may be looked at.
fn admitted(
    prepared: Option<&Prepared>,
    source: Option<IpAddr>,
) -> Result<&Prepared, &'static str> {
    let prepared = prepared.ok_or("endpoint_unknown")?;
    let endpoint = &prepared.endpoint;
    if !endpoint.enabled {
        return Err("endpoint_disabled");
    }
    if endpoint.lane != Lane::Standard {
        return Err("wrong_lane");
    }
    if !endpoint.admits(source) {
        return Err("source_not_allowed");
    }
    Ok(prepared)
}

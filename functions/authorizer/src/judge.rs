use std::{error::Error, net::IpAddr};

use domain::{
    EndpointDirectory, EndpointName, Headers, KeyRing, KeyStore, Keys, Lane, StoreError, Timestamp,
};
use signature::{Asked, Key, Method, Rejection};
use tracing::{
    Instrument, Span, error,
    field::{DisplayValue, Empty, display},
    info, info_span,
};

use crate::{
    directory::{Directory, Prepared},
    event::{Answer, Request},
    ruling::{Refused, Rejected, Ruling},
};

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

    /// Answers a request, and says what to count.
    pub(crate) async fn authorize(&self, request: Request, now: Timestamp) -> Ruling {
        // Every line carries this; the id is that of the access log.
        let span = info_span!(
            "request",
            request_id = request.request_context.request_id,
            endpoint = Empty,
        );
        self.rule(request, now).instrument(span).await
    }

    async fn rule(&self, request: Request, now: Timestamp) -> Ruling {
        let method_arn = request.method_arn.clone();
        let name = request
            .path_parameters
            .as_ref()
            .and_then(|path| EndpointName::try_from(path.endpoint.clone()?).ok());
        let Some(name) = name else {
            return deny(method_arn, None, "endpoint_name_invalid");
        };
        Span::current().record("endpoint", name.as_str());
        let prepared = match self.directory.find(&name, now).await {
            Ok(prepared) => prepared,
            Err(problem) => {
                error!(problem = %problem, cause = source(&problem), "the endpoint cannot be used");
                return unavailable(&name);
            }
        };
        let Some(prepared) = prepared else {
            return deny(method_arn, None, "endpoint_unknown");
        };
        match self.judge(&prepared, request, now).await {
            Ok(Verdict::Allow) => Ruling::allow(Answer::allow(
                name.as_str(),
                method_arn,
                prepared.config.clone(),
            )),
            Ok(Verdict::Deny(code)) => deny(method_arn, Some(&name), code),
            Ok(Verdict::Unauthorized(rejection)) if !rejection.is_provider_fault() => {
                error!(
                    code = rejection.code(),
                    "the endpoint's keys cannot be used"
                );
                unavailable(&name)
            }
            Ok(Verdict::Unauthorized(rejection)) => {
                info!(verdict = "unauthorized", code = rejection.code());
                Ruling::refuse(
                    Refused::Unauthorized,
                    rejected(Some(&name), rejection.code()),
                )
            }
            Err(problem) => {
                error!(problem = %problem, cause = source(&problem), "the keys cannot be read");
                unavailable(&name)
            }
        }
    }

    async fn judge(
        &self,
        prepared: &Prepared,
        request: Request,
        now: Timestamp,
    ) -> Result<Verdict, StoreError> {
        let source = request.request_context.identity.source_ip;
        if let Err(code) = admitted(prepared, source.and_then(|ip| ip.parse().ok())) {
            return Ok(Verdict::Deny(code));
        }
        let Some(method) = Method::parse(&request.http_method) else {
            return Ok(Verdict::Deny("method_not_allowed"));
        };
        let headers = runtime::headers(request.headers, request.multi_value_headers);
        let query = runtime::query(request.multi_value_query_string_parameters);
        let asked = Asked {
            method,
            headers: &headers,
            query: &query,
            handshake: prepared.endpoint.handshake,
        };
        self.judge_asked(prepared, &asked, now).await
    }

    /// A challenge is let through to be answered; anything else has to be a delivery.
    async fn judge_asked(
        &self,
        prepared: &Prepared,
        asked: &Asked<'_>,
        now: Timestamp,
    ) -> Result<Verdict, StoreError> {
        let Prepared { verifier, .. } = prepared;
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

/// Whether a request from there may be looked at.
fn admitted(prepared: &Prepared, source: Option<IpAddr>) -> Result<(), &'static str> {
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
    Ok(())
}

fn deny(method_arn: String, endpoint: Option<&EndpointName>, code: &'static str) -> Ruling {
    info!(verdict = "deny", code);
    Ruling::deny(Answer::deny(method_arn), rejected(endpoint, code))
}

fn unavailable(endpoint: &EndpointName) -> Ruling {
    Ruling::refuse(
        Refused::Unavailable,
        rejected(Some(endpoint), "unavailable"),
    )
}

fn rejected(endpoint: Option<&EndpointName>, reason: &'static str) -> Rejected {
    Rejected {
        endpoint: endpoint.cloned(),
        reason,
    }
}

fn source(problem: &dyn Error) -> Option<DisplayValue<&dyn Error>> {
    problem.source().map(display)
}

use std::net::IpAddr;

use domain::{
    Directory, Endpoint, EndpointDirectory, EndpointName, Headers, KeyRing, KeyStore, Keys, Lane,
    StoreError, Timestamp, causes,
};
use intake::{Intake, TurnedAway, at_the_door, content_type, judge_certificate};
use signature::{Asked, Key, Method, Rejection};
use tracing::{Instrument, debug, error, info, info_span};

use crate::{
    event::{AuthorizerRequest, AuthorizerResponse, Denial, RequestContext},
    lanes,
    prepared::PreparedEndpoint,
    ruling::{AuthorizerError, Rejected, Ruling},
};

/// Why a request is refused; for the log, never for the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Allow {
        /// The key under which the headers alone prove it, if they do.
        key_id: Option<String>,
    },
    /// 403, the same body for all. It does not hide which endpoints exist (decision 0034).
    Deny(&'static str),
    /// 403, with the reason: the endpoint takes no such deliveries (decision 0052).
    TurnAway(TurnedAway),
    /// 401.
    Unauthorized(Rejection),
}

/// Judges requests by everything but their body.
pub(crate) struct Judge<E, K> {
    directory: Directory<E, PreparedEndpoint>,
    keys: Keys<K>,
}

impl<E: EndpointDirectory, K: KeyStore> Judge<E, K> {
    pub(crate) fn new(directory: Directory<E, PreparedEndpoint>, keys: Keys<K>) -> Self {
        Self { directory, keys }
    }

    /// Answers a request, and returns what to count.
    pub(crate) async fn authorize(&self, request: AuthorizerRequest<'_>, now: Timestamp) -> Ruling {
        let name = request.path_parameters.as_ref();
        let name = name.and_then(|path| EndpointName::try_from(path.endpoint.clone()?).ok());
        // Every line carries these; the id is that of the access log.
        let span = info_span!(
            "request",
            request_id = request.request_context.request_id,
            endpoint = name.as_ref().map(EndpointName::as_str),
        );
        self.rule(request, name, now).instrument(span).await
    }

    async fn rule(
        &self,
        request: AuthorizerRequest<'_>,
        name: Option<EndpointName>,
        now: Timestamp,
    ) -> Ruling {
        let method_arn = request.method_arn;
        let Some(name) = name else {
            return deny(method_arn, None, "endpoint_name_invalid");
        };
        let prepared = match self.directory.find(&name, now, PreparedEndpoint::new).await {
            Ok(prepared) => prepared,
            Err(problem) => {
                error!(%problem, cause = causes(&problem), "the endpoint cannot be used");
                return unavailable(&name);
            }
        };
        let Some(prepared) = prepared else {
            return deny(method_arn, None, "endpoint_unknown");
        };
        let headers = runtime::headers(request.headers, request.multi_value_headers);
        let query = runtime::query(request.multi_value_query_string_parameters);
        let judged = Judged {
            intake: &prepared.intake,
            method: Method::parse(&request.http_method),
            headers: &headers,
            query: &query,
            context: &request.request_context,
        };
        debug!(lane = ?prepared.intake.endpoint.lane, "the endpoint is known");
        match self.judge(&judged, now).await {
            Ok(Verdict::Allow { key_id }) => allow(&prepared, &judged, key_id, method_arn, now),
            Ok(Verdict::Deny(code)) => deny(method_arn, Some(&name), code),
            Ok(Verdict::TurnAway(why)) => turn_away(method_arn, &name, &why),
            Ok(Verdict::Unauthorized(rejection)) if !rejection.is_provider_fault() => {
                error!(
                    code = rejection.code(),
                    "the endpoint's keys cannot be used"
                );
                unavailable(&name)
            }
            Ok(Verdict::Unauthorized(rejection)) => {
                info!(verdict = "unauthorized", code = rejection.code());
                Ruling {
                    answer: Err(AuthorizerError::Unauthorized),
                    rejection: Some(rejected(Some(&name), rejection.code())),
                }
            }
            Err(problem) => {
                error!(%problem, cause = causes(&problem), "the keys cannot be read");
                unavailable(&name)
            }
        }
    }

    /// A challenge is let through to be answered, in the lane that can; anything else
    /// must be a delivery.
    async fn judge(&self, judged: &Judged<'_>, now: Timestamp) -> Result<Verdict, StoreError> {
        let Judged {
            intake,
            headers,
            query,
            context,
            ..
        } = judged;
        let source = context.identity.source_ip.as_ref();
        if let Err(code) = admitted(&intake.endpoint, source.and_then(|ip| ip.parse().ok())) {
            return Ok(Verdict::Deny(code));
        }
        // Challenges, too: no handshake of the domain is without a certificate.
        let pem = context.identity.client_cert.as_ref();
        let pem = pem.and_then(|shown| shown.client_cert_pem.as_deref());
        if let Err(refused) = judge_certificate(&intake.endpoint, pem, now) {
            return Ok(Verdict::Deny(refused.code()));
        }
        let Some(method) = judged.method else {
            return Ok(Verdict::Deny("method_not_allowed"));
        };
        let asked = Asked {
            method,
            headers,
            query,
            handshake: intake.endpoint.handshake,
        };
        if lanes::lane(context) != Some(intake.endpoint.lane) {
            return Ok(Verdict::Deny("wrong_lane"));
        }
        // In the direct lane no function reads the body before the answer, so no challenge can be
        // answered there.
        let answers = intake.endpoint.lane == Lane::Standard;
        if answers && intake.verifier.may_be_challenge(&asked) {
            return Ok(Verdict::Allow { key_id: None });
        }
        if method != Method::Post {
            return Ok(Verdict::Deny("no_challenge"));
        }
        if let Err(why) = at_the_door(&intake.endpoint, headers) {
            return Ok(Verdict::TurnAway(why));
        }
        let outcome = if intake.verifier.is_header_only() {
            self.verify(intake, headers, now).await?
        } else {
            let precheck = intake.verifier.precheck(headers, now.as_second());
            precheck.map(|()| None)
        };
        Ok(match outcome {
            Ok(key_id) => Verdict::Allow { key_id },
            Err(rejection) => Verdict::Unauthorized(rejection),
        })
    }

    /// The whole signature of a scheme that signs no more of the body than its
    /// digest, under the live keys, and again under newer ones if there are any.
    async fn verify(
        &self,
        intake: &Intake,
        headers: &Headers,
        now: Timestamp,
    ) -> Result<Result<Option<String>, Rejection>, StoreError> {
        let check = |ring: &KeyRing| {
            let keys: Vec<Key> = ring.live(now).map(Key::from).collect();
            intake
                .verifier
                .verify_headers(headers, &keys, now.as_second())
        };
        self.keys
            .judge(&intake.endpoint.name, now, check, |rejection| {
                rejection.asks_for_other_keys()
            })
            .await
    }
}

/// A request to an endpoint that exists.
struct Judged<'a> {
    intake: &'a Intake,
    method: Option<Method>,
    headers: &'a Headers,
    query: &'a [(String, String)],
    context: &'a RequestContext,
}

fn allow(
    prepared: &PreparedEndpoint,
    judged: &Judged<'_>,
    key_id: Option<String>,
    method_arn: String,
    now: Timestamp,
) -> Ruling {
    let PreparedEndpoint { intake, config } = prepared;
    let name = &intake.endpoint.name;
    if intake.endpoint.lane == Lane::Standard {
        return allowed(AuthorizerResponse::allow(
            name.as_str(),
            method_arn,
            config.clone(),
        ));
    }
    // Only S3 answers after this: what `ingest` refuses with a 400 is refused here.
    if let Err(problem) = content_type(judged.headers) {
        return deny(method_arn, Some(name), problem.code);
    }
    let request_id = judged.context.request_id.as_deref().unwrap_or_default();
    match lanes::direct(intake, judged.headers, key_id, request_id, now) {
        Some(context) => allowed(AuthorizerResponse::allow_direct(method_arn, context)),
        None => deny(method_arn, Some(name), "headers_too_long"),
    }
}

/// Whether a request from this address may be judged.
fn admitted(endpoint: &Endpoint, source: Option<IpAddr>) -> Result<(), &'static str> {
    if !endpoint.enabled {
        return Err("endpoint_disabled");
    }
    if !endpoint.admits(source) {
        return Err("source_not_allowed");
    }
    Ok(())
}

fn allowed(response: AuthorizerResponse) -> Ruling {
    Ruling {
        answer: Ok(response),
        rejection: None,
    }
}

fn deny(method_arn: String, endpoint: Option<&EndpointName>, code: &'static str) -> Ruling {
    denied(method_arn, endpoint, code, Denial::forbidden())
}

fn turn_away(method_arn: String, endpoint: &EndpointName, why: &TurnedAway) -> Ruling {
    let denial = Denial::new(why.code(), &why.to_string());
    denied(method_arn, Some(endpoint), why.code(), denial)
}

fn denied(
    method_arn: String,
    endpoint: Option<&EndpointName>,
    code: &'static str,
    denial: Denial,
) -> Ruling {
    info!(verdict = "deny", code);
    Ruling {
        answer: Ok(AuthorizerResponse::deny(method_arn, denial)),
        rejection: Some(rejected(endpoint, code)),
    }
}

fn unavailable(endpoint: &EndpointName) -> Ruling {
    Ruling {
        answer: Err(AuthorizerError::Unavailable),
        rejection: Some(rejected(Some(endpoint), "unavailable")),
    }
}

fn rejected(endpoint: Option<&EndpointName>, reason: &'static str) -> Rejected {
    Rejected {
        endpoint: endpoint.cloned(),
        reason,
    }
}

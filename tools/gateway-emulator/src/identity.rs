//! An authorizer's identity sources: what a request must have before the authorizer's function is
//! called. Pure.
//!
//! API Gateway answers 401 by itself where one is missing or empty, whether answers are cached or not
//! (<https://docs.aws.amazon.com/apigateway/latest/api/API_Authorizer.html>, `identitySource`).

use crate::call::Call;
use crate::definitions::Api;
use crate::mapping;
use crate::refusal::{Kind, Refusal};
use crate::rest_api::{Authorizer, Method};

/// The one type of authorizer that is emulated here.
pub(crate) const REQUEST: &str = "REQUEST";

/// Where an identity may be.
const PLACES: [&str; 2] = ["method.request.header.", "context."];

/// Checks a request that the local cloud will serve. Without an authorizer of type `REQUEST` it is
/// the cloud's.
///
/// # Errors
/// An identity source is missing, or not supported here.
pub(crate) fn check_passed_on(api: &Api, method: &Method, call: &Call) -> Result<(), Refusal> {
    if method.authorization_type.as_deref() != Some("CUSTOM") {
        return Ok(());
    }
    let authorizer = method
        .authorizer_id
        .as_ref()
        .and_then(|id| api.authorizers.get(id));
    match authorizer {
        Some(authorizer) if authorizer.kind == REQUEST => check(authorizer, call),
        _ => Ok(()),
    }
}

/// Checks that the request has every identity source of the authorizer.
///
/// # Errors
/// One is missing or empty (`UNAUTHORIZED`), or is not supported here.
pub(crate) fn check(authorizer: &Authorizer, call: &Call) -> Result<(), Refusal> {
    for source in authorizer.identity_source.split(',').map(str::trim) {
        if source.is_empty() {
            continue;
        }
        if !PLACES.iter().any(|place| source.starts_with(place)) {
            let reason = format!("the identity source {source} is not emulated here");
            return Err(Refusal::new(Kind::AuthorizerConfiguration, reason));
        }
        if mapping::value(source, call)?.is_none_or(|value| value.is_empty()) {
            let reason = format!("the identity source {source} is missing or empty");
            return Err(Refusal::new(Kind::Unauthorized, reason));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{api, call};

    fn authorizer(source: &str) -> Authorizer {
        Authorizer {
            kind: REQUEST.to_owned(),
            identity_source: source.to_owned(),
            ..Authorizer::default()
        }
    }

    fn kind(source: &str) -> Option<Kind> {
        let mut call = call();
        call.headers
            .insert("x-empty", hyper::header::HeaderValue::from_static(""));
        check(&authorizer(source), &call)
            .err()
            .map(|refusal| refusal.kind)
    }

    #[test]
    fn every_source_must_be_there_and_not_be_empty() {
        for there in [
            "",
            "context.identity.sourceIp",
            "method.request.header.X-SIGNATURE",
            "method.request.header.x-signature,context.stage, context.requestId",
        ] {
            assert_eq!(kind(there), None, "{there}");
        }
        for missing in [
            "method.request.header.Authorization",
            "method.request.header.X-Empty",
            "context.identity.userAgent",
            "context.identity.sourceIp, method.request.header.Authorization",
        ] {
            assert_eq!(kind(missing), Some(Kind::Unauthorized), "{missing}");
        }
    }

    #[test]
    fn what_is_not_known_is_no_identity() {
        for unknown in [
            "method.request.querystring.a",
            "stageVariables.a",
            "$request.header.X",
            "'text'",
        ] {
            assert_eq!(kind(unknown), Some(Kind::AuthorizerConfiguration));
        }
        assert_eq!(
            kind("context.identity.caller"),
            Some(Kind::ApiConfiguration)
        );
    }

    #[test]
    fn what_is_passed_on_is_checked_where_a_request_authorizer_is() {
        let mut api = api();
        let method = |kind: &str| Method {
            authorization_type: Some(kind.to_owned()),
            authorizer_id: Some("x".to_owned()),
            ..Method::default()
        };
        let checked = |api: &Api, kind: &str| check_passed_on(api, &method(kind), &call()).is_ok();
        assert!(
            checked(&api, "CUSTOM"),
            "the cloud knows no such authorizer"
        );
        let wanted = authorizer("method.request.header.Authorization");
        api.authorizers.insert("x".to_owned(), wanted);
        assert!(!checked(&api, "CUSTOM"));
        assert!(checked(&api, "NONE") && checked(&api, "AWS_IAM"));
    }
}

//! An authorizer's identity sources: what a request must have before the authorizer's function is
//! called. Pure.
//!
//! API Gateway answers 401 by itself where one is missing or empty, whether answers are cached or not
//! (<https://docs.aws.amazon.com/apigateway/latest/api/API_Authorizer.html>, `identitySource`).

use aws_sdk_apigateway::types::{Authorizer, AuthorizerType, Method};

use crate::call::Call;
use crate::definitions::Api;
use crate::mapping;
use crate::refusal::{Kind, Refusal};

/// The one type of authorizer that is emulated here.
pub(crate) const REQUEST: AuthorizerType = AuthorizerType::Request;

/// Where an identity may be.
const PLACES: [&str; 2] = ["method.request.header.", "context."];

/// Checks a request that the local cloud will serve. Without an authorizer of type `REQUEST` it is
/// the cloud's.
///
/// # Errors
/// An identity source is missing, or not supported here.
pub(crate) fn check_passed_on(api: &Api, method: &Method, call: &Call) -> Result<(), Refusal> {
    if method.authorization_type() != Some("CUSTOM") {
        return Ok(());
    }
    let authorizer = method
        .authorizer_id()
        .and_then(|id| api.authorizers.get(id));
    match authorizer {
        Some(authorizer) if authorizer.r#type() == Some(&REQUEST) => check(authorizer, call),
        _ => Ok(()),
    }
}

/// Checks that the request has every identity source of the authorizer.
///
/// # Errors
/// One is missing or empty (`UNAUTHORIZED`), or is not supported here.
pub(crate) fn check(authorizer: &Authorizer, call: &Call) -> Result<(), Refusal> {
    let sources = authorizer.identity_source().unwrap_or_default();
    for source in sources.split(',').map(str::trim) {
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

    fn authorizer(source: Option<&str>) -> Authorizer {
        Authorizer::builder()
            .id("x")
            .r#type(REQUEST)
            .set_identity_source(source.map(str::to_owned))
            .build()
    }

    fn kind(source: &str) -> Option<Kind> {
        let mut call = call();
        call.headers
            .insert("x-empty", hyper::header::HeaderValue::from_static(""));
        check(&authorizer(Some(source)), &call)
            .err()
            .map(|refusal| refusal.kind)
    }

    #[test]
    fn every_source_must_be_there_and_not_be_empty() {
        assert_eq!(check(&authorizer(None), &call()), Ok(()));
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
        let method = |kind: &str| {
            Method::builder()
                .authorization_type(kind)
                .authorizer_id("x")
                .build()
        };
        let checked = |api: &Api, kind: &str| check_passed_on(api, &method(kind), &call()).is_ok();
        assert!(
            checked(&api, "CUSTOM"),
            "the cloud knows no such authorizer"
        );
        let wanted = authorizer(Some("method.request.header.Authorization"));
        api.authorizers.insert("x".to_owned(), wanted);
        assert!(!checked(&api, "CUSTOM"));
        assert!(checked(&api, "NONE") && checked(&api, "AWS_IAM"));
    }
}

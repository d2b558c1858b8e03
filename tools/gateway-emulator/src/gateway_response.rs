//! Answers that API Gateway gives by itself: gateway responses.
//!
//! Their types, status codes and bodies:
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html>

use serde_json::Value;

use crate::call::Call;
use crate::definitions::Api;
use crate::integration_response::ClientResponse;
use crate::mapping;
use crate::refusal::Refusal;
use crate::rest_api::GatewayResponse;
use crate::template::{self, Lookup};

/// The default template of a body.
const DEFAULT: &str = r#"{"message":$context.error.messageString}"#;

/// The answer to a refused request, as the API's gateway responses define it.
///
/// # Errors
/// The emulator does not support the gateway response itself.
pub(crate) fn make(refusal: &Refusal, api: &Api, call: &Call) -> Result<ClientResponse, Refusal> {
    let (name, usual) = refusal.kind.spelled();
    let own = customized(api, name);
    let family = customized(
        api,
        if usual < 500 {
            "DEFAULT_4XX"
        } else {
            "DEFAULT_5XX"
        },
    );
    let response = own.or(family);
    let status = match response.and_then(|response| response.status_code.as_deref()) {
        None => usual,
        Some(status) => status
            .parse()
            .map_err(|_| Refusal::misconfigured(format!("the status of {name} is not a number")))?,
    };
    let template = response
        .and_then(|response| response.response_templates.get("application/json"))
        .map_or(DEFAULT, String::as_str);
    let message = refusal.kind.message();
    let quoted = message.map_or(Value::Null, Value::from).to_string();
    let lookup = |name: &str| match name {
        "error.message" => Ok(message.map(str::to_owned)),
        "error.messageString" => Ok(Some(quoted.clone())),
        "error.responseType" => Ok(Some(refusal.kind.spelled().0.to_owned())),
        "error.validationErrorString" => Ok(None),
        other => call.context(other),
    };
    let lookup: &Lookup<'_> = &lookup;
    let mut headers = Vec::new();
    for (target, source) in response
        .into_iter()
        .flat_map(|response| &response.response_parameters)
    {
        let Some(header) = target.strip_prefix("gatewayresponse.header.") else {
            return Err(Refusal::misconfigured(format!(
                "{target} of a gateway response is not emulated here"
            )));
        };
        if let Some(value) = mapping::value(source, call)? {
            headers.push((header.to_owned(), value));
        }
    }
    Ok(ClientResponse {
        status,
        headers,
        body: template::plain(template, lookup)?.into(),
    })
}

/// Whether the answer to a denied request shows what the authorizer said.
pub(crate) fn tells_why(api: &Api) -> bool {
    let response = customized(api, "ACCESS_DENIED");
    let mut templates = response
        .into_iter()
        .flat_map(|one| one.response_templates.values());
    templates.any(|template| template.contains("$context.authorizer."))
}

/// A gateway response that differs from AWS's default.
fn customized<'a>(api: &'a Api, name: &str) -> Option<&'a GatewayResponse> {
    api.refusals
        .get(name)
        .filter(|response| !response.default_response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Kind;
    use crate::testing::{api, call};

    fn response(status: Option<&str>, template: &str) -> GatewayResponse {
        let pair = |name: &str, value: &str| [(name.to_owned(), value.to_owned())].into();
        GatewayResponse {
            status_code: status.map(str::to_owned),
            response_templates: pair("application/json", template),
            response_parameters: pair("gatewayresponse.header.Retry-After", "'1'"),
            ..GatewayResponse::default()
        }
    }

    fn body(response: &ClientResponse) -> &str {
        std::str::from_utf8(&response.body).unwrap()
    }

    #[test]
    fn aws_answers_where_nothing_is_customized() {
        let large = make(&Refusal::new(Kind::TooLarge, ""), &api(), &call()).unwrap();
        assert_eq!(
            (large.status, body(&large)),
            (413, r#"{"message":"Request Too Long"}"#)
        );
        let failed = make(&Refusal::new(Kind::AuthorizerFailure, ""), &api(), &call());
        assert_eq!(body(&failed.unwrap()), r#"{"message":null}"#);
    }

    #[test]
    fn a_customized_response_then_its_family() {
        let mut api = api();
        let template = r#"{"id":"$context.requestId","name":"$context.authorizer.nothing"}"#;
        api.refusals
            .insert("ACCESS_DENIED".to_owned(), response(Some("404"), template));
        api.refusals
            .insert("DEFAULT_5XX".to_owned(), response(Some("503"), "later"));
        let call = call();
        let denied = Refusal::new(Kind::Denied { explicitly: true }, "");
        let own = make(&denied, &api, &call).unwrap();
        assert_eq!(
            (own.status, body(&own)),
            (404, r#"{"id":"req-1","name":""}"#)
        );
        assert_eq!(own.headers, [("Retry-After".to_owned(), "1".to_owned())]);
        let family = make(&Refusal::misconfigured(""), &api, &call).unwrap();
        assert_eq!((family.status, body(&family)), (503, "later"));
        let usual = make(&Refusal::new(Kind::Unauthorized, ""), &api, &call);
        assert_eq!(usual.unwrap().status, 401);
    }

    /// <https://repost.aws/questions/QUKDpmrAvWSCKwfjxhRiZD4Q>
    #[test]
    fn a_denial_says_what_the_authorizer_says() {
        let mut api = api();
        assert!(!tells_why(&api));
        let template = r#"{"error":"$context.authorizer.denial_code"}"#;
        api.refusals
            .insert("ACCESS_DENIED".to_owned(), response(None, template));
        assert!(tells_why(&api));
        let mut call = call();
        call.authorizer
            .insert("denial_code".to_owned(), "body_too_small".to_owned());
        let denied = Refusal::new(Kind::Denied { explicitly: true }, "");
        let made = make(&denied, &api, &call).unwrap();
        assert_eq!(
            (made.status, body(&made)),
            (403, r#"{"error":"body_too_small"}"#)
        );
    }

    #[test]
    fn a_response_of_awss_own_customizes_nothing() {
        let mut api = api();
        let own = GatewayResponse {
            default_response: true,
            status_code: Some("499".to_owned()),
            ..GatewayResponse::default()
        };
        api.refusals.insert("UNAUTHORIZED".to_owned(), own);
        let usual = make(&Refusal::new(Kind::Unauthorized, ""), &api, &call());
        assert_eq!(usual.unwrap().status, 401);
    }
}

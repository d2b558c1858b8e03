//! Answers that API Gateway gives by itself: gateway responses.
//!
//! Their types, status codes and bodies:
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html>

use aws_sdk_apigateway::types::GatewayResponse;
use serde_json::Value;
use thiserror::Error;

use crate::answer::Reply;
use crate::call::Call;
use crate::definitions::Api;
use crate::mapping;
use crate::template::{self, Lookup};

/// The default template of a body.
const DEFAULT: &str = r#"{"message":$context.error.messageString}"#;

/// Why a gateway response replaces the integration's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    TooLarge,
    MediaType,
    BadParameters,
    Unauthorized,
    Denied { explicitly: bool },
    AuthorizerFailure,
    AuthorizerConfiguration,
    ApiConfiguration,
    IntegrationFailure,
}

impl Kind {
    /// The gateway response's type, and its default status.
    pub(crate) fn spelled(self) -> (&'static str, u16) {
        match self {
            Self::TooLarge => ("REQUEST_TOO_LARGE", 413),
            Self::MediaType => ("UNSUPPORTED_MEDIA_TYPE", 415),
            Self::BadParameters => ("BAD_REQUEST_PARAMETERS", 400),
            Self::Unauthorized => ("UNAUTHORIZED", 401),
            Self::Denied { .. } => ("ACCESS_DENIED", 403),
            Self::AuthorizerFailure => ("AUTHORIZER_FAILURE", 500),
            Self::AuthorizerConfiguration => ("AUTHORIZER_CONFIGURATION_ERROR", 500),
            Self::ApiConfiguration => ("API_CONFIGURATION_ERROR", 500),
            Self::IntegrationFailure => ("INTEGRATION_FAILURE", 504),
        }
    }

    /// The value of `$context.error.message`; an authorizer that failed has none.
    fn message(self) -> Option<&'static str> {
        match self {
            // No document confirms this.
            Self::TooLarge => Some("Request Too Long"),
            Self::MediaType => Some("Unsupported Media Type"),
            // AWS has a value; none of our templates uses it.
            Self::BadParameters => Some("Missing required request parameters"),
            Self::Unauthorized => Some("Unauthorized"),
            Self::Denied { explicitly: false } => {
                Some("User is not authorized to access this resource")
            }
            Self::Denied { explicitly: true } => {
                Some("User is not authorized to access this resource with an explicit deny")
            }
            Self::AuthorizerFailure => None,
            Self::AuthorizerConfiguration | Self::ApiConfiguration | Self::IntegrationFailure => {
                Some("Internal server error")
            }
        }
    }
}

/// A request that the integration does not answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{reason}")]
pub(crate) struct Refusal {
    pub(crate) kind: Kind,
    /// For the log: nothing of the body, of headers' values or of the authorizer's context.
    pub(crate) reason: String,
}

impl Refusal {
    pub(crate) fn new(kind: Kind, reason: impl Into<String>) -> Self {
        Self {
            kind,
            reason: reason.into(),
        }
    }

    /// What AWS would refuse to apply, or what this emulator does not support.
    pub(crate) fn misconfigured(reason: impl Into<String>) -> Self {
        Self::new(Kind::ApiConfiguration, reason)
    }

    /// The answer, as the API's gateway responses define it.
    ///
    /// # Errors
    /// The emulator does not support the gateway response itself.
    pub(crate) fn reply(&self, api: &Api, call: &Call) -> Result<Reply, Self> {
        let (name, usual) = self.kind.spelled();
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
        let status = match response.and_then(GatewayResponse::status_code) {
            None => usual,
            Some(status) => status
                .parse()
                .map_err(|_| Self::misconfigured(format!("{name}: a status that is no number")))?,
        };
        let template = response
            .and_then(GatewayResponse::response_templates)
            .and_then(|templates| templates.get("application/json"))
            .map_or(DEFAULT, String::as_str);
        let message = self.kind.message();
        let quoted = message.map_or(Value::Null, Value::from).to_string();
        let lookup = |name: &str| match name {
            "error.message" => Ok(message.map(str::to_owned)),
            "error.messageString" => Ok(Some(quoted.clone())),
            "error.responseType" => Ok(Some(self.kind.spelled().0.to_owned())),
            "error.validationErrorString" => Ok(None),
            other => call.context(other),
        };
        let lookup: &Lookup<'_> = &lookup;
        let mut headers = Vec::new();
        for (target, source) in response
            .and_then(GatewayResponse::response_parameters)
            .into_iter()
            .flatten()
        {
            let Some(header) = target.strip_prefix("gatewayresponse.header.") else {
                return Err(Self::misconfigured(format!(
                    "{target} of a gateway response is not emulated here"
                )));
            };
            if let Some(value) = mapping::value(source, call)? {
                headers.push((header.to_owned(), value));
            }
        }
        Ok(Reply {
            status,
            headers,
            body: template::plain(template, lookup)?.into(),
        })
    }
}

/// A gateway response that differs from AWS's default.
fn customized<'a>(api: &'a Api, name: &str) -> Option<&'a GatewayResponse> {
    api.refusals
        .get(name)
        .filter(|response| !response.default_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{api, call};

    fn response(status: Option<&str>, template: &str) -> GatewayResponse {
        GatewayResponse::builder()
            .set_status_code(status.map(str::to_owned))
            .response_templates("application/json", template)
            .response_parameters("gatewayresponse.header.Retry-After", "'1'")
            .build()
    }

    fn body(reply: &Reply) -> &str {
        std::str::from_utf8(&reply.body).unwrap()
    }

    #[test]
    fn aws_answers_where_nothing_is_customized() {
        let reply = Refusal::new(Kind::TooLarge, "")
            .reply(&api(), &call())
            .unwrap();
        assert_eq!(
            (reply.status, body(&reply)),
            (413, r#"{"message":"Request Too Long"}"#)
        );
        let reply = Refusal::new(Kind::AuthorizerFailure, "").reply(&api(), &call());
        assert_eq!(body(&reply.unwrap()), r#"{"message":null}"#);
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
        let reply = denied.reply(&api, &call).unwrap();
        assert_eq!(
            (reply.status, body(&reply)),
            (404, r#"{"id":"req-1","name":""}"#)
        );
        assert_eq!(reply.headers, [("Retry-After".to_owned(), "1".to_owned())]);
        let reply = Refusal::misconfigured("").reply(&api, &call).unwrap();
        assert_eq!((reply.status, body(&reply)), (503, "later"));
        let reply = Refusal::new(Kind::Unauthorized, "").reply(&api, &call);
        assert_eq!(reply.unwrap().status, 401);
    }

    #[test]
    fn a_response_of_awss_own_customizes_nothing() {
        let mut api = api();
        let own = GatewayResponse::builder().default_response(true);
        let own = own.status_code("499").build();
        api.refusals.insert("UNAUTHORIZED".to_owned(), own);
        let reply = Refusal::new(Kind::Unauthorized, "").reply(&api, &call());
        assert_eq!(reply.unwrap().status, 401);
    }
}

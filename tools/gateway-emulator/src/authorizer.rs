//! Lambda authorizers of type `REQUEST`: their input, and what their answer means.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html>

use std::collections::BTreeMap;

use aws_sdk_lambda::primitives::Blob;
use serde_json::{Value, json};
use tracing::warn;

use crate::call::Call;
use crate::definitions::Api;
use crate::event::{function_of, request_event};
use crate::identity::{self, REQUEST};
use crate::policy::{Decision, judge};
use crate::refusal::{Kind, Refusal};
use crate::rest_api::{Authorizer, Method};

/// Calls the method's authorizer. Its context is that of the following steps, or of the gateway
/// response if it denies the method.
pub(crate) async fn authorize(
    lambda: &aws_sdk_lambda::Client,
    api: &Api,
    method: &Method,
    call: &mut Call,
) -> Result<(), Refusal> {
    let Some(authorizer) = authorizer(api, method)? else {
        return Ok(());
    };
    let function = function(authorizer)?;
    identity::check(authorizer, call)?;
    let answer = lambda
        .invoke()
        .function_name(function)
        .payload(Blob::new(event(call).to_string()))
        .send()
        .await
        .map_err(|error| {
            let code = error
                .as_service_error()
                .and_then(|error| error.meta().code());
            let code = code.unwrap_or("no answer");
            Refusal::new(
                Kind::AuthorizerConfiguration,
                format!("the authorizer cannot be invoked: {code}"),
            )
        })?;
    let payload = answer.payload().map_or(&[][..], AsRef::as_ref);
    let payload = serde_json::from_slice(payload).unwrap_or(Value::Null);
    judge_response(answer.function_error().is_some(), &payload, call)
}

/// The method's authorizer; `None` if it needs none.
fn authorizer<'a>(api: &'a Api, method: &Method) -> Result<Option<&'a Authorizer>, Refusal> {
    if method.api_key_required {
        return Err(Refusal::misconfigured("API keys are not emulated here"));
    }
    match method.authorization_type.as_deref().unwrap_or("NONE") {
        "NONE" => return Ok(None),
        "CUSTOM" => {}
        other => {
            return Err(Refusal::misconfigured(format!(
                "authorization {other} is not emulated here"
            )));
        }
    }
    let wrong = |reason: &str| Refusal::new(Kind::AuthorizerConfiguration, reason);
    let authorizer = method
        .authorizer_id
        .as_ref()
        .and_then(|id| api.authorizers.get(id))
        .ok_or_else(|| wrong("the API does not have the method's authorizer"))?;
    if authorizer.kind != REQUEST {
        return Err(wrong("only authorizers of type REQUEST are emulated here"));
    }
    if authorizer.authorizer_result_ttl_in_seconds != Some(0) {
        warn!("the authorizer's responses may be cached on AWS; they are not cached here");
    }
    Ok(Some(authorizer))
}

fn function(authorizer: &Authorizer) -> Result<&str, Refusal> {
    function_of(&authorizer.authorizer_uri).ok_or_else(|| {
        let reason = "the authorizer's URI does not name a function";
        Refusal::new(Kind::AuthorizerConfiguration, reason)
    })
}

/// The event, as API Gateway builds it.
#[expect(
    clippy::indexing_slicing,
    reason = "an object of JSON takes any member"
)]
fn event(call: &Call) -> Value {
    let mut event = request_event(call);
    event["type"] = json!("REQUEST");
    event["methodArn"] = json!(call.method_arn());
    event
}

/// What the authorizer's answer means for the request.
fn judge_response(failed: bool, answer: &Value, call: &mut Call) -> Result<(), Refusal> {
    if failed {
        let message = answer.get("errorMessage").and_then(Value::as_str);
        return Err(if message == Some("Unauthorized") {
            Refusal::new(Kind::Unauthorized, "the authorizer returned Unauthorized")
        } else {
            Refusal::new(Kind::AuthorizerFailure, "the authorizer failed")
        });
    }
    let wrong = |reason: &str| Refusal::new(Kind::AuthorizerConfiguration, reason);
    let policy = answer
        .get("policyDocument")
        .ok_or_else(|| wrong("the authorizer returned no policy"))?;
    let context = match answer.get("context") {
        None | Some(Value::Null) => None,
        Some(Value::Object(context)) => Some(context),
        Some(_) => return Err(wrong("the authorizer's context is not an object")),
    };
    let mut values = BTreeMap::new();
    for (name, value) in context.into_iter().flatten() {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            Value::Null => continue,
            Value::Array(_) | Value::Object(_) => {
                return Err(wrong("a value of the authorizer's context is not a scalar"));
            }
        };
        values.insert(name.clone(), value);
    }
    if let Some(principal) = answer.get("principalId").and_then(Value::as_str) {
        values.insert("principalId".to_owned(), principal.to_owned());
    }
    call.authorizer = values;
    match judge(policy, &call.method_arn()).map_err(wrong)? {
        Decision::Allow => Ok(()),
        Decision::ExplicitDeny => {
            let kind = Kind::Denied { explicitly: true };
            Err(Refusal::new(
                kind,
                "the authorizer's policy denies the method",
            ))
        }
        Decision::ImplicitDeny => {
            let kind = Kind::Denied { explicitly: false };
            Err(Refusal::new(
                kind,
                "the authorizer's policy does not allow the method",
            ))
        }
    }
}

#[cfg(test)]
#[path = "authorizer_tests.rs"]
mod tests;

//! Integrations of type `AWS_PROXY` with a function. By the default endpoint the local cloud serves them; by a domain
//! name they are served here, because the cloud knows no client certificates.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>

use std::collections::BTreeMap;

use aws_sdk_lambda::primitives::Blob;
use base64_simd::STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::call::Call;
use crate::definitions::Api;
use crate::event::{function_of, request_event};
use crate::integration_response::ClientResponse;
use crate::refusal::{Kind, Refusal};
use crate::rest_api::Method;

/// What the function returns.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Returned {
    status_code: u16,
    #[serde(default)]
    headers: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    multi_value_headers: Option<BTreeMap<String, Vec<Value>>>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// Calls the function, and reads its response.
pub(crate) async fn call(
    lambda: &aws_sdk_lambda::Client,
    api: &Api,
    method: &Method,
    call: &Call,
    body: Bytes,
) -> Result<ClientResponse, Refusal> {
    let integration = method.method_integration.as_ref();
    let function = integration
        .filter(|integration| integration.kind == "AWS_PROXY")
        .and_then(|integration| function_of(&integration.uri))
        .ok_or_else(|| {
            Refusal::misconfigured("by a domain name only S3 and functions are emulated here")
        })?;
    if !api.binary {
        return Err(Refusal::misconfigured(
            "only unchanged bodies are emulated here: set binary_media_types to */*",
        ));
    }
    let answer = lambda
        .invoke()
        .function_name(function)
        .payload(Blob::new(event(call, &body).to_string()))
        .send()
        .await
        .map_err(|_| Refusal::new(Kind::BadResponse, "the function cannot be invoked"))?;
    if answer.function_error().is_some() {
        return Err(Refusal::new(Kind::BadResponse, "the function failed"));
    }
    response(answer.payload().map_or(&[][..], AsRef::as_ref))
}

#[expect(
    clippy::indexing_slicing,
    reason = "an object of JSON takes any member"
)]
fn event(call: &Call, body: &Bytes) -> Value {
    let mut event = request_event(call);
    for member in ["queryStringParameters", "multiValueQueryStringParameters"] {
        if call.query.is_empty() {
            event[member] = Value::Null;
        }
    }
    event["stageVariables"] = Value::Null;
    event["requestContext"]["authorizer"] = json!(call.authorizer);
    // `*/*` is binary: every body is encoded.
    event["isBase64Encoded"] = json!(!body.is_empty());
    event["body"] = if body.is_empty() {
        Value::Null
    } else {
        json!(STANDARD.encode_to_string(body))
    };
    event
}

fn response(payload: &[u8]) -> Result<ClientResponse, Refusal> {
    let malformed = || {
        Refusal::new(
            Kind::BadResponse,
            "what the function returned is no response",
        )
    };
    let returned: Returned = serde_json::from_slice(payload).map_err(|_| malformed())?;
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    let single = returned.headers.unwrap_or_default().into_iter();
    let single = single.map(|(name, value)| (name, text(value)));
    let many = returned.multi_value_headers.unwrap_or_default().into_iter();
    let many = many.flat_map(|(name, values)| {
        values
            .into_iter()
            .map(move |value| (name.clone(), text(value)))
    });
    let body = returned.body.unwrap_or_default();
    let body = if returned.is_base64_encoded {
        let decoded = STANDARD.decode_to_vec(body).map_err(|_| malformed())?;
        Bytes::from(decoded)
    } else {
        Bytes::from(body)
    };
    Ok(ClientResponse {
        status: returned.status_code,
        headers: single.chain(many).collect(),
        body,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::call;

    #[test]
    fn a_body_is_encoded_and_an_empty_one_is_none() {
        let mut call = call();
        let event = event(&call, &Bytes::from_static(b"\xff"));
        assert_eq!(
            (&event["body"], &event["isBase64Encoded"]),
            (&json!("/w=="), &json!(true))
        );
        assert_eq!(
            event["requestContext"]["authorizer"],
            json!({"name": "shop"})
        );
        assert_eq!(event["queryStringParameters"], json!({"a": "2"}));
        call.query.clear();
        let event = super::event(&call, &Bytes::new());
        assert_eq!(
            (&event["body"], &event["isBase64Encoded"]),
            (&Value::Null, &json!(false))
        );
        assert_eq!(event["multiValueQueryStringParameters"], Value::Null);
    }

    #[test]
    fn a_response_is_read_and_nothing_else() {
        let json = json!({"statusCode": 201, "headers": {"a": "b", "n": 5}, "body": "YQ==", "isBase64Encoded": true});
        let read = response(json.to_string().as_bytes()).unwrap();
        assert_eq!((read.status, &read.body[..]), (201, &b"a"[..]));
        assert_eq!(
            read.headers,
            [
                ("a".to_owned(), "b".to_owned()),
                ("n".to_owned(), "5".to_owned())
            ]
        );
        for bad in ["null", "{}", r#"{"statusCode":"x"}"#, "text"] {
            assert_eq!(
                response(bad.as_bytes()).unwrap_err().kind,
                Kind::BadResponse
            );
        }
    }
}

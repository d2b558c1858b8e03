//! What the events of authorizers and of integrated functions have in common.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html>,
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::call::Call;

/// The members of both events.
#[expect(
    clippy::indexing_slicing,
    reason = "an object of JSON takes any member"
)]
pub(crate) fn request_event(call: &Call) -> Value {
    let text =
        |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let mut headers = Map::new();
    let mut all_headers = Map::new();
    for name in call.headers.keys() {
        let values: Vec<_> = call.headers.get_all(name).iter().map(text).collect();
        headers.insert(name.to_string(), json!(values.last()));
        all_headers.insert(name.to_string(), json!(values));
    }
    let mut query = Map::new();
    let mut all_query: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in &call.query {
        query.insert(name.clone(), json!(value));
        all_query.entry(name).or_default().push(value);
    }
    let mut identity = json!({"sourceIp": call.source_ip, "userAgent": call.header("user-agent")});
    let shown = call
        .by_domain
        .as_ref()
        .and_then(|by| by.client_cert.as_ref());
    if let Some(shown) = shown {
        identity["clientCert"] = shown.clone();
    }
    json!({
        "resource": call.resource,
        "path": call.event_path(),
        "httpMethod": call.method,
        "headers": headers,
        "multiValueHeaders": all_headers,
        "queryStringParameters": query,
        "multiValueQueryStringParameters": all_query,
        "pathParameters": call.path_parameters,
        "stageVariables": {},
        "requestContext": {
            "resourceId": call.resource_id,
            "resourcePath": call.resource,
            "httpMethod": call.method,
            "path": call.full_path(),
            "accountId": call.account,
            "protocol": "HTTP/1.1",
            "stage": call.stage,
            "requestTimeEpoch": call.received.as_millisecond(),
            "requestId": call.request_id,
            "identity": identity,
            "domainName": call.domain_name(),
            "domainPrefix": call.domain_prefix(),
            "apiId": call.api,
        },
    })
}

/// The ARN of the function in the URI of an authorizer or of an integration.
pub(crate) fn function_of(uri: &str) -> Option<&str> {
    let (_, function) = uri.split_once("/functions/")?;
    function.strip_suffix("/invocations")
}

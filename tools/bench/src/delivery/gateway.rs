//! Requests as API Gateway hands them over.

use serde_json::{Map, Value, json};

use super::scheme::Scheme;

/// The event of a REST API with Lambda proxy integration. The body comes last, as it does there.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>
pub(super) fn rest(scheme: Scheme, headers: &[(String, String)], body: &[u8]) -> Vec<u8> {
    let mut context = context(scheme);
    if let Some(context) = context.as_object_mut() {
        let passed = json!({
            "principalId": scheme.name(), "endpoint": scheme.config(), "integrationLatency": 12,
        });
        context.insert("authorizer".to_owned(), passed);
    }
    let head = json!({
        "resource": "/hooks/{endpoint}",
        "path": path(scheme),
        "httpMethod": "POST",
        "headers": single(headers),
        "multiValueHeaders": multi(headers),
        "queryStringParameters": null,
        "multiValueQueryStringParameters": null,
        "pathParameters": {"endpoint": scheme.name()},
        "stageVariables": null,
        "requestContext": context,
    });
    with_body(&head, &base64(body), true)
}

/// The event of an HTTP API, format 2.0. A body of text is not encoded.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>
pub(super) fn http(scheme: Scheme, headers: &[(String, String)], body: &[u8]) -> Vec<u8> {
    // As AWS's sample names its route.
    let path = format!("/{}", scheme.name());
    let head = json!({
        "version": "2.0",
        "routeKey": "POST /{provider}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": single(headers),
        "pathParameters": {"provider": scheme.name()},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abcdefghij",
            "domainName": "hooks.example.org",
            "domainPrefix": "hooks",
            "http": {
                "method": "POST", "path": path, "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7", "userAgent": "bench/1.0",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "POST /{provider}",
            "stage": "$default",
            "time": "21/Nov/2026:20:59:57 +0000",
            "timeEpoch": 1_795_294_797_000_i64,
        },
    });
    match std::str::from_utf8(body) {
        Ok(text) => with_body(&head, text, false),
        Err(_) => with_body(&head, &base64(body), true),
    }
}

/// The event of an authorizer of the type REQUEST.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html>
pub(super) fn authorizer(scheme: Scheme, headers: &[(String, String)]) -> Vec<u8> {
    let arn = format!(
        "arn:aws:execute-api:eu-central-1:123456789012:abcdefghij/v1/POST/hooks/{}",
        scheme.name()
    );
    let event = json!({
        "type": "REQUEST",
        "methodArn": arn,
        "resource": "/hooks/{endpoint}",
        "path": path(scheme),
        "httpMethod": "POST",
        "headers": single(headers),
        "multiValueHeaders": multi(headers),
        "queryStringParameters": {},
        "multiValueQueryStringParameters": {},
        "pathParameters": {"endpoint": scheme.name()},
        "stageVariables": {},
        "requestContext": context(scheme),
    });
    event.to_string().into_bytes()
}

fn path(scheme: Scheme) -> String {
    format!("/hooks/{}", scheme.name())
}

fn context(scheme: Scheme) -> Value {
    json!({
        "accountId": "123456789012",
        "apiId": "abcdefghij",
        "domainName": "hooks.example.org",
        "extendedRequestId": "AbCdEfGhIjKlMnO=",
        "httpMethod": "POST",
        "identity": {"sourceIp": "203.0.113.7", "userAgent": "bench/1.0"},
        "path": format!("/v1{}", path(scheme)),
        "protocol": "HTTP/1.1",
        "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
        "requestTime": "21/Nov/2026:20:59:57 +0000",
        "requestTimeEpoch": 1_795_294_797_000_i64,
        "resourceId": "123abc",
        "resourcePath": "/hooks/{endpoint}",
        "stage": "v1",
    })
}

fn single(headers: &[(String, String)]) -> Map<String, Value> {
    let pairs = headers.iter();
    pairs
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect()
}

fn multi(headers: &[(String, String)]) -> Map<String, Value> {
    let pairs = headers.iter();
    pairs
        .map(|(name, value)| (name.clone(), json!([value])))
        .collect()
}

fn base64(body: &[u8]) -> String {
    base64_simd::STANDARD.encode_to_string(body)
}

/// An object with `body` and `isBase64Encoded` behind all else.
fn with_body(head: &Value, body: &str, is_base64: bool) -> Vec<u8> {
    let mut event = head.to_string();
    event.pop();
    event.push_str(r#","body":"#);
    event.push_str(&json!(body).to_string());
    event.push_str(if is_base64 {
        r#","isBase64Encoded":true}"#
    } else {
        r#","isBase64Encoded":false}"#
    });
    event.into_bytes()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_body_is_last_and_encoded_where_the_gateway_does() {
        let headers = [("a".to_owned(), "1".to_owned())];
        let read = |event: &[u8]| serde_json::from_slice::<Value>(event).unwrap();
        let event = rest(Scheme::Stripe, &headers, b"{\"a\":\"\\n\"}");
        assert!(event.ends_with(br#"","isBase64Encoded":true}"#));
        let event = read(&event);
        assert_eq!(event["body"], "eyJhIjoiXG4ifQ==");
        assert_eq!(event["multiValueHeaders"]["a"][0], "1");
        assert!(event["requestContext"]["authorizer"]["endpoint"].is_string());

        let event = read(&http(Scheme::Stripe, &headers, b"{\"a\":\"\\n\"}"));
        assert_eq!(event["body"], "{\"a\":\"\\n\"}");
        assert_eq!(event["isBase64Encoded"], false);
        let event = read(&http(Scheme::Github, &headers, b"\xff"));
        assert_eq!(event["body"], "/w==");
        assert_eq!(event["isBase64Encoded"], true);
    }
}

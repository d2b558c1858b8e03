use super::*;
use crate::testing::{api, call};

#[test]
fn the_event_has_every_part() {
    let event = event(&call());
    assert_eq!(
        event,
        json!({
            "type": "REQUEST",
            "methodArn": "arn:aws:execute-api:us-east-1:000000000000:a1/v1/POST/direct/shop",
            "resource": "/direct/{endpoint}",
            "path": "/direct/shop",
            "httpMethod": "POST",
            "headers": {"content-type": "text/plain", "x-signature": "v1=2"},
            "multiValueHeaders": {"content-type": ["text/plain"], "x-signature": ["v0=1", "v1=2"]},
            "queryStringParameters": {"a": "2"},
            "multiValueQueryStringParameters": {"a": ["1", "2"]},
            "pathParameters": {"endpoint": "shop"},
            "stageVariables": {},
            "requestContext": {
                "resourceId": "r1",
                "resourcePath": "/direct/{endpoint}",
                "httpMethod": "POST",
                "path": "/v1/direct/shop",
                "accountId": "000000000000",
                "protocol": "HTTP/1.1",
                "stage": "v1",
                "requestTimeEpoch": 1_763_758_797_414_i64,
                "requestId": "req-1",
                "identity": {"sourceIp": "192.0.2.1", "userAgent": null},
                "domainName": "a1.execute-api.us-east-1.amazonaws.com",
                "domainPrefix": "a1",
                "apiId": "a1",
            },
        })
    );
}

#[test]
fn by_a_domain_the_event_has_its_name_and_the_client_certificate() {
    let mut call = call();
    call.by_domain = Some(crate::domain_name::ByDomain {
        name: "hooks.example.com".to_owned(),
        base_path: "in".to_owned(),
        client_cert: Some(json!({"clientCertPem": "PEM"})),
    });
    let event = event(&call);
    assert_eq!(event["path"], "/in/direct/shop");
    let context = &event["requestContext"];
    assert_eq!(context["path"], "/in/direct/shop");
    assert_eq!(context["domainName"], "hooks.example.com");
    assert_eq!(context["domainPrefix"], "hooks");
    assert_eq!(context["identity"]["clientCert"]["clientCertPem"], "PEM");
}

fn answer(effect: &str, context: &Value) -> Value {
    json!({
        "principalId": "shop",
        "policyDocument": {"Version": "2012-10-17", "Statement": [
            {"Effect": effect, "Action": "execute-api:Invoke", "Resource": call().method_arn()},
        ]},
        "context": context,
    })
}

fn kind(failed: bool, answer: &Value) -> Kind {
    judge_response(failed, answer, &mut call())
        .unwrap_err()
        .kind
}

#[test]
fn a_context_is_strings() {
    let context = json!({"name": "shop", "size": 12, "share": 0.5, "on": true, "none": null});
    let mut call = call();
    judge_response(false, &answer("Allow", &context), &mut call).unwrap();
    let expected = [
        ("name", "shop"),
        ("on", "true"),
        ("principalId", "shop"),
        ("share", "0.5"),
        ("size", "12"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(call.authorizer, BTreeMap::from(expected));
    let nested = answer("Allow", &json!({"list": []}));
    assert_eq!(kind(false, &nested), Kind::AuthorizerConfiguration);
}

#[test]
fn a_denial_keeps_its_context_for_the_response() {
    let mut call = call();
    let denied = answer("Deny", &json!({"error": "forbidden"}));
    assert!(judge_response(false, &denied, &mut call).is_err());
    assert_eq!(call.authorizer["error"], "forbidden");
}

#[test]
fn what_is_no_permission() {
    let none = json!({});
    let denied = Kind::Denied { explicitly: true };
    assert_eq!(kind(false, &answer("Deny", &none)), denied);
    let silent = json!({"policyDocument": {"Statement": []}});
    assert_eq!(kind(false, &silent), Kind::Denied { explicitly: false });
    assert_eq!(kind(false, &none), Kind::AuthorizerConfiguration);
    assert_eq!(kind(false, &Value::Null), Kind::AuthorizerConfiguration);
    let error = |message: &str| json!({"errorMessage": message, "errorType": "E"});
    assert_eq!(kind(true, &error("Unauthorized")), Kind::Unauthorized);
    assert_eq!(kind(true, &error("unauthorized!")), Kind::AuthorizerFailure);
    // An error is an error even if it looks like a permission.
    assert_eq!(kind(true, &answer("Allow", &none)), Kind::AuthorizerFailure);
}

#[test]
fn the_function_is_the_authorizers() {
    let mut api = api();
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:auth:live";
    let made = |kind: &str| Authorizer {
        kind: kind.to_owned(),
        authorizer_result_ttl_in_seconds: Some(0),
        authorizer_uri: format!(
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"
        ),
        ..Authorizer::default()
    };
    let method = |kind: &str| Method {
        authorization_type: Some(kind.to_owned()),
        authorizer_id: Some("x".to_owned()),
        ..Method::default()
    };
    let asked = |api: &Api, kind: &str| {
        let found = authorizer(api, &method(kind))?;
        let asked = found.map(function).transpose()?;
        Ok::<_, Refusal>(asked.map(str::to_owned))
    };
    let missing = asked(&api, "CUSTOM").unwrap_err();
    assert_eq!(missing.kind, Kind::AuthorizerConfiguration);
    api.authorizers.insert("x".to_owned(), made("REQUEST"));
    assert_eq!(asked(&api, "CUSTOM"), Ok(Some(arn.to_owned())));
    assert_eq!(asked(&api, "NONE"), Ok(None));
    assert!(asked(&api, "AWS_IAM").is_err());
    api.authorizers.insert("x".to_owned(), made("TOKEN"));
    assert!(asked(&api, "CUSTOM").is_err());
}

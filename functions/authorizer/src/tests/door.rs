//! What an endpoint turns away before its signature is looked at.

use super::*;

const PICKY: [(&str, &str); 4] = [
    ("content-type", "application/json; charset=utf-8"),
    ("x-tenant", "acme"),
    ("content-length", "20"),
    ("user-agent", "a"),
];

/// Signed, with what the endpoint demands but for these changes; `-` takes a header away.
fn with(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut headers = signed(NOW);
    let demanded = PICKY.iter().chain(changes);
    for (name, value) in demanded {
        headers = set(headers, name, value);
    }
    headers.retain(|(_, value)| value != "-");
    headers
}

async fn denied(
    judge: &Judged<'_>,
    lane: &str,
    endpoint: &str,
    headers: &[(String, String)],
) -> Value {
    let resource = format!("/{lane}/{{endpoint}}");
    let ip = "192.0.2.1";
    let asked = asked(judge, "POST", &resource, endpoint, headers, json!(null), ip);
    let answer = asked.await.unwrap();
    if answer["policyDocument"]["Statement"][0]["Effect"] == "Allow" {
        return json!("allowed");
    }
    answer["context"]["denial_code"].clone()
}

#[tokio::test]
async fn a_delivery_that_lacks_what_its_endpoint_demands_is_denied_with_the_reason() {
    let table = table();
    let judge = judge(&table);
    for (lane, endpoint) in [("hooks", "picky"), ("direct", "direct-picky")] {
        for (changes, expected) in [
            (&[][..], "allowed"),
            (&[("content-length", "-")], "allowed"),
            (&[("content-type", "text/csv")], "allowed"),
            (
                &[("content-type", "application/xml")],
                "content_type_not_allowed",
            ),
            (&[("content-type", "-")], "content_type_not_allowed"),
            (&[("x-tenant", "-")], "required_header_missing"),
            (&[("content-length", "19")], "body_too_small"),
        ] {
            let found = denied(&judge, lane, endpoint, &with(changes)).await;
            assert_eq!(found, expected, "{endpoint} {changes:?}");
        }
        // Before the signature is looked at, and after everything that hides the endpoint.
        let unsigned = vec![("content-type".to_owned(), "application/xml".to_owned())];
        assert_eq!(
            denied(&judge, lane, endpoint, &unsigned).await,
            "content_type_not_allowed"
        );
        let wrong_lane = if lane == "hooks" { "direct" } else { "hooks" };
        assert_eq!(
            denied(&judge, wrong_lane, endpoint, &unsigned).await,
            "forbidden"
        );
    }
}

#[tokio::test]
async fn the_caller_learns_what_to_send_and_a_name_that_is_unknown_learns_nothing() {
    let table = table();
    let judge = judge(&table);
    let bad = with(&[("content-type", "canary/canary")]);
    let answer = ask(&judge, "picky", &bad, "192.0.2.1").await.unwrap();
    let message = answer["context"]["denial_message"].as_str().unwrap();
    assert!(message.contains("application/json, text/*"), "{message}");
    assert!(!message.contains("canary"), "{message}");
    for endpoint in ["nobody", "off"] {
        let answer = ask(&judge, endpoint, &bad, "192.0.2.1").await.unwrap();
        let context = json!({
            "denial_code": "forbidden",
            "denial_message": "unknown endpoint, not allowed from here, or the wrong lane: an endpoint takes its deliveries at /hooks/{endpoint} or, in the direct lane, at /direct/{endpoint}",
        });
        assert_eq!(answer["context"], context);
    }
}

#[tokio::test]
async fn it_is_counted_by_its_code() {
    let table = table();
    let judge = judge(&table);
    let event = json!({
        "methodArn": ARN, "httpMethod": "POST", "headers": {}, "pathParameters": {"endpoint": "picky"},
        "requestContext": {"resourcePath": "/hooks/{endpoint}", "identity": {"sourceIp": "192.0.2.1"}},
    });
    let event = event.to_string();
    let ruling = judge.authorize(request(&event), at(NOW)).await;
    let rejection = ruling.rejection.unwrap();
    assert_eq!(rejection.reason, "content_type_not_allowed");
    assert_eq!(rejection.endpoint.unwrap().as_str(), "picky");
}

/// A provider's check has no body, and other headers than its deliveries.
#[tokio::test]
async fn a_challenge_is_let_through_all_the_same() {
    let table = table();
    let judge = judge(&table);
    let query =
        json!({"hub.mode": ["subscribe"], "hub.challenge": ["1"], "hub.verify_token": ["t"]});
    let (resource, ip) = ("/hooks/{endpoint}", "192.0.2.1");
    let answer = asked(&judge, "GET", resource, "picky-meta", &[], query, ip);
    assert_eq!(effect(&answer.await), "Allow");
}

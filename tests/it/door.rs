//! What an endpoint demands of its deliveries besides a signature.

use e2e::{Delivery, Sender, Stack};
use serde_json::json;

use crate::support::{JSON, acceptance, fresh, refusal, shared, signed, stored};

/// Each change to a delivery that meets all demands, and what becomes of it. The last one is judged by its signature.
fn changed(good: &Delivery) -> [(Delivery, (u16, &'static str)); 6] {
    let short = Delivery {
        body: b"{}".as_slice().into(),
        ..good.clone()
    };
    [
        (
            good.clone().set("content-type", "application/xml"),
            (403, "content_type_not_allowed"),
        ),
        (
            good.clone().without("content-type"),
            (403, "content_type_not_allowed"),
        ),
        (
            good.clone().without("x-tenant"),
            (403, "required_header_missing"),
        ),
        (
            good.clone().set("x-tenant", ""),
            (403, "required_header_missing"),
        ),
        (short, (403, "body_too_small")),
        (
            good.clone().without("webhook-signature"),
            (401, "unauthorized"),
        ),
    ]
}

#[tokio::test]
async fn what_an_endpoint_does_not_take_is_refused_with_the_reason_and_the_rest_is_an_event() {
    let stack = shared().await;
    let picky = Sender::of(&stack, "picky").await.unwrap();
    // The sender adds `x-tenant`, as the endpoint demands it.
    let (id, good) = signed(&picky, "exact.picky", 500);
    for (delivery, expected) in changed(&good) {
        let answer = delivery.send(&stack).await.unwrap();
        assert_eq!(refusal(&answer), expected, "{answer:?}");
    }
    assert_eq!(stored(&stack, "picky", &good.body).await, 0);
    let answer = good
        .clone()
        .set("content-type", "application/xml")
        .send(&stack)
        .await
        .unwrap();
    assert!(
        answer.body.message.contains("application/json, text/*"),
        "{answer:?}"
    );
    for (delivery, status) in [
        (good.clone(), "accepted"),
        (good.set("content-type", "text/plain; a=b"), "duplicate"),
    ] {
        let answer = delivery.send(&stack).await.unwrap();
        assert_eq!(acceptance(&answer), (200, status), "{answer:?}");
        assert_eq!(answer.body.reference, format!("picky/{id}"));
    }
}

/// In the direct lane nothing else could refuse it before S3 has it.
#[tokio::test]
async fn the_direct_lane_refuses_it_before_anything_is_stored() {
    let stack = shared().await;
    let name = fresh("x").replace('_', "-");
    let config = json!({
        "name": name, "scheme": "standard-webhooks", "lane": "direct",
        "content_types": ["application/json", "text/*"], "required_headers": ["x-tenant"], "min_bytes": 100,
    });
    stack.put_endpoint(&name, &config).await.unwrap();
    let provider = Sender::configured(&config, "whsec_bm90LXVzZWQtYnV0LWxvbmctZW5vdWdo").unwrap();
    let (_, good) = signed(&provider, "exact.picky", 500);
    for (delivery, expected) in changed(&good) {
        // API Gateway's own validator refuses it, perhaps before the authorizer is asked.
        let is_typed = |(name, _): &(String, String)| name == "content-type";
        if !delivery.headers.iter().any(is_typed) {
            continue;
        }
        let answer = delivery.send(&stack).await.unwrap();
        assert_eq!(refusal(&answer), expected, "{answer:?}");
        assert!(nothing_is_stored(&stack, &name, &answer.request_id).await);
    }
}

async fn nothing_is_stored(stack: &Stack, endpoint: &str, request_id: &str) -> bool {
    stack
        .objects(endpoint, request_id)
        .await
        .unwrap()
        .is_empty()
}

/// As an unknown endpoint: what it demands is nobody's to know.
#[tokio::test]
async fn a_disabled_endpoint_does_not_say_what_it_demands() {
    let stack = shared().await;
    let name = fresh("x").replace('_', "-");
    let config = json!({
        "name": name, "scheme": "standard-webhooks", "enabled": false, "content_types": ["text/plain"],
    });
    stack.put_endpoint(&name, &config).await.unwrap();
    let provider = Sender::configured(&config, "whsec_bm90LXVzZWQtYnV0LWxvbmctZW5vdWdo").unwrap();
    let delivery = provider
        .sign(&[("webhook-id", "msg_1"), JSON], "{}")
        .unwrap();
    let answer = delivery.send(&stack).await.unwrap();
    assert_eq!(refusal(&answer), (403, "forbidden"), "{answer:?}");
}

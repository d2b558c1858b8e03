//! What an endpoint declares under `attributes`: in pointers, in events, and in processors of three languages.

use e2e::{Delivery, Sender, Stack};
use serde_json::{Value, json};

use crate::support::{JSON, acceptance, ask, fresh, processed, shared};

/// What it keeps, as `terraform/environments/e2e.tfvars` says. Both endpoints have the same.
const LANES: [&str; 2] = ["kept", "direct-kept"];

const CUSTOMER: &str = "cus_1 50% \"a\" \\ \u{5ba2}";

/// As it is stored, and as events have it.
const STORED: &str = "cus_1 50%25 %22a%22 %5C \u{5ba2}";

/// A delivery with this body, and the ref of its event.
async fn delivery(
    stack: &Stack,
    endpoint: &str,
    body: &Value,
    plan: Option<&str>,
) -> (String, Delivery) {
    let id = fresh("kept");
    let sender = Sender::of(stack, endpoint).await.unwrap();
    let mut headers = vec![("webhook-id", id.as_str()), JSON];
    headers.extend(plan.map(|plan| ("x-plan", plan)));
    let delivery = sender
        .sign(&headers, body.to_string().into_bytes())
        .unwrap();
    (format!("{endpoint}/{id}"), delivery)
}

async fn accept(stack: &Stack, delivery: &Delivery) {
    let answer = delivery.send(stack).await.unwrap();
    assert_eq!(acceptance(&answer), (200, "accepted"), "{answer:?}");
}

/// Of the one pointer of an event, once it is there.
async fn kept(stack: &Stack, reference: &str) -> Vec<(String, String)> {
    let pointers = stack.pointers_of(reference).await.unwrap();
    assert_eq!(pointers.len(), 1, "{reference}");
    let mut kept: Vec<_> = pointers[0]
        .iter()
        .filter(|(name, _)| name.starts_with("x_"))
        .map(|(name, value)| (name.clone(), value.as_s().unwrap().clone()))
        .collect();
    kept.sort();
    kept
}

#[tokio::test]
async fn processors_in_every_language_get_them_by_both_lanes() {
    let stack = shared().await;
    let body = json!({"type": "polyglot.kept", "data": {"customer": CUSTOMER, "amount": 1.50e2}});
    for endpoint in LANES {
        let (reference, delivery) = delivery(&stack, endpoint, &body, Some("pro")).await;
        accept(&stack, &delivery).await;
        let names = ["rust-audit", "python-audit", "typescript-audit"];
        let summary = format!("polyglot.kept {} bytes of {CUSTOMER}", delivery.body.len());
        let receipts = processed(&stack, &reference, &names).await;
        for name in names {
            assert_eq!(receipts[name].summary, summary, "{endpoint} {name}");
        }
        let expected = [
            ("x_amount", "150"),
            ("x_customer", STORED),
            ("x_plan", "pro"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(kept(&stack, &reference).await, expected, "{endpoint}");
        let shown = ask(&stack, &["events", "show", &reference]).await;
        assert_eq!(shown["attributes"]["customer"], CUSTOMER, "{shown}");
        assert_eq!(shown["attributes"]["amount"], "150", "{shown}");
    }
}

/// The template of a pipe has a path for each; what is missing there must leave the event whole.
#[tokio::test]
async fn an_event_without_them_is_processed_as_ever() {
    let stack = shared().await;
    let long = "l".repeat(129);
    for endpoint in LANES {
        for data in [
            json!({}),
            json!({"customer": null, "amount": "many"}),
            json!({"customer": {"id": "cus_1"}, "amount": []}),
            json!({"customer": long, "amount": true}),
            json!({"customer": "a\u{7}b"}),
        ] {
            let body = json!({"type": "polyglot.kept", "data": data});
            let (reference, delivery) = delivery(&stack, endpoint, &body, None).await;
            accept(&stack, &delivery).await;
            let names = ["rust-audit", "python-audit", "typescript-audit"];
            let summary = format!("polyglot.kept {} bytes", delivery.body.len());
            for (name, receipt) in processed(&stack, &reference, &names).await {
                assert_eq!(receipt.summary, summary, "{endpoint} {name} {data}");
            }
            assert_eq!(kept(&stack, &reference).await, [], "{data}");
        }
    }
}

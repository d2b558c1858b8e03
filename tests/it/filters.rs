//! What a filter holds back reaches no target, and what it lets through does: by a pipe, by `fan` and by `deliver`.

use std::time::Duration;

use e2e::{Sender, Stack};
use serde_json::{Value, json};

use crate::support::{JSON, acceptance, fresh, processed, shared};

/// The processors of the subscriptions with the filter, as `terraform/environments/e2e.tfvars` has them.
const PROCESSORS: [&str; 3] = ["trial", "rust-audit", "trial-ordered"];

const SUBSCRIPTIONS: [&str; 3] = ["filtered", "filtered-ordered", "filtered-paced"];

/// Delivers an event with these attributes, and returns its ref.
async fn delivered(stack: &Stack, endpoint: &str, data: &Value, plan: Option<&str>) -> String {
    let id = fresh("filtered");
    let sender = Sender::of(stack, endpoint).await.unwrap();
    let mut headers = vec![("webhook-id", id.as_str()), JSON];
    headers.extend(plan.map(|plan| ("x-plan", plan)));
    let body = json!({"type": "filtered.event", "data": data});
    let body = body.to_string().into_bytes();
    let answer = sender.sign(&headers, body).unwrap().send(stack).await;
    let answer = answer.unwrap();
    assert_eq!(acceptance(&answer), (200, "accepted"), "{answer:?}");
    format!("{endpoint}/{id}")
}

#[tokio::test]
async fn what_a_filter_holds_back_reaches_no_target() {
    let stack = shared().await;
    for endpoint in ["kept", "direct-kept"] {
        let mut held_back = Vec::new();
        for (customer, amount, plan) in [
            // Each misses by one attribute.
            (json!("cus_1"), json!(150), Some("pro")),
            (json!("cus_\"1"), json!(100), Some("pro")),
            (json!("cus_\"1"), json!(200.500_001), Some("pro")),
            (json!("cus_\"1"), json!(9), Some("pro")),
            (json!("cus_\"1"), json!(150), Some("free")),
            (json!("cus_\"1"), json!(150), None),
            (json!("cus_\"1"), json!("many"), Some("pro")),
            (json!(["cus_\"1"]), json!(150), Some("pro")),
        ] {
            let data = json!({"customer": customer, "amount": amount});
            held_back.push(delivered(&stack, endpoint, &data, plan).await);
        }
        let mut passed = Vec::new();
        for amount in [json!(100.000_001), json!(200.5), json!(7), json!("1.5e2")] {
            let data = json!({"customer": "cus_\"1", "amount": amount});
            passed.push(delivered(&stack, endpoint, &data, Some("pro")).await);
        }
        for reference in &passed {
            processed(&stack, reference, &PROCESSORS).await;
        }
        // The others came before. A standard queue keeps no order, so they get some time more.
        tokio::time::sleep(Duration::from_secs(3)).await;
        for reference in &held_back {
            let records = stack.records(reference).await.unwrap();
            for name in PROCESSORS.iter().chain(&SUBSCRIPTIONS) {
                assert!(!records.contains_key(*name), "{reference} {name}");
            }
        }
    }
}

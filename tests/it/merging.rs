//! `dedupe = "attributes"`: deliveries with the same values are one event, whatever else differs.

use domain::EventKey;
use e2e::{Sender, Stack};
use serde_json::json;

use crate::support::{JSON, acceptance, fresh, shared};

/// Sends an order's state, each time under another id and with other bytes; says what the answer was.
async fn send(stack: &Stack, order: &str, state: &str) -> String {
    let sender = Sender::of(stack, "merging").await.unwrap();
    let id = fresh("merging");
    let body = json!({"type": "order.changed", "order": order, "state": state, "sent": id});
    let headers = [("webhook-id", id.as_str()), JSON];
    let delivery = sender.sign(&headers, body.to_string().into_bytes());
    let answer = delivery.unwrap().send(stack).await.unwrap();
    let (status, word) = acceptance(&answer);
    assert_eq!(status, 200, "{answer:?}");
    word.to_owned()
}

/// The pointers of such events: they share a partition, whatever their slot is.
async fn pointers(stack: &Stack, order: &str, state: &str) -> usize {
    let values = [("order", order), ("state", state)];
    let key = EventKey::of_attributes("order.changed", values);
    let partition = format!("merging#{}", key.as_str());
    stack.pointers(&partition).await.unwrap().len()
}

#[tokio::test]
async fn of_many_at_once_one_is_accepted() {
    let stack = shared().await;
    let order = fresh("order");
    let all = futures_util::future::join_all((0..8).map(|_| send(&stack, &order, "paid"))).await;
    let accepted = all.iter().filter(|word| *word == "accepted").count();
    assert_eq!(accepted, 1, "{all:?}");
    assert_eq!(pointers(&stack, &order, "paid").await, 1);
    assert_eq!(send(&stack, &order, "refunded").await, "accepted");
    assert_eq!(send(&stack, &order, "paid").await, "duplicate");
    assert_eq!(pointers(&stack, &order, "paid").await, 1);
}

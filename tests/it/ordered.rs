//! An ordered subscription reads the stream itself.

use crate::support::{PATIENCE, billing, shared};

#[tokio::test]
async fn an_ordered_subscription_gets_the_same_shape_and_bytes() {
    let stack = shared().await;
    let (id, delivery) = billing(&stack, "ordered.event", 2_000).await;
    assert_eq!(delivery.send(&stack).await.unwrap().status, 200);
    let reference = format!("billing/{id}");
    let receipts = stack
        .wait_for_receipts(&reference, &["audit-ordered"], PATIENCE)
        .await
        .unwrap();
    assert_eq!(
        receipts["audit-ordered"].sha256,
        e2e::digest(&delivery.body)
    );
    assert_eq!(receipts["audit-ordered"].size, 2_000);
}

//! The functions have the rights that Terraform gave them and no others: the
//! cloud under the suite enforces them, otherwise the rest of the suite would
//! prove nothing.

use std::time::Duration;

use e2e::{Fixture, Sender, wait_for};

use crate::support::{Denied, PATIENCE, PROPAGATION, alone, billing, processed, refusal, role_of};

#[tokio::test]
async fn without_the_right_to_store_the_answer_is_500_and_nothing_is_pointed_at() {
    let stack = alone().await;
    let role = role_of(&stack, "ingest").await;
    let taken_away = Denied::to(&stack, &role, "s3:PutObject").await;

    let refused = wait_for("a refusal", PROPAGATION, async || {
        let (reference, delivery) = billing(&stack, "order.paid", 500).await;
        let answer = delivery.send(&stack).await?;
        Ok((answer.status != 200).then_some((reference, answer)))
    })
    .await;
    taken_away.give_back().await;
    let (reference, answer) = refused.unwrap();
    assert_eq!(refusal(&answer), (500, "misconfigured"), "{answer:?}");
    assert!(
        !answer.body.message.contains("s3"),
        "a stranger learns nothing of our rights: {answer:?}"
    );
    assert!(stack.pointers_of(&reference).await.unwrap().is_empty());

    wait_for("a 200 with the right given back", PROPAGATION, async || {
        let (_, delivery) = billing(&stack, "order.paid", 500).await;
        Ok((delivery.send(&stack).await?.status == 200).then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_processor_that_fails_for_a_while_gets_its_event_again() {
    let stack = alone().await;
    let stripe = Sender::of(&stack, "stripe").await.unwrap();
    let taken_away = Denied::to(
        &stack,
        &stack.outputs.processors["invoices"].role,
        "s3:GetObject",
    )
    .await;
    let delivery = stripe
        .sign_fixture(&Fixture::fresh("stripe/invoice.paid").unwrap())
        .unwrap();
    let reference = delivery.send(&stack).await.unwrap().body.reference;
    let other = stack
        .wait_for_receipts(&reference, &["audit"], PATIENCE)
        .await;
    // Another processor has it by now, and this one has tried.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let meanwhile = stack.receipts(&reference).await;
    taken_away.give_back().await;
    other.unwrap();
    assert!(
        !meanwhile.unwrap().contains_key("invoices"),
        "it redeemed a payload without the right to"
    );
    let receipts = processed(&stack, &reference, &["audit", "invoices"]).await;
    assert_eq!(receipts["invoices"].sha256, e2e::digest(&delivery.body));
}

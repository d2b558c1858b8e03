use aws_sdk_lambda::primitives::Blob;
use e2e::wait_for;
use serde_json::Value;

use super::list;
use crate::support::{
    Denied, PROPAGATION, acceptance, alone, billing, fresh, operate, processed, role_of,
};

/// The crash between payload and pointer: ingest loses the right to write pointers while a
/// delivery is on its way, and its provider never tries again.
#[tokio::test]
async fn a_payload_without_a_pointer_is_found_and_its_event_arrives_once() {
    let stack = alone().await;
    let kind = fresh("order.swept");
    let role = role_of(&stack, "ingest").await;
    let taken_away = Denied::to(&stack, &role, "dynamodb:PutItem").await;
    let lost = wait_for("a delivery that is not taken", PROPAGATION, async || {
        let (reference, delivery) = billing(&stack, &kind, 900).await;
        let answer = delivery.send(&stack).await?;
        Ok((answer.status != 200).then_some((reference, delivery)))
    })
    .await;
    taken_away.give_back().await;
    let (reference, delivery) = lost.unwrap();
    let digest = e2e::digest(&delivery.body);
    assert_eq!(stack.objects("billing", &digest).await.unwrap().len(), 1);
    assert!(stack.pointers_of(&reference).await.unwrap().is_empty());

    // The function runs and leaves young payloads to the provider's retry.
    let run = aws_sdk_lambda::Client::new(&stack.sdk)
        .invoke()
        .function_name(&stack.outputs.functions["sweep"].name)
        .payload(Blob::new("{}"))
        .send()
        .await
        .unwrap();
    assert_eq!(run.function_error(), None, "{run:?}");
    assert!(stack.pointers_of(&reference).await.unwrap().is_empty());

    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let by_hand = ["sweep", "--since", "1h", "--older-than", "1s", "--json"];
    let dry = stack
        .operate(&[&by_hand[..], &["--dry-run"]].concat())
        .await
        .unwrap();
    let dry: Value = dry
        .out
        .lines()
        .last()
        .map(|line| serde_json::from_str(line).unwrap())
        .unwrap();
    assert!(dry["rescued"].as_u64() >= Some(1), "{dry}");
    assert!(
        stack.pointers_of(&reference).await.unwrap().is_empty(),
        "a dry run writes nothing"
    );
    let swept = operate(&stack, &by_hand).await;
    assert!(swept.out.contains(&reference), "{swept:?}");
    let receipts = processed(&stack, &reference, &["audit-lambda", "audit"]).await;
    assert_eq!(
        (
            receipts["audit-lambda"].sha256.as_str(),
            receipts["audit-lambda"].attempts
        ),
        (digest.as_str(), 1)
    );
    assert_eq!(
        list(&stack, &kind)
            .await
            .iter()
            .filter(|one| one.reference == reference)
            .count(),
        1
    );

    // Nothing is left to do, and the provider's late retry is a duplicate.
    let again = operate(&stack, &by_hand).await;
    assert!(!again.out.contains(&reference), "{again:?}");
    let retry = delivery.send(&stack).await.unwrap();
    assert_eq!(acceptance(&retry), (200, "duplicate"));
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(
        stack.records(&reference).await.unwrap()["audit-lambda"].attempts,
        1
    );
}

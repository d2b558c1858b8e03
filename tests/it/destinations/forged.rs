//! Messages that no router sent: what `deliver` does if someone makes them up.

use super::*;
use crate::{
    forged::{invoke, queued},
    support::{accepted, fresh, shared},
};

const SUBSCRIPTION: &str = "http-answers";

#[tokio::test]
async fn deliver_sends_nothing_whose_payload_does_not_fit_its_message() {
    let stack = shared().await;
    let Some(destination) = destination(&stack).await else {
        return;
    };
    let (genuine, delivery) = accepted(&stack, "order.kept", 500).await;
    let pointer = &stack.pointers_of(&genuine).await.unwrap()[0];
    let payload = Stack::object_of(pointer).unwrap();
    let bucket = &stack.outputs.bucket;
    let dlq = stack.subscription(SUBSCRIPTION).unwrap().dlq_url.clone();
    let function = format!("deliver-{SUBSCRIPTION}");
    let there = format!("s3://{bucket}/{payload}");
    let (digest, other) = (e2e::digest(&delivery.body), e2e::digest(b"{}"));

    for (dataref, sha256, reason) in [
        (
            format!("s3://{bucket}/payloads/0/2026-11-21T20/billing/made-up"),
            &digest,
            Some("payload_missing"),
        ),
        (there, &other, Some("payload_digest")),
        (
            "data:;base64,W10=".to_owned(),
            &other,
            Some("payload_digest"),
        ),
        // It has no right there, and says that it cannot read.
        (
            "s3://another-stack/payloads/made-up".to_owned(),
            &digest,
            None,
        ),
    ] {
        let id = fresh("forged");
        let reference = format!("billing/{id}");
        let now = e2e::now().to_string();
        let message = json!({
            "specversion": "1.0", "id": id, "source": "/endpoints/billing", "type": "http.answer",
            "time": now, "receivedat": now, "datacontenttype": "application/json", "ref": reference,
            "dataref": dataref, "datasha256": sha256, "datasize": "500", "subject": id,
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "deliveryid": "forged",
        });
        let answer = invoke(&stack, &function, &queued(&message)).await;
        let again = match reason {
            Some(reason) => {
                let letter = given_up(&stack, SUBSCRIPTION, &reference).await;
                assert_eq!(text(&letter, "reason"), reason, "{dataref}");
                take_message(&stack, &dlq, &reference).await;
                json!([])
            }
            None => json!([{"itemIdentifier": "forged"}]),
        };
        assert_eq!(answer["batchItemFailures"], again, "{dataref}");
        let sent = destination.requests(&reference);
        assert!(sent.is_empty(), "{dataref}: {sent:?}");
    }

    let id = fresh("forged");
    let answer = invoke(&stack, &function, &queued(&json!({"id": id}))).await;
    assert_eq!(answer["batchItemFailures"], json!([]));
    let letter = given_up(&stack, SUBSCRIPTION, &id).await;
    assert_eq!(text(&letter, "reason"), "not_an_event");
    take_message(&stack, &dlq, &id).await;
}

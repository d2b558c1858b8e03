//! Payloads that no object holds: their pointers and events do (`inline_max_bytes`).

use e2e::{Delivery, Sender, Stack, wait_for};
use serde_json::Value;

use crate::support::{
    BINARY, EVERY_KIND, PATIENCE, acceptance, ask, fresh, operate, processed, redeemed, run,
    shared, stored,
};

/// Of the endpoint `inline` in `terraform/environments/e2e.tfvars`.
const LIMIT: usize = 3_072;

/// A delivery with a fresh id, and the ref of its event.
async fn inline(stack: &Stack, kind: &str, body: Vec<u8>) -> (String, Delivery) {
    let id = fresh("inl");
    let delivery = signed(stack, &id, kind, body).await;
    (format!("inline/{id}"), delivery)
}

async fn signed(stack: &Stack, id: &str, kind: &str, body: Vec<u8>) -> Delivery {
    let sender = Sender::of(stack, "inline").await.unwrap();
    let headers = [("x-partner-id", id), ("x-partner-event", kind), BINARY];
    sender.sign(&headers, body).unwrap()
}

async fn accept(stack: &Stack, delivery: &Delivery) {
    let answer = delivery.send(stack).await.unwrap();
    assert_eq!(acceptance(&answer), (200, "accepted"), "{answer:?}");
}

/// What the one pointer of an event says in an attribute.
async fn attribute(stack: &Stack, reference: &str, name: &str) -> String {
    let pointers = stack.pointers_of(reference).await.unwrap();
    assert_eq!(pointers.len(), 1, "{reference}");
    pointers[0][name].as_s().unwrap().clone()
}

#[tokio::test]
async fn up_to_the_limit_there_is_no_object_and_every_kind_of_processor_gets_the_exact_bytes() {
    let stack = shared().await;
    let mut sent = Vec::new();
    for (what, body, objects) in [
        ("nothing", Vec::new(), 0),
        (
            "bytes that are no UTF-8",
            vec![0x00, 0xff, 0xfe, 0xc3, 0x28, 0x0d, 0x0a, 0x1a, 0x00],
            0,
        ),
        ("one byte less", testkit::binary(11, LIMIT - 1), 0),
        ("as much as may be", testkit::binary(12, LIMIT), 0),
        ("one byte more", testkit::binary(13, LIMIT + 1), 1),
    ] {
        let (reference, delivery) = inline(&stack, "exact.inline", body.clone()).await;
        accept(&stack, &delivery).await;
        assert_eq!(stored(&stack, "inline", &body).await, objects, "{what}");
        let dataref = attribute(&stack, &reference, "dataref").await;
        let holds = dataref.starts_with("data:");
        assert_eq!(holds, objects == 0, "{what}: {dataref}");
        sent.push((what, reference, body));
    }
    for (what, reference, body) in sent {
        redeemed(&stack, what, &reference, &body).await;
    }
}

/// Rust, Python and TypeScript: examples/processors.
#[tokio::test]
async fn processors_from_outside_redeem_it_too() {
    let stack = shared().await;
    let body = testkit::binary(14, 3_000);
    let (reference, delivery) = inline(&stack, "polyglot.event", body.clone()).await;
    accept(&stack, &delivery).await;
    let processors = ["rust-audit", "python-audit", "typescript-audit", "audit"];
    for (name, receipt) in processed(&stack, &reference, &processors).await {
        assert_eq!(
            (receipt.sha256, receipt.size),
            (e2e::digest(&body), 3_000),
            "{name}"
        );
    }
}

#[tokio::test]
async fn the_first_bytes_stay_whatever_comes_under_the_same_id() {
    let stack = shared().await;
    let id = fresh("inl");
    let reference = format!("inline/{id}");
    let first = testkit::binary(15, 1_000);
    for (body, status) in [
        (first.clone(), "accepted"),
        (first.clone(), "duplicate"),
        (testkit::binary(16, 1_000), "duplicate"),
        (testkit::binary(17, LIMIT + 1), "duplicate"),
    ] {
        let answer = signed(&stack, &id, "order.inline", body)
            .await
            .send(&stack)
            .await;
        let answer = answer.unwrap();
        assert_eq!(acceptance(&answer), (200, status), "{answer:?}");
    }
    assert_eq!(
        attribute(&stack, &reference, "sha256").await,
        e2e::digest(&first)
    );
    let receipts = processed(&stack, &reference, &["audit-lambda"]).await;
    assert_eq!(receipts["audit-lambda"].sha256, e2e::digest(&first));
}

#[tokio::test]
async fn an_operator_sees_verifies_and_replays_it_like_any_other() {
    let stack = shared().await;
    let body = testkit::binary(18, 2_000);
    let (reference, delivery) = inline(&stack, "exact.inline", body.clone()).await;
    accept(&stack, &delivery).await;
    redeemed(&stack, "at first", &reference, &body).await;

    let shown: Value = ask(&stack, &["events", "show", &reference]).await;
    assert_eq!(shown["pointer"]["payload"], "inline", "{shown}");
    assert_eq!(shown["pointer"]["key"], Value::Null);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("payload");
    let path = file.to_str().unwrap();
    operate(&stack, &["events", "payload", &reference, "-o", path]).await;
    assert_eq!(std::fs::read(&file).unwrap(), body);
    let verdict: Value = ask(&stack, &["events", "verify", &reference]).await;
    assert_eq!(verdict["valid"], true, "{verdict}");

    // By the stream to all, then by its queue to one.
    for (args, processors, attempts) in [
        (&["replay", &reference, "--force"][..], &EVERY_KIND[..], 2),
        (
            &[
                "replay",
                &reference,
                "--force",
                "--subscription",
                "audit-lambda",
            ],
            &["audit-lambda"],
            3,
        ),
    ] {
        operate(&stack, args).await;
        for processor in processors {
            wait_for("the replay", PATIENCE, async || {
                let receipts = stack.receipts(&reference).await?;
                let again = receipts
                    .get(*processor)
                    .filter(|one| one.attempts >= attempts);
                Ok(again.map(|receipt| assert_eq!(receipt.sha256, e2e::digest(&body))))
            })
            .await
            .unwrap();
        }
    }
    // A sweep takes it neither for lost nor for dangling. What it finds of other tests is not ours to judge.
    let sweep = [
        "sweep",
        "--since",
        "1h",
        "--older-than",
        "1s",
        "--dry-run",
        "--json",
    ];
    let swept = run(&stack, &sweep).await;
    assert!(
        swept.out.contains("payloads") && !swept.out.contains(&reference),
        "{swept:?}"
    );
    assert_eq!(stored(&stack, "inline", &body).await, 0);
}

//! What the direct lane refuses, at once or after `admit` judged it.

use domain::Lane;

use super::*;

async fn gone(stack: &Stack, endpoint: &str, answer: &Reply) {
    wait_for("the object to be deleted", PATIENCE, async || {
        let id = &answer.body.request_id;
        Ok(stack.objects(endpoint, id).await?.is_empty().then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_byte_more_than_goes_is_413() {
    let stack = shared().await;
    let (_, delivery) = partner(&stack, "exact.direct", testkit::binary(1, LIMIT + 1)).await;
    let answer = delivery.send(&stack).await.unwrap();
    assert_eq!(refusal(&answer), (413, "body_too_large"), "{answer:?}");
}

#[tokio::test]
async fn what_is_forged_is_never_routed_and_is_gone_from_the_bucket() {
    let stack = shared().await;
    let (reference, good) = partner(&stack, "exact.forged", testkit::binary(2, 10_000_000)).await;
    let mut body = good.body.to_vec();
    *body.last_mut().unwrap() ^= 1;
    let forged = Delivery {
        body: body.into(),
        ..good
    };
    let answer = send(&stack, &forged).await;
    gone(&stack, "direct-partner", &answer).await;
    assert!(stack.pointers_of(&reference).await.unwrap().is_empty());
    let lines = wait_for("admit's line", PATIENCE, async || {
        let lines = stack.log_lines("admit", &answer.body.request_id).await?;
        Ok((!lines.is_empty()).then_some(lines))
    })
    .await
    .unwrap();
    let refused = lines
        .iter()
        .find(|line| line["code"] == "signature_mismatch");
    assert_eq!(refused.unwrap()["endpoint"], "direct-partner", "{lines:?}");

    // Not even a signature: refused before anything is stored.
    let unsigned = forged
        .without("x-partner-signature")
        .send(&stack)
        .await
        .unwrap();
    assert_eq!(unsigned.status, 401, "{unsigned:?}");
}

/// API Gateway may treat it as text on its way to S3, and change its bytes.
#[tokio::test]
async fn without_a_content_type_nothing_is_stored() {
    let stack = shared().await;
    let (reference, good) = partner(&stack, "exact.untyped", testkit::binary(5, 100_000)).await;
    let (bare, blank) = (
        good.clone().without("content-type"),
        good.clone().set("content-type", ""),
    );
    for delivery in [bare, blank] {
        let answer = delivery.send(&stack).await.unwrap();
        assert_eq!(
            refusal(&answer),
            (415, "content_type_missing"),
            "{answer:?}"
        );
        assert!(
            answer.body.message.contains("application/octet-stream"),
            "{answer:?}"
        );
        assert!(!answer.request_id.is_empty(), "{answer:?}");
        let stored = stack.objects("direct-partner", &answer.request_id);
        assert!(stored.await.unwrap().is_empty());
    }
    // An accepted delivery is found by the same id: the check above could have found one.
    let answer = send(&stack, &good).await;
    assert_eq!(answer.request_id, answer.body.request_id);
    assert_eq!(objects(&stack, "direct-partner", &answer).await.len(), 1);
    processed(&stack, &reference, &["audit"]).await;
}

/// It becomes a header of the S3 request. The response says that the sender is at fault.
#[tokio::test]
async fn a_content_type_that_is_not_ascii_is_refused_in_both_lanes() {
    let stack = shared().await;
    for (endpoint, expected) in [
        ("billing", (400, "content_type_invalid")),
        ("direct", (403, "forbidden")),
    ] {
        let provider = Sender::of(&stack, endpoint).await.unwrap();
        let (_, good) = signed(&provider, "exact.typed", 500);
        for kind in ["text/plain; name=\u{fc}", "application/json; v=\u{8acb}"] {
            let answer = good.clone().set("content-type", kind);
            let answer = answer.send(&stack).await.unwrap();
            assert_eq!(refusal(&answer), expected, "{kind}: {answer:?}");
        }
        assert_eq!(good.send(&stack).await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn the_wrong_lane_is_answered_with_both() {
    let stack = shared().await;
    for (endpoint, wrong) in [("direct", Lane::Standard), ("billing", Lane::Direct)] {
        let provider = Sender::of(&stack, endpoint).await.unwrap();
        let delivery = provider
            .sign(&[("webhook-id", "msg_1"), JSON], &b"{}"[..])
            .unwrap();
        let delivery = Delivery {
            lane: wrong,
            ..delivery
        };
        let answer = delivery.send(&stack).await.unwrap();
        assert_eq!(answer.status, 403, "{answer:?}");
        for lane in ["/hooks/{endpoint}", "/direct/{endpoint}"] {
            assert!(answer.body.message.contains(lane), "{answer:?}");
        }
        let unknown = Delivery {
            endpoint: "no-such-endpoint".to_owned(),
            ..delivery
        };
        let unknown = unknown.send(&stack).await.unwrap();
        assert_eq!(
            unknown.body.message, answer.body.message,
            "one body for all"
        );
    }
}

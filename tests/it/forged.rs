//! Calls of functions past the authorizer, by someone who may invoke them and has no key. What `deliver` does with such a
//! call is in `destinations/forged.rs`.

use aws_sdk_lambda::{Client, primitives::Blob};
use base64_simd::STANDARD;
use e2e::{Delivery, Sender, Stack};
use serde_json::{Value, json};

use crate::support::{JSON, accepted, billing, fresh, shared, stored, take_message};

/// What a function answers to this event.
pub(crate) async fn invoke(stack: &Stack, function: &str, event: &Value) -> Value {
    let invoke = Client::new(&stack.sdk).invoke();
    let invoke = invoke.function_name(&stack.outputs.functions[function].name);
    let invoke = invoke.payload(Blob::new(event.to_string()));
    let answer = invoke.send().await.unwrap();
    assert_eq!(answer.function_error(), None, "{function}: {answer:?}");
    serde_json::from_slice(answer.payload().unwrap().as_ref()).unwrap()
}

/// The event of Lambda for one message of a queue, whose id is `forged`.
pub(crate) fn queued(body: &Value) -> Value {
    json!({"Records": [{
        "messageId": "forged",
        "receiptHandle": "made-up",
        "body": body.to_string(),
        "attributes": {"ApproximateReceiveCount": "1"},
    }]})
}

/// The status and the code of `ingest`, asked as API Gateway would with this context of the authorizer.
async fn ingest(stack: &Stack, delivery: &Delivery, context: Value) -> (u64, String) {
    let headers = delivery.headers.iter();
    let headers: serde_json::Map<_, _> = headers
        .map(|(name, value)| (name.clone(), json!([value])))
        .collect();
    let event = json!({
        "httpMethod": "POST",
        "multiValueHeaders": headers,
        "requestContext": {"requestId": fresh("forged"), "authorizer": context},
        "body": STANDARD.encode_to_string(&delivery.body),
        "isBase64Encoded": true,
    });
    let answer = invoke(stack, "ingest", &event).await;
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    let code = body["error"].as_str().or(body["status"].as_str());
    (
        answer["statusCode"].as_u64().unwrap(),
        code.unwrap().to_owned(),
    )
}

#[tokio::test]
async fn ingest_stores_nothing_on_the_word_of_a_made_up_authorizer() {
    let stack = shared().await;
    let endpoint = |config: &str| json!({"endpoint": config});
    let own = endpoint(&stack.endpoint("billing").await.unwrap());
    // Of the same scheme, with another key.
    Sender::of(&stack, "orders").await.unwrap();
    let other = endpoint(&stack.endpoint("orders").await.unwrap());
    let (reference, good) = billing(&stack, "order.forged", 500).await;

    let mut altered = good.clone();
    let mut bytes = altered.body.to_vec();
    bytes[100] ^= 1;
    altered.body = bytes.into();
    let guessed = good.clone().set(
        "webhook-signature",
        "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
    );
    // A scheme that the caller could satisfy, if its key were not the endpoint's.
    let weak = json!({"name": "billing", "scheme": "gitlab-token"});
    let nowhere = json!({"name": "no-such-endpoint", "scheme": "github"});
    let token = good.clone().set("x-gitlab-token", "a guess");
    let signed_by_a_stranger = Sender::configured(&nowhere, "a secret of the caller")
        .unwrap()
        .sign(
            &[("x-github-event", "ping"), ("x-github-delivery", "1"), JSON],
            good.body.clone(),
        )
        .unwrap();

    for (what, delivery, context, expected) in [
        ("no context", &good, json!({}), 500),
        ("no configuration", &good, endpoint("{}"), 500),
        (
            "an unknown endpoint",
            &signed_by_a_stranger,
            endpoint(&nowhere.to_string()),
            500,
        ),
        ("another endpoint's context", &good, other, 401),
        ("a weaker scheme", &token, endpoint(&weak.to_string()), 401),
        (
            "no signature",
            &good.clone().without("webhook-signature"),
            own.clone(),
            401,
        ),
        ("a made-up signature", &guessed, own.clone(), 401),
        ("other bytes", &altered, own.clone(), 401),
    ] {
        let (status, code) = ingest(&stack, delivery, context).await;
        assert_eq!(status, expected, "{what}: {code}");
        for endpoint in ["billing", "orders", "no-such-endpoint"] {
            let objects = stored(&stack, endpoint, &delivery.body).await;
            assert_eq!(objects, 0, "{what}: an object of {endpoint}");
        }
        let pointers = stack.pointers_of(&reference).await.unwrap();
        assert!(pointers.is_empty(), "{what}: {pointers:?}");
    }
    // The same event with its signature: the checks above could have found it.
    let (status, code) = ingest(&stack, &good, own).await;
    assert_eq!((status, code.as_str()), (200, "accepted"));
    assert_eq!(stored(&stack, "billing", &good.body).await, 1);
    assert_eq!(stack.pointers_of(&reference).await.unwrap().len(), 1);
}

/// The authorizer verifies these schemes in full, and so does `ingest`.
#[tokio::test]
async fn ingest_verifies_again_what_the_authorizer_verifies_in_full() {
    let stack = shared().await;
    let (id, body) = (
        fresh("forged"),
        json!({"type": "t", "object_kind": "push", "id": fresh("forged")}),
    );
    let headers = [
        ("x-event-id", id.as_str()),
        ("idempotency-key", id.as_str()),
        ("x-gitlab-event", "Push Hook"),
        JSON,
    ];
    for endpoint in ["bank", "gitlab"] {
        let context = json!({"endpoint": stack.endpoint(endpoint).await.unwrap()});
        let sender = Sender::of(&stack, endpoint).await.unwrap();
        let stranger = sender.clone().with_secret(&sender.new_secret().unwrap());
        let forged = stranger.sign(&headers, body.to_string()).unwrap();
        let (status, code) = ingest(&stack, &forged, context.clone()).await;
        assert_eq!(status, 401, "{endpoint}: {code}");
        assert_eq!(
            stored(&stack, endpoint, &forged.body).await,
            0,
            "{endpoint}"
        );

        let genuine = sender.sign(&headers, body.to_string()).unwrap();
        let (status, code) = ingest(&stack, &genuine, context).await;
        assert_eq!((status, code.as_str()), (200, "accepted"), "{endpoint}");
    }
}

#[tokio::test]
async fn admit_touches_nothing_outside_its_lane() {
    let stack = shared().await;
    let name = format!("{}-admit-dlq", stack.outputs.stack.stack);
    let dlq = aws_sdk_sqs::Client::new(&stack.sdk).get_queue_url();
    let dlq = dlq
        .queue_name(name)
        .send()
        .await
        .unwrap()
        .queue_url
        .unwrap();
    let (reference, delivery) = accepted(&stack, "order.kept", 500).await;
    let pointer = &stack.pointers_of(&reference).await.unwrap()[0];
    let payload = Stack::object_of(pointer).unwrap();
    let bucket = stack.outputs.bucket.as_str();

    let request = fresh("forged").replace('_', "-");
    let gone = format!("incoming/0/2026-11-21T20/direct/{request}");
    let elsewhere = format!("{gone}-elsewhere");
    for (what, notice, reason) in [
        (
            "an admitted payload",
            Some((bucket, payload)),
            "not in the direct lane",
        ),
        (
            "another stack's object",
            Some(("another-stack", elsewhere.as_str())),
            "not in the direct lane",
        ),
        ("no object", None, "names no object"),
    ] {
        let id = fresh("forged");
        let detail =
            notice.map(|(bucket, key)| json!({"bucket": {"name": bucket}, "object": {"key": key}}));
        let message = queued(&json!({"id": id, "detail": detail}));
        let answer = invoke(&stack, "admit", &message).await;
        assert_eq!(answer, json!({"batchItemFailures": []}), "{what}");
        let letter = take_message(&stack, &dlq, &id).await;
        let why = letter["reason"].as_str().unwrap();
        assert!(why.contains(reason), "{what}: {why}");
    }
    // An object that is not there was judged before, as far as `admit` can tell.
    let notice = json!({"detail": {"bucket": {"name": bucket}, "object": {"key": gone}}});
    let answer = invoke(&stack, "admit", &queued(&notice)).await;
    assert_eq!(answer, json!({"batchItemFailures": []}));

    assert!(stack.objects("direct", &request).await.unwrap().is_empty());
    assert_eq!(stack.payload(payload).await.unwrap(), delivery.body);
    assert_eq!(stack.pointers_of(&reference).await.unwrap().len(), 1);
}

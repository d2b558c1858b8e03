//! The stack's domain name: real TLS and real client certificates.
//!
//! On AWS the suite needs a stack with `front_door`, and in `COATCHECK_CLIENT_CERTIFICATE` a PEM file with a certificate of
//! its truststore for `client.coatcheck.test`, and the key. What takes other certificates of that CA is tried on the local
//! cloud alone.

use e2e::{ClientIdentity, Delivery, Door, Reply, Sender, Stack};
use serde_json::{Value, json};

use crate::support::{JSON, acceptance, fresh, refusal, run, shared, signed, stored};

/// The name that the endpoints `pinned`, `direct-pinned` and `square-pinned` take: terraform/environments/e2e.tfvars.
const CLIENT: &str = "client.coatcheck.test";

/// API Gateway's own answer, before anything of ours is asked.
const FORBIDDEN: (u16, &str) = (403, "Forbidden");

fn door(stack: &Stack) -> Option<Door> {
    let door = stack.door().unwrap();
    if door.is_none() {
        assert!(!stack.outputs.local, "the local stack has a domain");
        eprintln!("skipped: the stack has no domain");
    }
    door
}

async fn post(stack: &Stack, door: &Door, delivery: &Delivery, client: &ClientIdentity) -> Reply {
    let sent = door.post(stack, delivery, Some(client), None);
    sent.await.unwrap()
}

fn aws_says(reply: &Reply) -> (u16, &str) {
    (reply.status, &reply.body.message)
}

#[tokio::test]
async fn the_right_certificate_and_a_signature_make_an_event_in_both_lanes() {
    let stack = shared().await;
    let Some(door) = door(&stack) else { return };
    let client = stack.client(CLIENT).unwrap();
    let pinned = Sender::of(&stack, "pinned").await.unwrap();
    let (id, delivery) = signed(&pinned, "exact.pinned", 5_000);
    for status in ["accepted", "duplicate"] {
        let answer = post(&stack, &door, &delivery, &client).await;
        assert_eq!(acceptance(&answer), (200, status), "{answer:?}");
        assert_eq!(answer.body.reference, format!("pinned/{id}"));
    }
    assert_eq!(stored(&stack, "pinned", &delivery.body).await, 1);

    let direct = Sender::of(&stack, "direct-pinned").await.unwrap();
    let (id, delivery) = signed(&direct, "exact.pinned", 5_000);
    let answer = post(&stack, &door, &delivery, &client).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(!answer.body.request_id.is_empty(), "{answer:?}");
    e2e::wait_for("the pointer", crate::support::PATIENCE, async || {
        let found = stack.pointers_of(&format!("direct-pinned/{id}")).await?;
        Ok((found.len() == 1).then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_certificate_replaces_no_signature() {
    let stack = shared().await;
    let Some(door) = door(&stack) else { return };
    let client = stack.client(CLIENT).unwrap();
    let pinned = Sender::of(&stack, "pinned").await.unwrap();
    let (_, delivery) = signed(&pinned, "exact.pinned", 500);
    let unsigned = delivery.clone().without("webhook-signature");
    let answer = post(&stack, &door, &unsigned, &client).await;
    assert_eq!(refusal(&answer), (401, "unauthorized"), "{answer:?}");
    let mut forged = delivery;
    forged.body = json!({"type": "forged"}).to_string().into();
    let answer = post(&stack, &door, &forged, &client).await;
    assert_eq!(refusal(&answer), (401, "signature_mismatch"), "{answer:?}");
    assert_eq!(stored(&stack, "pinned", &forged.body).await, 0);
}

#[tokio::test]
async fn no_other_client_gets_in() {
    let stack = shared().await;
    let Some(door) = door(&stack) else { return };
    let direct = Sender::of(&stack, "direct-pinned").await.unwrap();
    let pinned = Sender::of(&stack, "pinned").await.unwrap();
    for sender in [&pinned, &direct] {
        let (_, delivery) = signed(sender, "exact.pinned", 500);
        // API Gateway ends the handshake; some of its addresses may answer 403 instead.
        if let Ok(answer) = door.post(&stack, &delivery, None, None).await {
            assert_eq!(aws_says(&answer), FORBIDDEN, "{answer:?}");
            assert!(!stack.outputs.local);
        }
        let stranger = ClientIdentity::of_a_stranger(CLIENT).unwrap();
        let answer = post(&stack, &door, &delivery, &stranger).await;
        assert_eq!(aws_says(&answer), FORBIDDEN, "{answer:?}");
        // The API's own name asks for no certificate, where it answers: then our authorizer does.
        if stack
            .outputs
            .stack
            .front_door
            .as_ref()
            .unwrap()
            .default_endpoint
        {
            let answer = delivery.send(&stack).await.unwrap();
            assert_eq!(refusal(&answer), (403, "forbidden"), "{answer:?}");
        }
        if stack.outputs.local {
            let expired = ClientIdentity::issued(CLIENT, 2020, 2021).unwrap();
            let answer = post(&stack, &door, &delivery, &expired).await;
            assert_eq!(aws_says(&answer), FORBIDDEN, "{answer:?}");
            // Trusted, but not this endpoint's: our authorizer refuses it, as one that knows no such endpoint.
            let other = ClientIdentity::issued("other.coatcheck.test", 2020, 2100).unwrap();
            let answer = post(&stack, &door, &delivery, &other).await;
            assert_eq!(refusal(&answer), (403, "forbidden"), "{answer:?}");
        }
        assert_eq!(stored(&stack, &delivery.endpoint, &delivery.body).await, 0);
    }
}

/// Endpoints that take one certificate by its digest, and one by its subject.
#[tokio::test]
async fn a_certificate_may_be_named_by_its_digest_or_its_subject() {
    let stack = shared().await;
    let Some(door) = door(&stack) else { return };
    if !stack.outputs.local {
        return;
    }
    let [one, other] = [(); 2].map(|()| stack.client(CLIENT).unwrap());
    let digest = one.fingerprint().unwrap();
    // rcgen's subject of a certificate that names only hosts.
    for demand in [
        json!({"fingerprint": [digest]}),
        json!({"subject": ["CN=rcgen self signed cert"], "fingerprint": [digest]}),
    ] {
        let name = fresh("x").replace('_', "-");
        let config =
            json!({"name": name, "scheme": "standard-webhooks", "lane": "direct", "mtls": demand});
        stack.put_endpoint(&name, &config).await.unwrap();
        let provider =
            Sender::configured(&config, "whsec_bm90LXVzZWQtYnV0LWxvbmctZW5vdWdo").unwrap();
        let (_, delivery) = signed(&provider, "exact.pinned", 500);
        // The direct lane says 200 to what its authorizer lets pass; `admit` deletes what it cannot verify.
        assert_eq!(post(&stack, &door, &delivery, &one).await.status, 200);
        let answer = post(&stack, &door, &delivery, &other).await;
        assert_eq!(refusal(&answer), (403, "forbidden"), "{answer:?}");
    }
}

#[tokio::test]
async fn another_host_or_path_is_no_way_in() {
    let stack = shared().await;
    let Some(door) = door(&stack) else { return };
    let client = stack.client(CLIENT).unwrap();
    let pinned = Sender::of(&stack, "pinned").await.unwrap();
    let (_, delivery) = signed(&pinned, "exact.pinned", 500);
    let sent = door.post(
        &stack,
        &delivery,
        Some(&client),
        Some("other.coatcheck.test"),
    );
    let answer = sent.await.unwrap();
    assert_eq!(aws_says(&answer), FORBIDDEN, "{answer:?}");
    assert_eq!(stored(&stack, "pinned", &delivery.body).await, 0);
}

/// Endpoints that ask for no certificate take every client of the domain.
#[tokio::test]
async fn other_endpoints_are_reached_by_the_domain_too() {
    let stack = shared().await;
    let Some(door) = door(&stack) else { return };
    let client = stack.client(CLIENT).unwrap();
    let meta = Sender::of(&stack, "meta").await.unwrap();
    let request = meta.sign(&[JSON], "").unwrap();
    let query = "?hub.mode=subscribe&hub.verify_token=no&hub.challenge=1";
    let asked = door.get(&stack, &request, Some(&client), query);
    let answer = asked.await.unwrap();
    assert_ne!(aws_says(&answer), FORBIDDEN, "{answer:?}");
    assert!((400..404).contains(&answer.status), "{answer:?}");

    // The URL that Square signs is the domain's.
    let square = Sender::of(&stack, "square-pinned").await.unwrap();
    let expected = format!("https://{}/v1/hooks/square-pinned", door.domain);
    assert_eq!(square.url(), Some(expected.as_str()));
    let id = fresh("evt");
    let body =
        json!({"event_id": id, "type": "payment.updated", "created_at": "2026-11-22T00:00:00Z"});
    let delivery = square.sign(&[JSON], body.to_string()).unwrap();
    let answer = post(&stack, &door, &delivery, &client).await;
    assert_eq!(
        (answer.status, answer.body.reference.as_str()),
        (200, format!("square-pinned/{id}").as_str()),
        "{answer:?}"
    );
}

#[tokio::test]
async fn the_doctor_looks_at_the_front_door() {
    let stack = shared().await;
    let Some(door) = door(&stack) else { return };
    let found: Vec<Value> = run(&stack, &["doctor", "--json"]).await.lines().unwrap();
    let of = |subject: &str| {
        let one = found
            .iter()
            .find(|one| one["check"] == "front_door" && one["subject"] == subject);
        one.unwrap_or_else(|| panic!("nothing about {subject}: {found:?}"))
    };
    assert_eq!(of(&door.domain)["verdict"], "ok");
    let certificate = of("certificate");
    let text = certificate["finding"].as_str().unwrap();
    assert!(text.contains("is good for"), "{certificate}");
    let open = stack
        .outputs
        .stack
        .front_door
        .as_ref()
        .unwrap()
        .default_endpoint;
    assert_eq!(
        of("default endpoint")["verdict"],
        if open { "warn" } else { "ok" }
    );
    of("DNS");
}

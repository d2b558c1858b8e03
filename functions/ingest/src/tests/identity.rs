//! What names an event, scheme by scheme.

use super::*;

const URL: &str = "https://hooks.example/v1/hooks/x";

async fn take(world: &World, delivery: &Delivery) -> Value {
    let (status, answer) = delivery.to(&world.ingest()).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

#[tokio::test]
async fn where_bytes_repeat_every_delivery_is_an_event() {
    let world = World::new();
    let dropbox = r#"{"name":"dropbox","scheme":"dropbox"}"#;
    let body = br#"{"list_folder":{"accounts":["dbid:1"]}}"#;
    let delivery = Delivery::signed(dropbox, "", body);
    for _ in 0..3 {
        assert_eq!(take(&world, &delivery).await["status"], "accepted");
    }
    assert_eq!(world.pointers.all().len(), 3);
    assert_eq!(world.payloads.objects().len(), 3);
}

#[tokio::test]
async fn a_batch_is_one_event_whose_type_is_its_first_elements() {
    let hubspot = format!(r#"{{"name":"hubspot","scheme":"hubspot-v3","url":"{URL}"}}"#);
    let world = World::new();
    let body = br#"[{"eventId":1,"subscriptionType":"contact.creation","objectId":7,"occurredAt":1795298390123},{"eventId":2,"subscriptionType":"contact.deletion"}]"#;
    let delivery = Delivery::signed(&hubspot, "", body);
    assert_eq!(take(&world, &delivery).await["status"], "accepted");
    assert_eq!(take(&world, &delivery).await["status"], "duplicate");
    world.holds_exactly(body);
    let pointer = world.pointers.all().remove(0);
    assert_eq!(
        (
            pointer.event.kind.as_str(),
            pointer.event.subject.as_str(),
            pointer.event.id.len()
        ),
        ("contact.creation", "7", 64)
    );
    assert_eq!(
        pointer.event.occurred_at.as_millisecond(),
        1_795_298_390_123
    );
}

/// A header that anyone may add must not give one event a second name.
#[tokio::test]
async fn an_added_header_does_not_hide_the_signed_id() {
    let world = World::new();
    let svix = Delivery::signed(STANDARD, "msg_1", EVENT);
    let mut renamed = svix.clone();
    for (name, _) in &mut renamed.headers {
        *name = name.replace("webhook-", "svix-");
    }
    assert_eq!(take(&world, &renamed).await["ref"], "billing/msg_1");
    let answer = take(&world, &renamed.clone().add("webhook-id", "msg_2")).await;
    assert_eq!(
        (&answer["ref"], &answer["status"]),
        (&json!("billing/msg_1"), &json!("duplicate"))
    );
    world.holds_exactly(EVENT);
}

#[tokio::test]
async fn an_unsigned_id_may_be_missing_or_odd() {
    let world = World::new();
    let long = "i".repeat(257);
    let unnamed = Delivery::signed(GITHUB, "one", EVENT).without("x-github-delivery");
    for delivery in [
        Delivery::signed(GITHUB, "one", EVENT),
        Delivery::signed(GITHUB, &long, EVENT),
        unnamed.clone(),
    ] {
        let answer = take(&world, &delivery).await;
        assert_eq!(answer["status"], "accepted");
        let again = take(&world, &delivery).await;
        assert_eq!(
            (&again["ref"], &again["status"]),
            (&answer["ref"], &json!("duplicate"))
        );
    }
    // Nothing besides the bytes: they are the name, as before.
    let untyped = r#"{"name":"github","scheme":"github","event":{"type":{"literal":"x"}}}"#;
    let mut plain = unnamed;
    plain.config = Some(untyped.to_owned());
    let answer = take(&world, &plain).await;
    assert_eq!(answer["ref"].as_str().unwrap().len(), "github/".len() + 64);
}

#[tokio::test]
async fn facts_of_a_form_are_read_and_json_may_come_in_its_place() {
    let twilio = format!(r#"{{"name":"twilio","scheme":"twilio","url":"{URL}"}}"#);
    let world = World::new();
    let form = b"MessageSid=SM1&MessageStatus=delivered&To=%2B14155550100";
    take(&world, &Delivery::signed(&twilio, "", form)).await;
    let pointer = world.pointers.all().remove(0);
    assert_eq!(
        (pointer.event.kind.as_str(), pointer.event.subject.as_str()),
        ("message.delivered", "SM1")
    );
    let world = World::new();
    take(&world, &Delivery::signed(&twilio, "", br#"{"a":1}"#)).await;
}

/// A fact that may be in either place does not make the other form of body malformed.
#[tokio::test]
async fn a_body_may_be_json_or_a_form() {
    let config = r#"{"name":"either","scheme":{"kind":"token","header":"x-token",
        "event":{"type":{"first":[{"form":"command"},{"json":"/type"}]}}}}"#;
    for (body, kind) in [
        (&b"command=%2Fdeploy&text=now"[..], "/deploy"),
        (br#"{"type":"push"}"#, "push"),
    ] {
        let world = World::new();
        take(&world, &Delivery::signed(config, "", body)).await;
        assert_eq!(world.pointers.all()[0].event.kind, kind);
    }
    let neither = Delivery::signed(config, "", b"{broken");
    assert_eq!(refused(&neither).await, (400, "type_missing".to_owned()));
}

/// Mailgun's signature does not cover the body: someone who captured one cannot
/// create a second event with it.
#[tokio::test]
async fn a_captured_signature_of_mailguns_makes_no_second_event() {
    let mailgun = r#"{"name":"mailgun","scheme":"mailgun"}"#;
    let world = World::new();
    let mac = aws_lc_rs::hmac::sign(
        &aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes()),
        format!("{NOW}token").as_bytes(),
    );
    let send = |event: &str, id: &str| {
        let mut delivery = Delivery::bare(mailgun, "POST");
        delivery.body = json!({
            "signature": {"timestamp": NOW.to_string(), "token": "token", "signature": hex::encode(mac)},
            "event-data": {"event": event, "id": id},
        })
        .to_string()
        .into();
        delivery
    };
    assert_eq!(
        take(&world, &send("delivered", "1")).await["status"],
        "accepted"
    );
    assert_eq!(
        take(&world, &send("opened", "2")).await["status"],
        "duplicate"
    );
    assert_eq!(world.pointers.all().len(), 1);
}

#[tokio::test]
async fn a_token_vouches_for_all_that_is_said() {
    let world = World::new();
    let gitlab = r#"{"name":"gitlab","scheme":"gitlab-token"}"#;
    let push = |body: &[u8]| {
        Delivery::signed(gitlab, "", body).add("Idempotency-Key", "f5e5f430-f57b-4e6e")
    };
    let answer = take(&world, &push(br#"{"object_kind":"push"}"#)).await;
    assert_eq!(answer["ref"], "gitlab/f5e5f430-f57b-4e6e");
    let again = take(&world, &push(br#"{"object_kind":"push","retry":1}"#)).await;
    assert_eq!(again["status"], "duplicate");
    // The secret is stored nowhere.
    let object = world.payloads.objects().into_values().next().unwrap();
    assert!(!format!("{:?}", object.metadata).contains(SECRET));
}

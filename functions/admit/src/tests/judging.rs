use std::time::Duration;

use super::{
    world::{ring, signed},
    *,
};

#[tokio::test]
async fn a_good_object_gets_its_pointer_and_stays_where_it_is() {
    let world = World::new();
    let key = world.deliver("billing", "req-a", "msg_1", EVENT);
    let admitted = world.admit(&key).await.unwrap();
    assert_eq!(stored(&admitted), Some(Repetition::First));
    let pointer = world.pointer();
    assert_eq!(pointer.reference().to_string(), "billing/msg_1");
    assert_eq!(
        (pointer.event.kind.as_str(), pointer.event.subject.as_str()),
        ("invoice.paid", "cus_1")
    );
    assert_eq!(pointer.object(), Some(&key));
    assert_eq!(format_time(pointer.received_at), "2026-11-21T21:59:57.000Z");
    assert_eq!(
        pointer.time_bucket().to_string(),
        "2026-11-21T21#a",
        "as the sweep lists it"
    );
    assert_eq!(
        (pointer.content_type.as_str(), pointer.key_id.as_str()),
        ("application/json", "current")
    );
    assert_eq!(pointer.scheme, "standard-webhooks");
}

#[tokio::test]
async fn what_the_endpoint_keeps_is_in_the_pointer_and_the_rest_is_counted() {
    let world = World::new();
    let mut headers = signed("keeping", "msg_1", EVENT);
    headers.push(("x-plan".to_owned(), "pro".to_owned()));
    let key = world.store("keeping", "req-a", None, headers, EVENT);
    let admitted = world.admit(&key).await.unwrap();
    let kept = world.pointer().kept;
    let pairs: Vec<_> = kept
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    assert_eq!(pairs, [("customer", "cus_1"), ("plan", "pro")]);
    let flags: Vec<_> = kept.kept().map(|(_, one)| one.index).collect();
    assert_eq!(flags, [true, false]);
    let Admitted::Judged { log, .. } = admitted else {
        panic!("{admitted:?}");
    };
    let DeliveryOutcome::Stored(stored) = log.outcome else {
        panic!("{log:?}");
    };
    assert_eq!(stored.left_out.attributes.to_string(), "not_scalar 1");
}

#[tokio::test]
async fn an_ordering_key_is_part_of_the_pointers_key() {
    let world = World::new();
    let key = world.deliver("ordered", "req-a", "msg_1", EVENT);
    world.admit(&key).await.unwrap();
    assert_eq!(world.pointer().partition_key().to_string(), "ordered#cus_1");
}

/// Where its endpoint keeps payloads for 22 days, a week longer than that.
#[tokio::test]
async fn a_pointer_has_the_days_of_its_endpoint() {
    for (endpoint, days) in [("stripe", 90), ("short", 29)] {
        let world = World::new();
        let key = world.deliver(endpoint, "req-a", "", EVENT);
        world.admit(&key).await.unwrap();
        let kept = world.pointer().expires_at.as_second() - NOW;
        assert_eq!(kept, days * 86_400, "{endpoint}");
    }
}

#[tokio::test]
async fn what_is_forged_is_deleted_and_never_routed() {
    let good = signed("billing", "msg_1", EVENT);
    let mut changed = EVENT.to_vec();
    changed[10] ^= 1;
    let mut stale = good.clone();
    stale
        .iter_mut()
        .filter(|(name, _)| name == "webhook-timestamp")
        .for_each(|(_, at)| *at = (NOW - 3600).to_string());
    let json = vec![("content-type".to_owned(), "application/json".to_owned())];
    for (headers, body, why) in [
        (good.clone(), &changed[..], "signature_mismatch"),
        (good.clone(), b"", "signature_mismatch"),
        (json, EVENT, "signature_missing"),
        (stale, EVENT, "signature_mismatch"),
    ] {
        let world = World::new();
        let key = world.store("billing", "req-a", None, headers, body);
        let admitted = world.admit(&key).await.unwrap();
        assert_eq!(reason(&admitted), why);
        assert!(!world.has(&key), "{why}");
        assert!(world.pointers.all().is_empty(), "{why}");
        assert_eq!(world.admit(&key).await.unwrap(), Admitted::Gone);
    }
}

/// API Gateway may treat such a body as text: what fails here may have been good when it came.
#[tokio::test]
async fn what_came_without_a_content_type_is_never_deleted_for_what_its_body_says() {
    let mut changed = EVENT.to_vec();
    changed[10] ^= 1;
    for kind in [None, Some(""), Some(" \t")] {
        let mut headers = signed("billing", "msg_1", EVENT);
        headers.retain(|(name, _)| name != "content-type");
        headers.extend(kind.map(|kind| ("content-type".to_owned(), kind.to_owned())));
        let world = World::new();
        let key = world.store("billing", "req-a", None, headers.clone(), &changed);
        let problem = world.admit(&key).await.unwrap_err().to_string();
        assert!(
            problem.contains("signature_mismatch") && problem.contains("no Content-Type"),
            "{problem}"
        );
        assert!(world.has(&key), "{kind:?}");
        assert!(world.pointers.all().is_empty());
    }
}

#[tokio::test]
async fn a_delivery_is_judged_by_the_time_at_which_it_came() {
    // The tests' clock is an hour later than the signature, which is accepted for five minutes.
    let world = World::new();
    let key = world.deliver("stripe", "req-a", "", EVENT);
    assert_eq!(reason(&world.admit(&key).await.unwrap()), "stored");
}

#[tokio::test]
async fn a_duplicate_is_deleted_and_what_the_pointer_names_is_not() {
    let world = World::new();
    let first = world.deliver("billing", "req-a", "msg_1", EVENT);
    let again = world.deliver("billing", "req-b", "msg_1", EVENT);
    let other = world.deliver("billing", "req-c", "msg_1", br#"{"type":"other"}"#);
    assert_eq!(
        stored(&world.admit(&first).await.unwrap()),
        Some(Repetition::First)
    );
    assert_eq!(
        stored(&world.admit(&again).await.unwrap()),
        Some(Repetition::Duplicate)
    );
    assert_eq!(
        stored(&world.admit(&other).await.unwrap()),
        Some(Repetition::Conflicting)
    );
    // S3 may report the same object twice, and late.
    assert_eq!(world.admit(&first).await.unwrap(), Admitted::Before);
    assert!(world.has(&first) && !world.has(&again) && !world.has(&other));
    assert_eq!(world.pointer().object(), Some(&first));
}

/// Dropbox sends the same bytes for different events, so a retry counts as an event, too. A
/// second S3 notification about the same object does not.
#[tokio::test]
async fn where_each_delivery_is_an_event_an_object_is_one() {
    let world = World::new();
    let body = br#"{"list_folder":{"accounts":["dbid:1"]}}"#;
    let keys = ["req-a", "req-b"].map(|request| world.deliver("dropbox", request, "", body));
    for key in keys.iter().chain(&keys) {
        world.admit(key).await.unwrap();
        assert!(world.has(key));
    }
    assert_eq!(world.pointers.all().len(), 2);
}

/// Without a signed id, the event is named by what was signed, as in the other lane.
#[tokio::test]
async fn an_event_without_an_id_is_named_by_the_signed_bytes() {
    let world = World::new();
    let key = world.deliver("framed", "req-a", "", EVENT);
    world.admit(&key).await.unwrap();
    let signed = [b"2026.", EVENT].concat();
    let digest = domain::Digest::of(signed);
    assert_eq!(world.pointer().event.key.as_str(), digest.to_string());
}

#[tokio::test]
async fn what_the_authorizer_has_proven_is_not_asked_for_again() {
    let world = World::new();
    let key = world.store(
        "token",
        "req-a",
        Some("current"),
        signed("token", "", EVENT),
        EVENT,
    );
    let admitted = world.admit(&key).await;
    assert_eq!(
        kept(&admitted),
        "id_missing",
        "it is in a header, which is missing"
    );
    let mut headers = signed("token", "", EVENT);
    headers.push(("idempotency-key".to_owned(), "1".to_owned()));
    let key = world.store("token", "req-b", Some("current"), headers.clone(), EVENT);
    assert_eq!(reason(&world.admit(&key).await.unwrap()), "stored");
    // Without the authorizer's confirmation it is not trusted.
    let key = world.store("token", "req-c", None, headers, EVENT);
    assert_eq!(
        reason(&world.admit(&key).await.unwrap()),
        "signature_missing"
    );
}

#[tokio::test]
async fn a_digest_that_was_signed_binds_the_body() {
    let world = World::new();
    world.keys.set(ring(SECRET));
    let headers = signed("signed", "evt_1", EVENT);
    let other = world.store("signed", "req-a", Some("current"), headers.clone(), b"{}");
    assert_eq!(
        reason(&world.admit(&other).await.unwrap()),
        "digest_mismatch"
    );
    assert!(!world.has(&other));
    let good = world.store("signed", "req-b", Some("current"), headers, EVENT);
    assert_eq!(reason(&world.admit(&good).await.unwrap()), "stored");
    assert_eq!(world.pointer().reference().to_string(), "signed/evt_1");
}

#[tokio::test]
async fn what_may_be_our_own_fault_deletes_nothing() {
    let world = World::new();
    let gone = world.deliver("billing", "req-a", "msg_1", EVENT);
    let of = |key: &domain::ObjectKey, name: &str| {
        domain::ObjectKey::from_stored(key.as_str().replace("billing", name))
    };
    assert!(matches!(
        world.admit(&of(&gone, "nobody")).await,
        Err(Undone::NoEndpoint(_))
    ));
    assert!(matches!(
        world.admit(&of(&gone, "broken")).await,
        Err(Undone::Endpoint(_))
    ));
    for elsewhere in ["payloads/a/b", "incoming/a/2026-11-21T21/billing"] {
        let key = domain::ObjectKey::from_stored(elsewhere.to_owned());
        assert!(matches!(world.admit(&key).await, Err(Undone::Elsewhere)));
    }
    let admit = crate::Admit::new(&world, &world.pointers, world.directory(), &world.keys, 90);
    let now = Timestamp::from_second(NOW).unwrap();
    let other = admit.admit("another-bucket", &gone, now).await;
    assert!(matches!(other, Err(Undone::Elsewhere)));
    world.forget_handover(&gone);
    assert!(matches!(world.admit(&gone).await, Err(Undone::NoHandover)));
    world.keys.set(ring("whsec_!"));
    let key = world.deliver("billing", "req-b", "msg_1", EVENT);
    assert!(matches!(world.admit(&key).await, Err(Undone::Keys(_))));
    assert!(world.has(&gone) && world.has(&key));
    assert!(world.pointers.all().is_empty());
}

#[tokio::test]
async fn no_secret_signature_or_body_is_ever_logged() {
    listen();
    let world = World::new();
    let headers = signed("billing", "msg_1", EVENT);
    let signature = &headers
        .iter()
        .find(|(name, _)| name == "webhook-signature")
        .unwrap()
        .1;
    let good = world.store("billing", "req-a", None, headers.clone(), EVENT);
    let forged = world.store("billing", "req-b", None, headers.clone(), b"BODYCANARY");
    let broken = &EVENT[1..];
    let broken = world.store(
        "billing",
        "req-c",
        None,
        signed("billing", "msg_2", broken),
        broken,
    );
    let mut output = String::new();
    for key in [&good, &forged, &broken, &good] {
        match world.admit(key).await {
            Err(undone) => output += &format!("{undone:?} {undone}\n"),
            // The only line about an event that was taken.
            Ok(Admitted::Judged { log, .. }) => {
                let line = log.metrics("coatcheck", ("AdmitAge", Duration::ZERO));
                output += &format!("{}\n", line.line(Timestamp::from_second(NOW).unwrap()));
            }
            Ok(_) => {}
        }
    }
    output += &logged();
    assert!(
        output.lines().count() >= 4,
        "the log was not caught: {output}"
    );
    for canary in ["BODYCANARY", SECRET, &SECRET[6..], &signature[3..]] {
        assert!(!output.contains(canary), "{canary} in {output}");
    }
}

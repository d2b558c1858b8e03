mod stores;
mod world;

use domain::{DataRef, Digest, ObjectKey, Ref, SignedDuration, format_time};
use testkit::Fault;
use world::{CANARY, NOW, World, at, pointer};

use super::{ErasedEvent, ErasureOutcome};

const RECEIVED: &str = "2026-11-21T20:59:57.414Z";

/// The event of the canary, beside one of another customer.
fn world() -> (World, Ref) {
    let world = World::new();
    let eve = pointer("evt_1", CANARY, RECEIVED);
    world.hold(&eve);
    // Begins as the other does.
    world.hold(&pointer("evt_10", "bob@example.com", RECEIVED));
    (world, eve.reference())
}

fn outcomes(events: &[ErasedEvent]) -> Vec<ErasureOutcome> {
    events.iter().map(|one| one.outcome).collect()
}

#[tokio::test]
async fn nothing_is_left_of_an_event_in_any_store_and_the_others_are_untouched() {
    let (world, reference) = world();
    let bob: Ref = "stripe/evt_10".parse().unwrap();
    let (of_bob, before) = (world.of(&bob), world.everything());
    assert!(of_bob.matches("bob@").count() >= 4, "{of_bob}");
    assert!(before.contains(CANARY));
    let report = world.erase(&["stripe/evt_1"], false).await;
    assert!(
        report.is_complete() && !report.should_look_again(),
        "{report}"
    );
    let expected = ErasedEvent {
        reference: "stripe/evt_1".to_owned(),
        outcome: ErasureOutcome::Erased,
        versions: 2,
        inline: false,
        replays: 1,
        records: 1,
        replayed_meanwhile: false,
        problem: None,
    };
    assert_eq!(report.events, [expected]);
    let deleted: Vec<_> = report
        .queues
        .iter()
        .map(|one| (one.seen, one.deleted))
        .collect();
    assert_eq!(deleted, [(2, 1), (2, 1)]);
    assert_eq!(report.copies.deleted, 0);

    let left = world.everything();
    assert!(!left.contains(CANARY), "{left}");
    let tombstone = world.tombstone(&reference).unwrap();
    assert_eq!(tombstone.erasing, None);
    assert_eq!(tombstone.erased_at, at(NOW));
    // As long as a pointer that is written now.
    let until = at(NOW) + SignedDuration::from_hours(90 * 24);
    assert_eq!(tombstone.expires_at, until);
    // Who may still get a message skips it, whether it had recorded something or not.
    let skipped = format!("erased {} {}", format_time(at(NOW)), format_time(until));
    for processor in ["invoices", "deliver-paced"] {
        assert_eq!(
            world.record("stripe/evt_1", processor),
            Some(skipped.clone()),
            "{processor}"
        );
    }
    assert_eq!(world.record("stripe/evt_10", "deliver-paced"), None);
    assert_eq!(world.of(&bob), of_bob);
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_changes_nothing() {
    let (world, _) = world();
    let before = world.everything();
    let dry = world.erase(&["stripe/evt_1"], true).await;
    assert_eq!(world.everything(), before);
    assert!(dry.queues.iter().all(|one| one.unseen == 2), "{dry}");
    let done = world.erase(&["stripe/evt_1"], false).await;
    assert_eq!(dry.events, done.events);
    assert_eq!(dry.copies.deleted, done.copies.deleted);
    assert!(dry.to_string().contains("1 event would be erased"), "{dry}");
}

/// At every call, before and after what it does: the next run ends where an undisturbed one does.
#[tokio::test]
async fn an_erasure_that_breaks_anywhere_is_finished_by_the_next_run_and_leaves_a_trace() {
    let undisturbed = world().0;
    undisturbed.erase(&["stripe/evt_1"], false).await;
    let (expected, calls) = (undisturbed.everything(), *undisturbed.calls.lock().unwrap());
    assert!(calls > 15, "{calls}");
    for fault in [Fault::Before, Fault::After, Fault::Refused] {
        for place in 0..calls {
            let (world, reference) = world();
            let untroubled = std::iter::repeat_n(Fault::None, place);
            world.faults.set(untroubled.chain([fault]));
            let broken = world.erase(&["stripe/evt_1"], false).await;
            assert!(!broken.is_complete(), "{fault:?} at {place}: {broken}");
            let trace = world
                .tombstone(&reference)
                .is_none_or(|one| one.erasing.is_some());
            let is_clean = !world.everything().contains(CANARY);
            assert!(trace || is_clean, "{fault:?} at {place}");
            let again = world.erase(&["stripe/evt_1"], false).await;
            assert!(again.is_complete(), "{fault:?} at {place}: {again}");
            assert_eq!(world.everything(), expected, "{fault:?} at {place}");
        }
    }
}

/// The tombstone says that the rest is not done, so that a search by attributes finds it again.
#[tokio::test]
async fn a_queue_that_cannot_be_read_keeps_the_erasure_unfinished_and_others_get_their_messages_back()
 {
    let (world, reference) = world();
    world.queue.faults.set([Fault::None, Fault::Refused]);
    let broken = world.erase(&["stripe/evt_1"], false).await;
    assert!(!broken.is_complete());
    assert!(
        broken
            .to_string()
            .contains("queue of invoices: not looked through"),
        "{broken}"
    );
    assert!(world.tombstone(&reference).unwrap().erasing.is_some());
    assert_eq!(world.dlq.waiting().len(), 1);
    assert!(
        world
            .queue
            .waiting()
            .iter()
            .any(|body| body.contains("bob@"))
    );
    let again = world.erase(&["stripe/evt_1"], false).await;
    assert!(again.is_complete(), "{again}");
    assert_eq!(outcomes(&again.events), [ErasureOutcome::Erased]);
    assert!(!world.everything().contains(CANARY));
}

#[tokio::test]
async fn copies_that_retries_left_go_too_and_those_of_other_events_stay() {
    let (world, _) = world();
    let endpoint = "stripe".to_owned().try_into().unwrap();
    let copy = |event: &str, body: &str, hour: &str| {
        let key = ObjectKey::new(&endpoint, Digest::of(event), Digest::of(body), at(hour));
        world.store(key.as_str(), &["null"]);
        key.to_string()
    };
    let copies = [
        copy("evt_1", "other bytes", RECEIVED),
        copy("evt_1", "other bytes", "2026-11-22T05:00:00Z"),
        copy("evt_1", "more", "2026-11-22T05:00:00Z"),
    ];
    let other = copy("evt_2", "other bytes", "2026-11-22T05:00:00Z");
    let strange = "payloads/a/2026-11-22T05/stripe/notes.txt";
    world.store(strange, &["null"]);
    for refs in [&["stripe/evt_1"][..], &["stripe/evt_1", "stripe/evt_10"]] {
        let dry = world.erase(refs, true).await;
        assert_eq!(dry.copies.deleted, 3, "{refs:?}");
    }
    let report = world.erase(&["stripe/evt_1"], false).await;
    assert_eq!(report.copies.deleted, 3);
    let objects = world.objects.lock().unwrap().clone();
    assert!(copies.iter().all(|key| !objects.contains_key(key)));
    assert!(objects.contains_key(&other) && objects.contains_key(strange));
}

/// `admit` replaces a pointer whose payload is missing.
#[tokio::test]
async fn a_pointer_that_changes_meanwhile_is_erased_as_it_then_is() {
    let (world, _) = world();
    *world.meanwhile.lock().unwrap() = Some(|world| {
        let mut led = pointer("evt_1", CANARY, RECEIVED);
        let key = "incoming/f/2026-11-21T20/stripe/req-2".to_owned();
        led.dataref = DataRef::Object {
            bucket: "coatcheck-payloads".to_owned(),
            key: ObjectKey::from_stored(key.clone()),
        };
        world.put(&led);
        world.store(&key, &["null"]);
    });
    let report = world.erase(&["stripe/evt_1"], false).await;
    assert!(report.is_complete(), "{report}");
    let objects = world.objects.lock().unwrap();
    assert!(objects.keys().all(|key| !key.starts_with("incoming/")));
    // The one that it named before is a copy of the same event.
    assert_eq!(report.copies.deleted, 2);
}

#[tokio::test]
async fn a_replay_that_read_the_pointer_before_its_tombstone_is_found_at_the_end() {
    let (world, _) = world();
    *world.afterwards.lock().unwrap() = Some(|world| {
        let mut row = world.item(&"stripe/evt_10".parse().unwrap()).unwrap();
        row.insert("pk".to_owned(), "stripe#evt_1".to_owned());
        row.insert("sk".to_owned(), "evt_1\u{1f}r-2".to_owned());
        row.insert("subject".to_owned(), CANARY.to_owned());
        world.put_image(row);
    });
    let report = world.erase(&["stripe/evt_1"], false).await;
    assert!(!world.everything().contains(CANARY));
    assert_eq!(report.events[0].replays, 2);
    assert!(report.is_complete() && report.should_look_again());
    assert!(report.to_string().contains("look again"), "{report}");
}

#[tokio::test]
async fn a_payload_in_the_pointer_goes_with_it() {
    let (world, _) = world();
    let inline = pointer("evt_1", CANARY, RECEIVED).with_inline(
        CANARY.as_bytes(),
        &domain::Metadata::default(),
        SignedDuration::from_hours(24 * 30),
    );
    world.objects.lock().unwrap().clear();
    world.put(&inline);
    let report = world.erase(&["stripe/evt_1"], false).await;
    let event = &report.events[0];
    assert!(report.is_complete() && event.inline && event.versions == 0);
    let base64 = DataRef::Inline(CANARY.into()).to_string();
    let left = world.everything();
    assert!(!left.contains(CANARY) && !left.contains(&base64));
}

#[tokio::test]
async fn a_pointer_from_before_payloads_could_be_inline_is_erased_like_any_other() {
    let (world, reference) = world();
    let mut old = world.item(&reference).unwrap();
    let dataref = old.remove("dataref").unwrap();
    let (bucket, key) = dataref
        .strip_prefix("s3://")
        .unwrap()
        .split_once('/')
        .unwrap();
    old.insert("bucket".to_owned(), bucket.to_owned());
    old.insert("key".to_owned(), key.to_owned());
    world.put_image(old);
    let report = world.erase(&["stripe/evt_1"], false).await;
    assert!(
        report.is_complete() && report.events[0].versions == 2,
        "{report}"
    );
    assert!(!world.objects.lock().unwrap().contains_key(key));
}

/// To find nothing in the wrong bucket would read as if the payload were gone.
#[tokio::test]
async fn a_payload_in_another_bucket_is_never_taken_for_erased() {
    let (world, reference) = world();
    let mut image = world.item(&reference).unwrap();
    image.insert("dataref".to_owned(), "s3://other/payloads/k".to_owned());
    world.put_image(image);
    let report = world.erase(&["stripe/evt_1"], false).await;
    assert_eq!(outcomes(&report.events), [ErasureOutcome::Unfinished]);
    assert!(report.to_string().contains("another bucket"), "{report}");
    assert!(world.tombstone(&reference).unwrap().erasing.is_some());
}

#[tokio::test]
async fn what_is_not_there_is_said_and_what_was_erased_is_looked_for_again() {
    let (world, _) = world();
    world.erase(&["stripe/evt_1"], false).await;
    // It was on its way when it was erased.
    world
        .dlq
        .send(r#"{"ref":"stripe/evt_1","type":"a","subject":"eve@example.com"}"#);
    let refs = [
        "stripe/evt_1",
        "stripe/evt_1",
        "stripe/evt_1/evt_1",
        "stripe/evt_9",
    ];
    let report = world.erase(&refs, false).await;
    assert!(report.is_complete(), "{report}");
    let expected = [
        ErasureOutcome::ErasedBefore,
        ErasureOutcome::ErasedBefore,
        ErasureOutcome::NotFound,
    ];
    assert_eq!(outcomes(&report.events), expected);
    // Two refs may name one event; messages have the one of its pointer.
    assert_eq!(report.events[1].reference, "stripe/evt_1");
    assert!(!world.everything().contains(CANARY));
    assert!(world.item(&"stripe/evt_9".parse().unwrap()).is_none());
}

#[tokio::test]
async fn a_message_that_a_reader_has_is_reported_and_not_forgotten() {
    let (world, _) = world();
    world.queue.take();
    let report = world.erase(&["stripe/evt_1"], false).await;
    assert_eq!((report.queues[0].deleted, report.queues[0].unseen), (0, 1));
    assert!(report.is_complete() && report.should_look_again());
    assert!(
        report
            .to_string()
            .contains("queue of invoices: about 1 message not seen"),
        "{report}"
    );
}

#[tokio::test]
async fn programs_see_what_became_of_each_event_and_of_each_store() {
    let (world, _) = world();
    let report = world.erase(&["stripe/evt_1"], false).await;
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(
        json["events"][0],
        serde_json::json!({"ref": "stripe/evt_1", "outcome": "erased", "versions": 2, "inline": false, "replays": 1, "records": 1})
    );
    assert_eq!(
        json["queues"][0],
        serde_json::json!({"name": "queue of invoices", "seen": 2, "deleted": 1})
    );
    assert_eq!(json["stream_until"], "2026-11-28T18:00:00.000Z");
    let not_reached = json["not_reached"].to_string();
    assert!(not_reached.contains("ledger"), "{not_reached}");
    // The query of an HTTP destination's address may hold what only the destination should see.
    assert!(!not_reached.contains('?'), "{not_reached}");
}

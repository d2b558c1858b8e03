use super::*;

const DIGEST: Digest = Digest([0xab; 32]);
const SPLIT: &str = "0123456789abcdef0123456789abcdef";
const WINDOW_MS: i64 = 60_000;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap()
}

fn key(ms: i64) -> EventKey {
    let window_s = NonZeroU32::new(60).unwrap();
    EventKey::of_digest(DIGEST, None).within(window_s, at(ms))
}

/// Whether a delivery belongs to an event that already has its pointer.
fn merges(event_ms: i64, delivery_ms: i64) -> bool {
    let (event, delivery) = (key(event_ms), key(delivery_ms));
    let around = delivery.neighbours(at(delivery_ms)).unwrap();
    event == delivery || around.keys.contains(&event) && around.hold(at(event_ms))
}

#[test]
fn equal_bytes_are_one_event_exactly_within_the_window() {
    let base = 1_795_298_397_000;
    for start in (base..base + 2 * WINDOW_MS).step_by(997) {
        for apart in [0, 1, 30_000, WINDOW_MS - 1] {
            assert!(merges(start, start + apart), "{start} {apart}");
            // A pointer that is written late.
            assert!(merges(start + apart, start), "{start} {apart}");
        }
        for apart in [WINDOW_MS, WINDOW_MS + 1, 2 * WINDOW_MS, 100 * WINDOW_MS] {
            assert!(!merges(start, start + apart), "{start} {apart}");
            assert!(!merges(start + apart, start), "{start} {apart}");
        }
    }
}

#[test]
fn a_time_is_judged_by_the_milliseconds_that_a_pointer_holds() {
    let late: Timestamp = "2026-11-21T20:59:59.9999Z".parse().unwrap();
    let window_s = NonZeroU32::new(60).unwrap();
    let around = EventKey::of_digest(DIGEST, None)
        .within(window_s, late)
        .neighbours(late)
        .unwrap();
    assert_eq!(around.until.to_string(), "2026-11-21T21:00:59.999Z");
}

#[test]
fn windows_of_another_length_share_no_key() {
    let of = |seconds| {
        let window_s = NonZeroU32::new(seconds).unwrap();
        EventKey::of_digest(DIGEST, Some(SPLIT)).within(window_s, at(0))
    };
    assert_eq!(of(60).as_str(), format!("{DIGEST}-{SPLIT}@60.0"));
    assert_ne!(of(60), of(61));
    assert_eq!(of(60).neighbours(at(0)).unwrap().keys[0].as_str(), {
        format!("{DIGEST}-{SPLIT}@60.-1")
    });
}

#[test]
fn a_digest_is_shared_where_headers_or_a_window_tell_events_apart() {
    let digest = DIGEST.to_string();
    for shared in [
        format!("{digest}-{SPLIT}"),
        format!("{digest}-{SPLIT}@60.1"),
        format!("{digest}@60.1"),
    ] {
        let key = EventKey::from_stored(shared);
        assert_eq!(key.shared_digest(), Some(digest.as_str()));
    }
    for other in [
        "evt_1",
        "a-b",
        "evt_1@60.1",
        &digest,
        &format!("{digest}-{SPLIT}0"),
        &format!("{digest}-{SPLIT}@60"),
        &format!("{digest}@0.1"),
        &format!("{digest}@060.1"),
        &format!("{digest}@60.+1"),
        &format!("{digest}@60.1x"),
    ] {
        let key = EventKey::from_stored(other.to_owned());
        assert_eq!(key.shared_digest(), None, "{other}");
        assert_eq!(key.neighbours(at(WINDOW_MS)), None, "{other}");
    }
}

/// It would be merged with its neighbours.
#[test]
fn an_id_that_only_looks_like_a_key_has_no_window() {
    let odd = EventKey::from_stored(format!("{DIGEST}@60.1"));
    assert_eq!(odd.neighbours(at(0)), None);
    assert!(odd.neighbours(at(WINDOW_MS)).is_some());
}

const PAIRS: [(&str, &str); 2] = [("customer", "cus_1"), ("status", "paid")];

#[test]
fn attributes_name_an_event_by_type_names_and_texts() {
    let key = EventKey::of_attributes("invoice.paid", PAIRS);
    // printf '12:invoice.paid,8:customer,5:cus_1,6:status,4:paid,' | sha256sum
    assert_eq!(
        key.as_str(),
        "by-09c7acb6f1637f191b3aaf66979bfac0f181f99100a2ff8c0090546a2daa9d18"
    );
    assert_eq!(key, EventKey::of_attributes("invoice.paid", PAIRS));
    for other in [
        EventKey::of_attributes("invoice.open", PAIRS),
        EventKey::of_attributes("invoice.paid", [PAIRS[1], PAIRS[0]]),
        EventKey::of_attributes("invoice.paid", [PAIRS[0]]),
        EventKey::of_attributes("invoice.paid", [("status", "cus_1"), ("customer", "paid")]),
        EventKey::of_attributes(
            "invoice.paid",
            [("customer", "cus_1,6:status"), ("", "paid")],
        ),
    ] {
        assert_ne!(key, other);
    }
}

/// It says nothing of the bytes, so no look for the same bytes may find another event by it.
#[test]
fn attributes_share_no_digest_and_have_a_window() {
    let key = EventKey::of_attributes("a", PAIRS);
    assert_eq!(key.shared_digest(), None);
    assert_eq!(key.neighbours(at(0)), None);
    let window_s = NonZeroU32::new(60).unwrap();
    let windowed = key.clone().within(window_s, at(WINDOW_MS));
    assert_eq!(windowed.as_str(), format!("{}@60.1", key.as_str()));
    assert_eq!(windowed.shared_digest(), None);
    assert_eq!(
        (windowed.shared(), key.shared()),
        (key.as_str(), key.as_str())
    );
    let around = windowed.neighbours(at(WINDOW_MS)).unwrap();
    assert_eq!(around.keys[0].as_str(), format!("{}@60.0", key.as_str()));
    assert_eq!(around.keys[1].as_str(), format!("{}@60.2", key.as_str()));
    assert!(around.hold(at(1)) && !around.hold(at(0)));
    for odd in ["by-ab", "by_", "BY-", "by-by-"] {
        let id = EventKey::from_stored(format!("{odd}{DIGEST}@60.1"));
        assert_eq!(id.neighbours(at(WINDOW_MS)), None, "{odd}");
    }
}

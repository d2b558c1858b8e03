use super::*;

fn ids(ring: &KeyRing, now: Timestamp) -> Vec<&str> {
    ring.live(now).map(|key| key.id.as_str()).collect()
}

#[test]
fn both_versions_are_live_and_the_same_secret_counts_once() {
    let ring = KeyRing::from_versions("new\n", Some("old")).unwrap();
    assert_eq!(ids(&ring, Timestamp::UNIX_EPOCH), ["current", "previous"]);
    assert_eq!(
        ring.live(Timestamp::UNIX_EPOCH)
            .next()
            .unwrap()
            .secret
            .expose(),
        "new"
    );
    let ring = KeyRing::from_versions("same", Some("same")).unwrap();
    assert_eq!(ids(&ring, Timestamp::UNIX_EPOCH), ["current"]);
}

#[test]
fn a_key_ends_at_its_not_after() {
    let text = r#"{"keys":[{"id":"b","secret":"2"},{"id":"a","secret":"1","not_after":"2026-01-01T00:00:00Z"}]}"#;
    let ring = KeyRing::from_versions(text, None).unwrap();
    let end: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(
        ids(&ring, end - jiff::SignedDuration::from_nanos(1)),
        ["b", "a"]
    );
    assert_eq!(ids(&ring, end), ["b"]);
}

#[test]
fn a_ring_vouches_only_for_the_time_in_which_it_was_the_secret() {
    let at = |second| Timestamp::from_second(second).unwrap();
    let ring = KeyRing::from_versions("new", Some("old")).unwrap();
    assert_eq!(ring.covers(at(5)), KeyCoverage::Unknown, "no time is known");
    let ring = ring.held_since(at(5)).read_at(at(9));
    for (moment, covers) in [
        (4, KeyCoverage::Unknown),
        (5, KeyCoverage::Whole),
        (9, KeyCoverage::Whole),
        (10, KeyCoverage::TooOld),
    ] {
        assert_eq!(ring.covers(at(moment)), covers, "{moment}");
    }
    let many = |count| {
        let keys = (0..count).map(|one| format!(r#"{{"id":"{one}","secret":"{one}"}}"#));
        format!(r#"{{"keys":[{}]}}"#, keys.collect::<Vec<_>>().join(","))
    };
    for (previous, covers) in [
        ("{", KeyCoverage::Unknown),
        (&*many(8), KeyCoverage::Unknown),
        (&*many(7), KeyCoverage::Whole),
    ] {
        let ring = KeyRing::from_versions("new", Some(previous)).unwrap();
        assert_eq!(
            ring.held_since(at(5)).read_at(at(9)).covers(at(7)),
            covers,
            "{previous}"
        );
    }
}

#[test]
fn an_empty_or_misshapen_secret_is_never_a_key() {
    for bad in [
        "",
        "\n",
        r#"{"keys":[]}"#,
        r#"{"keys":[{"id":"a","secret":""}]}"#,
    ] {
        assert_eq!(
            KeyRing::from_versions(bad, None),
            Err(KeyRingProblem::Empty),
            "{bad}"
        );
    }
    assert_eq!(
        KeyRing::from_versions(r#"{"keys":[{"id":"","secret":"x"}]}"#, None),
        Err(KeyRingProblem::Id)
    );
    for bad in ["{", "{plain", " {\"a\":1}", r#"{"key":"x"}"#] {
        assert_eq!(
            KeyRing::from_versions(bad, None),
            Err(KeyRingProblem::Shape),
            "{bad}"
        );
    }
}

#[test]
fn what_editors_put_around_a_plain_secret_is_no_part_of_it() {
    for text in ["a", "a\n", "a\r\n", "a\n\n", "a\r", "\u{feff}a\r\n"] {
        let ring = KeyRing::from_text(text, "1").unwrap();
        let keys: Vec<_> = ring.keys().iter().map(|key| key.secret.expose()).collect();
        assert_eq!(keys, ["a"], "{text:?}");
    }
    let listed = "\u{feff} {\"keys\":[{\"id\":\"x\",\"secret\":\"a\\n\"}]}\r\n";
    let ring = KeyRing::from_text(listed, "1").unwrap();
    assert_eq!(ring.keys()[0].secret.expose(), "a\n");
}

#[test]
fn a_previous_version_that_cannot_be_read_is_left_out() {
    let ring = KeyRing::from_versions("good", Some("{")).unwrap();
    assert_eq!(ids(&ring, Timestamp::UNIX_EPOCH), ["current"]);
}

#[test]
fn what_is_written_is_read_again() {
    let key = |id: &str, end: Option<&str>, purpose| Key {
        id: id.to_owned(),
        secret: Secret::new(format!("\"{id}\\")),
        not_after: end.map(|end| end.parse().unwrap()),
        purpose,
    };
    let keys = vec![
        key("b", None, KeyUse::Signature),
        key("a", Some("2026-01-01T00:00:00.5Z"), KeyUse::Signature),
        key("c", None, KeyUse::Basic),
    ];
    let ring = KeyRing::new(keys).unwrap();
    let text = ring.to_secret();
    assert_eq!(KeyRing::from_versions(text.expose(), None), Ok(ring));
    assert_eq!(KeyRing::new(Vec::new()), Err(KeyRingProblem::Empty));
    let nine = vec![key("a", None, KeyUse::Signature); 9];
    assert_eq!(KeyRing::new(nine), Err(KeyRingProblem::TooMany));
}

#[test]
fn debug_shows_no_secret() {
    let ring = KeyRing::from_versions("hunter2", None).unwrap();
    assert!(!format!("{ring:?}").contains("hunter2"));
}

use super::*;

const SIGNED: Digest = Digest([0xab; 32]);

fn found(id: &str) -> EventFields {
    EventFields {
        id: Some(Some(id.into())),
        kind: Some(Some("push".into())),
        ..EventFields::default()
    }
}

fn identify(
    found: EventFields,
    dedupe: Dedupe,
    id_is_signed: bool,
) -> Result<EventIdentity, IdentityProblem> {
    let naming = Naming {
        dedupe,
        window_s: None,
        id_is_signed,
        unsigned: None,
        attributes: None,
    };
    EventIdentity::identify(found, &naming, || SIGNED, Timestamp::UNIX_EPOCH)
}

#[test]
fn a_signed_id_is_the_key() {
    let event = identify(found("evt_1"), Dedupe::Auto, true).unwrap();
    assert_eq!((event.key.as_str(), event.id.as_str()), ("evt_1", "evt_1"));
}

#[test]
fn an_unsigned_id_does_not_decide_unless_the_endpoint_says_so() {
    let event = identify(found("evt_1"), Dedupe::Auto, false).unwrap();
    assert_eq!(
        (event.key.as_str(), event.id.as_str()),
        (SIGNED.to_string().as_str(), "evt_1")
    );
    let event = identify(found("evt_1"), Dedupe::Id, false).unwrap();
    assert_eq!(event.key.as_str(), "evt_1");
}

fn key(dedupe: Dedupe, id_is_signed: bool, window_s: Option<u32>) -> String {
    let naming = Naming {
        dedupe,
        window_s: window_s.and_then(NonZeroU32::new),
        id_is_signed,
        unsigned: Some(SPLIT),
        attributes: None,
    };
    let at = Timestamp::from_second(7199).unwrap();
    let event = EventIdentity::identify(found("evt_1"), &naming, || SIGNED, at);
    event.unwrap().key.as_str().to_owned()
}

const SPLIT: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn unsigned_headers_split_events_of_the_same_bytes_and_never_merge() {
    let split = format!("{SIGNED}-{SPLIT}");
    assert_eq!(key(Dedupe::Auto, false, None), split);
    assert_eq!(key(Dedupe::Bytes, false, None), SIGNED.to_string());
    for (dedupe, signed) in [
        (Dedupe::Id, false),
        (Dedupe::Auto, true),
        (Dedupe::Bytes, true),
    ] {
        assert_eq!(key(dedupe, signed, None), "evt_1");
    }
}

#[test]
fn a_window_is_part_of_a_digests_name_and_of_no_id() {
    let hour = Some(3600);
    let split = format!("{SIGNED}-{SPLIT}@3600.1");
    assert_eq!(key(Dedupe::Auto, false, hour), split);
    assert_eq!(key(Dedupe::Bytes, false, hour), format!("{SIGNED}@3600.1"));
    for (dedupe, signed) in [(Dedupe::Id, false), (Dedupe::Auto, true)] {
        assert_eq!(key(dedupe, signed, hour), "evt_1");
    }
}

#[test]
fn an_id_that_decides_nothing_may_be_missing_or_odd() {
    for gone in [
        None,
        Some(String::new()),
        Some("a\nb".to_owned()),
        Some("a".repeat(257)),
    ] {
        let no_id = EventFields {
            id: Some(gone),
            ..found("x")
        };
        let event = identify(no_id.clone(), Dedupe::Auto, false).unwrap();
        assert_eq!(event.id, SIGNED.to_string());
        assert!(identify(no_id, Dedupe::Id, false).is_err());
    }
}

/// CloudEvents: no control characters and no noncharacters, in no text.
#[test]
fn an_optional_fact_that_no_event_may_hold_is_left_out() {
    for odd in [
        "a\u{7f}",
        "\u{9f}b",
        "\u{fdd0}",
        "x\u{ffff}",
        "\u{1fffe}",
        "\u{10ffff}",
    ] {
        let facts = EventFields {
            subject: Some(odd.to_owned()),
            ordering_key: Some(odd.to_owned()),
            ..found("evt_1")
        };
        let event = identify(facts, Dedupe::Auto, true).unwrap();
        assert_eq!((event.subject.as_str(), &event.ordering_key), ("", &None));
        assert_eq!(event.shown_subject(), "evt_1", "{odd:?}");
    }
    let facts = EventFields {
        subject: Some("\u{fdcf}\u{fffd}🧥 é".to_owned()),
        ..found("evt_1")
    };
    let event = identify(facts, Dedupe::Auto, true).unwrap();
    assert_eq!(event.subject, "\u{fdcf}\u{fffd}🧥 é");
}

#[test]
fn without_an_id_the_signed_bytes_name_the_event() {
    let event = identify(EventFields::default(), Dedupe::Auto, false).unwrap();
    assert_eq!(event.id, SIGNED.to_string());
    assert_eq!(event.kind, EventIdentity::UNTYPED);
}

#[test]
fn what_must_be_there_is_demanded() {
    for gone in [None, Some(String::new())] {
        let no_id = EventFields {
            id: Some(gone.clone()),
            ..found("x")
        };
        assert_eq!(
            identify(no_id, Dedupe::Auto, true),
            Err(IdentityProblem::Missing(Field::Id))
        );
        let no_type = EventFields {
            kind: Some(gone),
            ..found("x")
        };
        assert_eq!(
            identify(no_type, Dedupe::Auto, true),
            Err(IdentityProblem::Missing(Field::Type))
        );
    }
}

#[test]
fn ids_that_fit_no_store_are_refused() {
    assert_eq!(
        identify(found(&"a".repeat(10_240)), Dedupe::Auto, true),
        Err(IdentityProblem::TooLong(Field::Id))
    );
    assert!(identify(found(&"a".repeat(256)), Dedupe::Auto, true).is_ok());
    assert_eq!(
        identify(found("a\nb"), Dedupe::Auto, true),
        Err(IdentityProblem::Invalid(Field::Id))
    );
}

#[test]
fn the_ordering_key_is_the_subject_unless_another_is_named() {
    let ordered = EventFields {
        ordering_key: Some("cus_1".into()),
        ..found("x")
    };
    assert_eq!(
        identify(ordered.clone(), Dedupe::Auto, true)
            .unwrap()
            .subject,
        "cus_1"
    );
    let named = EventFields {
        subject: Some("in_1".into()),
        ..ordered
    };
    assert_eq!(identify(named, Dedupe::Auto, true).unwrap().subject, "in_1");
}

#[test]
fn an_odd_subject_is_no_reason_to_refuse() {
    for odd in ["s".repeat(257), "a\u{0}".to_owned()] {
        let found = EventFields {
            subject: Some(odd),
            ..found("x")
        };
        assert_eq!(identify(found, Dedupe::Auto, true).unwrap().subject, "");
    }
}

#[test]
fn a_time_that_cannot_be_read_is_no_reason_to_refuse() {
    let odd = EventFields {
        occurred_at: Some("yesterday".into()),
        ..found("x")
    };
    assert_eq!(
        identify(odd, Dedupe::Auto, true).unwrap().occurred_at,
        Timestamp::UNIX_EPOCH
    );
}

/// The key of a delivery with these attributes; under any setting, for comparison.
fn by_attributes(
    dedupe: Dedupe,
    id_is_signed: bool,
    pairs: Option<&[(&str, &str)]>,
) -> EventIdentity {
    let naming = Naming {
        dedupe,
        window_s: NonZeroU32::new(3600),
        id_is_signed,
        unsigned: Some(SPLIT),
        attributes: pairs,
    };
    let at = Timestamp::from_second(7199).unwrap();
    EventIdentity::identify(found("evt_1"), &naming, || SIGNED, at).unwrap()
}

#[test]
fn attributes_name_an_event_before_its_signed_id_does() {
    let pairs = [("customer", "cus_1"), ("status", "paid")];
    let expected = format!("{}@3600.1", EventKey::of_attributes("push", pairs).as_str());
    for signed in [true, false] {
        let event = by_attributes(Dedupe::Attributes, signed, Some(&pairs));
        assert_eq!((event.key.as_str(), &*event.id), (&*expected, "evt_1"));
    }
    for dedupe in [Dedupe::Auto, Dedupe::Bytes, Dedupe::Id] {
        let event = by_attributes(dedupe, false, Some(&pairs));
        assert!(!event.key.as_str().starts_with("by-"), "{dedupe:?}");
    }
}

/// When in doubt, split: an event without the attribute must not merge with another without it.
#[test]
fn without_one_of_the_attributes_an_event_is_named_as_under_auto() {
    for signed in [true, false] {
        for missing in [None, Some(&[][..])] {
            let event = by_attributes(Dedupe::Attributes, signed, missing);
            assert_eq!(event.key, by_attributes(Dedupe::Auto, signed, None).key);
        }
    }
}

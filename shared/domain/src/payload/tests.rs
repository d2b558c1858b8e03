use super::*;
use jiff::SignedDuration;

const TTL: SignedDuration = SignedDuration::from_hours(90 * 24);

fn pointer(id: &str, ordering_key: Option<&str>) -> Pointer {
    let received_at: Timestamp = "2026-11-21T20:59:57.414Z".parse().unwrap();
    Pointer {
        endpoint: "stripe".to_owned().try_into().unwrap(),
        event: EventIdentity {
            key: EventKey::from_stored(id.to_owned()),
            id: id.to_owned(),
            kind: "invoice.paid".into(),
            subject: " 客户 1% ".into(),
            ordering_key: ordering_key.map(str::to_owned),
            occurred_at: "2026-11-21T20:59:50.000Z".parse().unwrap(),
        },
        received_at,
        content_type: "application/json".into(),
        size: 3,
        sha256: Digest([0xa5; 32]),
        dataref: DataRef::Object {
            bucket: "bucket".into(),
            key: ObjectKey::from_stored("key".into()),
        },
        headers: InlineHeaders::default(),
        kept: Attributes::default(),
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into(),
        scheme: "stripe".into(),
        key_id: "current".into(),
        expires_at: received_at + TTL,
    }
}

#[test]
fn an_object_can_give_its_pointer_back() {
    for (id, ordering_key) in [
        ("evt_1", None),
        ("ev/t %\u{7f}", Some("cus_1")),
        (" ", Some("   ")),
    ] {
        let whole = pointer(id, ordering_key);
        let metadata = Metadata::describe(
            &whole,
            &signed(Headers::from_pairs([("Stripe-Signature", "t=1,v1=00")])),
        )
        .unwrap();
        assert!(
            metadata
                .iter()
                .all(|(_, v)| v.bytes().all(|b| (0x20..0x7f).contains(&b)) && v.trim() == v)
        );
        let object = ObjectFacts {
            bucket: "bucket".to_owned(),
            key: whole.object().unwrap().clone(),
            size: whole.size,
            sha256: whole.sha256,
            content_type: whole.content_type.clone(),
        };
        let value = |name: &str| {
            metadata
                .0
                .iter()
                .find(|(have, _)| *have == name)
                .map(|(_, v)| v.as_str())
        };
        assert_eq!(Pointer::from_object(object, value, TTL).unwrap(), whole);
        let kept = StoredHeaders::read(value).unwrap();
        let signature = kept.signature.unwrap();
        assert_eq!(signature.one("stripe-signature"), Ok(Some("t=1,v1=00")));
    }
}

#[test]
fn signature_headers_that_do_not_fit_are_left_out() {
    let headers = Headers::from_pairs([("x-signature", "a".repeat(METADATA_MAX_BYTES))]);
    let metadata = Metadata::describe(&pointer("a", None), &signed(headers)).unwrap();
    assert!(metadata.iter().all(|(name, _)| name != "signature-headers"));
    assert!(metadata.iter().any(|(name, _)| name == "event-key"));
}

#[test]
fn facts_beyond_what_s3_takes_are_an_error() {
    let mut long = pointer("a", Some(&"客".repeat(85)));
    long.event.subject = "户".repeat(500);
    assert!(matches!(
        Metadata::describe(&long, &KeptHeaders::default()),
        Err(MetadataProblem::TooLong)
    ));
}

#[test]
fn the_longest_facts_fit_in_every_alphabet() {
    for unit in ["客", "é", "😀", "%", " ", "a"] {
        let text = |bytes: usize| unit.repeat(bytes / unit.len());
        let mut long = pointer(&text(256), Some(&text(256)));
        long.event.kind = text(128);
        long.event.subject = text(256);
        long.key_id = "k".repeat(64);
        long.scheme = "s".repeat(32);
        for key in [text(256), format!("{}-{}", "0".repeat(64), "1".repeat(32))] {
            long.event.key = EventKey::from_stored(key);
            let metadata = Metadata::describe(&long, &KeptHeaders::default()).unwrap();
            assert!(length(&metadata.0) <= METADATA_MAX_BYTES);
            for (name, fact) in [
                ("ordering-key", long.event.ordering_key.as_deref().unwrap()),
                ("subject", &long.event.subject),
            ] {
                let value = metadata.iter().find(|(have, _)| *have == name).unwrap().1;
                assert_eq!(unescape(value).unwrap(), fact);
            }
        }
    }
}

#[test]
fn the_longest_ascii_facts_leave_room_for_a_signature() {
    let mut long = pointer(&"i".repeat(256), Some(&"o".repeat(256)));
    long.event.kind = "t".repeat(128);
    long.event.subject = "s".repeat(256);
    let headers = Headers::from_pairs([
        ("webhook-id", "x".repeat(64)),
        ("webhook-signature", "s".repeat(400)),
    ]);
    assert!(Metadata::describe(&long, &signed(headers)).is_ok());
}

#[test]
fn a_pointer_knows_where_it_belongs() {
    let one = pointer("evt_1", None);
    assert_eq!(one.time_bucket().to_string(), "2026-11-21T20#a");
    assert_eq!(one.partition_key().to_string(), "stripe#evt_1");
    let ordered = pointer("evt_1", Some("cus_1"));
    assert_eq!(ordered.partition_key().to_string(), "stripe#cus_1");
    assert_eq!(ordered.reference().to_string(), "stripe/cus_1/evt_1");
    for pointer in [one, ordered] {
        let reference = pointer.reference();
        assert_eq!(reference.partition_key(), pointer.partition_key());
    }
}

fn signed(signature: Headers) -> KeptHeaders {
    KeptHeaders {
        signature,
        others: Headers::default(),
    }
}

fn stored(metadata: &Metadata) -> StoredHeaders {
    let value = |name: &str| {
        let mut pairs = metadata.iter();
        pairs.find_map(|(have, value)| (have == name).then_some(value))
    };
    StoredHeaders::read(value).unwrap()
}

#[test]
fn other_headers_are_kept_in_their_order_as_far_as_they_fit() {
    let signature = Headers::from_pairs([("x-signature", "a".repeat(300))]);
    let others = Headers::from_pairs([
        ("x-event", "push".to_owned()),
        ("x-long", "l".repeat(1_500)),
        ("x-short", "s".to_owned()),
        ("x-short", "\u{5ba2}".to_owned()),
    ]);
    let kept = KeptHeaders {
        signature: signature.clone(),
        others: others.clone(),
    };
    let metadata = Metadata::describe(&pointer("a", None), &kept).unwrap();
    assert!(length(&metadata.0) <= METADATA_MAX_BYTES);
    let expected = StoredHeaders {
        signature: Some(signature),
        others: others.of_names(["x-event", "x-short"]),
    };
    assert_eq!(stored(&metadata), expected);

    // Those of the signature come first; without them there is room for the long one.
    let kept = KeptHeaders {
        signature: Headers::from_pairs([("x-signature", "a".repeat(METADATA_MAX_BYTES))]),
        others: others.clone(),
    };
    let metadata = Metadata::describe(&pointer("a", None), &kept).unwrap();
    let expected = StoredHeaders {
        signature: None,
        others,
    };
    assert_eq!(stored(&metadata), expected);
}

/// Terraform refuses a longer list: `keep_headers` in `variables_endpoints.tf`.
#[test]
fn what_terraform_accepts_fits_beside_the_shortest_facts() {
    let mut short = pointer("a", None);
    short.endpoint = "e".to_owned().try_into().unwrap();
    short.event.kind = "t".to_owned();
    short.event.subject = String::new();
    short.scheme = "s".to_owned();
    short.key_id = "k".to_owned();
    let fits = |bytes: usize| {
        // One header is as long as several that need as much with their punctuation.
        let kept = KeptHeaders {
            signature: Headers::default(),
            others: Headers::from_pairs([("n".repeat(bytes - 10), "v")]),
        };
        let metadata = Metadata::describe(&short, &kept).unwrap();
        !stored(&metadata).others.is_empty()
    };
    assert!(fits(KEEP_HEADERS_MAX_BYTES));
    assert!(!fits(KEEP_HEADERS_MAX_BYTES + 1));
}

/// So many attributes with values of so many bytes.
fn keeping(mut pointer: Pointer, count: u8, bytes: usize) -> Pointer {
    for at in 0..count {
        let name = format!("a{at}").try_into().unwrap();
        pointer
            .kept
            .insert(name, "\u{5ba2}".repeat(bytes / 3), None);
    }
    pointer
}

/// The pointer that its object gives back, and whether it has all attributes.
fn rebuilt(pointer: &Pointer, headers: &KeptHeaders) -> (Pointer, bool) {
    let metadata = Metadata::describe(pointer, headers).unwrap();
    assert!(length(&metadata.0) <= METADATA_MAX_BYTES);
    let object = ObjectFacts {
        bucket: "bucket".to_owned(),
        key: pointer.object().unwrap().clone(),
        size: pointer.size,
        sha256: pointer.sha256,
        content_type: pointer.content_type.clone(),
    };
    let value = |name: &str| {
        let mut pairs = metadata.iter();
        pairs.find_map(|(have, value)| (have == name).then_some(value))
    };
    let all = Metadata::has_all_attributes(value);
    (Pointer::from_object(object, value, TTL).unwrap(), all)
}

#[test]
fn attributes_come_last_and_metadata_says_if_some_did_not_fit() {
    let signature = signed(Headers::from_pairs([("x-signature", "a".repeat(64))]));
    // Of short facts, those of a whole event fit.
    let whole = keeping(pointer("a", None), 10, 78);
    assert_eq!(rebuilt(&whole, &signature), (whole.clone(), true));

    // Then the headers take the room.
    let others = KeptHeaders {
        others: Headers::from_pairs([("x-other", "o".repeat(1_000))]),
        ..signature.clone()
    };
    let (some, all) = rebuilt(&whole, &others);
    let count = some.kept.iter().count();
    assert!(!all && (1..10).contains(&count), "{count}");
    let first: Vec<_> = whole.kept.iter().take(count).collect();
    assert_eq!(some.kept.iter().collect::<Vec<_>>(), first);

    // None fits, or there is none: nothing says that these are all.
    let full = KeptHeaders {
        others: Headers::from_pairs([("x-other", "o".repeat(1_600))]),
        ..signature.clone()
    };
    let (none, all) = rebuilt(&whole, &full);
    assert!(none.kept.is_empty() && !all);
    let (none, all) = rebuilt(&pointer("a", None), &signature);
    assert!(none.kept.is_empty() && !all);
}

/// DynamoDB rounds an item up to a whole write unit of 1,024 bytes: the UTF-8 of names and values counts.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>
#[test]
fn ten_full_attributes_cost_one_write_unit_more_at_most() {
    use crate::{AttributeName, AttributeRule, Attributes, ItemValue};
    let bytes = |pointer: &Pointer| {
        let sizes = pointer.attributes().into_iter().map(|(name, value)| {
            let value = match value {
                ItemValue::Text(text) => text.len(),
                // At most 21.
                ItemValue::Number(digits) => digits.len(),
            };
            name.len() + value
        });
        sizes.sum::<usize>()
    };
    let rules: std::collections::BTreeMap<AttributeName, AttributeRule> = (0..10)
        .map(|at| {
            let name = format!("attributenumber0000{at}").try_into().unwrap();
            let rule = serde_json::from_str(r#"{"json":"/a"}"#).unwrap();
            (name, rule)
        })
        .collect();
    for value in ["v", "%", "\"", "\u{5ba2}"] {
        let mut full = pointer("a", None);
        let before = bytes(&full);
        (full.kept, _) = Attributes::keep(&rules, |_| Ok(value.repeat(128 / value.len())));
        let more = bytes(&full) - before;
        assert!(more > 600 && more <= 1_024, "{value}: {more}");
        assert!(bytes(&full).div_ceil(1_024) <= before.div_ceil(1_024) + 1);
    }
}

use serde_json::{Value, json};

use super::*;

fn line(outcome: DeliveryOutcome) -> Value {
    let log = DeliveryLog {
        endpoint: Some(EndpointName::try_from("stripe".to_owned()).unwrap()),
        outcome,
    };
    let line = log.metrics("coatcheck", ("IngestLatency", Duration::from_millis(12)));
    let at = "2026-11-21T21:00:00Z".parse().unwrap();
    serde_json::from_str(&line.line(at)).unwrap()
}

fn facts() -> EventFacts {
    let at = "2026-11-21T21:00:00Z".parse().unwrap();
    EventFacts::of(&testkit::pointer("evt_1", at))
}

fn stored(repetition: Repetition) -> Value {
    line(DeliveryOutcome::Stored(StoredEvent {
        reference: "stripe/evt_1".parse().unwrap(),
        bytes: 7,
        repetition,
        repeats_bytes: false,
        left_out: Omitted::default(),
        facts: facts(),
    }))
}

fn names(line: &Value) -> Vec<&str> {
    let metrics = line["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array();
    let names = metrics.unwrap().iter().map(|one| one["Name"].as_str());
    names.map(Option::unwrap).collect()
}

#[test]
fn what_is_taken_is_counted_by_what_it_was() {
    let first = stored(Repetition::First);
    assert_eq!(names(&first), ["IngestLatency", "DeliveryBytes"]);
    assert_eq!(
        (&first["DeliveryBytes"], &first["IngestLatency"]),
        (&json!(7), &json!(12))
    );
    assert_eq!(first["ref"], "stripe/evt_1");
    let again = stored(Repetition::Duplicate);
    assert_eq!(names(&again), ["IngestLatency", "DeliveriesDuplicate"]);
    let other = stored(Repetition::Conflicting);
    assert_eq!(
        names(&other),
        [
            "IngestLatency",
            "DeliveriesDuplicate",
            "DeliveriesConflicting"
        ]
    );
}

#[test]
fn bytes_that_come_again_under_another_name_are_counted() {
    let counted = line(DeliveryOutcome::Stored(StoredEvent {
        reference: "github/a".parse().unwrap(),
        bytes: 7,
        repetition: Repetition::First,
        repeats_bytes: true,
        left_out: Omitted {
            facts: 2,
            ..Omitted::default()
        },
        facts: facts(),
    }));
    assert!(names(&counted).contains(&"DeliveriesRepeatedBytes"));
    assert_eq!(counted["FactsLeftOut"], 2);
}

#[test]
fn attributes_that_are_missing_or_unusable_are_counted() {
    let counted = |reasons: &[Unkept]| {
        let mut attributes = LeftOut::default();
        reasons.iter().for_each(|why| attributes.count(*why));
        line(DeliveryOutcome::Stored(StoredEvent {
            reference: "github/a".parse().unwrap(),
            bytes: 7,
            repetition: Repetition::First,
            repeats_bytes: false,
            left_out: Omitted {
                attributes,
                ..Omitted::default()
            },
            facts: facts(),
        }))
    };
    let missing = counted(&[Unkept::Missing, Unkept::Missing]);
    assert_eq!(missing["AttributesMissing"], 2);
    assert_eq!(missing.get("AttributesLeftOut"), None);
    assert_eq!(missing.get("attributes_left_out"), None);
    let both = counted(&[Unkept::Missing, Unkept::TooLong, Unkept::NotNumber]);
    assert_eq!(
        (&both["AttributesMissing"], &both["AttributesLeftOut"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(
        both["attributes_left_out"],
        "missing 1, too_long 1, not_number 1"
    );
    let none = counted(&[]);
    assert_eq!(names(&none), ["IngestLatency", "DeliveryBytes"]);
}

#[test]
fn an_event_that_lacks_the_attributes_that_were_to_name_it_is_counted() {
    let counted = line(DeliveryOutcome::Stored(StoredEvent {
        reference: "github/a".parse().unwrap(),
        bytes: 7,
        repetition: Repetition::First,
        repeats_bytes: false,
        left_out: Omitted {
            names_no_event: true,
            ..Omitted::default()
        },
        facts: facts(),
    }));
    assert_eq!(counted["DedupeAttributesMissing"], 1);
    let other = stored(Repetition::First);
    assert_eq!(other.get("DedupeAttributesMissing"), None);
}

#[test]
fn what_is_kept_or_restored_is_counted_too() {
    let reason = "type_missing";
    let kept = line(DeliveryOutcome::Kept { reason });
    assert_eq!(names(&kept), ["IngestLatency", "DeliveriesKept"]);
    assert_eq!(kept["Reason"], reason);
    assert_eq!(
        names(&stored(Repetition::Restored)),
        ["IngestLatency", "DeliveriesDuplicate", "PayloadsRestored"]
    );
    assert_eq!(
        names(&stored(Repetition::Erased)),
        ["IngestLatency", "DeliveriesErased"]
    );
}

#[test]
fn what_is_refused_is_counted_by_reason() {
    let refused = line(DeliveryOutcome::Refused {
        reason: "signature_mismatch",
    });
    assert_eq!(
        names(&refused),
        ["IngestLatency", "DeliveriesRejected", "DeliveriesForged"]
    );
    assert_eq!(refused["Reason"], "signature_mismatch");
    assert_eq!(
        refused["_aws"]["CloudWatchMetrics"][0]["Dimensions"],
        json!([["Stack"], ["Stack", "Endpoint"], ["Stack", "Reason"]])
    );
    assert_eq!(names(&line(DeliveryOutcome::Challenge)), ["IngestLatency"]);
}

#[test]
fn a_forgery_is_counted_where_its_endpoint_is_known_and_other_faults_are_none() {
    for reason in ["digest_mismatch", "signature_mismatch"] {
        assert!(names(&line(DeliveryOutcome::Refused { reason })).contains(&"DeliveriesForged"));
    }
    for reason in ["signature_missing", "timestamp_stale", "body_too_large"] {
        assert!(!names(&line(DeliveryOutcome::Refused { reason })).contains(&"DeliveriesForged"));
    }
    let unknown = DeliveryLog {
        endpoint: None,
        outcome: DeliveryOutcome::Refused {
            reason: "signature_mismatch",
        },
    };
    let unknown = unknown.metrics("coatcheck", ("IngestLatency", Duration::ZERO));
    let at = "2026-11-21T21:00:00Z".parse().unwrap();
    assert!(!unknown.line(at).contains("DeliveriesForged"));
}

/// Docs and dashboards read these names; the bench and `coatcheck cost` count on the length.
#[test]
fn the_line_of_an_accepted_delivery_says_what_operations_need_in_at_most_450_bytes() {
    let at = "2026-11-21T21:00:00.123Z".parse().unwrap();
    let mut pointer = testkit::pointer("evt_1PqRsT2eZvKYlo2CabcdEFGH", at);
    pointer.size = 4_400_000;
    let log = DeliveryLog {
        endpoint: Some(pointer.endpoint.clone()),
        outcome: DeliveryOutcome::Stored(StoredEvent {
            reference: pointer.reference(),
            bytes: pointer.size,
            repetition: Repetition::First,
            repeats_bytes: false,
            left_out: Omitted::default(),
            facts: EventFacts::of(&pointer),
        }),
    };
    let time = ("IngestLatency", Duration::from_millis(1_250));
    let line = log.metrics("coatcheck", time).line(at);
    assert!(line.len() <= 450, "{} bytes: {line}", line.len());
    let line: Value = serde_json::from_str(&line).unwrap();
    for (name, value) in [
        ("Endpoint", json!("stripe")),
        ("ref", json!("stripe/evt_1PqRsT2eZvKYlo2CabcdEFGH")),
        ("type", json!("invoice.paid")),
        ("key_id", json!("current")),
        ("trace", json!("0af7651916cd43dd8448eb211c80319c")),
        ("DeliveryBytes", json!(4_400_000)),
        ("IngestLatency", json!(1_250)),
        ("timestamp", json!("2026-11-21T21:00:00.123Z")),
    ] {
        assert_eq!(line[name], value, "{name}: {line}");
    }
}

#[test]
fn a_type_of_a_stranger_is_printable_in_the_line() {
    let at = "2026-11-21T21:00:00Z".parse().unwrap();
    let mut pointer = testkit::pointer("evt_1", at);
    pointer.event.kind = "a\u{1b}[2J\u{e9}".to_owned();
    assert_eq!(&*EventFacts::of(&pointer).kind, r"a\u{1b}[2J\u{e9}");
}

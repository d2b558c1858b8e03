use serde_json::Value;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn attempt(forced_replay: Option<&str>) -> Attempt {
    Attempt {
        reference: "stripe/evt_1".parse().unwrap(),
        kind: "invoice.paid".to_owned(),
        owner: "one".to_owned(),
        at: at("2026-11-21T21:00:00Z"),
        lease_until: at("2026-11-21T21:00:30Z"),
        expires_at: at("2026-11-22T21:00:00Z"),
        forced_replay: forced_replay.map(str::to_owned),
    }
}

fn receipt() -> Receipt {
    let sha256 = "d0c27dd3ba9c7d7f7be628d7bec50b9dc6ae296d21315ea880bce1d3042ff571";
    Receipt {
        sha256: sha256.parse().unwrap(),
        size: 9,
        summary: "9 bytes".to_owned(),
        at: at("2026-11-21T21:00:00Z"),
        age_ms: 2_586,
    }
}

fn marking(forced_replay: Option<&str>) -> Marking {
    Marking {
        reference: "stripe/evt_1".parse().unwrap(),
        kind: "invoice.paid".to_owned(),
        owner: "one".to_owned(),
        receipt: receipt(),
        expires_at: at("2026-11-22T21:00:00Z"),
        forced_replay: forced_replay.map(str::to_owned),
    }
}

/// Processors in other languages keep the same contract.
#[test]
fn the_writes_are_those_of_the_contract() {
    let writes = include_str!("../../../../sdk/contract/writes.json");
    let writes: Value = serde_json::from_str(writes).unwrap();
    let at = attempt(None).at;
    for (name, write) in [
        ("claim", RecordWrite::claim(&attempt(None))),
        ("forced_claim", RecordWrite::claim(&attempt(Some("r1")))),
        ("complete", RecordWrite::complete("one", &receipt())),
        ("fail", RecordWrite::fail("one", at, "Reject", "never")),
        ("mark", RecordWrite::mark(&marking(None))),
        ("forced_mark", RecordWrite::mark(&marking(Some("r1")))),
    ] {
        let expected = &writes[name];
        assert_eq!(write.update, expected["UpdateExpression"], "{name}");
        assert_eq!(write.condition, expected["ConditionExpression"], "{name}");
        let values = write.values.iter().filter(|(name, _)| *name != "owner");
        let values: Value = values
            .map(|(name, value)| {
                let value = match value {
                    ItemValue::Text(text) => Value::from(text.as_str()),
                    ItemValue::Number(digits) => serde_json::from_str(digits).unwrap(),
                };
                ((*name).to_owned(), value)
            })
            .collect();
        assert_eq!(values, expected["Values"], "{name}");
        let owner = write.values.iter().find(|(name, _)| *name == "owner");
        assert_eq!(owner, Some(&("owner", text("one"))), "{name}");
    }
}

/// DynamoDB refuses a name or a value that no expression uses, and the other way round.
#[test]
fn every_name_and_value_is_used_once_declared() {
    for write in [
        RecordWrite::claim(&attempt(None)),
        RecordWrite::claim(&attempt(Some("r1"))),
        RecordWrite::complete("one", &receipt()),
        RecordWrite::fail("one", receipt().at, "Reject", "never"),
        RecordWrite::mark(&marking(None)),
        RecordWrite::mark(&marking(Some("r1"))),
    ] {
        let text = format!("{} {}", write.update, write.condition);
        let used = |sign: char| {
            let is_end = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
            let parts = text.split(sign).skip(1);
            let names = parts.map(|part| part.split(is_end).next().unwrap().to_owned());
            names.collect::<std::collections::BTreeSet<_>>()
        };
        let names = write.names.iter().map(|name| (*name).to_owned());
        assert_eq!(names.collect::<std::collections::BTreeSet<_>>(), used('#'));
        let values: Vec<_> = write.values.iter().map(|(name, _)| *name).collect();
        assert_eq!(values.len(), used(':').len(), "{values:?}");
        assert!(values.iter().all(|name| used(':').contains(*name)));
    }
}

#[test]
fn what_stands_in_the_way_of_a_claim_is_told() {
    let in_progress = |owner| {
        vec![
            ("state", "in_progress"),
            ("owner", owner),
            ("attempts", "3"),
        ]
    };
    for (record, claimed) in [
        (
            vec![("state", "completed"), ("owner", "one"), ("summary", "49")],
            Claimed::Completed {
                summary: "49".to_owned(),
            },
        ),
        (in_progress("two"), Claimed::InProgress),
        // Our own first try, whose answer was lost.
        (in_progress("one"), Claimed::Ours { attempts: 3 }),
        (vec![("owner", "one")], Claimed::Ours { attempts: 0 }),
        (vec![], Claimed::InProgress),
    ] {
        let of = |name: &str| {
            let found = record.iter().find(|(have, _)| *have == name);
            found.map(|(_, value)| *value)
        };
        assert_eq!(Claimed::in_the_way_of("one", of), claimed, "{record:?}");
    }
}

#[test]
fn a_mark_knows_its_own_record() {
    let owned_by = |owner| move |name: &str| (name == "owner").then_some(owner);
    assert!(marking(None).is_own(owned_by("one")));
    assert!(!marking(None).is_own(owned_by("two")));
    assert!(!marking(None).is_own(|_| None));
}

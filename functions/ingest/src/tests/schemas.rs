//! A payload is judged by its schema after its signature and before anything is stored.

use std::sync::Mutex;

use domain::{Digest, Mismatch, SchemaUnusable, StoreError};

use super::*;

/// Answers as told, and notes what it was asked.
struct Judge {
    says: fn() -> Result<Result<(), Mismatch>, SchemaUnusable>,
    asked: Mutex<Vec<(Digest, Vec<u8>)>>,
}

impl SchemaJudge for Judge {
    async fn judge(
        &self,
        sha256: Digest,
        payload: &[u8],
        _: Timestamp,
    ) -> Result<Result<(), Mismatch>, SchemaUnusable> {
        self.asked
            .lock()
            .unwrap()
            .push((sha256, payload.to_owned()));
        (self.says)()
    }
}

fn mismatch() -> Result<Result<(), Mismatch>, SchemaUnusable> {
    Ok(Err(Mismatch::Rule {
        place: "/data/object/amount".to_owned(),
        rule: "/properties/data/type".to_owned(),
    }))
}

fn unavailable() -> Result<Result<(), Mismatch>, SchemaUnusable> {
    let (operation, source) = ("dynamodb:GetItem", "busy".into());
    Err(StoreError::Transient { operation, source }.into())
}

fn broken() -> Result<Result<(), Mismatch>, SchemaUnusable> {
    Err(SchemaUnusable::Broken("no such draft".to_owned()))
}

/// Stripe's endpoint with a schema for some types.
fn config(types: &str, on_fail: &str) -> String {
    let sha256 = Digest::of("the schema");
    format!(
        r#"{{"name":"stripe","scheme":"stripe","schemas":[{{"sha256":"{sha256}","types":{types},"on_fail":"{on_fail}"}}]}}"#
    )
}

/// The answer, what was kept of the event in its pointer and with its payload, and how often the
/// judge was asked.
async fn received(
    config: &str,
    body: &[u8],
    secret: &str,
    says: fn() -> Result<Result<(), Mismatch>, SchemaUnusable>,
) -> (u16, Value, Vec<Option<String>>, usize) {
    let world = World::new();
    let judge = Judge {
        says,
        asked: Mutex::default(),
    };
    let delivery = Delivery::signed_at(config, "", body, NOW, secret);
    let ingest = world.ingest().judging(&judge);
    let (status, answer) = delivery.to(&ingest).await;
    let asked = judge.asked.into_inner().unwrap();
    for (sha256, payload) in &asked {
        assert_eq!(
            (*sha256, payload.as_slice()),
            (Digest::of("the schema"), body)
        );
    }
    let pointers = world.pointers.all();
    if status != 200 {
        world.holds_nothing();
    }
    let kept = pointers
        .iter()
        .map(|pointer| pointer.kept.get("schemacheck").map(str::to_owned));
    (status, answer, kept.collect(), asked.len())
}

#[tokio::test]
async fn what_matches_and_what_is_flagged_or_quarantined_is_stored_and_says_so() {
    for (on_fail, says, kept) in [
        ("reject", (|| Ok(Ok(()))) as fn() -> _, "passed"),
        ("flag", mismatch, "failed"),
        ("quarantine", mismatch, "quarantined"),
        ("flag", broken, "failed"),
        ("quarantine", broken, "quarantined"),
    ] {
        let (status, answer, stored, asked) =
            received(&config("[]", on_fail), EVENT, SECRET, says).await;
        assert_eq!(
            (status, &answer["status"], asked),
            (200, &"accepted".into(), 1),
            "{on_fail}"
        );
        assert_eq!(stored, [Some(kept.to_owned())], "{on_fail}");
    }
}

#[tokio::test]
async fn what_is_rejected_is_not_stored_and_the_answer_names_place_and_rule() {
    let (status, answer, _, _) = received(&config("[]", "reject"), EVENT, SECRET, mismatch).await;
    assert_eq!((status, &answer["error"]), (400, &"schema_mismatch".into()));
    let message = answer["message"].as_str().unwrap();
    assert!(
        message.contains("/data/object/amount") && message.contains("/properties/data/type"),
        "{message}"
    );
}

/// A provider sends it again, and nothing is decided before the schema can be read.
#[tokio::test]
async fn what_cannot_be_judged_now_is_tried_again() {
    for on_fail in ["reject", "flag", "quarantine"] {
        let (status, answer, _, _) =
            received(&config("[]", on_fail), EVENT, SECRET, unavailable).await;
        assert_eq!(
            (status, &answer["error"]),
            (503, &"unavailable".into()),
            "{on_fail}"
        );
    }
    let (status, answer, _, _) = received(&config("[]", "reject"), EVENT, SECRET, broken).await;
    assert_eq!((status, &answer["error"]), (500, &"misconfigured".into()));
}

#[tokio::test]
async fn other_types_and_forgeries_are_not_looked_at() {
    let (status, _, stored, asked) = received(
        &config(r#"["customer.*"]"#, "reject"),
        EVENT,
        SECRET,
        mismatch,
    )
    .await;
    assert_eq!((status, stored, asked), (200, vec![None], 0));
    let other = "whsec_AAAAAAQIhrscChlQIMV+b5sSYspob7oD";
    let (status, _, _, asked) = received(&config("[]", "flag"), EVENT, other, mismatch).await;
    assert_eq!((status, asked), (401, 0));
}

/// The package without a validator must not take what it cannot judge.
#[tokio::test]
async fn without_a_validator_a_schema_is_a_misconfiguration() {
    let world = World::new();
    let delivery = Delivery::signed(&config("[]", "reject"), "", EVENT);
    let (status, answer) = delivery.to(&world.ingest()).await;
    assert_eq!((status, &answer["error"]), (500, &"misconfigured".into()));
    world.holds_nothing();
}

#[tokio::test]
async fn a_mismatch_is_counted() {
    let world = World::new();
    let judge = Judge {
        says: mismatch,
        asked: Mutex::default(),
    };
    let delivery = Delivery::signed(&config("[]", "flag"), "", EVENT);
    let (_, log) = delivery
        .reported(&world.ingest().judging(&judge), now())
        .await;
    let line = log
        .metrics("stack", ("IngestLatency", std::time::Duration::ZERO))
        .line(now());
    assert!(line.contains("\"SchemaMismatches\":1"), "{line}");
}

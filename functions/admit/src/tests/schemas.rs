//! A payload is judged by its schema before its pointer is written, and never refused for it.

use domain::{Digest, Mismatch, SchemaJudge, SchemaUnusable, StoreError, Timestamp};

use super::*;

/// Says the same of every payload, but of another one that it was asked about the wrong one.
struct Says(fn() -> Result<Result<(), Mismatch>, SchemaUnusable>);

impl SchemaJudge for Says {
    async fn judge(
        &self,
        sha256: Digest,
        payload: &[u8],
        _: Timestamp,
    ) -> Result<Result<(), Mismatch>, SchemaUnusable> {
        assert_eq!((sha256, payload), (Digest::of("the schema"), EVENT));
        (self.0)()
    }
}

fn mismatch() -> Result<Result<(), Mismatch>, SchemaUnusable> {
    Ok(Err(Mismatch::NotJson))
}

fn broken() -> Result<Result<(), Mismatch>, SchemaUnusable> {
    Err(SchemaUnusable::Broken("why".to_owned()))
}

/// A world whose endpoint has a schema, and a delivery to it.
fn delivered(lane: &str, on_fail: &str) -> (World, domain::ObjectKey) {
    let world = World::new();
    let key = world.deliver("billing", "req-a", "msg_1", EVENT);
    let sha256 = Digest::of("the schema");
    let rule = format!(r#""schemas":[{{"sha256":"{sha256}","on_fail":"{on_fail}"}}],"#);
    let to = format!("{rule}\"lane\":\"{lane}\"");
    world.configure("billing", r#""lane":"direct""#, &to);
    (world, key)
}

#[tokio::test]
async fn what_does_not_match_is_flagged_or_quarantined() {
    for (lane, on_fail, says, expected) in [
        ("direct", "flag", (|| Ok(Ok(()))) as fn() -> _, "passed"),
        ("direct", "flag", mismatch, "failed"),
        ("direct", "quarantine", mismatch, "quarantined"),
        ("direct", "quarantine", broken, "quarantined"),
        // A plan refuses it here: it may be that the endpoint changed its lane.
        ("direct", "reject", mismatch, "quarantined"),
        ("standard", "reject", mismatch, "quarantined"),
        ("standard", "reject", broken, "quarantined"),
    ] {
        let (world, key) = delivered(lane, on_fail);
        let admitted = world.admit_judging(&key, Says(says)).await.unwrap();
        assert!(stored(&admitted).is_some(), "{on_fail}");
        let kept = world.pointer().kept;
        assert_eq!(kept.get("schemacheck"), Some(expected), "{lane} {on_fail}");
        assert!(world.has(&key));
    }
}

#[tokio::test]
async fn while_the_schema_cannot_be_read_nothing_is_decided() {
    fn busy() -> Result<Result<(), Mismatch>, SchemaUnusable> {
        let (operation, source) = ("dynamodb:GetItem", "busy".into());
        Err(StoreError::Transient { operation, source }.into())
    }
    let (world, key) = delivered("direct", "quarantine");
    let undone = world.admit_judging(&key, Says(busy)).await.unwrap_err();
    assert!(matches!(undone, Undone::Store(_)), "{undone}");
    assert!(world.pointers.all().is_empty() && world.has(&key));
    world.admit_judging(&key, Says(mismatch)).await.unwrap();
    let kept = world.pointer().kept;
    assert_eq!(kept.get("schemacheck"), Some("quarantined"));
}

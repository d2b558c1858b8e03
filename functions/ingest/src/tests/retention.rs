//! Endpoints that keep payloads for fewer days than their stack.

use domain::Retention;

use super::*;

fn config(more: &str) -> String {
    format!(r#"{{"name":"billing","scheme":"standard-webhooks"{more}}}"#)
}

/// The retention of its only object, if it has one, and the days that its pointer has.
async fn stored(more: &str, body: &[u8]) -> (Option<Retention>, i64) {
    let world = World::new();
    let delivery = Delivery::signed(&config(more), "msg_1", body);
    let answer = delivery.to(&world.ingest()).await;
    assert_eq!(answer.0, 200, "{answer:?}");
    let pointer = world.pointers.all().remove(0);
    let objects = world.payloads.objects();
    let retention = objects.into_values().next().map(|object| object.retention);
    let days = (pointer.expires_at.as_second() - NOW) / 86_400;
    (retention, days)
}

#[tokio::test]
async fn the_object_has_its_days_and_the_pointer_a_week_more() {
    let body = br#"{"type":"invoice.paid"}"#;
    let days = |days: &str| serde_json::from_str::<Retention>(days).unwrap();
    for (more, object, pointer) in [
        ("", Some(days("null")), 90),
        (r#","retention_days":22"#, Some(days("22")), 29),
        (r#","retention_days":88"#, Some(days("88")), 90),
    ] {
        assert_eq!(stored(more, body).await, (object, pointer), "{more}");
    }
}

#[tokio::test]
async fn a_pointer_that_holds_its_payload_expires_with_it() {
    let body = br#"{"type":"invoice.paid"}"#;
    for (more, days) in [
        (r#","inline_max_bytes":200"#, 30),
        (r#","inline_max_bytes":200,"retention_days":22"#, 22),
        // Of a stack that has fewer since.
        (r#","inline_max_bytes":200,"retention_days":40"#, 30),
    ] {
        assert_eq!(stored(more, body).await, (None, days), "{more}");
    }
}

//! What an endpoint keeps of its events besides: never a reason to refuse one.

use domain::{Metadata, Unkept};

use super::*;

const KEEPING: &str = r#"{"name":"billing","scheme":"standard-webhooks","attributes":{
    "customer":{"json":"/data/object/customer","index":true},
    "amount":{"json":"/data/object/amount","as":"number","order":true},
    "plan":{"header":"x-plan"}}}"#;

fn pairs(world: &World) -> Vec<(String, String)> {
    let pointer = world.pointers.all().remove(0);
    let kept = pointer.kept.iter();
    kept.map(|(name, value)| (name.to_string(), value.to_owned()))
        .collect()
}

/// The pointer's attributes, and how many are missing and unusable.
async fn kept(config: &str, body: &str, plan: Option<&str>) -> (Vec<(String, String)>, (u64, u64)) {
    let world = World::new();
    let mut delivery = Delivery::signed(config, "msg_1", body.as_bytes());
    if let Some(plan) = plan {
        delivery = delivery.add("X-Plan", plan);
    }
    let (response, log) = delivery.reported(&world.ingest(), now()).await;
    assert_eq!(response.status_code, 200, "{body}");
    let DeliveryOutcome::Stored(stored) = log.outcome else {
        panic!("{log:?}");
    };
    let left_out = stored.left_out.attributes;
    let counts = (left_out.of(Unkept::Missing), left_out.unusable());
    (pairs(&world), counts)
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

#[tokio::test]
async fn pointers_have_them_with_what_their_rules_say_whether_inline_or_not() {
    let body =
        r#"{"type":"invoice.paid","data":{"object":{"customer":"cus \"1\"","amount":1.50e2}}}"#;
    let expected = owned(&[
        ("amount", "150"),
        ("customer", "cus \"1\""),
        ("plan", "pro"),
    ]);
    let inline = KEEPING.replace(r#""name""#, r#""inline_max_bytes":1000,"name""#);
    for config in [KEEPING, &inline] {
        let (kept, counts) = kept(config, body, Some("pro")).await;
        assert_eq!((kept, counts), (expected.clone(), (0, 0)));
    }
    let world = World::new();
    let delivery = Delivery::signed(KEEPING, "msg_1", body.as_bytes());
    delivery.to(&world.ingest()).await;
    let pointer = world.pointers.all().remove(0);
    let flags: Vec<_> = pointer
        .kept
        .kept()
        .map(|(_, one)| (one.index, one.order))
        .collect();
    assert_eq!(flags, [(false, true), (true, false)]);
    let object = world.payloads.objects().into_values().next().unwrap();
    let value = |name: &str| {
        let mut pairs = object.metadata.iter();
        pairs.find_map(|(have, value)| (have == name).then_some(value))
    };
    assert!(Metadata::has_all_attributes(value));
}

#[tokio::test]
async fn nothing_about_them_refuses_a_delivery() {
    let long = format!(
        r#"{{"type":"t","data":{{"object":{{"customer":"{}"}}}}}}"#,
        "l".repeat(9_000)
    );
    for (body, counts) in [
        (r#"{"type":"t"}"#, (3, 0)),
        (
            r#"{"type":"t","data":{"object":{"customer":{},"amount":"x"}}}"#,
            (1, 2),
        ),
        (
            r#"{"type":"t","data":{"object":{"customer":"a\u0000","amount":true}}}"#,
            (1, 2),
        ),
        (
            r#"{"type":"t","data":{"object":{"customer":1,"customer":2}}}"#,
            (2, 1),
        ),
        (&long, (2, 1)),
    ] {
        assert_eq!(
            kept(KEEPING, body, None).await,
            (Vec::new(), counts),
            "{body}"
        );
    }
    // A body that is no JSON, where no fact is in it.
    let elsewhere = KEEPING.replace(r#""name""#, r#""event":{"type":{"literal":"t"}},"name""#);
    for body in ["", "plain", "{"] {
        let (kept, counts) = kept(&elsewhere, body, Some("pro")).await;
        assert_eq!(
            (kept, counts),
            (owned(&[("plan", "pro")]), (0, 2)),
            "{body}"
        );
    }
}

#[tokio::test]
async fn an_attribute_of_the_schemes_own_secret_makes_the_endpoint_unusable() {
    let config = r#"{"name":"own","scheme":{"kind":"token","header":"x-sign"},"attributes":{"a":{"header":"x-sign"}}}"#;
    let problem = intake::Intake::from_json(config).unwrap_err().to_string();
    assert!(problem.contains("x-sign"), "{problem}");
}

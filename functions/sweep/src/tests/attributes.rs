//! The attributes of a payload that gets its pointer late.

use domain::{AttributeName, AttributeRule, Attributes, Headers, KeptHeaders};

use super::*;

const ENDPOINT: &str = r#"{"name":"stripe","scheme":"stripe","attributes":{
    "customer":{"json":"/customer","index":true},
    "long1":{"json":"/long"},"long2":{"json":"/long"},"long3":{"json":"/long"},
    "plan":{"header":"x-plan"}}}"#;

fn rules() -> std::collections::BTreeMap<AttributeName, AttributeRule> {
    let endpoint = domain::Endpoint::from_json(ENDPOINT).unwrap();
    endpoint.attributes
}

fn with(mut pointer: Pointer, value: impl Fn(&str) -> String) -> Pointer {
    let rules = rules();
    for (name, rule) in &rules {
        let value = value(name.as_str());
        pointer.kept.insert(name.clone(), value, Some(rule));
    }
    pointer
}

async fn sweep(world: &World) -> Attributes {
    *world.endpoint.lock().unwrap() = Some(ENDPOINT.to_owned());
    let tally = world.sweep(span(), options()).await.unwrap();
    assert_eq!(tally.rescued, 1);
    world.pointers.all().remove(0).kept
}

#[tokio::test]
async fn they_come_from_the_metadata_and_their_rules_from_the_endpoint() {
    let world = World::default();
    let crashed = with(pointer("evt_1", "1"), |name| format!("{name} \u{5ba2}"));
    world.store(&crashed).await;
    assert_eq!(sweep(&world).await, crashed.kept);
    assert_eq!(world.calls("read"), 0);
}

/// The payload has the values of the body, the metadata the header.
#[tokio::test]
async fn where_metadata_has_too_little_room_the_payload_is_read() {
    let world = World::default();
    let long = "l".repeat(128);
    let crashed = with(pointer("evt_1", "1"), |name| match name {
        "customer" => "cus_1".to_owned(),
        "plan" => "pro".to_owned(),
        _ => long.clone(),
    });
    let key = crashed.object().unwrap().to_string();
    let headers = KeptHeaders {
        signature: Headers::default(),
        others: Headers::from_pairs([("x-plan", "pro"), ("x-other", &"o".repeat(1_400))]),
    };
    world.copy_with(&crashed, &key, &headers).await;
    let body = format!(r#"{{"customer":"another","long":"{long}"}}"#);
    world.bodies.lock().unwrap().insert(key, body);
    assert_eq!(sweep(&world).await, crashed.kept);
    assert_eq!(world.calls("read"), 1);
}

#[tokio::test]
async fn an_endpoint_that_is_gone_or_broken_keeps_no_event_back() {
    for endpoint in [
        None,
        Some("{"),
        Some(r#"{"name":"stripe","scheme":"stripe"}"#),
    ] {
        let world = World::default();
        let crashed = with(pointer("evt_1", "1"), |_| "value".to_owned());
        world.store(&crashed).await;
        *world.endpoint.lock().unwrap() = endpoint.map(str::to_owned);
        let tally = world.sweep(span(), options()).await.unwrap();
        assert_eq!(tally.rescued, 1);
        let kept = world.pointers.all().remove(0).kept;
        assert_eq!(kept.get("customer"), Some("value"));
        assert!(kept.kept().all(|(_, one)| !one.index));
    }
}

/// A later run has its rules, and no event is in the index without them.
#[tokio::test]
async fn a_table_that_does_not_answer_leaves_it_to_the_next_run() {
    let world = World::default();
    let crashed = with(pointer("evt_1", "1"), |_| "value".to_owned());
    world.store(&crashed).await;
    world.refuse(|call| call.starts_with("endpoint"));
    assert!(world.sweep(span(), options()).await.is_err());
    assert!(world.pointers.all().is_empty());
    world.refuse(|_| false);
    assert_eq!(sweep(&world).await, crashed.kept);
}

#[tokio::test]
async fn a_dry_run_reads_no_payload() {
    let world = World::default();
    world.store(&pointer("evt_1", "1")).await;
    let dry = Options {
        dry_run: true,
        ..options()
    };
    world.sweep(span(), dry).await.unwrap();
    assert_eq!(world.calls("read"), 0);
}

//! The client certificate is judged again: `ingest` relies on no other part for what it can see itself.

use bytes::BytesMut;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};

use super::*;
use crate::gateway::ProxyRequest;

const PINNED: &str =
    r#"{"name":"pinned","scheme":"standard-webhooks","mtls":{"san":["dns:client.acme.example"]}}"#;

fn certificate(host: &str) -> String {
    let mut params = CertificateParams::new([host.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2026, 12, 31);
    let key = KeyPair::generate().unwrap();
    params.self_signed(&key).unwrap().pem()
}

/// The answer's status and code, and the reason that is counted.
async fn shown(world: &World, pem: Option<&str>) -> (u16, Value, Option<&'static str>) {
    let delivery = Delivery::signed(PINNED, "msg_1", EVENT);
    let mut request = delivery.request();
    request["requestContext"]["identity"] = json!({"sourceIp": "192.0.2.1", "clientCert": pem.map(|pem| json!({"clientCertPem": pem}))});
    let event = BytesMut::from(request.to_string().as_bytes());
    let request = ProxyRequest::parse(event).unwrap();
    let (response, log) = world.ingest().receive(request, None, now()).await;
    let body: Value = serde_json::from_str(&response.body).unwrap();
    let reason = match log.outcome {
        DeliveryOutcome::Refused { reason } => Some(reason),
        _ => None,
    };
    (response.status_code, body["error"].clone(), reason)
}

#[tokio::test]
async fn a_delivery_with_the_right_certificate_is_stored() {
    let world = World::new();
    let pem = certificate("client.acme.example");
    assert_eq!(shown(&world, Some(&pem)).await, (200, Value::Null, None));
    world.holds_exactly(EVENT);
}

#[tokio::test]
async fn any_other_is_refused_before_a_key_is_read() {
    let world = World::new();
    let other = certificate("other.acme.example");
    for (pem, reason) in [
        (None, "client_certificate_missing"),
        (Some("garbage"), "client_certificate_unreadable"),
        (Some(other.as_str()), "client_certificate_mismatch"),
    ] {
        let found = shown(&world, pem).await;
        assert_eq!(found, (403, json!("forbidden"), Some(reason)));
    }
    world.holds_nothing();
    assert_eq!(world.keys.reads(), 0);
}

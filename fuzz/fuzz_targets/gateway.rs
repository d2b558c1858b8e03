//! API Gateway's event: whatever is in it, `ingest` answers a 4xx unless it was signed, and has stored what it answers 200.
#![no_main]

use std::{collections::BTreeMap, sync::LazyLock};

use coatcheck_fuzz::{NOW, SECRET};
use domain::{KeyRing, SchemeRef, Timestamp};
use ingest::{Days, Ingest, ProxyRequest};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use signature::{Key, Scheme, SignInput, Site, sign};
use testkit::{MemoryKeys, MemoryPayloads, MemoryPointers};

const ENDPOINT: &str = r#"{"name":"fuzz","scheme":"standard-webhooks","attributes":{"customer":{"json":"/data/customer"},"plan":{"header":"x-plan"}}}"#;
const DAYS: Days = Days {
    pointers: 90,
    payloads: 30,
};

static SCHEME: LazyLock<Scheme> = LazyLock::new(|| {
    let scheme = serde_json::from_str::<SchemeRef>("\"standard-webhooks\"").expect("a name");
    Scheme::resolve(&scheme).expect("a preset")
});

/// The status of the answer, and what was stored.
fn answer(event: &[u8]) -> Option<(u64, Vec<bytes::Bytes>)> {
    let request = ProxyRequest::parse(event.into()).ok()?;
    let (payloads, pointers) = (MemoryPayloads::default(), MemoryPointers::default());
    let keys = MemoryKeys::new(KeyRing::from_versions(SECRET, None).expect("a key"));
    let ingest = Ingest::new(&payloads, &pointers, &keys, DAYS);
    let now = Timestamp::from_second(NOW).expect("a time");
    let (answer, _) = futures_executor::block_on(ingest.receive(request, None, now));
    let answer = serde_json::to_value(&answer).expect("an answer");
    let bodies = payloads.objects().into_values().map(|object| object.body);
    let bodies: Vec<_> = bodies.collect();
    assert_eq!(bodies.len(), pointers.all().len(), "objects and pointers");
    Some((answer["statusCode"].as_u64().expect("a status"), bodies))
}

fuzz_target!(|noise: &[u8]| {
    // An event of any form at all.
    if let Some((status, bodies)) = answer(noise) {
        assert!(status >= 400 && bodies.is_empty(), "{status} for noise");
    }
    // One of API Gateway's form: flags, lines of headers, a body.
    let Some((flags, rest)) = noise.split_first() else {
        return;
    };
    let (is_signed, is_base64) = (flags & 1 == 0, flags & 2 == 0);
    let split = rest.iter().position(|byte| *byte == 0);
    let (head, body) = rest.split_at(split.unwrap_or(rest.len()));
    let body = body.get(1..).unwrap_or_default();
    let head = String::from_utf8_lossy(head);
    let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in head.lines() {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        headers
            .entry(name.to_owned())
            .or_default()
            .push(value.trim().to_owned());
    }
    if is_signed {
        let input = SignInput {
            body,
            now: NOW,
            headers: &[("webhook-id", "msg_1")],
            params: &[],
            site: Site::default(),
        };
        let signed = sign(&SCHEME, &Key::new("k", SECRET), &input).expect("it can be signed");
        headers.retain(|name, _| !name.to_ascii_lowercase().starts_with("webhook-"));
        headers.extend(signed.into_iter().map(|(name, value)| (name, vec![value])));
    }
    let sent = if is_base64 {
        base64_simd::STANDARD.encode_to_string(body)
    } else {
        String::from_utf8_lossy(body).into_owned()
    };
    let event: Value = json!({
        "httpMethod": "POST",
        "multiValueHeaders": headers,
        "body": sent,
        "isBase64Encoded": is_base64,
        "requestContext": {"requestId": "r", "authorizer": {"endpoint": ENDPOINT}},
    });
    let (status, bodies) = answer(event.to_string().as_bytes()).expect("an event");
    match status {
        200 => {
            assert!(is_signed, "200 without a signature");
            assert_eq!(bodies, [body]);
        }
        400..500 => assert!(bodies.is_empty(), "stored, and answered {status}"),
        _ => panic!("{status}: {event}"),
    }
});

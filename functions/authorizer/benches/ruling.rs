//! What a client certificate adds to the authorizer's work for a delivery.
//!
//! `cargo bench -p authorizer --bench ruling`. A ruling is what the function does with one invocation once its endpoint is in memory:
//! read the event, judge, write the answer. Rulings at an endpoint that asks for a certificate and at one that asks for
//! none alternate, over the same event. Each figure is a median in microseconds, on one thread.
//! Not in it: Lambda's own time, and log lines, of which a certificate that is taken causes none.

// A bench is built with cfg(test), and without the tests in these files.
#[path = "../src/event.rs"]
#[expect(unused_imports, reason = "those of its tests")]
mod event;
#[path = "../src/judge.rs"]
mod judge;
#[path = "../src/lanes.rs"]
mod lanes;
#[path = "../src/prepared.rs"]
mod prepared;
#[path = "../src/ruling.rs"]
#[expect(
    dead_code,
    unused_imports,
    reason = "the bench counts no rejections; the imports are those of its tests"
)]
mod ruling;

use std::{hint::black_box, time::Instant};

use domain::{Directory, Endpoint, KeyRing, Keys, SchemeRef, Timestamp};
use intake::judge_certificate;
use serde_json::json;
use signature::{Key, Scheme, SignInput, sign};
use testkit::{MemoryDirectory, MemoryKeys};

use crate::judge::Judge;

const NOW: i64 = 1_796_000_000;
const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const ROUNDS: usize = 20_000;

/// Of a private CA, with the extensions that such certificates have.
const CERTIFICATES: [(&str, &str); 2] = [
    ("P-256", include_str!("p256.pem")),
    ("RSA-2048", include_str!("rsa2048.pem")),
];

const OPEN: &str = r#"{"name":"open","scheme":"standard-webhooks"}"#;
const PINNED: &str = r#"{"name":"pinned","scheme":"standard-webhooks","mtls":{"san":["dns:hooks-client.acme.example"]}}"#;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let table = MemoryDirectory::default();
    table.put("open", OPEN);
    table.put("pinned", PINNED);
    let ring = KeyRing::from_versions(SECRET, None)?;
    let judge = Judge::new(Directory::new(&table), Keys::new(MemoryKeys::new(ring)));
    let now = Timestamp::from_second(NOW)?;
    let pinned = Endpoint::from_json(PINNED)?;

    println!(
        "certificate  PEM bytes  event bytes  ruling without  ruling with  adds  ratio  certificate alone"
    );
    for (name, pem) in CERTIFICATES {
        let (open, closed) = (event("open", pem)?, event("pinned", pem)?);
        let (mut without, mut with, mut alone) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            without.push(micros(|| runtime.block_on(rule(&judge, &open, now)))?);
            with.push(micros(|| runtime.block_on(rule(&judge, &closed, now)))?);
            alone.push(micros(|| {
                judge_certificate(black_box(&pinned), Some(pem), now)?;
                Ok(())
            })?);
        }
        let (without, with, alone) = (median(without), median(with), median(alone));
        println!(
            "{name:<11} {:>10} {:>12} {without:>15.1} {with:>12.1} {:>5.1} {:>6.2} {alone:>18.1}",
            pem.len(),
            open.len(),
            with - without,
            with / without,
        );
    }
    Ok(())
}

/// One invocation. An error unless the request is let through.
async fn rule(
    judge: &Judge<&MemoryDirectory, MemoryKeys>,
    event: &str,
    now: Timestamp,
) -> Result<()> {
    let ruling = judge.authorize(serde_json::from_str(event)?, now).await;
    let answer = serde_json::to_string(&ruling.answer.map_err(|refused| refused.to_string())?)?;
    if black_box(answer).contains(r#""Effect":"Allow""#) {
        return Ok(());
    }
    Err("the request was not let through".into())
}

/// An event as API Gateway sends it for a delivery by a domain with mutual TLS.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html>
fn event(endpoint: &str, pem: &str) -> Result<String> {
    let scheme = Scheme::resolve(&SchemeRef::Preset("standard-webhooks".into()))?;
    let input = SignInput {
        body: b"never seen here",
        now: NOW,
        headers: &[("webhook-id", "msg_1")],
        ..SignInput::default()
    };
    let mut headers = sign(&scheme, &Key::new("bench", SECRET), &input)?;
    for (name, value) in [
        ("Accept", "*/*"),
        ("Content-Length", "1024"),
        ("Content-Type", "application/json"),
        ("Host", "hooks.example.com"),
        ("User-Agent", "Acme-Hooks/1.0 (+https://acme.example/hooks)"),
        (
            "X-Amzn-Trace-Id",
            "Root=1-6a21f0dd-0123456789abcdef01234567",
        ),
        ("X-Forwarded-For", "198.51.100.1"),
        ("X-Forwarded-Port", "443"),
        ("X-Forwarded-Proto", "https"),
    ] {
        headers.push((name.to_owned(), value.to_owned()));
    }
    let single: serde_json::Map<_, _> = headers
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    let multi: serde_json::Map<_, _> = headers
        .iter()
        .map(|(name, value)| (name.clone(), json!([value])))
        .collect();
    let arn =
        format!("arn:aws:execute-api:eu-west-1:123456789012:abcde12345/v1/POST/hooks/{endpoint}");
    Ok(json!({
        "type": "REQUEST", "methodArn": arn, "resource": "/hooks/{endpoint}", "path": format!("/v1/hooks/{endpoint}"),
        "httpMethod": "POST", "headers": single, "multiValueHeaders": multi,
        "queryStringParameters": null, "multiValueQueryStringParameters": null,
        "pathParameters": {"endpoint": endpoint}, "stageVariables": null,
        "requestContext": {
            "accountId": "123456789012", "apiId": "abcde12345", "domainName": "hooks.example.com", "domainPrefix": "hooks",
            "extendedRequestId": "Zx1yYGzqjoEFq7g=", "httpMethod": "POST", "path": format!("/v1/hooks/{endpoint}"),
            "protocol": "HTTP/1.1", "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbee3", "requestTime": "30/Nov/2026:00:53:20 +0000",
            "requestTimeEpoch": NOW * 1000, "resourceId": "abc123", "resourcePath": "/hooks/{endpoint}", "stage": "v1",
            "identity": {
                "sourceIp": "198.51.100.1", "userAgent": "Acme-Hooks/1.0 (+https://acme.example/hooks)",
                "clientCert": {
                    "clientCertPem": pem, "subjectDN": "CN=hooks-client.acme.example,OU=Hooks,O=Acme\\, Inc.,C=US",
                    "issuerDN": "CN=Acme clients,O=Acme\\, Inc.,C=US", "serialNumber": "1",
                    "validity": {"notBefore": "Nov 27 14:36:35 2026 GMT", "notAfter": "Jan 26 14:36:35 2046 GMT"},
                },
            },
        },
    })
    .to_string())
}

fn micros(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_secs_f64() * 1e6)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

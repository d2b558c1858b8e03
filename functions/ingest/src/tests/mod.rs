//! The whole of `ingest` over in-memory ports: one file per promise.

mod attributes;
mod bad_input;
mod certificates;
mod challenges;
mod crashes;
mod door;
mod erased;
mod headers;
mod identity;
mod inline;
mod keys;
mod merging;
mod optional;
mod retention;
mod schemas;
mod silence;
mod taking;
mod window;

use bytes::{Bytes, BytesMut};
use domain::{KeyRing, KeyStore, PayloadStore, PointerStore, SchemaJudge, Siblings, Timestamp};
use serde_json::{Value, json};
use signature::{Key, Scheme, SignInput, sign};
use testkit::{MemoryKeys, MemoryPayloads, MemoryPointers};

use intake::{DeliveryLog, DeliveryOutcome};

use crate::{
    gateway::{ProxyRequest, ProxyResponse},
    ingest::{Days, Ingest},
};

/// A published test value's length, and no more secret than this file.
const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const DAYS: Days = Days {
    pointers: 90,
    payloads: 30,
};
const NOW: i64 = 1_795_298_397;
const STANDARD: &str = r#"{"name":"billing","scheme":"standard-webhooks"}"#;
const GITHUB: &str = r#"{"name":"github","scheme":"github"}"#;
const STRIPE: &str = r#"{"name":"stripe","scheme":"stripe"}"#;
const EVENT: &[u8] = br#"{"id":"evt_1","type":"invoice.paid","created":1795298390,"data":{"object":{"customer":"cus_1"}}}"#;

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

/// The stores, which outlive any `Ingest` that uses them.
struct World {
    payloads: MemoryPayloads,
    pointers: MemoryPointers,
    keys: MemoryKeys,
}

impl World {
    fn new() -> Self {
        Self {
            payloads: MemoryPayloads::default(),
            pointers: MemoryPointers::default(),
            keys: MemoryKeys::new(ring(SECRET)),
        }
    }

    fn ingest(&self) -> Ingest<&MemoryPayloads, &MemoryPointers, &MemoryKeys> {
        Ingest::new(&self.payloads, &self.pointers, &self.keys, DAYS)
    }

    /// Invariant 1: exactly one pointer, and its object holds its bytes.
    fn holds_exactly(&self, body: &[u8]) {
        let pointers = self.pointers.all();
        assert_eq!(pointers.len(), 1, "pointers");
        let object = &self.payloads.objects()[pointers[0].object().unwrap().as_str()];
        assert_eq!(object.body, body);
        assert_eq!(object.sha256, pointers[0].sha256);
        assert_eq!(object.sha256, domain::Digest::of(body));
    }

    fn holds_nothing(&self) {
        assert!(self.pointers.all().is_empty() && self.payloads.objects().is_empty());
    }
}

fn ring(secret: &str) -> KeyRing {
    KeyRing::from_versions(secret, None).unwrap()
}

/// A delivery, and ways to spoil it.
#[derive(Clone)]
struct Delivery {
    config: Option<String>,
    headers: Vec<(String, String)>,
    body: Value,
    base64: bool,
    method: &'static str,
    query: Value,
}

impl Delivery {
    /// Signed as its provider signs.
    fn signed(config: &str, id: &str, body: &[u8]) -> Self {
        Self::signed_at(config, id, body, NOW, SECRET)
    }

    fn signed_at(config: &str, id: &str, body: &[u8], at: i64, secret: &str) -> Self {
        let endpoint = domain::Endpoint::from_json(config).unwrap();
        let scheme = Scheme::resolve(&endpoint.scheme).unwrap();
        let id_header = [("webhook-id", id)];
        let signs_id = matches!(&endpoint.scheme, domain::SchemeRef::Preset(name) if name == "standard-webhooks");
        let input = SignInput {
            body,
            now: at,
            headers: if signs_id { &id_header } else { &[] },
            site: signature::Site {
                url: endpoint.url.as_deref(),
                ..signature::Site::default()
            },
            ..SignInput::default()
        };
        let mut headers = sign(&scheme, &Key::new("test", secret), &input).unwrap();
        headers.push(("content-type".into(), "application/json".into()));
        if matches!(&endpoint.scheme, domain::SchemeRef::Preset(name) if name == "github") {
            headers.push(("X-GitHub-Delivery".into(), id.into()));
            headers.push(("X-GitHub-Event".into(), "push".into()));
        }
        let body = base64_simd::STANDARD.encode_to_string(body).into();
        Self {
            config: Some(config.into()),
            headers,
            body,
            base64: true,
            method: "POST",
            query: Value::Null,
        }
    }

    /// A request without a signature.
    fn bare(config: &str, method: &'static str) -> Self {
        Self {
            config: Some(config.into()),
            headers: Vec::new(),
            body: Value::Null,
            base64: false,
            method,
            query: Value::Null,
        }
    }

    fn set(mut self, name: &str, value: &str) -> Self {
        self.headers
            .retain(|(have, _)| !have.eq_ignore_ascii_case(name));
        self.add(name, value)
    }

    fn add(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.headers
            .retain(|(have, _)| !have.eq_ignore_ascii_case(name));
        self
    }

    fn header(&self, name: &str) -> &str {
        &self
            .headers
            .iter()
            .find(|(have, _)| have.eq_ignore_ascii_case(name))
            .unwrap()
            .1
    }

    fn with_body(mut self, body: &[u8]) -> Self {
        self.body = base64_simd::STANDARD.encode_to_string(body).into();
        self
    }

    async fn to<P, Q, K, J>(&self, ingest: &Ingest<P, Q, K, J>) -> (u16, Value)
    where
        P: PayloadStore<Body = Bytes> + Sync,
        Q: PointerStore + Siblings + Sync,
        K: KeyStore + Sync,
        J: SchemaJudge + Sync,
    {
        let response = self.at(ingest, now()).await;
        (
            response.status_code,
            serde_json::from_str(&response.body).unwrap(),
        )
    }

    async fn at<P, Q, K, J>(&self, ingest: &Ingest<P, Q, K, J>, now: Timestamp) -> ProxyResponse
    where
        P: PayloadStore<Body = Bytes> + Sync,
        Q: PointerStore + Siblings + Sync,
        K: KeyStore + Sync,
        J: SchemaJudge + Sync,
    {
        self.reported(ingest, now).await.0
    }

    async fn reported<P, Q, K, J>(
        &self,
        ingest: &Ingest<P, Q, K, J>,
        now: Timestamp,
    ) -> (ProxyResponse, DeliveryLog)
    where
        P: PayloadStore<Body = Bytes> + Sync,
        Q: PointerStore + Siblings + Sync,
        K: KeyStore + Sync,
        J: SchemaJudge + Sync,
    {
        let event = BytesMut::from(self.request().to_string().as_bytes());
        let request = ProxyRequest::parse(event).unwrap();
        ingest.receive(request, None, now).await
    }

    /// As API Gateway sends it.
    fn request(&self) -> Value {
        let mut multi: std::collections::BTreeMap<&str, Vec<&str>> =
            std::collections::BTreeMap::new();
        for (name, value) in &self.headers {
            multi.entry(name).or_default().push(value);
        }
        json!({
            "httpMethod": self.method,
            "multiValueQueryStringParameters": self.query,
            "headers": self.headers.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
            "multiValueHeaders": multi,
            "requestContext": {"requestId": "request-1", "authorizer": {"endpoint": self.config, "principalId": "x"}, "stage": "v1"},
            "body": self.body,
            "isBase64Encoded": self.base64,
            "path": "/hooks/x",
        })
    }
}

/// A world that stores nothing from this delivery, and its answer.
async fn refused(delivery: &Delivery) -> (u16, String) {
    let world = World::new();
    let (status, answer) = delivery.to(&world.ingest()).await;
    world.holds_nothing();
    assert!(
        answer.get("ref").is_none() && answer["message"].is_string(),
        "{answer}"
    );
    (status, answer["error"].as_str().unwrap().to_owned())
}

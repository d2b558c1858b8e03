//! One event in the cloud of the tests, as hostile as it can be.

use domain::{DataRef, Digest, EventKey, Headers, Ref, encode_attribute};
use serde_json::{Value, json};

use super::{
    Server, Way,
    cloud::{Cloud, Reply},
};

/// An event, and what is stored about it.
#[derive(Clone)]
pub(super) struct Stored {
    /// Its id, type, subject, header, and what its processor wrote.
    pub(super) text: String,
    pub(super) content_type: String,
    pub(super) payload: Vec<u8>,
    /// Whether its pointer holds the payload, and there is no object.
    pub(super) inline: bool,
    /// How many events like it there are in the index.
    pub(super) count: usize,
}

impl Stored {
    pub(super) fn new(text: &str, content_type: &str, payload: &[u8]) -> Self {
        Self {
            text: text.to_owned(),
            content_type: content_type.to_owned(),
            payload: payload.to_vec(),
            inline: false,
            count: 1,
        }
    }

    /// The name of one of them.
    pub(super) fn reference(&self, n: usize) -> String {
        let key = if n == 0 {
            self.text.clone()
        } else {
            format!("{}-{n}", self.text)
        };
        let reference = Ref {
            endpoint: "stripe".to_owned().try_into().unwrap(),
            ordering_key: None,
            event_key: EventKey::from_stored(key),
        };
        reference.to_string()
    }

    /// Where the page of the first one is.
    pub(super) fn path(&self, folder: &str) -> String {
        crate::address::Address::to(&[folder, &self.reference(0)]).to_string()
    }

    pub(super) fn pointer(&self, n: usize) -> Value {
        let s = |text: &str| json!({ "S": text });
        let mut pointer = json!({
            "pk": s(&format!("stripe#{}", self.text)),
            "sk": s(&self.text),
            "ref": s(&self.reference(n)),
            "id": s(&self.text),
            "type": s(&format!("invoice.{}", self.text)),
            "endpoint": s("stripe"),
            "subject": s(&self.text),
            "occurred_at": s("2026-11-26T19:20:00.000Z"),
            "received_at": s("2026-11-26T19:20:01.414Z"),
            "content_type": s(&self.content_type),
            "size": { "N": self.payload.len().to_string() },
            "sha256": s(&Digest::of(&self.payload).to_string()),
            "dataref": s("s3://coatcheck-payloads/payloads/a/2026-11-26T19/stripe/x"),
            "traceparent": s(&self.text),
            "scheme": s(&self.text),
            "key_id": s(&self.text),
            "x_customer": s(&encode_attribute(&self.text)),
            "time_bucket": s("2026-11-26T19#0"),
        });
        if self.inline {
            let dataref = DataRef::Inline(self.payload.clone());
            pointer["dataref"] = s(&dataref.to_string());
            pointer["signature-headers"] = s(r#"[["stripe-signature","of the pointer"]]"#);
        }
        pointer
    }

    fn record(&self, reference: &str) -> Value {
        let s = |text: &str| json!({ "S": text });
        json!({
            "ref": s(reference),
            "processor": s("invoices"),
            "state": s("failed"),
            "at": s("2026-11-26T19:20:03.000Z"),
            "attempts": { "N": "2" },
            "failure": s("reject"),
            "reason": s(&self.text),
        })
    }

    fn line(&self) -> String {
        let line = json!({
            "timestamp": "2026-11-26T19:20:02.500Z",
            "level": "WARN",
            "message": "to be retried",
            "ref": self.reference(0),
            "reason": self.text,
            "attempt": 1,
            "took_ms": 212,
        });
        line.to_string()
    }

    pub(super) fn answer(&self, operation: &str, body: &Value) -> Option<Reply> {
        let (events, processed) = ("coatcheck-events", "coatcheck-processed");
        let is = |table: &str| body["TableName"] == table;
        let answer = match operation {
            "Scan" => {
                let config = json!({ "S": r#"{"name":"stripe","scheme":"stripe"}"# });
                json!({ "Items": [{ "config": config }] })
            }
            "Query" if is(events) => {
                let bucket = &body["ExpressionAttributeValues"][":partition"]["S"];
                let bound = |name: &str| body["ExpressionAttributeValues"][name]["S"].as_str();
                let received = Some("2026-11-26T19:20:01.414Z");
                let is_here = bucket == "2026-11-26T19#0"
                    && bound(":first") <= received
                    && received <= bound(":last");
                let count = if is_here { self.count } else { 0 };
                let items: Vec<Value> = (0..count).map(|n| self.pointer(n)).collect();
                json!({ "Items": items })
            }
            "Query" if is(processed) => {
                json!({ "Items": [self.record(&self.reference(0))] })
            }
            "BatchGetItem" if body["RequestItems"].get(processed).is_some() => {
                let keys = body["RequestItems"][processed]["Keys"].as_array().unwrap();
                assert!(keys.len() <= 100);
                let records = keys
                    .iter()
                    .map(|key| self.record(key["ref"]["S"].as_str().unwrap()));
                json!({ "Responses": { processed: records.collect::<Vec<_>>() } })
            }
            "BatchGetItem" => {
                let keys = body["RequestItems"][events]["Keys"].as_array().unwrap();
                let is_ours = keys.iter().any(|key| key["sk"]["S"] == self.text.as_str());
                let found: Vec<Value> = is_ours.then(|| self.pointer(0)).into_iter().collect();
                json!({ "Responses": { events: found } })
            }
            "GetItem" if is(events) => json!({ "Item": self.pointer(0) }),
            "GetItem" if is("coatcheck-endpoints") && body["Key"]["name"]["S"] == "stripe" => {
                let config = r#"{"name":"stripe","scheme":"github"}"#;
                json!({ "Item": { "config": { "S": config } } })
            }
            "FilterLogEvents" => {
                json!({ "events": [{ "timestamp": 1_795_720_802_500_i64, "message": self.line(), "eventId": "1" }] })
            }
            "PutItem" => json!({}),
            "SendMessage" => json!({ "MessageId": "m1" }),
            _ if self.inline && operation.contains("/coatcheck-payloads/") => {
                panic!("there is no object: {operation}")
            }
            _ if operation.starts_with("GET /coatcheck-payloads/") => {
                return Some(Reply::Object(self.payload.clone(), Vec::new()));
            }
            _ if operation.starts_with("HEAD /coatcheck-payloads/") => {
                let headers = Headers::from_pairs([("stripe-signature", self.text.as_str())]);
                let text = serde_json::to_string(&headers).unwrap();
                // As our functions write it: printable ASCII, the rest percent-encoded.
                let written: String = text
                    .bytes()
                    .map(|byte| match byte {
                        b'%' | 0..0x20 | 0x7f.. => format!("%{byte:02X}"),
                        _ => char::from(byte).to_string(),
                    })
                    .collect();
                return Some(Reply::Object(
                    Vec::new(),
                    vec![("signature-headers", written)],
                ));
            }
            _ => return None,
        };
        Some(Reply::Json(answer))
    }

    pub(super) fn fill(&self, cloud: &Cloud) {
        let stored = self.clone();
        cloud.answers(move |operation, body| stored.answer(operation, body));
    }
}

/// A console with this event, and the head of a request with its cookie.
pub(super) async fn server_with(stored: &Stored, way: Way) -> (Server, String) {
    let server = Server::start(way).await;
    stored.fill(&server.cloud);
    let cookie = format!("Cookie: {}\r\n", server.cookie().await);
    server.cloud.forget();
    (server, cookie)
}

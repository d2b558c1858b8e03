//! Payloads and their deliveries.

use std::fmt::Write as _;
use std::ops::Range;

use anyhow::Context;
use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use domain::{Endpoint, Handover, Headers, KeyRing, ObjectKey, Timestamp};
use provider::Provider;
use serde_json::json;

/// How a delivery is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Scheme {
    /// Over time stamp and body; id and type are in the body, so all of it is scanned.
    Stripe,
    /// Over id, time stamp and body; the type is in the body.
    StandardWebhooks,
    /// Over the body; id and type are in headers, so nothing is scanned.
    Github,
}

impl Scheme {
    /// The preset's name, which is the endpoint's too.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Stripe => "stripe",
            Self::StandardWebhooks => "standard-webhooks",
            Self::Github => "github",
        }
    }

    /// The endpoint's secret in Secrets Manager. They are all made up.
    pub(crate) fn secret(endpoint: &str) -> &'static str {
        match endpoint {
            // Of the subscription that `deliver` reads.
            "deliver" => {
                r#"{"signing_keys":[{"id":"1","secret":"whsec_YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtYmVuY2g="}]}"#
            }
            "standard-webhooks" => "whsec_YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtYmVuY2g=",
            _ => "bench-bench-bench-bench-bench-bench",
        }
    }
}

/// One delivery, ready to be handed to a function.
#[derive(Debug)]
pub(crate) struct Delivery {
    /// API Gateway's proxy event.
    pub(crate) event: Vec<u8>,
    /// What must arrive in S3, in lower-case hex.
    pub(crate) sha256: String,
}

impl Delivery {
    /// A payload of this size, signed now (Unix seconds).
    pub(crate) fn new(scheme: Scheme, size: usize, now: i64) -> anyhow::Result<Self> {
        let body = payload(size);
        let own: &[(&str, &str)] = match scheme {
            Scheme::Stripe => &[],
            Scheme::StandardWebhooks => &[("webhook-id", "msg_bench")],
            Scheme::Github => &[
                ("x-github-delivery", "0b989ba4-242f-11e5-81e1-c7b6966d2516"),
                ("x-github-event", "push"),
            ],
        };
        let mut headers = signed(scheme, own, &body, now)?;
        headers.extend(
            [
                ("accept", "*/*"),
                ("content-type", "application/json; charset=utf-8"),
                ("host", "hooks.example.org"),
                ("user-agent", "bench/1.0"),
                (
                    "x-amzn-trace-id",
                    "Root=1-67890abc-0123456789abcdef01234567",
                ),
                ("x-forwarded-for", "203.0.113.7"),
                ("x-forwarded-port", "443"),
                ("x-forwarded-proto", "https"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        Ok(Self {
            event: event(scheme, &headers, &body).to_string().into(),
            sha256: hex::encode(digest(&SHA256, &body)),
        })
    }
}

/// A delivery of the direct lane: the object that it leaves, and S3's notification.
#[derive(Debug)]
pub(crate) struct Stored {
    /// SQS's event with S3's notification in it.
    pub(crate) event: Vec<u8>,
    pub(crate) object: Object,
}

impl Stored {
    /// A payload of this size, signed as Stripe does, received now (Unix seconds).
    pub(crate) fn new(size: usize, now: i64) -> anyhow::Result<Self> {
        let body = payload(size);
        let name = Scheme::Stripe.name();
        let headers = signed(Scheme::Stripe, &[], &body, now)?;
        let received_at = Timestamp::from_second(now)?;
        let request = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef";
        let (shard, hour) = ObjectKey::place_incoming(request, received_at);
        let object = format!("incoming/{shard}/{hour}/{name}/{request}");
        let notice =
            json!({"detail": {"bucket": {"name": "bench-payloads"}, "object": {"key": object}}});
        let message = json!({"messageId": "1", "body": notice.to_string()});
        let handover = Handover {
            received_at,
            key_id: None,
            config: None,
            headers: Headers::from_pairs(headers),
        };
        Ok(Self {
            event: json!({"Records": [message]}).to_string().into(),
            object: Object {
                body: body.into(),
                handover: handover.to_metadata().context("too long")?,
                config: json!({"name": name, "scheme": name, "lane": "direct"}).to_string(),
            },
        })
    }
}

/// An event in a subscription's queue, and the object that it names.
pub(crate) struct Published {
    pub(crate) object: Object,
    /// What must arrive at the destination, in lower-case hex.
    pub(crate) sha256: String,
}

impl Published {
    /// A payload of this size.
    pub(crate) fn new(size: usize) -> Self {
        let body = Bytes::from(payload(size));
        Self {
            sha256: hex::encode(digest(&SHA256, &body)),
            object: Object {
                body,
                ..Object::default()
            },
        }
    }

    /// SQS's event with the messages of these numbers.
    pub(crate) fn batch(&self, numbers: Range<usize>) -> Vec<u8> {
        let messages: Vec<_> = numbers.map(|number| self.message(number)).collect();
        json!({"Records": messages}).to_string().into()
    }

    /// The n-th message, as the router publishes it.
    fn message(&self, number: usize) -> serde_json::Value {
        let id = format!("evt_{number}");
        let event = json!({
            "specversion": "1.0",
            "id": id,
            "source": "/endpoints/stripe",
            "type": "invoice.paid",
            "subject": "cus_QhJgfxQeFqbTtq",
            "time": "2026-11-21T20:59:57.000Z",
            "datacontenttype": "application/json; charset=utf-8",
            "dataref": "s3://bench-payloads/payloads/0/2026-11-21T20/stripe/key",
            "datasha256": self.sha256,
            "datasize": self.object.body.len().to_string(),
            "ref": format!("stripe/{id}"),
            "receivedat": "2026-11-21T20:59:57.414Z",
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "partitionkey": "9f86d081884c7d659a2feaa0c55ad015",
            "replayid": "",
            "replayto": "*",
        });
        json!({
            "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
            "receiptHandle": "handle",
            "body": event.to_string(),
            "attributes": {"ApproximateReceiveCount": "1"},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:bench",
        })
    }
}

/// The only object in the bucket, and the configuration of the only endpoint.
#[derive(Debug, Clone, Default)]
pub(crate) struct Object {
    pub(crate) body: Bytes,
    /// Its metadata `delivery`.
    pub(crate) handover: String,
    pub(crate) config: String,
}

/// The headers of a delivery, signed now (Unix seconds).
fn signed(
    scheme: Scheme,
    own: &[(&str, &str)],
    body: &[u8],
    now: i64,
) -> anyhow::Result<Vec<(String, String)>> {
    let config = json!({"name": scheme.name(), "scheme": scheme.name()});
    let endpoint = Endpoint::from_json(&config.to_string())?;
    let ring = KeyRing::from_versions(Scheme::secret(scheme.name()), None)?;
    let now = Timestamp::from_second(now)?;
    let provider = Provider::of_endpoint(&endpoint, String::new(), &ring, None, now)?;
    Ok(provider.sign(own, body, now)?)
}

/// The event of a REST API with Lambda proxy integration.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>
fn event(scheme: Scheme, headers: &[(String, String)], body: &[u8]) -> serde_json::Value {
    let endpoint = json!({"name": scheme.name(), "scheme": scheme.name()}).to_string();
    let path = format!("/hooks/{}", scheme.name());
    let single: serde_json::Map<_, _> = headers
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    let multi: serde_json::Map<_, _> = headers
        .iter()
        .map(|(name, value)| (name.clone(), json!([value])))
        .collect();
    json!({
        "resource": "/hooks/{endpoint}",
        "path": path,
        "httpMethod": "POST",
        "headers": single,
        "multiValueHeaders": multi,
        "queryStringParameters": null,
        "multiValueQueryStringParameters": null,
        "pathParameters": {"endpoint": scheme.name()},
        "stageVariables": null,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abcdefghij",
            "authorizer": {"principalId": scheme.name(), "endpoint": endpoint, "integrationLatency": 12},
            "domainName": "hooks.example.org",
            "extendedRequestId": "AbCdEfGhIjKlMnO=",
            "httpMethod": "POST",
            "identity": {"sourceIp": "203.0.113.7", "userAgent": "bench/1.0"},
            "path": format!("/v1{path}"),
            "protocol": "HTTP/1.1",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "requestTime": "21/Nov/2026:20:59:57 +0000",
            "requestTimeEpoch": 1_795_294_797_000_i64,
            "resourceId": "123abc",
            "resourcePath": "/hooks/{endpoint}",
            "stage": "v1",
        },
        "body": base64_simd::STANDARD.encode_to_string(body),
        "isBase64Encoded": true,
    })
}

/// An event of exactly this size (from 400 bytes on), as providers write them: nested objects of
/// short strings, with text in it that is full of quotes and line ends.
fn payload(size: usize) -> Vec<u8> {
    const END: &str = r#""}]}}}"#;
    let mut text = String::with_capacity(size + 600);
    text.push_str(
        r#"{"id":"evt_1PqLTw2eZvKYlo2C","object":"event","type":"invoice.paid","created":1795294797,"data":{"object":{"id":"in_1PqLTv2eZvKYlo2C","customer":"cus_QhJgfxQeFqbTtq","lines":["#,
    );
    let mut number = 0_u32;
    while text.len() + 500 + END.len() < size {
        let _ = write!(
            text,
            r#"{{"id":"il_{number:016x}","amount":{},"currency":"eur","description":"1 \u00d7 Plan \"Größe {number}\"\n(at €{}.50 / month)","discountable":true,"period":{{"start":{},"end":{}}},"price":{{"id":"price_{number:08x}","active":true,"nickname":null,"unit_amount_decimal":"{}.25"}},"note":"<p class=\"line\">\r\n\t<a href=\"https:\/\/example.org\/i\/{number}\">see<\/a><\/p>"}},"#,
            number * 37 % 100_000,
            number % 1000,
            1_700_000_000 + number,
            1_702_592_000 + number,
            number % 777,
        );
        number += 1;
    }
    text.push_str(r#"{"pad":""#);
    while text.len() + END.len() < size {
        text.push('.');
    }
    text.push_str(END);
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::payload;

    #[test]
    fn payloads_are_sound_json_of_the_size_asked_for() {
        for size in [400, 1_000, 100_000, 1_000_001] {
            let bytes = payload(size);
            assert_eq!(bytes.len(), size);
            let document: Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(document["type"], "invoice.paid");
        }
    }
}

//! The provider, its keys and its deliveries, as the endpoint is configured.

use std::{collections::BTreeMap, sync::LazyLock};

use bytes::{Bytes, BytesMut};
use domain::{Handover, Headers, KeyRing, SchemeRef, Timestamp};
use intake::Intake;
use serde_json::json;
use signature::{Key, Scheme, SignInput, sign};

use crate::script::{Sent, Way};

pub(crate) const ENDPOINT: &str = "billing";

/// The configurations that an operator changes between. The third names events by another rule; in the direct lane the second only
/// differs.
pub(crate) const CONFIGS: usize = 3;

/// What the endpoint's item says.
pub(crate) fn config(way: Way, number: usize) -> &'static str {
    match (way, number % CONFIGS) {
        (Way::Standard, 0) => {
            r#"{"name":"billing","scheme":"standard-webhooks","event":{"type":{"json":"/type"}}}"#
        }
        (Way::Standard, 1) => {
            r#"{"name":"billing","scheme":"standard-webhooks","event":{"type":{"json":"/type"}},"inline_max_bytes":4096}"#
        }
        (Way::Standard, _) => {
            r#"{"name":"billing","scheme":"standard-webhooks","event":{"type":{"json":"/type"},"id":{"json":"/id"}}}"#
        }
        (Way::Direct, 0) => {
            r#"{"name":"billing","scheme":"standard-webhooks","lane":"direct","event":{"type":{"json":"/type"}}}"#
        }
        (Way::Direct, 1) => {
            r#"{"name":"billing","scheme":"standard-webhooks","lane":"direct","event":{"type":{"json":"/type"}},"keep_headers":["x-plan"]}"#
        }
        (Way::Direct, _) => {
            r#"{"name":"billing","scheme":"standard-webhooks","lane":"direct","event":{"type":{"json":"/type"},"id":{"json":"/id"}}}"#
        }
    }
}

/// The ref of an event under a configuration. The bytes of both events have the same id inside; the header names them apart.
pub(crate) fn name(event: u8, config: usize) -> String {
    match config % CONFIGS {
        2 => format!("{ENDPOINT}/in_0"),
        _ => format!("{ENDPOINT}/msg_{event}"),
    }
}

/// Equal bytes for both events: only what names an event may merge deliveries.
pub(crate) fn body(sent: Sent) -> &'static [u8] {
    match sent {
        Sent::First | Sent::UnderThePreviousKey => {
            br#"{"id":"in_0","type":"invoice.paid","amount":1}"#
        }
        Sent::Altered => br#"{"id":"in_0","type":"invoice.paid","amount":2}"#,
        Sent::Forged => br#"{"id":"in_0","type":"invoice.paid","amount":9}"#,
    }
}

fn secret(number: u32) -> String {
    // 24 bytes in base64.
    format!("whsec_{number:032}")
}

/// What Secrets Manager has after so many rotations, the last of them at this moment.
pub(crate) fn ring(rotations: u32, since: Timestamp, has_previous: bool) -> KeyRing {
    let previous = rotations
        .checked_sub(1)
        .filter(|_| has_previous)
        .map(secret);
    KeyRing::from_versions(&secret(rotations), previous.as_deref())
        .expect("the secrets are keys")
        .held_since(since)
}

/// The headers of a delivery.
pub(crate) fn headers(
    event: u8,
    sent: Sent,
    rotations: u32,
    now: Timestamp,
) -> Vec<(String, String)> {
    let key = match sent {
        Sent::First | Sent::Altered => secret(rotations),
        Sent::UnderThePreviousKey => secret(rotations.saturating_sub(1)),
        Sent::Forged => secret(u32::MAX),
    };
    static SCHEME: LazyLock<Scheme> = LazyLock::new(|| {
        let preset = SchemeRef::Preset("standard-webhooks".to_owned());
        Scheme::resolve(&preset).expect("it is a preset")
    });
    let id = format!("msg_{event}");
    let input = SignInput {
        body: body(sent),
        now: now.as_second(),
        headers: &[("webhook-id", &id)],
        ..SignInput::default()
    };
    let mut headers = sign(&SCHEME, &Key::new("test", key), &input).expect("it can be signed");
    headers.push(("content-type".to_owned(), "application/json".to_owned()));
    headers
}

/// The event of the proxy integration.
pub(crate) fn request(config: &str, headers: &[(String, String)], body: &[u8]) -> BytesMut {
    let text = std::str::from_utf8(body).expect("the bodies are text");
    let multi: BTreeMap<&str, [&str; 1]> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), [value.as_str()]))
        .collect();
    let event = json!({
        "httpMethod": "POST",
        "multiValueHeaders": multi,
        "requestContext": {"authorizer": {"endpoint": config}},
        "body": text,
        "isBase64Encoded": false,
    });
    BytesMut::from(event.to_string().as_bytes())
}

/// Names a configuration of the direct lane, as the authorizer does.
pub(crate) fn fingerprint(number: usize) -> String {
    static ALL: LazyLock<Vec<String>> = LazyLock::new(|| {
        let all = (0..CONFIGS).map(|number| config(Way::Direct, number));
        let all = all.map(|config| Intake::from_json(config).expect("it can be used"));
        all.map(|intake| intake.fingerprint).collect()
    });
    ALL[number % CONFIGS].clone()
}

/// The object's metadata in the direct lane, as the authorizer hands it over.
pub(crate) fn handover(
    fingerprint: String,
    headers: Vec<(String, String)>,
    now: Timestamp,
) -> String {
    let handover = Handover {
        received_at: now,
        key_id: None,
        config: Some(fingerprint),
        headers: Headers::from_pairs(headers),
    };
    handover.to_metadata().expect("it is short")
}

/// The bytes as a store takes them.
pub(crate) fn bytes(sent: Sent) -> Bytes {
    Bytes::from_static(body(sent))
}

//! The headers of a request.

use std::collections::BTreeMap;

use domain::decode_attribute;
use hyper::{
    HeaderMap,
    header::{HeaderName, HeaderValue},
};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::event::is_declared;

/// Who is calling.
pub(super) const OUR_NAME: &str = concat!("Coatcheck/", env!("CARGO_PKG_VERSION"));

/// What the header of an attribute cannot hold as it is. Everything beyond ASCII is encoded, too.
/// <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3132-http-header-values>
const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%');

/// Attributes that say nothing where the payload itself is the body: they tell where it is in the
/// stack, and what a function would have to answer.
const LEFT_OUT: [&str; 3] = ["datacontenttype", "dataref", "deliveryid"];

/// The attributes of an event as CloudEvents' binary content mode has them. An empty one is left
/// out, since no attribute of CloudEvents can be empty. What an endpoint declares has its plain value: its receivers know
/// the escapes of headers, and no others.
pub(super) fn of_event(event: &Map<String, Value>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in event {
        let text = value.as_str().unwrap_or_default();
        if text.is_empty() || LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        // A replay that is not there is not forced either.
        if name == "replayforce" && text == "false" {
            continue;
        }
        let text = if is_declared(name) {
            decode_attribute(text)
        } else {
            text.into()
        };
        let text = utf8_percent_encode(&text, ENCODED).to_string();
        let name = HeaderName::from_bytes(format!("ce-{name}").as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&text)) {
            headers.insert(name, value);
        }
    }
    headers
}

/// Whether the header is ours, or belongs to the connection: nobody else may set it.
pub(super) fn is_reserved(name: &HeaderName) -> bool {
    const OURS: [&str; 20] = [
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "expect",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-security-token",
        "traceparent",
        "http2-settings",
    ];
    let name = name.as_str();
    OURS.contains(&name) || name.starts_with("ce-") || name.starts_with("webhook-")
}

/// The configured headers. `Err`: the name that cannot be used, or whose value cannot.
pub(super) fn configured(headers: &BTreeMap<String, String>) -> Result<HeaderMap, String> {
    let mut all = HeaderMap::new();
    for (name, value) in headers {
        let parsed = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        );
        match parsed {
            // A secret does not belong into the configuration, which everyone can read.
            (Ok(header), Ok(value)) if !is_reserved(&header) && header != "authorization" => {
                all.insert(header, value);
            }
            _ => return Err(name.clone()),
        }
    }
    Ok(all)
}

/// A value that no log shows.
pub(super) fn secret(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::event::TARGETS_GET;

    fn of(event: &Value) -> Vec<(String, String)> {
        let headers = of_event(event.as_object().unwrap());
        let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
        let mut all: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect();
        all.sort();
        all
    }

    #[test]
    fn attributes_become_headers() {
        let event = json!({
            "specversion": "1.0", "id": "evt_1", "type": "a", "subject": "", "dataref": "s3://b/k",
            "deliveryid": "d", "datacontenttype": "text/plain",
            "replayid": "", "replayforce": "false", "datasize": "2", "partitionkey": "ac42",
            "customer": "50%25 %22a%22", "plan": "",
        });
        let expected = [
            ("ce-customer", "50%25%20%22a%22"),
            ("ce-datasize", "2"),
            ("ce-id", "evt_1"),
            ("ce-partitionkey", "ac42"),
            ("ce-specversion", "1.0"),
            ("ce-type", "a"),
        ];
        assert_eq!(
            of(&event),
            expected.map(|(a, b)| (a.to_owned(), b.to_owned()))
        );
        let replayed = json!({"replayid": "r1", "replayforce": "true"});
        assert_eq!(of(&replayed).len(), 2);
    }

    #[test]
    fn each_header_is_documented() {
        const PAGE: &str = include_str!("../../../../docs/destinations.md");
        let of_targets = TARGETS_GET.iter().chain(&["subscription"]);
        for name in of_targets {
            let documented = PAGE.contains(&format!("ce-{name}"));
            assert_eq!(documented, !LEFT_OUT.contains(name), "{name}");
        }
    }

    /// The example of the specification is the third one.
    #[test]
    fn values_are_percent_encoded() {
        for (text, expected) in [
            ("a b\"c%d", "a%20b%22c%25d"),
            ("line\r\nx-evil: 1", "line%0D%0Ax-evil:%201"),
            ("Euro € 😀", "Euro%20%E2%82%AC%20%F0%9F%98%80"),
            ("~!#$&'()*+,/:;=?@[]", "~!#$&'()*+,/:;=?@[]"),
        ] {
            let headers = of(&json!({ "subject": text }));
            assert_eq!(headers[0].1, expected, "{text}");
        }
    }

    #[test]
    fn nobody_sets_our_headers() {
        let configure = |name: &str, value: &str| {
            configured(&BTreeMap::from([(name.to_owned(), value.to_owned())]))
        };
        for name in [
            "Host",
            "content-length",
            "Content-Type",
            "transfer-encoding",
            "Connection",
            "ce-id",
            "webhook-id",
            "webhook-signature",
            "User-Agent",
            "Authorization",
            "x-amz-date",
            "traceparent",
            "bad name",
            "",
        ] {
            assert_eq!(configure(name, "x").unwrap_err(), name);
        }
        assert!(configure("x-team", "a\r\nb: c").is_err());
        assert_eq!(
            configure("X-Team", "payments").unwrap()["x-team"],
            "payments"
        );
    }
}

//! What functions are sent: deliveries, notices, messages, and the objects that these name.

mod gateway;
mod payload;
mod queued;

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use domain::{Endpoint, KeyRing, Timestamp};
use provider::Provider;
use serde_json::json;

pub(crate) use payload::Content;
pub(crate) use queued::{Published, Stored};

/// How a delivery is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// Over time stamp and body; id and type are in the body, so all of it is scanned.
    Stripe,
    /// Over the body; id and type are in headers, so nothing is scanned.
    Github,
}

impl Scheme {
    /// The scheme under which a body like this is delivered.
    pub(crate) fn of(content: Content) -> Self {
        match content {
            Content::Json => Self::Stripe,
            Content::Binary => Self::Github,
        }
    }

    /// The preset's name, which is the endpoint's too.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Stripe => "stripe",
            Self::Github => "github",
        }
    }

    /// The endpoint's configuration, as the table `endpoints` has it.
    pub(crate) fn config(self) -> String {
        json!({"name": self.name(), "scheme": self.name()}).to_string()
    }
}

/// The secret of an endpoint, or of the subscription `deliver`, in Secrets Manager. They are all
/// made up.
pub(crate) fn secret_of(name: &str) -> &'static str {
    match name {
        "deliver" => {
            r#"{"signing_keys":[{"id":"1","secret":"whsec_YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtYmVuY2g="}]}"#
        }
        _ => SECRET,
    }
}

/// The floor has it too: `bin/floor`.
const SECRET: &str = "bench-bench-bench-bench-bench-bench";

/// The form in which an API of API Gateway hands a request to a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Front {
    /// A REST API with binary media types, as ours: every body is base64.
    Rest,
    /// An HTTP API, format 2.0: a body of text stays text.
    Http,
}

/// A signed request.
#[derive(Debug)]
pub(crate) struct Delivery {
    scheme: Scheme,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl Delivery {
    /// Of this content and size, signed now (Unix seconds).
    pub(crate) fn new(content: Content, size: usize, now: i64) -> anyhow::Result<Self> {
        let scheme = Scheme::of(content);
        let body = content.of_size(size);
        let mut headers = signed(scheme, &body, now)?;
        let others = [
            ("accept", "*/*"),
            ("content-type", content.media_type()),
            ("host", "hooks.example.org"),
            ("user-agent", "bench/1.0"),
            (
                "x-amzn-trace-id",
                "Root=1-67890abc-0123456789abcdef01234567",
            ),
            ("x-forwarded-for", "203.0.113.7"),
            ("x-forwarded-port", "443"),
            ("x-forwarded-proto", "https"),
        ];
        headers.extend(others.map(|(name, value)| (name.to_owned(), value.to_owned())));
        Ok(Self {
            scheme,
            headers,
            body: body.into(),
        })
    }

    /// What must arrive in S3, in lower-case hex.
    pub(crate) fn sha256(&self) -> String {
        sha256(&self.body)
    }

    /// What API Gateway hands to the function that receives it.
    pub(crate) fn event(&self, front: Front) -> Bytes {
        match front {
            Front::Rest => gateway::rest(self.scheme, &self.headers, &self.body).into(),
            Front::Http => gateway::http(self.scheme, &self.headers, &self.body).into(),
        }
    }

    /// What API Gateway hands to an authorizer.
    pub(crate) fn authorizer_event(&self) -> Bytes {
        gateway::authorizer(self.scheme, &self.headers).into()
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

fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

/// The headers of a delivery, signed now (Unix seconds).
fn signed(scheme: Scheme, body: &[u8], now: i64) -> anyhow::Result<Vec<(String, String)>> {
    let own: &[(&str, &str)] = match scheme {
        Scheme::Stripe => &[],
        Scheme::Github => &[
            ("x-github-delivery", "0b989ba4-242f-11e5-81e1-c7b6966d2516"),
            ("x-github-event", "push"),
        ],
    };
    let endpoint = Endpoint::from_json(&scheme.config())?;
    let ring = KeyRing::from_versions(secret_of(scheme.name()), None)?;
    let now = Timestamp::from_second(now)?;
    let provider = Provider::of_endpoint(&endpoint, String::new(), &ring, None, now)?;
    Ok(provider.sign(own, body, now)?)
}

//! What functions are sent: deliveries, notices, messages, and the objects that these name.

mod gateway;
mod object;
mod payload;
mod queued;
mod scheme;

use bytes::Bytes;

pub(crate) use object::Object;
pub(crate) use payload::Content;
pub(crate) use queued::{Published, Stored};
pub(crate) use scheme::{Scheme, secret_of};

use object::sha256;
use scheme::signed;

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
        Self::of(Scheme::of(content), content, size, now)
    }

    /// The same under another scheme.
    pub(crate) fn of(
        scheme: Scheme,
        content: Content,
        size: usize,
        now: i64,
    ) -> anyhow::Result<Self> {
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

use std::{borrow::Cow, collections::BTreeMap, fmt};

use bytes::BytesMut;
use domain::Headers;
use runtime::{ClientCert, MultiHeaders, MultiQuery, SingleHeaders};
use serde::{Deserialize, Deserializer, Serialize, de::Visitor};

/// What API Gateway's Lambda proxy integration sends: the parts that are used.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>
#[derive(Default)]
pub struct ProxyRequest {
    pub(crate) method: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Headers,
    pub(crate) context: RequestContext,
    /// As it came, in the event's own buffer.
    pub(crate) body: BytesMut,
    pub(crate) is_base64_encoded: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    #[serde(default)]
    http_method: String,
    #[serde(borrow)]
    multi_value_query_string_parameters: Option<MultiQuery<'a>>,
    #[serde(borrow)]
    headers: Option<SingleHeaders<'a>>,
    #[serde(borrow)]
    multi_value_headers: Option<MultiHeaders<'a>>,
    #[serde(default)]
    request_context: RequestContext,
    #[serde(borrow)]
    body: Option<Body<'a>>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// Bytes of a JSON text, not copied unless it has escapes, which base64 never has. Whether they
/// are UTF-8 is not looked at: the signature is over bytes.
struct Body<'a>(Cow<'a, [u8]>);

impl<'de: 'a, 'a> Deserialize<'de> for Body<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AsIs;
        impl<'de> Visitor<'de> for AsIs {
            type Value = Body<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_bytes<E>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
                Ok(Body(Cow::Borrowed(bytes)))
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Self::Value, E> {
                Ok(Body(Cow::Owned(bytes.to_owned())))
            }
        }
        deserializer.deserialize_bytes(AsIs)
    }
}

impl ProxyRequest {
    /// Reads an event. The body stays where it is.
    ///
    /// # Errors
    /// If it is no event of the proxy integration.
    pub fn parse(mut event: BytesMut) -> Result<Self, serde_json::Error> {
        let read: Event<'_> = serde_json::from_slice(&event)?;
        let mut request = Self {
            method: read.http_method,
            query: runtime::query(read.multi_value_query_string_parameters),
            headers: runtime::headers(read.headers, read.multi_value_headers),
            context: read.request_context,
            body: BytesMut::new(),
            is_base64_encoded: read.is_base64_encoded,
        };
        match read.body {
            None => {}
            Some(Body(Cow::Owned(bytes))) => request.body = BytesMut::from(bytes.as_slice()),
            Some(Body(Cow::Borrowed(bytes))) => {
                let start = bytes.as_ptr().addr() - event.as_ptr().addr();
                let length = bytes.len();
                request.body = event.split_off(start);
                request.body.truncate(length);
            }
        }
        Ok(request)
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestContext {
    /// Names the request in the access log.
    pub(crate) request_id: Option<String>,
    #[serde(default)]
    pub(crate) authorizer: Authorizer,
    #[serde(default)]
    pub(crate) identity: Identity,
}

/// Who sent the request.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Identity {
    /// Of requests by a domain with mutual TLS.
    pub(crate) client_cert: Option<ClientCert>,
}

/// What the authorizer handed over.
#[derive(Default, Deserialize)]
pub(crate) struct Authorizer {
    /// The endpoint's configuration, one JSON string.
    pub(crate) endpoint: Option<String>,
}

/// API Gateway turns this into the HTTP response.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProxyResponse {
    pub(crate) status_code: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
    pub(crate) is_base64_encoded: bool,
}

/// The body of each of our responses.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum ResponseBody<'a> {
    Stored {
        status: &'static str,
        #[serde(rename = "ref")]
        reference: &'a str,
    },
    Refused {
        error: &'a str,
        message: &'a str,
    },
}

impl ProxyResponse {
    pub(crate) fn new(
        status_code: u16,
        retry_after: Option<&'static str>,
        answer: &ResponseBody<'_>,
    ) -> Self {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let mut headers = BTreeMap::from([owned(("content-type", "application/json"))]);
        headers.extend(retry_after.map(|seconds| owned(("retry-after", seconds))));
        let body = serde_json::to_string(answer).unwrap_or_default();
        Self {
            status_code,
            headers,
            body,
            is_base64_encoded: false,
        }
    }
}

impl ProxyResponse {
    /// The same answer without its body.
    pub(crate) fn bare(mut self) -> Self {
        self.headers.remove("content-type");
        self.body = String::new();
        self
    }
}

impl From<signature::ChallengeReply> for ProxyResponse {
    /// An answer in the provider's own form. It may hold what a stranger sent, so
    /// no reader may interpret it as anything but its stated type.
    fn from(answer: signature::ChallengeReply) -> Self {
        let mut headers = answer.headers;
        headers.insert("x-content-type-options".to_owned(), "nosniff".to_owned());
        if let Some(content_type) = answer.content_type {
            headers.insert("content-type".to_owned(), content_type.to_owned());
        }
        Self {
            status_code: answer.status,
            headers,
            body: answer.body,
            is_base64_encoded: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(event: &str) -> (usize, ProxyRequest) {
        let event = BytesMut::from(event);
        let place = event.as_ptr().addr();
        (place, ProxyRequest::parse(event).unwrap())
    }

    #[test]
    fn base64_is_decoded_where_it_was_read() {
        let (place, request) = parse(r#"{"body":"aGVsbG8=","isBase64Encoded":true,"headers":{}}"#);
        assert_eq!(request.body, "aGVsbG8=");
        let body = crate::body::decode(request.body, true, 5).unwrap();
        assert_eq!(body, "hello");
        let before = r#"{"body":""#.len();
        assert_eq!(body.as_ptr().addr(), place + before, "it was copied");
    }

    #[test]
    fn a_text_is_unescaped() {
        for (json, body) in [
            (r#"{"body":"a\u00e9\n\"\/"}"#, "a\u{e9}\n\"/"),
            (r#"{"body":""}"#, ""),
            (r#"{"body":null}"#, ""),
            ("{}", ""),
        ] {
            let (_, request) = parse(json);
            assert_eq!(request.body, body, "{json}");
            assert!(!request.is_base64_encoded);
        }
        for json in [r#"{"body":1}"#, r#"{"body":[1]}"#, r#"{"body":"a"#, ""] {
            assert!(ProxyRequest::parse(BytesMut::from(json)).is_err(), "{json}");
        }
    }
}

use std::collections::BTreeMap;

use runtime::{ClientCert, MultiHeaders, MultiQuery, SingleHeaders};
use serde::{Deserialize, Serialize};

/// What API Gateway's Lambda proxy integration sends: the parts that are used.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProxyRequest {
    #[serde(default)]
    pub(crate) http_method: String,
    pub(crate) multi_value_query_string_parameters: Option<MultiQuery>,
    pub(crate) headers: Option<SingleHeaders>,
    pub(crate) multi_value_headers: Option<MultiHeaders>,
    #[serde(default)]
    pub(crate) request_context: RequestContext,
    pub(crate) body: Option<String>,
    #[serde(default)]
    pub(crate) is_base64_encoded: bool,
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
pub(crate) struct ProxyResponse {
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

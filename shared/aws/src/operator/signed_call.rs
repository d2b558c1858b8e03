//! Calls to services of which a few answers are read. The SDK's crates for API Gateway and ACM would take longer to
//! compile than all of the command line: decision 0056.

use std::time::Duration;

use aws_config::{SdkConfig, timeout::TimeoutConfig};
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::{
    identity::Identity,
    orchestrator::{HttpRequest, HttpResponse, OrchestratorError},
};
use aws_smithy_types::body::SdkBody;
use domain::{StoreError, Timestamp};
use serde_json::Value;

use crate::{
    Sdk,
    failure::{permanent, refused, transient},
};

/// As long as a call of the SDK may take here.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A call of a service that speaks JSON.
#[derive(Debug, Clone, Copy)]
pub(super) struct SignedCall<'a> {
    /// For messages: `acm:DescribeCertificate`.
    pub(super) name: &'static str,
    /// As in the host and in the signature.
    pub(super) service: &'static str,
    /// The path, for a service that speaks REST.
    pub(super) path: &'a str,
    /// `x-amz-target` and the body, for a service that has one address.
    pub(super) action: Option<(&'static str, &'a str)>,
}

impl SignedCall<'_> {
    /// Makes the call. `None`: what it asks for does not exist.
    pub(super) async fn make(
        &self,
        sdk: &Sdk,
        now: Timestamp,
    ) -> Result<Option<Value>, StoreError> {
        let name = self.name;
        let config = &sdk.config;
        let base = self.base(config);
        let request = self.signed(config, &base, now).await?;
        let client = config
            .http_client()
            .ok_or_else(|| permanent(name, "there is no HTTP client"))?;
        let mut operation = Operation::builder()
            .service_name(self.service)
            .operation_name(name)
            .http_client(client)
            .endpoint_url(&base)
            .no_auth()
            .no_retry()
            .timeout_config(TimeoutConfig::builder().operation_timeout(TIMEOUT).build());
        if let Some(sleep) = config.sleep_impl() {
            operation = operation.sleep_impl(sleep);
        }
        let operation = operation
            .serializer(|request: HttpRequest| Ok(request))
            .deserializer(|response: &HttpResponse| {
                let body = response.body().bytes().unwrap_or_default().to_vec();
                Ok::<_, OrchestratorError<std::convert::Infallible>>((
                    response.status().as_u16(),
                    body,
                ))
            })
            .build();
        let (status, body) = operation
            .invoke(request)
            .await
            .map_err(|error| transient(name, error.to_string()))?;
        read(name, status, &body)
    }

    /// The local cloud's address, or the Region's.
    fn base(&self, config: &SdkConfig) -> String {
        if let Some(url) = config.endpoint_url() {
            return url.trim_end_matches('/').to_owned();
        }
        let region = config.region().map(AsRef::as_ref).unwrap_or_default();
        let suffix = if region.starts_with("cn-") {
            "amazonaws.com.cn"
        } else {
            "amazonaws.com"
        };
        format!("https://{}.{region}.{suffix}", self.service)
    }

    async fn signed(
        &self,
        config: &SdkConfig,
        base: &str,
        now: Timestamp,
    ) -> Result<HttpRequest, StoreError> {
        let name = self.name;
        let provider = config
            .credentials_provider()
            .ok_or_else(|| permanent(name, "there are no credentials"))?;
        let credentials: Identity = provider
            .provide_credentials()
            .await
            .map_err(|error| transient(name, error.to_string()))?
            .into();
        let params = v4::SigningParams::builder()
            .identity(&credentials)
            .region(config.region().map(AsRef::as_ref).unwrap_or_default())
            .name(self.service)
            .time(now.into())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| permanent(name, error.to_string()))?
            .into();
        let (method, body) = match self.action {
            None => ("GET", ""),
            Some((_, body)) => ("POST", body),
        };
        let url = format!("{base}{}", self.path);
        let host = base.split_once("://").map_or(base, |(_, host)| host);
        let mut headers = vec![("host", host)];
        if let Some((target, _)) = self.action {
            headers.push(("content-type", "application/x-amz-json-1.1"));
            headers.push(("x-amz-target", target));
        }
        let body_to_sign = SignableBody::Bytes(body.as_bytes());
        let signable = SignableRequest::new(method, &url, headers.iter().copied(), body_to_sign);
        let (signature, _) = signable
            .and_then(|signable| sign(signable, &params))
            .map_err(|error| permanent(name, error.to_string()))?
            .into_parts();
        let mut request = HttpRequest::new(SdkBody::from(body));
        let invalid = |_| permanent(name, "the request is invalid");
        request.set_method(method).map_err(invalid)?;
        request.set_uri(url).map_err(invalid)?;
        for (header, value) in headers.into_iter().chain(signature.headers()) {
            request
                .headers_mut()
                .try_insert(header.to_owned(), value.to_owned())
                .map_err(invalid)?;
        }
        Ok(request)
    }
}

/// The answer; an error in the service's own words.
fn read(name: &'static str, status: u16, body: &[u8]) -> Result<Option<Value>, StoreError> {
    let json = serde_json::from_slice::<Value>(body);
    match (status, json) {
        (200..=299, Ok(json)) => Ok(Some(json)),
        (404, _) => Ok(None),
        (_, json) => {
            let json = json.unwrap_or_default();
            let text = |names: [&str; 2]| {
                let found = names.iter().find_map(|name| json.get(*name)?.as_str());
                found.map(str::to_owned)
            };
            let code = text(["__type", "code"]);
            // `com.amazon.coral.service#AccessDeniedException`.
            let code = code.and_then(|code| code.rsplit('#').next().map(str::to_owned));
            if code.as_deref() == Some("ResourceNotFoundException") {
                return Ok(None);
            }
            let message = text(["message", "Message"]);
            Err(refused(name, status, code, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_or_says_why_there_is_none() {
        let of = |status, body: &str| read("acm:DescribeCertificate", status, body.as_bytes());
        assert_eq!(of(200, "{}").unwrap(), Some(serde_json::json!({})));
        assert_eq!(of(404, "").unwrap(), None);
        let missing = r#"{"__type":"x#ResourceNotFoundException"}"#;
        assert_eq!(of(400, missing).unwrap(), None);
        let denied = of(
            403,
            r#"{"__type":"AccessDeniedException","Message":"not yours"}"#,
        );
        let denied = denied.unwrap_err();
        assert!(matches!(denied, StoreError::Permanent { .. }), "{denied:?}");
        let text = domain::with_causes(&denied).to_string();
        assert!(text.contains("AccessDeniedException: not yours"), "{text}");
        for busy in [of(503, "no JSON"), of(429, "{}"), of(200, "no JSON")] {
            assert!(
                matches!(busy, Err(StoreError::Transient { .. })),
                "{busy:?}"
            );
        }
    }
}

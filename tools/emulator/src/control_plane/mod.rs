//! Signed calls to the local cloud, for services of which the emulators need a few calls. The SDK's crates for IAM and
//! API Gateway would take about an eighth of the CPU time of a first run to compile: docs/decisions/0039.

mod json;
mod refusal;

pub use self::json::Address;

use std::time::Duration;

use aws_config::SdkConfig;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use reqwest::{Method, StatusCode, header};
use roxmltree::Document;
use serde_json::Value;

use crate::{failure::Failure, process::Clock};

const TIMEOUT: Duration = Duration::from_secs(30);
const ACTION: &str = "x-amz-target";

/// The local cloud's APIs, called with the credentials of the configuration: the emulator's own, or a role's.
#[derive(Debug, Clone)]
pub struct ControlPlane {
    url: String,
    region: String,
    credentials: Option<SharedCredentialsProvider>,
    client: reqwest::Client,
    clock: Clock,
}

/// A request, before it is signed.
struct Call<'a> {
    /// For messages: `iam:GetRole`.
    name: &'static str,
    method: Method,
    /// Path and query.
    target: &'a str,
    content_type: Option<&'static str>,
    /// `x-amz-target`, which names the action of a service that speaks JSON at one address.
    action: Option<&'static str>,
    body: String,
}

impl ControlPlane {
    /// The cloud that the configuration's endpoint URL names.
    #[must_use]
    pub fn new(config: &SdkConfig, clock: Clock) -> Self {
        Self {
            url: config
                .endpoint_url()
                .unwrap_or_default()
                .trim_end_matches('/')
                .to_owned(),
            region: config.region().map(ToString::to_string).unwrap_or_default(),
            credentials: config.credentials_provider(),
            client: reqwest::Client::new(),
            clock,
        }
    }

    /// Reads something of a service that speaks REST with JSON: `GET path`. `None` if it does not exist. `call` names
    /// the call in messages: `apigateway:GetStage`.
    ///
    /// # Errors
    /// The cloud cannot be reached, refuses, or answers with something that is not JSON.
    pub async fn get(&self, call: &'static str, path: &str) -> Result<Option<Value>, Failure> {
        let (status, body) = self
            .send(Call {
                name: call,
                method: Method::GET,
                target: path,
                content_type: None,
                action: None,
                body: String::new(),
            })
            .await?;
        let json = serde_json::from_str::<Value>(&body);
        match (status, json) {
            (StatusCode::NOT_FOUND, _) => Ok(None),
            (status, Ok(json)) if status.is_success() => Ok(Some(json)),
            (status, json) => Err(refusal::of_json(call, status, &json.unwrap_or_default())),
        }
    }

    /// Reads a text: an object of S3. `None` if it does not exist.
    ///
    /// # Errors
    /// The cloud cannot be reached, or refuses.
    pub async fn text(&self, call: &'static str, path: &str) -> Result<Option<String>, Failure> {
        let (status, body) = self
            .send(Call {
                name: call,
                method: Method::GET,
                target: path,
                content_type: None,
                action: None,
                body: String::new(),
            })
            .await?;
        match status {
            StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => Ok(Some(body)),
            status => Err(Failure::new(call, format!("the cloud answered {status}"))),
        }
    }

    /// Calls a service that speaks the query protocol. The result is its XML. `call` names the service and the action:
    /// `iam:GetRole`.
    ///
    /// # Errors
    /// The cloud cannot be reached, or refuses.
    pub async fn query(
        &self,
        call: &'static str,
        version: &str,
        parameters: &[(&str, &str)],
    ) -> Result<String, Failure> {
        let (_, action) = call.split_once(':').unwrap_or_default();
        let fields = [("Action", action), ("Version", version)];
        let fields = fields.iter().chain(parameters).map(|(name, value)| {
            let value =
                percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC);
            format!("{name}={value}")
        });
        let (status, xml) = self
            .send(Call {
                name: call,
                method: Method::POST,
                target: "/",
                content_type: Some("application/x-www-form-urlencoded"),
                action: None,
                body: fields.collect::<Vec<_>>().join("&"),
            })
            .await?;
        if status.is_success() {
            return Ok(xml);
        }
        let code = texts(&xml, "Code").into_iter().next();
        let message = texts(&xml, "Message").into_iter().next();
        Err(refusal::of(
            call,
            status,
            code.as_deref(),
            message.as_deref(),
        ))
    }

    async fn send(&self, call: Call<'_>) -> Result<(StatusCode, String), Failure> {
        let failure = |reason: &str| Failure::new(call.name, reason);
        let credentials = self
            .credentials
            .as_ref()
            .ok_or_else(|| failure("there are no credentials"))?
            .provide_credentials()
            .await
            .map_err(|_| failure("there are no credentials"))?;
        let (service, _) = call.name.split_once(':').unwrap_or_default();
        let identity = credentials.into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(service)
            .time(self.clock.now().into())
            .settings(SigningSettings::default())
            .build()
            .map_err(|_| failure("the request cannot be signed"))?
            .into();
        let url = format!("{}{}", self.url, call.target);
        let mut headers = vec![("host", self.url.trim_start_matches("http://"))];
        headers.extend(call.content_type.map(|kind| ("content-type", kind)));
        headers.extend(call.action.map(|action| (ACTION, action)));
        let signable = SignableRequest::new(
            call.method.as_str(),
            &url,
            headers.into_iter(),
            SignableBody::Bytes(call.body.as_bytes()),
        );
        let (signature, _) = signable
            .and_then(|signable| sign(signable, &parameters))
            .map_err(|_| failure("the request cannot be signed"))?
            .into_parts();
        let mut request = self.client.request(call.method, &url).timeout(TIMEOUT);
        for (name, value) in signature.headers() {
            request = request.header(name, value);
        }
        if let Some(kind) = call.content_type {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        if let Some(action) = call.action {
            request = request.header(ACTION, action);
        }
        let unreachable = |_| Failure::new(call.name, "the cloud could not be reached");
        let response = request.body(call.body).send().await.map_err(unreachable)?;
        let status = response.status();
        Ok((status, response.text().await.map_err(unreachable)?))
    }
}

/// The texts of all elements of this name, whatever their namespace, in the document's order.
pub(crate) fn texts(xml: &str, name: &str) -> Vec<String> {
    let Ok(document) = Document::parse(xml) else {
        return Vec::new();
    };
    document
        .descendants()
        .filter(|node| node.tag_name().name() == name)
        .map(|node| node.text().unwrap_or_default().to_owned())
        .collect()
}

#[cfg(test)]
mod tests;

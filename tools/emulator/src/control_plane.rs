//! Signed calls to the local cloud, for services of which the emulators need a few calls. The SDK's crates for IAM and
//! API Gateway would take about an eighth of the CPU time of a first run to compile: docs/decisions/0039.

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

/// The local cloud's APIs, called with the emulator's own credentials.
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
                body: String::new(),
            })
            .await?;
        let json = serde_json::from_str::<Value>(&body);
        match (status, json) {
            (StatusCode::NOT_FOUND, _) => Ok(None),
            (status, Ok(json)) if status.is_success() => Ok(Some(json)),
            (status, json) => {
                let json = json.unwrap_or_default();
                let code = json.get("__type").and_then(Value::as_str);
                let message = json.get("message").and_then(Value::as_str);
                Err(refused(call, status, code, message))
            }
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
                body: fields.collect::<Vec<_>>().join("&"),
            })
            .await?;
        if status.is_success() {
            return Ok(xml);
        }
        let code = texts(&xml, "Code").into_iter().next();
        let message = texts(&xml, "Message").into_iter().next();
        Err(refused(call, status, code.as_deref(), message.as_deref()))
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

fn refused(
    call: &'static str,
    status: StatusCode,
    code: Option<&str>,
    message: Option<&str>,
) -> Failure {
    let reason = [code, message].into_iter().flatten().collect::<Vec<_>>();
    if reason.is_empty() {
        return Failure::new(call, status.to_string());
    }
    Failure::new(call, reason.join(": "))
}

#[cfg(test)]
mod tests {
    use aws_config::{BehaviorVersion, Region};
    use aws_credential_types::Credentials;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    use super::*;

    /// Answers one request, and returns it.
    async fn one(
        status: &'static str,
        body: &'static str,
    ) -> (ControlPlane, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(format!("http://{}", listener.local_addr().unwrap()))
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::for_tests()))
            .build();
        let request = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !String::from_utf8_lossy(&request).contains("\r\n\r\n")
                || (request.starts_with(b"POST") && !request.ends_with(b"%2Fa"))
            {
                stream.read_buf(&mut request).await.unwrap();
            }
            let answer = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8(request).unwrap()
        });
        (ControlPlane::new(&config, Clock::system()), request)
    }

    #[tokio::test]
    async fn a_query_is_a_signed_form_and_its_refusal_is_told_by_code_and_message() {
        let (cloud, request) = one("200 OK", "<R xmlns='x'><Arn>a</Arn><Arn>b</Arn></R>").await;
        let xml = cloud
            .query("iam:GetRole", "2010-05-08", &[("RoleName", "x/a")])
            .await;
        assert_eq!(texts(&xml.unwrap(), "Arn"), ["a", "b"]);
        let request = request.await.unwrap().to_lowercase();
        assert!(request.contains("/us-east-1/iam/aws4_request"), "{request}");
        assert!(request.ends_with("action=getrole&version=2010%2d05%2d08&rolename=x%2fa"));

        let denied = "<E><Error><Code>AccessDenied</Code><Message>no</Message></Error></E>";
        let (cloud, _request) = one("403 Forbidden", denied).await;
        let failure = cloud.query("iam:GetRole", "v", &[("RoleName", "/a")]).await;
        assert_eq!(
            failure.unwrap_err().to_string(),
            "iam:GetRole: AccessDenied: no"
        );
    }

    #[tokio::test]
    async fn what_does_not_exist_is_no_failure_and_a_refusal_is_one() {
        const CALL: &str = "apigateway:GetStage";
        let (cloud, request) = one("200 OK", r#"{"a":1}"#).await;
        let json = cloud.get(CALL, "/restapis/a?limit=500").await.unwrap();
        assert_eq!(json, Some(serde_json::json!({ "a": 1 })));
        let request = request.await.unwrap();
        assert!(
            request.starts_with("GET /restapis/a?limit=500 HTTP/1.1\r\n"),
            "{request}"
        );
        assert!(request.contains("/us-east-1/apigateway/aws4_request"));

        let (cloud, _request) = one("404 Not Found", "{}").await;
        assert_eq!(cloud.get(CALL, "/").await.unwrap(), None);
        let (cloud, _request) = one("403 Forbidden", r#"{"message":"no"}"#).await;
        assert_eq!(
            cloud.get(CALL, "/").await.unwrap_err().to_string(),
            format!("{CALL}: no")
        );
        let (cloud, _request) = one("500 Internal Server Error", "oops").await;
        let failure = cloud.get(CALL, "/").await.unwrap_err().to_string();
        assert_eq!(failure, format!("{CALL}: 500 Internal Server Error"));
    }
}

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use bytes::Bytes;
use domain::{Endpoint, KeyRing, KeyUse, Lane, SchemeRef};
use serde::Deserialize;
use signature::{Key, KeyDecode, Proof, Scheme, SignInput, Site, sign};
use tokio::sync::Mutex;

use crate::{Fixture, Stack, random_hex};

/// A provider with an account at one endpoint: knows its key and its scheme.
#[derive(Debug, Clone)]
pub struct Provider {
    /// The endpoint's name.
    pub endpoint: String,
    /// The signing secret, as the provider shows it.
    pub secret: String,
    scheme: Scheme,
    url: Option<String>,
    lane: Lane,
}

/// A delivery ready to be sent, which a test may spoil.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The endpoint in the URL.
    pub endpoint: String,
    /// The lane in the URL.
    pub lane: Lane,
    /// All headers, including the signature's.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

/// What the provider gets back.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// `Retry-After`, if present.
    pub retry_after: Option<String>,
    /// The API's id of the request, which every answer of API Gateway has.
    pub request_id: String,
    /// How long it took.
    pub took: Duration,
    /// The body.
    pub body: AnswerBody,
}

/// The body of an answer; empty fields where it had none.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct AnswerBody {
    /// `accepted` or `duplicate`.
    pub status: String,
    /// Names the event.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Names the request, in the direct lane.
    pub request_id: String,
    /// The stable code of a refusal.
    pub error: String,
    /// For people.
    pub message: String,
}

/// Tests run in parallel: of three that each find no key and store one, the first would
/// be left with a key that is neither the secret's current nor its previous version.
static FIRST_KEY: Mutex<()> = Mutex::const_new(());

impl Provider {
    /// The provider of an endpoint. Its key is read from Secrets Manager; an
    /// endpoint without one gets a random key of the scheme's form.
    ///
    /// # Errors
    /// If there is no such endpoint, or its key cannot be read or written.
    pub async fn of(stack: &Stack, endpoint: &str) -> Result<Self> {
        let _turn = FIRST_KEY.lock().await;
        let answer = stack
            .dynamodb
            .get_item()
            .table_name(stack.table("endpoints")?)
            .key("name", AttributeValue::S(endpoint.to_owned()))
            .send()
            .await?;
        let Some(AttributeValue::S(config)) =
            answer.item.as_ref().and_then(|item| item.get("config"))
        else {
            anyhow::bail!("there is no endpoint {endpoint}");
        };
        let configured = Endpoint::from_json(config)?;
        let scheme = Scheme::resolve(&configured.scheme)?;
        let name = stack
            .outputs
            .endpoint_secrets
            .get(endpoint)
            .with_context(|| format!("the stack has no secret for {endpoint}"))?;
        let stored = stack
            .secrets
            .get_secret_value()
            .secret_id(name)
            .send()
            .await;
        let secret = match stored {
            Ok(value) => value.secret_string,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetSecretValueError::is_resource_not_found_exception) =>
            {
                None
            }
            Err(error) => return Err(error).context(format!("the secret {name} cannot be read")),
        };
        let secret = match secret {
            Some(secret) => signing_key(&secret)?,
            None => {
                let secret = random_secret(&scheme);
                stack
                    .secrets
                    .put_secret_value()
                    .secret_id(name)
                    .secret_string(&secret)
                    .send()
                    .await?;
                secret
            }
        };
        Ok(Self {
            endpoint: endpoint.to_owned(),
            secret,
            scheme,
            url: configured.url,
            lane: configured.lane,
        })
    }

    /// The same provider, signing with another secret.
    #[must_use]
    pub fn with_secret(mut self, secret: &str) -> Self {
        self.secret = secret.to_owned();
        self
    }

    /// A secret in the form that its scheme decodes.
    #[must_use]
    pub fn new_secret(&self) -> String {
        random_secret(&self.scheme)
    }

    /// A provider of an endpoint that Terraform does not know.
    ///
    /// # Errors
    /// If the scheme is invalid.
    pub fn unlisted(endpoint: &str, scheme: &SchemeRef, secret: &str) -> Result<Self> {
        Ok(Self {
            endpoint: endpoint.to_owned(),
            secret: secret.to_owned(),
            scheme: Scheme::resolve(scheme)?,
            url: None,
            lane: Lane::Standard,
        })
    }

    /// A provider that assumes this configuration of an endpoint.
    ///
    /// # Errors
    /// If the configuration or its scheme is invalid.
    pub fn configured(config: &serde_json::Value, secret: &str) -> Result<Self> {
        let endpoint = Endpoint::from_json(&config.to_string())?;
        Ok(Self {
            endpoint: endpoint.name.as_str().to_owned(),
            secret: secret.to_owned(),
            scheme: Scheme::resolve(&endpoint.scheme)?,
            url: endpoint.url,
            lane: endpoint.lane,
        })
    }

    /// Signs a body, as of now.
    ///
    /// # Errors
    /// If the headers that the scheme signs are missing.
    pub fn sign(&self, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Result<Delivery> {
        self.sign_at(jiff_now(), headers, body)
    }

    /// Signs a body, as of another time in Unix seconds.
    ///
    /// # Errors
    /// If the headers that the scheme signs are missing.
    pub fn sign_at(
        &self,
        now: i64,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Delivery> {
        let body = body.into();
        let input = SignInput {
            body: &body,
            now,
            headers,
            site: Site {
                url: self.url.as_deref(),
                ..Site::default()
            },
            ..SignInput::default()
        };
        let mut all = sign(
            &self.scheme,
            &Key::new("driver", self.secret.clone()),
            &input,
        )?;
        for (name, value) in headers {
            if !all.iter().any(|(have, _)| have.eq_ignore_ascii_case(name)) {
                all.push(((*name).to_owned(), (*value).to_owned()));
            }
        }
        Ok(Delivery {
            endpoint: self.endpoint.clone(),
            lane: self.lane,
            headers: all,
            body,
        })
    }

    /// Signs a fixture.
    ///
    /// # Errors
    /// If the headers that the scheme signs are missing.
    pub fn sign_fixture(&self, fixture: &Fixture) -> Result<Delivery> {
        let headers: Vec<_> = fixture
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.sign(&headers, fixture.body.clone())
    }
}

impl Delivery {
    /// The same with a header set to another value.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same without a header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers
            .retain(|(have, _)| !have.eq_ignore_ascii_case(name));
        self
    }

    /// Sends it with POST.
    ///
    /// # Errors
    /// If no HTTP answer comes.
    pub async fn send(&self, stack: &Stack) -> Result<Answer> {
        self.request(stack, reqwest::Method::POST, "").await
    }

    /// Sends a GET with a query, as some providers check an endpoint.
    ///
    /// # Errors
    /// If no HTTP answer comes.
    pub async fn get(&self, stack: &Stack, query: &str) -> Result<Answer> {
        self.request(stack, reqwest::Method::GET, query).await
    }

    async fn request(&self, stack: &Stack, method: reqwest::Method, query: &str) -> Result<Answer> {
        let base = &stack.outputs.base_url;
        let url = format!("{base}{}/{}{query}", self.lane.path(), self.endpoint);
        let mut request = stack.http.request(method, url);
        for (name, value) in &self.headers {
            request = request.header(name, value.as_bytes());
        }
        let started = Instant::now();
        let response = request
            .body(self.body.clone())
            .send()
            .await
            .context("no answer")?;
        let status = response.status().as_u16();
        let header = |name: &str| {
            let value = response.headers().get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        let retry_after = header("retry-after");
        let request_id = header("x-amzn-requestid").unwrap_or_default();
        let bytes = response.bytes().await?;
        let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| AnswerBody {
            message: String::from_utf8_lossy(&bytes).into(),
            ..AnswerBody::default()
        });
        Ok(Answer {
            status,
            retry_after,
            request_id,
            took: started.elapsed(),
            body,
        })
    }
}

/// The current one of the keys that a secret holds.
fn signing_key(stored: &str) -> Result<String> {
    let ring = KeyRing::from_versions(stored, None)?;
    let mut keys = ring.live(jiff::Timestamp::MIN);
    let key = keys.find(|key| key.purpose == KeyUse::Signature);
    Ok(key
        .context("the secret holds no signing key")?
        .secret
        .expose()
        .to_owned())
}

/// In the form that the scheme decodes, 32 bytes strong.
fn random_secret(scheme: &Scheme) -> String {
    let bytes: [u8; 32] = std::array::from_fn(|_| fastrand::u8(..));
    let Proof::Signed(signed) = &scheme.proof else {
        return random_hex(48);
    };
    let prefix = signed.key.strip_prefix.as_deref().unwrap_or_default();
    match signed.key.decode {
        KeyDecode::Base64 => format!("{prefix}{}", base64_simd::STANDARD.encode_to_string(bytes)),
        KeyDecode::Hex => format!("{prefix}{}", hex::encode(bytes)),
        KeyDecode::Utf8 => random_hex(48),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a provider's clock is the world's"
)]
fn jiff_now() -> i64 {
    jiff::Timestamp::now().as_second()
}

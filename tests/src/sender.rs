use anyhow::{Context, Result};
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use bytes::Bytes;
use domain::{Endpoint, KeyRing, KeyUse, Lane, Timestamp};
use provider::{Provider, Reply, exchange};
use signature::{Key, KeyDecode, Proof, Scheme};
use tokio::sync::Mutex;

use crate::{Canary, Fixture, Stack, random_hex, recording};

/// Sends what the provider of one endpoint would: knows the endpoint's configuration and a key.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The signing secret, as the provider shows it.
    pub secret: String,
    endpoint: Endpoint,
}

/// A signed delivery, which a test may change before it sends it.
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

/// Tests run in parallel: of three that each find no key and store one, the first would
/// be left with a key that is neither the secret's current nor its previous version.
static FIRST_KEY: Mutex<()> = Mutex::const_new(());

impl Sender {
    /// The sender of an endpoint. Its key is read from Secrets Manager; an
    /// endpoint without one gets a random key of the scheme's form.
    ///
    /// # Errors
    /// If there is no such endpoint, or its key cannot be read or written.
    pub async fn of(stack: &Stack, endpoint: &str) -> Result<Self> {
        let _turn = FIRST_KEY.lock().await;
        let configured = Endpoint::from_json(&stack.endpoint(endpoint).await?)?;
        let name = stack.secret_of(endpoint)?;
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
                let secret = random_secret(&Scheme::resolve(&configured.scheme)?);
                stack.put_secret(endpoint, &secret).await?;
                secret
            }
        };
        stack.plant(Canary::SigningKey, &secret)?;
        Ok(Self {
            secret,
            endpoint: configured,
        })
    }

    /// The same sender, with another secret.
    #[must_use]
    pub fn with_secret(mut self, secret: &str) -> Self {
        self.secret = secret.to_owned();
        self
    }

    /// The URL that its signature covers, if the scheme has one.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        self.endpoint.url.as_deref()
    }

    /// A secret in the form that its scheme decodes.
    ///
    /// # Errors
    /// If the scheme is invalid.
    pub fn new_secret(&self) -> Result<String> {
        Ok(random_secret(&Scheme::resolve(&self.endpoint.scheme)?))
    }

    /// The sender of an endpoint with this configuration, whatever the stack has.
    ///
    /// # Errors
    /// If the configuration is invalid.
    pub fn configured(config: &serde_json::Value, secret: &str) -> Result<Self> {
        Ok(Self {
            secret: secret.to_owned(),
            endpoint: Endpoint::from_json(&config.to_string())?,
        })
    }

    /// Signs a body, as of now.
    ///
    /// # Errors
    /// If the headers that the scheme signs are missing.
    pub fn sign(&self, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Result<Delivery> {
        self.sign_at(now(), headers, body)
    }

    /// Signs a body, as of another time.
    ///
    /// # Errors
    /// If the headers that the scheme signs are missing.
    pub fn sign_at(
        &self,
        now: Timestamp,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Delivery> {
        let body = body.into();
        let key = Key::new("driver", self.secret.clone());
        let provider = Provider::with_key(&self.endpoint, String::new(), key, None)?;
        Ok(Delivery {
            endpoint: self.endpoint.name.as_str().to_owned(),
            lane: self.endpoint.lane,
            headers: provider.sign(headers, &body, now)?,
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
    /// If there is no HTTP response.
    pub async fn send(&self, stack: &Stack) -> Result<Reply> {
        self.request(stack, reqwest::Method::POST, "").await
    }

    /// Sends a GET with a query, as some providers check an endpoint.
    ///
    /// # Errors
    /// If there is no HTTP response.
    pub async fn get(&self, stack: &Stack, query: &str) -> Result<Reply> {
        self.request(stack, reqwest::Method::GET, query).await
    }

    async fn request(&self, stack: &Stack, method: reqwest::Method, query: &str) -> Result<Reply> {
        let base = &stack.outputs.base_url;
        let path = format!("{}/{}", self.lane.path(), self.endpoint);
        let url = format!("{base}{path}{query}");
        let mut request = stack
            .http
            .request(method.clone(), url)
            .body(self.body.clone());
        for (name, value) in &self.headers {
            request = request.header(name, value.as_bytes());
        }
        stack.plant_headers(&self.headers)?;
        let raw = exchange(request).await?;
        recording::answer(&stack.dir, method.as_str(), &path, &raw)?;
        Ok(Reply::from(&raw))
    }
}

/// The current one of the keys that a secret holds.
fn signing_key(stored: &str) -> Result<String> {
    let ring = KeyRing::from_versions(stored, None)?;
    let mut keys = ring.live(Timestamp::MIN);
    let key = keys.find(|key| key.purpose == KeyUse::Signature);
    Ok(key
        .context("the secret contains no signing key")?
        .secret
        .expose()
        .to_owned())
}

/// In the form that the scheme decodes, 32 bytes strong.
fn random_secret(scheme: &Scheme) -> String {
    let Proof::Signed(signed) = &scheme.proof else {
        return random_hex(48);
    };
    let prefix = signed.key.strip_prefix.as_deref().unwrap_or_default();
    match signed.key.decode {
        KeyDecode::Base64 => {
            let bytes: [u8; 32] = std::array::from_fn(|_| fastrand::u8(..));
            format!("{prefix}{}", base64_simd::STANDARD.encode_to_string(bytes))
        }
        KeyDecode::Hex => format!("{prefix}{}", random_hex(64)),
        KeyDecode::Utf8 => random_hex(48),
    }
}

/// The world's clock, by which a provider signs.
#[expect(
    clippy::disallowed_methods,
    reason = "a provider's clock is the world's"
)]
#[must_use]
pub fn now() -> Timestamp {
    Timestamp::now()
}

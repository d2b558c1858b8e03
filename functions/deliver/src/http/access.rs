//! The subscription's secret, and what is made of it: keys, credentials, connections.

use std::sync::Arc;

use domain::{Digest, Timestamp};
use hyper::header::{AUTHORIZATION, HeaderName, HeaderValue};
use outbound::Url;
use tokio::sync::Mutex;

use super::{
    attempt::{retry, retry_ours},
    client::Client,
    dial::{Dialer, Guard, Resolve},
    headers,
    secret::{Hidden, SecretSource, Secrets},
    settings::{Auth, Settings},
    tls::{Trust, connector},
    token::{Tokens, basic},
};
use crate::destination::Outcome;

/// For how long a secret is used before it is read again.
const KEPT_FOR_S: i64 = 300;

/// It is read again after a 401, this often at most.
const READ_AGAIN_AT_MOST_EVERY_S: i64 = 30;

/// After a failure it is not read again at once: Secrets Manager is asked by every instance.
const FAILURE_KEPT_FOR_S: i64 = 5;

/// Reads the secret when it is needed, and keeps what was made of it while it is the same.
pub(super) struct Access<S, R> {
    pub(super) source: S,
    pub(super) settings: Settings,
    pub(super) guard: Guard,
    pub(super) resolver: R,
    pub(super) now: fn() -> Timestamp,
    pub(super) known: Mutex<Known<R>>,
}

/// What was read last.
pub(super) struct Known<R> {
    ready: Option<(Arc<Ready<R>>, Timestamp)>,
    again_at: Option<Timestamp>,
    failed_at: Option<(Timestamp, Outcome)>,
}

impl<R> Default for Known<R> {
    fn default() -> Self {
        Self {
            ready: None,
            again_at: None,
            failed_at: None,
        }
    }
}

/// All that a request takes from the secret.
pub(super) struct Ready<R> {
    /// Of the secret's text. Of a destination without one, that of no text.
    digest: Digest,
    pub(super) secrets: Secrets,
    pub(super) client: Client<R>,
    /// With `header` and `basic`.
    pub(super) credentials: Option<(HeaderName, HeaderValue)>,
    /// With `oauth2_client_credentials`.
    pub(super) tokens: Option<Tokens<R>>,
}

impl<S: SecretSource, R: Resolve> Access<S, R> {
    /// What is known, read within the last five minutes.
    pub(super) async fn current(&self) -> Result<Arc<Ready<R>>, Outcome> {
        let mut known = self.known.lock().await;
        match &known.ready {
            Some((ready, read_at))
                if self.age(*read_at) < KEPT_FOR_S || !self.settings.needs_secret() =>
            {
                Ok(Arc::clone(ready))
            }
            _ => self.read(&mut known).await,
        }
    }

    /// What is known after the destination answered 401 to this; `None` if it is the same.
    pub(super) async fn newer_than(&self, used: &Arc<Ready<R>>) -> Option<Arc<Ready<R>>> {
        if !self.settings.needs_secret() {
            return None;
        }
        let mut known = self.known.lock().await;
        let is_new = |ready: &Arc<Ready<R>>| ready.digest != used.digest;
        if let Some((ready, _)) = known.ready.as_ref().filter(|(ready, _)| is_new(ready)) {
            return Some(Arc::clone(ready));
        }
        let lately = known.again_at.map(|at| self.age(at));
        if lately.is_some_and(|age| age < READ_AGAIN_AT_MOST_EVERY_S) {
            return None;
        }
        let read = self.read(&mut known).await.ok()?;
        known.again_at = Some((self.now)());
        Some(read).filter(is_new)
    }

    /// In seconds. A clock that steps back makes a thing old, never young forever.
    fn age(&self, at: Timestamp) -> i64 {
        let age = (self.now)().duration_since(at).as_secs();
        if age < 0 { i64::MAX } else { age }
    }

    async fn read(&self, known: &mut Known<R>) -> Result<Arc<Ready<R>>, Outcome> {
        if let Some((at, outcome)) = &known.failed_at
            && self.age(*at) < FAILURE_KEPT_FOR_S
        {
            return Err(outcome.clone());
        }
        let read = self.read_now(known).await;
        known.failed_at = read.as_ref().err().map(|why| ((self.now)(), why.clone()));
        let ready = read?;
        known.ready = Some((Arc::clone(&ready), (self.now)()));
        Ok(ready)
    }

    async fn read_now(&self, known: &Known<R>) -> Result<Arc<Ready<R>>, Outcome> {
        if !self.settings.needs_secret() {
            return self.made_of("").map(Arc::new);
        }
        let text = self.source.read().await.map_err(|error| {
            let problem = domain::with_causes(&error);
            tracing::warn!(problem, "the subscription's secret could not be read");
            retry_ours("secret_unreadable")
        })?;
        match &known.ready {
            // Connections and tokens outlive another look at the same secret.
            Some((ready, _)) if ready.digest == Digest::of(text.expose()) => Ok(Arc::clone(ready)),
            _ => self.made_of(text.expose()).map(Arc::new),
        }
    }

    fn made_of(&self, text: &str) -> Result<Ready<R>, Outcome> {
        let made = self.try_make(text);
        made.map_err(|problem| {
            tracing::warn!(problem, "the subscription's secret cannot be used");
            retry_ours("secret_unusable")
        })
    }

    fn try_make(&self, text: &str) -> Result<Ready<R>, String> {
        let settings = &self.settings;
        let secrets = match text {
            "" => Secrets::default(),
            text => Secrets::parse(text)?,
        };
        let own = |otherwise, own| if settings.own_ca { own } else { otherwise };
        let trust = own(Trust::System, Trust::Own);
        let client = self.client(&settings.url, trust, settings.client_certificate, &secrets)?;
        let tokens = match &settings.auth {
            Auth::OAuth2(token) => {
                let trust = own(Trust::System, Trust::Both);
                let client = self.client(&token.url, trust, false, &secrets)?;
                Some(Tokens::new(client, token.clone(), self.now))
            }
            _ => None,
        };
        Ok(Ready {
            digest: Digest::of(text),
            credentials: credentials(&settings.auth, &secrets)?,
            secrets,
            client,
            tokens,
        })
    }

    fn client(
        &self,
        url: &Arc<Url>,
        trust: Trust,
        certificate: bool,
        secrets: &Secrets,
    ) -> Result<Client<R>, String> {
        let dialer = Dialer {
            url: Arc::clone(url),
            guard: self.guard.clone(),
            resolver: self.resolver.clone(),
            tls: connector(trust, certificate, secrets)?,
        };
        Ok(Client::new(dialer, self.now))
    }
}

fn credentials(
    auth: &Auth,
    secrets: &Secrets,
) -> Result<Option<(HeaderName, HeaderValue)>, String> {
    let (name, value) = match auth {
        Auth::None | Auth::OAuth2(_) | Auth::SigV4 { .. } => return Ok(None),
        Auth::Header(name) => (
            name.clone(),
            headers::secret(needed(&secrets.header, "header")?),
        ),
        Auth::Basic => {
            let user = needed(&secrets.username, "username")?;
            let password = needed(&secrets.password, "password")?;
            (AUTHORIZATION, basic(user, password))
        }
    };
    let value = value.ok_or("the credentials hold what no header can")?;
    Ok(Some((name, value)))
}

impl<R: Resolve> Ready<R> {
    /// The value of `webhook-signature` so far: the id and the time.
    pub(super) fn signature(
        &self,
        id: &str,
        now: Timestamp,
    ) -> Result<signature::OutgoingSignature, Outcome> {
        let keys = self.secrets.live_keys(now);
        signature::OutgoingSignature::new(&keys, id, now.as_second()).map_err(|problem| {
            tracing::warn!(%problem, "the event cannot be signed");
            retry_ours("secret_unusable")
        })
    }

    /// The token to send, if one is to be sent.
    pub(super) async fn token(
        &self,
        until: tokio::time::Instant,
    ) -> Result<Option<super::token::Token>, Outcome> {
        match &self.tokens {
            None => Ok(None),
            Some(tokens) => tokio::time::timeout_at(until, tokens.get(&self.secrets, until))
                .await
                .map_err(|_| retry("token_endpoint"))?
                .map(Some),
        }
    }
}

fn needed<'a>(text: &'a Option<Hidden>, name: &str) -> Result<&'a str, String> {
    match text {
        Some(text) => Ok(text.expose()),
        None => Err(format!("the secret has no {name}")),
    }
}

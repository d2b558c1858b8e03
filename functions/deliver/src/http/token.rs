//! Access tokens by OAuth 2.0's client credentials grant: RFC 6749, section 4.4.

use std::fmt;

use bytes::Bytes;
use domain::{SignedDuration, Timestamp};
use hyper::{
    Request,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT},
};
use serde::Deserialize;
use tokio::{sync::Mutex, time::Instant};
use zeroize::Zeroizing;

use super::{
    attempt::{retry, retry_ours},
    body::Outbound,
    client::Client,
    dial::Resolve,
    headers,
    secret::{Hidden, Secrets},
    settings::TokenSettings,
};
use crate::destination::{Outcome, Reason};

/// A token of a few claims has some kilobytes.
const ANSWER_MAX_BYTES: usize = 64 * 1024;

/// For how long a token is used whose end is not told.
const DEFAULT_LIFE_S: i64 = 300;

/// Refused tokens are replaced this often at most: a destination that refuses everything must not
/// make us ask for a token with every event.
const REPLACED_AT_MOST_EVERY_S: i64 = 30;

/// Gets tokens, and remembers the last one.
pub(super) struct Tokens<R> {
    client: Client<R>,
    settings: TokenSettings,
    known: Mutex<Known>,
    now: fn() -> Timestamp,
}

#[derive(Default)]
struct Known {
    token: Option<Token>,
    /// When a refused one was last forgotten.
    forgotten_at: Option<Timestamp>,
}

/// A token in use.
#[derive(Clone)]
pub(super) struct Token {
    /// `Bearer ...`.
    pub(super) header: HeaderValue,
    use_until: Timestamp,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

#[derive(Deserialize)]
struct Granted {
    access_token: Hidden,
    token_type: String,
    #[serde(default)]
    expires_in: Option<Seconds>,
}

/// Some servers write the number as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(f64),
    Text(String),
}

impl<R: Resolve> Tokens<R> {
    pub(super) fn new(client: Client<R>, settings: TokenSettings, now: fn() -> Timestamp) -> Self {
        Self {
            client,
            settings,
            known: Mutex::default(),
            now,
        }
    }

    /// A token that does not end soon. One request at a time asks for it; the others wait.
    pub(super) async fn get(&self, secrets: &Secrets, until: Instant) -> Result<Token, Outcome> {
        let mut known = self.known.lock().await;
        let usable = |token: &&Token| (self.now)() < token.use_until;
        if let Some(token) = known.token.as_ref().filter(usable) {
            return Ok(token.clone());
        }
        let token = self.ask(secrets, until).await?;
        known.token = Some(token.clone());
        Ok(token)
    }

    /// Forgets a token that the destination refused. `false`: another would be no better.
    pub(super) async fn forget(&self, refused: &Token) -> bool {
        let mut known = self.known.lock().await;
        // Another request has replaced it already.
        if known
            .token
            .as_ref()
            .is_some_and(|token| token.header != refused.header)
        {
            return true;
        }
        let now = (self.now)();
        let lately = |at: Timestamp| now.duration_since(at).as_secs() < REPLACED_AT_MOST_EVERY_S;
        if known.forgotten_at.is_some_and(lately) {
            return false;
        }
        *known = Known {
            token: None,
            forgotten_at: Some(now),
        };
        true
    }

    async fn ask(&self, secrets: &Secrets, until: Instant) -> Result<Token, Outcome> {
        let request = self.request(secrets)?;
        let asked_at = (self.now)();
        let answer = self
            .client
            .send(request, until, |_| ANSWER_MAX_BYTES)
            .await
            .map_err(of_token_endpoint)?;
        let text = Zeroizing::new(answer.text);
        if !answer.status.is_success() {
            tracing::warn!(
                status = answer.status.as_u16(),
                "the token endpoint refused"
            );
            return Err(Outcome::Retry {
                reason: Reason("token_refused"),
                status: None,
                after: answer.after,
                strikes: true,
            });
        }
        let granted: Granted =
            serde_json::from_slice(&text).map_err(|_| retry("token_unusable"))?;
        granted
            .token(asked_at)
            .ok_or_else(|| retry("token_unusable"))
    }

    /// The client is authenticated as every server must support it: RFC 6749, section 2.3.1.
    fn request(&self, secrets: &Secrets) -> Result<Request<Outbound>, Outcome> {
        let (Some(id), Some(secret)) = (&secrets.client_id, &secrets.client_secret) else {
            tracing::warn!("the secret has no client_id or no client_secret");
            return Err(retry_ours("secret_unusable"));
        };
        let encoded = |text: &Hidden| -> Zeroizing<String> {
            Zeroizing::new(form_urlencoded::byte_serialize(text.expose().as_bytes()).collect())
        };
        let url = &self.settings.url;
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials");
        for (name, value) in [
            ("scope", &self.settings.scope),
            ("audience", &self.settings.audience),
        ] {
            if let Some(value) = value {
                form.append_pair(name, value);
            }
        }
        let basic = basic(&encoded(id), &encoded(secret));
        Request::post(url.target.clone())
            .header(HOST, &url.authority)
            .header(USER_AGENT, headers::OUR_NAME)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(
                AUTHORIZATION,
                basic.ok_or_else(|| retry_ours("secret_unusable"))?,
            )
            .body(Outbound::whole(Bytes::from(form.finish())))
            .map_err(|_| retry_ours("unsendable"))
    }
}

/// HTTP's Basic credentials.
pub(super) fn basic(user: &str, password: &str) -> Option<HeaderValue> {
    let pair = Zeroizing::new(format!("{user}:{password}"));
    let text = Zeroizing::new(base64_simd::STANDARD.encode_to_string(pair.as_bytes()));
    headers::secret(&format!("Basic {}", text.as_str()))
}

impl Granted {
    /// `None`: it is of a kind that we cannot send.
    fn token(&self, asked_at: Timestamp) -> Option<Token> {
        if !self.token_type.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let life = match &self.expires_in {
            None => DEFAULT_LIFE_S,
            Some(seconds) => seconds.whole()?,
        };
        // A tenth of it, and a minute at most, is for clocks and ways.
        let use_for = life - (life / 10).min(60);
        let text = Zeroizing::new(format!("Bearer {}", self.access_token.expose()));
        Some(Token {
            header: headers::secret(&text)?,
            use_until: asked_at
                .checked_add(SignedDuration::from_secs(use_for))
                .ok()?,
        })
    }
}

impl Seconds {
    fn whole(&self) -> Option<i64> {
        const YEAR: i64 = 366 * 86_400;
        let number = match self {
            Self::Number(number) => *number,
            Self::Text(text) => text.parse().ok()?,
        };
        // A cast ends at the limits, and makes nothing of what is no number.
        #[expect(clippy::cast_possible_truncation, reason = "it is bounded at once")]
        let whole = number as i64;
        Some(whole.clamp(0, YEAR))
    }
}

/// The same failure, in words that tell it from one of the destination.
fn of_token_endpoint(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Retry { after, strikes, .. } => Outcome::Retry {
            reason: Reason("token_endpoint"),
            status: None,
            after,
            strikes,
        },
        other => other,
    }
}

use std::collections::BTreeMap;

use base64_simd::STANDARD;
use domain::{Headers, KeyUse};
use scan::{JsonPointer, Scalar, scan};
use serde_json::Value;

use super::{
    Ask, Challenge, Demand, Method, ReplyTemplate,
    data::{Placeholder, placeholders},
    token::{is_plain, is_token},
};
use crate::{Key, Rejection, Verified, Verifier, algorithm::usable, kinds::Token};

/// A request that may be a challenge.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Its method.
    pub method: Method,
    /// Its headers.
    pub headers: &'a Headers,
    /// The parameters of its query, decoded.
    pub query: &'a [(String, String)],
    /// Whether an operator keeps the endpoint's handshake on.
    pub handshake: bool,
}

/// An answer in a provider's own form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChallengeReply {
    /// The HTTP status.
    pub status: u16,
    /// The type of the body; `None` if there is none.
    pub content_type: Option<&'static str>,
    /// Further headers.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

impl Verifier {
    /// Whether a request could be a challenge that needs no verified body: the
    /// authorizer lets it through then, and otherwise judges it as a delivery.
    #[must_use]
    pub fn may_be_challenge(&self, asked: &Asked<'_>) -> bool {
        self.fitting(asked).next().is_some()
    }

    /// Answers a challenge that comes before any delivery can be verified: all those
    /// by GET and HEAD, and those that need no signature. `None` if it is not a challenge.
    ///
    /// # Errors
    /// [`Rejection`] of what it has to be proven by; `SignatureMalformed` of a value
    /// that is not answered.
    pub fn answer_unverified(
        &self,
        asked: &Asked<'_>,
        keys: &[Key],
        now_unix_s: i64,
    ) -> Option<Result<ChallengeReply, Rejection>> {
        let challenge = self.fitting(asked).next()?;
        Some(self.prove_and_answer(challenge, asked, keys, now_unix_s))
    }

    /// Answers a challenge that was verified like a delivery. `None` if it is a
    /// delivery.
    ///
    /// # Errors
    /// `SignatureMalformed` of a value that is not answered.
    pub fn answer_verified<B: AsRef<[u8]>>(
        &self,
        headers: &Headers,
        verified: &Verified<B>,
        keys: &[Key],
    ) -> Option<Result<ChallengeReply, Rejection>> {
        let found = |source: &Ask| match source {
            Ask::Header(name) => one(headers, name),
            Ask::Json(pointer) => text_at(verified.body(), pointer),
            Ask::Query(_) => None,
        };
        let mut signed = self.challenges.0.iter().filter(|challenge| {
            challenge.method == Method::Post && challenge.demand == Demand::Signature
        });
        let challenge = signed.find(|challenge| holds(challenge, found))?;
        let value = challenge.value.as_ref().and_then(found);
        Some(self.fill(challenge, value.as_deref(), keys))
    }

    /// Challenges of this request that are not verified by a body.
    fn fitting<'a>(&'a self, asked: &'a Asked<'a>) -> impl Iterator<Item = &'a Challenge> {
        self.challenges.0.iter().filter(|challenge| {
            let is_open = match (challenge.method, &challenge.demand) {
                (_, Demand::Operator) => asked.handshake,
                (Method::Post, Demand::Signature) => false,
                _ => true,
            };
            is_open
                && challenge.method == asked.method
                && holds(challenge, |source| asked.read(source))
        })
    }

    fn prove_and_answer(
        &self,
        challenge: &Challenge,
        asked: &Asked<'_>,
        keys: &[Key],
        now_unix_s: i64,
    ) -> Result<ChallengeReply, Rejection> {
        match &challenge.demand {
            Demand::Signature => {
                self.verify(asked.headers, b"", keys, now_unix_s)?;
            }
            Demand::Token(source) => {
                let shown = asked.read(source).ok_or(Rejection::SignatureMissing)?;
                Token::shows(shown.as_bytes(), keys, KeyUse::Challenge)?;
            }
            Demand::None | Demand::Operator => {}
        }
        let value = challenge
            .value
            .as_ref()
            .and_then(|source| asked.read(source));
        self.fill(challenge, value.as_deref(), keys)
    }

    /// The answer, with the value where it may be answered.
    fn fill(
        &self,
        challenge: &Challenge,
        value: Option<&str>,
        keys: &[Key],
    ) -> Result<ChallengeReply, Rejection> {
        let value = value.unwrap_or_default();
        let asks_mac = placeholders(&challenge.respond).any(Placeholder::is_mac);
        let is_good = match challenge.demand {
            _ if challenge.value.is_none() => true,
            // An echo alone signs nothing, so a number is as good as a word (WebSub, YouTube).
            Demand::None if !asks_mac => is_plain(value.as_bytes()),
            Demand::None => is_token(value.as_bytes()),
            Demand::Operator if asks_mac => is_token(value.as_bytes()),
            Demand::Operator | Demand::Token(_) | Demand::Signature => {
                (1..=256).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_graphic())
            }
        };
        if !is_good {
            return Err(Rejection::SignatureMalformed);
        }
        let mac = if asks_mac {
            self.mac_of(value, keys)?
        } else {
            Vec::new()
        };
        let fill = |text: &str| {
            Placeholder::ALL.iter().fold(text.to_owned(), |text, held| {
                let by = match held {
                    Placeholder::Value => value.to_owned(),
                    Placeholder::MacHex => hex::encode(&mac),
                    Placeholder::MacBase64 => STANDARD.encode_to_string(&mac),
                };
                text.replace(held.text(), &by)
            })
        };
        Ok(challenge.respond.render(fill))
    }

    /// The value's MAC under the current key.
    fn mac_of(&self, value: &str, keys: &[Key]) -> Result<Vec<u8>, Rejection> {
        let prover = self.prover()?;
        let (_, mut mac) = usable(keys, |key| prover.mac(key))?
            .into_iter()
            .next()
            .ok_or(Rejection::KeyMissing)?;
        mac.update(value.as_bytes());
        Ok(mac.sign().as_ref().to_vec())
    }
}

impl Asked<'_> {
    fn read(&self, source: &Ask) -> Option<String> {
        match source {
            Ask::Header(name) => one(self.headers, name),
            Ask::Query(name) => {
                let values = self.query.iter().filter(|(have, _)| have == name);
                all(values.map(|(_, value)| value.as_str()))
            }
            Ask::Json(_) => None,
        }
    }
}

impl ReplyTemplate {
    /// The reply, its strings filled in.
    pub(crate) fn render(&self, fill: impl Fn(&str) -> String) -> ChallengeReply {
        let (content_type, body) = match (&self.text, &self.json) {
            (Some(text), _) if text.is_empty() => (None, String::new()),
            (Some(text), _) => (Some("text/plain; charset=utf-8"), fill(text)),
            (None, Some(json)) => (Some("application/json"), within(json, &fill).to_string()),
            (None, None) => (None, String::new()),
        };
        ChallengeReply {
            status: self.status,
            content_type,
            headers: self
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), fill(value)))
                .collect(),
            body,
        }
    }

    /// The reply as it is, of a scheme's `acknowledge`.
    #[must_use]
    pub fn answer(&self) -> ChallengeReply {
        self.render(str::to_owned)
    }
}

fn holds(challenge: &Challenge, found: impl Fn(&Ask) -> Option<String>) -> bool {
    let conditions = challenge.when.iter().all(|condition| {
        let there = found(&condition.at);
        match (&condition.is, condition.absent) {
            (_, Some(_)) => there.is_none(),
            (Some(wanted), None) => there.as_ref() == Some(wanted),
            (None, None) => there.is_some(),
        }
    });
    conditions
        && challenge
            .value
            .as_ref()
            .is_none_or(|value| found(value).is_some())
}

fn one(headers: &Headers, name: &str) -> Option<String> {
    all(headers.get_all(name))
}

/// The value; several values become one text that equals none of them and is never answered.
fn all<'a>(values: impl Iterator<Item = &'a str>) -> Option<String> {
    let values: Vec<_> = values.collect();
    (!values.is_empty()).then(|| values.join(", "))
}

fn text_at(body: &[u8], pointer: &str) -> Option<String> {
    let pointer = JsonPointer::parse(pointer).ok()?;
    match scan(body, &[pointer]).ok()?.into_iter().next()?? {
        Scalar::String(text) | Scalar::Number(text) => Some(text),
        Scalar::Bool(value) => Some(value.to_string()),
        Scalar::Composite => Some(String::new()),
        Scalar::Null | Scalar::Unusable(_) => None,
    }
}

fn within(json: &Value, fill: &impl Fn(&str) -> String) -> Value {
    match json {
        Value::String(text) => Value::String(fill(text)),
        Value::Array(items) => items.iter().map(|item| within(item, fill)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), within(value, fill)))
            .collect(),
        other => other.clone(),
    }
}

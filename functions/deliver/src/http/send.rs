//! One attempt at one event.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use bytes::Bytes;
use domain::{Digest, Timestamp};
use hyper::{
    HeaderMap, Request, StatusCode,
    body::Body as _,
    header::{
        AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, HeaderValue, USER_AGENT,
    },
};
use tokio::time::{Instant, timeout_at};

use super::{
    Http,
    access::Ready,
    attempt::{is_refusal, meaning, retry_ours},
    body::{Feeder, Outbound},
    client::Answer,
    dial::Resolve,
    headers,
    payload::{Payloads, Redeemed},
    secret::SecretSource,
    settings::Content,
    token::Token,
};
use crate::{
    destination::{ANSWER_MAX_BYTES, Outcome, Outgoing},
    event::{Claim, Event},
};

/// A payload up to this size is held in memory and checked before anything of it is sent. So the
/// memory of a send is bounded by this and a few buffers, whatever the payload's size.
const HELD_BYTES: u64 = 2 * 1024 * 1024;

/// What is sent, before it is signed.
struct Message<'a> {
    content_type: &'a str,
    headers: HeaderMap,
    sha256: Digest,
    body: Source<'a>,
}

enum Source<'a> {
    Held(Bytes),
    /// Read while it is sent.
    Streamed(&'a Claim),
}

/// A request that was answered.
struct Sent {
    answer: Answer,
    token: Option<Token>,
}

impl<P: Payloads, S: SecretSource, R: Resolve> Http<P, S, R> {
    pub(super) async fn attempt(&self, outgoing: Outgoing<'_>) -> Outcome {
        match self.try_attempt(outgoing).await {
            Ok(outcome) | Err(outcome) => outcome,
        }
    }

    async fn try_attempt(&self, outgoing: Outgoing<'_>) -> Result<Outcome, Outcome> {
        let message = self.message(outgoing).await?;
        let ready = self.access.current().await?;
        let sent = self.send(outgoing, &message, &ready).await?;
        if sent.answer.status == StatusCode::UNAUTHORIZED
            && let Some(better) = self.better(&ready, &sent).await
        {
            let again = self.send(outgoing, &message, &better).await?;
            return Ok(self.meaning(again.answer));
        }
        Ok(self.meaning(sent.answer))
    }

    /// Better credentials than those that were refused, if there may be any.
    async fn better(&self, ready: &Arc<Ready<R>>, sent: &Sent) -> Option<Arc<Ready<R>>> {
        if let Some(newer) = self.access.newer_than(ready).await {
            return Some(newer);
        }
        let (tokens, token) = (ready.tokens.as_ref()?, sent.token.as_ref()?);
        tokens.forget(token).await.then(|| Arc::clone(ready))
    }

    fn meaning(&self, answer: Answer) -> Outcome {
        let success = &self.access.settings.success;
        meaning(answer.status, success, answer.after, answer.text)
    }

    async fn message<'a>(&self, outgoing: Outgoing<'a>) -> Result<Message<'a>, Outcome> {
        let event = outgoing.event;
        let mut attributes = event.for_target(outgoing.message_id);
        attributes.insert("subscription".to_owned(), self.subscription.as_str().into());
        match self.access.settings.content {
            Content::Event => {
                let text = serde_json::to_vec(&attributes).map_err(|_| retry_ours("unsendable"))?;
                Ok(Message {
                    content_type: "application/cloudevents+json; charset=UTF-8",
                    headers: HeaderMap::new(),
                    sha256: Digest::of(&text),
                    body: Source::Held(text.into()),
                })
            }
            Content::Payload => Ok(Message {
                content_type: &event.content_type,
                headers: headers::of_event(&attributes),
                sha256: event.claim.sha256,
                body: if event.claim.size > HELD_BYTES {
                    Source::Streamed(&event.claim)
                } else {
                    let payload = Redeemed::open(&self.payloads, &event.claim).await?;
                    Source::Held(payload.whole().await?)
                },
            }),
        }
    }

    /// Signs the message and sends it.
    async fn send(
        &self,
        outgoing: Outgoing<'_>,
        message: &Message<'_>,
        ready: &Ready<R>,
    ) -> Result<Sent, Outcome> {
        let settings = &self.access.settings;
        let mut headers = self.headers(outgoing.event, message, ready).await?;
        let token = ready.token(Instant::now() + settings.timeout).await?;
        if let Some(token) = &token {
            headers.insert(AUTHORIZATION, token.header.clone());
        }
        ready.client.warm(Instant::now() + settings.timeout).await?;
        outgoing.turn().await?;
        let until = Instant::now() + settings.timeout;
        let keep = |status| {
            if is_refusal(status, &settings.success) {
                ANSWER_MAX_BYTES
            } else {
                0
            }
        };
        let answer = match &message.body {
            Source::Held(bytes) => {
                let request = self.request(headers, Outbound::whole(bytes.clone()))?;
                ready.client.send(request, until, keep).await?
            }
            Source::Streamed(claim) => {
                let (feeder, body) = Outbound::pieces(claim.size);
                let request = self.request(headers, body)?;
                let reading = AtomicBool::new(false);
                let sent = ready.client.send(request, until, keep);
                let fed = self.feed(claim, feeder, &reading);
                tokio::pin!(sent, fed);
                tokio::select! {
                    biased;
                    sent = &mut sent => match sent {
                        // It answered early, and may still read: it gets all, as far as it takes it.
                        Ok(answer) if settings.success.has(answer.status.as_u16()) => {
                            match timeout_at(until, &mut fed).await {
                                Err(_) if reading.load(Ordering::Relaxed) => Err(retry_ours("payload_unreadable")),
                                Ok(Err(outcome)) => Err(outcome),
                                _ => Ok(answer),
                            }
                        }
                        other => other,
                    },
                    fed = &mut fed => match fed {
                        Ok(()) => sent.await,
                        // The request is dropped before its last byte.
                        Err(outcome) => Err(outcome),
                    },
                }
                .map_err(|outcome| {
                    if reading.load(Ordering::Relaxed) {
                        // It waited for us.
                        retry_ours("payload_unreadable")
                    } else {
                        outcome
                    }
                })?
            }
        };
        Ok(Sent { answer, token })
    }

    /// Puts the payload into the request. Ends early if the request does.
    async fn feed(
        &self,
        claim: &Claim,
        feeder: Feeder,
        reading: &AtomicBool,
    ) -> Result<(), Outcome> {
        let mut payload = Redeemed::open(&self.payloads, claim).await?;
        loop {
            reading.store(true, Ordering::Relaxed);
            let next = payload.next().await;
            reading.store(false, Ordering::Relaxed);
            let Some(piece) = next? else {
                return Ok(());
            };
            if !feeder.feed(piece).await {
                return Ok(());
            }
        }
    }

    fn request(
        &self,
        mut headers: HeaderMap,
        body: Outbound,
    ) -> Result<Request<Outbound>, Outcome> {
        // Also where there is nothing to send: some servers want to be told.
        headers.insert(CONTENT_LENGTH, body.size_hint().lower().into());
        let settings = &self.access.settings;
        let mut request = Request::builder()
            .method(settings.method.clone())
            .uri(settings.url.target.clone())
            .body(body)
            .map_err(|_| retry_ours("unsendable"))?;
        *request.headers_mut() = headers;
        Ok(request)
    }

    async fn headers(
        &self,
        event: &Event,
        message: &Message<'_>,
        ready: &Ready<R>,
    ) -> Result<HeaderMap, Outcome> {
        let settings = &self.access.settings;
        let now = (self.now)();
        let mut headers = settings.headers.clone();
        headers.extend(message.headers.clone());
        let content_type = HeaderValue::from_bytes(message.content_type.as_bytes())
            .unwrap_or(HeaderValue::from_static("application/octet-stream"));
        let mut ours = vec![
            (CONTENT_TYPE, Some(content_type)),
            (
                USER_AGENT,
                Some(HeaderValue::from_static(headers::OUR_NAME)),
            ),
            (HOST, HeaderValue::from_str(&settings.url.authority).ok()),
            // So that the receiver's spans belong to the event's trace.
            (
                HeaderName::from_static("traceparent"),
                HeaderValue::from_str(&event.traceparent)
                    .ok()
                    .filter(|value| !value.is_empty()),
            ),
        ];
        if settings.signed {
            let id = webhook_id(event);
            let signature = self.signature(&id, now, message, ready).await?;
            for (name, value) in [
                ("webhook-id", id),
                ("webhook-timestamp", now.as_second().to_string()),
                ("webhook-signature", signature),
            ] {
                let value = HeaderValue::from_str(&value).map_err(|_| retry_ours("unsendable"))?;
                ours.push((HeaderName::from_static(name), Some(value)));
            }
        }
        if let Some(signer) = &self.signer {
            ours.extend(self.sigv4(signer, message, now).await?);
        }
        ours.extend(
            ready
                .credentials
                .clone()
                .map(|(name, value)| (name, Some(value))),
        );
        for (name, value) in ours {
            if let Some(value) = value {
                headers.insert(name, value);
            }
        }
        Ok(headers)
    }

    /// The value of `webhook-signature`. What is streamed is read once for it, and checked.
    async fn signature(
        &self,
        id: &str,
        now: Timestamp,
        message: &Message<'_>,
        ready: &Ready<R>,
    ) -> Result<String, Outcome> {
        let mut signature = ready.signature(id, now)?;
        match &message.body {
            Source::Held(bytes) => signature.update(bytes),
            Source::Streamed(claim) => {
                let mut payload = Redeemed::open(&self.payloads, claim).await?;
                while let Some(piece) = payload.next().await? {
                    signature.update(&piece);
                }
            }
        }
        Ok(signature.header())
    }

    async fn sigv4(
        &self,
        signer: &aws::RequestSigner,
        message: &Message<'_>,
        now: Timestamp,
    ) -> Result<Vec<(HeaderName, Option<HeaderValue>)>, Outcome> {
        let settings = &self.access.settings;
        let unsigned = aws::Unsigned {
            method: settings.method.as_str(),
            url: &settings.url.text(),
            content_type: message.content_type,
            sha256: message.sha256,
        };
        let signed = signer.sign(unsigned, now).await.map_err(|error| {
            let problem = domain::with_causes(&error);
            tracing::warn!(problem, "the request could not be signed");
            retry_ours("credentials_unusable")
        })?;
        let header = |(name, value): (String, String)| {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            Some((name, headers::secret(&value)))
        };
        Ok(signed.into_iter().filter_map(header).collect())
    }
}

/// What a receiver knows the event by: its ref, the same at every attempt and at every replay that
/// asks for no second effect. A forced replay has an id of its own. A `.` is encoded: it separates
/// the id from the time in what is signed.
pub(super) fn webhook_id(event: &Event) -> String {
    let id = match event.replay_id() {
        Some(replay) if event.replay_forced => format!("{}?replay={replay}", event.reference),
        _ => event.reference.to_string(),
    };
    id.replace('.', "%2E")
}

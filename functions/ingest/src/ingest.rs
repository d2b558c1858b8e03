use bytes::Bytes;
use domain::{
    DataRef, Digest, EndpointName, Headers, InlineHeaders, Inserted, KeyStore, Keys, Metadata,
    ObjectKey, PayloadStore, Pointer, PointerStore, Retention, SchemaJudge, Siblings,
    SignedDuration, Timestamp,
};
use intake::{
    DeliveryLog, DeliveryOutcome, EventFacts, Intake, Malformed, NoSchemas, Omitted, Repetition,
    StoredEvent, at_the_door, content_type, judge_certificate, long_enough, repeats_bytes,
    traceparent,
};
use signature::{Asked, Key, Method, Verified};
use tracing::{Instrument, Span, field::Empty, info, info_span, warn};

use crate::{
    body::decode,
    endpoints::PreparedEndpoints,
    gateway::{ProxyRequest, ProxyResponse, ResponseBody},
    refusal::Refusal,
};

/// Accepts deliveries: verify, then the payload, then the pointer, then 2xx.
pub struct Ingest<P, Q, K, J = NoSchemas> {
    payloads: P,
    pointers: Q,
    pub(crate) keys: Keys<K>,
    schemas: J,
    endpoints: PreparedEndpoints,
    days: Days,
}

/// For how many days what is stored is kept, unless an endpoint says fewer.
#[derive(Debug, Clone, Copy)]
pub struct Days {
    /// Pointers, after which their events are forgotten.
    pub pointers: u32,
    /// Payloads, and so pointers that hold one.
    pub payloads: u32,
}

fn hours(days: u32) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(days))
}

/// Whether a provider wants no body in the answer to a delivery. Then a 401 has none either:
/// Xero accepts an endpoint only if both have none.
fn wants_no_body(reply: &signature::ReplyTemplate) -> bool {
    reply.answer().body.is_empty()
}

/// One delivery, decoded.
pub(crate) struct Delivery {
    pub(crate) headers: Headers,
    pub(crate) body: Bytes,
    traceparent: String,
    pub(crate) received_at: Timestamp,
}

/// The answer to a delivery if nothing is wrong with it.
enum Accepted {
    /// An event: stored by this delivery or by an earlier one.
    Event(StoredEvent),
    /// No event: the provider checked that the endpoint exists.
    Challenge(signature::ChallengeReply),
    /// Both: a delivery that also looks like a handshake, while handshakes are on.
    Greeted(signature::ChallengeReply, StoredEvent),
}

impl<P, Q, K: KeyStore> Ingest<P, Q, K> {
    /// For endpoints without schemas.
    pub fn new(payloads: P, pointers: Q, keys: K, days: Days) -> Self {
        Self {
            payloads,
            pointers,
            keys: Keys::new(keys),
            schemas: NoSchemas,
            endpoints: PreparedEndpoints::new(),
            days,
        }
    }

    /// The same, with what judges payloads by schemas.
    pub fn judging<J>(self, schemas: J) -> Ingest<P, Q, K, J> {
        let Self {
            payloads,
            pointers,
            keys,
            endpoints,
            days,
            ..
        } = self;
        Ingest {
            payloads,
            pointers,
            keys,
            schemas,
            endpoints,
            days,
        }
    }
}

impl<P, Q, K, J> Ingest<P, Q, K, J>
where
    P: PayloadStore<Body = Bytes> + Sync,
    Q: PointerStore + Siblings + Sync,
    K: KeyStore + Sync,
    J: SchemaJudge + Sync,
{
    /// Answers a delivery, and returns what to count. Never fails: an error is an
    /// answer too.
    pub async fn receive(
        &self,
        request: ProxyRequest,
        xray: Option<&str>,
        now: Timestamp,
    ) -> (ProxyResponse, DeliveryLog) {
        let config = request.context.authorizer.endpoint.as_deref();
        let prepared = config
            .ok_or_else(|| Refusal::misconfigured("the request has no context from the authorizer"))
            .and_then(|config| self.endpoints.prepare(config, now));
        let endpoint = prepared.as_ref().ok().map(|known| &known.endpoint.name);
        // Every line carries these; the id is that of the access log.
        let span = info_span!(
            "delivery",
            request_id = request.context.request_id,
            endpoint = endpoint.map(EndpointName::as_str),
            "ref" = Empty,
        );
        let answer = async {
            match prepared {
                Ok(prepared) => self.answer(&prepared, request, xray, now).await,
                Err(refusal) => refused(&refusal, None),
            }
        };
        answer.instrument(span).await
    }

    async fn answer(
        &self,
        prepared: &Intake,
        request: ProxyRequest,
        xray: Option<&str>,
        now: Timestamp,
    ) -> (ProxyResponse, DeliveryLog) {
        let endpoint = &prepared.endpoint.name;
        let (response, outcome) = match self.handle(prepared, request, xray, now).await {
            Err(refusal) => {
                let (response, log) = refused(&refusal, Some(endpoint));
                let is_bare = prepared.verifier.acknowledge().is_some_and(wants_no_body);
                return (if is_bare { response.bare() } else { response }, log);
            }
            Ok(Accepted::Challenge(answer)) => {
                info!(%endpoint, status = answer.status, "challenge answered");
                (answer.into(), DeliveryOutcome::Challenge)
            }
            Ok(Accepted::Greeted(answer, stored)) => {
                warn!(%endpoint, "a signed delivery looked like a handshake: it was answered and stored; turn the endpoint's handshake off");
                (answer.into(), DeliveryOutcome::Stored(stored))
            }
            Ok(Accepted::Event(stored)) => {
                let response = match prepared.verifier.acknowledge() {
                    Some(reply) => reply.answer().into(),
                    None => ProxyResponse::new(
                        200,
                        None,
                        &ResponseBody::Stored {
                            status: stored.status(),
                            reference: &stored.reference.to_string(),
                        },
                    ),
                };
                (response, DeliveryOutcome::Stored(stored))
            }
        };
        let endpoint = Some(endpoint.clone());
        (response, DeliveryLog { endpoint, outcome })
    }

    async fn handle(
        &self,
        prepared: &Intake,
        request: ProxyRequest,
        xray: Option<&str>,
        now: Timestamp,
    ) -> Result<Accepted, Refusal> {
        let pem = request.context.identity.client_cert;
        let pem = pem.and_then(|shown| shown.client_cert_pem);
        judge_certificate(&prepared.endpoint, pem.as_deref(), now)?;
        let (headers, query) = (request.headers, request.query);
        let method = Method::parse(&request.method)
            .ok_or_else(|| Refusal::malformed("method_not_allowed", "deliveries must use POST"))?;
        let asked = Asked {
            method,
            headers: &headers,
            query: &query,
            handshake: prepared.endpoint.handshake,
        };
        let answer = self.challenged(prepared, &asked, now).await?;
        if answer.is_none() && method != Method::Post {
            return Err(Refusal::malformed(
                "no_challenge",
                "this is not a challenge of the endpoint's provider",
            ));
        }
        // A signed challenge may be an event as well, and the provider does not send an answered
        // one again.
        let precheck = || prepared.verifier.precheck(&headers, now.as_second());
        match answer {
            Some(answer) if method != Method::Post || precheck().is_err() => {
                return Ok(Accepted::Challenge(answer));
            }
            _ => {}
        }
        // The authorizer judges the headers of all but possible challenges, and sees no body.
        let endpoint = &prepared.endpoint;
        let body = at_the_door(endpoint, &headers)
            .map_err(Refusal::from)
            .and_then(|()| {
                let limit = endpoint.body_limit();
                decode(request.body, request.is_base64_encoded, limit)
            })
            .and_then(|body| {
                long_enough(endpoint, body.len())?;
                Ok(body)
            });
        let delivery = body.map(|body| Delivery {
            traceparent: traceparent(&headers, xray),
            headers,
            body,
            received_at: now,
        });
        let judged = match delivery {
            Ok(delivery) => self
                .verify(prepared, &delivery)
                .await
                .map(|(verified, keys)| (delivery, verified, keys)),
            Err(refusal) => Err(refusal),
        };
        match (judged, answer) {
            (Ok((delivery, verified, keys)), answer) => {
                let stored = self.keep(prepared, &delivery, verified, &keys).await?;
                Ok(match (stored, answer) {
                    (Accepted::Event(stored), Some(answer)) => Accepted::Greeted(answer, stored),
                    (stored, _) => stored,
                })
            }
            // Cannot be decided now.
            (Err(refusal @ Refusal::Unavailable(_)), _) | (Err(refusal), None) => Err(refusal),
            (Err(_), Some(answer)) => Ok(Accepted::Challenge(answer)),
        }
    }

    /// Stores what was verified, or answers it if it is a signed challenge.
    async fn keep(
        &self,
        prepared: &Intake,
        delivery: &Delivery,
        verified: Verified<Bytes>,
        keys: &[Key],
    ) -> Result<Accepted, Refusal> {
        let verifier = &prepared.verifier;
        if let Some(answer) = verifier.answer_verified(&delivery.headers, &verified, keys) {
            return Ok(Accepted::Challenge(answer?));
        }
        let built = self.build_pointer(prepared, delivery, &verified).await;
        let (pointer, metadata, left_out) = built?;
        // From here on every line names the event.
        Span::current().record("ref", tracing::field::display(pointer.reference()));
        let body = verified.into_body();
        let retention = prepared.endpoint.retention_days;
        let mut stored = self.store(pointer, metadata, retention, body).await?;
        stored.left_out = left_out;
        Ok(Accepted::Event(stored))
    }

    /// Names the event, checks its payload by the schema for it, and builds its pointer.
    async fn build_pointer(
        &self,
        prepared: &Intake,
        delivery: &Delivery,
        verified: &Verified<Bytes>,
    ) -> Result<(Pointer, Metadata, Omitted), Refusal> {
        let (endpoint, received_at) = (&prepared.endpoint, delivery.received_at);
        let facts = prepared.places.look_up(&delivery.headers, verified);
        let mut facts = facts.map_err(Malformed::from)?;
        let left_out = Omitted {
            facts: facts.left_out.len(),
            attributes: facts.unkept,
            names_no_event: prepared.lacks_attributes(&facts.kept),
        };
        let kept = std::mem::take(&mut facts.kept);
        let nonce = || format!("{received_at} {:032x}", fastrand::u128(..));
        let signed = || verified.signed_sha256();
        let event = prepared.event(facts, &kept, signed, nonce, received_at)?;
        let judge = &self.schemas;
        let check = prepared.check_schema(judge, &event.kind, verified.body(), received_at);
        let check = check.await?;
        let sha256 = verified.payload_sha256();
        let event_key_digest = Digest::of(event.key.as_str());
        let key = ObjectKey::new(&endpoint.name, event_key_digest, sha256, received_at);
        let retention = endpoint.retention_days;
        let pointer = Pointer {
            endpoint: endpoint.name.clone(),
            event,
            received_at,
            content_type: content_type(&delivery.headers)?,
            size: verified.body().len() as u64,
            sha256,
            dataref: DataRef::Object {
                bucket: self.payloads.bucket().to_owned(),
                key,
            },
            headers: InlineHeaders::default(),
            kept,
            traceparent: delivery.traceparent.clone(),
            scheme: prepared.scheme().to_owned(),
            key_id: verified.key_id().to_owned(),
            expires_at: received_at + hours(retention.pointer_days(self.days.pointers)),
        };
        let pointer = pointer.checked(check);
        let metadata = Metadata::describe(&pointer, &prepared.kept_headers(&delivery.headers))?;
        let body = verified.body();
        let pointer = if endpoint.holds_inline(body.len()) {
            let kept_for = hours(retention.payload_days(self.days.payloads));
            pointer.with_inline(body, &metadata, kept_for)
        } else {
            pointer
        };
        Ok((pointer, metadata, left_out))
    }

    /// First the payload, then the pointer: a pointer that can be seen always has
    /// its payload. A crash in between leaves a payload that the provider's retry
    /// or the sweep finds. A small payload is in its pointer: one write holds both.
    async fn store(
        &self,
        pointer: Pointer,
        metadata: Metadata,
        retention: Retention,
        body: Bytes,
    ) -> Result<StoredEvent, Refusal> {
        match &pointer.dataref {
            DataRef::Object { key, .. } => {
                let (sha256, content_type) = (pointer.sha256, &pointer.content_type);
                let put = self
                    .payloads
                    .put(key, body, sha256, content_type, &metadata, retention);
                put.await?;
            }
            DataRef::Inline(_) => {}
        }
        let inserted = self.pointers.insert(&pointer).await?;
        let mut reference = pointer.reference();
        if let Some(event_key) = inserted.event_key() {
            reference.event_key = event_key.clone();
        }
        let mut repeats = false;
        let repetition = match inserted {
            Inserted::New => {
                repeats = repeats_bytes(&self.pointers, &pointer).await;
                Repetition::First
            }
            Inserted::Duplicate { sha256, .. } if sha256 == pointer.sha256 => Repetition::Duplicate,
            Inserted::Duplicate { sha256, .. } => {
                warn!(r#ref = %reference, kept = %sha256, differs = %pointer.sha256, "the event arrived again with other bytes: the first ones stay");
                Repetition::Conflicting
            }
            Inserted::Erased { .. } => {
                info!(r#ref = %reference, "the event was erased: the next sweep deletes what was stored of this delivery");
                Repetition::Erased
            }
        };
        let stored = StoredEvent {
            reference,
            bytes: pointer.size,
            repetition,
            repeats_bytes: repeats,
            left_out: Omitted::default(),
            facts: EventFacts::of(&pointer),
        };
        Ok(stored)
    }
}

fn refused(refusal: &Refusal, endpoint: Option<&EndpointName>) -> (ProxyResponse, DeliveryLog) {
    let response = refusal.answer(endpoint.map_or("unknown", EndpointName::as_str));
    let log = DeliveryLog {
        endpoint: endpoint.cloned(),
        outcome: DeliveryOutcome::Refused {
            reason: refusal.reason(),
        },
    };
    (response, log)
}
